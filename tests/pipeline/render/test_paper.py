"""Paper: the printed page, the PDF and the Word file, by both renderers; and that every fault is one that is found."""

import shutil
import subprocess

import pytest
from paper import Known, broken, faults, missing_contents, sheets

from pipeline.render import render

ENGINES = ["embedded", pytest.param("quarto", marks=pytest.mark.quarto)]
LONG = "\n\n".join(
    f"## Part {n} {{#sec-part-{n}}}\n\n"
    + "The mean changed by −18.6 (95 % CI −30.3 to −6.9) points, p = 0.004, in n = 20 patients. " * (7 + n)
    + "\n\n{{< embed notebooks/change.ipynb#tbl-baseline >}}".replace("tbl-baseline", f"tbl-{name}")
    for n, name in enumerate(("baseline", "change", "observed", "wide", "listing"), 1)
)
SOURCE = "---\ntitle: Paper\n---\n\n# Results {#sec-results}\n\n" + LONG + "\n"


@pytest.fixture(params=ENGINES, scope="module")
def made(request, laid_out, tmp_path_factory):
    """Function: the file of a report in a format, by one renderer after the other."""
    folder, done = tmp_path_factory.mktemp("paper"), {}
    stage = laid_out(folder / "stage", source=SOURCE)

    def get(to: str):
        if to not in done:
            done[to] = render(stage, to=to, output=folder / f"report.{to}", engine=request.param).path
        return done[to]

    return get


def as_pdf(file, browser, folder):
    """What a sheet of paper shows of a file."""
    if file.suffix == ".html":
        context = browser.new_context(offline=True)
        page = context.new_page()
        page.goto(file.resolve().as_uri())
        target = folder / "printed.pdf"
        page.pdf(path=str(target), prefer_css_page_size=True, print_background=True)
        context.close()
        return target
    if file.suffix == ".docx":
        office = shutil.which("soffice")
        if not office:
            pytest.skip("libreoffice is not installed")
        profile = f"-env:UserInstallation=file://{folder}/office"
        command = [office, "--headless", profile, "--convert-to", "pdf", "--outdir", folder, file]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return folder / "report.pdf"
    return file


@pytest.mark.browser
@pytest.mark.parametrize("to", ["html", "pdf", "docx"])
def test_nothing_is_stranded_clipped_broken_or_left_out(made, browser, tmp_path, to):
    known = Known.of(made("html").read_text(encoding="utf-8"))
    folder = tmp_path / "paper"
    folder.mkdir()
    pages = sheets(as_pdf(made(to), browser, folder))
    assert len(known.heads) >= 5 and len(known.groups) == 2 and len(known.tables) == 5
    assert faults(pages, known) == []
    assert missing_contents(pages, known.listed) == []


CHINESE = (
    "第24周时，{n}例患者的平均变化为−4.2（95%CI：−6.7～−1.7）分，完整评分者中为42.9%（95%CI：21.4%～67.4%）。"
)


@pytest.mark.usefixtures("pdf_pages")
@pytest.mark.parametrize("to", ["pdf", "docx"])
@pytest.mark.parametrize("engine", ENGINES)
def test_no_interval_is_broken_in_chinese(laid_out, tmp_path, engine, to):
    text = "\n\n".join("一" * n + CHINESE.replace("{n}", str(n)) for n in range(1, 40))
    stage = laid_out(tmp_path / "stage", source=f"---\ntitle: 报告\n---\n\n{text}\n", metadata={"lang": "zh"})
    made = render(stage, to=to, output=tmp_path / f"report.{to}", engine=engine).path
    pages = sheets(as_pdf(made, None, tmp_path))
    assert sum("95%CI" in line.text for sheet in pages for line in sheet.lines) > 39
    assert [one for sheet in pages for one in broken(sheet)] == []


@pytest.mark.browser
def test_no_interval_is_broken_in_chinese_on_a_screen(open_page, laid_out, tmp_path):
    text = "\n\n".join("一" * n + CHINESE.replace("{n}", str(n)) for n in range(1, 30))
    stage = laid_out(tmp_path / "stage", source=f"---\ntitle: 报告\n---\n\n{text}\n", metadata={"lang": "zh"})
    made = render(stage, to="html", output=tmp_path / "x.html", engine="embedded").path
    held = open_page(made, viewport={"width": 390, "height": 844}).locator("main .whole", has_text="～")
    assert held.count() == 58
    assert set(held.evaluate_all("all => all.map(one => one.getClientRects().length)")) == {1}


def heads_of(number: int) -> list[str]:
    return [f"Section about matter {n}" for n in range(1, number + 1)]


