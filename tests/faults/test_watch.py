"""`study watch`: each saved file is in the page, mistakes are told and put right, and nothing is left behind."""

import http.client
import json
import re
import signal
from collections.abc import Iterator

import pytest
from harness import Victim

WATCH = ("watch", "tiny", "--report", "interim", "--no-browser")


class Watched:
    """A running `study watch`, and what its pages are told."""

    def __init__(self, victim: Victim):
        # where the suite runs in the background of a shell, Ctrl-C is ignored by all that it starts
        heard = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731
        self.victim, self.process = victim, victim.start(*WATCH, preexec_fn=heard)
        self.said = ""
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+)/(\S+)/", self.said)):
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line
        self.port, self.token = int(found[1]), found[2]

    def news(self) -> Iterator[dict]:
        """What the pages are told, as it comes."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        line.request("GET", f"/{self.token}/news")
        for told in line.getresponse():
            if told.startswith(b"data: "):
                yield json.loads(told[6:])

    def end(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        self.said += self.process.communicate(timeout=180)[0]


def until(news: Iterator[dict], state: str) -> str:
    """What is told with the first end of a render, which is to be this one."""
    told = next(told for told in news if told["state"] != "rendering")
    assert told["state"] == state, told
    return told["text"]


@pytest.fixture
def watched(victim):
    found = Watched(victim)
    yield found
    if found.process.poll() is None:
        found.process.kill()
        found.process.communicate()


def test_what_is_saved_is_shown_and_what_is_wrong_is_told(watched, victim):
    news = watched.news()
    until(news, "ready")
    victim.edit("reports/tiny/interim.qmd", "There were", "There are")
    until(news, "ready")
    assert b"There are" in victim.bytes_published()["index.html"]

    victim.write_data(7)
    until(news, "ready")
    assert re.search(rb"There are\W.*?7.*? subjects", victim.bytes_published()["index.html"])

    victim.edit("params/tiny/study.yml", "planned_n", "planed_n")
    assert "planned_n" in until(news, "failed")
    victim.edit("params/tiny/study.yml", "planed_n", "planned_n")
    until(news, "ready")

    watched.end()
    assert watched.process.returncode == 0, watched.said
    assert victim.processes() == []


def test_where_the_program_changed_it_begins_anew_with_the_same_pages(watched, victim):
    news = watched.news()
    until(news, "ready")
    module = victim.file("src", "analysis", "results.py")
    module.write_text(module.read_text(encoding="utf-8") + "\nADDED = 1\n", encoding="utf-8")
    assert "failed" not in {told["state"] for told in news}  # the line ends with the process
    while "Pages: " not in watched.said.partition("beginning anew")[2]:
        line = watched.process.stdout.readline()
        assert line, watched.said
        watched.said += line
    assert watched.said.count(watched.token) == 2
    until(watched.news(), "ready")
    watched.end()
    assert watched.process.returncode == 0, watched.said
    assert victim.processes() == []
