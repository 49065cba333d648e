"""Who responded: the responder definitions that a study file can name, each a rule with its settings.

A rule takes the baseline and the follow-up of the same subjects, assessments and scores side by side, and answers
True, False or NA for each. `RULES` holds them by the name a study file uses.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import pandas as pd

from analysis.datasets.core_set import core_set_pair
from analysis.datasets.known_part import COMPONENTS, agreed, at_least, score_bounds
from analysis.datasets.scores import possible_scores, with_general_health
from analysis.references import Names, VariableName
from analysis.thresholds import settle

if TYPE_CHECKING:
    from analysis.study import Study

DiseaseStates = Annotated[str, Names("score with disease states")]

KEYS = ["subject_id", "visit_id"]
STATES = ("remission", "low", "moderate", "high")
LEVELS = {
    "eular": ("none", "moderate", "good"),
    "index": ("none", "minor", "moderate", "major"),
    "acr": ("acr20", "acr50", "acr70"),
}


def derive_responses(
    assessments: pd.DataFrame, scores: pd.DataFrame, tables: Mapping[str, pd.DataFrame], *, study: "Study"
) -> pd.DataFrame:
    """Every response of the study file at every visit it is asked for.

    Parameters
    ----------
    assessments : DataFrame
        One row per subject and planned visit.
    scores : DataFrame
        Long scores.
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
    wide = with_scores(assessments, scores)
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
    values = scores.pivot(index=KEYS, columns="score", values="value")
    categories = scores.pivot(index=KEYS, columns="score", values="category").add_suffix("_category")
    scored = values.join(categories.dropna(axis="columns", how="all")).reset_index()
    kept = assessments[[name for name in assessments if name in KEYS or name not in scored]]
    return _with_scores_to_come(kept.merge(scored, on=KEYS, how="left", validate="one_to_one"))


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


def boolean_remission(
    baseline: pd.DataFrame, followup: pd.DataFrame, *, version: Literal["1.0", "2.0"] = "2.0"
) -> pd.Series:
    """ACR/EULAR Boolean remission at the visit."""
    return followup[f"boolean_remission_{version.replace('.', '_')}"].astype("Float64") == 1


def disease_state(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    instrument: DiseaseStates,
    at_most: Literal["remission", "low", "moderate"],
) -> pd.Series:
    """Disease state at the visit no worse than the one named; also where what is known of the score decides."""
    given = _no_worse(followup[f"{instrument}_category"], at_most)
    score = instrument.removesuffix("_own_cutoffs")
    if score not in COMPONENTS or score not in followup or given.notna().all():
        return given
    from analysis import scoring

    low, high = score_bounds(followup, score)
    own = {"crp_cutoffs": "fleischmann2017"} if score != instrument else {}
    best, worst = (_no_worse(scoring.disease_state(bound, score, **own), at_most) for bound in (low, high))
    return agreed(best, worst, given)


def _no_worse(state, at_most: str) -> pd.Series:
    """Whether a disease state is the one named or a better one."""
    text = pd.Series(state).astype("string")
    return text.isin(STATES[: STATES.index(at_most) + 1]).astype("boolean").mask(text.isna())


def eular_response(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    response: Literal["moderate", "good"],
    score: Annotated[Literal["das28_esr", "das28_crp"], Names("score")] = "das28_esr",
) -> pd.Series:
    """EULAR response at least as good as the one named."""
    from analysis import scoring

    return _between(
        lambda before, after: _at_least(scoring.eular_response(before, after), response, LEVELS["eular"]),
        score_bounds(baseline, score),
        score_bounds(followup, score),
    )


def index_response(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    instrument: Annotated[Literal["cdai", "sdai"], Names("score")],
    level: Literal["minor", "moderate", "major"],
) -> pd.Series:
    """Relative improvement of CDAI or SDAI at least of the level named (minor 50, moderate 70, major 85 %)."""
    from analysis import scoring

    return _between(
        lambda before, after: _at_least(
            scoring.index_response(before, after, instrument), level, LEVELS["index"]
        ),
        score_bounds(baseline, instrument),
        score_bounds(followup, instrument),
    )


def _between(judge, before, after) -> pd.Series:
    """The answer that the best and the worst course between the bounds of two scores agree about."""
    (first_low, first_high), (last_low, last_high) = before, after
    best, worst = judge(first_high, last_low), judge(first_low, last_high)
    return agreed(
        best, worst, judge(first_low.where(first_low == first_high), last_low.where(last_low == last_high))
    )


