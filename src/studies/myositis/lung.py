"""Lung function in patients with interstitial lung disease: change and progression."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import results, scoring
from analysis.cohort import Cohort
from analysis.datasets.responses import at_visit
from analysis.language import Texts, commas, mark, tr
from analysis.tables.cells import of_total, quartiles
from analysis.tables.table import Table
from studies.myositis.response import TIS_LEVELS, certainly, improvement_at, rate

if TYPE_CHECKING:
    from analysis.study import Study

LUNG_ANSWERS = Texts(
    {
        "omeract_progression": "Progression, OMERACT",
        "omeract_improvement": "Improvement, OMERACT mirrored",
        "ppf_physiology": "Physiological criterion of progressive fibrosis (2022)",
    }
)


def lung_rows(group: Cohort, *, visits: Sequence[str]) -> pd.DataFrame:
    """Progression and improvement of lung function, as observed.

    Returns
    -------
    DataFrame
        Rows of the analysis ``lung``: one variable per definition, of those with both measurements; and
        ``relative_change`` of FVC and DLCO in per cent of baseline (median and range).
    """
    level, frames = group.study.statistics.confidence_level, []
    baseline = at_visit(group.wide, group.study.baseline_visit)
    for visit in (visit for visit in visits if len(group.due_at(visit))):
        now = at_visit(group.wide, visit)
        first, last = (rows.reindex(group.due_at(visit)) for rows in (baseline, now))
        days = (last["pft_date"] - first["pft_date"]).dt.days.astype(float)
        found = scoring.lung_change(first[["fvc_pp", "dlco_pp"]], last[["fvc_pp", "dlco_pp"]], days=days)
        keys = {"visit": visit, "population": group.population}
        for name in LUNG_ANSWERS:
            known = found[name].dropna()
            row = rate(
                int(known.sum()),
                len(known),
                level=level,
                method=mark("as observed"),
                n_missing=len(found) - len(known),
            )
            frames.append(results.rows_of(row, analysis="lung", variable=name, unit="proportion", **keys))
        for name in ("fvc", "dlco"):
            values = found[f"{name}_relative"].dropna()
            row = {"median": values.median(), "min": values.min(), "max": values.max(), "n": len(values)}
            frames.append(
                results.rows_of(
                    row, analysis="relative_change", variable=f"{name}_relative", unit="%", **keys
                )
            )
    return results.stack(frames)


COURSE = {
    "fvc_pp": (mark("FVC, % predicted"), 0),
    "dlco_pp": (mark("DLCO, % predicted"), 0),
    "ferr_ug_l": (mark("Ferritin, µg/L"), 0),
    "kl6_u_ml": (mark("KL-6, U/mL"), 0),
    "cdasi_activity": (mark("CDASI activity"), 0),
    "prednisone_mg_day": (mark("Prednisone equivalent, mg/day"), 1),
}
EVENTS = {
    "tis_moderate": mark("TIS at least 40, of those known"),
    "rp_ild": mark("Rapidly progressive lung disease by then"),
    "hrct_worse": mark("HRCT worse than at baseline, of those with one"),
    "death": mark("Died by then"),
}


def anti_mda5(group: Cohort) -> Cohort:
    """The patients with antibodies to MDA5."""
    tested = group.subjects["msa_mda5"].astype("boolean").fillna(False).astype(bool)
    return group.among(group.subjects.index[tested])


def course_rows(group: Cohort, *, visits: Sequence[str]) -> pd.DataFrame:
    """The course of a group over the visits, as observed among those due.

    Parameters
    ----------
    group : Cohort
        The patients, as of `anti_mda5`.
    visits : sequence of str
        Baseline first.

    Returns
    -------
    DataFrame
        `variable`, `visit`, and `n`, `median`, `q1`, `q3` of the measures of `COURSE` that were collected; `n` and
        `count` of `EVENTS`. Rapid progression is the clinician's date (``rp_ild_date``), HRCT the reader's comparison
        with baseline (``hrct_change``); each has lines only where it was recorded. Of events by then, `n` are all
        patients due.
    """
    lines = []
    for place, visit in enumerate(visits):
        due = group.due_at(visit)
        for name in (name for name in COURSE if name in group.wide):
            values = group.numbers(name, [visit])[visit].reindex(due).dropna()
            low, middle, high = values.quantile([0.25, 0.5, 0.75])
            line = {
                "variable": name,
                "visit": visit,
                "n": len(values),
                "median": middle,
                "q1": low,
                "q3": high,
            }
            lines.append(line)
        if place:
            lines += [
                {"variable": name, "visit": visit} | found for name, found in _events(group, visit, due)
            ]
    return pd.DataFrame(lines)


def _events(group, visit, due):
    """Count what happened by a visit; what nobody recorded has no line."""
    improvement = improvement_at(group, visit)
    known = certainly(improvement, TIS_LEVELS["tis_moderate"]).dropna()
    yield "tis_moderate", {"n": len(known), "count": int(known.sum())}
    for name, column in (("rp_ild", "rp_ild_date"), ("death", "death_date")):
        if column in group.tables["subjects"]:
            dates = group.tables["subjects"].set_index("subject_id")[column].reindex(due)
            by_then = pd.to_datetime(dates) <= group.dates[visit].reindex(due)
            yield name, {"n": len(due), "count": int(by_then.sum())}
    if "hrct_change" in group.wide:
        read = at_visit(group.wide, visit)["hrct_change"].reindex(due).dropna()
        yield "hrct_worse", {"n": len(read), "count": int(read.eq("worse").sum())}


def course_table(found: pd.DataFrame, *, study: "Study", notes: Sequence[str] = ()) -> Table:
    """Lay out `course_rows`, a column per visit; what was not recorded at all is named below."""
    labels = {visit.id: visit.label for visit in study.visits}
    cells = {(row["variable"], row["visit"]): row for row in found.to_dict("records")}
    visits = list(dict.fromkeys(found["visit"]))
    recorded = set(found["variable"])
    lines = {
        label: [_measure(cells.get((name, visit)), digits) for visit in visits]
        for name, (label, digits) in COURSE.items()
        if name in recorded
    }
    lines |= {
        label: [
            of_total(cells[name, visit]["count"], cells[name, visit]["n"]) if (name, visit) in cells else ""
            for visit in visits
        ]
        for name, label in EVENTS.items()
        if name in recorded
    }
    absent = {"rp_ild": tr("rapid progression dated by the clinician"), "hrct_worse": tr("HRCT")}
    missing = [what for name, what in absent.items() if name not in recorded]
    more = [tr("Not recorded in this study: {listed}.", listed=commas(missing))] if missing else []
    body = pd.DataFrame.from_dict(lines, orient="index", columns=[labels[visit] for visit in visits])
    return Table(body.rename_axis(mark("Measure")), notes=[*notes, *more])


def _measure(row, digits):
    """Median, quartiles and how many they are of."""
    if row is None:
        return ""
    return f"{quartiles(row['median'], row['q1'], row['q3'], digits)}; {int(row['n'])}"
