"""What readers of earlier releases know of their counts, as equations beside those of this release.

A record keeps of each count what its cell said, and which counts added up to which. What the counts were is not kept:
it is taken that they changed as little as what was told allows. A count that need not have changed since is taken to be
the same, one that must have grown to be at least as large.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from pipeline.share.cells import Sum, components, one_number
from pipeline.share.derived import COUNTS, SMALL

LESS = 3.0  # that a count has become less is taken to be this much less likely than that it has grown


@dataclass(frozen=True, slots=True)
class Before:
    """Counts of earlier releases; their names begin with the number of the release.

    Attributes
    ----------
    bounds : dict of str to (float, float)
        The least and the largest that each can be.
    values : dict of str to int
        Values that fit all that was told, as near to the counts of now as may be.
    small : set of str
        What was suppressed for being small.
    readings : tuple of two lists of Sum
        Which of them add up to which, as two readers know it (`pipeline.share.cells.readings`), and which counts of
        later are the same or at least as large.
    """

    bounds: dict[str, tuple[float, float]] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    small: set[str] = field(default_factory=set)
    readings: tuple[list[Sum], list[Sum]] = field(default_factory=lambda: ([], []))


def known_before(rows: Sequence[Mapping], earlier: Sequence[Mapping]) -> Before:
    """What the records of earlier releases say beside the counts of now.

    Parameters
    ----------
    rows : sequence of dict
        The results now.
    earlier : sequence of dict
        Records of earlier releases of the study, oldest first.
    """
    found = Before()
    later = one_number(rows)  # which count stands for a result in the release that comes after
    values = {row["result_id"]: row["value"] for row in rows if row["kind"] in COUNTS}
    for entry in _different(earlier):
        same = {
            name: f"{entry['number']:04d}:{entry.get('one', {}).get(name, name)}" for name in entry["bounds"]
        }
        bounds = {own: tuple(entry["bounds"][name]) for name, own in same.items()}
        readings = [
            [Sum(same[whole], tuple(same[part] for part in parts)) for whole, *parts in known]
            for known in (entry.get("sums", ()), entry.get("fewer_sums", entry.get("sums", ())))
        ]
        after = {own: later[name] for name, own in same.items() if name in later}
        then = _nearest(
            bounds, [*dict.fromkeys(chain(*readings))], {own: values[name] for own, name in after.items()}
        )
        values |= then
        found.bounds.update(bounds)
        found.values.update(then)
        found.small.update(
            same[name] for name, why in entry["suppressed"].items() if why == SMALL and name in same
        )
        links = {(later[name], own) for name, own in same.items() if name in later}
        links = {(now, own) for now, own in links if values[now] >= then[own]}
        grown = [Sum(now, (own,), at_most=values[now] > then[own]) for now, own in sorted(links)]
        for all_of_reader, known in zip(found.readings, readings, strict=True):
            all_of_reader.extend([*known, *grown])
        later |= same
    return found


def _different(earlier: Sequence[Mapping]) -> list[Mapping]:
    """Records that tell of counts, the newest first; of those that tell the same, one."""
    told = {
        repr([entry.get(name) for name in ("bounds", "sums", "fewer_sums")]): entry
        for entry in earlier
        if entry.get("bounds")
    }
    return sorted(told.values(), key=lambda entry: -entry["number"])


def _nearest(
    bounds: Mapping[str, tuple[float, float]], sums: Sequence[Sum], now: Mapping[str, float]
) -> dict[str, int]:
    """Counts that fit bounds and sums and are as near as may be to those of now."""
    found = {name: round(min(max(now.get(name, low), low), high)) for name, (low, high) in bounds.items()}
    for together in components(sums):
        if any(found[one.whole] != sum(found[part] for part in one.parts) for one in together):
            found |= _nearest_of(together, bounds, now)
    return found


def _nearest_of(
    together: Sequence[Sum], bounds: Mapping[str, tuple[float, float]], now: Mapping[str, float]
) -> dict[str, int]:
    """The same for counts that sums hold together: each is what it is now, less or more by a number that costs."""
    from pipeline.share.cells import System

    names = dict.fromkeys(i for one in together for i in (one.whole, *one.parts))
    most = 2 * max(high for _, high in bounds.values())
    spans, costs, changes = {name: bounds[name] for name in names}, {}, []
    for name in (name for name in names if name in now):
        less, more, as_now = f"-{name}", f"+{name}", f"={name}"
        spans |= {as_now: (now[name], now[name]), less: (0, most), more: (0, most), f"*{name}": (0, 2 * most)}
        changes += [Sum(f"*{name}", (name, less)), Sum(f"*{name}", (as_now, more))]
        costs |= {less: -1.0, more: -LESS}
    answer = System([*together, *changes]).farthest(spans, costs)
    if answer is None:
        raise ValueError("what an earlier release told of its counts does not fit together")
    return {name: answer[name] for name in names}
