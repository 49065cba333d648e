"""Faults that strike a render: what is published stays whole and belongs together, and the next run recovers by itself.

The table of the handbook (docs/schedule.qmd) names each of these tests. Many more strikes at random moments are in
benchmarks/faults.py.
"""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from harness import (
    CELLS,
    RENDER,
    Victim,
    assert_recovers,
    data,
    ended,
    family,
    faults_of_published,
    kill_tree,
    scratch_folders,
    wait_for,
)
from tiny_study import write_notebook

from pipeline.project import Project, sha256
from pipeline.site_lock import site_lock

pytestmark = pytest.mark.slow
# ---------------------------------------------------------------- kill -9


def test_kill_9(victim):
    """Of one after the other: that the next comes as far as it is struck in turn is the first recovery, the last run
    the whole one."""
    before = victim.bytes_published()
    for n, who in enumerate(("command", "kernel", "fork server", "renderer"), start=5):
        victim.write_data(n)
        process = victim.start(*RENDER)
        at_work = who if who == "renderer" else "kernel"
        seen = wait_for(lambda run=process, sign=at_work: sign in (found := family(run)) and found, at_work)
        os.kill(seen[who], signal.SIGKILL)
        code, said = ended(process)
        assert "Traceback" not in said
        if who != "command":
            assert code in (1, 7), said
        assert victim.bytes_published() == before
        assert faults_of_published(victim) == []
        assert victim.wait_for_no_process() == []
    assert_recovers(victim)


def test_a_killed_command_leaves_a_lock_that_the_next_run_takes(victim):
    victim.write_data(5)
    process = victim.start(*RENDER)
    wait_for(lambda: "kernel" in family(process), "the run at work")
    kill_tree(process)
    code, said = ended(victim.start(*RENDER))
    assert code == 0, said
    assert f"an earlier run did not end by itself (process {process.pid})" in said


# ---------------------------------------------------------------- two commands at once


def test_two_commands_at_once(victim):
    victim.write_data(40)
    first = victim.start(*RENDER, "--as-of", "2025-01-08")
    wait_for(lambda: "kernel" in family(first), "the first run at work")
    refused, said = ended(victim.start(*RENDER, "--as-of", "2025-02-05"))
    assert refused == 5, said
    assert "another render of this checkout is running" in said
    locked, said = ended(victim.start("lock", "tiny"))
    assert locked in (5, 0), said  # it looks at the study first, which takes its time
    explained, said = ended(victim.start(*RENDER, "--as-of", "2025-02-05", "--explain"))
    assert explained == 0, said
    code, said = ended(first)
    assert code == 0, said
    assert victim.manifest("tiny", "interim")["data_cut"] == "2025-01-08"
    assert faults_of_published(victim) == []
    code, said = ended(victim.start(*RENDER, "--as-of", "2025-02-05"))
    assert code == 0, said
    assert "Nothing to do" not in said
    assert victim.manifest("tiny", "interim")["data_cut"] == "2025-02-05"
    assert faults_of_published(victim) == []


WRITING = [
    *(RENDER, (*RENDER, "--as-of", "2025-01-02"), ("lock", "tiny")),
    *(("share", "tiny", "--report", "interim", "--policy", "local"), ("handbook",)),
]
READING = [
    (*RENDER, "--explain"),
    *(("check", "tiny"), ("runs",), ("verify", "tiny/interim"), ("status",), ("profile",)),
    ("diff", "tiny/interim", "tiny/interim"),
]


def contents(victim: Victim) -> dict[str, bytes]:
    """Everything that runs make and keep, but the text that says who holds the folder."""
    places = [victim.file(*place) for place in (("build",), ("runs",), ("locks",), ("reports", "_site"))]
    files = [file for place in places for file in sorted(place.rglob("*")) if file.is_file()]
    return {
        str(file): file.read_bytes()
        for file in files
        if file.name != "running" and "pycache" not in file.parts
    }


def test_every_command_while_another_holds_the_folder(victim):
    """What writes is refused and has written nothing; what reads does its work, and writes nothing either."""
    victim.write_data(5)
    before = contents(victim)
    with site_lock(Project(victim.root), doing="holding it"):
        for words in WRITING:
            code, said = ended(victim.start(*words, served=True))
            assert (code, "holding it" in said) == (5, True), said
        for words in READING:
            code, said = ended(victim.start(*words, served=True))
            assert code == 0, said
    assert contents(victim) == before
    assert_recovers(victim, served=True)


# ---------------------------------------------------------------- inputs that change meanwhile


