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
    return _by_text(treatments["frequency"], drugs.given_once)


def _by_text(values, judge):
    """Judge each distinct text once, and give every row what was said of its text (array by row)."""
    codes, texts = pd.factorize(values)
    said = judge(pd.Series(np.asarray(texts, dtype=object), dtype="str")).to_numpy()
    missing = judge(pd.Series([None], dtype="str")).to_numpy()
    return np.concatenate([said, missing])[codes]


def cover(courses: pd.DataFrame, index_day: np.ndarray, *, effect_days: Any = None) -> pd.DataFrame:
    """Add what each course covers, cut at the index day; see `analysis.exposure.courses`."""
    effect = _effect(courses, dict(EFFECT_DAYS) | dict(effect_days or {}))
    start_min, start_max, stop_min, stop_max = (
        courses[name].to_numpy().astype(np.int64)
        for name in ("start_min", "start_max", "stop_min", "stop_max")
    )
    used = courses["used"].to_numpy() & (effect > 0)
    known = used & (start_min > EARLIEST)
    acts_until = start_max + effect
    lasting = np.minimum(acts_until, index_day)
    least = np.where(used, np.maximum(stop_min, lasting), stop_min)
    most = np.where(known, np.maximum(stop_max, lasting), stop_max)
    group = _of_one_drug(courses)
    earliest, latest = _chained(group, start_min, most), _chained(group, start_max, least)
    covered = {
        "cover_start_min": _bridged(start_min, earliest),
        "cover_start_max": _bridged(start_max, latest),
        "cover_stop_min": least,
        "cover_stop_max": most,
    }
    single = given_once(courses) | (stop_max <= start_min + DAYS_APART)
    acting = used & single & (acts_until > index_day) & _without_reason(courses)
    ended = courses["ended"].mask(acting & courses["ended"].fillna(True), False)
    return courses.assign(
        **{name: days.astype(np.int32) for name, days in covered.items()},
        ended=ended,
        goes_on=_followed(len(courses), earliest),
    )


def _effect(courses, effect_days):
    """Give the days that an administration lasts (array by row); 0 for drugs not listed, or taken every day."""
    if "drug" not in courses:
        return np.zeros(len(courses), dtype=np.int64)
    days = _by_text(courses["drug"], lambda drug: drug.map(effect_days).astype(float).fillna(0))
    if "route" in courses:
        elsewhere = _by_text(courses["route"], lambda route: route.notna() & ~route.isin(INFUSED))
        otherwise = _by_text(courses["drug"], lambda drug: drug.map(dict(NOT_INFUSED)).astype(float))
        days = np.where(elsewhere & ~np.isnan(otherwise), otherwise, days)
    if "frequency" in courses:
        from analysis import drugs

        days = np.where(_by_text(courses["frequency"], drugs.doses_a_day) >= 1, 0, days)
    return days.astype(np.int64)


def _without_reason(courses):
    """Tell which courses do not say why they stopped: a last infusion is no stop."""
    if "stop_reason" not in courses:
        return np.ones(len(courses), dtype=bool)
    return courses["stop_reason"].isna().to_numpy()


def _bridged(start, chain):
    """Move a start back to the stop of the same drug's course that ended a day before; glucocorticoids are one drug."""
    rows, same, gap = chain
    result = start.copy()
    result[rows] = np.where(same & (gap > 0) & (gap <= DAYS_APART), start[rows] - gap, start[rows])
    return result


def _followed(n, chain):
    """Tell which of n rows the next one of the same drug goes on with: their end is no stop."""
    rows, same, gap = chain
    result = np.zeros(n, dtype=bool)
    result[rows[:-1]] = (same & (gap <= DAYS_APART))[1:]
    return result


def _of_one_drug(courses):
    """Number the used courses by subject and drug; -1 for those of no known drug (array by row)."""
    if "drug" not in courses or "subject_id" not in courses:
        return np.full(len(courses), -1, dtype=np.int64)
    subject, drug = (pd.factorize(courses[name])[0].astype(np.int64) for name in ("subject_id", "drug"))
    together = drug.max(initial=0) + 1
    if "class" in courses:
        drug = np.where((courses["class"] == "GC").fillna(False), together, drug)
    counts = courses["used"].to_numpy() & (drug >= 0)
    return np.where(counts, subject * (together + 1) + drug, -1)


def _chained(group, start, stop):
    """Order the rows of one drug by start; tell which belong to the drug of the row before, and days since its end."""
    rows = np.flatnonzero((group >= 0) & (start > EARLIEST) & (stop < LATEST))
    order = in_order(group[rows], start[rows], stop[rows])
    rows = rows[order]
    of, begun, over = group[rows], start[rows], stop[rows]
    reach = np.maximum.accumulate(over + of * SPAN) - of * SPAN
    same, gap = np.zeros(len(of), dtype=bool), np.zeros(len(of), dtype=np.int64)
    same[1:], gap[1:] = of[1:] == of[:-1], begun[1:] - reach[:-1]
    return rows, same, gap
