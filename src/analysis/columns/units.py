"""Units: how they are written, and the factors between them. Conversion happens once, when data are read."""

import re
import unicodedata

# Canonical unit -> (dimension, size in the dimension's base unit). Only units of one dimension convert.
_UNITS: dict[str, tuple[str, float]] = {
    "mm": ("length", 1.0),
    "cm": ("length", 10.0),
    "m": ("length", 1000.0),
    "mg": ("mass", 1.0),
    "g": ("mass", 1000.0),
    "ug": ("mass", 0.001),
    "kg": ("mass", 1e6),
    "jin": ("mass", 5e5),
    "lb": ("mass", 453592.37),
    "mg/day": ("daily dose", 1.0),
    "g/day": ("daily dose", 1000.0),
    "mg/kg": ("dose by weight", 1.0),
    "mg/L": ("mass concentration", 1.0),
    "mg/dL": ("mass concentration", 10.0),
    "g/L": ("mass concentration", 1000.0),
    "g/dL": ("mass concentration", 10000.0),
    "mg/mL": ("mass concentration", 1000.0),
    "ug/mL": ("mass concentration", 1.0),
    "ug/dL": ("mass concentration", 0.01),
    "ug/L": ("mass concentration", 0.001),
    "ng/mL": ("mass concentration", 0.001),
    "pg/mL": ("mass concentration", 1e-6),
    "ng/L": ("mass concentration", 1e-6),
    "ng/dL": ("mass concentration", 1e-5),
    "pg/L": ("mass concentration", 1e-9),
    "mmol/L": ("amount concentration", 1000.0),
    "umol/L": ("amount concentration", 1.0),
    "nmol/L": ("amount concentration", 0.001),
    "pmol/L": ("amount concentration", 1e-6),
    "mol/L": ("amount concentration", 1e6),
    "umol/dL": ("amount concentration", 10.0),
    "U/L": ("enzyme activity", 1.0),
    "ukat/L": ("enzyme activity", 60.0),
    "nkat/L": ("enzyme activity", 0.06),
    "U/mL": ("arbitrary units", 1.0),
    "kU/L": ("arbitrary units", 1.0),
    "RU/mL": ("relative units", 1.0),
    "IU/mL": ("international units", 1.0),
    "IU/L": ("international units", 0.001),
    "kIU/L": ("international units", 1.0),
    "mIU/mL": ("international units", 0.001),
    "uIU/mL": ("international units", 1e-6),
    "mIU/L": ("international units", 1e-6),
    "10^9/L": ("cells", 1.0),
    "10^12/L": ("cells", 1000.0),
    "10^3/uL": ("cells", 1.0),
    "10^4/uL": ("cells", 10.0),
    "10^6/uL": ("cells", 1000.0),
    "/uL": ("cells", 0.001),
    "/mm3": ("cells", 0.001),
    "/L": ("cells", 1e-9),
    "/mL": ("cells", 1e-6),
    "mm/h": ("sedimentation", 1.0),
    "%": ("proportion", 1.0),
    "L": ("volume", 1.0),
    "mL": ("volume", 0.001),
    "kg/m2": ("body mass index", 1.0),
    "years": ("years", 1.0),
    "months": ("months", 1.0),
    "weeks": ("weeks", 1.0),
    "days": ("days", 1.0),
    "day": ("study day", 1.0),
    "min": ("duration", 1.0),
}

# Time since baseline, in days: what becomes a study day, of which the first is 1.
ELAPSED = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}

# Other spellings, as `_plain` leaves them.
_SPELLINGS = {
    "mm/1h": "mm/h",
    "mm/hr": "mm/h",
    "mm/小时": "mm/h",
    "iu/l": "IU/L",
    "u/l": "U/L",
    "u/ml": "U/mL",
    "iu/ml": "IU/mL",
    "ru/ml": "RU/mL",
    "mg/d": "mg/day",
    "毫米": "mm",
    "厘米": "cm",
    "公斤": "kg",
    "千克": "kg",
    "斤": "jin",
    **dict.fromkeys(
        [
            f"{thousand}/{volume}"
            for thousand in ("k", "th", "thou", "thousand", "thousands", "tsd", "tsd.", "1000", "x1000", "千")
            for volume in ("ul", "mm3", "cumm", "cmm", "mcl")
        ],
        "10^3/uL",
    ),
    **dict.fromkeys(["万/ul", "10000/ul", "x10000/ul", "万/mm3"], "10^4/uL"),
    **dict.fromkeys(
        ["m/ul", "m/mm3", "m/mcl", "m/cumm", "mill/ul", "million/ul", "million/mm3", "mio/ul", "mio./ul"],
        "10^6/uL",
    ),
    **dict.fromkeys(["/nl", "gpt/l", "giga/l", "gi/l"], "10^9/L"),
    **dict.fromkeys(["/pl", "tpt/l", "tera/l", "ti/l", "t/l"], "10^12/L"),
    **dict.fromkeys(["cells/ul", "个/ul", "/mcl"], "/uL"),
    **dict.fromkeys(["cells/mm3", "/cumm", "/cmm", "cells/cumm"], "/mm3"),
    **dict.fromkeys(["mg%", "mg/100ml"], "mg/dL"),
    **dict.fromkeys(["g%", "gm/dl", "gms/dl", "gm%", "g/100ml"], "g/dL"),
    "mcg/l": "ug/L",
    "mcg/dl": "ug/dL",
    "mcg/ml": "ug/mL",
    "mcg": "ug",
    **dict.fromkeys(["gm", "gram", "grams"], "g"),
    **dict.fromkeys(["units/l", "unit/l", "mu/ml"], "U/L"),
    **dict.fromkeys(["units/ml", "unit/ml"], "U/mL"),
    **dict.fromkeys(
        [
            "mm/hour",
            "mm/1hr",
            "mm/1hour",
            "mm/1.h",
            "mm/std",
            "mm/1std",
            "mm/1sth",
            "mm/1sthr",
            "mm/1sthour",
            "mm/60min",
            "mminh",
        ],
        "mm/h",
    ),
    **dict.fromkeys(["pct", "percentage"], "%"),
    "kgs": "kg",
    "lbs": "lb",
    "cms": "cm",
    "month": "months",
    "week": "weeks",
    "yr": "years",
    "yrs": "years",
    "mins": "min",
    "year": "years",
    "岁": "years",
    "minutes": "min",
    "分钟": "min",
    "percent": "%",
}

