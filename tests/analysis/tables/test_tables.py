"""Tables as they reach the reader: structure for screen readers, text for everybody."""

import re
from types import SimpleNamespace

import pandas as pd
import pytest
from small_study import ARMS, CDAI, drawn, long, small_study

from analysis import summaries, tables
from analysis.tables.rows import methods
from pipeline.render.checks import outline

ALL = {"all": pd.Index(["S1", "S2", "S3"])}
ARM = {"old": pd.Index(["S1"]), "new": pd.Index(["S2", "S3"])}


def body(**columns):
    return pd.DataFrame(columns, index=["first", "second"]).rename_axis("Visit")


def tags(table: tables.Table, name: str) -> list[str]:
    return re.findall(rf"<{name}\b[^>]*>", table.markdown())


def cells(table: tables.Table) -> list[list[str]]:
    """Rows of text, as a reader meets them."""
    (found,) = outline(table.markdown()).tables
    return found


# ---------------------------------------------------------------- the table itself


def test_every_header_says_what_it_heads():
    table = tables.Table(body(n=["1", "2"], mean=["3", "4"]))
    assert tags(table, "th").count('<th scope="col">') == 3
    assert tags(table, "th").count('<th scope="row">') == 2
    assert cells(table) == [["Visit", "n", "mean"], ["first", "1", "3"], ["second", "2", "4"]]


def test_a_spanner_covers_its_columns_and_no_band_stands_empty_over_the_others():
    table = tables.Table(
        body(a=["1", "2"], b=["3", "4"], c=["5", "6"], d=["7", "8"]), spanners={"Both": ["b", "c"]}
    )
    spans = re.findall(r'<th scope="colgroup" colspan="(\d)">([^<]*)</th>', table.markdown())
    assert spans == [("2", "Both")]
    whole = re.findall(r'<th scope="col" rowspan="2">([^<]*)</th>', table.markdown())
    assert whole == ["Visit", "a", "d"]
    assert re.findall(r'<th scope="col">([^<]*)</th>', table.markdown()) == ["b", "c"]


def test_two_neighbouring_spanners_stay_apart():
    table = tables.Table(body(a=["1", "2"], b=["3", "4"]), spanners={"Left": ["a"], "Right": ["b"]})
    assert re.findall(r'colspan="1">(\w+)<', table.markdown()) == ["Left", "Right"]


def test_a_row_that_opens_a_group_is_preceded_by_its_name():
    table = tables.Table(body(n=["1", "2"], m=["3", "4"]), groups=["CDAI", "SDAI"])
    assert tags(table, "th").count('<th scope="rowgroup" colspan="3">') == 2
    assert [row[0] for row in cells(table)] == ["Visit", "CDAI", "first", "SDAI", "second"]
    one = tables.Table(body(n=["1", "2"]), groups=["CDAI", "CDAI"])
    assert [row[0] for row in cells(one)] == ["Visit", "CDAI", "first", "second"]


def test_text_is_escaped_and_missing_is_a_dash():
    table = tables.Table(body(note=["<script>", None], value=[pd.NA, float("nan")]))
    assert "<script>" not in table.markdown()
    assert cells(table)[1:] == [["first", "<script>", "–"], ["second", "–", "–"]]


def test_notes_stand_below_the_table_each_by_itself():
    text = tables.Table(body(n=["1", "2"]), notes=["Full analysis set.", "Wilson's interval."]).markdown()
    below = text.split("</table>")[1]
    assert re.findall(r"\[(.+?)\]\{\.table-note\}", below) == ["Full analysis set.", "Wilson's interval."]


def test_a_spanner_over_an_unknown_column_is_an_error():
    with pytest.raises(KeyError, match=r"spanners name columns that the table does not have: .'x'."):
        tables.Table(body(n=["1", "2"]), spanners={"Both": ["x"]})


def test_one_group_label_per_row_is_needed():
    with pytest.raises(ValueError, match="1 group labels for 2 rows"):
        tables.Table(body(n=["1", "2"]), groups=["CDAI"])


def test_a_table_shows_itself_as_markdown_and_as_text():
    bundle = tables.Table(body(n=["1", "2"]))._repr_mimebundle_()
    assert {"text/markdown", "text/plain"} <= set(bundle)
    assert bundle["text/markdown"].startswith("```{=html}\n<table>")


