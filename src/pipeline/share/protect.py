"""From the results of a report to the results that may be told: suppressed, rounded, everything else made from those.

Primary suppression: a count that is too small, or leaves too few of those it is of. Then counts are rounded. Secondary
suppression: while sums among the counts narrow a suppressed one down, another count of the sum is suppressed, too
(`pipeline.share.cells`). What becomes of all other numbers is said in `pipeline.share.derived`.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.kinds import EVENTS, PERSONS
from pipeline.share.cells import Sum, System, components, one_number, sums
from pipeline.share.derived import COUNTS, SMALL, told_of
from pipeline.share.profiles import Profile

SUPPRESSED = "suppressed"
LEAVES_SMALL, EARLIER, GUARDS = "leaves a small count", "earlier release", "guards another count"
GUARDED = (SMALL, LEAVES_SMALL, EARLIER)  # what nobody may narrow down


@dataclass(slots=True)
class Released:
    """Results as they may be told.

    Attributes
    ----------
    rows : list of dict
        Every result; where it is not told, its value is None and its status ``suppressed``.
    why : dict of str to str
        Reason by id of what is not told.
    sums : list of Sum
        The sums that were reckoned with.
    """

    rows: list[dict]
    why: dict[str, str] = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)

    def told(self) -> dict[str, float]:
        """The released values by id."""
        return {row["result_id"]: row["value"] for row in self.rows if row["value"] is not None}


def protect(
    rows: Sequence[Mapping],
    profile: Profile,
    *,
    level: float = 0.95,
    also: Iterable[str] = (),
    earlier: Mapping | None = None,
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
    earlier : mapping of str to (float, float), optional
        What a reader of earlier releases knows of counts, by id.
    """
    if not profile.protects:
        return Released([dict(row) for row in rows])
    why = dict.fromkeys(also, EARLIER)
    for row in rows:
        if reason := _primary(row, profile):
            why[row["result_id"]] = reason
    found, same = sums(rows), one_number(rows)
    hidden: dict[str, str] = {}
    for i, reason in why.items():  # a number told in several places is as secret as in the most secret one
        kept = hidden.get(same.get(i, i))
        hidden[same.get(i, i)] = reason if kept not in GUARDED else kept
    before = {same.get(i, i): span for i, span in (earlier or {}).items()}
    guards = guarded(rows, found, hidden, profile, cost=Counter(same.values()), earlier=before)
    hidden |= guards
    why |= {i: hidden[one] for i, one in same.items() if one in hidden and i not in why}
    by_id = {row["result_id"]: row for row in rows}
    made = Released([], why, found)
    for row in rows:
        value, reason = told_of(row, by_id, why, profile, level)
        if reason:
            why[row["result_id"]] = reason
            made.rows.append({**row, "value": None, "status": SUPPRESSED})
        else:
            made.rows.append({**row, "value": value, **_sizes(row, profile)})
    return made


def _sizes(row: Mapping, profile: Profile) -> dict:
    """The numbers that a result carries beside its value; they are shown on request."""
    told = {}
    for name in ("n", "n_missing", "denominator", "patients"):
        size = row.get(name)
        small = size is not None and profile.is_small(size)
        told[name] = None if size is None or small else profile.rounded(size)
    return told


def _primary(row: Mapping, profile: Profile) -> str:
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


def intervals(
    rows: Iterable[Mapping],
    why: Mapping[str, str],
    profile: Profile,
    *,
    earlier: Mapping[str, tuple[float, float]] | None = None,
    unseen: bool = False,
) -> dict[str, tuple[float, float]]:
    """What a reader who knows the method can say of each count from its own cell, and from earlier releases.

    Where nobody sees which counts are suppressed (`unseen`), a small one may as well be none.
    """
    counts = [row for row in rows if row["kind"] in COUNTS and row["value"] is not None]
    largest = max((row["value"] for row in counts), default=0)
    told = {}
    for row in counts:
        name = row["result_id"]
        low, high = _interval(row["value"], why.get(name), profile, largest)
        if unseen and why.get(name) == SMALL:
            low = 0
        before = (earlier or {}).get(name)
        if before and before[0] <= row["value"] <= before[1]:  # as if it had not changed since
            low, high = max(low, before[0]), min(high, before[1])
        told[name] = (low, high)
    return told


