"""Recogniser of dates as people, programs and spreadsheets write them.

It works on text that `pipeline.share.page` has freed of markup, escapes and typographic variants. Forms begin with what
is found fast: what may not stand before is asked after the first signs.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

_NUMERALS = "i ii iii iv v vi vii viii ix x xi xii"
_ROMAN = {numeral: number for number, numeral in enumerate(_NUMERALS.split(), start=1)}
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth"
    " twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
)


def _month_names() -> dict[str, set[int]]:
    """Names and abbreviations of months in the languages of Europe, as Unicode's tables have them, and usual ones."""
    found: dict[str, set[int]] = {}
    for number, names in json.loads(
        Path(__file__).with_name("months.json").read_text(encoding="utf-8")
    ).items():
        for name in names:
            found.setdefault(name, set()).add(int(number))
    return found


MONTH = _month_names()
_BETWEEN = r"(?:\s?[-/._·ـ]\s?|[\s,])"
_ANY_LAST = re.compile(rf"(\d(?<![\d.]\d)\d?){_BETWEEN}(\d{{1,2}}){_BETWEEN}((?:19|20)\d\d)(?![\d.]\d|\d)")
_ANY_FIRST = re.compile(rf"((?:19|20)\d\d)(?<![\d.]\d{{4}}){_BETWEEN}(\d\d?){_BETWEEN}(\d\d?)(?![\d.]\d|\d)")
_CALLED = re.compile(
    r"\b(?:Date(?:time)?(?:\.UTC)?|moment)\(\s*\[?\s*(\d{4})\s*[,;]\s*(\d{1,2})\s*[,;]\s*(\d{1,2})",
    re.IGNORECASE,
)
_LISTED = re.compile(r"[\[(]\s?((?:19|20)\d\d),\s(\d{1,2}),\s(\d{1,2})(?:,\s?\d|\s?[\])])")  # [1953, 6, 18]
_KEYED = re.compile(  # "dob": 26001
    r"(?:birth|dob|date|datum|gebdat)[a-z_]{0,10}[\"']?\s?[:=]\s?[\"']?(-?\d{4,13})(?:\.0*)?(?![\w.-])",
    re.IGNORECASE,
)
COUNTED_FROM = tuple(date(*day) for day in ((1899, 12, 30), (1904, 1, 1), (1960, 1, 1), (1970, 1, 1)))
_OF_CLASS = re.compile(  # days since 1970, as R writes a date
    r"structure\((?:c\()?((?:-?\d+L?,?\s?)+)\)?,\s?class\s?=\s?[\"']Date[\"']|as[._]date\(\s?(-?\d{3,5})L?\s?[,)]",
    re.IGNORECASE,
)
_SIGNS = "〇零○一二三四五六七八九十"
_ERA = re.compile(
    rf"(昭和|平成|令和|大正|民国|民國)\s?(\d{{1,3}}|元|[{_SIGNS}]{{1,4}})\s?年\s?(\d{{1,2}}|[{_SIGNS}]{{1,3}})\s?月"
    rf"\s?(\d{{1,2}}|[{_SIGNS}]{{1,3}})"
)
_ERA_LETTER = re.compile(
    r"([MTSHRmtshr])(?<![\dA-Za-z][A-Za-z])(\d{1,2})[./年-](\d{1,2})[./月-](\d{1,2})(?![\d.])"
)
_BEFORE_ERA = {"昭和": 1925, "平成": 1988, "令和": 2018, "大正": 1911, "民国": 1911, "民國": 1911}
_BEFORE_LETTER = {"m": 1867, "t": 1911, "s": 1925, "h": 1988, "r": 2018}
_MARKED = re.compile(r"Y(?<![\dA-Za-z]Y)(\d{4})M(\d{1,2})D(\d{1,2})(?!\d)")
_BARRED = re.compile(r"(?<![\d|])(\d\d)\|(\d\d)\|((?:19|20)\d\d)(?![\d|])")
_IN_CELLS = re.compile(  # days of birth only: numbers of this century are too often counts
    r"(?<![\d.,] )(?<![\w.,%()-])(\d\d?)\.?(?:\s\|\s|\.)(\d\d?)\.?\s\|\s(19\d\d)(?![\w%()-]|[.,]\d)"
)
_MIDNIGHT = re.compile(  # somewhere east of Greenwich, as JavaScript writes a day
    r"((?:19|20)\d\d)-(\d\d)-(\d\d)T(?:1[2-9]|2[0-3]):[034][05]:00(?:\.0+)?(?:Z|\+00:?00)"
)
_OF_A_CAMERA = re.compile(r"((?:19|20)\d\d)(?<!\d{5}):(\d\d):(\d\d)(?=\s\d\d:\d\d)")
_DIGITS = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True)) | {"○": "0", "Ｏ": "0"}
_YEAR_FIRST = re.compile(
    r"(\d{4})(?<![\d.]\d{4})\s?(?:[-/._]|[年년])\s?(\d{1,2})\s?(?:[-/._]|[月월])\s?(\d{1,2})(?!\d)"
)
_IN_ONE = re.compile(r"((?:19|20)\d\d)(?<![\dA-Za-z]\d{4})(\d\d)(\d\d)(?=T\d|(?:\d{4}|\d{6})?(?![\dA-Za-z]))")
_SHORT_YEAR = re.compile(r"(?<!\d)(\d\d)\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(\d(?<![\d.]\d)\d?)\s?([-/._])\s?(\d{1,2})\s?\2\s?'?(\d{4}|\d\d)(?![\d.]\d|\d)")
_BORN = re.compile(  # DOB 30 10 83
    r"(?:\bd\.?o\.?b\.?|\bbirth\w*|\bborn|\bgeb\w*\.?)\W{0,3}(\d\d?)\s(\d\d?)\s(\d\d)(?!\d)", re.IGNORECASE
)
_DAY_ROMAN = re.compile(r"(\d(?<![\dA-Za-z]\d)\d?)[-./ ]([ivx]{1,4})[-./ ](\d{4}|\d\d)(?!\d)", re.IGNORECASE)
_ROMAN_BETWEEN = re.compile(r"((?:19|20)\d\d)[-./ ]([ivx]{1,4})[-./ ](\d{1,2})(?!\d)", re.IGNORECASE)
_CHINESE = re.compile(
    r"(?<![〇零○一二三四五六七八九\d])([〇零○一二三四五六七八九\d]{4}|[〇零○一二三四五六七八九]{2})年([一二三四五六七八九十\d]{1,2})月([一二三四五六七八九十\d]{1,3})(?!个)"
)
_ORDINAL = re.compile(r"((?:19|20)\d\d)(?<!\d{5})[-/](\d{3})(?!\d)")
_WEEK = re.compile(r"((?:19|20)\d\d)(?<!\d{5})-?W(\d\d)-?([1-7])(?!\d)")
_PACKED = re.compile(r"(\d{2})(?<![\dA-Za-z.,]\d{2})(\d{2})((?:19|20)\d{2})(?![\dA-Za-z])")
_PUBLICATION = re.compile(r"(?<![\d.])10\.\d{4,5}/\S*(?:(?<=[./-])\s[\d./-]+)?")
_SERIAL = re.compile(r"([1-6]\d{4})(?<![\d.,\w#-]\d{5})(?:\.0+|\.\d{3,})?(?![\d\w]|[.,]\d)")
_SHORT = re.compile(r"(\d\d)(?<![\d.,\w#/-]\d\d)(\d\d)(\d\d)(?![\d\w/-]|[.,]\d)")
_PARTS = tuple(
    rf"(?:\b|_)(?:{names})(?:_of_\w{{1,12}})?"
    for names in ("y|yr|yyyy|year|jahr|annee|年", "m|mm|mon|month|monat|mois|月", "d|dd|day|tag|jour|日")
)
_LABELLED = r"\b\W{1,4}(\d{4}|\d{1,2})\b\W{1,4}"
_IN_PARTS = re.compile(
    _LABELLED.join([*_PARTS, ""])[: -len(r"\W{1,4}")]
    + "|"
    + _LABELLED.join([*_PARTS[::-1], ""])[: -len(r"\W{1,4}")],
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"(?<![\d.,\w/-])(\d\d)(\d\d)(\d\d)-\d{4}(?![\d\w-])")  # numbers of Nordic registers
_CLOCK = re.compile(r"(?<![\d.\w])-?\d{6,8}00000(?![\d.\w])")  # thousandths of a second, of a whole hour
_EPOCH = re.compile(r"(-(?<![\d.\w]-)\d{8,10}|\d(?<![\d.\w]\d)\d{7,9})((?:\d{3}){1,3})?(?![\d\w]|\.\d)")


