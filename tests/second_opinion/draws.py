"""Random patients on the grids that forms use, and the comparison of two answers patient by patient."""

import os
import random
from fractions import Fraction

import numpy as np
import pandas as pd

SEED = 20260711
N = 100_000 if os.environ.get("STUDY_LONG") == "1" else 5_000
MISSING = 0.12

MM = tuple(range(101))
JOINTS_28 = tuple(range(29))
YES_NO = (0, 1)


def patients(name):
    """Random numbers of one comparison: the same patients whatever else runs before it."""
    return random.Random(f"{SEED} {name}")


def draw(rng, pool, favour=(), *, missing=MISSING, share=0.35, n=None):
    """N values of a pool, a share of them from the favoured ones (thresholds and their neighbours), some missing."""
    n = N if n is None else n
    plain = rng.choices(tuple(pool), k=n)
    special = rng.choices(tuple(favour) or tuple(pool), k=n)
    chance, absent = (random_series(rng, n) for _ in range(2))
    return [
        None if gone < missing else edge if luck < share else value
        for value, edge, luck, gone in zip(plain, special, chance, absent, strict=True)
    ]


def random_series(rng, n):
    """n uniform random numbers."""
    return [rng.random() for _ in range(n)]


def around(*limits, step="0.01"):
    """Each limit with its neighbours on a grid, as Fractions.

    >>> [float(value) for value in around("2.6")]
    [2.59, 2.6, 2.61]
    """
    step = Fraction(step)
    return tuple(Fraction(limit) + k * step for limit in limits for k in (-1, 0, 1))


def grid(low, high, step):
    """All multiples of the step between two numbers, as Fractions."""
    step = Fraction(step)
    return tuple(step * k for k in range(int(Fraction(low) / step), int(Fraction(high) / step) + 1))


def numbers(values):
    """What the package is given: floats (as a file would be read), NaN for missing."""
    return pd.Series([np.nan if value is None else float(value) for value in values], dtype="float64")


def frame(**columns):
    """Numbers as columns."""
    return pd.DataFrame({name: numbers(values) for name, values in columns.items()})


def plain_values(answers):
    """Production answers as a list: floats, booleans or text, None for missing."""
    answers = pd.Series(answers)
    present = answers.notna().to_numpy()
    return [value if there else None for value, there in zip(answers.astype(object), present, strict=True)]


def same(expected, got):
    """Whether two answers agree: both missing, the same category, or numbers within 1e-9."""
    if expected is None or got is None:
        return expected is None and got is None
    if isinstance(expected, (str, bool)):
        return expected == got and isinstance(got, (bool, np.bool_)) == isinstance(expected, bool)
    if expected == float("-inf"):
        return got == expected
    return abs(float(expected) - float(got)) <= 1e-9


def assert_same(what, expected, answers, cases):
    """Every patient's two answers agree; otherwise the first differing patients are shown."""
    got = plain_values(answers)
    assert len(got) == len(expected) >= 1, f"{what}: {len(expected)} expected, {len(got)} answers"
    differing = [row for row, (a, b) in enumerate(zip(expected, got, strict=True)) if not same(a, b)]
    shown = [
        f"{case_text(cases, row)}: expected {text(expected[row])}, got {got[row]}" for row in differing[:5]
    ]
    assert not differing, f"{what}: {len(differing)} of {len(expected)} patients differ\n" + "\n".join(shown)
    assert len(set(map(text, expected))) > 1, f"{what}: all patients have one answer; the draw tests nothing"


def text(value):
    """A value for a message."""
    return str(float(value)) if isinstance(value, Fraction) else str(value)


def case_text(cases, row):
    """One patient for a message."""
    return ", ".join(f"{name}={text(values[row])}" for name, values in cases.items())
