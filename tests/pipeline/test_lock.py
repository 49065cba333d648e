"""The data lock: what it holds, and the state it gives to a report."""

import json
import re
import shutil
import stat

import pytest
from checkout import lay_out

from analysis import read
from pipeline import lock, plan
from pipeline.lock import LockError, current, state_of
from pipeline.project import Project, UserError, sha256
from pipeline.snapshot import lock_study

STUDY = """\
id: tiny
title: A tiny study
short_title: Tiny
institution: None
design: cohort
planned_n: 4
synthetic: true
visit_by: label
visits:
  - {id: W00, label: Baseline, week: 0}
  - {id: W12, label: Week 12, week: 12}
baseline_visit: W00
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
populations:
  ALL: {label: All subjects, rule: enrolled}
primary_population: ALL
endpoints:
  - {id: pain, variable: pain_mm, label: Pain, role: primary, higher_is_better: false, visits: [W12], resolution: 1}
statistics: {confidence_level: 0.95, exact_max: 1000, zeros: pratt, continuity: false, seed: 1}
"""
REPORT = "report: {name}\nnotebooks:\n  - name: tiny\n"
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


def write_study(folder, study: str = STUDY):
    """Parameters, report sources and data of the study, laid out as a checkout."""
    params, reports = folder / "from" / "params", folder / "from" / "reports"
    for place in (params, reports):
        place.mkdir(parents=True)
    (params / "study.yml").write_text(study, encoding="utf-8")
    for name in ("interim", "final"):
        (params / f"{name}.yml").write_text(REPORT.format(name=name), encoding="utf-8")
        (reports / f"{name}.qmd").write_text(TEXT, encoding="utf-8")
    made = lay_out(folder / "checkout", {"tiny": (params, reports)})
    made.file("data", "tiny").mkdir(parents=True)
    made.file("data", "tiny", "people.csv").write_text(PEOPLE, encoding="utf-8")
    made.file("data", "tiny", "values.csv").write_text(VALUES, encoding="utf-8")
    made.file("notebooks", "tiny.ipynb").write_text(json.dumps(notebook()), encoding="utf-8")
    return made


def notebook() -> dict:
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{number}",
            "metadata": {"tags": ["parameters"]} if number == 0 else {},
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(CELLS)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def tiny(tmp_path):
    return write_study(tmp_path)


def state(checkout, report: str = "final", **options):
    """The state of a report of the checkout, decided as the plan does."""
    project = Project(checkout.root)
    study = read.study(checkout.file("params", "tiny", "study.yml"))
    analysis = read.analysis(checkout.file("params", "tiny", f"{report}.yml"), study)
    return state_of(
        project,
        study.model_dump(mode="json", by_alias=True),
        analysis.model_dump(mode="json", by_alias=True),
        **options,
    ).state


def lock_it(checkout):
    return lock_study(Project(checkout.root), "tiny")


def images(page: str) -> list[str]:
    """The pictures of a page."""
    return re.findall(r"data:image/(?:png|svg\+xml)[^\"]+", page)


def unlock(made) -> None:
    """What the handbook says: make the folder writable, remove it."""
    for entry in (made.folder, *made.folder.rglob("*")):
        entry.chmod(0o755)
    shutil.rmtree(made.folder)


# ---------------------------------------------------------------- the whole way, rendered for real


@pytest.mark.slow
def test_from_draft_over_locked_data_to_final_and_refused_when_a_byte_changes(tiny):
    render = ("render", "tiny", "--report", "final", "--renderer", "embedded")
    assert tiny.study(*render).code == 0
    assert tiny.manifest("tiny", "final")["state"] == "draft"
    draft = tiny.page("tiny", "final")

    answer = tiny.study("lock", "tiny")
    assert answer.code == 0
    assert "people: 3 rows of data/tiny/people.csv" in answer.text
    assert tiny.study(*render).code == 0
    assert tiny.manifest("tiny", "final")["state"] == "final"
    final = tiny.page("tiny", "final")
    assert "Draft of the final report: the data are not locked." in draft
    assert "Draft of the final report" not in final
    assert images(draft) != images(final)  # the mark is gone from the figure

    values = tiny.file("data", "tiny", "values.csv")
    before = values.read_bytes()
    values.write_bytes(before.replace(b"W12,40", b"W12,41"))
    answer = tiny.study(*render)
    assert answer.code == 1
    assert "the final report of tiny is not rendered: the data differ from those locked at" in answer.text
    assert re.search(r"changed  data/tiny/values\.csv \(\d+ bytes when locked, \d+ now\)", answer.text)
    assert "people.csv" not in answer.text
    assert tiny.page("tiny", "final") == final

    values.write_bytes(before)
    answer = tiny.study(*render)
    assert answer.code == 0
    assert tiny.manifest("tiny", "final")["state"] == "final"
    assert tiny.page("tiny", "final") == final


