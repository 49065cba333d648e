"""What a file says of its own columns: a REDCap data dictionary, or the labels inside SAS, SPSS and Stata files."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.read.text import normalise

# REDCap's headings in the exported file and in the answer of its API
HEADINGS = {
    "field": ("Variable / Field Name", "field_name"),
    "form": ("Form Name", "form_name"),
    "type": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
    "note": ("Field Note", "field_note"),
    "identifier": ("Identifier?", "identifier"),
}
YES_NO = {"1": "yes", "0": "no"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of one column."""

    label: str = ""
    codes: dict[str, str] | None = None
    unit: str = ""
    form: str = ""
    identifier: bool = False


def is_dictionary(columns: Iterable[str]) -> bool:
    """Whether these are the headings of a REDCap data dictionary."""
    there = set(columns)
    return all(there & set(HEADINGS[name]) for name in ("field", "form", "type", "label"))


def of_redcap(rows: pd.DataFrame) -> dict[str, Entry]:
    """A REDCap data dictionary, by column of the export; a checkbox has a column per box."""
    found: dict[str, Entry] = {}
    names = {key: next((name for name in given if name in rows), None) for key, given in HEADINGS.items()}
    for row in rows.fillna("").astype(str).to_dict("records"):
        said = {key: row[name] if name else "" for key, name in names.items()}
        label, choices = plain(said["label"]), of_choices(said["choices"])
        common = {"form": said["form"], "unit": said["note"], "identifier": said["identifier"].lower() == "y"}
        if said["type"] == "checkbox":
            for code, meaning in choices.items():
                box = f"{said['field']}___{code.lower().replace('-', '_')}"
                found[box] = Entry(f"{label}: {meaning}", YES_NO, **common)  # type: ignore[arg-type]
        elif said["type"] in ("yesno", "truefalse"):
            found[said["field"]] = Entry(label, YES_NO, **common)  # type: ignore[arg-type]
        elif said["type"] not in ("descriptive", "file", "notes"):
            coded = choices if said["type"] in ("radio", "dropdown") else None
            found[said["field"]] = Entry(label, coded or None, **common)  # type: ignore[arg-type]
    return found


def plain(label: str) -> str:
    """A label without markup and line breaks."""
    return normalise(html.unescape(re.sub(r"<[^>]+>", " ", label)))


def of_choices(text: str) -> dict[str, str]:
    """The meanings of REDCap's list of choices.

    Examples
    --------
    >>> of_choices("1, Male | 2, Female, not pregnant")
    {'1': 'Male', '2': 'Female, not pregnant'}
    """
    pairs = (part.partition(",") for part in text.split("|") if "," in part)
    return {code.strip(): plain(meaning) for code, _, meaning in pairs}


def of_file(file: Path) -> dict[str, Entry]:
    """Labels and value labels inside a SAS, SPSS or Stata file; nothing for other files."""
    import pyreadstat

    readers = {
        ".sas7bdat": pyreadstat.read_sas7bdat,
        ".xpt": pyreadstat.read_xport,
        ".sav": pyreadstat.read_sav,
        ".zsav": pyreadstat.read_sav,
        ".dta": pyreadstat.read_dta,
    }
    reader = readers.get(file.suffix.lower())
    if reader is None:
        return {}
    about = _metadata(reader, file)
    labels, values = about.column_names_to_labels or {}, about.variable_value_labels or {}
    return {
        name: Entry(normalise(labels.get(name) or ""), _codes(values.get(name)))
        for name in about.column_names
    }


def _metadata(reader, file: Path):
    """What a file says of its columns; where it does not say its encoding, as Chinese, else byte by byte."""
    import pyreadstat

    for encoding in (None, "gb18030"):
        try:
            return reader(str(file), metadataonly=True, encoding=encoding)[1]
        except (pyreadstat.ReadstatError, UnicodeDecodeError):
            continue
    return reader(str(file), metadataonly=True, encoding="ISO-8859-1")[1]


def _codes(given: dict | None) -> dict[str, str] | None:
    """Value labels with their codes as the reader writes them."""
    if not given:
        return None

    def text(code) -> str:
        return str(int(code)) if isinstance(code, float) and code.is_integer() else str(code)

    return {text(code): normalise(str(meaning)) for code, meaning in given.items()}