def test_data_that_change_during_a_run(victim):
    """Each run has the data that it began with, and the next one those that came meanwhile."""
    n = 5
    victim.write_data(n)
    for how in ("replaced", "truncated", "half written", "removed"):
        process = victim.start(*RENDER)
        wait_for(lambda run=process: "kernel" in family(run), "the run at work")
        content = victim.write_data(n + 4)
        if how == "truncated":
            data(victim).write_bytes(b"")
        elif how == "half written":
            data(victim).write_bytes(content[: len(content) // 2])
        elif how == "removed":
            data(victim).unlink()
        code, said = ended(process)
        assert code == 0, (how, said)
        assert faults_of_published(victim) == []
        assert victim.values("tiny", "interim") == {"tiny.all.people.all.all.n": float(n)}
        if how != "replaced":
            data(victim).write_bytes(content)
        n += 4
    assert_recovers(victim, served=True)


def test_a_notebook_that_changes_during_a_run(victim):
    victim.write_data(5)
    process = victim.start(*RENDER)
    wait_for(lambda: "kernel" in family(process), "the run at work")
    fewer = CELLS[2].replace('len(data.tables["subjects"])', 'len(data.tables["subjects"]) - 1')
    write_notebook(victim, [*CELLS[:2], fewer])
    code, said = ended(process)
    assert code == 0, said
    manifest = victim.manifest("tiny", "interim")
    assert manifest["notebooks"]["notebooks/tiny.ipynb"] != sha256(victim.file("notebooks", "tiny.ipynb"))
    assert victim.values("tiny", "interim") == {"tiny.all.people.all.all.n": 5.0}
    assert ended(victim.start(*RENDER, served=True))[0] == 0
    assert victim.values("tiny", "interim") == {"tiny.all.people.all.all.n": 4.0}
    manifest = victim.manifest("tiny", "interim")
    assert manifest["notebooks"]["notebooks/tiny.ipynb"] == sha256(victim.file("notebooks", "tiny.ipynb"))


def test_code_that_changes_during_a_run(victim):
    before = victim.bytes_published()
    victim.write_data(5)
    process = victim.start(*RENDER)
    wait_for(lambda: "kernel" in family(process), "the run at work")
    with victim.file("src", "pipeline", "publish", "__init__.py").open("a", encoding="utf-8") as file:
        file.write("\nCHANGED = True\n")
    code, said = ended(process)
    assert code == 6, said
    assert "code was changed during the run (src/pipeline/publish/__init__.py)" in said
    assert victim.bytes_published() == before
    assert_recovers(victim)


# ---------------------------------------------------------------- disks


@pytest.fixture
def mounted():
    """Function: put a small disk over a folder, with what it holds; taken away afterwards."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can put a small disk over a folder")
    done = []

    def mount(folder: Path, size: str, *, read_only: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder.with_name(folder.name + ".aside")
        shutil.copytree(folder, aside)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size},nr_inodes=20000", "tmpfs", folder]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            shutil.rmtree(aside)
            pytest.skip("no small disk can be mounted here")
        done.append(folder)
        shutil.copytree(aside, folder, dirs_exist_ok=True)
        shutil.rmtree(aside)
        if read_only:
            subprocess.run(["mount", "-o", "remount,ro", folder], check=True)

    yield mount
    for folder in done:
        subprocess.run(["umount", "-l", folder], check=False)


def fill(folder: Path) -> Path:
    """Take what room is left on a disk; the folder whose removal gives it back."""
    place = folder / "filling"
    place.mkdir()
    handle = os.open(place / "bytes", os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(handle, b"\0" * 4096):
            pass
    except OSError:
        os.close(handle)
    return place


def fill_with_names(folder: Path) -> Path:
    """Take every file that a disk can still have, its room left alone."""
    place = folder / "filling"
    place.mkdir()
    try:
        for number in range(10**6):
            (place / str(number)).touch()
    except OSError:
        return place
    raise AssertionError("the disk took a million files")


FULL = {
    "build": ("build", RENDER, [fill]),
    "runs": ("runs", RENDER, [fill, fill_with_names]),
    "site": ("reports/_site", RENDER, [fill]),
    "locks": ("locks", ("lock", "tiny"), [fill, fill_with_names]),
}


@pytest.mark.parametrize("where", FULL)
def test_a_full_disk(victim, mounted, where):
    """Of bytes, then of files."""
    name, words, takes = FULL[where]
    folder = victim.file(*name.split("/"))
    mounted(folder, "60m")
    before = victim.bytes_published()
    victim.write_data(5)
    for take in takes:
        shutil.rmtree(
            folder / "pycache", ignore_errors=True
        )  # of a copy it is not trusted: removing it makes room
        filling = take(folder)
        code, said = ended(victim.start(*words, served=True))
        assert code == 8, said
        assert re.search(r"[Nn]o space", said)
        assert "Traceback" not in said
        assert victim.bytes_published() == before
        assert faults_of_published(victim) == []
        shutil.rmtree(filling)
    assert ended(victim.start(*words, served=True))[0] == 0
    assert_recovers(victim, served=True)


def test_a_full_temporary_folder(victim, mounted):
    """Python takes the next one of the system."""
    mounted(victim.temp, "1m")
    filling = fill(victim.temp)
    victim.write_data(5)
    code, said = ended(victim.start(*RENDER, served=True))
    assert code == 0, said
    assert faults_of_published(victim) == []
    assert scratch_folders(victim) == [filling.name]
    shutil.rmtree(filling)
    assert_recovers(victim, served=True)


@pytest.mark.parametrize("where", ["build", "runs", "reports/_site"])
def test_a_folder_that_cannot_be_written_to(victim, mounted, where):
    mounted(victim.file(*where.split("/")), "60m", read_only=True)
    before = victim.bytes_published()
    victim.write_data(5)
    code, said = ended(victim.start(*RENDER, served=True))
    assert code == 1, said
    assert "Read-only file system" in said
    assert "Traceback" not in said
    assert victim.bytes_published() == before
    assert victim.wait_for_no_process() == []
