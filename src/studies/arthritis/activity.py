"""Disease activity by visit: components, composite scores, states, remission and low disease activity."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import numbers, results
from analysis.cohort import Cohort
from analysis.columns.decimals import mean_digits
from analysis.datasets.joints import count_completed
from analysis.language import mark, trn
from analysis.scoring.joints import MAX_NOT_ASSESSED
from analysis.summaries.shared import by_visit, moments
from analysis.tables.cells import quartiles, spread
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study

STATES = ("remission", "low", "moderate", "high")
BOOLEAN_IN_FORCE = (
    "2.0"  # ACR/EULAR Boolean remission as revised in 2022 (Studenic 2023, doi:10.1136/ard-2022-223413)
)


def describe_by_visit(
    wide: pd.DataFrame, ids: pd.Index, *, variables: Sequence[str], visits: list[str]
) -> pd.DataFrame:
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


def targets_of(responses: Sequence[Any], *, instrument: str) -> list[Any]:
    """Of the targets shown together those that answer the question: by one instrument, and Boolean remission in force.

    Parameters
    ----------
    responses : sequence of Response
        Targets of the study file, in its order.
    instrument : str
        The score of the primary target, such as ``cdai``.
    """
    wanted = {("instrument", instrument), ("version", BOOLEAN_IN_FORCE)}
    return [entry for entry in responses if wanted & set(entry.settings.items())]


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


def target_answers(
    responses: pd.DataFrame, cohort: Cohort, *, response: str, visits: Sequence[str]
) -> dict[str, pd.Series]:
    """Whether each participant due at a visit is at the target, missing as not; visits at which somebody is due."""
    of_response = responses[responses["endpoint"].eq(response)]
    answers = {}
    for visit in (visit for visit in visits if len(cohort.due_at(visit))):
        at = of_response[of_response["visit_id"].eq(visit)].set_index("subject_id")
        given = at.get("known", at["value"]).astype("boolean").reindex(cohort.due_at(visit))
        answers[visit] = given.fillna(False).astype(bool)
    return answers


def already_at_target(responses: pd.DataFrame, cohort: Cohort, *, study: "Study") -> pd.DataFrame:
    """Participants at the primary target at its visit, and how many of them had been there at entry.

    Parameters
    ----------
    responses : DataFrame
        Long responses.
    cohort : Cohort
        The analysis set; only those due count.
    study : analysis.study.Study
        ``settings.primary`` names response, visit and score; the response says which states are the target.

    Returns
    -------
    DataFrame
        Rows of the results table, analysis ``already``: `count` (at the target at the visit) and `both` (there at entry
        as well); none where nobody is due.
    """
    primary = study.settings.primary
    ids = cohort.ids[cohort.due[primary.visit].reindex(cohort.ids, fill_value=False).to_numpy()]
    (asked,) = (entry for entry in study.responses if entry.id == primary.response)
    target = STATES[: STATES.index(asked.settings["at_most"]) + 1]
    of_visit = responses[responses["endpoint"].eq(primary.response) & responses["visit_id"].eq(primary.visit)]
    there = of_visit.set_index("subject_id")["value"].astype("boolean").reindex(ids).fillna(False)
    first = by_visit(cohort.wide, f"{primary.instrument}_category", ids, [study.baseline_visit])
    before = first[study.baseline_visit].astype("string").isin(target)
    found = {"count": int(there.sum()), "both": int((there & before).sum()), "n": len(ids)}
    keys = {
        "variable": primary.response,
        "visit": primary.visit,
        "population": cohort.population,
        "unit": "count",
    }
    return results.rows_of(found, analysis="already", **keys)


def joint_note(cohort: Cohort, visits: Sequence[str] | None = None) -> str:
    """Footnote: how many joint counts are pro-rated, at these visits of the analysis set."""
    shown = cohort.wide[cohort.wide["visit_id"].isin(visits or cohort.visits)]
    return trn(
        "Joint counts are pro-rated where up to {max_not_assessed:g} % of the 28 joints could not be "
        "assessed: {n} examination.",
        "Joint counts are pro-rated where up to {max_not_assessed:g} % of the 28 joints could not be "
        "assessed: {n} examinations.",
        count_completed(shown),
        max_not_assessed=100 * MAX_NOT_ASSESSED,
    )


def visit_table(
    described: pd.DataFrame, *, study: "Study", entries: Sequence[Any], notes: Sequence[str] = ()
) -> Table:
    """Lay out `describe_by_visit`: a block per variable, a column per visit.

    Parameters
    ----------
    described : DataFrame
        `variable`, `visit`, n, mean, SD, median, quartiles.
    study : analysis.study.Study
        Labels of the visits.
    entries : sequence of Described
        In order; means get one more decimal than single values, two at most.
    notes : sequence of str
        Footnotes.
    """
    labels = {visit.id: visit.label for visit in study.visits}
    visits = [visit for visit in labels if visit in set(described["visit"])]
    found = described.set_index(["variable", "visit"])
    lines, blocks = {}, []
    for entry in entries:
        name, digits = entry.variable, entry.digits
        more = min(mean_digits(name, digits), 2)
        at = [found.loc[(name, visit)] for visit in visits]
        lines[name, "n"] = [numbers.whole(row["n"]) for row in at]
        lines[name, mark("mean (SD)")] = [spread(row.get("mean"), row.get("sd"), more) for row in at]
        lines[name, "median [quartiles]"] = [
            quartiles(row.get("median"), row.get("q1"), row.get("q3"), digits) for row in at
        ]
        blocks += [entry.label] * 3
    body = pd.DataFrame(
        list(lines.values()), index=[kind for _, kind in lines], columns=[labels[v] for v in visits]
    )
    return Table(body.rename_axis(mark("Measure")), groups=blocks, notes=notes)
