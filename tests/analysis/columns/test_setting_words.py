"""Settings of eligibility criteria in words: what decides is said, where it is read is not."""

import pytest

from analysis.columns.settings import NAMES, settings_in_words, spoken, value_in_words
from analysis.eligibility.criteria import RULES, read_protocol, setting_names

MACHINE = ("_", "{", "[", "None", "True", "False", "=")


@pytest.fixture(params=["ra_cohort", "dm_abatacept"])
def criteria(request, root):
    from analysis.read.criteria import criteria

    return read_protocol(criteria(root / "params" / request.param / "eligibility.yml")).criteria


def test_every_setting_of_a_registered_study_is_said_without_a_code(criteria):
    said = {entry.id: settings_in_words(entry.settings, rule=entry.rule) for entry in criteria}
    assert any(said.values())
    assert not {key: text for key, text in said.items() if any(mark in text for mark in MACHINE)}


def test_an_exclusion_below_a_minimum_is_not_called_at_least():
    assert settings_in_words({"minimum_days": 365}, rule="csdmard_days") == "at least, days: 365"
    assert settings_in_words({"minimum_days": 365}, rule="dmard_days_below") == "shorter than, days: 365"


def test_a_limit_of_zero_is_said_and_an_empty_setting_is_not():
    assert settings_in_words({"minimum_days": 0, "lookback_days": None, "dose_columns": ["dose"]}) == (
        "at least, days: 0"
    )


def test_values_are_words():
    assert value_in_words(True) == "yes"
    assert value_in_words({"das28_crp": 2.9}) == "DAS28-CRP 2.9"
    assert value_in_words([304, 426]) == "304, 426"
    assert spoken("stopped for access_cost on 2024-01-01") == "stopped for access cost on 2024-01-01"


def test_every_name_in_words_is_a_setting_of_some_rule():
    known = {name for rule in RULES for name in setting_names(rule)}
    assert not set(NAMES) - known
