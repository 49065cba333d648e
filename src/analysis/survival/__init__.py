"""Time to an event: Kaplan-Meier, log-rank, Cox, and cumulative incidence of competing reasons.

Used for time to remission, time to flare and drug survival. A time is a duration in any one unit (days in
this project), an event is True (happened) or False (censored). Rows with a missing time or event are left
out and counted in `n_missing`. Delayed entry (a prevalent cohort, observed from enrolment but timed from an
earlier origin) is given by `entry`: a subject is at risk from just after `entry` until `time`.
"""

from analysis.survival.comparison import LogRank, log_rank
from analysis.survival.competing import CumulativeIncidence, cumulative_incidence
from analysis.survival.curves import KaplanMeier, kaplan_meier, numbers_at_risk, survival_at
from analysis.survival.durations import derive_drug_survival, derive_first_event
from analysis.survival.hazards import check_proportional_hazards
from analysis.survival.intervals import IntervalCensored, turnbull
from analysis.survival.regression import Cox, concordance, cox
from analysis.survival.restricted import RestrictedMean, compare_restricted_means, restricted_mean

__all__ = [
    "Cox",
    "CumulativeIncidence",
    "IntervalCensored",
    "KaplanMeier",
    "LogRank",
    "RestrictedMean",
    "check_proportional_hazards",
    "compare_restricted_means",
    "concordance",
    "cox",
    "cumulative_incidence",
    "derive_drug_survival",
    "derive_first_event",
    "kaplan_meier",
    "log_rank",
    "numbers_at_risk",
    "restricted_mean",
    "survival_at",
    "turnbull",
]
