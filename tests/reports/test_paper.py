"""The published reports on paper, as far as they are published here: printed from the page, as PDF, from Word."""

import pytest
from pages import ROOT
from paper import Known, faults, missing_contents, sheets

SITE = ROOT / "reports" / "_site"
PAPERS = [
    (file, page)
    for page in sorted(SITE.glob("*/*/*.html"))
    if page.name in ("index.html", "supplement.html")
    for file in [page, page.with_name(page.name.replace("index", "report")).with_suffix(".pdf")]
    if file.is_file()
]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("file", "page"),
    PAPERS,
    ids=[f"{file.parent.parent.name}-{file.parent.name}-{file.name}" for file, _ in PAPERS],
)
def test_every_sheet_is_whole(file, page, browser, tmp_path):
    if file.suffix == ".html":
        context = browser.new_context(offline=True)
        tab = context.new_page()
        tab.goto(file.resolve().as_uri())
        file = tmp_path / "printed.pdf"
        tab.pdf(path=str(file), prefer_css_page_size=True, print_background=True)
        context.close()
    known, pages = Known.of(page.read_text(encoding="utf-8")), sheets(file)
    assert faults(pages, known) == []
    assert missing_contents(pages, known.listed) == []
