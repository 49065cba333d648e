"""Exposure: days counted one by one must give what the sweep gives; partial dates decide only where sure."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import exposure
from analysis.exposure.intervals import in_order

QUICK = settings(max_examples=40, deadline=None)
DAY = pd.Timestamp("2020-01-01")


def drawn(rows, columns="subject_id drug start_date stop_date ongoing"):
    return pd.DataFrame(rows, columns=columns.split())


def index_on(date, subjects=("a",)):
    return pd.Series(pd.Timestamp(date), index=pd.Index(list(subjects), dtype="str"))


def days(rows, date):
    index_date = index_on(date)
    return tuple(exposure.covered_days(exposure.courses(drawn(rows), index_date), index_date.index).loc["a"])


# A.22
def test_overlapping_courses_are_counted_once():
    rows = [
        ("a", "methotrexate", "2023-01-01", "2023-08-31", False),
        ("a", "leflunomide", "2023-06-01", "2024-02-01", False),
    ]

    assert days(rows, "2024-02-01") == (396, 396, False)


@pytest.mark.parametrize(("consent", "expected"), [("2024-02-28", 364), ("2024-02-29", 365)])
def test_an_ongoing_course_runs_to_the_index_date(consent, expected):
    assert days([("a", "methotrexate", "2023-03-01", None, True)], consent) == (expected, expected, False)


def test_two_courses_apart_add_up():
    rows = [
        ("a", "methotrexate", "2022-01", "2022-06", False),  # months known: both taken as the 15th
        ("a", "methotrexate", "2023-01-01", "2023-06-01", False),
    ]

    assert days(rows, "2024-02-01") == (302, 302, True)


def test_stop_before_start_may_be_of_any_length():
    shortest, longest, _ = days([("a", "methotrexate", "2023-03-01", "2023-02-01", False)], "2024-02-01")

    assert shortest == 0
    assert longest > 100_000


def test_year_alone_is_bounded_by_its_first_and_last_day():
    assert days([("a", "methotrexate", "2021", "2023-01-01", False)], "2024-02-01") == (366, 730, False)


def test_month_alone_is_bounded_where_asked():
    index_date = index_on("2024-01-01")
    known = exposure.courses(
        drawn([("a", "x", "2023-02", "2023-04-01", False)]), index_date, month_rule="interval"
    )

    counted = exposure.covered_days(known, index_date.index)

    assert counted.loc["a"].tolist() == [32, 59, False]


def test_precision_of_a_datetime_says_what_to_ignore():
    dates = pd.Series(pd.to_datetime(["2021-07-01", "2021-07-20", "2021-07-20", None]))

    bounds = exposure.date_bounds(dates, pd.Series(["Y", "M", None, "D"]))

    assert bounds["earliest"].dt.strftime("%Y-%m-%d").tolist()[:3] == [
        "2021-01-01",
        "2021-07-15",
        "2021-07-20",
    ]
    assert bounds["latest"].dt.strftime("%Y-%m-%d").tolist()[:3] == ["2021-12-31", "2021-07-15", "2021-07-20"]
    assert bounds["imputed"].tolist() == [False, True, False, False]
    assert bounds.iloc[3, :2].isna().all()


@pytest.mark.parametrize("text", ["2023-02-30", "03/05/2024", "2023-13", "24"])
def test_a_date_that_does_not_exist_is_refused(text):
    with pytest.raises(ValueError, match="1 dates are not written"):
        exposure.date_bounds(pd.Series(["2023-01-01", text]))


@pytest.mark.parametrize(
    ("row", "problem", "used"),
    [
        (("a", "x", "2023-01-01", "2023-02-01", False), None, True),
        (("a", "x", "2024-01-01", None, True), "after_index", False),  # starts on the index date
        (("a", "x", "2023-12-31", None, True), None, True),
        (("a", "x", "2023-02-01", "2023-01-31", False), "stop_before_start", True),
        (("a", "x", "2024-01-01", "2023-12-31", False), "stop_before_start", True),  # whichever date is wrong
        (("a", "x", "2024-03-01", "2024-02-01", False), "stop_before_start", True),
        (("a", "x", "2023-02-01", "2023-02-01", False), None, True),  # one infusion
        (("a", "x", "2023-02-01", "2023-03-01", True), "ongoing_but_stopped", True),
        (("a", "x", "2023-02-01", "2024-03-01", True), None, True),
        (("a", "x", None, "2023-03-01", False), "start_missing", True),
        (("a", "x", "2023-02-01", None, False), "stop_missing", True),
        (("a", "x", "2023-02-01", None, None), "stop_missing", True),
    ],
)
def test_problems_of_a_course_are_named(row, problem, used):
    known = exposure.courses(drawn([row]), index_on("2024-01-01"))

    assert [None if pd.isna(value) else value for value in known["problem"]] == [problem]
    assert known["used"].tolist() == [used]
    assert exposure.queries(known)["problem"].tolist() == ([problem] if problem and used else [])


@pytest.mark.parametrize(
    ("stop", "ongoing", "ended"),
    [
        ("2023-12-31", False, True),
        ("2024-01-01", False, True),  # half-open: the last day without the drug is the index date itself
        ("2024-01-02", False, False),  # known only later
        ("2024", False, pd.NA),
        (None, True, False),
        (None, False, pd.NA),
    ],
)
def test_a_stop_after_the_index_date_is_not_known_yet(stop, ongoing, ended):
    known = exposure.courses(drawn([("a", "x", "2023-01-01", stop, ongoing)]), index_on("2024-01-01"))

    assert known["ended"].tolist() == [ended]
    assert known["stop_max"].iloc[0] <= exposure.to_days(index_on("2024-01-01"))[0]


def test_missing_stop_may_mean_ongoing_where_the_study_says_so():
    index_date = index_on("2024-01-01")
    known = exposure.courses(
        drawn([("a", "x", "2023-01-01", None, None)]), index_date, missing_stop="ongoing"
    )

    assert exposure.covered_days(known, index_date.index).loc["a"].tolist() == [365, 365, False]


def test_a_course_without_its_subject_is_refused():
    with pytest.raises(ValueError, match="1 subjects are not in the subjects table, first"):
        exposure.courses(drawn([("b", "x", "2023-01-01", None, True)]), index_on("2024-01-01"))


def test_no_index_date_leaves_nothing_to_count():
    index_date = index_on(pd.NaT)

    known = exposure.courses(drawn([("a", "x", "2023-01-01", None, True)]), index_date)

    assert known["problem"].tolist() == ["no_index"]
    assert exposure.covered_days(known, index_date.index).loc["a", "days_max"] == 0


ENDS = [
    *(first + pd.offsets.MonthEnd() for first in pd.date_range("2023-01-01", periods=12, freq="MS")),
    "2024-01-06",
]
MONTHS = [
    ("a", "methotrexate", first, pd.Timestamp(last), False)
    for first, last in zip(pd.date_range("2023-01-01", periods=13, freq="MS"), ENDS)
]


@pytest.mark.parametrize(
    ("rows", "covered"),
    [
        # methotrexate in rows of a month, the stop being the last day taken: 370 days, not 358
        (
            MONTHS,
            370,
        ),
        # two days apart are two courses
        ([("a", "x", "2023-01-01", "2023-01-31", False), ("a", "x", "2023-02-02", "2023-03-01", False)], 57),
        # a day apart, but two drugs
        ([("a", "x", "2023-01-01", "2023-01-31", False), ("a", "y", "2023-02-01", "2023-03-01", False)], 58),
        # rituximab on day 1 and 15, in one row and in two: the label gives it every 24 weeks
        ([("a", "rituximab", "2023-01-01", "2023-01-15", False)], 168),
        ([("a", "rituximab", day, day, False) for day in ("2023-01-01", "2023-01-15")], 182),
        # infliximab every 8 weeks as single rows
        ([("a", "infliximab", day, day, False) for day in pd.date_range("2023-01-01", periods=4, freq="56D")], 224),
    ],
)  # fmt: skip
def test_a_course_covers_the_day_between_its_rows_and_the_time_its_dose_lasts(rows, covered):
    assert days(rows, "2024-03-01") == (covered, covered, False)


def test_how_long_a_dose_lasts_is_a_setting_and_goes_by_the_route():
    index_date = index_on("2024-03-01")
    rows = drawn(
        [
            ("a", "abatacept", "2023-01-01", "2023-01-01", False),
            ("b", "abatacept", "2023-01-01", "2023-01-01", False),
        ]
    )
    rows = rows.assign(route=["IV", "SC"], subject_id=["a", "b"])
    index_date = index_on("2024-03-01", "ab")

    counted = exposure.covered_days(exposure.courses(rows, index_date), index_date.index)
    longer = exposure.covered_days(
        exposure.courses(rows, index_date, effect_days={"abatacept": 60}), index_date.index
    )

    assert counted["days_min"].tolist() == [28, 7]
    assert longer["days_min"].tolist() == [60, 7]


def test_wash_out_counts_from_the_dose_and_not_from_the_end_of_its_effect():
    index_date = index_on("2023-03-01")
    known = exposure.courses(drawn([("a", "rituximab", "2023-01-01", "2023-01-15", False)]), index_date)

    assert exposure.washout_days(known, index_date)["days_min"].tolist() == [45]


def test_a_last_infusion_without_a_reason_is_no_stop_while_it_lasts():
    rows = drawn([("a", "infliximab", "2023-01-01", "2023-01-01", False)])

    within, after = (
        exposure.courses(rows, index_on(day))["ended"].tolist() for day in ("2023-02-01", "2023-04-01")
    )

    assert (within, after) == ([False], [True])


def test_a_single_dose_without_a_stop_lasts_a_day():
    rows = drawn([("a", "betamethasone", "2023-01-01", None, None)]).assign(frequency="单次")

    assert exposure.courses(rows, index_on("2024-01-01"))["problem"].isna().all()
    index_date = index_on("2024-01-01")
    counted = exposure.covered_days(exposure.courses(rows, index_date), index_date.index)
    assert counted.loc["a", ["days_min", "days_max"]].tolist() == [1, 1]


INTERVALS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 60), st.integers(-3, 30)), min_size=1, max_size=12
)


def table(intervals):
    rows = [(who, "x", DAY + pd.Timedelta(start, "D"), DAY + pd.Timedelta(start + max(n, 0), "D"), False)
            for who, start, n in intervals]  # fmt: skip
    return drawn(rows)


def day_set(intervals, who, before=10_000):
    """The days of all rows, collected; a row that begins the day after another one stopped goes on with it."""
    rows = sorted(
        (start, start + max(n, 0)) for name, start, n in intervals if name == who and start < before
    )
    days, reach = set(), None
    for start, stop in rows:
        days.update(range(start - (reach is not None and start - reach == 1), stop))
        reach = stop if reach is None else max(reach, stop)
    return {day for day in days if day < before}


def plain_days(intervals, who):
    return {day for name, start, n in intervals if name == who for day in range(start, start + n)}


@QUICK
@given(INTERVALS, st.integers(1, 100))
def test_covered_days_are_those_of_a_plain_set_of_days(intervals, index):
    index_date = index_on(DAY + pd.Timedelta(index, "D"), "abc")

    counted = exposure.covered_days(exposure.courses(table(intervals), index_date), index_date.index)

    expected = [len(day_set(intervals, who, index)) for who in "abc"]
    assert counted["days_min"].tolist() == expected
    assert counted["days_max"].tolist() == expected


@QUICK
@given(INTERVALS, INTERVALS)
def test_overlap_is_that_of_two_plain_sets_of_days(first, second):
    index_date = index_on("2021-01-01", "abc")
    known = [exposure.courses(table(intervals), index_date) for intervals in (first, second)]

    counted = exposure.overlap_days(*known, index_date.index)

    assert counted["days_min"].tolist() == [len(day_set(first, who) & day_set(second, who)) for who in "abc"]


@QUICK
@given(INTERVALS, st.randoms())
def test_order_of_rows_does_not_matter(intervals, random):
    shuffled = random.sample(intervals, len(intervals))
    index_date = index_on("2021-01-01", "abc")

    one, other = (
        exposure.covered_days(exposure.courses(table(rows), index_date), index_date.index)
        for rows in (intervals, shuffled)
    )

    pd.testing.assert_frame_equal(one, other)


@QUICK
@given(INTERVALS)
def test_union_covers_the_same_days_without_touching(intervals):
    rows = table(intervals).rename(columns={"start_date": "start", "stop_date": "stop"})

    merged = exposure.union(rows)

    for who, own in merged.groupby("subject_id"):
        covered = [(int((a - DAY).days), int((b - DAY).days)) for a, b in zip(own["start"], own["stop"])]
        assert {day for a, b in covered for day in range(a, b)} == plain_days(intervals, who)
        assert all(stop < start for (_, stop), (start, _) in pairwise(covered))


@QUICK
@given(st.lists(st.sampled_from(["2021", "2022", "2022-06", "2023-03-15", "2023"]), min_size=2, max_size=6))
def test_extremes_are_in_order(dates):
    index_date = index_on("2023-07-01")
    known = exposure.courses(drawn([("a", "x", a, b, False) for a, b in pairwise(dates)]), index_date)

    shortest, longest, _ = exposure.covered_days(known, index_date.index).loc["a"]

    assert 0 <= shortest <= longest


def test_union_needs_both_ends():
    with pytest.raises(ValueError, match="1 intervals lack start or stop"):
        exposure.union(pd.DataFrame({"subject_id": ["a"], "start": [DAY], "stop": [pd.NaT]}))


def test_union_of_nothing_is_nothing():
    assert exposure.union(pd.DataFrame({"subject_id": [], "start": [], "stop": []})).empty


def test_washout_counts_from_the_last_stop_of_each_drug():
    index_date = index_on("2024-01-01")
    known = exposure.courses(
        drawn(
            [
                ("a", "rituximab", "2023-01-01", "2023-01-15", False),
                ("a", "rituximab", "2023-06-01", "2023-07-05", False),  # 180 days before
                ("a", "etanercept", "2023-01-01", None, True),
                ("a", "adalimumab", "2021", "2022", False),  # stopped some day of 2022
            ]
        ),
        index_date,
    )

    washout = exposure.washout_days(known, index_date).set_index("drug")

    assert washout.loc["rituximab", ["days_min", "days_max"]].tolist() == [180, 180]
    assert washout.loc["etanercept", ["days_min", "days_max"]].tolist() == [0, 0]
    assert washout.loc["adalimumab", ["days_min", "days_max"]].tolist() == [366, 730]


def doses(rows, date="2024-01-01"):
    columns = "subject_id drug start_date stop_date ongoing dose frequency"
    return exposure.courses(drawn(rows, columns), index_on(date))


@pytest.mark.parametrize(
    ("second_start", "second_dose", "frequency", "expected"),
    [
        ("2023-10-03", 15.0, "qw", (90, 90)),
        ("2023-10-02", 15.0, "qw", (91, 91)),
        ("2023-10-03", 10.0, "qw", (365, 365)),  # a new row, the same dose
        ("2023-10-03", 10.0, "q2w", (90, 90)),  # the same number, less often
        ("2023-10-03", np.nan, "qw", (0, 365)),  # dose not recorded: no change or a change
    ],
)
def test_stable_dose_counts_from_the_last_change(second_start, second_dose, frequency, expected):
    known = doses(
        [
            ("a", "methotrexate", "2023-01-01", second_start, False, 10.0, "qw"),
            ("a", "methotrexate", second_start, None, True, second_dose, frequency),
        ]
    )

    stable = exposure.stable_dose_days(known, index_on("2024-01-01"), dose_columns=["dose", "frequency"])

    assert stable[["days_min", "days_max"]].iloc[0].tolist() == list(expected)


def test_a_second_dose_beside_an_unclosed_course_is_a_change():
    known = doses(
        [
            ("a", "methotrexate", "2020-01-01", None, True, 10.0, "qw"),  # never closed
            ("a", "methotrexate", "2023-12-01", None, True, 15.0, "qw"),
        ]
    )

    stable = exposure.stable_dose_days(known, index_on("2024-01-01"), dose_columns=["dose"])

    assert stable["days_max"].tolist() == [31]


def test_a_drug_stopped_before_the_index_date_has_no_stable_dose():
    known = doses([("a", "methotrexate", "2020-01-01", "2023-12-31", False, 10.0, "qw")])

    assert exposure.stable_dose_days(known, index_on("2024-01-01"), dose_columns=["dose"]).empty


def test_dose_column_must_be_there():
    known = doses([("a", "methotrexate", "2020-01-01", None, True, 10.0, "qw")])

    with pytest.raises(KeyError, match="no column 'dose_mg'"):
        exposure.stable_dose_days(known, index_on("2024-01-01"), dose_columns=["dose_mg"])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("2023-06-15", None, True, 7.5)], (200, 200, 7.5)),
        ([("2023-06-15", None, True, 7.4)], (0, 0, 7.4)),
        # 5 + 2.5 is 7.5; before the second came, only 5
        ([("2023-01-01", None, True, 5.0), ("2023-10-09", None, True, 2.5)], (84, 84, 7.5)),
        # tapered the day before the index date
        ([("2023-01-01", "2023-12-31", False, 10.0), ("2023-12-31", None, True, 5.0)], (0, 0, 5.0)),
        ([("2023-01-01", "2023-12-31", False, 10.0)], (0, 0, 0.0)),
        ([("2023-01-01", None, True, np.nan)], (0, 365, np.nan)),
        ([("2023", None, True, 10.0)], (1, 365, 10.0)),
    ],
)
def test_days_at_a_dose_run_unbroken_to_the_index_date(rows, expected):
    known = doses(
        [("a", "prednisone", start, stop, ongoing, dose, "qd") for start, stop, ongoing, dose in rows]
    )
    index_date = index_on("2024-01-01")

    counted = exposure.days_at_dose(known, known["dose"], index_date, at_least=7.5)
    current = exposure.dose_at_index(known, known["dose"], index_date)

    assert tuple(counted.loc["a"]) == expected[:2]
    np.testing.assert_equal(current["a"], expected[2])


def test_adding_doses_leaves_no_float_noise():
    rows = [("a", "prednisone", "2023-01-01", "2023-06-01", False, 0.1, "qd")] * 3 + [
        ("a", "prednisone", "2023-06-01", None, True, 0.3, "qd")
    ]
    known = doses(rows)

    counted = exposure.days_at_dose(known, known["dose"], index_on("2024-01-01"), at_least=0.3)

    assert counted["days_min"].tolist() == [365]


@QUICK
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(-3, 3), st.integers(-365_250, 365_250)),
        min_size=0,
        max_size=12,
    ),
    st.sampled_from([1, 2**40]),  # groups so many that one number cannot hold group and days
)
def test_rows_are_ordered_by_group_then_days(rows, factor):
    group, start, stop = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    order = in_order(group * factor, start.astype(np.int32), stop.astype(np.int32))

    assert order.tolist() == sorted(range(len(rows)), key=lambda row: rows[row])
