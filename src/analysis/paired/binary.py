"""Two visits of a yes/no endpoint: the paired fourfold table and McNemar's tests."""

from dataclasses import dataclass

import pandas as pd

from analysis.inputs import check_choice, check_level
from analysis.language import tr

from .pairs import ALTERNATIVES, Pairs, match_pairs
from .risk_difference import tango_limits
from .signs import binomial_half_mass, binomial_half_p


@dataclass(frozen=True, slots=True)
class PairedTable:
    """Counts of subjects by both visits.

    `kept` yes at both, `lost` yes then no, `gained` no then yes, `never` no at both.
    """

    kept: int
    lost: int
    gained: int
    never: int
    n_missing: int = 0

    def __post_init__(self):
        """Refuse negative and fractional counts."""
        for name in ("kept", "lost", "gained", "never", "n_missing"):
            count = getattr(self, name)
            if count < 0 or count != int(count):
                raise ValueError(f"{name}: expected a count, got {count}")

    @property
    def n_pairs(self) -> int:
        """Number of complete pairs."""
        return self.kept + self.lost + self.gained + self.never

    @property
    def difference(self) -> float:
        """Proportion at follow-up minus proportion at baseline; NaN without a pair."""
        return (self.gained - self.lost) / self.n_pairs if self.n_pairs else float("nan")


@dataclass(frozen=True, slots=True)
class ProportionChange:
    """Change of a proportion; limits belong to `estimate`, the difference follow-up minus baseline."""

    estimate: float
    conf_low: float
    conf_high: float
    statistic: float
    p_value: float
    proportion_baseline: float
    proportion_followup: float
    n_kept: int
    n_lost: int
    n_gained: int
    n_never: int
    n_pairs: int
    n_missing: int
    confidence_level: float
    alternative: str
    method: str
    note: str


@dataclass(frozen=True, slots=True)
class McNemar:
    """McNemar's test; `statistic` is the count gained (exact, mid-p) or chi-square with 1 df (asymptotic)."""

    statistic: float
    p_value: float
    n_lost: int
    n_gained: int
    n_pairs: int
    n_missing: int
    method: str


def tabulate_pairs(baseline: pd.Series, followup: pd.Series) -> PairedTable:
    """Count subjects by yes/no at baseline and at follow-up.

    Parameters
    ----------
    baseline, followup : Series
        Booleans (or 0 and 1), missing as NA or NaN, indexed by subject id and paired by it. Missing is not "no".

    Raises
    ------
    ValueError
        As `match_pairs`; or for a value other than yes/no.

    Examples
    --------
    >>> before = pd.Series([True, False, False, None], dtype="boolean", index=["a", "b", "c", "d"])
    >>> after = pd.Series([True, True, False, True], index=["a", "b", "c", "d"])
    >>> tabulate_pairs(before, after)
    PairedTable(kept=1, lost=0, gained=1, never=1, n_missing=1)
    """
    pairs = match_pairs(_yes_no(baseline, "baseline"), _yes_no(followup, "followup"))
    return _counts(pairs)


def _yes_no(values, side: str):
    """A Series of 0, 1 and NaN."""
    if isinstance(values, pd.Series):
        known = values.dropna()
        if not known.isin([0, 1]).all():
            raise ValueError(f"{side}: expected yes/no (True and False, or 1 and 0), got other values")
        return pd.Series(pd.NA, index=values.index, dtype="Float64").where(values.isna(), values == 1)
    return values


def _counts(pairs: Pairs) -> PairedTable:
    """Fourfold table of matched 0/1 values."""
    before, after = pairs.baseline == 1, pairs.followup == 1
    kept, lost = int((before & after).sum()), int((before & ~after).sum())
    gained = int((~before & after).sum())
    return PairedTable(kept, lost, gained, pairs.n_pairs - kept - lost - gained, pairs.n_missing)


