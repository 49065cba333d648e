"""The data lock: what it holds, and the state it gives to a report."""

import json
import re
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from planning import gathered, planned
from tiny_study import study_file, write_study

from pipeline.lock import LockError, current, state_of
from pipeline.lock_record import NAME, free_moment
from pipeline.project import Project, UserError, sha256
from pipeline.publish.cover import draft_text
from pipeline.snapshot import lock_study

OWN = """\
sources:
  - {id: people, type: csv, path: data/tiny/people.csv}
  - {id: values, type: csv, path: data/tiny/values.csv}
tables:
  subjects:
    - from: people
      columns: {subject_id: id, age: age}
      constant_columns: {enrolled: 1}
  visits:
    - from: values
      columns: {subject_id: id, visit_id: visit, pain_mm: pain}
"""
ENDPOINT = (
    "{id: pain, variable: pain_mm, label: Pain, role: primary, "
    "higher_is_better: false, visits: [W12], resolution: 1}"
)
STUDY = study_file(OWN, later=[12], endpoints=ENDPOINT)
PEOPLE = "id,age\nT-01,50\nT-02,61\nT-03,47\n"
VALUES = "id,visit,pain\nT-01,W00,70\nT-01,W12,40\nT-02,W00,60\nT-02,W12,65\nT-03,W00,55\nT-03,W12,none\n"
CELLS = [
    'study: str = "tiny"  # folder\nreport: str = "final"  # which',
    "import pandas as pd\nfrom analysis import figures, read, results\n\ndata = read.prepared(study, report)",
    "#| label: fig-pain\n#| fig-cap: Pain\n"
    'means = pd.DataFrame({"visit": [0], "n": [3], "estimate": [61.7], "conf_low": [42.7], "conf_high": [80.6]})\n'
    'figures.mean_by_visit(means, label="Pain", mark=data.state)',
    'counted = {"n": len(data.tables["subjects"])}\n'
    'rows = results.rows_of(counted, analysis="tiny", population="ALL", variable="people")\n'
    "results.publish(results.stack([rows]), study=study, report=report)",
]
TEXT = """\
---
title: A tiny study
bibliography: references.bib
---

# Pain

There were {{< var tiny.all.people.all.all.n >}} subjects (@fig-pain).

{{< embed notebooks/tiny.ipynb#fig-pain >}}
"""


def laid_out(folder, study: str = STUDY):
    """The study, laid out as a checkout."""
    data = {"people.csv": PEOPLE, "values.csv": VALUES}
    return write_study(folder, study=study, data=data, cells=CELLS, text=TEXT)


@pytest.fixture
def tiny(tmp_path):
    return laid_out(tmp_path)


def standing(checkout, report: str = "final", **options):
    """The standing of a report of the checkout, decided as the plan does."""
    with gathered(checkout, studies=["tiny"], reports=[report], **options) as found:
        (asked,) = found.reports
        return state_of(found, asked)


def state(checkout, report: str = "final", **options) -> str:
    """The state of a report of the checkout."""
    return standing(checkout, report, **options).state


def differing(checkout) -> str:
    """What keeps the final report from being final."""
    found = standing(checkout)
    assert (found.state == "draft") == bool(found.differs)
    return "\n".join(found.differs)


def lock_it(checkout):
    return lock_study(Project(checkout.root), "tiny")


def images(page: str) -> list[str]:
    """The pictures of a page."""
    return re.findall(r"data:image/(?:png|svg\+xml)[^\"]+", page)


def marks(page: str) -> set[str]:
    """What stands under the figures of a page as the state of the report."""
    return set(re.findall(r'<p class="figure-files">(?:<span class="figure-mark">(.*?)</span>)?', page))


def unlock(made) -> None:
    """What the handbook says: make the folder writable, remove it."""
    for entry in (made.folder, *made.folder.rglob("*")):
        entry.chmod(0o755)
    shutil.rmtree(made.folder)


