"""Random streams, and the small draws every part of the generator uses."""

import zlib
from datetime import date, timedelta

import numpy as np


def stream(seed: int, *names) -> np.random.Generator:
    """An own stream for each purpose, so that a change in one part leaves the others as they were."""
    return np.random.default_rng([seed, *(zlib.crc32(str(name).encode()) for name in names)])


def heavy(rng, size=None):
    """Noise with heavier tails than the normal, standard deviation about 1."""
    return rng.standard_t(5, size) / np.sqrt(5 / 3)


def choose(rng, weights: dict):
    """One key of `weights`, by its weight."""
    keys = list(weights)
    shares = np.array([weights[key] for key in keys], float)
    return keys[int(rng.choice(len(keys), p=shares / shares.sum()))]


def logistic(x):
    return 1 / (1 + np.exp(-x))


def weekday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta({5: 2, 6: 1}.get(day.weekday(), 0))


def years_before(day: date, years: int, offset_days: int = 0) -> date:
    """The same day `years` years earlier, shifted by `offset_days`."""
    month, number = (2, 28) if (day.month, day.day) == (2, 29) else (day.month, day.day)
    return date(day.year - years, month, number) + timedelta(offset_days)


def text(value, decimals: int = 0) -> str:
    """A number as the export shows it, empty when missing."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:.{decimals}f}" if decimals else str(round(float(value)))


def tick(value) -> str:
    """A yes/no cell: 1, 0, or empty when unknown."""
    return "" if value is None else str(int(bool(value)))


def partial(rng, day: date, month_only: float, year_only: float) -> str:
    """A date whose day, or day and month, may be unknown to the person who was asked."""
    u = rng.random()
    if u < year_only:
        return f"{day.year}"
    return f"{day:%Y-%m}" if u < year_only + month_only else day.isoformat()
