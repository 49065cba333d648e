"""Secondary suppression: counts that are not told because others could be reckoned with them.

What a reader can say of each count is an interval; sums among the counts, and what earlier releases have told of them
(`pipeline.share.before`), narrow it down. While they leave less of a suppressed count than its profile promises,
another count near it is suppressed, too. That holds for a reader who sees only that a count is not told; against one
who also guesses rightly which of them are small, as much is left as suppressing all others would leave.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.share.before import Before
from pipeline.share.cells import Sum, System, components
from pipeline.share.derived import COUNTS, SMALL
from pipeline.share.profiles import Profile

LEAVES_SMALL, EARLIER, GUARDS = "leaves a small count", "earlier release", "guards another count"
GUARDED = (SMALL, LEAVES_SMALL, EARLIER)  # what nobody may narrow down

Span = tuple[float, float]


def intervals(
    rows: Iterable[Mapping],
    why: Mapping[str, str],
    profile: Profile,
    *,
    unseen: bool = False,
    largest: float | None = None,
) -> dict[str, Span]:
    """What a reader who knows the method can say of each count from its own cell.

    Where nobody sees which counts are suppressed (`unseen`), a small one may as well be none. What is not told may be
    twice as large as the `largest` count of the report, by default of these rows.
    """
    counts = [row for row in rows if row["kind"] in COUNTS and row["value"] is not None]
    largest = _largest(counts) if largest is None else largest
    told = {}
    for row in counts:
        reason = why.get(row["result_id"])
        low, high = _interval(row["value"], reason, profile, largest)
        told[row["result_id"]] = (0 if unseen and reason == SMALL else low, high)
    return told


def _largest(counts: Iterable[Mapping]) -> float:
    return max((row["value"] for row in counts if row["value"] is not None), default=0)


def _interval(value: float, reason: str | None, profile: Profile, largest: float) -> Span:
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
    cost: Mapping[str, int],
    before: Before | None = None,
    unseen: bool = False,
) -> dict[str, str]:
    """Counts that are suppressed so that others cannot be reckoned, with the reason.

    Bounds only widen when more is suppressed, so each count is settled once.

    Parameters
    ----------
    rows : sequence of dict
        The counts.
    found : list of Sum
        Which add up to which, those of earlier releases among them.
    why : mapping of str to str
        What is suppressed already, with the reason.
    profile : Profile
    cost : mapping of str to int
        What suppressing a count costs, 1 where it says nothing.
    before : Before, optional
        What readers of earlier releases know; what those have suppressed is guarded, too.
    unseen : bool
        Whether a reader does not see which counts are suppressed.
    """
    before = before or Before()
    counts = {row["result_id"]: row for row in rows}
    largest = _largest(row for row in rows if row["kind"] in COUNTS)
    added: dict[str, str] = {}
    for together in components(found):
        part = _Component(together, counts, why, profile, cost, before, unseen, largest)
        added |= part.guards()
    return added


@dataclass(slots=True)
class _Reader:
    """Somebody who has the released counts, and what of the guarded ones was found to be possible for them.

    Attributes
    ----------
    system : System
    told : dict of str to (float, float)
        What the cells say as they are.
    untold : dict of str to (float, float)
        What they would say were everything of this release suppressed.
    seen : dict of str to (float, float)
        Of each guarded count, the least and the largest value that was met in what fits. Whatever fits stays possible
        when more is suppressed.
    """

    system: System
    told: dict[str, Span]
    untold: dict[str, Span]
    seen: dict[str, Span]
    widest: dict[str, Span] = field(default_factory=dict)

    def look(self, aim: Mapping[str, float]) -> None:
        """Meet the counts that fit and lie as far as may be in a direction."""
        if answer := self.system.farthest(self.told, aim):
            self.learn({name: (answer[name], answer[name]) for name in self.seen})

    def learn(self, seen: Mapping[str, Span]) -> None:
        """Take in what was met."""
        for name, (low, high) in seen.items():
            least, most = self.seen[name]
            self.seen[name] = (min(least, low), max(most, high))

    def knows(self, name: str, wanted: Span | float) -> bool:
        """Whether less of a count stays possible than is wanted, and more could."""
        for side, sign in enumerate((-1.0, 1.0)):
            if not _is_narrow(self.seen[name], wanted):
                return False
            if _is_open(self.seen[name], wanted, side):
                self.look({name: sign})
        if not _is_narrow(self.seen[name], wanted):
            return False
        if name not in self.widest:
            ends = [self.system.farthest(self.untold, {name: sign}) for sign in (-1.0, 1.0)]
            low, high = (end[name] if end else own for end, own in zip(ends, self.seen[name], strict=True))
            self.widest[name] = (low, high)
        return _is_narrow(self.seen[name], wanted, could_be=self.widest[name])


def _is_narrow(seen: Span, wanted: Span | float, *, could_be: Span | None = None) -> bool:
    """Whether less is possible than a range, or than so many numbers."""
    least, most = could_be or (-math.inf, math.inf)
    if isinstance(wanted, tuple):
        return seen[0] > max(wanted[0], least) or seen[1] < min(wanted[1], most)
    return seen[1] - seen[0] < min(wanted, most - least)


def _is_open(seen: Span, wanted: Span | float, side: int) -> bool:
    """Whether more must be possible on a side, the lower one being 0."""
    if not isinstance(wanted, tuple):
        return True
    return seen[1] < wanted[1] if side else seen[0] > wanted[0]


@dataclass(slots=True)
class _Component:
    """Counts that sums hold together, those of earlier releases among them."""

    together: list[Sum]
    counts: Mapping[str, Mapping]
    why: Mapping[str, str]
    profile: Profile
    cost: Mapping[str, int]
    before: Before
    unseen: bool
    largest: float  # count of the report
    system: System = field(init=False)
    hidden: dict[str, str] = field(init=False)  # of this release

    def guards(self) -> dict[str, str]:
        """What is suppressed so that nothing that is guarded is narrowed down."""
        names = list(dict.fromkeys(i for one in self.together for i in (one.whole, *one.parts)))
        self.hidden = {name: self.why[name] for name in names if name in self.why and name in self.counts}
        asked = [name for name in names if self.hidden.get(name) in GUARDED or name in self.before.small]
        if not asked:
            return {}
        self.system = System(self.together)
        every = dict.fromkeys(self.counts, GUARDS) | self.hidden
        guesser, reader = (
            _Reader(
                self.system,
                self._intervals(self.hidden, guessed=guessed),
                self._intervals(every, guessed=guessed),
                {name: (self._value(name),) * 2 for name in asked},  # the truth is possible
            )
            for guessed in (True, False)
        )
        for turn in range(6):  # in several directions at once: most counts are settled by these
            sides = (1.0 if (place >> (turn // 2)) % 2 else -1.0 for place in range(len(asked)))
            guesser.look({name: side * (-1.0) ** turn for name, side in zip(asked, sides, strict=True)})
        added: dict[str, str] = {}
        for name in asked:
            while self._is_known(name, guesser, reader) and (free := self._could_guard(name)) is not None:
                added[free] = self.hidden[free] = GUARDS
                for one in (
                    guesser,
                    reader,
                ):  # as where everything is suppressed
                    one.told = one.told | {free: one.untold[free]}
        return added

    def _value(self, name: str) -> float:
        return self.counts[name]["value"] if name in self.counts else self.before.values[name]

    def _intervals(self, hidden: Mapping[str, str], *, guessed: bool) -> dict[str, Span]:
        """What cells say; unless it is guessed which counts are small, one that is not told may be any number."""
        own = (self.counts[name] for name in self.system.names if name in self.counts)
        then = {name: self.before.bounds[name] for name in self.system.names if name not in self.counts}
        told = intervals(own, hidden, self.profile, unseen=self.unseen, largest=self.largest) | then
        if guessed:
            return told
        most = 2 * max(2 * self.largest, *(high for _, high in then.values()), 0)
        return told | {name: (0, most) for name in told if name in hidden or name in self.before.small}

    def _is_known(self, name: str, guesser: _Reader, reader: _Reader) -> bool:
        """Whether a reader can say more of a guarded count than they may."""
        wanted = self._wanted(name)
        if guesser.knows(name, wanted):
            return True
        reader.learn(guesser.seen)
        return reader.knows(name, wanted)

    def _wanted(self, name: str) -> Span | float:
        """What must stay possible of a count: every small number, or as many numbers as there are small ones."""
        low, high = self.profile.small
        if name in self.before.small:
            least, most = self.before.bounds[name]
            return (max(low, least), min(high, most))
        return (low, high) if self.hidden[name] == SMALL else high - low

    def _could_guard(self, name: str) -> str | None:
        """The count to be suppressed next: as near as there is one, no total, and as small as may be."""
        near, reached = {name}, {name}
        free: list[str] = []
        while near and not free:
            touched = [one for one in self.together if near & {one.whole, *one.parts}]
            near = {i for one in touched for i in (one.whole, *one.parts)} - reached
            reached |= near
            free = [i for i in near if i in self.counts and i not in self.hidden]
        wholes = {one.whole for one in self.together if len(one.parts) > 1}
        return min(
            free,
            key=lambda i: (self.cost.get(i, 1), i in wholes, self._value(i) == 0, self._value(i), i),
            default=None,
        )
