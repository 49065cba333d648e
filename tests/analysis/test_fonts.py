"""Chinese text on a machine without any Chinese font, and with a cache of fonts that is not true."""

import os
import subprocess
import sys

import pytest

TEXT = "风湿免疫科：甲氨蝶呤片，苯二氮䓬；患者知情同意未签署（第１次）"
DRAW = """
import warnings
warnings.simplefilter("error")
import pandas as pd
from analysis import figures
boxes = pd.DataFrame([("a", TEXT, 1, None, None)], columns=["box", "label", "n", "parent", "reason"])
drawn = figures.flow_diagram(boxes, mark=None)
drawn.figure.savefig("/dev/null", format="png")
"""


@pytest.fixture
def no_fonts(tmp_path):
    """An environment whose fonts are none, with a folder of its own for matplotlib's cache."""
    empty = tmp_path / "fonts.conf"
    empty.write_text('<?xml version="1.0"?><fontconfig></fontconfig>')
    cache = tmp_path / "matplotlib"
    cache.mkdir()
    return {**os.environ, "FONTCONFIG_FILE": str(empty), "MPLCONFIGDIR": str(cache), "HOME": str(tmp_path)}


def run(code, env):
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)


def without_fonts_of_the_machine(code):
    """Code run with matplotlib knowing only the fonts it brings."""
    bare = "from matplotlib import font_manager\nfont_manager.findSystemFonts = lambda *a, **k: []\n"
    return f"TEXT = {TEXT!r}\n{bare}font_manager._load_fontmanager(try_read_cache=False)\n{code}"


def test_figures_have_every_glyph_without_a_font_of_the_machine(no_fonts):
    done = run(without_fonts_of_the_machine(DRAW), no_fonts)
    assert done.returncode == 0, done.stderr


def test_the_font_holds_every_character_of_gbk():
    from fontTools.ttLib import TTFont

    from analysis import fonts

    with TTFont(fonts.FILE, lazy=True) as font:
        held = font.getBestCmap()
    pairs = (bytes([high, low]) for high in range(0x81, 0xFF) for low in range(0x40, 0xFF))
    wanted = {pair.decode("gbk", errors="ignore") for pair in pairs}
    chinese = {text for text in wanted if len(text) == 1 and "\u4e00" <= text <= "\u9fff"}
    assert len(chinese) > 20_900
    assert {text for text in {*chinese, *TEXT} if ord(text) not in held} == set()


def test_its_licence_lies_beside_it():
    from analysis import fonts

    assert "SIL OPEN FONT LICENSE Version 1.1" in (fonts.FOLDER / "OFL.txt").read_text(encoding="utf-8")
