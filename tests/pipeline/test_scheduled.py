"""`study render --scheduled`: an exit code for each ending, `status.json`, falling rows, pages that know their time."""

import json
import re
from datetime import datetime

import pytest
from faults.harness import RENDER, Victim, copy_of, faults_of_published, make_victim

from pipeline.project import Project
from pipeline.site_lock import site_lock

SCHEDULED = (*RENDER, "--scheduled")


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Victim:
    """The tiny study with five patients, rendered by the machine once."""
    made = make_victim(tmp_path_factory.mktemp("scheduled"))
    made.write_data(5)
    with made.file("operation.toml").open("a", encoding="utf-8") as file:
        file.write('every = "Mon 06:00"\n')
    answer = made.study(*SCHEDULED)
    assert answer.code == 0, answer.text
    return made


@pytest.fixture
def own(rendered, tmp_path) -> Victim:
    return copy_of(rendered, tmp_path / "own")


def status(victim: Victim) -> dict:
    return json.loads(victim.file("reports", "_site", "status.json").read_text(encoding="utf-8"))


def test_done_and_unchanged_have_codes_of_their_own(own):
    assert status(own)["ending"] == "done"
    answer = own.study(*SCHEDULED)
    assert answer.code == 10
    assert answer.text.startswith("unchanged: ")
    found = status(own)
    assert (found["ending"], found["code"], found["failing_since"]) == ("unchanged", 10, None)
    assert found["published"]["tiny/interim"]["run"].startswith("0001-")


def test_fewer_rows_block_until_they_are_confirmed(own):
    before = own.bytes_published()
    own.write_data(3)
    answer = own.study(*SCHEDULED)
    assert answer.code == 3
    assert "people: 5 rows before, 3 now" in answer.text
    assert own.bytes_published() == before
    assert status(own)["ending"] == "blocked by data"
    assert own.study(*SCHEDULED).code == 3
    answer = own.study(*SCHEDULED, "--accept-fewer-rows")
    assert answer.code == 0, answer.text
    assert faults_of_published(own) == []
    assert own.values("tiny", "interim") == {"tiny.all.people.all.all.n": 3.0}
    assert own.study(*SCHEDULED).code == 10


def test_another_run_and_a_typing_error_end_differently(own):
    with site_lock(Project(own.root), doing="rendering"):
        own.write_data(6)
        answer = own.study(*SCHEDULED)
    assert answer.code == 5
    assert status(own)["ending"] == "done"  # that of the run that holds the lock
    assert own.study("render", "tinny", "--scheduled").code == 2
    assert own.study("render", "--schedule").code == 2


def test_a_failure_is_told_once_and_so_is_the_recovery(own):
    told = own.root / "told"
    own.file("operation.toml").write_text(
        f"settle = 0\non_failure = \"sh -c 'echo $STUDY_ENDING >> {told}'\"\n"
        f"on_recovery = \"sh -c 'echo well >> {told}'\"\n",
        encoding="utf-8",
    )
    text = own.file("notebooks", "tiny.ipynb").read_text(encoding="utf-8")
    own.file("notebooks", "tiny.ipynb").write_text(
        text.replace("counted = ", "1 / 0; counted = "), encoding="utf-8"
    )
    answer = own.study(*SCHEDULED)
    assert answer.code == 1
    assert "ZeroDivisionError" in answer.text
    assert status(own)["failing_since"]
    assert own.study("health").code == 1
    own.file("notebooks", "tiny.ipynb").write_text(text, encoding="utf-8")
    assert own.study(*SCHEDULED).code in (0, 10)
    assert told.read_text(encoding="utf-8") == "failed\nwell\n"
    assert own.study("health").code == 0


def test_a_page_carries_its_times_and_accuses_itself_when_a_newer_one_is_due(rendered):
    page, manifest = rendered.page("tiny", "interim"), rendered.manifest("tiny", "interim")
    due, stale = (datetime.fromisoformat(manifest[key]) for key in ("next_expected", "stale_after"))
    assert (stale - due).total_seconds() == 6 * 3600
    assert due.astimezone().strftime("%a %H:%M") == "Mon 06:00"
    assert f'data-stale-after="{manifest["stale_after"]}"' in page
    foot = re.search(r'class="foot">(.*?)</footer>', page, re.DOTALL)[1]
    for told in ("data cut all data", f"run {manifest['run']}", f"next expected {due:%Y-%m-%d %H:%M} UTC"):
        assert told in foot


def test_an_unchanged_page_is_told_when_the_next_one_is_due(own):
    from pipeline.render.checks import check_page

    own.edit("operation.toml", 'every = "Mon 06:00"', 'every = "Tue 07:30"')
    before = own.manifest("tiny", "interim")
    answer = own.study(*SCHEDULED)
    after, page = own.manifest("tiny", "interim"), own.page("tiny", "interim")
    assert answer.code == 10, answer.text
    assert (after["run"], after["rendered_at"]) == (before["run"], before["rendered_at"])
    assert after["stale_after"] != before["stale_after"]
    assert f'data-stale-after="{after["stale_after"]}"' in page
    assert before["stale_after"] not in page
    assert check_page(page) == []
    assert faults_of_published(own) == []
    assert own.study("verify", "tiny/interim").code == 0
    assert own.study(*SCHEDULED).code == 10
