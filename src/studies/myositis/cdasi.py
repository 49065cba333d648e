"""Skin disease by CDASI: responders, and the fall that regression to the mean alone would give."""

from functools import partial

import pandas as pd

from analysis import design, results, scoring
from analysis.cohort import Cohort
from analysis.thresholds import settle
from studies.myositis.settings import BeforeSelection

CDASI_RESPONSES = {
    "cdasi_5_points": {"points": 5.0},
    "cdasi_4_points": {"points": 4.0},
    "cdasi_40_percent": {"percent": 40.0},
    "cdasi_50_percent": {"percent": 50.0},
}


CDASI_LABELS = {
    "cdasi_5_points": "5 points or more lower",
    "cdasi_4_points": "4 points or more lower",
    "cdasi_40_percent": "40 % or more lower",
    "cdasi_50_percent": "50 % or more lower",
}


def cdasi_responses(baseline: str) -> dict:
    """The responder definitions of CDASI activity, as `response_rows` takes them.

    Parameters
    ----------
    baseline : str
        The baseline visit.
    """
    return {name: partial(_judge, baseline, settings) for name, settings in CDASI_RESPONSES.items()}


def _judge(baseline: str, settings: dict, group: Cohort, visit: str) -> pd.Series:
    wide = group.numbers("cdasi_activity", [baseline, visit]).loc[group.due_at(visit)]
    found = scoring.cdasi_response(wide[baseline], wide[visit], **settings)
    return found["responder_points" if "points" in settings else "responder_percent"].astype("boolean")


def paired_values(group: Cohort, variable: str, *, baseline: str, visit: str) -> pd.DataFrame:
    """Complete pairs of one variable: columns `baseline` and `followup`, indexed by subject id."""
    wide = group.numbers(variable, [baseline, visit]).loc[group.due_at(visit)].dropna()
    return wide.set_axis(["baseline", "followup"], axis="columns")


def regression_rows(
    pairs: pd.DataFrame, *, assumed: BeforeSelection, variable: str, visit: str, population: str
) -> pd.DataFrame:
    """Observed mean change beside the change expected from selection alone.

    Parameters
    ----------
    pairs : DataFrame
        Complete pairs: `baseline`, `followup`.
    assumed : BeforeSelection
        The measure before selection.
    variable, visit, population : str
        Keys of the result.

    Returns
    -------
    DataFrame
        Rows of the analysis ``regression_to_mean``: `observed` and `expected` change, `remainder`, the means, the
        mean `expected_followup`, Oldham's correlation and the assumptions. `expected_most` and `expected_least` are
        the ends of what other assumptions give: each of `correlations`, with selection above the cutoff or, because
        patients at or below it (`n_below_cutoff`) show that selection was not by it, by the baseline mean observed:
        (1 - correlation) x (mean before selection - baseline mean).
    """
    single = {name: value for name, value in assumed if name != "correlations"}
    expected = design.expected_regression_to_mean(**single)
    possible = _possible_regression(pairs, assumed)
    observed = float((pairs["followup"] - pairs["baseline"]).mean())
    enough = len(pairs) >= 3
    found = {
        "observed": observed,
        "expected": expected,
        "remainder": observed - expected,
        "mean_baseline": float(pairs["baseline"].mean()),
        "mean_followup": float(pairs["followup"].mean()),
        "expected_followup": float(pairs["baseline"].mean()) + expected,
        "oldham": design.oldham_correlation(pairs["baseline"], pairs["followup"]) if enough else float("nan"),
        "expected_least": max(possible),
        "expected_most": min(possible),
        "n_pairs": len(pairs),
        "method": "Barnett 2005; a normal measure, selected above the cutoff",
        **{f"assumed_{name}": value for name, value in single.items()},
        "assumed_correlation_low": min(assumed.correlations),
        "assumed_correlation_high": max(assumed.correlations),
    }
    below = {"n_below_cutoff": int((settle(pairs["baseline"]) <= assumed.cutoff).sum())}
    keys = {
        "analysis": "regression_to_mean",
        "variable": variable,
        "visit": visit,
        "population": population,
    }
    return results.stack([results.rows_of(found, **keys), results.rows_of(below, unit="count", **keys)])


def _possible_regression(pairs: pd.DataFrame, assumed: BeforeSelection) -> list[float]:
    """Changes expected without any effect for each possible correlation, by the cutoff and by the baseline mean."""
    of = {name: getattr(assumed, name) for name in ("mean", "sd", "cutoff")}
    above = [design.expected_regression_to_mean(**of, correlation=r) for r in assumed.correlations]
    start = float(pairs["baseline"].mean())
    return above + [(1 - r) * (assumed.mean - start) for r in assumed.correlations]
