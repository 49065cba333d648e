"""Disease activity by visit: components, composite scores, states, remission and low disease activity."""

import pandas as pd

from analysis import results
from analysis.summaries.responders import response_rates
from analysis.summaries.shared import moments

STATES = ("remission", "low", "moderate", "high")


def by_visit(wide: pd.DataFrame, variable: str, ids: pd.Index, visits: list[str]) -> pd.DataFrame:
    """One column of the visits as a frame of participants by visits; NaN where there is no value."""
    if variable not in wide:
        raise KeyError(f"the visits have no column {variable!r}")
    spread = wide[wide["subject_id"].isin(ids)].pivot(index="subject_id", columns="visit_id", values=variable)
    return spread.reindex(index=ids, columns=visits)


def describe_by_visit(wide: pd.DataFrame, ids: pd.Index, *, variables, visits: list[str]) -> pd.DataFrame:
    """n, mean, SD, median, quartiles and range of each variable at each visit, of everybody with a value.

    Parameters
    ----------
    wide : DataFrame
        One row per participant and visit, scores as columns (see `analysis.datasets.with_scores`).
    ids : Index
        Analysis set.
    variables : sequence of str
        Columns, in the order of display.
    visits : list of str
        Planned visits.

    Returns
    -------
    DataFrame
        `variable`, `visit` and the statistics of `moments`; `n_missing` counts the rest of the analysis set.
    """
    lines = []
    for variable in variables:
        values = by_visit(wide, variable, ids, visits).astype(float)
        lines += [{"variable": variable, "visit": visit, **moments(values[visit])} for visit in visits]
    return pd.DataFrame(lines)


def count_states(
    wide: pd.DataFrame, due: pd.DataFrame, *, instrument: str, visits: list[str]
) -> pd.DataFrame:
    """Participants in each disease state at each visit, of those due at it.

    Returns
    -------
    DataFrame
        `visit`, `state` (remission, low, moderate, high, missing), `n`, `total` (due at the visit), `share`.
    """
    states = by_visit(wide, f"{instrument}_category", due.index, visits)
    lines = []
    for visit in visits:
        of_visit = states.loc[due[visit], visit].astype("string").fillna("missing")
        for state in (*STATES, "missing"):
            n, total = int(of_visit.eq(state).sum()), len(of_visit)
            share = n / total if total else float("nan")
            lines.append({"visit": visit, "state": state, "n": n, "total": total, "share": share})
    return pd.DataFrame(lines)


def rates_when_due(
    responses: pd.DataFrame, due: pd.DataFrame, *, study, chosen, population: str, wide=None, needed=None
) -> pd.DataFrame:
    """Response rates of those due at the visit: missing as non-response, and as observed.

    Parameters
    ----------
    responses : DataFrame
        Long: `subject_id`, `visit_id`, `endpoint`, `value` (boolean with NA).
    due : DataFrame
        Booleans by participant and visit (`analysis.due.flag_due`). Who is not yet due is left out of both
        denominators.
    study : analysis.study.Study
        Its confidence level.
    chosen : sequence of Response
        Responses to report, each at its own visits.
    population : str
        Name of the analysis set.
    wide : DataFrame, optional
        One row per participant and visit; needed where `needed` is given.
    needed : mapping of rule to mapping, optional
        What must be known for an answer to count as observed [P]: `components`, and `baseline` where they must be
        known there, too. Some rules give "no" although a component is missing, because those known rule a response
        out; a response can never be given then, and the share as observed would be too low.

    Returns
    -------
    DataFrame
        Rows of the results table, analyses ``response_nri`` and ``response_observed``.
    """
    frames = []
    for entry in chosen:
        rows = responses[responses["endpoint"].eq(entry.id)]
        values = rows.pivot(index="subject_id", columns="visit_id", values="value")
        for visit in entry.visits:
            ids = due.index[due[visit]]
            if not len(ids):
                continue
            known = values[visit] if visit in values else pd.Series(dtype="boolean")
            keys = {"variable": entry.id, "population": population, "group": "all", "visit": visit}
            answers, level = known.reindex(ids).astype("boolean"), study.statistics.confidence_level
            rule = (needed or {}).get(entry.rule)
            seen = (
                answers
                if rule is None
                else answers.where(complete(wide, ids, rule, study=study, visit=visit))
            )
            frames += [response_rates(answers, level, keys)[0], response_rates(seen, level, keys)[1]]
    return results.stack(frames)


def complete(wide: pd.DataFrame, ids: pd.Index, rule: dict, *, study, visit: str) -> pd.Series:
    """Who has every component that a response needs, at the visit and, where the rule says so, at baseline."""
    visits = [study.baseline_visit, visit] if rule.get("baseline") else [visit]
    known = [by_visit(wide, name, ids, visits).notna().all(axis=1) for name in rule["components"]]
    return pd.concat(known, axis=1).all(axis=1)
