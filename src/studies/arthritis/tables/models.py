"""Predictors and their performance; the key result under other choices."""

import pandas as pd

from analysis import numbers
from analysis.tables.table import Table
from studies.arthritis.tables.cells import share

MEASURES = {
    "auc": "Area under the ROC curve",
    "brier": "Brier score",
    "scaled_brier": "Scaled Brier score",
    "calibration_intercept": "Calibration in the large",
    "calibration_slope": "Calibration slope",
}


def predictor_table(univariable: pd.DataFrame, model, *, labels: dict[str, str], notes=()) -> Table:
    """Odds ratios one by one and in the penalised model.

    Parameters
    ----------
    univariable : DataFrame
        From `prediction.univariable_odds`, with `p_adjusted`.
    model : analysis.prediction.RidgeModel
        The penalised model; its odds ratios have no interval.
    labels : mapping
        Covariate to label with its unit.
    notes : sequence of str
        Footnotes.
    """
    shrunken = model.coefficients.set_index("term")["odds_ratio"]
    lines = [
        [
            f"{numbers.whole(row['events'])}/{numbers.whole(row['n'])}",
            numbers.estimate_interval(row["estimate"], row["conf_low"], row["conf_high"], 2),
            numbers.p_value(row["p_value"]),
            numbers.p_value(row["p_adjusted"]),
            numbers.fixed(shrunken.get(row["term"]), 2),
        ]
        for row in univariable.to_dict("records")
    ]
    columns = ["Events/n", "Odds ratio (95 % CI)", "p", "Adjusted p", "Odds ratio"]
    index = [labels.get(name, name) for name in univariable["covariate"]]
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name="Predictor"))
    return Table(body, spanners={"Alone": columns[:4], "Penalised model": columns[4:]}, notes=notes)


def performance_table(performance: pd.DataFrame, *, notes=()) -> Table:
    """Performance as it appears, its optimism, and corrected."""
    lines = [
        [numbers.fixed(row[name], 3) for name in ("apparent", "optimism", "corrected")]
        for row in performance.to_dict("records")
    ]
    index = [MEASURES.get(name, name) for name in performance["measure"]]
    columns = ["Apparent", "Optimism", "Corrected"]
    return Table(pd.DataFrame(lines, columns=columns, index=pd.Index(index, name="Measure")), notes=notes)


def retention_table(retained: pd.DataFrame, *, notes=()) -> Table:
    """Lay out `share_retained`: a line per mechanism, a column per time.

    Parameters
    ----------
    retained : DataFrame
        `group`, `visit` (time), `n`, `events`, `estimate`, `conf_low`, `conf_high`.
    notes : sequence of str
        Footnotes.
    """
    times = list(dict.fromkeys(retained["visit"]))
    found = retained.set_index(["group", "visit"])
    order = retained.drop_duplicates("group").sort_values("n", ascending=False)
    lines = []
    for row in order.itertuples():
        read = [found.loc[(row.group, time)] for time in times]
        shares = [share(at["estimate"], at["conf_low"], at["conf_high"]) for at in read]
        lines.append([numbers.whole(row.n), numbers.whole(row.events), *shares])
    columns = [f"Week {time.lstrip('w')}" for time in times]
    body = pd.DataFrame(
        lines, columns=["n", "Stopped", *columns], index=pd.Index(order["group"], name="Mechanism")
    )
    return Table(body, spanners={"Still on the drug, % (95 % CI)": columns}, notes=notes)


def sensitivity_table(lines: pd.DataFrame, *, notes=()) -> Table:
    """The key result under each choice: proportions in per cent, changes in points.

    Parameters
    ----------
    lines : DataFrame
        `label`, `group`, `n`, `n_missing`, `estimate`, `conf_low`, `conf_high`, and `count` where there is one.
    notes : sequence of str
        Footnotes.
    """
    cells = []
    for row in lines.to_dict("records"):
        change = row["group"].startswith("Mean change")
        limits = (row["estimate"], row["conf_low"], row["conf_high"])
        shown = numbers.estimate_interval(*limits, 1) if change else share(*limits)  # CDAI, in tenths
        count = row.get("count")
        cells.append(
            [
                numbers.MISSING if count is None or count != count else numbers.whole(count),
                numbers.whole(row["n"]),
                numbers.whole(row["n_missing"]),
                shown,
            ]
        )
    columns = ["At the target", "n", "Missing", "Estimate (95 % CI)"]
    body = pd.DataFrame(cells, columns=columns, index=pd.Index(list(lines["label"]), name="Analysis"))
    return Table(body, groups=list(lines["group"]), notes=notes)
