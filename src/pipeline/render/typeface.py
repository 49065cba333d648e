"""The Chinese font inside a page: of its characters those that the page uses, so that every machine can show them."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from html import unescape
from io import BytesIO

# what fonts for Latin text lack: Chinese characters and their punctuation, kana, full-width forms
WIDE = re.compile("[\u2e80-\u33ff\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
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
        f'src: url("data:font/woff;base64,{_subset(used)}") format("woff"); }}</style>'
    )
    return html.replace("</head>", f"{face}\n</head>", 1)


@lru_cache(maxsize=4)
def _subset(characters: str) -> str:
    """The glyphs of these characters as WOFF, in base64; the same characters give the same bytes."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    from analysis import fonts

    options = subset.Options(layout_features=[], name_IDs=[0, 1, 2, 4, 6, 13, 14], notdef_outline=True)
    chosen = subset.Subsetter(options)
    chosen.populate(text=characters)
    made = BytesIO()
    with TTFont(fonts.FILE, recalcTimestamp=False, lazy=True) as font:
        chosen.subset(font)
        font.flavor = "woff"
        font.save(made)
    return base64.b64encode(made.getvalue()).decode("ascii")
