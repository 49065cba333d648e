"""What of a drawing's markup says where a line runs and in which colour, and nothing else: nobody is told of by it."""

import re

DRAWN = re.compile(r"(?<=\bd=\")[MLHVCSQTAZmlhvcsqtaz\d\s.,+-]+(?=\")")  # the path of a line in a drawing
_AT = r"-?\d{1,4}(?:\.\d{1,6})?\s+-?\d{1,4}(?:\.\d{1,6})?\s*"
OUTLINE = re.compile(rf"(?:[ML]\s+{_AT}|Q\s+{_AT}{_AT}|C\s+{_AT}{_AT}{_AT}|z\s*)+")  # whole: a letter, a line
GLYPH = re.compile(  # where a letter stands in a drawing; what is written stands beside it as a comment
    r'<use xlink:href="#(?:DejaVu|Noto)[A-Za-z-]*-[0-9a-f]{1,4}"(?: transform="translate\([\d. -]+\)")?/>\s*'
)
_SIZE = r"-?\d{1,4}(?:\.\d{1,6})?"
_LOOK = (
    r"(?:fill|stroke|opacity|(?:fill|stroke)-opacity|stroke-(?:width|line(?:join|cap)|dash(?:array|offset)|miterlimit)):"
    rf" ?(?:#[0-9a-f]{{6}}|none|round|butt|miter|{_SIZE}(?:,{_SIZE})*)"
)
_NAMED_BY_LIBRARY = (
    r"(?:figure|patch|axes|text|line2d|[xy]tick|matplotlib\.axis|legend|(?:Path|Line|Poly|FillBetweenPoly)Collection|QuadMesh)"
    r"_\d{1,4}|[a-z][0-9a-f]{10}(?:_\d{1,3}_[0-9a-f]{10})?"
)
PLACED = re.compile(  # elements of a drawing that say where and in which colour, and nothing else
    r"<(?:g|path|use|rect|defs|clipPath)(?:\s+(?:d=\"\""
    rf"|id=\"(?:{_NAMED_BY_LIBRARY})\"|(?:clip-path=\"url\(|xlink:href=\")#[a-z][0-9a-f]{{10}}\)?\""
    rf"|style=\"(?:{_LOOK};?\s?)+\"|transform=\"(?:[a-z]+\({_SIZE}(?:[ ,]{_SIZE})*\)\s?)+\""
    rf"|(?:x|y|rx|ry|width|height)=\"{_SIZE}\""
    r"))*\s*/?>\s*|</(?:g|defs|clipPath)>\s*"
    rf"|\[style\*=\"{_LOOK}\"\]\{{{_LOOK}!important\}}"
)
COORDINATE = re.compile(r"(?<![\d.])-?\d{1,4}\.\d{1,6}(?![\d.])")


def without_drawing(markup: str) -> str:
    """Markup without paths, glyphs and elements that only draw; whatever else they hold stays.

    Examples
    --------
    >>> without_drawing('<g id="text_3"><!-- 34/179 --><path d="M 1 2 L 3 4 "/><path d="M 1 2 RA-007"/></g>')
    '<!-- 34/179 --><path d="M 1 2 RA-007"/>'
    """
    return PLACED.sub("", GLYPH.sub("", DRAWN.sub(_not_drawn, markup)))


def _not_drawn(path: re.Match) -> str:
    """What a path holds that is no place in the drawing."""
    return "" if OUTLINE.fullmatch(path[0]) else COORDINATE.sub("", path[0])
