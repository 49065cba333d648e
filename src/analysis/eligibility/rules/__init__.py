"""The rules a criterion may name: from what is known on the index date, and settings, to a `Finding`."""

from analysis.eligibility.rules.arthritis import csdmard_days, d2t_eular, dmard_days_below, ra_classification
from analysis.eligibility.rules.background import glucocorticoid_below, stable_immunosuppressant, washout
from analysis.eligibility.rules.common import age, any_true, consent, is_true, under_age, unwilling
from analysis.eligibility.rules.myositis import dermatomyositis, refractory

# What a rule marks beside its decision, for `counted_by` of a discrepancy.
MARKS: dict[str, tuple[str, ...]] = {
    "age": ("age_is_minimum",),
    "csdmard_days": ("imputed_month", "depends_on_cn_dmard", "depends_on_leap_year"),
    "dmard_days_below": ("imputed_month",),
    "d2t_eular": ("access_exception",),
    "refractory": ("imputed_month",),
    "stable_immunosuppressant": ("other_immunosuppressant_only",),
}

RULES = {
    rule.__name__: rule
    for rule in (
        age,
        any_true,
        consent,
        csdmard_days,
        d2t_eular,
        dermatomyositis,
        dmard_days_below,
        glucocorticoid_below,
        is_true,
        ra_classification,
        refractory,
        stable_immunosuppressant,
        under_age,
        unwilling,
        washout,
    )
}
