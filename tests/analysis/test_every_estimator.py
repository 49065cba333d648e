"""Every public estimator, found by walking the packages: unit, origin, order of rows, sides, doubled subjects."""

import ast
import dataclasses
import importlib
import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from estimators import (
    BY_SUBJECT,
    CASES,
    MEASURES,
    NOT_ESTIMATORS,
    ODD,
    OF_VISITS,
    PACKAGES,
    VISITS,
    WHOLE,
    WITHOUT_ESTIMATORS,
    World,
    flat,
)

import analysis
from analysis import results

WORLD = World()
DESCRIBED = (
    "paired.describe_change",
    "prediction.measure_performance",
)  # several quantities, each by its own name
UNITS = (1e-6, 1e6)
LIBRARIES = ("scipy", "statsmodels", "pingouin", "sklearn", "lifelines")


def public_functions():
    for package in PACKAGES:
        module = importlib.import_module(f"analysis.{package}")
        names = getattr(module, "__all__", None) or [
            name
            for name, found in vars(module).items()
            if inspect.isfunction(found) and found.__module__ == module.__name__ and not name.startswith("_")
        ]
        yield from (f"{package}.{name}" for name in names if inspect.isfunction(getattr(module, name)))


def with_an_interval():
    """Public functions outside these packages that ask for a confidence level: estimators, whatever they stand in."""
    root = Path(analysis.__path__[0])
    for file in sorted(root.rglob("*.py")):
        package = file.relative_to(root).parts[0].removesuffix(".py")
        if package in (*PACKAGES, "inputs"):
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            asked = [one.arg for one in (*node.args.args, *node.args.kwonlyargs)] if function_of(node) else []
            if "confidence_level" in asked and not node.name.startswith("_"):
                yield f"{package}.{node.name}"


def by_libraries():
    """Public functions of modules outside these packages that use a library of statistics."""
    root = Path(analysis.__path__[0])
    for file in sorted(root.rglob("*.py")):
        package = file.relative_to(root).parts[0].removesuffix(".py")
        tree = ast.parse(file.read_text(encoding="utf-8"))
        if package not in (*PACKAGES, "inputs") and any(map(uses_statistics, ast.walk(tree))):
            yield from (
                f"{package}.{node.name}" for node in tree.body if function_of(node) and node.name[0] != "_"
            )


def uses_statistics(node):
    names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
    names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    return any(name.partition(".")[0] in LIBRARIES for name in names)


def function_of(node):
    return isinstance(node, ast.FunctionDef)


def test_no_public_estimator_is_without_a_case():
    known = {name.split(",")[0] for name in CASES} | set(NOT_ESTIMATORS)
    found = {*public_functions(), *with_an_interval(), *by_libraries()}
    assert {"safety.event_rates", "summaries.share_improved", "summaries.correlate"} <= found
    assert sorted(found - known) == []
    assert sorted(known - found) == []


def test_every_package_is_walked_or_is_said_to_hold_no_estimator():
    root = Path(analysis.__path__[0])
    parts = {one.stem for one in root.iterdir() if one.suffix == ".py" or (one / "__init__.py").is_file()}
    assert parts - {"__init__"} == {*PACKAGES, *WITHOUT_ESTIMATORS}


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


@pytest.mark.parametrize("name", CASES)
def test_names_of_subjects_do_not_matter(name):
    """Subjects exchange their ids: whoever answers by subject gives the same answers in other places."""
    if name == "paired.bootstrap_change":
        pytest.skip("resamples by order")
    case = dataclasses.replace(CASES[name], skip=())
    plain, found = (flat(case.call(world)) for world in (WORLD, World(renamed=True)))
    if name in BY_SUBJECT:
        plain, found = (
            {f"a.{place}": one for place, one in enumerate(np.sort([*side.values()]))}
            for side in (plain, found)
        )
    agree(case, found, plain, "renamed")


@pytest.mark.parametrize("name", OF_VISITS)
def test_order_of_visits_does_not_matter(name):
    def answer(visits):
        found = OF_VISITS[name](WORLD, visits)
        found = (
            found.sort_values([key for key in ("visit", "visit_id") if key in found])
            if hasattr(found, "sort_values")
            else found
        )
        return flat(found.reset_index(drop=True) if hasattr(found, "reset_index") else found)

    plain = answer(VISITS)
    for visits in (VISITS[::-1], [VISITS[1], VISITS[2], VISITS[0]]):
        agree(dataclasses.replace(CASES[name], skip=(), tolerance=1e-5), answer(visits), plain, visits)


def lost(subjects):
    """Four subjects of whom nothing is known but who they are and their group."""
    gone = subjects.index.isin([1, 10, 20, 30])
    unknown = {name: subjects[name].mask(gone) for name in (*MEASURES, "time")}
    answers = {
        name: subjects[name].astype("boolean").mask(gone) for name in ("good", "later", "seen", "event")
    }
    return subjects.assign(**unknown, **answers)


COUNTS = (
    ("n_responders", "n_non_responders"), ("n_pairs",), ("n_subjects",), ("n_complete",), ("n_first", "n_second"),
    ("reference_n", "n"), ("n",), ("n_retained", "n_lost"), ("kept", "lost", "gained", "never"),
)  # fmt: skip
LARGER = {"mmrm.reference_based_difference": 14}  # every third subject
OF_EVERYBODY = ("safety.event_rates", "safety.first_event_rates")  # n of a line counts those missing, too
# Of a line it is the subjects of the model without a value at that visit; those without any are counted by the fit.
OF_MODEL = ("mmrm.visit_means", "mmrm.change_from_baseline", "mmrm.compare_groups")

OF_NUMBERS = ("design.power_at_look",)  # is told how many there are, and sees no data


def counted(found):
    """Every pair of subjects counted and subjects missing in a result."""
    if isinstance(found, pd.DataFrame):
        lines = found.to_dict("records") if "n_missing" in found else []
    elif dataclasses.is_dataclass(found):
        lines = [{field.name: getattr(found, field.name) for field in dataclasses.fields(found)}]
    else:
        lines = []
    for line in lines:
        names = next((names for names in COUNTS if all(name in line for name in names)), None)
        if names and "n_missing" in line:
            yield sum(line[name] for name in names), line["n_missing"]


def of_everybody(found):
    return zip(found["n"], found["n_missing"], strict=True)


@pytest.mark.parametrize("name", sorted({*CASES, *WHOLE}))
def test_missing_are_patients_whatever_the_estimator(name):
    """Of forty patients four are known by name alone: those counted and those missing are forty, in every result."""
    call = WHOLE.get(name) or CASES[name].call
    try:
        found = call(World(bend=lost))
    except ValueError as refusal:
        assert any(word in str(refusal) for word in ("missing", "complete", "no day at risk"))
        return
    pairs = list(counted(found))
    if name in OF_NUMBERS:
        assert pairs == list(counted(call(World())))
        return
    if name in OF_MODEL:
        assert {n + missing for n, missing in pairs} == {36}
        return
    total = LARGER.get(name, 40)
    if name in OF_EVERYBODY:
        assert [sum(side) for side in zip(*of_everybody(found), strict=True)] == [40, 4]
        return
    for n, missing in pairs:
        assert n + missing == total, (n, missing)
        assert missing >= (4 if total == 40 else 1)


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
        assert name in DESCRIBED or rows["method"].ne("").all()
        assert (
            name.startswith("rates.") or rows["n"].notna().all()
        )  # rates take counts of events and person-time
