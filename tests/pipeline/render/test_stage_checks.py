"""Faults that are found before rendering, each named with file, line and the nearest valid name."""

import json

import pytest

from pipeline.render import RenderError, render
from pipeline.render.checks import check_stage, lint_source

HEAD = "---\ntitle: T\nbibliography: references.bib\n---\n\n"


@pytest.fixture
def faults(stage_with):
    def get(source: str, to: str = "html") -> list[str]:
        return [str(problem) for problem in check_stage(stage_with(HEAD + source), to)]

    return get


def change_notebook(stage, change):
    file = stage / "notebooks" / "change.ipynb"
    content = json.loads(file.read_text(encoding="utf-8"))
    change(content)
    file.write_text(json.dumps(content), encoding="utf-8")


def test_the_small_report_has_no_faults(stage):
    assert [check_stage(stage, to) for to in ("html", "docx", "pdf")] == [[], [], []]


def test_an_unknown_result_is_named_with_the_nearest_one(faults):
    assert faults("{{< var change.cdai.w24.estimat >}}") == [
        "index.qmd:6: result change.cdai.w24.estimat does not exist; nearest is 'change.cdai.w24.estimate'"
    ]


def test_a_branch_of_results_is_no_result(faults):
    assert "result change.cdai.w24 does not exist" in faults("{{< var change.cdai.w24 >}}")[0]


def test_unknown_metadata_is_a_fault(faults):
    assert "metadata stat does not exist; nearest is 'state'" in faults("{{< meta stat >}}")[0]


def test_a_missing_notebook_is_a_fault(faults):
    assert faults("{{< embed notebooks/chnage.ipynb#tbl-change >}}") == [
        "index.qmd:6: notebook notebooks/chnage.ipynb does not exist; nearest is 'notebooks/change.ipynb'"
    ]


def test_a_missing_cell_is_a_fault(faults):
    assert (
        "has no cell labelled 'tbl-chang'; nearest is 'tbl-change'"
        in faults("{{< embed notebooks/change.ipynb#tbl-chang >}}")[0]
    )


def test_unresolved_references_and_citations_are_faults(faults):
    found = faults("# One {#sec-one}\n\nSee @sec-won and @fig-none; [@studnet1908].\n")
    assert found == [
        "index.qmd:8: @sec-won: no such label; nearest is 'sec-one'",
        "index.qmd:8: @fig-none: no such label; none is known",
        "index.qmd:8: @studnet1908: no such reference; nearest is 'student1908'",
    ]


def test_mail_addresses_and_code_are_no_citations(faults):
    assert faults("Write to pi@example.org; `@fig-none`.\n\n```\n@fig-none {{< nothing >}}\n```\n") == []


def test_a_label_given_twice_is_a_fault(faults):
    twice = "{{< embed notebooks/change.ipynb#tbl-change >}}\n\n" * 2
    assert faults(twice) == ["index.qmd:8: label tbl-change is given twice; first at index.qmd:6"]


def test_what_a_format_hides_is_not_checked_for_it(faults):
    hidden = '::: {.content-visible when-format="docx"}\n{{< var nothing.here >}}\n:::\n'
    assert faults(hidden, "html") == []
    assert len(faults(hidden, "docx")) == 1


def test_faults_in_a_shared_part_name_the_part(stage_with):
    stage = stage_with(HEAD + "{{< include parts/_methods.qmd >}}\n")
    (stage / "parts" / "_methods.qmd").write_text("One.\n\n{{< var two >}}\n", encoding="utf-8")
    assert [str(problem) for problem in check_stage(stage, "html")] == [
        "parts/_methods.qmd:3: result two does not exist; 7 are known"
    ]


@pytest.mark.parametrize(
    ("option", "message"),
    [("tbl-cap", "has no tbl-cap"), ("label", "no cell labelled 'tbl-baseline'")],
)
def test_a_table_without_caption_or_label_is_a_fault(stage_with, option, message):
    stage = stage_with(HEAD + "{{< embed notebooks/change.ipynb#tbl-baseline >}}\n")

    def drop(content):
        cell = content["cells"][0]
        cell["source"] = "\n".join(
            row for row in cell["source"].split("\n") if not row.startswith(f"#| {option}")
        )

    change_notebook(stage, drop)
    assert any(message in str(problem) for problem in check_stage(stage, "html"))


def test_a_figure_without_alternative_text_is_a_fault(stage_with):
    stage = stage_with(HEAD + "{{< embed notebooks/change.ipynb#fig-change >}}\n")

    def drop(content):
        cell = content["cells"][2]
        cell["source"] = "\n".join(row for row in cell["source"].split("\n") if "fig-alt" not in row)

    change_notebook(stage, drop)
    assert [str(problem) for problem in check_stage(stage, "html")] == [
        "index.qmd:6: notebooks/change.ipynb#fig-change: has no fig-alt"
    ]


