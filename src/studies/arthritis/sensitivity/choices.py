"""The key result under other choices: missing data, definition of the target, definition of difficult-to-treat RA."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import proportions
from analysis.language import mark, semicolons, tr
from analysis.summaries.shared import by_visit
from analysis.summaries.strategies import long_course
from studies.arthritis.change import model_change
from studies.arthritis.t2t import target_flags
from studies.arthritis.words import name_of

if TYPE_CHECKING:
    from analysis.study import Study
    from analysis.study.sections import Endpoint

DEFINITION = "D2T: "  # before the name of a definition, as results bear it
CUTOFFS = {  # results bear these names in every language
    mark("CDAI at most 10"): "cdai",
    mark("SDAI at most 11"): "sdai",
    mark("DAS28-ESR at most 3.2"): "das28_esr",
    mark("DAS28-CRP at most 3.2"): "das28_crp",
}
OWN_CUTOFFS = {mark("DAS28-CRP at most 2.9 (its own cut-off)"): "das28_crp_own_cutoffs"}


def target_line(label: str, group: str, known: pd.Series, *, level: float, observed: bool = False) -> dict:
    """One analysis of a proportion: missing as non-response, or left out; Wilson's interval."""
    n = int(known.notna().sum()) if observed else len(known)
    count = int(known.fillna(False).sum())
    share = proportions.wilson(count, n, confidence_level=level)
    return {
        "label": label,
        "group": group,
        "count": count,
        "n": n,
        "n_missing": int(known.isna().sum()),
        "estimate": share.estimate,
        "conf_low": share.conf_low,
        "conf_high": share.conf_high,
        "method": semicolons(
            [tr("as observed") if observed else tr("missing is non-response"), share.method]
        ),
    }


def under_missing(
    flags: pd.DataFrame,
    due: pd.Series,
    *,
    visit: str,
    earlier: Sequence[str],
    switched: pd.Index,
    level: float,
) -> list[dict[str, Any]]:
    """The target at one visit under the ways to treat missing values that need no model.

    Parameters
    ----------
    flags : DataFrame
        Target by participant and visit (boolean with NA).
    due : Series
        Boolean by participant: who is due at the visit.
    visit : str
        The visit.
    earlier : list of str
        Visits that a complete case has, too.
    switched : Index
        Participants with a switch of b/tsDMARD before the visit (composite strategy).
    level : float
        Confidence level.

    Returns
    -------
    list of dict
        `label`, `group`, `count`, `n`, `n_missing`, `estimate`, `conf_low`, `conf_high`.
    """
    of_visit = flags.loc[due[due].index, visit]
    complete = flags.loc[of_visit.index, [*earlier, visit]].notna().all(axis=1)
    composite = of_visit.mask(of_visit.index.isin(switched), False)
    at_start = flags.loc[of_visit.index, earlier[0]].fillna(False).astype(bool)
    group = mark("Missing values and events")
    return [
        target_line(mark("Primary: missing is non-response"), group, of_visit, level=level),
        target_line(mark("As observed"), group, of_visit, level=level, observed=True),
        target_line(mark("Complete cases: all visits up to then"), group, of_visit[complete], level=level),
        target_line(mark("Missing is response (best case)"), group, of_visit.fillna(True), level=level),
        target_line(mark("Switch of b/tsDMARD is non-response"), group, composite, level=level),
        target_line(mark("Not at the target at baseline"), group, of_visit[~at_start], level=level),
    ]


def under_sets(known: pd.Series, *, closed: pd.Series, eligible: pd.Index, level: float) -> list[dict]:
    """The target among those whose visit window has closed, and among those found eligible; missing is non-response.

    Parameters
    ----------
    known : Series
        Target by participant due at the visit, NA where not known.
    closed : Series
        Boolean by participant: the window of the visit has closed.
    eligible : Index
        Participants found eligible.
    level : float
        Confidence level.
    """
    in_time = closed.reindex(known.index).fillna(False).astype(bool)
    held = known.index.isin(eligible)
    group = mark("Participants counted")
    return [
        target_line(
            mark("Window closed only: not those seen in a window still open"),
            group,
            known[in_time],
            level=level,
        ),
        target_line(mark("Found eligible only"), group, known[held], level=level),
    ]


