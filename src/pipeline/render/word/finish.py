"""What is set in a rendered Word document: running header and footer, caption numbers as fields, whole rows."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from analysis.language import Texts, tr
from pipeline.render.word.parts import FIELD, footer_part, header_part, pack, unpack

CAPTION = re.compile(
    r'(<w:pStyle w:val="(Table|Image)Caption" ?/>.*?<w:r>(?:<w:rPr>.*?</w:rPr>)?<w:t xml:space="preserve">)'
    r"([^<\d]{1,12}?\u00a0?S?)(\d+)(.*?)</w:t></w:r>",
    re.DOTALL,
)
OWN = re.compile(
    r'(<w:pStyle w:val="(?:TableCaption|ImageCaption|Heading\d|TOC\d)" ?/>.*?<w:t xml:space="preserve">[^<\d]*)(\d)',
    re.DOTALL,
)
LINKED = re.compile(
    r'(<w:hyperlink w:anchor="(?:tbl|fig|sec)-[^"]*"[^>]*>(?:(?!</w:hyperlink>).)*?'
    r'<w:t xml:space="preserve">[^<\d]*\u00a0?)(\d)',
    re.DOTALL,
)
# a row of one cell over several columns, up to the style of its paragraph
GROUP = re.compile(
    r"<w:tr>(?:<w:trPr>(?:(?!</w:trPr>).)*</w:trPr>)?<w:tc><w:tcPr>\s*<w:gridSpan [^>]*/>\s*</w:tcPr><w:p><w:pPr>"
    r"(<w:pStyle [^>]*/>)(?:(?!</w:tc>).)*</w:tc></w:tr>",
    re.DOTALL,
)
STATES = Texts({"draft": "Draft", "interim": "Interim", "locked": "Data locked", "final": "Final"})
# What Word itself keeps from the end and the beginning of a line in Chinese, and the signs of an interval.
NOT_LAST = "$([{£¥·‘“〈《「『【〔〖〝﹙﹛﹝＄（．［｛￡￥～：−≥≤＜＞±"
NOT_FIRST = (
    "!%),.:;>?]}¢¨°·ˇˉ―‖’”…‰′″›℃∶、。〃〉》」』】〕〗〞︶︺︾﹀﹄﹚﹜﹞！＂％＇），．：；？］｀｜｝～￠"
)
JOINER = "\ufeff"
SEQUENCES = {"Table": "Table", "Image": "Figure"}  # names of fields, which no reader sees


def _number_field(match: re.Match) -> str:
    start, kind, name, number, rest = match.groups()
    field = FIELD.format(code=f"SEQ {SEQUENCES[kind]} \\* ARABIC", text=number)
    return f'{start}{name}</w:t></w:r>{field}<w:r><w:t xml:space="preserve">{rest}</w:t></w:r>'


def _numbered_captions(document: str) -> str:
    """Caption numbers as Word's own sequence fields, so that Word can renumber and list them."""
    paragraphs = re.split(r"(<w:p>.*?</w:p>)", document, flags=re.DOTALL)
    return "".join(CAPTION.sub(_number_field, part, count=1) for part in paragraphs)


def _prefixed(document: str, prefix: str) -> str:
    """Numbers of sections, tables and figures with a letter before, where they stand and where they are referred to."""

    def once(match: re.Match) -> str:
        return match[0] if match[1].endswith(prefix) else f"{match[1]}{prefix}{match[2]}"

    parts = re.split(r"(<w:p>.*?</w:p>)", document, flags=re.DOTALL)
    return "".join(LINKED.sub(once, OWN.sub(once, part, count=1)) for part in parts)


def _joined(document: str) -> str:
    """Signs of no width hold an interval in Chinese together where a program does not read the rules of lines."""
    return document.replace("～", f"{JOINER}～{JOINER}").replace("CI：", f"CI：{JOINER}")


def _closed_up(settings: str) -> str:
    """The rules of lines in Chinese: none ends or begins at the wave of an interval, or ends at its colon."""
    rules = "".join(
        f'<w:noLineBreaks{side} w:lang="zh-CN" w:val="{escape(signs)}"/>'
        for side, signs in (("After", NOT_LAST), ("Before", NOT_FIRST))
    )
    return re.sub(r"(<w:characterSpacingControl [^>]*/>)", rf"\1{rules}", settings, count=1)


def _whole_rows(document: str) -> str:
    """No row breaks across pages."""
    return document.replace("<w:tr><w:tc>", "<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc>")


def _kept_groups(document: str) -> str:
    """A row that only names a group stays with the row below it."""
    return GROUP.sub(lambda row: row[0].replace(row[1], f"{row[1]}<w:keepNext/>", 1), document)


def _inherit_header(document: str) -> str:
    """The first section states header and footer; the others take them over."""
    last = re.findall(r"<w:(?:header|footer)Reference [^>]*/>", document)
    first = re.search(r"<w:sectPr[^>]*>", document)
    if not last or not first or document[first.end() :].lstrip().startswith("<w:headerReference"):
        return document
    return document[: first.end()] + "".join(last) + document[first.end() :]


def _plain(markdown: object) -> str:
    """The words of a line of Markdown, without its links and emphasis."""
    return re.sub(r"[*`]|\[([^\]]*)\]\([^)]*\)", r"\1", str(markdown))


def finish(file: Path, details: dict) -> None:
    """Set the running header and footer of a rendered document and make its captions and tables Word's own.

    Parameters
    ----------
    file : Path
        The document; rewritten in place.
    details : dict
        The report's metadata: ``study-title``, ``registry``, ``state``, ``data-cut`` are used.
    """
    parts: dict[str, str | bytes] = dict(unpack(file.read_bytes()))
    document = parts["word/document.xml"].decode("utf-8")  # type: ignore[union-attr]
    if prefix := str(details.get("number-prefix") or ""):
        document = _prefixed(document, prefix)
    parts["word/document.xml"] = _inherit_header(_kept_groups(_whole_rows(_numbered_captions(document))))
    if str(details.get("lang") or "").startswith("zh"):
        parts["word/settings.xml"] = _closed_up(parts["word/settings.xml"].decode("utf-8"))  # type: ignore[union-attr]
        parts["word/document.xml"] = _joined(parts["word/document.xml"])  # type: ignore[arg-type]
    left = "  ".join(_plain(details[key]) for key in ("registry", "study-title") if details.get(key))
    state = str(details.get("state-label") or STATES.get(details.get("state"), details.get("state") or ""))
    cut = str(details.get("data-cut") or "")
    for name in parts:
        if re.fullmatch(r"word/header\d*\.xml", name):
            parts[name] = header_part(left or _plain(details.get("title", "")), state[:1].upper() + state[1:])
        elif re.fullmatch(r"word/footer\d*\.xml", name):
            parts[name] = footer_part(tr("Data cut: {cut}", cut=cut) if cut else "")
    file.write_bytes(pack(parts))
