"""What changed since the last run of a report, for the report itself and for the page that lists all."""

from dataclasses import dataclass
from pathlib import Path

from analysis.language import ENGLISH, speaking
from pipeline.project import Project


@dataclass(frozen=True, slots=True)
class Since:
    """A section for the report, and a line for the list of reports."""

    section: str
    line: str


def since_last(project: Project, rows: list[dict], folder: Path, manifest: dict) -> Since | None:
    """Hold a report that is being made against its last run; None for the first one.

    Parameters
    ----------
    project : Project
    rows : list of dict
        Its results.
    folder : Path
        Where its datasets and settings were built.
    manifest : dict
        What its manifest will say, as far as it is known.
    """
    from pipeline.compare import as_csv_rows
    from pipeline.compare.comparison import Side, compare, side_of
    from pipeline.compare.told import as_line, as_section
    from pipeline.runs.keep import runs_of

    kept = runs_of(project, manifest["study_id"], manifest["place"])
    if not kept or not (kept[-1] / "report" / "results.csv").is_file():
        return None
    before = side_of(project, str(kept[-1] / "report"))
    found = compare(before, Side("this report", as_csv_rows(rows), manifest, folder))
    with speaking(ENGLISH):  # as the list of reports
        line = as_line(found)
    return Since(as_section(found), line)
