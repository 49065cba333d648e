"""Rates per person-time: worked cases of the domain reference (C.4), shapes, and what is refused."""

import math

import pandas as pd
import pytest
from worked_cases import EXPOSURE_RATES

from analysis import rates


@pytest.mark.parametrize(("events", "years", "rate", "low", "high"), EXPOSURE_RATES)
def test_worked_cases(events, years, rate, low, high):
    found = rates.poisson_exact(events, years, per=100)
    assert (found.estimate, found.conf_low, found.conf_high) == pytest.approx((rate, low, high), abs=6e-7)


def test_three_events_in_twenty_patients_over_24_weeks():
    found = rates.poisson_exact(3, 20 * 168 / 365.25, per=100)
    assert (found.estimate, found.conf_low, found.conf_high) == pytest.approx(
        (32.6116, 6.7253, 95.3050), abs=6e-5
    )


def test_no_events_has_a_lower_limit_of_zero_and_the_two_sided_upper_limit():
    found = rates.poisson_exact(0, 1)
    assert (found.conf_low, found.conf_high) == (0, pytest.approx(3.688879, abs=6e-7))
    assert rates.poisson_midp(0, 1).conf_low == 0


@pytest.mark.parametrize("events", [1, 2, 7, 40])
def test_the_midp_interval_lies_within_the_exact_one_and_solves_its_equation(events):
    from scipy.stats import poisson

    midp, exact = rates.poisson_midp(events, 1), rates.poisson_exact(events, 1)
    assert exact.conf_low < midp.conf_low < midp.conf_high < exact.conf_high
    above = poisson.sf(events, midp.conf_low) + poisson.pmf(events, midp.conf_low) / 2
    below = poisson.cdf(events - 1, midp.conf_high) + poisson.pmf(events, midp.conf_high) / 2
    assert (above, below) == pytest.approx((0.025, 0.025), abs=1e-12)


def test_no_events_in_no_time_is_missing_and_series_keep_their_index():
    events = pd.Series([0, 2, None], index=["a", "b", "c"], dtype="Int64")
    years = pd.Series([0.0, 4.0, 4.0], index=["a", "b", "c"])
    found = rates.poisson_exact(events, years)
    assert found.estimate.isna().tolist() == [True, False, True]
    assert found.conf_low["b"] == rates.poisson_exact(2, 4).conf_low


@pytest.mark.parametrize(
    ("events", "years", "message"),
    [
        (1, 0, "1 rows have events but no exposure"),
        (0, -1, "person_years: expected finite numbers"),
        (-1, 1, "events: expected whole numbers"),
        (1.5, 1, "events: expected whole numbers"),
        (pd.Series([1], index=["a"]), pd.Series([1.0], index=["b"]), "share one index"),
    ],
)
def test_impossible_exposure_is_refused(events, years, message):
    with pytest.raises(ValueError, match=message):
        rates.poisson_exact(events, years)


def test_the_ratio_inverts_when_the_groups_swap():
    there, back = rates.rate_ratio(10, 100, 20, 110), rates.rate_ratio(20, 110, 10, 100)
    assert (there.estimate, there.conf_low, there.conf_high) == pytest.approx(
        (1 / back.estimate, 1 / back.conf_high, 1 / back.conf_low)
    )
    assert there.p_value == pytest.approx(back.p_value)


def test_a_ratio_without_events_is_missing_and_one_without_reference_events_infinite():
    assert math.isnan(rates.rate_ratio(0, 10, 0, 10).estimate)
    assert rates.rate_ratio(0, 10, 0, 10).p_value == 1
    assert rates.rate_ratio(3, 10, 0, 10).conf_high == math.inf
    with pytest.raises(ValueError, match="both groups need exposure"):
        rates.rate_ratio(0, 0, 1, 10)
