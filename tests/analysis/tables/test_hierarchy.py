"""The table of the hierarchy, that of interim looks, and the note on exploratory p values."""

import numpy as np
import pandas as pd
import pytest
from small_study import CDAI, small_study

from analysis import results, tables

FAMILIES = [
    {"label": "Target", "method": "estimation", "hypotheses": [{"endpoint": "low", "visit": "W24"}]},
    {
        "label": "Activity",
        "method": "holm",
        "hypotheses": [{"endpoint": "cdai", "visit": "W24"}, {"endpoint": "ptga", "visit": "W24"}],
    },
    {"label": "Early", "method": "holm", "hypotheses": [{"endpoint": "cdai", "visit": "W12"}]},
]
PTGA = {
    **CDAI,
    "id": "ptga",
    "variable": "ptga_mm",
    "label": "Patient global",
    "unit": "mm",
    "role": "secondary",
}
LOW = {"id": "low", "label": "CDAI low", "rule": "disease_state", "visits": ["W24"]}


def study(**statistics):
    plan = {"alpha": 0.05, "basis": "the protocol.", "families": FAMILIES}
    given = {"multiplicity": plan, **statistics}
    return small_study(endpoints=[CDAI, PTGA], responses=[LOW], statistics=given)


JUDGED = pd.DataFrame(
    [
        (1, "Target", "estimation", "low", "CDAI low", "Week 24", np.nan, np.nan, "estimated", np.nan),
        (2, "Activity", "holm", "cdai", "CDAI", "Week 24", 0.01, 0.02, "rejected", 20),
        (2, "Activity", "holm", "ptga", "Patient global", "Week 24", 0.2, 0.2, "not rejected", 20),
        (3, "Early", "holm", "cdai", "CDAI", "Week 12", 0.0001, np.nan, "not tested", 20),
    ],
    columns=["step", "family_label", "method", "endpoint", "label", "visit_label", "p_value", "p_adjusted", "status",
             "n_pairs"],
).assign(estimate=-5.25, conf_low=-9.0, conf_high=-1.5, n_missing=1, p_exact=0.04)  # fmt: skip


def table(level=0.05):
    return tables.hierarchy_table(JUDGED, study=study(), digits={"cdai": 1, "ptga_mm": 0}, level=level)


def test_each_hypothesis_has_its_p_its_adjusted_p_and_its_decision():
    body = table().body
    assert body.index.tolist()[1:] == ["CDAI, week 24", "Patient global, mm, week 24", "CDAI, week 12"]
    assert body.iloc[1].tolist() == ["20 (1)", "−5.3 (−9.0 to −1.5)", "0.010", "0.020", "rejected", "0.040"]
    assert body.iloc[3].tolist()[2:] == ["<0.001", "–", "not tested", "0.040"]


def test_what_is_only_estimated_has_no_p_value():
    assert table().body.iloc[0].tolist() == ["–", "–", "–", "–", "none, estimated", "–"]


def test_the_method_is_named_where_there_is_something_to_adjust():
    assert list(dict.fromkeys(table().groups)) == [
        "1. Target (estimated, not tested)",
        "2. Activity (Holm)",
        "3. Early",
    ]


def test_notes_say_level_order_and_what_became_exploratory():
    said = " ".join(table().notes)
    assert "Two-sided level of all families together: 0.05." in said
    assert "not tested is exploratory" in said
    assert said.endswith("Order of testing: the protocol.")
    assert "0.05, tested at 0.0490 after interim looks" in " ".join(table(level=0.048999).notes)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (
            [("cdai", "W24"), ("ptga", "W24"), ("pain", "W24")],
            "CDAI and Patient global at week 24: the hierarchy of hypotheses decides by the mixed model",
        ),
        (
            [("cdai", "W12"), ("cdai", "W24")],
            "CDAI at week 12; CDAI at week 24: the hierarchy of hypotheses decides by the mixed model",
        ),
        ([("pain", "W24")], ""),
        ([("low", "W24")], ""),  # estimated, not tested
        ([], ""),
    ],
)
def test_a_table_says_which_of_its_p_values_are_exploratory(shown, expected):
    said = tables.exploratory_notes(study(), shown=shown)
    assert expected in " ".join(said)
    assert bool(said) == bool(expected)


def test_without_a_hierarchy_every_p_value_is_exploratory():
    (note,) = tables.exploratory_notes(small_study(), shown=[("cdai", "W24")])
    assert note == "All p values are exploratory: the study file has no hierarchy of hypotheses."


def looks(spending="obrien_fleming", **values):
    given = {"spending": spending, "reason": "None registered."}
    rows = results.stack(
        [
            results.rows_of({**values, "method": "No test."}, analysis="look", variable="this"),
            results.rows_of(
                {"count": 2, "planned": 8}, analysis="look", variable="information", unit="count"
            ),
        ]
    )
    return tables.looks_table(rows, study=study(looks=given))


def test_a_look_shows_its_boundary_and_compares_nothing():
    shown = looks(information=0.25, spent=0.00001, level=0.00001, z=4.333)
    assert shown.body.loc["This report"].tolist() == ["25.0 %", "<0.0001", "<0.0001", "4.333"]
    said = " ".join(shown.notes)
    assert "2 of 8 pairs of the first hypothesis" in said
    assert "compares no data with the boundary" in said


def test_a_look_that_spends_nothing_says_why():
    shown = looks(spending="none", spent=0.0)
    assert shown.body.loc["This report"].tolist() == ["–", "0", "–", "–"]
    assert shown.notes == ["No test. None registered."]
