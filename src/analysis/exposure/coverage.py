"""What a course covers: its days, the day between two rows of one drug, and the time its last administration lasts.

Exports write one infusion a row, or first and last infusion of a course; the drug goes on acting. They also write
months as rows, the next beginning the day after the last day taken. Both are made good here, in columns of their own:
the dates of the courses stay as recorded, for wash-out and for evidence.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from analysis.exposure.dates import EARLIEST, LATEST
from analysis.exposure.intervals import SPAN, in_order

DAYS_APART = 1
WEEK, MONTH, HALF_YEAR = 7, 28, 168
# Days between two maintenance doses on the drug's label: one dose is taken to last as long. By infusion, or by the
# route that is not recorded; and where the route is recorded and is no infusion.
EFFECT_DAYS: Mapping[str, float] = MappingProxyType(
    dict.fromkeys(("rituximab", "obinutuzumab", "ocrelizumab", "inebilizumab"), HALF_YEAR)
    | dict.fromkeys(("ustekinumab", "risankizumab", "tildrakizumab"), 3 * MONTH)
    | dict.fromkeys(("infliximab", "golimumab", "guselkumab", "canakinumab"), 2 * MONTH)
    | dict.fromkeys(
        ("tocilizumab", "abatacept", "belimumab", "secukinumab", "ixekizumab", "anifrolumab"), MONTH
    )
    | dict.fromkeys(("certolizumab pegol", "ofatumumab", "immunoglobulin", "cyclophosphamide"), MONTH)
    | dict.fromkeys(("adalimumab", "sarilumab"), 2 * WEEK)
    | dict.fromkeys(("etanercept", "telitacicept"), WEEK)
)
NOT_INFUSED: Mapping[str, float] = MappingProxyType(
    {"golimumab": MONTH, "infliximab": 2 * WEEK, "immunoglobulin": WEEK, "cyclophosphamide": 0}
    | dict.fromkeys(("tocilizumab", "abatacept", "belimumab"), WEEK)
)
INFUSED = ("IV", "infusion")


def given_once(treatments: pd.DataFrame) -> np.ndarray:
    """Tell which courses are one administration, by their frequency (array by row)."""
    from analysis import drugs

    if "frequency" not in treatments:
        return np.zeros(len(treatments), dtype=bool)
    return drugs.given_once(treatments["frequency"].astype("str")).to_numpy()


def cover(courses: pd.DataFrame, index_day: np.ndarray, *, effect_days: Any = None) -> pd.DataFrame:
    """Add what each course covers, cut at the index day; see `analysis.exposure.courses`."""
    effect = _effect(courses, dict(EFFECT_DAYS) | dict(effect_days or {}))
    start_min, start_max, stop_min, stop_max = (
        courses[name].to_numpy().astype(np.int64)
        for name in ("start_min", "start_max", "stop_min", "stop_max")
    )
    used = courses["used"].to_numpy() & (effect > 0)
    known = used & (start_min > EARLIEST)
    lasting = {
        "stop_min": np.where(used, np.maximum(stop_min, np.minimum(start_max + effect, index_day)), stop_min),
        "stop_max": np.where(
            known, np.maximum(stop_max, np.minimum(start_max + effect, index_day)), stop_max
        ),
    }
    covered = {
        "cover_start_min": _bridged(courses, start_min, lasting["stop_max"]),
        "cover_start_max": _bridged(courses, start_max, lasting["stop_min"]),
        "cover_stop_min": lasting["stop_min"],
        "cover_stop_max": lasting["stop_max"],
    }
    single = given_once(courses) | (stop_max <= start_min + DAYS_APART)
    acting = used & single & (start_max + effect > index_day) & _without_reason(courses)
    ended = courses["ended"].mask(acting & courses["ended"].fillna(True), False)
    return courses.assign(
        **{name: days.astype(np.int32) for name, days in covered.items()},
        ended=ended,
        goes_on=_followed(courses, start_min, lasting["stop_max"]),
    )


def _effect(courses, effect_days):
    """Give the days that an administration lasts (array by row); 0 for drugs not listed, or taken every day."""
    if "drug" not in courses:
        return np.zeros(len(courses), dtype=np.int64)
    drug = courses["drug"].astype("str")
    days = drug.map(dict(effect_days)).fillna(0)
    if "route" in courses:
        elsewhere = courses["route"].notna() & ~courses["route"].isin(INFUSED)
        days = days.mask(elsewhere & drug.isin(list(NOT_INFUSED)), drug.map(dict(NOT_INFUSED)))
    if "frequency" in courses:
        from analysis import drugs

        days = days.mask(drugs.doses_a_day(courses["frequency"].astype("str")) >= 1, 0)
    return days.to_numpy(dtype=float).astype(np.int64)


def _without_reason(courses):
    """Tell which courses do not say why they stopped: a last infusion is no stop."""
    if "stop_reason" not in courses:
        return np.ones(len(courses), dtype=bool)
    return courses["stop_reason"].isna().to_numpy()


def _bridged(courses, start, stop):
    """Move a start back to the stop of the same drug's course that ended a day before; glucocorticoids are one drug."""
    rows, same, gap = _chained(courses, start, stop)
    result = start.copy()
    result[rows] = np.where(same & (gap > 0) & (gap <= DAYS_APART), start[rows] - gap, start[rows])
    return result


def _followed(courses, start, stop):
    """Tell which rows the next one of the same drug goes on with: their end is no stop."""
    rows, same, gap = _chained(courses, start, stop)
    result = np.zeros(len(courses), dtype=bool)
    result[rows[:-1]] = (same & (gap <= DAYS_APART))[1:]
    return result


def _chained(courses, start, stop):
    """Order the rows of one drug by start; tell which belong to the drug of the row before, and days since its end."""
    if "drug" not in courses or "subject_id" not in courses or not len(courses):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=bool), np.empty(0, dtype=np.int64)
    name = courses["drug"].astype("str")
    if "class" in courses:
        name = name.mask(courses["class"].eq("GC"), "GC")
    chain = courses["used"].to_numpy() & name.notna().to_numpy() & (start > EARLIEST) & (stop < LATEST)
    rows = np.flatnonzero(chain)
    pair = pd.MultiIndex.from_arrays([courses["subject_id"].array[rows], name.array[rows]])
    group = pd.factorize(pair)[0].astype(np.int64)
    order = in_order(group, start[rows], stop[rows])
    of, begun, over = group[order], start[rows][order], stop[rows][order]
    reach = np.maximum.accumulate(over + of * SPAN) - of * SPAN
    same, gap = np.zeros(len(of), dtype=bool), np.zeros(len(of), dtype=np.int64)
    same[1:], gap[1:] = of[1:] == of[:-1], begun[1:] - reach[:-1]
    return rows[order], same, gap
