"""What the known part of a score says: the least and the most it can be while a component is missing."""

import numpy as np
import pandas as pd

from analysis.thresholds import settle

LARGEST = {"tjc28": 28.0, "sjc28": 28.0, "ptga_mm": 100.0, "phga_mm": 100.0, "gh_mm": 100.0}
COMPONENTS = {
    "cdai": ("tjc28", "sjc28", "ptga_mm", "phga_mm"),
    "sdai": ("tjc28", "sjc28", "ptga_mm", "phga_mm", "crp_mg_l"),
    "das28_esr": ("tjc28", "sjc28", "esr_mm_h", "gh_mm"),
    "das28_crp": ("tjc28", "sjc28", "crp_mg_l", "gh_mm"),
}


def score_bounds(visits: pd.DataFrame, score: str) -> tuple[pd.Series, pd.Series]:
    """The least and the most a score can be at each visit.

    Parameters
    ----------
    visits : DataFrame
        The score, and its components where the study collects them.
    score : str
        A score of disease activity in arthritis; of any other, only its value is known.

    Returns
    -------
    tuple of Series
        Both are the score where it is known, and missing where nothing of it is. A missing acute phase reactant has no
        upper limit, so that the score has its own.

    Examples
    --------
    >>> visits = pd.DataFrame({"cdai": [None], "tjc28": [8], "sjc28": [6], "ptga_mm": [20.0], "phga_mm": [None]})
    >>> [bound.item() for bound in score_bounds(visits, "cdai")]
    [16.0, 26.0]
    """
    value = visits[score].astype(float)
    parts = _parts(visits, score)
    if parts is None or value.notna().all():
        return value, value
    least, most = parts.fillna(0), parts.fillna({name: LARGEST.get(name, np.inf) for name in parts})
    there = parts.notna().any(axis=1)
    low, high = (value.fillna(_computed(bound, score).where(there)) for bound in (least, most))
    return low, high


def _parts(visits, score):
    """The components of a score as floats, impossible ones missing; None where the study does not collect them."""
    names = COMPONENTS.get(score, ())
    visits = (
        visits if "gh_mm" in visits or "ptga_mm" not in visits else visits.assign(gh_mm=visits["ptga_mm"])
    )
    if not names or not set(names) <= set(visits):
        return None
    parts = visits[list(names)].astype(float)
    return parts.where(parts.ge(0) & parts.le(pd.Series({name: LARGEST.get(name, np.inf) for name in names})))


def _computed(parts, score):
    """The score of complete components; its own highest value where the acute phase reactant has no limit."""
    from analysis import scoring
    from analysis.scoring.ranges import RANGES

    if score == "cdai":
        return scoring.cdai(*(parts[name] for name in COMPONENTS["cdai"]))
    acute = "esr_mm_h" if score == "das28_esr" else "crp_mg_l"
    open_ = np.isinf(parts[acute])
    formula = {"sdai": scoring.sdai, "das28_esr": scoring.das28_esr, "das28_crp": scoring.das28_crp}[score]
    values = parts.assign(**{acute: parts[acute].mask(open_, 1.0)})
    return formula(*(values[name] for name in COMPONENTS[score])).mask(open_, RANGES[score].high)


def agreed(best: pd.Series, worst: pd.Series, given: pd.Series) -> pd.Series:
    """An answer where it is given, else the one that the best and the worst possible value agree about."""
    return given.where(given.notna(), best.where((best == worst).fillna(False)))


def at_least(low: pd.Series, high: pd.Series, minimum: float) -> pd.Series:
    """Whether a value known by its extremes reaches a limit; NA where they disagree or are missing."""
    sure, possible = ((settle(bound.astype("Float64")) >= minimum).astype("boolean") for bound in (low, high))
    return sure.mask(sure.ne(possible).fillna(True), pd.NA)
