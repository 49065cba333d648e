"""The cover names the version of the checkout that was read, whatever becomes of the checkout during the run."""

import shutil
import subprocess

import pytest
from faults.harness import make_victim
from planning import gathered

from pipeline.inputs import Store

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(checkout, *words: str) -> str:
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
    command = ["git", *who, *words]
    return subprocess.run(
        command, cwd=checkout.root, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_what_is_committed_during_a_run_is_not_what_the_run_was_made_from(tmp_path, monkeypatch):
    checkout = make_victim(tmp_path)
    git(checkout, "init", "-q")
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "First")
    first = git(checkout, "rev-parse", "--short=12", "HEAD")

    with gathered(checkout, studies=["tiny"], reports=["interim"]) as found:
        checkout.edit("reports/tiny/interim.qmd", "There were", "There are")
        git(checkout, "commit", "-q", "-a", "-m", "Second")
        (asked,) = found.reports
        assert found.facts(asked, formats=["html"], code={})["code_version"] == first
    second = git(checkout, "rev-parse", "--short=12", "HEAD")
    checkout.edit("reports/tiny/interim.qmd", "There are", "We saw")
    with gathered(checkout, studies=["tiny"], reports=["interim"]) as found:
        assert found.code_version == f"{second} with 1 files changed since"

    lay_out = Store.lay_out

    def commits(self, snapshot, files, **given):
        lay_out(self, snapshot, files, **given)
        if any(name.startswith("reports/") for name in files):
            git(checkout, "commit", "-q", "-a", "-m", "Third")

    monkeypatch.setattr("pipeline.gather.Store.lay_out", commits)
    with gathered(checkout, studies=["tiny"], reports=["interim"]) as found:
        assert found.code_version == f"{second} with 1 files changed since, changed while it was read"
