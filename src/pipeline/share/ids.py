"""Recogniser of subject ids with the variants that people write.

It works on text that `pipeline.share.page` has freed of markup, escapes and typographic variants.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipeline.share.beside import numbers_of_people, said_of_a_person, with_places

LONG_NUMBER = 6  # digits of an id that are looked for also where no word says what they are


@lru_cache(maxsize=1 << 16)
def id_pattern(value: str) -> re.Pattern:
    """A subject id as people vary it: RA-007, RA007, RA 007, ra_7; a short number only where a word says what it is.

    Examples
    --------
    >>> [bool(id_pattern("RA-007").search(text)) for text in ("RA007", "ra 7", "RA-0071", "XRA-007")]
    [True, True, False, False]
    >>> [bool(id_pattern("12").search(text)) for text in ("patient 12", "12 patients", "Subject no. 012")]
    [True, False, True]
    """
    parts = _parts(value)
    loose = r"[\W_]{0,3}".join(_loose(part) for part in parts)
    if not parts or all(part.isdigit() for part in parts):
        return re.compile(f"{said_of_a_person(loose)}{_alone(value, parts)}", re.IGNORECASE)
    before = _before(parts[0], "") if parts[0].isascii() else ""
    first = _loose(parts[0])
    return re.compile(f"{before}{first}{_rest(value, parts)}{_after(parts)}", re.IGNORECASE)


def _alone(value: str, parts: list[str]) -> str:
    """A number that needs no word beside it: a long one, or one in parts as its study writes them."""
    digits, forms = "".join(parts), []
    if len(parts) == 1 and len(value) >= LONG_NUMBER:
        forms.append(_grouped(value))
    elif len(parts) > 1 and len(digits) >= LONG_NUMBER:
        between = r"[\s_/-]?" if len(parts) == 2 else r"[\s_.,/-]?"  # a number with decimals has two parts
        forms.append(between.join(parts))
    found = "".join(rf"|(?<![\d\w.,#/-]){form}(?![\d_]|[A-Za-z/]|-\d|[.,]\d)" for form in forms)
    if len(parts) > 1 and (len(digits) >= LONG_NUMBER - 1 or any(part[0] == "0" for part in parts)):
        found += rf"|(?<![\dA-Za-z_])(?<!\d[.,/-]){re.escape(value)}(?![\dA-Za-z_]|[./-]\d)"
    return found


@lru_cache(maxsize=1 << 16)
def _folded_pattern(value: str) -> re.Pattern:
    """The same for a folded id in folded text; where it begins with letters, a search looks for these first."""
    first, *others = _parts(value) or [""]
    if not re.fullmatch("[a-z]+", first):
        return id_pattern(value)
    parts = [first, *others]
    return re.compile(f"{first}{_before('', first)}{_rest(value, parts)}{_after(parts)}")


_BETWEEN = r"[\W_]{0,3}"
_WITHIN = r"(?:(?![,;=|():<>%&+\"'])[\W_]){0,3}"  # no sign that sets a count apart: RA,32 and RA (32)


def _rest(value: str, parts: list[str]) -> str:
    """What follows the first part of an id: a number as the id has it, or with fewer zeros and no other sign between.

    A number with decimals, one of per cent, or one after a term in a list (not RA 5; too young 3) is no part of an id
    that is written otherwise than in its study.
    """
    found, at, listed = "", len(parts[0]), ""
    if len(parts) == 2 and parts[0].isascii():
        number = parts[1].lstrip("0")
        listed = rf"(?!\s0*{number}\s?[;)])(?!(?<=[\u3400-\u9fff]{re.escape(parts[0])})\s)"
    for place, part in enumerate(parts[1:], start=1):
        start = value.index(part, at)
        between, at = re.escape(value[at:start]), start + len(part)
        if not part.isdigit():
            found += f"{_BETWEEN}{_loose(part)}"
            continue
        is_last = place == len(parts) - 1
        exact = _loose(part) if len(part) >= LONG_NUMBER else part
        found += (
            rf"(?:{between}{part}|{listed}(?:{_BETWEEN}{exact}{_WHOLE if is_last else ''}"
            rf"|{_WITHIN}{_loose(part)}{_WHOLE + _NO_SHARE if is_last else ''}))"
        )
    return found


_WHOLE, _NO_SHARE = r"(?!\.\d)", r"(?!\d|\s?%)"


_WHOSE = ("pt", "pat", "id", "patient", "subject", "subj")  # PtR0458


def _before(following: str, passed: str) -> str:
    """What may stand before an id whose first part follows, or has been passed: no letter or number but such a word."""
    whose = "" if following.isdigit() else "".join(rf"|(?<=\b{word}{passed})" for word in _WHOSE)
    return rf"(?:(?<![0-9A-Za-z]{passed}){whose})"


SIGNS_WITH_NOTE = 5  # of an id, at least, that is known also with a note after it


def _after(parts: list[str]) -> str:
    """What may not follow: a letter or a number; a note or a visit may after a number (RA-007a, RA-007V3)."""
    if not parts[-1].isascii():
        return ""
    letters = "".join(part for part in parts if not part.isdigit())
    has_note = parts[-1].isdigit() and sum(map(len, parts)) >= SIGNS_WITH_NOTE and not _HEX.fullmatch(letters)
    note = r"(?=(?:[A-Za-z]{1,2}|(?:v|w|wk)\d{1,2})?(?![0-9A-Za-z]))"
    return note if has_note else r"(?![0-9A-Za-z])"


_HEX = re.compile("[A-Fa-f]*")  # such an id and a letter are also a colour


def _parts(value: str) -> list[str]:
    return re.findall(r"[A-Za-z]+|[^\W\d_A-Za-z]+|\d+", value)


BETWEEN_PARTS = 3  # signs, at most, between the parts of an id
_COUNTED = re.compile(r"(?<=[\u3400-\u9fff])\s?(?:第|(?:医院|中心)第?)\s?(?=\d)")
_RUN = re.compile(r"[a-z]+|[^\W\d_a-z]+|\d+")
_WITHIN_NUMBER = re.compile(r"(?<=\d)[ ,.'’/_-](?=\d)")


@dataclass(frozen=True, slots=True)
class Searched:
    """A text that many ids are looked for in: what is found once for all of them."""

    text: str
    named: frozenset[str]  # numbers that stand where a word says whose they are, without zeros before them
    ungrouped: str  # the text with numbers as one
    after: Mapping[str, set[str]]  # numbers that stand beside letters, without zeros before them

    @classmethod
    def of(cls, text: str, *, numbers: bool = True) -> "Searched":
        """From a folded text; `numbers` says whether ids of figures alone are looked for in it."""
        text = with_places(text)
        named = numbers_of_people(text) if numbers else frozenset()
        if _COUNTED.search(text):
            text = f"{text}\n{_COUNTED.sub('', text)}"
        runs = [(match[0].lstrip("0") or "0", *match.span()) for match in _RUN.finditer(text)]
        after: dict[str, set[str]] = {}
        for (letters, _, end), (number, start, _) in pairwise(runs):
            if start - end <= BETWEEN_PARTS and number.isdigit():
                for own in _ends_of(letters):
                    after.setdefault(own, set()).add(number)
        return cls(text, named, _WITHIN_NUMBER.sub("", text), after)

    def holds(self, value: str) -> bool:
        """Whether a folded id stands in the text; the quick look first, for there are many ids and few hits.

        Examples
        --------
        >>> text = Searched.of("patients 12, 0013 and 14, ra 7, 1 234 567")
        >>> [text.holds(value) for value in ("13", "15", "ra-007", "1234567", "ra-8")]
        [True, False, True, True, False]
        """
        return self.may_hold(value) and bool(_folded_pattern(value).search(self.text))

    def may_hold(self, value: str) -> bool:
        """Whether what stands in the text does not speak against it; a text that holds this one says no less often."""
        parts = _runs_of(value)
        if all(part.isdigit() for part in parts):
            first = parts[0] if parts else ""
            named = first in self.named or (
                len(parts) > 1 and any(number.startswith(first) for number in self.named)
            )
            digits = "".join(_RUN.findall(value))
            alone = (
                digits in self.ungrouped
                if len(digits) >= LONG_NUMBER
                else len(parts) > 1 and value in self.text
            )
            return named or not parts or alone
        return all(
            part in self.text or (len(part) >= LONG_NUMBER and part in self.ungrouped) for part in parts
        ) and all(
            second.isalpha()
            or first.isdigit()
            or any(n.startswith(second) or _begins(second, n) for n in self._beside(parts[:at]))
            for at, (first, second) in enumerate(pairwise(parts), start=1)
        )

    def _beside(self, parts: tuple[str, ...]) -> set[str]:
        """Numbers that stand beside the last of these parts, also where it is written in one with those before it."""
        letters, found = "", set()
        for part in reversed(parts):
            if part.isdigit():
                break
            letters = part + letters
            found |= self.after.get(letters, set())
        return found


def _ends_of(letters: str) -> Iterator[str]:
    """What of letters before a number may be those of an id: without a word before them; any end of wide signs."""
    if letters.isascii():
        return (letters.removeprefix(said) for said in ("", *_WHOSE) if letters.startswith(said))
    return (letters[at:] for at in range(len(letters)))


@lru_cache(maxsize=1 << 16)
def _runs_of(value: str) -> tuple[str, ...]:
    """The letters and the numbers of a folded id, the numbers without zeros before them."""
    return tuple(part.lstrip("0") or "0" for part in _RUN.findall(value))


def _begins(number: str, first: str) -> bool:
    """Whether a long number may be written in groups of which this is the first."""
    return len(number) >= LONG_NUMBER and len(first) > 1 and number.startswith(first)


def _grouped(digits: str) -> str:
    """Digits as they are or in groups: of three, and a long number in any."""
    if len(digits) >= LONG_NUMBER + 2:
        return r"[ ,.'’/-]?".join(digits)
    if len(digits) > LONG_NUMBER:
        return rf"{r'[./-]?'.join(digits)}|{_in_thousands(digits)}"
    return _in_thousands(digits)


def _in_thousands(digits: str) -> str:
    return "0{0,2}" + r"[ ,.'’]?".join(
        reversed([digits[max(0, at - 3) : at] for at in range(len(digits), 0, -3)])
    )


def _loose(part: str) -> str:
    if len(part) >= LONG_NUMBER and part.isdigit():
        return r"[ ./-]?".join(part)
    return f"0*{part.lstrip('0') or '0'}" if part.isdigit() else re.escape(part)
