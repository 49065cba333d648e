"""The page that lists every published report."""

from pathlib import Path

from pipeline.files import leave_to, write_whole
from pipeline.project import Project
from pipeline.published import published_manifests


def index(project: Project, target: Path, *, group: str | None = None) -> None:
    """The page that lists every published report; one whose manifest cannot be read is left out."""
    from analysis import read
    from pipeline.render import render_index

    reports = [
        {
            **listed,
            "folder": file.parent.relative_to(project.site).as_posix(),
            "files": sorted(listed["outputs"]),
        }
        for file, listed in published_manifests(project)
    ]
    handbook = project.handbook.relative_to(project.site).as_posix() if project.handbook.is_file() else None
    write_whole(target, render_index(reports, handbook=handbook, house=read.brand(project.root)))
    leave_to([target, target.parent], group)
