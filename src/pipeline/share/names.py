"""Values of a study found in text however they are written: names with their words in any order, numbers in groups."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from pipeline.share.spelling import UMLAUTS, folded
from pipeline.share.values import CJK

Forms = tuple[tuple[tuple[str, ...], str, re.Pattern], ...]  # parts, digits and how they stand together
CLOSED = re.compile(r"(?<=\d)[ ./-](?=\d)")  # what may stand between the digits of a number
RUN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text that many values are looked for in: what is found once for all of them."""

    text: str
    runs: str  # of letters and digits, each once
    closed: str  # the text without what stands between digits
    before: list[int]  # for each sign left out there, how many of `closed` stand before it

    @classmethod
    def of(cls, text: str) -> "Folded":
        """From a folded text."""
        left_out = (match.start() for match in CLOSED.finditer(text))
        before = [place - number for number, place in enumerate(left_out)]
        return cls(text, "\n".join(set(RUN.findall(text))), CLOSED.sub("", text), before)

    def places(self, digits: str) -> Iterator[tuple[int, int]]:
        """Where these digits begin and end in the text, whatever stands between them."""
        at = self.closed.find(digits)
        while at >= 0:
            last = at + len(digits) - 1
            yield at + bisect_right(self.before, at), last + 1 + bisect_right(self.before, last)
            at = self.closed.find(digits, at + 1)

    def holds(self, value: str, forms: Callable[[str], Forms]) -> bool:
        """Whether a value stands in the text; the quick look first, for there are many values and few hits."""
        return any(self._has(*form) for form in forms(value))

    def _has(self, parts: Sequence[str], digits: str, form: re.Pattern) -> bool:
        if digits:
            places = self.places(digits)
            return any(form.search(self.text, max(0, start - AROUND), end + AROUND) for start, end in places)
        quick = all(part in (self.runs if RUN.fullmatch(part) else self.text) for part in parts)
        return quick and bool(form.search(self.text))


@lru_cache(maxsize=1 << 10)
def forms_of_a_place(value: str) -> Forms:
    """The name of a site where it stands alone: its words in their order and close together."""
    written = (folded(value), folded(unicodedata.normalize("NFC", value).casefold().translate(UMLAUTS)))
    parts = [IN_A_PLACE.findall(text) for text in dict.fromkeys(written)]
    return tuple((tuple(some), "", re.compile(_bounded(some, between=BETWEEN))) for some in parts)


@lru_cache(maxsize=1 << 16)
def forms_of(value: str) -> Forms:
    """A value where it stands alone, whatever its blanks, the words of a name in any order, umlauts as two letters.

    Each form with its parts, all of which stand in every text in which the form does, and the digits that stand there
    when nothing is left between digits.
    """
    if re.fullmatch(f"{CJK}{{2,4}}", value):
        signs = folded(value)
        together = r"[\s·・|]*".join(map(re.escape, signs))
        apart = (
            rf"{re.escape(first)}{_KEYED}{re.escape(second)}"
            for at in range(1, min(3, len(signs)))
            for first, second in ((signs[:at], signs[at:]), (signs[at:], signs[:at]))
        )
        return ((tuple(signs), "", re.compile("|".join([together, *apart]))),)
    found: dict[str, tuple[tuple[str, ...], str]] = {}
    for text in (folded(value), folded(unicodedata.normalize("NFC", value).casefold().translate(UMLAUTS))):
        written = text.split()
        borne = [word for word in written if word not in PARTICLES]
        words = [
            [p for p in re.split(r"[-_./']", word) if p] or [word]
            for word in (borne if len(borne) > 1 else written)
        ]
        if 2 <= len(borne) < len(written):  # particles written in one with the name
            parts = [part for word in written for part in re.split(r"[-_./']", word)]
            found[_bounded(parts, between=BETWEEN)] = (tuple(parts), "")
        is_name = 2 <= len(words) <= 3 and not re.search(r"\d", text)
        for order in permutations(words) if is_name else [words]:
            parts = [part for word in order for part in word]
            is_long = min(map(len, parts)) >= LONG_NAME
            between = (BETWEEN_LONG_NAMES if is_long else BETWEEN_NAMES) if is_name else BETWEEN
            found[_bounded(parts, between=between)] = (tuple(parts), "")
        for word in (words[0], words[-1]) if is_name else ():
            if len(word[0]) >= LONG_NAME:
                found[rf"{ADDRESSED}{_bounded(word, between=BETWEEN, of=GENITIVE)}"] = (tuple(word), "")
        if street := STREET.search(text):
            number, name = street["first"] or street["last"], street["after"] or street["before"]
            named = [word for word in re.split(r"[\s-]+", STREET_WORD.sub("", name)) if word]
            way = r"[\W_]{0,3}".join(map(re.escape, named)) + r"(?:str(?:asse)?\.?)?"
            for form in (rf"{way}[\s,]{{1,3}}{number}", rf"{number}[\s,]{{1,3}}{way}"):
                found[rf"(?<![0-9a-z]){form}(?![0-9a-z])"] = (tuple(named), "")
        if is_name and (lost := LETTERS_LOST.sub("\0", value.casefold())) != value.casefold():
            kept = tuple(part for part in re.split("[^a-z]+", lost) if part)
            if sum(map(len, kept)) >= SIGNS_KEPT:
                spelt = r"[\W_]{1,3}".join(
                    re.escape(word).replace("\0", r"[?\ufffd_*]{1,2}") for word in lost.split()
                )
                found[rf"(?<![0-9a-z]){spelt}(?![0-9a-z])"] = (kept, "")
        if digits := re.search(r"([a-z]{0,3})[\W_]?(\d{6,})", text):
            loose = r"[ ./-]?".join(digits[2])
            found[rf"(?<![\w.,])(?:{digits[1]}[ ./-]?)?{_NO_COLUMNS}{loose}(?![\d\w]|[.,]\d)"] = (
                (),
                digits[2],
            )
        elif len(numbers := re.findall(r"\d+", (IN_GROUPS.search(text) or [""])[0])) > 1:
            found[rf"(?<![\d\w.,/-]){'[ ./-]?'.join(numbers)}(?![\d\w/-]|[.,]\d)"] = (tuple(numbers), "")
    return tuple((parts, digits, re.compile(form)) for form, (parts, digits) in found.items())


