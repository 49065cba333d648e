"""The hierarchy of hypotheses of a study file, judged by the tests of change from baseline."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import multiplicity, results
from analysis.kinds import ESTIMATE, SETTING
from analysis.summaries.change import summarise_change
from analysis.summaries.shared import group_members

if TYPE_CHECKING:
    from analysis.study import Study

DECISIONS = {"rejected": 1.0, "not rejected": 0.0}


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
    """The paired comparisons that the tested hypotheses need: rows of `summarise_change`.

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
    return summarise_change(
        tables["measures"],
        members,
        study=study,
        population=population,
        endpoints=[entry for entry in study.endpoints if entry.id in set(tested["endpoint"])],
        visits=set(tested["visit"]),
    )


def judge_hierarchy(changes: pd.DataFrame, *, study: "Study", level: float) -> pd.DataFrame:
    """Decide the hypotheses of the study file by the p values of the signed-rank tests.

    Parameters
    ----------
    changes : DataFrame
        Rows of the analysis ``change_ranks``, and ``change_mean`` for the estimates, of one group of subjects.
    study : analysis.study.Study
        Its hierarchy.
    level : float
        Two-sided level of the final analysis: `looks.final_level`, alpha less what interim looks have spent.

    Returns
    -------
    DataFrame
        `list_hypotheses` with `p_value`, `p_adjusted`, `status` (rejected, not rejected, not tested, estimated) and
        `reason`; `estimate`, `conf_low`, `conf_high`, `n_pairs`, `n_missing` of the mean change.

    Raises
    ------
    ValueError
        When the study has no hierarchy.
    """
    listed = list_hypotheses(study)
    if listed.empty:
        raise ValueError(
            f"study {study.id} has no hierarchy; declare statistics.multiplicity in its study file"
        )
    values = listed.assign(p_value=_taken(listed, changes, "change_ranks", "p_value"))
    methods = dict(zip(listed["family"], listed["method"], strict=True))
    judged = multiplicity.endpoint_hierarchy(values, alpha=level, within=methods)
    means = ("estimate", "conf_low", "conf_high", "n_pairs", "n_missing")
    return judged.assign(
        status=judged["status"].replace("exploratory", "estimated"),
        reason=judged["reason"].replace("not in the hierarchy", "no hypothesis"),
        **{name: _taken(listed, changes, "change_mean", name) for name in means},
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
        For each hypothesis `order`, `family`, `p_value`, `p_adjusted`, `rejected` (1, 0; missing where not tested);
        for all together (variable ``hypotheses``) how many are `tested`, `rejected`, `not_rejected`, `not_tested`.
    """
    frames = []
    for order, row in enumerate(judged.to_dict("records"), start=1):
        found = {
            "order": order,
            "family": row["family"],
            "p_value": row["p_value"],
            "p_adjusted": row["p_adjusted"],
            "rejected": DECISIONS.get(row["status"], np.nan),
            "n_pairs": row["n_pairs"],
            "n_missing": row["n_missing"],
            "method": f"{row['family_label']}: {row['method']}",
        }
        keys = {"variable": row["endpoint"], "visit": row["visit"], "population": population}
        kinds = {"order": SETTING, "family": SETTING, "rejected": ESTIMATE}
        note = f"{row['status']}: {row['reason']}"
        frames.append(results.rows_of(found, analysis="hierarchy", note=note, kind=kinds, **keys))
    keys = {"analysis": "hierarchy", "variable": "hypotheses"}
    levels = {"alpha": study.statistics.multiplicity.alpha, "level": level}
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
