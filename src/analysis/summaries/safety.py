"""What happened to the subjects: adverse events that count, person-time, and the standard tables as results."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import results
from analysis.language import semicolons, tr
from analysis.membership import among

if TYPE_CHECKING:
    from analysis.study import Study


@dataclass(frozen=True, slots=True)
class SafetySet:
    """The subjects and events of the safety analysis.

    Attributes
    ----------
    subjects : DataFrame
        Subjects of the safety set with `days_at_risk` and, with groups, `group`.
    events : DataFrame
        Events that count, with one boolean per row of the overview.
    excluded : DataFrame
        Events that do not count, with the reason.
    rule : str
        Which events count, in words.
    at_risk : str
        Until when the time at risk runs, in words.
    """

    subjects: pd.DataFrame
    events: pd.DataFrame
    excluded: pd.DataFrame
    rule: str
    at_risk: str


def safety_set(
    tables: Mapping[str, pd.DataFrame],
    ids: pd.Index,
    *,
    study: "Study",
    data_cut: date | None = None,
    missing_grade_is_severe: bool = False,
) -> SafetySet:
    """Choose the events that count and the time at risk, by the study's rule.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``subjects`` (completed) and ``adverse_events``.
    ids : Index
        Subjects of the safety set.
    study : analysis.study.Study
        `safety.treatment_emergent`: from the first dose to the last plus `residual_days`; otherwise under
        observation, from enrolment to the last contact. Time at risk ends with death or the last contact where that
        comes first: nobody is at risk whom nobody could observe.
    data_cut : date, optional
        Last day of observation.
    missing_grade_is_severe : bool
        Count events without a grade as grade 3 or higher.
    """
    from analysis import safety

    counting = study.needed_safety()
    subjects = tables["subjects"][lambda frame: among(frame["subject_id"], ids)].reset_index(drop=True)
    recorded = tables["adverse_events"][lambda frame: among(frame["subject_id"], ids)].reset_index(drop=True)
    judged, flag, closes, rule, until = _judged(recorded, subjects, study)
    opens = "first_dose_date" if counting.treatment_emergent else _opens(subjects)
    subjects = subjects.assign(first_day=subjects[opens], last_day=_last_day(subjects, closes))
    counted = judged[flag].fillna(True).astype(bool)
    timed = safety.derive_person_time(subjects, first="first_day", last="last_day", data_cut=data_cut)
    group = timed[study.groups.variable] if study.groups else "all"
    flagged = safety.derive_event_flags(judged[counted], missing_grade_is_severe=missing_grade_is_severe)
    reasons = judged[~counted].rename(columns={f"{flag}_reason": "reason"})
    return SafetySet(timed.assign(group=group), flagged, reasons, rule, until)


def _judged(recorded: pd.DataFrame, subjects: pd.DataFrame, study):
    """Events with whether they count: the flag's name, the last day by the rule, rule and end of risk in words."""
    from analysis import safety

    if not study.safety.treatment_emergent:
        judged = safety.derive_under_observation(recorded, subjects, opens=_opens(subjects))
        rule = tr("begun or worse under observation, from enrolment to the last contact")
        closes = pd.to_datetime(subjects["last_contact_date"])
        return judged, "under_observation", closes, rule, tr("the last contact or death")
    residual = study.safety.residual_days or 0
    judged = safety.derive_emergence(recorded, subjects, residual_days=residual)
    closes = pd.to_datetime(subjects["last_dose_date"]) + pd.to_timedelta(residual, unit="D")
    rule = tr(
        "begun or worse from the first dose to {residual} days after the last one (treatment-emergent)",
        residual=residual,
    )
    until = tr(
        "{residual} days after the last dose, the last contact or death, whichever came first",
        residual=residual,
    )
    return judged, "teae", closes, rule, until


def _opens(subjects: pd.DataFrame) -> str:
    return "enrol_date" if "enrol_date" in subjects else "baseline_date"


def _last_day(subjects: pd.DataFrame, closes: pd.Series) -> pd.Series:
    """The last day at risk: by the rule, but not after death or the last contact."""
    ends = [
        pd.to_datetime(subjects[name]) for name in ("last_contact_date", "death_date") if name in subjects
    ]
    return pd.concat([closes, *ends], axis="columns").min(axis="columns")


