"""Laboratory results: analyte, value, detection limit and unit read together, and brought to the standard unit."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.columns import ANALYTES, Column, nearest
from analysis.columns.units import factor, known_units
from analysis.read import rules
from analysis.read.cells import distinct
from analysis.read.numbers import Number, number
from analysis.thresholds import settle

READ_TOGETHER = frozenset({"value_raw", "unit_raw", "lln", "uln"})


def analytes(study) -> dict[str, Column]:
    """The analytes a study knows: the project's, changed or extended by the study's own."""
    own = {}
    for code, given in study.analytes.items():
        low, high = given.range or (0, None)
        base = ANALYTES.get(code) or Column(code, "float", given.label)
        own[code] = replace(
            base,
            label=given.label,
            unit=given.unit,
            low=low,
            high=high,
            higher_is_better=given.higher_is_better,
        )
    return {**ANALYTES, **own}


def melt(raw: dict[str, pd.Series], source: pd.DataFrame, results: dict) -> tuple[dict[str, pd.Series], int]:
    """One row per source row and analyte that stands in a column of its own."""
    parts = []
    for analyte, result in results.items():
        index = pd.Index([f"{uid}.{analyte}" for uid in source.index], dtype=object)
        cells = {
            "analyte": pd.Series(analyte, index=index, dtype="string"),
            "value_raw": _given(source, result.column, None, index),
            "unit_raw": _given(source, result.unit_column, result.unit, index),
            "lln": _given(source, result.lln_column, result.lln, index),
            "uln": _given(source, result.uln_column, result.uln, index),
        }
        if result.date_column:
            cells["sample_date"] = _given(source, result.date_column, None, index)
        parts.append({**{name: column.set_axis(index) for name, column in raw.items()}, **cells})
    names = dict.fromkeys(name for part in parts for name in part)
    blank = [
        {name: pd.Series("", index=part["analyte"].index, dtype="string") for name in names} for part in parts
    ]
    filled = [{**empty, **part} for empty, part in zip(blank, parts)]
    return {name: pd.concat([part[name] for part in filled]) for name in names}, len(results)


def _given(source: pd.DataFrame, column: str | None, constant: str | None, index) -> pd.Series:
    """Cells of a column, or the same text everywhere."""
    if column:
        return source[column].astype("string").fillna("").set_axis(index)
    return pd.Series(constant or "", index=index, dtype="string")


def read_results(study, rows: pd.DataFrame, raw: dict[str, pd.Series], mapped, missing):
    """Value, side of the detection limit, unit and limits of normal of every result.

    Nothing is substituted for a censored value here: `value` holds the limit and `censor` its side.

    Returns
    -------
    (DataFrame, list of DataFrame)
        The rows with their result columns, and the findings.
    """
    declared = missing | frozenset(mapped["value_raw"].missing if "value_raw" in mapped else [])
    known = analytes(study)
    cells = raw["value_raw"].astype("string").fillna("")
    found = distinct(cells, lambda text: number(text, declared))
    per_row = found.take([_as_tuple(item) for item in found.read], rows.index, object)
    read = pd.DataFrame(per_row.tolist(), columns=list(Number._fields), index=rows.index)
    column_unit = raw.get("unit_raw", pd.Series("", index=rows.index)).astype("string").fillna("")
    default = mapped["value_raw"].unit or "" if "value_raw" in mapped else ""
    unit = read["unit"].where(read["unit"].ne(""), column_unit.where(column_unit.ne(""), default))
    standard = rows["analyte"].map({code: c.unit for code, c in known.items()}).fillna("")
    scale = _factors(rows["analyte"], unit, standard)
    value = _scaled(read["value"].astype(float), scale)
    low = rows["analyte"].map({code: c.low for code, c in known.items()}).astype(float)
    high = rows["analyte"].map({code: c.high for code, c in known.items()}).astype(float)
    outside = ((value < low) | (value > high)).fillna(False)
    good = read["status"].eq("ok") & ~outside & value.notna()
    limits = {name: _limit(raw, name, scale, rows.index) for name in ("lln", "uln") if name in raw}
    censor = read["censor"].astype("string").where(good, pd.NA)
    tidy = rows.assign(
        value_raw=cells,
        value=read["value"].where(good),
        censor=censor,
        lod=value.where(good & censor.ne("none").fillna(False)),
        unit_raw=column_unit.astype("string"),
        unit_std=standard.astype("string"),
        value_std=value.where(good),
        value_text=read["text"].astype("string").replace("", pd.NA),
        missing_reason=read["reason"].where(read["status"].eq("missing")).astype("string"),
        **limits,
    )
    flags = read["flag"].astype("string").replace("", pd.NA)
    tidy = tidy.assign(
        specimen_flag=tidy["specimen_flag"].fillna(flags) if "specimen_flag" in tidy else flags
    )
    return tidy, _findings(cells, read, unit, standard, scale, value, outside, rows["analyte"], known)


def _as_tuple(item: Number) -> tuple:
    """A plain tuple, for one column of objects."""
    return tuple(item)


def _factors(analyte: pd.Series, unit: pd.Series, standard: pd.Series) -> pd.Series:
    """The factor of every row; NaN where the unit cannot become the standard one; no unit counts as standard."""
    keys = list(zip(*(part.fillna("").to_numpy(dtype=object) for part in (analyte, unit, standard))))
    table = {
        key: 1.0 if not key[1] or not key[2] else factor(key[1], key[2], analyte=key[0]) for key in set(keys)
    }
    found = [table[key] for key in keys]
    return pd.Series([np.nan if f is None else f for f in found], index=analyte.index, dtype=float)


def _scaled(values: pd.Series, scale: pd.Series) -> pd.Series:
    """Values in the standard unit, free of binary noise; as entered where nothing is converted."""
    return values.where(scale.eq(1), settle(values * scale))


def _limit(raw, name: str, scale: pd.Series, index) -> pd.Series:
    """A limit of normal in the standard unit."""
    found = distinct(raw[name].astype("string").fillna(""), number)
    values = found.take(
        [item.value if item.status == "ok" else np.nan for item in found.read], index, "float64"
    )
    return _scaled(values, scale)


def _findings(cells, read, unit, standard, scale, value, outside, analyte, known) -> list[pd.DataFrame]:
    """What reading the results had to repair, reject or doubt."""
    index, status = cells.index, read["status"]
    ok = status.eq("ok")
    worded = status.eq("missing") & ~read["reason"].isin(["blank", "declared"])
    no_unit = ok & unit.fillna("").eq("") & standard.ne("") & standard.ne("%")
    bad_unit = ok & scale.isna()
    converted = ok & scale.ne(1) & scale.notna()
    shown = rules.shown(value)
    repairs = [
        (rule, read["repairs"].map(lambda done, rule=rule: rule in done)) for rule in ("N1", "N2", "N3", "N4")
    ]
    plain = [*repairs, ("N5", converted), ("R1", outside)]
    found = [_rule(index, analyte, rule, hit, cells, shown) for rule, hit in plain]
    found += [
        _rule(index, analyte, "N6", worded, cells, read["reason"]),
        _rule(index, analyte, "N7", status.eq("missing") & read["reason"].eq("declared"), cells, None),
        _rule(index, analyte, "N9", status.eq("qualitative"), cells, read["text"]),
        _rule(index, analyte, "N8", status.eq("unparseable"), cells, None),
        _rule(index, analyte, "U2", no_unit, cells, standard),
    ]
    for wrong in unit[bad_unit].unique():
        text = f"unit '{wrong}' cannot become the standard unit{nearest(wrong, known_units())}"
        found.append(_rule(index, analyte, "U1", bad_unit & unit.eq(wrong), cells, None, text))
    return [frame for frame in found if frame is not None]


def _rule(index, analyte, rule: str, hit: pd.Series, cells, new, message=None) -> pd.DataFrame | None:
    """Findings of one rule, each under its analyte's name."""
    rows = index[hit.fillna(False).to_numpy(dtype=bool)]
    if not len(rows):
        return None
    made = rules.finding(rows, "", rule, cells[rows], new[rows] if new is not None else "", message)
    return made.assign(variable=analyte[rows].fillna("analyte").to_numpy())
