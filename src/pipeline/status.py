"""What is published: data cut, state, age, and whether files and inputs are still those of the publication."""

from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from pipeline.project import REPORTS, Project, sha256
from pipeline.published import published_manifests


def status_table(project: Project) -> Table:
    """One line per published report."""
    table = Table(title="Published reports", box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("report", "state", "data cut", "rendered (UTC)"):
        table.add_column(heading, no_wrap=True)
    table.add_column("changed since", overflow="fold")
    for file, manifest in published_manifests(project):
        changed = [*changed_outputs(file.parent, manifest), *changed_inputs(project, manifest)]
        table.add_row(
            " ".join([manifest["study_id"], manifest["report"], *_site(manifest)]),
            manifest["state"],
            manifest["data_cut"],
            manifest["rendered_at"].replace("T", " ")[:16],
            ", ".join(changed) or "nothing",
        )
    if not table.row_count:
        table.caption = "nothing is published yet: run `study render`"
    return table


def _site(manifest: dict) -> list[str]:
    """The site that a report is of; none where it is of all."""
    return [str(manifest["site"]["key"])] if isinstance(manifest.get("site"), dict) else []


def changed_outputs(folder: Path, manifest: dict) -> list[str]:
    """Published files that are not those that were published."""
    return [name for name, digest in manifest["outputs"].items() if not _is(folder / name, digest)]


def changed_inputs(project: Project, manifest: dict) -> list[str]:
    """Data and parameter files that have changed since; the report shows them as they were."""
    params = project.root / "params" / manifest["study_id"]
    others = {f"{report}.yml" for report in REPORTS} - {f"{manifest['report']}.yml"}
    wanted = {params / name: digest for name, digest in manifest["params"].items() if name not in others}
    files = {project.root / entry["path"]: entry["sha256"] for entry in manifest["data"] if entry.get("path")}
    wanted |= {file: digest for file, digest in files.items() if file.is_relative_to(project.root / "data")}
    return sorted(file.name for file, digest in wanted.items() if not _is(file, digest))


def _is(file: Path, digest: str) -> bool:
    """Whether a file is there and has this hash."""
    return file.is_file() and sha256(file) == digest