def dates_in(text: str) -> Iterator[date]:
    """Every day that a text may name, in the usual ways to write one; 03/04/2025 names two.

    Examples
    --------
    >>> sorted({str(day) for day in dates_in("2025-06-30, 3/4/2025, 9 Jan 2024, 2023年1月9日, 14MAY62")})
    ['1962-05-14', '2023-01-09', '2024-01-09', '2025-03-04', '2025-04-03', '2025-06-30', '2062-05-14']
    """
    has_digits = _DIGIT.search(text)
    if has_digits:
        yield from _whole(text)
    yield from _by_name(text)
    if has_digits or "年" in text:
        yield from _rare(text)


def _whole(text: str) -> Iterator[date]:
    """Year, month and day as numbers, in the usual orders."""
    for form in (_YEAR_FIRST, _IN_ONE, *([_SHORT_YEAR] if "年" in text else [])):
        for match in form.finditer(text):
            yield from day_of(*match.groups())
    for match in _YEAR_LAST.finditer(text):
        yield from day_of(match[4], match[3], match[1])
        yield from day_of(match[4], match[1], match[3])
        if len(match[4]) == 2:
            yield from day_of(match[1].zfill(2), match[3], match[4])
    for match in _PACKED.finditer(text):
        yield from day_of(match[3], match[2], match[1])
        yield from day_of(match[3], match[1], match[2])


