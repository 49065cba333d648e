"""Phenotypes: groups of similar subjects in pre-specified clinical and immune variables.

Mixed data are compared by Gower's distance and divided around medoids (actual subjects). The number of groups has a
stated rule, and its answer is judged by how often groups return in bootstrap samples. Groups are a description: they
exist for any data, an average silhouette below 0.25 says that there is no structure worth a name, and the outcome is
never among the variables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs import NotEstimable, check_finite, check_unique, check_whole, varies
from analysis.language import named, tr

SMALLEST_SHARE = 0.05
STABLE = 0.75
ALIKE = 1e-12  # of the largest distance: two subjects nearer than this are the same


@dataclass(frozen=True, slots=True)
class Partition:
    """Groups from 1, the largest first; `medoids` are the subjects that stand for them."""

    labels: pd.Series
    medoids: tuple
    cost: float
    silhouette: float
    sizes: tuple[int, ...]


def gower_distance(subjects: pd.DataFrame, *, weights: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Distance between 0 (alike) and 1 over variables of mixed kind.

    Parameters
    ----------
    subjects : DataFrame
        Indexed by subject; numbers count by difference over range, text, categories and booleans by being equal.
        Skewed markers belong on the log scale before.
    weights : mapping, optional
        Variable to weight; 1 for those not named.

    Returns
    -------
    DataFrame
        Subjects by subjects. A variable missing in either of two subjects takes no part in their distance.

    Raises
    ------
    ValueError
        For infinite values, a subject held twice, a variable that does not vary, and two subjects without a common
        variable.

    References
    ----------
    Gower JC. Biometrics 1971;27:857-71. doi:10.2307/2528823.

    Examples
    --------
    >>> subjects = pd.DataFrame({"cdai": [10.0, 20, 30], "acpa": [True, True, False]}, index=list("abc"))
    >>> gower_distance(subjects).loc["a"].tolist()
    [0.0, 0.25, 1.0]
    """
    check_unique(subjects.index, "subjects")
    check_finite(subjects, subjects.columns)
    total = np.zeros((len(subjects), len(subjects)))
    compared = np.zeros_like(total)
    for name in subjects:
        known = subjects[name].notna().to_numpy()
        weight = (weights or {}).get(name, 1.0) * np.outer(known, known)
        total += weight * _difference(subjects[name])
        compared += weight
    if (compared == 0).any():
        first, second = (subjects.index[i] for i in np.argwhere(compared == 0)[0])
        raise ValueError(
            f"subjects {first} and {second} have no variable in common: leave out the incomplete ones"
        )
    return pd.DataFrame(total / compared, index=subjects.index, columns=subjects.index)


def standardised_distance(subjects: pd.DataFrame) -> pd.DataFrame:
    """Euclidean distance of complete numeric variables, each with mean 0 and standard deviation 1.

    Examples
    --------
    >>> standardised_distance(pd.DataFrame({"cdai": [10.0, 20, 30]}, index=list("abc"))).loc["a"].tolist()
    [0.0, 1.0, 2.0]
    """
    check_unique(subjects.index, "subjects")
    check_finite(subjects, subjects.columns)
    if subjects.isna().any(axis=None):
        raise ValueError("standardised distances need complete numbers: impute, or use gower_distance")
    if len(subjects) < 2:
        raise NotEstimable("{n} subjects have no distance from one another", n=len(subjects))
    values = subjects.to_numpy(float)
    spread = values.std(axis=0, ddof=1)
    constant = [name for name, column in zip(subjects.columns, values.T) if not varies(column)]
    if constant:
        raise NotEstimable("variables that do not vary: {names}", names=named(*constant))
    scaled = (values - values.mean(axis=0)) / spread
    apart = np.sqrt(((scaled[:, None, :] - scaled[None, :, :]) ** 2).sum(axis=2))
    return pd.DataFrame(apart, index=subjects.index, columns=subjects.index)


