"""Numbers in words around results: notes, captions, headings, prose. What counts people is told as counts are.

A number in a sentence says by its neighbours what it is: a size (``n = 87``), people (``12 patients``, ``one woman``),
a share (``34 %``), or something of the plan (``within 28 days``, ``grade 3``, ``95 % CI``). The first three are told
as the profile says; the others stay where the study's own files state them.
"""

import re
from collections.abc import Iterable

from pipeline.share.lookup import DATE, HIDDEN, Lookup

PEOPLE = (
    r"(?:participants?|patients?|subjects?|people|persons?|individuals?|men|women|man|woman|males?|females?|girls?|boys?"
    r"|deaths?|cases?|events?|responders?|adults?|children|child|infections?|courses?|died|withdrew|dropped out|S?AEs?"
    r"|relapses?|flares?|malignanc(?:y|ies)|cancers?|hospitali[sz]ations?|admissions?|withdrawals?|drop-?outs?|fractures?"
    r"|pregnanc(?:y|ies)|strokes?|discontinuations?|reactions?|patient|smokers?|non-responders?|relapsed|responded"
    r"|stopped|discontinued|deceased|例|名|人|位|患者|受试者)"
)
SMALL = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a single|no one|nobody|a couple of|a dozen"
DID = (
    r"(?:died|improved|worsened|responded|relapsed|withdrew|left|stopped|completed|recovered|progressed|developed|received"
    r"|needed|suffered|experienced|dropped|flared)"
)
PARTS = "half|a half|a third|one third|two thirds|a quarter|one quarter|three quarters|a fifth|a tenth"
CJK_SMALL = "[一二两三四五六七八九十]"
UNIT = re.compile(
    r"^\s*(?:-|–)?\s*(?:days?|weeks?|months?|years?|hours?|mg|mm|kg|ml|g/|g\b|mmol|points?|joints?|fold|mechanisms?|drugs?"
    r"|visits?|items?|times|decimal|digits?|lines?|resamples?|donors?|data sets?|imputations|bootstrap"
    r"|°|cm|U/|×|月|天|周|年"
    r"|(?:%|per cent)\s*(?:[\w-]+\s+)?(?:CI|confidence|interval|limits?|Wilson|exact|level|prediction|Clopper))",
    re.IGNORECASE,
)
PLAN = re.compile(
    r"(?:grade|week|visit|version|phase|stage|class|level|criterion|item|section|table|figure|chapter|model|method|type"
    r"|at least|at most|above|below|over|under|than|within|threshold|alpha|power|age[ds]?|month|day|year|every|per"
    r"|score|DAS|ACR|CTCAE|MedDRA|v|seed|[<>=≤≥±×/–-]|NCT\d*)\s*$",
    re.IGNORECASE,
)
COUNTED = re.compile(rf"^\s*(?:\([^)]*\)\s*)?(?:[\w-]+\s+){{0,2}}{PEOPLE}(?!\w)", re.IGNORECASE)
SIZE = re.compile(r"\bn\s*=\s*$|\bN\s*=\s*$|[:;]\s*$|\bof\s+$", re.IGNORECASE)
LISTED = re.compile(
    r"[:;]\s*(?:\d+\s[^.:;,]{1,40},\s+)+$"
)  # further numbers of a list that began with a size
OF = re.compile(r"^\s*(?:of|out of|/|von)\s*(?:the\s+)?\d", re.IGNORECASE)
PERCENT = re.compile(r"^\s*(?:%|per cent|percent)")
MIDDLE = r"(?:of\s+(?:the\s+)?)?(?!per\b|line|row)[\w-]+\s+"
IN_WORDS = re.compile(
    rf"(?<!at least )(?<!the events of )(?<!days are )\b(?:{SMALL})\s+(?:{MIDDLE}){{0,2}}{PEOPLE}(?!\w)"
    rf"|\b(?:{SMALL})\s+(?:(?:of|out of)\s+(?:the\s+)?\d+)|{CJK_SMALL}{{1,2}}\s*[例名人位]"
    rf"|\b(?:{SMALL})\s+(?:of them\s+|had\s+)?{DID}(?!\w)"
    rf"|\b(?:{PARTS})\s+(?:of\s+)?(?:{MIDDLE}){{0,2}}{PEOPLE}(?!\w)|\b(?:one|two|three) in (?:\d+|{SMALL})\b",
    re.IGNORECASE,
)
MEANING = re.compile(r"\s+(?:is|means)\s")  # of a code: 1 is female
RATIO = re.compile(r"(?<![\w./-])\d+\s?/\s?\d+(?![\w/.-])")
NUMBER = re.compile(r"(?<![A-Za-z0-9_.#@/-])[−-]?\d+(?:\.\d+)?(?![A-Za-z0-9_]|\.\d|[-/]\d)")


