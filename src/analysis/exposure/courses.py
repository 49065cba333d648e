"""Drug courses as known at an index date: bounded, cut at that date, and with their problems named."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.exposure.coverage import cover, given_once
from analysis.exposure.dates import EARLIEST, LATEST, MISSING, date_bounds, to_days
from analysis.exposure.intervals import subject_codes
from analysis.language import Texts

PROBLEMS = Texts(
    {
        "after_index": "starts on or after the index date: not used",
        "no_index": "the subject has no index date: not used",
        "stop_before_start": "stops before it starts: may have been at any time and of any length until resolved",
        "ongoing_but_stopped": "marked ongoing, with an earlier stop date: may have gone on until the index date",
        "start_missing": "start date missing: may have begun at any time",
        "stop_missing": "stop date missing and not marked ongoing: may have stopped on any day up to the index date",
    }
)
NOT_USED = ("after_index", "no_index")
PLACE = {name: place for place, name in enumerate(PROBLEMS)}


def courses(
    treatments: pd.DataFrame,
    index_date: pd.Series,
    *,
    month_rule: str = "mid",
    missing_stop: str = "unknown",
    effect_days: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Bound drug courses by what is known on the index date; nothing later is looked at.

    Parameters
    ----------
    treatments : DataFrame
        One row a course: ``subject_id``, ``start_date``, ``stop_date`` (datetimes, or text where only month or year is
        known), and where collected ``ongoing`` (boolean), ``start_precision``, ``stop_precision`` (D, M, Y).
    index_date : Series of datetime
        By subject id, for every subject.
    month_rule : {"mid", "interval"}
        See `date_bounds`.
    missing_stop : {"unknown", "ongoing"}
        What a missing stop date means where ``ongoing`` does not say. A course given once lasts one day.
    effect_days : mapping of str to float, optional
        How long one administration of a drug lasts, by drug, over what `EFFECT_DAYS` says. A course lasts at least
        that long from its first day, whatever its dates say (`analysis.exposure.coverage`).

    Returns
    -------
    DataFrame
        All rows and columns of `treatments`, and: ``start_min``, ``start_max``, ``stop_min``, ``stop_max`` (days since
        1970-01-01, cut at the index date), ``ended`` (boolean: stopped by the index date; NA where not known),
        ``imputed`` (a month was taken as its 15th), ``problem`` (a key of `PROBLEMS`, or missing) and ``used``. A
        course still running on the index date has ``ended`` False even if the table knows how it ended later. One that
        stops before it starts is used whatever its start, as nobody knows which of its dates is wrong. What counts as
        exposure is ``cover_start_min`` ... ``cover_stop_max``: from the start, or from the end of the course of the
        same drug that stopped the day before, to the stop or to the end of the effect; ``goes_on`` tells which rows the
        next one of the same drug continues.

    Raises
    ------
    ValueError
        A course of a subject without a row in `index_date`; a date that cannot be read.

    Examples
    --------
    >>> index_date = pd.Series(pd.to_datetime(["2024-02-28"]), index=["a"])
    >>> treatments = pd.DataFrame({"subject_id": ["a"], "start_date": ["2023-03-01"],
    ...                            "stop_date": [None], "ongoing": [True]})
    >>> known = courses(treatments, index_date)
    >>> (known["stop_max"] - known["start_min"]).tolist(), known["ended"].tolist()
    ([364], [False])
    """
    if missing_stop not in ("unknown", "ongoing"):
        raise ValueError(f"missing_stop is {missing_stop!r}; expected 'unknown' or 'ongoing'")
    start, stop = (_bounds(treatments, side, month_rule) for side in ("start", "stop"))
    index_day = to_days(index_date)[subject_codes(treatments["subject_id"], index_date.index)]
    ongoing = _ongoing(treatments, stop, missing_stop)
    stop = _one_day_long(start, stop, given_once(treatments) & ~ongoing)
    problem = _problems(start, stop, index_day, ongoing)
    known = treatments.assign(
        **_cut(start, stop, index_day, ongoing, problem),
        imputed=start["imputed"] | stop["imputed"],
        problem=pd.Categorical.from_codes(problem, categories=list(PROBLEMS)),
        used=_used(problem),
    )
    return cover(known, index_day, effect_days=effect_days)