def _interval(value: float, reason: str | None, profile: Profile, largest: float) -> tuple[float, float]:
    """What one cell says: small, anything, or what is rounded to the number shown."""
    if reason == SMALL:
        return profile.small
    if reason:  # also a count of zero may guard another
        return (0, 2 * largest)
    if value == 0:
        return (0, 0)
    below, above = profile.multiple // 2, (profile.multiple - 1) // 2
    shown = profile.rounded(value)
    return (max(shown - below, profile.smallest), shown + above)


def guarded(
    rows: Sequence[Mapping],
    found: list[Sum],
    why: Mapping[str, str],
    profile: Profile,
    *,
    cost: Mapping,
    earlier: Mapping[str, tuple[float, float]] | None = None,
    unseen: bool = False,
) -> dict[str, str]:
    """Counts that are suppressed so that others cannot be reckoned, with the reason.

    Bounds only widen when more is suppressed, so each count is settled once.

    Parameters
    ----------
    rows : sequence of dict
        The counts.
    found : list of Sum
        Which add up to which.
    why : mapping of str to str
        What is suppressed already, with the reason.
    profile : Profile
    cost : mapping of str to int
        What suppressing a count costs, 1 where it says nothing.
    earlier : mapping of str to (float, float), optional
        What a reader of earlier releases knows of counts.
    unseen : bool
        Whether a reader does not see which counts are suppressed.
    """
    by_id = {row["result_id"]: row for row in rows}
    added: dict[str, str] = {}
    for together in components(found):
        added |= _guarded(
            System(together), together, by_id, why, profile, cost=cost, earlier=earlier or {}, unseen=unseen
        )
    return added


def _guarded(
    system: System,
    together: list[Sum],
    by_id: Mapping,
    why: Mapping[str, str],
    profile: Profile,
    *,
    cost: Mapping,
    earlier: Mapping[str, tuple[float, float]],
    unseen: bool,
) -> dict[str, str]:
    """What of one component is suppressed so that no suppressed count of it is narrowed down."""
    rows = [by_id[name] for name in system.names]
    hidden = {name: why[name] for name in system.names if name in why}
    asked = [name for name in system.names if why.get(name) in GUARDED]
    added: dict[str, str] = {}
    told = intervals(rows, hidden, profile, earlier=earlier, unseen=unseen)
    # whatever fits stays possible when more is suppressed: the truth, and every answer that was found on the way
    seen = {name: (by_id[name]["value"], by_id[name]["value"]) for name in asked}

    def look(aim: Mapping[str, float]) -> None:
        if answer := system.farthest(told, aim):
            for name in asked:
                low, high = seen[name]
                seen[name] = (min(low, answer[name]), max(high, answer[name]))

    def narrow(name: str) -> bool:
        return _is_narrow(seen[name], told[name], why[name], profile)

    for turn in range(6 if asked else 0):  # in several directions at once: most counts are settled by these
        look(
            {
                name: (1.0 if (place >> (turn // 2)) % 2 else -1.0) * (-1.0) ** turn
                for place, name in enumerate(asked)
            }
        )
    for name in asked:
        while narrow(name):
            look({name: 1.0})
            look({name: -1.0})
            free = _could_guard(name, system.names, together, hidden, by_id, cost)
            if not narrow(name) or free is None:
                break
            added[free] = hidden[free] = GUARDS
            told = intervals(rows, hidden, profile, earlier=earlier, unseen=unseen)
    return added


def _could_guard(name, names, together, hidden, by_id, cost) -> str | None:
    """The count to be suppressed next: of the same sums where there is one, no total, and as small as may be."""
    near = {i for one in together if name in (one.whole, *one.parts) for i in (one.whole, *one.parts)}
    free = [i for i in near if i not in hidden] or [i for i in names if i not in hidden]
    wholes = {one.whole for one in together}
    return min(
        free,
        key=lambda i: (cost.get(i, 1), i in wholes, by_id[i]["value"] == 0, by_id[i]["value"], i),
        default=None,
    )


def _is_narrow(
    possible: tuple[float, float], own: tuple[float, float], reason: str, profile: Profile
) -> bool:
    """Whether too little stays possible of a suppressed count: less than the range of small counts.

    Where an earlier release has said more of the count already, less than that.
    """
    low, high = profile.small
    if reason == SMALL:
        return possible[0] > max(low, own[0]) or possible[1] < min(high, own[1])
    return possible[1] - possible[0] < min(high - low, own[1] - own[0])
