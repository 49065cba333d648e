"""What settings decide, in words: the methods text, notes and captions are filled from here and from nowhere else."""

from collections.abc import Sequence

from analysis import numbers
from analysis.columns.settings import value_in_words
from analysis.language import Texts, capital, inside, ors, tr
from analysis.scoring import state_limits
from analysis.study import Study
from studies.arthritis.settings import Settings


def name_of(instrument: str) -> str:
    """A score as it is written.

    Examples
    --------
    >>> name_of("das28_esr")
    'DAS28-ESR'
    """
    return value_in_words(instrument)


def limit_of(instrument: str) -> str:
    """The upper limit of low disease activity.

    Examples
    --------
    >>> limit_of("sdai")
    '11'
    """
    return f"{state_limits()[instrument]['low']:g}"


def criterion(instrument: str) -> str:
    """The target as a criterion: low disease activity or remission by a score.

    Examples
    --------
    >>> criterion("cdai")
    'CDAI at most 10'
    """
    return tr("{score} at most {limit}", score=name_of(instrument), limit=limit_of(instrument))


def classes_of(classes: Sequence[str]) -> str:
    """Classes of drugs as a text names them.

    Examples
    --------
    >>> classes_of(["bDMARD", "tsDMARD"]), classes_of(["bDMARD"])
    ('b/tsDMARD', 'bDMARD')
    """
    return "/".join(name.removesuffix("DMARD") for name in classes) + "DMARD"


LEAVING = Texts(
    {
        "adverse_event": "an adverse event",
        "lost": "loss to follow-up",
        "withdrew": "withdrawn consent",
        "sponsor": "the end of the study",
        "other": "another reason",
    }
)


MEANINGS = Texts(
    {
        "cdai": "Clinical Disease Activity Index",
        "sdai": "Simplified Disease Activity Index",
        "das28_esr": "Disease Activity Score of 28 joints",
        "das28_crp": "Disease Activity Score of 28 joints",
        "das28_crp_own_cutoffs": "Disease Activity Score of 28 joints",
    }
)


def reasons_of(reasons: Sequence[str]) -> str:
    """Reasons for leaving the study as a text names them.

    Examples
    --------
    >>> reasons_of(["inefficacy", "death"]), reasons_of(["lost"])
    ('Inefficacy or death', 'Loss to follow-up')
    """
    return capital(ors(LEAVING.get(name) or tr(name) for name in reasons))


def primary_visit(study: Study[Settings]) -> str:
    """The visit of the primary target inside a sentence: week 48."""
    return inside({entry.id: entry.label for entry in study.visits}[study.settings.primary.visit])


def primary_window(study: Study[Settings]) -> str:
    """The days of the study that count for the visit of the primary target: days 253 to 420."""
    window = {entry.id: entry.window for entry in study.visits}[study.settings.primary.visit]
    if window is None:
        return tr("any day")
    return tr("days {first} to {last}", first=numbers.whole(window[0]), last=numbers.whole(window[1]))


def primary_target(study: Study[Settings]) -> str:
    """The primary target: CDAI at most 10 at week 48."""
    reached = criterion(study.settings.primary.instrument)
    return tr("{criterion} at {visit}", criterion=reached, visit=primary_visit(study))


def in_prose(study: Study[Settings]) -> dict[str, str]:
    """Words for the text of a report, as ``{{< meta primary-score >}}`` and the like."""
    primary, target = study.settings.primary, study.settings.target
    return {
        "primary-score": name_of(primary.instrument),
        "primary-score-meaning": MEANINGS[primary.instrument],
        "primary-limit": limit_of(primary.instrument),
        "primary-visit": primary_visit(study),
        "primary-window": primary_window(study),
        "target-score": name_of(target.instrument),
        "target-days": str(target.within_days),
        "leaving-reasons": inside(reasons_of(study.settings.time_to_target.competing)),
    }


def in_ids(study: Study[Settings]) -> dict[str, str]:
    """Parts of result ids that the settings choose: ``primary_response`` in an id of the text stands for its id."""
    primary, visit = study.settings.primary, study.settings.primary.visit.lower()
    return {
        "primary_response": primary.response.lower(),
        "primary_score": primary.instrument,
        "primary_visit": visit,
        "visit_primary": f"visit_{visit}",
    }


RESULTS = Texts(
    {
        "method.choice.planned_n": "Participants planned",
        "method.choice.predictors": "Predictors named beforehand",
        "method.choice.confidence_percent": "Confidence level, %",
        "method.choice.exposure_days": "Days on a drug after which a stop counts as inefficacy",
        "method.choice.mechanisms": "Mechanisms of action that must have failed",
        "method.choice.optimism_resamples": "Resamples for the optimism of the model",
        "method.choice.stability_resamples": "Resamples for the stability of the groups",
        "method.choice.seed": "Seed of the random numbers",
        "method.choice.within_days": "Days of a visit within which a change of therapy counts",
        "method.precision.width": "Width of the interval of a share near 50 %",
        "d2t.c2e.*": "2e Quality of life reduced by symptoms despite control",
        "d2t.n_moa.*": "Mechanisms of action failed",
        "d2t.result.*": "Result of the definition",
        "pro_improved.*": "Improved by the important difference",
        "pro_improved_observed.*": "Improved by the important difference",
        "work_up.inflammation_yes.*": "Objective inflammation: yes",
        "work_up.inflammation_no.*": "Objective inflammation: no",
        "work_up.inflammation_uncertain.*": "Objective inflammation: uncertain",
        "films.svdh_total.n_pairs": "Pairs of films (missing)",
        "films.svdh_total.rapid": "Rapid progression of the Sharp/van der Heijde score",
        "films.svdh_total.*": "Change of the Sharp/van der Heijde score",
        "harm.serious.*": "With a serious adverse event",
        "lost.flare.*": "Target lost again",
        "reached*.target.*": "Target reached",
        "model.calibration_error.*": "Calibration error of the model",
        "model.size.n": "Participants in the model",
        "model.size.n_imputed": "Participants in the model with an imputed value",
        "model.size.needed": "Participants needed by the criteria of Riley",
        "phenotype.number.groups": "Groups chosen",
        "phenotype.number.silhouette": "Average silhouette of the groups chosen",
        "phenotype.stability.*": "Stability of a group",
        "swimmer.lanes.drawn": "Participants drawn in the figure",
        "swimmer.lanes.every": "One participant drawn in so many",
        "swimmer.lanes.n": "Participants of the cohort",
    }
)


def results() -> Texts:
    """What results of these notebooks are called where no row of a table says it."""
    return RESULTS
