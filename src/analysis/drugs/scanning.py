"""Reading a normalised name from its beginning to its end: what it consists of, or that part of it is not known."""

import re
from collections.abc import Mapping
from functools import cache

from analysis.drugs.dictionary import Term, form_words, other_atc_groups, other_endings, terms

UNITS = (
    "micrograms?|milligrams?|units?|mg|ug|μg|µg|mcg|ml|miu|iu|i\\.e\\.|i\\.u\\.|ie|ui|u\\.i\\.|meq|mmol|kg|m2|g|u|l|%|"
    "万单位|万u|克|毫克|微克|毫升|单位|国际单位"
)
COUNTED = (
    "days?|weeks?|months?|years?|hours?|hrs?|h|天|日|周|个月|月|年|"
    "tablets?|tabs?|capsules?|caps?|片|粒|支|瓶|盒|袋|枚|丸|板|包|贴|次|s"
)
PER = (
    "kg|m2|ml|day|week|month|d|w|h|日|天|周|月|次|片|粒|支|瓶|盒|袋|枚|板|包|"
    "tablet|tab|capsule|cap|vial|dose|actuation|act|puff|spray|box"
)
QUANTITY = re.compile(
    rf"\d+(?:[.,]\d+)?\s*(?:{UNITS}|{COUNTED})?(?:\s*/\s*(?:\d+(?:\.\d+)?\s*)?(?:{UNITS}|{PER}))*(?![a-wyz])"
    rf"|[x×*]\s*\d+(?:\.\d+)?\s*(?:{UNITS}|{COUNTED})?(?:/(?:{PER}))*(?![a-wyz])"
    rf"|d\d{{1,3}}(?![a-z0-9])"  # the day of a cycle
)
CELL = 40  # characters of the narrowest cell that may have cut a name off
FORMULA = re.compile(r"\((?:i{1,3}|iv|v)\)")  # (II) after a combination: which of its strengths
PUNCTUATION = re.compile(r"[\s()\[\]{}<>,;:/+*·•、,。.'\"®™©&|~_!$^→★☆▲△※●○◆◇■□-]+")
ATC = re.compile(r"(?<![a-z0-9])[a-z]\d\d[a-z]{2}\d\d(?![a-z0-9])")
BRACKET = re.compile(r"\(([^()]*)\)")
# in brackets after a drug: anything that could be a trade name or a maker, and nothing of the following
NAME_LIKE = re.compile(r"[a-z0-9\u4e00-\u9fff·. '&-]{2,48}|[甲乙丙]")  # also the list of a public insurance
NO_NAME = re.compile(
    r"过敏|禁|停|未|拒|不|无|忌|勿|非|曾|拟|眼|外用|膏|凝胶|滴|吸入|雾化|鼻|喷|皮试|安慰|模拟|对照|关节|局部|腔|试验|受试|自备|待|疑|替|换|改|或|加|"
    r"allerg|placebo|\bno\b|\bnot\b|never|stop|hold|held|naive|topic|eye|ophthal|cream|gel|ointment|inhal|nasal|articular|"
    r"refus|declin|contra|trial|study|blind|local|\bor\b|\bto\b|switch|until|since|fail"
)


def parts(text: str, more: Mapping[str, Term | str]) -> list[Term] | None:
    """Give the terms a normalised name consists of; None where a part of it is not known.

    Parameters
    ----------
    text : str
        From `analysis.drugs.dictionary.normalise`.
    more : mapping of str to Term or str
        The study's own names, which go before the dictionary's; further words, to themselves, that may stand there.
    """
    found = _scan(text, more)
    if found is not None:
        return found
    if not BRACKET.search(text):
        return None
    outside = _scan(BRACKET.sub(" ", text), more)
    if not outside:
        return None
    inside = [_scan(content, more) for content in BRACKET.findall(text)]
    unread = [content for content, read in zip(BRACKET.findall(text), inside) if read is None]
    if not all(_a_trade_name(content, more) for content in unread):
        return None
    return outside + [term for read in inside for term in read or ()]


def _a_trade_name(content, more):
    """Tell whether what stands in brackets after a drug may be a name of it that is not listed."""
    hidden = any(len(known) > 1 and known in content for known in (*terms(), *more))
    return bool(NAME_LIKE.fullmatch(content.strip())) and not NO_NAME.search(content) and not hidden


def _scan(text, more):
    """Take, at each place, the longest known thing."""
    place, found = 0, []
    while place < len(text):
        known = _longest(text, place, more) or _other_code(text, place)
        if isinstance(known, Term):
            found.append(known)
        length = len(known.text if isinstance(known, Term) else known or "") or _filler(text, place)
        if not length:
            return found if _cut_off(text, place) else None
        place += length
    return found


def _cut_off(text, place):
    """Tell whether a cell of a fixed width ends within a word of form or supply."""
    rest = text[place:]
    return (
        len(text) >= CELL
        and rest.isalpha()
        and any(word.startswith(rest) for word in form_words() if len(rest) > 2)
    )


def _other_code(text, place):
    """Give a code whose group says that the drug is none of the dictionary's."""
    code = ATC.match(text, place)
    if code and code.group().startswith(other_atc_groups()):
        return Term(code.group(), f"ATC {code.group().upper()}", "atc", None)
    return None


def _filler(text, place):
    """Give the length of a quantity, the number of a formula or punctuation at this place."""
    step = next(filter(None, (form.match(text, place) for form in (QUANTITY, FORMULA, PUNCTUATION))), None)
    return step.end() - place if step else 0


def _longest(text, place, more):
    """Give the longest term or word that stands whole at this place, the study's own first; None if there is none."""
    for table in (_by_first(tuple(more.items())), _dictionary()):
        for known, meaning in table.get(text[place], ()):
            if text.startswith(known, place) and _whole(text, place, known):
                return meaning
    return None


@cache
def _dictionary():
    """Give terms and words by their first character, the longest first."""
    words = {word: word for word in form_words()}
    return _by_first((*other_endings().items(), *words.items(), *terms().items()))


@cache
def _by_first(named):
    """Sort names under their first character, the longest first."""
    table = {}
    for text, meaning in named:
        table.setdefault(text[0], []).append((text, meaning))
    return {first: sorted(found, key=lambda pair: -len(pair[0])) for first, found in table.items()}


def _whole(text, place, known):
    """Tell whether a name stands alone: Latin words end where letters end, ATC codes also where digits do."""
    edge = r"[a-z0-9]" if ATC.fullmatch(known) or len(known) == 1 else r"[a-zà-ÿ]"
    end = place + len(known)
    cut_before = place > 0 and known[0].isascii() and re.match(edge, text[place - 1])
    cut_after = end < len(text) and known[-1].isascii() and re.match(edge, text[end])
    return not cut_before and not cut_after
