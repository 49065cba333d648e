"""Every public estimator, found by walking the packages: unit, origin, order of rows, sides, doubled subjects."""

import dataclasses
import importlib
import inspect

import numpy as np
import pytest
from estimators import CASES, NOT_ESTIMATORS, ODD, PACKAGES, World, flat

from analysis import results

WORLD = World()
UNITS = (1e-6, 1e6)


def public_functions():
    for package in PACKAGES:
        module = importlib.import_module(f"analysis.{package}")
        names = getattr(module, "__all__", None) or [
            name
            for name, found in vars(module).items()
            if inspect.isfunction(found) and found.__module__ == module.__name__ and not name.startswith("_")
        ]
        yield from (f"{package}.{name}" for name in names if inspect.isfunction(getattr(module, name)))


def test_no_public_estimator_is_without_a_case():
    known = {name.split(",")[0] for name in CASES} | set(NOT_ESTIMATORS)
    assert sorted(set(public_functions()) - known) == []
    assert sorted(known - set(public_functions())) == []


def chosen(found, names):
    """The entries that a list of names means: a name, or a name and a row."""
    return {key for key in found if key in names or key.split(".")[0] in names}


def agree(case, found, expected, what):
    assert set(found) == set(expected), what
    left = [key for key in expected if key not in chosen(expected, case.skip)]
    values, wanted = (np.array([side[key] for key in left]) for side in (found, expected))
    scale = np.nanmax(np.abs(wanted)) if np.isfinite(wanted).any() else 1.0
    close = np.isclose(
        values, wanted, rtol=case.tolerance, atol=case.tolerance * min(scale, 1e-3), equal_nan=True
    )
    assert close.all(), (what, [(k, v, w) for k, v, w, c in zip(left, values, wanted, close) if not c][:5])


@pytest.mark.parametrize("name", CASES)
def test_unit_of_the_data_changes_the_unit_of_the_answer_alone(name):
    case = CASES[name]
    plain = flat(case.call(WORLD))
    for unit in () if case.unit_free else UNITS:
        found = flat(case.call(World(unit=unit)))
        back = {
            key: value / unit if key in chosen(found, case.linear) else value for key, value in found.items()
        }
        agree(case, back, plain, f"unit {unit:g}")


@pytest.mark.parametrize("name", CASES)
def test_origin_of_the_scale_does_not_matter(name):
    case = CASES[name]
    if case.unit_free or not case.shifts:
        pytest.skip("no measurement with an origin")
    plain = flat(case.call(WORLD))
    for shift in (-1000.0, 1e4):
        found = flat(case.call(World(shift=shift)))
        back = {
            key: value - shift if key in chosen(found, case.located) else value
            for key, value in found.items()
        }
        agree(case, back, plain, f"shift {shift:g}")


@pytest.mark.parametrize("name", CASES)
def test_order_of_rows_does_not_matter(name):
    case = CASES[name]
    if name == "paired.bootstrap_change":
        pytest.skip("resamples by order")
    plain = flat(case.call(WORLD))
    for order in (1, 2):
        agree(
            dataclasses.replace(case, skip=()), flat(case.call(World(order=order))), plain, f"order {order}"
        )


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.flips])
def test_exchanged_sides_change_the_sign(name):
    case = CASES[name]
    plain, found = flat(case.call(WORLD)), flat(case.call(World(swapped=True)))
    for key in chosen(plain, case.flips):
        assert found[key] == pytest.approx(-plain[key], rel=1e-6), key
    if case.exchanged:
        low, high = (found[key] for key in case.exchanged)
        assert (low, high) == pytest.approx((-plain[case.exchanged[1]], -plain[case.exchanged[0]]), rel=1e-6)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.doubles])
def test_doubled_subject_is_refused(name):
    with pytest.raises(ValueError, match=r"more than once|repeat|doubled|occur"):
        CASES[name].call(World(doubled=True))


def limits_of(found):
    """Estimate and limits that belong together, by row."""
    for key in found:
        name, _, row = key.partition(".")
        if name == "estimate":
            ends = [f"{end}.{row}" if row else end for end in ("conf_low", "conf_high")]
            if all(end in found for end in ends):
                yield found[key], *(found[end] for end in ends)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", CASES)
def test_odd_data_get_an_answer_or_a_clear_refusal(name, odd):
    """No warning or crash, no p value outside 0 to 1, no interval beside its estimate; a refusal says what is wrong."""
    try:
        found = flat(CASES[name].call(World(bend=ODD[odd])))
    except (ValueError, KeyError) as refusal:
        said = str(refusal)
        assert len(said) > 20, said
        assert not any(
            word in said for word in ("array", "operand", "shape", "dtype", "broadcast", "axis")
        ), said
        return
    for key, value in found.items():
        if "p_value" in key:
            assert np.isnan(value) or 0 <= value <= 1 + 1e-12, (key, value)
    for estimate, low, high in limits_of(found):
        slack = 1e-9 * max(abs(estimate), 1e-300) if np.isfinite(estimate) else 0.0
        assert np.isnan([estimate, low, high]).any() or low - slack <= estimate <= high + slack


@pytest.mark.parametrize("name", CASES)
def test_result_can_be_published(name):
    """Every number of a result has a kind, so that it may stand in the results table."""
    found = CASES[name].call(WORLD)
    if dataclasses.is_dataclass(found) and not name.startswith("paired.tabulate_pairs"):
        rows = results.rows_of(found, analysis="walked", variable="y", unit="mm")
        assert set(rows["status"]) <= {"estimated", "not estimated"}