def test_a_refused_final_report_holds_no_other_report_up(tiny):
    lock_it(tiny)
    tiny.file("data", "tiny", "values.csv").write_text(VALUES.replace("65", "66"), encoding="utf-8")
    request = plan.Request(studies=["tiny"], reports=["interim", "final"], renderer="embedded")
    planned = {task.name: task for task in plan.tasks(Project(tiny.root), request)}
    assert {"tiny/interim: datasets", "tiny/interim: tiny", "tiny/interim: report", "index"} < set(planned)
    assert [name for name in planned if name.startswith("tiny/final")] == ["tiny/final: datasets"]
    refusal = planned["tiny/final: datasets"]
    with pytest.raises(LockError, match=r"changed  data/tiny/values\.csv"):
        refusal.function(message=refusal.depends_on["message"].value)


def test_another_lock_of_the_same_data_makes_the_final_report_run_again(tiny):
    request = plan.Request(studies=["tiny"], reports=["final"], renderer="embedded")
    settings = tiny.built("tiny", "final") / "settings.json"
    first, _ = lock_it(tiny)
    plan.tasks(Project(tiny.root), request)
    before = json.loads(settings.read_text(encoding="utf-8"))
    assert before["state"] == "final"
    assert before["lock"]["name"] == first.folder.name
    first.folder.chmod(0o755)
    first.folder.rename(first.folder.with_name("2001-01-01T000000Z"))
    plan.tasks(Project(tiny.root), request)
    assert json.loads(settings.read_text(encoding="utf-8")) != before


def test_what_was_read_is_held_against_the_lock_a_second_time(tiny, tmp_path):
    made, _ = lock_it(tiny)
    study = read.study(tiny.file("params", "tiny", "study.yml")).model_dump(mode="json", by_alias=True)
    settings, index = tmp_path / "settings.json", tmp_path / "index.json"
    files = [{"source": name, "sha256": entry["sha256"]} for name, entry in made.record["sources"].items()]
    settings.write_text(json.dumps({"study": study, "lock": made.summary}), encoding="utf-8")
    index.write_text(json.dumps({"files": files}), encoding="utf-8")
    lock.confirm(settings=settings, root=tiny.root, index=index)
    files[1]["sha256"] = "of another file"
    index.write_text(json.dumps({"files": files}), encoding="utf-8")
    with pytest.raises(LockError, match=r"changed  data/tiny/values\.csv \(while the report was made\)"):
        lock.confirm(settings=settings, root=tiny.root, index=index)


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
    lock_it(tiny)
    for wanted in ("draft", "locked", "final"):
        file.write_text(text + f"state: {wanted}\n", encoding="utf-8")
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


def test_the_newest_lock_rules(tiny):
    made, _ = lock_it(tiny)
    values = tiny.file("data", "tiny", "values.csv")
    before = values.read_bytes()
    older = made.folder.with_name("2001-01-01T000000Z")
    made.folder.chmod(0o755)
    made.folder.rename(older)
    values.write_bytes(before + b"T-04,W00,50\n")
    with pytest.raises(LockError, match="2001-01-01T000000Z"):
        state(tiny)
    newer, new = lock_it(tiny)
    assert new
    assert state(tiny) == "final"
    unlock(newer)
    with pytest.raises(LockError, match="2001-01-01T000000Z"):
        state(tiny)


# ---------------------------------------------------------------- every difference is named


def test_changed_missing_new_and_dropped_files_are_all_named(tiny):
    lock_it(tiny)
    tiny.file("data", "tiny", "people.csv").unlink()
    tiny.file("data", "tiny", "values.csv").write_text(VALUES.replace("65", "66"), encoding="utf-8")
    tiny.edit(
        "params/tiny/study.yml",
        "  - {id: values,",
        "  - {id: more, type: csv, path: data/tiny/more.csv}\n  - {id: values,",
    )
    with pytest.raises(LockError) as refused:
        state(tiny)
    text = str(refused.value)
    assert "missing  data/tiny/people.csv\n" in text
    assert "changed  data/tiny/values.csv (" in text
    assert "new      data/tiny/more.csv (source more)" in text
    assert re.search(r"cp -r locks/tiny/\S+Z/sources/\. \.", text)
    assert "study lock tiny" in text


