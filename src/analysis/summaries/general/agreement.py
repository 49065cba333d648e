"""How measurements go together: rank correlations, and the agreement of two measurements of one thing."""

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import results
from analysis.inputs import varies
from analysis.language import tr
from analysis.paired import match_pairs

if TYPE_CHECKING:
    from analysis.study import Study

FEWEST = 4  # pairs, below which there is no interval


def correlate(
    characteristics: pd.DataFrame, *, variables: Sequence[str], study: "Study", population: str
) -> pd.DataFrame:
    """Spearman's rank correlation of every pair of variables at baseline.

    Parameters
    ----------
    characteristics : DataFrame
        Indexed by subject id.
    variables : sequence of str
        Columns with numbers.
    study : analysis.study.Study
        Confidence level.
    population : str
        Name of the analysis set, for the results.

    Returns
    -------
    DataFrame
        Rows ``correlation``, variable *first, second*: estimate with the interval of Fisher's z (its variance by
        Bonett and Wright), n, n_missing (subjects without one of the two).

    Raises
    ------
    ValueError
        For a subject that stands twice, values that are no numbers and infinite ones.

    References
    ----------
    Bonett DG, Wright TA. Psychometrika 2000;65:23-28. doi:10.1007/BF02294183.
    """
    from scipy.stats import norm, rankdata

    half = norm.ppf((1 + study.statistics.confidence_level) / 2)
    frames = []
    for first, second in combinations(variables, 2):
        pairs = match_pairs(characteristics[first], characteristics[second])
        a, b = pairs.baseline.to_numpy(), pairs.followup.to_numpy()
        keys = {"analysis": "correlation", "variable": f"{first}, {second}", "population": population}
        shown = ("estimate", "conf_low", "conf_high")
        if pairs.n_pairs < FEWEST or not (varies(a) and varies(b)):
            reason = tr("fewer than four pairs, or one of them does not vary")
            frames.append(results.not_estimated(reason, shown, **keys))
            continue
        r = float(np.corrcoef(rankdata(a), rankdata(b))[0, 1])
        spread = half * np.sqrt((1 + r**2 / 2) / (pairs.n_pairs - 3))
        bounds = (np.tanh(np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12)) + sign * spread) for sign in (-1, 1))
        low, high = (float(bound) for bound in bounds)
        counts = {"n": pairs.n_pairs, "n_missing": pairs.n_missing}
        row = {"estimate": r, "conf_low": low, "conf_high": high, **counts}
        frames.append(results.rows_of({**row, "method": tr("Spearman, interval of Fisher's z")}, **keys))
    return results.stack(frames)


def agreement(
    first: pd.Series, second: pd.Series, *, study: "Study", population: str, name: str
) -> pd.DataFrame:
    """Bland and Altman's agreement of two measurements of one thing, and Lin's concordance.

    Returns
    -------
    DataFrame
        Rows ``agreement``: mean difference (first minus second) with its t interval, limits of agreement (`lower`,
        `upper`), `concordance`, n, n_missing (subjects without one of the two).

    Raises
    ------
    ValueError
        For a subject that stands twice, values that are no numbers and infinite ones.

    References
    ----------
    Bland JM, Altman DG. Lancet 1986;1:307-10. Lin LI. Biometrics 1989;45:255-68. doi:10.2307/2532051.
    """
    from scipy.stats import norm, t

    keys = {"analysis": "agreement", "variable": name, "population": population}
    pairs = match_pairs(first, second)
    if pairs.n_pairs < FEWEST:
        shown = ("estimate", "conf_low", "conf_high", "lower", "upper", "concordance")
        return results.not_estimated(tr("fewer than four pairs"), shown, **keys)
    a, b, n = pairs.baseline.to_numpy(), pairs.followup.to_numpy(), pairs.n_pairs
    mean, sd = float((a - b).mean()), float((a - b).std(ddof=1))
    level = study.statistics.confidence_level
    half = float(t.ppf((1 + level) / 2, n - 1)) * sd / np.sqrt(n)
    reach = float(norm.ppf(0.975)) * sd
    shared = 2 * float(np.cov(a, b, ddof=0)[0, 1])
    total = float(a.var() + b.var() + (a.mean() - b.mean()) ** 2)
    row = {
        "estimate": mean,
        "conf_low": mean - half,
        "conf_high": mean + half,
        "lower": mean - reach,
        "upper": mean + reach,
        "concordance": shared / total if total else float("nan"),
        "n": n,
        "n_missing": pairs.n_missing,
        "method": tr("mean difference, t interval; 95 % limits of agreement; Lin's concordance"),
    }
    return results.rows_of(row, **keys)
