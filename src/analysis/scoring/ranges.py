"""The allowed range of every input of a score: a value outside is an error of entry or of unit, never clipped.

The ranges are those of the data dictionary (joint counts 0-28, scales 0-100 mm, ESR 0-150 mm/h, CRP 0-400 mg/L
and so on). A joint count may be a fraction, because a count pro-rated for joints that could not be assessed is one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SLACK = 1e-8  # the precision at which thresholds are compared


@dataclass(frozen=True, slots=True)
class Limits:
    """Lowest and highest allowed value, whether only whole numbers are allowed, and the unit."""

    low: float
    high: float
    unit: str = ""
    whole: bool = False
    above: bool = False  # the lowest value itself is not allowed

    def outside(self, values: np.ndarray) -> np.ndarray:
        """True where a value is not allowed; missing values are."""
        low = values <= self.low if self.above else values < self.low - SLACK
        wrong = low | (values > self.high + SLACK)
        return wrong | (np.rint(values) != values) & ~np.isnan(values) if self.whole else wrong

    def surely_holds(self, values: np.ndarray) -> bool:
        """Cheap and one-sided: False only means that `outside` has to look."""
        if self.whole or self.above:
            return not self.outside(values).any()
        lowest, highest = np.fmin.reduce(values), np.fmax.reduce(values)
        return bool(lowest >= self.low - SLACK and highest <= self.high + SLACK)

    def __str__(self) -> str:
        """The range in words."""
        whole = " (whole numbers)" if self.whole else ""
        start = f"above {self.low:g}, up to" if self.above else f"{self.low:g} to"
        return f"{start} {self.high:g}{' ' + self.unit if self.unit else ''}{whole}"


_MM = Limits(0, 100, "mm")
_ITEM = Limits(0, 3, whole=True)
_LEVEL = Limits(1, 5, whole=True)
_MUSCLE = Limits(0, 10)
_PERCENT_PREDICTED = Limits(10, 160, "% predicted")

RANGES: dict[str, Limits] = {
    "tjc28": Limits(0, 28, "joints"),
    "sjc28": Limits(0, 28, "joints"),
    "tjc68": Limits(0, 68, "joints"),
    "sjc66": Limits(0, 66, "joints"),
    "esr_mm_h": Limits(0, 150, "mm/h"),
    "crp_mg_l": Limits(0, 400, "mg/L"),
    **dict.fromkeys(("gh_mm", "ptga_mm", "phga_mm", "pain_mm", "extramuscular_mm"), _MM),
    "eq_vas": Limits(0, 100),
    "rapid3": Limits(0, 30),
    "facit_fatigue": Limits(0, 52),
    "das28": Limits(0, 10),
    "das28_esr": Limits(0, 10),
    "das28_crp": Limits(0, 10),
    "cdai": Limits(0, 76),
    "sdai": Limits(0, 116),
    "haq_di": Limits(0, 3),
    **{f"haq_{i}": _ITEM for i in range(1, 21)},
    **{f"mdhaq_{letter}": _ITEM for letter in "abcdefghij"},
    **{f"eq5d_{d}": _LEVEL for d in ("mo", "sc", "ua", "pd", "ad")},
    **{f"facit_{i}": Limits(0, 4, whole=True) for i in range(1, 14)},
    **{f"sf36_{d}": Limits(0, 100) for d in ("pf", "rp", "bp", "gh", "vt", "sf", "re", "mh")},
    "svdh_erosion": Limits(0, 280),
    "svdh_jsn": Limits(0, 168),
    "svdh_total": Limits(0, 448),
    "mmt8_total": Limits(0, 150),
    "mmt_muscle": _MUSCLE,
    "cdasi_activity": Limits(0, 100),
    "cdasi_damage": Limits(0, 32),
    "fvc_pp": _PERCENT_PREDICTED,
    "dlco_pp": _PERCENT_PREDICTED,
    "enzyme_u_l": Limits(0, 100_000, "U/L"),
    "enzyme_uln": Limits(0, 100_000, "U/L", above=True),
    "tis": Limits(0, 100),
    "prednisone_mg_day": Limits(0, 1000, "mg/day"),
}
