"""Executed notebooks on their way into a stage."""

import copy
import json

import pytest

from pipeline.render import RenderError, number, stage_notebook
from pipeline.render.notebook import cell_options, read_cells, to_markdown
from pipeline.render.staging import fence_tables


def options(content: dict, place: int) -> dict:
    return cell_options(content["cells"][place]["source"])


def test_a_caption_computed_from_the_data_becomes_an_option_of_the_cell(raw_notebook):
    staged = stage_notebook(raw_notebook)
    assert options(staged, 0)["tbl-cap"] == "Baseline characteristics, n = 20"
    assert options(staged, 2) == {
        "label": "fig-change",
        "echo": False,
        "fig-cap": "Mean CDAI by visit, n = 18",
        "fig-alt": "Mean CDAI falls from 24.1 to 15.8 at week 24.",
    }


def test_a_computed_caption_replaces_the_typed_one(raw_notebook):
    raw_notebook["cells"][1]["outputs"][0]["metadata"] = {"tbl-cap": 'New: "quoted", 5 %'}
    assert options(stage_notebook(raw_notebook), 1)["tbl-cap"] == 'New: "quoted", 5 %'


def test_traces_of_the_run_are_gone_and_the_original_is_untouched(raw_notebook):
    before = copy.deepcopy(raw_notebook)
    staged = stage_notebook(raw_notebook)
    assert raw_notebook == before
    assert "papermill" not in json.dumps(staged)


def test_html_tables_in_markdown_are_fenced_once():
    table = "Before\n\n<table>\n<tr><td>1</td></tr>\n</table>\n\nAfter"
    fenced = fence_tables(table)
    assert fenced == "Before\n\n```{=html}\n<table>\n<tr><td>1</td></tr>\n</table>\n```\n\nAfter"
    assert fence_tables(fenced) == fenced


def test_options_that_are_no_yaml_are_a_clear_error():
    with pytest.raises(RenderError, match="cell options are not valid YAML"):
        cell_options("#| label: [x\nshow()")


def test_quotes_and_backslashes_survive_in_a_caption(stage_with, tmp_path):
    stage = stage_with()
    cells = read_cells(stage / "notebooks" / "change.ipynb", "notebooks/change.ipynb")
    text = to_markdown(cells[1], "html", tmp_path)
    assert r'tbl-cap="Change from baseline in CDAI, \"observed cases\", 95 % CI"' in text


def test_a_number_leaves_out_what_is_not_known():
    assert number("3", "a.b", n=None, method="", unit="mm") == '[3]{.result data-id="a.b" data-unit="mm"}'


def test_the_html_for_jupyterlab_does_not_reach_the_report(raw_notebook):
    shown = next(o for c in raw_notebook["cells"] for o in c["outputs"] if "text/markdown" in o["data"])
    shown["data"]["text/html"] = "<table><tr><td>1</td></tr></table>"
    staged = stage_notebook(raw_notebook)
    assert not any("text/html" in o["data"] for c in staged["cells"] for o in c["outputs"])
