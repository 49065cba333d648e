"""A person named otherwise than in full: by the surname alone, with initials, as a user of a machine, in pinyin.

These are looked for in what a reader sees, with the capitals of names; words that the project's own texts use (Wilson,
Kaplan) and those of the bibliography name nobody.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise, product
from pathlib import Path

from pipeline.share.names import PARTICLES
from pipeline.share.spelling import UMLAUTS, folded, without_accents
from pipeline.share.values import CJK

ALONE = 6  # letters of a word that names somebody without the other words of the name
WITH_INITIAL = 4  # of one that does so with the first letters of the others
AS_USER = 5  # of one that is joined with a first letter
AS_ONE = 8  # of two that are written in one
MOST_READINGS = 8  # of the signs of a name together
_WORD = re.compile(r"[^\W\d_]+")
_JOINED = re.compile(r"(?<![^\W\d_])[^\W\d_]+[._-][^\W\d_]+(?![^\W\d_])")  # t.wojcik
_FILE = re.compile(
    r"[^\s/\\\"'<>=]{4,80}\.(?:docx?|pdf|xlsx?|csv|png|jpe?g|dcm|zip|txt|rds|sav|dta|pptx?|json)\b"
)
_CALLED = "女士|先生|小姐|太太|氏"
_COMPOUND = re.compile(  # surnames of two signs
    "诸葛|欧阳|司马|上官|夏侯|尉迟|皇甫|慕容|令狐|长孙|宇文|司徒|端木|东方|独孤|南宫|公孙|轩辕|申屠|澹台|闻人|万俟|赫连|钟离|淳于|单于|太史"
    "|司空|呼延|拓跋|百里|东郭|西门|濮阳|公冶|宗政|仲孙|鲜于|闾丘"
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a page: those that a reader sees with a capital, all of them, and the text that is seen."""

    capitals: frozenset[str]
    every: frozenset[str]
    seen: str
    signs: str

    @classmethod
    def of(cls, seen: str, everything: str) -> "Words":
        """From the text that a reader sees and all there is, both folded in nothing but their typographic variants."""
        latin = without_accents(seen)
        capitals = {folded(word) for word in set(_WORD.findall(seen)) if word[0].isupper()}
        every = folded(everything)
        capitals |= {word for file in set(_FILE.findall(every)) for word in _WORD.findall(file)}
        joined = {re.sub("[._-]", "", pair) for pair in _JOINED.findall(every)}
        return cls(frozenset(capitals), frozenset(_WORD.findall(every)) | joined, latin, folded(seen))

    def name(self, person: str, *, known: frozenset[str]) -> bool:
        """Whether somebody is named by a part of the name that is none of the known words.

        Examples
        --------
        >>> words = Words.of("Ask Hong Wei; Frau Papadimitriou; T. Zyla", "Ask Hong Wei, a.wojcik")
        >>> people = ["魏红", "Giorgos Papadimitriou", "Tomasz Zyla", "Adam Wójcik", "Anna Nowak"]
        >>> [words.name(person, known=frozenset()) for person in people]
        [True, True, True, True, False]
        """
        if re.fullmatch(f"{CJK}{{2,4}}", person):
            return self._in_signs(person) or self._in_pinyin(person)
        return any(self._in_letters(parts, known) for parts in parts_of(person))

    def _in_letters(self, parts: tuple[str, ...], known: frozenset[str]) -> bool:
        if len(parts) < 2:
            return False
        told = {part for part in parts if len(part) >= ALONE} - known
        told |= {f"{part}s" for part in told} - known
        return (
            bool(told & self.capitals)
            or not self.every.isdisjoint(_users(parts))
            or any(form.search(self.seen) for word, form in _with_initial(parts) if word in self.capitals)
        )

    def _in_signs(self, person: str) -> bool:
        """The surname with a form of address, or behind the given name."""
        name = folded(person)
        surname, given = name[: _surname(name)], name[_surname(name) :]
        has_form = bool(given) and bool(re.search(rf"{surname}(?:{_CALLED})", self.signs))
        return has_form or (
            len(name) > 2 and bool(re.search(rf"{given}[\s,，、]{{1,3}}{surname}", self.signs))
        )

    def _in_pinyin(self, person: str) -> bool:
        return any(
            not self.every.isdisjoint(words) and form.search(self.seen)
            for words, form in _pinyin(folded(person))
        )


def parts_of(person: str) -> set[tuple[str, ...]]:
    """The words of a name without particles, folded, umlauts also as two letters; none where it holds a number.

    Examples
    --------
    >>> parts_of("María José Fernández-Quiroga"), sorted(parts_of("Jörg Weiß")), parts_of("MRN 4471")
    ({('maria', 'jose', 'fernandez', 'quiroga')}, [('joerg', 'weiss'), ('jorg', 'weiss')], set())
    """
    if re.search(r"\d", person):
        return set()
    spelt = unicodedata.normalize("NFC", person).casefold()
    ways = (_WORD.findall(folded(text)) for text in (spelt, spelt.translate(UMLAUTS)))
    return {words for way in ways if len(words := tuple(word for word in way if word not in PARTICLES)) <= 5}


