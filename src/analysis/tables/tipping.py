"""The table of the tipping point."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers
from analysis.columns.decimals import mean_digits
from analysis.language import semicolons, sentences, tr, with_unit
from analysis.tables.rows import methods, pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study
    from analysis.study.sections import Endpoint


def tipping_table(
    rows: pd.DataFrame, *, study: "Study", endpoint: "Endpoint", digits: int, notes: Sequence[str] = ()
) -> Table:
    """Lay out `summaries.summarise_tipping`: a line per shift.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analysis ``tipping``.
    study : analysis.study.Study
        Confidence level.
    endpoint : Endpoint
        Label, unit and direction.
    digits : int
        Decimals of the variable's own values.
    notes : sequence of str
        Footnotes before the generated ones.
    """
    shifts = [name for name in rows["group"].unique() if name != "point"]
    found = {shift: pick(rows, group=shift) for shift in shifts}
    more = mean_digits(endpoint.variable, digits)
    cells = [
        [
            numbers.estimate_interval(one["estimate"], one["conf_low"], one["conf_high"], more),
            numbers.p_value(one["p_value"]),
            tr("yes") if one["holds"] else tr("no"),
        ]
        for one in found.values()
    ]
    interval = numbers.level(study.statistics.confidence_level)
    body = pd.DataFrame(
        cells, columns=[tr("Mean change ({interval})", interval=interval), "p", tr("Holds")], index=shifts
    )
    point = pick(rows, group="point")
    better = (
        tr("Holds: the interval lies on the side of the first line without no change; higher is better.")
        if endpoint.higher_is_better
        else tr("Holds: the interval lies on the side of the first line without no change; lower is better.")
    )
    imputed = tr(
        "{count} of {n} values imputed", count=numbers.whole(point["count"]), n=numbers.whole(point["n"])
    )
    said = [
        sentences([imputed, semicolons(methods(rows, "tipping"))]),
        better,
    ]
    return Table(
        body.rename_axis(with_unit(tr("Imputed values worse by"), endpoint.unit)), notes=[*notes, *said]
    )
