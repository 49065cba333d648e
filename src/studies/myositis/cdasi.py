"""Skin disease by CDASI: responders, and the fall that regression to the mean alone would give."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import pandas as pd

from analysis import design, numbers, results, scoring
from analysis.cohort import Cohort
from analysis.language import Texts, mark, tr
from analysis.tables.grid import grid
from analysis.tables.table import Table
from analysis.thresholds import settle
from studies.myositis.settings import BeforeSelection

CDASI_RESPONSES = {
    "cdasi_5_points": {"points": 5.0},
    "cdasi_4_points": {"points": 4.0},
    "cdasi_40_percent": {"percent": 40.0},
    "cdasi_50_percent": {"percent": 50.0},
}


ABOVE = mark("Selected above {cutoff:g}")  # ways of selection; the first part of a group's id in results
BY_MEAN = mark("Selected by the higher mean at baseline")

CDASI_LABELS = Texts(
    {
        "cdasi_5_points": "5 points or more lower",
        "cdasi_4_points": "4 points or more lower",
        "cdasi_40_percent": "40 % or more lower",
        "cdasi_50_percent": "50 % or more lower",
    }
)


def cdasi_responses(baseline: str) -> dict:
    """The responder definitions of CDASI activity, as `response_rows` takes them.

    Parameters
    ----------
    baseline : str
        The baseline visit.
    """
    return {name: partial(_judge, baseline, settings) for name, settings in CDASI_RESPONSES.items()}


def _judge(baseline: str, settings: dict, group: Cohort, visit: str) -> pd.Series:
    wide = group.numbers("cdasi_activity", [baseline, visit]).loc[group.due_at(visit)]
    found = scoring.cdasi_response(wide[baseline], wide[visit], **settings)
    return found["responder_points" if "points" in settings else "responder_percent"].astype("boolean")


def paired_values(group: Cohort, variable: str, *, baseline: str, visit: str) -> pd.DataFrame:
    """Complete pairs of one variable: columns `baseline` and `followup`, indexed by subject id."""
    wide = group.numbers(variable, [baseline, visit]).loc[group.due_at(visit)].dropna()
    return wide.set_axis(["baseline", "followup"], axis="columns")


def regression_rows(
    pairs: pd.DataFrame, *, assumed: BeforeSelection, variable: str, visit: str, population: str
) -> pd.DataFrame:
    """Observed mean change beside the change expected from selection alone.

    Parameters
    ----------
    pairs : DataFrame
        Complete pairs: `baseline`, `followup`.
    assumed : BeforeSelection
        The measure before selection.
    variable, visit, population : str
        Keys of the result.

    Returns
    -------
    DataFrame
        Rows of the analysis ``regression_to_mean``: `observed` and `expected` change, `remainder`, the means, the
        mean `expected_followup`, Oldham's correlation and the assumptions. `expected_most` and `expected_least` are
        the ends of what other assumptions give: each of `correlations`, with selection above the cutoff or, because
        patients at or below it (`n_below_cutoff`) show that selection was not by it, by the baseline mean observed:
        (1 - correlation) x (mean before selection - baseline mean); `beyond_least` and `beyond_most` the ends of what
        is left of the observed change.
    """
    single = {name: value for name, value in assumed if name != "correlations"}
    expected = design.expected_regression_to_mean(**single)
    possible = [change for changes in _expectations(pairs, assumed).values() for change in changes.values()]
    observed = float((pairs["followup"] - pairs["baseline"]).mean())
    enough = len(pairs) >= 3
    found = {
        "observed": observed,
        "expected": expected,
        "remainder": observed - expected,
        "mean_baseline": float(pairs["baseline"].mean()),
        "mean_followup": float(pairs["followup"].mean()),
        "expected_followup": float(pairs["baseline"].mean()) + expected,
        "oldham": design.oldham_correlation(pairs["baseline"], pairs["followup"]) if enough else float("nan"),
        "expected_least": max(possible),
        "expected_most": min(possible),
        "beyond_least": observed - min(possible),
        "beyond_most": observed - max(possible),
        "n_pairs": len(pairs),
        "method": mark("Barnett 2005; a normal measure, selected above the cutoff"),
        **{f"assumed_{name}": value for name, value in single.items()},
        "assumed_correlation_low": min(assumed.correlations),
        "assumed_correlation_high": max(assumed.correlations),
    }
    below = {"n_below_cutoff": int((settle(pairs["baseline"]) <= assumed.cutoff).sum())}
    keys = {
        "analysis": "regression_to_mean",
        "variable": variable,
        "visit": visit,
        "population": population,
    }
    return results.stack(
        [results.rows_of(found, **keys), results.rows_of(below, unit="count", patients=len(pairs), **keys)]
    )


def beyond_selection(pairs: pd.DataFrame, *, assumed: BeforeSelection, level: float) -> pd.DataFrame:
    """The change beyond what selection alone explains, under each assumption about it.

    Parameters
    ----------
    pairs : DataFrame
        Complete pairs: `baseline`, `followup`.
    assumed : BeforeSelection
        The measure before selection; its `correlation` and `correlations` are gone through.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        `selected` (above the limit `cutoff`, or by the higher mean at baseline), `correlation`, and the fields of
        `design.change_beyond_selection`.
    """
    lines = []
    for selected, changes in _expectations(pairs, assumed).items():
        for correlation, expected in changes.items():
            found = design.change_beyond_selection(
                pairs["baseline"],
                pairs["followup"],
                expected=0 if pairs.empty else expected,  # without a pair every estimate is missing
                confidence_level=level,
            )
            lines.append(
                {
                    "selected": selected,
                    "cutoff": assumed.cutoff,
                    "correlation": correlation,
                    **asdict(found),
                    "expected": expected,
                }
            )
    return pd.DataFrame(lines)


def beyond_rows(
    beyond: pd.DataFrame, *, variable: str, visit: str, population: str, tests: bool
) -> pd.DataFrame:
    """Rows of the analysis ``beyond_selection``; without tests in a report that describes."""
    named = beyond.assign(
        variable=variable,
        visit=visit,
        group=[f"{row.selected} correlation {row.correlation:g}" for row in beyond.itertuples()],
    ).drop(columns=["selected", "cutoff", "correlation"])
    if not tests:
        named = named.drop(columns=["p_value", "p_zero", "statistic", "df"])
    return results.rows_from(named, analysis="beyond_selection", population=population)


def _selection(row: Mapping[str, Any]) -> str:
    """How patients were selected, as the table says it."""
    return tr(BY_MEAN) if row["selected"] == BY_MEAN else tr(ABOVE, cutoff=row["cutoff"])


def beyond_grid(beyond: pd.DataFrame, *, tests: bool, notes: Sequence[str] = ()) -> Table:
    """Lay out `beyond_selection`: a block per way of selection, a line per correlation."""
    lines = [
        (
            _selection(row),
            tr("Correlation {correlation:g}", correlation=row["correlation"]),
            [
                numbers.whole(row["n_pairs"]),
                numbers.fixed(row["observed"], 1),
                *([numbers.p_value(row["p_zero"])] if tests else []),
                numbers.fixed(row["expected"], 1),
                numbers.estimate_interval(row["estimate"], row["conf_low"], row["conf_high"], 1),
                *([numbers.p_value(row["p_value"])] if tests else []),
            ],
        )
        for row in beyond.to_dict("records")
    ]
    columns = [mark("Pairs"), mark("Observed"), "p ", mark("Expected"), mark("Beyond ({CI})"), "p"]
    shown = columns if tests else [name for name in columns if name.strip() != "p"]
    return grid(lines, stub=mark("Assumed"), columns=shown, notes=notes)


def _expectations(pairs: pd.DataFrame, assumed: BeforeSelection) -> dict[str, dict[float, float]]:
    """Changes expected without any effect by how patients were selected and by the correlation."""
    of = {name: getattr(assumed, name) for name in ("mean", "sd", "cutoff")}
    gone_through = sorted({assumed.correlation, *assumed.correlations})
    start = float(pairs["baseline"].mean())
    return {
        ABOVE.format(cutoff=assumed.cutoff): {
            r: design.expected_regression_to_mean(**of, correlation=r) for r in gone_through
        },
        BY_MEAN: {r: (1 - r) * (assumed.mean - start) for r in gone_through},
    }
