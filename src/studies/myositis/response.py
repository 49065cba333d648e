"""Response rates by strategy: composite, as observed, and with multiple imputation."""

import pandas as pd

from analysis import missing, proportions, results
from analysis.summaries.shared import moments
from analysis.thresholds import settle
from studies.myositis.cohort import Cohort, improvement_at
from studies.myositis.events import failed_before

TIS_LEVELS = {"tis_minimal": 20.0, "tis_moderate": 40.0, "tis_major": 60.0}
METHODS = {
    "composite": "intercurrent events and missing values are non-response",
    "observed": "as observed, whatever happened before",
}


def reached(scores: pd.Series, minimum: float) -> pd.Series:
    """Whether a score reaches a limit; NA where there is no score.

    Examples
    --------
    >>> reached(pd.Series([40.0, 37.5, None]), 40).tolist()
    [True, False, <NA>]
    """
    return (settle(scores.astype("Float64")) >= minimum).astype("boolean")


def failed_at(group: Cohort, visit: str) -> pd.Series:
    """Who of those due had an event that counts as non-response by the visit."""
    return failed_before(group.events, group.dates[visit].reindex(group.due[visit]))


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
        "method": f"{method}; {share.method}",
    }


def strategies(response: pd.Series, failed: pd.Series, *, level: float) -> dict[str, dict]:
    """The rates of one response at one visit by the strategies that need no model.

    Parameters
    ----------
    response : Series of boolean with NA
        Everybody due at the visit.
    failed : Series of boolean
        Had an event that counts as non-response by then.
    level : float
        Confidence level.

    Returns
    -------
    dict of str to dict
        ``composite`` (events and missing values are non-response) and ``observed``.
    """
    absent = int(response.isna().sum())
    composite = missing.flag_nonresponder_imputed(response, failed=failed)
    counts = {
        "composite": (int(composite.sum()), len(response)),
        "observed": (int(response.fillna(False).sum()), len(response) - absent),
    }
    return {
        name: rate(count, total, level=level, method=METHODS[name], n_missing=absent)
        for name, (count, total) in counts.items()
    }


def response_rows(group: Cohort, responses, *, study, visits) -> pd.DataFrame:
    """Response rates at each visit.

    Parameters
    ----------
    group : Cohort
        The patients.
    responses : mapping of str to callable
        By name: takes the cohort and a visit, returns boolean with NA for everybody due.
    study : analysis.study.Study
        Confidence level.
    visits : sequence of str
        Visits; those at which nobody was due are left out.

    Returns
    -------
    DataFrame
        Rows of the results table, analyses ``response_composite`` and ``response_observed``.
    """
    frames = []
    for visit in (visit for visit in visits if len(group.due[visit])):
        failed = failed_at(group, visit)
        for name, judge in responses.items():
            found = strategies(judge(group, visit), failed, level=study.statistics.confidence_level)
            keys = {"variable": name, "visit": visit, "population": group.population, "unit": "proportion"}
            frames += [results.rows_of(row, analysis=f"response_{how}", **keys) for how, row in found.items()]
    return results.stack(frames)


def tis_responses() -> dict:
    """The three levels of the Total Improvement Score, as `response_rows` takes them."""

    def judge(minimum):
        return lambda group, visit: reached(improvement_at(group, visit)["tis"], minimum)

    return {name: judge(minimum) for name, minimum in TIS_LEVELS.items()}


def imacs_response(group: Cohort, visit: str) -> pd.Series:
    """IMACS definition of improvement of everybody due."""
    return improvement_at(group, visit)["imacs"].astype("boolean")


def tis_rows(group: Cohort, *, study, visits) -> pd.DataFrame:
    """The score itself at each visit, as observed: rows of the analysis ``tis``."""
    return results.stack(
        results.rows_of(
            moments(improvement_at(group, visit)["tis"].astype(float)),
            analysis="tis",
            variable="tis",
            visit=visit,
            population=group.population,
            unit="points",
        )
        for visit in visits
        if len(group.due[visit])
    )


def certain_rows(group: Cohort, *, visits) -> pd.DataFrame:
    """Patients without a score whose known points alone reach a level: rows of the analysis ``tis_certain``.

    The score needs all six measures, so that they count as missing, and as non-response in the composite strategy,
    though the answer is known. The IMACS definition is decided wherever the known measures decide it.
    """
    frames = []
    for visit in (visit for visit in visits if len(group.due[visit])):
        seen = improvement_at(group, visit)
        known = seen["tis_min"].where(seen["tis"].isna()).astype(float)
        for name, minimum in TIS_LEVELS.items():
            count = int(reached(known, minimum).fillna(False).sum())
            keys = {"variable": name, "visit": visit, "population": group.population, "unit": "count"}
            found = {"count": count, "n": int(seen["tis"].isna().sum())}
            frames.append(results.rows_of(found, analysis="tis_certain", **keys))
    return results.stack(frames)


def agreement_rows(group: Cohort, *, visits) -> pd.DataFrame:
    """How the score and the IMACS definition agree: rows of the analysis ``tis_imacs``, one variable per level.

    Counts: `both`, `score_only`, `imacs_only`, `neither`, `undecided` (one of the two is not known).
    """
    frames = []
    for visit in (visit for visit in visits if len(group.due[visit])):
        imacs, scores = imacs_response(group, visit), improvement_at(group, visit)["tis"]
        for name in ("tis_minimal", "tis_moderate"):
            counts = cross(reached(scores, TIS_LEVELS[name]), imacs)
            keys = {"variable": name, "visit": visit, "population": group.population, "unit": "count"}
            frames.append(results.rows_of(counts, analysis="tis_imacs", **keys))
    return results.stack(frames)


def cross(score: pd.Series, imacs: pd.Series) -> dict[str, int]:
    """Count patients by two responses.

    Examples
    --------
    >>> yes_no = pd.Series([True, True, False, None], dtype="boolean")
    >>> cross(yes_no, pd.Series([True, False, False, True], dtype="boolean"))
    {'both': 1, 'score_only': 1, 'imacs_only': 0, 'neither': 1, 'undecided': 1, 'n': 4}
    """
    known = score.notna() & imacs.notna()
    first, second = score[known].astype(bool), imacs[known].astype(bool)
    return {
        "both": int((first & second).sum()),
        "score_only": int((first & ~second).sum()),
        "imacs_only": int((~first & second).sum()),
        "neither": int((~first & ~second).sum()),
        "undecided": int((~known).sum()),
        "n": len(score),
    }
