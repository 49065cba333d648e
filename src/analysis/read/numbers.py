"""Numbers from cells of text: detection limits, units, flags, thousands; and what cannot be read."""

import re
from typing import NamedTuple

from analysis.columns.units import canonical
from analysis.read.text import QUALITATIVE, missing_reason, normalise

_FLAG = re.compile(r"\s*(?:[↑↓*]+|(?<=\s)[HL])$")
_WORDED_LIMIT = (
    ("小于等于", "<="),
    ("大于等于", ">="),
    ("小于", "<"),
    ("大于", ">"),
    ("≤", "<="),
    ("≥", ">="),
)
_NUMBER = re.compile(
    r"(?P<limit><=|>=|<|>)?\s*(?P<digits>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(?P<unit>[^\d\s.,<>+-].*)?"
)


class Number(NamedTuple):
    """A cell read as a number. `status` is ok, missing, qualitative or unparseable."""

    status: str
    value: float = float("nan")
    censor: str = ""  # left (below a limit), right (above), none
    unit: str = ""  # as written
    flag: str = ""
    reason: str = ""  # why missing or unparseable
    text: str = ""  # qualitative result
    repairs: tuple[str, ...] = ()


def number(raw: str, declared: frozenset[str] = frozenset()) -> Number:
    """Read one cell as a number.

    Parameters
    ----------
    raw : str
        The cell as exported.
    declared : frozenset of str
        Codes the study file declares as missing.

    Examples
    --------
    >>> number("＜０．５").value, number("小于0.5").censor
    (0.5, 'left')
    >>> number("1,250").value, number("12,5").status
    (1250.0, 'unparseable')
    >>> number("未查").reason, number("（＋）").text
    ('not_done', 'positive')
    >>> number("1.2×10^9/L").unit
    '×10^9/L'
    """
    text = normalise(raw)
    if (reason := missing_reason(text, declared)) is not None:
        return Number("missing", reason=reason)
    if text.lower() in QUALITATIVE:
        return Number("qualitative", text=QUALITATIVE[text.lower()])
    flag = _FLAG.search(text)
    bare = text[: flag.start()].strip() if flag else text
    return _measured(str(raw), text, bare, flag[0].strip() if flag else "")


def _measured(raw: str, text: str, bare: str, flag: str) -> Number:
    """Read what is left of a cell without its flag: limit, digits, unit."""
    for word, sign in _WORDED_LIMIT:
        bare = bare.replace(word, sign)
    match = _NUMBER.fullmatch(bare)
    if not match:
        return Number("unparseable", reason="is not a number")
    unit = (match["unit"] or "").strip()
    if unit and canonical(unit) is None:
        return Number("unparseable", reason="has an unknown unit or stray characters")
    digits = match["digits"]
    repairs = (
        *(["N1"] if text != raw.strip() else []),
        *(["N2"] if flag else []),
        *(["N3"] if "," in digits else []),
        *(["N4"] if match["limit"] else []),
    )
    side = {"<": "left", ">": "right"}.get((match["limit"] or " ")[0], "none")
    return Number("ok", float(digits.replace(",", "")), side, unit, flag, repairs=repairs)
