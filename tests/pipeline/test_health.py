"""Health in one line for a monitor, and hooks that are told when renders begin to fail and when they are well again."""

import http.server
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from pipeline import notice, scheduled
from pipeline.ending import Code
from pipeline.health import examine
from pipeline.operating import Operation
from pipeline.project import Project, UserError
from pipeline.request import Request

NOW = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)


def status(project: Project, **content) -> None:
    statuses(project, {"rendering tiny, interim": content})


def statuses(project: Project, renders: dict) -> None:
    """A status of the last render of each request."""
    whole = {"code": 0, "studies": ["tiny"], "reports": ["interim"], "messages": []}
    content = {"renders": {name: {**whole, **entry} for name, entry in renders.items()}}
    project.site.mkdir(parents=True, exist_ok=True)
    (project.site / "status.json").write_text(json.dumps(content), encoding="utf-8")


def ago(**span) -> str:
    return (NOW - timedelta(**span)).isoformat()


CASES = [
    ({"last_good": ago(hours=3), "ending": "unchanged"}, None, True, "OK: last good render 3.0 hours ago"),
    ({"last_good": ago(hours=30), "ending": "done"}, "26h", False, "more than 26h"),
    ({"last_good": ago(hours=25), "ending": "done"}, "26h", True, "OK"),
    (
        {"last_good": ago(hours=3), "ending": "done", "stale_after": ago(hours=1)},
        None,
        False,
        "the next was due by",
    ),
    (
        {"last_good": ago(hours=3), "ending": "failed", "failing_since": ago(hours=1)},
        None,
        False,
        "failing since",
    ),
    ({"last_good": None, "ending": "failed"}, None, False, "no scheduled render was good yet"),
    ({"last_good": ago(hours=-5), "ending": "done"}, None, False, "was the clock put back?"),
]


@pytest.mark.parametrize(("content", "max_age", "well", "told"), CASES)
def test_health_is_one_line_and_a_verdict(tmp_path, content, max_age, well, told):
    project = Project(tmp_path)
    status(project, **content)
    found = examine(project, max_age=max_age, now=NOW)
    assert found.well == well
    assert told in found.line
    assert "\n" not in found.line


def test_the_worst_of_the_renders_of_a_folder_is_told(tmp_path):
    """Two lines of a crontab: that one is well does not hide the other."""
    project, well = Project(tmp_path), {"last_good": ago(hours=3), "ending": "done"}
    failing = {**well, "ending": "failed", "code": 1, "failing_since": ago(hours=1)}
    overdue = {**well, "stale_after": ago(hours=1)}
    for name, entry, told in (
        ("b", failing, "WARNING: failing since"),
        ("c", overdue, "CRITICAL: last good"),
    ):
        for renders in ({"a": well, name: entry}, {name: entry, "a": well}):
            statuses(project, renders)
            found = examine(project, now=NOW)
            assert (found.well, found.line.startswith(told), found.line.endswith(f"; {name}")) == (
                *(False, True, True),
            )


@pytest.mark.parametrize("content", ["", "{", "[]"])
def test_a_status_that_cannot_be_read_is_not_well(tmp_path, content):
    project = Project(tmp_path)
    status(project)
    (project.site / "status.json").write_text(content, encoding="utf-8")
    assert not examine(project).well


def test_a_span_of_time_that_is_none_is_refused(tmp_path):
    project = Project(tmp_path)
    status(project, last_good=ago(hours=3), ending="done")
    with pytest.raises(UserError, match="is no span of time"):
        examine(project, max_age="soon", now=NOW)


@pytest.fixture
def hook():
    """An address on the loopback interface, and what was sent to it."""
    told = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", told
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_web_address_is_told_of_the_change_only_and_of_no_patient(tmp_path, hook):
    address, told = hook
    project = Project(tmp_path)
    operation = Operation(on_failure=address, on_recovery=address)
    codes = [Code.DONE, Code.FAILED, Code.BLOCKED_BY_DATA, Code.UNCHANGED, Code.DONE, Code.LIMIT]
    for code in codes:
        notice.send(project, operation, code)
    assert [entry["now"] for entry in told] == ["failing", "well again", "failing"]
    assert all(set(entry) == {"folder", "now", "ending", "code"} for entry in told)


def test_a_command_is_told_by_its_environment_and_no_shell_runs_it(tmp_path):
    project, out = Project(tmp_path / "site"), tmp_path / "told"
    script = tmp_path / "hook.sh"
    script.write_text(f'#!/bin/sh\necho "$1 $STUDY_NOW $STUDY_CODE" >> {out}\n')
    script.chmod(0o755)
    operation = Operation(on_failure=f"{script} 'a;b $(id)'")
    notice.send(project, operation, Code.FAILED)
    assert out.read_text() == "a;b $(id) failing 1\n"


def test_a_hook_that_fails_is_tried_again(tmp_path):
    project = Project(tmp_path)
    operation = Operation(on_failure=str(tmp_path / "missing"))
    assert notice.send(project, operation, Code.FAILED) is None
    assert notice.send(project, Operation(on_failure="true"), Code.FAILED) == "failing"


@pytest.mark.parametrize("where", ["_render", "_write_status"])
def test_a_fault_of_the_program_and_a_full_disk_are_told_too(tmp_path, monkeypatch, hook, where):
    address, told = hook
    (tmp_path / "operation.toml").write_text(f'on_failure = "{address}"\n')
    project, request = Project(tmp_path), Request(studies=["tiny"], reports=["interim"])

    def fail(*_, **__):
        raise KeyError("no such key") if where == "_render" else OSError(28, "No space left on device")

    monkeypatch.setattr(
        scheduled, "_render", fail if where == "_render" else lambda *_, **__: (Code.FAILED, [])
    )
    monkeypatch.setattr(
        scheduled, "_write_status", fail if where == "_write_status" else scheduled._write_status
    )
    with pytest.raises((KeyError, OSError)):
        scheduled.render(project, request, workers=1, scheduler=None)
    assert [entry["now"] for entry in told] == ["failing"]
    assert examine(project).well is False
