# ruff: noqa: E501  (a place on each line)
"""Values planted in files as pages, Word, PDF, pictures and tables may carry them, in many encodings."""

import base64
import gzip
import io
import json
import quopri
import struct
import zipfile
import zlib
from urllib.parse import quote


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def page(inner: str) -> tuple[str, bytes]:
    return (
        "x.html",
        f"<!doctype html><html><head><title>A report</title></head><body>{inner}</body></html>".encode(),
    )


def text(value: str) -> tuple[str, bytes]:
    return page(f"<p>seen {escaped(value)} here</p>")


def archive(members: dict[str, str | bytes], name: str = "x.docx") -> tuple[str, bytes]:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for part, content in members.items():
            made.writestr(part, content)
    return name, file.getvalue()


def picture(*chunks: tuple[bytes, bytes]) -> bytes:
    made = b"\x89PNG\r\n\x1a\n"
    for kind, body in chunks:
        made += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return made


def pdf(*objects: bytes) -> tuple[str, bytes]:
    """A small PDF whose first page is empty, with these objects besides."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>",
        *objects,
    ]
    out, places = b"%PDF-1.5\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + part + b"\nendobj\n"
    table = b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    size = len(parts) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n".encode() + table
    info = b"/Info 4 0 R" if objects else b""
    return "x.pdf", out + f"trailer<</Size {size}/Root 1 0 R".encode() + info + b">>\nstartxref\n9\n%%EOF"


def split(value: str, tag: str) -> str:
    return "".join(f"<{tag}>{escaped(sign)}</{tag}>" for sign in value)


def b64(content: bytes | str, encoding: str = "utf-8") -> str:
    return base64.b64encode(content.encode(encoding) if isinstance(content, str) else content).decode()


def hexed(value: str) -> str:
    return "".join(f"&#x{ord(sign):x};" for sign in value)


def utf16(value: str) -> bytes:
    return b"\xfe\xff" + value.encode("utf-16-be")


def stream(content: bytes) -> bytes:
    made = zlib.compress(content)
    return f"<</Length {len(made)}/Filter/FlateDecode>>stream\n".encode() + made + b"\nendstream"


def jpeg(segment: int, body: bytes) -> bytes:
    size = struct.pack(">H", len(body) + 2)
    return b"\xff\xd8\xff\xe0\0\x04ab" + bytes([0xFF, segment]) + size + body + b"\xff\xd9"


def places(value: str) -> dict[str, tuple[str, bytes]]:
    """A value in places where nobody looks, and in encodings that nobody reads."""
    word = lambda inner: f"<w:document><w:body><w:p>{inner}</w:p></w:body></w:document>"  # noqa: E731
    encoded = base64.b64encode(f"the value that was planted is {value} and it is here".encode()).decode()
    sheet = f"<sst><si><r><t>{escaped(value[:3])}</t></r><r><t>{escaped(value[3:])}</t></r></si></sst>"
    return {
        "split over tags": page(f"<p>seen {split(value, 'b')} here</p>"),
        "split over spans": page(f"<td>{split(value, 'span')}</td>"),
        "decimal entities": page("".join(f"&#{ord(sign):07d};" for sign in value)),
        "hexadecimal entities": page(hexed(value)),
        "soft hyphens": page("&shy;".join(map(escaped, value))),
        "zero width": page("&ZeroWidthSpace;".join(map(escaped, value))),
        "word joiners": page("<wbr>".join(map(escaped, value))),
        "comment": page(f"<!-- {value} -->"),
        "alternative text": page(f'<img alt="{escaped(value)}" src="data:,">'),
        "title": page(f"<abbr title='{hexed(value)}'>x</abbr>"),
        "data attribute": page(
            f'<i data-x="{base64.b64encode((value + " and more, so that it is long").encode()).decode()}">x</i>'
        ),
        "aria": page(f'<div aria-description="{escaped(value)}"></div>'),
        "class": page(f'<div class="row" id="r-1" style="--x: \'{value}\'"></div>'),
        "meta": page(f'<meta name="author" content="{escaped(value)}">'),
        "script": page(f"<script>const x = {json.dumps(value)};</script>"),
        "json": page(f'<script type="application/json">{json.dumps({"a": [{"b": value}]})}</script>'),
        "style": page(f"<style>p::after {{ content: '{value}' }}</style>"),
        "template": page(f"<template><p>{escaped(value)}</p></template>"),
        "hidden": page(f"<p hidden style='display:none'>{escaped(value)}</p>"),
        "svg metadata": page(f"<svg><metadata><x>{escaped(value)}</x></metadata></svg>"),
        "svg title": page(f"<svg><title>{escaped(value)}</title><desc>{hexed(value)}</desc></svg>"),
        "svg in an address": page(
            f'<img src="data:image/svg+xml,{quote(f"<svg><desc>{value}</desc></svg>")}">'
        ),
        "svg in base64": page(
            f'<img src="data:image/svg+xml;base64,{base64.b64encode(f"<svg><desc>{value}</desc></svg>".encode()).decode()}">'
        ),
        "percent": page(f'<a href="https://example.org/?q={quote(value, safe="")}">x</a>'),
        "percent twice": page(f'<a href="?q={quote(quote(value, safe=""), safe="")}">x</a>'),
        "every sign in percent": page("".join(f"%{byte:02x}" for byte in value.encode())),
        "base64": page(f"<p>{encoded}</p>"),
        "base64 in an address": page(f'<a href="?x={quote(encoded)}">x</a>'),
        "base64 for addresses": page(
            f"<p>{base64.urlsafe_b64encode(f'>>>???{value}, and here it ends ~~~'.encode()).decode()}</p>"
        ),
        "base64 in lines": page(
            "<pre>" + "\n".join(encoded[at : at + 30] for at in range(0, len(encoded), 30)) + "</pre>"
        ),
        "hexadecimal": page(f"<code>{value.encode().hex()}</code>"),
        "gzip in base64": page(
            f"<i data-z='{base64.b64encode(gzip.compress((value + ' ' * 40).encode())).decode()}'></i>"
        ),
        "zlib in base64": page(
            f"<i data-z='{base64.b64encode(zlib.compress((value + ' ' * 40).encode())).decode()}'></i>"
        ),
        "escapes of a script": page(
            "<script>x='" + "".join(rf"\u{ord(sign):04x}" for sign in value) + "'</script>"
        ),
        "escapes of a style": page(
            "<style>p{content:'" + "".join(rf"\{ord(sign):06x}" for sign in value) + "'}</style>"
        ),
        "utf-16": ("x.txt", value.encode("utf-16")),
        "utf-16 without mark": ("x.txt", f"seen {value} here".encode("utf-16-le")),
        "gb18030": ("x.csv", f"姓名,编号\n患者,{value}\n".encode("gb18030")),
        "csv": ("x.csv", f"a;b\n1;{value}\n".encode()),
        "csv with a mark": ("x.csv", b"\xef\xbb\xbf" + f"a,b\n1,'{value}\n".encode()),
        "png text": ("x.png", picture((b"tEXt", b"Comment\0" + value.encode()))),
        "png compressed": ("x.png", picture((b"zTXt", b"Comment\0\0" + zlib.compress(value.encode())))),
        "png international": (
            "x.png",
            picture((b"iTXt", b"Title\0\1\0\0\0" + zlib.compress(value.encode()))),
        ),
        "png exif": ("x.png", picture((b"eXIf", b"MM\0*" + value.encode()))),
        "png after its end": ("x.png", picture((b"IEND", b"")) + value.encode()),
        "png own chunk": ("x.png", picture((b"stUd", value.encode()))),
        "png in a page": page(
            f'<img src="data:image/png;base64,{base64.b64encode(picture((b"tEXt", b"A" + bytes(1) + value.encode()))).decode()}">'
        ),
        "word text": archive({"word/document.xml": word(f"<w:r><w:t>{escaped(value)}</w:t></w:r>")}),
        "word runs": archive(
            {"word/document.xml": word("".join(f"<w:r><w:t>{escaped(s)}</w:t></w:r>" for s in value))}
        ),
        "word hidden": archive(
            {"word/document.xml": word(f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>{escaped(value)}</w:t></w:r>")}
        ),
        "word deleted": archive(
            {
                "word/document.xml": word(
                    f"<w:del w:author='x'><w:r><w:delText>{escaped(value)}</w:delText></w:r></w:del>"
                )
            }
        ),
        "word comment": archive(
            {"word/comments.xml": f"<w:comments><w:comment w:author='{escaped(value)}'/></w:comments>"}
        ),
        "word footnote": archive({"word/footnotes.xml": word(f"<w:r><w:t>{escaped(value)}</w:t></w:r>")}),
        "word field": archive(
            {"word/document.xml": word(f"<w:r><w:instrText>HYPERLINK {escaped(value)}</w:instrText></w:r>")}
        ),
        "word properties": archive(
            {
                "docProps/custom.xml": f"<Properties><property name='a'><vt:lpwstr>{escaped(value)}</vt:lpwstr></property></Properties>"
            }
        ),
        "word alternative text": archive(
            {"word/document.xml": word(f'<wp:docPr id="1" descr="{hexed(value)}"/>')}
        ),
        "word picture": archive({"word/media/a.png": picture((b"tEXt", b"A\0" + value.encode()))}),
        "word theme": archive({"customXml/item1.xml": f"<a b='{hexed(value)}'/>"}),
        "workbook in word": archive({"word/embeddings/a.xlsx": archive({"xl/sharedStrings.xml": sheet})[1]}),
        "archive comment": ("x.docx", _commented(value)),
        "pdf information": pdf(
            f"<</Title({value})>>".encode("latin-1", "replace")
            if value.isascii()
            else b"<</Title<" + utf16(value).hex().encode() + b">>>"
        ),
        "pdf in utf-16": pdf(
            b"<</Author("
            + utf16(value).replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
            + b")>>"
        ),
        "pdf metadata": pdf(b"<<>>", stream(f"<x:xmpmeta>{escaped(value)}</x:xmpmeta>".encode())),
        "pdf octal": pdf(b"<</Subject(" + b"".join(b"\\%03o" % byte for byte in utf16(value)) + b")>>"),
        "pdf note": pdf(b"<<>>", b"<</Type/Annot/Contents<" + utf16(value).hex().upper().encode() + b">>>"),
        "pdf in an address": page(
            f'<a href="data:application/pdf;base64,{base64.b64encode(pdf(b"<<>>", stream(value.encode()))[1]).decode()}">x</a>'
        ),
    }


def _commented(value: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("word/document.xml", "<w:document/>")
        made.comment = value.encode()
    return file.getvalue()


def more_places(v: str) -> dict[str, tuple[str, bytes]]:
    """More of them, of another hand."""
    e = escaped(v)
    return {
        "input": page(f"<input value='{e}'>"),
        "srcset": page(f'<img srcset="{quote(v)}.png 2x">'),
        "mailto": page(f'<a href="mailto:a@x.org?subject={quote(v)}">x</a>'),
        "cdata": ("x.svg", f"<svg><![CDATA[{v}]]></svg>".encode()),
        "noscript": page(f"<noscript>{e}</noscript>"),
        "no semicolon": page("".join(f"&#{ord(c):07d}" for c in v)),
        "quoted printable": page(
            "<pre>" + quopri.encodestring(v.encode(), quotetabs=True).decode().replace("-", "=2D") + "</pre>"
        ),
        "encoded word": ("x.txt", f"Subject: =?UTF-8?B?{base64.b64encode(v.encode()).decode()}?=".encode()),
        "ruby": page(f"<ruby>{e[:3]}<rt></rt></ruby><ruby>{e[3:]}</ruby>"),
        "datetime": page(f"<time datetime='{e}'>x</time>"),
        "id": page(f"<p id='{e}'>x</p>"),
        "href": page(f"<a href='#{e}'>x</a>"),
        "css url": page(f'<style>a{{background:url("{quote(v)}.png")}}</style>'),
        "json escapes": page("<script>x=" + json.dumps(v) + "</script>"),
        "js braces": page("<script>x='" + "".join(rf"\u{{{ord(c):x}}}" for c in v) + "'</script>"),
        "octal": page(
            "<script>x='" + "".join(rf"\{ord(c):03o}" if ord(c) < 256 else c for c in v) + "'</script>"
        ),
        "header": archive({"word/header1.xml": f"<w:hdr><w:p><w:r><w:t>{e}</w:t></w:r></w:p></w:hdr>"}),
        "docvar": archive({"word/settings.xml": f"<w:docVar w:name='a' w:val='{e}'/>"}),
        "modified by": archive({"docProps/core.xml": f"<cp:lastModifiedBy>{e}</cp:lastModifiedBy>"}),
        "chart": archive({"word/charts/chart1.xml": f"<c:pt idx='0'><c:v>{e}</c:v></c:pt>"}),
        "bookmark": archive({"word/document.xml": f"<w:bookmarkStart w:name='{e}'/>"}),
        "relation": archive(
            {"word/_rels/document.xml.rels": f"<Relationship Id='rId9' Target='https://x/{quote(v)}'/>"}
        ),
        "member": archive({f"word/media/{v}.png": b"x"}),
        "folder": archive({f"{v}/": b""}),
        "sheet": archive({"xl/worksheets/sheet1.xml": f"<c t='inlineStr'><is><t>{e}</t></is></c>"}, "x.xlsx"),
        "defined name": archive(
            {"xl/workbook.xml": f"<definedName name='a'>\"{e}\"</definedName>"}, "x.xlsx"
        ),
        "zip in html": page(
            "<a href='data:application/zip;base64,"
            + base64.b64encode(archive({"a.txt": v})[1]).decode()
            + "'>x</a>"
        ),
        "outline": pdf(
            b"<<>>",
            b"<</Title <"
            + " ".join(utf16(v).hex()[i : i + 8] for i in range(0, len(utf16(v).hex()), 8)).encode()
            + b">>>",
        ),
        "field": pdf(
            b"<<>>",
            b"<</FT/Tx/V("
            + utf16(v).replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
            + b")>>",
        ),
        "attachment": pdf(b"<<>>", stream(v.encode())),
        "attached xml": pdf(b"<<>>", stream(("<a>" + e + "</a>").encode("utf-16"))),
        "object stream": pdf(b"<<>>", stream(b"5 0 <</Author<" + utf16(v).hex().encode() + b">>>")),
        "plain stream": pdf(b"<<>>", b"<</Length 9>>stream\n" + v.encode() + b"\nendstream"),
        "jpeg comment": ("x.jpg", jpeg(0xFE, v.encode())),
        "jpeg exif": ("x.jpg", jpeg(0xE1, b"Exif\0\0MM" + v.encode("utf-16-le"))),
        "gif": ("x.gif", b"GIF89a\1\0\1\0\0\0\0!\xfe" + bytes([len(v.encode())]) + v.encode() + b"\0;"),
        "jpeg in page": page(
            f'<img src="data:image/jpeg;base64,{base64.b64encode(jpeg(0xFE, v.encode())).decode()}">'
        ),
        "svgz": ("x.svgz", gzip.compress(f"<svg>{e}</svg>".encode())),
        "keyword": ("x.png", picture((b"tEXt", v.encode() + b"\0x"))),
        "xmp": (
            "x.png",
            picture((b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x a='" + hexed(v).encode() + b"'/>")),
        ),
        "html utf-16": ("x.html", f"<p>{e}</p>".encode("utf-16")),
        "eml": (
            "x.eml",
            b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes((v + " " * 60).encode()),
        ),
        "notebook": ("x.ipynb", json.dumps({"cells": [{"source": [v]}]}).encode()),
        "double base64": page(
            base64.b64encode(base64.b64encode((v + " and the rest of it").encode())).decode()
        ),
        "yaml": ("x.yml", f'a: "{v}"\n'.encode()),
        "latin-1": (
            "x.csv",
            f"a;{v}".encode("latin-1", "replace") if v.isascii() or "ü" in v else f"a;{v}".encode("gbk"),
        ),
        "big5": ("x.csv", f"a;{v}".encode("big5", "ignore") if v.isascii() else f"a;{v}".encode("gb18030")),
        "nested comment": page(f"<!-- <p>{e[:4]}<b>{e[4:]}</b></p> -->"),
        "attribute entities": page(f"<img alt='{''.join(f'&#{ord(c)};' for c in v)}'>"),
        "plus": page(f"<a href='?q={v.replace(' ', '+')}'>x</a>"),
    }
