"""What a notebook opens: the datasets and settings of one report, as the pipeline has prepared them."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import language, look

if TYPE_CHECKING:
    from analysis.study import Analysis, Study


def note_read(name: str) -> None:
    """Tell the pipeline, where it asks for it, which dataset was read; ``*`` stands for all there is."""
    if log := os.environ.get("STUDY_READS"):
        with Path(log).open("a", encoding="utf-8") as stream:
            stream.write(f"{name}\n")


class PreparedTables(Mapping):
    """The datasets of one report by name, each read when first asked for."""

    def __init__(self, folder: Path, names: list[str]):
        self._folder, self._names, self._held = folder, names, {}

    def __getitem__(self, name: str):
        import pandas as pd

        note_read(name)
        if name not in self._names:
            raise KeyError(f"there is no dataset {name!r}; there are {', '.join(sorted(self._names))}")
        if name not in self._held:
            self._held[name] = pd.read_parquet(self._folder / f"{name}.parquet")
        return self._held[name].copy(deep=False)  # pandas copies what is written to, and only then

    def __iter__(self):
        note_read("*")
        return iter(self._names)

    def __len__(self):
        note_read("*")
        return len(self._names)


@dataclass(frozen=True)
class Prepared:
    """One report's settings and datasets.

    Attributes
    ----------
    study : analysis.study.Study
        The study file as resolved.
    analysis : analysis.study.Analysis
        The report: interim or final, data cut.
    criteria : list of dict
        Eligibility criteria.
    tables : mapping of str to DataFrame
        Tidy tables and analysis datasets.
    """

    folder: Path

    @cached_property
    def _settings(self) -> dict:
        return json.loads((self.folder / "settings.json").read_text(encoding="utf-8"))

    @cached_property
    def study(self) -> "Study":
        """The study file as resolved."""
        from analysis.study import as_study

        return as_study(self._settings["study"])

    @cached_property
    def analysis(self) -> "Analysis":
        """The report."""
        from analysis.study import Analysis

        return Analysis.model_validate(self._settings["analysis"])

    @property
    def criteria(self) -> list[dict]:
        """Eligibility criteria as the study lists them."""
        return self._settings["criteria"]

    @property
    def data_cut(self) -> str | None:
        """The last day of which the analysis knows, or None for all data."""
        return self._settings["data_cut"]

    @cached_property
    def tables(self) -> PreparedTables:
        """Tidy tables and analysis datasets by name."""
        return PreparedTables(self.folder / "data", list(self._index["datasets"]))

    @cached_property
    def _index(self) -> dict:
        return json.loads((self.folder / "data" / "index.json").read_text(encoding="utf-8"))

    @property
    def visits_seen(self) -> list[str]:
        """Planned visits the report may show: all, or those up to `through_visit`."""
        planned = [visit.id for visit in self.study.visits]
        last = self.analysis.through_visit
        return planned[: planned.index(last) + 1] if last else planned

    @property
    def time(self) -> str:
        """What the axis of visits shows: weeks where every visit has one, else the visits by name."""
        weeks = all(visit.week is not None for visit in self.study.visits)
        return language.tr("Week") if weeks else language.tr("Visit")

    @property
    def state(self) -> str:
        """State of the report: interim, draft, locked or final; figures carry it until it is final."""
        return self._settings["state"]

    @property
    def site(self) -> dict[str, Any] | None:
        """The site that the report is of: `key` and `label`; None for a report of all."""
        return self._settings.get("site")

    @property
    def observed_until(self) -> Any:
        """The last day of observation of all sites, where the report is of one; None where its own data say it."""
        import pandas as pd

        until = self._index.get("observed_until")
        return pd.Timestamp(until) if until else None

    @property
    def look(self) -> dict[str, Any]:
        """What the house gives figures to wear: colour and font; see `analysis.look`."""
        return self._settings.get("look") or {}

    @cached_property
    def labels(self) -> dict[str, str]:
        """What each variable is called in tables and on axes, with its unit."""
        known = {name: _with_unit(c.label, c.unit) for name, c in self._columns().items()}
        endpoints = {entry.variable: _with_unit(entry.label, entry.unit) for entry in self.study.endpoints}
        named = {row.variable: row.label for row in self.study.baseline_table if row.label}
        return {**known, **endpoints, **named}

    @property
    def names(self) -> dict[str, str]:
        """What each column, endpoint, visit and group is called where a text tells of it."""
        groups = self.study.groups.labels if self.study.groups else {}
        return {
            **{name: column.label for name, column in self._columns().items()},
            **{entry.id: entry.label for entry in self.study.endpoints},
            **{visit.id: visit.label for visit in self.study.visits},
            **groups,
        }

    @cached_property
    def digits(self) -> dict[str, int]:
        """Decimals of each variable's own values, from the resolution of the instrument or the study file."""
        return digits_of_study(self.study)

    def _columns(self) -> dict:
        return {**self.study.columns("visits"), **self.study.columns("subjects")}

    @property
    def files(self) -> list[dict]:
        """The input files that were read, with their hashes."""
        note_read("input files")
        return self._index["files"]


def digits_of_study(study: Any) -> dict[str, int]:
    """Decimals of each variable's own values, from the resolution of the instrument or the study file."""
    from analysis.numbers import decimals_of

    columns = {**study.columns("visits"), **study.columns("subjects")}
    known = {name: decimals_of(c.resolution, 0 if c.type == "int" else 1) for name, c in columns.items()}
    stated = {e.variable: decimals_of(e.resolution) for e in study.endpoints if e.resolution}
    fixed = {e.variable: e.digits for e in study.endpoints if e.digits is not None}
    rows = {row.variable: row.digits for row in study.baseline_table if row.digits is not None}
    return {**known, **stated, **fixed, **rows}


def prepared(study: str, report: str) -> Prepared:
    """Open what the pipeline prepared for one report of a study.

    Parameters
    ----------
    study : str
        Folder of the study in ``params/``.
    report : str
        ``interim`` or ``final``.

    Raises
    ------
    FileNotFoundError
        When the datasets have not been prepared; the message says how.
    """
    folder = Path(os.environ.get("STUDY_PREPARED") or _build_folder() / study / report)
    if not (folder / "data" / "index.json").is_file():
        raise FileNotFoundError(
            f"the datasets of {study}/{report} are not prepared; run `study lab {study} --report {report}` or "
            f"`study render {study}` once"
        )
    found = Prepared(folder)
    own = _checkout() / "params" / study / f"{found.study.lang}.po"
    level = found.study.statistics.confidence_level
    people = language.PEOPLE[found.study.design]
    language.use(found.study.lang, own, level=level, names=found.names, people=people)
    look.wear(found.look, _checkout())
    return found


def _checkout() -> Path:
    """The checkout that holds the working directory; the working directory itself where there is none."""
    here = Path.cwd().resolve()
    return next((folder for folder in (here, *here.parents) if (folder / "params").is_dir()), here)


def _build_folder() -> Path:
    """``build/`` of the checkout that holds the working directory; STUDY_BUILD names another one."""
    if named := os.environ.get("STUDY_BUILD"):
        return Path(named)
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / "_quarto.yml").is_file() and (folder / "params").is_dir():
            return folder / "build"
    raise FileNotFoundError(
        f"{here} is not inside a project: no folder above it holds _quarto.yml and params/"
    )


def _with_unit(label: str, unit: str | None) -> str:
    return language.with_unit(language.tr(label), unit and unit.replace("m2", "m²"))