# ---------------------------------------------------------------- the whole way, rendered for real


@pytest.mark.slow
def test_from_draft_over_locked_data_to_final_and_to_a_draft_again_when_a_byte_changes(tiny):
    render = ("render", "tiny", "--report", "final", "--renderer", "embedded")
    assert tiny.study(*render).code == 0
    assert tiny.manifest("tiny", "final")["state"] == "draft"
    draft = tiny.page("tiny", "final")

    answer = tiny.study("lock", "tiny")
    assert answer.code == 0
    assert "people: 3 rows of data/tiny/people.csv" in answer.text
    assert tiny.study(*render).code == 0
    manifest = tiny.manifest("tiny", "final")
    assert manifest["state"] == "final"
    final = tiny.page("tiny", "final")
    assert "Draft of the final report: the data are not locked." in draft
    assert "Draft of the final report" not in final
    assert marks(draft) == {"DRAFT"} and marks(final) == {""}  # under each figure
    assert images(draft) == images(final)  # and in none of them
    shown = f"{manifest['lock']['name']}, SHA-256 {manifest['lock']['sha256'][:16]}"
    assert final.count(shown) == 3  # the cover, the citation and the foot

    values = tiny.file("data", "tiny", "values.csv")
    before = values.read_bytes()
    values.write_bytes(before.replace(b"W12,40", b"W12,41"))
    answer = tiny.study(*render)
    assert answer.code == 0
    assert "data/tiny/values.csv: changed data" in answer.text
    assert "people.csv" not in answer.text
    changed = tiny.manifest("tiny", "final")
    assert (changed["state"], changed["lock"]) == ("draft", None)
    assert changed["differs"] == ["data/tiny/values.csv: changed data"]
    text = re.sub(r"\s+", " ", tiny.page("tiny", "final"))
    assert "it differs from what was locked (data/tiny/values.csv: changed data)" in text

    values.write_bytes(before)
    assert tiny.study(*render).code == 0
    assert tiny.manifest("tiny", "final")["state"] == "final"


def test_a_refused_final_report_holds_no_other_report_up(tiny):
    lock_it(tiny)
    tiny.file("data", "tiny", "values.csv").write_text(VALUES.replace("65", "66"), encoding="utf-8")
    with tiny.file("params", "tiny", "final.yml").open("a", encoding="utf-8") as file:
        file.write("state: final\n")
    with planned(tiny, studies=["tiny"]) as tasks:
        assert {"tiny/interim: datasets", "tiny/interim: tiny", "tiny/interim: report", "index"} < set(tasks)
        assert [name for name in tasks if name.startswith("tiny/final")] == ["tiny/final: datasets"]
        refusal = tasks["tiny/final: datasets"]
    with pytest.raises(LockError, match=r"data/tiny/values\.csv: changed data"):
        refusal.function(message=refusal.depends_on["message"].value)


def test_another_lock_of_the_same_data_makes_the_final_report_run_again(tiny):
    def settings() -> dict:
        with planned(tiny, studies=["tiny"], reports=["final"]) as tasks:
            node = tasks["tiny/final: datasets"].depends_on["settings"]
            return json.loads(Path(node.load()).read_text(encoding="utf-8"))

    first, _ = lock_it(tiny)
    before = settings()
    assert before["state"] == "final"
    assert before["lock"]["name"] == first.folder.name
    first.folder.chmod(0o755)
    first.folder.rename(first.folder.with_name("2001-01-01T000000Z"))
    assert settings() != before


# ---------------------------------------------------------------- the states


def test_without_a_lock_a_final_report_is_a_draft_and_with_it_final(tiny):
    assert state(tiny) == "draft"
    made, new = lock_it(tiny)
    assert new
    assert state(tiny) == "final"
    assert state(tiny, "interim") == "interim"
    unlock(made)
    assert state(tiny) == "draft"


