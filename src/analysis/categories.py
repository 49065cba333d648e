"""Categories and ranks over visits: Cochran's Q, Friedman, Stuart-Maxwell and Bowker tests.

All take wide data, one row per subject and one column per visit; subjects with a missing visit are left out
and counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs import check_finite
from analysis.language import tr


@dataclass(frozen=True, slots=True)
class VisitTest:
    """A test over visits; `effect` is Kendall's W for Friedman's test, else NaN."""

    statistic: float
    df: int
    p_value: float
    effect: float
    n_complete: int
    n_missing: int
    method: str
    note: str


def cochran_q(visits: pd.DataFrame) -> VisitTest:
    """Cochran's Q: does a yes/no endpoint have the same rate at all visits?

    Parameters
    ----------
    visits : DataFrame of boolean
        One row per subject, one column per visit (two or more), missing as NA.

    Returns
    -------
    VisitTest
        Chi-square with (visits - 1) df. When every subject gives the same answer at all visits there is nothing to
        test: the statistic is NaN and p is 1.

    Raises
    ------
    ValueError
        For fewer than two visits, a repeated subject, or answers other than yes/no.

    References
    ----------
    Cochran WG. The comparison of percentages in matched samples. Biometrika 1950;37:256-266. doi:10.2307/2332378

    Examples
    --------
    >>> rows = [[1, 1, 0], [0, 1, 0], [1, 1, 1], [0, 0, 0], [1, 1, 0], [0, 1, 1]]
    >>> test = cochran_q(pd.DataFrame(rows, columns=["w00", "w12", "w24"]))
    >>> test.statistic, test.df, round(test.p_value, 6)
    (3.5, 2, 0.173774)
    """
    answers, n_missing = _complete(visits)
    if not np.isin(answers, (0, 1)).all():
        raise ValueError("visits: expected yes/no (True and False, or 1 and 0), got other values")
    k = answers.shape[1]
    by_visit, by_subject = answers.sum(axis=0), answers.sum(axis=1)
    spread = k * by_subject.sum() - (by_subject**2).sum()
    distance = (k - 1) * (k * (by_visit**2).sum() - by_visit.sum() ** 2)
    method = tr("Cochran's Q over {k} visits, asymptotic", k=k)
    return _visit_test(distance, spread, k - 1, answers, n_missing, method)


def friedman(visits: pd.DataFrame) -> VisitTest:
    """Friedman's test: does an ordinal or numeric endpoint differ between visits? With Kendall's W as effect size.

    Parameters
    ----------
    visits : DataFrame
        One row per subject, one column per visit (two or more), numbers in one unit (round to the instrument's step
        before: values are ranked within subjects), missing as NaN.

    Returns
    -------
    VisitTest
        Tie-corrected chi-square with (visits - 1) df; `effect` is Kendall's W (0 no, 1 perfect agreement of the order).
        When all values are tied within every subject the statistic is NaN and p is 1.

    References
    ----------
    Friedman M. JASA 1937;32:675-701. doi:10.1080/01621459.1937.10503522
    Kendall MG, Babington Smith B. Ann Math Stat 1939;10:275-287. doi:10.1214/aoms/1177732186

    Examples
    --------
    >>> rows = [[1, 2, 3], [2, 2, 4], [1, 1, 1], [5, 3, 4], [2, 6, 6]]
    >>> test = friedman(pd.DataFrame(rows))
    >>> round(test.statistic, 6), round(test.p_value, 6), round(test.effect, 6)
    (2.714286, 0.257395, 0.271429)
    """
    from scipy.stats import rankdata

    values, n_missing = _complete(visits)
    n, k = values.shape
    ranks = rankdata(values, axis=1) if n else values
    distance = ((ranks.sum(axis=0) - n * (k + 1) / 2) ** 2).sum()
    spread = ((ranks - (k + 1) / 2) ** 2).sum() / (k - 1)
    method = tr("Friedman test over {k} visits, tie-corrected, asymptotic; effect: Kendall's W", k=k)
    test = _visit_test(distance, spread, k - 1, values, n_missing, method)
    effect = test.statistic / (n * (k - 1)) if n else float("nan")
    return VisitTest(test.statistic, test.df, test.p_value, effect, n, n_missing, method, test.note)


def transitions(visits: pd.DataFrame, *, categories: Sequence[Any]) -> pd.DataFrame:
    """Square table of counts: category at the first visit (rows) by category at the second (columns).

    Parameters
    ----------
    visits : DataFrame
        One row per subject, two columns; missing as NA. Subjects with a missing visit are left out.
    categories : sequence
        All categories in their order; an unknown one raises ValueError.

    Examples
    --------
    >>> visits = pd.DataFrame({"w00": ["high", "high", "low"], "w24": ["low", "high", None]})
    >>> transitions(visits, categories=["low", "high"]).loc["high"].to_dict()
    {'low': 1, 'high': 1}
    """
    _check_visits(visits)
    if visits.shape[1] != 2:
        raise ValueError(f"visits: expected two columns, got {visits.shape[1]}")
    order = list(categories)
    known = visits.dropna()
    unknown = ~known.isin(order)
    if unknown.to_numpy().any():
        raise ValueError(f"visits: {int(unknown.to_numpy().sum())} answers are not among the categories")
    first, second = (pd.Categorical(known[name], categories=order) for name in visits.columns)
    counts = np.zeros((len(order), len(order)), dtype=int)
    np.add.at(counts, (first.codes, second.codes), 1)
    names = [str(name) for name in visits.columns]
    return pd.DataFrame(counts, index=pd.Index(order, name=names[0]), columns=pd.Index(order, name=names[1]))


def stuart_maxwell(table: pd.DataFrame | np.ndarray) -> VisitTest:
    """Stuart-Maxwell test: are the categories as frequent at the second visit as at the first (marginal homogeneity)?

    Parameters
    ----------
    table : DataFrame or square array
        Counts as `transitions` gives them.

    Returns
    -------
    VisitTest
        Chi-square; categories empty at both visits, and directions in which nothing can change, take no df. With two
        categories it is McNemar's chi-square. When nobody changed the statistic is NaN and p is 1.

    References
    ----------
    Stuart A. Biometrika 1955;42:412-416. doi:10.2307/2333387
    Maxwell AE. Br J Psychiatry 1970;116:651-655. doi:10.1192/bjp.116.535.651

    Examples
    --------
    >>> test = stuart_maxwell([[20, 10, 6], [5, 15, 9], [1, 4, 12]])
    >>> round(test.statistic, 6), test.df, round(test.p_value, 6)
    (7.161125, 2, 0.02786)
    """
    counts = _square(table)
    difference = counts.sum(axis=1) - counts.sum(axis=0)
    covariance = np.diag(counts.sum(axis=1) + counts.sum(axis=0)) - counts - counts.T
    df = int(np.linalg.matrix_rank(covariance))
    statistic = float(difference @ np.linalg.pinv(covariance, hermitian=True) @ difference)
    method = tr("Stuart-Maxwell test of marginal homogeneity, asymptotic")
    return _table_test(statistic, df, counts, method)


def bowker(table: pd.DataFrame | np.ndarray) -> VisitTest:
    """Bowker's test: is each change of category as frequent as its reverse (symmetry)?

    Parameters
    ----------
    table : DataFrame or square array
        Counts as `transitions` gives them.

    Returns
    -------
    VisitTest
        Chi-square with one df per pair of categories between which somebody changed. NaN and p 1 when nobody changed.

    References
    ----------
    Bowker AH. JASA 1948;43:572-574. doi:10.1080/01621459.1948.10483284

    Examples
    --------
    >>> test = bowker([[20, 10, 6], [5, 15, 9], [1, 4, 12]])
    >>> round(test.statistic, 6), test.df, round(test.p_value, 6)
    (7.161172, 3, 0.066934)
    """
    counts = _square(table)
    upper = np.triu_indices(len(counts), 1)
    there, back = counts[upper], counts.T[upper]
    used = there + back > 0
    statistic = float(((there - back)[used] ** 2 / (there + back)[used]).sum())
    return _table_test(statistic, int(used.sum()), counts, tr("Bowker's test of symmetry, asymptotic"))


def _complete(visits: pd.DataFrame) -> tuple[np.ndarray, int]:
    """Numbers of the subjects with all visits, and how many lack one."""
    _check_visits(visits)
    check_finite(visits, visits.columns)
    known = visits.dropna()
    try:
        return known.to_numpy(dtype=float), len(visits) - len(known)
    except (TypeError, ValueError):
        raise ValueError("visits: expected numbers or yes/no, got other values") from None


def _check_visits(visits: pd.DataFrame) -> None:
    """Refuse anything but a frame of unique subjects and two or more visits."""
    if not isinstance(visits, pd.DataFrame) or visits.shape[1] < 2:
        raise ValueError("visits: expected a frame with one row per subject and at least two visit columns")
    if visits.index.has_duplicates:
        few = ", ".join(str(one) for one in visits.index[visits.index.duplicated()].unique()[:5])
        raise ValueError(f"visits: subjects occur more than once ({few}); one row per subject")


def _square(table) -> np.ndarray:
    """Counts of a square table as floats."""
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or len(counts) < 2:
        raise ValueError(f"table: expected a square table of counts, got shape {counts.shape}")
    if np.isnan(counts).any() or (counts < 0).any() or (counts != np.floor(counts)).any():
        raise ValueError("table: expected whole numbers, 0 or more")
    return counts


def _visit_test(distance, spread, df: int, values, n_missing: int, method: str) -> VisitTest:
    """Chi-square test from a quotient; NaN and p 1 where nothing varies, NaN without a subject."""
    n = len(values)
    statistic = float(distance / spread) if spread > 0 else float("nan")
    note = (
        ""
        if spread > 0
        else (tr("no subject with all visits") if n == 0 else tr("no subject changed: p is 1"))
    )
    return VisitTest(statistic, df, _chi_square_p(statistic, df, n), float("nan"), n, n_missing, method, note)


def _table_test(statistic: float, df: int, counts: np.ndarray, method: str) -> VisitTest:
    """Chi-square test of a table; NaN and p 1 where nobody changed."""
    n = int(counts.sum())
    statistic = statistic if df else float("nan")
    note = "" if df else (tr("no subject") if n == 0 else tr("no subject changed: p is 1"))
    return VisitTest(statistic, df, _chi_square_p(statistic, df, n), float("nan"), n, 0, method, note)


def _chi_square_p(statistic: float, df: int, n: int) -> float:
    """Upper tail; 1 where there is no statistic, NaN without a subject."""
    from scipy.special import chdtrc

    if n == 0:
        return float("nan")
    return 1.0 if np.isnan(statistic) else float(chdtrc(df, statistic))
