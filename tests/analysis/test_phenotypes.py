"""Phenotypes: distances by hand, PAM against full enumeration, silhouettes against scikit-learn, stability."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import phenotypes

NA = np.nan


def clouds(n=30, apart=6.0, seed=1):
    """Three groups of subjects in two variables."""
    rng = np.random.default_rng(seed)
    centres = np.repeat([[0, 0], [apart, 0], [0, apart]], n, axis=0)
    return pd.DataFrame(
        rng.normal(size=(3 * n, 2)) + centres, columns=["crp", "cd4"], index=[f"s{i}" for i in range(3 * n)]
    )


def test_mixed_distance_by_hand():
    # cdai spans 20; acpa is yes or no; the second distance rests on acpa alone
    subjects = pd.DataFrame(
        {"cdai": [10.0, 30.0, NA, 20.0], "acpa": ["pos", "neg", "pos", None]}, index=["a", "b", "c", "d"]
    )
    distance = phenotypes.gower_distance(subjects.drop("c"))
    assert distance.loc["a", "b"] == 1.0
    assert distance.loc["a", "d"] == 0.5
    assert phenotypes.gower_distance(subjects.drop("d")).loc["a", "c"] == 0.0
    weighted = phenotypes.gower_distance(
        subjects.drop(["c", "d"]).assign(age=[50.0, 51.0]), weights={"age": 2}
    )
    assert weighted.loc["a", "b"] == 1.0
    with pytest.raises(ValueError, match="no variable in common"):
        phenotypes.gower_distance(subjects)


def test_variables_that_do_not_vary_are_refused():
    with pytest.raises(ValueError, match="x does not vary"):
        phenotypes.gower_distance(pd.DataFrame({"x": [1.0, 1.0]}))
    with pytest.raises(ValueError, match="x does not vary"):
        phenotypes.gower_distance(pd.DataFrame({"x": ["a", "a"]}))
    with pytest.raises(ValueError, match="do not vary"):
        phenotypes.standardised_distance(pd.DataFrame({"x": [1.0, 1.0]}))
    with pytest.raises(ValueError, match="complete numbers"):
        phenotypes.standardised_distance(pd.DataFrame({"x": [1.0, NA]}))


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=5, max_size=10, unique=True),
    st.integers(2, 3),
)
def test_groups_are_never_far_from_the_best_of_all_choices(points, n_groups):
    points = np.array(points, float)
    apart = np.abs(points[:, None] - points[None]).sum(axis=2)
    found = phenotypes.divide(pd.DataFrame(apart), n_groups=n_groups)
    best = min(apart[:, list(m)].min(axis=1).sum() for m in combinations(range(len(points)), n_groups))
    assert best - 1e-9 <= found.cost
    # no single swap improves: the definition of a PAM solution
    medoids = [list(range(len(points))).index(m) for m in found.medoids]
    for leaving in range(n_groups):
        for other in range(len(points)):
            swapped = [m for i, m in enumerate(medoids) if i != leaving] + [other]
            assert apart[:, swapped].min(axis=1).sum() >= found.cost - 1e-9


def test_silhouettes_equal_scikit_learn():
    from sklearn.metrics import silhouette_samples

    distance = phenotypes.standardised_distance(clouds(apart=2.0))
    partition = phenotypes.divide(distance, n_groups=4)
    theirs = silhouette_samples(distance.to_numpy(), partition.labels, metric="precomputed")
    np.testing.assert_allclose(
        phenotypes.silhouettes(distance.to_numpy(), partition.labels.to_numpy()), theirs
    )
    assert partition.silhouette == pytest.approx(theirs.mean())
    assert sum(partition.sizes) == 90
    assert sorted(partition.sizes, reverse=True) == list(partition.sizes)


def test_three_clouds_are_found_and_return():
    distance = phenotypes.standardised_distance(clouds())
    table = phenotypes.choose_number(distance, candidates=[2, 3, 4, 5])
    assert table.loc[table["chosen"], "n_groups"].tolist() == [3]
    stability = phenotypes.assess_stability(distance, n_groups=3, n_resamples=20, seed=4)
    assert stability["stable"].all()
    again = phenotypes.assess_stability(distance, n_groups=3, n_resamples=20, seed=4)
    pd.testing.assert_frame_equal(stability, again)


def test_groups_without_structure_do_not_return():
    rng = np.random.default_rng(6)
    distance = phenotypes.standardised_distance(pd.DataFrame(rng.normal(size=(80, 4))))
    stability = phenotypes.assess_stability(distance, n_groups=5, n_resamples=20, seed=4)
    assert stability["jaccard"].mean() < phenotypes.STABLE
    assert stability["stable"].sum() <= 1
    assert phenotypes.divide(distance, n_groups=5).silhouette < 0.25


def test_tiny_groups_are_not_eligible():
    subjects = pd.DataFrame({"crp": [*np.linspace(0, 1, 40), 50.0]})
    table = phenotypes.choose_number(phenotypes.standardised_distance(subjects), candidates=[2])
    assert table["smallest_share"].item() == 1 / 41
    assert not table["chosen"].any()


def test_order_of_subjects_does_not_matter():
    subjects = clouds(apart=4.0)
    shuffled = subjects.sample(frac=1, random_state=2)
    first = phenotypes.divide(phenotypes.standardised_distance(subjects), n_groups=3)
    second = phenotypes.divide(phenotypes.standardised_distance(shuffled), n_groups=3)
    assert second.cost == pytest.approx(first.cost)
    assert set(second.medoids) == set(first.medoids)


@pytest.mark.parametrize("n_groups", [1, 3, 4])
def test_impossible_numbers_of_groups_are_refused(n_groups):
    with pytest.raises(ValueError, match="cannot make"):
        phenotypes.divide(pd.DataFrame(np.zeros((3, 3))), n_groups=n_groups)


def test_profile_counts_missing_values_and_shares():
    subjects = pd.DataFrame(
        {"cdai": [10.0, NA, 30.0, 40.0], "acpa": pd.array([True, True, None, False], "boolean")}
    )
    labels = pd.Series([1, 1, 2, 2])
    table = phenotypes.profile_groups(subjects, labels).set_index(["variable", "level", "phenotype"])
    assert table.loc[("cdai", "", 1), ["n", "n_missing", "estimate"]].tolist() == [1, 1, 10.0]
    assert table.loc[("acpa", "True", 2), ["n", "n_missing", "estimate"]].tolist() == [1, 1, 0.0]
    assert table.loc[("cdai", "", 2), "standardised"] > 0
    with pytest.raises(ValueError, match="share one index"):
        phenotypes.profile_groups(subjects, labels.set_axis(list("abcd")))
