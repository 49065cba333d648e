"""The hierarchy of hypotheses of a study file, judged by the contrast of the mixed model or by signed ranks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import multiplicity, results
from analysis.inputs import NotEstimable
from analysis.kinds import ESTIMATE, SETTING
from analysis.language import Texts, tr
from analysis.summaries.change import summarise_change
from analysis.summaries.shared import group_members, visits_wide

if TYPE_CHECKING:
    from analysis.study import Study

DECISIONS = {"rejected": 1.0, "not rejected": 0.0}
STATUSES = Texts(
    {
        "rejected": "rejected",
        "not rejected": "not rejected",
        "not tested": "not tested",
        "estimated": "estimated",
    }
)


def list_hypotheses(study: "Study") -> pd.DataFrame:
    """Every hypothesis of the study file in the order of the file.

    Parameters
    ----------
    study : analysis.study.Study
        Its `statistics.multiplicity`.

    Returns
    -------
    DataFrame
        `step` (1, 2, ... over all families), `family` (1, 2, ... over those tested; NaN where only estimated),
        `family_label`, `method`, `endpoint`, `label`, `visit`, `visit_label`. No rows without a hierarchy.
    """
    plan = study.statistics.multiplicity
    visits = {visit.id: visit.label for visit in study.visits}
    labels = {response.id: response.label for response in study.responses}
    labels.update((endpoint.id, endpoint.label) for endpoint in study.endpoints)
    lines, family = [], 0
    for step, each in enumerate(plan.families if plan else [], start=1):
        family += each.method != "estimation"
        number = float(family) if each.method != "estimation" else np.nan
        lines += [
            (step, number, each.label, each.method, h.endpoint, labels[h.endpoint], h.visit, visits[h.visit])
            for h in each.hypotheses
        ]
    names = ["step", "family", "family_label", "method", "endpoint", "label", "visit", "visit_label"]
    return pd.DataFrame(lines, columns=names)


def compare_hypotheses(
    tables: Mapping[str, pd.DataFrame], *, study: "Study", population: str
) -> pd.DataFrame:
    """What the tested hypotheses need: rows of `summarise_change`, and the same changes by the mixed model.

    The mean change of everybody with a value at any visit is what the study estimates; its contrast is what the
    hierarchy tests. The exact signed-rank test of complete pairs stands beside it as the sensitivity analysis.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The datasets of a report: `measures`, `subjects`, `populations`.
    study : analysis.study.Study
        Its hierarchy.
    population : str
        Name of the analysis set.
    """
    tested = list_hypotheses(study).dropna(subset="family")
    members = group_members(tables["subjects"], tables["populations"], study=study, population=population)
    endpoints = [entry for entry in study.endpoints if entry.id in set(tested["endpoint"])]
    pairs = summarise_change(
        tables["measures"],
        members,
        study=study,
        population=population,
        endpoints=endpoints,
        visits=set(tested["visit"]),
    )
    models = [
        frame
        for entry in endpoints
        for group, ids in members.items()
        for frame in _modelled(
            tables["measures"], ids, entry, tested, study=study, population=population, group=group
        )
    ]
    return results.stack([pairs, *models])


MODELLED = ("estimate", "conf_low", "conf_high", "p_value")


def _modelled(
    measures: pd.DataFrame,
    ids: pd.Index,
    entry,
    tested: pd.DataFrame,
    *,
    study: "Study",
    population: str,
    group: str,
) -> list[pd.DataFrame]:
    """Rows ``change_model`` of one endpoint: the change at its tested visits by the mixed model of all up to them."""
    from analysis import mmrm
    from analysis.summaries.strategies import long_course

    visits = tested.loc[tested["endpoint"].eq(entry.id), "visit"]
    planned = [visit.id for visit in study.visits]
    last = max(planned.index(visit) for visit in visits)
    upto = planned[planned.index(study.baseline_visit) : last + 1]
    wide = visits_wide(measures, entry.variable, ids, upto)
    wide = wide.loc[:, wide.notna().any()]
    unit, rows = entry.unit or "", []
    try:
        if list(wide.columns[:1]) != [study.baseline_visit] or wide.shape[1] < 2:
            raise NotEstimable("nobody has a value at baseline, or at a later visit")
        model = mmrm.fit(long_course(wide), response="value", visits=list(wide.columns))
        found = mmrm.change_from_baseline(model, confidence_level=study.statistics.confidence_level)
        by_visit = found.set_index("visit")
        lost = {
            visit: tr("nobody has a value at this visit") for visit in visits if visit not in by_visit.index
        }
    except NotEstimable as reason:
        lost = {visit: str(reason) for visit in visits}
    for visit in visits:
        keys = {"variable": entry.id, "visit": visit, "population": population, "group": group}
        if visit in lost:
            rows.append(
                results.not_estimated(lost[visit], MODELLED, unit=unit, analysis="change_model", **keys)
            )
            continue
        line = by_visit.loc[visit, [*MODELLED, "df", "n", "n_missing", "method", "note"]].to_dict()
        rows.append(results.rows_of(line, analysis="change_model", unit=unit, **keys))
    return rows


def judge_hierarchy(changes: pd.DataFrame, *, study: "Study", level: float) -> pd.DataFrame:
    """Decide the hypotheses of the study file by the test it names.

    Parameters
    ----------
    changes : DataFrame
        From `compare_hypotheses`, of one group of subjects: rows of the analyses ``change_model`` and ``change_ranks``,
        and ``change_mean`` for the estimates where complete pairs are tested.
    study : analysis.study.Study
        Its hierarchy; ``test`` says whether the contrast of the mixed model or the signed-rank test judges.
    level : float
        Two-sided level of the final analysis: `looks.final_level`, alpha less what interim looks have spent.

    Returns
    -------
    DataFrame
        `list_hypotheses` with `p_value`, `p_adjusted`, `status` (rejected, not rejected, not tested, estimated) and
        `reason`; `estimate`, `conf_low`, `conf_high` of the mean change that was tested; `p_exact` of the signed-rank
        test of complete pairs, with `n_pairs` and `n_missing`.

    Raises
    ------
    ValueError
        When the study has no hierarchy.
    """
    by_model = study.needed_hierarchy().test == "mixed_model"
    listed = list_hypotheses(study)
    exact = _taken(listed, changes, "change_ranks", "p_value")
    tested = _taken(listed, changes, "change_model", "p_value") if by_model else exact
    values = listed.assign(p_value=tested, p_exact=exact)
    methods = dict(zip(listed["family"], listed["method"], strict=True))
    judged = multiplicity.endpoint_hierarchy(values, alpha=level, within=methods)
    means, pairs = ("estimate", "conf_low", "conf_high"), ("n_pairs", "n_missing")
    source = "change_model" if by_model else "change_mean"
    return judged.assign(
        status=judged["status"].replace("exploratory", "estimated"),
        reason=judged["reason"].mask(judged["status"].eq("exploratory"), tr("no hypothesis")),
        **{name: _taken(listed, changes, source, name) for name in means},
        **{name: _taken(listed, changes, "change_mean", name) for name in pairs},
    )


def _taken(listed: pd.DataFrame, changes: pd.DataFrame, analysis: str, statistic: str) -> list[float]:
    """One statistic of each tested hypothesis; NaN where it is not tested or has none."""
    found = changes[changes["analysis"].eq(analysis) & changes["statistic"].eq(statistic)]
    known = found.set_index(["variable", "visit"])["value"]
    if known.index.has_duplicates:
        raise ValueError("a hypothesis is judged in one group of subjects; these comparisons have several")
    keys = zip(listed["endpoint"], listed["visit"], listed["family"], strict=True)
    return [np.nan if np.isnan(family) else known.get((name, visit), np.nan) for name, visit, family in keys]


def hierarchy_rows(judged: pd.DataFrame, *, study: "Study", population: str, level: float) -> pd.DataFrame:
    """The decisions as rows of the results table, analysis ``hierarchy``.

    Parameters
    ----------
    judged : DataFrame
        From `judge_hierarchy`.
    study : analysis.study.Study
        Its alpha.
    population : str
        Name of the analysis set.
    level : float
        Level at which they were judged.

    Returns
    -------
    DataFrame
        For each hypothesis `order`, `family`, `estimate` with its limits, `p_value`, `p_adjusted`, `p_exact`,
        `rejected` (1, 0; missing where not tested);
        for all together (variable ``hypotheses``) how many are `tested`, `rejected`, `not_rejected`, `not_tested`.
    """
    frames = []
    for order, row in enumerate(judged.to_dict("records"), start=1):
        found = {
            "order": order,
            "family": row["family"],
            "p_value": row["p_value"],
            "p_adjusted": row["p_adjusted"],
            "p_exact": row["p_exact"],
            "estimate": row["estimate"],
            "conf_low": row["conf_low"],
            "conf_high": row["conf_high"],
            "rejected": DECISIONS.get(row["status"], np.nan),
            "n_pairs": row["n_pairs"],
            "n_missing": row["n_missing"],
            "method": tr("{family}: {method}", family=row["family_label"], method=row["method"]),
        }
        keys = {"variable": row["endpoint"], "visit": row["visit"], "population": population}
        kinds = {"order": SETTING, "family": SETTING, "rejected": ESTIMATE}
        note = tr("{status}: {reason}", status=STATUSES[row["status"]], reason=row["reason"])
        frames.append(results.rows_of(found, analysis="hierarchy", note=note, kind=kinds, **keys))
    keys = {"analysis": "hierarchy", "variable": "hypotheses"}
    levels = {"alpha": study.needed_hierarchy().alpha, "level": level}
    counted = results.rows_of(_counted(judged), unit="count", kind="setting", **keys)
    return results.stack([*frames, counted, results.rows_of(levels, **keys)])


def _counted(judged: pd.DataFrame) -> dict[str, int]:
    """How many hypotheses came to each decision."""
    status = judged["status"]
    return {
        "tested": int(status.isin(list(DECISIONS)).sum()),
        "rejected": int(status.eq("rejected").sum()),
        "not_rejected": int(status.eq("not rejected").sum()),
        "not_tested": int(status.eq("not tested").sum()),
        "planned": int(judged["family"].notna().sum()),
    }