def test_a_report_file_can_hold_the_state_back_but_not_advance_it(tiny):
    file = tiny.file("params", "tiny", "final.yml")
    text = file.read_text(encoding="utf-8")
    for wanted in ("locked", "final"):
        file.write_text(text + f"state: {wanted}\n", encoding="utf-8")
        with pytest.raises(LockError, match=f"final.yml says state: {wanted}, but the data are not locked"):
            state(tiny)
    for wanted in ("draft", "locked", "final"):
        file.write_text(text + f"state: {wanted}\n", encoding="utf-8")
        lock_it(tiny)
        assert state(tiny) == wanted
    file.write_text(text + "state: interim\n", encoding="utf-8")
    with pytest.raises(LockError, match="a final report is draft, locked or final"):
        state(tiny)


def test_an_interim_report_is_never_final(tiny):
    file = tiny.file("params", "tiny", "interim.yml")
    text = file.read_text(encoding="utf-8")
    lock_it(tiny)
    file.write_text(text + "state: draft\n", encoding="utf-8")
    assert state(tiny, "interim") == "draft"
    file.write_text(text + "state: final\n", encoding="utf-8")
    with pytest.raises(LockError, match="an interim report is interim or draft"):
        state(tiny, "interim")


def test_with_a_data_cut_from_the_command_line_it_is_not_the_final_report(tiny):
    assert state(tiny, as_of="2025-12-31") == "draft"
    lock_it(tiny)
    assert state(tiny, as_of="2025-12-31") == "locked"


def test_two_locks_of_one_second_do_not_stand_in_each_others_way(tmp_path):
    began = datetime.now(UTC)
    taken = {f"{began + timedelta(seconds=ahead):{NAME}}" for ahead in (0, 1)}
    for name in taken:
        (tmp_path / name).mkdir()
    assert f"{free_moment(tmp_path):{NAME}}" not in taken


def test_the_newest_lock_rules(tiny):
    made, _ = lock_it(tiny)
    values = tiny.file("data", "tiny", "values.csv")
    before = values.read_bytes()
    older = made.folder.with_name("2001-01-01T000000Z")
    made.folder.chmod(0o755)
    made.folder.rename(older)
    values.write_bytes(before + b"T-04,W00,50\n")
    assert standing(tiny).broken.folder == older
    newer, new = lock_it(tiny)
    assert new
    assert state(tiny) == "final"
    unlock(newer)
    assert standing(tiny).broken.folder == older


# ---------------------------------------------------------------- every difference is named


def test_changed_and_new_files_are_all_named_and_refused_where_final_was_asked_for(tiny):
    lock_it(tiny)
    tiny.file("data", "tiny", "values.csv").write_text(VALUES.replace("65", "66"), encoding="utf-8")
    tiny.file("data", "tiny", "more.csv").write_text("id\n1\n", encoding="utf-8")
    tiny.edit(
        "params/tiny/study.yml",
        "  - {id: values,",
        "  - {id: more, type: csv, path: data/tiny/more.csv}\n  - {id: values,",
    )
    lines = ["data/tiny/values.csv: changed data", "data/tiny/more.csv: new data (source more)"]
    assert all(line in differing(tiny).splitlines() for line in lines)
    with tiny.file("params", "tiny", "final.yml").open("a", encoding="utf-8") as file:
        file.write("state: final\n")
    with pytest.raises(LockError) as refused:
        state(tiny)
    text = str(refused.value)
    assert all(f"  {line}\n" in text for line in lines)
    assert re.search(r"cp -r locks/tiny/\S+Z/sources/\. \.", text)
    assert "study lock tiny" in text


def test_a_source_that_is_no_longer_read_is_named(tiny):
    lock_it(tiny)
    tiny.edit("params/tiny/study.yml", "  - {id: people, ", "  - {id: persons, ")
    tiny.edit("params/tiny/study.yml", "from: people", "from: persons")
    named = differing(tiny)
    assert "data/tiny/people.csv: new data (source persons)" in named
    assert "data/tiny/people.csv: missing data (source people is no longer in the study file)" in named


