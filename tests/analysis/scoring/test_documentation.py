"""Every public function of the package explains itself, with an example that runs."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

from analysis import scoring

FUNCTIONS = [name for name in scoring.__all__ if inspect.isfunction(getattr(scoring, name))]
WITHOUT_PARAMETERS = {"important_differences", "instrument_table", "state_limits"}
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def test_public_names_are_unique_and_there():
    assert len(scoring.__all__) == len(set(scoring.__all__))
    assert [name for name in scoring.__all__ if not hasattr(scoring, name)] == []


# What scores are made with and looked up by, rather than scores; `within_all` of the states is another.
MADE_WITH = {"core_set", "flags", "possible", "ranges", "registry.instrument", "vectors"}


def test_every_score_is_among_the_public_names():
    own = {
        f"{found.name}:{name}"
        for found in pkgutil.walk_packages(scoring.__path__)
        if found.name not in MADE_WITH
        for name, thing in vars(importlib.import_module(f"analysis.scoring.{found.name}")).items()
        if inspect.isfunction(thing)
        and thing.__module__ == f"analysis.scoring.{found.name}"
        and name[0] != "_"
    }
    assert len(own) > 40
    assert {each for each in own if each.partition(":")[2] not in scoring.__all__} == {"states:within_all"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring_has_the_sections_of_a_public_function(name):
    text = inspect.getdoc(getattr(scoring, name))
    wanted = {"Parameters", "Returns", "Examples"} - ({"Parameters"} if name in WITHOUT_PARAMETERS else set())
    assert {section for section in wanted if f"\n{section}\n---" in text} == wanted
    assert ">>>" in text


@pytest.mark.parametrize(
    "module", [m.name for m in pkgutil.walk_packages(scoring.__path__, "analysis.scoring.")]
)
def test_examples_give_what_they_show(module):
    loaded = importlib.import_module(module)
    result = doctest.testmod(loaded, optionflags=OPTIONS, verbose=False)
    public = [
        n
        for n, f in vars(loaded).items()
        if inspect.isfunction(f) and f.__module__ == module and n in FUNCTIONS
    ]
    assert result.failed == 0
    assert result.attempted >= len(public)
