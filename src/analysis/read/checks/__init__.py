"""Questions put to the tidy tables after reading: nothing here changes a value."""

from analysis.read.checks import chronology, medical, people, plausibility, units

__all__ = ["chronology", "medical", "people", "plausibility", "units"]
