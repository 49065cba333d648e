"""`study verify RUN`: every file of a kept run against the hash that its manifest has, without a network."""

from pathlib import Path

from pipeline.files import read_json
from pipeline.project import Project, UserError, sha256
from pipeline.runs.keep import hashes_below, runs_of
from pipeline.sites import places_below


def find_run(project: Project, name: str) -> Path:
    """The folder of a run: ``study/report/id``, ``study/report`` for the last one (of a site: ``study/report/sites/key``), or a path.

    Raises
    ------
    UserError
        If there is none; with those that there are.
    """
    for place in (project.runs / name, Path(name)):
        if (place / "manifest.json").is_file() and (place / "report").is_dir():
            return place.resolve()
    parts = name.strip("/").split("/")
    if len(parts) > 1 and (found := runs_of(project, parts[0], "/".join(parts[1:]))):
        return found[-1]
    if len(parts) == 1:
        found = [run for run in all_runs(project) if run.name == name]
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(run.relative_to(project.runs).as_posix() for run in found)
            raise UserError(f"{len(found)} runs are called {name}; write one of {listed}")
    known = [run.relative_to(project.runs).as_posix() for run in all_runs(project)]
    raise UserError(f"there is no run {name!r}; there are {', '.join(known[-8:]) or 'none yet'}")


def all_runs(project: Project) -> list[Path]:
    """Every kept run, by report, the oldest first."""
    places = [folder.relative_to(project.runs).parts for folder in places_below(project.runs)]
    return [run for study, *place in places for run in runs_of(project, study, "/".join(place))]


def problems_of(run: Path) -> list[str]:
    """Every file of a run that is not as it was kept, a line each.

    A manifest that cannot be read is one; so is a page, a dataset, a result or an input that was changed, added or removed.
    """
    manifest = read_json(run / "manifest.json")
    if manifest is None or not isinstance(manifest.get("files"), dict):
        return ["manifest.json cannot be read"]
    there, kept = hashes_below(run), manifest["files"]
    lines = [f"{name} is missing" for name in kept if name not in there]
    lines += [f"{name} was added" for name in there if name not in kept]
    lines += [f"{name} was changed" for name in kept if name in there and there[name] != kept[name]]
    lines += [
        f"report/{name} is not what was published"
        for name, digest in manifest["outputs"].items()
        if (run / "report" / name).is_file() and sha256(run / "report" / name) != digest
    ]
    return sorted(lines)


def require_whole(run: Path) -> None:
    """Stop when a run is not as it was kept.

    Raises
    ------
    UserError
        Which files.
    """
    if found := problems_of(run):
        raise UserError(f"run {run.name} is not as it was kept: {'; '.join(found[:5])}")
