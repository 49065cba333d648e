"""Response rates by strategy: composite and as observed."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import missing, proportions, results
from analysis.cohort import Cohort
from analysis.language import Texts, mark, semicolons
from analysis.responses.known_part import at_least
from analysis.tables.cells import count_of, exact_of, share_of
from analysis.tables.grid import grid
from analysis.tables.rows import pick
from analysis.tables.table import Table
from analysis.thresholds import settle
from studies.myositis.events import failed_before, intercurrent

if TYPE_CHECKING:
    from analysis.study import Study

TIS_LEVELS = {"tis_minimal": 20.0, "tis_moderate": 40.0, "tis_major": 60.0}


METHODS = Texts(
    {
        "composite": "intercurrent events and missing values are non-response",
        "observed": "as observed, whatever happened before",
    }
)


def reached(scores: pd.Series, minimum: float) -> pd.Series:
    """Whether a score reaches a limit; NA where there is no score.

    Examples
    --------
    >>> reached(pd.Series([40.0, 37.5, None]), 40).tolist()
    [True, False, <NA>]
    """
    return (settle(scores.astype("Float64")) >= minimum).astype("boolean")


def certainly(seen: pd.DataFrame, minimum: float) -> pd.Series:
    """Whether the score reaches a limit whatever the measures that are missing are; NA where they decide.

    Examples
    --------
    >>> seen = pd.DataFrame({"tis_min": [40.0, 37.5, 20.0, None], "tis_max": [80.0, 39.0, 60.0, None]})
    >>> certainly(seen, 40).tolist()
    [True, False, <NA>, <NA>]
    """
    return at_least(seen["tis_min"], seen["tis_max"], minimum)


def improvement_at(group: Cohort, visit: str) -> pd.DataFrame:
    """The Total Improvement Score of everybody due at a visit; missing rows are those who were not seen."""
    found = group.tables["improvement"]
    return found[found["visit_id"].eq(visit)].set_index("subject_id").reindex(group.due_at(visit))


def failed_at(group: Cohort, visit: str) -> pd.Series:
    """Who of those due had an event that counts as non-response by the visit."""
    return failed_before(intercurrent(group), group.dates[visit].reindex(group.due_at(visit)))


def rate(count: int, total: int, *, level: float, method: str, n_missing: int = 0) -> dict:
    """A share with Wilson's and the exact interval; no share of nobody."""
    if not total:
        return {"count": 0, "n": 0, "n_missing": n_missing, "method": method}
    share = proportions.wilson(count, total, confidence_level=level)
    exact = proportions.clopper_pearson(count, total, confidence_level=level)
    return {
        "estimate": share.estimate,
        "conf_low": share.conf_low,
        "conf_high": share.conf_high,
        "exact_low": exact.conf_low,
        "exact_high": exact.conf_high,
        "count": count,
        "n": total,
        "n_missing": n_missing,
        "method": semicolons([method, share.method]),
    }


def count_responders(response: pd.Series, failed: pd.Series) -> tuple[int, int]:
    """Responders, with events and missing values as non-response, and everybody."""
    imputed = missing.flag_nonresponder_imputed(response, failed=failed)
    return int(imputed.sum()), len(response)


def strategies(
    response: pd.Series, failed: pd.Series, *, level: float, known: pd.Series | None = None
) -> dict[str, dict]:
    """The rates of one response at one visit by the strategies that need no model.

    Parameters
    ----------
    response : Series of boolean with NA
        Everybody due at the visit.
    failed : Series of boolean
        Had an event that counts as non-response by then.
    level : float
        Confidence level.
    known : Series of boolean with NA, optional
        The same answer, also where a measure is missing and the known ones are enough for it: what the composite
        strategy counts.

    Returns
    -------
    dict of str to dict
        ``composite`` (events and missing values are non-response) and ``observed``.
    """
    absent = int(response.isna().sum())
    composite = missing.flag_nonresponder_imputed(response if known is None else known, failed=failed)
    counts = {
        "composite": (int(composite.sum()), len(response)),
        "observed": (int(response.fillna(False).sum()), len(response) - absent),
    }
    return {
        name: rate(count, total, level=level, method=METHODS[name], n_missing=absent)
        for name, (count, total) in counts.items()
    }


def response_rows(group: Cohort, responses: Mapping[str, Any], *, visits: Sequence[str]) -> pd.DataFrame:
    """Response rates at each visit.

    Parameters
    ----------
    group : Cohort
        The patients.
    responses : mapping of str to callable
        By name: takes the cohort and a visit, returns boolean with NA for everybody due; or two, ``observed`` and
        ``known`` (also by the known part of a score).
    visits : sequence of str
        Visits; those at which nobody was due are left out.

    Returns
    -------
    DataFrame
        Rows of the results table, analyses ``response_composite`` and ``response_observed``.
    """
    frames = []
    for visit in (visit for visit in visits if len(group.due_at(visit))):
        failed = failed_at(group, visit)
        for name, judge in responses.items():
            found = _strategies(judge(group, visit), failed, level=group.study.statistics.confidence_level)
            keys = {"variable": name, "visit": visit, "population": group.population, "unit": "proportion"}
            frames += [results.rows_of(row, analysis=f"response_{how}", **keys) for how, row in found.items()]
    return results.stack(frames)


def _strategies(answer, failed, *, level):
    """The rates of an answer that has one column or two."""
    if isinstance(answer, pd.DataFrame):
        return strategies(answer["observed"], failed, level=level, known=answer["known"])
    return strategies(answer, failed, level=level)


def response_grid(
    rows: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    study: "Study",
    prefix: str = "response",
    notes: Sequence[str] = (),
) -> Table:
    """Lay out response rates: a block per response, a line per visit, columns by strategy.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analyses ``<prefix>_composite``, ``<prefix>_observed`` and, where it was done,
        ``<prefix>_imputed``.
    labels : mapping of str to str
        Responses to show, in order, with their labels.
    prefix : str
        First part of the analyses' names.
    """
    imputed = rows["analysis"].eq(f"{prefix}_imputed").any()
    lines = [
        (label, visit.label, _cells(rows, name, visit.id, prefix, imputed))
        for name, label in labels.items()
        for visit in study.visits
        if (rows["variable"].eq(name) & rows["visit"].eq(visit.id)).any()
    ]
    spanners = {mark("Composite, missing is non-response"): ["n/N", mark("% ({CI})"), mark("Exact CI")]}
    spanners["As observed"] = ["n/N ", mark("% ({CI}) ")]
    if imputed:
        spanners[mark("Composite, imputed")] = [mark("% ({CI})  ")]
    columns = [name for names in spanners.values() for name in names]
    return grid(lines, stub=mark("Visit"), columns=columns, spanners=spanners, notes=notes)


def _cells(rows: pd.DataFrame, name: str, visit: str, prefix: str, imputed: bool) -> list[str]:
    composite, observed, completed = (
        pick(rows, analysis=f"{prefix}_{how}", variable=name, visit=visit)
        for how in ("composite", "observed", "imputed")
    )
    cells = [count_of(composite), share_of(composite), exact_of(composite)]
    return [*cells, count_of(observed), share_of(observed), *([share_of(completed)] if imputed else [])]
