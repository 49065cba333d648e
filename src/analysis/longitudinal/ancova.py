"""Analysis of covariance: follow-up or change against baseline and group."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.inputs import (
    NotEstimable,
    check_choice,
    check_columns,
    check_finite,
    check_level,
    check_roles,
    numbers,
)
from analysis.language import tr
from analysis.longitudinal.terms import design_of, orthogonal

ROUNDING = 1e-12  # residuals below this share of the values are noise of the last digits


@dataclass(frozen=True, slots=True)
class Ancova:
    """A linear model; `coefficients`, `adjusted_means` and their `differences` are tidy, residual SD is `sigma`."""

    coefficients: pd.DataFrame
    adjusted_means: pd.DataFrame
    sigma: float
    r_squared: float
    df: int
    n: int
    n_missing: int
    method: str
    differences: pd.DataFrame


def ancova(
    subjects: pd.DataFrame,
    *,
    response: str,
    covariates: Sequence[str],
    confidence_level: float,
    errors: str,
    group: str | None = None,
    reference: ArrayLike | None = None,
    weights: str = "observed",
) -> Ancova:
    """Fit a linear model with group and covariates.

    With the change as response and the baseline among the covariates the difference between groups is the same as
    with the follow-up value as response.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject; incomplete rows are left out and counted.
    response, group : str
        Columns; `group` is compared with `reference` (the first level by default).
    covariates : sequence of str
        Baseline and others; text columns become indicators.
    errors : {"classical", "hc3"}
        Standard errors under equal variance, or robust against unequal ones (HC3), used for all tests and limits.
        The coefficients hold both.
    weights : {"observed", "equal"}
        How adjusted means take the levels of text covariates: as often as they were seen, or all alike (as R's emmeans
        does). Numbers are at their mean over the analysed rows in either.

    Returns
    -------
    Ancova
        `differences` holds every pair of groups, the later minus the earlier (for two groups: the difference against
        the reference), which the weights do not change.

    Raises
    ------
    ValueError
        For values that are no finite numbers.
    NotEstimable
        With too few rows, terms that cannot be told apart, or a response that does not vary around its means.

    References
    ----------
    Vickers AJ, Altman DG. BMJ 2001;323:1123-4. doi:10.1136/bmj.323.7321.1123.
    MacKinnon JG, White H. J Econometrics 1985;29:305-25. doi:10.1016/0304-4076(85)90158-7.

    Examples
    --------
    >>> pairs = pd.DataFrame({"arm": ["a", "a", "a", "b", "b", "b"], "before": [10, 12, 14, 10, 12, 14],
    ...                       "change": [-1.0, -2, -2.9, -3, -4.1, -5]})
    >>> model = ancova(pairs, response="change", covariates=["before"], group="arm", errors="hc3",
    ...                confidence_level=0.95)
    >>> model.coefficients.set_index("term")["estimate"].round(4)["arm=b"].item()
    -2.0667
    """
    if errors not in ("classical", "hc3"):
        raise ValueError(f"errors must be 'classical' or 'hc3', not {errors!r}")
    check_choice("weights", weights, ("observed", "equal"))
    check_level(confidence_level)
    used = list(dict.fromkeys([response, *covariates, *([group] if group else [])]))
    check_roles(response=response, group=group, covariates=covariates)
    check_columns(subjects, used, "subjects")
    check_finite(subjects, used)
    numbers(subjects[response], response)
    rows = subjects[used].dropna()
    design = design_of(rows, [*covariates, *([group] if group else [])], _reference(rows, group, reference))
    if len(rows) <= design.shape[1]:
        raise NotEstimable(
            "{n} complete rows cannot estimate {terms} terms", n=len(rows), terms=design.shape[1]
        )
    fitted = _least_squares(design.to_numpy(), rows[response].to_numpy(float))
    chosen = fitted["hc3"] if errors == "hc3" else fitted["classical"]
    means = _mean_rows(design, rows, group, weights)
    name = tr("HC3 robust") if errors == "hc3" else tr("classical")
    return Ancova(
        coefficients=_with_tests(
            pd.DataFrame(
                {
                    "term": design.columns,
                    "estimate": fitted["beta"],
                    "se": np.sqrt(np.diag(chosen)),
                    "se_classical": np.sqrt(np.diag(fitted["classical"])),
                    "se_hc3": np.sqrt(np.diag(fitted["hc3"])),
                }
            ),
            fitted["df"],
            confidence_level,
        ),
        adjusted_means=_table(means, fitted["beta"], chosen, fitted["df"], confidence_level),
        differences=_table(_pairs(means), fitted["beta"], chosen, fitted["df"], confidence_level),
        sigma=fitted["sigma"],
        r_squared=fitted["r_squared"],
        df=fitted["df"],
        n=len(rows),
        n_missing=len(subjects) - len(rows),
        method=tr(
            "Linear model, {name} standard errors, t with {df} degrees of freedom", name=name, df=fitted["df"]
        ),
    )


def _reference(rows, group, reference):
    """The reference level of the group, the first one by default; groups coded as numbers are levels too."""
    if group is None:
        return None
    if len(rows) == 0:
        raise NotEstimable("no row is complete: response, group and covariates are never known together")
    return {group: sorted(rows[group].unique(), key=str)[0] if reference is None else reference}


def _least_squares(design, response):
    """Coefficients with classical and HC3 covariance, by columns without unit."""
    n, p = design.shape
    columns, triangle = orthogonal(design)
    back = np.linalg.inv(triangle) / np.sqrt(n)
    columns = columns / np.sqrt(n)
    centre = response.mean()
    beta = back @ (columns.T @ (response - centre))
    residuals = response - centre - design @ beta
    beta[0] += centre
    if np.abs(residuals).max() <= ROUNDING * max(np.abs(response).max(), np.abs(response - centre).max()):
        raise NotEstimable("the response does not vary around its means: there is no error to compare with")
    leverage = (columns**2).sum(axis=1)
    squares = float(residuals @ residuals)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(leverage < 1 - 1e-10, residuals / (1 - leverage), np.nan) ** 2
    total = float(np.sum((response - centre) ** 2))
    return {
        "beta": beta,
        "classical": squares / (n - p) * back @ back.T,
        "hc3": back @ (columns.T * spread @ columns) @ back.T,
        "df": n - p,
        "sigma": float(np.sqrt(squares / (n - p))),
        "r_squared": 1 - squares / total if total > 0 else float("nan"),
    }


def _mean_rows(design, rows, group, weights) -> list[dict]:
    """Weights of the mean of each group at the mean of the covariates, the reference (without a column) first."""
    if group is None:
        return []
    members = [name for name in design if name.startswith(f"{group}=")]
    at = design.mean()
    if weights == "equal":
        at = _alike(at, design, rows, group)
    levels = sorted(rows[group].unique(), key=str)
    first = next(level for level in levels if f"{group}={level}" not in members)
    table = []
    for level in [first, *[one for one in levels if one != first]]:
        row = at.mask(at.index.isin(members), 0.0).mask(at.index == f"{group}={level}", 1.0).to_numpy()
        table.append({"group": level, "weights": row, "n": int((rows[group] == level).sum())})
    return table


def _alike(at, design, rows, group):
    """Indicators of text covariates at one over the number of levels; products of them are refused."""
    for name in rows.columns:
        indicators = [term for term in design if term.startswith(f"{name}=") and name != group]
        if indicators:
            at = at.mask(at.index.isin(indicators), 1 / (len(indicators) + 1))
    return at


def _pairs(means) -> list[dict]:
    """Every later group minus every earlier one."""
    return [
        {
            "group": f"{second['group']} - {first['group']}",
            "weights": second["weights"] - first["weights"],
            "n": first["n"] + second["n"],
        }
        for first, second in combinations(means, 2)
    ]


def _table(lines, beta, covariance, df, confidence_level):
    """Estimates of weighted sums of coefficients with tests and limits."""
    if not lines:
        return pd.DataFrame()
    table = pd.DataFrame(
        {
            "group": [line["group"] for line in lines],
            "estimate": [float(line["weights"] @ beta) for line in lines],
            "se": [float(np.sqrt(line["weights"] @ covariance @ line["weights"])) for line in lines],
            "n": [line["n"] for line in lines],
        }
    )
    return _with_tests(table, df, confidence_level)


def _with_tests(table, df, confidence_level):
    """Add t tests and limits to estimates with standard errors."""
    from scipy.stats import t

    half = t.ppf(0.5 + confidence_level / 2, df) * table["se"]
    statistic = table["estimate"] / table["se"]
    return table.assign(
        df=df,
        statistic=statistic,
        p_value=2 * t.sf(np.abs(statistic), df),
        conf_low=table["estimate"] - half,
        conf_high=table["estimate"] + half,
    )
