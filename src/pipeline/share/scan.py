"""Look through a page for the study's own values and for what never belongs into a page."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.share.page import Piece
from pipeline.share.recognise import PATTERNS, dates_in, id_pattern, is_identity_number, serials_in
from pipeline.share.values import CJK, OwnValues


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
        Kinds that the policy lets pass.
    declared : str
        The study file: an e-mail address in it is meant to be seen.
    """
    found = [*_texts(parts, values), *_dates(parts, values), *_patterns(parts, declared)]
    return [finding for finding in dict.fromkeys(found) if finding.kind not in set(allowed)]


def _texts(parts: Sequence[Piece], values: OwnValues) -> Iterator[Finding]:
    words = [(part, "\n".join(part.views(seen=True)).casefold()) for part in parts]
    everything = [(part, "\n".join(part.views()).casefold()) for part in parts]
    for kind in ("identifier", "access"):
        for value, column in values.texts.get(kind, {}).items():
            common = value.isascii() and value.isalpha()  # a single word may be part of markup or of a script
            for part, text in words if common else everything:
                if _stands_in(value, text):
                    yield Finding(kind, f"{masked(value)} ({column})", part.place)
    yield from _subjects(everything, values)
    yield from _free_texts(words, values)


@lru_cache(maxsize=1 << 16)
def _forms(value: str) -> tuple[re.Pattern, ...]:
    """A value where it stands alone, blanks in it as they may be, a name of two words also turned round."""
    parts = value.casefold().split()
    if re.fullmatch(f"{CJK}{{2,4}}", value):
        parts = list(value)
        return (re.compile(r"[\s·・]*".join(map(re.escape, parts))),)
    if value.isdigit() or not value.isascii():
        orders = [parts]
    else:
        parts = [p for part in parts for p in re.split(r"[-_./]", part) if p] or parts
        orders = [parts, parts[::-1]] if len(parts) == 2 and value.replace(" ", "").isalpha() else [parts]
    return tuple(re.compile(_bounded(order)) for order in orders)


def _bounded(parts: Sequence[str]) -> str:
    first, last = parts[0][0], parts[-1][-1]
    before = r"(?<![0-9a-z])" if first.isascii() and first.isalnum() else ""
    after = r"(?![0-9a-z])" if last.isascii() and last.isalnum() else ""
    return before + r"[\W_]{0,3}".join(map(re.escape, parts)) + after


def _stands_in(value: str, text: str) -> bool:
    """Whether a value stands in a text; the quick look first, for there are many values and few hits."""
    folded = value.casefold()
    core = re.split(r"[\W_]+", folded)[0] if folded.isascii() else folded[0]
    if core and core not in text:
        return False
    return any(form.search(text) for form in _forms(value))


def _subjects(texts: Sequence[tuple[Piece, str]], values: OwnValues) -> Iterator[Finding]:
    """Subject ids with their variants; bare numbers only where a word says what they are."""
    known = values.texts.get("subject id", {}) | values.texts.get("every subject id", {})
    for value, column in known.items():
        core = next((part for part in re.findall(r"\d+", value)), value)
        core = core.lstrip("0") or "0"
        pattern = id_pattern(value)
        for part, text in texts:
            if core.casefold() in text and pattern.search(text):
                yield Finding("subject id", f"{value} ({column})", part.place)


WORDS_OF_TEXT = 5
SIGNS_OF_TEXT = 8


def _free_texts(texts: Sequence[tuple[Piece, str]], values: OwnValues) -> Iterator[Finding]:
    """Free text of one patient: as a whole, or five of its words in a row, over line breaks and marks."""
    squeezed = [(part, f" {_squeezed(text)} ") for part, text in texts]
    for value, column in values.texts.get("free text", {}).items():
        for run in _runs(value.casefold()):
            for part, text in squeezed:
                if run in text:
                    yield Finding("free text", f"{masked(value)} ({column})", part.place)


def _squeezed(text: str) -> str:
    """Words alone, one blank between them; none between Chinese signs."""
    return re.sub(rf"(?<={CJK})\s+(?={CJK})", "", " ".join(re.findall(r"\w+", text)))


def _runs(value: str) -> Iterator[str]:
    """What of a free text is enough to know it again."""
    whole = _squeezed(value)
    if len(re.findall(CJK, whole)) >= SIGNS_OF_TEXT:
        step = SIGNS_OF_TEXT
        yield from (whole[at : at + step] for at in range(0, max(1, len(whole) - step + 1), 3))
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


def _dates(parts: Sequence[Piece], values: OwnValues) -> Iterator[Finding]:
    for part in parts:
        views = part.views()
        days = {day for text in views for day in dates_in(text)}
        days |= {day for text in part.views(seen=True) for day in serials_in(text)}
        for day in sorted(days & values.days.keys()):
            yield Finding(values.days[day], f"a day in {day:%Y-%m}", part.place)


def _patterns(parts: Sequence[Piece], declared: str) -> Iterator[Finding]:
    for part in parts:
        for text in part.views():
            for kind, pattern in PATTERNS.items():
                for match in pattern.finditer(text):
                    if kind == "identity number" and not is_identity_number(match[0]):
                        continue
                    if kind in ("e-mail", "telephone number") and match[0] in declared:
                        continue
                    shown = match[0] if kind in ("absolute path", "host") else masked(match[0])
                    yield Finding(kind, shown, part.place)