def divide(distance: pd.DataFrame, *, n_groups: int) -> Partition:
    """Divide subjects around medoids (PAM: greedy start, then the best swap until none improves).

    No random start: the same distances give the same groups.

    References
    ----------
    Kaufman L, Rousseeuw PJ. Finding Groups in Data. 1990. doi:10.1002/9780470316801.
    Schubert E, Rousseeuw PJ. Inf Syst 2021;101:101804. doi:10.1016/j.is.2021.101804.

    Examples
    --------
    >>> subjects = pd.DataFrame({"cdai": [1.0, 2, 3, 30, 31]}, index=list("abcde"))
    >>> partition = divide(gower_distance(subjects), n_groups=2)
    >>> partition.labels.tolist(), partition.medoids
    ([1, 1, 1, 2, 2], ('b', 'd'))
    """
    apart = distance.to_numpy(float)
    check_unique(distance.index, "distance")
    if not np.isfinite(apart).all():
        raise ValueError("distances must be finite: leave out the subjects that cannot be compared")
    if not 2 <= n_groups < len(apart):
        raise ValueError(f"{len(apart)} subjects cannot make {n_groups} groups")
    different = len(np.unique(apart <= ALIKE * apart.max(), axis=0))
    if different < n_groups:
        raise NotEstimable(
            "only {different} different kinds of subjects: they cannot make {n} groups",
            different=different,
            n=n_groups,
        )
    medoids = _swap(apart, _greedy(apart, n_groups))
    nearest = apart[:, medoids].argmin(axis=1)
    order = np.argsort(-np.bincount(nearest, minlength=n_groups), kind="stable")
    labels = np.argsort(order)[nearest] + 1
    return Partition(
        labels=pd.Series(labels, index=distance.index, name="phenotype"),
        medoids=tuple(distance.index[medoids[i]] for i in order),
        cost=float(apart[np.arange(len(apart)), np.array(medoids)[nearest]].sum()),
        silhouette=float(silhouettes(apart, labels).mean()),
        sizes=tuple(int(size) for size in np.bincount(labels)[1:]),
    )


def choose_number(
    distance: pd.DataFrame, *, candidates: Sequence[int], smallest_share: float = SMALLEST_SHARE
) -> pd.DataFrame:
    """Compare numbers of groups; the rule: highest average silhouette among those without a tiny group.

    Parameters
    ----------
    candidates : sequence of int
        Numbers of groups to compare, named before looking.
    smallest_share : float
        Share of the subjects that every group must have [P]; 0.05 as proposed in the reference.

    Returns
    -------
    DataFrame
        n_groups, silhouette, cost, smallest_share, eligible, chosen. Nothing is chosen if nothing is eligible.

    References
    ----------
    Rousseeuw PJ. J Comput Appl Math 1987;20:53-65. doi:10.1016/0377-0427(87)90125-7.
    """
    rows = []
    for n_groups in candidates:
        partition = divide(distance, n_groups=n_groups)
        share = min(partition.sizes) / len(distance)
        rows.append(
            {
                "n_groups": n_groups,
                "silhouette": partition.silhouette,
                "cost": partition.cost,
                "smallest_share": share,
            }
        )
    table = pd.DataFrame(rows)
    eligible = table["smallest_share"] >= smallest_share
    best = table["silhouette"].where(eligible).max()
    return table.assign(eligible=eligible, chosen=eligible & (table["silhouette"] == best))


def assess_stability(distance: pd.DataFrame, *, n_groups: int, n_resamples: int, seed: int) -> pd.DataFrame:
    """How often each group returns: mean Jaccard similarity with its closest group in bootstrap samples.

    Returns
    -------
    DataFrame
        phenotype, n, jaccard, stable (at least 0.75 [P]), n_resamples (in which a member was drawn), method.

    References
    ----------
    Hennig C. Comput Stat Data Anal 2007;52:258-71. doi:10.1016/j.csda.2006.11.025.
    """
    check_whole("n_resamples", n_resamples)
    whole = divide(distance, n_groups=n_groups)
    labels = whole.labels.to_numpy()
    rng = np.random.default_rng(seed)
    similarity = np.full((n_resamples, n_groups), np.nan)
    for b in range(n_resamples):
        drawn = np.unique(rng.integers(0, len(distance), len(distance)))
        try:
            again = divide(distance.iloc[drawn, drawn], n_groups=n_groups).labels.to_numpy()
        except ValueError:  # too few different subjects were drawn
            continue
        similarity[b] = [_closest(labels[drawn] == group + 1, again) for group in range(n_groups)]
    counted = (~np.isnan(similarity)).sum(axis=0)
    mean = np.nansum(similarity, axis=0) / np.maximum(counted, 1)
    jaccard = np.where(counted > 0, mean, np.nan)
    return pd.DataFrame(
        {
            "phenotype": range(1, n_groups + 1),
            "n": whole.sizes,
            "jaccard": jaccard,
            "stable": jaccard >= STABLE,
            "n_resamples": counted,
            "method": tr(
                "Bootstrap Jaccard similarity, {n_resamples} resamples, seed {seed}",
                n_resamples=n_resamples,
                seed=seed,
            ),
        }
    )