# ---------------------------------------------------------------- looking up, frames


def test_pick_refuses_keys_that_fit_several_results():
    rows = pd.DataFrame({"visit": ["W12", "W24"], "statistic": ["n", "n"], "value": [1.0, 2.0]})
    assert tables.pick(rows, visit="W24") == {"n": 2.0}
    assert tables.pick(rows, visit="W36") == {}
    with pytest.raises(ValueError, match="do not identify one result; add population, visit or group"):
        tables.pick(rows)


def test_methods_are_told_once():
    rows = pd.DataFrame({"analysis": ["a", "a", "a", "b"], "method": ["t", "t", "", "x"]})
    assert methods(rows, "a") == ["t"]


def test_a_frame_shows_every_type_in_its_own_way():
    frame = pd.DataFrame(
        {
            "reason": ["no date", None],
            "n": [3, 1250],
            "share": [0.125, float("nan")],
            "serious": pd.array([True, None], "boolean"),
            "onset_date": pd.to_datetime(["2024-03-01", None]),
        }
    )
    table = tables.frame_table(frame, digits={"share": 2}, labels={"share": "Share"})
    assert cells(table) == [
        ["Why", "n", "Share", "Serious", "Onset"],
        ["no date", "3", "0.13", "yes", "2024-03-01"],
        ["–", "1250", "–", "–", "–"],
    ]


# ---------------------------------------------------------------- laid out from results

VALUES = """
subject_id W00 W12 W24
S1         20  10  5
S2         30  30  .
S3         10  12  9
"""


def change_rows(members=ALL, **study):
    return summaries.summarise_change(long(VALUES), members, study=small_study(**study), population="FAS")


def shown_of(**study) -> dict:
    return {"shown": tables.endpoints_shown(small_study(**study), {"cdai": 0}), "study": small_study(**study)}


def test_change_table_has_an_estimate_per_visit_and_no_note_on_what_the_methods_say():
    table = tables.change_table(change_rows(), **shown_of(), notes=["FAS."])
    lines = cells(table)
    assert [row[0] for row in lines[1:]] == ["CDAI (lower is better)", "Week 12", "Week 24"]
    assert lines[2][1] == "3 (0)"
    assert lines[2][2].startswith("−2.7 (")
    assert lines[3][1] == "2 (1)"
    assert lines[2][5].startswith("33.3 (")
    assert table.notes == ["FAS."]


def test_intervals_of_a_block_stand_on_one_axis_that_reaches_to_no_change():
    (first, second) = tables.change_table(change_rows(), **shown_of()).drawn()
    assert [first[:2], second[:2]] == [[0, 1], [1, 1]]
    for _, _, low, at, high, none in (first, second):
        assert 0 <= low < at < high <= 100
        assert none == first[5]
    assert min(first[2], second[2]) == 0
    assert max(first[4], second[4]) == 100  # the widest interval fills the axis: it reaches over no change
    above = tables.Table(body(n=["1", "2"]), intervals={"n": [(2.0, 3.0, 4.0), (float("nan"), 1.0, 2.0)]})
    assert above.drawn() == [[0, 0, 50.0, 75.0, 100.0, 0.0]]


def test_rank_table_has_medians_and_ranks_of_baseline_and_each_visit():
    lines = cells(tables.rank_table(change_rows(), **shown_of()))
    assert lines[0] == ["Visit", "n (missing)", "Mean (SD)", *lines[0][3:5], "Signed rank p"]
    assert [row[0] for row in lines[1:]] == ["CDAI (lower is better)", "Baseline", "Week 12", "Week 24"]
    assert lines[2][1:6] == ["3 (0)", "20.0 (10.0)", "20.0 [15.0, 25.0]", "–", "–"]
    assert lines[4][1] == "2 (1)"
    assert "–" not in lines[4]


def test_no_table_of_change_has_a_column_for_a_test_that_was_not_made():
    rows = summaries.summarise_change(long(VALUES), ALL, study=small_study(), population="FAS", tests=False)
    table = tables.rank_table(rows, **shown_of())
    assert "Signed rank p" not in cells(table)[0]
    assert not any("p values" in note for note in table.notes)
    assert any("p values" in note for note in tables.rank_table(change_rows(), **shown_of()).notes)


