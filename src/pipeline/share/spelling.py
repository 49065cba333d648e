"""Text without what is written either way: case, accents, alphabets that look alike, Chinese scripts."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

ACCENTS = re.compile("[\u0300-\u036f]+")
# the Chinese signs before and after the reform, from OpenCC's table of single signs (Apache 2.0)
_TRADITIONAL, _SIMPLE = Path(__file__).with_name("simplified.txt").read_text(encoding="utf-8").split()
ALIKE = str.maketrans(
    "авеіјкмнорѕстухαενορτυχ", "abeijkmhopsctyxavovptux"
)  # Cyrillic and Greek signs that look Latin
GREEK_AND_CYRILLIC = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕЅІЈКМНОРСТУХ"
CAPITALS = str.maketrans(GREEK_AND_CYRILLIC, "ABEZHIKMNOPTYXABESIJKMHOPCTYX")
LOOK_LATIN = re.compile(f"[{GREEK_AND_CYRILLIC}]+")
NEAR = 80  # signs before and after them
LETTERS = (
    str.maketrans("øđðłıħŧ\u2018\u2019´", "oddliht'''")
    | str.maketrans({"æ": "ae", "œ": "oe", "þ": "th"})
    | ALIKE
)
SIMPLE = str.maketrans(dict(zip(_TRADITIONAL, _SIMPLE, strict=True)))
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def folded(text: str) -> str:
    """Text without case, accents and the make of its apostrophes, for names are written either way.

    Examples
    --------
    >>> folded("Jürgen Weiß"), folded("O\u2019Brien"), folded("Nguyễn"), folded("李娜")
    ('jurgen weiss', "o'brien", 'nguyen', '李娜')
    """
    if text.isascii():
        return text.lower()
    lines = text.split("\n")
    if len(lines) > 1:  # few lines of a page have more than ASCII
        return "\n".join(map(folded, lines))
    apart = unicodedata.normalize("NFD", text.casefold())
    return unicodedata.normalize("NFC", ACCENTS.sub("", apart)).translate(LETTERS).translate(SIMPLE)


def without_accents(text: str) -> str:
    """Text whose letters have lost their accents; their case stays.

    Examples
    --------
    >>> without_accents("Jürgen Li")
    'Jurgen Li'
    """
    return "\n".join(
        line if line.isascii() else ACCENTS.sub("", unicodedata.normalize("NFD", line))
        for line in text.split("\n")
    )


def folded_views(views: Sequence[str]) -> str:
    """The views of a part, folded; what stands around capitals of other scripts that look Latin once more."""
    text = "\n".join(views)
    around = [text[max(0, m.start() - NEAR) : m.end() + NEAR] for m in LOOK_LATIN.finditer(text)]
    return "\n".join([folded(text), *(folded(part.translate(CAPITALS)) for part in dict.fromkeys(around))])
