"""Responders of two groups within strata: Cochran-Mantel-Haenszel test, common odds ratio and difference."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.inputs import NotEstimable, check_columns, check_level, check_roles, limit_words, yes_no
from analysis.language import tr


@dataclass(frozen=True, slots=True)
class StratifiedComparison:
    """Group against reference over strata; strata with one group alone say nothing and are counted in `n_empty`."""

    odds_ratio: float
    odds_ratio_low: float
    odds_ratio_high: float
    estimate: float
    conf_low: float
    conf_high: float
    statistic: float
    df: int
    p_value: float
    n_strata: int
    n_empty: int
    n: int
    n_missing: int
    method: str


def cochran_mantel_haenszel(
    subjects: pd.DataFrame,
    *,
    response: str,
    group: str,
    reference: str,
    strata: str | list[str],
    confidence_level: float,
) -> StratifiedComparison:
    """Compare responders of two groups within strata.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject.
    response, group : str
        Yes/no column, and column with two groups.
    reference : str
        Group that the other is compared with.
    strata : str or list of str
        Column, or columns together, that make a stratum.
    confidence_level : float
        Between 0 and 1.

    Returns
    -------
    StratifiedComparison
        `estimate` is the common difference of proportions (Mantel-Haenszel weights, Sato's variance), `odds_ratio` the
        common odds ratio (Robins, Breslow and Greenland's variance); the test is without continuity correction.

    References
    ----------
    Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719-48. Robins J, et al. Biometrics 1986;42:311-23.
    Sato T. Biometrics 1989;45:1323-4 (letter).

    Examples
    --------
    >>> trial = pd.DataFrame({"arm": ["a", "b"] * 8, "site": [1] * 8 + [2] * 8,
    ...                       "good": [0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0, 1]})
    >>> found = cochran_mantel_haenszel(trial, response="good", group="arm", reference="a", strata="site",
    ...                                 confidence_level=0.95)
    >>> found.estimate, found.odds_ratio
    (0.5, 9.0)
    """
    from scipy.special import chdtrc, ndtri

    check_level(confidence_level)
    keys = [strata] if isinstance(strata, str) else list(strata)
    check_roles(response=response, group=group, strata=keys)
    check_columns(subjects, [response, group, *keys], "subjects")
    answers = yes_no(subjects[response], response)
    rows = subjects[[group, *keys]].assign(answer=answers).dropna()
    names = sorted(rows[group].unique(), key=str)
    if len(names) != 2 or reference not in names:
        raise ValueError(f"two groups are compared, {reference!r} being one of them: found {names}")
    counts, n_strata = _tables(rows, group, reference, keys)
    if not len(counts):
        raise NotEstimable("no stratum has subjects of both groups")
    statistic = _statistic(counts)
    z = float(ndtri(0.5 + confidence_level / 2))
    odds, log_error = _odds(counts)
    difference, error = _difference(counts)
    return StratifiedComparison(
        odds_ratio=odds,
        odds_ratio_low=odds * float(np.exp(-z * log_error)) if np.isfinite(log_error) else float("nan"),
        odds_ratio_high=odds * float(np.exp(z * log_error)) if np.isfinite(log_error) else float("nan"),
        estimate=difference,
        conf_low=difference - z * error,
        conf_high=difference + z * error,
        statistic=statistic,
        df=1,
        p_value=float(chdtrc(1, statistic)) if np.isfinite(statistic) else 1.0,
        n_strata=n_strata,
        n_empty=n_strata - len(counts),
        n=len(rows),
        n_missing=len(subjects) - len(rows),
        method=tr(
            "Cochran-Mantel-Haenszel test, no continuity correction; {confidence_level} intervals of the "
            "common odds ratio (Robins-Breslow-Greenland) and difference (Sato)",
            confidence_level=limit_words(confidence_level),
        ),
    )


def _tables(rows, group, reference, keys):
    """Responders and others of the group and of the reference per stratum with both, and the number of strata."""
    other = rows[group].ne(reference)
    parts = [rows["answer"].eq(1) & other, rows["answer"].eq(0) & other]
    parts += [rows["answer"].eq(1) & ~other, rows["answer"].eq(0) & ~other]
    table = pd.concat(parts, axis=1, keys=list("abcd")).groupby([rows[key] for key in keys]).sum()
    counts = table.to_numpy(float)
    usable = (counts[:, :2].sum(axis=1) > 0) & (counts[:, 2:].sum(axis=1) > 0)
    return counts[usable], len(counts)


def _statistic(counts):
    """Squared sum of observed minus expected over its hypergeometric variance."""
    a, b, c, d = counts.T
    n, n1, n2, m1, m2 = a + b + c + d, a + b, c + d, a + c, b + d
    variance = (n1 * n2 * m1 * m2 / (n**2 * (n - 1))).sum()
    return float(((a - n1 * m1 / n).sum()) ** 2 / variance) if variance > 0 else float("nan")


def _odds(counts):
    """Common odds ratio and the error of its logarithm."""
    a, b, c, d = counts.T
    n = a + b + c + d
    r, s = a * d / n, b * c / n
    p, q = (a + d) / n, (b + c) / n
    if s.sum() == 0 or r.sum() == 0:
        ratio = float("nan") if r.sum() == s.sum() else (float("inf") if s.sum() == 0 else 0.0)
        return ratio, float("nan")
    variance = (
        (p * r).sum() / (2 * r.sum() ** 2)
        + (p * s + q * r).sum() / (2 * r.sum() * s.sum())
        + (q * s).sum() / (2 * s.sum() ** 2)
    )
    return float(r.sum() / s.sum()), float(np.sqrt(variance))


def _difference(counts):
    """Common difference and Sato's error."""
    a, b, c, d = counts.T
    n1, n2 = a + b, c + d
    n = n1 + n2
    weight = n1 * n2 / n
    difference = float((weight * (a / n1 - c / n2)).sum() / weight.sum())
    p = (n1**2 * c - n2**2 * a + n1 * n2 * (n2 - n1) / 2) / n**2
    q = (a * (n2 - c) + c * (n1 - a)) / (2 * n)
    variance = (difference * p.sum() + q.sum()) / weight.sum() ** 2
    return difference, float(np.sqrt(max(variance, 0.0)))