def change_text(old: str, new: str, *place: str):
    def change(checkout):
        file = checkout.file(*place)
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


STUDY_FILE = ("params", "tiny", "study.yml")
# What a lock covers, one change each, and the line that names it.
COVERED = [
    (change_text("T-01,50", "T-01,51", "data", "tiny", "people.csv"), "data/tiny/people.csv: changed data"),
    (
        change_text("week: 12}", "week: 13}", "params", "tiny", "study.yml"),
        "params/tiny/study.yml: changed parameters",
    ),
    (
        change_text("confidence_level: 0.95", "confidence_level: 0.9", "params", "tiny", "study.yml"),
        "changed parameters",
    ),
    (
        change_text("name: tiny", "name: tiny\n    parameters: {}", "params", "tiny", "final.yml"),
        "final.yml: changed",
    ),
    (change_text("61.7", "61.8", "notebooks", "tiny.ipynb"), "notebooks/tiny.ipynb: changed notebook"),
    (
        change_text("There were", "We saw", "reports", "tiny", "final.qmd"),
        "reports/tiny/final.qmd: changed report text",
    ),
    (
        change_text("#", "# A remark.\n#", "reports", "_parts", "_looks.qmd"),
        "reports/_parts/_looks.qmd: changed",
    ),
    (change_text("==", "== ", "requirements.lock"), "requirements.lock: changed environment"),
    (
        change_text('"""', 'UNUSED = 1\n"""', "src", "analysis", "figures", "by_visit.py"),
        "src/analysis/figures/by_visit.py: changed code",
    ),
    (
        change_text('"""', 'UNUSED = 1\n"""', "src", "pipeline", "publish", "__init__.py"),
        "src/pipeline/publish/__init__.py: changed code",
    ),
]


@pytest.mark.parametrize(("change", "named"), COVERED, ids=[line for _, line in COVERED])
def test_what_a_lock_covers_makes_a_draft_when_it_changes_and_is_named(tiny, change, named):
    lock_it(tiny)
    assert state(tiny) == "final"
    change(tiny)
    assert named in differing(tiny)


def test_what_a_final_report_does_not_rest_on_leaves_it_final(tiny):
    lock_it(tiny)
    change_text("notebooks:", "data_cut: 2030-01-01\nnotebooks:", "params", "tiny", "interim.yml")(tiny)
    change_text("There were", "There are", "reports", "tiny", "interim.qmd")(tiny)
    change_text('"""', '# a remark\n"""Other words: ', "src", "analysis", "figures", "by_visit.py")(tiny)
    change_text('"""', 'UNUSED = 1\n"""', "src", "analysis", "weighting.py")(tiny)
    assert differing(tiny) == ""


def test_a_damaged_copy_in_the_lock_is_named(tiny):
    made, _ = lock_it(tiny)
    copy = made.folder / "sources" / "data" / "tiny" / "values.csv"
    copy.chmod(0o644)
    copy.write_text(VALUES.replace("65", "66"), encoding="utf-8")
    with pytest.raises(LockError, match=r"damaged  sources/data/tiny/values\.csv in the folder of the lock"):
        state(tiny)


def test_the_hashes_alone_are_enough(tiny):
    made, _ = lock_it(tiny)
    for entry in (made.folder, *made.folder.rglob("*")):
        entry.chmod(0o755)
    shutil.rmtree(made.folder / "sources")
    assert state(tiny) == "final"


def test_an_unreadable_lock_does_not_unlock(tiny):
    made, _ = lock_it(tiny)
    file = made.folder / "lock.json"
    file.chmod(0o644)
    file.write_text("{", encoding="utf-8")
    with pytest.raises(LockError, match=r"lock\.json cannot be read"):
        state(tiny)


# ---------------------------------------------------------------- the seal


