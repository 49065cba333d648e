"""What a render resolves before it runs: every name that a notebook is given is looked up, and told by its file."""

import json

import pytest
from checkout import of_project
from planning import gathered

from analysis.study import StudyFileError

GIVEN = "  - name: baseline\n    parameters: {{{}}}\n"


@pytest.fixture(scope="module")
def auranofin_files(tmp_path_factory):
    """The study's files; nothing is rendered."""
    return of_project(tmp_path_factory.mktemp("resolve") / "checkout", "ra_auranofin")


@pytest.fixture
def given(auranofin_files):
    """Function: give the notebook `baseline` of the final report these parameters, and plan it."""
    file = auranofin_files.file("params", "ra_auranofin", "final.yml")
    before = file.read_text(encoding="utf-8")

    def plan(parameters: str) -> None:
        file.write_text(before.replace("  - name: baseline\n", GIVEN.format(parameters)), encoding="utf-8")
        with gathered(auranofin_files, studies=["ra_auranofin"], reports=["final"]):
            pass

    yield plan
    file.write_text(before, encoding="utf-8")


def test_a_parameter_that_the_notebook_does_not_have_is_refused_before_anything_runs(given):
    with pytest.raises(
        StudyFileError, match=r"params/ra_auranofin/final\.yml:\d+: .*unknown parameter 'visitt'"
    ) as told:
        given("visitt: W00")
    assert "snapshot" not in str(told.value)


def test_a_name_that_does_not_exist_is_refused_with_the_nearest_and_one_that_does_passes(given):
    given("population: ALL")
    with pytest.raises(
        StudyFileError, match=r"params/ra_auranofin/final\.yml:\d+: .*did you mean .?ANALYSED"
    ):
        given("population: ANALYSD")


def test_what_was_looked_up_is_looked_up_again_when_the_notebook_changes(given, auranofin_files):
    given("")
    kept = auranofin_files.file("build", "state", "resolved-ra_auranofin-final.json")
    first = json.loads(kept.read_text(encoding="utf-8"))["notebooks"]
    file = auranofin_files.file("notebooks", "baseline.ipynb")
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    given("")
    second = json.loads(kept.read_text(encoding="utf-8"))["notebooks"]
    assert {name for name in first if first[name] != second[name]} == {"notebooks/baseline.ipynb"}
