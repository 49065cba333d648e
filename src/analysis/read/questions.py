"""All checks, each put to the tables it concerns."""

from typing import TYPE_CHECKING

import pandas as pd

from analysis.read.checks import chronology, medical, people, plausibility, units
from analysis.read.table import Table

if TYPE_CHECKING:
    from analysis.study import Study


def ask_all(study: "Study", tables: dict[str, Table]) -> dict[str, Table]:
    """The tables with the findings of every check."""
    subjects = tables["subjects"].rows
    asked = {"subjects": _subjects(subjects)}
    if "visits" in tables:
        asked["visits"] = _visits(study, tables["visits"].rows, subjects)
    if "labs" in tables:
        labs = tables["labs"].rows
        asked["labs"] = [*units.crp_against_esr(labs), *units.crp_batches(labs, subjects)]
    for name, earliest, half_open in (("treatments", None, True), ("adverse_events", "consent_date", False)):
        if name in tables:
            rows = tables[name].rows
            asked[name] = chronology.start_stop(rows, subjects, earliest=earliest, half_open=half_open)
            asked[name] += chronology.after_death(rows, subjects, "start_date")
    if "adverse_events" in tables:
        asked["adverse_events"] += medical.not_serious(tables["adverse_events"].rows)
    return {name: table.with_findings(*asked.get(name, [])) for name, table in tables.items()}


def _subjects(subjects: pd.DataFrame) -> list[pd.DataFrame]:
    """Checks of one subject at a time, and of two ids for one person."""
    return [
        *chronology.subject_order(subjects),
        *plausibility.pregnancy(subjects),
        *people.two_ids(subjects),
    ]


def _visits(study, visits: pd.DataFrame, subjects: pd.DataFrame) -> list[pd.DataFrame]:
    """Checks of visits: dates, windows, values, units."""
    day = visits.rename(columns={"visit_day": "day"})
    found = [*chronology.outside_window(visits), *plausibility.visit_values(visits)]
    found += [
        *plausibility.weight_jumps(day),
        *plausibility.carried_forward(day),
        *units.scales_in_cm(visits, subjects),
    ]
    if "visit_date" in visits:
        first = (
            subjects.drop_duplicates("subject_id").set_index("subject_id").get("baseline_date", pd.Series())
        )
        found += chronology.before_consent(visits, subjects)
        found += chronology.after_death(visits, subjects, "visit_date")
        found += chronology.visit_order(visits, study.visits)
        found += chronology.day_month_swaps(day, study.visits, first)
    return found