# Spellings that mean two things: what is measured decides. G/L is giga per litre of cells, else grams per litre.
_EITHER = {"g/l": {"cells": "10^9/L"}}
_POWER = re.compile(
    r"(?:(?:x|\*)?10(?:\^|\*\*|\*|e\+?|exp|\(|~)?|e)([1-9]\d?)\)?(?:cells|个)?/(l|ul|ml|mm3|mcl|cumm|cmm)"
)
_PER = {"l": 0, "ml": 3, "ul": 6, "mm3": 6, "mcl": 6, "cumm": 6, "cmm": 6}

# Conversions that hold for one analyte only: (analyte, from, to) -> factor.
_BY_ANALYTE = {
    ("CREA", "mg/dL", "umol/L"): 88.4,
    ("CREA", "mg/L", "umol/L"): 8.84,
    ("CREA", "mmol/L", "umol/L"): 1000.0,
}
_ENZYMES = frozenset({"CK", "ALD", "LDH", "AST", "ALT", "GGT"})


def _plain(text: str) -> str:
    """A unit as typed, without the accidents of typing (width, case, superscripts, spaces)."""
    raised = re.sub(r"[⁰¹²³⁴-⁹]+", lambda m: "^" + unicodedata.normalize("NFKC", m[0]), str(text))
    plain = unicodedata.normalize("NFKC", raised).replace("μ", "u").replace("×", "x").replace(" ", "")
    plain = plain.replace("[", "").replace("]", "").removesuffix(".")  # UCUM writes [iU]/L
    return plain.replace("^2", "2").replace("m^3", "m3").lower()


_CANONICAL = {**{_plain(unit): unit for unit in _UNITS}, **_SPELLINGS}


def known_units() -> list[str]:
    """Every unit the project can read, in its canonical spelling."""
    return list(_UNITS)


def canonical(text: str) -> str | None:
    """The project's spelling of a unit, or None if it is not known.

    Examples
    --------
    >>> canonical("ＭＧ／ＤＬ"), canonical("x10E3/uL"), canonical("mm/1hr"), canonical("mg%"), canonical("furlong")
    ('mg/dL', '10^9/L', 'mm/h', 'mg/dL', None)
    """
    plain = _plain(text)
    if plain in _CANONICAL:
        return _CANONICAL[plain]
    if match := _POWER.fullmatch(plain):
        power = int(match[1]) + _PER[match[2]]
        return {0: "/L", 3: "/mL", 6: "/uL", 9: "10^9/L", 10: "10^4/uL", 12: "10^12/L"}.get(power)
    return None


def _meant(text: str, target: str) -> str | None:
    """The unit a spelling means where the target says what is measured."""
    measured = _UNITS[target][0] if target in _UNITS else ""
    giga = unicodedata.normalize("NFKC", text).strip().startswith("G")
    return (giga and _EITHER.get(_plain(text), {}).get(measured)) or canonical(text)


def factor(unit: str, target: str, *, analyte: str | None = None) -> float | None:
    """What to multiply a value in `unit` by to have it in `target`; None where that is impossible.

    Parameters
    ----------
    unit, target : str
        Any known spelling.
    analyte : str, optional
        For conversions that depend on the substance: creatinine mg/dL x 88.4 = umol/L; for enzymes IU/L = U/L.

    Examples
    --------
    >>> factor("G/L", "10^9/L"), factor("G/L", "g/L"), factor("K/uL", "10^9/L"), factor("ng/dL", "ug/L")
    (1.0, 1.0, 1.0, 0.01)
    >>> factor("mg/dL", "mg/L"), factor("ukat/L", "U/L"), factor("cm", "mm"), factor("g/dL", "g/L")
    (10.0, 60.0, 10.0, 10.0)
    >>> factor("mg/dL", "umol/L", analyte="CREA")
    88.4
    >>> factor("mg/dL", "U/L") is None, factor("weeks", "day")
    (True, 7.0)
    """
    other = canonical(target)
    one = _meant(unit, other or "")
    if one is None or other is None:
        return None
    if one == other or (analyte in _ENZYMES and {one, other} == {"IU/L", "U/L"}):
        return 1.0
    if analyte is not None and (analyte, one, other) in _BY_ANALYTE:
        return _BY_ANALYTE[analyte, one, other]
    if other == "day" and one in ELAPSED:
        return ELAPSED[one]
    if one == "day" and other in ELAPSED:
        return round(1 / ELAPSED[other], 12)
    (dimension, size), (target_dimension, target_size) = _UNITS[one], _UNITS[other]
    return round(size / target_size, 12) if dimension == target_dimension else None


def unit_slug(unit: str) -> str:
    """A unit as the end of a column name.

    Examples
    --------
    >>> unit_slug("mg/L"), unit_slug("10^9/L"), unit_slug("%")
    ('mg_l', '10_9_l', 'percent')
    """
    if not isinstance(unit, str) or not unit:
        return "value"
    return re.sub(r"[^0-9a-z]+", "_", unit.lower().replace("%", "percent")).strip("_")
