"""The results table of a report: every row of its notebooks, each id once."""

import csv
import json
from collections.abc import Iterable
from io import StringIO
from pathlib import Path


def collected_results(files: Iterable[Path]) -> list[dict]:
    """All rows of the results table of one report; an id that two notebooks share is an error."""
    rows, origin = [], {}
    for file in sorted(files):
        for row in json.loads(file.read_text(encoding="utf-8")):
            if other := origin.get(row["result_id"]):
                raise ValueError(f"result {row['result_id']} is published by {other} and by {file.stem}")
            origin[row["result_id"]] = file.stem
            rows.append({**row, "notebook": file.stem})
    return rows


def as_csv(rows: list[dict]) -> str:
    """The results table as CSV, numbers unrounded."""
    from analysis.escape import csv_cell
    from analysis.result_ids import COLUMNS

    text, columns = StringIO(), [*COLUMNS, "notebook"]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([csv_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue()


def progress(rows: list[dict], planned: int) -> dict[str, int]:
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
