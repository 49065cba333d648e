"""What holds for any patient: bounds, monotony, row order, shapes, missing values, refusal of impossible values."""

import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import scoring
from analysis.scoring import states, vectors
from analysis.scoring.vectors import CHUNK
from analysis.thresholds import settle

NAN = math.nan
joints = st.integers(0, 28)
mm = st.integers(0, 100)
esr = st.integers(1, 150)
crp = st.decimals(0, 400, places=1).map(float)

# function, strategies of its components, lowest, highest
SCORES = {
    "das28_esr": (scoring.das28_esr, (joints, joints, esr, mm), 0, 9.4),
    "das28_esr_3": (scoring.das28_esr, (joints, joints, esr), 0.16, 8.9),
    "das28_crp": (scoring.das28_crp, (joints, joints, crp, mm), 0.96, 9.0),
    "das28_crp_3": (scoring.das28_crp, (joints, joints, crp), 1.15, 8.5),
    "cdai": (scoring.cdai, (joints, joints, mm, mm), 0, 76),
    "sdai": (scoring.sdai, (joints, joints, mm, mm, crp), 0, 116),
}


@pytest.mark.parametrize("name", SCORES)
@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_scores_stay_in_bounds_and_rise_with_every_component(name, data):
    function, parts, low, high = SCORES[name]
    values = [data.draw(part) for part in parts]
    score = function(*values)
    assert low <= score <= high
    for place, part in enumerate(parts):
        other = data.draw(part)
        changed = function(*values[:place], other, *values[place + 1 :])
        if other > values[place]:
            assert changed > score
        if other == values[place]:
            assert changed == score


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("missing", [None, pd.NA, NAN])
def test_any_missing_component_in_any_spelling_is_missing(name, missing):
    function, parts, *_ = SCORES[name]
    for place in range(len(parts)):
        values = [1.0] * len(parts)
        values[place] = missing
        if place == 3 and missing is None and name.startswith("das28"):
            continue  # no general health asks for the three-variable form
        assert math.isnan(function(*values))
        column = pd.Series([missing, 1.0], dtype="Float64")
        columns = [column if i == place else pd.Series([1.0, 1.0]) for i in range(len(parts))]
        assert function(*columns).isna().tolist() == [True, False]


@given(order=st.permutations(range(12)))
@settings(max_examples=20, deadline=None)
def test_row_order_does_not_matter(order):
    rng = np.random.default_rng(3)
    rows = pd.DataFrame(rng.integers(0, 28, (12, 4)), columns=list("abcd"), index=list("lkjihgfedcba"))
    shuffled = rows.iloc[list(order)]
    first = scoring.cdai(rows["a"], rows["b"], rows["c"], rows["d"])
    second = scoring.cdai(shuffled["a"], shuffled["b"], shuffled["c"], shuffled["d"])
    pd.testing.assert_series_equal(first, second.reindex(rows.index))
    mixed = scoring.cdai(rows["a"], shuffled["b"], shuffled["c"], rows["d"])  # matched by label
    pd.testing.assert_series_equal(first, mixed)


def test_scalars_arrays_lists_and_series_agree():
    args = (np.array([8.0, NAN]), np.array([6, 6]), np.array([38, 38]), np.array([60, 60]))
    expected = [scoring.das28_esr(8, 6, 38, 60), NAN]
    np.testing.assert_array_equal(scoring.das28_esr(*args), expected)
    np.testing.assert_array_equal(scoring.das28_esr(*[list(a) for a in args]), expected)
    series = scoring.das28_esr(*[pd.Series(a, index=["x", "y"]) for a in args])
    pd.testing.assert_series_equal(series, pd.Series(expected, index=["x", "y"]))
    np.testing.assert_array_equal(scoring.das28_esr(args[0], 6, 38, 60), expected)  # one value for all rows
    assert isinstance(scoring.das28_esr(8, 6, 38, 60), float)
    assert isinstance(scoring.disease_state(3.0, "cdai"), str)
    assert isinstance(scoring.boolean_remission(0, 0, 0, 0), bool)
    assert scoring.disease_state(NAN, "cdai") is pd.NA


