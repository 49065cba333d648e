"""From the results of a report to the results that may be told: suppressed, rounded, everything else made from those.

Primary suppression: a count that is too small, or leaves too few of those it is of. Then counts are rounded. Secondary
suppression: while sums among the counts narrow a suppressed one down, another count of the sum is suppressed, too
(`pipeline.share.guard`). What becomes of all other numbers is said in `pipeline.share.derived`.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.kinds import EVENTS, LIMIT, PERSONS, PROPORTION
from pipeline.share.before import Before
from pipeline.share.cells import WHOLE, Sum, one_number, readings
from pipeline.share.derived import COUNTS, SMALL, told_of
from pipeline.share.guard import EARLIER, GUARDED, LEAVES_SMALL, guarded
from pipeline.share.profiles import Profile

SUPPRESSED = "suppressed"


@dataclass(slots=True)
class Released:
    """Results as they may be told.

    Attributes
    ----------
    rows : list of dict
        Every result; where it is not told, its value is None and its status ``suppressed``.
    why : dict of str to str
        Reason by id of what is not told.
    readings : tuple of lists of Sum
        The sums that were reckoned with, of each reader (`pipeline.share.cells.readings`).
    unsized : set of str
        Results that are of a number that is not told, so that no share of it is.
    """

    rows: list[dict]
    why: dict[str, str] = field(default_factory=dict)
    readings: tuple[list[Sum], ...] = ()
    unsized: set[str] = field(default_factory=set)

    def told(self) -> dict[str, float]:
        """The released values by id."""
        return {row["result_id"]: row["value"] for row in self.rows if row["value"] is not None}


def protect(
    rows: Sequence[Mapping],
    profile: Profile,
    *,
    level: float = 0.95,
    also: Iterable[str] = (),
    before: Before | None = None,
) -> Released:
    """The results of a report under a profile.

    Parameters
    ----------
    rows : sequence of dict
        The results table.
    profile : Profile
    level : float
        Confidence level of the study, at which intervals are computed again; 0.95 by default.
    also : iterable of str
        Ids that must not be told for other reasons, such as what an earlier release would give away with them.
    before : Before, optional
        What readers of earlier releases know of counts.
    """
    if not profile.protects:
        return Released([dict(row) for row in rows])
    before = before or Before()
    why = dict.fromkeys(also, EARLIER)
    for row in rows:
        if reason := primary(row, profile):
            why[row["result_id"]] = reason
    found, same = readings(rows), one_number(rows)
    hidden: dict[str, str] = {}
    for i, reason in why.items():  # a number told in several places is as secret as in the most secret one
        kept = hidden.get(same.get(i, i))
        hidden[same.get(i, i)] = reason if kept not in GUARDED else kept
    cost = Counter(same.values())
    for known, then in zip(
        found, before.readings, strict=True
    ):  # what is suppressed for one tells another no more
        hidden |= guarded(rows, [*known, *then], hidden, profile, cost=cost, before=before)
    why |= {i: hidden[one] for i, one in same.items() if one in hidden and i not in why}
    by_id = {row["result_id"]: row for row in rows}
    made = Released([], why, found, unsized=_unsized(rows, why))
    for row in rows:
        value, reason = told_of(row, by_id, why, profile, level)
        if not reason and row["result_id"] in made.unsized and row.get("kind") in (PROPORTION, LIMIT):
            reason = "of a number that is not told"
        if reason:
            why[row["result_id"]] = reason
            made.rows.append({**row, "value": None, "status": SUPPRESSED})
        else:
            made.rows.append({**row, "value": value, **_sizes(row, profile)})
    return made


def _unsized(rows: Sequence[Mapping], why: Mapping[str, str]) -> set[str]:
    """Results of a size that is not told: a share beside its count would give it away.

    The size is that of the same variable where one is counted, else any of the same people that has its value.
    """
    sizes: dict[tuple, set[bool]] = {}
    for row in rows:
        if row["statistic"] in WHOLE:
            for key in _size_keys(row, row["value"]):
                sizes.setdefault(key, set()).add(row["result_id"] in why)
    unsized = set()
    for row in rows:
        if row.get("denominator") is not None:
            own, any_ = (sizes.get(key, set()) for key in _size_keys(row, row["denominator"]))
            if True in own or (not own and any_ == {True}):
                unsized.add(row["result_id"])
    return unsized


def _size_keys(row: Mapping, size: float) -> tuple[tuple, tuple]:
    """A size of the same variable, and of the same people."""
    return (
        (row["analysis"], row["population"], row["variable"], row["group"], size),
        (row["population"], row["group"], size),
    )


def _sizes(row: Mapping, profile: Profile) -> dict:
    """The numbers that a result carries beside its value; they are shown on request."""
    told = {}
    for name in ("n", "n_missing", "denominator", "patients"):
        size = row.get(name)
        small = size is not None and profile.is_small(size)
        told[name] = None if size is None or small else profile.rounded(size)
    return told


def primary(row: Mapping, profile: Profile) -> str:
    """Why a count may not be told by itself; empty where it may."""
    value, of = row["value"], row.get("denominator")
    if row.get("kind") not in COUNTS or value is None:
        return ""
    if row["statistic"] in ("n", "n_pairs"):
        return SMALL if 0 < value < profile.smallest else ""
    if profile.is_small(value):
        return SMALL
    if row["kind"] == PERSONS and of is not None and value <= of and profile.is_small(of - value):
        return LEAVES_SMALL
    if row["kind"] == EVENTS and (row.get("patients") or math.inf) < profile.smallest:
        return "few people"
    return ""
