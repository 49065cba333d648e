"""Predictors of a yes/no outcome (remission): one by one, and together in a penalised model that is checked.

Covariates are chosen before looking at the outcome; none is selected by its p value. The penalised model is ridge
logistic regression, its penalty chosen by Akaike's criterion; performance and calibration are corrected for optimism
by repeating everything, imputation and the choice of penalty included, in bootstrap samples (TRIPOD+AI: Collins GS, et
al. BMJ 2024;385:e078378, doi:10.1136/bmj-2023-078378). A cohort's predictors are associations, not effects.
"""

from analysis.prediction.checks import Performance, calibration_curve, decision_curve, measure_performance
from analysis.prediction.ridge import RidgeModel, fit_ridge, predict
from analysis.prediction.size import SampleSize, required_size
from analysis.prediction.univariable import univariable_odds
from analysis.prediction.validation import Validation, validate_ridge

__all__ = [
    "Performance",
    "RidgeModel",
    "SampleSize",
    "Validation",
    "calibration_curve",
    "decision_curve",
    "fit_ridge",
    "measure_performance",
    "predict",
    "required_size",
    "univariable_odds",
    "validate_ridge",
]
