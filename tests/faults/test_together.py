"""Commands at once, and folders as machines have them: links, other disks, rights, time zones."""

import fcntl
import threading

import pytest
from checkout import COMMAND
from harness import (
    CELLS,
    NUMBER,
    RENDER,
    assert_recovers,
    data,
    ended,
    family,
    faults_of_published,
    scratch_folders,
    wait_for,
)
from tiny_study import write_notebook

from pipeline.compare.comparison import compare, sides
from pipeline.project import Project
from pipeline.request import Request
from pipeline.runs.keep import in_use, prune, runs_of
from pipeline.site_lock import site_lock
from pipeline.unchanged import is_unchanged

pytestmark = pytest.mark.slow
ASKED = Request(studies=["tiny"], reports=["interim"], renderer="embedded")


def test_what_is_compared_belongs_together_while_another_version_is_published(victim):
    """A comparison that begins at any moment of a run has the numbers of one version, with its manifest."""
    victim.file("operation.toml").write_text("settle = 0\nkeep = 1\n", encoding="utf-8")
    victim.write_data(7)
    project, seen = Project(victim.root), set()
    process = victim.start(*RENDER, "--scheduled")
    while process.poll() is None:
        with sides(project, "tiny/interim") as (side,):
            days = victim.versions[side.manifest["data"][0]["sha256"]]
            assert side.rows[NUMBER]["value"] == len(days)
            assert compare(side, side).found == []
        seen.add(len(days))
    code, said = ended(process)
    assert code == 0, said
    assert faults_of_published(victim) == []
    assert seen >= {3}


def test_a_run_that_is_read_does_not_go(victim):
    project = Project(victim.root)
    victim.write_data(4)
    assert ended(victim.start(*RENDER, served=True))[0] == 0
    oldest, newest = runs_of(project, "tiny", "interim")
    with in_use(oldest):
        assert prune(project, "tiny", "interim", most=1) == []
    assert prune(project, "tiny", "interim", most=1) == [oldest.name]
    assert runs_of(project, "tiny", "interim") == [newest]


def test_a_watch_and_scheduled_renders(victim):
    """They wait for each other or are refused; in the end the page shows the data as they are."""
    watch = victim.start("watch", "tiny", "--report", "interim", "--no-browser")
    while "Pages: " not in (line := watch.stdout.readline()):
        assert line, "the watch ended"
    reading = threading.Thread(target=watch.stdout.read)
    reading.start()
    victim.write_data(8)
    for n in (9, 10):
        code, said = ended(victim.start(*RENDER, "--scheduled"))
        assert code in (0, 5, 10), said
        assert "Traceback" not in said
        assert faults_of_published(victim) == []
        victim.write_data(n)
    wait_for(lambda: victim.values("tiny", "interim")[NUMBER] == 10, "the page with ten")
    watch.terminate()
    watch.wait(30)
    reading.join()
    watch.stdout.close()
    assert victim.wait_for_no_process() == []
    assert_recovers(victim, served=True)


def test_scheduled_renders_wait_for_one_another(victim):
    """Two lines of a crontab: the second is done after the first, of two that are the same one waits, for both."""
    victim.write_data(5)
    state = victim.file("build", "state")
    with site_lock(Project(victim.root), doing="holding it"):
        waiting = victim.start(*RENDER, "--scheduled")
        wait_for(lambda: any(map(is_held, state.glob("waiting-*"))), "the render that waits")
        code, said = ended(victim.start(*RENDER, "--scheduled"))
        assert (code, "waits for it already" in said) == (5, True), said
        victim.write_data(7)
    code, said = ended(waiting)
    assert code == 0, said
    assert victim.values("tiny", "interim")[NUMBER] == 7
    assert_recovers(victim, served=True)