def test_change_table_says_what_an_important_improvement_is():
    study = {"endpoints": [{**CDAI, "minimal_difference": {"value": 6.5, "source": "Curtis 2015"}}]}
    table = tables.change_table(change_rows(**study), **shown_of(**study))
    assert cells(table)[2][6] == "33.3 (6.1 to 79.2)"
    assert (
        "Important improvement of CDAI: at least 6.5 (Curtis 2015); missing is not improved." in table.notes
    )


def test_change_table_has_a_block_per_group():
    table = tables.change_table(change_rows(ARM, groups=ARMS), **shown_of(groups=ARMS))
    assert [row[0] for row in cells(table) if len(row) == 1] == [
        "CDAI (lower is better): Old drug",
        "CDAI (lower is better): New drug",
    ]


def test_baseline_table_has_a_column_per_group_and_one_for_all():
    people = pd.DataFrame(
        {
            "age": [50.0, 61.0, None],
            "sex": ["F", "M", "F"],
            "smoker": pd.array([True, None, False], "boolean"),
        },
        index=["S1", "S2", "S3"],
    )
    wanted = [SimpleNamespace(variable=name) for name in people]
    rows = summaries.summarise_baseline(people, ARM, variables=wanted, population="FAS")
    table = tables.baseline_table(
        rows, study=small_study(groups=ARMS), labels={"age": "Age, years"}, digits={"age": 0}
    )
    assert cells(table) == [
        ["Characteristic", "Old drug (n = 1)", "New drug (n = 2)", "All (n = 3)"],
        ["Age, years, mean (SD)", "50.0 (–)", "61.0 (–)", "55.5 (7.8)"],
        ["median [quartiles]", "50 [50, 50]", "61 [61, 61]", "56 [53, 58]"],
        ["missing", "0", "1", "1"],
        ["sex, n (%)"],
        ["Female", "1 (100.0)", "1 (50.0)", "2 (66.7)"],
        ["Male", "0 (0.0)", "1 (50.0)", "1 (33.3)"],
        ["smoker, n (%)", "1 (100.0)", "0 (0.0)", "1 (50.0)"],
        ["missing", "0", "1", "1"],
    ]
    assert tags(table, "tbody") == ["<tbody>"] * 3


def test_baseline_table_of_a_single_group_has_one_column():
    people = pd.DataFrame({"age": [50.0]}, index=["S1"])
    rows = summaries.summarise_baseline(
        people, {"all": people.index}, variables=[SimpleNamespace(variable="age")], population="FAS"
    )
    table = tables.baseline_table(rows, study=small_study(), labels={}, digits={})
    assert cells(table)[0] == ["Characteristic", "All (n = 1)"]


def test_baseline_degrees_run_from_the_surest_to_none_and_the_analysis_set_is_said_once():
    people = pd.DataFrame({"class": ["none", "possible", "definite", "probable"]}, index=["a", "b", "c", "d"])
    rows = summaries.summarise_baseline(
        people, {"all": people.index}, variables=[SimpleNamespace(variable="class")], population="FAS"
    )
    note = "Analysis set: all, n = 4. Nothing imputed."
    table = tables.baseline_table(rows, study=small_study(), labels={}, digits={}, notes=[note])
    assert table.body.index.tolist() == ["definite", "probable", "possible", "none"]
    assert list(table.notes) == [note]


def test_a_mean_of_an_index_of_tenths_stays_with_them():
    people = pd.DataFrame({"cdai": [10.04, 20.0], "haq_di": [1.0, 1.5]}, index=["a", "b"])
    wanted = [SimpleNamespace(variable=name) for name in people]
    rows = summaries.summarise_baseline(people, {"all": people.index}, variables=wanted, population="FAS")
    table = tables.baseline_table(rows, study=small_study(), labels={}, digits={"cdai": 1, "haq_di": 1})
    means = table.body[table.body.index == ""].iloc[:, 0].tolist()
    assert means == ["15.0 (7.0)", "1.25 (0.35)"]


def test_quartiles_a_few_steps_apart_have_the_decimals_of_their_mean():
    people = pd.DataFrame({"haq_di": [0.75, 1.25, 1.5], "cdai": [10.0, 20.0, 34.0]}, index=["a", "b", "c"])
    wanted = [SimpleNamespace(variable=name) for name in people]
    rows = summaries.summarise_baseline(people, {"all": people.index}, variables=wanted, population="FAS")
    table = tables.baseline_table(rows, study=small_study(), labels={}, digits={"cdai": 1, "haq_di": 1})
    quartiles = table.body[table.body.index == "median [quartiles]"].iloc[:, 0].tolist()
    assert quartiles == ["1.25 [1.00, 1.38]", "20.0 [15.0, 27.0]"]  # 1.3 [1.0, 1.4] would say something else