def test_a_source_that_is_no_longer_read_is_named(tiny):
    lock_it(tiny)
    tiny.edit("params/tiny/study.yml", "  - {id: people, ", "  - {id: persons, ")
    tiny.edit("params/tiny/study.yml", "from: people", "from: persons")
    with pytest.raises(LockError) as refused:
        state(tiny)
    assert "new      data/tiny/people.csv (source persons)" in str(refused.value)
    assert "missing  data/tiny/people.csv (source people is no longer in the study file)" in str(
        refused.value
    )


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
    assert set(record["params"]) == {"study.yml", "interim.yml", "final.yml"}
    assert record["environment"] == sha256(tiny.file("requirements.lock"))
    assert set(record["code"]) == {"analysis", "studies", "pipeline"}
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


def test_a_file_that_grows_while_it_is_locked_stops_the_lock(tiny, monkeypatch):
    tables, values = read.tables, tiny.file("data", "tiny", "values.csv")
    project = Project(tiny.root)

    def slow(*given, **named):
        outcome = tables(*given, **named)
        if project.root.joinpath("locks").is_dir():  # not while `study check` reads
            values.write_text(VALUES + "T-04,W00,50\n", encoding="utf-8")
        return outcome

    monkeypatch.setattr(read, "tables", slow)
    with pytest.raises(UserError, match=r"data/tiny/values\.csv changed while it was being locked"):
        lock_it(tiny)
    assert not any(project.root.joinpath("locks", "tiny").iterdir())


def test_data_outside_the_project_are_locked_without_their_path(tmp_path):
    made = write_study(tmp_path, STUDY.replace("data/tiny/people.csv", "../elsewhere/people.csv"))
    (tmp_path / "elsewhere").mkdir()
    made.file("data", "tiny", "people.csv").rename(tmp_path / "elsewhere" / "people.csv")
    locked, _ = lock_it(made)
    assert locked.record["sources"]["people"]["path"] == "people.csv"
    assert (locked.folder / locked.record["sources"]["people"]["copy"]).is_file()
    assert state(made) == "final"
    (tmp_path / "elsewhere" / "people.csv").write_text(PEOPLE.replace("50", "51"), encoding="utf-8")
    with pytest.raises(LockError, match=r"changed  people\.csv"):
        state(made)


# ---------------------------------------------------------------- databases


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """The study with its values in a database."""
    import sqlite3

    values = "  - {id: values, type: csv, path: data/tiny/values.csv}"
    query = "  - {id: values, type: sql, url_env: TINY_URL, query: select * from pain}"
    made = write_study(tmp_path, STUDY.replace(values, query))
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


def confirm(made, folder) -> None:
    """What the plan does after reading."""
    study = read.study(made.file("params", "tiny", "study.yml"))
    described = study.model_dump(mode="json", by_alias=True)
    settings, index = folder / "settings.json", folder / "index.json"
    summary = current(Project(made.root), "tiny").summary
    settings.write_text(json.dumps({"study": described, "lock": summary}), encoding="utf-8")
    files = read.tables(study, root=made.root).files.to_dict("records")
    index.write_text(json.dumps({"files": files}, default=str), encoding="utf-8")
    lock.confirm(settings=settings, root=made.root, index=index)


def test_a_database_is_locked_by_its_rows_in_any_order_and_exported_as_parquet(stored, tmp_path):
    import pandas as pd

    made, file = stored
    locked, _ = lock_it(made)
    assert locked.record["sources"]["values"]["rows"] == 6
    assert len(pd.read_parquet(locked.folder / "tables" / "visits.parquet")) == 5
    assert "sqlite" not in (locked.folder / "lock.json").read_text(encoding="utf-8")
    assert state(made) == "final"
    confirm(made, tmp_path)
    change(file, "create table other as select * from pain order by pain", "drop table pain")
    change(file, "alter table other rename to pain")
    confirm(made, tmp_path)
    change(file, "update pain set pain = 41 where pain = '40'")
    with pytest.raises(LockError, match=r"changed  values \(6 rows when locked, 6 now\)"):
        confirm(made, tmp_path)