def _one_day_long(start, stop, once):
    """Let a course that is given once, and says no stop, end on the next day."""
    unsaid = once & stop["missing"] & ~start["missing"]
    ends = {name: np.where(unsaid, start[name] + 1, stop[name]) for name in ("earliest", "latest")}
    return stop | ends | {"missing": stop["missing"] & ~unsaid}


def _bounds(treatments, side, month_rule):
    """Bound one side's dates in day numbers; a missing column is all missing."""
    if f"{side}_date" not in treatments:
        raise KeyError(f"treatments has no column '{side}_date'")
    bounds = date_bounds(
        treatments[f"{side}_date"], treatments.get(f"{side}_precision"), month_rule=month_rule
    )
    days = {name: to_days(bounds[name]) for name in ("earliest", "latest")}
    return days | {"imputed": bounds["imputed"].to_numpy(), "missing": days["earliest"] == MISSING}


def _ongoing(treatments, stop, missing_stop):
    """Tell which courses are marked ongoing, or taken so for want of a stop date."""
    marked = treatments["ongoing"] if "ongoing" in treatments else pd.Series(pd.NA, index=treatments.index)
    unmarked = stop["missing"] if missing_stop == "ongoing" else np.zeros(len(marked), dtype=bool)
    marked = marked.astype("boolean")
    return np.where(marked.isna(), unmarked, marked.fillna(False).to_numpy(dtype=bool))


def _problems(start, stop, index_day, ongoing):
    """Give the place in `PROBLEMS` of the first that holds of each course, -1 if none.

    Where dates contradict each other, neither is believed.
    """
    both = ~start["missing"] & ~stop["missing"]
    holds = {
        "no_index": index_day == MISSING,
        "stop_before_start": both & (stop["latest"] < start["earliest"]),
        "after_index": ~start["missing"] & (start["earliest"] >= index_day),
        "ongoing_but_stopped": ongoing & ~stop["missing"] & (stop["latest"] < index_day),
        "start_missing": start["missing"],
        "stop_missing": stop["missing"] & ~ongoing,
    }
    return np.select(list(holds.values()), [np.int8(PLACE[name]) for name in holds], np.int8(-1))


def _used(problem):
    """Tell which courses count, by their problem."""
    return ~np.isin(problem, [PLACE[name] for name in NOT_USED])


def _cut(start, stop, index_day, ongoing, problem):
    """Give the extremes of start and stop, cut at the index date, and whether the course has ended by then."""
    wrong = problem == PLACE["stop_before_start"]
    start_free = start["missing"] | wrong
    stop_free = (stop["missing"] & ~ongoing) | wrong
    start_min = np.where(start_free, EARLIEST, start["earliest"])
    start_max = np.where(start_free, LATEST, start["latest"])
    stop_min = np.where(stop_free, EARLIEST, np.where(stop["missing"], LATEST, stop["earliest"]))
    stop_max = np.where(stop_free | ongoing, LATEST, stop["latest"])
    unused = ~_used(problem)
    ended = pd.array(stop_max <= index_day, dtype="boolean")
    ended[(stop_min <= index_day) & (stop_max > index_day) | unused] = pd.NA
    days = {"start_min": start_min, "start_max": start_max, "stop_min": stop_min, "stop_max": stop_max}
    cut = {name: np.minimum(value, index_day) for name, value in days.items()}
    cut["stop_min"] = np.maximum(cut["stop_min"], cut["start_min"])
    cut["stop_max"] = np.where(unused, cut["start_min"], np.maximum(cut["stop_max"], cut["start_min"]))
    cut["start_max"] = np.where(unused, cut["stop_max"], cut["start_max"])
    return {name: value.astype(np.int32) for name, value in cut.items()} | {"ended": ended}


def queries(known: pd.DataFrame) -> pd.DataFrame:
    """List the courses whose dates need an answer from the site.

    Parameters
    ----------
    known : DataFrame
        From `courses`.

    Returns
    -------
    DataFrame
        ``subject_id``, ``course_id`` (the row's index where there is none), ``problem``, ``meaning``.
    """
    asked = known[known["problem"].notna() & known["used"]]
    course = asked.get("course_id", asked.index)
    return pd.DataFrame(
        {
            "subject_id": asked["subject_id"].to_numpy(),
            "course_id": np.asarray(course),
            "problem": asked["problem"].astype("str").to_numpy(),
            "meaning": asked["problem"].astype("str").map(PROBLEMS).to_numpy(),
        }
    )
