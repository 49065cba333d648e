"""Tables of patients: numbers per characteristic, listings."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis import numbers
from analysis.tables.rows import pick
from analysis.tables.table import Table
from studies.myositis.tables.grid import grid, mean_of, median_of, range_of

UNSUMMED = ("mg", "mg_kg")  # means of doses: their sum says nothing
Block = tuple[str, str, pd.DataFrame, Mapping[str, str]]


def numbers_grid(
    blocks: Sequence[Block], *, digits: Mapping[str, int], scale: Mapping[str, float], notes=()
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
    columns = ["n (missing)", "Mean (SD)", "Median [IQR]", "Range", "Total"]
    return grid(lines, stub="Characteristic", columns=columns, notes=notes)


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


def points_listing(listed: pd.DataFrame, *, notes=()) -> Table:
    """`points_by_patient` as a listing."""
    points = {
        "points_phga": "PhGA",
        "points_ptga": "PtGA",
        "points_mmt8": "MMT-8",
        "points_haq_di": "HAQ-DI",
        "points_enzyme": "Enzyme ",
        "points_extramuscular": "Extra-muscular",
    }
    lines = []
    for row in listed.to_dict("records"):
        cells = [
            _yes_no(row["cadm"]),
            _text(row["enzyme_name"]),
            *(numbers.fixed(row[name], 1) for name in points),
            numbers.fixed(row["tis"], 1),
            _text(row["tis_category"]),
            numbers.fixed(row["attainable_nothing"], 1),
            numbers.fixed(row["attainable_to_zero"], 1),
            _yes_no(row["imacs"]),
            _yes_no(row["event"]),
        ]
        lines.append((None, row["subject_id"], cells))
    room = ["enzyme gains none", "enzyme to 0"]
    columns = ["CADM", "Enzyme", *points.values(), "TIS", "Category", *room, "IMACS", "Event before"]
    spanners = {"Points": list(points.values()), "Attainable": room}
    return grid(lines, stub="Patient", columns=columns, spanners=spanners, notes=notes)


def profile_listing(profiles: pd.DataFrame, *, visit: str, notes=()) -> Table:
    """`profile_by_patient` as a listing."""
    lines = []
    for row in profiles.to_dict("records"):
        lung = ", ILD" if row["ild"] == "yes" else ""
        cells = [
            f"{_text(row['disease'])}, {_text(row['antibody'])}{lung}",
            _text(row["reason"]),
            numbers.whole(row["given"]),
            numbers.fixed(row["tis"], 1),
            _arrow(row["cdasi_before"], row["cdasi_after"], 0),
            _arrow(row["dose_before"], row["dose_after"], 1),
            _text(row["events"]),
        ]
        lines.append((None, f"{row['subject_id']} ({row['who']})", cells))
    columns = ["Disease, antibody", "Refractory", "Doses", f"TIS, {visit}", "CDASI", "Prednisone"]
    return grid(lines, stub="Patient", columns=[*columns, "Intercurrent events"], notes=notes)


def event_listing(events: pd.DataFrame, start: pd.Series, *, notes=()) -> Table:
    """Intercurrent events in the order they came, with the study day and how the estimand handles them."""
    days = (events["event_date"] - start.reindex(events["subject_id"]).to_numpy()).dt.days + 1
    lines = []
    for row, day in zip(events.to_dict("records"), days, strict=True):
        cells = [
            row["event_date"].date().isoformat(),
            numbers.whole(day),
            row["event"],
            _text(row["reason"]).replace("_", " "),
            row["handling"],
            "recorded" if row["recorded"] else "derived",
        ]
        lines.append((None, row["subject_id"], cells))
    columns = ["Date", "Study day", "Event", "Reason", "Handling", "Source"]
    return grid(lines, stub="Patient", columns=columns, notes=notes)


def _arrow(before, after, digits: int) -> str:
    return f"{numbers.fixed(before, digits)} to {numbers.fixed(after, digits)}"


def _text(value) -> str:
    return numbers.MISSING if pd.isna(value) else str(value)


def _yes_no(value) -> str:
    return numbers.MISSING if pd.isna(value) else "yes" if value else "no"
