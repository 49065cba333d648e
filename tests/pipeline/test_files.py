"""Files put in place whole, state read with suspicion, the lock of a site, and scratch folders that are swept."""

import fcntl
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipeline import compiled, files, scratch
from pipeline.children import run
from pipeline.ending import Code, LimitReached, Locked, StillChanging, code_of
from pipeline.inputs import Snapshot, Store
from pipeline.marks import Hashes
from pipeline.operating import Operation, operation_of, remember_every
from pipeline.project import Project, UserError, sha256
from pipeline.render.embedded import pandoc_path
from pipeline.site_lock import site_lock

GARBAGE = ["", "{", "[]", "null", "\x00\x01\x02", '{"a": ', "NaN NaN"]


@pytest.mark.parametrize("content", GARBAGE)
def test_state_that_cannot_be_read_is_taken_for_not_there(tmp_path, content):
    file = tmp_path / "state.json"
    file.write_text(content, encoding="utf-8")
    assert files.read_json(file) is None
    assert files.read_json(tmp_path / "missing.json") is None
    Hashes(file)


def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    file = tmp_path / "state.json"
    files.write_whole(file, "old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.write_whole(file, "new")
    assert file.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["state.json"]


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_folder_is_put_in_place_of_another(tmp_path, monkeypatch, can_exchange):
    if not can_exchange:
        monkeypatch.setattr(files, "exchange", lambda *_: False)
    target = tmp_path / "site"
    for number in (1, 2):
        fresh = tmp_path / "fresh"
        fresh.mkdir()
        for name in ("index.html", "manifest.json"):
            (fresh / name).write_text(f"{name} {number}")
        files.put_in_place(fresh, target)
        assert (target / "manifest.json").read_text() == f"manifest.json {number}"
        assert not fresh.exists()


def test_full_disks_are_told_apart_through_other_errors():
    try:
        try:
            raise OSError(28, "No space left on device")
        except OSError as error:
            raise RuntimeError("writing failed") from error
    except RuntimeError as error:
        assert code_of(error) == Code.NO_SPACE
    assert code_of(RuntimeError("notebook x: OSError: [Errno 28] No space left on device")) == Code.NO_SPACE
    assert code_of(LimitReached("x")) == Code.LIMIT
    assert code_of(ValueError("x")) == Code.FAILED


def test_a_second_owner_is_told_whose_the_lock_is(tmp_path):
    project = Project(tmp_path)
    script = (
        "import sys; from pathlib import Path; from pipeline.project import Project\n"
        "from pipeline.site_lock import site_lock\n"
        f"with site_lock(Project(Path({str(tmp_path)!r})), doing='other work', limit=-5):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout.readline() == "held\n"
    told = rf"process {other.pid}, since .*: other work.*see whether it hangs"
    with pytest.raises(Locked, match=told), site_lock(project, doing="mine"):
        pass
    other.kill()
    other.communicate()
    with site_lock(project, doing="mine") as left:
        assert left["process"] == other.pid
    with site_lock(project, doing="mine") as left:
        assert left is None


def test_scratch_folders_of_dead_owners_are_swept_and_others_left(monkeypatch, tmp_path):
    monkeypatch.setattr(scratch.tempfile, "tempdir", str(tmp_path))
    dead, foreign = tmp_path / "study-dead", tmp_path / "study-foreign"
    dead.mkdir()
    foreign.mkdir()
    (dead / scratch.OWNER).touch()
    (dead / "patients.csv").write_text("id\n1\n")
    with (tmp_path / "study-held").mkdir() or (tmp_path / "study-held" / scratch.OWNER).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert scratch.sweep() == 1
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["study-foreign", "study-held"]


def test_a_program_that_takes_too_long_is_ended_with_all_it_started(tmp_path):
    script = f"sleep 60 & echo $! > {tmp_path}/child; wait"
    with pytest.raises(LimitReached, match=r"sh took longer than the limit of 0\.5 seconds"):
        run(["sh", "-c", script], limit=0.5, memory=0)
    child = int((tmp_path / "child").read_text())
    assert _is_gone([child])


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["sh", "-c", "kill -9 $$"], "sh was ended from outside or gave up: most often memory was short"),
        ([sys.executable, "-c", "b'x' * 2**30"], None),
        ([pandoc_path(), "--version"], None),
    ],
    ids=["killed", "a program with too little", "pandoc with too little"],
)
def test_a_program_without_memory_ends_as_a_limit_that_was_reached(command, told):
    """Whatever words it has for that."""
    with pytest.raises(LimitReached, match=told or "needs more memory than the limit allows") as raised:
        run(command, limit=60, memory=2**25)
    assert code_of(raised.value) == Code.LIMIT


