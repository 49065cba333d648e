"""Numbers as readers see them: rounded once, half up, with a true minus sign; p-values at their edges."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import numbers

NAN = float("nan")
ROOT = Path(__file__).parents[2]
finite = st.floats(-1e9, 1e9)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (2.675, 2, "2.68"),  # binary 2.67499...: what is written counts
        (0.125, 2, "0.13"),  # Python's round() gives 0.12
        (2.5, 0, "3"),
        (-2.5, 0, "−3"),
        (-0.04, 1, "0.0"),  # no minus before zero
        (-0.05, 1, "−0.1"),
        (0.0, 2, "0.00"),
        (1e-10, 3, "0.000"),
        (1250, 0, "1250"),
        (None, 1, "–"),
        (NAN, 1, "–"),
    ],
)
def test_fixed_decimals(value, digits, text):
    assert numbers.fixed(value, digits) == text


@given(finite, st.integers(0, 6))
def test_fixed_is_the_nearest_decimal_and_away_from_zero_at_a_tie(value, digits):
    shown = Fraction(Decimal(numbers.fixed(value, digits).replace("−", "-")))
    written = Fraction(Decimal(repr(value)))
    step = Fraction(1, 10**digits)
    assert abs(shown - written) <= step / 2
    if abs(shown - written) == step / 2:
        assert abs(shown) > abs(written)


@given(finite, st.integers(0, 6))
def test_a_number_and_its_opposite_differ_by_the_sign_only(value, digits):
    texts = {numbers.fixed(number, digits).lstrip("−") for number in (value, -value)}
    assert len(texts) == 1
    assert "-" not in numbers.fixed(value, digits)


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0, "<0.001"),
        (0.00099, "<0.001"),
        (0.001, "0.001"),
        (0.0494, "0.049"),
        (0.0495, "0.04950"),  # would show as 0.050
        (0.04996, "0.04996"),
        (0.05, "0.050"),
        (0.05004, "0.05004"),
        (0.0505, "0.051"),
        (0.9996, "1.000"),
        (1.0, "1.000"),
        (NAN, "–"),
        (None, "–"),
    ],
)
def test_p_values_at_the_edges(p, text):
    assert numbers.p_value(p) == text


@given(st.floats(0, 1))
def test_a_shown_p_value_is_on_the_side_of_0_05_where_the_value_is(p):
    text = numbers.p_value(p)
    shown = 0.0005 if text.startswith("<") else float(text)
    if abs(p - 0.05) > 5e-6:
        assert (shown < 0.05) == (p < 0.05)


@pytest.mark.parametrize(
    ("count", "total", "text"), [(9, 20, "9 (45.0)"), (0, 20, "0 (0.0)"), (1, 3, "1 (33.3)"), (0, 0, "0")]
)
def test_counts_with_their_share(count, total, text):
    assert numbers.count_percent(count, total) == text


def test_percent_of_a_missing_share_is_a_dash():
    assert [numbers.percent(share) for share in (0.4545, 1.0, NAN, None)] == ["45.5 %", "100.0 %", "–", "–"]


def test_intervals_are_joined_by_a_word():
    assert numbers.interval(-7.25, -1.0, 1) == "−7.3 to −1.0"
    assert numbers.interval(0.25, 0.5, 1, scale=100) == "25.0 to 50.0"
    assert numbers.interval(NAN, NAN, 1) == "–"
    assert numbers.interval(None, 4.0, 1) == "– to 4.0"


def test_an_estimate_without_interval_keeps_its_value():
    assert numbers.estimate_interval(-0.5, NAN, NAN, 1) == "−0.5 (–)"
    assert numbers.estimate_interval(NAN, 1, 2, 1) == "–"


@pytest.mark.parametrize(
    ("resolution", "decimals"),
    [(1, 0), (10, 0), (0.5, 1), (0.1, 1), (0.125, 3), (0.01, 2), (None, 1), (0, 1)],
)
def test_decimals_that_show_one_step(resolution, decimals):
    assert numbers.decimals_of(resolution) == decimals


def test_a_share_is_rounded_as_the_fraction_it_is():
    for total in range(1, 401):
        for count in range(total + 1):
            for digits in (0, 1):
                exact = Fraction(100 * count, total) * 10**digits
                whole, rest = divmod(exact, 1)
                wanted = Fraction(int(whole) + (rest >= Fraction(1, 2)), 10**digits)
                shown = Fraction(numbers.percent(count / total, digits).removesuffix(" %"))
                assert shown == wanted, (count, total, digits)


def test_no_number_is_multiplied_before_it_is_rounded():
    """100 times the binary 0.145 is below 14.5."""
    found = [
        f"{path.name}:{number}"
        for path in sorted((ROOT / "src").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"\b(fixed|whole)\((100 \*|[\w\[\]\"'.]+ \* (100|scale)\b)", line)
    ]
    assert not found, f"write numbers.fixed(value, digits, scale=100) at {', '.join(found)}"
