"""Counts that belong together, and what a reader could reckon from those that are told.

A *sum* says that some counts add up to another. They are found in the results themselves: levels of a variable,
groups of subjects, outcomes of one comparison, known and missing. What a released report tells of each count is an
interval; together with the sums they are a system whose bounds `possible` finds by integer programming.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

KEYS = ("analysis", "population", "variable", "visit", "group")
COUNTS = ("persons", "events")
WHOLE = ("n", "n_pairs")


@dataclass(frozen=True, slots=True)
class Sum:
    """`parts` (ids of counts) add up to `whole`."""

    whole: str
    parts: tuple[str, ...]


def sums(rows: Sequence[Mapping]) -> list[Sum]:
    """The sums that hold among the counts of a results table.

    Two or more counts are taken to belong together when they share all keys but one, or are the outcomes of one
    result, and their values add up to the number they are of, or to the count of the same kind for all of them.
    """
    counts = {row["result_id"]: row for row in rows if row["kind"] in COUNTS and row["value"] is not None}
    found = [*_outcomes(counts), *_levels(counts), *_known_and_missing(counts)]
    return list(dict.fromkeys(one for one in found if len(one.parts) > 1))


def _prefix(row: Mapping) -> str:
    return row["result_id"].rpartition(".")[0]


def _outcomes(counts: Mapping[str, Mapping]) -> Iterable[Sum]:
    """Counts of one result that add up to its `n`."""
    of = defaultdict(list)
    for row in counts.values():
        of[_prefix(row)].append(row)
    for prefix, members in of.items():
        whole = next((counts.get(f"{prefix}.{name}") for name in WHOLE if f"{prefix}.{name}" in counts), None)
        rest = [m for m in members if m["statistic"] not in (*WHOLE, "n_missing") and m["kind"] == "persons"]
        if whole is None or not 2 <= len(rest) <= 10:
            continue
        for size in range(2, len(rest) + 1):
            for chosen in combinations(rest, size):
                if sum(m["value"] for m in chosen) == whole["value"]:
                    yield Sum(whole["result_id"], tuple(m["result_id"] for m in chosen))


def _levels(counts: Mapping[str, Mapping]) -> Iterable[Sum]:
    """Counts that differ in one key and add up to what they are of, or to the count for all."""
    for key in KEYS[2:]:
        families = defaultdict(list)
        for row in counts.values():
            families[(*(row[k] for k in KEYS if k != key), row["statistic"])].append(row)
        for members in families.values():
            yield from _adding_up(members, key, counts)


def _adding_up(members: list, key: str, counts: Mapping) -> Iterable[Sum]:
    """The sum of one family, if there is one."""
    whole = [m for m in members if m[key] in ("", "all", "any")]
    parts = [m for m in members if m[key] not in ("", "all", "any")]
    if len(parts) < 2:
        return
    total = sum(m["value"] for m in parts)
    ids = tuple(m["result_id"] for m in parts)
    for one in whole:
        if one["value"] == total:
            yield Sum(one["result_id"], ids)
    first = f"{_prefix(parts[0])}.n"
    if parts[0]["statistic"] not in WHOLE and first in counts and counts[first]["value"] == total:
        yield Sum(first, ids)


def _known_and_missing(counts: Mapping[str, Mapping]) -> Iterable[Sum]:
    """Known and missing values add up to the analysis set, which other results count."""
    sizes = {}
    for row in counts.values():
        if row["statistic"] == "n":
            key = (row["population"], row["group"])
            if row["value"] > sizes.get(key, {"value": -1})["value"]:
                sizes[key] = row
    for row in counts.values():
        if row["statistic"] != "n_missing":
            continue
        known = next((counts[i] for name in WHOLE if (i := f"{_prefix(row)}.{name}") in counts), None)
        whole = sizes.get((row["population"], row["group"]))
        if known and whole and known is not whole and known["value"] + row["value"] == whole["value"]:
            yield Sum(whole["result_id"], (known["result_id"], row["result_id"]))


def components(found: Iterable[Sum]) -> list[list[Sum]]:
    """Sums that share counts, together."""
    owner: dict[str, list[Sum]] = {}
    for one in found:
        merged = [one]
        for other in {id(owner[i]): owner[i] for i in (one.whole, *one.parts) if i in owner}.values():
            merged += other
        for member in merged:
            for i in (member.whole, *member.parts):
                owner[i] = merged
    return list({id(group): group for group in owner.values()}.values())


def possible(
    intervals: Mapping[str, tuple[float, float]], together: Sequence[Sum], asked: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """For each count asked for, the smallest and the largest value that the sums and intervals allow.

    Parameters
    ----------
    intervals : mapping of str to (float, float)
        What is told of each count.
    together : sequence of Sum
    asked : sequence of str
    """
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    names = list(dict.fromkeys(i for one in together for i in (one.whole, *one.parts)))
    place = {name: at for at, name in enumerate(names)}
    entries = [
        (row, place[i], sign)
        for row, one in enumerate(together)
        for i, sign in ((one.whole, -1.0), *((p, 1.0) for p in one.parts))
    ]
    at, column, sign = map(list, zip(*entries, strict=True))
    matrix = coo_array((sign, (at, column)), shape=(len(together), len(names))).tocsc()
    low, high = (np.array([intervals[name][side] for name in names]) for side in (0, 1))
    rules = {
        "constraints": LinearConstraint(matrix, 0, 0),
        "bounds": Bounds(low, high),
        "integrality": np.ones(len(names)),
    }
    found = {}
    for name in asked:
        aim = np.zeros(len(names))
        aim[place[name]] = 1.0
        ends = [milp(side * aim, **rules) for side in (1, -1)]
        found[name] = tuple(
            round(side * end.fun) if end.success else bound
            for side, end, bound in zip((1, -1), ends, intervals[name], strict=True)
        )
    return found