def is_held(file) -> bool:
    """Whether another process has the lock of a file."""
    with file.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_parts_of_the_checkout_that_are_links_to_other_folders(victim):
    """What lies behind a link is read, and seen when it changes."""
    elsewhere = victim.root.with_name("elsewhere")
    for name in ("params/tiny", "reports/tiny", "data/tiny", "notebooks"):
        place = victim.file(name)
        (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
        place.rename(elsewhere / name)
        place.symlink_to(elsewhere / name)
    assert_recovers(victim, served=True)
    assert is_unchanged(Project(victim.root), ASKED)
    victim.edit("reports/tiny/interim.qmd", "There were", "There were, behind a link,")
    assert not is_unchanged(Project(victim.root), ASKED)
    victim.edit("params/tiny/study.yml", "All subjects", "All of them")
    fewer = CELLS[2].replace('len(data.tables["subjects"])', 'len(data.tables["subjects"]) - 1')
    write_notebook(victim, [*CELLS[:2], fewer])
    code, said = ended(victim.start(*RENDER, served=True))
    assert code == 0, said
    assert victim.values("tiny", "interim")[NUMBER] == 2
    assert b"behind a link" in victim.bytes_published()["index.html"]


def test_a_link_that_points_to_another_export(victim):
    """The usual way of a data office: `current` is turned to the new export."""
    file, exports = data(victim), victim.root.with_name("exports")
    exports.mkdir()
    for n in (3, 6):
        victim.write_data(n, place=exports / f"{n}.csv")
    file.unlink()
    file.symlink_to(exports / "3.csv")
    assert_recovers(victim, served=True)
    process = victim.start(*RENDER, "--as-of", "2025-02-01")
    wait_for(lambda: "kernel" in family(process), "the run at work")
    fresh = file.with_name("fresh")
    fresh.symlink_to(exports / "6.csv")
    fresh.replace(file)
    assert ended(process)[0] == 0
    assert faults_of_published(victim) == []
    assert victim.values("tiny", "interim")[NUMBER] == 3
    assert_recovers(victim, served=True)
    assert victim.values("tiny", "interim")[NUMBER] == 6


def test_a_disk_without_links(victim):
    """What is linked elsewhere is copied where a file system has no hard links, and a folder is not exchanged."""
    code = (
        "import errno, os\n"
        "def link(*_, **__): raise OSError(errno.EPERM, 'Operation not permitted')\n"
        "os.link = link\n"
        "import pipeline.files\n"
        "pipeline.files.exchange = lambda first, second: False\n"
    )
    folder = victim.root.with_name("without")
    folder.mkdir()
    (folder / "without_links.py").write_text(code, encoding="utf-8")
    start = f"import sys; sys.path.insert(0, {str(folder)!r}); import without_links\n{COMMAND[2]}"
    old = victim.published("tiny", "interim") / "old.docx"
    old.write_text("of an earlier render", encoding="utf-8")
    victim.write_data(5)
    code, said = ended(victim.start(*RENDER, program=start))
    assert code == 0, said
    assert faults_of_published(victim) == []  # the file of before is gone
    assert victim.values("tiny", "interim")[NUMBER] == 5
    assert victim.leftovers() == []


def test_another_time_zone_changes_nothing(victim):
    before = victim.bytes_published()
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        code, said = ended(victim.start(*RENDER, env={"TZ": zone}))
        assert code == 0, said
        assert "Nothing to do" in said
    assert victim.bytes_published() == before


def modes(folder) -> dict[str, int]:
    """The rights of a folder and all below it, the path of temporary sockets apart."""
    return {
        entry.relative_to(folder).as_posix(): entry.stat().st_mode & 0o777
        for entry in [folder, *folder.rglob("*")]
        if not entry.is_symlink()
    }


def test_what_is_made_is_its_owners_alone_whatever_the_umask(victim):
    places = [victim.file(*place) for place in (("build",), ("runs",), ("locks",), ("reports", "_site"))]
    victim.write_data(5)
    for place in places[:2]:
        for file in place.rglob("*.json"):
            file.chmod(0o600)
    for words in (RENDER, ("lock", "tiny")):
        code, said = ended(victim.start(*words, umask=0))
        assert code == 0, said
    for place in places:
        assert {name: oct(mode) for name, mode in modes(place).items() if mode & 0o077} == {}
    assert scratch_folders(victim) == []
