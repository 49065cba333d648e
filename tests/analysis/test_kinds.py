"""Every number is known at its source: nothing is published of which nobody has said what kind of number it is."""

import ast
import dataclasses
import importlib
import json
import pkgutil
from pathlib import Path

import pandas as pd
import pytest

from analysis import kinds, results

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"analysis": "a", "variable": "v"}


def test_a_statistic_without_a_kind_cannot_become_a_result():
    with pytest.raises(kinds.UnknownKind, match="'cured': say what kind of number it is"):
        results.rows_of({"cured": 3}, **KEYS)


def test_a_kind_that_is_none_is_refused():
    with pytest.raises(kinds.UnknownKind, match="'people' is none of persons"):
        results.rows_of({"cured": 3}, kind={"cured": "people"}, **KEYS)


def test_results_carry_kind_denominator_and_the_patients_they_rest_on():
    rows = results.rows_of(
        {"count": 9, "n": 20, "n_missing": 2, "estimate": 0.45, "max": 7.0, "confidence_level": 0.95},
        unit="proportion",
        **KEYS,
    )
    told = rows.set_index("statistic")[["kind", "denominator", "patients"]]
    expected = pd.DataFrame(
        [  # what is missing is not among n, and a level comes from nobody
            ("count", "persons", 20.0, 20.0),
            ("n", "persons", 20.0, 20.0),
            ("n_missing", "persons", None, 20.0),
            ("estimate", "proportion", 20.0, 20.0),
            ("max", "extreme", 20.0, 20.0),
            ("confidence_level", "setting", None, None),
        ],
        columns=["statistic", "kind", "denominator", "patients"],
    ).set_index("statistic")
    pd.testing.assert_frame_equal(told, expected, check_dtype=False, check_index_type=False)


def test_kinds_of_names_do_not_overlap():
    named = [name for names in kinds._NAMES.values() for name in names.split()]
    assert len(named) == len(set(named))
    assert set(kinds.WORDS) == set(kinds.KINDS)


def sources() -> list:
    """Every place in the package and the notebooks that writes statistics as a literal mapping into results."""
    texts = {file: file.read_text(encoding="utf-8") for file in (ROOT / "src").rglob("*.py")}
    for file in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        texts[file] = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    found = []
    for file, text in texts.items():
        for call in ast.walk(ast.parse(text)) if "rows_of" in text else ():
            name = getattr(call, "func", None)
            if isinstance(call, ast.Call) and getattr(name, "attr", getattr(name, "id", "")) == "rows_of":
                found.append(pytest.param(call, id=f"{file.name}:{call.lineno}"))
    return found


@pytest.mark.parametrize("call", sources())
def test_literal_statistics_of_every_builder_have_a_kind(call):
    given = {word.arg: word.value for word in call.keywords}
    if not call.args or not isinstance(call.args[0], ast.Dict):
        return
    names = [key.value for key in call.args[0].keys if isinstance(key, ast.Constant)]
    stated = given.get("kind")
    for name in set(names) - {"method", "note", "status"}:
        told = kinds.SETTING if stated is not None else ""
        assert kinds.kind_of(name, "", told) in kinds.KINDS


STATISTICS = (
    *("paired", "proportions", "rates", "mmrm", "longitudinal", "survival", "missing"),
    *("prediction", "weighting", "multiplicity", "phenotypes", "safety"),
)
NOT_RESULTS = {"Solution", "Aligned"}  # handed from one step of a method to the next


def fields() -> list:
    """Every numeric field of every result that a statistical package returns."""
    found = []
    for package in STATISTICS:
        top = importlib.import_module(f"analysis.{package}")
        inner = pkgutil.walk_packages(getattr(top, "__path__", []), f"analysis.{package}.")
        for module in [top, *(importlib.import_module(each.name) for each in inner)]:
            for made in vars(module).values():
                if dataclasses.is_dataclass(made) and made.__module__ == module.__name__:
                    numeric = [f for f in dataclasses.fields(made) if f.type in (int, float, "int", "float")]
                    found += [(made.__name__, f.name) for f in numeric if made.__name__ not in NOT_RESULTS]
    return sorted(set(found))


@pytest.mark.parametrize(("made", "field"), fields())
def test_every_number_that_an_estimator_returns_has_a_kind(made, field):
    assert kinds.kind_of(field) in kinds.KINDS, f"{made}.{field}"


def published() -> list[Path]:
    return sorted((ROOT / "reports" / "_site").glob("*/*/results.csv"))


@pytest.mark.skipif(not published(), reason="no report is published in this checkout")
def test_every_published_result_has_a_kind():
    for file in published():
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
        if "kind" not in rows:
            pytest.skip(f"{file.parent.name} was published before results had kinds")
        assert set(rows["kind"]) <= set(kinds.KINDS), file


@pytest.mark.skipif(not published(), reason="no report is published in this checkout")
def test_no_published_result_is_named_after_a_subject():
    from pipeline.share.ids import Searched
    from pipeline.share.spelling import folded

    for file in published():
        study, report = file.parts[-3:-1]
        subjects = ROOT / "build" / study / report / "data" / "subjects.parquet"
        if not subjects.is_file():
            pytest.skip(f"the data of {study}/{report} are gone")
        ids = {str(one) for one in pd.read_parquet(subjects)["subject_id"]}
        names = pd.read_csv(file, dtype=str, keep_default_na=False)["result_id"]
        text = Searched.of(folded("\n".join(names)))
        keys = {key for name in names for key in name.split(".")}
        assert not [
            one for one in ids if text.holds(folded(one)) or (len(one) > 3 and folded(one) in keys)
        ], file
