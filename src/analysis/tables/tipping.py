"""The table of the tipping point."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import numbers
from analysis.columns.decimals import mean_digits
from analysis.tables.rows import methods, pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study


def tipping_table(
    rows: pd.DataFrame, *, study: "Study", endpoint: Any, digits: int, notes: Sequence[str] = ()
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
            "yes" if one["holds"] else "no",
        ]
        for one in found.values()
    ]
    interval = numbers.level(study.statistics.confidence_level)
    body = pd.DataFrame(cells, columns=[f"Mean change ({interval})", "p", "Holds"], index=shifts)
    unit = f", {endpoint.unit}" if endpoint.unit else ""
    point = pick(rows, group="point")
    better = "higher" if endpoint.higher_is_better else "lower"
    imputed = f"{numbers.whole(point['count'])} of {numbers.whole(point['n'])} values imputed"
    said = [
        f"{imputed}. {'; '.join(methods(rows, 'tipping'))}.",
        f"Holds: the interval lies on the side of the first line without no change; {better} is better.",
    ]
    return Table(body.rename_axis(f"Imputed values worse by{unit}"), notes=[*notes, *said])
