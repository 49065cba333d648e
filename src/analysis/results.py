"""The results table: one row per statistic, each with an id that is the same in every run.

Tables, prose, disclosure control and the comparison of two reports all read these rows. A notebook turns what a
statistical function returned into rows (`rows_of`), stacks them (`stack`) and publishes them (`publish`).

An id has six parts, ``analysis.population.variable.visit.group.statistic``, in lower case; a part that does not
apply is ``all``. The prose of a report refers to a number by it: ``{{< var change.fas.cdai.w24.all.estimate >}}``.
"""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis import media
from analysis.kinds import LIMIT, PERSONS, QUANTILE, SETTING, kind_of
from analysis.language import tr
from analysis.result_ids import COLUMNS, ESTIMATED, KEYS, NOT_ESTIMATED, result_id

NUMBERS = ("value", "n", "n_missing", "denominator", "patients")
ROW_TYPES = {
    name: "float64" if name in NUMBERS else "str" for name in COLUMNS if name not in ("study", "report")
}


def rows_of(
    statistics: Any,
    *,
    unit: str = "",
    note: str = "",
    status: str = "",
    kind: str | Mapping[str, str] = "",
    denominator: Any = None,
    patients: Any = None,
    **keys: str,
) -> pd.DataFrame:
    """Rows of the results table for what one statistical function returned.

    Parameters
    ----------
    statistics : dataclass instance or mapping
        Each numeric field becomes a row named by the field. `n_pairs` (or `n`, `n_complete`, `n_first` and `n_second`
        together, `n_subjects`; else `patients`), `n_missing` and `method` also go into the columns of every row.
    unit : str
        Unit of the estimate; statistics without one (p_value, statistic, df, counts) get an empty unit.
    note : str
        Anything a reader of the row must know; that of the result itself by default.
    status : str
        What became of the estimate; by default that of the result itself, else ``estimated`` where there is a number
        and ``not estimated`` where there is none (the note says why).
    kind : str or mapping
        What kind of number each statistic is (`analysis.kinds.KINDS`), where its name does not say.
    denominator : float, optional
        How many people a count or a proportion is of; `n` (or `n_pairs`) of the result by default.
    patients : float, optional
        How many people the numbers rest on; by default `n_subjects` of the result, else what it calls its number.
    **keys : str
        `analysis` and `variable` (required), `population`, `visit`, `group`.

    Returns
    -------
    DataFrame
        Columns ``COLUMNS`` without `study` and `report`, which `publish` adds; their types come from `stack` (or
        `publish`), once for all the results of a notebook.

    Examples
    --------
    >>> rows = rows_of({"estimate": -4.2, "n": 20}, analysis="change", variable="cdai", visit="W24")
    >>> rows["result_id"].tolist()
    ['change.all.cdai.w24.all.estimate', 'change.all.cdai.w24.all.n']
    """
    if unknown := set(keys) - set(KEYS):
        raise ValueError(f"unknown key {sorted(unknown)}; a result is keyed by {', '.join(KEYS)}")
    if missing := {"analysis", "variable"} - set(keys):
        raise ValueError(f"a result needs {sorted(missing)}")
    fields = _fields(statistics)
    numbers = {name: value for name, value in fields.items() if _is_number(value)}
    key_values = [keys.get(key, "") for key in KEYS]
    kinds = [kind_of(name, unit, kind) for name in numbers]
    size = float(fields.get("n_pairs", fields.get("n", np.nan)))
    counted = _counted(fields, size if patients is None else patients)
    said = note or str(fields.get("note") or "")
    of, people = (
        given if given is not None else default
        for given, default in ((denominator, size), (patients, fields.get("n_subjects", counted)))
    )
    method, lacking = str(fields.get("method") or ""), float(fields.get("n_missing", np.nan))
    given_status = status or str(fields.get("status") or "")
    lines = [
        (
            result_id(*key_values, name),
            *key_values,
            name,
            float(value),
            "" if name in UNITLESS else unit,
            method,
            counted,
            lacking,
            said or _why_none(is_kind, name, value),
            given_status or _status(value),
            is_kind,
            _of(is_kind, name, of),
            np.nan if is_kind == SETTING else float(people),
        )
        for is_kind, (name, value) in zip(kinds, numbers.items(), strict=True)
    ]
    return pd.DataFrame(lines, columns=list(ROW_TYPES), dtype=object)


