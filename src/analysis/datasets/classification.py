"""Classification at entry from its items: points of 2010 by domain, and what the form says otherwise."""

import pandas as pd

from analysis.language import tr
from analysis.thresholds import settle

ITEMS_2010 = {
    "large_joints": "large_joints",
    "small_joints": "small_joints",
    "rf": "rf_value",
    "rf_uln": "rf_uln",
    "acpa": "acpa_value",
    "acpa_uln": "acpa_uln",
    "acute_phase_abnormal": "acr2010_apr_abnormal",
    "weeks": "symptom_weeks",
}
DOMAINS = ("joints", "serology", "acute_phase", "duration")
ITEMS_BP = {name: f"bp_{name}" for name in ("rash", "weakness", "enzymes", "emg", "biopsy")}
MOST_SMALL_JOINTS = 30  # more is an error of counting: the domain is not known
RULE = "S4"


def with_points_2010(subjects: pd.DataFrame) -> pd.DataFrame:
    """Add the points of each domain of the 2010 ACR/EULAR criteria, where the form has their items.

    Returns
    -------
    DataFrame
        With ``points_2010_joints``, ``_serology``, ``_acute_phase`` and ``_duration`` (missing where their items are).
    """
    found = _scored_2010(subjects)
    if found is None:
        return subjects
    points = {f"points_2010_{name}": found[f"points_{name}"] for name in DOMAINS}
    return subjects.assign(**{name: values for name, values in points.items() if name not in subjects})


def _scored_2010(subjects):
    """The 2010 criteria of every subject; None where the study does not collect their items."""
    from analysis import scoring

    if not set(ITEMS_2010.values()) <= set(subjects):
        return None
    items = pd.DataFrame({name: subjects[column] for name, column in ITEMS_2010.items()})
    limits = items[["rf_uln", "acpa_uln"]].astype(float)
    items = items.assign(
        small_joints=items["small_joints"].mask(items["small_joints"].gt(MOST_SMALL_JOINTS).fillna(False)),
        **limits.where(limits > 0),
    )
    return scoring.acr_eular_2010(items)


def classification_findings(subjects: pd.DataFrame) -> pd.DataFrame:
    """Totals and classes that were entered and that their items contradict, for the query log.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject, as recorded.

    Returns
    -------
    DataFrame
        As `analysis.read.with_queries` takes them. The items decide about entry; the entered value is left as it is.
    """
    parts = [_total_2010(subjects), _count_1987(subjects), _bohan_peter(subjects)]
    return pd.concat([part for part in parts if part is not None] or [pd.DataFrame()], ignore_index=True)


def _total_2010(subjects):
    found = _scored_2010(subjects)
    if found is None or "ra_2010_score" not in subjects:
        return None
    return _outside(
        subjects, "ra_2010_score", found["score_min"], found["score_max"], tr("points of the items of 2010")
    )


def _count_1987(subjects):
    items = [name for name in subjects if name.startswith("acr1987_")]
    if len(items) != 7 or "ra_acr1987_n" not in subjects:
        return None
    answers = subjects[items].astype("boolean")
    met, possible = (answers.fillna(value).sum(axis=1) for value in (False, True))
    return _outside(subjects, "ra_acr1987_n", met, possible, tr("items of 1987 that are met"))


def _outside(subjects, name, low, high, what):
    """Entered totals that the items cannot add up to."""
    given = settle(subjects[name].astype(float))
    hit = (given < low.astype(float)) | (given > high.astype(float))
    span = (
        low.map("{:g}".format)
        .astype("string")
        .where(
            low == high,
            low.map("{:g}".format).astype("string") + " to " + high.map("{:g}".format).astype("string"),
        )
    )
    return _findings(
        subjects[hit],
        name,
        given[hit].map("{:g}".format),
        span[hit],
        tr("{what} add up to something else", what=what),
    )


def _bohan_peter(subjects):
    from analysis import scoring

    if not {"bp_class", *ITEMS_BP.values()} <= set(subjects):
        return None
    found = scoring.bohan_peter(pd.DataFrame({name: subjects[column] for name, column in ITEMS_BP.items()}))
    computed = found["certainty"].astype("str").mask(found["disease"].eq("PM").fillna(False), "none")
    rashless = subjects["bp_rash"].astype("boolean").eq(False).fillna(False)
    computed = computed.mask(rashless, "none")
    given = subjects["bp_class"].astype("str")
    hit = given.notna() & computed.notna() & given.ne(computed)
    return _findings(
        subjects[hit], "bp_class", given[hit], computed[hit], tr("the items of Bohan and Peter say otherwise")
    )


def _findings(rows, variable, raw, new, message):
    return pd.DataFrame(
        {
            "table": "subjects",
            "subject_id": rows["subject_id"],
            "visit_id": pd.NA,
            "variable": variable,
            "rule_id": RULE,
            "raw": raw,
            "new": new,
            "source": rows.get("source", pd.NA),
            "source_row": rows.get("source_row", float("nan")),
            "message": message,
        }
    )
