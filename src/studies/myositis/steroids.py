"""Glucocorticoids: dose by visit, sparing, cumulative dose, and the course of each patient's dose."""

from collections.abc import Sequence

import pandas as pd

from analysis import results, scoring
from analysis.cohort import Cohort
from analysis.language import Texts, mark
from analysis.membership import among
from analysis.summaries.shared import moments
from studies.myositis.events import DISCONTINUED, RAISED, dose_course, intercurrent
from studies.myositis.response import failed_at, improvement_at, strategies

STEROID_ANSWERS = Texts(
    {
        "reduced_25": "Reduced by 25 % or more",
        "reduced_50": "Reduced by 50 % or more",
        "low_dose": "7.5 mg/day or less",
        "very_low_dose": "5 mg/day or less",
        "steroid_free": "No glucocorticoid",
        "increased": "Above the dose at baseline",
    }
)


COMPOSITE = "moderate_at_low_dose"


SIGNS = {  # by event: the sign in the figure, and what it means
    "rescue glucocorticoid": ("R", mark("rescue or dose above baseline")),
    RAISED: ("R", mark("rescue or dose above baseline")),
    "prohibited immunosuppressant": ("I", mark("prohibited immunosuppressant")),
    DISCONTINUED: ("D", mark("abatacept discontinued")),
    "death": ("†", "death"),
}


def steroid_rows(group: Cohort, *, visits: Sequence[str]) -> pd.DataFrame:
    """Outcomes of the prescribed dose at each visit.

    Returns
    -------
    DataFrame
        Rows of the analyses ``steroid_observed`` and ``steroid_composite`` (see `response_rows`; an increase is
        counted as observed only) and ``steroid_reduction``: the reduction in per cent of baseline. The variable
        ``moderate_at_low_dose`` is a score of at least 40 together with 7.5 mg/day or less.
    """
    frames = []
    for visit in (visit for visit in visits if len(group.due_at(visit))):
        wide = group.numbers("prednisone_mg_day", [group.study.baseline_visit, visit]).loc[
            group.due_at(visit)
        ]
        found = scoring.steroid_sparing(wide[group.study.baseline_visit], wide[visit])
        tis = improvement_at(group, visit)["tis"].astype(float)
        answers = {name: found[name] for name in STEROID_ANSWERS}
        answers[COMPOSITE] = scoring.response_at_low_dose(tis, wide[visit])
        keys = {"visit": visit, "population": group.population}
        for name, answer in answers.items():
            rates = strategies(
                pd.Series(answer).astype("boolean"),
                failed_at(group, visit),
                level=group.study.statistics.confidence_level,
            )
            kept = ("observed",) if name == "increased" else ("composite", "observed")
            frames += [
                results.rows_of(
                    rates[how], analysis=f"steroid_{how}", variable=name, unit="proportion", **keys
                )
                for how in kept
            ]
        reduction = moments(found["percent_reduction"])
        frames.append(
            results.rows_of(reduction, analysis="steroid_reduction", variable="reduction", unit="%", **keys)
        )
    return results.stack(frames)


def cumulative_rows(group: Cohort, treatments: pd.DataFrame, *, visits: Sequence[str]) -> pd.DataFrame:
    """Cumulative and mean daily dose from baseline to each visit (its target day where it was missed).

    Patients count who were followed that long.

    Returns
    -------
    DataFrame
        Rows of the analyses ``cumulative_dose`` (mg) and ``mean_dose`` (mg/day).
    """
    course = dose_course(treatments, group.subjects).rename(
        columns={"start": "start_date", "stop": "stop_date"}
    )
    course = course.rename(columns={"dose": "prednisone_mg_day"})
    frames = []
    for visit in visits:
        start = group.subjects["baseline_date"]
        stop = group.dates[visit]
        followed = group.due_at(visit)[
            (group.subjects["observed_until"] >= stop).reindex(group.due_at(visit))
        ]
        if followed.empty:
            continue
        found = scoring.steroid_exposure(
            course, start=start, stop=stop, include_pulses=True, subjects=followed
        )
        for name, column, unit in (
            ("cumulative_dose", "cumulative_mg", "mg"),
            ("mean_dose", "mean_mg_day", "mg/day"),
        ):
            frames.append(
                results.rows_of(
                    moments(found[column]),
                    analysis=name,
                    variable="prednisone_course",
                    visit=visit,
                    population=group.population,
                    unit=unit,
                )
            )
    return results.stack(frames)


def timeline_frames(
    group: Cohort, treatments: pd.DataFrame, doses: pd.DataFrame, *, first_week: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each patient's dose in weeks from baseline, and when abatacept was given.

    Parameters
    ----------
    first_week : float
        Where the axis begins, in weeks from baseline; earlier periods are cut off there.

    Returns
    -------
    tuple of DataFrame
        `subject_id`, `start`, `end`, `dose`; and `subject_id`, `time`.
    """
    course = dose_course(treatments, group.subjects)
    zero = group.subjects["baseline_date"]
    weeks = course.assign(
        start=_weeks(course, "start", zero).clip(lower=first_week), end=_weeks(course, "stop", zero)
    )
    shown = weeks[weeks["end"] > first_week][["subject_id", "start", "end", "dose"]]
    given = doses[doses["given"].fillna(False) & among(doses["subject_id"], group.ids)]
    ticks = given[["subject_id"]].assign(time=_weeks(given, "dose_date", zero))
    return shown.reset_index(drop=True), ticks.reset_index(drop=True)


def timeline_events(group: Cohort, *, first_week: float) -> pd.DataFrame:
    """Intercurrent events as signs on the time axis: `subject_id`, `time` (weeks from baseline), `sign`, `label`."""
    events = intercurrent(group)
    weeks = _weeks(events, "event_date", group.subjects["baseline_date"])
    signs = [SIGNS.get(event, ("E", event)) for event in events["event"]]
    shown = events[["subject_id"]].assign(
        time=weeks, sign=[sign for sign, _ in signs], label=[label for _, label in signs]
    )
    return shown[weeks.ge(first_week).fillna(False)].reset_index(drop=True)


def _weeks(rows: pd.DataFrame, column: str, zero: pd.Series) -> pd.Series:
    start = pd.Series(zero.reindex(rows["subject_id"]).to_numpy(), index=rows.index)
    return (rows[column] - start).dt.days / 7