STREET = re.compile(  # Hinterdorfstrasse 14, Niederweningen; 27 Larkspur Crescent, Ballymena
    r"^(?:(?P<first>\d{1,4}[a-z]?),?\s(?P<after>[^\W\d_][^\d,]{5,40})"
    r"|(?P<before>[^\W\d_][^\d,]{5,40}?)\s(?P<last>\d{1,4}[a-z]?))(?!\w)"
)
STREET_WORD = re.compile(r"str(?:asse|\.)?$")
IN_A_PLACE = re.compile(rf"{CJK}|[^\s_\-\u3400-\u9fff]+")  # its words, and each Chinese sign
_NO_COLUMNS = (
    r"(?!(?:\d[ ./-]){3}|\d+\.\d+ \d+\.\d)"  # 0 0 0 0 80 or 0.00 1.00: cells of a table beside each other
)
AROUND = 8  # signs beside the digits of a number: letters before it, what tells that it ends
IN_GROUPS = re.compile(r"(?<![\d.])(?=(?:\D?\d){6})\d{2,}(?:[-/. ]\d{2,})+$")  # 4471-0092 of "MRN 4471-0092"
BETWEEN = r"[\W_]{0,3}"
_PARTICLES = "von|van|de|der|den|del|da|di|do|dos|la|le|zu|al|el|bin|ibn|ter|ten"
PARTICLES = frozenset(_PARTICLES.split("|"))
_PARTICLE = rf"(?:(?:{_PARTICLES}|v|d)\b[\W_]{{1,2}})"
_WITHIN = (  # a middle initial, a particle, something in brackets
    rf"{BETWEEN}(?:(?:\w\.?[\W_]{{1,2}}|{_PARTICLE}){{1,4}}"
    r"|[^()\n]{0,24}\)\s?)?"
)
_KEYED = (  # "given": "Na", "family": "Li"
    r"[\W_]{1,6}(?:(?:given|family|first|last|fore|sur|middle|vor|nach|familien|nom|prenom|value|name|lname|fname|t[dh]|姓|名)"
    r"[\W_]{0,6}){1,4}"
)
_FIELDS = (  # other names, a field; several where the name of the field stands before it
    r"[\W_]{1,6}(?:(?:[^\W_]{1,14}[\W_]{1,6}){1,2}"
    r"|(?:[^\W_]{1,14}[\W_]{1,6}){0,6}(?:first|given|last|family|sur|fore|vor|nach)[\W_]?(?:name)?[\W_]{1,6})"
)
BETWEEN_NAMES = rf"(?:{_KEYED}|{_WITHIN})"
BETWEEN_LONG_NAMES = rf"(?:{BETWEEN_NAMES}|{_FIELDS})"
LONG_NAME = 4  # letters of every word of a name that is known also where other words stand between
LETTERS_LOST = re.compile("[\u0080-\u024f]")  # Bj?rn, as programs write what their encoding does not have
SIGNS_KEPT = 6
ADDRESSED = (
    r"(?<![a-z])(?:mrs?|ms|miss|frau|herrn?|fr|hr|mme|madame|monsieur|senora?|signora?|sig|sig\.ra|fru|dhr|meneer"
    r"|mevr(?:ouw)?|doamna|domnul|pani?)[._\s]{1,3}(?:[a-z]\.?\s){0,2}"
    rf"{_PARTICLE}{{0,3}}"
)


GENITIVE = "(?:'?s)?"


def _bounded(parts: Sequence[str], *, between: str, of: str = "") -> str:
    first, last = parts[0][0], parts[-1][-1]
    # what may not stand before is asked after the first part: a form that begins with its letters is found fast
    start = re.escape(parts[0])
    before = rf"(?<![0-9a-z]{start})" if first.isascii() and first.isalnum() else ""
    after = r"(?![0-9a-z])" if last.isascii() and last.isalnum() else ""
    return between.join([start + before, *map(re.escape, parts[1:])]) + of + after
