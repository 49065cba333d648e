"""State that cannot be read, lost power, clocks, and notebooks and programs that misbehave."""

import json
import os
import time
from itertools import zip_longest
from pathlib import Path

import pytest
from harness import (
    CELLS,
    OPERATION,
    RENDER,
    Victim,
    assert_recovers,
    data,
    ended,
    faults_of_published,
)
from tiny_study import write_notebook

pytestmark = pytest.mark.slow


def state_files(victim: Victim) -> list[Path]:
    """Every file that a run keeps for the next one, the copies of inputs and the kept runs apart."""
    places = [victim.file("build", "state"), victim.file("build", "tiny"), victim.file("build", "log")]
    files = [file for place in places for file in sorted(place.rglob("*")) if file.is_file()]
    site = [file for file in sorted(victim.file("reports", "_site").rglob("*")) if file.is_file()]
    return [*files, *site]


@pytest.mark.parametrize("how", ["emptied", "garbage", "removed"])
def test_every_state_file_spoilt_at_once(victim, how):
    files = state_files(victim)
    assert len(files) > 15
    for file in files:
        file.chmod(0o600)
        if how == "removed":
            file.unlink()
        else:
            file.write_bytes(b"" if how == "emptied" else os.urandom(max(16, file.stat().st_size)))
    for file in victim.file("build", "pycache").rglob("*.pyc"):
        file.write_bytes(file.read_bytes()[:-40])  # whole for whoever looks at its head
    assert_recovers(victim)


