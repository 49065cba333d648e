"""How many are in each category at each visit: states, grades, yes and no."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import proportions, results

if TYPE_CHECKING:
    from analysis.study import Study


def category_variables(
    study: "Study", assessments: pd.DataFrame, scores: pd.DataFrame, chosen: Sequence[str] = ()
) -> dict[str, pd.DataFrame]:
    """Categories and yes/no values of visits: by variable, subjects by visits as text.

    Parameters
    ----------
    study : analysis.study.Study
        Its own variables and planned visits.
    assessments : DataFrame
        One row per subject and planned visit.
    scores : DataFrame
        Long scores with their categories.
    chosen : sequence of str
        Variables to take; all categories and yes/no values that the study declares, and all states, when empty.
    """
    declared = [
        name
        for name, variable in study.variables.items()
        if variable.table == "visits" and variable.type in ("category", "boolean")
    ]
    states = [name for name, found in scores.groupby("score", sort=False) if found["category"].notna().any()]
    frames = {}
    for name in chosen or [*declared, *states]:
        if name in states:
            rows = scores[scores["score"].eq(name)]
            frames[name] = rows.pivot(index="subject_id", columns="visit_id", values="category")
        elif name in assessments:
            frames[name] = assessments.pivot(index="subject_id", columns="visit_id", values=name)
        elif name not in declared:
            raise KeyError(f"there is no category {name!r}; there are {', '.join([*declared, *states])}")
    return {name: _as_words(wide) for name, wide in frames.items()}


def _as_words(wide: pd.DataFrame) -> pd.DataFrame:
    """Yes and no as words."""
    if all(pd.api.types.is_bool_dtype(kind) for kind in wide.dtypes):
        return wide.apply(lambda column: column.map({True: "yes", False: "no"}).astype("string"))
    return wide.astype("string")


def levels_of(study: "Study", name: str, wide: pd.DataFrame) -> list[str]:
    """The levels of a category in order: as declared, else the states from good to bad, else by letter."""
    variable = study.variables.get(name)
    if variable is not None and variable.type == "boolean":
        return ["yes", "no"]
    seen = set(wide.melt()["value"].dropna()) if wide.size else set()
    if variable is not None and variable.allowed:
        return list(variable.allowed)
    order = ["remission", "low", "moderate", "high"]
    return [level for level in order if seen <= set(order)] or sorted(seen)


def summarise_categories(
    variables: dict[str, pd.DataFrame],
    members: dict,
    *,
    study: "Study",
    population: str,
    visits: Sequence[str],
) -> pd.DataFrame:
    """Count every level of every category at each visit, by group.

    Returns
    -------
    DataFrame
        Rows ``category``: for each level (in the place of the variable: *variable level*) `count`, `proportion` with
        Wilson's interval, of `n` with a value. A visit that nobody has reached shows 0 of 0.
    """
    level, frames = study.statistics.confidence_level, []
    for name, wide in variables.items():
        for group, ids in members.items():
            values = wide.reindex(index=ids, columns=list(visits))
            for visit in visits:
                known = values[visit].dropna()
                for value in levels_of(study, name, wide):
                    count = int(known.eq(value).sum())
                    share = proportions.wilson(count, len(known), confidence_level=level)
                    row = {
                        "count": count,
                        "proportion": share.estimate,
                        "conf_low": share.conf_low,
                        "conf_high": share.conf_high,
                        "n": len(known),
                        "n_missing": len(ids) - len(known),
                        "method": share.method,
                    }
                    frames.append(
                        results.rows_of(
                            row,
                            analysis="category",
                            variable=f"{name} {value}",
                            visit=visit,
                            group=group,
                            population=population,
                            unit="proportion",
                            note=f"{name}: {value}",
                        )
                    )
    return results.stack(frames)


def shares_drawn(rows: pd.DataFrame, variable: str, *, study: "Study", levels: Any) -> pd.DataFrame:
    """One category of all groups together as the figure of states reads it: visit, state, n, share."""
    lines = []
    for visit in study.visits:
        counts = {
            value: rows.loc[
                rows["variable"].eq(f"{variable} {value}")
                & rows["visit"].eq(visit.id)
                & rows["statistic"].eq("count"),
                "value",
            ].sum()
            for value in levels
        }
        total = sum(counts.values())
        if total:
            lines += [
                {"visit": visit.label, "state": value, "n": int(n), "share": n / total}
                for value, n in counts.items()
            ]
    return pd.DataFrame(lines, columns=["visit", "state", "n", "share"])
