"""The look of the house: one file for pages, PDF, Word and figures, by both renderers; what is wrong is told."""

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from analysis import look, read
from analysis.study import StudyFileError
from pipeline.plan import look_of
from pipeline.render import brand, render

ENGINES = ["embedded", pytest.param("quarto", marks=pytest.mark.quarto)]
HOUSE = """
meta: {name: The house}
logo: reports/_brand/logo.png
color:
  palette: {wine: "#7b1e3a"}
  primary: {light: wine, dark: "#ffb3c8"}
  secondary: "#5a2d82"
typography:
  fonts:
    - {source: file, family: DejaVu Sans Mono, files: [reports/_brand/mono.ttf]}
  base: DejaVu Sans Mono
  headings: DejaVu Sans Mono
"""


@pytest.fixture
def house(tmp_path) -> Path:
    """A project that wears a look of its own: a font that comes with the environment, a picture for a logo."""
    import matplotlib

    folder = tmp_path / "house" / "reports" / "_brand"
    folder.mkdir(parents=True)
    font = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSansMono.ttf"
    shutil.copyfile(font, folder / "mono.ttf")
    Image.new("RGB", (240, 80), "#7b1e3a").save(folder / "logo.png")
    (tmp_path / "house" / "_brand.yml").write_text(HOUSE, encoding="utf-8")
    return tmp_path / "house"


@pytest.fixture
def worn(house, stage_with):
    """Function: the small report in a format, by a renderer, in the look of the house."""
    stage = stage_with()
    brand.stage_brand(house, stage)

    def get(to: str, engine: str) -> Path:
        return render(stage, to=to, output=stage.parent / f"made.{to}", engine=engine).path

    return get


@pytest.mark.parametrize("engine", ENGINES)
def test_pages_wear_colours_font_and_logo(worn, engine):
    html = worn("html", engine).read_text(encoding="utf-8")
    assert "--accent: #7b1e3a;" in html and "--accent: #ffb3c8;" in html
    assert '@font-face { font-family: "DejaVu Sans Mono"; font-weight: normal;' in html
    assert (
        '--serif: "DejaVu Sans Mono", Charter' in html and '--sans: "DejaVu Sans Mono", var(--latin)' in html
    )
    assert re.search(r'<img\b(?=[^>]*class="logo")(?=[^>]*alt="The house")[^>]*src="data:image/png', html)
    assert "⟪" not in html


@pytest.mark.parametrize("engine", ENGINES)
def test_the_pdf_wears_the_font(worn, engine):
    fonts = subprocess.run(
        ["pdffonts", worn("pdf", engine)], capture_output=True, text=True, check=True
    ).stdout
    assert "DejaVuSansMono" in fonts
    assert "Libertinus" not in fonts.split("DejaVuSansMono")[0]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_word_file_wears_font_and_logo(worn, engine):
    with zipfile.ZipFile(worn("docx", engine)) as archive:
        styles = archive.read("word/styles.xml").decode()
        document = archive.read("word/document.xml").decode()
    heading = re.search(r'w:styleId="Heading1".*?</w:style>', styles, re.DOTALL)
    assert 'w:ascii="DejaVu Sans Mono"' in heading[0] and "Calibri" not in styles
    assert document.index("<pic:pic") < document.index("CoverRow")


def test_without_a_brand_nothing_of_one_is_there(page):
    assert "⟪" not in page and 'class="logo"' not in page and "--accent: #0b5573;" in page


def test_figures_wear_colour_and_font(house):
    from analysis.figures import style

    before = look.worn()
    look.wear(look_of(house), house)
    try:
        assert style.color_of(0) == style.primary() == "#5a2d82"
        assert style.color_of(1) == "#d55e00"
        with style.sheet(height=2, mark=None) as figure:
            written = figure.text(0.5, 0.5, "Words")
        assert written.get_fontproperties().get_family()[0] == "DejaVu Sans Mono"
    finally:
        look.wear({}, house)
    assert look.worn() == before == look.PLAIN


def test_another_font_file_draws_the_figures_again(house):
    before = look_of(house)
    with (house / "reports/_brand/mono.ttf").open("ab") as file:
        file.write(b"\0")
    assert look_of(house)["hashes"] != before["hashes"]


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("palette:", "pallete:", "unknown key; did you mean 'palette'?"),
        ("light: wine", "light: whine", "'whine' is no colour of the palette; did you mean 'wine'?"),
        ('"#7b1e3a"', '"#f0c0d0"', "has a contrast of 1."),
        ('dark: "#ffb3c8"', 'dark: "#7b1e3a"', "on #15191e has a contrast of"),
        ("_brand/logo.png", "_brand/logo.svg", "none of .png, .jpg, .jpeg"),
        ("_brand/logo.png", "_brand/lego.png", "there is no file reports/_brand/lego.png"),
        ("logo: reports/_brand/logo.png", "logo: ../logo.png", "does not lie below reports/_brand/"),
        ("source: file", "source: google", "'google' is not one of file, system"),
        ("base: DejaVu Sans Mono", "base: DejaVu Sans Momo", "did you mean 'DejaVu Sans Mono'?"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(house, written, instead, said):
    file = house / "_brand.yml"
    file.write_text(HOUSE.replace(written, instead), encoding="utf-8")
    with pytest.raises(StudyFileError, match=re.escape(said)) as error:
        read.brand(house)
    assert re.search(r"_brand\.yml:\d+: ", str(error.value))


def test_the_project_s_own_brand_is_sound(root):
    assert read.brand(root).colour("primary") == "#0b5573"
