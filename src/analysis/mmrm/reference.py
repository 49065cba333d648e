"""What if subjects who left went on as the reference group does: reference-based imputation, with an added delta.

The mean of each group at each visit and the common covariance come from the mixed model. A value missing after a
subject's last visit is replaced by its conditional mean given what was seen, about a mean that the assumption chooses:
that of the own group (missing at random), that of the reference from then on (jump to reference), or the own mean at
the last visit plus the reference's further change (copy increments in reference). Errors come from leaving out each
subject in turn and doing everything again, so that they hold for what is estimated and need no draws.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs import NotEstimable, check_choice, check_level, check_unique, limit_words
from analysis.language import Texts, tr
from analysis.mmrm.fit import fit

ASSUMPTIONS = Texts(
    {
        "missing_at_random": "missing at random",
        "jump_to_reference": "jump to reference",
        "copy_increments": "copy increments in reference",
    }
)


@dataclass(frozen=True, slots=True)
class ReferenceBased:
    """Difference between a group and the reference at the last visit, adjusted for baseline, under one assumption."""

    estimate: float
    se: float
    conf_low: float
    conf_high: float
    statistic: float
    p_value: float
    n: int
    n_imputed: int
    n_missing: int
    assumption: str
    delta: float
    method: str


def reference_based_difference(
    course: pd.DataFrame,
    group: pd.Series,
    *,
    reference: Any,
    assumption: str,
    confidence_level: float,
    delta: float = 0.0,
) -> ReferenceBased:
    """Difference of adjusted means at the last visit with missing values filled by an assumption.

    Parameters
    ----------
    course : DataFrame
        Subjects (index) by visits, baseline first; NaN where missing. Subjects without baseline are left out.
    group : Series
        Two groups, on the same index.
    reference : object
        The group whose course those who left are given.
    assumption : {"missing_at_random", "jump_to_reference", "copy_increments"}
        For values after a subject's last visit; values missing before it are always taken as missing at random.
    confidence_level : float
        Between 0 and 1.
    delta : float
        Added to the imputed values of the group (not of the reference) after the last visit: positive worsens a score
        that should fall. Raise it until the conclusion changes (tipping point).

    Returns
    -------
    ReferenceBased
        Normal limits with the jackknife error.

    References
    ----------
    Carpenter JR, et al. J Biopharm Stat 2013;23:1352-71. doi:10.1080/10543406.2013.834911. Wolbers M, et al. Pharm Stat
    2022;21:1246-57. doi:10.1002/pst.2234.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> base, noise = rng.normal(20, 4, 16), rng.normal(size=(2, 16))
    >>> course = pd.DataFrame({"w00": base, "w12": base - 2 + noise[0], "w24": base - 4 + noise[1]})
    >>> arm = pd.Series(["drug", "placebo"] * 8)
    >>> course.loc[arm.eq("drug"), "w24"] -= 3
    >>> course.loc[:3, "w24"] = float("nan")
    >>> found = [reference_based_difference(course, arm, reference="placebo", assumption=one, confidence_level=0.95)
    ...          for one in ("missing_at_random", "jump_to_reference")]
    >>> bool(abs(found[1].estimate) < abs(found[0].estimate))
    True
    """
    from scipy.special import ndtr, ndtri

    check_level(confidence_level)
    check_choice("assumption", assumption, ASSUMPTIONS)
    values, other = _checked(course, group, reference)
    estimate, imputed = _once(values, other, assumption, delta)
    everybody = np.arange(len(values))
    left_out = np.array(
        [
            _once(values[kept], other[kept], assumption, delta)[0]
            for kept in (everybody != i for i in everybody)
        ]
    )
    n = len(values)
    se = float(np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum()))
    half = float(ndtri(0.5 + confidence_level / 2)) * se
    return ReferenceBased(
        estimate=estimate,
        se=se,
        conf_low=estimate - half,
        conf_high=estimate + half,
        statistic=estimate / se,
        p_value=float(2 * ndtr(-abs(estimate / se))),
        n=n,
        n_imputed=imputed,
        n_missing=len(course) - n,
        assumption=assumption,
        delta=float(delta),
        method=_method(assumption, delta, confidence_level),
    )


def _method(assumption: str, delta: float, confidence_level: float) -> str:
    """What was done, in one sentence."""
    words = {"assumptions": ASSUMPTIONS[assumption], "confidence_level": limit_words(confidence_level)}
    if delta:
        return tr(
            "Conditional means imputed, {assumptions}, {delta:g} added to imputed values; difference adjusted for "
            "baseline, jackknife error, {confidence_level} normal interval",
            delta=delta,
            **words,
        )
    return tr(
        "Conditional means imputed, {assumptions}; difference adjusted for baseline, jackknife error, "
        "{confidence_level} normal interval",
        **words,
    )


def _checked(course, group, reference):
    """Values of the subjects with a baseline, and whether each is in the group that is not the reference."""
    check_unique(course.index, "course")
    if not course.index.equals(group.index):
        raise ValueError("course and group must share one index: align them by subject first")
    names = sorted(group.dropna().unique(), key=str)
    if len(names) != 2 or reference not in names:
        raise ValueError(f"two groups are compared, {reference!r} being one of them: found {names}")
    if course.shape[1] < 2:
        raise ValueError("course: expected baseline and at least one later visit")
    known = course.iloc[:, 0].notna() & group.notna()
    values = course[known].to_numpy(float)
    if np.isinf(values).any():
        raise ValueError("course: infinite values; mark them as missing or correct them")
    other = group[known].ne(reference).to_numpy()
    if min(other.sum(), (~other).sum()) < 3:
        raise NotEstimable("fewer than three subjects with baseline in a group")
    return values, other


def _once(values, other, assumption, delta):
    """The adjusted difference with missing values filled, and how many were missing at the last visit."""
    means, covariance = _moments(values, other)
    filled = values.copy()
    for i, row in enumerate(values):
        gaps = np.isnan(row)
        if gaps.any():
            last = int(np.flatnonzero(~gaps).max())
            own = _assumed(means, int(other[i]), last, assumption)
            seen = ~gaps
            pull = np.linalg.solve(covariance[np.ix_(seen, seen)], row[seen] - own[seen])
            filled[i, gaps] = own[gaps] + covariance[np.ix_(gaps, seen)] @ pull
            if other[i]:
                filled[i, last + 1 :] += delta
    design = np.column_stack([np.ones(len(values)), values[:, 0] - values[:, 0].mean(), other])
    coefficients = np.linalg.lstsq(design, filled[:, -1], rcond=None)[0]
    return float(coefficients[2]), int(np.isnan(values[:, -1]).sum())


def _assumed(means, own, last, assumption):
    """The course of means that a subject of group `own`, last seen at `last`, is taken to follow."""
    course = means[own].copy()
    if assumption == "jump_to_reference":
        course[last + 1 :] = means[0, last + 1 :]
    elif assumption == "copy_increments":
        course[last + 1 :] = means[own, last] + means[0, last + 1 :] - means[0, last]
    return course


def _moments(values, other):
    """Means by group (reference first) and visit, and the covariance, by restricted maximum likelihood."""
    n_visits = values.shape[1]
    wide = pd.DataFrame(values, columns=range(n_visits)).rename_axis("subject_id")
    rows = wide.assign(arm=np.where(other, "other", "a")).reset_index()
    long = rows.melt(["subject_id", "arm"], var_name="visit_id", value_name="y").dropna()
    model = fit(
        long,
        response="y",
        visits=list(range(n_visits)),
        group="arm",
        structures=("unstructured",),
        inference="satterthwaite",
    )
    by_term = model.coefficients.set_index("term")["estimate"]
    first = by_term["(intercept)"] + np.array([0.0, *(by_term[f"visit={v}"] for v in range(1, n_visits))])
    apart = by_term["group=other"] + np.array(
        [0.0, *(by_term[f"group=other:visit={v}"] for v in range(1, n_visits))]
    )
    return np.array([first, first + apart]), model.covariance.to_numpy()
