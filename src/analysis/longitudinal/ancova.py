"""Analysis of covariance: follow-up or change against baseline and group."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.longitudinal.terms import design_of


@dataclass(frozen=True, slots=True)
class Ancova:
    """A linear model; `coefficients` and `adjusted_means` are tidy, residual SD is `sigma`."""

    coefficients: pd.DataFrame
    adjusted_means: pd.DataFrame
    sigma: float
    r_squared: float
    df: int
    n: int
    n_missing: int
    method: str


def ancova(
    subjects: pd.DataFrame, *, response, covariates, confidence_level, errors, group=None, reference=None
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

    Returns
    -------
    Ancova
        Adjusted means are at the mean of the covariates over the analysed rows.

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
    used = [response, *covariates, *([group] if group else [])]
    rows = subjects[used].dropna()
    design = design_of(rows, [*covariates, *([group] if group else [])], _reference(rows, group, reference))
    if len(rows) <= design.shape[1]:
        raise ValueError(f"{len(rows)} complete rows cannot estimate {design.shape[1]} terms")
    fitted = _least_squares(design.to_numpy(), rows[response].to_numpy(float))
    chosen = fitted["hc3"] if errors == "hc3" else fitted["classical"]
    name = "HC3 robust" if errors == "hc3" else "classical"
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
        adjusted_means=_adjusted_means(
            design, rows, group, fitted["beta"], chosen, fitted["df"], confidence_level
        ),
        sigma=fitted["sigma"],
        r_squared=fitted["r_squared"],
        df=fitted["df"],
        n=len(rows),
        n_missing=len(subjects) - len(rows),
        method=f"Linear model, {name} standard errors, t with {fitted['df']} degrees of freedom",
    )


def _reference(rows, group, reference):
    """The reference level of the group, the first one by default; groups coded as numbers are levels too."""
    if group is None:
        return None
    if len(rows) == 0:
        raise ValueError("no complete row")
    return {group: sorted(rows[group].unique(), key=str)[0] if reference is None else reference}


def _least_squares(design, response):
    """Coefficients with classical and HC3 covariance."""
    n, p = design.shape
    inverse = np.linalg.inv(design.T @ design)
    beta = np.linalg.lstsq(design, response, rcond=None)[0]
    residuals = response - design @ beta
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    squares = float(residuals @ residuals)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(leverage < 1 - 1e-12, residuals / (1 - leverage), np.nan) ** 2
    total = float(np.sum((response - response.mean()) ** 2))
    return {
        "beta": beta,
        "classical": squares / (n - p) * inverse,
        "hc3": inverse @ (design.T * spread @ design) @ inverse,
        "df": n - p,
        "sigma": float(np.sqrt(squares / (n - p))),
        "r_squared": 1 - squares / total if total > 0 else float("nan"),
    }


def _adjusted_means(design, rows, group, beta, covariance, df, confidence_level):
    """Mean per group at the mean of all covariates."""
    if group is None:
        return pd.DataFrame()
    members = [name for name in design if name.startswith(f"{group}=")]
    at = design.mean()
    table = []
    for level in sorted(rows[group].unique(), key=str):
        weights = at.mask(at.index.isin(members), 0.0).mask(at.index == f"{group}={level}", 1.0).to_numpy()
        se = float(np.sqrt(weights @ covariance @ weights))
        n = int((rows[group] == level).sum())
        table.append({"group": level, "estimate": float(weights @ beta), "se": se, "n": n})
    return _with_tests(pd.DataFrame(table), df, confidence_level)


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
