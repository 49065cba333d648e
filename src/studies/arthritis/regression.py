"""How much of the change to expect from regression to the mean alone, over a range of assumptions."""

import numpy as np
import pandas as pd


def expected_regression(
    values: pd.DataFrame, *, baseline: str, visit: str, pairs, cutoff: float
) -> pd.DataFrame:
    """Change of a score to expect from regression to the mean alone in those above a cut-off at baseline.

    Parameters
    ----------
    values : DataFrame
        The score by participant and visit.
    baseline, visit : str
        Visit of the selection, and visit at which the change is looked at.
    pairs : sequence of tuple of str
        Pairs of visits whose correlation may stand for test and retest [P]: late ones, when the disease is stable, and
        a pair as far apart as baseline and the visit. A pair with fewer than three complete participants is left out.
    cutoff : float
        Entry criterion; who is above it at baseline was selected.

    Returns
    -------
    DataFrame
        A line per pair: `pair` (first, second), `correlation`, `mean` and `sd` (of all values from `visit` on, which
        stand for the unselected course [P]), `cutoff`, `estimate` (expected change), `observed` (mean change in those
        above the cut-off who have both values), `n` (of these).

    References
    ----------
    Barnett AG, van der Pols JC, Dobson AJ. Int J Epidemiol 2005;34:215-20. doi:10.1093/ije/dyh299.
    """
    from analysis.design import expected_regression_to_mean

    visits = list(values)
    known = values[visits[visits.index(visit) :]].to_numpy(float)
    mean, sd = float(np.nanmean(known)), float(np.nanstd(known, ddof=1))
    above = values.loc[values[baseline] > cutoff, [baseline, visit]].dropna()
    lines = []
    for pair in pairs:
        both = values[list(pair)].dropna()
        if len(both) < 3:
            continue
        correlation = float(both.corr().iloc[0, 1])
        expected = expected_regression_to_mean(mean=mean, sd=sd, correlation=correlation, cutoff=cutoff)
        lines.append(
            {
                "pair": tuple(pair),
                "correlation": correlation,
                "mean": mean,
                "sd": sd,
                "cutoff": cutoff,
                "estimate": float(expected),
                "observed": float((above[visit] - above[baseline]).mean()),
                "n": len(above),
            }
        )
    return pd.DataFrame(lines)
