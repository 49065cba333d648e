"""Which results a number on the page shows: each number is looked up among the results of the notebook it stands in."""

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from analysis import numbers
from analysis.kinds import EVENTS, PERSONS, PROPORTION, SETTING
from pipeline.project import UserError
from pipeline.share.cells import WHOLE
from pipeline.share.profiles import Profile
from pipeline.share.redraw import HIDDEN, Exact

NUMBER = re.compile(r"(?<![\w.])[−-]?\d+(?:\.\d+)?(?!\w|\.\d)")
COUNT_SHARE = re.compile(r"(\d+) \((\d+(?:\.\d+)?)( ?%?)\)")
DATE = re.compile(r"\b\d{4}-\d\d(?:-\d\d)?\b")


@dataclass(frozen=True, slots=True)
class Shown:
    """One result, and the way a number would show it: its decimals, whether as per cent, and the least that is told."""

    result_id: str
    kind: str
    digits: int
    scale: float
    of: float | None = None
    least: float = -math.inf  # what is less is shown as less than this

    @property
    def prefix(self) -> str:
        """The result without the name of the statistic."""
        return self.result_id.rpartition(".")[0]


class Lookup:
    """The numbers that may stand in what one notebook shows, and what is told in their place.

    Parameters
    ----------
    rows : sequence of dict
        The results that the notebook published.
    told : mapping of str to float
        Released values by id.
    profile : Profile
    unsized : collection of str
        Results that are of a number that is not told.
    sizes : collection of (str, str)
        Populations whose size the release tells, with the size.
    """

    def __init__(
        self,
        rows: Sequence[Mapping],
        told: Mapping[str, float],
        profile: Profile,
        unsized: Collection[str] = (),
        sizes: Collection[tuple[str, str]] = (),
    ):
        self.rows, self.told, self.profile, self.unsized, self.sizes = rows, told, profile, unsized, sizes
        self.exact = Exact(rows, told)
        self.ways: dict[str, list[Shown]] = defaultdict(list)
        for row in rows:
            if row["value"] is not None:
                for text, way in _ways(row):
                    self.ways[text].append(way)

    def of(self, analyses: Sequence[str], *, label: str) -> "Lookup":
        """The same among the results of some analyses; ``missing_*`` names all that begin so.

        Raises
        ------
        UserError
            If the notebook publishes none of them, with the nearest that it does.
        """
        own = [row for row in self.rows if any(fnmatchcase(_analysis(row), name) for name in analyses)]
        there = sorted({_analysis(row) for row in self.rows})
        unknown = [name for name in analyses if name not in there]
        if there and not own:
            near = get_close_matches(unknown[0], there, n=1)
            hint = f"; nearest is {near[0]!r}" if near else ""
            raise UserError(
                f"#{label} says that it shows {', '.join(analyses)}, which its notebook does not publish{hint}; "
                f"it publishes {', '.join(there)}"
            )
        return Lookup(own, self.told, self.profile, self.unsized, self.sizes)

    def accounted(self, text: str) -> bool:
        """Whether any result shows as this number."""
        return plain(text) in self.ways

    def cell(self, text: str) -> str:
        """What a cell of a table shows of its released results."""
        found = list(NUMBER.finditer(DATE.sub(" ", text)))
        if DATE.search(text):
            return HIDDEN
        if not found:
            return text
        if share := COUNT_SHARE.fullmatch(text):
            return self._count_and_share(*share.groups())
        sharing = self._shared(match[0] for match in found)
        made = [self.number(match[0], among=sharing, alone=len(found) == 1) for match in found]
        if HIDDEN in made and not re.search(r"[^\W\d_]{4,}", text.replace("to", "")):
            return HIDDEN
        return _replaced(text, found, made)

    def _count_and_share(self, count: str, share: str, sign: str) -> str:
        """A count with its share, which is told from the rounded count and the rounded number it is of."""
        ways = [
            (way.result_id, self.profile.rounded(way.of))
            for way in self.ways.get(count, ())
            if way.kind in (PERSONS, EVENTS)
            and way.of
            and abs(100 * float(count) / way.of - float(share)) <= 0.5 * 10.0 ** -_digits(share) + 1e-9
        ]
        if not ways or any(name not in self.told for name, _ in ways):
            return HIDDEN
        wholes = {whole for _, whole in ways}
        if len(wholes) > 1 or min(wholes) < self.profile.smallest:
            return HIDDEN
        told = self.count(count)
        if told == HIDDEN:
            return HIDDEN
        if any(name in self.unsized for name, _ in ways):
            return f"{told} ({HIDDEN})"
        part = min(100.0, 100 * float(told) / wholes.pop())
        return f"{told} ({numbers.fixed(part, _digits(share))}{sign})"

    def _shared(self, texts: Iterable[str]) -> set[str]:
        """The results that explain most numbers of a cell; all where it holds one number only."""
        sets = [{way.prefix for way in self.ways.get(plain(text), ())} for text in texts]
        every = set().union(*sets) if sets else set()
        if len(sets) < 2:
            return every
        most = max((sum(p in one for one in sets) for p in every), default=0)
        return {p for p in every if sum(p in one for one in sets) == most}

    def counted(self, text: str) -> str:
        """A whole number where it says how many: as the counts are told that are this number, whatever else is."""
        ways = [way for way in self.ways.get(plain(text), ()) if way.kind in (PERSONS, EVENTS)]
        return HIDDEN if any(way.result_id not in self.told for way in ways) else self.count(text)

    def number(self, text: str, *, among: set[str] | None = None, alone: bool = False) -> str:
        """What is told in place of one number; a small one that stands `alone` may be an unknown count."""
        ways = [w for w in self.ways.get(plain(text), ()) if among is None or w.prefix in among]
        counts = [w for w in ways if w.kind in (PERSONS, EVENTS)]
        others = [w for w in ways if w.kind not in (PERSONS, EVENTS)]
        whole = "." not in text
        if whole and counts:
            return self.count(text) if all(w.result_id in self.told for w in counts) else HIDDEN
        if not ways or any(w.result_id not in self.told for w in others):
            return HIDDEN
        if (
            alone
            and whole
            and self.profile.is_small(abs(_value(text)))
            and any(w.kind != SETTING for w in others)
        ):
            return HIDDEN
        shown = {numbers.fixed(max(self.told[w.result_id] * w.scale, w.least), w.digits) for w in others}
        return shown.pop() if len(shown) == 1 else HIDDEN

    def size(self, text: str) -> str:
        """The number of all who are studied: known where the release tells it, whatever else is as many."""
        own = {row["population"] for row in self.rows}
        known = any((population, text) in self.sizes for population in own)
        return self.count(text) if known else self.number(text)

    def count(self, text: str) -> str:
        """A whole number that counts people or events, as the profile tells it."""
        value = abs(_value(text))
        if value == 0:
            return text if self.profile.zero else HIDDEN
        if value < self.profile.smallest:
            return HIDDEN
        return str(self.profile.rounded(value))


