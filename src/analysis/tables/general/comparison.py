"""Differences between groups by models: of each visit, and of all visits together."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers
from analysis.columns.decimals import mean_digits
from analysis.language import mark, tr, with_unit
from analysis.tables.general.wording import sentences, visits_shown, with_interval
from analysis.tables.rows import pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study

OF_WHOM = mark(
    "n: with a value at baseline and at the visit. The model of all visits draws on everybody with a value at any of "
    "them."
)


def comparison_table(
    rows: pd.DataFrame, *, study: "Study", digits: dict[str, int], notes: Sequence[str] = ()
) -> Table:
    """Lay out `summarise_comparison`: a line per visit and group, a block per endpoint.

    Parameters
    ----------
    rows : DataFrame
        Rows ``difference_ancova``, ``difference_mmrm``, ``difference_share``.
    study : analysis.study.Study
        Labels of visits, groups, endpoints.
    digits : dict
        Decimals of each variable's own values.
    notes : sequence of str
        Footnotes before the generated ones.
    """
    visits = visits_shown(study)
    groups = study.needed_groups()
    reference, labels = groups.order[0], groups.labels
    interval = numbers.level(study.statistics.confidence_level)
    lines, blocks, index = [], [], []
    for entry in study.endpoints:
        found = rows[rows["variable"].eq(entry.id)]
        more = mean_digits(entry.variable, digits.get(entry.variable, 1))
        for visit in entry.visits:
            for group in groups.order[1:]:
                here = found[found["visit"].eq(visit) & found["group"].eq(group)]
                if here.empty:
                    continue
                share, one, model = (
                    pick(here, analysis=f"difference_{name}") for name in ("share", "ancova", "mmrm")
                )
                first, places, scale = (share, 1, 100) if share else (one, more, 1)
                counted = here["n"].dropna()
                lines.append(
                    [
                        labels.get(group, group),
                        numbers.whole(counted.max() if len(counted) else None),
                        with_interval(first, places, scale=scale),
                        numbers.p_value(first.get("p_value")),
                        with_interval(model, more),
                        numbers.p_value(model.get("p_value")),
                    ]
                )
                index.append(visits[visit])
                points = tr("{label} (percentage points)", label=entry.label)
                named = points if share else with_unit(entry.label, entry.unit)
                other = labels.get(reference, reference)
                blocks.append(tr("{named}: difference from {other}", named=named, other=other))
    columns = [
        tr("Group"),
        "n",
        tr("At the visit ({interval})", interval=interval),
        "p",
        tr("Model of all visits ({interval})", interval=interval),
        tr("p (model)"),
    ]
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name=tr("Visit")))
    modelled = rows["analysis"].eq("difference_mmrm").any()
    if not modelled:
        body = body.drop(columns=columns[4:])
    said = [
        *notes,
        *([tr(OF_WHOM)] if modelled else []),
        tr("A difference is the group minus the reference; p values are exploratory."),
        *sentences(rows),
    ]
    return Table(body, groups=blocks, notes=said)
