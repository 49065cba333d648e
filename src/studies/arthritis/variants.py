"""The key results under every variant of the study file, put together for one table."""

import pandas as pd

from studies.arthritis import imputed as filled
from studies.arthritis import sensitivity as variants
from studies.arthritis.activity import by_visit
from studies.arthritis.target import target_flags


def vary_target(cohort, imputed: pd.DataFrame) -> pd.DataFrame:
    """The share at the primary target under other treatments of missing data, other targets, other definitions.

    Parameters
    ----------
    cohort : Cohort
        The report's datasets.
    imputed : DataFrame
        From `imputed.impute_cdai`, of those due at the primary visit.

    Returns
    -------
    DataFrame
        `label`, `group`, `count`, `n`, `n_missing`, `estimate`, `conf_low`, `conf_high`.
    """
    data, setting = cohort.data, cohort.settings
    level, primary, chosen = (
        data.study.statistics.confidence_level,
        setting.primary,
        setting.sensitivity,
    )
    visit = primary.visit
    earlier = cohort.visits[: cohort.visits.index(visit)]
    due = cohort.due[visit]
    flags = target_flags(cohort.wide, cohort.ids, instrument=primary.instrument, visits=[*earlier, visit])
    known = flags.loc[due[due].index, visit]
    lines = variants.under_missing(
        flags, due, visit=visit, earlier=earlier, switched=switched_before(cohort, visit), level=level
    )
    lines.append(filled.imputed_target(imputed, visit=visit, level=level))
    lines.append(
        filled.weighted_target(
            known,
            cohort.characteristics,
            covariates=chosen.weights,
            truncate=chosen.truncate,
            level=level,
        )
    )
    status = data.tables["eligibility"].set_index("subject_id")["status"]
    lines += variants.under_sets(
        known, closed=cohort.closed[visit], eligible=status.index[status.eq("eligible")], level=level
    )
    lines += variants.under_cutoffs(cohort.wide, due, visit=visit, level=level)
    found = variants.classify_variants(data.tables, data.criteria, variants=chosen.definitions)
    return pd.DataFrame(lines + variants.under_definitions(known, found, level=level))


def vary_change(cohort, imputed: pd.DataFrame) -> pd.DataFrame:
    """The mean change of CDAI at the primary visit by each method; columns as in `vary_target`."""
    study, primary = cohort.data.study, cohort.settings.primary
    visit = primary.visit
    lines = variants.changes_by_method(
        cohort.wide,
        cohort.due,
        study=study,
        entry=next(entry for entry in study.endpoints if entry.variable == primary.instrument),
        visit=visit,
        visits=cohort.visits[: cohort.visits.index(visit) + 1],
    )
    pooled = filled.imputed_change(
        imputed, baseline=study.baseline_visit, visit=visit, level=study.statistics.confidence_level
    )
    return pd.DataFrame([*lines, pooled])


def impute_components(cohort) -> tuple[pd.DataFrame, int]:
    """Imputed components of the CDAI of those due at the primary visit, and how many data sets."""
    chosen = cohort.settings.sensitivity
    due = cohort.due[cohort.settings.primary.visit]
    frame = filled.imputation_frame(
        cohort.wide,
        cohort.characteristics,
        due[due].index,
        visits=chosen.imputed_visits,
        auxiliary=chosen.auxiliary,
    )
    return filled.impute_cdai(frame, seed=cohort.data.study.statistics.seed)


def switched_before(cohort, visit: str) -> pd.Index:
    """Participants with a switch of b/tsDMARD recorded between entry and the visit (or its target day)."""
    events = cohort.data.tables["intercurrent_events"]
    switches = events[events["event"].eq("bDMARD or tsDMARD switch")]
    target = next(entry.target_day for entry in cohort.data.study.visits if entry.id == visit)
    planned = cohort.entry + pd.to_timedelta(target - 1, unit="D")
    came = by_visit(cohort.wide, "visit_date", cohort.ids, [visit])[visit]
    until = pd.to_datetime(came).fillna(planned)
    day = pd.to_datetime(switches["event_date"])
    before = day.le(switches["subject_id"].map(until))
    return pd.Index(switches.loc[before, "subject_id"].unique())