def test_every_program_that_renders_is_started_within_limits(root):
    """`children.run` demands them, and ends a program with the command; no other way of starting one is taken."""
    folders = ("render", "publish", "share", "papers", "runs", "handbook")
    files = [file for name in folders for file in (root / "src" / "pipeline" / name).rglob("*.py")]
    starting = re.compile(r"subprocess\.(run|Popen|call|check_\w+)|os\.(system|popen|spawn|exec)")
    assert {file.name: found for file in files if (found := starting.findall(file.read_text("utf-8")))} == {}


def test_programs_end_with_the_process_that_started_them(tmp_path):
    inner = f"echo $$ > {tmp_path}/outer; sleep 60 & echo $! > {tmp_path}/inner; wait"
    script = f"from pipeline.children import run; run(['sh', '-c', {inner!r}], limit=60, memory=0)"
    parent = subprocess.Popen([sys.executable, "-c", script])
    until = time.monotonic() + 60
    while not (tmp_path / "inner").exists() or not (tmp_path / "inner").read_text():
        assert time.monotonic() < until
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    assert _is_gone([int((tmp_path / name).read_text()) for name in ("outer", "inner")])


def _is_gone(pids: list[int]) -> bool:
    until = time.monotonic() + 30
    while left := [pid for pid in pids if _runs(pid)]:
        if time.monotonic() > until:
            return not left
        time.sleep(0.05)
    return True


