"""How a figure shows itself in a notebook and reaches the report."""

import base64
import io

import pandas as pd
import pytest

from analysis import figures, media
from analysis.figures import style
from analysis.figures.drawn import no_data


@pytest.fixture
def picture():
    boxes = pd.DataFrame(
        [("a", "筛选 Screened", 26, None, None)], columns=["box", "label", "n", "parent", "reason"]
    )
    return figures.flow_diagram(boxes, mark="interim")


def test_notebook_output_is_a_png_whose_metadata_carry_the_alternative_text(picture):
    data, metadata = picture._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert data["text/plain"] == "Flow of patients. 筛选 Screened: n = 26."
    assert metadata["fig-alt"] == metadata["image/png"]["alt"] == picture.alt


def test_ipython_passes_both_on(picture):
    from IPython.core.formatters import DisplayFormatter

    data, metadata = DisplayFormatter().format(picture)
    extras = {media.MARKS, media.FIGURE}
    assert set(data) == {"image/svg+xml", "image/png", "text/plain", *extras}
    assert metadata["fig-alt"] == picture.alt


def test_png_is_twice_as_wide_as_its_place_on_a_page_and_names_neither_program_nor_time(picture):
    from PIL import Image

    image = Image.open(io.BytesIO(picture.png()))
    width = picture.figure.get_size_inches()[0]
    assert image.width == pytest.approx(2 * 800 * width / 6.3, abs=2)
    assert set(image.info) == {"dpi"}


def test_png_of_few_colours_is_the_same_picture_in_less_room(picture):
    from PIL import Image, ImageChops

    whole, few = picture.png(), picture.png(colours=style.COLOURS)
    assert few == picture.png(colours=style.COLOURS) and len(few) < len(whole) / 2
    shown, kept = (Image.open(io.BytesIO(image)).convert("RGB") for image in (few, whole))
    assert shown.size == kept.size
    assert max(high for _, high in ImageChops.difference(shown, kept).getextrema()) < 40
    assert Image.open(io.BytesIO(few)).info == Image.open(io.BytesIO(whole)).info


def test_chinese_text_needs_no_font_of_the_system():
    """Warnings are errors here, that of a missing glyph too."""
    assert no_data("疾病活动度", mark=None).png().startswith(b"\x89PNG")


def test_figure_leaves_no_window_behind(picture):
    import sys

    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


def test_printed_figure_is_its_text(picture):
    assert repr(picture) == picture.alt


def test_the_numbers_of_a_figure_are_no_formulas_whatever_a_term_of_the_data_is():
    from analysis.escape import csv_cell
    from analysis.figures.drawn import as_csv

    terms = ["=HYPERLINK(1)", "@SUM(1)", "+1", "-2+3", "Headache, severe"]
    table = pd.read_csv(io.StringIO(as_csv([{"=term": terms, "n": [-1.5, 2, None, 4, 5]}])))
    assert list(table) == [csv_cell("=term"), "n"] and not any(str(head).startswith("=") for head in table)
    assert table.iloc[:, 0].tolist() == [csv_cell(term) for term in terms]
    assert not table.iloc[:3, 0].str.match("[=@+]").any() and table["n"].tolist()[0] == -1.5
