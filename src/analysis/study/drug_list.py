"""The study's own list of drugs: written in the study file, or in a CSV file beside it."""

import csv
from collections.abc import Iterator
from typing import TYPE_CHECKING

from analysis.study.document import Document, Problem

if TYPE_CHECKING:
    from analysis.study import Study


def inline(document: Document) -> list[Problem]:
    """Put the rows of the file that ``drugs`` names in its place, so that settings carry them; tell what is wrong."""
    name = document.tree.get("drugs") if isinstance(document.tree, dict) else None
    if not isinstance(name, str):
        return []
    file = document.path.parent / name
    document.tree["drugs"] = []
    try:
        rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    except FileNotFoundError:
        return [document.problem(("drugs",), f"there is no file {name} beside the study file")]
    except (UnicodeDecodeError, csv.Error):
        return [document.problem(("drugs",), f"{name} is not a CSV file in UTF-8")]
    document.tree["drugs"] = [
        {key: value.strip() for key, value in row.items() if key and value and value.strip()} for row in rows
    ]
    return []


def findings(study: "Study") -> Iterator[tuple[tuple, str]]:
    """Rows of the list that say too little, or contradict each other."""
    if study.drugs:
        from analysis.drugs import own_names

        try:
            own_names([drug.model_dump(exclude_none=True) for drug in study.drugs])
        except ValueError as error:
            yield ("drugs",), str(error)