def _counted(fields: Mapping, otherwise: Any) -> float:
    """How many a result rests on, whatever it calls them: pairs, subjects, those complete, or both groups together."""
    for names in (("n_pairs",), ("n",), ("n_complete",), ("n_first", "n_second"), ("n_subjects",)):
        if all(name in fields for name in names):
            return float(sum(fields[name] for name in names))
    return float(otherwise)


def _why_none(kind: str, name: str, value: float) -> str:
    """Why a statistic has no value where its result says nothing; nothing where there is one."""
    if value == value:
        return ""
    if name in ("sd", "se") or name.startswith("sd_"):
        return tr("fewer than two values have no spread")
    if kind in (LIMIT, QUANTILE):
        return tr("the data do not reach it")
    if kind == SETTING:
        return tr("none is set")
    return tr("the data do not give it")


def _of(kind: str, name: str, denominator: float) -> float:
    """What a number is of; settings are of nothing, and those whom a result lacks are not among its `n`."""
    return np.nan if kind == SETTING or (kind == PERSONS and name == "n_missing") else float(denominator)


def _status(value) -> str:
    return ESTIMATED if value == value else NOT_ESTIMATED


def not_estimated(
    reason: Any, names: Iterable[str], *, unit: str = "", method: str = "", **keys: str
) -> pd.DataFrame:
    """Rows for an estimate that the data cannot give: every named statistic missing, with the reason.

    What else a section holds stays; nothing is left out without a word.

    Parameters
    ----------
    reason : str or Exception
        Usually the `analysis.inputs.NotEstimable` that was caught.
    names : iterable of str
        The statistics that the rows would have held.

    Examples
    --------
    >>> rows = not_estimated("nobody responded", ["estimate"], analysis="odds", variable="remission", visit="W24")
    >>> rows[["result_id", "status", "note"]].values.tolist()
    [['odds.all.remission.w24.all.estimate', 'not estimated', 'nobody responded']]
    """
    empty = {**dict.fromkeys(names, float("nan")), "method": method}
    return rows_of(empty, unit=unit, note=str(reason), status=NOT_ESTIMATED, **keys)


UNITLESS = frozenset(
    ["p_value", "statistic", "df", "n", "n_pairs", "n_missing", "n_zero", "events", "k", "achieved_level"]
)


def _fields(statistics) -> dict:
    if dataclasses.is_dataclass(statistics):
        return {field.name: getattr(statistics, field.name) for field in dataclasses.fields(statistics)}
    if isinstance(statistics, Mapping):
        return dict(statistics)
    raise ValueError(f"expected a dataclass or a mapping of statistics, got {type(statistics).__name__}")


def _is_number(value) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(
        value, bool | np.bool_
    )


