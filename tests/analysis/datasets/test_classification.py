"""Classification at entry goes by its items; what the form says in total decides only where they leave it open."""

import pandas as pd
import pytest

from analysis import datasets, eligibility
from analysis.eligibility.assurance import draw

RA = {
    "id": "I1", "label": "RA", "kind": "inclusion", "rule": "ra_classification", "text": "RA",
    "settings": {
        "count_1987": "ra_acr1987_n", "items_1987": [f"acr1987_{n}" for n in range(7)],
        "domains_2010": [f"points_2010_{name}" for name in ("joints", "serology", "acute_phase", "duration")],
    },
}  # fmt: skip
DM = {
    "id": "I1", "label": "DM", "kind": "inclusion", "rule": "dermatomyositis", "text": "DM",
    "settings": {"accept_possible": False, "rash_column": "bp_rash",
                 "item_columns": [f"bp_{name}" for name in ("weakness", "enzymes", "emg", "biopsy")]},
}  # fmt: skip


def judged(subjects, criterion):
    """The flag of every subject, by id."""
    subjects = subjects.assign(consent_date=pd.Timestamp("2024-01-01"))
    found = eligibility.assess(
        {"subjects": subjects}, {"index_date": "consent_date", "criteria": [criterion]}
    )
    return found.flags["I1"]


def answers(text):
    """Yes, no and missing of seven items, written as y, n and a point."""
    return [{"y": True, "n": False, ".": None}[sign] for sign in text]


@pytest.mark.parametrize(
    ("items", "count", "expected"),
    [
        ("yyyynnn", None, True),
        ("yyyy.nn", None, True),  # four and one blank: the answer is certain
        ("yyynnnn", None, False),
        ("yyy.nnn", None, None),  # open
        ("yyy.nnn", 4, True),  # the count of the form decides, as the items allow it
        ("yyy.nnn", 3, False),
        ("yyy.nnn", 6, None),  # the items cannot make six: nobody knows what is meant
        ("nnnnnnn", 7, False),  # all items nil, whatever the form says
        (".......", 5, True),
    ],
)
def test_items_of_1987_decide_and_the_count_where_they_do_not(items, count, expected):
    columns = {f"acr1987_{n}": pd.array([value], dtype="boolean") for n, value in enumerate(answers(items))}
    subjects = pd.DataFrame(
        {"subject_id": ["a"], "ra_2010_score": [0], "ra_acr1987_n": pd.array([count], "Int64")} | columns
    )
    subjects = subjects.assign(points_2010_joints=0.0, points_2010_serology=0.0, points_2010_acute_phase=0.0,
                               points_2010_duration=0.0)  # fmt: skip

    flag = judged(subjects, RA).item()

    assert (None if pd.isna(flag) else flag) == expected


SHORT = {
    "apr": "acr2010_apr_abnormal",
    "large": "large_joints",
    "small": "small_joints",
    "weeks": "symptom_weeks",
    "total": "ra_2010_score",
    "rf": "rf_value",
    "acpa": "acpa_value",
}
FORMS = draw("""
subject_id | large | small | rf | rf_uln | acpa | acpa_uln | apr   | weeks | total
all nil    | 1     | 0     | 5  | 20     | 5    | 20       | False | 2     | 8
seven      | 0     | 6     | 60 | 20     | 5    | 20       | True  | 8     | 3
no joints  |       |       | 61 | 20     | 5    | 20       | True  | 6     | 7
too few    |       |       | 5  | 20     | 5    | 20       | False | 2     | 7
""").rename(columns=SHORT)


def test_the_total_of_2010_is_computed_and_the_form_is_asked_where_it_differs():
    subjects = datasets.with_points_2010(FORMS).assign(
        **{f"acr1987_{n}": pd.array([False] * 4, "boolean") for n in range(7)}
    )

    flags = judged(subjects.assign(ra_acr1987_n=0), RA).astype(object)
    findings = datasets.classification_findings(FORMS)

    # 5 known points and up to 5 for joints: the total of the form decides; 0 known points can never make 6
    assert flags.where(flags.notna(), None).to_dict() == {
        "all nil": False, "seven": True, "no joints": True, "too few": False
    }  # fmt: skip
    assert findings[["subject_id", "raw", "new"]].to_numpy().tolist() == [
        ["all nil", "8", "0"],
        ["seven", "3", "7"],
        ["too few", "7", "0 to 5"],
    ]


MUSCLE = draw("""
subject_id         | bp_rash | bp_weakness | bp_enzymes | bp_emg | bp_biopsy | bp_class | met
polymyositis       | False   | True        | True       | True   | True      | definite | False
rash and three     | True    | True        | True       | True   |           | definite | True
rash and two       | True    | True        | True       | False  | False     | none     | True
open, form decides | True    | True        |            |        |           | probable | True
open, form against | True    | True        |            |        |           | possible | False
nothing but a word |         |             |            |        |           | definite | True
""")


def test_polymyositis_without_a_rash_is_no_dermatomyositis_whatever_the_form_says():
    flags = judged(MUSCLE.assign(cadm_type="none"), DM)

    assert flags.tolist() == MUSCLE["met"].tolist()
    findings = datasets.classification_findings(MUSCLE)
    assert findings[["subject_id", "raw", "new"]].to_numpy().tolist() == [
        ["polymyositis", "definite", "none"],
        ["rash and two", "none", "probable"],
    ]
