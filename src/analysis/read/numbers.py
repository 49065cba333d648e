"""Numbers from cells of text: detection limits, units, flags, thousands; and what cannot be read.

Whether a comma or a point is the decimal sign is decided for a whole column by `analysis.read.decimals`.
"""

import re
from math import isinf
from typing import NamedTuple

from analysis.columns.units import canonical
from analysis.read.text import QUALITATIVE, missing_reason, normalise

_FLAG = re.compile(r"\s*(?:[↑↓*]+|(?<=\s)[HL]{1,2}|\((?:[HL]{1,2}|[Hh]igh|[Ll]ow|↑|↓)\))$")
_REMARK = re.compile(
    r"\s*[(\[]\s*(?:repeat(?:ed)?|rpt|re-?check(?:ed)?|re-?test(?:ed)?|confirmed|复查|复测|已复核)\s*[)\]]$",
    re.IGNORECASE,
)
_WORDED_LIMIT = (
    ("小于等于", "<="),
    ("大于等于", ">="),
    ("小于", "<"),
    ("大于", ">"),
    ("≤", "<="),
    ("≥", ">="),
)
_DIGITS = r"(?:\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d+)?|\d[\d.,]*|[.,]\d+)"
_NUMBER = re.compile(
    rf"(?P<limit><=|>=|<|>)?\s*(?P<sign>[+-]?)(?P<digits>{_DIGITS})(?P<power>[eE][+-]?\d{{1,3}}(?![\d/]))?"
    r"\s*(?P<unit>(?:[^\d\s.,<>+-]|(?<=\s)10\D|(?<=\d)[eE]\d{1,2}/).*)?"
)
_VALID = {
    ".": re.compile(r"\d+(?:\.\d+)?|\.\d+|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:['’]\d{3})+(?:\.\d+)?"),
    ",": re.compile(r"\d+(?:,\d+)?|,\d+|\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:['’ ]\d{3})+,\d+"),
}
BEYOND = "is too large or too small for a number"
PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?")
OPEN = "its comma or point may be a decimal sign or part thousands off; say which by `decimal:`"


class Number(NamedTuple):
    """A cell read as a number. `status` is ok, missing, qualitative, open or unparseable."""

    status: str
    value: float = float("nan")
    censor: str = ""  # left (below a limit), right (above), none
    unit: str = ""  # as written
    flag: str = ""
    reason: str = ""  # why missing or unparseable
    text: str = ""  # qualitative result
    repairs: tuple[str, ...] = ()


class Parts(NamedTuple):
    """A written number taken apart: what stands before, the digits with their separators, and what follows."""

    limit: str
    sign: str
    digits: str
    power: str
    unit: str
    flag: str


def parts(text: str) -> Parts | None:
    """The parts of a normalised text that is a number; None where it is none.

    Examples
    --------
    >>> parts("<1.234,5 mg/L").digits, parts("12 (repeat)").flag, parts("headache")
    ('1.234,5', 'repeat', None)
    """
    flag = _FLAG.search(text) or _REMARK.search(text)
    bare = text[: flag.start()].strip() if flag else text
    for word, sign in _WORDED_LIMIT:
        bare = bare.replace(word, sign)
    match = _NUMBER.fullmatch(bare)
    if not match:
        return None
    shown = flag[0].strip().strip("()[] ") if flag else ""
    found = [match[name] or "" for name in ("limit", "sign", "digits", "power", "unit")]
    return Parts(*found[:4], found[4].strip(), shown)  # type: ignore[call-arg]


def number(raw: str, declared: frozenset[str] = frozenset(), *, decimal: str | None = ".") -> Number:
    """Read one cell as a number.

    Parameters
    ----------
    raw : str
        The cell as exported.
    declared : frozenset of str
        Codes the study file declares as missing.
    decimal : {".", ","} or None
        The decimal sign of the column; None where it is not known, and a number that hangs on it is refused.

    Examples
    --------
    >>> number("＜０．５").value, number("小于0.5").censor
    (0.5, 'left')
    >>> number("1,250").value, number("1,250", decimal=",").value, number("1,250", decimal=None).status
    (1250.0, 1.25, 'open')
    >>> number("未查").reason, number("（＋）").text
    ('not_done', 'positive')
    >>> number("1.2×10^9/L").unit, number("1E5").value, number("1E400").status
    ('×10^9/L', 100000.0, 'unparseable')
    """
    text = normalise(raw)
    if (reason := missing_reason(text, declared)) is not None:
        return Number("missing", reason=reason)
    if text.lower() in QUALITATIVE:
        return Number("qualitative", text=QUALITATIVE[text.lower()])
    found = parts(text)
    if found is None:
        return Number("unparseable", reason="is not a number")
    if found.unit and canonical(found.unit) is None:
        return Number("unparseable", reason="has an unknown unit or stray characters")
    if decimal is None and re.search("[.,]", found.digits):
        return Number("open", reason=OPEN)
    if not _VALID[decimal or "."].fullmatch(found.digits):
        other = {".": "comma", ",": "point"}[decimal or "."]
        hint = f" with this column's decimal sign; if all have a {other}, say so by `decimal:`"
        written = re.fullmatch(r"\d+[.,]\d+", found.digits)
        return Number("unparseable", reason="is not a number" + (hint if written else ""))
    return _measured(str(raw), text, found, decimal or ".")


def _measured(raw: str, text: str, found: Parts, decimal: str) -> Number:
    """The value of a number taken apart, with what was unusual in how it was written."""
    plain = re.sub(r"[ '’,]" if decimal == "." else r"[ '’.]", "", found.digits)
    value = float(found.sign + plain.replace(",", ".") + found.power)
    if isinf(value) or (value == 0 and re.search("[1-9]", plain)):
        return Number("unparseable", reason=BEYOND)
    repairs = (
        *(["N1"] if text != raw.strip() or not found.digits.isascii() else []),
        *(["N2"] if found.flag else []),
        *(["N3"] if len(plain) < len(found.digits) else []),
        *(["N4"] if found.limit else []),
    )
    side = {"<": "left", ">": "right"}.get((found.limit or " ")[0], "none")
    return Number("ok", value, side, found.unit, found.flag, repairs=repairs)
