"""Days of birth whose parts stand apart: words between them, any order, numbers of registers, counts of days.

So loosely any three numbers may be a day; they are compared with days of birth only, of which a report needs none.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from pipeline.share.days import MONTH, day_of, month_in, numbered

_YEAR = re.compile(r"(?<!\d)(?:19\d\d|20[0-2]\d)(?!\d)")
_NUMBER = re.compile(r"(?<!\d)(?<![^\W_])0?\d{1,2}(?!\d)")
_WORD = re.compile(r"[^\W\d_][^\W\d_\u0300-\u036f\u0591-\u0e4e]*(?:[\u0300-\u036f\u0591-\u0e4e]+[^\W\d_]*)*")
_BIRTH = (  # in small letters; what stands before a word is asked behind its letters, for to begin with them is fast
    r"birth|born|d(?<!\wd)\.?o\.?b|yob(?<!\wyob)|geb(?<!\wgeb)|naiss|n(?<!\wn)[ée]e?s?\b|nacimiento|nasc"
    r"|nat(?<!\wnat)[oaie]\b|rod(?<!\wrod)\b|рожд|生"
)
_BORN = re.compile(_BIRTH)
_BORN_SHORT = re.compile(rf"(?:{_BIRTH})[^\d\n]{{0,20}}(\d\d?)([\s./-]{{1,3}})(\d\d?)\2'?(\d\d)(?!\d)")
_WORDS_BETWEEN = re.compile(r"\W{0,3}[^\W\d_]{1,10}\W{0,3}")
_SIGNS_BETWEEN = re.compile(r"[^\w\s]{1,3}|\s")
_TAG = re.compile("<[^<>]*>")
_BRACKETS = "[](){}'\"` "
_OF_REGISTER = re.compile(
    r"(?<![\d.,\w])\d{6,8}[-+ /]?(?:\d\d-)?\d{3,7}(?![\d\w]|[.,]\d)|(?<![\d\w])\d{6}[-+A-F]\d{3}[0-9A-Z](?!\w)"
)
_SHORTENED = re.compile(r"\b[dmy]{3}\([\"']?(\d{5}(?:\d\d)?)(?!\d)")  # mdy(2171964)
_DAY_OF_YEAR = re.compile(r"\bday\s(\d{1,3})\W{1,4}(?:of\s)?((?:19|20)\d\d)(?!\d)")
_SINGLE = re.compile(r"(?<![\d.,])\d([ .-])(?:\d\1){6}\d(?![ .-]?\d)")
_COUNTED = (
    re.compile(
        rf"(?:{_BIRTH}|sas(?<!\wsas)\b|stata(?<!\wstata)\b|julian(?<!\wjulian)\b)"
        r"[^\d\n]{0,24}?(-?\d{3,7})(?:\.[05])?(?!\w|[.,]\d)"
    ),
    re.compile(r"(?<![\w.,])(-?\d{3,7})(?:\.[05])?[^\d\n]{1,24}(?:\bsas\b|\bstata\b|days since)"),
)
_STARTS = tuple(date(*day) for day in ((1899, 12, 30), (1904, 1, 1), (1960, 1, 1), (1970, 1, 1)))
JULIAN = 1_721_425  # of the first day of the first year, less one day
NEAR = 60  # signs around a year
MOST_APART = 24  # signs between two parts
NEAR_BIRTH = 32  # the same where birth is spoken of


def births_in(text: str) -> Iterator[date]:
    """Days that parts in a text may make up.

    Examples
    --------
    >>> text = "ngày 18 tháng 6 năm 1953; birth year 1961, month 2, day 9; DOB 4 11 49; in May of 1970, on the 3rd"
    >>> found = set(births_in(text))
    >>> [date(*day) in found for day in ((1953, 6, 18), (1961, 2, 9), (1949, 11, 4), (1970, 5, 3), (1970, 6, 2))]
    [True, True, True, True, False]
    """
    small = text.lower()
    if "nineteen" in small:
        text = numbered(text)
        small = text.lower()
    for match in _SHORTENED.finditer(text):
        first, second, year = match[1][0], match[1][1:3], match[1][3:]
        yield from day_of(year, first, second)
        yield from day_of(year, second, first)
    for match in _DAY_OF_YEAR.finditer(text):
        if 1 <= int(match[1]) <= 366:
            yield date(int(match[2]), 1, 1) + timedelta(int(match[1]) - 1)
    for match in _YEAR.finditer(text):
        start, end = max(0, match.start() - NEAR), match.end() + NEAR
        yield from _around(match[0], text[start : match.start()], text[match.end() : end])
    for match in _BORN_SHORT.finditer(small):
        yield from day_of(match[4], match[3], match[1])
        yield from day_of(match[4], match[1], match[3])
    for match in _OF_REGISTER.finditer(text):
        yield from _registered(re.sub(r"\D", "", match[0]))
    for match in _SINGLE.finditer(text):
        yield from _packed(re.sub(r"\D", "", match[0]))
    for form in _COUNTED:
        for match in form.finditer(small):
            yield from _after(int(match[1]))


def _around(year: str, before: str, after: str) -> Iterator[date]:
    """The days that the numbers and names of months nearest to a year may make with it."""
    before, after = numbered(before), numbered(after)
    earlier = [(m.span(), m[0]) for m in _NUMBER.finditer(before)][-2:]
    later = [
        ((m.start() + len(before) + 4, m.end() + len(before) + 4), m[0]) for m in _NUMBER.finditer(after)
    ][:2]
    text = f"{before}{year}{after}"
    own = ((len(before), len(before) + 4), year)
    born = bool(_BORN.search(text.lower()))
    for parts in ([*earlier[-2:], own], [*earlier[-1:], own, *later[:1]], [own, *later[:2]]):
        if len(parts) == 3 and _belong([text[a[0][1] : b[0][0]] for a, b in pairwise(parts)], born=born):
            first, second = (int(part) for _, part in parts if part is not year)
            yield from day_of(year, second, first)
            yield from day_of(year, first, second)
    for word in _WORD.finditer(text):
        for number in MONTH.get(month_in(word[0]), ()):
            for at, day in (*earlier[-1:], *later[:1]):
                places = sorted([at, own[0], word.span()])
                if all(b[0] - a[1] <= MOST_APART for a, b in pairwise(places)):
                    yield from day_of(year, number, day)


def _belong(between: Sequence[str], *, born: bool) -> bool:
    """Whether what stands between three numbers lets them be one day."""
    between = [_TAG.sub("", gap) for gap in between]
    signs = [gap.strip(_BRACKETS) or " " for gap in between]
    if all(_WORDS_BETWEEN.fullmatch(gap) for gap in between):
        return True
    if signs[0][0] == signs[1][0] and all(map(_SIGNS_BETWEEN.fullmatch, signs)) and signs[0] != " ":
        return True
    return born and all(len(gap) <= NEAR_BIRTH for gap in between)


def _registered(digits: str) -> Iterator[date]:
    """The day within a number of a register: at its beginning, behind one sign, or with the century."""
    for start in (0, 1):
        yield from _packed(digits[start : start + 6])
    yield from _packed(digits[:8])


def _packed(digits: str) -> Iterator[date]:
    """Six or eight digits as a day, in either order; months as registers raise them by sex and century."""
    orders = ((0, 2, 4), (4, 2, 0)) if len(digits) == 6 else ((0, 4, 6), (4, 2, 0))
    for year, month, day in orders:
        years = digits[year : year + 2] if len(digits) == 6 else digits[year : year + 4]
        for raised in (0, 20, 40, 50):
            yield from day_of(years, int(digits[month : month + 2]) - raised, digits[day : day + 2])


def _after(number: int) -> Iterator[date]:
    """The days that so many days after the usual beginnings are, or after that of the astronomers."""
    if abs(number) < 60_000:
        yield from (start + timedelta(number) for start in _STARTS)
    elif 0 < number - JULIAN < 800_000:
        yield from (date.fromordinal(number - JULIAN), date.fromordinal(number - JULIAN + 1))
