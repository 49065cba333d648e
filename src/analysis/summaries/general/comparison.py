"""How groups differ: each endpoint at each visit, every group against the first, and all visits in one model."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import longitudinal, mmrm, proportions, results
from analysis.inputs import NotEstimable
from analysis.language import tr
from analysis.summaries.shared import visits_wide

if TYPE_CHECKING:
    from analysis.study import Study
    from analysis.study.sections import Endpoint

SHOWN = ("estimate", "conf_low", "conf_high", "p_value")
ANCOVA, MODEL, SHARE = "difference_ancova", "difference_mmrm", "difference_share"


def comparisons(study: "Study") -> list[tuple[str, str]]:
    """Pairs of groups that are compared: each against the first in order, which is the reference.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> comparisons(SimpleNamespace(groups=SimpleNamespace(order=["placebo", "low", "high"])))
    [('placebo', 'low'), ('placebo', 'high')]
    """
    order = study.groups.order if study.groups else []
    return [(order[0], other) for other in order[1:]]


def summarise_comparison(
    measures: pd.DataFrame,
    members: dict,
    *,
    study: "Study",
    population: str,
    visits: Collection[str],
    endpoints: "Sequence[Endpoint] | None" = None,
) -> pd.DataFrame:
    """Compare the groups on every endpoint.

    Parameters
    ----------
    measures : DataFrame
        Long measurements.
    members : dict of str to Index
        Subject ids per group.
    study : analysis.study.Study
        Groups (the first is the reference), endpoints, baseline visit, confidence level.
    population : str
        Name of the analysis set, for the results.
    visits : collection of str
        Visits the report may see.
    endpoints : sequence, optional
        Endpoints to compare; all of the study by default.

    Returns
    -------
    DataFrame
        Rows of the results table by endpoint, visit and group (against the reference): ``difference_ancova`` (change
        adjusted for baseline, at one visit), ``difference_mmrm`` (change adjusted for baseline, from one model of all
        visits; with two visits or more) and for binary endpoints ``difference_share`` (Newcombe's interval, Fisher's
        exact test). Differences are the group minus the reference.
    """
    frames = []
    for entry in endpoints or study.endpoints:
        after = [visit for visit in entry.visits if visit in visits]
        wide = {
            group: visits_wide(measures, entry.variable, ids, [study.baseline_visit, *after])
            for group, ids in members.items()
        }
        keys = {"variable": entry.id, "population": population}
        unit = "proportion" if entry.scale == "binary" else entry.unit or ""
        if entry.scale == "binary":
            frames += _shares(wide, after, study, keys)
            continue
        changes = _changes(wide, study.baseline_visit, after)
        frames += _each_visit(changes, after, study, keys, unit)
        if len(after) > 1:
            frames += _all_visits(changes, after, study, keys, unit)
    return results.stack(frames)


def differences_drawn(rows: pd.DataFrame, *, study: "Study") -> pd.DataFrame:
    """The differences as a forest reads them: of the model of all visits where there is one, else at the visit."""
    visits = {visit.id: visit.label for visit in study.visits}
    labels = study.groups.labels if study.groups else {}
    lines = []
    for entry in study.endpoints:
        found = rows[rows["variable"].eq(entry.id)]
        leading = next((name for name in (MODEL, ANCOVA, SHARE) if found["analysis"].eq(name).any()), None)
        wide = found[found["analysis"].eq(leading)].pivot(
            index=["visit", "group"], columns="statistic", values="value"
        )
        for (visit, group), values in wide.iterrows():
            shown = f"{visits[visit]}, {labels.get(group, group)}"
            lines.append({"label": shown, "group": entry.label, **{name: values[name] for name in SHOWN[:3]}})
    order = {label: place for place, label in enumerate(visits.values())}
    drawn = pd.DataFrame(lines, columns=["label", "group", *SHOWN[:3]])
    return drawn.sort_values(
        "label", key=lambda texts: texts.map(lambda text: order[text.rpartition(", ")[0]]), kind="stable"
    ).sort_values(
        "group", key=lambda g: g.map({e.label: n for n, e in enumerate(study.endpoints)}), kind="stable"
    )


def _changes(wide: dict[str, pd.DataFrame], baseline: str, after: list[str]) -> pd.DataFrame:
    """One row per subject and visit after baseline: group, baseline, change; without a baseline there is no change."""
    rows = []
    for group, values in wide.items():
        change = values[after].sub(values[baseline], axis=0)
        long = change.melt(ignore_index=False, var_name="visit_id", value_name="change")
        long = long.assign(group=group, baseline=values[baseline].reindex(long.index))
        rows.append(long.rename_axis("subject_id").reset_index())
    return pd.concat(rows, ignore_index=True)


def _each_visit(changes: pd.DataFrame, after, study, keys: dict, unit: str) -> Iterator[pd.DataFrame]:
    """Analysis of covariance at each visit."""
    reference = study.groups.order[0]
    for visit in after:
        rows = changes[changes["visit_id"].eq(visit)]
        named = {"analysis": ANCOVA, "visit": visit, "unit": unit, **keys}
        try:
            model = longitudinal.ancova(
                rows,
                response="change",
                covariates=["baseline"],
                group="group",
                reference=reference,
                errors="classical",
                confidence_level=study.statistics.confidence_level,
            )
        except NotEstimable as reason:
            yield from _none(reason, study, named)
            continue
        found = model.coefficients.set_index("term")
        for _, group in comparisons(study):
            term = f"group={group}"
            if term not in found.index:
                yield results.not_estimated(
                    tr("nobody of the group has both values"), SHOWN, group=group, **named
                )
                continue
            values = {name: float(found.loc[term, name]) for name in SHOWN}
            known = rows["group"].isin([reference, group]) & rows[["change", "baseline"]].notna().all(axis=1)
            counted = {
                "n": int(known.sum()),
                "df": model.df,
                "method": tr("change adjusted for baseline; linear model, classical standard errors"),
            }
            yield results.rows_of({**values, **counted}, group=group, **named)


def _all_visits(changes: pd.DataFrame, after, study, keys: dict, unit: str) -> Iterator[pd.DataFrame]:
    """One mixed model of all visits, baseline with an effect at each of them."""
    named = {"analysis": MODEL, "unit": unit, **keys}
    known = changes[changes["baseline"].notna()]
    try:
        model = mmrm.fit(
            known,
            response="change",
            visits=after,
            group="group",
            reference=study.groups.order[0],
            covariates_by_visit=["baseline"],
        )
        found = mmrm.compare_groups(model, confidence_level=study.statistics.confidence_level)
    except NotEstimable as reason:
        for visit in after:
            yield from _none(reason, study, {**named, "visit": visit})
        return
    for reference, group in comparisons(study):
        for visit in after:
            line = found[found["visit"].eq(visit) & found["group"].eq(f"{group} - {reference}")]
            if line.empty:
                yield results.not_estimated(
                    tr("not seen at this visit"), SHOWN, group=group, visit=visit, **named
                )
                continue
            values = line.iloc[0]
            row = {name: float(values[name]) for name in SHOWN} | {
                "n": int(values["n"]),
                "method": str(values["method"]),
                "note": str(values.get("note", "") or ""),
            }
            yield results.rows_of(row, group=group, visit=visit, **named)


def _none(reason, study, named: dict) -> Iterator[pd.DataFrame]:
    """A row per group for what could not be estimated."""
    for _, group in comparisons(study):
        yield results.not_estimated(reason, SHOWN, group=group, **named)


def _shares(wide: dict[str, pd.DataFrame], after, study, keys: dict) -> Iterator[pd.DataFrame]:
    """Difference of shares at each visit, of those with a value."""
    from scipy.stats import fisher_exact

    level = study.statistics.confidence_level
    for reference, group in comparisons(study):
        for visit in after:
            ours, theirs = wide[group][visit].dropna(), wide[reference][visit].dropna()
            named = {"analysis": SHARE, "visit": visit, "group": group, "unit": "proportion", **keys}
            if not len(ours) or not len(theirs):
                yield results.not_estimated(tr("a group has no value at this visit"), SHOWN, **named)
                continue
            counts = int(ours.sum()), len(ours), int(theirs.sum()), len(theirs)
            found = proportions.newcombe_difference(*counts, confidence_level=level)
            table = [[counts[0], counts[1] - counts[0]], [counts[2], counts[3] - counts[2]]]
            yield results.rows_of(
                {
                    "estimate": found.estimate,
                    "conf_low": found.conf_low,
                    "conf_high": found.conf_high,
                    "p_value": float(fisher_exact(table).pvalue),
                    "n": counts[1] + counts[3],
                    "method": tr("{method}; Fisher's exact test", method=found.method),
                },
                **named,
            )
