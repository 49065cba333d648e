"""Look through a page for the study's own values and for what never belongs into a page."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.share.births import births_in
from pipeline.share.days import dates_in, serials_in
from pipeline.share.ids import Searched
from pipeline.share.names import Folded, forms_of, forms_of_a_place
from pipeline.share.page import Piece
from pipeline.share.patterns import PATTERNS, is_identity_number, secrets_in
from pipeline.share.people import Words, known_words
from pipeline.share.spelling import folded, folded_views
from pipeline.share.values import CJK, OwnValues

Texts = Mapping[str, Mapping[str, str]]  # by kind: values, and the columns that they come from


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not leave: its kind, what it is (values masked) and where it stands."""

    kind: str
    what: str
    where: str


def listed(findings: Sequence[Finding], *, most: int | None) -> Iterator[str]:
    """Lines for the user: the findings by kind and place, of each at most so many.

    Examples
    --------
    >>> for line in listed([Finding("subject id", f"S-{n}", "#tbl-sae") for n in (1, 2, 3)], most=2):
    ...     print(line)
    subject id: 3 in #tbl-sae
      S-1
      S-2
      and 1 more
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        groups.setdefault((finding.kind, finding.where), []).append(finding.what)
    for (kind, where), whats in groups.items():
        yield f"{kind}: {len(whats)} in {where}"
        yield from (f"  {what}" for what in whats[:most])
        if most is not None and len(whats) > most:
            yield f"  and {len(whats) - most} more"


def leaks(
    parts: Sequence[Piece], values: OwnValues, *, allowed: Iterable[str], declared: str
) -> list[Finding]:
    """What of the study's own values, and which paths, addresses and tokens, stand in a page.

    Parameters
    ----------
    parts : sequence of Piece
        The page.
    values : OwnValues
        The study's values.
    allowed : iterable of str
        Kinds that the policy lets pass; they are not looked for.
    declared : str
        The study's files: an address in them is meant to be seen, and their words tell of nobody.
    """
    passed = frozenset(allowed)
    ids = {**values.texts.get("subject id", {}), **values.texts.get("every subject id", {})}
    texts = {kind: found for kind, found in {**values.texts, "subject id": ids}.items() if kind not in passed}
    days = {day: kind for day, kind in values.days.items() if kind not in passed}
    kinds = [kind for kind in PATTERNS if kind not in passed]
    found = [*_texts(parts, texts, declared), *_dates(parts, days), *_patterns(parts, kinds, declared)]
    return list(dict.fromkeys(found))


def _texts(parts: Sequence[Piece], values: Texts, declared: str) -> Iterator[Finding]:
    everything = [(part, folded_views(part.views())) for part in parts]
    whole = Folded.of(APART.join(dict.fromkeys(text for _, text in everything)))
    for kind in ("identifier", "site", "access"):
        form = forms_of_a_place if kind == "site" else forms_of
        for value, column in values.get(kind, {}).items():
            if not whole.holds(value, form):  # few do; those are told by part
                continue
            common = value.isascii() and value.isalpha()  # a single word may be part of markup or of a script
            for part, text in everything:
                if Folded.of(folded_views(part.views(seen=True)) if common else text).holds(value, form):
                    yield Finding(kind, f"{masked(value)} ({column})", part.place)
    yield from _people(parts, values.get("identifier", {}), declared)
    yield from _subjects(everything, values.get("subject id", {}), whole.text)
    yield from _free_texts(everything, values.get("free text", {}), declared)


APART = "\n\0\0\0\0\n"  # between two parts: no value and no pattern reaches over it


def _people(parts: Sequence[Piece], known: Mapping[str, str], declared: str) -> Iterator[Finding]:
    """Names of which a part is told, in a part of the page that a reader sees."""
    if not known:
        return
    nobody = known_words([declared])
    texts = [(part, "\n".join(part.views(seen=True)), "\n".join(part.views())) for part in parts]
    words: list[tuple[Piece, Words]] = []  # of each part, made when somebody is named
    whole = Words.of(
        *(APART.join(dict.fromkeys(text)) for text in ([t[1] for t in texts], [t[2] for t in texts]))
    )
    for value, column in known.items():
        if whole.name(value, known=nobody):
            words = words or [(part, Words.of(seen, every)) for part, seen, every in texts]
            for part, own in words:
                if own.name(value, known=nobody):
                    yield Finding("identifier", f"{masked(value)} ({column})", part.place)


def _subjects(texts: Sequence[tuple[Piece, str]], known: Mapping[str, str], whole: str) -> Iterator[Finding]:
    """Subject ids with their variants; bare numbers only where a word says what they are."""
    if not known:
        return
    numbers = any(not re.search(r"[^\W\d_]", value) for value in known)
    anywhere = Searched.of(whole, numbers=numbers)
    sought_in_each = {value: sought for value in known if anywhere.holds(sought := folded(value))}
    searched = [(part, Searched.of(text, numbers=numbers)) for part, text in texts] if sought_in_each else []
    for value, sought in sought_in_each.items():
        column = known[value]
        for part, text in searched:
            if text.holds(sought):
                yield Finding("subject id", f"{value} ({column})", part.place)


WORDS_OF_TEXT = 5
SIGNS_OF_TEXT = 8


def _free_texts(
    texts: Sequence[tuple[Piece, str]], values: Mapping[str, str], declared: str
) -> Iterator[Finding]:
    """Free text of one patient: as a whole, or five of its words in a row, over line breaks and marks.

    Words that the study's own files use, such as a criterion that somebody did not fulfil, tell of nobody.
    """
    if not values:
        return
    known = f" {_squeezed(folded(declared))} "
    squeezed = [(part, f" {_squeezed(text)} ") for part, text in texts]
    whole = APART.join(text for _, text in squeezed)
    for value, column in values.items():
        for run in (run for run in _runs(folded(value)) if run in whole and run not in known):
            for part, text in squeezed:
                if run in text:
                    yield Finding("free text", f"{masked(value)} ({column})", part.place)


def _squeezed(text: str) -> str:
    """Words alone, one blank between them; none between Chinese signs."""
    return re.sub(rf"(?<={CJK})\s+(?={CJK})", "", " ".join(re.findall(r"[^\W_]+", text)))


def _runs(value: str) -> Iterator[str]:
    """What of a free text is enough to know it again."""
    whole = _squeezed(value)
    if len(re.findall(CJK, whole)) >= SIGNS_OF_TEXT:
        step = SIGNS_OF_TEXT
        yield from (whole[at : at + step] for at in range(max(1, len(whole) - step + 1)))
        return
    words = whole.split()
    for at in range(max(1, len(words) - WORDS_OF_TEXT + 1)):
        run = " ".join(words[at : at + WORDS_OF_TEXT])
        if len(run) >= 12:
            yield f" {run} " if run.isascii() else run


def masked(value: str) -> str:
    """Enough of a value to find it in one's own data, not more.

    Examples
    --------
    >>> masked("Smith")
    'S... (5 characters)'
    """
    return f"{value[0]}... ({len(value)} characters)"


def _dates(parts: Sequence[Piece], kinds: Mapping[date, str]) -> Iterator[Finding]:
    if not kinds:
        return
    named, counted = cache(lambda text: set(dates_in(text))), cache(lambda text: set(serials_in(text)))
    births = {day for day, kind in kinds.items() if kind == "birth date"}
    loose = cache(lambda text: births.intersection(births_in(text)))
    for part in parts:
        days = {day for text in part.views() for day in named(text)}
        days |= {day for text in part.views(seen=True) for day in counted(text)}
        days |= {day for text in part.views() for day in loose(text)} if births else set()
        for day in sorted(days & kinds.keys()):
            yield Finding(kinds[day], f"a day in {day:%Y-%m}", part.place)


def _patterns(parts: Sequence[Piece], kinds: Sequence[str], declared: str) -> Iterator[Finding]:
    @cache
    def found_in(text: str) -> list[tuple[str, str]]:
        return [
            (kind, value)
            for kind, value in secrets_in(text, kinds)
            if not (kind == "identity number" and not is_identity_number(value))
            if not (kind in ("e-mail", "telephone number") and value in declared)
        ]

    for part in parts:
        for kind, value in (entry for text in part.views() for entry in found_in(text)):
            yield Finding(kind, value if kind in ("absolute path", "host") else masked(value), part.place)