def _by_name(text: str) -> Iterator[date]:
    """Days whose month is named: around each name, for to look for five hundred of them everywhere takes too long."""
    if not any(month_in(word) for word in set(_WORD.findall(text))):
        return
    for match in _WORD.finditer(text):
        if not (name := month_in(match[0])):
            continue
        around = text[max(0, match.start() - NEAR) : match.end() + NEAR]
        for form, (year, month, day) in _forms_of(name) if _DIGIT.search(around) else ():
            for found in form.finditer(around):
                number = found[day].lower()
                if number in _NUMBERS:
                    number = 1 + _NUMBERS.index(number)
                yield from _named(found[year], found[month], number)


def month_in(word: str) -> str:
    """The name of a month that a word is, after the end of an ordinal too ("thmay"); nothing where it is none."""
    word = word.lower()
    if word in MONTH:
        return word
    if word[:1] in _IN and word[1:] in MONTH:
        return word[1:]
    return word[2:] if word[:2] in _AFTER_DAY and word[2:] in MONTH else ""


BUDDHIST = (2440, 2600)  # years as Thailand counts them
NEAR = 40  # signs before and after a month: "twenty-seventh of May, 2024"
_MARKS = "".join(chr(sign) for sign in range(0x300, 0xEFF) if unicodedata.category(chr(sign)) in ("Mn", "Mc"))
_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}]){{2,}}")  # signs of vowels belong to words
_DIGIT = re.compile(r"\d")
_AFTER_DAY = frozenset({"st", "nd", "rd", "th", "er", "of", "de"})
_IN = frozenset("בל")  # as Hebrew writes "in" and "to" in one with the name
_NUMBERS = _ORDINALS.split()


