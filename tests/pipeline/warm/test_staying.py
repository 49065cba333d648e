"""The process that stays after a render: the next renders, by a copy of it, are as by a process of their own."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from checkout import COMMAND, Checkout
from tiny_study import TEXT, counting, people_file, write_notebook, write_study

from pipeline import handed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes stay on Linux alone")
CELLS = counting(mean='data.tables["subjects"]["age"].mean()')
RENDER = ("render", "tiny", "--report", "interim", "--renderer", "embedded")


@dataclass(frozen=True, slots=True)
class Staying:
    """What a checkout says of the process that stayed in it."""

    process: int
    server: list[str]  # processes that it has started: the server of kernels, once it took on a render

    @classmethod
    def of(cls, checkout: Checkout) -> "Staying":
        process = json.loads((checkout.root / handed.POINTER).read_text(encoding="utf-8"))["process"]
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
        return cls(process, children.split())


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    monkeypatch.setenv("STUDY_KEEP_WARM", "120")
    monkeypatch.delenv("STUDY_WARM", raising=False)
    data = {"people.csv": "id,age\nT-01,50\nT-02,61\nT-03,47\n"}
    made = write_study(
        tmp_path, study=people_file(age="age"), data=data, cells=CELLS, text=TEXT, reports=["interim"]
    )
    yield made
    with_pointer = made.root / handed.POINTER
    if with_pointer.is_file():
        process = json.loads(with_pointer.read_text(encoding="utf-8"))["process"]
        with_pointer.unlink()
        assert ends(process)


def ends(process: int, within: float = 20) -> bool:
    """Whether a process goes by itself; one that is gone and not yet waited for counts as gone."""
    last = time.monotonic() + within
    while time.monotonic() < last:
        try:
            state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
def test_renders_by_the_process_that_stayed_are_as_by_one_of_their_own(tiny, monkeypatch):
    assert tiny.study(*RENDER).code == 0
    first = Staying.of(tiny)
    assert first.server == []
    people = tiny.file("data", "tiny", "people.csv")
    people.write_text("id,age\nT-01,50\nT-02,62\n", encoding="utf-8")
    answer = tiny.study(*RENDER, "--accept-fewer-rows")
    assert answer.code == 0
    assert "datasets" in answer.text and "Reports: reports/_site/index.html" in answer.text
    warm = Staying.of(tiny)
    assert warm.process == first.process and len(warm.server) == 1
    assert tiny.values("tiny", "interim") == {
        "tiny.all.people.all.all.n": 2.0,
        "tiny.all.people.all.all.mean": 56.0,
    }
    assert re.search(r"There were <[^>]*>2<", tiny.page("tiny", "interim"))

    # the same by a process of its own, from nothing
    cold = tiny.copy(tiny.root.parent / "cold")
    for made in ("build", "runs", "reports/_site"):
        shutil.rmtree(cold.root / made)
    with monkeypatch.context() as own:
        own.setenv("STUDY_KEEP_WARM", "0")
        assert cold.study(*RENDER).code == 0
    assert not (cold.root / handed.POINTER).exists()
    assert cold.results("tiny", "interim") == tiny.results("tiny", "interim")

    # what goes wrong is told as ever, and nothing of it stays
    write_notebook(tiny, [*CELLS[:2], "raise ValueError('no such thing')"])
    answer = tiny.study(*RENDER)
    assert answer.code not in (0, None) and "no such thing" in answer.text
    write_notebook(tiny, CELLS)
    assert tiny.study(*RENDER).code == 0
    assert tiny.study("render", "tiny", "--report", "weekly").code == 2
    assert Staying.of(tiny) == warm

    # who asked is killed: the copy goes with it, and the next render takes up where it stopped
    write_notebook(tiny, [*CELLS[:2], "import time\ntime.sleep(300)"])
    asked = subprocess.Popen(
        [*COMMAND, *RENDER],
        cwd=tiny.root,
        env=tiny.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    while len(copies := [one for one in Staying.of(tiny).server if one not in warm.server]) == 0:
        time.sleep(0.05)
    time.sleep(1)
    asked.send_signal(signal.SIGKILL)
    asked.communicate()
    assert ends(int(copies[0]))
    write_notebook(tiny, CELLS)
    assert tiny.study(*RENDER).code == 0
    assert Staying.of(tiny).process == first.process

    # another program: that process is not asked, and makes room for one that has it
    source = tiny.file("src", "analysis", "numbers.py")
    source.write_text(source.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert tiny.study(*RENDER).code == 0
    assert Staying.of(tiny).process != first.process
    assert ends(first.process)


def test_no_process_is_asked_for_what_it_may_not_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert handed.answered(["render", "tiny"]) is None  # none stayed
    pointer = tmp_path / handed.POINTER
    pointer.parent.mkdir(parents=True)
    door = tmp_path / "door"
    (tmp_path / "_quarto.yml").touch()
    marks = {"mark": handed.mark(tmp_path), "alike": handed.alike(tmp_path)}
    pointer.write_text(json.dumps({"door": str(door), **marks}), encoding="utf-8")
    assert handed.answered(["render", "tiny"]) is None  # it is gone
    asked = []
    monkeypatch.setattr(handed, "_wait", lambda line: asked.append(line) or 0)
    monkeypatch.setattr(handed, "_send", lambda line, text: None)
    with handed.socket.socket(handed.socket.AF_UNIX) as listening:
        listening.bind(str(door))
        listening.listen(4)
        assert handed.answered(["render", "tiny"]) == 0
        with monkeypatch.context() as named:  # as tests do
            named.setenv(handed.ELSEWHERE, str(pointer))
            assert handed.answered(["render", "--scheduled"]) == 0
            assert handed.answered(["render", "--scheduler=tcp://x"]) is None
        for words in (["watch", "tiny"], ["render", "--scheduled"], ["render", "--scheduler=tcp://x"], []):
            assert handed.answered(words) is None
        for name in ("TZ", "NO_COLOR"):  # another environment
            with monkeypatch.context() as other:
                other.setenv(name, "x")
                assert handed.answered(["render", "tiny"]) is None
        with monkeypatch.context() as other:  # each render looks at its own
            other.setenv("TMPDIR", str(tmp_path))
            assert handed.answered(["render", "tiny"]) == 0
        for settings, answer in (("keep = 3", 0), ("memory_limit = '2 G'", None)):
            (tmp_path / "operation.toml").write_text(settings, encoding="utf-8")
            assert handed.answered(["render", "tiny"]) is None
            with monkeypatch.context() as named:  # what another folder's process need not have read
                named.setenv(handed.ELSEWHERE, str(pointer))
                assert handed.answered(["render", "tiny"]) == answer
    assert len(asked) == 4
