"""Two reports held against each other, for people: headline numbers, changes by table, causes, patients."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from analysis.language import commas, mark, tr
from pipeline.compare import Difference, differences, read_results, results_file
from pipeline.compare.causes import causes
from pipeline.compare.headlines import headlines
from pipeline.compare.named import Names
from pipeline.compare.patients import Patients, patients
from pipeline.files import read_json
from pipeline.project import Project, UserError
from pipeline.runs.keep import in_use

TRIES = 20
KINDS = {"changed": mark("{n} changed"), "added": mark("{n} added"), "removed": mark("{n} removed")}


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
    label: str
    before: float | None
    after: float | None

    @property
    def same(self) -> bool:
        """Whether it is the same number."""
        return self.before == self.after


@dataclass(frozen=True)
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
    names : Names
        What results are called in the report.
    """

    before: Side
    after: Side
    headlines: list[Headline]
    found: list[Difference]
    causes: list[str]
    patients: Patients | None
    names: Names

    @property
    def tables(self) -> dict[str, list[Difference]]:
        """The differences by the table of the report that shows them, those with most changes first."""
        grouped: dict[str, list[Difference]] = {}
        for entry in self.found:
            grouped.setdefault(self.names.table(self.row_of(entry)), []).append(entry)
        return dict(sorted(grouped.items(), key=lambda item: -len(item[1])))

    def row_of(self, entry: Difference) -> dict:
        """The result that a difference is of, as it is now, else as it was."""
        return self.after.rows.get(entry.result_id) or self.before.rows[entry.result_id]

    @property
    def counted(self) -> str:
        """How many results differ, in words."""
        kinds = Counter(entry.what for entry in self.found)
        told = commas(tr(text, n=kinds[what]) for what, text in KINDS.items() if kinds[what])
        if told:
            return tr("{told} of {n} results", told=told, n=len(self.after.rows))
        return tr("{n} results, all the same", n=len(self.after.rows))

    @cached_property
    def _sizes(self) -> Counter:
        return Counter(self.names.table(row) for row in {**self.before.rows, **self.after.rows}.values())

    def of_table(self, name: str) -> int:
        """How many results a table has in either report."""
        return self._sizes[name]

    def as_json(self) -> str:
        """Everything as plain data."""
        tables = {
            name: [{"label": self.names.result(self.row_of(entry)), **asdict(entry)} for entry in found]
            for name, found in self.tables.items()
        }
        content = {
            "before": self.before.name,
            "after": self.after.name,
            "counted": self.counted,
            "headlines": [asdict(entry) for entry in self.headlines],
            "causes": self.causes,
            "patients": self.patients and asdict(self.patients),
            "tables": tables,
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
    is_run = folder.name == "report" and (folder.parent / "manifest.json").is_file()
    run = folder.parent if is_run else _kept(project, manifest)
    if run is not None:  # what was published may be replaced meanwhile, a run is not
        manifest, file = read_json(run / "manifest.json") or manifest, run / "report" / "results.csv"
    return Side(name, read_results(file), manifest, run)


@contextmanager
def sides(project: Project, *names: str) -> Iterator[list[Side]]:
    """The sides of a comparison, whose runs do not go while it is made.

    Raises
    ------
    UserError
        If there is none of a name.
    """
    with ExitStack() as held:
        yield [_held(project, name, held) for name in names]


def _held(project: Project, name: str, held: ExitStack) -> Side:
    """One side; looked up anew when its run went just now, for then another version has been published."""
    for _ in range(TRIES):
        with suppress(FileNotFoundError):
            side = side_of(project, name)
            if side.run is None:
                return side
            held.enter_context(in_use(side.run))
            return side
    raise UserError(f"{name} is published anew all the time; try again")


def _kept(project: Project, manifest: Mapping) -> Path | None:
    """The run of a published report; one of the same name from another folder is none of its."""
    if not manifest.get("run"):
        return None
    run = project.runs / manifest["study_id"] / manifest.get("place", manifest["report"]) / manifest["run"]
    kept = read_json(run / "manifest.json") or {}
    same = [side.get("outputs", {}).get("results.csv") for side in (kept, manifest)]
    return run if same[0] is not None and same[0] == same[1] else None


def compare(before: Side, after: Side, *, tolerance: float = 0, relative: float = 0) -> Comparison:
    """Hold two reports against each other; see `pipeline.compare.differences` for the tolerances."""
    found = differences(before.rows, after.rows, tolerance=tolerance, relative=relative)
    kept = after.run or before.run
    settings = (kept and read_json(kept / "settings.json")) or {}
    names = Names(settings, kept and kept / "notebooks")
    people = patients(before.run / "data", after.run / "data") if before.run and after.run else None
    values = {name: row["value"] for name, row in before.rows.items()}
    return Comparison(
        before=before,
        after=after,
        headlines=[
            Headline(
                name, label or names.result(after.rows[name]), values.get(name), after.rows[name]["value"]
            )
            for name, label in headlines(after.rows, settings).items()
        ],
        found=found,
        causes=causes(before.manifest, after.manifest),
        patients=people,
        names=names,
    )
