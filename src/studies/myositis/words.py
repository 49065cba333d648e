"""What the tables of the study say below them."""

from collections.abc import Sequence

from analysis import numbers

ZEROS = {"pratt": "ranked and left out (Pratt)", "wilcoxon": "left out (Wilcoxon)"}


def footnote(
    group,
    *,
    study,
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
