"""Every operational choice of the difficult-to-treat definition, named."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal

from analysis.progression import WINDOW
from analysis.references import Mechanism, ScoreId, StopReason, SubjectColumn, TreatmentColumn, VisitColumn

CUTOFFS_2A = MappingProxyType({"das28_esr": 3.2, "cdai": 10.0, "sdai": 11.0, "das28_crp": 3.2})
Answer = Literal["c2b", "c2c", "c2d", "c2e", "c3_doc", "c3_pt", "access", "contraindicated"]
CHOICES = {
    "unknown_reason": ("indeterminate", "no_failure"),
    "ongoing_counts": ("if_active", "never"),
    "csdmard_failed": ("reason_or_followed", "reason"),
    "csdmard_followed_by": ("any", "first"),
    "csdmard_order": ("before_last", "before_each", "any_time"),
    "not_ra_drugs": ("count", "ignore"),
    "contraindication": ("waives", "ignored"),
    "rrp": ("eular", "annualised", "raw"),
    "rrp_unknown": ("indeterminate", "no"),
    "gc_2c": ("dose_and_flag", "dose_only"),
    "access_exception": ("separate", "counts", "ignored"),
}


@dataclass(frozen=True, slots=True)
class D2TSettings:
    """Settings of `d2t`. Unless said, none is in the definition's paper; defaults are proposals for the analysis
    plan.

    Attributes
    ----------
    failure_reasons : tuple of str
        Stop reasons that are a failure.
    inefficacy_reasons : tuple of str
        Those of them that need a minimum exposure; the others (adverse event, intolerance) count after any exposure.
    min_exposure_days_inefficacy : float
        Days; sensitivity 0 and 180.
    unknown_reason : {"indeterminate", "no_failure"}
        A stop without a known reason.
    ongoing_counts : {"if_active", "never"}
        A drug still taken counts if taken long enough while criterion 2 is present.
    ongoing_min_days : float
        Days on a drug still taken.
    same_drug_gap_days : float
        Courses of one drug this close together are one course (originator to biosimilar, a pause).
    min_moa : int
        Mechanisms of action that must have failed (the definition: 2).
    moa_groups : tuple of str, optional
        Mechanisms that count; all biological and targeted synthetic ones if not given.
    not_ra_drugs : {"count", "ignore"}
        Drugs of a mechanism that is not approved for rheumatoid arthritis (secukinumab, apremilast; the dictionary says
        which): they count as a failed mechanism like any other, or not at all.
    csdmard_failed : {"reason_or_followed", "reason"}
        A csDMARD has failed if stopped for a failure reason, or also if taken long enough before a b/tsDMARD was
        started; which start that is says `csdmard_followed_by`.
    csdmard_min_failed : int
        csDMARDs that must have failed; sensitivity 2.
    csdmard_min_days_followed : float
        Days on csDMARD before that start, those of all csDMARDs together and overlaps once; csDMARD taken beside an
        earlier b/tsDMARD counts.
    csdmard_followed_by : {"any", "first"}
        The start of any b/tsDMARD (hence up to the last one), or of the first only. Going on with the same drug
        within `same_drug_gap_days` (a further dose, a biosimilar, a pause) is no start.
    csdmard_order : {"before_last", "before_each", "any_time"}
        When a csDMARD must have been stopped for its failure to count: before the b/tsDMARD that `csdmard_followed_by`
        names was begun, before each of the b/tsDMARDs that are counted was begun ("failure of at least two after
        failing csDMARD therapy"), or at any time up to the index date. The days of `csdmard_min_days_followed` always
        lie before such a start; with "before_each", before each.
    include_cn_dmards : bool
        Iguratimod and plant DMARDs used in China count as csDMARD.
    contraindication : {"waives", "ignored"}
        csDMARD contraindicated: its failure is not asked for (the definition's footnote).
    index_for_2a : mapping of str to float
        Composite scores with joint counts, and the value each must exceed (strictly). Any that is available counts.
        DAS28-ESR 3.2 and CDAI 10 are the definition's examples; sensitivity: DAS28-CRP 2.9, its own cut-off.
    lookback_days_2a : float, optional
        Oldest score used, in days before the index date.
    rrp : {"eular", "annualised", "raw"}
        Rapid radiographic progression (`analysis.progression.rapid`, the same as during follow-up): change per year
        over at least `rrp_min_interval_days`, or plain change over `rrp_raw_window_days`; one of the two alone.
    rrp_min : float
        Sharp/van der Heijde units (the definition: 5 at 1 year).
    rrp_min_interval_days, rrp_raw_window_days, svdh_columns
        Days between films; the columns of visits that add up to the score.
    rrp_unknown : {"indeterminate", "no"}
        Neither two films nor the clinician's answer.
    gc_2c : {"dose_and_flag", "dose_only"}
        Glucocorticoid that cannot be tapered: dose reached for long enough and the clinician says so, or dose alone.
    gc_min_mg_day, gc_min_days : float
        Prednisone equivalent (the definition: below 7.5 is low, so 7.5 counts) and days up to the index date.
    controlled_2e : tuple of str
        Sub-items that must be absent for 2e ("well-controlled disease by the above standards but ..."); none: the
        clinician's answer as recorded. Whether criterion 2 is met does not depend on it.
    gc_dose_column : str
        Daily dose of a glucocorticoid course in the treatments table.
    access_exception : {"separate", "counts", "ignored"}
        Fewer mechanisms because access is restricted for socio-economic reasons: a result of its own, yes, or no.
    access_min_moa : int
        Mechanisms that must have failed for the exception.
    recommendations_column : str, optional
        Column of subjects: treated according to EULAR recommendations; not asked for if not given.
    columns : mapping of str to str
        Columns of subjects with the clinician's answers: ``c2b``, ``c2c`` (cannot be tapered), ``c2d`` (used where
        films do not decide), ``c2e``, ``c3_doc``, ``c3_pt``, ``access``, ``contraindicated``. A column the study
        does not have is unknown for all, but an exception (``access``, ``contraindicated``) that was never asked
        about is not claimed.
    """

    failure_reasons: tuple[StopReason, ...] = (
        "primary_inefficacy",
        "secondary_inefficacy",
        "adverse_event",
        "intolerance",
    )
    inefficacy_reasons: tuple[StopReason, ...] = ("primary_inefficacy", "secondary_inefficacy")
    min_exposure_days_inefficacy: float = 84
    unknown_reason: Literal["indeterminate", "no_failure"] = "indeterminate"
    ongoing_counts: Literal["if_active", "never"] = "if_active"
    ongoing_min_days: float = 84
    same_drug_gap_days: float = 28
    min_moa: int = 2
    moa_groups: tuple[Mechanism, ...] | None = None
    not_ra_drugs: Literal["count", "ignore"] = "count"
    csdmard_failed: Literal["reason_or_followed", "reason"] = "reason_or_followed"
    csdmard_min_failed: int = 1
    csdmard_min_days_followed: float = 84
    csdmard_followed_by: Literal["any", "first"] = "any"
    csdmard_order: Literal["before_last", "before_each", "any_time"] = "before_last"
    include_cn_dmards: bool = True
    contraindication: Literal["waives", "ignored"] = "waives"
    index_for_2a: Mapping[ScoreId, float] = field(default_factory=lambda: CUTOFFS_2A)
    lookback_days_2a: float | None = 28
    rrp: Literal["eular", "annualised", "raw"] = "eular"
    rrp_min: float = 5.0
    rrp_min_interval_days: float = 150
    rrp_raw_window_days: tuple[float, float] = WINDOW
    rrp_unknown: Literal["indeterminate", "no"] = "indeterminate"
    svdh_columns: tuple[VisitColumn, ...] = ("svdh_erosion", "svdh_jsn")
    gc_2c: Literal["dose_and_flag", "dose_only"] = "dose_and_flag"
    gc_min_mg_day: float = 7.5
    gc_min_days: float = 84
    controlled_2e: tuple[Literal["c2a", "c2b", "c2c", "c2d"], ...] = ("c2a", "c2b")
    gc_dose_column: TreatmentColumn = "prednisone_mg_day"
    access_exception: Literal["separate", "counts", "ignored"] = "separate"
    access_min_moa: int = 1
    recommendations_column: SubjectColumn | None = None
    columns: Mapping[Answer, SubjectColumn] = field(
        default_factory=lambda: {
            "c2b": "d2t_c2b",
            "c2c": "d2t_c2c",
            "c2d": "d2t_c2d",
            "c2e": "d2t_c2e",
            "c3_doc": "d2t_c3_doc",
            "c3_pt": "d2t_c3_pt",
            "access": "access_restricted",
            "contraindicated": "cs_contraindicated",
        }
    )

    def __post_init__(self):
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} is {getattr(self, name)!r}; expected one of {', '.join(allowed)}")


def settings_from(given: Mapping) -> D2TSettings:
    """Build settings from a mapping such as a study file holds; a misspelt name is refused.

    Examples
    --------
    >>> settings_from({"min_exposure_days_inefficacy": 180}).min_exposure_days_inefficacy
    180
    """
    names = [item.name for item in fields(D2TSettings)]
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            raise ValueError(
                f"no d2t setting is called {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")
            )
    settings: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    return D2TSettings(**settings)