def stated(texts: Iterable[str]) -> set[str]:
    """Every number and date that the study's own files state: settings, thresholds, planned sizes, the cut-off."""
    return {match[0] for text in texts for form in (NUMBER, RATIO, DATE) for match in form.finditer(text)}


def redact(text: str, lookup: Lookup, known: set[str]) -> str:
    """A text whose numbers are told as the profile allows.

    Parameters
    ----------
    text : str
    lookup : Lookup
        The results that it may show.
    known : set of str
        Numbers stated by the study's files.
    """
    text = IN_WORDS.sub(lambda match: _in_words(match[0]), text)
    text = RATIO.sub(lambda match: match[0] if match[0] in known else lookup.cell(match[0]), text)
    parts, at = [], 0
    for match in NUMBER.finditer(text):
        parts += [text[at : match.start()], told(match, lookup, known)]
        at = match.end()
    return DATE.sub(lambda day: day[0] if day[0] in known else HIDDEN, "".join([*parts, text[at:]]))


def counts_told(text: str, lookup: Lookup) -> str:
    """A text of the study file: what counts people is told as counts are, its other numbers stay.

    Examples
    --------
    >>> from pipeline.share.profiles import PROFILES
    >>> text = "1 is female; 219 of 302 patients are men, about 70 %; three patients left within 28 days"
    >>> counts_told(text, Lookup([], {}, PROFILES["opensafely-7-5"]))
    '1 is female; 220 of 300 patients are men, about 70 %; [s] patients left within 28 days'
    """
    parts, at, text = [], 0, IN_WORDS.sub(lambda match: _in_words(match[0]), text)
    for match in NUMBER.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        counted = "." not in match[0] and is_count(before, after) and not MEANING.match(after)
        parts += [text[at : match.start()], lookup.count(match[0]) if counted else match[0]]
        at = match.end()
    return "".join([*parts, text[at:]])


def _in_words(phrase: str) -> str:
    """A small number of people in words."""
    first = re.match(rf"(?:{PARTS}|{SMALL}|{CJK_SMALL}{{1,2}})", phrase, re.IGNORECASE)
    return HIDDEN + phrase[first.end() :] if first else HIDDEN


def told(match: re.Match, lookup: Lookup, known: set[str]) -> str:
    """What is told in place of one number of a text."""
    number, text = match[0], match.string
    before, after = text[: match.start()], text[match.end() :]
    if DATE.match(text[match.start() : match.start() + 10]):
        return number
    whole = "." not in number
    if whole and is_count(before, after):
        return lookup.counted(number)
    if number in known and is_of_the_plan(number, before, after):
        return number
    return lookup.number(number, alone=True) if lookup.accounted(number) else HIDDEN


def is_of_the_plan(number: str, before: str, after: str) -> bool:
    """Whether a number that the study's files state says something of the plan here, and not of how many people.

    Examples
    --------
    >>> is_of_the_plan("18", "older than ", " years"), is_of_the_plan("9", "seen early: ", " at week 72")
    (True, False)
    >>> is_of_the_plan("2010", "by the ", " criteria"), is_of_the_plan("0.05", "level of ", ".")
    (True, True)
    """
    if COUNTED.match(after) or re.search(r"\bn\s*=\s*$", before, re.IGNORECASE):
        return False
    if UNIT.match(after) or PLAN.search(before):
        return True
    if "." in number:
        return not PERCENT.match(after)
    return _is_year(number)


def is_count(before: str, after: str) -> bool:
    """Whether a whole number between these texts counts people or events.

    Examples
    --------
    >>> is_count("Deaths in ", " patients"), is_count("n = ", "."), is_count("within ", " days"), is_count("", " of 87")
    (True, True, False, True)
    >>> is_count("seen early: 1 at week 48, ", " at week 72")
    True
    """
    if UNIT.match(after):
        return False
    if COUNTED.match(after) or OF.match(after):
        return True
    return bool(SIZE.search(before) or LISTED.search(before)) and not PERCENT.match(after)


def typed_counts(text: str, known: set[str]) -> list[str]:
    """Numbers that a text states itself and that are not of the plan: in figures or words, counts of people and events.

    Parameters
    ----------
    text : str
        Prose without its shortcodes.
    known : set of str
        Numbers stated by the study's files; where the words around say so, they are of the plan.

    Examples
    --------
    >>> typed_counts("One woman of 87 died.", set()), typed_counts("Deaths: 1 within 28 days", {"1", "28"})
    (['One woman of 87 died', '87'], ['1'])
    """
    found = [match[0] for match in IN_WORDS.finditer(text)]
    found += [match[0] for match in RATIO.finditer(text)]
    for match in NUMBER.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if (match[0] not in known or not is_of_the_plan(match[0], before, after)) and not _is_year(match[0]):
            found.append(match[0])
    return found


def _is_year(number: str) -> bool:
    return number.isdigit() and len(number) == 4 and 1900 <= int(number) <= 2100
