"""Day 1 of every subject, the study days that follow from it, and visits and samples in their planned visits."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from analysis.membership import looked_up
from analysis.read import cut, windows
from analysis.read.table import Table

if TYPE_CHECKING:
    from analysis.study import Study


def place_all(
    study: "Study", tables: dict[str, Table], *, as_of: date | None, through_visit: str | None
) -> dict[str, Table]:
    """All tables with study days; visits and samples placed in the planned visits; what is not due yet set aside."""
    day_one = first_days(study, tables)
    subjects = tables["subjects"].rows
    known = _day_one_of(subjects, day_one)
    if known.notna().any():
        subjects = subjects.assign(baseline_date=subjects.get("baseline_date", known).fillna(known))
    placed = {**tables, "subjects": replace(tables["subjects"], rows=subjects)}
    for name, when in (("visits", "visit_date"), ("labs", "sample_date")):
        if name in placed:
            table = cut.cut_undated(placed[name], study.visits, day_one, as_of, "visit_id")
            table = _placed(study, table, day_one, when)
            placed[name] = cut.cut_through(table, study.visits, through_visit, "visit_id")
    return placed


def _day_one_of(rows: pd.DataFrame, day_one: pd.Series) -> pd.Series:
    """Day 1 of the subject of every row; of nobody, nothing."""
    if rows.empty or day_one.empty:
        return pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
    return looked_up(rows["subject_id"], day_one).astype("datetime64[us]")


def first_days(study: "Study", tables: dict[str, Table]) -> pd.Series:
    """Day 1 of every subject: as entered, the date of the baseline visit, or of the first dose given."""
    subjects = tables["subjects"].rows
    dates = subjects[
        [name for name in ("subject_id", "baseline_date", "first_dose_date") if name in subjects]
    ]
    own = dates.drop_duplicates("subject_id").set_index("subject_id")
    nothing = pd.Series(pd.NaT, index=own.index, dtype="datetime64[us]")
    if study.day_one == "baseline_date":
        return own.get("baseline_date", nothing)
    if study.day_one == "first_dose":
        return own.get("first_dose_date", nothing).fillna(_first_dose(tables).reindex(own.index))
    return _baseline_visit(study, tables).reindex(own.index)


def _baseline_visit(study, tables: dict[str, Table]) -> pd.Series:
    """The date of the visit entered as baseline."""
    nothing = pd.Series(dtype="datetime64[us]")
    if "visits" not in tables or not {"visit_date", "visit_id"} <= set(tables["visits"].rows):
        return nothing
    rows = tables["visits"].rows
    return rows[rows["visit_id"].eq(study.baseline_visit)].groupby("subject_id")["visit_date"].min()


def _first_dose(tables: dict[str, Table]) -> pd.Series:
    """The first dose given of the study drug, from the doses or the drug courses."""
    for name, when, flag, value in (
        ("doses", "dose_date", "given", True),
        ("treatments", "start_date", "role", "study_drug"),
    ):
        if name in tables and when in tables[name].rows:
            rows = tables[name].rows
            rows = rows[rows[flag].eq(value).fillna(False)] if flag in rows else rows
            return rows.groupby("subject_id")[when].min()
    return pd.Series(dtype="datetime64[us]")


def _placed(study, table: Table, day_one: pd.Series, when: str) -> Table:
    """Rows with study day, planned visit, window status and a visit id unique per subject (visits) or not (samples)."""
    rows = table.rows
    samples = table.name == "labs"
    entered = rows.get("visit_id", pd.Series(pd.NA, index=rows.index, dtype="string"))
    day = rows.get("sample_day" if samples else "visit_day")
    if when in rows:
        counted = windows.study_day(rows[when], _day_one_of(rows, day_one))
        day = counted if day is None else day.fillna(counted)
    day = day if day is not None else pd.Series(float("nan"), index=rows.index)
    asked = pd.DataFrame(
        {
            "subject_id": rows["subject_id"],
            "day": day,
            "entered": entered,
            "predose": rows.get("predose", pd.Series(pd.NA, index=rows.index, dtype="boolean")),
            **({"analyte": rows["analyte"]} if samples else {}),
        }
    )
    place = windows.place(
        asked,
        study.visits,
        by="window" if samples and entered.isna().all() else study.visit_by,
        baseline=study.baseline_visit,
        predose_on_day_one=_predose(study),
        per=["analyte"] if samples else [],
    )
    label = place["visit_label"]
    names = label.mask(label.eq(windows.UNSCHEDULED)) if samples else windows.visit_names(asked, label)
    days = {("sample_day" if samples else "visit_day"): day}
    shown = {} if samples else {"visit_label": label}
    placed = rows.assign(
        **days,
        **shown,
        visit_id=names,
        window_status=place["window_status"],
        entered=entered,
        open=place["open"] & _asks_predose(study, rows),
    )
    return replace(table, rows=placed)


def _asks_predose(study, rows: pd.DataFrame) -> bool:
    """Whether a missing answer is a question: the form asks it, or nothing else says what holds on day 1."""
    return "predose" in rows or _predose(study) is None


def _predose(study) -> bool | None:
    """Where day 1 is the baseline visit itself nothing was given before it."""
    if study.predose_on_day_one is None and study.day_one == "baseline_visit":
        return True
    return study.predose_on_day_one
