"""What is published: data cut, state, age, and whether the files are still those that were published."""

from rich.table import Table

from pipeline.checks import published_manifests
from pipeline.project import Project, sha256


def status_table(project: Project) -> Table:
    """One line per published report."""
    table = Table(title="Published reports")
    for heading in ("study", "report", "state", "data cut", "rendered", "renderer", "files"):
        table.add_column(heading)
    for file, manifest in published_manifests(project):
        changed = [
            name
            for name, digest in manifest["outputs"].items()
            if not (file.parent / name).is_file() or sha256(file.parent / name) != digest
        ]
        table.add_row(
            manifest["study_id"],
            manifest["report"],
            manifest["state"],
            manifest["data_cut"],
            manifest["rendered_at"],
            manifest["renderer"],
            f"changed since: {', '.join(changed)}" if changed else "as published",
        )
    if not table.row_count:
        table.caption = "nothing is published yet: run `study render`"
    return table
