"""Who responded at each visit, by the responder definitions of the study file."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.responses import RULES, core_set_pair
from analysis.scoring.possible import possible_scores, with_general_health

if TYPE_CHECKING:
    from analysis.study import Study

KEYS = ["subject_id", "visit_id"]


def derive_responses(
    assessments: pd.DataFrame,
    scores: pd.DataFrame | None,
    tables: Mapping[str, pd.DataFrame],
    *,
    study: "Study",
) -> pd.DataFrame:
    """Every response of the study file at every visit it is asked for.

    Parameters
    ----------
    assessments : DataFrame
        One row per subject and planned visit.
    scores : DataFrame, optional
        Long scores; None where the assessments have them as columns (`with_scores`).
    tables : mapping of str to DataFrame
        Tidy tables (intercurrent events, for rules that need them).
    study : analysis.study.Study
        Its responses, baseline visit and populations.

    Returns
    -------
    DataFrame
        `subject_id`, `visit_id`, `endpoint`, `value` (boolean; NA where the score it rests on is), `known` (the same,
        also where a component is missing and the known part of the score decides: what non-responder imputation
        counts), `observed` (whether the value counts as observed: it is known, and so is all that the response's
        `observed_needs` names). Subjects without a visit have no row there.
    """
    asked = {visit for entry in study.responses for visit in entry.visits}
    wide = assessments if scores is None else with_scores(assessments, scores)
    pairs = _pairs(wide, study.baseline_visit, asked)
    frames = []
    for entry in study.responses:
        if entry.rule not in RULES:
            rules = ", ".join(sorted(RULES))
            raise KeyError(f"response {entry.id!r} names the rule {entry.rule!r}; there are {rules}")
        for visit in entry.visits:
            known = RULES[entry.rule](*pairs[visit], **entry.settings).astype("boolean")
            value = known.where(_whole(entry, *pairs[visit]), pd.NA)
            observed = value.notna() & _complete(*pairs[visit], entry.observed_needs)
            answers = {"value": value.array, "known": known.array, "observed": observed.array}
            found = {"subject_id": value.index, "visit_id": visit, "endpoint": entry.id}
            frames.append(pd.DataFrame({**found, **answers}))
    if not frames:
        nothing = {"subject_id": [], "visit_id": [], "endpoint": []}
        answers = dict.fromkeys(("value", "known"), pd.array([], "boolean"))
        return pd.DataFrame({**nothing, **answers, "observed": pd.array([], "bool")})
    return pd.concat(frames, ignore_index=True)


def _whole(entry, baseline: pd.DataFrame, followup: pd.DataFrame) -> pd.Series:
    """Who has the score that an answer rests on; who answers by its known part alone is not observed.

    Known parts decide more often against a response than for it, so that counting them as observed would bias a share.
    """
    from analysis import scoring

    settings, everybody = dict(entry.settings), pd.Series(True, index=followup.index)
    if entry.rule == "total_improvement_score":
        kept = {name: value for name, value in settings.items() if name == "enzyme_rule"}
        pair = core_set_pair(baseline, followup, **kept)
        return scoring.total_improvement_score(*pair, **kept)["tis"].notna()
    if entry.rule == "disease_state":
        return followup[f"{settings['instrument']}_category"].notna()
    if entry.rule in ("eular_response", "index_response", "cdai_improvement"):
        score = (
            "cdai"
            if entry.rule == "cdai_improvement"
            else settings.get("instrument") or settings.get("score", "das28_esr")
        )
        return baseline[score].notna() & followup[score].notna()
    return everybody


def _complete(baseline: pd.DataFrame, followup: pd.DataFrame, needs) -> pd.Series:
    """Who has every component that the answer needs, at the visit and, where it says so, at baseline."""
    if needs is None:
        return pd.Series(True, index=followup.index)
    unknown = [name for name in needs.components if name not in followup]
    if unknown:
        raise KeyError(f"observed_needs names {', '.join(unknown)}, which is no variable and no score")
    visits = [baseline, followup] if needs.baseline else [followup]
    return pd.concat([visit[list(needs.components)].notna().all(axis=1) for visit in visits], axis=1).all(
        axis=1
    )


def _pairs(wide: pd.DataFrame, baseline_visit: str, visits) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """Baseline and follow-up of the subjects who have both, for each visit."""
    rows = wide.set_index("subject_id")
    places = pd.Series(range(len(rows)), index=rows.index)
    at = {
        visit: places[rows["visit_id"].eq(visit).to_numpy(dtype=bool)] for visit in {baseline_visit, *visits}
    }
    both = {visit: at[baseline_visit].index.intersection(at[visit].index) for visit in visits}
    return {
        visit: (rows.take(at[baseline_visit][ids]), rows.take(at[visit][ids])) for visit, ids in both.items()
    }


def with_scores(assessments: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Assessments with the value of each score and its category (``cdai``, ``cdai_category``) as columns."""
    keys, scored = assessments[KEYS].reset_index(drop=True), {}
    row = _rows_of(scores, keys)
    for name, places in scores.groupby("score").indices.items():
        known = places[row[places] >= 0]
        place = np.full(len(keys), -1)
        place[row[known]] = known
        if (place >= 0).sum() < len(known):
            raise ValueError(f"{name}: more than one value at a visit of a subject")
        scored[name] = scores["value"].array.take(place, allow_fill=True)
        if scores["category"].iloc[places].notna().any():
            scored[f"{name}_category"] = scores["category"].array.take(place, allow_fill=True)
    kept = assessments[[name for name in assessments if name in KEYS or name not in scored]]
    return _with_scores_to_come(pd.concat([kept.reset_index(drop=True), pd.DataFrame(scored)], axis=1))


def _rows_of(scores: pd.DataFrame, keys: pd.DataFrame) -> np.ndarray:
    """The row of the visits that each row of the scores is of; -1 where none is."""
    times, over = divmod(len(scores), len(keys)) if len(keys) else (0, len(scores))
    blocks = (scores[KEYS].iloc[n * len(keys) : (n + 1) * len(keys)] for n in range(times))
    if (
        not over
        and not keys.duplicated().any()
        and all(one.reset_index(drop=True).equals(keys) for one in blocks)
    ):
        return np.tile(
            np.arange(len(keys)), times
        )  # as they were made: all visits for one score after the other
    numbered = keys.assign(row=np.arange(len(keys)))
    found = scores[KEYS].merge(numbered, on=KEYS, how="left", validate="many_to_one")["row"]
    return found.fillna(-1).to_numpy(dtype=np.int64)


def _with_scores_to_come(wide: pd.DataFrame) -> pd.DataFrame:
    """Scores whose components are collected and that nobody has yet: all missing, their states too."""
    from analysis import scoring

    possible = possible_scores(with_general_health(wide).columns)
    absent = [name for name in possible if name not in wide]
    states = [
        name
        for name in possible
        if scoring.INSTRUMENTS[name].category is not None and f"{name}_category" not in wide
    ]
    values = {name: pd.Series(float("nan"), index=wide.index) for name in absent}
    nothing = pd.Series(pd.NA, index=wide.index, dtype="string")
    values |= {f"{name}_category": nothing for name in states}
    return pd.concat([wide, pd.DataFrame(values)], axis=1) if values else wide


def at_visit(wide: pd.DataFrame, visit: str) -> pd.DataFrame:
    """The rows of one visit by subject id."""
    return wide[wide["visit_id"].eq(visit)].set_index("subject_id")
