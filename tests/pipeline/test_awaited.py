"""What nobody can have yet is told with the reason; a misspelt id stays an error."""

import pytest
from checkout import ROOT

from analysis.kinds import KINDS
from pipeline import awaited, resolve
from pipeline.variables import formatted


@pytest.fixture(scope="module")
def content():
    found = resolve._read(ROOT, "ra_auranofin", "interim")
    return {"study": found.study, "analysis": found.analysis, "criteria": found.criteria}


def test_an_interim_report_without_any_number_says_not_yet_everywhere(content):
    rows = awaited.awaited_rows(ROOT, content, [])
    assert len(rows) > 5
    assert {(row["value"], row["status"]) for row in rows} == {(None, "not estimated")}
    assert all(row["note"].startswith("not yet") for row in rows)
    texts = formatted(rows, {})
    found = texts["change_mean"]["analysed"]["self_assessment"]["m3"]["all"]
    assert found["with_ci"] == found["estimate"] == "not yet"


def test_numbers_that_are_there_are_not_awaited(content):
    rows = awaited.awaited_rows(ROOT, content, [])
    assert awaited.awaited_rows(ROOT, content, rows) == []


@pytest.mark.parametrize("study", ["ra_cohort", "dm_abatacept"])
def test_what_the_text_names_by_a_choice_is_awaited_under_what_was_chosen(study):
    found = resolve._read(ROOT, study, "interim")
    content = {"study": found.study, "analysis": found.analysis, "criteria": found.criteria}
    rows = awaited.awaited_rows(ROOT, content, [])
    assert len(rows) > 20
    assert [row["result_id"] for row in rows if "primary_" in row["result_id"]] == []
    assert {row["kind"] for row in rows} <= set(KINDS)


def test_a_final_report_awaits_nothing(content):
    final = {**content, "analysis": {**content["analysis"], "report": "final"}}
    assert awaited.awaited_rows(ROOT, final, []) == []


@pytest.mark.parametrize("name", ["chnage_mean", "w99", "anlysed"])
def test_a_word_that_nobody_knows_is_a_mistake_of_writing(content, name):
    words = awaited._words(content) | awaited.code_words()
    assert awaited.is_possible("change_mean.analysed.self_assessment.m3.all.estimate", words)
    assert not awaited.is_possible(f"change_mean.analysed.self_assessment.{name}.all.estimate", words)
