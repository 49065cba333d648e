"""How measurements go together: rank correlations, and the agreement of two measurements of one thing."""

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import results
from analysis.language import tr

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
        Bonett and Wright), n.

    References
    ----------
    Bonett DG, Wright TA. Psychometrika 2000;65:23-28. doi:10.1007/BF02294183.
    """
    from scipy.stats import norm, rankdata

    half = norm.ppf((1 + study.statistics.confidence_level) / 2)
    frames = []
    for first, second in combinations(variables, 2):
        pair = characteristics[[first, second]].astype("Float64").astype("float64").dropna()
        keys = {"analysis": "correlation", "variable": f"{first}, {second}", "population": population}
        shown = ("estimate", "conf_low", "conf_high")
        if len(pair) < FEWEST or pair[first].nunique() < 2 or pair[second].nunique() < 2:
            reason = tr("fewer than four pairs, or one of them does not vary")
            frames.append(results.not_estimated(reason, shown, **keys))
            continue
        r = float(np.corrcoef(rankdata(pair[first]), rankdata(pair[second]))[0, 1])
        spread = half * np.sqrt((1 + r**2 / 2) / (len(pair) - 3))
        bounds = (np.tanh(np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12)) + sign * spread) for sign in (-1, 1))
        low, high = (float(bound) for bound in bounds)
        row = {"estimate": r, "conf_low": low, "conf_high": high, "n": len(pair)}
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
        `upper`), `concordance`, n.

    References
    ----------
    Bland JM, Altman DG. Lancet 1986;1:307-10. Lin LI. Biometrics 1989;45:255-68. doi:10.2307/2532051.
    """
    from scipy.stats import norm, t

    keys = {"analysis": "agreement", "variable": name, "population": population}
    pair = pd.DataFrame({"a": first, "b": second}).astype("Float64").astype("float64").dropna()
    if len(pair) < FEWEST:
        shown = ("estimate", "conf_low", "conf_high", "lower", "upper", "concordance")
        return results.not_estimated(tr("fewer than four pairs"), shown, **keys)
    difference = pair["a"] - pair["b"]
    mean, sd, n = float(difference.mean()), float(difference.std(ddof=1)), len(pair)
    level = study.statistics.confidence_level
    half = float(t.ppf((1 + level) / 2, n - 1)) * sd / np.sqrt(n)
    reach = float(norm.ppf(0.975)) * sd
    shared = 2 * float(np.cov(pair["a"], pair["b"], ddof=0)[0, 1])
    total = float(pair["a"].var(ddof=0) + pair["b"].var(ddof=0) + (pair["a"].mean() - pair["b"].mean()) ** 2)
    row = {
        "estimate": mean,
        "conf_low": mean - half,
        "conf_high": mean + half,
        "lower": mean - reach,
        "upper": mean + reach,
        "concordance": shared / total if total else float("nan"),
        "n": n,
        "method": tr("mean difference, t interval; 95 % limits of agreement; Lin's concordance"),
    }
    return results.rows_of(row, **keys)
