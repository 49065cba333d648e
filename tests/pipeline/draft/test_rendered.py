"""From an unseen export to a report: one command, no edit, and the numbers of the page are right."""

import json
import re
from fnmatch import fnmatchcase

import pandas as pd
import pytest
import yaml
from checkout import made_once, of_project


@pytest.fixture(scope="module")
def first_report(tmp_path_factory, shared_data):
    with made_once(tmp_path_factory, "drafted") as (folder, fresh):
        if fresh:
            made = of_project(folder)
            (folder / "params").mkdir(exist_ok=True)
            answer = made.study("draft", "dystonia", str(shared_data / "cdystonia.csv"))
            assert answer.code == 0, answer.text
            answer = made.study("render", "dystonia", "--report", "final", "--renderer", "embedded")
            assert answer.code == 0, answer.text
        return of_place(folder)


def of_place(folder):
    from checkout import Checkout

    return Checkout(folder)


def test_the_first_report_stands_and_says_that_it_is_a_draft(first_report):
    page = first_report.page("dystonia", "final")
    assert "What the draft was not sure of" in page
    assert "109 subjects, 3 groups, 6 visits" in page
    assert first_report.manifest("dystonia", "final")["state"] == "draft"


def test_its_numbers_are_those_of_the_file(first_report, shared_data):
    raw = pd.read_csv(shared_data / "cdystonia.csv")
    values = first_report.values("dystonia", "final")
    for arm, rows in raw.groupby("treat"):
        wide = rows.assign(who=rows["site"] * 1000 + rows["id"]).pivot(
            index="who", columns="week", values="twstrs"
        )
        for week in (2, 4, 8, 12, 16):
            change = (wide[week] - wide[0]).dropna()
            id_ = f"change_mean.all.twstrs.w{week:02d}.treat_{arm}"
            assert values[f"{id_}.estimate"] == pytest.approx(change.mean())
            assert values[f"{id_}.n_pairs"] == len(change)


def test_every_table_names_results_that_its_notebook_publishes_so_that_it_can_be_shared(first_report):
    (run,) = first_report.file("runs", "dystonia", "final").iterdir()
    seen = 0
    for file in sorted((run / "notebooks").glob("*.ipynb")):
        content = json.loads((run / "results" / f"{file.stem}.json").read_text(encoding="utf-8"))
        there = {row["analysis"] for row in (content["rows"] if isinstance(content, dict) else content)}
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            said = [
                line[9:] for line in "".join(cell["source"]).splitlines() if line.startswith("#| shows: ")
            ]
            names = [name.strip() for line in said for name in line.split(",")]
            if names and names != ["none"] and there:
                seen += 1
                assert [a for a in there if any(fnmatchcase(a, name) for name in names)], (file.stem, names)
    assert seen > 8


def test_no_text_names_a_column_visit_or_group_by_its_id_where_it_has_a_label(first_report):
    study = yaml.safe_load(first_report.file("params", "dystonia", "study.yml").read_text(encoding="utf-8"))
    labels = {entry["id"]: entry["label"] for entry in [*study["visits"], *study["endpoints"]]}
    labels |= study["groups"]["labels"] | {name: own["label"] for name, own in study["variables"].items()}
    ids = sorted(name for name, label in labels.items() if name.lower() != label.lower())
    assert {"BL", "W02", "treat_1"} <= set(ids)
    named = re.compile(rf"(?<![\w./-])({'|'.join(ids)})(?![\w/-]|\.\w)")
    bare = re.sub(
        r"(?s)<(script|style|svg|code)\b.*?</\1>|<[^>]+>", " ", first_report.page("dystonia", "final")
    )
    told = [
        row[part] for row in first_report.results("dystonia", "final").values() for part in ("note", "method")
    ]
    assert [text for text in dict.fromkeys([bare, *told]) if named.search(text)] == []
