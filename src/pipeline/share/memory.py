"""What earlier releases of a study have told, and what must not be told beside them.

All releases of the study count, of any report and under any profile that protects. A reader may take a number to be
the same as before, or to have grown since: what was held back as small stays held back, a difference that may be of a
few people is not told, and the cells and sums of earlier releases go into the reckoning of `pipeline.share.guard`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analysis.kinds import ESTIMATE, EXTREME, MEAN, QUANTILE, SUM
from pipeline.share.before import Before, known_before
from pipeline.share.cells import one_number
from pipeline.share.derived import COUNTS, SMALL
from pipeline.share.guard import intervals
from pipeline.share.profiles import Profile
from pipeline.share.protect import Released
from pipeline.sites import site_in

OF_VALUES = (MEAN, QUANTILE, SUM, ESTIMATE, EXTREME)


@dataclass(frozen=True, slots=True)
class Memory:
    """What the reader of earlier releases knows.

    Attributes
    ----------
    before : Before
        Counts of earlier releases, with the sums among them and to those of now.
    hold : list of str
        Results that must not be told now.
    contradicted : list of str
        Sentences on counts that this profile would suppress and an earlier release has told.
    """

    before: Before = field(default_factory=Before)
    hold: list[str] = field(default_factory=list)
    contradicted: list[str] = field(default_factory=list)


def known_by_readers(rows: Sequence[Mapping], released: Released, profile: Profile) -> dict:
    """What a release tells, for its record: of counts their bounds, which of them are one number and which add up to
    which; and of other numbers how many people they rest on.
    """
    if not profile.protects:
        return {"bounds": {}, "people": {}}
    bounds, told = intervals(rows, released.why, profile), released.told()
    most, fewer = ([[one.whole, *one.parts] for one in known] for known in released.readings)
    people = {
        row["result_id"]: row["patients"]
        for row in rows
        if row["kind"] in OF_VALUES and row["result_id"] in told and row.get("patients") is not None
    }
    return {
        "bounds": {name: list(span) for name, span in bounds.items()},
        "one": {name: one for name, one in one_number(rows).items() if name != one},
        "sums": most,
        "fewer_sums": fewer,
        "people": people,
    }


def remembered(
    rows: Sequence[Mapping], profile: Profile, earlier: Sequence[Mapping], *, site: str = ""
) -> Memory:
    """What earlier releases mean for the results of a report.

    Parameters
    ----------
    rows : sequence of dict
        The results now.
    profile : Profile
    earlier : sequence of dict
        Records of every earlier release of the study.
    site : str
        The site whose report it is; empty for that of all. What was told of another site is of other people; between a
        site and all lie the others, of whom a small difference would tell as well.
    """
    if not profile.protects:
        return Memory()
    earlier = [entry for entry in earlier if site_in(entry["report"]) in ("", site) or not site]
    hold: list[str] = []
    contradicted: list[str] = []
    now = intervals(rows, {}, profile)
    for row in rows:
        name, value = row["result_id"], row["value"]
        if value is None:
            continue
        for entry in earlier:
            before = entry.get("bounds", {}).get(name)
            if row["kind"] in COUNTS and before is not None:
                low, high = before
                if site_in(entry["report"]) != site:
                    if _leaves_few(now[name], (low, high), profile):
                        hold.append(name)
                    continue
                if _holds(value, (low, high), now[name], entry["suppressed"].get(name, ""), profile):
                    hold.append(name)
                if _contradicts(value, (low, high), name in entry["suppressed"], profile):
                    contradicted.append(
                        f"{name}: release {entry['number']:04d} ({entry['profile']}) has told it, and under "
                        f"{profile.name} it is suppressed"
                    )
            people = entry.get("people", {}).get(name)
            if people is not None and 0 < abs(people - (row.get("patients") or people)) < profile.smallest:
                hold.append(name)
    return Memory(known_before(rows, earlier), list(dict.fromkeys(hold)), list(dict.fromkeys(contradicted)))


def _leaves_few(now: tuple[float, float], before: tuple[float, float], profile: Profile) -> bool:
    """Whether what is told of a site and of all would tell of the others that they are few, but not none."""
    below, above = now[1] - before[0], now[0] - before[1]
    least, most = (
        sorted((abs(below), abs(above))) if (below > 0) == (above > 0) else (0, max(abs(below), abs(above)))
    )
    return least < profile.smallest and most > 0 and most - least < profile.small[1] - profile.small[0]


def _holds(
    value: float,
    before: tuple[float, float],
    now: tuple[float, float],
    why: str,
    profile: Profile,
) -> bool:
    """Whether a count that might be told now must not be, for what an earlier release said of it, or why it did not."""
    smallest = profile.smallest
    if profile.is_small(value):
        return False  # suppressed anyway
    least, most = now[0] - before[1], now[1] - before[0]  # of what was added since
    narrow = most - least < profile.small[1] - profile.small[0]
    if why:
        both = (max(now[0], before[0]), min(now[1], before[1]))
        return why == SMALL and both[0] <= both[1] and both[1] - both[0] < profile.small[1] - profile.small[0]
    return narrow and least < smallest and most > 0 and (least, most) != (0, 0)


def _contradicts(value: float, before: tuple[float, float], was_suppressed: bool, profile: Profile) -> bool:
    """Whether a count is too small to be told now and was told before, so that both together say what it is."""
    low, high = profile.small
    if was_suppressed or not low <= value <= high or not before[0] <= value <= before[1]:
        return False
    least, most = max(low, before[0]), min(high, before[1])
    return (least, most) != (0, 0) and most - least < high - low
