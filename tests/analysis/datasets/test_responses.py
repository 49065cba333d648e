"""Responder rules of a study file: both sides of each threshold, the threshold itself, and missing values."""

import pandas as pd
import pytest
from small_study import drawn, rows, small_study

from analysis.datasets import derive_responses
from analysis.datasets.responses import with_scores
from analysis.responses import RULES

NO_SCORES = pd.DataFrame(
    {name: pd.Series(dtype="object") for name in ("subject_id", "visit_id", "score", "value", "category")}
)


def answers(text: str, rule: str, **settings) -> tuple[list, list]:
    """What a rule says of drawn pairs, and what is drawn; a column ``x`` holds baseline, ``x_then`` follow-up."""
    pairs = drawn(text)
    expected = pairs.pop("expected") if "expected" in pairs else []
    ids = [f"S{number}" for number in pairs.index]
    now = pairs[[name for name in pairs if not name.endswith("_then")]]
    then = pairs[[name for name in pairs if name.endswith("_then")]].rename(columns=lambda name: name[:-5])
    visits = [frame.assign(subject_id=ids, visit_id=visit) for frame, visit in ((now, "W00"), (then, "W12"))]
    entry = {"id": "responder", "label": "Responder", "rule": rule, "settings": settings, "visits": ["W12"]}
    found = derive_responses(pd.concat(visits), NO_SCORES, {}, study=small_study(responses=[entry]))
    return [value[0] for value in rows(found, "value")], [
        None if pd.isna(one) else bool(one) for one in expected
    ]


def agree(text: str, rule: str, **settings) -> None:
    found, expected = answers(text, rule, **settings)
    assert found == expected


def test_disease_state_no_worse_than_the_one_named():
    agree(
        """
        cdai cdai_category_then expected
        20   remission          True
        20   low                True
        20   moderate           False
        20   high               False
        20   .                  .
        """,
        "disease_state",
        instrument="cdai",
        at_most="low",
    )


def test_boolean_remission_is_that_of_the_score():
    agree(
        """
        x boolean_remission_2_0_then expected
        1 1                          True
        1 0                          False
        1 .                          .
        """,
        "boolean_remission",
    )


def test_eular_response_needs_more_than_1_2_and_a_low_das28():
    pairs = """
        das28_esr das28_esr_then {}
        4.5       3.2            {}     # 1.3 lower, 3.2 is low: good
        4.4       3.2            {}     # 1.2 is not more than 1.2: moderate
        4.5       3.3            {}     # 3.3 is not low: moderate
        5.8       5.1            {}     # 0.7 lower and at most 5.1: moderate
        5.8       5.2            {}     # 0.6 lower: none
        6.0       5.2            {}     # 0.8 lower, above 5.1: none
        6.5       5.2            {}     # 1.3 lower: moderate
        5.0       .              {}
    """
    good = ["True", "False", "False", "False", "False", "False", "False", "."]
    moderate = ["True", "True", "True", "True", "False", "False", "True", "."]
    agree(pairs.format("expected", *good), "eular_response", response="good")
    agree(pairs.format("expected", *moderate), "eular_response", response="moderate")


@pytest.mark.parametrize(
    ("level", "reached", "missed"), [("minor", 10, 10.1), ("moderate", 6, 6.1), ("major", 3, 3.1)]
)
def test_cdai_50_70_and_85(level, reached, missed):
    agree(
        f"""
        cdai cdai_then expected
        20   {reached} True
        20   {missed}  False
        20   0         True
        20   .         .
        """,
        "index_response",
        instrument="cdai",
        level=level,
    )


def test_cdai_improvement_depends_on_its_baseline():
    agree(
        """
        cdai cdai_then expected
        22.1 10.1      True      # high: 12 points
        22.1 10.2      False
        22   16        True      # 22 is moderate: 6 points
        22   16.1      False
        10.1 4.1       True
        10.1 4.2       False
        9.9  8.9       True      # low: 1 point
        9.9  9.0       False
        .    2         .
        """,
        "cdai_improvement",
    )


CORE_SET = """
phga_mm phga_mm_then expected
100     59           True      # 41 % of the range lower: 20 points
100     60           False     # 40 % exactly: 17.5 points
"""


def test_total_improvement_score_of_at_least_the_minimum():
    pairs = drawn(CORE_SET)
    same = {"ptga_mm": 50, "mmt8": 100, "haq_di": 1, "extramuscular_mm": 20, "ck_u_l": 400, "ck_uln": 200}
    same |= {f"{name}_then": value for name, value in same.items()}
    text = pairs.assign(**same).to_csv(sep=" ", index=False)
    agree(text, "total_improvement_score", minimum=20)
    assert answers(text, "total_improvement_score", minimum=17.5)[0] == [True, True]
    assert answers(text, "total_improvement_score", minimum=20.1)[0] == [False, False]


def test_imacs_needs_three_measures_better_by_a_fifth():
    agree(
        """
        phga_mm ptga_mm haq_di mmt8 extramuscular_mm ck_u_l ck_uln phga_mm_then ptga_mm_then haq_di_then mmt8_then extramuscular_mm_then ck_u_l_then ck_uln_then expected
        50      50      2      100  20               400    200    40           40           1.6         100       20                    400         200         True
        50      50      2      100  20               400    200    40           40           1.625       100       20                    400         200         False
        """,  # noqa: E501 - one patient a row
        "imacs_improvement",
    )


