"""Tables as people meet them: whole on a laptop, foldable on a phone, untorn and unchanged on paper."""

import re

import pytest
from browsing import DESKTOP, PHONE

from pipeline.render import render

INTERVAL = "−18.6 (−30.3 to −16.9)"
HEADS = [
    "Visit",
    "n",
    "Mean (SD)",
    "Change (95 % CI)",
    "HL (95 % CI)",
    "p",
    "dz (95 % CI)",
    "Median [IQR]",
    "On",
]
CELLS = [
    "Week 24",
    "15 (5)",
    "142.7 (21.1)",
    INTERVAL,
    INTERVAL,
    "0.004",
    INTERVAL,
    "41.0 [40.8, 53.8]",
    "2021-06-26",
]


def row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


SOURCE = "\n".join(
    [
        "::: {#tbl-change}",
        row(HEADS),
        row([":---"] + ["---:"] * 7 + [":---"]),
        *[row(CELLS)] * 3,
        "",
        "Change of everything",
        ":::",
        "",
        "Nothing ([−18.6 (95 % CI −30.3 to −6.9)]{.result data-id='a.b' data-n='20'}), and so on.",
    ]
)


@pytest.fixture
def page(stage_with, tmp_path):
    return render(stage_with(SOURCE), to="html", output=tmp_path / "x.html", engine="embedded").path


OVERFLOW = "() => { const f = document.querySelector('.table-scroll'); return f.scrollWidth - f.clientWidth }"
LINES = "(cell) => Math.round(cell.getBoundingClientRect().height / 20)"


@pytest.mark.browser
def test_the_name_of_an_interval_is_whole_in_the_head_of_a_column(page):
    heads = re.findall(r"<th[^>]*>(.*?)</th>", page.read_text(encoding="utf-8"), re.DOTALL)
    named = [head for head in heads if "CI" in head]
    assert len(named) == 3
    assert [head for head in named if not re.search(r'<span class="whole">\(95\s%\sCI\)</span>', head)] == []


def test_a_table_of_changes_is_whole_on_a_laptop(open_page, page):
    tab = open_page(page, viewport=DESKTOP)
    assert tab.evaluate(OVERFLOW) <= 1
    assert tab.locator("#tbl-change td", has_text="2021-06-26").first.evaluate(LINES) <= 2


HIDDEN = """(frame) => {
    const names = frame.querySelector("tbody th").getBoundingClientRect().right;
    return [...frame.querySelectorAll("tbody td")].map(cell => cell.getBoundingClientRect())
        .filter(cell => cell.left < names - 2 && cell.right > names + 2).length
}"""


@pytest.mark.browser
def test_no_column_rests_half_behind_the_names_where_a_table_ends(open_page, page):
    tab = open_page(page, viewport=PHONE)
    frame = tab.locator(".table-scroll").first
    hidden = {}
    for width in range(330, 430, 9):
        tab.set_viewport_size({"width": width, "height": 800})
        tab.wait_for_timeout(150)
        frame.evaluate("frame => { frame.scrollLeft = 9999 }")
        tab.wait_for_timeout(150)
        assert frame.evaluate("frame => frame.scrollLeft") > 20
        hidden[width] = frame.evaluate(HIDDEN)
    assert set(hidden.values()) == {0}, hidden


@pytest.mark.browser
@pytest.mark.parametrize("name", ["Week 12", "Physician global, mm", "A measure with quite a long name"])
def test_no_column_rests_half_behind_the_names_wherever_a_reader_stops(open_page, stage_with, tmp_path, name):
    rows = [row([f"{name}", *CELLS[1:]])] * 3
    source = "\n".join(
        ["::: {#tbl-x}", row(HEADS), row([":---"] + ["---:"] * 7 + [":---"]), *rows, "", "X", ":::"]
    )
    made = render(stage_with(source), to="html", output=tmp_path / "x.html", engine="embedded").path
    frame = open_page(made, viewport=PHONE).locator(".table-scroll").first
    hidden = {}
    for place in range(0, 400, 37):
        frame.evaluate("(frame, place) => { frame.scrollTo({left: place, behavior: 'instant'}) }", place)
        frame.page.wait_for_timeout(400)
        hidden[place] = frame.evaluate(HIDDEN)
    assert set(hidden.values()) == {0}, hidden


@pytest.mark.browser
def test_names_beside_one_column_take_the_room_that_it_leaves(open_page, stage_with, tmp_path):
    name = "Duration of difficult-to-treat disease since the second mechanism failed, years, mean (SD)"
    head = '<thead><tr><th scope="col">Measure</th><th scope="col">All</th></tr></thead>'
    body = f'<tbody><tr><th scope="row">{name}</th><td>0.9 (0.91)</td></tr></tbody>'
    source = f"::: {{#tbl-x}}\n```{{=html}}\n<table>{head}{body}</table>\n```\n\nX\n:::"
    made = render(stage_with(source), to="html", output=tmp_path / "x.html", engine="embedded").path
    cell = open_page(made, viewport=PHONE).locator("tbody th").first
    assert cell.evaluate("(cell) => cell.offsetWidth / cell.closest('table').offsetWidth") > 0.6


@pytest.mark.browser
def test_intervals_stay_in_one_piece_under_their_estimates_on_a_phone(open_page, page):
    tab = open_page(page, viewport=PHONE)
    interval = tab.locator("#tbl-change td .under").first
    assert interval.inner_text() == "(−30.3 to −16.9)"
    assert interval.evaluate("(part) => getComputedStyle(part).display") == "block"
    assert interval.evaluate("(part) => part.getClientRects().length") == 1
    assert tab.locator("#tbl-change td").nth(2).inner_text().split() == INTERVAL.split()


