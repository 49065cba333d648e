"""Every score that a table of visits can give: its function, columns, range, unit, source and certainty.

Data, not code: the long table of scores, the list of scores in the documentation and the methods text of the reports
all read it.
"""

from __future__ import annotations

from dataclasses import fields

import pandas as pd

from analysis.scoring.registry.activity import ACTIVITY
from analysis.scoring.registry.instrument import Instrument
from analysis.scoring.registry.organs import ORGANS
from analysis.scoring.registry.reported import REPORTED

__all__ = ["INSTRUMENTS", "Instrument", "instrument_table"]

INSTRUMENTS: dict[str, Instrument] = {i.name: i for i in (*ACTIVITY, *REPORTED, *ORGANS)}
_NOT_SHOWN = ("score", "category", "only_where", "limits", "replaced", "replaced_text")


def instrument_table() -> pd.DataFrame:
    """The registered scores as a table, for the documentation and the methods text of the reports.

    Returns
    -------
    DataFrame
        Indexed by ``name``: ``title``, ``needs`` and ``uses`` (columns, as text), ``low``, ``high``, ``decimals``,
        ``unit``, ``higher_is_better``, ``missing_rule``, ``conventions``, ``certainty``, ``citation``, ``version``.

    Examples
    --------
    >>> instrument_table().loc["cdai", ["needs", "missing_rule"]].tolist()
    ['tjc28, sjc28, ptga_mm, phga_mm', 'missing if any component is']
    """
    shown = [f.name for f in fields(Instrument) if f.name not in _NOT_SHOWN]
    rows = [{name: getattr(i, name) for name in shown} for i in INSTRUMENTS.values()]
    text = {c: [", ".join(row[c]) for row in rows] for c in ("needs", "uses")}
    return pd.DataFrame(rows).assign(**text).astype({"low": "float64", "high": "float64"}).set_index("name")
