"""How two variables go together."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers
from analysis.language import ands, tr
from analysis.tables.general.wording import sentences, with_interval
from analysis.tables.rows import pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study


def pairs_table(
    rows: pd.DataFrame,
    *,
    study: "Study",
    labels: Mapping[str, str],
    digits: int = 2,
    notes: Sequence[str] = (),
) -> Table:
    """Lay out `correlate` or `agreement`: a line per pair of variables."""
    interval = numbers.level(study.statistics.confidence_level)
    lines, index = [], []
    for variable in dict.fromkeys(rows["variable"][rows["variable"].ne("all")]):
        found = pick(rows, variable=variable)
        line = [numbers.whole(found.get("n")), with_interval(found, digits)]
        if rows["analysis"].eq("agreement").any():
            line += [
                numbers.interval(found.get("lower"), found.get("upper"), digits),
                numbers.fixed(found.get("concordance"), 2),
            ]
        lines.append(line)
        index.append(ands(labels.get(name, name) for name in variable.split(", ")))
    agrees = rows["analysis"].eq("agreement").any()
    estimate = tr("Mean difference") if agrees else tr("Correlation")
    columns = ["n", f"{estimate} ({interval})"]
    columns += [tr("Limits of agreement"), tr("Concordance")] if agrees else []
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name=tr("Pair")))
    return Table(body, notes=[*notes, *sentences(rows)])
