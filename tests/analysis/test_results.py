"""The results table: one row per statistic, ids that never change, nothing rounded, nothing doubled."""

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from analysis import media, result_ids, results


@dataclass(frozen=True)
class Change:
    estimate: float
    p_value: float
    n_pairs: int
    n_missing: int
    exact: bool
    method: str


CHANGE = Change(-4.25, 0.012, 18, 2, True, "paired t")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("change", "FAS", "das28_esr", "W24", "", "estimate"), "change.fas.das28_esr.w24.all.estimate"),
        (("ae_term", "SAFETY", "Skin / Rash (itchy)"), "ae_term.safety.skin_rash_itchy"),
        (("a", "  ", "x y"), "a.all.x_y"),
    ],
)
def test_ids_are_lower_case_and_empty_parts_are_all(parts, expected):
    assert results.result_id(*parts) == expected


def test_a_dataclass_gives_a_row_per_number():
    rows = results.rows_of(CHANGE, analysis="change", variable="cdai", visit="W24", unit="points")
    assert rows["statistic"].tolist() == [
        "estimate",
        "p_value",
        "n_pairs",
        "n_missing",
    ]  # no text, no yes or no
    assert rows["value"].tolist() == [-4.25, 0.012, 18, 2]
    assert rows["unit"].tolist() == ["points", "", "", ""]
    assert set(rows["method"]) == {"paired t"}
    assert set(rows["n"]) == {18}
    assert set(rows["n_missing"]) == {2}


def test_a_mapping_may_count_n_instead_of_pairs():
    rows = results.rows_of({"mean": np.float64(1 / 3), "n": np.int64(3)}, analysis="a", variable="v")
    assert rows["value"].tolist() == [1 / 3, 3.0]
    assert set(rows["n"]) == {3}
    assert rows["n_missing"].isna().all()


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"analysis": "a"}, "a result needs .'variable'."),
        ({"analysis": "a", "variable": "v", "arm": "x"}, "unknown key .'arm'.; a result is keyed by"),
    ],
)
def test_keys_are_checked(keys, message):
    with pytest.raises(ValueError, match=message):
        results.rows_of({"n": 1}, **keys)


def test_anything_else_than_statistics_is_refused():
    with pytest.raises(ValueError, match="expected a dataclass or a mapping of statistics, got list"):
        results.rows_of([1, 2], analysis="a", variable="v")


def test_stacked_rows_with_one_id_are_refused():
    rows = results.rows_of(CHANGE, analysis="change", variable="cdai")
    with pytest.raises(
        ValueError, match=r"4 results share an id, e\.g\. change\.all\.cdai\.all\.all\.estimate"
    ):
        results.stack([rows, rows])


def test_stacking_nothing_gives_an_empty_table_with_the_columns():
    found = results.stack([pd.DataFrame(), pd.DataFrame()])
    assert len(found) == 0
    assert "result_id" in found
    assert "study" not in found


def test_published_rows_travel_as_json_with_missing_as_null():
    rows = results.rows_of({"estimate": float("nan"), "n": 0}, analysis="a", variable="v")
    bundle = results.publish(rows, study="s", report="final")._repr_mimebundle_()
    records = json.loads(json.loads(json.dumps(bundle[media.RESULTS]))["rows"])
    assert bundle["text/plain"] == "2 results published"
    assert [tuple(record) for record in records] == [results.COLUMNS] * 2
    assert [record["value"] for record in records] == [None, 0.0]
    assert {(record["study"], record["report"]) for record in records} == {("s", "final")}


def test_a_number_survives_publishing_to_the_last_bit():
    rows = results.rows_of({"estimate": 0.1 + 0.2}, analysis="a", variable="v")
    bundle = results.publish(rows, study="s", report="final")._repr_mimebundle_()
    (record,) = json.loads(json.loads(json.dumps(bundle[media.RESULTS]))["rows"])
    assert record["value"] == 0.1 + 0.2


def test_status_says_what_became_of_each_number():
    rows = results.rows_of({"estimate": 1.0, "conf_low": float("nan")}, analysis="a", variable="v")
    assert rows["status"].tolist() == ["estimated", "not estimated"]