def safety_notes(chosen: SafetySet, *, label: str) -> list[str]:
    """What every table of adverse events says below it: who, which events, why others do not count, time at risk.

    Parameters
    ----------
    chosen : SafetySet
        Subjects and events.
    label : str
        Name of the analysis set.
    """
    left_out = chosen.excluded["reason"].value_counts().sort_index()
    why = semicolons(
        tr("{reason}: {count}", reason=reason, count=count) for reason, count in left_out.items()
    )
    n, rule, excluded = len(chosen.subjects), chosen.rule, len(chosen.excluded)
    return [
        tr(
            "{label}, n = {n}. Events counted: {rule}. Recorded events that do not count: {excluded} "
            "({why}).",
            label=label,
            n=n,
            rule=rule,
            excluded=excluded,
            why=why,
        )
        if why
        else tr(
            "{label}, n = {n}. Events counted: {rule}. Recorded events that do not count: {excluded}.",
            label=label,
            n=n,
            rule=rule,
            excluded=excluded,
        ),
        tr("Time at risk runs to {at_risk}.", at_risk=chosen.at_risk),
    ]


def special_interest(chosen: SafetySet, *, study: "Study") -> pd.DataFrame:
    """Events of special interest by kind, zeros included, laid out as the overview; all events of the overview's row.

    The kinds are those the study file names, then any other that a site marked. None where the mark was not collected.
    """
    from analysis import safety

    if "aesi" not in chosen.events:
        return overview(chosen, study=study).iloc[:0]
    kinds = safety.kinds_of_interest(chosen.events, study.needed_safety().special_interest)
    marked = safety.derive_special_interest(chosen.events, kinds)
    rows = {"special_interest": tr("Any")} | {
        f"special_{kind}": safety.KINDS.get(kind, kind) for kind in kinds
    }
    return _overview(chosen, marked, study, rows)


def summarise_safety(chosen: SafetySet, *, study: "Study", population: str) -> pd.DataFrame:
    """Overview, terms and worst grades as rows of the results table.

    Returns
    -------
    DataFrame
        Analyses ``ae_overview`` (variable: row of the overview, or a kind of special interest; share, events, event
        rate and first-event rate per 100 person-years or as the study file says, with exact intervals), ``ae_term``
        (variable: class or class/term), ``ae_grade`` (variable: class/term, visit: worst grade), and by term alone
        ``ae_serious`` (serious events) and ``ae_fatal`` (fatal ones). ``deaths``, where somebody died of an event: how
        many the site judged related to a drug, the study day and, where doses were given, the days since the last one.
    """
    frames = [
        *_overview_rows(chosen, study, population),
        *_term_rows(chosen, population),
        *_grade_rows(chosen, population),
        *_serious_rows(chosen, population),
        *_death_rows(chosen, population),
    ]
    return results.stack(frames)


def overview(chosen: SafetySet, *, study: "Study") -> pd.DataFrame:
    """The overview with both exposure-adjusted rates, as `analysis.safety.summarise_overview` gives it."""
    return _overview(chosen, chosen.events, study, None)


def _overview(chosen: SafetySet, events: pd.DataFrame, study, rows) -> pd.DataFrame:
    from analysis import safety

    return safety.summarise_overview(
        events,
        chosen.subjects,
        confidence_level=study.statistics.confidence_level,
        group="group",
        first="first_day",
        onset="onset_date",
        per=study.safety.rate_per_person_years,
        rows=rows,
    )


def _overview_rows(chosen, study, population):
    per = f"per {study.safety.rate_per_person_years:g} person-years"  # a unit of results, never translated
    special = special_interest(chosen, study=study)
    kinds = special[special["flag"].ne("special_interest")]
    for row in pd.concat([overview(chosen, study=study), kinds]).itertuples():
        keys = {"variable": row.flag, "population": population, "group": _group(row.group), "note": row.label}
        counts = {
            "count": row.n_subjects,
            "n": row.n,
            "events": row.events,
            "events_unknown": row.events_unknown,
        }
        yield results.rows_of(
            {**counts, "proportion": row.share}, analysis="ae_overview", unit="proportion", **keys
        )
        rate = {"estimate": row.event_rate, "conf_low": row.event_rate_low, "conf_high": row.event_rate_high}
        years = {"person_years": row.person_years, "method": tr("exact Poisson (Garwood), all events")}
        yield results.rows_of({**rate, **years}, analysis="ae_event_rate", unit=per, patients=row.n, **keys)
        first = {"estimate": row.first_rate, "conf_low": row.first_rate_low, "conf_high": row.first_rate_high}
        years = {
            "person_years": row.first_person_years,
            "method": tr("exact Poisson (Garwood), subjects with a first event"),
        }
        yield results.rows_of({**first, **years}, analysis="ae_first_rate", unit=per, patients=row.n, **keys)


def _term_rows(chosen, population):
    from analysis import safety

    for row in safety.count_terms(chosen.events, chosen.subjects, group="group").itertuples():
        keys = {"variable": _term(row), "population": population, "group": _group(row.group)}
        counts = {"count": row.n_subjects, "n": row.n, "events": row.events, "proportion": row.share}
        yield results.rows_of(counts, analysis="ae_term", unit="proportion", **keys)


