"""The table of ways of handling missing values: a column each."""

from collections.abc import Iterable

import pandas as pd

from analysis import numbers
from analysis.tables.rows import methods, pick
from analysis.tables.table import Table

STRATEGIES = {
    "observed": "Complete pairs",
    "mmrm": "MMRM",
    "mi": "Multiple imputation",
    "locf": "LOCF",
    "bocf": "BOCF",
}


def strategies_table(rows: pd.DataFrame, lines: Iterable[tuple[str, str, int]], *, notes=()) -> Table:
    """Lay out `summaries.summarise_strategies`: a line per variable, a column per way.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analyses ``missing_...``.
    lines : iterable of (str, str, int)
        Variable, its label with unit, and the decimals of its own values.
    notes : sequence of str
        Footnotes before the generated ones.
    """
    made = {}
    for variable, label, digits in lines:
        found = {name: pick(rows, analysis=f"missing_{name}", variable=variable) for name in STRATEGIES}
        cells = [
            numbers.estimate_interval(one["estimate"], one["conf_low"], one["conf_high"], digits + 1)
            for one in found.values()
        ]
        made[label] = [numbers.whole(found["observed"]["n_pairs"]), *cells]
    body = pd.DataFrame.from_dict(made, orient="index", columns=["Pairs", *STRATEGIES.values()])
    said = [
        f"MMRM: all visits; {'; '.join(methods(rows, 'missing_mmrm'))}.",
        f"Multiple imputation: all visits, predictive mean matching; {'; '.join(methods(rows, 'missing_mi'))}.",
        "LOCF and BOCF are discouraged and shown for comparison only.",
    ]
    return Table(body.rename_axis("Change from baseline"), notes=[*notes, *said])
