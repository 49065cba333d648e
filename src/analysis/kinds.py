"""The kind of every number: what it says about how many people, which decides who may be told it.

A number that leaves the house is known at its source. Each statistic has one of these kinds; `analysis.results.rows_of`
refuses a statistic without one, so that a new one cannot be published before somebody has said what it is.
"""

import re
from collections.abc import Mapping

PERSONS = "persons"  # how many people
EVENTS = "events"  # how many of something that people have: events, courses, visits, rows
SUM = "sum"  # of a quantity over people, such as person-years
PROPORTION = "proportion"  # people of people
RATE = "rate"  # events or people by person-time
MEAN = "mean"  # means and their spread
QUANTILE = "quantile"
EXTREME = "extreme"  # the value of one person
LIMIT = "limit"  # of an interval: tells what its estimate tells
ESTIMATE = "estimate"  # of a model or test
SETTING = "setting"  # not from patients: a threshold, a level, a planned size, a number of resamples

KINDS = (PERSONS, EVENTS, SUM, PROPORTION, RATE, MEAN, QUANTILE, EXTREME, LIMIT, ESTIMATE, SETTING)

WORDS = {
    PERSONS: "count of persons",
    EVENTS: "count of events",
    SUM: "sum",
    PROPORTION: "share of persons",
    RATE: "rate by person-time",
    MEAN: "mean or spread",
    QUANTILE: "quantile",
    EXTREME: "extreme: the value of one person",
    LIMIT: "limit of an interval",
    ESTIMATE: "estimate of a model or test",
    SETTING: "setting, not from patients",
}

_NAMES = {
    PERSONS: """
        n n_pairs n_missing n_zero n_tied n_nonzero n_due n_expected n_subjects n_complete n_at_risk n_events
        n_groups n_kept n_lost n_gained n_never n_yes n_yes_access_exception n_no n_indeterminate became_yes
        no_longer_yes n_pass n_fail n_undecided n_first n_only n_below_cutoff n_improved n_worse n_unchanged
        n_positive n_negative k count subjects known unchanged worse improved missing lost left withdrew
        adverse_event death died with_conventional not_met before background both score_only imacs_only neither
        undecided with_event with_failure rescued derived withdrawn_contradicted important_not_serious eligible
        ineligible query adjudicate enrolled drawn not_found_eligible deviators progression
        progression_above_half above_sdc rapid rapid_annualised below above inefficacy intolerance remission
        other unknown ongoing at_risk censored responders n_responders n_non_responders kept gained never
        n_second n_retained n_observed n_missing_rows n_rows_missing n_values_missing n_imputed n_reference
        n_seen
        reference_n
    """,
    EVENTS: """
        events reference_events events_unknown
        courses switches deviations n_events_first n_events_second major minor agrees contradicts
        no_result rows_read rows_used queries repaired rejected doubt out_of_range observations
    """,
    SUM: "sum total person_years sum_negative sum_positive",
    PROPORTION: "proportion proportion_baseline proportion_followup share percent floor ceiling",
    MEAN: """
        mean sd se variance mean_baseline mean_followup sd_baseline sd_followup sd_change mean_change
        sd_of_change standardised observed geometric_mean cv residual_sd restricted_mean change_seen
        change_model change_imputed
    """,
    QUANTILE: """
        median q1 q3 median_days q1_days q3_days median_baseline median_followup quantile median_change
        q1_change q3_change
    """,
    EXTREME: "min max minimum maximum largest",
    LIMIT: "conf_low conf_high exact_low exact_high lower upper least most",
    ESTIMATE: """
        estimate statistic p_value p_adjusted df z t r d_z g_z d_av d_rm standard_error achieved_level
        rank_biserial probability_improved order family effect apparent optimism corrected jaccard silhouette
        sdc per_year expected remainder expected_followup oldham expected_least expected_most holds shift
        information spent width difference ratio odds hazard correlation intercept slope auc brier coefficient
        sigma r_squared log_likelihood deviance within between relative_increase share_missing fraction_missing
        shapiro_w shapiro_p scaled_brier calibration_intercept calibration_slope effective_df penalty
        concordance effective_n cost p_exact df_denominator scaling odds_ratio p_zero beyond_least beyond_most
        mean_error mean_error_corrected
        skewness difference_se conditional_power planned_power predictive_power
    """,
    SETTING: """
        confidence_level level alpha threshold cutoff planned planned_n per sided n_imputations n_resamples
        n_failed seed power assumed_mean assumed_sd assumed_correlation assumed_cutoff assumed_correlation_low
        assumed_correlation_high for_shrinkage for_small_optimism for_overall_risk events_per_parameter r1 n1
        expected_n stop_early null n_strata n_empty delta limit critical
    """,
}
KNOWN: Mapping[str, str] = {name: kind for kind, names in _NAMES.items() for name in names.split()}
_SHAPES = (
    (re.compile(r".*_share"), PROPORTION),
    (re.compile(r".*_(low|high)"), LIMIT),
    (re.compile(r"q\d\d"), QUANTILE),
)


class UnknownKind(ValueError):  # noqa: N818, named after what it is
    """A statistic of which nobody has said what kind of number it is."""


def kind_of(statistic: str, unit: str = "", given: str | Mapping[str, str] = "") -> str:
    """The kind of a statistic: the one given, else the known one.

    Parameters
    ----------
    statistic : str
        Name of the statistic.
    unit : str
        An `estimate` in ``proportion`` is a proportion, one per person-years a rate.
    given : str or mapping
        The kind of all statistics of a result, or of some by name.

    Raises
    ------
    UnknownKind
        If there is none, or the one given is none of `KINDS`.

    Examples
    --------
    >>> kind_of("count"), kind_of("estimate", "mm"), kind_of("estimate", "proportion"), kind_of("low_share")
    ('persons', 'estimate', 'proportion', 'proportion')
    >>> kind_of("cured")
    Traceback (most recent call last):
    analysis.kinds.UnknownKind: statistic 'cured': say what kind of number it is, kind={'cured': 'persons'}; ...
    """
    named = given.get(statistic, "") if isinstance(given, Mapping) else given
    if named:
        if named not in KINDS:
            raise UnknownKind(f"statistic {statistic!r}: kind {named!r} is none of {', '.join(KINDS)}")
        return named
    found = KNOWN.get(statistic) or next((k for shape, k in _SHAPES if shape.fullmatch(statistic)), None)
    if found is None:
        raise UnknownKind(
            f"statistic {statistic!r}: say what kind of number it is, kind={{{statistic!r}: 'persons'}}; "
            f"one of {', '.join(KINDS)}"
        )
    if found == ESTIMATE and statistic == "estimate":
        if unit == "proportion":
            return PROPORTION
        if "person-years" in unit:
            return RATE
    return found
