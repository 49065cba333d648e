"""The reference document: pandoc's own, in the look of the reports, on A4, with header and footer."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import children
from pipeline.render.word.parts import R, footer_part, header_part, pack, unpack

if TYPE_CHECKING:
    from analysis.study.brand import Brand

LIMIT_SECONDS = 60
FONT = "Arial"  # free faces of the same widths stand in for it: pages break alike on every machine
FONT_CJK = "SimSun"
HEAD_CJK = "SimHei"  # heads in Chinese are set in the black face, not in bold Song
INK = "16323F"
SOFT = "535C66"

PART = "application/vnd.openxmlformats-officedocument.wordprocessingml"

PAGE = (
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1247" w:right="1134" w:bottom="1134" w:left="1134" '
    'w:header="624" w:footer="567" w:gutter="0"/>'
)


@dataclass(frozen=True, slots=True)
class Face:
    """What a house chooses of a Word document: fonts of text and heads by name, colour of heads as RRGGBB."""

    text: str = FONT
    heads: str = FONT
    ink: str = INK

    @classmethod
    def of(cls, house: Brand) -> Face:
        """The choice of a house; the project's own where it makes none."""
        text = house.family("base") or FONT
        ink = house.colour("foreground")
        return cls(text, house.family("headings") or text, ink.strip("#").upper() if ink else INK)


def _style(ident: str, name: str, *, base: str = "BodyText", para: str = "", run: str = "") -> str:
    custom = "" if name.lower().startswith("toc ") else ' w:customStyle="1"'
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{ident}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{base}"/><w:qFormat/><w:pPr>{para}</w:pPr><w:rPr>{run}</w:rPr></w:style>'
    )


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


def _spacing(before: int, after: int) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}"/>'


def _left_bar(colour: str, fill: str) -> str:
    return (
        f'<w:pBdr><w:left w:val="single" w:sz="24" w:space="8" w:color="{colour}"/></w:pBdr>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'
    )


def _colour(value: str) -> str:
    return f'<w:color w:val="{value}"/>'


STEPPED = '<w:ind w:left="200"/>'  # rows under the name of a group

# What an exhibit shows, after the finding that opens its caption.
_CAPTION_SHOWN = (
    '<w:style w:type="character" w:customStyle="1" w:styleId="CaptionShown"><w:name w:val="Caption Shown"/>'
    '<w:rPr><w:b w:val="0"/></w:rPr></w:style>'
)
OWN_STYLES = "".join(
    (
        _style("Control", "Control", para="<w:keepNext/>" + _spacing(0, 40), run=_size(10)),
        _style("CoverRow", "Cover Row", para=_spacing(0, 40), run=_size(10)),
        _style(
            "Banner", "Banner", para=_left_bar("274A63", "EBF2F7") + _spacing(120, 120), run=_colour("274A63")
        ),
        _style(
            "BannerState",
            "Banner State",
            para=_left_bar("7A3B00", "FDF1E0") + _spacing(120, 120),
            run=_colour("7A3B00"),
        ),
        _style(
            "BoxTitle",
            "Box Title",
            para="<w:keepNext/>" + _left_bar("274A63", "EBF2F7") + _spacing(200, 0),
            run=_colour("274A63"),
        ),
        _style("BoxText", "Box Text", para=_left_bar("274A63", "EBF2F7") + _spacing(0, 0)),
        _style("TabTitle", "Tab Title", para="<w:keepNext/>" + _spacing(160, 60), run="<w:b/>"),
        _style("TableNote", "Table Note", para=_spacing(60, 120), run=_size(8.5) + _colour(SOFT)),
        _CAPTION_SHOWN,
        _style("TableSmall", "Table Small", base="Compact", run=_size(7.5)),
        _style("TableStepped", "Table Stepped", base="Compact", para=STEPPED),
        _style("TableSmallStepped", "Table Small Stepped", base="TableSmall", para=STEPPED),
        _style("TOC1", "toc 1", para=_spacing(40, 0), run=_size(9.5)),
        _style(
            "TOC2", "toc 2", para='<w:spacing w:before="0" w:after="0"/><w:ind w:left="284"/>', run=_size(9.5)
        ),
        _style(
            "Header",
            "header",
            base="Normal",
            para='<w:tabs><w:tab w:val="right" w:pos="9638"/></w:tabs><w:spacing w:after="0"/>',
            run=_size(8) + _colour(SOFT),
        ),
        _style(
            "Footer",
            "footer",
            base="Normal",
            para='<w:tabs><w:tab w:val="right" w:pos="9638"/></w:tabs><w:spacing w:after="0"/>',
            run=_size(8) + _colour(SOFT),
        ),
    )
)

TABLE_STYLE = (
    '<w:style w:type="table" w:default="1" w:styleId="Table"><w:name w:val="Table"/><w:basedOn w:val="TableNormal"/>'
    f'<w:qFormat/><w:pPr><w:spacing w:before="0" w:after="0"/></w:pPr><w:rPr>{_size(9)}</w:rPr>'
    '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblBorders><w:top w:val="single" w:sz="8" w:color="333333"/>'
    '<w:bottom w:val="single" w:sz="8" w:color="333333"/>'
    '<w:insideH w:val="single" w:sz="2" w:color="CCCCCC"/></w:tblBorders>'
    '<w:tblCellMar><w:top w:w="20" w:type="dxa"/><w:left w:w="80" w:type="dxa"/><w:bottom w:w="20" w:type="dxa"/>'
    '<w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr>'
    '<w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="6" w:color="333333"/></w:tcBorders><w:vAlign w:val="bottom"/>'
    "</w:tcPr></w:tblStylePr></w:style>"
)


