"""The results table of a report: every row of its notebooks, each id once."""

import csv
import json
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

from analysis.kinds import PERSONS
from analysis.result_ids import KEYS


def collected_results(files: Iterable[Path]) -> list[dict]:
    """All rows of the results table of one report.

    Raises
    ------
    ValueError
        If two notebooks publish the same id, or two texts of the data become the same one.
    """
    rows: list[dict] = []
    origin: dict[str, dict] = {}
    for file in sorted(files):
        for row in json.loads(file.read_text(encoding="utf-8")):
            row = {**row, "notebook": file.stem}
            if other := origin.get(row["result_id"]):
                raise ValueError(_twice(row, other))
            origin[row["result_id"]] = row
            rows.append(row)
    return rows


def _twice(one: dict, other: dict) -> str:
    """Why an id stands twice."""
    texts = [(one.get(key), other.get(key)) for key in KEYS if one.get(key) != other.get(key)]
    if not texts:
        return f"result {one['result_id']} is published by {other['notebook']} and by {one['notebook']}"
    new, old = texts[0]
    return (
        f"{old!r} and {new!r} become the same result {one['result_id']} of {one['notebook']}: blanks, case and the "
        "marks that part words do not tell results apart; write the two alike in the data if they are the same, "
        "otherwise give one another name"
    )


def more_than_there_are(rows: Iterable[dict], people: int) -> str:
    """What is said of counts of persons that are larger than the study, or empty: they count something else.

    Parameters
    ----------
    rows : iterable of dict
        Results of a report.
    people : int
        How many people its data are of.

    Examples
    --------
    >>> row = {"result_id": "odds.all.n", "kind": "persons", "value": 790.0, "notebook": "odds", "statistic": "n"}
    >>> more_than_there_are([row], 260)
    "odds: odds.all.n says 790 persons, and the data are of 260; give what it counts: kind={'n': 'events'}"
    >>> more_than_there_are([row | {"kind": "events"}], 260)
    ''
    """
    for row in rows:
        if row.get("kind") == PERSONS and (row["value"] or 0) > people:
            return (
                f"{row['notebook']}: {row['result_id']} says {row['value']:g} persons, and the data are of {people}; "
                f"give what it counts: kind={{{row['statistic']!r}: 'events'}}"
            )
    return ""


def as_csv(rows: list[dict]) -> str:
    """The results table as CSV, numbers unrounded."""
    from analysis.escape import csv_cell
    from analysis.result_ids import COLUMNS

    text, columns = StringIO(), [*COLUMNS, "notebook"]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([csv_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue()


def progress(rows: list[dict], planned: int | None) -> dict[str, int]:
    """How far a study has come, for the list of reports: people screened and enrolled, visits due and attended."""
    by_id = {row["result_id"]: row["value"] for row in rows}
    named = {step: by_id.get(f"flow.all.{step}.all.all.n") for step in ("screened", "enrolled")}
    visits = [row for row in rows if (row["analysis"], row["variable"]) == ("attendance", "visit")]
    totals = {
        name: sum(row["value"] or 0 for row in visits if row["statistic"] == statistic)
        for name, statistic in (("due", "n"), ("done", "count"))
    }
    found = {**named, "planned": planned, **(totals if visits else {})}
    return {name: int(value) for name, value in found.items() if value is not None}