def test_estimate_that_failed_keeps_its_rows_and_says_why():
    rows = results.not_estimated("no event", ["estimate", "p_value"], analysis="a", variable="v", method="m")
    assert rows[["statistic", "status", "note", "method"]].to_numpy().tolist() == [
        ["estimate", "not estimated", "no event", "m"],
        ["p_value", "not estimated", "no event", "m"],
    ]
    assert rows["value"].isna().all()


def test_note_of_a_result_goes_with_its_rows():
    rows = results.rows_of({"estimate": 1.0, "note": "4 pairs"}, analysis="a", variable="v")
    assert rows["note"].tolist() == ["4 pairs"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("头痛", "恶心"),
        ("安慰剂", "治疗组"),
        ("<5", ">=5"),
        ("<5", "<=5"),
        ("γ-GT", "β-GT"),
        ("CD4+", "CD4-"),
        ("-1", "1"),
        ("1-2", "1.2"),
        ("50 %", "50"),
        ("Müller", "Muller"),
        ("μg", "mg"),
        ("головная боль", "тошнота"),
    ],
)
def test_values_that_differ_in_meaning_have_ids_that_differ(one, other):
    assert results.result_id("a", one) != results.result_id("a", other)


@pytest.mark.parametrize(
    "text", ["头痛", "<5", ">=5", "γ_gt", "cd4+", "-1", "50%", "a*b", "x~y", "1-2", "｜", "a=b"]
)
def test_an_id_can_be_read_back(text):
    assert result_ids.id_parts(result_ids.result_id("a", text, "n")) == ("a", text, "n")


def test_an_id_holds_nothing_that_another_syntax_uses():
    name = results.result_id("a", '{{< x >}} $y$ "q" | ` <img src=x> &amp; \n=1', "n")
    assert not set(name) & set("{}<>$\"'|`&= \n\\")


def test_a_frame_of_ones_own_is_published_in_a_checked_form():
    own = pd.DataFrame(
        {
            "analysis": "infusions",
            "variable": "drops",
            "statistic": ["mean", "count"],
            "value": [4.5, 12],
            "visit": ["W04", "W04"],
            "n": [12, 12],
        }
    )
    shown = json.loads(
        results.publish(own, study="s", report="final")._repr_mimebundle_()[media.RESULTS]["rows"]
    )
    assert [row["result_id"] for row in shown] == [
        "infusions.all.drops.w04.all.mean",
        "infusions.all.drops.w04.all.count",
    ]
    assert [row["kind"] for row in shown] == ["mean", "persons"]
    assert {row["study"] for row in shown} == {"s"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"statistic": None}, "the frame has no statistic"),
        ({"colour": "red"}, "results have no column colour"),
        ({"value": "many"}, "'many' is no number"),
        ({"statistic": "wobble"}, "say what kind of number it is"),
    ],
)
def test_what_is_wrong_with_a_frame_of_ones_own_is_said(change, message):
    own = {"analysis": ["a"], "variable": ["v"], "statistic": ["mean"], "value": [1.0]}
    changed = {
        name: [value] if not isinstance(value, list) else value for name, value in {**own, **change}.items()
    }
    frame = pd.DataFrame({name: value for name, value in changed.items() if value != [None]})
    with pytest.raises(ValueError, match=message):
        results.publish(frame, study="s", report="final")


def test_a_row_without_a_value_always_has_a_reason():
    nothing = {
        "mean": 3.0,
        "sd": np.nan,
        "conf_low": np.nan,
        "median": np.nan,
        "threshold": np.nan,
        "effect": np.nan,
    }
    rows = results.rows_of({**nothing, "n": 1}, analysis="a", variable="v").set_index("statistic")
    assert rows.loc[["mean", "n"], "note"].tolist() == ["", ""]
    assert rows["note"].drop(["mean", "n"]).to_dict() == {
        "sd": "fewer than two values have no spread",
        "conf_low": "the data do not reach it",
        "median": "the data do not reach it",
        "threshold": "none is set",
        "effect": "the data do not give it",
    }
    said = results.rows_of({**nothing, "note": "nobody yet"}, analysis="a", variable="v")
    assert set(said["note"]) == {"nobody yet"}
