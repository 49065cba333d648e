"""Fonts inside a page, the Chinese one and the house's: of their characters those that the page uses, so that every
machine can show them.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from pipeline.render.brand import FontFace

# what fonts for Latin text lack: Chinese characters and their punctuation, kana, full-width forms
WIDE = re.compile("[\u2e80-\u33ff\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
# letters, digits and signs of Latin text; quotation marks, dashes and dots are the Chinese face's in Chinese text
LATIN = re.compile(
    "[\u0020-\u007e\u00a0-\u00b6\u00b8-\u02ff\u0370-\u03ff\u2002-\u200a\u2010-\u2011\u2013\u2070-\u209f\u2190-\u22ff]"
)
MARKS = "\u2010\u2011\u2012\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e\u2026"
NOT_SHOWN = re.compile(r"<(script|style)\b.*?</\1>|data:[^\"')\s]+", re.DOTALL | re.IGNORECASE)


def with_font(html: str) -> str:
    """The page with the part of the font that it needs; as it was where it has no Chinese text.

    A font of the reader's own machine is preferred: the embedded one stands last in the lists of the style.
    """
    used = "".join(sorted(set(WIDE.findall(unescape(NOT_SHOWN.sub("", html))))))
    if not used:
        return html
    from analysis import fonts

    face = (
        f'<style>@font-face {{ font-family: "{fonts.CHINESE}"; '
        f'src: url("data:font/woff;base64,{_subset(used, fonts.FILE)}") format("woff"); }}</style>'
    )
    return html.replace("</head>", f"{face}\n</head>", 1)


def with_marks(html: str) -> str:
    """The page with quotation marks, dashes and dots for machines whose only faces with a name are Chinese ones.

    They are those of DejaVu Sans, which comes with matplotlib; the style asks for them after every named Latin face.
    """
    face = (
        '<style>@font-face { font-family: "Marks of the page"; unicode-range: '
        f"{', '.join(f'U+{ord(mark):04X}' for mark in MARKS)}; "
        f'src: url("data:font/woff;base64,{_subset(MARKS, _dejavu())}") format("woff"); }}</style>'
    )
    return html.replace("</head>", f"{face}\n</head>", 1)


def _dejavu() -> Path:
    """The file of DejaVu Sans, without loading the library it comes with."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            "matplotlib is not installed; set up the environment again (make .venv/ready)"
        )
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"


def with_faces(html: str, faces: Iterable[FontFace]) -> str:
    """The page with the fonts of the house; of their characters those that it shows and a Chinese face does not own."""
    used = "".join(sorted(set(LATIN.findall(unescape(NOT_SHOWN.sub("", html))))))
    rules = [
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight}; font-style: {face.style}; '
        f'src: url("data:font/woff;base64,{_subset(used, face.file)}") format("woff"); }}'
        for face in faces
    ]
    return html.replace("</head>", f"<style>{' '.join(rules)}</style>\n</head>", 1) if rules else html


@lru_cache(maxsize=16)
def _subset(characters: str, file: Path) -> str:
    """The glyphs of these characters as WOFF, in base64; the same characters give the same bytes."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(layout_features=[], name_IDs=[0, 1, 2, 4, 6, 13, 14], notdef_outline=True)
    options.drop_tables += ["FFTM"]  # times of FontForge, of which the program would complain
    chosen = subset.Subsetter(options)
    chosen.populate(text=characters)
    made = BytesIO()
    with TTFont(file, recalcTimestamp=False, lazy=True) as font:
        chosen.subset(font)
        font.flavor = "woff"
        font.save(made)
    return base64.b64encode(made.getvalue()).decode("ascii")
