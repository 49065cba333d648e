"""The numbers that a reader looks for first: those of the first screen of the report, then the primary endpoint's."""

import math
from collections.abc import Mapping
from typing import Any

from analysis.language import tr

FIRST = ("estimate", "p_value")
MOST = 8


def headlines(rows: Mapping[str, dict], settings: Mapping[str, Any]) -> dict[str, str]:
    """The ids of the headline numbers of a results table, at most eight, with the label that the first screen has.

    A number of the primary endpoint that is not on the first screen has no label. A study that has neither shows its
    counts of persons.

    Parameters
    ----------
    rows : mapping
        Rows of the table by id.
    settings : mapping
        Settings of the report; empty where they are not kept.
    """
    from pipeline.publish.first_screen import ESTIMATES

    found = _first_screen(rows, settings)
    about = primary_of(settings.get("study") or {})
    others = [
        name
        for name, row in rows.items()
        if str(row.get("variable")).lower() in about
        and row.get("analysis") in ESTIMATES
        and row.get("statistic") in FIRST
        and row["value"] is not None
    ]
    if not found and not others:
        others = [name for name, row in rows.items() if row.get("statistic") == "n"][:3]
    return dict([*found.items(), *((name, "") for name in others if name not in found)][:MOST])


def _first_screen(rows: Mapping[str, dict], settings: Mapping[str, Any]) -> dict[str, str]:
    """The results on the first screen with their labels; none where the settings are of another version."""
    from pipeline.publish.first_screen import Results, key_numbers
    from pipeline.variables import SHORT
    from pipeline.words import chosen_id, with_words, words_of

    try:
        words, chosen = words_of(settings["study"])
        numbers = key_numbers(dict(settings), Results(dict(rows), chosen))
    except (KeyError, TypeError, ValueError):
        return {}
    found = {}
    for number in numbers:
        prefix, _, leaf = chosen_id(number["result"], chosen).rpartition(".")
        found[f"{prefix}.{SHORT.get(leaf, leaf)}"] = with_words(tr(number["label"]), words)
    return {name: label for name, label in found.items() if name in rows}


def primary_of(study: Mapping[str, Any]) -> set[str]:
    """Ids and variables of the primary endpoints and responses of a study, in lower case."""
    entries = [*(study.get("responses") or ()), *(study.get("endpoints") or ())]
    chosen = [entry for entry in entries if entry.get("role") == "primary"]
    return {str(entry[key]).lower() for entry in chosen for key in ("id", "variable") if entry.get(key)}


def shown(value: float | None, other: float | None = None) -> str:
    """A number for reading: four significant digits, more where two would look the same."""
    if value is None:
        return "none"
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{value:.0f}"
    for digits in range(4, 17):
        text = f"{value:.{digits}g}"
        if other is None or math.isclose(value, other, rel_tol=0, abs_tol=0) or text != f"{other:.{digits}g}":
            return text
    return repr(value)