def test_nullable_arrow_and_object_columns_are_numbers():
    plain = pd.Series([8, None, 3], dtype="Int64")
    for dtype in ("Float64", "int64[pyarrow]", object):
        found = scoring.cdai(plain.astype(dtype), 0, 0, 0)
        assert found.isna().tolist() == [False, True, False]
        assert found.dropna().tolist() == [8, 3]


def test_text_is_refused():
    with pytest.raises(ValueError, match="tjc28: numbers expected"):
        scoring.cdai(pd.Series(["8"]), 0, 0, 0)
    with pytest.raises(ValueError, match="tjc28: numbers expected"):
        scoring.cdai("8", 0, 0, 0)


def test_series_with_different_labels_and_columns_of_different_lengths_are_refused():
    first, other = pd.Series([1, 2], index=["a", "b"]), pd.Series([1, 2], index=["a", "c"])
    with pytest.raises(ValueError, match="sjc28: its index"):
        scoring.cdai(first, other, 0, 0)
    doubled = pd.Series([1, 2], index=["a", "a"])
    with pytest.raises(ValueError, match="sjc28: its index"):
        scoring.cdai(first, doubled, 0, 0)
    with pytest.raises(ValueError, match=r"different lengths: tjc28 2, sjc28 3"):
        scoring.cdai([1, 2], [1, 2, 3], 0, 0)
    with pytest.raises(ValueError, match="one column expected"):
        scoring.cdai(np.zeros((2, 2)), 0, 0, 0)


@pytest.mark.parametrize(
    ("function", "arguments", "name"),
    [
        (scoring.das28_esr, (29, 6, 38, 60), "tjc28"),
        (scoring.das28_esr, (8, -1, 38, 60), "sjc28"),
        (scoring.das28_esr, (8, 6, 151, 60), "esr_mm_h"),
        (scoring.das28_esr, (8, 6, -1, 60), "esr_mm_h"),
        (scoring.das28_esr, (8, 6, 38, 101), "gh_mm"),
        (scoring.das28_crp, (8, 6, 401, 60), "crp_mg_l"),
        (scoring.cdai, (8, 6, 600, 55), "ptga_mm"),  # a scale of 0 to 1000
        (scoring.cdai, (8, 6, 60, 100.1), "phga_mm"),
        (scoring.sdai, (8, 6, 60, 55, -0.1), "crp_mg_l"),
        (scoring.cdai, (8, 6, math.inf, 55), "ptga_mm"),
        (lambda x: scoring.disease_state(x, "cdai"), (76.1,), "cdai"),
        (lambda x: scoring.disease_state(x, "das28_esr"), (38.2,), "das28_esr"),  # a CDAI taken for a DAS28
        (scoring.eular_response, (38.2, 3), "baseline"),
    ],
)
def test_impossible_values_are_refused(function, arguments, name):
    with pytest.raises(ValueError, match=rf"{name}: 1 value\(s\) outside"):
        function(*arguments)


def test_bounds_themselves_are_allowed():
    assert scoring.cdai(28, 28, 100, 100) == 76
    assert scoring.cdai(0, 0, 0, 0) == 0
    assert scoring.das28_esr(28, 28, 150, 100) < 9.4


def test_an_error_names_rows_but_no_values_and_is_found_in_any_chunk():
    n = 2 * CHUNK + 10
    counts = pd.Series(np.zeros(n), index=[f"S{i}" for i in range(n)])
    counts.iloc[[CHUNK + 1, n - 1]] = 777
    with pytest.raises(
        ValueError, match=r"tjc28: 2 value\(s\) outside 0 to 28 joints, in row\(s\)"
    ) as caught:
        scoring.cdai(counts, 0, 0, 0)
    assert f"S{CHUNK + 1}, S{n - 1}" in str(caught.value)
    assert "777" not in str(caught.value)


