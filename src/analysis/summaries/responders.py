"""How many responded: shares by visit, missing as non-response and as observed."""

import pandas as pd

from analysis import proportions, results

STRATEGIES = ("nri", "observed")


def summarise_responders(
    responses: pd.DataFrame, members: dict, *, study, population: str, visits=None
) -> pd.DataFrame:
    """Response rates by endpoint, visit and group.

    Parameters
    ----------
    responses : DataFrame
        Long: `subject_id`, `visit_id`, `endpoint`, `value` (boolean, NA is missing).
    members : dict of str to Index
        Subject ids per group: the denominator of non-responder imputation.
    study : analysis.study.Study
        Its `responses` and confidence level.
    population : str
        Name of the analysis set, for the results.
    visits : collection of str, optional
        Visits to analyse; those of each response by default.

    Returns
    -------
    DataFrame
        Rows of the results table, analyses ``response_nri`` (missing is non-response; all of the analysis set) and
        ``response_observed`` (those with a value), each with Wilson's and the exact (Clopper-Pearson) interval.
    """
    level, frames = study.statistics.confidence_level, []
    for entry in study.responses:
        rows = responses[responses["endpoint"].eq(entry.id)]
        wide = rows.pivot(index="subject_id", columns="visit_id", values="value")
        for visit in entry.visits:
            if visits is not None and visit not in visits:
                continue
            values = wide[visit] if visit in wide else pd.Series(pd.NA, index=wide.index, dtype="boolean")
            for group, ids in members.items():
                keys = {"variable": entry.id, "population": population, "group": group, "visit": visit}
                frames += response_rates(values.reindex(ids).astype("boolean"), level, keys)
    return results.stack(frames)


def response_rates(values: pd.Series, confidence_level: float, keys: dict) -> list[pd.DataFrame]:
    """Rows for one response at one visit in one group, by both strategies."""
    responders, known = int(values.fillna(False).sum()), int(values.notna().sum())
    frames = []
    for strategy, total in zip(STRATEGIES, (len(values), known), strict=True):
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
            "n_missing": len(values) - known,
            "method": f"{'missing is non-response' if strategy == 'nri' else 'as observed'}; {share.method}",
        }
        frames.append(results.rows_of(row, analysis=f"response_{strategy}", unit="proportion", **keys))
    return frames


def rates_by_visit(rows: pd.DataFrame, *, study, responses=None) -> pd.DataFrame:
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
