"""Times to events: which column of numbers says how long it took, and which one beside it whether it happened."""

# ruff: noqa: SIM905 - lists of words read better as words

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analysis.read.text import same_code
from pipeline.draft import names
from pipeline.draft.layout import File
from pipeline.draft.look import Seen

HAPPENED = frozenset(
    "1 y t yes true event dead death died deceased relapse relapsed recurrence recurred progression progressed failure "
    "failed uncensored tot gestorben 死亡 复发 进展 事件 发生".split()
)
NOT = frozenset(
    "0 n f no false none alive censored censor living lebend vivo vivant event-free no_event 存活 生存 删失 截尾 "
    "未发生".split()
)
OF_TIME = re.compile(r"(?:time_(?:to|till|until)_(.+)|(.*?)_?(?:time|days|weeks|months|years|mos|yrs))")
OF_EVENT = re.compile(r"(.+?)_?(?:status|stat|event|evt|cens|censor|censored|cnsr|ind|indicator)")
OF_CENSORING = re.compile(r".*(?:cens|censor|censored|censoring|cnsr)")
OUTCOMES = frozenset("os pfs dfs rfs efs ttp".split())  # times themselves, as trials call them
STATES = frozenset("status event death dead died".split())
BARE = frozenset("0 1 2 yes no y n true false t f".split())


class Pair(NamedTuple):
    """A time, the column that says whether the event happened, and what its codes mean; none where nothing says it."""

    time: str
    event: str
    codes: dict[str, str]
    doubt: str


def is_code(seen: Seen) -> bool:
    """Whether a column holds two to six values, as one that says which event happened."""
    return 2 <= seen.distinct <= 6 and bool(seen.texts)


def pairs_of(file: File, columns: Sequence[str]) -> list[Pair]:
    """The times to events among columns of subjects.

    A time and an event belong together by what their names share (``os_time`` and ``os_status``, ``futime`` and
    ``fustat``, ``rtime`` and ``recur``); else the one time goes with the one column that is called status, event or
    death. What looks like a time to an event and has none is a doubt of the file.
    """
    by_name = {names.plain(name): name for name in columns}
    if {"aval", "cnsr"} <= set(by_name):
        return [Pair(by_name["aval"], by_name["cnsr"], {"0": "yes", "1": "no"}, "")]
    times = [name for name in columns if _is_time(file.seen[name])]
    events = [name for name in columns if is_code(file.seen[name])]
    found = dict(_by_stem(times, events))
    if not found and (alone := _by_words(times, events)):
        found = dict([alone])
    pairs = [Pair(time, event, *_codes(file.seen[event], time)) for time, event in found.items()]
    lonely = [
        name
        for name in times
        if name not in found
        and names.plain(name).endswith("time")
        and file.seen[name].known < 0.9 * file.seen[name].rows  # nobody lacks how long a measurement took
    ]
    if pairs and lonely:
        which = "may be a time to an event" if len(lonely) == 1 else "may be times to events"
        file.doubts.append(f"{', '.join(lonely)} {which}, but no column says whether it happened")
    file.doubts += [pair.doubt for pair in pairs if not pair.codes and pair.doubt]
    return [pair for pair in pairs if pair.codes]


def _is_time(seen: Seen) -> bool:
    """Numbers that are not below 0, of more values than codes have, under a name of time."""
    word = names.plain(seen.name)
    called = word in names.TIME or word in OUTCOMES or OF_TIME.fullmatch(word)
    return bool(called) and seen.kind == "number" and seen.low >= 0 and seen.distinct > 6


def _by_stem(times: list[str], events: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs whose names share what stands before time and status, or the first letter where no more stands there."""
    taken: set[str] = set()
    for time in times:
        word = names.plain(time)
        found = OF_TIME.fullmatch(word)
        stem = word if word in OUTCOMES else (found[1] or found[2]) if found else ""
        if not stem:
            continue
        for event in (event for event in events if event not in taken):
            called = names.plain(event)
            ended = OF_EVENT.fullmatch(called)
            same = called == stem or (ended is not None and ended[1] == stem)
            first = len(stem) == 1 and called in names.EVENT and called.startswith(stem)
            if same or first:
                taken.add(event)
                yield time, event
                break


def _by_words(times: list[str], events: list[str]) -> tuple[str, str] | None:
    """The time and the event that are called nothing else; a name that only ends in time where it is the only one."""
    plain_times = {names.plain(name): name for name in reversed(times)}
    time = next((plain_times[word] for word in names.TIME if word in plain_times), None)
    plain_events = {names.plain(name): name for name in reversed(events)}
    event = next((plain_events[word] for word in names.EVENT if word in plain_events), None)
    ended = [name for name in times if names.plain(name).endswith("time")]
    if time is None and event and names.plain(event) in STATES and len(ended) == 1:
        time = ended[0]
    return (time, event) if time and event else None


def _codes(seen: Seen, time: str) -> tuple[dict[str, str], str]:
    """Which code means that the event happened; none where nothing says it, and the doubt."""
    meanings = dict(seen.codes) if seen.codes else {text: text for text in seen.texts}
    if len(meanings) > 2:
        told = ", ".join(meanings.values())
        return {}, f"{seen.name} has the codes {told}: nothing says which is the event after {time}"
    words = {code: _word(meaning) for code, meaning in meanings.items()}
    if BARE.issuperset(words.values()) and OF_CENSORING.fullmatch(names.plain(seen.name)):
        return {}, (
            f"{seen.name} may say who was censored or who had the event: nothing says which, so {time} is no time to "
            "an event yet"
        )
    if set(words.values()) == {"1", "2"}:
        doubt = "2 is taken for the event and 1 for no event, as survival data often code it"
        return {code: "yes" if word == "2" else "no" for code, word in words.items()}, doubt
    said = {code: "yes" if word in HAPPENED else "no" if word in NOT else "" for code, word in words.items()}
    if set(said.values()) == {"yes", "no"}:
        return said, ""
    told = " and ".join(meanings.values())
    return {}, f"{seen.name} says {told}: nothing says which is the event after {time}"


def _word(meaning: str) -> str:
    """A meaning as the lists of words have it; the number that some registries set before it (``1:DECEASED``) is none.

    Examples
    --------
    >>> _word("1:DECEASED"), _word("No event"), _word("1")
    ('deceased', 'no_event', '1')
    """
    return re.sub(r"^\d+\s*[:=-]\s*", "", same_code(meaning)).replace(" ", "_")
