"""From the results of a report to the results that may be told: suppressed, rounded, everything else made from those.

Primary suppression: a count that is too small, or leaves too few of those it is of. Then counts are rounded. Secondary
suppression: while sums among the counts narrow a suppressed one down, another count of the sum is suppressed, too
(`pipeline.share.cells`). Proportions, rates and their intervals are computed again from the rounded counts; what
cannot be made from released numbers is not released. Means and estimates need enough people behind them, quantiles
enough on each side; extremes are single people and are never told. A number without a kind is not told.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.kinds import (
    ESTIMATE,
    EVENTS,
    EXTREME,
    LIMIT,
    MEAN,
    PERSONS,
    PROPORTION,
    QUANTILE,
    RATE,
    SETTING,
    SUM,
)
from pipeline.share.cells import WHOLE, Sum, System, components, one_number, sums
from pipeline.share.profiles import Profile

SUPPRESSED = "suppressed"
SMALL, LEAVES_SMALL, EARLIER, GUARDS = (
    "small count",
    "leaves a small count",
    "earlier release",
    "guards another count",
)
GUARDED = (SMALL, LEAVES_SMALL, EARLIER)  # what nobody may narrow down
COUNTS = (PERSONS, EVENTS)
COUNT_NAMES = ("count", "k", "events", "n_responders", "progression")


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


def rounded(value: float, multiple: int) -> float:
    """A count to the nearest multiple, half up.

    Examples
    --------
    >>> rounded(12, 5), rounded(13, 5), rounded(7, 1)
    (10, 15, 7)
    """
    return int(math.floor(value / multiple + 0.5) * multiple)


def protect(
    rows: Sequence[Mapping], profile: Profile, *, also: Iterable[str] = (), earlier: Mapping | None = None
) -> Released:
    """The results of a report under a profile.

    Parameters
    ----------
    rows : sequence of dict
        The results table.
    profile : Profile
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
    guards = _secondary(rows, found, hidden, profile, cost=Counter(same.values()), earlier=before)
    hidden |= guards
    why |= {i: hidden[one] for i, one in same.items() if one in hidden and i not in why}
    by_id = {row["result_id"]: row for row in rows}
    made = Released([], why, found)
    for row in rows:
        value, reason = _told(row, by_id, why, profile)
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
        small = size is not None and _small(size, profile)
        told[name] = None if size is None or small else rounded(size, profile.multiple)
    return told


def _small(count: float, profile: Profile) -> bool:
    return 0 < count < profile.smallest or (count == 0 and not profile.zero)


def _primary(row: Mapping, profile: Profile) -> str:
    """Why a count may not be told by itself; empty where it may."""
    value, of = row["value"], row.get("denominator")
    if row.get("kind") not in COUNTS or value is None:
        return ""
    if row["statistic"] in ("n", "n_pairs"):
        return SMALL if 0 < value < profile.smallest else ""
    if _small(value, profile):
        return SMALL
    if row["kind"] == PERSONS and of is not None and value <= of and _small(of - value, profile):
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
) -> dict[str, tuple[float, float]]:
    """What a reader who knows the method can say of each count from its own cell, and from earlier releases."""
    counts = [row for row in rows if row["kind"] in COUNTS and row["value"] is not None]
    largest = max((row["value"] for row in counts), default=0)
    told = {}
    for row in counts:
        name = row["result_id"]
        low, high = _interval(row["value"], why.get(name), profile, largest)
        before = (earlier or {}).get(name)
        if before and before[0] <= row["value"] <= before[1]:  # as if it had not changed since
            low, high = max(low, before[0]), min(high, before[1])
        told[name] = (low, high)
    return told


def _interval(value: float, reason: str | None, profile: Profile, largest: float) -> tuple[float, float]:
    """What one cell says: small, anything, or what is rounded to the number shown."""
    if reason == SMALL:
        return profile.small
    if reason:
        return (profile.small[0], 2 * largest)
    if value == 0:
        return (0, 0)
    below, above = profile.multiple // 2, (profile.multiple - 1) // 2
    shown = rounded(value, profile.multiple)
    return (max(shown - below, profile.smallest), shown + above)


