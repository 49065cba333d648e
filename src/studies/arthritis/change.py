"""Change from baseline of those due: pairs, the mixed model that the estimand asks for, regression to the mean."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import numbers, results
from analysis.columns.decimals import mean_digits
from analysis.design import ChangeBeyond
from analysis.inputs import NotEstimable
from analysis.language import ands, inside, mark, tr
from analysis.summaries.change import summarise_change
from analysis.summaries.shared import by_visit
from analysis.summaries.strategies import long_course
from analysis.tables.cells import limits, of_total, spread
from analysis.tables.rows import pick
from analysis.tables.table import Table
from analysis.thresholds import settle

if TYPE_CHECKING:
    from analysis.study import Study
    from analysis.study.sections import Endpoint


def change_when_due(
    measures: pd.DataFrame,
    due: pd.DataFrame,
    *,
    study: "Study",
    population: str,
    visits: list[str],
    tests: bool,
) -> pd.DataFrame:
    """`summarise_change` of those due at each visit: who is not yet due is not missing.

    Parameters
    ----------
    measures : DataFrame
        Long measurements.
    due : DataFrame
        Booleans by participant and visit (`analysis.due.flag_due`).
    study : analysis.study.Study
        Its endpoints.
    population : str
        Name of the analysis set.
    visits : list of str
        Planned visits the report may show.
    tests : bool
        As in `summarise_change`.

    Returns
    -------
    DataFrame
        Rows of the results table; the ``summary`` at baseline is that of the whole analysis set.
    """
    first, frames = study.baseline_visit, []
    for visit in [visit for visit in visits if visit != first and due[visit].any()]:
        members = {"all": due.index[due[visit]]}
        rows = summarise_change(
            measures, members, study=study, population=population, tests=tests, visits=[visit]
        )
        frames.append(rows[~rows["visit"].eq(first)])
    whole = summarise_change(
        measures, {"all": due.index}, study=study, population=population, tests=tests, visits=[]
    )
    return results.stack([whole, *frames])


def model_change(
    wide: pd.DataFrame,
    due: pd.DataFrame,
    *,
    study: "Study",
    endpoints: "Sequence[Endpoint]",
    visits: list[str],
) -> pd.DataFrame:
    """Mean change from baseline by a mixed model for repeated measures of everybody with a value.

    Parameters
    ----------
    wide : DataFrame
        One row per participant and visit, scores as columns.
    due : DataFrame
        Booleans by participant and visit.
    study : analysis.study.Study
        Confidence level.
    endpoints : sequence of Endpoint
        Whose change is modelled.
    visits : list of str
        Visits of the model, baseline first.

    Returns
    -------
    DataFrame
        `variable`, `visit`, `estimate`, `conf_low`, `conf_high`, `n` (with a value at any visit), `n_due`,
        `n_missing` (of those due, without a value at the visit), `method`, and `status` with `note` where the model has
        no estimate or interval. No visit after baseline: no rows.
    """
    from analysis import mmrm

    lines = []
    for entry in endpoints:
        values = by_visit(wide, entry.variable, due.index, visits).astype(float)
        try:
            model = mmrm.fit(long_course(values), response="value", visits=visits)
            found = mmrm.change_from_baseline(model, confidence_level=study.statistics.confidence_level)
            found = found.assign(method=model.method)
        except NotEstimable as reason:
            nothing = {"estimate": np.nan, "conf_low": np.nan, "conf_high": np.nan, "method": ""}
            said = {"status": results.NOT_ESTIMATED, "note": str(reason)}
            found = pd.DataFrame([{"visit": visit, **nothing, **said} for visit in visits[1:]])
        for row in found.to_dict("records"):
            missing = values.loc[due[row["visit"]], row["visit"]].isna()
            lines.append(
                {
                    "variable": entry.id,
                    "visit": row["visit"],
                    **{name: float(row[name]) for name in ("estimate", "conf_low", "conf_high")},
                    "n": int(values.notna().any(axis=1).sum()),
                    "n_due": len(missing),
                    "n_missing": int(missing.sum()),
                    "method": row["method"],
                    "note": row["note"],
                    "status": row["status"],
                }
            )
    return pd.DataFrame(lines)


def expected_regression(
    values: pd.DataFrame, *, baseline: str, visit: str, pairs: Sequence[Any], cutoff: float, level: float
) -> pd.DataFrame:
    """Change of a score to expect from regression to the mean alone in those above a cut-off at baseline.

    Parameters
    ----------
    values : DataFrame
        The score by participant and visit.
    baseline, visit : str
        Visit of the selection, and visit at which the change is looked at.
    pairs : sequence of tuple of str
        Pairs of visits whose correlation may stand for test and retest [P]: late ones, when the disease is stable, and
        a pair as far apart as baseline and the visit. A pair with fewer than three complete participants is left out.
    cutoff : float
        Entry criterion; who is above it at baseline was selected.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        Two lines per pair, for what the formula for a normal score selected above the cut-off expects, and for what
        the baseline mean of those selected does, which need not be the one it implies (`by_mean`): (1 - correlation) x
        (`mean` - baseline mean). `pair` (first, second), `correlation`, `mean` and `sd` (of all values from `visit`
        on, which stand for the unselected course [P]), `cutoff`; and of those above the cut-off who have both values
        the fields of `design.change_beyond_selection`: `expected` and `observed` change, `estimate` (what is beyond
        the expected one) with its interval, `p_value` (against it), `p_zero` (against no change), `n_pairs`.

    References
    ----------
    Barnett AG, van der Pols JC, Dobson AJ. Int J Epidemiol 2005;34:215-20. doi:10.1093/ije/dyh299.
    """
    from analysis.design import change_beyond_selection, expected_regression_to_mean

    visits = list(values)
    known = values[visits[visits.index(visit) :]].to_numpy(float)
    known = known[~np.isnan(known)]
    mean, sd = (float(known.mean()), float(known.std(ddof=1))) if len(known) > 1 else (np.nan, np.nan)
    above = values.loc[settle(values[baseline]) > cutoff, [baseline, visit]].dropna()
    lines = []
    for pair in pairs:
        both = values[list(pair)].dropna()
        if len(both) < 3:
            continue
        correlation = float(both.corr().iloc[0, 1])
        of_a_normal = expected_regression_to_mean(mean=mean, sd=sd, correlation=correlation, cutoff=cutoff)
        of_the_mean = (1 - correlation) * (mean - float(above[baseline].mean()))
        for by_mean, expected in ((False, of_a_normal), (True, 0.0 if above.empty else of_the_mean)):
            found = change_beyond_selection(
                above[baseline], above[visit], expected=float(expected), confidence_level=level
            )
            lines.append(
                {
                    "pair": tuple(pair),
                    "by_mean": by_mean,
                    "correlation": correlation,
                    "mean": mean,
                    "sd": sd,
                    "cutoff": cutoff,
                    **asdict(found),
                }
            )
    columns = ["pair", "by_mean", "correlation", "mean", "sd", "cutoff", *ChangeBeyond.__slots__]
    return pd.DataFrame(lines, columns=columns)


def ends_of_regression(lines: pd.DataFrame) -> pd.DataFrame:
    """The range over what is assumed of correlation and selection, by score: change expected (`least`, `most`), and
    beyond it.
    """
    by_score = lines.groupby("variable", sort=False)
    ends = by_score.agg(
        least=("expected", "max"),
        most=("expected", "min"),
        beyond_least=("estimate", "max"),
        beyond_most=("estimate", "min"),
    )
    return ends.join(by_score[["observed", "n_pairs", "cutoff"]].first()).reset_index()


def beyond_lines(lines: pd.DataFrame, *, visit: str) -> pd.DataFrame:
    """`expected_regression` for the results table: the pair that the correlation is of, and the way, is the group."""
    kept = ["variable", "correlation", *(name for name in ChangeBeyond.__slots__ if name != "observed")]
    groups = [
        " ".join([*(["mean"] if by_mean else []), "correlation", *pair])
        for pair, by_mean in zip(lines["pair"], lines["by_mean"], strict=True)
    ]
    return lines[kept].assign(visit=visit, group=groups)


def model_table(
    modelled: pd.DataFrame, pairs: pd.DataFrame, *, study: "Study", notes: Sequence[str] = ()
) -> Table:
    """Lay out `model_change` beside the complete pairs: a block per endpoint, a line per visit.

    Parameters
    ----------
    modelled : DataFrame
        Mean changes by the mixed model.
    pairs : DataFrame
        Rows of the analysis ``change_mean``.
    study : analysis.study.Study
        Labels of visits and endpoints.
    notes : sequence of str
        Footnotes.
    """
    labels = {visit.id: visit.label for visit in study.visits}
    named = {entry.id: entry for entry in study.endpoints}
    lines, blocks = [], []
    for row in modelled.to_dict("records"):
        entry = named[row["variable"]]
        digits = _digits_of(entry)
        at = pairs[pairs["variable"].eq(row["variable"]) & pairs["visit"].eq(row["visit"])]
        complete = pick(at, analysis="change_mean")
        shown = [
            numbers.estimate_interval(
                found.get("estimate"), found.get("conf_low"), found.get("conf_high"), digits
            )
            for found in (row, complete)
        ]
        of_due = of_total(row["n_due"] - row["n_missing"], row["n_due"])
        lines.append(
            [shown[0], numbers.whole(row["n"]), shown[1], numbers.whole(complete.get("n_pairs")), of_due]
        )
        blocks.append(named[row["variable"]].label)
    columns = [
        mark("Change ({CI})"),
        "n",
        mark("Change ({CI}) "),
        mark("Pairs"),
        mark("Known, of those due"),
    ]
    body = pd.DataFrame(lines, columns=columns, index=[labels[visit] for visit in modelled["visit"]])
    spanners = {mark("Mixed model (the estimand)"): columns[:2], mark("Complete pairs"): columns[2:4]}
    drawn = [limits(row) for row in modelled.to_dict("records")]
    return Table(
        body.rename_axis(mark("Visit")),
        spanners=spanners,
        groups=blocks,
        notes=notes,
        intervals={columns[0]: drawn},
    )


def _digits_of(entry) -> int:
    """Decimals of a mean change of the endpoint."""
    return min(mean_digits(entry.variable, entry.digits or 0), 2)


def regression_table(lines: pd.DataFrame, *, study: "Study", tests: bool, notes: Sequence[str] = ()) -> Table:
    """Lay out `expected_regression`: a block per score, a line per assumed correlation.

    Parameters
    ----------
    lines : DataFrame
        With `label`, what the score is called with its cut-off.
    study : analysis.study.Study
        Labels of visits.
    tests : bool
        Whether p values are shown: interim reports describe.
    notes : sequence of str
        Footnotes.
    """
    labels = {visit.id: inside(visit.label) for visit in study.visits}
    named = {entry.id: entry for entry in study.endpoints}
    rows = [{**row, "digits": _digits_of(named[row["variable"]])} for row in lines.to_dict("records")]
    cells = [
        [
            numbers.fixed(row["correlation"], 2),
            spread(row["mean"], row["sd"], row["digits"]),
            numbers.whole(row["n_pairs"]),
            numbers.fixed(row["observed"], row["digits"]),
            numbers.p_value(row["p_zero"]),
            numbers.fixed(row["expected"], row["digits"]),
            numbers.estimate_interval(row["estimate"], row["conf_low"], row["conf_high"], row["digits"]),
            numbers.p_value(row["p_value"]),
        ]
        for row in rows
    ]
    ways = {
        False: mark("Correlation of {visits}, normal score"),
        True: mark("Correlation of {visits}, mean at baseline"),
    }
    names = [tr(ways[row["by_mean"]], visits=ands(labels[visit] for visit in row["pair"])) for row in rows]
    columns = [
        mark("Correlation"),
        mark("Mean (SD)"),
        "n",
        mark("Observed"),
        "p ",
        mark("Expected"),
        mark("Beyond ({CI})"),
        "p",
    ]
    body = pd.DataFrame(cells, columns=columns, index=pd.Index(names, name=mark("Assumption")))
    if not tests:
        body = body.drop(columns=["p ", "p"])
    spanners = {
        mark("Change"): [
            name
            for name in (mark("Observed"), "p ", mark("Expected"), mark("Beyond ({CI})"), "p")
            if name in body
        ]
    }
    return Table(body, spanners=spanners, groups=list(lines["label"]), notes=notes)
