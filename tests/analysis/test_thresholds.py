"""Values equal on paper are equal at a threshold."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.thresholds import settle


def test_binary_noise_does_not_cross_a_threshold():
    assert 0.1 + 2.7 > 2.8
    assert settle(0.1 + 2.7) <= 2.8
    assert settle(5.1 - 1.2) == 3.9


def test_a_real_difference_stays():
    assert settle(2.80000001) > 2.8
    assert settle(2.8000000049) == 2.8


@given(st.integers(-100_000, 100_000), st.integers(-100_000, 100_000))
def test_sums_of_hundredths_are_exact(a, b):
    assert settle(a / 100 + b / 100) == (a + b) / 100


def test_a_series_keeps_its_index_and_missing_stays_missing():
    values = pd.Series([0.1 + 0.2, np.nan], index=["P01", "P02"])
    found = settle(values)
    assert found.index.tolist() == ["P01", "P02"]
    assert found["P01"] == 0.3
    assert np.isnan(found["P02"])
