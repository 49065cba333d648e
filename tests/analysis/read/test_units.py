"""Units: clinical reference F.2 rule 3, and conversions that must not happen."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.columns.units import canonical, factor, known_units


@pytest.mark.parametrize(
    ("value", "unit", "target", "analyte", "expected"),
    [
        (2.1, "mg/dL", "mg/L", "CRP", 21),
        (1.0, "mg/dL", "umol/L", "CREA", 88.4),
        (10, "ukat/L", "U/L", "CK", 600),
        (10, "μkat/L", "U/L", "CK", 600),
        (12.5, "g/dL", "g/L", "HB", 125),
        (3.4, "cm", "mm", None, 34),
        (5.2, "10^3/uL", "10^9/L", "WBC", 5.2),
        (5200, "/uL", "10^9/L", "WBC", 5.2),
        (250, "ng/mL", "ug/L", "FERR", 250),
        (120, "斤", "kg", None, 60),
    ],
)
def test_value_is_converted(value, unit, target, analyte, expected):
    assert value * factor(unit, target, analyte=analyte) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "target", "analyte"),
    [
        ("mg/dL", "U/L", "CK"),
        ("mg/dL", "umol/L", "CRP"),  # needs a molar mass that only creatinine has here
        ("IU/mL", "U/mL", "ACPA"),
        ("RU/mL", "U/mL", "ACPA"),
        ("IU/L", "U/L", None),
        ("furlong", "mm", None),
        ("%", "10^9/L", "CD4"),
    ],
)
def test_impossible_conversion_has_no_factor(unit, target, analyte):
    assert factor(unit, target, analyte=analyte) is None


def test_conversion_there_and_back_is_none_at_all():
    """Of every pair of units."""
    for one, other in itertools.combinations(known_units(), 2):
        there, back = factor(one, other), factor(other, one)
        assert (there is None) == (back is None), (one, other)
        if there is not None and there > 1e-6 and back > 1e-6:
            assert there * back == pytest.approx(1, rel=1e-6), (one, other)


@given(st.sampled_from(known_units()))
def test_every_unit_knows_its_own_spelling(unit):
    assert canonical(unit) == unit
    assert factor(unit, unit) == 1
