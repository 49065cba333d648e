"""Parameters of notebooks that name things: each says what, and names of nothing are refused before anything runs."""

from pathlib import Path

import nbformat
import pytest

from analysis import read
from analysis.study.catalogue import Catalogue
from pipeline.checks import Notebooks, notebook_findings
from pipeline.parameters import declared, parameter_findings

ROOT = Path(__file__).parents[2]
CELL = """study: str = "x"  # folder
visit: str = "W48"  # visit: compared with baseline
shown: list[str] = []  # response: those of the table; all when empty
order: str = "size"  # one of size, name: order of the rows
heading: str = ""  # text: above the table
reason: str = ""  # treatments.stop_reason: counted apart
odd: str = "x"  # vist: a kind that is none"""


@pytest.fixture(scope="module")
def study():
    return read.study(ROOT / "params" / "ra_cohort" / "study.yml")


@pytest.fixture(scope="module")
def catalogue(study):
    return Catalogue(study, criteria=study._criteria)


def book(cell: str = CELL):
    """A notebook with that cell of parameters."""
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell, metadata={"tags": ["parameters"]})]
    )


def test_a_comment_says_what_a_parameter_names():
    found = declared(book())
    assert (found["visit"].kind, found["visit"].meaning) == ("visit", "compared with baseline")
    assert found["order"].choices == ("size", "name")
    assert found["shown"].default == []


@pytest.mark.parametrize(
    ("given", "place", "message"),
    [
        ({"visit": "W84"}, ("visit",), "no visit 'W84'; did you mean 'W48'? There are W00, W04, W12, W24, W48"),
        ({"shown": ["acr20", "acr5O"]}, ("shown", 1), "no response 'acr5O'; did you mean 'acr50'?"),
        ({"order": "sise"}, ("order",), "no choice 'sise'; did you mean 'size'?"),
        ({"reason": "adverse"}, ("reason",), "did you mean 'adverse_event'?"),
    ],
)  # fmt: skip
def test_a_name_of_nothing_is_refused_with_the_nearest_and_what_there_is(catalogue, given, place, message):
    found = dict(parameter_findings(book(), {**given, "odd": ""}, catalogue))
    assert message in found[place]


def test_an_empty_text_and_free_text_name_nothing(catalogue):
    given = {"visit": "", "heading": "Whatever stands here", "odd": ""}
    assert list(parameter_findings(book(), given, catalogue)) == []


def test_a_kind_that_is_none_is_refused_too(catalogue):
    ((place, message),) = parameter_findings(book(), {}, catalogue)
    assert place == ("odd",)
    assert "'vist:' is no kind of name; did you mean 'visit'?" in message


def test_the_default_of_another_study_is_asked_for():
    other = read.study(ROOT / "params" / "ra_auranofin" / "study.yml")
    found = dict(parameter_findings(book(), {"odd": ""}, Catalogue(other)))
    assert "no visit 'W48'" in found[("visit",)]
    assert "(the default of the notebook; give visit in this file)" in found[("visit",)]


def test_a_report_that_lists_a_notebook_that_is_not_there_is_told_the_nearest(study):
    analysis = read.analysis(ROOT / "params" / "ra_cohort" / "final.yml", study)
    entry = analysis.notebooks[0].model_copy(update={"name": "data_qualty"})
    changed = analysis.model_copy(update={"notebooks": [entry, *analysis.notebooks[1:]]})
    ((place, message),) = notebook_findings(changed, study, Notebooks(ROOT / "notebooks"))
    assert place == ("notebooks", 0, "name")
    assert message.startswith("no notebook 'data_qualty'; did you mean 'data_quality'?")