@pytest.fixture
def with_contents(laid_out, tmp_path):
    """Function: a number -> a stage whose contents have as many entries."""

    def get(number: int):
        text = "\n\n".join(f"# {head} {{#sec-m{n}}}\n\nText." for n, head in enumerate(heads_of(number)))
        return laid_out(tmp_path / "stage", source=f"---\ntitle: Report\n---\n\n{text}\n")

    return get


@pytest.mark.usefixtures("pdf_pages")
@pytest.mark.parametrize("engine", ENGINES)
def test_long_contents_stand_on_one_page_in_two_columns(with_contents, tmp_path, engine):
    pages = sheets(render(with_contents(66), to="pdf", output=tmp_path / "x.pdf", engine=engine).path)
    assert missing_contents(pages[:1], heads_of(66)) == []
    listed = [line.left for line in pages[0].lines if "Section about" in line.text]
    assert max(listed) - min(listed) > 0.3 * pages[0].width


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("entries", [5, 30, 66, 90])
@pytest.mark.parametrize("to", ["docx", "pdf"])
def test_the_text_follows_the_contents_and_leaves_no_page_half_empty(
    request, with_contents, tmp_path, engine, entries, to
):
    if to == "pdf":
        request.getfixturevalue("pdf_pages")
    made = render(with_contents(entries), to=to, output=tmp_path / f"report.{to}", engine=engine).path
    pages = sheets(as_pdf(made, None, tmp_path) if to == "docx" else made)
    assert missing_contents(pages[:3], heads_of(entries)) == []
    for page in pages[:-1]:
        assert page.body[-1].bottom > 0.75 * page.height, f"page {page.number} of {len(pages)}"


PAGE = "#set page(width: 210mm, height: 297mm, margin: 20mm)\n#set text(size: 10pt)\n"
BODY = "#lorem(60)\n\n" * 6
FAULTS = {
    "stranded head: 'Skin disease'": f"{BODY}#v(1fr)\n#text(12pt)[Skin disease]\n#pagebreak()\n{BODY}",
    "stranded caption: 'Table 1: Skin'": f"{BODY}#v(1fr)\nTable 1: Skin\n#pagebreak()\n{BODY}",
    "stranded group: 'Laboratory values'": f"{BODY}#v(1fr)\nLaboratory values\n#pagebreak()\n{BODY}",
    "nearly empty: 'A word'": f"A word\n#pagebreak()\n{BODY}",
    "beyond the margin": BODY + "#place(dx: 160mm)[#box(width: 60mm)[unbreakable_and_much_too_long]]",
    "over one another": BODY + "#place(dx: 30mm)[#box[overlaid]]#place(dx: 31mm)[#box[another]]",
    "broken estimate: '(95 %' | 'CI −3 to −1)'": BODY + "The change (95 % \\ CI −3 to −1)",
    "broken estimate: '(−3.5 to' | '−1.2)'": BODY + "#block(width: 3cm)[−2.1 (−3.5 to \\ −1.2)]",
    "broken estimate: '（95%CI：−3.5～' | '−1.2）'": BODY + "变化−2.1（95%CI：−3.5～ \\ −1.2）分",
    "broken estimate: '−2.1（95%CI：' | '−3.5～−1.2）'": BODY + "变化−2.1（95%CI： \\ −3.5～−1.2）分",
    "figure on another page": f"{BODY}#pagebreak()\nFigure 1: Course of all patients\n\n{BODY}",
}


@pytest.mark.usefixtures("pdf_pages")
@pytest.mark.parametrize("said", FAULTS)
def test_each_fault_is_found(tmp_path, said):
    import typst

    (tmp_path / "one.typ").write_text(PAGE + FAULTS[said], encoding="utf-8")
    typst.compile(tmp_path / "one.typ", output=tmp_path / "one.pdf")
    known = Known(
        heads={"Skin disease"},
        tables={"Table 1: Skin"},
        groups={"Laboratory values"},
        figures={"Figure 1: Course of all patients"},
    )
    found = faults(sheets(tmp_path / "one.pdf"), known)
    assert any(said.split(" | ")[0].strip("'").rsplit("'", 1)[-1] in one for one in found), found


@pytest.mark.usefixtures("pdf_pages")
def test_an_entry_that_the_contents_do_not_print_is_found(tmp_path):
    import typst

    (tmp_path / "one.typ").write_text(PAGE + "Contents\n\n1 Skin disease\n\n2 Harm", encoding="utf-8")
    typst.compile(tmp_path / "one.typ", output=tmp_path / "one.pdf")
    assert missing_contents(sheets(tmp_path / "one.pdf"), ["Skin disease", "Lungs"]) == ["Lungs"]
