"""What a policy for readers outside the study team forbids to show: small counts and single patients."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.share.page import label, plain
from pipeline.share.scan import Finding

TAG = "subject-level"
ONE_BY_ONE = re.compile(r"\bfigures\.(paired|spaghetti|tis_waterfall|swimmer|dose_timelines)\(")
COUNTS = {
    "n",
    "n_pairs",
    "n_missing",
    "n_zero",
    "n_tied",
    "n_nonzero",
    "events",
    "k",
    "subjects",
    "count",
    "total",
}
EXTREMES = {"min", "max"}
RESULTS = "results.csv"


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules for one circle of readers.

    Attributes
    ----------
    name, readers : str
        How it is called, and whom it is for.
    smallest : int or None
        The smallest count of people that may be shown; None where there is no limit.
    zero : bool
        Whether a count of zero may be shown.
    multiple : int or None
        What every count must be a multiple of.
    extremes : bool
        Whether minimum and maximum, values of one person each, may be shown.
    allowed : frozenset of str
        Kinds of the leak scan that may pass.
    """

    name: str
    readers: str
    smallest: int | None = None
    zero: bool = True
    multiple: int | None = None
    extremes: bool = True
    allowed: frozenset[str] = frozenset()


POLICIES = {
    policy.name: policy
    for policy in (
        Policy(
            "team",
            "the study team, under a data agreement",
            allowed=frozenset({"subject id", "date", "free text"}),
        ),
        Policy("opensafely-7-5", "the public (OpenSAFELY)", smallest=8, multiple=5, extremes=False),
        Policy("strict-10", "the public (threshold 10, zero included)", smallest=10, zero=False),
        Policy("manitoba-5", "the public (1 to 5 suppressed)", smallest=6),
    )
}


def small_counts(results: Path, policy: Policy) -> list[Finding]:
    """Results that count too few people, rest on too few, or tell such a count by a proportion.

    Parameters
    ----------
    results : Path
        The published results.csv.
    policy : Policy
    """
    if policy.smallest is None:
        return []
    with results.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = [finding for row in rows for finding in _of_row(row, policy)]
    return [*found, *_not_rounded(rows, policy)]


def _of_row(row: dict, policy: Policy) -> Iterator[Finding]:
    """What is wrong with one result."""
    value, n = (float(row[name]) if row[name] else None for name in ("value", "n"))
    name = row["result_id"]
    if value is None:
        return
    if _is_count(row):
        if _too_small(value, policy):
            yield Finding("small count", f"{name} = {value:g}", RESULTS)
    elif n is not None and 0 < n < policy.smallest:
        yield Finding("few people", f"{name} rests on n = {n:g}", RESULTS)
    elif row["unit"] == "proportion" and n and 0 <= value <= 1 and not row["statistic"].startswith("conf"):
        counts = round(value * n), n - round(value * n)
        if any(_too_small(count, policy) for count in counts):
            yield Finding("small count", f"{name} tells {counts[0]:g} of {n:g}", RESULTS)
    if row["statistic"] in EXTREMES and not policy.extremes:
        yield Finding("one person's value", name, RESULTS)


def _is_count(row: dict) -> bool:
    return (row["statistic"] in COUNTS or row["unit"] == "count") and float(row["value"]).is_integer()


def _too_small(count: float, policy: Policy) -> bool:
    return 0 < count < policy.smallest or (count == 0 and not policy.zero)


def _not_rounded(rows: Sequence[dict], policy: Policy) -> list[Finding]:
    """One line for all counts that are not multiples of what the policy asks for."""
    if policy.multiple is None:
        return []
    odd = [
        row["result_id"]
        for row in rows
        if row["value"] and _is_count(row) and float(row["value"]) % policy.multiple
    ]
    told = ", ".join(odd[:3]) + (", ..." if len(odd) > 3 else "")
    return (
        [Finding("not rounded", f"{len(odd)} counts are no multiples of {policy.multiple} ({told})", RESULTS)]
        if odd
        else []
    )


def single_patients(page: str, notebooks: Iterable[Path], subjects: set[str]) -> list[Finding]:
    """Labelled tables and figures of a page that show patients one by one.

    These are cells with the tag ``subject-level`` (JupyterLab: property inspector, Cell tags), cells that draw one of
    the figures with a line, point or lane per patient, and tables with a column of subject ids.

    Parameters
    ----------
    page : str
        The page.
    notebooks : iterable of Path
        The notebooks that the report embeds.
    subjects : set of str
        Every subject id.
    """
    marked = {name: why for file in notebooks for name, why in _marked_labels(file)}
    shown = [
        Finding("single patients", why, f"#{name}") for name, why in marked.items() if f'id="{name}"' in page
    ]
    return [*shown, *_listings(page, subjects)]


def _marked_labels(notebook: Path) -> Iterator[tuple[str, str]]:
    """Labels of cells that show single patients, and how one knows."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        name = re.search(r"^#\| label: *(\S+)", source, re.MULTILINE)
        if cell["cell_type"] != "code" or not name:
            continue
        if TAG in cell["metadata"].get("tags", []):
            yield name[1], f"the cell is tagged {TAG}"
        elif drawn := ONE_BY_ONE.search(source):
            yield name[1], f"figures.{drawn[1]} draws every patient"


def _listings(page: str, subjects: set[str]) -> Iterator[Finding]:
    """Tables with a column headed Subject or Patient in which subject ids stand."""
    for table in re.finditer(r"<table\b.*?</table>", page, re.DOTALL):
        cells = {
            plain(re.sub(r"<[^<>]*>", "", cell)).strip()
            for cell in re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", table[0], re.DOTALL)
        }
        if cells & {"Subject", "Patient", "Participant"} and cells & subjects:
            anchors = re.findall(r'id="(tbl-[\w-]+)"', page[: table.start()])
            place = label(anchors[-1]) if anchors else "a table"
            yield Finding("single patients", "a table with a row per patient", place)
