"""How many responded: shares by visit, missing as non-response and as observed."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import proportions, results
from analysis.language import Texts, semicolons

if TYPE_CHECKING:
    from analysis.study import Study


HANDLED = Texts({"nri": "missing is non-response", "observed": "as observed"})


def summarise_responders(
    responses: pd.DataFrame,
    members: dict,
    *,
    study: "Study",
    population: str,
    chosen: Sequence[Any] | None = None,
    visits: Collection[str] | None = None,
    due: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Response rates by endpoint, visit and group.

    Parameters
    ----------
    responses : DataFrame
        Long: `subject_id`, `visit_id`, `endpoint`, `value` (boolean, NA is missing), `known` (the same, also where
        the known part of a score decides), `observed` (whether the value counts as observed), as
        `analysis.datasets.derive_responses` gives them.
    members : dict of str to Index
        Subject ids per group: the denominator of non-responder imputation.
    study : analysis.study.Study
        Its `responses` and confidence level.
    population : str
        Name of the analysis set, for the results.
    chosen : sequence of Response, optional
        Responses to report, each at its own visits; all of the study by default.
    visits : collection of str, optional
        Visits to analyse; those of each response by default.
    due : DataFrame, optional
        Booleans by subject and visit (`analysis.due.flag_due`). Who is not yet due is in neither denominator, and a
        visit at which nobody of a group is due has no rows.

    Returns
    -------
    DataFrame
        Rows of the results table, analyses ``response_nri`` (missing is non-response, unless what is known is enough;
        all of the analysis set that are due) and ``response_observed`` (those whose value counts as observed), each
        with Wilson's and the exact (Clopper-Pearson) interval.
    """
    level, frames = study.statistics.confidence_level, []
    for entry in chosen or study.responses:
        of_response = responses[responses["endpoint"].eq(entry.id)]
        for visit in entry.visits:
            if visits is not None and visit not in visits:
                continue
            answers = of_response[of_response["visit_id"].eq(visit)].set_index("subject_id")
            for group, ids in members.items():
                asked = ids if due is None else ids[due[visit].reindex(ids, fill_value=False).to_numpy()]
                keys = {"variable": entry.id, "population": population, "group": group, "visit": visit}
                if due is None or len(asked):
                    frames += _rates(answers.reindex(asked), level, keys)
    return results.stack(frames)


def _rates(answers: pd.DataFrame, confidence_level: float, keys: dict) -> list[pd.DataFrame]:
    """Rows for one response at one visit in one group, by both strategies."""
    values = answers["value"].astype("boolean")
    seen = values[answers["observed"].astype("boolean").fillna(False)]
    counted = {
        "nri": (answers.get("known", values).astype("boolean").fillna(False), values.isna().sum()),
        "observed": (seen, len(values) - len(seen)),
    }
    frames = []
    for strategy, (given, missing) in counted.items():
        responders, total = int(given.sum()), len(given)
        share = proportions.wilson(responders, total, confidence_level=confidence_level)
        exact = proportions.clopper_pearson(responders, total, confidence_level=confidence_level)
        row = {
            "estimate": share.estimate,
            "conf_low": share.conf_low,
            "conf_high": share.conf_high,
            "exact_low": exact.conf_low,
            "exact_high": exact.conf_high,
            "count": responders,
            "n": total,
            "n_missing": int(missing),
            "method": semicolons([HANDLED[strategy], share.method]),
        }
        frames.append(results.rows_of(row, analysis=f"response_{strategy}", unit="proportion", **keys))
    return frames


def rates_by_visit(
    rows: pd.DataFrame, *, study: "Study", responses: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Response rates with missing as non-response, as the figure of rates by visit reads them.

    Returns
    -------
    DataFrame
        `visit` (week, or label where weeks are not given), `n`, `estimate`, `conf_low`, `conf_high`, `group`: the
        response, and the group of subjects where there are several.
    """
    weeks = all(visit.week is not None for visit in study.visits)
    where = {visit.id: visit.week if weeks else visit.label for visit in study.visits}
    labels = {entry.id: entry.label for entry in responses or study.responses}
    found = rows[rows["analysis"].eq("response_nri") & rows["variable"].isin(labels)]
    wide = found.pivot(
        index=["variable", "group", "visit"], columns="statistic", values="value"
    ).reset_index()
    name = wide["variable"].map(labels)
    if study.groups is not None:
        name = name + ", " + wide["group"].map(lambda group: study.groups.labels.get(group, group))
    order = {visit: number for number, visit in enumerate(where)}
    drawn = wide.assign(group=name, place=wide["visit"].map(order), visit=wide["visit"].map(where))
    return drawn.sort_values(["group", "place"])[["visit", "n", "estimate", "conf_low", "conf_high", "group"]]
