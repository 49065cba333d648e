"""A password and a token planted wherever a run meets them: no file that it leaves, and no word of it, has them."""

import json
import os
import sqlite3

import pytest
from faults.harness import CELLS, RENDER, STUDY, Victim, make_victim
from tiny_study import write_notebook

TOKEN = "Tk 77\"quoted'/x9"
PASSWORD = "p@ss:wörd 42"
SOURCES = """\
sources:
  - {id: people, type: sql, url_env: TINY_URL, query: "select id, age, consent from people"}
"""
LIVE = STUDY.replace("sources:\n  - {id: people, type: csv, path: data/tiny/people.csv}\n", SOURCES)
LEAKING = """\
import os
import sys

from sqlalchemy import create_engine

token, url = os.environ["CLINIC_TOKEN"], os.environ["TINY_URL"]
print("asking with", token)
print(repr(token), file=sys.stderr)
"""
FAILURES = {
    "raised": "raise ValueError(f'no answer to {token!r} of {url}')",
    "within": "try:\n    raise KeyError(token)\nexcept KeyError as error:\n    raise RuntimeError(url) from error",
    "shown": "from IPython.display import HTML, display\ndisplay(HTML(f'<b>{token}</b>'), {'a': url})\n1 / 0",
    "refused": "from urllib.parse import quote\n"
    "password = quote(os.environ['CLINIC_DB_PASSWORD'], safe='')\n"
    "create_engine(f'postgresql+psycopg://me:{password}@127.0.0.1:1/x').connect()",
}


@pytest.fixture
def live(tmp_path, monkeypatch) -> Victim:
    """The tiny study, its people in a database whose address is a secret."""
    victim = make_victim(tmp_path)
    victim.file("params", "tiny", "study.yml").write_text(LIVE, encoding="utf-8")
    base = victim.file("data", "tiny", "base.db")
    with sqlite3.connect(base) as door:
        door.execute("create table people (id text, age integer, consent text)")
        door.executemany(
            "insert into people values (?, ?, ?)", [(f"T-{n}", 40 + n, "2025-01-01") for n in range(4)]
        )
    monkeypatch.setenv("CLINIC_TOKEN", TOKEN)
    monkeypatch.setenv("CLINIC_DB_PASSWORD", PASSWORD)
    monkeypatch.setenv("TINY_URL", f"sqlite:///{base}")
    return victim


def holding(victim: Victim, *secrets: str) -> list[str]:
    """The files of the checkout that hold a secret, as text or within JSON."""
    found = []
    for file in sorted(victim.root.rglob("*")):
        if file.is_file() and file.suffix != ".db" and "src" not in file.relative_to(victim.root).parts[:1]:
            content = file.read_bytes()
            forms = {
                form for secret in secrets for form in (secret, json.dumps(secret)[1:-1], repr(secret)[1:-1])
            }
            if any(form.encode() in content for form in forms):
                found.append(file.relative_to(victim.root).as_posix())
    return found


def test_a_good_run_leaves_none(live, monkeypatch):
    answer = live.study(*RENDER, "--scheduled")
    assert answer.code == 0, answer.text
    assert holding(live, TOKEN, PASSWORD, os.environ["TINY_URL"]) == []
    assert live.study(*RENDER, "--scheduled").code == 10


@pytest.mark.parametrize("how", FAILURES)
def test_a_failing_run_leaves_none(live, how):
    write_notebook(live, [*CELLS[:2], LEAKING, FAILURES[how]])
    told = live.file("told")
    live.file("operation.toml").write_text(
        f"settle = 0\non_failure = \"sh -c 'echo $STUDY_FOLDER $STUDY_NOW $STUDY_ENDING $STUDY_CODE > {told}'\"\n"
    )
    answer = live.study(*RENDER, "--scheduled")
    assert answer.code == 1, answer.text
    failed = live.file("build", "tiny", "interim", "notebooks", "tiny.failed.ipynb").read_text(
        encoding="utf-8"
    )
    assert "[hidden]" in failed
    assert told.read_text(encoding="utf-8").split()[1:] == ["failing", "failed", "1"]
    secrets = (TOKEN, PASSWORD, os.environ["TINY_URL"])
    assert holding(live, *secrets) == []
    for secret in secrets:
        assert secret not in answer.text
        assert repr(secret)[1:-1] not in answer.text


def test_a_database_that_refuses_is_told_without_its_address(live, monkeypatch):
    monkeypatch.setenv("TINY_URL", f"postgresql+psycopg://me:{PASSWORD}@127.0.0.1:1/x")
    answer = live.study(*RENDER, "--scheduled")
    assert answer.code in (1, 2), answer.text
    assert "people" in answer.text
    assert PASSWORD not in answer.text
    assert holding(live, TOKEN, PASSWORD) == []
