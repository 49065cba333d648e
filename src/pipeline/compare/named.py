"""Results by the names that the report has for them: *Mean change in CDASI activity at week 24*, in the table it is in.

Words come from the settings of the report, tables from its notebooks, whose cells say what they show.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

from analysis.language import inside, mark, tr
from pipeline.compare.phrases import ANALYSES, STATISTICS
from pipeline.files import read_json
from pipeline.words import measure_labels

IN_NO_TABLE = mark("Results in no table")


@dataclass(frozen=True)
class Shown:
    """A table of the report: its notebook, its caption, and the analyses whose results it shows."""

    notebook: str
    caption: str
    analyses: tuple[str, ...]

    def holds(self, row: Mapping) -> bool:
        """Whether a result stands in it."""
        analysis = str(row.get("analysis") or "").lower()
        return self.notebook == row.get("notebook") and any(
            fnmatchcase(analysis, name) for name in self.analyses
        )


@dataclass(frozen=True)
class Names:
    """The names of the results of a report.

    Attributes
    ----------
    settings : mapping
        As the report was made with; empty where they are not kept, and names are then made from the ids.
    notebooks : Path or None
        The folder of its executed notebooks.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    notebooks: Path | None = None

    @cached_property
    def _study(self) -> Any:
        """The study as the code knows it; None where its settings are of another version or not kept."""
        from analysis.study import as_study

        try:
            return as_study(self.settings["study"])
        except (KeyError, TypeError, ValueError):
            return None

    @property
    def level(self) -> float | None:
        """The confidence level of the study; None where it is not known."""
        return self._study and self._study.statistics.confidence_level

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        """Words for variables, visits, groups and populations, by their names in lower case."""
        from pipeline.words import labels_of

        try:
            named = labels_of(self.settings["study"])
        except (KeyError, TypeError):
            return {}
        study = self._study
        columns = {**study.columns("visits"), **study.columns("subjects")} if study else {}
        own = {name: column.label for name, column in columns.items()}
        own |= {row.variable: row.label for row in study.baseline_table} if study else {}
        own |= measure_labels(self.settings["study"])
        known = {name.lower(): label for name, label in own.items() if label}
        return {**named, "variable": {**known, **named["variable"]}}

    @cached_property
    def digits(self) -> dict[str, int]:
        """Decimals of each variable."""
        from analysis.read.report_data import digits_of_study

        if self._study is None:
            return {}
        known = digits_of_study(self._study)
        return {**known, **{e.id: known.get(e.variable, 1) for e in self._study.endpoints}}

    @cached_property
    def _cells(self) -> dict[str, list[dict]]:
        """The cells of each notebook; one that cannot be read has none."""
        files = sorted(self.notebooks.glob("*.ipynb")) if self.notebooks else []
        return {file.stem: (read_json(file) or {}).get("cells") or [] for file in files}

    @cached_property
    def tables(self) -> tuple[Shown, ...]:
        """The tables that the notebooks make, in their order."""
        return tuple(shown for name, cells in self._cells.items() for shown in tables_of(name, cells))

    @cached_property
    def questions(self) -> dict[str, str]:
        """The title of each notebook that has one."""
        titles = {
            name: "".join(cells[0]["source"]).partition("\n")[0]
            for name, cells in self._cells.items()
            if cells
        }
        return {name: title.lstrip("# ") for name, title in titles.items() if title.startswith("# ")}

    def table(self, row: Mapping) -> str:
        """The caption of the table that a result stands in.

        Where the tables of its notebook do not say what they show, what the notebook asks.
        """
        notebook = str(row.get("notebook") or "")
        own = [shown for shown in self.tables if shown.notebook == notebook]
        if own:
            return tr(next((shown.caption for shown in own if shown.holds(row)), IN_NO_TABLE))
        asked = self.questions.get(notebook)
        return tr(asked) if asked else in_words(notebook or row.get("analysis") or "results")

    def result(self, row: Mapping) -> str:
        """A result in words.

        Examples
        --------
        >>> row = {"analysis": "change_mean", "variable": "cdai", "visit": "W24", "statistic": "estimate"}
        >>> Names().result(row), Names().result({**row, "statistic": "n_pairs"})
        ('Mean change in cdai, W24', 'Mean change in cdai, W24: number with both values')
        """
        if not row.get("analysis"):
            return str(row["result_id"])
        what = self._of("variable", row) or tr("all")
        analysis = str(row.get("analysis") or "").lower()
        phrase = ANALYSES.get(analysis)
        text = tr(phrase, what=what) if phrase else f"{in_words(analysis)}: {what}"
        return self._with_statistic(self._placed(text, row), str(row.get("statistic") or ""))

    def _placed(self, text: str, row: Mapping) -> str:
        """With the visit, the group and the analysis set, as far as these tell anything."""
        if visit := self.labels.get("visit", {}).get(str(row.get("visit") or "").lower()):
            text = tr("{what} at {visit}", what=text, visit=inside(tr(visit)))
        elif row.get("visit"):
            text = tr("{what}, {visit}", what=text, visit=str(row["visit"]))
        if str(row.get("group") or "all").lower() != "all":
            text = tr("{what}, {visit}", what=text, visit=self._of("group", row))
        main = str((self.settings.get("study") or {}).get("primary_population") or "").lower()
        population = str(row.get("population") or "").lower()
        if main and population not in ("", "all", main):
            text = tr("{what} ({population})", what=text, population=self._of("population", row))
        return text

    def _of(self, kind: str, row: Mapping) -> str:
        name = str(row.get(kind) or "")
        label = self.labels.get(kind, {}).get(name.lower())
        return tr(label) if label else in_words(name)

    def _with_statistic(self, text: str, statistic: str) -> str:
        if statistic in ("", "estimate"):
            return text
        word = STATISTICS.get(statistic)
        return tr("{what}: {statistic}", what=text, statistic=tr(word) if word else in_words(statistic))

    def value(self, row: Mapping | None, rows: Mapping[str, Mapping]) -> str:
        """A number as the report prints it, with its interval where it has one."""
        from pipeline.variables import shown

        if row is None or row["value"] is None:
            return tr("none")
        return shown(dict(row), rows, self.digits).replace("\u00a0", " ")


def in_words(name: str) -> str:
    """A name without its underscores.

    Examples
    --------
    >>> in_words("not_enrolled")
    'not enrolled'
    """
    return " ".join(str(name).replace("_", " ").split())


def tables_of(notebook: str, cells: list[dict]) -> Iterator[Shown]:
    """The tables of a notebook that say what they show."""
    from pipeline.render.notebook import cell_options, source_text

    for cell in cells:
        option = cell_options(source_text(cell["source"])) if cell["cell_type"] == "code" else {}
        names = tuple(name.strip().lower() for name in str(option.get("shows") or "none").split(","))
        if option.get("tbl-cap") and names != ("none",):
            yield Shown(notebook, str(option["tbl-cap"]), names)