@lru_cache(maxsize=1024)
def _forms_of(name: str) -> tuple[tuple[re.Pattern, tuple[int, int, int]], ...]:
    """How a day of a month of this name is written, and which parts are its year, month and day."""
    month = rf"({re.escape(name)})\.?"
    forms = {
        rf"(?<![\dA-Za-z])(\d{{1,2}})(?:\s?(?:st|nd|rd|th|er)|\.)?(?:\sday)?[\s\-/._,|]*(?:of\s+|de\s+)?{month}(?:,?\s+(?:de|in|of))?[\s\-/._,'(|]*"
        r"(\d{4}|\d\d)(?!\d)": (3, 2, 1),
        rf"(?<![A-Za-z]){month}[\s\-/._]*(?:the\s)?(\d{{1,2}})(?:\s?(?:st|nd|rd|th))?(?:\s(?:of|in)\b)?[\s\-/._,'(|]+"
        r"(\d{4}|\d\d)(?!\d)": (3, 1, 2),
        rf"(?<![A-Za-z]){month}\s+(\d{{1,2}})\s+\d\d:\d\d(?::\d\d)?(?:\s+[A-Z]{{3,4}})?\s+(\d{{4}})(?!\d)": (
            3,
            1,
            2,
        ),
        rf"(?<!\d)(\d{{4}})[\s\-/._,]*{month}[\s\-/._]*(\d{{1,2}})(?!\d)": (1, 2, 3),
        rf"\b({'|'.join(_NUMBERS)})\s+(?:of\s+)?{month},?\s+(\d{{4}})\b": (3, 2, 1),
        rf"(?<![A-Za-z]){month}\s+(?:the\s+)?({'|'.join(_NUMBERS)}),?\s+(\d{{4}})\b": (3, 1, 2),
    }
    return tuple((re.compile(form, re.IGNORECASE), parts) for form, parts in forms.items())


def _rare(text: str) -> Iterator[date]:
    """Any separators around a whole year, numerals and eras, days of the year, days of a week."""
    for match in _ANY_LAST.finditer(text):
        yield from day_of(match[3], match[2], match[1])
        yield from day_of(match[3], match[1], match[2])
    for match in _ANY_FIRST.finditer(text):
        yield from day_of(match[1], match[2], match[3])
    for match in _CALLED.finditer(text):  # months of JavaScript begin at 0
        yield from day_of(match[1], match[2], match[3])
        yield from day_of(match[1], int(match[2]) + 1, match[3])
    for match in _OF_CLASS.finditer(text) if "Date" in text else ():
        for days in re.findall(r"-?\d+", match[1] or match[2]):
            yield from _after_days(int(days))
    for match in _KEYED.finditer(text):
        yield from _counted(match[1])
    for match in _LISTED.finditer(text):
        yield from day_of(match[1], match[2], match[3])
    for match in _IN_PARTS.finditer(text):
        year, month, day = match.groups()[:3] if match[1] else match.groups()[:2:-1]
        yield from day_of(year, month, day)
    for match in _CLOCK.finditer(text) if "00000" in text else ():
        seconds, rest = divmod(int(match[0]), 1000)
        if not rest and seconds % 3600 == 0:  # midnight east of Greenwich is the day before there
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
            yield from {moment.date(), (moment + timedelta(hours=12)).date()}
    for match in _ERA_LETTER.finditer(text):
        yield from day_of(_BEFORE_LETTER[match[1].lower()] + int(match[2]), match[3], match[4])
    for match in _MARKED.finditer(text):
        yield from day_of(match[1], match[2], match[3])
    for match in _BARRED.finditer(text) if "|" in text else ():
        yield from {*day_of(match[3], match[2], match[1]), *day_of(match[3], match[1], match[2])}
    for match in _IN_CELLS.finditer(text) if " | " in text else ():
        yield from day_of(match[3], match[2], match[1])
        yield from day_of(match[3], match[1], match[2])
    for match in _BORN.finditer(text):
        yield from day_of(match[3], match[2], match[1])
        yield from day_of(match[3], match[1], match[2])
    for match in _MIDNIGHT.finditer(text):
        yield from (day + timedelta(1) for day in day_of(match[1], match[2], match[3]))
    for match in _OF_A_CAMERA.finditer(text):
        yield from day_of(match[1], match[2], match[3])
    for match in _ROMAN_BETWEEN.finditer(text):
        yield from day_of(match[1], _ROMAN.get(match[2].lower(), 0), match[3])
    for match in _DAY_ROMAN.finditer(text):
        yield from day_of(match[3], _ROMAN.get(match[2].lower(), 0), match[1])
    if "年" in text:
        yield from _in_signs(text)
    for match in _ORDINAL.finditer(text):
        if 1 <= int(match[2]) <= 366:
            yield date(int(match[1]), 1, 1) + timedelta(int(match[2]) - 1)
    for match in _WEEK.finditer(text):
        if 1 <= int(match[2]) <= 52:
            yield date.fromisocalendar(int(match[1]), int(match[2]), int(match[3]))


