"""Wilcoxon's signed-rank test for two visits, exact under ties and zeros."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.inputs import check_choice
from analysis.language import tr

from .pairs import ALTERNATIVES, match_pairs, settled_change
from .signed_rank import (
    ZERO_RULES,
    ZERO_WORDS,
    asymptotic_p_value,
    doubled_ranks,
    exact_p_value,
    normal_deviate,
)

if TYPE_CHECKING:
    import pandas as pd

EXACT_MAX = 300


@dataclass(frozen=True, slots=True)
class RankComparison:
    """Signed-rank test; `statistic` is the sum of the ranks of positive changes, `z` its normal deviate."""

    statistic: float
    sum_negative: float
    z: float
    p_value: float
    exact: bool
    n_pairs: int
    n_missing: int
    n_zero: int
    n_nonzero: int
    n_tied: int
    zeros: str
    alternative: str
    method: str
    note: str


def compare_ranks(
    baseline: "pd.Series",
    followup: "pd.Series",
    *,
    zeros: str,
    alternative: str = "two-sided",
    resolution: float | None = None,
    exact_max: int = EXACT_MAX,
    continuity_correction: bool = False,
) -> RankComparison:
    """Wilcoxon signed-rank test of the change between two visits.

    Parameters
    ----------
    baseline, followup : Series
        Numbers in one unit, indexed by subject id and paired by it.
    zeros : {"wilcoxon", "pratt"}
        What happens to pairs without change; the protocol says which. "wilcoxon" drops them before ranking, "pratt"
        ranks them with the rest and then drops their ranks, so that many unchanged patients weaken the evidence.
    alternative : {"two-sided", "less", "greater"}
        Direction of the change (follow-up minus baseline) under the alternative hypothesis.
    resolution : float, optional
        The instrument's step; see `settled_change`. Ranks are formed on changes rounded to it, by default to 10
        significant digits.
    exact_max : int
        The test is exact up to this many non-zero changes (a convention of this project, 300: milliseconds), and
        uses the normal approximation with the variance of the observed ranks beyond.
    continuity_correction : bool
        Of the normal approximation only.

    Returns
    -------
    RankComparison
        Without a non-zero change p is 1 (with a note); without a pair it is NaN.

    Raises
    ------
    ValueError
        As `match_pairs`; or for an unknown zero rule or alternative.

    References
    ----------
    Wilcoxon F. Individual comparisons by ranking methods. Biometrics Bull 1945;1:80-83. doi:10.2307/3001968
    Pratt JW. Remarks on zeros and ties in the Wilcoxon signed rank procedures. JASA 1959;54:655-667.
    doi:10.1080/01621459.1959.10501526
    Hothorn T, et al. Implementing a class of permutation tests: the coin package. J Stat Softw 2008;28(8).
    doi:10.18637/jss.v028.i08

    Examples
    --------
    CDASI of 12 patients with two unchanged; both rules happen to give 1/256:

    >>> import pandas as pd
    >>> before = pd.Series([22, 18, 30, 25, 14, 27, 19, 33, 21, 16, 24, 28])
    >>> after = pd.Series([12, 15, 18, 25, 10, 20, 19, 20, 15, 18, 14, 21])
    >>> dropped = compare_ranks(before, after, zeros="wilcoxon")
    >>> dropped.statistic, dropped.sum_negative, dropped.p_value
    (1.0, 54.0, 0.00390625)
    >>> compare_ranks(before, after, zeros="pratt").p_value
    0.00390625
    """
    check_choice("zeros", zeros, ZERO_RULES)
    check_choice("alternative", alternative, ALTERNATIVES)
    pairs = match_pairs(baseline, followup)
    change = settled_change(pairs.baseline, pairs.followup, resolution=resolution)
    ranks, positive = doubled_ranks(change, zeros)
    exact = len(ranks) <= exact_max
    centred, sd = normal_deviate(ranks, positive)
    return RankComparison(
        statistic=float(ranks[positive].sum() / 2),
        sum_negative=float(ranks[~positive].sum() / 2),
        z=centred / sd if sd else float("nan"),
        p_value=_p_value(ranks, positive, alternative, exact, continuity_correction)
        if len(change)
        else float("nan"),
        exact=exact,
        n_pairs=pairs.n_pairs,
        n_missing=pairs.n_missing,
        n_zero=len(change) - len(ranks),
        n_nonzero=len(ranks),
        n_tied=n_tied(ranks),
        zeros=zeros,
        alternative=alternative,
        method=rank_method(zeros, alternative, exact, continuity_correction),
        note=rank_note(len(change), len(ranks)),
    )


def _p_value(ranks, positive, alternative, exact, continuity):
    """Exact or asymptotic, as decided by the number of non-zero changes."""
    if exact:
        return exact_p_value(ranks, positive, alternative)
    return asymptotic_p_value(ranks, positive, alternative, continuity=continuity)


def n_tied(ranks: np.ndarray) -> int:
    """How many non-zero changes share their rank with another."""
    _, size = np.unique(ranks, return_counts=True)
    return int(size[size > 1].sum())


def rank_method(zeros: str, alternative: str, exact: bool, continuity: bool) -> str:
    """What was done, as a table footnote says it."""
    if exact:
        how = tr("exact conditional distribution, midranks for ties")
    elif continuity:
        how = tr("normal approximation with tie correction, with continuity correction")
    else:
        how = tr("normal approximation with tie correction, no continuity correction")
    return tr(
        "Wilcoxon signed-rank test, {alternative}, {zero_words}, {how}",
        alternative=alternative,
        zero_words=ZERO_WORDS[zeros],
        how=how,
    )


def rank_note(n_pairs: int, n_nonzero: int) -> str:
    """What a reader must know of a small or empty test."""
    if n_pairs == 0:
        return tr("no complete pair")
    if n_nonzero == 0:
        return tr("no change differs from zero: p is 1")
    if n_nonzero < 6:
        return tr("{n_nonzero} non-zero changes cannot reach p < 0.05 two-sided", n_nonzero=n_nonzero)
    return ""
