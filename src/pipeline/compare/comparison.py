"""Two reports held against each other, for people: headline numbers, changes by table, causes, patients."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.compare import Difference, differences, read_results, results_file
from pipeline.compare.causes import causes
from pipeline.compare.headlines import headlines
from pipeline.compare.patients import Patients, patients
from pipeline.files import read_json
from pipeline.project import Project


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two reports: its name, its results by id, its manifest and, if kept, its run."""

    name: str
    rows: dict[str, dict]
    manifest: dict
    run: Path | None


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline number before and after; None where one of the two has none."""

    result_id: str
    before: float | None
    after: float | None

    @property
    def same(self) -> bool:
        """Whether it is the same number."""
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Comparison:
    """What there is to say of two reports.

    Attributes
    ----------
    before, after : Side
    headlines : list of Headline
    found : list of Difference
    causes : list of str
    patients : Patients or None
        None where one of the two keeps no datasets.
    """

    before: Side
    after: Side
    headlines: list[Headline]
    found: list[Difference]
    causes: list[str]
    patients: Patients | None

    @property
    def tables(self) -> dict[str, list[Difference]]:
        """The differences by the notebook, which makes a table of the report, those with most changes first."""
        grouped: dict[str, list[Difference]] = {}
        for entry in self.found:
            row = self.after.rows.get(entry.result_id) or self.before.rows[entry.result_id]
            grouped.setdefault(row.get("notebook") or row.get("analysis") or "results", []).append(entry)
        return dict(sorted(grouped.items(), key=lambda item: -len(item[1])))

    @property
    def counted(self) -> str:
        """How many results differ, in words."""
        kinds = [
            (what, sum(entry.what == what for entry in self.found))
            for what in ("changed", "added", "removed")
        ]
        told = ", ".join(f"{n} {what}" for what, n in kinds if n)
        return (
            f"{told} of {len(self.after.rows)} results"
            if told
            else f"{len(self.after.rows)} results, all the same"
        )

    def of_table(self, name: str) -> int:
        """How many results a table has."""
        return sum(
            (row.get("notebook") or row.get("analysis") or "results") == name
            for row in self.after.rows.values()
        )

    def as_json(self) -> str:
        """Everything as plain data."""
        content = {
            "before": self.before.name,
            "after": self.after.name,
            "counted": self.counted,
            "headlines": [asdict(entry) for entry in self.headlines],
            "causes": self.causes,
            "patients": self.patients and asdict(self.patients),
            "tables": {name: [asdict(entry) for entry in found] for name, found in self.tables.items()},
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def side_of(project: Project, name: str) -> Side:
    """One side: a run, a published report, or a results table.

    Raises
    ------
    UserError
        If there is none of that name.
    """
    file = results_file(project, name)
    folder = file.parent
    manifest = read_json(folder / "manifest.json") or read_json(folder.parent / "manifest.json") or {}
    run = folder.parent if folder.name == "report" else None
    if run is None and manifest.get("run"):
        kept = (
            project.runs / manifest["study_id"] / manifest.get("place", manifest["report"]) / manifest["run"]
        )
        run = kept if kept.is_dir() else None
    return Side(name, read_results(file), manifest, run)


def compare(before: Side, after: Side, *, tolerance: float = 0, relative: float = 0) -> Comparison:
    """Hold two reports against each other; see `pipeline.compare.differences` for the tolerances."""
    found = differences(before.rows, after.rows, tolerance=tolerance, relative=relative)
    names = headlines(after.rows, _primary(after.run))
    values = [(before.rows.get(name, {}).get("value"), after.rows[name]["value"]) for name in names]
    people = patients(before.run / "data", after.run / "data") if before.run and after.run else None
    return Comparison(
        before=before,
        after=after,
        headlines=[Headline(name, *pair) for name, pair in zip(names, values, strict=True)],
        found=found,
        causes=causes(before.manifest, after.manifest),
        patients=people,
    )


def _primary(run: Path | None) -> set[str]:
    settings: Mapping = (run and read_json(run / "settings.json")) or {}
    return primary_of(settings.get("study") or {})


def primary_of(study: Mapping) -> set[str]:
    """Ids and variables of the primary endpoints of a study; of its first one where none is called primary."""
    endpoints = list(study.get("endpoints") or ())
    chosen = [entry for entry in endpoints if entry.get("role") == "primary"] or endpoints[:1]
    return {str(entry[key]) for entry in chosen for key in ("id", "variable") if entry.get(key)}
