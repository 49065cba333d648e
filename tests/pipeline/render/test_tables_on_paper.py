"""Long tables on paper, by both renderers: nothing stands between their parts, and what belongs together stays so."""

import re

import pytest
from paper import sheets

from pipeline.render import render

ENGINES = ["embedded", pytest.param("quarto", marks=pytest.mark.quarto)]
FIGURE = "{{< embed notebooks/change.ipynb#fig-change >}}"
LONG_NAME = (
    "Manual muscle testing of eight muscle groups by the physician on the dominant side, sitting or lying"
)


def measures(first: int, many: int) -> str:
    """Rows of three lines each, a mean and what is told below it."""
    return "\n".join(
        f'<tbody><tr><th scope="rowgroup">Measure {n}, mean (SD)</th><td>{n}.5</td></tr>'
        f'<tr><th scope="row">median of {n}</th><td>{n}</td></tr>'
        f'<tr><th scope="row">missing of {n}</th><td>1</td></tr></tbody>'
        for n in range(first, first + many)
    )


def as_float(rows: str, name: str = "tbl-long") -> str:
    head = '<thead><tr><th scope="col">Measure</th><th scope="col">All</th></tr></thead>'
    return f"::: {{#{name}}}\n```{{=html}}\n<table>{head}\n{rows}\n</table>\n```\n\nA long table\n:::\n"


def report(*, lines: int, rows: str) -> str:
    above = "\n\n".join(["Text above."] * lines)
    parts = [
        "---\ntitle: Paper\n---",
        "# Results",
        above,
        FIGURE,
        "Text between.",
        as_float(rows),
        "Text below.\n",
    ]
    return "\n\n".join(parts)


@pytest.fixture
def printed(stage_with, tmp_path):
    """Function: the pages of a source as a PDF."""

    def get(source: str, engine: str):
        return sheets(render(stage_with(source), to="pdf", output=tmp_path / "x.pdf", engine=engine).path)

    return get


def places(pages, pattern: str) -> list[tuple[int, float, str]]:
    """Page, height and text of the lines that are like a pattern, in the order of the paper."""
    return sorted(
        (sheet.number, line.top, line.text)
        for sheet in pages
        for line in sheet.lines
        if re.search(pattern, line.text)
    )


@pytest.mark.usefixtures("pdf_pages")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("lines", [4, 12, 20])
def test_no_figure_stands_between_the_parts_of_a_table(printed, engine, lines):
    pages = printed(report(lines=lines, rows=measures(1, 28)), engine)
    rows = places(pages, r"^(Measure \d|median of|missing of)")
    figure = places(pages, r"^Figure 1")
    assert len({number for number, *_ in rows}) > 1, "the table is not longer than a page"
    assert len(figure) == 1
    assert not rows[0] < figure[0] < rows[-1]


# lines before a figure: with one number at least it has no room left on their page
LINES = (18, 24, 30)


def lines_before_the_figure(pages) -> tuple[int, tuple]:
    """How many lines stand on earlier pages than the figure, and its place."""
    (figure, *_), lines = places(pages, r"^Figure S?1"), places(pages, r"^A line of the report")
    return sum(line[0] < figure[0] for line in lines), figure


@pytest.mark.usefixtures("pdf_pages")
@pytest.mark.parametrize("engine", ENGINES)
def test_text_goes_on_where_a_figure_waits_for_the_next_page(printed, engine):
    more = []
    for number in LINES:
        text = "\n\n".join(["A line of the report."] * number)
        pages = printed(f"---\ntitle: Paper\n---\n\n# Results\n\n{text}\n\n{FIGURE}\n\n{text}\n", engine)
        more.append(lines_before_the_figure(pages)[0] - number)
    assert max(more) > 2  # more than what stands above the figure in the source


@pytest.mark.usefixtures("pdf_pages")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("lines", [1, 2, 3])
def test_what_is_told_of_a_measure_stays_with_it(printed, engine, lines):
    pages = printed(report(lines=lines, rows=measures(1, 28)), engine)
    on: dict[str, set[int]] = {}
    for number, _, text in places(pages, r"^(Measure \d|median of|missing of)"):
        on.setdefault(re.search(r"\d+", text)[0], set()).add(number)
    assert len(on) == 28
    assert {name for name, numbers in on.items() if len(numbers) > 1} == set()


@pytest.mark.usefixtures("pdf_pages")
@pytest.mark.parametrize("lines", range(6))
def test_no_row_stands_alone_on_the_last_page_of_a_table(printed, lines):
    rows = (
        "<tbody>"
        + "".join(f'<tr><th scope="row">Row {n}</th><td>{n}</td></tr>' for n in range(50))
        + "</tbody>"
    )
    pages = printed(report(lines=lines, rows=rows).replace(FIGURE, ""), "embedded")
    last = [number for number, _, text in places(pages, r"^Row \d+")]
    assert len(last) == 50
    assert last.count(last[-1]) > 2


@pytest.mark.usefixtures("pdf_pages")
@pytest.mark.parametrize("engine", ENGINES)
def test_the_lines_of_a_name_that_steps_in_begin_below_each_other(printed, engine):
    wide = "<td>what was measured at the visit, told in many words, so that names must wrap</td>" * 2
    rows = (
        f'<tbody><tr><th scope="rowgroup" colspan="3">Strength</th></tr>'
        f'<tr><th scope="row">{LONG_NAME}</th>{wide}</tr></tbody>'
    )
    pages = printed(as_float(rows).replace("</th></tr></thead>", "</th><th>Visit</th></tr></thead>"), engine)
    begins: dict[int, float] = {}
    for text, left, top, *_ in (word for sheet in pages for line in sheet.body for word in line.words):
        if text in LONG_NAME.split() and len(text) > 3:
            begins[round(top)] = min(left, begins.get(round(top), left))
    assert len(begins) > 1
    assert max(begins.values()) - min(begins.values()) < 1


@pytest.mark.usefixtures("pdf_pages")
@pytest.mark.parametrize("engine", ENGINES)
def test_a_supplement_goes_on_with_its_next_part_where_a_figure_waits_but_not_beyond_its_first_section(
    stage_with, tmp_path, engine
):
    more = []
    for number in LINES:
        text = "\n\n".join(["A line of the report."] * number)
        second = (
            f"# Second {{#sec-b}}\n\n## One {{#sec-c}}\n\n{text}\n\n## Two {{#sec-d}}\n\nThe last words.\n"
        )
        source = f"---\ntitle: Paper\n---\n\n# First {{#sec-a}}\n\n{text}\n\n{FIGURE}\n\n{second}"
        stage = stage_with(source, document="supplement")
        pages = sheets(render(stage, to="pdf", output=tmp_path / "x.pdf", engine=engine).path)
        before, figure = lines_before_the_figure(pages)
        more.append(before - number)
        assert figure[0] <= places(pages, r"^The last words")[0][0]
    assert max(more) > 2
