"""What settings decide, in words for the text of a report."""

from collections.abc import Mapping

from analysis import numbers
from analysis.language import Texts, commas, inside, listed, ors, tr
from analysis.study import Study
from studies.myositis.listing import text
from studies.myositis.measures import CORE_SET, LUNG, REPORTED, SKIN, STEROIDS
from studies.myositis.response import TIS_LEVELS
from studies.myositis.settings import Settings

EVENTS = Texts(
    {
        "rescue glucocorticoid": "rescue",
        "prohibited immunosuppressant": "a prohibited immunosuppressant",
        "death": "death",
    }
)
REASONS = Texts(
    {  # for discontinuing the study drug
        "adverse_event": "an adverse event",
        "inefficacy": "lack of efficacy",
        "lost": "loss to follow-up",
        "withdrew": "withdrawal of consent",
        "sponsor": "a decision of the sponsor",
        "other": "another reason",
    }
)
LEFT = Texts(
    {"lost": "loss to follow-up", "withdrew": "withdrawal of consent"}
)  # for the short codes of REASONS
DEGREES = Texts(
    {"tis_minimal": "minimal", "tis_moderate": "moderate", "tis_major": "major"}, context="improvement"
)
NUMBERS = Texts(
    {
        1: "one patient",
        2: "two patients",
        3: "three patients",
        4: "four patients",
        5: "five patients",
    }
)


def labels() -> dict[str, str]:
    """What each measure is called, by its id and by its column, in English."""
    measures = (*CORE_SET, *SKIN, *LUNG, *STEROIDS, *REPORTED)
    return {name: measure.english for measure in measures for name in (measure.variable, measure.id)}


def reason_in_words(reason: object) -> str:
    """Why the study drug was discontinued, for a cell of a table.

    Examples
    --------
    >>> reason_in_words("lost"), reason_in_words("adverse_event"), reason_in_words(None)
    ('loss to follow-up', 'adverse event', '–')
    """
    return LEFT.get(str(reason)) or tr(text(reason).replace("_", " "))


def visit_windows(study: Study[Settings]) -> str:
    """The windows of all visits, in study days."""
    return commas(
        tr(
            "{visit} days {first} to {last}",
            visit=visit.label,
            first=numbers.whole(visit.window[0]),
            last=numbers.whole(visit.window[1]),
        )
        for visit in study.visits
        if visit.window
    )


def composite_events(handling: Mapping[str, str]) -> str:
    """The events that count as non-response, as a list inside a sentence; reasons of discontinuation together.

    Examples
    --------
    >>> composite_events({"rescue glucocorticoid": "composite", "inefficacy": "composite", "lost": "hypothetical"})
    'rescue and discontinuation for lack of efficacy'
    """
    composite = [name for name, how in handling.items() if how == "composite"]
    reasons = [REASONS.get(name, tr(name)) for name in composite if name not in EVENTS]
    named = [EVENTS[name] for name in composite if name in EVENTS and name != "death"]
    stopped = [tr("discontinuation for {reasons}", reasons=ors(reasons))] if reasons else []
    return listed([*named, *stopped, *([EVENTS["death"]] if "death" in composite else [])], serial=True)


def primary_words(study: Study[Settings]) -> dict[str, str]:
    """The primary response: points it asks for (`limit`), what that is called (`degree`), and its visit."""
    primary = study.settings.primary
    visit = {entry.id: entry.label for entry in study.visits}[primary.visit]
    return {
        "limit": f"{TIS_LEVELS[primary.response]:g}",
        "degree": DEGREES[primary.response],
        "visit": inside(visit),
    }


def estimands_in_words(study: Study[Settings]) -> list[dict[str, str]]:
    """The estimands, attribute by attribute, with the primary response in its places."""
    words = primary_words(study)
    return [
        {name: tr(text, **words) for name, text in entry.model_dump().items()}
        for entry in study.settings.estimands
    ]


def in_prose(study: Study[Settings]) -> dict[str, str]:
    """Words for the text of a report, as ``{{< meta primary-limit >}}`` and the like."""
    donors = study.statistics.imputation.donors
    return {
        **{f"primary-{name}": word for name, word in primary_words(study).items()},
        "visit-windows": visit_windows(study),
        "composite-events": composite_events(study.settings.intercurrent),
        "donors": NUMBERS.get(donors) or tr("{donors} patients", donors=donors),
    }


def in_ids(study: Study[Settings]) -> dict[str, str]:
    """Parts of result ids that the settings choose: ``primary_response`` in an id of the text stands for its id."""
    primary, visit = study.settings.primary, study.settings.primary.visit.lower()
    return {
        "primary_response": primary.response.lower(),
        "primary_visit": visit,
        "visit_primary": f"visit_{visit}",
    }


RESULTS = Texts(
    {
        "ae_laboratory.events.count": "Events of low cell counts or raised liver enzymes",
        "ae_laboratory.events.agrees": "Such events with which the laboratory agrees",
        "ae_laboratory.events.contradicts": "Such events that the laboratory contradicts",
        "ae_laboratory.serious.contradicts": "Serious such events that the laboratory contradicts",
        "ae_laboratory.events.no_result": "Such events without a laboratory result near them",
        "attendance.visit.*": "Seen at the visit",
        "baseline.prednisone_mg_kg.*": "Prednisone equivalent, mg/kg/day",
        "deaths.related.*": "Deaths judged possibly or surely related to the drug",
        "deaths.since_dose.*": "Days from the last dose to death",
        "design.detectable.*": "Standardised effect that can be detected",
        "design.rate.width": "Width of the interval of the assumed rate",
        "exposure.given.*": "Doses given",
        "exposure.omitted.n": "Doses planned",
        "exposure.omitted.*": "Planned doses left out",
        "exposure.omitted_recorded.*": "Doses left out that are recorded as deviations",
        "exposure.switched.*": "Changed from infusions to injections",
        "exposure_iv.mg.*": "Infusions: mg a dose",
        "exposure_sc.mg.*": "Injections: mg a dose",
        "intercurrent.events.derived": "Intercurrent events found that had not been recorded",
        "intercurrent.events.deviations": "Protocol deviations",
        "intercurrent.events.major": "Major protocol deviations",
        "intercurrent.events.important_not_serious": "Important events marked as not serious",
        "intercurrent.events.rescued": "With glucocorticoid raised or given as rescue",
        "intercurrent.events.with_event": "With an intercurrent event",
        "intercurrent.events.with_failure": "With an intercurrent event that counts as non-response",
        "intercurrent.events.withdrawn_contradicted": "Withdrawn by the record, yet with later doses or treatment",
        "lung.omeract_improvement.*": "Improvement, OMERACT mirrored",
        "lung.ppf_physiology.*": "Physiological criterion of progressive fibrosis (2022)",
        "response_composite.cdasi_5_points.*": "CDASI activity 5 points or more lower",
        "sensitivity.undecided.*": "Response not known from what was seen",
        "tis.tis.*": "Total Improvement Score",
    }
)


def results() -> Texts:
    """What results of these notebooks are called where no row of a table says it."""
    return RESULTS
