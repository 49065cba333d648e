"""What changed between two runs of a report; for the page, see `pipeline.compare`."""

from pathlib import Path

from pipeline.project import Project


def since_last(project: Project, study: str, report: str, rows: list[dict], folder: Path) -> str | None:
    """The section "Since the last report" of an interim report; None for the first one."""
    return None
