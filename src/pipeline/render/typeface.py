"""Fonts inside a page, the Chinese one and the house's: of their characters those that the page uses, so that every
machine can show them.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from io import BytesIO
from pathlib import Path

from pipeline.render.brand import FontFace

# what fonts for Latin text lack: Chinese characters and their punctuation, kana, full-width forms
WIDE = re.compile("[\u2e80-\u33ff\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
# letters, digits and signs of Latin text; quotation marks, dashes and dots are the Chinese face's in Chinese text
LATIN = re.compile(
    "[\u0020-\u007e\u00a0-\u00b6\u00b8-\u02ff\u0370-\u03ff\u2002-\u200a\u2010-\u2011\u2013\u2070-\u209f\u2190-\u22ff]"
)
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
    chosen = subset.Subsetter(options)
    chosen.populate(text=characters)
    made = BytesIO()
    with TTFont(file, recalcTimestamp=False, lazy=True) as font:
        chosen.subset(font)
        font.flavor = "woff"
        font.save(made)
    return base64.b64encode(made.getvalue()).decode("ascii")
