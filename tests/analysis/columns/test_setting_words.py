"""Settings of eligibility criteria in words: what decides is said, where it is read is not."""

import ast
import re
from collections.abc import Sequence
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from analysis import read
from analysis.columns import TABLES
from analysis.columns.settings import NAMES, PLACES, TURNED, settings_in_words, spoken, value_in_words
from analysis.columns.words import WORDS
from analysis.eligibility.criteria import RULES, read_protocol, setting_names, settings_taker
from analysis.eligibility.findings import FIELD
from analysis.language import languages, speaking, tr
from analysis.references import VisitColumn, _unwrapped
from analysis.responses import RULES as RESPONSES

MACHINE = ("_", "{", "[", "None", "True", "False", "=")


@pytest.fixture(params=["ra_cohort", "dm_abatacept"])
def criteria(request, root):
    from analysis.read.criteria import criteria

    return read_protocol(criteria(root / "params" / request.param / "eligibility.yml")).criteria


def test_every_setting_of_a_registered_study_is_said_without_a_code(criteria):
    said = {entry.id: settings_in_words(entry.settings, rule=entry.rule) for entry in criteria}
    assert any(said.values())
    assert not {key: text for key, text in said.items() if any(mark in text for mark in MACHINE)}


@pytest.mark.parametrize("rule", RULES)
def test_every_setting_of_a_rule_has_words(rule):
    silent = [name for name in setting_names(rule) if name not in NAMES and not PLACES.search(name)]
    assert [name for name in silent if (rule, name) not in TURNED] == []


def may_be_any_text(annotation):
    """Whether a type lets every text through: none that says what it names, and no choice."""
    kind, inner = _unwrapped(annotation)
    if kind or get_origin(inner) is Literal:
        return False
    return inner is str or any(may_be_any_text(part) for part in get_args(inner) if part is not Ellipsis)


@pytest.mark.parametrize(
    "taker", [*map(settings_taker, RULES), *RESPONSES.values()], ids=lambda f: f.__name__
)
def test_every_text_of_a_setting_says_what_it_names(taker):
    hints = get_type_hints(taker, include_extras=True)
    assert [name for name, hint in hints.items() if may_be_any_text(hint)] == []


def test_a_setting_that_may_be_any_text_is_seen():
    assert (
        may_be_any_text(str | None) and may_be_any_text(dict[str, float]) and may_be_any_text(Sequence[str])
    )
    assert not may_be_any_text(VisitColumn | None) and not may_be_any_text(Literal["yes", "no"])


def untold(code):
    """Evidence that is no message of the catalogue: words outside a call, in the line of the finding."""
    calls = [
        n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Call) and ast.unparse(n.func) == "Finding"
    ]
    given = [k.value for call in calls for k in call.keywords if k.arg in ("text", "detail_text")]
    texts = [n for text in given if not isinstance(text, ast.Call) for n in ast.walk(text)]
    said = [n.value for n in texts if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [text for text in said if re.search(r"[A-Za-z]{2}", FIELD.sub("", text))]


def test_the_evidence_of_every_rule_is_in_the_catalogue(root):
    files = sorted((root / "src" / "analysis" / "eligibility").rglob("*.py"))
    assert {file.name: found for file in files if (found := untold(file.read_text("utf-8")))} == {}
    assert untold('Finding(text=f"{{tender}} tender joints ({least} asked for)")')


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


def test_every_value_of_a_declared_category_has_words_in_every_language():
    values = {
        (name, value) for declared in TABLES.values() for name in declared for value in declared[name].allowed
    }
    assert len(values) > 100
    assert sorted((name, value) for name, value in values if value not in WORDS.get(name, {})) == []
    for language in set(languages()) - {"en"}:
        with speaking(language):
            same = {WORDS[name][value] for name, value in values if WORDS[name][value].isascii()}
        assert same == {"EQ-5D-3L", "EQ-5D-5L"}, language


@pytest.mark.parametrize("study", ["ra_cohort", "dm_abatacept", "ra_auranofin"])
def test_every_value_of_a_category_of_a_study_has_words_in_every_language(root, study):
    folder = root / "params" / study
    variables = read.study(folder / "study.yml").variables.values()
    values = [value for entry in variables if entry.type == "category" for value in entry.allowed]
    for language in set(languages()) - {"en"}:
        with speaking(language, folder / f"{language}.po"):
            assert [value for value in values if tr(value) == value] == []
