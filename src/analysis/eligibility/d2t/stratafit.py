"""The operational definition of difficult-to-treat arthritis used by the STRATA-FIT project, for sensitivity."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.eligibility.findings import any_of
from analysis.eligibility.known import Known, as_known
from analysis.eligibility.tables import index_dates, prepare
from analysis.keys import keys
from analysis.references import Mechanism, ScoreId
from analysis.thresholds import settle

CLASSES = ("TNFi", "IL6i", "CD20", "CTLA4Ig", "IL1i")


def d2t_stratafit(
    tables: Mapping,
    index_date: str = "baseline_date",
    *,
    classes: Sequence[Mechanism] = CLASSES,
    min_classes: int = 2,
    das28: ScoreId = "das28_esr",
    das28_above: float = 3.2,
    rolling_visits: int = 3,
    min_days_after_start: float = 183,
    global_above_mm: float = 50,
) -> pd.DataFrame:
    """Classify difficult-to-treat arthritis as in the STRATA-FIT code, from visits up to the index date.

    Criterion 1: at least two classes started (biological classes, and any targeted synthetic drug as one more).
    Criterion 2: DAS28 above 3.2, or its mean over three visits, at a visit at least six months after the last class
    was started. Criterion 3: patient or physician global above 50 mm. All three at one visit make it "yes".

    Parameters
    ----------
    tables, index_date
        As in `d2t`; visits with ``ptga_mm`` and ``phga_mm``.
    classes : sequence of str
        Mechanisms of biological drugs that count.
    min_classes : int
    das28 : str
        Score used.
    das28_above, global_above_mm : float
        Strict.
    rolling_visits : int
        Visits with a DAS28 averaged; fewer give no mean.
    min_days_after_start : float
        Six months, in days; the code counts calendar months.

    Returns
    -------
    DataFrame
        By subject: ``result`` (yes, no, indeterminate), ``n_classes`` at the index date, ``n_visits``.

    Notes
    -----
    Classes count when started, failed or not: that is what makes the two definitions differ. Where a course of one of
    them stops before it starts, or a drug is not coded, criterion 1 is not known.

    References
    ----------
    STRATA-FIT preprocessing code and data schema (strata-fit-v6-km-py).
    """
    ready = prepare(tables)
    dates = index_date if isinstance(index_date, pd.Series) else index_dates(ready.subjects, index_date)
    known = as_known(ready, dates)
    starts = _class_starts(known, classes)
    visits = _visits_with_das28(known, das28, rolling_visits)
    treated = _classes_at(visits, starts, min_days_after_start)
    active = _over(visits["das28"], das28_above) | _over(visits["mean"], das28_above)
    felt = _over(visits["ptga_mm"], global_above_mm) | _over(visits["phga_mm"], global_above_mm)
    subject = visits["subject"].to_numpy()
    open_ = _misdated(known, classes) | known.having(known.of_class("unknown"))
    in_time = ((treated["n"] >= min_classes) & treated["late"]).mask(open_[subject], pd.NA)
    met = any_of(subject, in_time & active & felt, len(known.ids))
    result = (
        pd.Series(met, index=known.ids).map({True: "yes", False: "no"}).astype("str").fillna("indeterminate")
    )
    n_visits = np.bincount(subject, minlength=len(known.ids))
    n_classes = np.bincount(starts["subject"], minlength=len(known.ids))
    return pd.DataFrame(
        {
            "result": result.where((n_visits > 0) | ((n_classes < min_classes) & ~open_), "indeterminate"),
            "n_classes": n_classes,
            "n_visits": n_visits,
        }
    )


def _counted(courses, classes):
    """Give the courses that count: of the biological classes, and of any targeted synthetic drug."""
    biological = (courses["class"] == "bDMARD") & courses["moa"].isin(classes)
    return courses[biological | (courses["class"] == "tsDMARD")]


def _misdated(known: Known, classes):
    """Tell who has a course that counts and stops before it starts (array by position)."""
    rows = _counted(known.courses, classes)
    return known.having(rows[rows["problem"] == "stop_before_start"])


def _class_starts(known: Known, classes):
    """Give the first start of each class of each subject, in order."""
    rows = _counted(known.courses, classes)
    name = rows["moa"].astype("str").mask(rows["class"] == "tsDMARD", "tsDMARD")
    starts = pd.DataFrame(
        {
            "subject": keys(rows["subject_id"]),
            "name": name,
            "day": rows["start_max"].astype(int),
        }
    )
    return starts.groupby(["subject", "name"], as_index=False)["day"].min().sort_values(["day", "subject"])


def _visits_with_das28(known: Known, das28, rolling_visits):
    """Give the visits in order of date with DAS28, its mean over the last visits that have one, and the globals."""
    scores = known.scores[known.scores["score"] == das28].set_index(["subject", "visit_id"])["value"]
    visits = known.visits.assign(
        day=known.visits["day"].astype(int), subject=known.visits["subject"].astype(int)
    )
    visits = visits.join(scores.rename("das28"), on=["subject", "visit_id"]).sort_values(["subject", "day"])
    rolled = visits.groupby("subject")["das28"].rolling(rolling_visits, min_periods=rolling_visits).mean()
    missing = pd.Series(np.nan, index=visits.index)
    globals_ = {
        name: visits[name].astype(float) if name in visits else missing for name in ("ptga_mm", "phga_mm")
    }
    ordered = visits[["subject", "day", "das28"]].assign(mean=rolled.to_numpy(), **globals_)
    return ordered.sort_values(["day", "subject"]).reset_index(drop=True)


def _classes_at(visits, starts, min_days):
    """Count the classes started by each visit, and tell whether the last of them was started long enough before."""
    numbered = starts.assign(n=starts.groupby("subject").cumcount() + 1, last=starts["day"])
    found = pd.merge_asof(
        visits[["day", "subject"]], numbered[["day", "subject", "n", "last"]], on="day", by="subject"
    )
    late = (found["day"] - found["last"]) >= min_days
    return {"n": found["n"].fillna(0).astype("Int64"), "late": late.astype("boolean")}


def _over(values, threshold):
    """Compare strictly, with NA for missing values."""
    return (settle(values) > settle(threshold)).astype("boolean").mask(values.isna(), pd.NA)
