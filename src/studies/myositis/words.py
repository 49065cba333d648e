"""What settings decide, in words for the text of a report, and what the tables of the study say below them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analysis import numbers
from analysis.study import Study
from studies.myositis.response import TIS_LEVELS
from studies.myositis.settings import Settings

if TYPE_CHECKING:
    from analysis.cohort import Cohort

EVENTS = {
    "rescue glucocorticoid": "rescue",
    "prohibited immunosuppressant": "a prohibited immunosuppressant",
    "death": "death",
}
REASONS = {  # for discontinuing the study drug
    "adverse_event": "an adverse event",
    "inefficacy": "lack of efficacy",
    "lost": "loss to follow-up",
    "withdrew": "withdrawal of consent",
    "sponsor": "a decision of the sponsor",
    "other": "another reason",
}
NUMBERS = {
    1: "one patient",
    **{n: f"{word} patients" for n, word in enumerate(("two", "three", "four", "five"), 2)},
}
ZEROS = {"pratt": "ranked and left out (Pratt)", "wilcoxon": "left out (Wilcoxon)"}


def footnote(
    group: "Cohort",
    *,
    study: Study,
    visits: Sequence[str] = (),
    subgroup: str = "",
    imputation: str = "values as observed, nothing imputed",
    test: str = "",
    zeros: str = "",
    interval: str = "",
) -> str:
    """What every table states: analysis set, n, visit windows, imputation, test, zero differences, intervals.

    Parameters
    ----------
    group : Cohort
        The patients.
    study : analysis.study.Study
        Labels of its analysis sets, windows of its visits.
    visits : sequence of str
        Visits whose windows are named.
    subgroup : str
        Who of the analysis set `group` is, in words; all of it where empty.
    imputation, test, zeros, interval : str
        What was done, in words; an empty one is left out.
    """
    windows = [
        f"{visit.label} days {numbers.whole(visit.window[0])} to {numbers.whole(visit.window[1])}"
        for visit in study.visits
        if visit.id in visits and visit.window
    ]
    parts = [
        f"Analysis set: {study.populations[group.population].label}{f', {subgroup}' if subgroup else ''}, "
        f"n = {len(group.ids)}",
        f"Visit windows: {', '.join(windows)}" if windows else "",
        f"Missing: {imputation}",
        f"Test: {test}" if test else "",
        f"Zero differences: {ZEROS.get(zeros, zeros)}" if zeros else "",
        f"Intervals: {interval}" if interval else "",
    ]
    return ". ".join(part for part in parts if part) + "."


def composite_events(handling: Mapping[str, str]) -> str:
    """The events that count as non-response, as a list inside a sentence; reasons of discontinuation together.

    Examples
    --------
    >>> composite_events({"rescue glucocorticoid": "composite", "inefficacy": "composite", "lost": "hypothetical"})
    'rescue and discontinuation for lack of efficacy'
    """
    composite = [name for name, how in handling.items() if how == "composite"]
    reasons = [REASONS.get(name, name) for name in composite if name not in EVENTS]
    named = [EVENTS[name] for name in composite if name in EVENTS and name != "death"]
    stopped = [f"discontinuation for {' or '.join(reasons)}"] if reasons else []
    listed = [*named, *stopped, *(["death"] if "death" in composite else [])]
    return " and ".join(listed) if len(listed) < 3 else f"{', '.join(listed[:-1])}, and {listed[-1]}"


def in_prose(study: Study[Settings]) -> dict[str, str]:
    """Words for the text of a report, as ``{{< meta primary-limit >}}`` and the like."""
    primary, donors = study.settings.primary, study.statistics.imputation.donors
    visit = {entry.id: entry.label for entry in study.visits}[primary.visit]
    return {
        "primary-limit": f"{TIS_LEVELS[primary.response]:g}",
        "primary-degree": primary.response.removeprefix("tis_"),
        "primary-visit": visit.lower(),
        "composite-events": composite_events(study.settings.intercurrent),
        "donors": NUMBERS.get(donors, f"{donors} patients"),
    }


def in_ids(study: Study[Settings]) -> dict[str, str]:
    """Parts of result ids that the settings choose: ``primary_response`` in an id of the text stands for its id."""
    primary = study.settings.primary
    return {"primary_response": primary.response.lower(), "primary_visit": primary.visit.lower()}
