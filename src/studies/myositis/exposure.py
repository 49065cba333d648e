"""Exposure to the study drug: infusions and injections apart, since a dose of one is not a dose of the other."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis import numbers, safety
from analysis.cohort import Cohort
from analysis.language import Texts, commas, mark, tr
from analysis.membership import among
from analysis.tables.cells import mean_of, median_of, range_of
from analysis.tables.grid import grid
from analysis.tables.rows import pick
from analysis.tables.table import Table

DAYS_A_YEAR = 365.25


ROUTES = Texts({"IV": "Infusions", "SC": "Injections"})


BY_ROUTE = Texts(
    {
        "planned": "Planned",
        "given": "Given",
        "adherence": "Given of planned, %",
        "mg": "mg a dose",
        "mg_kg": "mg/kg a dose",
    }
)


TREATMENT = Texts(
    {
        "days": "First to last dose, days",
        "person_years": "First to last dose, person-years",
    }
)


def exposure_by_patient(group: Cohort, doses: pd.DataFrame, *, cut: str | None) -> pd.DataFrame:
    """Doses and time on abatacept of each patient, whatever the route.

    Returns
    -------
    DataFrame
        By subject id: `planned`, `given`, `omitted` (doses), `days` (first to last dose, both included),
        `person_years`.
    """
    rows = _of(group, doses)
    counts = rows.groupby("subject_id")["given"].agg(planned="size", given="sum").reindex(group.ids)
    timed = safety.derive_person_time(group.subjects, data_cut=cut)["days_at_risk"]  # type: ignore[arg-type]
    return counts.assign(
        omitted=counts["planned"] - counts["given"], days=timed, person_years=timed / DAYS_A_YEAR
    )


def exposure_by_route(group: Cohort, doses: pd.DataFrame, *, route: str) -> pd.DataFrame:
    """Doses by one route of each patient who was to have any.

    Parameters
    ----------
    route : {"IV", "SC"}
        Infusions or injections.

    Returns
    -------
    DataFrame
        By subject id: `planned`, `given` (doses), `adherence` (given of planned, a share), `mg` and `mg_kg` (mean of
        the doses given; weight at baseline; missing where none was given).
    """
    rows = _of(group, doses)
    rows = rows[rows["route"].eq(route).fillna(False)]
    by = rows.assign(mg=rows["dose_mg"].where(rows["given"])).groupby("subject_id")
    found = by.agg(planned=("given", "size"), given=("given", "sum"), mg=("mg", "mean"))
    weight = group.subjects["weight_kg"].reindex(found.index)
    return found.assign(adherence=found["given"] / found["planned"], mg_kg=found["mg"] / weight)


def describe_bands(group: Cohort, doses: pd.DataFrame) -> str:
    """What was infused at which weight, in words: the lightest and the heaviest patient who ever had each dose."""
    rows = _of(group, doses)
    infused = rows[rows["given"] & rows["route"].eq("IV").fillna(False)]
    weight = infused["subject_id"].map(group.subjects["weight_kg"])
    bands = weight.groupby(infused["dose_mg"]).agg(["min", "max"])
    return commas(
        tr("{dose:g} mg at {low:.1f} to {high:.1f} kg", dose=row.Index, low=row.min, high=row.max)
        for row in bands.itertuples()
    )


def omitted_by_reason(
    group: Cohort, doses: pd.DataFrame, deviations: pd.DataFrame, *, category: str
) -> pd.DataFrame:
    """Planned doses that were not given, by reason, and how many of them were recorded as a protocol deviation.

    Parameters
    ----------
    doses : DataFrame
        Planned doses with `given` and `not_given_reason`.
    deviations : DataFrame
        Protocol deviations with `category` and `deviation_date`.
    category : str
        Category of deviations that are about a dose: one of the same patient on the planned day is about that dose.

    Returns
    -------
    DataFrame
        `not_given_reason` ("not stated" where there is none), `doses`, `patients`, `recorded`.
    """
    about = deviations[deviations["category"].eq(category).fillna(False)]
    recorded = pd.MultiIndex.from_frame(about[["subject_id", "deviation_date"]].dropna())
    rows = _of(group, doses)
    left_out = rows[~rows["given"]].assign(
        not_given_reason=lambda kept: kept["not_given_reason"].astype("string").fillna(mark("not stated")),
        recorded=lambda kept: pd.MultiIndex.from_frame(kept[["subject_id", "dose_date"]]).isin(recorded),
    )
    by = left_out.groupby("not_given_reason")
    return by.agg(
        doses=("recorded", "size"), patients=("subject_id", "nunique"), recorded=("recorded", "sum")
    ).reset_index()


def undated(group: Cohort, doses: pd.DataFrame) -> int:
    """How many doses given have no usable date: they count, and no figure can show them."""
    rows = _of(group, doses)
    return int((rows["given"] & rows["dose_date"].isna()).sum())


def _of(group: Cohort, doses: pd.DataFrame) -> pd.DataFrame:
    rows = doses[among(doses["subject_id"], group.ids)]
    return rows.assign(given=rows["given"].fillna(False).astype(bool))


UNSUMMED = ("mg", "mg_kg")  # means of doses: their sum says nothing


Block = tuple[str, str, pd.DataFrame, Mapping[str, str]]


def numbers_grid(
    blocks: Sequence[Block],
    *,
    digits: Mapping[str, int],
    scale: Mapping[str, float],
    notes: Sequence[str] = (),
) -> Table:
    """One line per characteristic: n, mean (SD), median [quartiles], range, total.

    Parameters
    ----------
    blocks : sequence of (heading, analysis, rows, labels)
        Blocks of lines: rows of one analysis made by `numbers_rows`, and the label of each
        characteristic in the order of display.
    digits : mapping of str to int
        Decimals by characteristic; none by default.
    scale : mapping of str to float
        Factor by characteristic, 100 for a share shown in per cent; such lines have no total.
    """
    lines = [
        (heading, label, _numbers(pick(rows, analysis=analysis, variable=name), name, digits, scale))
        for heading, analysis, rows, labels in blocks
        for name, label in labels.items()
    ]
    columns = [
        mark("n (missing)"),
        mark("Mean (SD)"),
        mark("Median [quartiles]"),
        mark("Range"),
        mark("Total"),
    ]
    return grid(lines, stub=mark("Characteristic"), columns=columns, notes=notes)


def _numbers(found: dict, name: str, digits: Mapping[str, int], scale: Mapping[str, float]) -> list[str]:
    """The cells of one line."""
    factor, places = scale.get(name, 1), digits.get(name, 0)
    scaled = {key: value if key in ("n", "n_missing") else value * factor for key, value in found.items()}
    unsummed = factor != 1 or name in UNSUMMED
    more = places if factor != 1 else places + 1
    return [
        f"{numbers.whole(scaled['n'])} ({numbers.whole(scaled['n_missing'])})",
        mean_of(scaled, more),
        median_of(scaled, places),
        range_of(scaled, places),
        numbers.MISSING if unsummed else numbers.fixed(scaled["sum"], places),
    ]