@pytest.mark.browser
def test_a_date_is_not_broken_on_a_phone(open_page, page):
    tab = open_page(page, viewport=PHONE)
    date = tab.locator("#tbl-change td", has_text="2021-06-26").first
    assert date.evaluate("(cell) => getComputedStyle(cell).whiteSpace") == "nowrap"


@pytest.mark.browser
def test_a_date_in_a_sentence_is_not_broken_either(open_page, stage_with, tmp_path):
    cells = row(
        ["RA-011", "364 days up to 2023-02-10 (365 asked for): leflunomide 2022-08-30 to 2023-02-10;"]
    )
    source = "\n".join(["::: {#tbl-x}", "| A | B |", "|:--|:--|", cells, "", "Evidence", ":::"])
    made = render(stage_with(source), to="html", output=tmp_path / "x.html", engine="embedded").path
    dates = open_page(made, viewport=PHONE).locator("td span.whole")
    assert dates.all_inner_texts() == ["2023-02-10", "2022-08-30", "2023-02-10;"]


@pytest.mark.browser
def test_a_date_within_a_chinese_sentence_is_not_broken_either(open_page, stage_with, tmp_path):
    cells = row(["RA-011", "截至2023-02-10，csDMARD 364 d（要求365）：来氟米特2022-08-30至2023-02-10"])
    table = "\n".join(["::: {#tbl-x}", "| A | B |", "|:--|:--|", cells, "", "依据", ":::"])
    text = "---\ntitle: 报告\n---\n\n入组自2021-02-01至2022-07-31；变化（95%CI：−3.5～−1.2）截至2022-02-15为止。\n\n"
    made = render(
        stage_with(text + table, lang="zh"), to="html", output=tmp_path / "x.html", engine="embedded"
    ).path
    tab = open_page(made, viewport=PHONE)
    assert tab.locator("td span.whole").all_inner_texts() == ["2023-02-10", "2022-08-30", "2023-02-10"]
    held = tab.locator("main p span.whole").all_inner_texts()
    assert held == ["2021-02-01", "2022-07-31", "95%CI：−3.5～−1.2", "2022-02-15"]


@pytest.mark.browser
def test_brackets_and_stops_stay_with_their_number(open_page, page):
    whole = open_page(page).locator(".with-result")
    assert whole.inner_text() == "(−18.6 (95 % CI −30.3 to −6.9)),"


@pytest.mark.browser
def test_without_scripts_the_text_is_the_same(open_page, page):
    tab = open_page(page, java_script_enabled=False)
    assert tab.locator("#tbl-change td").nth(2).inner_text() == INTERVAL
    assert "Nothing (−18.6 (95 % CI −30.3 to −6.9)), and so on." in tab.locator("main").inner_text()


def test_long_facts_of_the_cover_take_the_whole_line(stage_with, tmp_path):
    caveat = (
        "The data are synthetic. They show what a report looks like and say nothing about patients or drugs."
    )
    facts = [{"term": "To be borne in mind", "value": caveat}, {"term": "Contact", "value": "A. Person"}]
    stage = stage_with("Text.", **{"cover-extra": facts})
    html = render(stage, to="html", output=tmp_path / "x.html", engine="embedded").path.read_text("utf-8")
    assert '<div class="wide"><dt>To be borne in mind</dt>' in html
    assert "<div><dt>Contact</dt>" in html


PATTERNS = "\n".join(["::: {#tbl-x}", "| A | B |", "|:--|:--|", r"| x | \+ + − |", "", "Patterns", ":::"])


@pytest.mark.parametrize("engine", ["embedded", pytest.param("quarto", marks=pytest.mark.quarto)])
def test_a_plus_that_opens_a_cell_is_no_list_on_paper(stage_with, tmp_path, pdf_pages, engine):
    made = render(stage_with(PATTERNS), to="pdf", output=tmp_path / "x.pdf", engine=engine)
    assert "x++−" in re.sub(r"\s+", "", " ".join(pdf_pages(made.path)))


def test_a_short_table_is_not_torn_over_two_pages(stage_with, tmp_path, pdf_pages):
    above = "\n\n".join(["Text above the table."] * 34)
    rows = [row([f"row {n}", str(n)]) for n in range(12)]
    table = "\n".join(["::: {#tbl-x}", "| A | B |", "|:--|:--|", *rows, "", "Short", ":::"])
    made = render(stage_with(f"{above}\n\n{table}"), to="pdf", output=tmp_path / "x.pdf", engine="embedded")
    on = {n for n, text in enumerate(pdf_pages(made.path)) for _ in re.findall(r"row\s*\d+", text)}
    assert len(on) == 1


@pytest.mark.browser
def test_what_sorts_a_narrow_column_is_large_enough_for_a_finger(open_page, stage_with, tmp_path):
    """WCAG 2.2, target size: 24 pixels either way."""
    heads, words = ["参与者", "不良事件", *"级重因转归日"], ["RA-001", "带状疱疹后神经痛", *"1是否无有2"]
    rows = "\n".join([row(heads), "|" + ":--|" * 8, *(row(words) for _ in range(4))])
    source = f"---\ntitle: 报告\n---\n\n:::: {{.listing}}\n::: {{#tbl-x}}\n\n{rows}\n\n一览\n\n:::\n::::\n"
    made = render(
        stage_with(source, lang="zh"), to="html", output=tmp_path / "x.html", engine="embedded"
    ).path
    boxes = [button.bounding_box() for button in open_page(made, viewport=PHONE).locator("button.sort").all()]
    assert len(boxes) == 8
    assert min(box["width"] for box in boxes) >= 24 and min(box["height"] for box in boxes) >= 24
