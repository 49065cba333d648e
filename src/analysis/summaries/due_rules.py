"""A response under both rules of who is due: the window has closed, or it has closed or the visit took place."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from analysis import proportions, results
from analysis.language import mark, semicolons

if TYPE_CHECKING:
    from analysis.study import Study

CLOSED, SEEN = "due_closed", "due_or_seen"
WHO = {
    CLOSED: mark("of those whose window has closed"),
    SEEN: mark("with those seen in a window still open"),
}


def compare_due_rules(
    answers: Mapping[str, pd.Series],
    closed: pd.DataFrame,
    *,
    study: "Study",
    variable: str,
    population: str,
) -> pd.DataFrame:
    """The share of responders of those whose window has closed, and of these and those seen in an open window.

    Who comes early in a window that is still open is counted by the second rule, and who would have come late is not:
    where the two differ in their response, that rule favours the early. The first waits for both.

    Parameters
    ----------
    answers : mapping of str to Series of bool
        By visit: whether each subject due by the second rule is a responder, missing taken as the analysis takes it.
    closed : DataFrame
        Booleans by subject and visit (`analysis.due.flag_closed`).
    study : analysis.study.Study
        Confidence level.
    variable, population : str
        Keys of the results.

    Returns
    -------
    DataFrame
        Rows of the analyses ``due_closed`` (first) and ``due_or_seen`` at each visit: `estimate`, Wilson's limits,
        `count`, `n`; and ``due_or_seen``'s `n_only`, those seen in a window still open.
    """
    frames, level = [], study.statistics.confidence_level
    for visit, answer in answers.items():
        in_time = closed[visit].reindex(answer.index).fillna(False).astype(bool)
        counted = {CLOSED: answer[in_time], SEEN: answer}
        for analysis, given in counted.items():
            row = _rate(given.astype(bool), level)
            if "method" in row:
                row["method"] = semicolons([WHO[analysis], str(row["method"])])
            if analysis == SEEN:
                row |= {"n_only": int((~in_time).sum())}
            keys = {"variable": variable, "visit": visit, "population": population, "unit": "proportion"}
            frames.append(results.rows_of(row, analysis=analysis, **keys))
    return results.stack(frames)


def _rate(responded: pd.Series, level: float) -> dict:
    """A share with Wilson's interval; none of nobody."""
    count, n = int(responded.sum()), len(responded)
    if not n:
        said = "not yet: the window has closed for nobody"
        return {"estimate": float("nan"), "count": 0, "n": 0, "note": said}
    found = proportions.wilson(count, n, confidence_level=level)
    limits = {name: getattr(found, name) for name in ("estimate", "conf_low", "conf_high", "method")}
    return {**limits, "count": count, "n": n}