def profile_groups(subjects: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """What sets the groups apart: per variable and group, mean and its standardised distance from all, or share.

    Returns
    -------
    DataFrame
        phenotype, variable, level (categories and booleans), n, n_missing, estimate (mean or share), standardised
        ((mean minus overall mean) over overall standard deviation, for the heat map), method.

    Examples
    --------
    >>> subjects = pd.DataFrame({"cdai": [10.0, 20, 30, 40]})
    >>> profile_groups(subjects, pd.Series([1, 1, 2, 2]))["estimate"].tolist()
    [15.0, 35.0]
    """
    if not subjects.index.equals(labels.index):
        raise ValueError("subjects and labels must share one index: align them by subject first")
    rows = []
    for name in subjects:
        for level, values in _numeric_views(subjects[name]):
            mean, spread = values.mean(), values.std()
            for group, part in values.groupby(labels):
                row = {"phenotype": group, "variable": name, "level": level, "n": int(part.notna().sum())}
                apart = (part.mean() - mean) / spread if spread > 0 else float("nan")
                rows.append(
                    {
                        **row,
                        "n_missing": int(part.isna().sum()),
                        "estimate": part.mean(),
                        "standardised": apart,
                        "method": tr("mean or share in the group, described"),
                    }
                )
    return pd.DataFrame(rows)


def silhouettes(apart: Any, labels: Mapping[str, str]) -> Any:
    """Silhouette of each subject; 0 for a subject alone in its group."""
    member = np.unique(labels)[:, None] == labels
    sums, sizes = member @ apart, member.sum(axis=1)
    own = member.T
    inside = (sums.T * own).sum(axis=1) / np.maximum(sizes[own.argmax(axis=1)] - 1, 1)
    outside = np.where(own, np.inf, sums.T / sizes).min(axis=1)
    value = (outside - inside) / np.maximum(np.maximum(inside, outside), 1e-300)
    return np.where(sizes[own.argmax(axis=1)] > 1, value, 0.0)


def _difference(values):
    """Pairwise difference of one variable between 0 and 1; missing ones as 0 (they are weighted away)."""
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers = values.to_numpy(float, na_value=np.nan)
        if not varies(numbers):
            raise NotEstimable(
                "{name} does not vary: it tells no two subjects apart", name=named(values.name)
            )
        span = np.nanmax(numbers) - np.nanmin(numbers)
        return np.nan_to_num(np.abs(numbers[:, None] - numbers[None, :]) / span)
    codes = pd.factorize(values)[0]
    if len(np.unique(codes[codes >= 0])) < 2:
        raise NotEstimable("{name} does not vary: it tells no two subjects apart", name=named(values.name))
    return (codes[:, None] != codes[None, :]).astype(float)


def _greedy(apart, n_groups):
    """Start: the subject nearest to all, then each time the one that helps most."""
    medoids = [int(apart.sum(axis=0).argmin())]
    while len(medoids) < n_groups:
        nearest = apart[:, medoids].min(axis=1)
        gain = np.maximum(nearest[:, None] - apart, 0).sum(axis=0)
        gain[medoids] = -1
        medoids.append(int(gain.argmax()))
    return medoids


def _swap(apart, medoids):
    """Exchange a medoid for another subject while the total distance falls (Schubert and Rousseeuw 2021, FastPAM1)."""
    while True:
        to_medoids = apart[:, medoids]
        ranked = np.sort(to_medoids, axis=1)
        first, second = ranked[:, 0], ranked[:, 1]
        own = np.eye(len(medoids))[to_medoids.argmin(axis=1)]
        shared = np.minimum(apart - first[:, None], 0)
        removed = np.minimum(apart, second[:, None]) - first[:, None] - shared
        change = shared.sum(axis=0)[:, None] + removed.T @ own
        candidate, leaving = np.unravel_index(change.argmin(), change.shape)
        if change[candidate, leaving] > -ALIKE * apart.max() * len(apart):
            return medoids
        medoids = [int(candidate) if i == leaving else m for i, m in enumerate(medoids)]


def _closest(group, again):
    """Largest Jaccard similarity of a group with any group of the resample; NaN if nobody of it was drawn."""
    if not group.any():
        return np.nan
    others = [again == label for label in np.unique(again)]
    return max((group & other).sum() / (group | other).sum() for other in others)


def _numeric_views(values):
    """A number as it is; a category or boolean as one indicator per level."""
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        yield "", values.astype(float)
        return
    for level in sorted(values.dropna().unique(), key=str):
        yield str(level), (values == level).astype(object).where(values.notna()).astype(float)
