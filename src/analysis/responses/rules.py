"""The responder definitions that a study file can name, each a rule with its settings.

A rule takes the baseline and the follow-up of the same subjects, assessments and scores side by side, and answers
True, False or NA for each. `RULES` holds them by the name a study file uses.
"""

from collections.abc import Iterable
from typing import Annotated, Literal

import pandas as pd

from analysis.references import Names, VariableName
from analysis.responses.core_set import core_set_pair
from analysis.responses.known_part import COMPONENTS, agreed, at_least, score_bounds
from analysis.thresholds import settle

DiseaseStates = Annotated[str, Names("score with disease states")]

STATES = ("remission", "low", "moderate", "high")
LEVELS = {
    "eular": ("none", "moderate", "good"),
    "index": ("none", "minor", "moderate", "major"),
    "acr": ("acr20", "acr50", "acr70"),
}


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
