"""Whether csDMARD therapy had failed before a biological or targeted synthetic drug was begun."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.eligibility.findings import any_of, between
from analysis.eligibility.known import Known
from analysis.exposure.intervals import added_days, extremes
from analysis.keys import keys

if TYPE_CHECKING:
    from analysis.eligibility.d2t.settings import D2TSettings


def failed_before_each(
    known: Known,
    csdmards: pd.DataFrame,
    failures: pd.DataFrame,
    settings: "D2TSettings",
    *,
    followed: np.ndarray,
) -> pd.Series:
    """Tell for each course of a b/tsDMARD whether csDMARD therapy had failed by the day its drug was begun.

    Parameters
    ----------
    known : Known
    csdmards : DataFrame
        Courses of csDMARDs that count.
    failures : DataFrame
        From `drug_failures`: ``begun_min``, ``begun_max`` is when the drug was begun, rows of one drug close together
        counting as one.
    settings : D2TSettings
    followed : array of bool
        Which csDMARD courses are followed by another of the same drug: their end is no stop without a reason.

    Returns
    -------
    Series of boolean
        By the index of `failures`. A csDMARD has failed if it was stopped for a failure reason before, or (where the
        settings say so) taken long enough before. Where a drug is not coded, what is not True is NA.
    """
    pairs = _pairs(csdmards.assign(followed=followed), failures, len(known.ids))
    by_drug = _stopped_before(pairs, settings)
    if settings.csdmard_failed == "reason_or_followed":
        by_drug = by_drug | _long_before(pairs, pairs["both"], settings)
    least, most = (_count(pairs, by_drug.fillna(value), len(failures)) for value in (False, True))
    failed = between(least, most, settings.csdmard_min_failed, failures.index)
    if settings.csdmard_failed == "reason_or_followed" and settings.csdmard_min_failed == 1:
        together = _long_before(pairs, pairs["course"], settings)
        failed = failed | any_(together, pairs["course"], failures)
    uncoded = known.having(known.of_class("unknown"))[failures["subject"].to_numpy()]
    return failed.mask(~failed.fillna(False) & uncoded, pd.NA)


def any_(flags: Any, course: Any, failures: Any) -> pd.Series:
    """Give the flag of each course that has a csDMARD of its subject beside it; False for the others."""
    return pd.Series(any_of(course.to_numpy(), flags, len(failures)), index=failures.index)


def _pairs(csdmards, failures, n):
    """Put every csDMARD course of a subject beside every b/tsDMARD course of the same subject."""
    (short_start, short_stop), (long_start, long_stop) = extremes(csdmards)
    first = pd.DataFrame(
        {
            "subject": keys(csdmards["subject_id"]),
            "drug": keys(csdmards["drug"]),
            "reason": csdmards["stop_reason"].astype("str").array,
            "followed": csdmards["followed"].to_numpy(),
            "stop_min": csdmards["stop_min"].to_numpy(),
            "stop_max": csdmards["stop_max"].to_numpy(),
            "short_start": short_start,
            "short_stop": short_stop,
            "long_start": long_start,
            "long_stop": long_stop,
        }
    )
    second = pd.DataFrame(
        {
            "subject": failures["subject"].to_numpy(),
            "course": np.arange(len(failures)),
            "begun_min": failures["begun_min"].to_numpy(),
            "begun_max": failures["begun_max"].to_numpy(),
        }
    )
    pairs = second.merge(first, on="subject")
    return pairs.assign(both=pairs["course"].astype("int64") * (n + len(csdmards) + 1) + pairs["drug"])


def _stopped_before(pairs, settings):
    """Judge each pair by the reason for which the csDMARD was stopped, and by when."""
    reason = pairs["reason"]
    failing = reason.isin(settings.failure_reasons).astype("boolean")
    if settings.unknown_reason == "indeterminate":
        failing = failing.mask(reason.isna() & ~pairs["followed"], pd.NA)
    sure, possible = pairs["stop_max"] <= pairs["begun_min"], pairs["stop_min"] <= pairs["begun_max"]
    return failing & sure.astype("boolean").mask(sure != possible, pd.NA)


def _long_before(pairs, group, settings):
    """Judge each pair by the days of csDMARD (of all, or of one: `group`) before the other drug was begun."""
    place, distinct = pd.factorize(group)
    least, most = (
        np.bincount(
            place,
            weights=added_days(
                place, pairs[start].to_numpy(), np.minimum(pairs[stop], pairs[limit]).to_numpy()
            ),
            minlength=len(distinct),
        )
        for start, stop, limit in (
            ("short_start", "short_stop", "begun_min"),
            ("long_start", "long_stop", "begun_max"),
        )
    )
    enough = between(least, most, settings.csdmard_min_days_followed, pd.RangeIndex(len(distinct)))
    return pd.Series(enough.array[place], index=pairs.index)


def _count(pairs, failed, n):
    """Count the different csDMARDs that failed before each course (array by place of the course)."""
    drugs = pairs[failed.to_numpy(dtype=bool)].drop_duplicates("both")
    return np.bincount(drugs["course"], minlength=n)
