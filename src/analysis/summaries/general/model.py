"""Means over the visits from one mixed model that uses every known value."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import mmrm, results
from analysis.inputs import NotEstimable
from analysis.summaries.shared import visits_wide

if TYPE_CHECKING:
    from analysis.study import Study
    from analysis.study.sections import Endpoint

SHOWN = ("estimate", "conf_low", "conf_high")
FEWEST = 3  # subjects with a value, below which a visit is left out of the model


def summarise_model(
    measures: pd.DataFrame,
    members: dict,
    *,
    study: "Study",
    population: str,
    visits: Collection[str],
    endpoints: "Sequence[Endpoint] | None" = None,
) -> pd.DataFrame:
    """Adjusted mean of each endpoint at each visit, and its change from baseline, by group.

    Parameters
    ----------
    measures : DataFrame
        Long measurements.
    members : dict of str to Index
        Subject ids per group.
    study : analysis.study.Study
        Endpoints, baseline visit, confidence level.
    population : str
        Name of the analysis set, for the results.
    visits : collection of str
        Visits the report may see, in order.
    endpoints : sequence, optional
        Endpoints to model; those of the study that are not binary by default.

    Returns
    -------
    DataFrame
        Rows ``model_mean`` and ``model_change``. Values missing at random given the known ones need no imputation.
        Where there is no model, each row holds the reason.
    """
    frames = []
    for entry in endpoints or [entry for entry in study.endpoints if entry.scale != "binary"]:
        wanted = [visit for visit in visits if visit == study.baseline_visit or visit in entry.visits]
        frames += _of_endpoint(measures, members, entry, wanted, study, population)
    return results.stack(frames)


def _of_endpoint(measures, members, entry, wanted, study, population) -> list[pd.DataFrame]:
    parts = [
        visits_wide(measures, entry.variable, ids, wanted).assign(group=group)
        for group, ids in members.items()
    ]
    values = pd.concat(parts).rename_axis("subject_id").reset_index()
    seen = [visit for visit in wanted if values[visit].notna().sum() >= FEWEST]
    keys = {"variable": entry.id, "population": population, "unit": entry.unit or ""}
    try:
        if study.baseline_visit not in seen or len(seen) < 2:
            raise NotEstimable("not yet: values at baseline and at one later visit are needed")
        long = values.melt(["subject_id", "group"], seen, var_name="visit_id", value_name="value")
        grouped = {"group": "group", "reference": next(iter(members))} if len(members) > 1 else {}
        model = mmrm.fit(long, response="value", visits=seen, **grouped)
        level = study.statistics.confidence_level
        means = mmrm.visit_means(model, confidence_level=level)
        changes = mmrm.change_from_baseline(model, confidence_level=level)
    except NotEstimable as reason:
        return [
            results.not_estimated(reason, SHOWN, analysis=analysis, visit=visit, group=group, **keys)
            for group in members
            for analysis, at in (("model_mean", wanted), ("model_change", wanted[1:]))
            for visit in at
        ]
    alone = next(iter(members))
    return [
        results.rows_of(
            {
                **{name: float(row[name]) for name in SHOWN},
                "n": int(row["n"]),
                "method": str(row["method"]),
                "note": str(row.get("note", "") or ""),
            },
            analysis=analysis,
            visit=row["visit"],
            group=row["group"] if len(members) > 1 else alone,
            **keys,
        )
        for analysis, table in (("model_mean", means), ("model_change", changes))
        for _, row in table.iterrows()
    ]


def model_course(rows: pd.DataFrame, *, study: "Study") -> pd.DataFrame:
    """The adjusted means as the figure of means by visit reads them; nothing where no model was fitted."""
    found = rows[rows["analysis"].eq("model_mean")]
    keys = ["variable", "group", "visit"]
    wide = found.pivot(index=keys, columns="statistic", values="value").reset_index()
    counted = found.drop_duplicates(keys).set_index(keys)["n"]
    wide = wide.assign(n=counted.reindex(pd.MultiIndex.from_frame(wide[keys])).to_numpy())
    weeks = all(visit.week is not None for visit in study.visits)
    where = {visit.id: visit.week if weeks else visit.label for visit in study.visits}
    order = {visit.id: place for place, visit in enumerate(study.visits)}
    variables = {entry.id: entry.variable for entry in study.endpoints}
    drawn = wide.assign(
        place=wide["visit"].map(order),
        visit=wide["visit"].map(where),
        variable=wide["variable"].map(variables),
    ).sort_values(["variable", "group", "place"])
    drawn = drawn.dropna(subset=["estimate"])[["variable", "visit", "n", *SHOWN, "group"]]
    if study.groups is None or set(drawn["group"]) <= {"all"}:
        return drawn.drop(columns="group")
    return drawn.assign(group=drawn["group"].map(lambda group: study.groups.labels.get(group, group)))
