"""Visit by visit: levels of a category, means of the model, what is known and who was seen last."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import numbers
from analysis.columns.decimals import mean_digits
from analysis.language import tr, with_unit
from analysis.tables.general.wording import groups_shown, sentences, visits_shown, with_interval
from analysis.tables.rows import pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study

EMPTY = "–"


def category_table(
    rows: pd.DataFrame,
    *,
    study: "Study",
    variables: dict[str, list[str]],
    labels: Mapping[str, Any],
    notes: Sequence[str] = (),
) -> Table:
    """Lay out `summarise_categories`: a line per level and visit, a column per group.

    Parameters
    ----------
    rows : DataFrame
        Rows ``category``.
    study : analysis.study.Study
        Labels of visits and groups.
    variables : dict of str to list of str
        The levels of each variable, in order.
    labels : mapping
        What each variable is called.
    notes : sequence of str
        Footnotes.
    """
    names = visits_shown(study)
    shown = groups_shown(rows, study)
    lines, index, blocks = [], [], []
    for variable, levels in variables.items():
        for level in levels:
            for visit in dict.fromkeys(rows["visit"]):
                cells = []
                for group in shown:
                    found = pick(rows, variable=f"{variable} {level}", visit=visit, group=group)
                    total = int(found.get("n", 0))
                    cells.append(
                        tr(
                            "{share} of {total}",
                            share=numbers.count_percent(int(found["count"]), total),
                            total=total,
                        )
                        if total
                        else tr("not yet (0)")
                    )
                lines.append(cells)
                index.append(names.get(visit, visit))
                blocks.append(tr("{what}: {told}", what=labels.get(variable, variable), told=level))
    body = pd.DataFrame(lines, columns=list(shown.values()), index=pd.Index(index, name=tr("Visit")))
    return Table(body, groups=blocks, notes=[*notes, tr("n (%) of those with a value at the visit.")])


def model_table(
    rows: pd.DataFrame, *, study: "Study", digits: dict[str, int], notes: Sequence[str] = ()
) -> Table:
    """Lay out `summarise_model`: a line per visit and group, a block per endpoint."""
    names, shown = visits_shown(study), groups_shown(rows, study)
    interval = numbers.level(study.statistics.confidence_level)
    lines, index, blocks = [], [], []
    for entry in study.endpoints:
        found = rows[rows["variable"].eq(entry.id)]
        more = mean_digits(entry.variable, digits.get(entry.variable, 1))
        for group in dict.fromkeys(found["group"]):
            for visit in dict.fromkeys(found["visit"]):
                here = found[found["group"].eq(group) & found["visit"].eq(visit)]
                mean, change = pick(here, analysis="model_mean"), pick(here, analysis="model_change")
                counted = here.loc[here["analysis"].eq("model_mean"), "n"].dropna()
                lines.append(
                    [
                        numbers.whole(counted.max() if len(counted) else None),
                        with_interval(mean, more),
                        EMPTY if visit == study.baseline_visit else with_interval(change, more),
                    ]
                )
                index.append(names.get(visit, visit))
                named = with_unit(entry.label, entry.unit)
                one = group == "all" or study.groups is None
                blocks.append(named if one else tr("{label}: {group}", label=named, group=shown[group]))
    columns = [
        "n",
        tr("Adjusted mean ({interval})", interval=interval),
        tr("Change from baseline ({interval})", interval=interval),
    ]
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name=tr("Visit")))
    return Table(body, groups=blocks, notes=[*notes, *sentences(rows)])


def known_table(rows: pd.DataFrame, *, study: "Study", notes: Sequence[str] = ()) -> Table:
    """Lay out `known_by_visit`: a block per endpoint, a line per visit, a column per group."""
    names = visits_shown(study)
    shown = groups_shown(rows, study)
    lines, index, blocks = [], [], []
    for entry in study.endpoints:
        of_endpoint = rows[rows["variable"].eq(entry.id)]
        for visit in dict.fromkeys(of_endpoint["visit"]):
            found = [pick(of_endpoint, visit=visit, group=group) for group in shown]
            lines.append(
                [
                    tr("{n} of {n_due}", n=int(one["n"]), n_due=int(one["n_due"]))
                    if one.get("n_due")
                    else tr("not yet (0 due)")
                    for one in found
                ]
            )
            index.append(names.get(visit, visit))
            blocks.append(entry.label)
    body = pd.DataFrame(lines, columns=list(shown.values()), index=pd.Index(index, name=tr("Visit")))
    return Table(body, groups=blocks, notes=[*notes, tr("Values known, of those due at the visit.")])


def last_seen_table(rows: pd.DataFrame, *, study: "Study", notes: Sequence[str] = ()) -> Table:
    """Lay out `last_seen`: a line per visit, a column per group."""
    names = visits_shown(study) | {"none": tr("No value at any visit")}
    shown = groups_shown(rows, study)
    visits = list(dict.fromkeys(rows["visit"]))
    cells = {
        shown[group]: [
            numbers.count_percent(int(found["count"]), int(found["n"])) if found.get("n") else "0"
            for found in (pick(rows, visit=visit, group=group) for visit in visits)
        ]
        for group in shown
    }
    body = pd.DataFrame(cells, index=pd.Index([names[visit] for visit in visits], name=tr("Last value at")))
    return Table(body, notes=list(notes))
