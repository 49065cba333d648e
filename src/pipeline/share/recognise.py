"""Recognisers: dates as people, programs and spreadsheets write them, ids with variants, what is secret anyway.

They work on text that `pipeline.share.page` has freed of markup, escapes and typographic variants.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

_MONTHS = {
    1: "jan january januar janv janvier ene enero gen gennaio",
    2: "feb february februar fev fevrier févr février feb febrero febbraio",
    3: "mar march märz maerz mrz mär mars marzo",
    4: "apr april avr avril abr abril aprile",
    5: "may mai mayo mag maggio",
    6: "jun june juni juin junio giu giugno",
    7: "jul july juli juil juillet julio lug luglio",
    8: "aug august août aout ago agosto",
    9: "sep sept september septembre septiembre set settembre",
    10: "oct october okt oktober octobre octubre ott ottobre",
    11: "nov november novembre noviembre",
    12: "dec december dez dezember déc dec décembre decembre dic diciembre dicembre",
}
MONTH = {name: number for number, names in _MONTHS.items() for name in names.split()}
_NAME = "(" + "|".join(sorted(map(re.escape, MONTH), key=len, reverse=True)) + r")\.?"
_DIGITS = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True)) | {"○": "0", "Ｏ": "0"}
_YEAR_FIRST = re.compile(
    r"(?<![\d.])(\d{4})\s?(?:[-/._]|年)\s?(\d{1,2})\s?(?:[-/._]|月)\s?(\d{1,2})(?!\d)"
    r"|(?<![\dA-Za-z])((?:19|20)\d\d)(\d\d)(\d\d)(?=T\d|(?![\dA-Za-z]))"
)
_YEAR_LAST = re.compile(r"(?<![\d.])(\d{1,2})\s?([-/._])\s?(\d{1,2})\s?\2\s?(\d{4}|\d\d)(?![\d.]\d|\d)")
_DAY_NAME = re.compile(
    rf"(?<![\dA-Za-z])(\d{{1,2}})(?:st|nd|rd|th|er|\.)?[\s\-/._,]*(?:of\s+|de\s+)?{_NAME}(?:\s+de)?[\s\-/._,']*(\d{{4}}|\d\d)(?!\d)",
    re.IGNORECASE,
)
_NAME_DAY = re.compile(
    rf"(?<![A-Za-z]){_NAME}[\s\-/._]*(\d{{1,2}})(?:st|nd|rd|th)?[\s\-/._,]+(\d{{4}}|\d\d)(?!\d)",
    re.IGNORECASE,
)
_YEAR_NAME = re.compile(rf"(?<!\d)(\d{{4}})[\s\-/._]*{_NAME}[\s\-/._]*(\d{{1,2}})(?!\d)", re.IGNORECASE)
_CHINESE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
_ORDINAL = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d{3})(?!\d)")
_WEEK = re.compile(r"(?<!\d)((?:19|20)\d\d)-?W(\d\d)-?([1-7])(?!\d)")
_PACKED = re.compile(r"(?<![\dA-Za-z.,])(\d{2})(\d{2})((?:19|20)\d{2})(?![\dA-Za-z])")
_SERIAL = re.compile(r"(?<![\d.,\w#-])([1-6]\d{4})(?:\.0+)?(?![\d\w]|[.,]\d)")
_EPOCH = re.compile(r"(?<![\d.\w])(-?\d{8,10})(\d{3})?(?![\d\w]|\.\d)")


def dates_in(text: str) -> Iterator[date]:
    """Every day that a text may name, in the usual ways to write one; 03/04/2025 names two.

    Examples
    --------
    >>> sorted({str(day) for day in dates_in("2025-06-30, 3/4/2025, 9 Jan 2024, 2023年1月9日, 14MAY62")})
    ['1962-05-14', '2023-01-09', '2024-01-09', '2025-03-04', '2025-04-03', '2025-06-30', '2062-05-14']
    """
    for match in _YEAR_FIRST.finditer(text):
        yield from _day(*(part for part in match.groups() if part))
    for match in _YEAR_LAST.finditer(text):
        yield from _day(match[4], match[3], match[1])
        yield from _day(match[4], match[1], match[3])
        if len(match[4]) == 2:
            yield from _day(match[1].zfill(2), match[3], match[4])
    for match in _DAY_NAME.finditer(text):
        yield from _day(match[3], MONTH[match[2].lower()], match[1])
    for match in _NAME_DAY.finditer(text):
        yield from _day(match[3], MONTH[match[1].lower()], match[2])
    for match in _YEAR_NAME.finditer(text):
        yield from _day(match[1], MONTH[match[2].lower()], match[3])
    for match in _PACKED.finditer(text):
        yield from _day(match[3], match[2], match[1])
        yield from _day(match[3], match[1], match[2])
    yield from _rare(text)


def _rare(text: str) -> Iterator[date]:
    """Chinese numerals, days of the year, days of a week."""
    for match in _CHINESE.finditer(text):
        yield from _day("".join(_DIGITS[sign] for sign in match[1]), _chinese(match[2]), _chinese(match[3]))
    for match in _ORDINAL.finditer(text):
        if 1 <= int(match[2]) <= 366:
            yield date(int(match[1]), 1, 1) + timedelta(int(match[2]) - 1)
    for match in _WEEK.finditer(text):
        if 1 <= int(match[2]) <= 52:
            yield date.fromisocalendar(int(match[1]), int(match[2]), int(match[3]))


def serials_in(text: str) -> Iterator[date]:
    """Days that stand as numbers of a spreadsheet (both epochs) or of a clock; such numbers may mean something else."""
    for match in _SERIAL.finditer(text):
        yield date(1899, 12, 30) + timedelta(int(match[1]))
        yield date(1904, 1, 1) + timedelta(int(match[1]))
    for match in _EPOCH.finditer(text):
        yield (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(match[1]))).date()


def _chinese(text: str) -> int:
    """A numeral up to 99."""
    if "十" not in text:
        return int("".join(_DIGITS[sign] for sign in text))
    tens, _, ones = text.partition("十")
    return 10 * (int(_DIGITS[tens]) if tens else 1) + (int(_DIGITS[ones]) if ones else 0)


def _day(year, month, day) -> Iterator[date]:
    years = [int(year)] if len(str(year)) == 4 else [1900 + int(year), 2000 + int(year)]
    for one in years:
        try:
            yield date(one, int(month), int(day))
        except ValueError:
            continue


_ID_CONTEXT = r"(?:subject|patient|participant|case|record|pt|proband|subj|usubjid|id|number|no|nr|编号|受试者|患者|病人|号)"  # noqa: E501, wide signs


@lru_cache(maxsize=1 << 16)
def id_pattern(value: str) -> re.Pattern:
    """A subject id as people vary it: RA-007, RA007, RA 007, ra_7; a bare number only where a word says what it is.

    Examples
    --------
    >>> [bool(id_pattern("RA-007").search(text)) for text in ("RA007", "ra 7", "RA-0071", "XRA-007")]
    [True, True, False, False]
    >>> [bool(id_pattern("12").search(text)) for text in ("patient 12", "12 patients", "Subject no. 012")]
    [True, False, True]
    """
    parts = re.findall(r"[^\W\d_]+|\d+", value)
    loose = r"[\W_]{0,3}".join(_loose(part) for part in parts)
    if not parts or all(part.isdigit() for part in parts):
        return re.compile(
            rf"{_ID_CONTEXT}(?:\s*(?:no\.?|id|nr\.?|number))?[\s:#=._-]{{0,3}}{loose}(?![\d\w]|\.\d)",
            re.IGNORECASE,
        )
    before = r"(?<![0-9A-Za-z])" if parts[0].isascii() else ""
    after = r"(?![0-9A-Za-z])" if parts[-1].isascii() else ""
    return re.compile(before + loose + after, re.IGNORECASE)


def _loose(part: str) -> str:
    return f"0*{part.lstrip('0') or '0'}" if part.isdigit() else re.escape(part)


PATTERNS = {
    "absolute path": re.compile(
        r"file://|(?<![\w.:/~<-])/(?:home|Users|root|tmp|var|mnt|media|srv|opt|data|private|Volumes|scratch|work|workspace"
        r"|nfs|net|shares?|export|etc|cluster|gpfs|lustre|cygdrive|run|usr/local)/[\w.@+ -]*\w"
        r"|(?<![A-Za-z])[A-Z]:[\\/]+[\w.-]+"
        r"|(?<![\\\w])\\\\\w[\w.$-]*\\\w|(?<!\w)~/[\w.-]+/[\w.-]+|\bsmb://\S+|\b(?:afp|nfs|sftp|ftp)://\S+",
        re.IGNORECASE,
    ),
    "host": re.compile(
        r"(?<![\w.])(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254)\.\d{1,3}(?:\.\d{1,3})?(?![\w.]*\d)"
        r"|\b[\w-]+(?:\.[\w-]+)*\.(?:local|internal|intranet|intra|lan|corp|home\.arpa|localdomain|localnet)\b"
        r"|\blocalhost:\d+|\b(?:fd|fe80)[0-9a-f]{0,2}:(?:[0-9a-f]{0,4}:){2,}[0-9a-f]*"
        r"|\b(?:srv|db|sql|nas|pc|ws|dc|file|app|redcap)[-_]?(?:srv|server|prod|db|host)?[-_]?\d{1,3}\b(?=[:.\\/]|\s*(?:server|host))",
        re.IGNORECASE,
    ),
    "e-mail": re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b"),
    "token": re.compile(
        r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|(?:AKIA|ASIA)[0-9A-Z]{16}"
        r"|sk-[\w-]{20,}|hf_\w{20,}|AIza[\w-]{30,}|npm_\w{30,}|pypi-\w{20,}|dop_v1_\w{20,}|SG\.[\w-]{16,}\.[\w-]{16,}"
        r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+|(?-i:[0-9A-F]{32})|ya29\.[\w-]{20,}|[sr]k_(?:live|test)_\w{16,}|key-[0-9a-f]{32})\b"
        r"|-----BEGIN [A-Z ]*PRIVATE KEY|://[^\s/:@]+:[^\s/@]+@|\bBearer\s+[\w.~+/-]{16,}"
        r"|\b(?:password|passwd|pwd|passphrase|secret|api[_-]?key|token|kennwort|密码)\b[\"']?\s*[:=]\s*[\"']?[^\s\"'<>,;]{4,}"
        r"|\b(?:jdbc|postgres(?:ql)?|mysql|mongodb(?:\+srv)?|oracle|mssql|redis)(?:\+\w+)?:(?://|@|thin)\S+",
        re.IGNORECASE,
    ),
    "telephone number": re.compile(
        r"(?<![\d.\w])(?:\+?86[\s-]?)?1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?![\d.\w])|(?<![\d.\w-])0\d{2,3}[\s-]\d{7,8}(?![\d\w-])"
        r"|(?<![\d\w])\(0\d{2,3}\)\s?\d{7,8}(?!\d)|(?<![\d\w])\+\d{1,3}[\s-]?\(?\d{1,4}\)?(?:[\s-]?\d{2,4}){2,4}(?!\d)"
    ),
    "identity number": re.compile(
        r"(?<![\dA-Za-z])(?<!\d\.)(?:[1-9]\d{16}[\dXx]|[1-9]\d{5}\s?\d{8}\s?\d{3}[\dXx])(?![\dA-Za-z])"  # not decimals
    ),
    "social security number": re.compile(
        r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\d-])"
    ),
}


def is_identity_number(text: str) -> bool:
    """Whether 18 characters are a Chinese identity number: a birth date within, and the check digit.

    Examples
    --------
    >>> is_identity_number("11010519491231002X"), is_identity_number("110105194912310021")
    (True, False)
    """
    digits = re.sub(r"\s", "", text).upper()
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    if len(digits) != 18 or not list(_day(digits[6:10], digits[10:12], digits[12:14])):
        return False
    return "10X98765432"[sum(w * int(d) for w, d in zip(weights, digits, strict=False)) % 11] == digits[17]