def test_attendance_table_shows_the_visits_that_were_counted():
    rows = summaries.summarise_visits(
        drawn("subject_id visit_id\nS1 W00\nS2 W00\nS1 W12\n"),
        long(VALUES),
        ALL,
        study=small_study(),
        population="FAS",
        visits=["W00", "W12"],
    )
    assert cells(tables.attendance_table(rows, study=small_study())) == [
        ["Subjects", "Baseline", "Week 12"],
        ["All (n = 3)"],
        ["Seen at the visit", "2 (66.7)", "1 (33.3)"],
        ["CDAI", "3 (100.0)", "3 (100.0)"],
    ]


def test_attendance_table_says_how_many_were_due_where_not_all_were():
    due = pd.DataFrame({"W00": True, "W12": [True, True, False], "W24": True}, index=["S1", "S2", "S3"])
    seen = drawn("subject_id visit_id\nS1 W00\nS2 W00\nS1 W12\n")
    given = {"study": small_study(), "population": "FAS", "visits": ["W00", "W12"], "due": due}
    rows = summaries.summarise_visits(seen, long(VALUES), ALL, **given)
    assert cells(tables.attendance_table(rows, study=small_study()))[2:4] == [
        ["Due by the data cut", "3", "2"],
        ["Seen at the visit", "2 (66.7)", "1 (50.0)"],
    ]


def test_responder_table_sets_both_strategies_side_by_side():
    low = {
        "id": "low",
        "label": "Low disease activity",
        "rule": "disease_state",
        "settings": {"instrument": "cdai", "at_most": "low"},
        "visits": ["W12"],
    }
    study = small_study(responses=[low])
    answers = drawn("subject_id visit_id endpoint value\nS1 W12 low True\nS2 W12 low False\n")
    answers = answers.astype({"value": "boolean"}).assign(observed=True)
    rows = summaries.summarise_responders(answers, ALL, study=study, population="FAS")
    table = tables.responder_table(rows, study=study)
    assert [len(columns) for columns in table.spanners.values()] == [3, 2]
    assert list(table.spanners) == ["Missing is non-response", "As observed"]
    line = cells(table)[-1]
    assert (line[0], line[1], line[4]) == ("Week 12", "1/3", "1/2")
    assert line[2].startswith("33.3 (")
    assert line[5].startswith("50.0 (")


def test_response_notes_say_what_must_be_known_once_for_all_that_need_it():
    def response(name, needs=None):
        asked = {"id": name.lower(), "label": name, "rule": "acr_response", "visits": ["W12"]}
        return {**asked, "settings": {"level": 20}, "observed_needs": needs}

    counts = {"components": ["tjc68", "sjc66"], "baseline": True}
    chosen = small_study(
        responses=[response("ACR20", counts), response("ACR50", counts), response("CDAI50")]
    ).responses
    first, second = tables.response_notes(chosen, labels={"tjc68": "Tender joints (68)"})
    assert first.startswith("N: those due at the visit")
    assert second == (
        "ACR20 and ACR50 count as observed only where all of these are known at baseline and at the visit: "
        "Tender joints (68); sjc66. With one missing the answer can be no, but never yes."
    )


def test_each_line_has_the_decimals_its_own_numbers_need():
    frame = pd.DataFrame({"Score": ["CDAI", "Pain"], "low": [0.03, 4.0], "high": [69.6, float("nan")]})
    places = tables.decimals_needed(frame[["low", "high"]], at_most=2)
    shown = tables.frame_table(frame, digits={"low": places, "high": places}).body
    assert shown.loc["CDAI"].tolist() == ["0.03", "69.60"]
    assert shown.loc["Pain"].tolist() == ["4", "–"]


def test_a_table_with_a_row_per_patient_is_a_listing():
    body = pd.DataFrame({"Term": ["rash"]}, index=pd.Index(["S1"], name="Subject"))
    assert tags(tables.Table(body, per_patient=True), "table") == ['<table class="listing">']
    assert tags(tables.Table(body), "table") == ["<table>"]
