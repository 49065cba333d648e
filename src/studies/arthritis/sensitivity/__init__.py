"""The key results under every variant of the study file, put together for one table."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis import numbers
from analysis.cohort import Cohort
from analysis.language import mark, tr
from analysis.summaries.shared import by_visit
from analysis.tables.cells import share
from analysis.tables.table import Table
from studies.arthritis.sensitivity.choices import (
    DEFINITION,
    changes_by_method,
    classify_variants,
    under_cutoffs,
    under_definitions,
    under_missing,
    under_sets,
)
from studies.arthritis.sensitivity.imputed import (
    imputed_change,
    imputed_target,
    weighted_target,
)
from studies.arthritis.t2t import target_flags


def vary_target(cohort: Cohort, completed: Mapping[str, pd.DataFrame], *, criteria: dict) -> pd.DataFrame:
    """The share at the primary target under other treatments of missing data, other targets, other definitions.

    Parameters
    ----------
    cohort : Cohort
        The report's datasets.
    completed : mapping of str to DataFrame
        From `complete_scores`; a score that cannot be completed has no line.
    criteria : dict
        The study's list of criteria.

    Returns
    -------
    DataFrame
        `label`, `group`, `count`, `n`, `n_missing`, `estimate`, `conf_low`, `conf_high`.
    """
    study, setting = cohort.study, cohort.study.settings
    level, primary, chosen = (
        study.statistics.confidence_level,
        setting.primary,
        setting.sensitivity,
    )
    visit = primary.visit
    earlier = cohort.visits[: cohort.visits.index(visit)]
    due = cohort.due[visit]
    flags = target_flags(cohort.wide, cohort.ids, instrument=primary.instrument, visits=[*earlier, visit])
    known = flags.loc[due[due].index, visit]
    lines = under_missing(
        flags, due, visit=visit, earlier=earlier, switched=switched_before(cohort, visit), level=level
    )
    if primary.instrument in completed:
        lines.append(
            imputed_target(
                completed[primary.instrument],
                instrument=primary.instrument,
                visit=visit,
                lacking=int(known.isna().sum()),
                level=level,
            )
        )
    lines.append(
        weighted_target(
            known,
            cohort.subjects,
            covariates=chosen.weights,
            truncate=chosen.truncate,
            level=level,
        )
    )
    status = cohort.tables["eligibility"].set_index("subject_id")["status"]
    lines += under_sets(
        known, closed=cohort.closed[visit], eligible=status.index[status.eq("eligible")], level=level
    )
    lines += under_cutoffs(cohort.wide, due, primary=primary.instrument, visit=visit, level=level)
    found = classify_variants(cohort.tables, criteria, variants=chosen.definitions)
    return pd.DataFrame(lines + under_definitions(known, found, level=level))


def vary_change(cohort: Cohort, completed: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The mean change of the score at the primary visit by each method; columns as in `vary_target`."""
    study, primary = cohort.study, cohort.study.settings.primary
    visit = primary.visit
    lines = changes_by_method(
        cohort.wide,
        cohort.due,
        study=study,
        entry=next(entry for entry in study.endpoints if entry.variable == primary.instrument),
        visit=visit,
        visits=cohort.visits[: cohort.visits.index(visit) + 1],
    )
    if primary.instrument not in completed:
        return pd.DataFrame(lines)
    ends = cohort.numbers(primary.instrument, [study.baseline_visit, visit]).loc[cohort.due_at(visit)]
    pooled = imputed_change(
        completed[primary.instrument],
        instrument=primary.instrument,
        baseline=study.baseline_visit,
        visit=visit,
        lacking=int(ends.isna().any(axis=1).sum()),
        level=study.statistics.confidence_level,
    )
    return pd.DataFrame([*lines, pooled])


def switched_before(cohort: Cohort, visit: str) -> pd.Index:
    """Participants with a switch of b/tsDMARD recorded between entry and the visit (or its target day)."""
    events = cohort.tables["intercurrent_events"]
    switches = events[events["event"].eq("bDMARD or tsDMARD switch")]
    target = next(entry.target_day for entry in cohort.study.visits if entry.id == visit)
    if target is None:
        raise ValueError(f"no `target_day:` says when visit {visit} was due; give it in the study file")
    planned = cohort.start + pd.to_timedelta(target - 1, unit="D")
    came = by_visit(cohort.wide, "visit_date", cohort.ids, [visit])[visit]
    until = pd.to_datetime(came).fillna(planned)
    day = pd.to_datetime(switches["event_date"])
    before = day.le(switches["subject_id"].map(until))
    return pd.Index(switches.loc[before, "subject_id"].unique())


def named(lines: pd.DataFrame) -> list[str]:
    """What the lines are called in the language of the report; a definition says what it is one of."""
    return [
        tr("{family}: {method}", family="D2T", method=label.removeprefix(DEFINITION))
        if label.startswith(DEFINITION)
        else tr(label)
        for label in lines["label"]
    ]


def sensitivity_table(targets: pd.DataFrame, changes: pd.DataFrame, *, notes: Sequence[str] = ()) -> Table:
    """The key result under each choice: proportions in per cent, changes in points.

    Parameters
    ----------
    targets, changes : DataFrame
        From `vary_target` and `vary_change`: `label`, `group`, `n`, `n_missing`, `estimate`, `conf_low`, `conf_high`,
        and `count` where there is one.
    notes : sequence of str
        Footnotes.
    """
    cells = []
    lines = pd.concat([targets, changes], ignore_index=True)
    for place, row in enumerate(lines.to_dict("records")):
        limits = (row["estimate"], row["conf_low"], row["conf_high"])
        score = place >= len(targets)  # scores in tenths
        shown = numbers.estimate_interval(*limits, 1) if score else share(*limits)
        count = row.get("count")
        cells.append(
            [
                numbers.MISSING if count is None or count != count else numbers.whole(count),
                numbers.whole(row["n"]),
                numbers.whole(row["n_missing"]),
                shown,
            ]
        )
    columns = [mark("At the target"), "n", mark("Missing"), mark("Estimate ({CI})")]
    body = pd.DataFrame(cells, columns=columns, index=pd.Index(named(lines), name=mark("Analysis")))
    return Table(body, groups=list(lines["group"]), notes=notes)
