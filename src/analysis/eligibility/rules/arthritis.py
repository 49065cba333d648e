"""Rules of the rheumatoid arthritis cohort (NCT07126431): classification, duration of therapy, difficult-to-treat."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import pandas as pd

from analysis import exposure
from analysis.eligibility.d2t import classify, settings_from
from analysis.eligibility.findings import Finding, between
from analysis.eligibility.known import Known
from analysis.eligibility.rules.evidence import COURSE_COLUMNS, FAILURE_COLUMNS, courses_used, failed_courses
from analysis.exposure import at_least
from analysis.language import mark, semicolons, tr
from analysis.references import SubjectColumn

DOMAIN_MAXIMA = (5, 3, 1, 1)  # joints, serology, acute-phase reactants, duration
DMARDS = ("csDMARD", "csDMARD_CN", "bDMARD", "tsDMARD")


def ra_classification(
    known: Known,
    *,
    count_1987: SubjectColumn | None = "ra_acr1987_n",
    items_1987: Sequence[SubjectColumn] = (),
    minimum_1987: int = 4,
    score_2010: SubjectColumn | None = "ra_2010_score",
    domains_2010: Sequence[SubjectColumn] = (),
    minimum_2010: int = 6,
    erosive: SubjectColumn | None = None,
) -> Finding:
    """Judge rheumatoid arthritis by the 1987 ACR or the 2010 ACR/EULAR classification criteria; either is enough.

    Parameters
    ----------
    known : Known
    count_1987 : str, optional
        Number of the seven items of 1987 that are met, used where the items leave the answer open.
    items_1987 : sequence of str
        The seven yes/no columns. They decide where the lowest and the highest count they allow agree.
    minimum_1987 : int
        Items asked for.
    score_2010 : str, optional
        Total of 2010, 0 to 10, used where the domains leave the answer open and could add up to it.
    domains_2010 : sequence of str
        Points of joints, serology, acute-phase reactants, duration. They decide in the same way.
    minimum_2010 : int
        Points asked for.
    erosive : str, optional
        Yes/no: typical erosions with a compatible history, which classify under 2010 without points.

    Notes
    -----
    What the study does not collect is not known; of all these columns it must collect one.

    References
    ----------
    Arnett FC, 1988, doi:10.1002/art.1780310302. Aletaha D, 2010, doi:10.1136/ard.2010.138461.
    """
    named = [name for name in (count_1987, score_2010, *items_1987, *domains_2010, erosive) if name]
    if named and not known.collected(named):
        known.column(named[0])  # tells what is missing
    n_min, n_max = _bounds(
        known, count_1987, items_1987, [1] * len(items_1987), limit=7, minimum=minimum_1987
    )
    points_min, points_max = _bounds(
        known, score_2010, domains_2010, DOMAIN_MAXIMA, limit=10, minimum=minimum_2010
    )
    by_1987 = between(n_min, n_max, minimum_1987, known.ids)
    by_2010 = between(points_min, points_max, minimum_2010, known.ids)
    if erosive is not None:
        by_2010 = by_2010 | known.truth(erosive)
    numbers = {
        "n_1987_min": n_min,
        "n_1987_max": n_max,
        "score_2010_min": points_min,
        "score_2010_max": points_max,
    }
    return Finding(
        flag=by_1987 | by_2010,
        basis=pd.DataFrame(numbers).assign(acr1987=by_1987, acr_eular_2010=by_2010),
        text=(
            tr(
                "1987 ACR: {{n_1987_min..n_1987_max}} of 7 items ({minimum_1987} asked for); 2010 ACR/EULAR: "
                "{{score_2010_min..score_2010_max}} points ({minimum_2010} asked for)",
                minimum_1987=minimum_1987,
                minimum_2010=minimum_2010,
            )
        ),
        margin=(points_max - minimum_2010).where(points_min == points_max),
        unit=mark("points (2010)"),
    )


def _bounds(known, total, parts, maxima, *, limit, minimum):
    """Give lowest and highest total: the sum of its parts, missing ones at their extremes; where that leaves it open,
    the total that was entered, if the parts allow it.
    """
    unknown = pd.Series(pd.NA, index=known.ids, dtype="Float64")
    given = known.column(total).astype("Float64") if known.collected([total]) else unknown
    if ((given < 0) | (given > limit)).fillna(False).any():
        raise ValueError(f"{total} holds values outside 0 to {limit}")
    low, high = unknown.fillna(0), unknown.fillna(limit)
    parts = known.collected(parts)
    if parts:
        values = pd.DataFrame({name: known.column(name).astype("Float64") for name in parts})
        low = values.fillna(0).sum(axis=1)
        high = values.fillna(dict(zip(parts, maxima))).sum(axis=1)
    taken = given.notna() & (low < minimum) & (high >= minimum) & (given >= low) & (given <= high)
    return (bound.mask(taken.fillna(False), given).astype(int) for bound in (low, high))


def csdmard_days(
    known: Known,
    *,
    minimum_days: float = 365,
    year: Literal["fixed", "calendar"] = "fixed",
    include_cn_dmards: bool = True,
) -> Finding:
    """Judge the time on csDMARD up to the index date: the union of all courses, overlaps counted once.

    Parameters
    ----------
    known : Known
    minimum_days : float
        Days asked for.
    year : {"fixed", "calendar"}
        "1 year" is `minimum_days`, or as many as since the same day a year before: 366 where a 29 February lies
        between.
    include_cn_dmards : bool
        Iguratimod and the plant DMARDs used in China count.

    Returns
    -------
    Finding
        Marks: ``depends_on_cn_dmard`` (met, but not without those drugs), ``imputed_month``, ``depends_on_leap_year``
        (met by one reading of "1 year", not by the other). A drug that is not
        coded may be a csDMARD: where that would decide, the flag is NA.
    """
    courses = known.of_class("csDMARD", "csDMARD_CN")
    without_cn = exposure.covered_days(courses[~courses["is_cn_dmard"]], known.ids)
    if not include_cn_dmards:
        return _duration(known, courses[~courses["is_cn_dmard"]], minimum_days, "csDMARD", year=year)
    found = _duration(known, courses, minimum_days, "csDMARD", year=year)
    asked = _asked(known, minimum_days, year)
    depends = found.flag.fillna(False) & ~_enough(without_cn, asked).fillna(False)
    return replace(found, marks=found.marks.assign(depends_on_cn_dmard=depends.astype(bool)))


def _asked(known, minimum_days, year):
    """Give the days asked for, by subject."""
    days = pd.Series(float(minimum_days), index=known.ids)
    if year == "calendar":
        before = known.index_date - pd.DateOffset(years=1)
        days = (known.index_date - before).dt.days.fillna(days)
    return days


def _enough(days, asked):
    """Compare durations with the days asked for of each subject."""
    return at_least(days[["days_min", "days_max"]].sub(asked, axis=0), 0)


def dmard_days_below(
    known: Known,
    *,
    minimum_days: float = 365,
    year: Literal["fixed", "calendar"] = "fixed",
    include_cn_dmards: bool = True,
) -> Finding:
    """Judge the exclusion "DMARD therapy shorter than": any DMARD counts, overlaps counted once; see `csdmard_days`."""
    courses = known.of_class(*DMARDS)
    if not include_cn_dmards:
        courses = courses[~courses["is_cn_dmard"]]
    found = _duration(known, courses, minimum_days, "DMARD", year=year)
    words = found.text.replace("asked for", "or more avoid exclusion")
    return replace(found, flag=~found.flag, text=words, marks=found.marks[["imputed_month"]])


def _duration(known, courses, minimum_days, what, *, year):
    """Compare days covered with a minimum, uncoded drugs counted only in the upper bound."""
    days = exposure.covered_days(courses, known.ids)
    open_courses = pd.concat([courses, known.of_class("unknown")])
    days = days.assign(days_max=exposure.covered_days(open_courses, known.ids)["days_max"])
    asked = _asked(known, minimum_days, year)
    flag = _enough(days, asked).mask(known.index_date.isna(), pd.NA)
    other = _enough(days, _asked(known, minimum_days, "fixed" if year == "calendar" else "calendar"))
    leap = (flag != other).fillna(False) & known.index_date.notna()
    wanted = f"{minimum_days:g}" if year == "fixed" else "{asked}"
    return Finding(
        flag=flag,
        basis=days[["days_min", "days_max"]].assign(
            index_date=known.index_date, **({} if year == "fixed" else {"asked": asked})
        ),
        text=tr(
            "{{days_min..days_max}} days on {what} up to {{index_date}} ({wanted} asked for): {{details}}",
            what=what,
            wanted=wanted,
        ),
        details=open_courses[list(COURSE_COLUMNS)],
        detail_view=courses_used,
        detail_text=tr("{drug} {start} to {stop}{note}"),
        marks=pd.DataFrame({"imputed_month": days["imputed"], "depends_on_leap_year": leap.astype(bool)}),
        margin=(days["days_min"] - asked).where(days["days_min"] == days["days_max"]),
        unit="days",
    )


def d2t_eular(known: Known, **settings: Any) -> Finding:
    """Judge difficult-to-treat rheumatoid arthritis; settings are those of `analysis.eligibility.d2t.D2TSettings`.

    Returns
    -------
    Finding
        True for yes and yes_access_exception (marked), also where only which of the two is open; False for no, else NA.
    """
    table, failures = classify(known, settings_from(settings))
    result = table["result"]
    flag = table["met"]
    scores = semicolons(f"{name} {{{name}}}" for name in settings_from(settings).index_for_2a)
    return Finding(
        flag=flag,
        basis=table.assign(index_date=known.index_date),
        text=(
            tr(
                "{{result}} on {{index_date}}. Criterion 1: {{c1}}, {{n_moa..n_moa_max}} mechanisms failed; "
                "csDMARD failed: {{csdmard_failed}}; contraindicated: {{contraindicated}}; access restricted: "
                "{{access_restricted}} [{{details}}]. Criterion 2: {{c2}}; 2a {{c2a}} ({scores}); 2b {{c2b}}; "
                "2c {{c2c}} ({{gc_days_min..gc_days_max}} days at the dose); 2d {{c2d}} ({{svdh_per_year}} per "
                "year); 2e {{c2e}}. Criterion 3: {{c3}} (doctor {{c3_doc}}, patient {{c3_pt}})",
                scores=scores,
            )
        ),
        details=failures[list(FAILURE_COLUMNS)],
        detail_view=failed_courses,
        detail_text=tr(
            "{moa}: {drug} {start} to {stop}, {days_min..days_max} d, {stop_reason}, failed: {failed}"
        ),
        marks=pd.DataFrame({"access_exception": result == "yes_access_exception"}),
        margin=(table["n_moa"] - settings_from(settings).min_moa).where(table["n_moa"] == table["n_moa_max"]),
        unit="mechanisms",
    )
