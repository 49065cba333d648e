"""Laboratory results: analyte, value, detection limit and unit read together, and brought to the standard unit."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.columns import ANALYTES, Column, nearest
from analysis.columns.units import factor, known_units
from analysis.read import rules
from analysis.read.cells import constant
from analysis.read.parse import OPEN_PERCENT, Numbers, no_value, read_numbers
from analysis.read.raw import Judge, Part, Raw, Verdict
from analysis.thresholds import settle

if TYPE_CHECKING:
    from analysis.study import Study

READ_TOGETHER = frozenset({"value_raw", "unit_raw", "lln", "uln"})


def analytes(study: "Study") -> dict[str, Column]:
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


def melt(raw: dict[str, Raw], judge: Judge, results: dict, rows: np.ndarray) -> tuple[dict[str, Raw], int]:
    """One row per source row and analyte that stands in a column of its own."""
    made: dict[str, list] = {}
    for analyte, result in results.items():
        cells = {
            "analyte": _fixed(analyte, len(rows)),
            "value_raw": judge.column(result.column, result).take(rows),
            "unit_raw": _given(judge, result.unit_column, result.unit, rows),
            "lln": _given(judge, result.lln_column, result.lln, rows),
            "uln": _given(judge, result.uln_column, result.uln, rows),
        }
        if any(other.date_column for other in results.values()):
            own = raw["sample_date"].parts[0] if "sample_date" in raw else _fixed("", len(rows))
            named = result.date_column
            cells["sample_date"] = judge.column(named, result).take(rows) if named else own
        for name, part in {**{name: column.parts[0] for name, column in raw.items()}, **cells}.items():
            made.setdefault(name, []).append(part)
    return {name: Raw(tuple(parts)) for name, parts in made.items()}, len(results)


def _fixed(text: str, rows: int) -> Part:
    """The same text in every row."""
    return Part(constant(text, rows), Verdict())


def _given(judge: Judge, column: str | None, text: str | None, rows: np.ndarray) -> Part:
    """Cells of a column, or the same text everywhere."""
    return judge.column(column).take(rows) if column else _fixed(text or "", len(rows))


def read_results(study: "Study", rows: pd.DataFrame, raw: dict[str, Raw], mapped: Any) -> tuple[Any, Any]:
    """Value, side of the detection limit, unit and limits of normal of every result.

    Nothing is substituted for a censored value here: `value` holds the limit and `censor` its side.

    Returns
    -------
    (DataFrame, list of DataFrame)
        The rows with their result columns, and the findings.
    """
    known, index = analytes(study), rows.index
    held = read_numbers(raw["value_raw"])
    cells = pd.Series(raw["value_raw"].as_text(), index=index, dtype="string")
    read = _per_row(held, index)
    units = raw.get("unit_raw") or raw.get("__unit__value_raw")
    column_unit = pd.Series(units.as_text() if units else "", index=index, dtype="string").str.strip()
    default = mapped["value_raw"].unit or "" if "value_raw" in mapped else ""
    unit = read["unit"].where(read["unit"].ne(""), column_unit.where(column_unit.ne(""), default))
    standard = rows["analyte"].map({code: c.unit for code, c in known.items()}).fillna("")
    read = _without_open_percent(read, rows["analyte"], standard)
    scale = _factors(rows["analyte"], unit, standard)
    scale = scale.mask(read["percent"] & standard.eq("%"), 100.0)
    value = _scaled(read["value"], scale)
    low = rows["analyte"].map({code: c.low for code, c in known.items()}).astype(float)
    high = rows["analyte"].map({code: c.high for code, c in known.items()}).astype(float)
    outside = ((value < low) | (value > high)).fillna(False)
    good = read["status"].eq("ok") & ~outside & value.notna()
    nothing = pd.Series(np.nan, index=index)  # a laboratory that exports no limits of normal
    limits = {name: _limit(raw[name], scale) if name in raw else nothing for name in ("lln", "uln")}
    censor = read["censor"].astype("string").where(good, pd.NA)
    tidy = rows.assign(
        value_raw=cells,
        value=read["value"].mask(read["percent"] & unit.eq("%"), read["value"] * 100).where(good),
        censor=censor,
        lod=value.where(good & censor.ne("none").fillna(False)),
        unit_raw=column_unit,
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


def _without_open_percent(read: pd.DataFrame, analyte: pd.Series, standard: pd.Series) -> pd.DataFrame:
    """Results up to 1 without a format, beside results of their analyte shown as per cent, refused as in any column."""
    beside = read["percent"].groupby(analyte).transform("any").fillna(False).astype(bool)
    open_ = beside & standard.eq("%") & ~read["percent"] & read["value"].gt(0) & read["value"].le(1)
    refused = {"value": np.nan, "status": "open", "reason": OPEN_PERCENT}
    return read.assign(**{name: read[name].mask(open_, value) for name, value in refused.items()})


def _per_row(held: Numbers, index) -> pd.DataFrame:
    """What was read, for every row: value, side of a limit, unit, status and the rest; plain numbers are in order."""
    size = len(held.texts)
    plain = {
        "status": "ok",
        "censor": "none",
        "unit": "",
        "flag": "",
        "reason": "",
        "text": "",
        "repairs": (),
    }
    columns = {name: np.full(size, None, dtype=object) for name in plain}
    for name, usual in plain.items():
        columns[name][:] = [usual] * size
        for n, item in held.odd.items():
            columns[name][n] = getattr(item, name)
    rows = {name: column[held.places] for name, column in columns.items()}
    return pd.DataFrame(
        {**rows, "value": held.amounts[held.places], "percent": held.percent[held.places]}, index=index
    )


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


def _limit(raw: Raw, scale: pd.Series) -> pd.Series:
    """A limit of normal in the standard unit."""
    held = read_numbers(raw)
    sided = [n for n, item in held.odd.items() if item.status != "ok"]
    values = held.amounts.copy()
    values[sided] = np.nan
    return _scaled(pd.Series(values[held.places], index=scale.index), scale)


def _findings(cells, read, unit, standard, scale, value, outside, analyte, known) -> list[pd.DataFrame]:
    """What reading the results had to repair, reject or doubt."""
    index, status = cells.index, read["status"]
    ok = status.eq("ok")
    worded = status.eq("missing") & ~read["reason"].isin(["blank", "declared"])
    no_unit = ok & unit.fillna("").eq("") & standard.ne("") & standard.ne("%")
    bad_unit = ok & scale.isna()
    converted = ok & scale.ne(1) & scale.notna()
    shown = rules.shown(value)
    codes, done = pd.factorize(read["repairs"])
    repairs = [
        (rule, pd.Series(np.array([rule in one for one in done], dtype=bool)[codes], index=index))
        for rule in ("N1", "N2", "N3", "N4")
    ]
    plain = [*repairs, ("N5", converted), ("R1", outside)]
    found = [_rule(index, analyte, rule, hit, cells, shown) for rule, hit in plain]
    found += [
        _rule(index, analyte, "N6", worded, cells, read["reason"]),
        _rule(index, analyte, "N7", status.eq("missing") & read["reason"].eq("declared"), cells, None),
        _rule(index, analyte, "N9", status.eq("qualitative"), cells, read["text"]),
        _rule(index, analyte, "N8", status.eq("unparseable"), cells, None),
        *_refused(index, analyte, read, cells),
        _rule(index, analyte, "U2", no_unit, cells, standard),
    ]
    for wrong in unit[bad_unit].unique():
        text = f"unit '{wrong}' cannot become the standard unit{nearest(wrong, known_units())}"
        rule, text = ("X1", no_value(wrong)) if wrong.startswith("=") else ("U1", text)
        found.append(_rule(index, analyte, rule, bad_unit & unit.eq(wrong), cells, None, text))
    return [frame for frame in found if frame is not None]


def _refused(index, analyte, read: pd.DataFrame, cells) -> list:
    """Results refused for a reason of their own: an open decimal sign, a formula without a value."""
    rows = [("N11", read["status"].eq("open")), ("X1", read["status"].eq("no_value"))]
    return [
        _rule(index, analyte, rule, hit & read["reason"].eq(why), cells, None, why)
        for rule, hit in rows
        for why in read.loc[hit, "reason"].unique()
    ]


def _rule(index, analyte, rule: str, hit: pd.Series, cells, new, message=None) -> pd.DataFrame | None:
    """Findings of one rule, each under its analyte's name."""
    rows = index[hit.fillna(False).to_numpy(dtype=bool)]
    made = rules.finding(rows, "", rule, cells[rows], new[rows] if new is not None else "", message)
    return None if made is None else made.assign(variable=analyte[rows].fillna("analyte").to_numpy())
