"""Cells as people and instruments write them: width, blanks, words for "not done", flags."""

import re
import unicodedata
from functools import lru_cache

from analysis.escape import clean

_NO_DIGIT = re.compile(  # numerals below the line, in circles, brackets, with stops; fractions
    "([\u2080-\u2089\u00bc-\u00be\u2150-\u215f\u2189\u2460-\u249b\u24ea\u3251-\u325f\u32b1-\u32bf\U0001f100-\U0001f10a])"
)
_SUPERSCRIPT = re.compile("[⁰¹²³⁴-⁹]+")
_DASHES = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-"})
_STOP_BETWEEN_DIGITS = re.compile(r"(?<=\d)。(?=\d)")

# Words and signs for "there is no value", and the reason they give.
MISSING_WORDS = {
    "未查": "not_done",
    "未做": "not_done",
    "未测": "not_done",
    "未检": "not_done",
    "未检测": "not_done",
    "未检查": "not_done",
    "not done": "not_done",
    "拒查": "refused",
    "拒绝": "refused",
    "refused": "refused",
    "标本溶血": "haemolysed",
    "溶血": "haemolysed",
    "haemolysed": "haemolysed",
    "hemolyzed": "haemolysed",
    "缺失": "missing",
    "不适用": "missing",
    "不详": "unknown",
    "未知": "unknown",
    "-": "missing",
    "--": "missing",
    "—": "missing",
    "——": "missing",
    "/": "missing",
    ".": "missing",
    "na": "missing",
    "n/a": "missing",
    "nan": "missing",
    "null": "missing",
    "missing": "missing",
    "#value!": "missing",
    "#n/a": "missing",
    "#ref!": "missing",
    "#div/0!": "missing",
    "#name?": "missing",
    "#num!": "missing",
    "#null!": "missing",
}

# Further words that say so where a number, a date or one of a few values is expected; in free text they may be names
# (NK cells, the analyte ND).
EXPECTED_MISSING = {
    "unk": "unknown",
    "unk.": "unknown",
    "nk": "unknown",
    "unknown": "unknown",
    "nd": "not_done_or_not_detected",
    "n.d.": "not_done_or_not_detected",
    "n.d": "not_done_or_not_detected",
    "n/d": "not_done_or_not_detected",
    "tnp": "not_done",
    "cancelled": "not_done",
    "canceled": "not_done",
    "qns": "not_enough_material",
    "pending": "pending",
    "n.a.": "missing",
    "not available": "missing",
    "not applicable": "missing",
    "k.a.": "missing",
    "keine angabe": "missing",
    "(blank)": "missing",
    "待查": "pending",
    "n.a": "missing",
    "#n/a n/a": "missing",
    "<na>": "missing",
    "nat": "missing",
}

# REDCap's codes for missing data (its standard set), as they stand in cells and, in lower case, after ___ of boxes.
REDCAP_CODES = {
    "NI": "no information",
    "INV": "invalid",
    "UNK": "unknown",
    "NASK": "not asked",
    "ASKU": "asked but unknown",
    "NAV": "temporarily unavailable",
    "MSK": "masked",
    "NA": "not applicable",
    "NAVU": "not available",
    "NP": "not present",
    "QS": "sufficient quantity",
    "QI": "insufficient quantity",
    "TRC": "trace",
    "UNC": "unencoded",
    "DER": "derived",
    "PINF": "positive infinity",
    "NINF": "negative infinity",
    "OTH": "other",
}

COMMON_CODES = frozenset({"NI", "INV", "UNK", "NASK", "ASKU", "NAV", "MSK", "NA"})

QUALITATIVE = {
    "阴性": "negative",
    "negative": "negative",
    "neg": "negative",
    "(-)": "negative",
    "阳性": "positive",
    "positive": "positive",
    "pos": "positive",
    "(+)": "positive",
    "+": "positive",
    "++": "positive",
    "+++": "positive",
    "(++)": "positive",
    "(+++)": "positive",
    "弱阳性": "weakly positive",
    "(±)": "weakly positive",
    "±": "weakly positive",
}

TRUE_WORDS = frozenset(["1", "yes", "y", "true", "t", "checked", "是", "有", "√"])
FALSE_WORDS = frozenset(["0", "no", "n", "false", "f", "unchecked", "否", "无"])


@lru_cache(maxsize=1 << 16)
def normalise(raw: str) -> str:
    """One width for digits and signs, no odd blanks, an ideographic stop between digits as a point.

    Examples
    --------
    >>> normalise("１２．５"), normalise("7。5"), normalise("×10⁹/L"), normalise("\u3000 38 ")
    ('12.5', '7.5', '×10^9/L', '38')
    >>> normalise("５①"), normalise("5₂")  # a footnote or an index is no digit of the number before it
    ('5①', '5₂')
    """
    raised = _SUPERSCRIPT.sub(lambda m: "^" + unicodedata.normalize("NFKC", m[0]), str(raw))
    if not raised.isascii():
        pieces = _NO_DIGIT.split(raised)
        raised = "".join(p if n % 2 else unicodedata.normalize("NFKC", p) for n, p in enumerate(pieces))
    text = clean(raised).translate(_DASHES)
    return _STOP_BETWEEN_DIGITS.sub(".", re.sub(r"\s+", " ", text)).strip()


@lru_cache(maxsize=1 << 16)
def missing_reason(text: str, declared: frozenset[str] = frozenset(), *, free: bool = False) -> str | None:
    """Why a normalised cell holds no value: a word for it, a declared code, or blank; None if it holds one.

    Sentinels such as -9 or 999 mean missing only where the study file declares them. `free` marks free text, in which
    fewer words mean that.
    """
    if not text:
        return "blank"
    if text in declared or (declared and _as_number(text) in _numbers(declared)):
        return "declared"
    word = text.lower()
    return MISSING_WORDS.get(word) or (None if free else EXPECTED_MISSING.get(word))


@lru_cache(maxsize=1 << 8)
def _numbers(codes: frozenset[str]) -> frozenset[float]:
    """The codes that are numbers."""
    return frozenset(number for code in codes if (number := _as_number(code)) is not None)


def _as_number(text: str) -> float | None:
    """A plain number, so that a declared -9 also catches -9.0."""
    return float(text) if re.fullmatch(r"[+-]?\d+(\.\d+)?", text) else None


@lru_cache(maxsize=1 << 16)
def same_code(text: str) -> str:
    """A code as it is looked up: 1, 1.0 and １ are one code.

    Examples
    --------
    >>> same_code("1.0"), same_code("Yes"), same_code("01")
    ('1', 'yes', '01')
    """
    plain = normalise(text).lower()
    return plain.removesuffix(".0") if re.fullmatch(r"-?\d+\.0", plain) else plain
