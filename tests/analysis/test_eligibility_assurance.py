"""Every patient with a known answer, tests/assurance/*.yml, through the engine."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from analysis.eligibility import assurance

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "tests" / "assurance").glob("*.yml"))


def parsed(file):
    return yaml.safe_load(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_patients_with_known_answers(file):
    cases = parsed(file)
    protocol = parsed(ROOT / "params" / cases["study"] / "eligibility.yml")

    table = assurance.check(cases, protocol=protocol)

    wrong = table.loc[~table["agrees"], ["case", "item", "expected", "got", "reason"]]
    assert wrong.empty, "\n" + wrong.to_string()


def test_every_worked_case_of_the_definition_is_there():
    drawn = assurance.draw(parsed(ROOT / "tests" / "assurance" / "ra_d2t.yml")["expect"])

    assert {f"D{n}" for n in range(1, 11)} <= set(drawn["subject_id"])


CASES = {
    "eligibility": {
        "index_date": "day",
        "criteria": [
            {
                "id": "E",
                "label": "e",
                "kind": "exclusion",
                "rule": "is_true",
                "text": "e",
                "settings": {"column": "e"},
            }
        ],
    },
    "tables": {"subjects": "subject_id | day | e\na | 2024-01-01 | True\nb | 2024-01-01 | "},
    "expect": "subject_id | reason | E | status\na | said so | True | eligible\nb | empty | NA | query",
}


def test_a_wrong_expectation_is_told():
    table = assurance.check(CASES)

    assert table[["case", "item", "expected", "got", "agrees"]].to_numpy().tolist() == [
        ["a", "E", "yes", "yes", True],
        ["a", "status", "eligible", "ineligible", False],
        ["b", "E", "not recorded", "not recorded", True],
        ["b", "status", "query", "query", True],
    ]


def test_a_patient_without_expectation_is_refused():
    with pytest.raises(ValueError, match="1 subjects are not both in 'subjects' and in 'expect'"):
        assurance.check(CASES | {"expect": "subject_id | reason | E\na | said so | True"})


def test_an_expectation_that_names_nothing_is_refused():
    with pytest.raises(ValueError, match="'expect' names \\['stauts'\\]"):
        assurance.check(CASES | {"expect": CASES["expect"].replace("status", "stauts")})


def test_a_drawn_table_must_be_even():
    with pytest.raises(ValueError, match="rows \\['a'\\] have not as many cells"):
        assurance.draw("subject_id | n\na | 1 | 2")


def test_a_drawn_table_may_have_a_rule_below_its_head():
    drawn = assurance.draw("subject_id | n | start_date\n-----------|---|---\na | 1.5 | 2024-01")

    pd.testing.assert_frame_equal(
        drawn, pd.DataFrame({"subject_id": ["a"], "n": [1.5], "start_date": ["2024-01"]}), check_dtype=False
    )
