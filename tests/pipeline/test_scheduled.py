"""`study render --scheduled`: an exit code for each ending, `status.json`, falling rows, pages that know their time."""

import grp
import json
import os
import re
from datetime import datetime

import pytest
from faults.harness import RENDER, Victim, copy_of, faults_of_published, make_victim

from pipeline.plan import DATASETS, NOTEBOOK, REPORT
from pipeline.project import Project
from pipeline.reach import Code
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


def test_the_manifest_names_every_module_that_a_task_can_reach(rendered):
    """What read and derived the data, too: a comparison finds its causes there."""
    named, code = rendered.manifest("tiny", "interim")["modules"], Code(rendered.file("src"))
    for names in (DATASETS, NOTEBOOK, REPORT):
        assert code.reach(names).keys() - named.keys() == set()


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


@pytest.mark.parametrize("left", ["", "{}", None])
def test_fewer_rows_block_though_what_is_published_does_not_tell_its_rows(own, left):
    manifest = own.published("tiny", "interim") / "manifest.json"
    manifest.unlink() if left is None else manifest.write_text(left, encoding="utf-8")
    own.write_data(3)
    answer = own.study(*SCHEDULED)
    assert (answer.code, "people: 5 rows before, 3 now" in answer.text) == (3, True)


def test_another_run_and_a_typing_error_end_differently(own):
    with own.file("operation.toml").open("a", encoding="utf-8") as file:
        file.write("run_limit = 1\n")  # so long it waits for another
    with site_lock(Project(own.root), doing="rendering"):
        own.write_data(6)
        answer = own.study(*SCHEDULED)
    assert answer.code == 7
    assert "is running (process" in answer.text
    assert "waited for 1 seconds" in answer.text
    assert status(own)["ending"] == "limit reached"
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
        text.replace("counted = ", "{}[str(data.tables['subjects'].iloc[0].to_dict())]; counted = "),
        encoding="utf-8",
    )
    answer = own.study(*SCHEDULED)
    assert answer.code == 1
    assert "cell 4 (" in answer.text
    assert ": KeyError" in answer.text
    for said in (answer.text, json.dumps(status(own))):  # they go by mail, and to whoever reads the site
        assert "T-000" not in said
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
    for told in ("data cut: all data", f"run {manifest['run']}", f"next expected {due:%Y-%m-%d %H:%M} UTC"):
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


def test_a_render_by_hand_says_that_there_are_fewer_rows_and_goes_on(own):
    own.write_data(4)
    answer = own.study(*RENDER)
    assert answer.code == 0, answer.text
    told = "Warning: tiny/interim: fewer rows than in the last published run (people: 5 rows before, 4 now)"
    assert answer.text.count(told) == 1
    assert told.partition(": ")[2] in own.file("build", "log", "run.log").read_text(encoding="utf-8")
    own.write_data(3)
    assert "fewer rows" not in own.study(*RENDER, "--accept-fewer-rows").text


NAMED = "id,age,consent,patient_name\n" + "".join(
    f"T-{n:03d},{30 + n},2025-01-0{n + 1},{name}\n"
    for n, name in enumerate(
        ["Margarete Schulz", "Ole Hansen", "Ines Prado", "Bo Lind", "Uta Frey", "Jan Vos"]
    )
)


def test_a_page_that_names_a_patient_is_not_published_by_a_machine(own):
    before = own.bytes_published()
    own.file("data", "tiny", "people.csv").write_text(NAMED, encoding="utf-8")
    text = own.file("reports", "tiny", "interim.qmd")
    text.write_text(
        text.read_text(encoding="utf-8") + "\nOne of them is Margarete Schulz.\n", encoding="utf-8"
    )
    answer = own.study(*SCHEDULED)
    assert answer.code == 4, answer.text
    assert "blocked by disclosure" in answer.text
    assert "identifier: 1 in" in answer.text
    assert "M... (16 characters) (people.patient_name)" in answer.text
    assert own.bytes_published() == before
    assert (status(own)["ending"], status(own)["code"]) == ("blocked by disclosure", 4)
    for file in own.root.rglob("*.json"):
        if "store" not in file.parts:
            assert "Schulz" not in file.read_text(encoding="utf-8"), file
    by_hand = own.study(*RENDER)
    assert by_hand.code == 0
    assert "Warning: tiny/interim: the page shows what its readers (local) may not see" in by_hand.text
    assert "Schulz" not in by_hand.text


def test_readers_who_may_see_less_are_shown_less(own):
    """Under `public` profiles, a date of one patient is a finding; in the house it is none."""
    text = own.file("reports", "tiny", "interim.qmd")
    text.write_text(text.read_text(encoding="utf-8") + "\nSubject T-002 was the third.\n", encoding="utf-8")
    assert own.study(*SCHEDULED).code == 0
    with own.file("operation.toml").open("a", encoding="utf-8") as file:
        file.write('readers = "strict-10"\n')
    own.write_data(7)
    answer = own.study(*SCHEDULED)
    assert answer.code == 4, answer.text
    assert "subject id: 1 in" in answer.text
    own.edit("operation.toml", '"strict-10"', '"strict10"')
    answer = own.study(*SCHEDULED)
    assert (answer.code, "none of local, team, opensafely-7-5, strict-10" in answer.text) == (2, True)


def modes(folder) -> dict[str, set[int]]:
    """The permissions of all folders and files below."""
    entries = [folder, *folder.rglob("*")]
    return {
        kind: {entry.stat().st_mode & 0o777 for entry in entries if entry.is_dir() == (kind == "folders")}
        for kind in ("folders", "files")
    }


def test_what_is_made_is_its_owners_alone_until_a_group_may_read_the_site(own):
    site = own.file("reports", "_site")
    assert modes(site) == {"folders": {0o700}, "files": {0o600}}
    for name in ("build", "runs"):
        for entry in own.file(name).rglob("*"):
            assert entry.stat().st_mode & 0o077 == 0, entry
    group = grp.getgrgid(os.getgid()).gr_name
    with own.file("operation.toml").open("a", encoding="utf-8") as file:
        file.write(f'site_group = "{group}"\n')
    own.write_data(6)
    answer = own.study(*SCHEDULED)
    assert answer.code == 0, answer.text
    assert modes(site) == {"folders": {0o750}, "files": {0o640}}
    for name in ("build", "runs"):
        for entry in own.file(name).rglob("*"):
            assert entry.stat().st_mode & 0o077 == 0, entry


def test_a_group_that_does_not_exist_is_a_mistake(own):
    with own.file("operation.toml").open("a", encoding="utf-8") as file:
        file.write('site_group = "nobody-of-this-name"\n')
    answer = own.study(*SCHEDULED)
    assert (answer.code, "site_group = 'nobody-of-this-name': there is no such group" in answer.text) == (
        2,
        True,
    )
