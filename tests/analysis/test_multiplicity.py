"""Adjusted p values and hierarchies. R's values: test_r_statistics."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import multiplicity

P = [0.001, 0.012, 0.021, 0.034, 0.049, 0.2]  # domain reference, D.15
PUBLISHED = {
    "bonferroni": [0.006, 0.072, 0.126, 0.204, 0.294, 1],
    "holm": [0.006, 0.060, 0.084, 0.102, 0.102, 0.200],
    "hochberg": [0.006, 0.060, 0.084, 0.098, 0.098, 0.200],
    "hommel": [0.006, 0.0525, 0.065333, 0.0735, 0.098, 0.200],
    "benjamini_hochberg": [0.006, 0.036, 0.042, 0.051, 0.0588, 0.200],
    "benjamini_yekutieli": [0.0147, 0.0882, 0.1029, 0.12495, 0.14406, 0.49],
}
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_values(name):
    assert getattr(multiplicity, name)(P) == pytest.approx(PUBLISHED[name], abs=6e-7)


@pytest.mark.parametrize("name", PUBLISHED)
def test_missing_p_values_stay_missing_and_do_not_count(name):
    adjust = getattr(multiplicity, name)
    given_p = pd.Series([*P[:3], np.nan, *P[3:]], index=list("abcdefg"))
    adjusted = adjust(given_p)
    assert adjusted.index.tolist() == list("abcdefg")
    assert math.isnan(adjusted["d"])
    assert adjusted.dropna().tolist() == pytest.approx(adjust(P).tolist())
    assert np.isnan(adjust([np.nan, np.nan])).all()
    assert len(adjust([])) == 0


@given(p_values)
def test_adjusted_values_keep_the_order_and_stand_in_their_known_relation(given_p):
    values = {name: getattr(multiplicity, name)(given_p) for name in PUBLISHED}
    order = np.argsort(given_p, kind="stable")
    for adjusted in values.values():
        assert (np.diff(adjusted[order]) >= -1e-15).all()
        assert (adjusted >= np.array(given_p) - 1e-15).all()
    for smaller, larger in (
        ("holm", "bonferroni"), ("hochberg", "holm"), ("hommel", "hochberg"),
        ("benjamini_hochberg", "hochberg"), ("benjamini_hochberg", "benjamini_yekutieli"),
    ):  # fmt: skip
        assert (values[smaller] <= values[larger] + 1e-12).all(), (smaller, larger)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_hommel_is_the_closed_test_of_simes(given_p):
    """Plain second implementation: the largest Simes p over all intersections that hold the hypothesis."""
    from itertools import combinations

    m = len(given_p)
    simes = {}
    for size in range(1, m + 1):
        for subset in combinations(range(m), size):
            ascending = sorted(given_p[one] for one in subset)
            simes[subset] = min(size * p / (rank + 1) for rank, p in enumerate(ascending))
    expected = [max(p for subset, p in simes.items() if one in subset) for one in range(m)]
    assert multiplicity.hommel(given_p) == pytest.approx(np.minimum(expected, 1), abs=1e-12)


@pytest.mark.parametrize("p", [-0.01, 1.01])
def test_values_that_are_no_p_values_are_refused(p):
    with pytest.raises(ValueError, match="1 values are outside 0 to 1"):
        multiplicity.holm([0.5, p])


def hierarchy(**families):
    rows = [(name, family, p) for name, (family, p) in families.items()]
    return pd.DataFrame(rows, columns=["endpoint", "family", "p_value"]).set_index("endpoint")


def test_a_family_is_opened_only_when_all_before_it_is_rejected():
    table = multiplicity.endpoint_hierarchy(
        hierarchy(
            primary=(1, 0.01),  # rejected, opens family 2
            haq_di=(2, 0.02),  # Holm 0.04: rejected
            mmt8=(2, 0.06),  # not rejected, closes the gate
            ck=(3, 0.0001),  # never tested
            biomarker=(None, 0.0001),  # exploratory
        ),
        alpha=0.05,
        within="holm",
    )
    assert table["status"].tolist() == ["rejected", "rejected", "not rejected", "not tested", "exploratory"]
    assert table["p_adjusted"].tolist() == pytest.approx([0.01, 0.04, 0.06, np.nan, np.nan], nan_ok=True)
    assert table.loc["ck", "reason"] == "family 2 was not rejected in full"


def test_hypothesis_that_could_not_be_tested_makes_it_no_easier_for_its_family():
    endpoints = pd.DataFrame({"family": [1, 1, 1], "p_value": [0.02, 0.03, np.nan]}, index=list("abc"))
    for within in ("holm", "hochberg", "hommel", "bonferroni"):
        found = multiplicity.endpoint_hierarchy(endpoints, alpha=0.05, within=within)
        whole = multiplicity.endpoint_hierarchy(endpoints.fillna(1.0), alpha=0.05, within=within)
        assert found["p_adjusted"].tolist()[:2] == whole["p_adjusted"].tolist()[:2]
        assert found.loc["c", "status"] == "not rejected"
        assert np.isnan(found.loc["c", "p_adjusted"])


def test_a_missing_p_value_is_not_rejected_and_closes_the_gate():
    table = multiplicity.endpoint_hierarchy(
        hierarchy(a=(1, np.nan), b=(2, 0.001)), alpha=0.05, within="hochberg"
    )
    assert table["status"].tolist() == ["not rejected", "not tested"]
    assert table.loc["a", "reason"] == "no p value"


@pytest.mark.parametrize(
    ("p", "status"), [(0.0499, "rejected"), (0.05, "rejected"), (0.0501, "not rejected")]
)
def test_alpha_itself_rejects(p, status):
    table = multiplicity.endpoint_hierarchy(hierarchy(a=(1, p)), alpha=0.05, within="holm")
    assert table.loc["a", "status"] == status


def test_families_of_one_are_a_fixed_sequence():
    p = [0.01, 0.04, 0.02, 0.3, 0.001]
    table = multiplicity.endpoint_hierarchy(
        hierarchy(**{f"e{place}": (place, one) for place, one in enumerate(p, start=1)}),
        alpha=0.5,
        within="holm",
    )
    assert table["p_adjusted"].tolist() == multiplicity.fixed_sequence(p).tolist()


def test_each_family_has_its_own_adjustment():
    p = {"a": 0.03, "b": 0.04, "c": 0.03, "d": 0.04}
    families = {"a": 1, "b": 1, "c": 2, "d": 2}
    table = multiplicity.endpoint_hierarchy(
        hierarchy(**{name: (families[name], p[name]) for name in p}),
        alpha=0.05,
        within={1: "hochberg", 2: "holm"},
    )
    assert table["status"].tolist() == ["rejected", "rejected", "not rejected", "not rejected"]
    assert table["p_adjusted"].tolist() == pytest.approx([0.04, 0.04, 0.06, 0.06])


def test_a_fixed_sequence_stops_at_the_first_that_is_not_rejected():
    table = multiplicity.endpoint_hierarchy(
        hierarchy(
            skin=(1, 0.01),  # rejected
            strength=(1, 0.2),  # not rejected, ends the sequence
            function=(1, 0.001),  # never tested, although small
            lung=(2, 0.001),  # nor the next family
        ),
        alpha=0.05,
        within={1: "fixed_sequence", 2: "holm"},
    )
    assert table["status"].tolist() == ["rejected", "not rejected", "not tested", "not tested"]
    assert table.loc["function", "reason"] == "an earlier one of its family was not rejected"
    assert table.loc["lung", "reason"] == "family 1 was not rejected in full"


@pytest.mark.parametrize("within", ["holm", "hochberg", "fixed_sequence"])
@settings(max_examples=20)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=6), st.integers(1, 5))
def test_no_family_rejects_more_than_it_would_alone(within, p, split):
    places = [1 if place < split else 2 for place in range(len(p))]
    frame = hierarchy(**{f"e{n}": pair for n, pair in enumerate(zip(places, p, strict=True))})
    found = multiplicity.endpoint_hierarchy(frame, alpha=0.05, within=within)
    for family in set(places):
        part = frame[frame["family"].eq(family)]
        alone = multiplicity.endpoint_hierarchy(part, alpha=0.05, within=within)
        rejected = found.loc[part.index, "status"].eq("rejected")
        assert (alone["status"].eq("rejected") | ~rejected).all()


@pytest.mark.parametrize(
    ("endpoints", "alpha", "within", "message"),
    [
        (pd.DataFrame({"p_value": [0.1]}), 0.05, "holm", "columns family are missing"),
        (hierarchy(a=(1, 0.1)), 5, "holm", "alpha"),
        (hierarchy(a=(1, 0.1)), 0.05, "tukey", "within: expected one of holm"),
        (hierarchy(a=(1, 0.1), b=(2, 0.1)), 0.05, {1: "holm"}, "for family 2, got None"),
        (pd.concat([hierarchy(a=(1, 0.1))] * 2), 0.05, "holm", "more than once"),
    ],
)
def test_an_unclear_hierarchy_is_refused(endpoints, alpha, within, message):
    with pytest.raises(ValueError, match=message):
        multiplicity.endpoint_hierarchy(endpoints, alpha=alpha, within=within)