@pytest.mark.parametrize(
    ("settings", "reached", "missed"), [({"points": 7}, 13, 14), ({"percent": 40}, 12, 13)]
)
def test_cdasi_by_points_or_by_per_cent(settings, reached, missed):
    agree(
        f"""
        cdasi_activity cdasi_activity_then expected
        20             {reached}           True
        20             {missed}            False
        .              5                   .
        """,
        "cdasi_response",
        **settings,
    )


def test_glucocorticoid_reduced_by_a_quarter():
    agree(
        """
        prednisone_mg_day prednisone_mg_day_then expected
        10                7.5                    True
        10                7.6                    False
        10                .                      .
        """,
        "steroid_response",
        outcome="reduced_25",
    )


def test_important_difference_in_either_direction():
    lower = """
        pain_mm pain_mm_then expected
        50      40           True
        50      40.5         False
        40      50           False
        50      .            .
    """
    agree(lower, "important_difference", variable="pain_mm", improvement=10, higher_is_better=False)
    higher = "pain_mm pain_mm_then expected\n40 50 True\n40 49.5 False\n50 40 False\n"
    agree(higher, "important_difference", variable="pain_mm", improvement=10, higher_is_better=True)


def test_a_difference_equal_on_paper_is_reached_in_the_computer():
    text = "pain_mm pain_mm_then expected\n2.8 2.7 True\n"  # 2.8 - 2.7 is 0.0999... in binary
    agree(text, "important_difference", variable="pain_mm", improvement=0.1, higher_is_better=False)


# ---------------------------------------------------------------- around the rules


def response(rule="important_difference", visits=("W12",), needs=None, **settings):
    settings = settings or {"variable": "pain_mm", "improvement": 10, "higher_is_better": False}
    entry = {
        "id": "responder",
        "label": "Responder",
        "rule": rule,
        "settings": settings,
        "visits": list(visits),
        "observed_needs": needs,
    }
    return small_study(responses=[entry])


def test_a_subject_without_the_visit_has_no_row_and_without_baseline_neither():
    assessed = drawn("""
        subject_id visit_id pain_mm
        S1         W00      50
        S1         W12      30
        S2         W00      50       # never came again
        S3         W12      30       # no baseline
    """)
    found = derive_responses(assessed, NO_SCORES, {}, study=response(visits=["W12", "W24"]))
    assert rows(found, "subject_id", "visit_id", "endpoint", "value") == [["S1", "W12", "responder", True]]
    assert found["value"].dtype == "boolean"


def test_an_answer_counts_as_observed_only_with_every_component_it_needs():
    assessed = drawn("""
        subject_id visit_id pain_mm tjc68 sjc66
        S1         W00      50      20    10
        S1         W12      10      5     2
        S2         W00      50      20    10
        S2         W12      60      .     2     # not better for sure, though a count is missing
        S3         W00      50      .     10    # missing at baseline
        S3         W12      60      5     2
        S4         W00      50      20    10
        S4         W12      .       5     2     # no answer at all
    """)
    counts = {"components": ["tjc68", "sjc66"]}
    for needs, expected in (
        (None, [True, True, True, False]),
        (counts, [True, False, True, False]),
        ({**counts, "baseline": True}, [True, False, False, False]),
    ):
        found = derive_responses(assessed, NO_SCORES, {}, study=response(needs=needs))
        assert found["value"].tolist() == [True, False, False, pd.NA]
        assert found["observed"].tolist() == expected


def test_a_component_that_is_no_variable_is_an_error():
    assessed = drawn("subject_id visit_id pain_mm\nS1 W00 50\nS1 W12 50\n")
    with pytest.raises(KeyError, match="observed_needs names tjc86"):
        derive_responses(assessed, NO_SCORES, {}, study=response(needs={"components": ["tjc86"]}))


def test_a_study_without_responses_has_an_empty_table():
    found = derive_responses(
        drawn("subject_id visit_id pain_mm\nS1 W00 50\n"), NO_SCORES, {}, study=small_study()
    )
    assert len(found) == 0
    assert list(found) == ["subject_id", "visit_id", "endpoint", "value", "known", "observed"]


def test_an_unknown_rule_names_those_there_are():
    with pytest.raises(KeyError, match="names the rule 'acr'; there are acr_response, boolean_remission"):
        derive_responses(
            drawn("subject_id visit_id pain_mm\nS1 W00 50\n"), NO_SCORES, {}, study=response("acr")
        )


def test_an_unknown_level_is_an_error():
    with pytest.raises(ValueError, match="level 'great' is none of none, moderate, good"):
        answers("das28_esr das28_esr_then\n5 3\n", "eular_response", response="great")


def test_cdasi_needs_one_of_points_and_per_cent():
    for settings in ({}, {"points": 7, "percent": 40}):
        with pytest.raises(ValueError, match="needs either points or percent"):
            answers("cdasi_activity cdasi_activity_then\n20 10\n", "cdasi_response", **settings)


def test_every_rule_of_the_project_s_study_files_exists(root):
    from analysis import read

    used = {entry.rule for file in root.glob("params/*/study.yml") for entry in read.study(file).responses}
    assert len(used) > 3
    assert used <= set(RULES)


def test_scores_stand_beside_assessments_and_replace_recorded_ones():
    assessed = drawn("subject_id visit_id cdai pain_mm\nS1 W00 99 50\nS2 W00 99 60\n")
    scores = drawn("""
        subject_id visit_id score value category
        S1         W00      cdai  20    moderate
    """)
    found = with_scores(assessed, scores)
    assert rows(found, "subject_id", "pain_mm", "cdai", "cdai_category") == [
        ["S1", 50, 20, "moderate"],
        ["S2", 60, None, None],
    ]