def rewrite(file, change) -> None:
    """Edit a file of a lock as somebody with the rights of its owner could."""
    file.chmod(0o644)
    content = json.loads(file.read_text(encoding="utf-8"))
    change(content)
    file.write_text(json.dumps(content), encoding="utf-8")


def test_a_record_that_was_edited_is_told(tiny):
    made, _ = lock_it(tiny)
    rewrite(made.folder / "lock.json", lambda record: record.update(locked_at="2020-01-01T00:00:00+00:00"))
    with pytest.raises(
        LockError, match=r"edited after it was made: lock\.json is not the record that was sealed"
    ):
        state(tiny)


def test_a_seal_that_was_made_anew_does_not_fit_the_next_one(tiny):
    made, _ = lock_it(tiny)
    older = made.folder.with_name("2001-01-01T000000Z")
    made.folder.chmod(0o755)
    made.folder.rename(older)
    tiny.file("data", "tiny", "values.csv").write_text(VALUES.replace("65", "66"), encoding="utf-8")
    lock_it(tiny)
    assert state(tiny) == "final"
    rewrite(older / "lock.json", lambda record: record.update(locked_at="2020-01-01T00:00:00+00:00"))
    rewrite(older / "seal.json", lambda seal: seal.update(sha256=sha256(older / "lock.json")))
    with pytest.raises(LockError, match="the seal before it is not the one it was chained to"):
        state(tiny)


def test_a_record_and_its_seal_that_were_made_anew_are_not_those_that_a_kept_run_rests_on(tiny):
    made, _ = lock_it(tiny)
    run = tiny.file("runs", "tiny", "final", "0001-20250101T0000Z")
    run.mkdir(parents=True)
    (run / "manifest.json").write_text(json.dumps({"lock": made.summary}), encoding="utf-8")
    assert state(tiny) == "final"
    rewrite(made.folder / "lock.json", lambda record: record.update(locked_at="2020-01-01T00:00:00+00:00"))
    rewrite(made.folder / "seal.json", lambda seal: seal.update(sha256=sha256(made.folder / "lock.json")))
    with pytest.raises(LockError, match="the run 0001-20250101T0000Z that rests on it knows another record"):
        state(tiny)


def test_where_the_study_has_a_key_only_a_signed_lock_counts(tiny, tmp_path, monkeypatch):
    from pipeline.seal import new_key

    project, private = Project(tiny.root), tmp_path / "private.pem"
    new_key(project, "tiny", private)
    assert private.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UserError, match="set STUDY_LOCK_KEY to the file of the private key"):
        lock_it(tiny)
    monkeypatch.setenv("STUDY_LOCK_KEY", str(private))
    made, _ = lock_it(tiny)
    assert made.signed
    assert state(tiny) == "final"
    other = tmp_path / "other.pem"
    tiny.file("params", "tiny", "lock.pub").unlink()
    new_key(project, "tiny", other)
    with pytest.raises(LockError, match=r"its signature is not confirmed by params/tiny/lock\.pub"):
        state(tiny)
    assert made.folder.is_dir()


# ---------------------------------------------------------------- what a lock holds


def test_a_lock_holds_copies_hashes_rows_and_circumstances_read_only(tiny):
    made, _ = lock_it(tiny)
    record = json.loads((made.folder / "lock.json").read_text(encoding="utf-8"))
    assert record == made.record
    for name, rows in {"people": 3, "values": 6}.items():
        source, entry = tiny.file("data", "tiny", f"{name}.csv"), record["sources"][name]
        assert (made.folder / entry["copy"]).read_bytes() == source.read_bytes()
        assert entry["sha256"] == sha256(source)
        assert (entry["rows"], entry["bytes"]) == (rows, source.stat().st_size)
    assert record["tables"]["subjects"]["rows"] == 3
    params = tiny.file("params", "tiny")
    assert record["params"] == {
        f"params/tiny/{name}": sha256(params / name) for name in ("final.yml", "study.yml")
    }
    assert record["environment"]["requirements.lock"] == sha256(tiny.file("requirements.lock"))
    assert {"Python", "numpy", "pandas", "papermill"} < set(record["environment"])
    assert "ruff" not in record["environment"]
    assert {"src/analysis/figures/__init__.py", "src/pipeline/publish/__init__.py"} < set(record["code"])
    assert record["notebooks"] == {"notebooks/tiny.ipynb": sha256(tiny.file("notebooks", "tiny.ipynb"))}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", record["locked_at"])
    assert str(tiny.root) not in json.dumps(record)
    written = [made.folder, *made.folder.rglob("*")]
    assert not any(entry.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) for entry in written)
    assert "sources/" in (made.folder / ".gitignore").read_text(encoding="utf-8")