def change_of(instrument: str) -> str:
    """Heading of the lines about the mean change of a score."""
    return tr("Mean change of {instrument}, points", instrument=name_of(instrument))


def under_cutoffs(
    wide: pd.DataFrame, due: pd.Series, *, primary: str, visit: str, level: float
) -> list[dict]:
    """The target by instruments and cut-offs other than the primary at the same visit; missing is non-response."""
    ids = due[due].index
    others = {label: name for label, name in CUTOFFS.items() if name != primary}
    lines = []
    for label, instrument in {**others, **OWN_CUTOFFS}.items():
        known = target_flags(wide, ids, instrument=instrument, visits=[visit])[visit]
        lines.append(target_line(label, mark("Definition of the target"), known, level=level))
    return lines


def classify_variants(
    tables: Mapping[str, pd.DataFrame], criteria: dict, *, variants: Any
) -> dict[str, pd.Series]:
    """Who has difficult-to-treat RA under each variant of the definition named: result by subject id."""
    from analysis import eligibility
    from analysis.datasets.difficult import needed_rule
    from analysis.datasets.screening import tables_at_screening

    rule = needed_rule(criteria)
    known = tables_at_screening(tables, tables["assessments"], tables["scores"])
    found = {}
    for name in variants:
        changes = dict(criteria["sensitivity"][name])
        if changes.pop("definition", None) == "stratafit":
            judged = eligibility.d2t_stratafit(known, rule["index_date"], **changes)
        else:
            judged = eligibility.d2t(known, rule["index_date"], settings={**rule["settings"], **changes})
        found[name] = judged["result"]
    return found


def under_definitions(known: pd.Series, results: dict[str, pd.Series], *, level: float) -> list[dict]:
    """The target among those who have difficult-to-treat RA under each variant; missing is non-response."""
    lines = []
    for name, result in results.items():
        held = result.reindex(known.index).eq("yes").fillna(False)
        lines.append(
            target_line(
                f"{DEFINITION}{name}", mark("Definition of difficult-to-treat RA"), known[held], level=level
            )
        )
    return lines


def changes_by_method(
    wide: pd.DataFrame,
    due: pd.DataFrame,
    *,
    study: "Study",
    entry: "Endpoint",
    visit: str,
    visits: Sequence[str],
) -> list[dict]:
    """Mean change from baseline at a visit: mixed model, observed pairs, last value carried forward.

    Parameters
    ----------
    wide : DataFrame
        One row per participant and visit, scores as columns.
    due : DataFrame
        Booleans by participant and visit.
    study : analysis.study.Study
        Baseline visit, confidence level.
    entry : Endpoint
        Whose change is looked at.
    visit : str
        The visit.
    visits : list of str
        All planned visits up to it, baseline first.
    """
    from analysis import missing, paired

    level, baseline = study.statistics.confidence_level, study.baseline_visit
    values = by_visit(wide, entry.variable, due.index[due[visit]], list(visits)).astype(float)
    observed = paired.compare_means(values[baseline], values[visit], confidence_level=level)
    modelled = model_change(wide, due, study=study, endpoints=[entry], visits=list(visits))
    fitted = modelled.set_index("visit").loc[visit]
    carried = missing.derive_locf(long_course(values), value="value", visits=visits, carry_baseline=True)
    filled = carried.pivot(index="subject_id", columns="visit_id", values="value")
    last = paired.compare_means(filled[baseline], filled[visit], confidence_level=level)
    return [
        {
            "label": mark("Primary: mixed model for repeated measures (MMRM)"),
            "group": change_of(entry.variable),
            "n": int(fitted["n"]),
            "n_missing": int(fitted["n_missing"]),
            **{name: float(fitted[name]) for name in ("estimate", "conf_low", "conf_high")},
            "method": fitted["method"],
        },
        _change_line(mark("Observed pairs"), change_of(entry.variable), observed),
        _change_line(mark("Last value carried forward (discouraged)"), change_of(entry.variable), last),
    ]


def _change_line(label: str, group: str, found) -> dict:
    return {
        "label": label,
        "group": group,
        "n": found.n_pairs,
        "n_missing": found.n_missing,
        **{name: getattr(found, name) for name in ("estimate", "conf_low", "conf_high", "method")},
    }
