"""Tables of the general laboratory notebook: change by visit, and shifts between low, normal and high."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers
from analysis.language import tr, with_unit
from analysis.tables.general.wording import sentences, with_interval
from analysis.tables.rows import pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study

LEVELS = ("low", "normal", "high")


def _groups(study: "Study", group: str) -> str:
    """What a group is called."""
    return study.groups.labels.get(group, group) if study.groups and group != "all" else tr("All")


def laboratory_change_table(
    rows: pd.DataFrame, *, study: "Study", labels: Mapping[str, str], notes: Sequence[str] = ()
) -> Table:
    """Lay out the changes of `summarise_laboratory`: a block per analyte, a line per visit and group.

    Parameters
    ----------
    rows : DataFrame
        Rows ``lab_change``.
    study : analysis.study.Study
        Labels of visits and groups.
    labels : mapping
        What each analyte is called.
    notes : sequence of str
        Footnotes before the generated ones.
    """
    names = {visit.id: visit.label for visit in study.visits}
    interval = numbers.level(study.statistics.confidence_level)
    found = rows[rows["analysis"].eq("lab_change")]
    lines, index, blocks = [], [], []
    for variable, visit, group in dict.fromkeys(zip(found["variable"], found["visit"], found["group"])):
        here = found[found["variable"].eq(variable) & found["visit"].eq(visit) & found["group"].eq(group)]
        one = pick(here)
        unit = next((text for text in here["unit"] if text), "")
        lines.append([_groups(study, group), numbers.whole(one.get("n_pairs")), with_interval(one, 2)])
        index.append(names.get(visit, visit))
        blocks.append(with_unit(tr(labels.get(variable, variable)), unit))
    columns = [tr("Group"), "n", tr("Mean change ({interval})", interval=interval)]
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name=tr("Visit")))
    more = tr(
        "Change from the baseline visit of those with both results; results beyond a limit count as the limit."
    )
    return Table(body, groups=blocks, notes=[*notes, more, *sentences(found)])


def laboratory_level_table(
    rows: pd.DataFrame, *, study: "Study", labels: Mapping[str, str], notes: Sequence[str] = ()
) -> Table:
    """Lay out the shifts of `summarise_laboratory`: a line per visit, group and level at baseline."""
    names = {visit.id: visit.label for visit in study.visits}
    found = rows[rows["analysis"].eq("lab_level_shift")]
    analyte = found["variable"].str.rsplit(" ", n=3).str[0]
    shown = {"low": tr("Low"), "normal": tr("Normal"), "high": tr("High")}
    lines, index, blocks = [], [], []
    for name, visit, group in dict.fromkeys(zip(analyte, found["visit"], found["group"])):
        here = found[analyte.eq(name) & found["visit"].eq(visit) & found["group"].eq(group)]
        for first in LEVELS:
            counts = [pick(here, variable=f"{name} {first} to {last}") for last in LEVELS]
            cells = [numbers.whole(one.get("count")) for one in counts]
            lines.append([_groups(study, group), shown[first], *cells])
            index.append(names.get(visit, visit))
            blocks.append(tr(labels.get(name, name)))
    columns = [tr("Group"), tr("At baseline"), tr("Low then"), tr("Normal then"), tr("High then")]
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name=tr("Visit")))
    none = [] if lines else [tr("No result has limits of normal at baseline and later.")]
    more = tr("Subjects by level against the limits of normal, of those whose level is known at both visits.")
    return Table(body, groups=blocks, notes=[*notes, more, *none])
