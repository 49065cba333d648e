"""What is said while a run goes on, what is kept of it, and where its time went."""

import io
import json
from types import SimpleNamespace

import pytest
from pytask import TaskOutcome
from rich.console import Console

from pipeline.ending import Code, LimitReached
from pipeline.operating import Operation
from pipeline.profile import lines
from pipeline.project import Project
from pipeline.watch import LAST_RUN, Watch

NAMES = ("tiny/interim: datasets", "tiny/interim: tiny", "tiny/interim: report", "index")


@pytest.fixture
def project(tmp_path) -> Project:
    (tmp_path / "build" / "state").mkdir(parents=True)
    return Project(tmp_path)


def know(project: Project, **times) -> None:
    """The seconds that tasks took the last time."""
    content = dict(zip(NAMES, times.values(), strict=False))
    (project.build / "state" / "times.json").write_text(json.dumps(content), encoding="utf-8")


def watching(project: Project, *, terminal: bool = False, **limits) -> tuple[Watch, io.StringIO]:
    said = io.StringIO()
    console = Console(file=said, force_terminal=terminal, width=200, soft_wrap=True, highlight=False)
    return Watch(project, Operation(**limits), console), said


def plan(watch: Watch) -> None:
    watch.plan(SimpleNamespace(tasks=[SimpleNamespace(name=name, depends_on={}) for name in NAMES]))


def end(watch: Watch, name: str, outcome=TaskOutcome.SUCCESS, error: Exception | None = None) -> None:
    task = SimpleNamespace(name=name, depends_on={})
    watch.ended(name, SimpleNamespace(outcome=outcome, task=task, exc_info=(type(error), error, None)))


def test_each_task_is_a_line_with_its_place_and_time_as_it_ends(project):
    watch, said = watching(project)
    with watch:
        plan(watch)
        for name in NAMES[:2]:
            watch.began(name)
            end(watch, name)
        watch.began(NAMES[2])
        end(watch, NAMES[2], TaskOutcome.FAIL, ValueError("no such thing"))
        end(watch, NAMES[3], TaskOutcome.SKIP_PREVIOUS_FAILED)
    shown = said.getvalue().splitlines()
    assert [line.split()[:2] for line in shown] == [["1/4", "done"], ["2/4", "done"], ["3/4", "FAILED"]]
    log = (project.build / "log" / "run.log").read_text(encoding="utf-8").splitlines()
    assert [line.split(maxsplit=4)[4] for line in log[:2]] == list(NAMES[:2])
    assert log[2].endswith("tiny/interim: report: no such thing")
    assert log[3].split()[1:3] == ["left", "out"]
    assert watch.codes == [Code.FAILED]


def test_nothing_is_drawn_where_nobody_watches_and_what_runs_is_drawn_where_somebody_does(project):
    know(project, datasets=10, tiny=100, report=20, index=1)
    watch, said = watching(project, terminal=True)
    with watch:
        plan(watch)
        watch.began(NAMES[0])
    assert "0/4 tiny/interim datasets, about 2 min left" in said.getvalue()
    quiet, said = watching(project)
    with quiet:
        plan(quiet)
        quiet.began(NAMES[0])
    assert said.getvalue() == ""


@pytest.mark.parametrize(
    ("known", "workers", "told"),
    [
        ({"a": 10, "b": 30, "c": 20, "d": 1}, 1, "about 61 s"),
        ({"a": 10, "b": 30, "c": 20, "d": 1}, 2, "about 30 s"),
        ({"a": 600, "b": 600, "c": 600, "d": 0}, 1, "about 30 min"),
        ({}, 1, "about 12 s"),  # nothing is known: three seconds each
        ({"a": "x", "b": None, "c": 20, "d": 1}, 1, "about 27 s"),  # what is no number is not known
    ],
)
def test_the_time_left_is_what_each_task_took_the_last_time(project, known, workers, told):
    know(project, **known)
    watch, _ = watching(project)
    watch.workers = workers
    plan(watch)
    assert watch.time_left() == told