def test_long_columns_are_scored_like_short_ones():
    n = 2 * CHUNK + 10
    rng = np.random.default_rng(5)
    args = [np.where(rng.random(n) < 0.1, NAN, rng.integers(0, 28, n)) for _ in range(4)]
    whole = scoring.cdai(*args)
    some = [0, CHUNK - 1, CHUNK, 2 * CHUNK, n - 1]
    np.testing.assert_array_equal(whole[some], [scoring.cdai(*(a[i] for a in args)) for i in some])
    assert np.isnan(whole).tolist() == np.isnan(np.sum(args, axis=0)).tolist()


def test_many_rows_are_scored_in_threads_alike_and_errors_come_through(monkeypatch):
    args = [np.arange(10) % 28 for _ in range(4)]
    expected = scoring.cdai(*args)
    monkeypatch.setattr(vectors, "CHUNK", 3)
    monkeypatch.setattr(vectors, "THREADS_FROM", 2)
    monkeypatch.setattr(vectors.os, "cpu_count", lambda: 2)
    np.testing.assert_array_equal(scoring.cdai(*args), expected)
    with pytest.raises(ValueError, match=r"tjc28: 1 value\(s\) outside .* row\(s\) 9;"):
        scoring.cdai([*args[0][:9], 29], *args[1:])


@pytest.mark.parametrize("limit", [2.4, 2.6, 2.8, 2.9, 3.2, 3.3, 4.6, 5.1, 10.0, 11.0, 22.0, 26.0])
@pytest.mark.parametrize("itself", [True, False])
def test_the_last_number_within_a_limit_is_the_last_whose_settled_value_is(limit, itself):
    inside = states.last_within(limit, itself=itself)
    outside = math.nextafter(inside, math.inf)
    settled = [float(settle(inside)), float(settle(outside))]
    assert settled[0] <= limit < settled[1] if itself else settled[0] < limit <= settled[1]


def test_empty_columns_give_empty_scores():
    empty = pd.Series([], dtype=float)
    assert len(scoring.cdai(empty, empty, empty, empty)) == 0
    assert len(scoring.disease_state(empty, "cdai")) == 0


def test_inputs_are_not_changed():
    values = [np.array([0.0, 0.4]), np.array([1.0, 2.0]), np.array([0.0, 0.5]), np.array([3.0, 4.0])]
    before = [v.copy() for v in values]
    scoring.das28_esr(*values)
    scoring.sdai(*values, 1.0)
    for value, copy in zip(values, before):
        np.testing.assert_array_equal(value, copy)


# A second, plain implementation in decimal arithmetic.
LIMITS = {"das28_esr": ("2.6", "3.2", "5.1"), "cdai": ("2.8", "10", "22"), "sdai": ("3.3", "11", "26")}


def plain_state(text, instrument):
    low, middle, high = map(Decimal, LIMITS[instrument])
    value = Decimal(text)
    if value < low or (value == low and instrument != "das28_esr"):
        return "remission"
    return "low" if value <= middle else "moderate" if value <= high else "high"


@pytest.mark.parametrize("instrument", LIMITS)
def test_states_agree_with_decimal_arithmetic_on_a_fine_grid(instrument):
    grid = [f"{i / 100:.2f}" for i in range(0, 1000 if instrument == "das28_esr" else 4000)]
    found = scoring.disease_state(np.array([float(t) for t in grid]), instrument)
    assert found.tolist() == [plain_state(t, instrument) for t in grid]


def plain_eular(before, after):
    improvement, after = Decimal(before) - Decimal(after), Decimal(after)
    if improvement > Decimal("1.2"):
        return "good" if after <= Decimal("3.2") else "moderate"
    return "moderate" if improvement > Decimal("0.6") and after <= Decimal("5.1") else "none"


def test_eular_response_agrees_with_decimal_arithmetic_on_a_fine_grid():
    grid = [f"{i / 10:.1f}" for i in range(0, 91)]
    pairs = [(b, f) for b in grid for f in grid]
    before, after = (np.array([float(p[i]) for p in pairs]) for i in (0, 1))
    assert scoring.eular_response(before, after).tolist() == [plain_eular(*p) for p in pairs]