def _grade_rows(chosen, population):
    from analysis import safety

    if "ctcae_grade_max" not in chosen.events:
        return
    graded = safety.count_worst_grades(chosen.events, chosen.subjects, group="group")
    for row in graded[graded["n_subjects"].gt(0)].itertuples():
        keys = {"variable": _term(row), "population": population, "group": _group(row.group)}
        yield results.rows_of(
            {"count": row.n_subjects, "n": row.n},
            analysis="ae_grade",
            visit=row.worst_grade,
            unit="count",
            **keys,
        )


def _serious_rows(chosen, population):
    """Serious and fatal events by term: how many subjects had one, and how many there were."""
    from analysis import safety

    kinds = {"ae_serious": "serious_event", "ae_fatal": "death"}
    for analysis, flag in kinds.items():
        of_kind = chosen.events[chosen.events[flag].fillna(False).astype(bool)]
        counted = safety.count_terms(of_kind, chosen.subjects, levels=("pt",), group="group")
        for row in counted[counted["pt"].notna()].itertuples():
            keys = {"variable": row.pt, "population": population, "group": _group(row.group), "note": row.pt}
            counts = {"count": row.n_subjects, "n": row.n, "events": row.events}
            yield results.rows_of(counts, analysis=analysis, unit="count", **keys)


def _death_rows(chosen, population):
    """Of those who died of an event: whom the site judged to have died of a drug, when, and how long after a dose."""
    fatal = chosen.events[chosen.events["death"].fillna(False).astype(bool)]
    died = chosen.subjects[among(chosen.subjects["subject_id"], fatal["subject_id"])]
    if died.empty or "death_date" not in died:
        return
    related = fatal.loc[fatal["related_event"].fillna(False).astype(bool), "subject_id"].nunique()
    keys = {"population": population, "patients": len(died)}
    counts = {"count": related, "n": len(died)}
    yield results.rows_of(counts, analysis="deaths", variable="related", unit="count", **keys)
    since = {"study_day": ("baseline_date", 1), "since_dose": ("last_dose_date", 0)}
    for variable, (name, first) in since.items():
        if name in died:
            days = (pd.to_datetime(died["death_date"]) - pd.to_datetime(died[name])).dt.days + first
            ends = {"min": days.min(), "max": days.max()}
            yield results.rows_of(ends, analysis="deaths", variable=variable, unit="days", **keys)


def _term(row) -> str:
    known = [part for part in (row.soc, row.pt) if isinstance(part, str)]
    return " / ".join(known) or "any"


def _group(group) -> str:
    return group if isinstance(group, str) else "all"


def laboratory_shifts(labs: pd.DataFrame, ids: pd.Index, *, baseline_visit: str) -> pd.DataFrame:
    """Baseline grade against worst grade afterwards, by analyte.

    Parameters
    ----------
    labs : DataFrame
        Tidy results; those without a planned visit count as later ones when they are dated after baseline.
    ids : Index
        Subjects of the safety set.
    baseline_visit : str
        The visit whose result is the baseline.

    Returns
    -------
    DataFrame
        As `analysis.safety.shift_table`; grades against the limits of normal on both sides.
    """
    from analysis import safety

    of_set = labs[among(labs["subject_id"], ids) & labs["value_std"].notna()]
    later = of_set["visit_id"].ne(baseline_visit).fillna(True) & ~(of_set["sample_day"] <= 1).fillna(False)
    is_baseline = of_set["visit_id"].eq(baseline_visit).fillna(False)
    if "window_status" in of_set:
        is_baseline &= of_set["window_status"].ne("dup_not_used").fillna(True)
    used = of_set.assign(is_baseline=is_baseline.astype(bool))[(is_baseline | later).astype(bool)]
    used = used[
        ~(used["is_baseline"] & used.duplicated(["subject_id", "analyte", "is_baseline"], keep="last"))
    ]
    worst = safety.derive_worst_grades(used, is_baseline="is_baseline", relative_to_baseline=False)
    return safety.shift_table(worst)


def highest_multiples(
    labs: pd.DataFrame, ids: pd.Index, *, baseline_visit: str, analytes: Any
) -> pd.DataFrame:
    """Baseline and highest later value as multiples of the upper limit of normal, for the figure of shifts."""
    of_set = labs[among(labs["subject_id"], ids) & labs["analyte"].isin(list(analytes))]
    multiple = of_set["value_std"] / of_set["uln"]
    first = of_set["visit_id"].eq(baseline_visit).fillna(False).astype(bool)
    keys = [of_set["subject_id"], of_set["analyte"]]
    before = multiple.where(first).groupby(keys).max()
    worst = multiple.where(~first).groupby(keys).max()
    joined = pd.DataFrame({"baseline": before, "worst": worst}).replace(0, np.nan).dropna()
    return joined.rename_axis(["subject_id", "test"]).reset_index()
