"""What nobody can have yet is told with the reason; a misspelt id stays an error."""

import pytest
from checkout import ROOT

from analysis.kinds import KINDS
from pipeline import awaited, resolve
from pipeline.publish.unknown import say_what_is_unknown
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


MEAN, COUNT, N = (
    "{{< var " + f"baseline.fas.{part} >}}}}"
    for part in ("age.all.all.mean", "sex.f.all.count", "sex.f.all.n")
)
PAGES = [  # the page, the values of mean, count and n, and what becomes of it
    (
        f"Mean age was {MEAN} years (@tbl-a). All were seen.",
        (None, 1, 3),
        "Not known yet: Age (@tbl-a). All were seen.",
    ),
    (
        f"**Age.** It was {MEAN}.\n{COUNT} of {N} were women.",
        (50, 1, 3),
        f"**Age.** It was {MEAN}.\n{COUNT} of {N} were women.",
    ),
    (
        f"- {COUNT} of {N} were women.\n- {COUNT} came.",
        (50, 0, 0),
        f"- Not known yet: Sex, female.\n- {COUNT} came.",
    ),  # of nobody
    (
        f"| {MEAN} | 2. |\n\n[{MEAN}]{{.key-value}}",
        (None, 1, 3),
        f"| {MEAN} | 2. |\n\n[{MEAN}]{{.key-value}}",
    ),  # no sentences
    (
        f"Seen. Mean {MEAN} (@tbl-a). Again {MEAN} (@tbl-b).",
        (None, 1, 3),
        "Seen. Not known yet: Age (@tbl-a, @tbl-b).",
    ),
]


@pytest.mark.parametrize(("page", "values", "told"), PAGES)
def test_a_sentence_about_a_number_that_nobody_can_have_says_that_it_is_not_known(
    tmp_path, page, values, told
):
    names = [text.split()[2] for text in (MEAN, COUNT, N)]
    rows = [
        {"result_id": name, "variable": name.split(".")[2], "visit": name.split(".")[3], "value": value}
        for name, value in zip(names, values, strict=True)
    ]
    (tmp_path / "index.qmd").write_text(page, encoding="utf-8")
    say_what_is_unknown(
        tmp_path, rows, labels={"variable": {"age": "Age", "sex": "Sex"}, "visit": {"f": "Female"}}, chosen={}
    )
    assert (tmp_path / "index.qmd").read_text(encoding="utf-8").rstrip() == told


def test_a_direction_without_an_interval_is_not_known(tmp_path):
    """One patient's change has no interval: that it "did not clearly change" would be a finding."""
    place = "change_mean.fas.age.f.all"
    rows = [
        {"result_id": f"{place}.{name}", "variable": "age", "visit": "f", "value": value}
        for name, value in (("estimate", -3.0), ("conf_low", None), ("conf_high", None))
    ]
    page = f"It {{{{< var {place}.moved >}}}}. By {{{{< var {place}.estimate >}}}} it changed."
    (tmp_path / "index.qmd").write_text(page, encoding="utf-8")
    say_what_is_unknown(
        tmp_path, rows, labels={"variable": {"age": "Age"}, "visit": {"f": "Week 4"}}, chosen={}
    )
    told = (tmp_path / "index.qmd").read_text(encoding="utf-8")
    assert told.split(". ")[0] == "Not known yet: Age, week 4"
    assert told.endswith("it changed.")


OTHERS = [  # what is there, what is asked for, and whether it is 0
    ("baseline.fas.antibody.none.all.count", "baseline.fas.antibody.anti_mda5.all.count", True),
    ("baseline.fas.antibody.none.all.count", "baseline.fas.antibody.anti_mda5.all.n", False),
    (
        "flow.all.enrolled.all.all.n",
        "flow.all.screened.all.all.n",
        False,
    ),  # one is enrolled, so one was screened
    ("flow.all.visit_w24.all.all.known", "response.fas.tis.w24.all.n", True),
    ("flow.all.visit_w24.all.all.known", "response.fas.tis.w24.all.proportion", False),  # of nobody
    ("response.fas.cdasi.w24.all.n", "response.fas.tis.w24.all.n", False),  # the visit was reached
]


@pytest.mark.parametrize(("there", "asked", "nobody"), OTHERS)
def test_a_count_is_0_only_where_others_beside_it_say_that_nobody_is_meant(there, asked, nobody):
    assert awaited.is_of_nobody(asked, [{"result_id": there, "value": 0}], {"w24"}) == nobody
