"""What the tables of the general notebooks say alike: reasons and methods, intervals, names of groups and visits."""

from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers
from analysis.language import sentence, tr
from analysis.tables.rows import methods

if TYPE_CHECKING:
    from analysis.study import Study


def sentences(rows: pd.DataFrame) -> list[str]:
    """Method sentences and reasons for what is not there, each once."""
    found = [text for analysis in rows["analysis"].unique() for text in methods(rows, analysis)]
    none = rows[rows["status"].eq("not estimated") & rows["note"].ne("")]
    reasons = [tr("Not estimated: {note}.", note=note) for note in none["note"].unique()[:6]]
    return [*dict.fromkeys(sentence(text) for text in found), *reasons]


def with_interval(found: dict, digits: int, *, scale: float = 1) -> str:
    """An estimate with its limits, or a dash."""
    return numbers.estimate_interval(
        found.get("estimate"), found.get("conf_low"), found.get("conf_high"), digits, scale=scale
    )


def groups_shown(rows: pd.DataFrame, study: "Study") -> dict[str, str]:
    """The groups of the rows in order, each with its label; subjects of a study without groups are all."""
    labels = study.groups.labels if study.groups else {}
    return {
        group: tr("All") if group == "all" else labels.get(group, group)
        for group in dict.fromkeys(rows["group"])
    }


def visits_shown(study: "Study") -> dict[str, str]:
    """The label of each visit."""
    return {visit.id: visit.label for visit in study.visits}
