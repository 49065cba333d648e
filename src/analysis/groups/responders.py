"""Responders of every group against a reference, by all methods at once, one row each."""

import numpy as np
import pandas as pd

from analysis.groups.counts import (
    CountComparison,
    exact_odds_ratio,
    exact_unconditional,
    miettinen_nurminen_difference,
    newcombe,
    risk_ratio,
)
from analysis.inputs import NotEstimable, check_columns, check_roles, yes_no
from analysis.language import tr


def compare_responders(
    subjects: pd.DataFrame, *, response: str, group: str, reference: str, confidence_level: float
) -> pd.DataFrame:
    """Responders of every group against the reference: difference, ratio, odds ratio, and the exact tests.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject.
    response, group : str
        Yes/no column and column of the groups; rows without either are left out and counted.
    reference : str
        Group that the others are compared with.
    confidence_level : float
        Between 0 and 1.

    Returns
    -------
    DataFrame
        group ("b - a"), measure (difference_mn, difference_newcombe, risk_ratio, odds_ratio, boschloo), estimate,
        conf_low, conf_high, p_value, events, n, reference_events, reference_n, n_missing, method, status, note. What
        cannot be estimated keeps its row with the reason.

    Examples
    --------
    >>> trial = pd.DataFrame({"arm": ["drug"] * 20 + ["placebo"] * 20,
    ...                       "acr20": [1] * 8 + [0] * 12 + [1] * 2 + [0] * 18})
    >>> found = compare_responders(trial, response="acr20", group="arm", reference="placebo", confidence_level=0.95)
    >>> found["group"].iloc[0], found["estimate"].round(2).tolist()[:3]
    ('drug - placebo', [0.3, 0.3, 4.0])
    """
    check_roles(response=response, group=group)
    check_columns(subjects, [response, group], "subjects")
    answers = pd.Series(yes_no(subjects[response], response), index=subjects.index)
    known = answers.notna() & subjects[group].notna()
    counted = answers[known].groupby(subjects.loc[known, group]).agg(["sum", "size"]).astype(int)
    if reference not in counted.index:
        raise ValueError(f"reference group {reference!r} is not among {list(counted.index)}")
    lines = []
    for name in [one for one in counted.index if one != reference]:
        counts = (*counted.loc[name], *counted.loc[reference])
        for measure, estimate in MEASURES.items():
            lines.append(
                {"group": f"{name} - {reference}", "measure": measure}
                | _line(estimate, counts, int((~known).sum()), confidence_level)
            )
    return pd.DataFrame(lines)


def _boschloo(events, n, reference_events, reference_n, *, confidence_level) -> CountComparison:
    """Boschloo's p as a row of its own."""
    counts = (events, n, reference_events, reference_n)
    nothing = (np.nan, np.nan, np.nan)
    p_value = exact_unconditional(*counts)
    return CountComparison(*nothing, p_value, *counts, 0, confidence_level, tr("Boschloo's exact test"))


MEASURES = {
    "difference_mn": miettinen_nurminen_difference,
    "difference_newcombe": newcombe,
    "risk_ratio": risk_ratio,
    "odds_ratio": exact_odds_ratio,
    "boschloo": _boschloo,
}


def _line(estimate, counts, n_missing, confidence_level) -> dict:
    """Fields of one comparison; a refusal by the data as a row with its reason."""
    names = ("events", "n", "reference_events", "reference_n")
    try:
        found = estimate(*counts, confidence_level=confidence_level)
    except NotEstimable as reason:
        nothing = dict.fromkeys(("estimate", "conf_low", "conf_high", "p_value"), float("nan"))
        said = {"method": "", "status": "not estimated", "note": str(reason)}
        return {**nothing, **dict(zip(names, counts, strict=True)), "n_missing": n_missing, **said}
    fields = {name: getattr(found, name) for name in CountComparison.__slots__ if name != "confidence_level"}
    return {**fields, "n_missing": n_missing, "status": "estimated", "note": ""}