def test_a_cell_that_shows_html_only_is_a_fault(stage_with):
    stage = stage_with(HEAD + "{{< embed notebooks/change.ipynb#tbl-change >}}\n")

    def html(content):
        content["cells"][1]["outputs"][0]["data"] = {"text/html": "<table></table>", "text/plain": "x"}

    change_notebook(stage, html)
    assert "shows HTML; show Markdown" in str(check_stage(stage, "html")[0])


def test_a_notebook_that_was_not_executed_is_a_fault(stage_with):
    stage = stage_with(HEAD + "{{< embed notebooks/change.ipynb#tbl-change >}}\n")

    def clear(content):
        content["cells"][1]["outputs"] = []

    change_notebook(stage, clear)
    assert "the cell shows nothing; execute the notebook first" in str(check_stage(stage, "html")[0])


def test_a_shortcode_inside_a_notebooks_output_is_a_fault(stage_with):
    stage = stage_with(HEAD + "{{< embed notebooks/change.ipynb#tbl-change >}}\n")

    def add(content):
        content["cells"][1]["source"] = '#| label: tbl-change\n#| tbl-cap: "n = {{< var a >}}"\nshow()'

    change_notebook(stage, add)
    assert "holds a shortcode" in str(check_stage(stage, "html")[0])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{< video x.mp4 >}}", "unknown shortcode 'video'"),
        ("{{< vra x >}}", "unknown shortcode 'vra'; nearest is 'var'"),
        ("Text {{< embed notebooks/change.ipynb#tbl-change >}}", "embed stands alone on its line"),
        ("{{< embed notebooks/change.ipynb#tbl-change echo=true >}}", "embed takes one argument"),
        ("```{python}\n1 + 1\n```", "a report does not compute: move the python cell into a notebook"),
        ("n = `{python} n`", "a report does not compute: publish the number"),
        ("```{=typst}\n#pagebreak()\n```", "raw blocks of one format do not reach the others"),
        ("::: {.panel-sidebar}\n:::", "class .panel-sidebar works in one renderer only"),
        ("::: {layout-ncol=2}\n:::", "attribute layout-ncol works in one renderer only"),
        ("::: {.callout-danger}\nx\n:::", "unknown callout .callout-danger"),
        ("::: callout-danger\nx\n:::", "class .callout-danger works in one renderer only"),
        ("$$ x $$ {#eq-one}", "numbered equations are not supported"),
        ('::: {.content-visible when-format="pdf"}\n:::', "format 'pdf' is not one of"),
        ("<table><tr><td>1</td></tr></table>", "put the HTML table into a"),
        ("<script>alert(1)</script>", "raw HTML does not reach Word and PDF"),
        ("![x](https://example.org/a.png)", "is fetched from elsewhere"),
        ("![x](missing.png)", "image missing.png does not exist"),
        ("![x](design.png){#fig-new}", "image design.png has no fig-alt"),
    ],
)
def test_what_one_renderer_does_not_know_is_refused(faults, source, message):
    found = faults(source)
    assert any(fault.startswith("index.qmd:") and message in fault for fault in found), found


def test_linting_knows_the_lines_of_the_parts(stage_with):
    stage = stage_with(HEAD + "{{< include parts/_methods.qmd >}}\n")
    (stage / "parts" / "_methods.qmd").write_text(
        "One.\n\n{{< include parts/_more.qmd >}}\n", encoding="utf-8"
    )
    assert [str(problem) for problem in lint_source(stage)] == [
        "parts/_methods.qmd:3: a shared part includes no further part"
    ]


def test_a_missing_part_and_bad_yaml_are_faults(stage_with, tmp_path):
    with pytest.raises(RenderError, match=r"index.qmd:6: parts/_mehtods.qmd does not exist"):
        render(
            stage_with(HEAD + "{{< include parts/_mehtods.qmd >}}\n"), to="html", output=tmp_path / "x.html"
        )
    with pytest.raises(RenderError, match=r"index.qmd:2: expected"):
        render(stage_with("---\ntitle: [1\n---\n"), to="html", output=tmp_path / "x.html")


def test_every_fault_is_listed_at_once(stage_with, tmp_path):
    source = HEAD + "{{< var a >}}\n\n{{< meta b >}}\n\n@fig-c\n"
    with pytest.raises(RenderError) as caught:
        render(stage_with(source), to="html", output=tmp_path / "x.html", engine="embedded")
    assert [problem.line for problem in caught.value.problems] == [6, 8, 10]
    assert len(str(caught.value).splitlines()) == 4