def compare_proportions(
    baseline: pd.Series,
    followup: pd.Series,
    *,
    confidence_level: float = 0.95,
    alternative: str = "two-sided",
) -> ProportionChange:
    """Change of a proportion between two visits: exact McNemar test and Tango's score interval.

    Parameters
    ----------
    baseline, followup : Series
        Booleans, missing as NA, indexed by subject id and paired by it.
    confidence_level : float
        Level of the interval of the difference, 0.95 by default.
    alternative : {"two-sided", "less", "greater"}
        Direction of the change under the alternative hypothesis.

    Returns
    -------
    ProportionChange
        `estimate` is the difference of proportions, follow-up minus baseline; `statistic` the number who gained.
        Without a subject who changed p is 1; without a pair everything is NaN.

    Notes
    -----
    The exact test never exceeds its level and is conservative; `mcnemar_midp` is the recommended less conservative one
    (Fagerland 2013). Where nobody can be "yes" at baseline by the entry criteria, the test is empty: report the
    proportion at follow-up with its interval instead.

    References
    ----------
    McNemar Q. Psychometrika 1947;12:153-157. doi:10.1007/BF02295996
    Fagerland MW, Lydersen S, Laake P. BMC Med Res Methodol 2013;13:91. doi:10.1186/1471-2288-13-91
    Tango T. Equivalence test and confidence interval for the difference in proportions for the paired-sample design.
    Stat Med 1998;17:891-908.

    Examples
    --------
    >>> before = pd.Series([False] * 9 + [True] * 2 + [False] * 39)
    >>> after = pd.Series([True] * 9 + [False] * 2 + [False] * 39)
    >>> change = compare_proportions(before, after)
    >>> round(change.p_value, 6), round(change.conf_low, 5), round(change.conf_high, 5)
    (0.06543, 0.01166, 0.27786)
    """
    check_level(confidence_level)
    check_choice("alternative", alternative, ALTERNATIVES)
    table = tabulate_pairs(baseline, followup)
    n, low, high = table.n_pairs, *tango_limits(table.lost, table.gained, table.n_pairs, confidence_level)
    return ProportionChange(
        estimate=table.difference,
        conf_low=float(low),
        conf_high=float(high),
        statistic=float(table.gained),
        p_value=binomial_half_p(table.gained, table.gained + table.lost, alternative) if n else float("nan"),
        proportion_baseline=(table.kept + table.lost) / n if n else float("nan"),
        proportion_followup=(table.kept + table.gained) / n if n else float("nan"),
        n_kept=table.kept,
        n_lost=table.lost,
        n_gained=table.gained,
        n_never=table.never,
        n_pairs=n,
        n_missing=table.n_missing,
        confidence_level=confidence_level,
        alternative=alternative,
        method=tr(
            "exact McNemar test, {alternative}; {confidence_level:g} % Tango score interval",
            alternative=alternative,
            confidence_level=100 * confidence_level,
        ),
        note=_table_note(table),
    )


def _table_note(table: PairedTable) -> str:
    """What a reader must know of an empty table."""
    if table.n_pairs == 0:
        return tr("no complete pair")
    if table.lost + table.gained == 0:
        return tr("nobody changed: p is 1")
    if table.kept + table.lost == 0:
        return tr("nobody was positive at baseline: report the proportion at follow-up with its interval")
    return ""


def mcnemar_exact(table: PairedTable) -> McNemar:
    """Exact (binomial) McNemar test, two-sided: never above its level, conservative.

    Examples
    --------
    >>> round(mcnemar_exact(PairedTable(0, lost=2, gained=9, never=39)).p_value, 6)
    0.06543
    """
    p = binomial_half_p(table.gained, table.gained + table.lost)
    return _mcnemar(table, float(table.gained), p, tr("exact McNemar test, two-sided"))


def mcnemar_midp(table: PairedTable) -> McNemar:
    """Mid-p McNemar test, two-sided (Fagerland, Lydersen, Laake 2013): close to its level, rarely above.

    With as many lost as gained, or nobody changed, p is 1.

    Examples
    --------
    >>> round(mcnemar_midp(PairedTable(0, lost=2, gained=9, never=39)).p_value, 6)
    0.038574
    """
    from scipy.special import bdtr

    lost, gained = table.lost, table.gained
    changed, smaller = lost + gained, min(lost, gained)
    p = (
        1.0
        if lost == gained
        else float(2 * bdtr(smaller, changed, 0.5) - binomial_half_mass(smaller, changed))
    )
    return _mcnemar(table, float(gained), p, tr("mid-p McNemar test, two-sided"))


def mcnemar_asymptotic(table: PairedTable, *, continuity_correction: bool = False) -> McNemar:
    """McNemar's chi-square test with 1 df; NaN chi-square and p 1 when nobody changed.

    The corrected form takes |gained - lost| - 1, not below 0. It is more conservative than the exact test and not
    recommended (Fagerland 2013).

    Examples
    --------
    >>> round(mcnemar_asymptotic(PairedTable(0, lost=2, gained=9, never=39)).p_value, 6)
    0.034808
    """
    from scipy.special import chdtrc

    changed = table.lost + table.gained
    distance = max(abs(table.gained - table.lost) - continuity_correction, 0)
    if changed == 0:
        statistic, p = float("nan"), 1.0
    else:
        statistic = distance**2 / changed
        p = float(chdtrc(1, statistic))
    corrected = "with" if continuity_correction else "no"
    return _mcnemar(
        table,
        statistic,
        p,
        tr("McNemar chi-square test, {corrected} continuity correction", corrected=corrected),
    )


def _mcnemar(table: PairedTable, statistic: float, p: float, method: str) -> McNemar:
    """Result with the counts it rests on; p is NaN without a pair."""
    p = p if table.n_pairs else float("nan")
    return McNemar(statistic, p, table.lost, table.gained, table.n_pairs, table.n_missing, method)
