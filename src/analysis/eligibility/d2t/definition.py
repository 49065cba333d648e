"""The EULAR definition of difficult-to-treat rheumatoid arthritis, put together from its three criteria."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.eligibility.d2t.activity import criterion_2, criterion_3
from analysis.eligibility.d2t.failures import csdmard_failed, csdmards, drug_failures, followed, mechanisms
from analysis.eligibility.d2t.order import failed_before_each
from analysis.eligibility.d2t.settings import D2TSettings, settings_from
from analysis.eligibility.findings import between
from analysis.eligibility.known import Known, as_known
from analysis.eligibility.tables import index_dates, prepare

RESULTS = ("yes", "yes_access_exception", "no", "indeterminate")


def d2t(
    tables: Mapping,
    index_date: str = "baseline_date",
    *,
    settings: D2TSettings | Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Classify difficult-to-treat rheumatoid arthritis (EULAR 2021) at the index date.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``subjects``, ``treatments``, ``visits``, ``scores``.
    index_date : str, list of str, or Series of datetime
        Columns of subjects of which the first that is there counts, or dates by subject id.
    settings : D2TSettings or mapping, optional
        Operational choices; the paper leaves most of them open.

    Returns
    -------
    DataFrame
        By subject: ``result`` (yes, yes_access_exception, no, indeterminate), ``met`` (yes in full or by the exception,
        also where only which of the two is open), ``c1``, ``c1_access``, ``n_moa``,
        ``n_moa_max``, ``n_moa_counted``, ``n_moa_counted_max`` (of drugs begun after csDMARD therapy had failed),
        ``csdmard_failed``, ``contraindicated``, ``c2a`` ... ``c2e``, ``c2``, ``carried_by``, ``c3``,
        and the values they rest on. Everything not known is NA; "no" is given only where the answer is no whatever the
        missing values are.

    References
    ----------
    Nagy G, Roodenrijs NMT, Welsing PMJ, et al. EULAR definition of difficult-to-treat rheumatoid arthritis. Ann
    Rheum Dis 2021;80:31-35. doi:10.1136/annrheumdis-2020-217344

    Examples
    --------
    >>> day = pd.Timestamp("2024-01-01")
    >>> subjects = pd.DataFrame({"subject_id": ["D1"], "baseline_date": [day], "d2t_c3_doc": [True]})
    >>> treatments = pd.DataFrame({
    ...     "subject_id": ["D1"] * 3, "drug": ["methotrexate", "adalimumab", "tocilizumab"],
    ...     "start_date": ["2020-01-01", "2021-01-01", "2022-01-01"],
    ...     "stop_date": ["2020-12-31", "2021-07-20", "2022-10-28"],
    ...     "stop_reason": ["primary_inefficacy", "primary_inefficacy", "secondary_inefficacy"]})
    >>> visits = pd.DataFrame({"subject_id": ["D1"], "visit_id": ["W00"], "visit_date": [day]})
    >>> scores = pd.DataFrame({"subject_id": ["D1"], "visit_id": ["W00"], "score": ["cdai"], "value": [18.0]})
    >>> tables = {"subjects": subjects, "treatments": treatments, "visits": visits, "scores": scores}
    >>> d2t(tables, "baseline_date")[["result", "n_moa", "carried_by"]]
               result  n_moa carried_by
    subject_id
    D1            yes      2         2a
    """
    chosen = settings if isinstance(settings, D2TSettings) else settings_from(settings or {})
    ready = prepare(tables)
    dates = index_date if isinstance(index_date, pd.Series) else index_dates(ready.subjects, index_date)
    return classify(as_known(ready, dates), chosen)[0]


def classify(known: Known, settings: D2TSettings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Classify what is known; give the result by subject, and the courses judged."""
    activity = criterion_2(known, settings)
    failures = counted_failures(known, activity["c2"], settings)
    therapy = criterion_1(known, failures, settings)
    problematic = criterion_3(known, settings)
    table = pd.concat([therapy, activity, problematic], axis=1)
    table = table.mask(known.index_date.isna(), np.nan) if known.index_date.isna().any() else table
    return table.assign(met=_met(table), result=_result(table, settings)), failures


def counted_failures(known: Known, active: pd.Series, settings: D2TSettings) -> pd.DataFrame:
    """Judge every course, and whether its failure counts: where csDMARD therapy had to fail before, if it had.

    Contraindication waives that.
    """
    failures = drug_failures(known, active, settings)
    if settings.csdmard_order != "before_each":
        return failures.assign(counted=failures["failed"])
    conventional = csdmards(known, settings)
    goes_on = followed(conventional, settings)
    before = failed_before_each(known, conventional, failures, settings, followed=goes_on)
    waived = _claimed(known, "contraindicated", settings) & (settings.contraindication == "waives")
    waived = pd.Series(waived.array[failures["subject"].to_numpy()], index=failures.index)
    return failures.assign(counted=failures["failed"] & (before | waived))


def criterion_1(known: Known, failures: pd.DataFrame, settings: D2TSettings) -> pd.DataFrame:
    """Judge criterion 1, and whether restricted access excuses a smaller number of mechanisms."""
    all_failed = mechanisms(failures, known.ids)
    counted = mechanisms(failures, known.ids, which="counted")
    contraindicated = _claimed(known, "contraindicated", settings) & (settings.contraindication == "waives")
    failed = csdmard_failed(known, settings)
    ready = failed | contraindicated
    if settings.recommendations_column is not None:
        ready = ready & known.truth(settings.recommendations_column)
    access = _claimed(known, "access", settings) & (settings.access_exception != "ignored")
    excused = access & between(counted["n_moa"], counted["n_moa_max"], settings.access_min_moa, known.ids)
    return all_failed.assign(
        n_moa_counted=counted["n_moa"],
        n_moa_counted_max=counted["n_moa_max"],
        csdmard_failed=failed,
        contraindicated=contraindicated,
        access_restricted=access,
        c1=ready & between(counted["n_moa"], counted["n_moa_max"], settings.min_moa, known.ids),
        c1_access=ready & excused,
    )


def _claimed(known, name, settings):
    """Give the answer about an exception; a study that never asks does not claim it."""
    asked = settings.columns[name]
    if asked is None or asked not in known.subjects:
        return pd.Series(False, index=known.ids, dtype="boolean")
    return known.truth(asked)


def _met(table):
    """Tell whether all three criteria hold, in full or by the exception: known also where it is open which of them."""
    rest = table["c2"].astype("boolean") & table["c3"].astype("boolean")
    return (table["c1"].astype("boolean") | table["c1_access"].astype("boolean")) & rest


def _result(table, settings):
    """Join the criteria: yes only if all hold, no only if one surely does not."""
    strict, excused = (table[name].astype("boolean") for name in ("c1", "c1_access"))
    rest = table["c2"].astype("boolean") & table["c3"].astype("boolean")
    full, exception = strict & rest, excused & rest
    by_exception = exception.fillna(False) & (~strict).fillna(False)
    result = np.select(
        [full.fillna(False), by_exception, ~_met(table).fillna(True)],
        ["yes", "yes" if settings.access_exception == "counts" else "yes_access_exception", "no"],
        "indeterminate",
    )
    return pd.Series(result, index=table.index, dtype="str")
