"""The font for Chinese text that comes with the environment, so that no machine shows boxes."""

from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

CHINESE = "Study Sans SC"
FOLDER = Path(str(resources.files("analysis.fonts")))
FILE = FOLDER / "StudySansSC-Regular.otf"


@cache
def register() -> str:
    """Make the font known to matplotlib in this process, whatever its cache of fonts says; the font's name."""
    from matplotlib.font_manager import fontManager

    fontManager.addfont(FILE)
    entry = fontManager.ttflist[-1]
    fontManager.ttflist.append(
        replace(entry, weight=700)
    )  # bold text has the same characters, without a complaint
    return CHINESE


@cache
def known(family: str, files: tuple[Path, ...]) -> bool:
    """Whether matplotlib can draw in a font: one given as files, which are told to it, or one of the machine."""
    from matplotlib.font_manager import fontManager

    for file in files:
        fontManager.addfont(file)
    return any(entry.name == family for entry in fontManager.ttflist)
