"""The page that lists every published report."""

from pathlib import Path

from pipeline.files import leave_to, read_json, write_whole
from pipeline.project import Project


def index(project: Project, target: Path, *, group: str | None = None) -> None:
    """The page that lists every published report; one whose manifest cannot be read is left out."""
    from pipeline.render import render_index

    reports = []
    for file in sorted(project.site.glob("*/*/manifest.json")):
        listed = read_json(file)
        if listed and "outputs" in listed:
            folder = file.parent.relative_to(project.site).as_posix()
            reports.append({**listed, "folder": folder, "files": sorted(listed["outputs"])})
    handbook = project.handbook.relative_to(project.site).as_posix() if project.handbook.is_file() else None
    write_whole(target, render_index(reports, handbook=handbook))
    leave_to([target, target.parent], group)
