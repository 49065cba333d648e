"""Criterion 1 of the difficult-to-treat definition: which drugs failed, and how many mechanisms of action."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.eligibility.findings import any_of, between
from analysis.eligibility.known import Known
from analysis.exposure.intervals import SPAN, added_days, extremes, in_order
from analysis.keys import keys

if TYPE_CHECKING:
    from analysis.eligibility.d2t.settings import D2TSettings

BTS = ("bDMARD", "tsDMARD", "unknown")  # a drug that is not coded yet may be one of them
CSDMARD = ("csDMARD", "csDMARD_CN")
NEVER, NEVER_YET = np.iinfo(np.int32).min, np.iinfo(np.int32).max


def drug_failures(known: Known, active: pd.Series, settings: "D2TSettings") -> pd.DataFrame:
    """Judge every course of a biological, targeted synthetic or uncoded drug.

    Parameters
    ----------
    known : Known
    active : Series of boolean
        Criterion 2, by subject; decides about drugs still taken.
    settings : D2TSettings

    Returns
    -------
    DataFrame
        One row a course: ``subject_id``, ``subject`` (position), ``drug``, ``moa``, ``stop_reason``, ``start_min``,
        ``stop_max``, ``days_min``, ``days_max`` (exposure of the course up to its stop, with courses of the same
        drug close before it), ``begun_min``, ``begun_max`` (start of the first of those), ``ended``, ``failed``
        (boolean), ``counted`` (boolean: failed, and begun after csDMARD therapy had failed, where that is asked).
    """
    courses = known.of_class(*BTS)
    if settings.not_ra_drugs == "ignore":
        courses = courses[~courses["drug"].isin(_not_ra())]
    if settings.moa_groups is not None:
        courses = courses[courses["moa"].isin(settings.moa_groups) | courses["moa"].isna()]
    subject = keys(courses["subject_id"])
    chain = _chain(courses)
    (least, _, begun_max), (most, goes_on, begun_min) = (
        _exposure(chain, *ends, settings.same_drug_gap_days)  # type: ignore[call-arg]
        for ends in extremes(courses)
    )
    rows = courses[
        ["subject_id", "drug", "moa", "class", "stop_reason", "start_min", "stop_max", "ended"]
    ].assign(subject=subject, days_min=least, days_max=most, begun_min=begun_min, begun_max=begun_max)
    by_reason = _failed_by_reason(rows, goes_on, settings)
    running = _failed_while_running(rows, active, settings)
    ended = rows["ended"]
    undecided = by_reason.where((by_reason == running).fillna(False))
    return rows.assign(failed=by_reason.where(ended.fillna(False), running).mask(ended.isna(), undecided))


def _not_ra():
    """Name the drugs that the dictionary says are not approved for rheumatoid arthritis."""
    from analysis import drugs

    stated = {name: entry["indication"] or "" for name, entry in drugs.entries().items()}
    return [
        name for name, text in stated.items() if text.startswith(("not RA", "SLE")) and "RA with" not in text
    ]


def _chain(courses):
    """Number the courses by subject and drug."""
    subject, drug = (keys(courses[name]) for name in ("subject_id", "drug"))
    return subject * (len(courses["drug"].cat.categories) + 1) + drug + 1


def _joined(chain, start, stop, gap):
    """Order courses by chain and start; tell which continue an earlier one of their chain within `gap` days."""
    order = in_order(chain, start, stop)
    of, start, stop = (values[order].astype(np.int64) for values in (chain, start, stop))
    reach = np.maximum.accumulate(stop + of * SPAN) - of * SPAN
    joined = np.zeros(len(of), dtype=bool)
    joined[1:] = (of[1:] == of[:-1]) & (start[1:] - reach[:-1] <= gap)
    return order, joined


def _exposure(chain, start, stop, gap):
    """Add up days over courses of one drug with gaps no longer than `gap`; tell which are followed, and their start."""
    order, joined = _joined(chain, start, np.maximum(stop, start), gap)
    added = added_days(chain[order], start[order], stop[order])
    total = np.cumsum(added)
    days, followed = np.empty(len(chain), dtype=np.int64), np.zeros(len(chain), dtype=bool)
    days[order] = total - np.maximum.accumulate(np.where(joined, 0, total - added))
    followed[order[:-1]] = joined[1:]
    first = np.maximum.accumulate(np.where(joined, 0, np.arange(len(chain)))) if len(chain) else order
    begun = np.empty(len(chain), dtype=np.int64)
    begun[order] = start[order][first]
    return days, followed, begun


def _failed_by_reason(rows, followed, settings):
    """Judge courses as if they had ended: by their reason, and for inefficacy by exposure."""
    reason = rows["stop_reason"]
    counts = reason.isin(settings.failure_reasons)
    lacked_effect = counts & reason.isin(settings.inefficacy_reasons)
    long_enough = between(
        rows["days_min"], rows["days_max"], settings.min_exposure_days_inefficacy, rows.index
    )
    failed = counts.astype("boolean").mask(lacked_effect, long_enough)
    if settings.unknown_reason == "indeterminate":
        failed = failed.mask(reason.isna() & ~followed, pd.NA)
    return failed


def _failed_while_running(rows, active, settings):
    """Judge courses as if still running: long enough on the drug, and disease active all the same."""
    if settings.ongoing_counts == "never":
        return pd.Series(False, index=rows.index, dtype="boolean")
    long_enough = between(rows["days_min"], rows["days_max"], settings.ongoing_min_days, rows.index)
    return long_enough & pd.Series(active.array[rows["subject"].to_numpy()], index=rows.index)


def mechanisms(failures: pd.DataFrame, subjects: pd.DataFrame, *, which: str = "failed") -> pd.DataFrame:
    """Count distinct mechanisms of action that failed, at both extremes; `which` is the column that says so.

    Returns
    -------
    DataFrame
        By subject: ``n_moa`` (failed for sure), ``n_moa_max`` (if all that is undecided had failed; each uncoded
        drug or unknown mechanism then counts as one more).
    """
    subject = failures["subject"].to_numpy()
    coded = ((failures["class"] != "unknown") & failures["moa"].notna()).to_numpy()
    failed = failures[which]
    sure = failed.fillna(False).to_numpy(dtype=bool) & coded
    possible = failed.fillna(True).to_numpy(dtype=bool)
    uncoded = possible & ~coded
    counts = [
        _distinct(subject[rows], keys(failures["moa"][rows]), len(subjects))
        for rows in (sure, possible & coded)
    ]
    extra = _distinct(subject[uncoded], keys(failures["drug"][uncoded]), len(subjects))
    return pd.DataFrame({"n_moa": counts[0], "n_moa_max": counts[1] + extra}, index=subjects)


def _distinct(group, value, n):
    """Count distinct values of each group."""
    key = np.sort(group * SPAN + value)
    new = np.ones(len(key), dtype=bool)
    new[1:] = key[1:] != key[:-1]
    return np.bincount(key[new] // SPAN, minlength=n)


def csdmard_failed(known: Known, settings: "D2TSettings") -> pd.Series:
    """Tell whether csDMARD therapy failed before biological or targeted synthetic drugs; boolean by subject.

    A failure reason counts whatever the exposure, but (unless the order does not matter) only before the last of those
    drugs was begun, or the first if the settings ask for that. Where a drug is not coded yet, what is not True stays
    open.
    """
    courses = csdmards(known, settings)
    begun = _start_of_bts(known, settings)
    by_drug = _failed_csdmards(courses, begun, settings)
    counted = [np.bincount(by_drug["subject"][rows], minlength=len(known.ids)) for rows in
               (by_drug["failed"].fillna(False), by_drug["failed"].fillna(True))]  # fmt: skip
    failed = between(*counted, settings.csdmard_min_failed, known.ids)  # type: ignore[call-arg]
    if settings.csdmard_failed == "reason_or_followed" and settings.csdmard_min_failed == 1:
        owner = keys(courses["subject_id"])
        before = _long_before(courses, owner, np.arange(len(known.ids)), begun, settings)
        failed = failed | before.set_axis(known.ids)
    return failed.mask(~failed.fillna(False) & known.having(known.of_class("unknown")), pd.NA)


def csdmards(known: Known, settings: "D2TSettings") -> pd.DataFrame:
    """Give the courses of csDMARDs that count."""
    courses = known.of_class(*CSDMARD)
    return courses if settings.include_cn_dmards else courses[~courses["is_cn_dmard"]]


def followed(courses: pd.DataFrame, settings: "D2TSettings") -> np.ndarray:
    """Tell which courses another one of the same drug follows within the gap that joins them (array by row)."""
    return _exposure(_chain(courses), *extremes(courses)[1], settings.same_drug_gap_days)[1]  # type: ignore[call-arg]


def _failed_csdmards(courses, begun, settings):
    """Judge each csDMARD of each subject: stopped for a failure reason, or taken long before a b/tsDMARD."""
    subject = keys(courses["subject_id"])
    chain = _chain(courses)
    pair, pairs = pd.factorize(chain)
    owner = np.zeros(len(pairs), dtype=np.int64)
    owner[pair] = subject
    reason = courses["stop_reason"].isin(settings.failure_reasons).astype("boolean")
    if settings.unknown_reason == "indeterminate":
        goes_on = followed(courses, settings)
        reason = reason.mask(courses["stop_reason"].isna() & ~goes_on, pd.NA)
    in_time = courses["ended"] if settings.csdmard_order == "any_time" else _before(courses, subject, begun)
    stopped = (reason & in_time).reset_index(drop=True)
    failed = pd.Series(any_of(pair, stopped, len(pairs)))
    if settings.csdmard_failed == "reason_or_followed":
        failed = failed | _long_before(courses, pair, owner, begun, settings)
    return {"subject": owner, "failed": failed}


def _before(courses, subject, begun):
    """Tell which courses were over when the b/tsDMARD that counts was begun; none were where there is no such drug."""
    sure = courses["stop_max"].to_numpy() <= begun["start_min"][subject]
    possible = courses["stop_min"].to_numpy() <= begun["start_max"][subject]
    return pd.Series(pd.arrays.BooleanArray(sure, sure != possible), index=courses.index)


def _long_before(courses, group, owner, begun, settings):
    """Tell for each group of csDMARD courses whether it lasted long enough before a b/tsDMARD of its owner began."""
    shortest, longest = extremes(courses)
    least, most = (
        np.bincount(
            group,
            weights=added_days(group, start, np.minimum(stop, limit[owner[group]])),
            minlength=len(owner),
        )
        for (start, stop), limit in ((shortest, begun["start_min"]), (longest, begun["start_max"]))
    )
    return between(least, most, settings.csdmard_min_days_followed, pd.RangeIndex(len(owner)))


def _start_of_bts(known, settings):
    """Give the day each subject's first, or last, b/tsDMARD began, at both extremes; before all time where none did.

    Going on with the same drug is no new start: the earliest day leaves out what may go on, the latest what must.
    """
    courses = known.of_class("bDMARD", "tsDMARD")
    chain, subject = _chain(courses), keys(courses["subject_id"])
    shortest, longest = extremes(courses)
    first = settings.csdmard_followed_by == "first"
    begun = {}
    for bound, (start, stop) in (("start_min", longest), ("start_max", shortest)):
        order, joined = _joined(chain, start, stop, settings.same_drug_gap_days)
        new = order[~joined]
        days = np.full(len(known.ids), NEVER_YET if first else NEVER, dtype=np.int64)
        (np.minimum if first else np.maximum).at(days, subject[new], start[new])
        begun[bound] = np.where(days == NEVER_YET, NEVER, days)
    return begun
