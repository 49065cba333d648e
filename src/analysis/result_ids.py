"""The ids of results, and the columns of their table: names alone, without the data frames.

An id has six parts, ``analysis.population.variable.visit.group.statistic``, in lower case; a part that does not
apply is ``all``.
"""

import re
import unicodedata

COLUMNS = (
    "result_id",
    "study",
    "report",
    "analysis",
    "population",
    "variable",
    "visit",
    "group",
    "statistic",
    "value",
    "unit",
    "method",
    "n",
    "n_missing",
    "note",
    "status",
    "kind",
    "denominator",
    "patients",
)

KEYS = ("analysis", "population", "variable", "visit", "group")
ESTIMATED, NOT_ESTIMATED = "estimated", "not estimated"
EACH = "each"  # in an id that a text names: whatever stands there, but ``all``


_WIDE = 0xFEE0  # from an ASCII sign to its full-width form: ``<`` to ``＜``
_SEPARATORS = set(" _-/:,.()'\t\n\u00a0\u3000")
_FULL = re.compile("[\uff01-\uff5e]")
_PLAIN = re.compile("[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*")
_HEX = re.compile(r"~([0-9a-f]{2,6})~")


def result_id(*parts: str) -> str:
    """Join the parts of an id, each in lower case with underscores; an empty part is ``all``.

    Letters and digits of every script stay as they are. Blanks and the marks that only part words become underscores;
    every other sign, and a sign that means something (``-`` before or between digits, ``+`` after a name), is written
    in its full-width form, which no other syntax uses, so that ``<5`` and ``>=5`` are two ids. `id_parts` reads them.

    Examples
    --------
    >>> result_id("change", "FAS", "das28_esr", "W24", "", "estimate")
    'change.fas.das28_esr.w24.all.estimate'
    >>> result_id("lab", "", "γ-GT", ">=5", "头痛", "n")
    'lab.all.γ_gt.＞＝5.头痛.n'
    >>> result_id("harm", "", "(-)", "", "", "count")
    'harm.all.（－）.all.all.count'
    """
    return ".".join(_slug(unicodedata.normalize("NFC", str(part))) or "all" for part in parts)


def id_parts(name: str) -> tuple[str, ...]:
    """The parts of an id, their signs as they were.

    Examples
    --------
    >>> id_parts("lab.all.γ_gt.＞＝5.头痛.n")
    ('lab', 'all', 'γ_gt', '>=5', '头痛', 'n')
    """
    narrow = [_FULL.sub(lambda sign: chr(ord(sign[0]) - _WIDE), part) for part in name.split(".")]
    return tuple(_HEX.sub(lambda code: chr(int(code[1], 16)), part) for part in narrow)


def _slug(text: str) -> str:
    """One part of an id; of a text that is nothing but marks, each of them."""
    if _PLAIN.fullmatch(text):
        return text.lower()
    if text.strip() and all(sign in _SEPARATORS for sign in text):
        return "".join(chr(ord(sign) + _WIDE) for sign in text if "!" <= sign <= "~")
    made = []
    for place, sign in enumerate(text):
        before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
        if sign in _SEPARATORS and not _means(sign, before, after):
            made.append("_")
        elif "!" <= sign <= "~" and not sign.isalnum():
            made.append(chr(ord(sign) + _WIDE))
        elif (sign.isalnum() or unicodedata.category(sign) in ("Mn", "Mc")) and not _FULL.match(sign):
            made.append(sign.lower())
        else:
            made.append(f"~{ord(sign):02x}~")
    return re.sub("_+", "_", "".join(made)).strip("_")


def _means(sign: str, before: str, after: str) -> bool:
    """Whether a mark tells two values apart: before a number, after a name, or inside a number."""
    if sign == "-":
        return (not before.strip() and after.isdigit()) or (before.isdigit() and after.isdigit()) or not after
    return sign in "/:," and before.isdigit() and after.isdigit()