def sizes_told(rows: Iterable[Mapping], told: Mapping[str, float]) -> frozenset[tuple[str, str]]:
    """Populations with their sizes, where a release tells these: the largest number of any result of all people."""
    sizes: dict[str, float] = {}
    known: set[tuple[str, float]] = set()
    for row in rows:
        is_of_all = row["statistic"] in WHOLE and row["kind"] == PERSONS and (row["group"] or "all") == "all"
        if is_of_all and row["value"] is not None:
            sizes[row["population"]] = max(row["value"], sizes.get(row["population"], 0))
            if row["result_id"] in told:
                known.add((row["population"], row["value"]))
    return frozenset((name, numbers.whole(size)) for name, size in sizes.items() if (name, size) in known)


def _analysis(row: Mapping) -> str:
    """The analysis of a result, as its id writes it."""
    return row["result_id"].partition(".")[0]


def _replaced(text: str, found: Sequence[re.Match], made: Sequence[str]) -> str:
    for match, new in zip(reversed(found), reversed(made), strict=True):
        text = text[: match.start()] + new + text[match.end() :]
    return text


def plain(text: str) -> str:
    """A number with an ordinary minus sign."""
    return text.replace(numbers.MINUS, "-")


def _digits(text: str) -> int:
    return len(text.partition(".")[2])


def _value(text: str) -> float:
    return float(plain(text))


def _ways(row: Mapping) -> Iterable[tuple[str, Shown]]:
    """The texts that a result may be shown as."""
    value, kind = row["value"], row["kind"]
    if kind in (PERSONS, EVENTS):
        yield plain(numbers.whole(value)), Shown(row["result_id"], kind, 0, 1, row.get("denominator"))
        return
    share = kind == PROPORTION or row["unit"] == "proportion"
    for digits in range(6):
        yield plain(numbers.fixed(value, digits)), Shown(row["result_id"], kind, digits, 1)
        if share and digits < 3:
            yield plain(numbers.fixed(value, digits, scale=100)), Shown(row["result_id"], kind, digits, 100)
    if row["statistic"] in ("p_value", "p_adjusted") and value < 0.001:
        yield "0.001", Shown(row["result_id"], kind, 3, 1, least=0.001)
