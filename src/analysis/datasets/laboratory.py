"""Which analytes a study collects, and the columns in which their results stand at a visit."""

import re
from typing import TYPE_CHECKING

from analysis.columns import ANALYTES

if TYPE_CHECKING:
    from analysis.study import Study


def analytes_of(study: "Study") -> tuple[str, ...]:
    """Analytes that the study's laboratory results can hold."""
    every = (*ANALYTES, *study.analytes)
    found: list[str] = []
    for block in study.tables.get("labs", []):
        mapping = block.mapped().get("analyte")
        if mapping is not None and mapping.codes:
            found += [code for code in mapping.codes.values() if code in every]
        elif mapping is not None:
            found += [mapping.value] if mapping.value else every
        found += block.results
    return tuple(dict.fromkeys(found))


def laboratory_columns(study: "Study") -> list[str]:
    """Columns of laboratory values at a visit, each analyte with its unit and its limit: ``crp_mg_l``, ``crp_uln``."""
    known = {code: column.unit for code, column in ANALYTES.items()}
    known |= {code: analyte.unit for code, analyte in study.analytes.items()}
    names = []
    for code in (code for code in analytes_of(study) if code in known):
        names += [f"{code.lower()}_{unit_slug(known[code] or '')}", f"{code.lower()}_uln"]
    return names


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
