"""What is missing, and the change at a visit by each way of handling it."""

import pandas as pd

from analysis import missing, mmrm, paired, results
from analysis.summaries.dm.cohort import Cohort, by_visit

STRATEGIES = {
    "observed": "Complete pairs",
    "mmrm": "MMRM",
    "locf": "LOCF",
    "bocf": "BOCF",
}


def missing_rows(group: Cohort, measures, *, study, visits) -> pd.DataFrame:
    """How many of those due have each measure at each visit: rows of the analysis ``known``."""
    frames = []
    for measure in measures:
        wide = by_visit(group, measure.variable, visits)
        for visit in visits:
            due = wide.loc[group.due[visit], visit]
            frames.append(
                results.rows_of(
                    {"count": int(due.notna().sum()), "n": len(due), "n_missing": int(due.isna().sum())},
                    analysis="known",
                    variable=measure.id,
                    visit=visit,
                    population=group.population,
                )
            )
    return results.stack(frames)


def strategy_rows(group: Cohort, measures, *, study, visit: str, visits) -> pd.DataFrame:
    """Change from baseline at a visit with missing values handled in four ways.

    Parameters
    ----------
    visits : sequence of str
        All planned visits, baseline first: what the mixed model sees and what is carried forward.

    Returns
    -------
    DataFrame
        Rows of the analyses ``missing_observed``, ``missing_mmrm``, ``missing_locf`` and ``missing_bocf``.
    """
    level, frames = study.statistics.confidence_level, []
    for measure in measures:
        wide = by_visit(group, measure.variable, visits)
        long = wide.rename_axis(columns="visit_id").stack(future_stack=True).rename("value").reset_index()  # noqa: PD013
        carried = {
            "locf": missing.derive_locf(long, value="value", visits=visits, carry_baseline=True),
            "bocf": missing.derive_bocf(long, value="value", visits=visits),
        }
        found = {
            "observed": paired.compare_means(wide[visits[0]], wide[visit], confidence_level=level),
            "mmrm": _model(long, visits=visits, visit=visit, level=level),
            **{
                name: _carried(rows, first=visits[0], visit=visit, level=level)
                for name, rows in carried.items()
            },
        }
        keys = {"variable": measure.id, "visit": visit, "population": group.population, "unit": measure.unit}
        frames += [results.rows_of(row, analysis=f"missing_{name}", **keys) for name, row in found.items()]
    return results.stack(frames)


def _model(long: pd.DataFrame, *, visits, visit: str, level: float) -> dict:
    """Change by the mixed model, with how it was fitted as the method."""
    model = mmrm.fit(long, response="value", visits=visits)
    changes = mmrm.change_from_baseline(model, confidence_level=level)
    row = changes[changes["visit"].eq(visit)].iloc[0].to_dict()
    kept = {name: row[name] for name in ("estimate", "conf_low", "conf_high", "se", "df", "p_value")}
    return {**kept, "n": model.n_subjects, "n_missing": model.n_missing, "method": model.method}


def _carried(rows: pd.DataFrame, *, first: str, visit: str, level: float):
    wide = rows.pivot(index="subject_id", columns="visit_id", values="value")
    return paired.compare_means(wide[first], wide[visit], confidence_level=level)
