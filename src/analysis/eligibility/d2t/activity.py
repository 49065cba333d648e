"""Criteria 2 and 3 of the difficult-to-treat definition: active disease, and management felt as problematic."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import exposure
from analysis.eligibility.findings import between
from analysis.eligibility.known import Known, latest
from analysis.eligibility.tables import column
from analysis.exposure.coverage import given_once
from analysis.progression import DAYS_A_YEAR, rapid
from analysis.thresholds import settle

if TYPE_CHECKING:
    from analysis.eligibility.d2t.settings import D2TSettings


def criterion_2(known: Known, settings: "D2TSettings") -> pd.DataFrame:
    """Judge criteria 2a to 2e.

    Returns
    -------
    DataFrame
        By subject: ``c2a`` ... ``c2e`` and ``c2`` (boolean, Kleene OR), ``carried_by`` (the sub-items that are
        True) and what they rest on: the scores used, ``gc_days_min``, ``gc_days_max``, ``svdh_change``,
        ``svdh_days``, ``svdh_per_year``.
    """
    answer = {name: known.truth(settings.columns[name], required=False) for name in ("c2b", "c2c", "c2e")}
    scores = scores_at_index(known, settings)
    films = radiographic_progression(known, settings)
    dose = glucocorticoid_days(known, settings)
    items = pd.DataFrame(
        {
            "c2a": moderate_activity(scores, settings),
            "c2b": answer["c2b"],
            "c2c": cannot_taper(dose, answer["c2c"], settings),
            "c2d": films["c2d"],
        }
    )
    items["c2e"] = despite_control(items, answer["c2e"], settings)
    # symptoms without control are one of the other sub-items: the answer alone decides as well
    met = items["c2a"] | items["c2b"] | items["c2c"] | items["c2d"] | answer["c2e"]
    return pd.concat(
        [items.assign(c2=met, carried_by=_carried_by(items)), scores, dose, films.drop(columns="c2d")], axis=1
    )


def _carried_by(items):
    """Name the sub-items that are True, such as "2a 2c"."""
    pattern = np.zeros(len(items), dtype=int)
    for place, name in enumerate(items):
        pattern |= items[name].fillna(False).to_numpy(dtype=int) << place
    words = [
        " ".join(name[1:] for place, name in enumerate(items) if code >> place & 1)
        for code in range(2 ** len(items.columns))
    ]
    return pd.Series(np.array(words, dtype=object)[pattern], index=items.index, dtype="str")


def scores_at_index(known: Known, settings: "D2TSettings") -> pd.DataFrame:
    """Give the last value of each composite score on or before the index date, not older than the look-back."""
    values = {}
    for name in settings.index_for_2a:
        rows = known.scores[known.scores["score"] == name]
        values[name], _ = latest(rows, "value", len(known.ids), within_days=settings.lookback_days_2a)
    return pd.DataFrame(values, index=known.ids)


def moderate_activity(scores: pd.DataFrame, settings: "D2TSettings") -> pd.Series:
    """Tell whether any available score exceeds its cut-off (strictly); NA where none is available."""
    cutoffs = pd.Series(dict(settings.index_for_2a), dtype=float)
    over = settle(scores[cutoffs.index]) > settle(cutoffs)
    return over.any(axis=1).astype("boolean").mask(scores.isna().all(axis=1), pd.NA)


def glucocorticoid_days(known: Known, settings: "D2TSettings") -> pd.DataFrame:
    """Count the days up to the index date on at least the dose of 2c; an uncoded drug may be a glucocorticoid."""
    courses = known.of_class("GC", "unknown")
    if courses.empty:
        zero = np.zeros(len(known.ids), dtype=int)
        return pd.DataFrame({"gc_days_min": zero, "gc_days_max": zero}, index=known.ids)
    coded = courses["class"] == "GC"
    dose = pd.Series(np.nan, index=courses.index)
    if coded.any():
        dose = column(courses, settings.gc_dose_column, table="treatments").astype(float).where(coded)
    single = coded.to_numpy() & given_once(courses)  # a pulse or a depot injection is no daily dose
    courses, dose = courses[~single], dose[~single]
    days = exposure.days_at_dose(courses, dose, known.index_date, at_least=settings.gc_min_mg_day)
    return days.add_prefix("gc_")


def cannot_taper(dose: pd.DataFrame, flag: pd.Series, settings: "D2TSettings") -> pd.Series:
    """Judge 2c: the dose was reached for long enough, and the clinician says it cannot be tapered."""
    long_enough = between(dose["gc_days_min"], dose["gc_days_max"], settings.gc_min_days, dose.index)
    return long_enough if settings.gc_2c == "dose_only" else long_enough & flag


def despite_control(items: pd.DataFrame, flag: pd.Series, settings: "D2TSettings") -> pd.Series:
    """Judge 2e: the clinician sees symptoms that reduce quality of life, and the disease is well controlled."""
    uncontrolled = pd.Series(False, index=items.index, dtype="boolean")
    for name in settings.controlled_2e:
        uncontrolled = uncontrolled | items[name]
    return flag & ~uncontrolled


def radiographic_progression(known: Known, settings: "D2TSettings") -> pd.DataFrame:
    """Judge 2d from the last film and earlier ones; by the clinician's answer where films do not decide.

    Returns
    -------
    DataFrame
        ``c2d``, ``svdh_change``, ``svdh_days`` and ``svdh_per_year`` of the pair of films used: the last one, and
        the closest earlier one at the wanted distance (of two pairs the one that shows progression).
    """
    earlier = _earlier_films(known, settings)
    wanted = {
        "annualised": (settings.rrp_min_interval_days, np.inf),
        "raw": settings.rrp_raw_window_days,
    }
    asked = wanted if settings.rrp == "eular" else {settings.rrp: wanted[settings.rrp]}
    found = [_judged_pair(earlier, known.ids, rule, span, settings) for rule, span in asked.items()]
    pairs = found[0]
    for other in found[1:]:
        better = pairs["rapid"].isna() & other["rapid"].notna() | (other["rapid"] > pairs["rapid"])
        pairs = pairs.where(~better, other)
    met = pairs["rapid"].astype("boolean")
    if settings.rrp == "raw":  # films there are, and none of them a year apart
        met = met.mask(met.isna() & np.isin(np.arange(len(known.ids)), earlier["subject"]), False)
    answer = known.truth(settings.columns["c2d"], required=False)
    if settings.rrp_unknown == "no":
        answer = answer.fillna(False)
    return pairs[["svdh_change", "svdh_days"]].assign(
        svdh_per_year=pairs["svdh_change"] * DAYS_A_YEAR / pairs["svdh_days"],
        c2d=met.where(met.notna(), answer),
    )


def _earlier_films(known, settings):
    """Put every earlier film beside the last one of its subject, the closest first."""
    if not set(settings.svdh_columns) <= set(known.visits):
        return pd.DataFrame({"subject": [], "days": [], "change": []}).astype({"subject": int})
    score = known.visits[list(settings.svdh_columns)].astype(float).sum(axis=1, skipna=False)
    films = known.visits[["subject", "age_days"]].assign(score=score).dropna(subset="score")
    films = films.sort_values(["subject", "age_days", "score"], ascending=[True, True, False])
    last = films.drop_duplicates("subject").set_index("subject")
    both = films.join(last.add_suffix("_last"), on="subject")
    both = both.assign(
        days=both["age_days"] - both["age_days_last"], change=both["score_last"] - both["score"]
    )
    return both.query("days > 0")


def _judged_pair(earlier, ids, rule, span, settings):
    """Judge the closest earlier film within a span of days; NaN where there is none."""
    chosen = earlier[earlier["days"].between(*span)].drop_duplicates("subject")
    judged = rapid(
        chosen["change"],
        chosen["days"],
        rule=rule,
        minimum=settings.rrp_min,
        window=settings.rrp_raw_window_days,
    )
    result = pd.DataFrame({"svdh_change": np.nan, "svdh_days": np.nan, "rapid": np.nan}, index=ids)
    columns = (chosen["change"].to_numpy(), chosen["days"].to_numpy(), judged)
    for place, values in enumerate(columns):
        result.iloc[chosen["subject"].to_numpy(), place] = values
    return result


def criterion_3(known: Known, settings: "D2TSettings") -> pd.DataFrame:
    """Judge criterion 3: rheumatologist or patient finds management problematic."""
    doctor, patient = (known.truth(settings.columns[name], required=False) for name in ("c3_doc", "c3_pt"))
    return pd.DataFrame({"c3_doc": doctor, "c3_pt": patient, "c3": doctor | patient})