def test_what_is_longest_from_the_end_begins_first(project):
    names = ["a/final: datasets", "a/final: short", "a/final: long", "a/final: new", "a/final: report"]
    names += ["b/final: datasets", "b/final: long", "b/final: new", "b/final: report", "index"]
    watch, _ = watching(project)
    watch.known = {"a/final: short": 1.0, "a/final: long": 20.0, "b/final: report": 40.0}
    first = sorted(zip(watch.urgency(names), names, strict=True), reverse=True)
    assert [name for _, name in first] == [
        "a/final: datasets",  # 3 + 20 + 40, a report and a notebook taking as long as in the other report
        "b/final: datasets",
        "a/final: long",
        "b/final: long",
        "a/final: new",
        "b/final: new",
        "a/final: short",
        "a/final: report",
        "b/final: report",
        "index",
    ]


def test_what_a_task_took_is_kept_beside_what_is_known_of_others(project):
    know(project, datasets=10.0)
    watch, _ = watching(project)
    with watch:
        plan(watch)
        watch.began(NAMES[1])
        end(watch, NAMES[1])
    kept = json.loads((project.build / "state" / "times.json").read_text(encoding="utf-8"))
    assert kept.keys() == {NAMES[0], NAMES[1]}
    assert kept[NAMES[0]] == 10.0


def test_a_warning_is_said_at_once_and_once(project):
    watch, said = watching(project)
    with watch:
        for _ in range(2):
            watch.warn("tiny/interim: fewer rows")
    assert said.getvalue() == "Warning: tiny/interim: fewer rows\n"
    assert (project.build / "log" / "run.log").read_text(encoding="utf-8").count("fewer rows") == 1


def test_a_run_that_outlasts_its_limit_is_ended(project):
    watch, said = watching(project, run_limit=0)
    session = SimpleNamespace(should_stop=False)
    with pytest.raises(LimitReached, match="longer than the limit of 0 seconds"):
        watch.tick(session)
    assert session.should_stop
    assert watch.codes == [Code.LIMIT]
    assert "run_limit in operation.toml" in said.getvalue()


def test_profile_shows_the_run_the_longest_tasks_with_their_phases_and_sums_by_kind(project):
    know(project, datasets=12.5, tiny=40.25, report=20, index=0.5)
    folder = project.build / "tiny" / "interim" / "times"
    folder.mkdir(parents=True)
    phases = {
        "tiny": {"start": 1.5, "imports": 2, "cells": 36, "writing": 0.25},
        "report": {"laying out": 1, "index.html": 12.25, "report.docx": 3, "searching": 2, "keeping": 1.5},
        "datasets": {"reading": "spoilt"},
    }
    for task, spent in phases.items():
        (folder / f"{task}.json").write_text(json.dumps(spent), encoding="utf-8")
    whole = {"ahead": 4.0, "tasks": 60.0, "workers": 2}
    (project.build / "state" / LAST_RUN).write_text(json.dumps(whole), encoding="utf-8")
    shown = list(lines(project, ["tiny"], most=3))
    assert shown == [
        "    64.0 s  the last run, as the clock on the wall goes:",
        "            snapshot and plan 4.0, tasks 60.0 (2 at a time)",
        "",
        "    40.2 s  tiny/interim: tiny",
        "            start 1.5, imports 2.0, cells 36.0, writing 0.2",
        "    20.0 s  tiny/interim: report",
        "            laying out 1.0, index.html 12.2, report.docx 3.0, searching 2.0,",
        "            keeping 1.5",
        "    12.5 s  tiny/interim: datasets",
        "",
        "    40.2 s  in 1 x notebook",
        "    20.0 s  in 1 x rendering and publishing",
        "    12.5 s  in 1 x reading and deriving datasets",
        "     0.5 s  in 1 x index",
    ]
    assert list(lines(project, ["other"], most=3))[3].endswith("index")


def test_profile_says_when_nothing_was_rendered(project):
    assert list(lines(project, ["tiny"], most=3)) == ["Nothing was rendered yet: run `study render`."]
