"""`study diff`: two published reports number by number, through the ids of their results."""

import csv
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from pipeline.project import Project, UserError
from pipeline.sites import places_below

NEEDED = {"result_id", "value", "unit", "method", "n", "n_missing", "statistic"}
COUNTED = ("n", "n_missing")


@dataclass(frozen=True, slots=True)
class Difference:
    """One result that is not the same in both reports.

    `difference` is after minus before, `relative` its share of the absolute value before; both are None where one of
    the two values is missing, `relative` also where the value before is zero. `note` says what else differs.
    """

    result_id: str
    what: str
    before: float | None
    after: float | None
    difference: float | None
    relative: float | None
    n_before: float | None
    n_after: float | None
    note: str


def results_file(project: Project, name: str) -> Path:
    """The results.csv that a name stands for: the file, its folder, or a published study/report.

    Raises
    ------
    UserError
        If there is none.
    """
    for place in (Path(name), project.site / name, project.runs / name):
        for file in (place, place / "results.csv", place / "report" / "results.csv"):
            if file.is_file():
                return file
    places = (place for place in places_below(project.site) if (place / "results.csv").is_file())
    known = [place.relative_to(project.site).as_posix() for place in places]
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"published are {', '.join(sorted(known)) or 'none yet'}"
    raise UserError(f"{name!r} is no results.csv, no folder that holds one and no published report; {hint}")


def read_results(file: Path) -> dict[str, dict]:
    """Rows of a results table by their id, numbers as numbers.

    Raises
    ------
    UserError
        If it is no results table, an id occurs twice, or a value is not a number.
    """
    rows: dict[str, dict] = {}
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if missing := NEEDED - set(reader.fieldnames or []):
            raise UserError(f"{file} is no results table: it has no column {', '.join(sorted(missing))}")
        for number, row in enumerate(reader, 2):
            if row["result_id"] in rows:
                raise UserError(f"{file}:{number}: the result {row['result_id']} is there twice")
            try:
                values = {name: _number(row[name]) for name in ("value", *COUNTED)}
            except ValueError:
                raise UserError(
                    f"{file}:{number}: {row['result_id']} holds a value that is no number"
                ) from None
            rows[row["result_id"]] = {**row, **values}
    return rows


def as_csv_rows(rows: Sequence[dict]) -> dict[str, dict]:
    """Rows of a results table that is not stored yet, as `read_results` gives them."""
    return {
        row["result_id"]: {
            **{name: "" if value is None else value for name, value in row.items()},
            **{name: _finite(row.get(name)) for name in ("value", *COUNTED)},
        }
        for row in rows
    }


def _finite(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def _number(text: str | None) -> float | None:
    """A cell as a number; empty and NaN are missing."""
    value = float(text) if text else math.nan
    return None if math.isnan(value) else value


def differences(
    before: dict[str, dict], after: dict[str, dict], *, tolerance: float, relative: float
) -> list[Difference]:
    """What differs between two results tables.

    Changed counts come first, for they explain others, then results that rest on another number, then other changes,
    each with the largest relative change first; results that only one of the two has come last.

    Parameters
    ----------
    before, after : dict
        As returned by `read_results`.
    tolerance, relative : float
        Values are the same when they differ by at most `tolerance`, or by at most `relative` times the larger of the
        two. Neither applies to `n` and `n_missing`, which are compared exactly.
    """
    found = [_one_sided(before[name], "removed") for name in before.keys() - after.keys()]
    found += [_one_sided(after[name], "added") for name in after.keys() - before.keys()]
    found += [
        _changed(before[name], after[name])
        for name in before.keys() & after.keys()
        if not _same(before[name], after[name], tolerance=tolerance, relative=relative)
    ]
    counts = {name for name, row in {**before, **after}.items() if _is_count(row)}
    return sorted(found, key=lambda entry: _place(entry, counts))


def _same(before: dict, after: dict, *, tolerance: float, relative: float) -> bool:
    if any(before[name] != after[name] for name in ("unit", "method", *COUNTED)):
        return False
    first, second = before["value"], after["value"]
    if first is None or second is None:
        return first is second
    return math.isclose(first, second, rel_tol=relative, abs_tol=tolerance)


def _one_sided(row: dict, what: str) -> Difference:
    """A result that only one of the two reports has."""
    sides = ("before", "after") if what == "removed" else ("after", "before")
    values = {sides[0]: row["value"], sides[1]: None, f"n_{sides[0]}": row["n"], f"n_{sides[1]}": None}
    return Difference(
        result_id=row["result_id"], what=what, difference=None, relative=None, note="", **values
    )


def _changed(before: dict, after: dict) -> Difference:
    """A result whose value, count, unit or method differs."""
    first, second = before["value"], after["value"]
    change = None if first is None or second is None else second - first
    notes = [
        f"{name}: {before[name]} -> {after[name]}"
        for name in ("unit", "method")
        if before[name] != after[name]
    ]
    if before["n_missing"] != after["n_missing"]:
        notes.append(f"missing: {_shown(before['n_missing'])} -> {_shown(after['n_missing'])}")
    return Difference(
        result_id=before["result_id"],
        what="changed",
        before=first,
        after=second,
        difference=change,
        relative=change / abs(first) if change is not None and first else None,
        n_before=before["n"],
        n_after=after["n"],
        note="; ".join(notes),
    )


def _is_count(row: dict) -> bool:
    """Whether the value itself says how many."""
    from pipeline.variables import WHOLE

    return row["statistic"] in WHOLE - {"df"} or row["unit"] == "count"


def _place(entry: Difference, counts: set[str]) -> tuple:
    """Where a difference stands: changed counts, results on another number, other changes, removed, added."""
    if entry.what != "changed":
        tier = 3 + (entry.what == "added")
    elif entry.result_id in counts and entry.difference != 0:
        tier = 0
    else:
        tier = 1 if entry.n_before != entry.n_after or "missing: " in entry.note else 2
    unbounded = entry.relative is None and entry.difference != 0
    return tier, -math.inf if unbounded else -abs(entry.relative or 0), entry.result_id


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def as_csv(found: Sequence[Difference]) -> str:
    """The differences as CSV, numbers unrounded."""
    text = StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Difference)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(entry) for entry in found)
    return text.getvalue()