def _secondary(
    rows: Sequence[Mapping],
    found: list[Sum],
    why: Mapping[str, str],
    profile: Profile,
    *,
    cost: Mapping,
    earlier: Mapping[str, tuple[float, float]],
) -> dict[str, str]:
    """Counts that are suppressed so that others cannot be reckoned.

    Bounds only widen when more is suppressed, so each count is settled once.
    """
    by_id = {row["result_id"]: row for row in rows}
    added: dict[str, str] = {}
    for together in components(found):
        added |= _guarded(System(together), together, by_id, why, profile, cost=cost, earlier=earlier)
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
) -> dict[str, str]:
    """What of one component is suppressed so that no suppressed count of it is narrowed down."""
    rows = [by_id[name] for name in system.names]
    hidden = {name: why[name] for name in system.names if name in why}
    asked = [name for name in system.names if why.get(name) in GUARDED]
    added: dict[str, str] = {}
    told = intervals(rows, hidden, profile, earlier=earlier)
    # whatever fits stays possible when more is suppressed: the truth, and every answer that was found on the way
    seen = {name: (by_id[name]["value"], by_id[name]["value"]) for name in asked}

    def look(aim: Mapping[str, float]) -> None:
        answer = system.farthest(told, aim)
        for name in asked if answer else ():
            low, high = seen[name]
            seen[name] = (min(low, answer[name]), max(high, answer[name]))

    def narrow(name: str) -> bool:
        return seen[name][1] - seen[name][0] < _needed(told[name], profile)

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
            told = intervals(rows, hidden, profile, earlier=earlier)
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


def _needed(own: tuple[float, float], profile: Profile) -> float:
    """How wide the bounds of a suppressed count must stay: as wide as the range of small counts.

    Where an earlier release has said more of the count already, as wide as that.
    """
    low, high = profile.small
    return min(high - low, own[1] - own[0])


def _told(row: Mapping, by_id: Mapping, why: Mapping, profile: Profile) -> tuple[float | None, str]:
    """The value that is told, or why it is not."""
    kind, value = row.get("kind"), row["value"]
    if value is None:
        return None, ""
    if row["result_id"] in why:
        return None, why[row["result_id"]]
    if kind == SETTING:
        return value, ""
    if kind in COUNTS:
        return (0 if value == 0 else rounded(value, profile.multiple)), ""
    if kind == EXTREME:
        return None, "value of one person"
    prefix = row["result_id"].rpartition(".")[0]
    people = row.get("patients")
    if people is None:
        return None, "people behind it unknown"
    if people < profile.smallest or (row.get("n") is not None and row["n"] < profile.smallest):
        return None, "few people"
    if kind == QUANTILE:
        enough = 2 if row["statistic"].startswith("median") or row["statistic"] in ("q50", "median") else 4
        return (value, "") if people >= enough * profile.smallest else (None, "few people on one side")
    if kind in (PROPORTION, LIMIT) and row["unit"] == "proportion":
        return _share(row, prefix, by_id, why, profile)
    if kind == PROPORTION or (kind == LIMIT and _is_share_limit(row, by_id)):
        return None, "not made from released counts"
    if kind == RATE or (kind == LIMIT and "person-years" in row["unit"]) or _has_time(prefix, by_id, kind):
        return _rate(row, prefix, by_id, why, profile)
    if kind == SUM:
        return float(f"{value:.2g}"), ""
    if kind == MEAN and _is_binary(prefix, by_id):
        return None, "mean of yes and no"
    if kind in (MEAN, ESTIMATE, LIMIT):
        if row["unit"] == "proportion" or _counts_decide(row):
            return None, "made from exact counts"
        return float(f"{value:.3g}") if kind == ESTIMATE else value, ""
    return None, "kind unknown"


def _is_share_limit(row: Mapping, by_id: Mapping) -> bool:
    """Limits named after a count, as ``rapid_low`` is after ``rapid``."""
    stem = row["statistic"].rpartition("_")[0]
    return f"{row['result_id'].rpartition('.')[0]}.{stem}_share" in by_id


def _is_binary(prefix: str, by_id: Mapping) -> bool:
    """Whether mean and spread are those of a variable that is 0 or 1."""
    mean, spread = (by_id.get(f"{prefix}.{name}") for name in ("mean", "sd"))
    if mean is None or spread is None or mean["value"] is None or spread["value"] is None:
        return False
    p, n = mean["value"], mean.get("n") or 0
    return (
        0 <= p <= 1
        and n > 1
        and math.isclose(spread["value"] ** 2, p * (1 - p) * n / (n - 1), rel_tol=1e-6, abs_tol=1e-9)
    )


EXACT = (
    "McNemar",
    "Fisher",
    "binomial",
    "sign test",
    "signed-rank",
    "Clopper",
    "Bowker",
    "Cochran",
    "chi-squared",
)


