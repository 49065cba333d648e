"""Pairs of baseline and follow-up, matched by subject id and never by row order."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.inputs import NO_NUMBERS
from analysis.membership import among

SIGNIFICANT_DIGITS = 10
NOISE = 1e-12
LARGEST = 1e150  # the square of a larger value is no number any more


@dataclass(frozen=True, slots=True)
class Pairs:
    """Complete pairs, and the subjects that have none.

    Attributes
    ----------
    baseline, followup : Series
        Values of the complete pairs, both indexed by the same subject ids, in the order of the baseline.
    unpaired : tuple
        Ids of subjects seen on either side whose pair is incomplete: absent or missing on one side or both.
    """

    baseline: pd.Series
    followup: pd.Series
    unpaired: tuple

    @property
    def n_pairs(self) -> int:
        """Number of complete pairs."""
        return len(self.baseline)

    @property
    def n_missing(self) -> int:
        """Number of subjects without a complete pair."""
        return len(self.unpaired)

    @property
    def change(self) -> pd.Series:
        """Follow-up minus baseline, one row per complete pair."""
        return self.followup - self.baseline


def match_pairs(baseline: pd.Series, followup: pd.Series) -> Pairs:
    """Pair two visits by subject id.

    Parameters
    ----------
    baseline, followup : Series
        One row per subject, the index holding the subject id; numbers in any one unit, missing as NaN or NA.
        The two may be in any order and need not hold the same subjects.

    Returns
    -------
    Pairs
        Complete pairs; every other subject is listed in `unpaired` and counted in `n_missing`.

    Raises
    ------
    ValueError
        If something other than a Series is given, an id is missing or occurs twice on one side, a value is
        infinite or not a number, or no id is shared and the two sides write ids differently (text and numbers).

    Examples
    --------
    >>> before = pd.Series({"P01": 22.0, "P02": 18.0, "P03": 30.0})
    >>> after = pd.Series({"P03": 18.0, "P01": 12.0, "P04": 25.0})
    >>> pairs = match_pairs(before, after)
    >>> pairs.change.to_dict(), pairs.unpaired
    ({'P01': -10.0, 'P03': -12.0}, ('P02', 'P04'))
    """
    first, second = as_values(baseline, "baseline"), as_values(followup, "followup")
    ids = first.index
    if not ids.equals(second.index):
        check_same_ids(ids, second.index)
        ids = ids.append(second.index.difference(ids, sort=False))
        first, second = first.reindex(ids), second.reindex(ids)
    complete = (first.notna() & second.notna()).to_numpy()
    return Pairs(first[complete], second[complete], tuple(ids[~complete].to_numpy(dtype=object)))


def as_values(values: ArrayLike, side: str) -> pd.Series:
    """A Series of floats with a checked index of subject ids."""
    if not isinstance(values, pd.Series):
        raise ValueError(
            f"{side}: expected a Series indexed by subject id, got {type(values).__name__}; "
            "pairs are matched by id, never by row order"
        )
    check_ids(values.index, side)
    try:
        if values.dtype.kind in NO_NUMBERS:
            raise TypeError
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise ValueError(f"{side}: expected numbers, got values of type {values.dtype}") from None
    if np.isinf(numbers).any():
        raise ValueError(
            f"{side}: {int(np.isinf(numbers).sum())} infinite values; mark them as missing or correct them"
        )
    if (np.abs(numbers) > LARGEST).any():
        raise ValueError(f"{side}: values beyond {LARGEST:g} cannot be squared; take another unit")
    return pd.Series(numbers, index=values.index)


def check_ids(ids: pd.Index, side: str) -> None:
    """Refuse missing and repeated subject ids, naming a few."""
    if ids.hasnans:
        raise ValueError(f"{side}: {int(ids.isna().sum())} rows have no subject id")
    if not ids.is_unique:
        repeated = ids[ids.duplicated()].unique()
        few = ", ".join(str(one) for one in repeated[:5])
        raise ValueError(
            f"{side}: {len(repeated)} subject ids occur more than once ({few}); keep one row per subject, "
            "for example one visit, before pairing"
        )


def check_same_ids(first: pd.Index, second: pd.Index) -> None:
    """Refuse ids that can never meet because one side writes them as text and the other as numbers."""
    if first.equals(second):
        return
    if len(first) and len(second) and not among(first, second).any():
        kinds = first.inferred_type, second.inferred_type
        if kinds[0] != kinds[1]:
            raise ValueError(
                f"no subject id occurs on both sides: baseline ids are {kinds[0]}, follow-up ids {kinds[1]}"
            )


def settled_change(
    baseline: ArrayLike, followup: ArrayLike, *, resolution: float | None = None
) -> np.ndarray:
    """Follow-up minus baseline, rounded so that changes equal on paper are equal in the computer.

    Ranks, signs and order statistics are decided on these; 4.1 - 3.1 and 5.2 - 4.2 are the same change but not
    the same binary number.

    Parameters
    ----------
    baseline, followup : array-like
        Same shape and unit; NaN stays NaN.
    resolution : float, optional
        The instrument's step in that unit (0.125 for HAQ-DI, 0.01 for DAS28 from a form): changes are rounded to
        whole steps. By default they are rounded to 10 significant digits, and a change below 1e-12 of the larger
        value is 0: this removes binary noise and leaves every difference a form can hold.

    Examples
    --------
    >>> settled_change([3.1, 4.2, 0.1], [4.1, 5.2, 0.1]).tolist()
    [1.0, 1.0, 0.0]
    >>> settled_change([1.26], [0.97], resolution=0.125).tolist()
    [-0.25]
    """
    before, after = (
        side.to_numpy(dtype=float, na_value=np.nan)
        if isinstance(side, pd.Series)
        else np.asarray(side, dtype=float)
        for side in (baseline, followup)
    )  # NumPy asks a Series for attributes, for which pandas makes an object of every id
    change = after - before
    if resolution is not None:
        if not resolution > 0:
            raise ValueError(
                f"resolution: expected the instrument's step, a positive number, got {resolution}"
            )
        return np.round(change / resolution) * resolution + 0.0
    noise = np.abs(change) <= NOISE * np.maximum(np.abs(before), np.abs(after))
    return np.where(noise, 0.0, significant(change, SIGNIFICANT_DIGITS))


def significant(values: np.ndarray, digits: int) -> np.ndarray:
    """Round to a number of significant digits; 0 and NaN stay."""
    magnitude = np.floor(np.log10(np.where(values == 0, 1.0, np.abs(values))))
    power = digits - 1 - magnitude
    up, down = 10.0 ** np.maximum(power, 0), 10.0 ** np.maximum(-power, 0)
    return np.round(values * up / down) * down / up + 0.0


ALTERNATIVES = ("two-sided", "less", "greater")
