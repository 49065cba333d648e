"""Planning and reading a design: two stages, sample size, interim looks, regression to the mean."""

from .conditional import PowerAtLook, conditional_power, power_at_look, predictive_power
from .interim import (
    Boundaries,
    lan_demets_obrien_fleming,
    lan_demets_pocock,
    obrien_fleming,
    pocock,
)
from .regression_to_mean import (
    ChangeBeyond,
    change_beyond_selection,
    expected_regression_to_mean,
    oldham_correlation,
)
from .sample_size import (
    detectable_effect,
    paired_t_power,
    paired_t_size,
    precision_of_mean_change,
    precision_of_proportion,
)
from .two_stage import TwoStageDesign, simon_designs

__all__ = [
    "Boundaries",
    "ChangeBeyond",
    "PowerAtLook",
    "TwoStageDesign",
    "change_beyond_selection",
    "conditional_power",
    "detectable_effect",
    "expected_regression_to_mean",
    "lan_demets_obrien_fleming",
    "lan_demets_pocock",
    "obrien_fleming",
    "oldham_correlation",
    "paired_t_power",
    "paired_t_size",
    "pocock",
    "power_at_look",
    "precision_of_mean_change",
    "precision_of_proportion",
    "predictive_power",
    "simon_designs",
]