def _counts_decide(row: Mapping) -> bool:
    """Whether a test statistic or p value can be turned back into the counts it was made from."""
    return row["statistic"] in ("p_value", "statistic", "achieved_level", "z", "p_adjusted") and any(
        word.casefold() in (row.get("method") or "").casefold() for word in EXACT
    )


def _count_behind(row: Mapping, prefix: str, by_id: Mapping) -> tuple[Mapping | None, float | None]:
    """The count that a proportion tells, as a result of its own where there is one, and its value."""
    statistic = row["statistic"]
    stems = [statistic.removesuffix("_share")] if statistic.endswith("_share") else []
    for name in (*stems, *COUNT_NAMES):
        if (sibling := by_id.get(f"{prefix}.{name}")) and sibling["kind"] == PERSONS:
            return sibling, sibling["value"]
    estimate = by_id.get(f"{prefix}.estimate") or by_id.get(f"{prefix}.proportion") or row
    of = row.get("denominator")
    if estimate["value"] is None or of is None:
        return None, None
    return None, estimate["value"] * of


def _share(
    row: Mapping, prefix: str, by_id: Mapping, why: Mapping, profile: Profile
) -> tuple[float | None, str]:
    """A proportion or its limit, computed again from the rounded counts."""
    sibling, count = _count_behind(row, prefix, by_id)
    of = row.get("denominator")
    if count is None or of is None or of < profile.smallest:
        return None, "few people"
    if sibling is not None and sibling["result_id"] in why:
        return None, why[sibling["result_id"]]
    if any(f"{prefix}.{name}" in why for name in WHOLE):
        return None, "of too few"
    if _small(count, profile) or _small(of - count, profile) or min(count, of - count) < -1e-9:
        return None, SMALL
    exact = abs(count - round(count)) < 1e-6
    k, n = rounded(round(count), profile.multiple), rounded(of, profile.multiple)
    if row["statistic"] in ("estimate", "proportion") or row["statistic"].endswith("_share"):
        if sibling is not None and not math.isclose(row["value"] * of, count, abs_tol=1e-6):
            return None, "not made from released counts"
        return min(k / n, 1.0), ""
    if row["kind"] == LIMIT and exact and 0 <= k <= n:
        return _limit(row, min(k, n), n, by_id.get(f"{prefix}.confidence_level"))  # type: ignore[arg-type]
    return None, "not made from released counts"


def _limit(row: Mapping, k: int, n: int, level: Mapping | None) -> tuple[float | None, str]:
    """A limit of the interval that the method's name says, from rounded counts."""
    from analysis import proportions

    confidence = level["value"] if level and level["value"] else 0.95
    method = (row.get("method") or "").casefold()
    if row["statistic"].startswith("exact") or "clopper" in method:
        found = proportions.clopper_pearson(k, n, confidence_level=confidence)
    elif "wilson" in method:
        found = proportions.wilson(k, n, confidence_level=confidence)
    else:
        return None, "not made from released counts"
    return (found.conf_low if row["statistic"].endswith("low") else found.conf_high), ""


def _has_time(prefix: str, by_id: Mapping, kind: str) -> bool:
    return kind in (ESTIMATE, LIMIT) and f"{prefix}.person_years" in by_id


def _rate(
    row: Mapping, prefix: str, by_id: Mapping, why: Mapping, profile: Profile
) -> tuple[float | None, str]:
    """A rate or its limit, computed again from rounded events and rounded time."""
    from analysis import rates

    rate, years = by_id.get(f"{prefix}.estimate"), by_id.get(f"{prefix}.person_years")
    if rate is None or years is None or not years["value"] or rate["value"] is None:
        return None, "not made from released counts"
    per = next((float(word) for word in row["unit"].split() if word.replace(".", "").isdigit()), 100.0)
    events = round(rate["value"] * years["value"] / per)
    told = by_id.get(f"{prefix}.events")
    if _small(events, profile) or (told is not None and told["result_id"] in why):
        return None, SMALL
    time, k = float(f"{years['value']:.2g}"), rounded(events, profile.multiple)
    found = rates.poisson_exact(k, time, confidence_level=0.95)
    scale = per / getattr(found, "per", 1.0)
    name = {"estimate": "estimate", "conf_low": "conf_low", "conf_high": "conf_high"}.get(row["statistic"])
    return (getattr(found, name) * scale, "") if name else (None, "not made from released counts")