def _replace_style(styles: str, ident: str, para: str, run: str) -> str:
    """Give a paragraph style of pandoc's reference new paragraph and run settings."""
    pattern = re.compile(rf'(<w:style [^>]*w:styleId="{ident}"[^>]*>)(.*?)(</w:style>)', re.DOTALL)

    def change(match: re.Match) -> str:
        kept = re.sub(r"\s*<w:(pPr|rPr)>.*?</w:\1>", "", match[2], flags=re.DOTALL)
        return f"{match[1]}{kept}<w:pPr>{para}</w:pPr><w:rPr>{run}</w:rPr>{match[3]}"

    return pattern.sub(change, styles, count=1)


def _head(face: Face) -> str:
    """Font of heads: the house's, and in Chinese the black face."""
    return f'<w:rFonts w:ascii="{face.heads}" w:hAnsi="{face.heads}" w:cs="{face.heads}" w:eastAsia="{HEAD_CJK}"/>'


def _heading(level: int, points: float, face: Face) -> tuple[str, str, str]:
    para = f'<w:keepNext/><w:keepLines/>{_spacing(360 - 40 * level, 100)}<w:outlineLvl w:val="{level - 1}"/>'
    return f"Heading{level}", para, f"{_head(face)}<w:b/>{_colour(face.ink)}{_size(points)}"


def restyle(styles: str, face: Face) -> str:
    """Pandoc's styles.xml in the look of the reports."""
    text, head = face.text, _head(face)
    fonts = f'<w:rFonts w:ascii="{text}" w:hAnsi="{text}" w:cs="{text}" w:eastAsia="{FONT_CJK}"/>'
    styles = re.sub(r"<w:rFonts[^>]*/>", fonts, styles, count=1)
    styles = styles.replace('<w:sz w:val="24" />', '<w:sz w:val="20" />', 1)
    styles = styles.replace('<w:szCs w:val="24" />', '<w:szCs w:val="20" />', 1)
    changes = [
        ("Title", _spacing(0, 80), f"{head}<w:b/>{_colour(face.ink)}{_size(22)}"),
        ("Subtitle", _spacing(0, 240), _colour(SOFT) + _size(13)),
        *(_heading(level, points, face) for level, points in ((1, 15), (2, 12.5), (3, 11), (4, 10.5))),
        ("BodyText", _spacing(80, 120), ""),
        ("Compact", _spacing(20, 20), ""),
        ("Caption", _spacing(0, 120), _size(9.5)),
        ("TableCaption", "<w:keepNext/>" + _spacing(240, 80), head + "<w:b/>" + _size(9.5)),
        ("ImageCaption", _spacing(60, 240), _size(9.5)),
        ("CaptionedFigure", "<w:keepNext/>" + _spacing(240, 60), ""),
        ("TOCHeading", "<w:keepNext/>" + _spacing(240, 80), f"{head}<w:b/>{_colour(face.ink)}{_size(13)}"),
    ]
    for ident, para, run in changes:
        styles = _replace_style(styles, ident, para, run)
    styles = re.sub(
        r'<w:style w:type="table" w:default="1" w:styleId="Table">.*?</w:style>',
        TABLE_STYLE,
        styles,
        flags=re.DOTALL,
    )
    return styles.replace("</w:styles>", OWN_STYLES + "</w:styles>")


def _section(document: str) -> str:
    links = "".join(
        f'<w:{name}Reference xmlns:r="{R}" w:type="default" r:id="rId{name.title()}"/>'
        for name in ("header", "footer")
    )
    return re.sub(
        r"<w:sectPr>.*?</w:sectPr>", f"<w:sectPr>{links}{PAGE}</w:sectPr>", document, flags=re.DOTALL
    )


def _link_parts(parts: dict[str, str]) -> None:
    relations, types = "word/_rels/document.xml.rels", "[Content_Types].xml"
    added = "".join(
        f'<Relationship Id="rId{name.title()}" Type="{R}/{name}" Target="{name}1.xml"/>'
        for name in ("header", "footer")
    )
    parts[relations] = parts[relations].replace("</Relationships>", added + "</Relationships>")
    kinds = "".join(
        f'<Override PartName="/word/{name}1.xml" ContentType="{PART}.{name}+xml"/>'
        for name in ("header", "footer")
    )
    parts[types] = parts[types].replace("</Types>", kinds + "</Types>")


@lru_cache(maxsize=4)
def reference_document(pandoc: str, face: Face) -> bytes:
    """The reference document: pandoc's own, in the look of the reports, A4, with header and footer."""
    with tempfile.TemporaryDirectory(prefix="reference-") as folder:
        file = Path(folder) / "plain.docx"
        command = [pandoc, "--output", file, "--print-default-data-file", "reference.docx"]
        children.run(command, limit=LIMIT_SECONDS, memory=0)
        plain = file.read_bytes()
    parts = {name: content.decode("utf-8") for name, content in unpack(plain).items()}
    parts["word/styles.xml"] = restyle(parts["word/styles.xml"], face)
    parts["word/document.xml"] = _section(parts["word/document.xml"])
    parts["word/header1.xml"] = header_part("", "")
    parts["word/footer1.xml"] = footer_part("")
    _link_parts(parts)
    return pack(parts)  # type: ignore[arg-type]