BANDS = {
    "phga": (("5", "15", "25", "40"), (0, 7.5, 15, 17.5, 20)),
    "ptga": (("5", "15", "25", "40"), (0, 2.5, 5, 7.5, 10)),
    "mmt8": (("2", "10", "20", "30"), (0, 10, 20, 27.5, 32.5)),
    "haq_di": (("5", "15", "25", "40"), (0, 5, 7.5, 7.5, 10)),
    "enzyme": (("5", "15", "25", "40"), (0, 2.5, 5, 7.5, 7.5)),
    "extramuscular": (("5", "15", "25", "40"), (0, 7.5, 12.5, 15, 20)),
}


def plain_points(measure, improvement):
    limits, points = BANDS[measure]
    return points[sum(improvement > Decimal(limit) for limit in limits)]


def plain_tis(before, after):
    gain = {
        "phga": before["phga_mm"] - after["phga_mm"],
        "ptga": before["ptga_mm"] - after["ptga_mm"],
        "mmt8": (after["mmt8"] - before["mmt8"]) * 100 / 150,
        "haq_di": (before["haq_di"] - after["haq_di"]) * 100 / 3,
        "enzyme": (before["enzyme_u_l"] - after["enzyme_u_l"]) / before["enzyme_uln"] / 15 * 100,
        "extramuscular": before["extramuscular_mm"] - after["extramuscular_mm"],
    }
    return sum(plain_points(m, g) for m, g in gain.items())


def random_core_set(rng, n):
    return pd.DataFrame(
        {
            "phga_mm": rng.integers(0, 101, n),
            "ptga_mm": rng.integers(0, 101, n),
            "mmt8": rng.integers(60, 151, n),
            "haq_di": rng.integers(0, 25, n) / 8,
            "enzyme_name": "CK",
            "enzyme_u_l": rng.integers(1, 200, n) * 30.0,
            "enzyme_uln": 200.0,
            "extramuscular_mm": rng.integers(0, 101, n),
        }
    )


def test_tis_agrees_with_decimal_arithmetic_and_stays_below_its_maximum():
    rng = np.random.default_rng(11)
    before, after = random_core_set(rng, 2000), random_core_set(rng, 2000)
    found = scoring.total_improvement_score(before, after)
    rows = [
        [
            {k: Decimal(str(v)) for k, v in row.items() if k != "enzyme_name"}
            for row in frame.to_dict("records")
        ]
        for frame in (before, after)
    ]
    assert found["tis"].tolist() == [plain_tis(b, f) for b, f in zip(*rows)]
    assert found["tis"].between(0, 100).all()
    assert (found["tis"] <= found["tis_max_attainable"]).all()
    assert found["tis_min"].tolist() == found["tis"].tolist()


def test_no_change_earns_nothing_and_full_recovery_earns_the_maximum():
    before = random_core_set(np.random.default_rng(13), 200)
    assert scoring.total_improvement_score(before, before)["tis"].eq(0).all()
    well = before.assign(phga_mm=0, ptga_mm=0, mmt8=150, haq_di=0, enzyme_u_l=0.0, extramuscular_mm=0)
    found = scoring.total_improvement_score(before, well)
    assert found["tis"].tolist() == found["tis_max_attainable"].tolist()


@given(st.lists(st.one_of(st.integers(0, 3), st.none()), min_size=20, max_size=20), st.integers(0, 7))
@settings(max_examples=60, deadline=None)
def test_haq_is_bounded_and_aids_never_lower_it(items, category):
    name = list(scoring.HAQ_AIDS)[category]
    plain, aided = scoring.haq_di(items), scoring.haq_di(items, {name: 1})
    assert math.isnan(plain) == math.isnan(aided)
    if not math.isnan(plain):
        assert 0 <= plain <= aided <= 3


@given(st.lists(st.integers(1, 5), min_size=5, max_size=5), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_eq5d_falls_with_every_level(levels, place):
    for value_set in scoring.VALUE_SETS_5L:
        value = scoring.eq5d_5l(*levels, value_set=value_set)
        assert scoring.VALUE_SETS_5L[value_set].lowest <= value <= 1
        worse = [min(5, x + (i == place)) for i, x in enumerate(levels)]
        assert scoring.eq5d_5l(*worse, value_set=value_set) <= value