def stack(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Stack rows of several results; two rows with one id are refused, for prose could not tell them apart."""
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        return pd.DataFrame(columns=list(ROW_TYPES))
    stacked = _typed(pd.concat(frames, ignore_index=True))
    if (doubled := stacked["result_id"].duplicated()).any():
        ids = ", ".join(stacked.loc[doubled, "result_id"].head(3))
        raise ValueError(
            f"{doubled.sum()} results share an id, e.g. {ids}: give them another analysis or group"
        )
    return stacked


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype({name: kind for name, kind in ROW_TYPES.items() if name in rows})


NEEDED = ("analysis", "variable", "statistic", "value")


def from_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of the results table from a frame of one's own: a row per number.

    Parameters
    ----------
    frame : DataFrame
        ``analysis``, ``variable``, ``statistic`` (its name: count, mean, estimate, ...) and ``value``; where they apply
        ``population``, ``visit``, ``group``, ``unit``, ``method``, ``note``, ``n``, ``n_missing``, and ``kind``
        (`analysis.kinds.KINDS`) for a statistic whose name does not say what kind of number it is.

    Raises
    ------
    ValueError
        A column is lacking or unknown, a value is no number, a kind is not known, or two rows share an id.

    Examples
    --------
    >>> rows = {"analysis": "infusions", "variable": "drops", "statistic": ["mean", "n"], "value": [4.5, 12]}
    >>> own = pd.DataFrame(rows)
    >>> from_frame(own)["result_id"].tolist()
    ['infusions.all.drops.all.all.mean', 'infusions.all.drops.all.all.n']
    """
    allowed = [name for name in COLUMNS if name not in ("result_id", "study", "report", "status")]
    if lacking := [name for name in NEEDED if name not in frame]:
        raise ValueError(
            f"results need the columns {', '.join(NEEDED)}; the frame has no {', '.join(lacking)}"
        )
    if unknown := [str(name) for name in frame if name not in allowed]:
        raise ValueError(f"results have no column {', '.join(unknown)}; there are {', '.join(allowed)}")
    return stack(_from_row(row) for row in frame.to_dict("records"))


def _from_row(row: dict) -> pd.DataFrame:
    """One number of a frame of one's own."""
    given = {name: value for name, value in row.items() if not pd.isna(value)}
    value = given.get("value", float("nan"))
    if not _is_number(value):
        raise ValueError(
            f"{given['analysis']}, {given['variable']}, {given['statistic']}: {value!r} is no number"
        )
    named = {key: str(given[key]) for key in KEYS if key in given}
    told = {
        name: given[name] for name in ("unit", "note", "kind", "denominator", "patients") if name in given
    }
    also = {name: given[name] for name in ("n", "n_missing", "method") if name in given}
    made = rows_of({**also, str(given["statistic"]): value}, **told, **named)
    return made[made["statistic"].eq(str(given["statistic"]))]


class Published:
    """A stacked results table on its way out of a notebook; shows as a short line, carries every row.

    The rows travel as the text of their JSON: what passes a notebook on writes a text at once, and a list of mappings
    value by value.
    """

    def __init__(self, rows: pd.DataFrame):
        self.rows = rows

    def _repr_mimebundle_(self, include=None, exclude=None):
        records = self.rows.astype(object).where(self.rows.notna(), None).to_dict("records")
        return {
            "text/plain": f"{len(records)} results published",
            media.RESULTS: {"rows": json.dumps(records)},
        }


def publish(rows: pd.DataFrame, *, study: str, report: str) -> Published:
    """Hand the results of a notebook to the report: make this the last line of a cell."""
    rows = rows if "result_id" in rows or rows.empty else from_frame(rows)
    return Published(_typed(rows).assign(study=study, report=report)[list(COLUMNS)])


KEY_COLUMNS = ("variable", "visit", "group", "unit", "note")


WORDS = ("method", "note", "status")  # of a line that has none they are missing, and no number


def rows_from(
    frame: pd.DataFrame,
    *,
    analysis: str,
    population: str = "",
    unit: str = "",
    kind: str | Mapping[str, str] = "",
) -> pd.DataFrame:
    """Each line of a tidy frame as the rows of one result.

    Parameters
    ----------
    frame : DataFrame
        One line per result. `variable` is needed; `visit`, `group`, `unit`, `note`, `method` and `patients` (how many
        people its numbers rest on) are used where they are there; every other column of numbers is a statistic; a
        `proportion`, or one that ends in ``_share``, is a fraction of one. Text is not a result and is left out.
    analysis, population : str
        Parts of the id.
    unit : str
        Unit where the frame has no column of that name.
    kind : str or mapping
        What kind of number each statistic is, where its name does not say (`analysis.kinds`).

    Examples
    --------
    >>> frame = pd.DataFrame({"variable": ["cdai"], "visit": ["W24"], "mean": [12.5], "n": [20]})
    >>> rows_from(frame.assign(method=float("nan")), analysis="activity", population="COHORT")["result_id"].tolist()
    ['activity.cohort.cdai.w24.all.mean', 'activity.cohort.cdai.w24.all.n']
    """
    made = []
    for line in frame.to_dict("records"):
        keys = {name: line.pop(name) for name in KEY_COLUMNS if name in line}
        keys = {name: value for name, value in keys.items() if isinstance(value, str)}
        line = {name: value for name, value in line.items() if name not in WORDS or isinstance(value, str)}
        settled = {"unit": unit, **keys}
        people = line.pop("patients", None)
        made.append(
            rows_of(line, analysis=analysis, population=population, kind=kind, patients=people, **settled)
        )
    rows = stack(made)
    shares = rows["statistic"].eq("proportion") | rows["statistic"].str.endswith("_share")
    return rows.assign(unit=rows["unit"].mask(shares, "proportion"))