def known_words(texts: Iterable[str]) -> frozenset[str]:
    """Words of texts that name nobody, and those of the project's own catalogue of texts, folded."""
    return _own_words() | frozenset(word for text in texts for word in _WORD.findall(folded(text)))


@cache
def _own_words() -> frozenset[str]:
    catalogue = files("analysis.language").joinpath("zh.po").read_text(encoding="utf-8")
    return frozenset(_WORD.findall(folded(catalogue)))


@lru_cache(maxsize=1 << 14)
def _users(parts: tuple[str, ...]) -> frozenset[str]:
    """Names of users on machines: a first letter and a long word of the name, or words that follow, in one."""
    long = {part for part in parts if len(part) >= AS_USER}
    firsts = {(part[0], other) for other in long for part in parts if part != other}
    found = {joined for first, other in firsts for joined in (first + other, other + first)}
    found |= {"".join(part[0] for part in parts[:-1]) + parts[-1]} if len(parts[-1]) >= AS_USER else set()
    found |= {first + second for first, second in pairwise(parts) if len(first + second) >= AS_ONE}
    return frozenset(found)


@lru_cache(maxsize=1 << 14)
def _with_initial(parts: tuple[str, ...]) -> tuple[tuple[str, re.Pattern], ...]:
    """A word of a name, and the forms in which it stands beside the first letters of the others."""
    found = []
    for word in (part for part in parts if len(part) >= WITH_INITIAL):
        others = [part for part in parts if part != word]
        initials = r"[\s.-]{0,2}".join(other[0].upper() for other in others) + r"(?![A-Za-z])\.?"
        spelt = rf"(?:{word.capitalize()}|{word.upper()})(?![A-Za-z])"
        alone = r"(?!\s?[,.]?\s?[A-Z][.\s,;])"  # no further first letter, as in lists of authors
        before = rf"(?<![A-Za-z.]){initials}[\s_-]{{0,2}}{spelt}"
        after = rf"(?<![A-Za-z]){spelt},?[\s_]{{1,2}}{initials}{alone}"
        found.append((word, re.compile(f"{before}|{after}")))
    return tuple(found)


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    """How Chinese signs are read, without tones; from pinyin-data (MIT), which rests on Unicode's Unihan tables."""
    found: dict[str, tuple[str, ...]] = {}
    for line in Path(__file__).with_name("readings.txt").read_text(encoding="utf-8").splitlines():
        syllable, signs = line.split()
        for sign in signs:
            found[sign] = (
                *found.get(sign, ()),
                *{syllable, syllable.replace("v", "u"), syllable.replace("v", "yu")},
            )
    return found


def _surname(name: str) -> int:
    return 2 if len(name) > 2 and (_COMPOUND.match(name) or len(name) == 4) else 1


@lru_cache(maxsize=1 << 14)
def _pinyin(name: str) -> tuple[tuple[frozenset[str], re.Pattern], ...]:
    """A name in Latin letters, by each way to read it: words of which one stands wherever it does, and its forms."""
    return tuple(_read(syllables, _surname(name)) for syllables in _ways(name))


def _ways(name: str) -> Iterator[tuple[str, ...]]:
    readings = [_readings().get(sign, ()) for sign in name]
    for number, way in enumerate(product(*readings)):
        if number < MOST_READINGS:
            yield way


def _read(syllables: tuple[str, ...], at: int) -> tuple[frozenset[str], re.Pattern]:
    surname, given = syllables[:at], syllables[at:]
    last, first = _capitals(surname), _capitals(given)
    whole = "".join(syllables)
    between = r"[\s,_.·-]{1,3}" if len(whole) > 5 else r"\s"  # Li, Na are elements
    forms = [rf"{last}{between}{first}", rf"{first}{between}{last}"]
    words = {surname[0], "".join(surname), given[0], "".join(given)}
    if len(whole) > 5:
        forms += [rf"(?i:{''.join(surname)}[._-]?{''.join(given)}|{''.join(given)}[._-]?{''.join(surname)})"]
        words |= {whole, "".join(given + surname)}
    return frozenset(words), re.compile(rf"(?<![A-Za-z])(?:{'|'.join(forms)})(?![A-Za-z])")


def _capitals(syllables: tuple[str, ...]) -> str:
    """Syllables as words of a name, in one or apart: the first with a capital, or all of them in capitals."""
    first, *others = syllables
    small = "".join(rf"[\s'’-]?[{other[0].upper()}{other[0]}]{other[1:]}" for other in others)
    large = r"[\s-]?".join(syllable.upper() for syllable in syllables)
    return rf"(?:{first.capitalize()}{small}|{large})"
