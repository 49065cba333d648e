"""Look through a page for the study's own values and for what never belongs into a page."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.share.page import Piece
from pipeline.share.values import OwnValues

PATTERNS = {
    "absolute path": re.compile(
        r"file://|(?<![\w.:/~-])/(?:home|Users|root|tmp|var|mnt|media|srv|opt|data|private|Volumes|scratch|work|workspace)"
        r"/[\w.@+-]+|\b[A-Z]:\\+[\w.-]+|(?<![\\\w])\\\\\w[\w.-]*\\\w"
    ),
    "e-mail": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b"),
    "token": re.compile(
        r"\b(?:gh[pousr]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|sk-[\w-]{20,}"
        r"|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+|[0-9A-F]{32})\b|-----BEGIN [A-Z ]*PRIVATE KEY|://[^\s/:@]+:[^\s/@]+@"
    ),
}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
NAME = "(" + "|".join(MONTHS) + r")[a-z]*\.?"
YEAR_FIRST = re.compile(
    r"(?<!\d)(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})(?!\d)"
    r"|(?<![0-9A-Za-z])((?:19|20)\d\d)(\d\d)(\d\d)(?![0-9A-Za-z])"
)
YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
DAY_NAME = re.compile(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?[ -]{NAME}[ -,]*(\d{{4}})(?!\d)", re.IGNORECASE)
NAME_DAY = re.compile(rf"\b{NAME} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})(?!\d)", re.IGNORECASE)


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
    words = "\n".join(part.words for part in parts).casefold()
    everything = "\n".join(part.everything for part in parts).casefold()
    for kind in ("identifier", "subject id", "free text", "access"):
        for value, column in values.texts.get(kind, {}).items():
            common = value.isascii() and value.isalpha()  # a single word may be part of markup or of a script
            if value.casefold() not in (words if common else everything):
                continue
            exact = re.compile(_bounded(value), re.IGNORECASE)
            for part in parts:
                if exact.search(part.words if common else part.everything):
                    shown = value if kind == "subject id" else masked(value)
                    yield Finding(kind, f"{shown} ({column})", part.place)


def _bounded(value: str) -> str:
    """The value where it stands alone: RA-001 is not in XRA-0012."""
    before = r"(?<![0-9A-Za-z])" if value[0].isascii() and value[0].isalnum() else ""
    after = r"(?![0-9A-Za-z])" if value[-1].isascii() and value[-1].isalnum() else ""
    return before + re.escape(value) + after


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
        for day in sorted(set(dates_in(part.everything)) & values.days.keys()):
            yield Finding(values.days[day], f"a day in {day:%Y-%m}", part.place)


def dates_in(text: str) -> Iterator[date]:
    """Every day a text may name, in the usual ways to write one; 03/04/2025 names two.

    Examples
    --------
    >>> sorted({str(day) for day in dates_in("2025-06-30, 3/4/2025, 9 Jan 2024, 2023年1月9日")})
    ['2023-01-09', '2024-01-09', '2025-03-04', '2025-04-03', '2025-06-30']
    """
    for match in YEAR_FIRST.finditer(text):
        yield from _day(*(part for part in match.groups() if part))
    for match in YEAR_LAST.finditer(text):
        yield from _day(match[3], match[2], match[1])
        yield from _day(match[3], match[1], match[2])
    for match in DAY_NAME.finditer(text):
        yield from _day(match[3], MONTHS.index(match[2].lower()) + 1, match[1])
    for match in NAME_DAY.finditer(text):
        yield from _day(match[3], MONTHS.index(match[1].lower()) + 1, match[2])


def _day(year, month, day) -> Iterator[date]:
    try:
        yield date(int(year), int(month), int(day))
    except ValueError:
        return


def _patterns(parts: Sequence[Piece], declared: str) -> Iterator[Finding]:
    for part in parts:
        for kind, pattern in PATTERNS.items():
            for match in pattern.finditer(part.everything):
                if not (kind == "e-mail" and match[0] in declared):
                    yield Finding(kind, match[0] if kind == "absolute path" else masked(match[0]), part.place)
