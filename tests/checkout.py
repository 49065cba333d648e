"""Small checkouts of this project in temporary folders, without git: a few studies, rendered for real."""

import contextlib
import csv
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import warm

from pipeline.reach import Code

ROOT = Path(__file__).resolve().parents[1]
COMMAND = (sys.executable, "-c", "from pipeline.entry import main; main()")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the command line said: exit code and text without the frames of the terminal."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """A project folder of its own; `study` runs there with the code that lies there."""

    root: Path

    def study(self, *words: str) -> Answer:
        """The command line, as a user types it in this folder."""
        given = self.environment()
        if words[:1] == ("render",) and "STUDY_KEEP_WARM" not in os.environ:
            given |= warm.serving()
        asked = subprocess.run(
            [*COMMAND, *words], cwd=self.root, env=given, capture_output=True, text=True, check=False
        )
        return Answer(asked.returncode, asked.stdout + asked.stderr)

    def environment(self) -> dict[str, str]:
        """What the command line runs in: the same for every test and every worker."""
        given = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        given.pop("STUDY_BUILD", None)
        return given | {"PYTHONPATH": str(self.root / "src"), "COLUMNS": "200", "NO_COLOR": "1"}

    def file(self, *parts: str) -> Path:
        """A file of the checkout."""
        return self.root.joinpath(*parts)

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace text that stands in a file exactly once."""
        file = self.root / name
        text = file.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise ValueError(f"{old!r} stands {text.count(old)} times in {name}")
        file.write_text(text.replace(old, new), encoding="utf-8")

    def published(self, study: str, report: str) -> Path:
        """The folder of a published report."""
        return self.root / "reports" / "_site" / study / report

    def built(self, study: str, report: str) -> Path:
        """The folder of datasets, executed notebooks and results of a report."""
        return self.root / "build" / study / report

    def results(self, study: str, report: str) -> dict[str, dict]:
        """The rows of the published results table by id, values as numbers."""
        with (self.published(study, report) / "results.csv").open(encoding="utf-8", newline="") as file:
            return {
                row["result_id"]: {**row, "value": float(row["value"]) if row["value"] else None}
                for row in csv.DictReader(file)
            }

    def values(self, study: str, report: str) -> dict[str, float | None]:
        """Only the values of the results, by id."""
        return {name: row["value"] for name, row in self.results(study, report).items()}

    def manifest(self, study: str, report: str) -> dict:
        """The manifest of a published report."""
        return json.loads((self.published(study, report) / "manifest.json").read_text(encoding="utf-8"))

    def page(self, study: str, report: str, name: str = "index.html") -> str:
        """The published page: the main report, or another of its documents."""
        return (self.published(study, report) / name).read_text(encoding="utf-8")

    def copy(self, folder: Path) -> "Checkout":
        """The same, everything that was built included, in another folder."""
        shutil.copytree(self.root, folder)
        return Checkout(folder)


def lay_out(folder: Path, studies: dict[str, tuple[Path, Path]]) -> Checkout:
    """A checkout that holds these studies: name to folder of parameters and folder of report sources."""
    # what is compiled goes along: the commands of a checkout compile nothing anew, which would take most of their time
    quiet = shutil.ignore_patterns("*.egg-info", "*.ipynb_checkpoints")
    for name in ("src", "notebooks", "reports/_parts"):
        shutil.copytree(ROOT / name, folder / name, ignore=quiet)
    for name in ("_quarto.yml", "requirements.lock", "pyproject.toml", "reports/references.bib"):
        shutil.copy2(ROOT / name, folder / name)
    for name, (params, reports) in studies.items():
        shutil.copytree(params, folder / "params" / name)
        shutil.copytree(reports, folder / "reports" / name)
        if (ROOT / "data" / name).is_dir():
            (folder / "data").mkdir(exist_ok=True)
            (folder / "data" / name).symlink_to(ROOT / "data" / name)
    state = folder / "build" / "state"
    for place in (state.parent, state):
        place.mkdir(mode=0o700)
    (state / "code.json").write_bytes(_known_code())
    (state / "code.json").chmod(0o600)
    return Checkout(folder)


@cache
def _known_code() -> bytes:
    """What a run knows of the code after it has looked at it once: the same for every checkout."""
    with tempfile.TemporaryDirectory() as folder:
        code = Code(ROOT / "src", Path(folder) / "code.json")
        code.reach(code.files)
        code.save()
        return (Path(folder) / "code.json").read_bytes()


def of_project(folder: Path, *names: str) -> Checkout:
    """A checkout that holds studies of this project."""
    return lay_out(folder, {name: (ROOT / "params" / name, ROOT / "reports" / name) for name in names})


@contextlib.contextmanager
def made_once(tmp_path_factory, name: str) -> Iterator[tuple[Path, bool]]:
    """A folder that all workers of a test run share, and whether it is still to be filled; one worker at a time."""
    base = tmp_path_factory.getbasetemp()
    # as deep as a test's own folder: files outside a checkout are known to pytask by their relative path
    shared = (base.parent / "all" if os.environ.get("PYTEST_XDIST_WORKER") else base) / f"once-{name}"
    shared.mkdir(parents=True, exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = shared / "done"
        yield shared / "checkout", not done.exists()
        done.touch()


def rendered(folder: Path, fresh: bool, make, *words: str) -> Checkout:
    """A checkout with its reports rendered by the embedded renderer; made only when it is fresh."""
    if not fresh:
        return Checkout(folder)
    shutil.rmtree(folder, ignore_errors=True)
    made = make(folder)
    answer = made.study("render", "--renderer", "embedded", *words)
    if answer.code != 0:
        raise RuntimeError(f"the checkout for the tests could not be rendered:\n{answer.text}")
    return made


@pytest.fixture(scope="session")
def auranofin(tmp_path_factory) -> Checkout:
    """The auranofin study, interim and final, rendered once for all tests; read it, copy it, never change it."""
    with made_once(tmp_path_factory, "auranofin") as (folder, fresh):
        return rendered(folder, fresh, lambda place: of_project(place, "ra_auranofin"))


@pytest.fixture
def work(auranofin, tmp_path) -> Checkout:
    """A copy of the rendered auranofin study that a test may change."""
    return auranofin.copy(tmp_path / "work")