def _in_signs(text: str) -> Iterator[date]:
    """Years of an era, and numerals in signs."""
    for match in _ERA.finditer(text):
        year = 1 if match[2] == "元" else _chinese(match[2])
        yield from day_of(_BEFORE_ERA[match[1]] + year, _chinese(match[3]), _chinese(match[4]))
    for match in _CHINESE.finditer(text):
        yield from day_of(
            "".join(_DIGITS.get(sign, sign) for sign in match[1]), _chinese(match[2]), _chinese(match[3])
        )


def serials_in(text: str) -> Iterator[date]:
    """Days that stand as numbers of a spreadsheet (both epochs) or of a clock; such numbers may mean something else.

    The number of a publication (DOI) is none, also where a line has broken it.

    Examples
    --------
    >>> list(serials_in("https://doi.org/10.1002/art. 1780310302. Seen: 1780310303")) == list(serials_in("1780310303"))
    True
    """
    if "10." in text:
        text = _PUBLICATION.sub(" ", text)
    for match in _SERIAL.finditer(text):
        yield date(1899, 12, 30) + timedelta(int(match[1]))
        yield date(1904, 1, 1) + timedelta(int(match[1]))
    for match in _SHORT.finditer(text):
        yield from day_of(match[1], match[2], match[3])
        yield from day_of(match[3], match[2], match[1])
        yield from day_of(match[3], match[1], match[2])
    for match in _PERSONAL.finditer(text):
        yield from day_of(match[1], match[2], match[3])
        yield from day_of(match[3], match[2], match[1])
    for match in _EPOCH.finditer(text):
        yield (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(match[1]))).date()


def numbered(text: str) -> str:
    """A text with its English ordinals, and years in words, as numbers.

    Examples
    --------
    >>> numbered("May the twenty-seventh, nineteen sixty-eight")
    'May the 27, 1968'
    """
    if "th" not in text and "st" not in text and "nd" not in text and "nineteen" not in text.lower():
        return text
    text = _ORDINAL_WORD.sub(lambda match: str(1 + _NUMBERS.index(match[0].lower())), text)
    return _YEAR_WORDS.sub(_year_of, text)


def _year_of(words: re.Match) -> str:
    ones = 1 + _ONES.index(words[2].lower()) if words[2] else 0
    return str(1920 + 10 * _TENS.index(words[1].lower()) + ones)


_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINAL_WORD = re.compile(rf"\b(?:{'|'.join(reversed(_ORDINALS.split()))})\b", re.IGNORECASE)
_YEAR_WORDS = re.compile(rf"\bnineteen[\s-]({'|'.join(_TENS)})(?:[\s-]({'|'.join(_ONES)}))?\b", re.IGNORECASE)


def _chinese(text: str) -> int:
    """A numeral up to 99."""
    if "十" not in text:
        return int("".join(_DIGITS.get(sign, sign) for sign in text))
    tens, _, ones = text.partition("十")
    return 10 * (int(_DIGITS[tens]) if tens else 1) + (int(_DIGITS[ones]) if ones else 0)


def _after_days(number: int) -> Iterator[date]:
    """The day that so many days lie after the first of 1970."""
    if abs(number) < 60_000:
        yield date(1970, 1, 1) + timedelta(number)


def _counted(digits: str) -> Iterator[date]:
    """The days that a number may mean where its name says that it is one; a year alone is none."""
    number = int(digits)
    if len(digits) <= 6 and not 1900 <= number <= 2100:
        yield from (start + timedelta(number) for start in COUNTED_FROM)
    elif len(digits) > 8 or (len(digits) == 8 and digits[:2] not in ("19", "20")):
        seconds = number // 1000 if abs(number) >= 10**11 else number
        yield (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).date()


def _named(year, month: str, day) -> Iterator[date]:
    for number in MONTH.get(month.lower(), ()):
        yield from day_of(year, number, day)


def day_of(year: int | str, month: int | str, day: int | str) -> Iterator[date]:
    """The day, if there is one; of a year of two digits in both centuries, of a Buddhist one in the common era."""
    if BUDDHIST[0] < int(year) < BUDDHIST[1]:
        year = int(year) - 543
    years = [int(year)] if len(str(year)) == 4 else [1900 + int(year), 2000 + int(year)]
    for one in years:
        try:
            yield date(one, int(month), int(day))
        except ValueError:
            continue
