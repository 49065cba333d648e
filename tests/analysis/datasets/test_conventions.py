"""What a stop date says, how long a year is, and a list that ends in "etc."."""

import pandas as pd
import pytest

from analysis import eligibility
from analysis.datasets import convention_findings
from analysis.read.stop_dates import as_first_day_without
from analysis.study.mapping import Source

MONTHS = pd.date_range("2023-01-01", periods=8, freq="MS")


def rows(gap, n=8):
    """Rows of a month of one drug, each stop so many days before the next start."""
    starts = MONTHS[:n]
    stops = [*(later - pd.Timedelta(gap, "D") for later in starts[1:]), pd.Timestamp("2023-12-31")]
    return pd.DataFrame(
        {
            "subject_id": "a",
            "drug": "methotrexate",
            "source": "medication",
            "start_date": starts,
            "stop_date": stops,
        }
    )


@pytest.mark.parametrize(("gap", "asked"), [(0, []), (1, ["7 of 7"]), (2, []), (-1, ["7 of 7"])])
def test_rows_that_follow_each_other_tell_which_convention_a_source_follows(gap, asked):
    found = convention_findings(rows(gap))

    assert (found["raw"].tolist() if len(found) else []) == asked
    if asked:
        says = "the last day taken" if gap == 1 else "the first day without"
        assert says in found["message"].item()


def test_few_rows_tell_nothing():
    assert convention_findings(rows(1, n=5)).empty


def test_the_last_day_taken_becomes_the_first_day_without_once():
    treatments = rows(1).assign(stop_precision=["D"] * 7 + ["M"])
    sources = [Source(id="medication", type="csv", path="a.csv", stop_dates="last_day_taken")]

    moved = as_first_day_without(treatments, sources)

    assert (moved["stop_date"] - treatments["stop_date"]).dt.days.tolist() == [1] * 7 + [0]
    assert convention_findings(moved).empty
    other = [Source(id="medication", type="csv", path="a.csv")]
    assert as_first_day_without(treatments, other) is treatments


def judged(criterion, treatments, **subjects):
    table = pd.DataFrame({"subject_id": ["a"], "consent_date": [pd.Timestamp("2024-03-01")]} | subjects)
    section = {"index_date": "consent_date", "criteria": [criterion]}
    return eligibility.assess({"subjects": table, "treatments": pd.DataFrame(treatments)}, section)


@pytest.mark.parametrize(
    ("start", "year", "met", "depends"),
    [
        ("2023-03-01", "fixed", True, False),  # 366 days, as the calendar wants
        ("2023-03-02", "fixed", True, True),  # 365 days, one less than a calendar year with 29 February
        ("2023-03-02", "calendar", False, True),
        ("2023-03-03", "fixed", False, False),
    ],
)
def test_a_year_is_365_days_or_a_calendar_year_by_name(start, year, met, depends):
    criterion = {"id": "I3", "label": "I3", "kind": "inclusion", "rule": "csdmard_days", "text": "1 year",
                 "settings": {"minimum_days": 365, "year": year}}  # fmt: skip
    course = {
        "subject_id": ["a"],
        "drug": ["methotrexate"],
        "start_date": [start],
        "stop_date": [None],
        "ongoing": [True],
    }

    found = judged(criterion, course)

    assert found.flags["I3"].item() == met
    assert found.marks["I3.depends_on_leap_year"].item() == depends


@pytest.mark.parametrize(("others", "status"), [("adjudicate", "adjudicate"), ("no", "ineligible")])
@pytest.mark.parametrize("rule", ["stable_immunosuppressant", "refractory"])
def test_leflunomide_alone_is_left_to_adjudication_where_the_list_ends_in_etc(rule, others, status):
    named = {"immunosuppressants": ["methotrexate", "azathioprine"], "others": others}
    asked = {"intolerance_column": "intolerant"} if rule == "refractory" else {}
    criterion = {
        "id": "I5",
        "label": "I5",
        "kind": "inclusion",
        "rule": rule,
        "text": "etc.",
        "settings": named | asked,
    }
    courses = {
        "subject_id": ["a", "a"], "drug": ["leflunomide", "prednisone"], "dose": [20, 10], "dose_unit": ["mg", "mg"],
        "frequency": ["qd", "qd"], "start_date": ["2023-03-01"] * 2, "stop_date": [None] * 2, "ongoing": [True] * 2,
    }  # fmt: skip

    found = judged(criterion, courses, intolerant=[True])

    assert found.status.item() == status
    assert "leflunomide" in found.findings["I5"].words(["a"]).item()