def test_locking_again_without_a_change_makes_no_second_lock(tiny):
    made, _ = lock_it(tiny)
    again, new = lock_it(tiny)
    assert not new
    assert again.folder == made.folder
    assert [entry.name for entry in made.folder.parent.iterdir()] == [made.folder.name]


def test_a_study_with_a_problem_is_not_locked(tiny):
    tiny.edit("params/tiny/study.yml", "age: age", "age: agee")
    with pytest.raises(UserError, match="study tiny is not locked; put right what `study check tiny` finds"):
        lock_it(tiny)
    assert current(Project(tiny.root), "tiny") is None


def test_data_outside_the_project_are_locked_without_their_path(tmp_path):
    made = laid_out(tmp_path, STUDY.replace("data/tiny/people.csv", "../elsewhere/people.csv"))
    (tmp_path / "elsewhere").mkdir()
    made.file("data", "tiny", "people.csv").rename(tmp_path / "elsewhere" / "people.csv")
    locked, _ = lock_it(made)
    assert locked.record["sources"]["people"]["path"] == "people.csv"
    assert (locked.folder / locked.record["sources"]["people"]["copy"]).is_file()
    assert state(made) == "final"
    (tmp_path / "elsewhere" / "people.csv").write_text(PEOPLE.replace("50", "51"), encoding="utf-8")
    assert differing(made) == "people.csv: changed data"


# ---------------------------------------------------------------- databases


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """The study with its values in a database."""
    import sqlite3

    values = "  - {id: values, type: csv, path: data/tiny/values.csv}"
    query = "  - {id: values, type: sql, url_env: TINY_URL, query: select * from pain}"
    made = laid_out(tmp_path, STUDY.replace(values, query))
    file = tmp_path / "pain.sqlite"
    rows = [line.split(",") for line in VALUES.splitlines()[1:]]
    with sqlite3.connect(file) as database:
        database.execute("create table pain (id, visit, pain)")
        database.executemany("insert into pain values (?, ?, ?)", rows)
    database.close()
    monkeypatch.setenv("TINY_URL", f"sqlite:///{file}")
    return made, file


def change(file, *statements: str) -> None:
    import sqlite3

    with sqlite3.connect(file) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def test_a_database_is_locked_by_its_rows_in_any_order_and_exported_as_parquet(stored):
    import pandas as pd

    made, file = stored
    locked, _ = lock_it(made)
    assert locked.record["sources"]["values"]["rows"] == 6
    assert len(pd.read_parquet(locked.folder / locked.record["sources"]["values"]["copy"])) == 6
    assert "sqlite" not in (locked.folder / "lock.json").read_text(encoding="utf-8")
    assert state(made) == "final"
    change(file, "create table other as select * from pain order by pain", "drop table pain")
    change(file, "alter table other rename to pain")
    assert state(made) == "final"
    change(file, "update pain set pain = 41 where pain = '40'")
    assert differing(made) == "values: changed data"


def test_what_differs_is_told_as_it_is_called():
    text = draft_text({"differs": ("src/analysis/__init__.py: changed code",)})
    assert (
        r"analysis/\_\_init\_\_.py" in text
    )  # else a part of the name is bold, and Word and PDF read a field in it
