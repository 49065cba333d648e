"""Figures of counts that are no results of their own: curves of times, and combinations of criteria.

A curve is told where its numbers at risk stand, from counts that are rounded as the results beside it are: between
two such times nobody can see when a patient had the event. Of combinations, counts are suppressed and guarded as
those of a table are, together with the totals of the criteria that the report tells elsewhere.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.share.cells import Sum
from pipeline.share.derived import SMALL
from pipeline.share.guard import GUARDS, LEAVES_SMALL, guarded
from pipeline.share.profiles import Profile

Told = Callable[[float], float | None]
Columns = Mapping[str, list]
DEAR = 10**6  # what suppressing a number costs that other parts of the report tell


def curve_at_marks(frames: Sequence[Columns], profile: Profile, _told: Told) -> list[dict[str, list]] | None:
    """A curve and its numbers at risk, at the times of the latter.

    Parameters
    ----------
    frames : sequence of columns
        Those of `analysis.figures.kaplan_meier`.
    profile : Profile

    Returns
    -------
    list of columns or None
        The same frames; a number that is not told is None. None where a group has no number at risk at time 0.
    """
    curves, risks = frames
    if "group" not in curves:
        risks = {name: values for name, values in risks.items() if name != "group"}
    told: dict[str, list] = {name: [] for name in ("time", "survival", "conf_low", "conf_high", "group")}
    shown: dict[str, list] = {name: [] for name in ("time", "n_risk", "group")}
    for group in dict.fromkeys(_groups(risks)):
        steps, marks = _of(curves, group, "survival"), _of(risks, group, "n_risk")
        if not marks or marks[0][0] != 0:
            return None
        size = marks[0][1]
        if size < profile.smallest:
            continue
        for time, at_risk in marks:
            level = _level(steps, time, size, profile)
            _add(told, time, level, None, None, group)
            open_ = level is not None and not profile.is_small(at_risk)
            _add(shown, time, profile.rounded(at_risk) if open_ else None, group)
    if "group" not in curves:
        del told["group"], shown["group"]
    return [told, shown]


def _groups(columns: Columns) -> list:
    return columns.get("group") or [None] * len(columns["time"])


def _of(columns: Columns, group: Any, name: str) -> list[tuple[float, float]]:
    """Times and numbers of one group, in order."""
    lines = zip(columns["time"], columns[name], _groups(columns), strict=True)
    return sorted((time, number) for time, number, own in lines if own == group and number is not None)


def _add(columns: dict[str, list], *values: Any) -> None:
    for column, value in zip(columns.values(), values, strict=True):
        column.append(value)


def _level(steps: list[tuple[float, float]], time: float, size: float, profile: Profile) -> float | None:
    """The share that is left at a time, from rounded counts as `pipeline.share.derived` makes shares; None where it
    rests on few, or the curve has ended.
    """
    reached = [survival for at, survival in steps if at <= time]
    if not steps or time > steps[-1][0]:
        return None
    left = (reached[-1] if reached else 1.0) * size
    gone = size - left
    if any(profile.is_small(count) for count in (left, gone) if count > 1e-9):
        return None
    return 1.0 if gone <= 1e-9 else min(profile.rounded(round(left)) / profile.rounded(size), 1.0)


def combinations(frames: Sequence[Columns], profile: Profile, told: Told) -> list[dict[str, list]] | None:
    """Counts of combinations and totals of criteria, those suppressed that would give a small one away.

    Parameters
    ----------
    frames : sequence of columns
        Those of `analysis.figures.upset_of_counts`.
    profile : Profile
    told : function
        The released value of a number that is a result, or None.

    Returns
    -------
    list of columns or None
        None where the report's own totals would give combinations away.
    """
    sets, met = frames
    names = [name for name in sets if name != "n"]
    counts = {f"c{at}": n for at, n in enumerate(sets["n"])}
    totals = {f"t{at}": n for at, n in enumerate(met["n"])}
    found = [Sum("all", tuple(counts))]
    rests: dict[str, float] = {}
    for at, name in enumerate(met["criterion"]):
        inside = tuple(f"c{place}" for place, holds in enumerate(sets[name]) if holds)
        rest = totals[f"t{at}"] - sum(counts[part] for part in inside)
        if rest:  # of those who belong to no combination
            rests[f"r{at}"] = rest
            inside += (f"r{at}",)
        if len(inside) > 1:
            found.append(Sum(f"t{at}", inside))
    known = {key: told(value) for key, value in totals.items()}
    why = {key: SMALL for key, n in counts.items() if profile.is_small(n)}
    why |= {
        key: SMALL if profile.is_small(totals[key]) else LEAVES_SMALL for key in known if known[key] is None
    }
    why |= dict.fromkeys(rests, GUARDS)
    everything = {"all": sum(counts.values())} | counts | totals | rests
    rows = [
        {"result_id": key, "kind": "persons", "statistic": "count", "value": value}
        for key, value in everything.items()
    ]
    dear = dict.fromkeys(["all", *(key for key in totals if known[key] is not None)], DEAR)
    added = guarded(rows, found, why, profile, cost=dear, unseen=True)
    if added.keys() & dear.keys():
        return None
    n = [None if key in why or key in added else profile.rounded(count) for key, count in counts.items()]
    return [
        {**{name: sets[name] for name in names}, "n": n},
        {"criterion": met["criterion"], "n": list(known.values())},
    ]


AGAIN = {"kaplan_meier": curve_at_marks, "upset_of_counts": combinations}