def acr_response(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    level: Literal[20, 50, 70],
    joints: Literal["28", "66/68"] = "28",
    acute_phase: VariableName = "crp_mg_l",
) -> pd.Series:
    """ACR20, ACR50 or ACR70."""
    from analysis import scoring

    return scoring.acr_response(baseline, followup, joints=joints, acute_phase=acute_phase)[f"acr{level}"]


def cdai_improvement(baseline: pd.DataFrame, followup: pd.DataFrame) -> pd.Series:
    """CDAI improved by the minimal important difference for its baseline; also where the known part decides."""
    from analysis import scoring

    return scoring.cdai_improvement_between(score_bounds(baseline, "cdai"), score_bounds(followup, "cdai"))


def total_improvement_score(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    minimum: float,
    enzyme_rule: Literal["baseline", "each_visit"] = "baseline",
) -> pd.Series:
    """Total Improvement Score of at least the minimum; also where a measure is missing and the known points decide."""
    from analysis import scoring

    before, after = core_set_pair(baseline, followup, enzyme_rule=enzyme_rule)
    found = scoring.total_improvement_score(before, after, enzyme_rule=enzyme_rule)
    return at_least(found["tis_min"], found["tis_max"], minimum)


def imacs_improvement(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    require_enzyme_abnormal: bool = True,
    worse_ge: bool = True,
) -> pd.Series:
    """IMACS definition of improvement."""
    from analysis import scoring

    before, after = core_set_pair(baseline, followup)
    return scoring.imacs_improvement(
        before, after, require_enzyme_abnormal=require_enzyme_abnormal, worse_ge=worse_ge
    )


def cdasi_response(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    points: float | None = None,
    percent: float | None = None,
) -> pd.Series:
    """CDASI activity lower by at least so many points, or by at least so many per cent."""
    from analysis import scoring

    if (points is None) == (percent is None):
        raise ValueError("cdasi_response needs either points or percent")
    settings = {"points": points} if percent is None else {"percent": percent}
    found = scoring.cdasi_response(baseline["cdasi_activity"], followup["cdasi_activity"], **settings)
    return found["responder_points" if percent is None else "responder_percent"]


def steroid_response(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    outcome: Literal["reduced_25", "reduced_50", "low_dose", "very_low_dose", "steroid_free", "increased"],
) -> pd.Series:
    """Glucocorticoid outcome: reduced_25, reduced_50, low_dose, very_low_dose, steroid_free or increased."""
    from analysis import scoring

    return scoring.steroid_sparing(baseline["prednisone_mg_day"], followup["prednisone_mg_day"])[outcome]


def important_difference(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    variable: VariableName,
    improvement: float,
    higher_is_better: bool,
) -> pd.Series:
    """Improvement by at least a published difference."""
    change = settle(followup[variable].astype("Float64") - baseline[variable].astype("Float64"))
    return (change if higher_is_better else -change) >= improvement


def _at_least(reached, level: str, levels: tuple[str, ...]):
    if level not in levels:
        raise ValueError(f"level {level!r} is none of {', '.join(levels)}")
    text = pd.Series(reached).astype("string")
    return text.isin(levels[levels.index(level) :]).astype("boolean").mask(text.isna())


RULES = {
    rule.__name__: rule
    for rule in (
        acr_response,
        boolean_remission,
        cdai_improvement,
        cdasi_response,
        disease_state,
        eular_response,
        imacs_improvement,
        important_difference,
        index_response,
        steroid_response,
        total_improvement_score,
    )
}


def try_rule(rule: str, settings: dict, *, columns: Iterable[str], states: Iterable[str]) -> str | None:
    """Ask a rule for an answer on no rows, and say what keeps it from one; nothing where it answers.

    Parameters
    ----------
    rule, settings
        As in a study file.
    columns : iterable of str
        Variables and scores that a visit can have.
    states : iterable of str
        Scores among them that have a category.

    Examples
    --------
    >>> try_rule("disease_state", {"instrument": "cdai", "at_most": "low"}, columns=["cdai"], states=[])
    'needs cdai_category, which this study does not have'
    """
    kinds = {**dict.fromkeys(columns, "float64"), **{f"{name}_category": "string" for name in states}}
    nothing = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
    try:
        RULES[rule](nothing, nothing, **settings)
    except KeyError as error:
        said = str(error.args[0]).partition(";")[0]
        return f"needs {said.removeprefix('column(s) absent: ')}, which this study does not have"
    except ValueError as error:
        return str(error)
    return None