def _runs(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


# ---------------------------------------------------------------- inputs


@pytest.fixture
def store(tmp_path):
    (tmp_path / "checkout").mkdir()
    return Store(Project(tmp_path / "checkout"), Operation(settle=0, patience=0.5))


def test_what_is_hashed_is_what_is_copied(store, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("one")
    snapshot = Snapshot(tmp_path / "snapshot")
    store.lay_out(snapshot, {"data/a.csv": file})
    file.write_text("two")
    copy = snapshot.root / "data" / "a.csv"
    assert copy.read_text() == "one"
    assert snapshot.hashes["data/a.csv"] == sha256(copy)
    assert copy.stat().st_mode & 0o777 == 0o400


def test_a_file_that_grows_is_waited_for_and_then_refused(store, tmp_path, monkeypatch):
    file = tmp_path / "a.csv"
    file.write_text("id\n")
    marked, count = Store._copy, []

    def grows(self, source):
        count.append(1)
        with file.open("a") as stream:
            stream.write(f"{len(count)}\n")
        return None if len(count) < 3 else marked(self, source)

    monkeypatch.setattr(Store, "_copy", grows)
    assert store.take(file, data=True)
    count.clear()
    monkeypatch.setattr(Store, "_copy", lambda self, source: None)
    with pytest.raises(StillChanging, match=r"a\.csv is still being written to \(0\.5 seconds waited\)"):
        store.take(file, data=True)


def test_a_file_written_to_a_moment_ago_is_not_read_yet(tmp_path):
    (tmp_path / "checkout").mkdir()
    store = Store(Project(tmp_path / "checkout"), Operation(settle=1.0, patience=20))
    file = tmp_path / "a.csv"
    file.write_text("id\n")
    began = time.monotonic()
    store.take(file, data=True)
    assert time.monotonic() - began > 0.7


@pytest.mark.parametrize("skew", [-3600, -5, 5, 3600])
def test_a_file_that_grows_on_a_share_with_another_clock_is_read_when_it_is_whole(tmp_path, skew):
    """Its times say nothing of now; what is watched is the file."""
    (tmp_path / "checkout").mkdir()
    store = Store(Project(tmp_path / "checkout"), Operation(settle=0.6, patience=20))
    file = tmp_path / "a.csv"

    def write(lines: int) -> None:
        with file.open("a") as stream:
            stream.write(f"{lines}\n")
        os.utime(file, (time.time() + skew,) * 2)

    def grow() -> None:
        for line in range(6):
            write(line)
            time.sleep(0.2)

    write(-1)
    writing = threading.Thread(target=grow)
    writing.start()
    digest = store.take(file, data=True)
    writing.join()
    assert digest == sha256(file)


@pytest.mark.parametrize("settled", [True, False])
@pytest.mark.parametrize("left", ["", "\0" * 5])
def test_a_damaged_copy_is_made_anew(store, tmp_path, monkeypatch, left, settled):
    if settled:  # the hash of a file that was left alone is known without reading it
        monkeypatch.setattr("pipeline.marks.SETTLED", -(10**9))
    file = tmp_path / "a.csv"
    file.write_text("id\n1\n")
    digest = store.take(file)
    assert (store.hashes.known(file) == digest) == settled
    copy = store.path(digest)
    copy.chmod(0o600)
    copy.write_text(left)  # as a loss of power leaves it: of no size, or of its own size and empty
    store.take(file)
    assert copy.read_text() == "id\n1\n"


# ---------------------------------------------------------------- operation.toml


def test_compiled_code_that_was_touched_since_the_last_run_is_not_used_again(tmp_path, monkeypatch):
    project = Project(tmp_path)
    folder = compiled.folder_of(project)
    folder.mkdir(parents=True)
    names = {"whole", "cut", "later"}

    def there() -> set[str]:
        compiled.trust(project)
        return {file.name for file in folder.iterdir()}

    for name in names - {"later"}:
        (folder / name).write_bytes(b"compiled")
    compiled.remember(project)
    (folder / "cut").write_bytes(b"comp")
    (folder / "later").write_bytes(b"compiled")  # by a run that was killed
    assert there() == {"whole"}
    assert there() == {"whole"}
    monkeypatch.setattr(compiled, "_boot", lambda: "another start")
    assert there() == set()


def test_settings_of_the_operation_are_looked_up(tmp_path):
    assert operation_of(tmp_path) == Operation()
    file = tmp_path / "operation.toml"
    file.write_text('run_limit = "90 min"\nmemory_limit = "4 G"\nevery = "Mon 06:00"\nkeep = 3\n')
    found = operation_of(tmp_path)
    assert (found.run_limit, found.memory_limit, found.every, found.keep) == (5400, 4 * 2**30, "Mon 06:00", 3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("run_limt = 5", "did you mean run_limit?"),
        ("run_limit = true", "run_limit must be a number"),
        ('run_limit = "5 parsecs"', "no number with one of the units s, min, h, d"),
        ("keep = 0", "keep must be a number"),
        ('every = "Mn 06:00"', "is no day"),
        ("every = 6", "every must be text"),
        ("every = {ra = 6}", "every.ra must be text"),
        ('every = {ra = "Mn 06:00"}', "is no day"),
        ("run_limit = ", "not valid TOML"),
    ],
)
def test_a_mistake_in_them_is_told(tmp_path, text, told):
    (tmp_path / "operation.toml").write_text(text)
    with pytest.raises(UserError) as caught:
        operation_of(tmp_path)
    assert told in str(caught.value)


def test_the_time_is_remembered_beside_what_stands_there(tmp_path):
    (tmp_path / "operation.toml").write_text("# ours\nkeep = 3\n")
    remember_every(tmp_path, "Mon 06:00")
    remember_every(tmp_path, "Tue 07:00")
    assert (tmp_path / "operation.toml").read_text() == 'every = "Tue 07:00"\n# ours\nkeep = 3\n'
    remember_every(tmp_path, "daily 05:00", ["ra"])
    remember_every(tmp_path, "Wed 05:00", ["dm", "ma"])
    found = operation_of(tmp_path)
    asked = [found.every_of(study) for study in ("ra", "dm", "ma", "other")]
    assert asked == ["daily 05:00", "Wed 05:00", "Wed 05:00", "Tue 07:00"]
    assert found.keep == 3
    remember_every(tmp_path, "Mon 06:00")
    assert operation_of(tmp_path).every == "Mon 06:00"


def test_hashes_of_files_written_just_now_are_not_kept(tmp_path):
    kept, file = tmp_path / "hashes.json", tmp_path / "a"
    file.write_text("one")
    hashes = Hashes(kept)
    hashes.of(file)
    assert hashes.known(file) is None
    old = time.time() - 60
    os.utime(file, (old, old))
    hashes.of(file)
    hashes.save()
    assert json.loads(kept.read_text()) if kept.exists() else True


def test_files_behind_links_are_found_under_every_name_and_loops_end(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").touch()
    (tmp_path / "left").mkdir()
    (tmp_path / "left" / "out").touch()
    for name, target in (("b", "a"), ("a/up", tmp_path), ("a/other", tmp_path / "c"), ("c", "d")):
        (tmp_path / name).symlink_to(target)
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "back").symlink_to(tmp_path / "a")
    found = {
        file.relative_to(tmp_path).as_posix()
        for file in files.files_below(tmp_path, but=lambda name: name == "left")
    }
    assert found >= {"a/file", "b/file", "c/back/file"}
    assert not [name for name in found if "out" in name or "up/a" in name]