def misshapen(content: bytes, value) -> bytes:
    """JSON of the same outline with a value of another kind in every place; what is no JSON is half written."""
    try:
        found = json.loads(content)
    except ValueError:
        return content[: len(content) // 2]
    if isinstance(found, dict) and value is not None:
        return json.dumps(dict.fromkeys(found, value)).encode()
    return b"[]"


WAYS = {
    "emptied": lambda content: b"",
    "garbage": lambda content: os.urandom(max(16, len(content))),
    "half": lambda content: content[: len(content) // 2],
    "numbers": lambda content: misshapen(content, 3),
    "texts": lambda content: misshapen(content, "x"),
    "lists": lambda content: misshapen(content, None),
}


@pytest.mark.parametrize("way", ["numbers", "texts", "lists"])
def test_every_state_file_of_another_shape(victim, way):
    for file in state_files(victim):
        spoil(file, way)
    assert_recovers(victim)


def kinds_of_state(victim: Victim) -> dict[tuple[str, ...], list[Path]]:
    """The files of state by what reads them: those of a folder whose names end alike, each list of them apart.

    The stages of the documents are made from one stage, and the pieces of one list are read by one reader.
    """
    found: dict[tuple[str, ...], list[Path]] = {}
    for file in state_files(victim):
        folder = file.parent.relative_to(victim.root)
        own = (
            () if file.suffix in (".parquet", ".qmd") or folder.name in ("parts", "_style") else (file.name,)
        )
        place = ("stages",) if {"stage", "documents"} & set(folder.parts) else (str(folder), *own)
        found.setdefault((*place, file.suffix), []).append(file)
    return found


def strikes_on(victim: Victim) -> list[list[Path]]:
    """What is spoilt at once so that nothing hides another: each kind of the command's own state alone, for what it
    says decides whether the rest is read; with it whole, of what each task and the site hold one kind a time."""
    alone: list[list[Path]] = []
    places: dict[str, list[list[Path]]] = {}
    for (place, *_), files in kinds_of_state(victim).items():
        if place.startswith("build/state"):
            alone.append(files)
        elif place == "stages":  # of which a run of the report reads all
            places.setdefault(place, [[]])[0].extend(files)
        else:
            of_notebook = files[0].stem == "tiny"
            places.setdefault("notebook" if of_notebook else place, []).append(files)
    together = zip_longest(*places.values(), fillvalue=[])
    return alone + [[file for files in row for file in files] for row in together]


def test_every_kind_of_state_spoilt_while_what_decides_on_it_is_good(victim):
    """One strike after the other, its files in different ways; a new file of state is among them by itself."""
    assert len(kinds_of_state(victim)) > 40
    struck = strikes_on(victim)
    assert {file for files in struck for file in files} == set(state_files(victim))
    for number, files in enumerate(struck):
        for place, file in enumerate(file for file in files if file.exists()):
            spoil(file, list(WAYS)[(number + place) % len(WAYS)])
        assert_recovers(victim, served=True)


@pytest.mark.parametrize("name", ["subjects.parquet", "index.json"])
def test_a_dataset_spoilt_beside_a_list_that_is_good(victim, name):
    """And the other way round: what is read again is made again, though the data did not change."""
    folder = victim.file("build", "tiny", "interim", "data")
    for way in ("emptied", "garbage", "texts"):
        spoil(folder / name, way)
        write_notebook(victim, [*CELLS, f"'{way}'"])
        assert_recovers(victim, served=True)


def spoil(file: Path, way: str) -> None:
    """Write something else over a file, not over those that it is linked with."""
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(WAYS[way](content))


def test_power_loss(victim):
    """What was not synced is empty after power comes back; what was published and kept had been synced."""
    kept = {victim.file("runs"), victim.file("reports", "_site")}
    for file in sorted(victim.file("build").rglob("*")):
        if file.is_file() and not any(place in file.parents for place in kept):
            linked = file.stat().st_nlink > 1
            file.chmod(0o600)
            if linked:
                file.unlink()
                file.touch()
            else:
                os.truncate(file, 0)
    assert faults_of_published(victim) == []
    assert ended(victim.start("verify", "tiny/interim"))[0] == 0
    victim.write_data(4)
    assert_recovers(victim)


def test_a_clock_that_was_put_back(victim):
    ahead = time.time() + 86400
    for file in sorted(victim.root.rglob("*")):
        if file.is_file() and "runs" not in file.parts:
            os.utime(file, (ahead, ahead))
    victim.write_data(6)
    os.utime(data(victim), (ahead, ahead))
    assert_recovers(victim, served=True)
    first = victim.manifest("tiny", "interim")["run"]
    victim.write_data(8)
    assert_recovers(victim, served=True)
    assert int(victim.manifest("tiny", "interim")["run"][:4]) == int(first[:4]) + 1


# ---------------------------------------------------------------- notebooks that misbehave


MISBEHAVING = {
    "fails": ("raise ValueError('no such thing')", "", 1, "ValueError: no such thing"),
    "hangs": ("import time\ntime.sleep(600)", "cell_limit = 3\n", 7, "CellTimeoutError"),
    "eats memory": ("held = b'x' * (3 * 2**30)", "memory_limit = '2 G'\n", 7, "MemoryError"),
    "dies": ("import os\nos.kill(os.getpid(), 9)", "", 7, "DeadKernelError"),
    "outlasts the run": ("import time\ntime.sleep(600)", "run_limit = 15\n", 7, "limit of 15 seconds"),
}


def test_a_notebook_that_misbehaves(victim):
    """In one way after the other, each told as what it is; then it is put right."""
    before = victim.bytes_published()
    for how, (cell, limits, code, told) in MISBEHAVING.items():
        write_notebook(victim, [*CELLS[:2], cell, CELLS[2]])
        victim.file("operation.toml").write_text(OPERATION + limits, encoding="utf-8")
        got, said = ended(victim.start(*RENDER))
        assert told in said, how
        assert got == code, said
        assert "Traceback" not in said
        assert victim.bytes_published() == before
        assert victim.wait_for_no_process() == []
    write_notebook(victim, CELLS)
    victim.file("operation.toml").write_text(OPERATION, encoding="utf-8")
    victim.write_data(6)
    assert_recovers(victim, served=True)


def test_a_program_that_hangs(victim):
    """A task of the command itself, not of a process that it could end, when the time of the run is over."""
    module = victim.file("src", "pipeline", "publish", "results.py")
    whole = module.read_text(encoding="utf-8")
    before = victim.bytes_published()
    victim.write_data(5)
    module.write_text(
        f"{whole}\n\ndef as_csv(rows):\n    import time\n\n    time.sleep(600)\n", encoding="utf-8"
    )
    with victim.file("operation.toml").open("a", encoding="utf-8") as file:
        file.write("run_limit = 15\n")
    code, said = ended(victim.start(*RENDER, "--scheduled"))
    assert (code, "limit of 15 seconds" in said) == (7, True), said
    assert victim.bytes_published() == before
    assert faults_of_published(victim) == []
    assert victim.wait_for_no_process() == []
    module.write_text(whole, encoding="utf-8")
    victim.file("operation.toml").write_text("settle = 0\n", encoding="utf-8")
    assert_recovers(victim)
