"""Counts that belong together, and what a reader could reckon from those that are told.

A *sum* says that some counts add up to another. They are found in the results themselves: levels of a variable,
groups of subjects, outcomes of one comparison, known and missing. What a released report tells of each count is an
interval; together with the sums they are a system whose bounds `possible` finds by integer programming.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from analysis.result_ids import result_id

KEYS = ("analysis", "population", "variable", "visit", "group")
COUNTS = ("persons", "events")
WHOLE = ("n", "n_pairs")
MOST_WHOLES = 3  # of one known and missing


@dataclass(frozen=True, slots=True)
class Sum:
    """`parts` (ids of counts) add up to `whole`, or to no more than it (`at_most`)."""

    whole: str
    parts: tuple[str, ...]
    at_most: bool = False


def one_number(rows: Sequence[Mapping]) -> dict[str, str]:
    """Counts that are one number told in several places, each with the id that stands for all of them.

    The size of an analysis set is told with almost every result; the same count of the same people may stand in
    several analyses. To suppress it in one place only would be no use.
    """
    stands: dict[tuple, str] = {}
    sizes: dict[tuple, float] = {}
    counts = [row for row in rows if row["kind"] in COUNTS and row["value"] is not None]
    for row in counts:
        if row["statistic"] in WHOLE:
            key = (row["population"], _group(row))
            sizes[key] = max(row["value"], sizes.get(key, 0))
    found, known = {}, {row["result_id"] for row in counts}
    for row in counts:
        place = (row["population"], _group(row))
        whole = row["statistic"] in WHOLE and f"{_prefix(row)}.n_missing" not in known
        if whole and row["value"] == sizes[place]:
            key = ("size", *place)  # type: ignore[assignment]
        else:
            key = (*place, row["variable"], row["visit"], row["statistic"], row["value"])  # type: ignore[assignment]
        found[row["result_id"]] = stands.setdefault(key, row["result_id"])
    return found


def _group(row: Mapping) -> str:
    return row["group"] or "all"


def readings(rows: Sequence[Mapping]) -> tuple[list[Sum], list[Sum]]:
    """The sums among the counts of a results table, as two readers may take them to hold.

    Two or more counts are taken to belong together when they share all keys but one, or are the outcomes of one
    result, and their values add up to the number they are of, or to the count of the same kind for all of them. One
    reader takes every such sum to hold. But where a count is zero, sums that hold by chance say together that it is;
    of that nothing could be guarded any more, though a reader who knows fewer of them still must not be told. So the
    other takes those only that have every outcome in them, of those missing what is of a number without any, and no
    levels of which nobody is one.

    Returns
    -------
    tuple of two lists of Sum
        Those of the reader who knows most, and those of the other.
    """
    counts = {row["result_id"]: row for row in rows if row["kind"] in COUNTS and row["value"] is not None}
    same = one_number(rows)
    levels = list(_levels(counts))
    some = [one for one in levels if counts[one.whole]["value"] or not _is_size(counts[one.whole])]
    every = [*_outcomes(counts, _adding_to), *levels, *_known_and_missing(counts, _any_of_the_size)]
    fewer = [*_outcomes(counts, _all_adding_to), *some, *_known_and_missing(counts, _larger_ones(same))]
    return _named(every, same), _named(fewer, same)


def _named(found: Iterable[Sum], same: Mapping[str, str]) -> list[Sum]:
    """Sums between the ids that stand for each number, each once."""
    told = (Sum(same[one.whole], tuple(same[part] for part in one.parts)) for one in found)
    return list(dict.fromkeys(one for one in told if len(one.parts) > 1))


def _is_size(row: Mapping) -> bool:
    return row["statistic"] in WHOLE


def _prefix(row: Mapping) -> str:
    return row["result_id"].rpartition(".")[0]


def _outcomes(counts: Mapping[str, Mapping], adding: Callable) -> Iterable[Sum]:
    """Counts of one result that add up to its `n`."""
    of = defaultdict(list)
    for row in counts.values():
        of[_prefix(row)].append(row)
    for prefix, members in of.items():
        whole = next((counts.get(f"{prefix}.{name}") for name in WHOLE if f"{prefix}.{name}" in counts), None)
        rest = [m for m in members if m["statistic"] not in WHOLE and m["kind"] == "persons"]
        if whole is None or not 2 <= len(rest) <= 10:
            continue
        known = [m for m in rest if m["statistic"] != "n_missing"]
        found = list(adding(whole, known))
        yield from found or adding(whole, rest)  # where those with a missing value are of the number, too


def _adding_to(whole: Mapping, rest: Sequence[Mapping]) -> Iterable[Sum]:
    """Every choice of counts that adds up to another."""
    for size in range(2, len(rest) + 1):
        for chosen in combinations(rest, size):
            if sum(m["value"] for m in chosen) == whole["value"]:
                yield Sum(whole["result_id"], tuple(m["result_id"] for m in chosen))


def _all_adding_to(whole: Mapping, rest: Sequence[Mapping]) -> Iterable[Sum]:
    """The same with all that are zero: without them a sum would say so."""
    found = list(_adding_to(whole, rest))
    for one in found:
        if not any(set(one.parts) < set(other.parts) for other in found):
            yield one


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
    if parts[0]["statistic"] in WHOLE:
        return
    for name in WHOLE:
        for size in (f"{_prefix(parts[0])}.{name}", _for_all(parts[0], key, name)):
            if size in counts and counts[size]["value"] == total:
                yield Sum(size, ids)


def _for_all(row: Mapping, key: str, statistic: str) -> str:
    """The id of a statistic of the same result, for all values of a key."""
    return result_id(*("" if name == key else row[name] for name in KEYS), statistic)


def _known_and_missing(counts: Mapping[str, Mapping], wholes: Callable) -> Iterable[Sum]:
    """Known and missing values add up to the analysis set, which other results count."""
    sizes: dict[tuple, list[Mapping]] = defaultdict(list)
    for row in counts.values():
        if row["statistic"] in WHOLE:
            sizes[row["population"], _group(row)].append(row)
    for row in counts.values():
        if row["statistic"] != "n_missing":
            continue
        known = next((counts[i] for name in WHOLE if (i := f"{_prefix(row)}.{name}") in counts), None)
        if known is None:
            continue
        size = known["value"] + row["value"]
        others = [one for one in sizes[row["population"], _group(row)] if one["value"] == size]
        for whole in wholes(known, row, others, counts):
            yield Sum(whole, (known["result_id"], row["result_id"]))


def _any_of_the_size(
    known: Mapping, missing: Mapping, others: Sequence[Mapping], counts: Mapping
) -> list[str]:
    """A count of the set, whatever else it has."""
    return [one["result_id"] for one in others if one is not known][:1]


def _larger_ones(same: Mapping[str, str]) -> Callable:
    """Counts of the set from which nobody is missing, at the visit or at all of them; else one that is larger.

    Of two results from which nobody is missing each would be the set of the other, and both together would say so.
    """

    def found(known: Mapping, missing: Mapping, others: Sequence[Mapping], counts: Mapping) -> list[str]:
        others = [one for one in others if same[one["result_id"]] != same[known["result_id"]]]
        wholes = [one for one in others if f"{_prefix(one)}.n_missing" not in counts]
        near = [one for one in wholes if one["visit"] in (missing["visit"], "", "all", None)]
        if not wholes and missing["value"]:
            wholes = others
        return sorted({same[one["result_id"]] for one in near or wholes[:1]})[:MOST_WHOLES]

    return found


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


class System:
    """Counts of one component with their sums, as an attacker writes them down.

    Parameters
    ----------
    together : sequence of Sum
        Sums that share counts.
    """

    def __init__(self, together: Sequence[Sum]):
        from scipy.sparse import coo_array

        self.names = list(dict.fromkeys(i for one in together for i in (one.whole, *one.parts)))
        place = {name: at for at, name in enumerate(self.names)}
        entries = [
            (row, place[i], sign)
            for row, one in enumerate(together)
            for i, sign in ((one.whole, -1.0), *((p, 1.0) for p in one.parts))
        ]
        at, column, sign = map(list, zip(*entries, strict=True))
        shape = (len(together), len(self.names))
        self._matrix = coo_array((sign, (at, column)), shape=shape).tocsc()
        self._least = [-math.inf if one.at_most else 0.0 for one in together]

    def farthest(
        self, intervals: Mapping[str, tuple[float, float]], aim: Mapping[str, float]
    ) -> dict[str, int] | None:
        """Counts that fit intervals and sums and lie as far as may be in a direction; None where none are found."""
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp

        low, high = (np.array([intervals[name][side] for name in self.names]) for side in (0, 1))
        found = milp(
            np.array([-aim.get(name, 0.0) for name in self.names]),
            constraints=LinearConstraint(self._matrix, self._least, 0),
            bounds=Bounds(low, high),
            integrality=np.ones(len(self.names)),
        )
        return None if found.x is None else dict(zip(self.names, np.rint(found.x).astype(int), strict=True))
