"""`study render --from RUN`: a kept run made again from nothing but its own record, and held against what it published."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from pipeline import children
from pipeline.files import link, remove_tree
from pipeline.operating import operation_of
from pipeline.publish.cover import ALL_DATA
from pipeline.project import Project, UserError
from pipeline.runs.keep import in_use, manifest_of
from pipeline.runs.verify import find_run, require_whole
from pipeline.site_lock import site_lock
from pipeline.sites import flat


@dataclass(frozen=True, slots=True)
class Again:
    """What came of it: whether the results table is the same byte for byte, where the report is, and a line to say."""

    same: bool
    folder: Path
    line: str


def make_again(project: Project, name: str) -> Again:
    """Make a run again: its data, parameters, notebooks, text and code, with the libraries that are installed now.

    The report is written below ``build/again/``; what is published stays.

    Raises
    ------
    UserError
        If there is no such run, its files are not those that were kept, or it cannot be made.
    LimitReached
        If it takes longer than a run may.
    """
    run = find_run(project, name)
    with in_use(run), site_lock(Project(project.build / "again"), doing=f"making {name} again"):
        return _made_again(project, name, run)


def _made_again(project: Project, name: str, run: Path) -> Again:
    require_whole(run)
    manifest = manifest_of(run)
    study, report = manifest["study_id"], manifest["report"]
    place = manifest.get("place", report)
    folder = project.build / "again" / f"{study}-{flat(place)}-{run.name}"
    remove_tree(folder)
    for file in sorted((run / "inputs").rglob("*")):
        if file.is_file():
            link(file, folder / file.relative_to(run / "inputs"))
    (folder / "reports").mkdir(exist_ok=True)
    words = ["render", study, "--report", report, "--renderer", _engine(manifest["renderer"])]
    words += ["--lang", manifest["language"]] if "language" in manifest else []
    words += ["--site", manifest["site"]["key"]] if "site" in manifest else []
    words += ["--as-of", manifest["data_cut"]] if manifest["data_cut"] != ALL_DATA else []
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    environment.pop("STUDY_BUILD", None)
    command = [sys.executable, "-c", "from pipeline.entry import main; main()", *words]
    limit = operation_of(project.root).run_limit
    asked = children.run(command, cwd=folder, env=environment, limit=limit, memory=0)  # it limits its own
    made = folder / "reports" / "_site" / study / place
    if asked.returncode != 0 or not (made / "results.csv").is_file():
        said = (asked.stderr or asked.stdout).strip()[-2000:]
        raise UserError(f"run {name} could not be made again:\n{said}")
    same = (made / "results.csv").read_bytes() == (run / "report" / "results.csv").read_bytes()
    shown = made.relative_to(project.root).as_posix()
    verdict = "the same results table byte for byte" if same else "ANOTHER results table than that of the run"
    return Again(same, made, f"{shown}: {verdict}{_other_libraries(manifest)}")


def _engine(renderer: str) -> str:
    return "quarto" if renderer.startswith("quarto") else "embedded"


def _other_libraries(manifest: dict) -> str:
    """Which libraries are of another version than when the run was made."""
    from pipeline.lock import libraries

    now = libraries()
    other = [name for name, version in manifest["libraries"].items() if now.get(name) != version]
    return f"; other versions than then: {', '.join(other[:8])}" if other else ""
