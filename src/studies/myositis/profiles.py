"""One line per patient: disease, treatment, course, events."""

from collections.abc import Sequence

import pandas as pd

from analysis import numbers
from analysis.cohort import Cohort
from analysis.language import commas, mark, semicolons, tr
from analysis.tables.grid import grid
from analysis.tables.table import Table
from studies.myositis.disease import is_cadm
from studies.myositis.events import intercurrent
from studies.myositis.listing import score_or_least, text
from studies.myositis.response import improvement_at
from studies.myositis.words import reason_in_words


def profile_by_patient(
    group: Cohort, disease: pd.DataFrame, doses: pd.DataFrame, *, visit: str
) -> pd.DataFrame:
    """What a clinician asks about each patient, one line each.

    Parameters
    ----------
    disease : DataFrame
        From `describe_disease`.
    doses : DataFrame
        From `exposure_by_patient`.

    Returns
    -------
    DataFrame
        Sex and age, disease, antibody, lung disease, reason for being refractory, doses given, score at the visit,
        CDASI and prednisone at baseline and visit, events in words.
    """
    skin = group.numbers("cdasi_activity", [group.study.baseline_visit, visit])
    dose = group.numbers("prednisone_mg_day", [group.study.baseline_visit, visit])
    subjects = disease.reindex(group.ids)
    improvement = improvement_at(group, visit).reindex(group.ids)
    return pd.DataFrame(
        {
            "who": subjects["sex"].astype(str) + " " + subjects["age"].astype("Int64").astype(str),
            "disease": subjects["cadm_type"].where(is_cadm(subjects), "classic"),
            "antibody": subjects["antibody"],
            "ild": subjects["ild_baseline"],
            "reason": subjects["refractory_reason"],
            "given": doses["given"],
            "tis": improvement["tis"].astype(float),
            "tis_min": improvement["tis_min"].astype(float),
            "cdasi_before": skin[group.study.baseline_visit],
            "cdasi_after": skin[visit],
            "dose_before": dose[group.study.baseline_visit],
            "dose_after": dose[visit],
            "events": event_words(intercurrent(group), group.subjects).reindex(group.ids),
        }
    ).reset_index()


def event_words(events: pd.DataFrame, subjects: pd.DataFrame) -> pd.Series:
    """Each subject's intercurrent events in words, with the week they came."""
    start = subjects["baseline_date"].reindex(events["subject_id"]).to_numpy()
    weeks = ((events["event_date"] - start).dt.days // 7).astype("Int64").astype(str)
    reason = [reason_in_words(why) if why else "" for why in events["reason"].fillna("")]
    words = [
        tr("{event} ({reason}), week {week}", event=tr(event), reason=why, week=week)
        if why
        else tr("{event}, week {week}", event=tr(event), week=week)
        for event, why, week in zip(events["event"], reason, weeks, strict=True)
    ]
    return pd.Series(words, index=events.index, dtype="str").groupby(events["subject_id"]).agg(semicolons)


def profile_listing(profiles: pd.DataFrame, *, visit: str, notes: Sequence[str] = ()) -> Table:
    """`profile_by_patient` as a listing."""
    lines = []
    for row in profiles.to_dict("records"):
        cells = [
            commas(
                [
                    tr(text(row["disease"])),
                    tr(text(row["antibody"])),
                    *(["ILD"] if row["ild"] == "yes" else []),
                ]
            ),
            tr(text(row["reason"])),
            numbers.whole(row["given"]),
            score_or_least(row["tis"], row["tis_min"]),
            _arrow(row["cdasi_before"], row["cdasi_after"], 0),
            _arrow(row["dose_before"], row["dose_after"], 1),
            text(row["events"]),
        ]
        lines.append((None, f"{row['subject_id']} ({row['who']})", cells))
    columns = [
        mark("Disease, antibody"),
        mark("Refractory"),
        mark("Doses"),
        tr("TIS, {visit}", visit=visit),
        "CDASI",
        mark("Prednisone"),
    ]
    return grid(lines, stub=mark("Patient"), columns=[*columns, mark("Intercurrent events")], notes=notes)


def _arrow(before, after, digits: int) -> str:
    return tr("{before} to {after}", before=numbers.fixed(before, digits), after=numbers.fixed(after, digits))
