"""The texts that bytes of any make carry: archives, PDF, pictures, compressed streams, text in an encoding."""

import bz2
import contextlib
import gzip
import io
import lzma
import re
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline import children
from pipeline.project import UserError

LIMIT_SECONDS = 600
PNG, ZIP, PDF, GZIP = b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"%PDF", b"\x1f\x8b"
XZ, BZIP2 = b"\xfd7zXZ\x00", b"BZh"
ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
OF_PIXELS = frozenset(b"IHDR IDAT PLTE tRNS IEND gAMA cHRM sRGB pHYs sBIT bKGD".split())
PICTURES = (b"\xff\xd8\xff", b"GIF8", b"RIFF")
WOFF = (b"wOFF", b"wOF2")
FONTS = (*WOFF, b"OTTO", b"\x00\x01\x00\x00", b"true")
OUTLINES = re.compile(  # tables of a font that hold numbers only
    "BASE|CFF2?|GDEF|GPOS|GSUB|OS/2|VDMX|VORG|cmap|cvt|fpgm|gasp|glyf|hdmx|head|hhea|hmtx|kern|loca|maxp|prep|vhea|vmtx"
)
MOST = 1 << 26  # bytes that are unpacked of one stream
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
PLACES = re.compile(
    rb"(?<![0-9])[0-9]{10} [0-9]{5} [nf]\s"
)  # where the objects of a PDF begin: digits that spell anything
LITERAL = re.compile(rb"\(((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*)\)", re.DOTALL)
HEXADECIMAL = re.compile(rb"<([0-9A-Fa-f\s]{4,})>")
ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r?\n|.)", re.DOTALL)
RICH = re.compile(r"\\u(-?\d{1,6}) ?\??")  # signs of rich text
WRITTEN = re.compile(rb"\bBT\b(.*?)\bET\b", re.DOTALL)
DRAWING = re.compile(rb"\bBT\s|\sTf\s|begincmap|(?:[\d.]+ ){4}(?:re|cm|c|d1)\b")


def is_binary(content: bytes) -> bool:
    """Whether bytes are of a make that is not read as text."""
    return content.startswith((PNG, ZIP, PDF, GZIP, XZ, BZIP2, *ZLIB, *PICTURES, *FONTS))


def texts_in(content: bytes) -> Iterator[str]:
    """The texts of a file that is no archive: what a picture, a PDF, a compressed stream or an encoding holds.

    Raises
    ------
    UserError
        At a PDF where no program can take its text out: what cannot be read is not cleared.
    """
    if content.startswith(PNG):
        yield from _png(content)
    elif content.startswith(PDF):
        yield from _pdf(content)
    elif content.startswith(GZIP):
        yield from texts_in(_gunzipped(content))
    elif content.startswith((XZ, BZIP2)):
        yield from texts_in(_unpacked(content))
    elif content.startswith(ZLIB) and (inner := inflated(content)):
        yield from texts_in(inner)
    elif content.startswith(FONTS):
        yield from _font(content)
    elif content.startswith(PICTURES):
        yield from _runs(content)
    else:
        yield from _decoded(content)


def members(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Names and contents of an archive's members, and its comments."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        yield "comment", archive.comment
        for member in archive.infolist():
            yield member.filename, archive.read(member)
            yield f"{member.filename} (comment)", member.comment


def inflated(stream: bytes) -> bytes:
    """What of a zlib stream can be unpacked; nothing where it is none."""
    try:
        return zlib.decompressobj().decompress(stream, MOST)
    except zlib.error:
        return b""


def bare(stream: bytes) -> bytes:
    """What of a stream that was deflated without a head is text; nothing where it is none."""
    try:
        made = zlib.decompressobj(-15).decompress(stream, MOST)
        return made if made.decode("utf-8").strip() else b""
    except (zlib.error, UnicodeDecodeError):
        return b""


def _unpacked(content: bytes) -> bytes:
    unpacker = lzma.LZMADecompressor() if content.startswith(XZ) else bz2.BZ2Decompressor()
    try:
        return unpacker.decompress(content, MOST)
    except (OSError, EOFError, lzma.LZMAError):
        return b""


def _gunzipped(content: bytes) -> bytes:
    try:
        return gzip.GzipFile(fileobj=io.BytesIO(content)).read(MOST)
    except (OSError, EOFError, zlib.error):
        return b""


def _decoded(content: bytes) -> Iterator[str]:
    """Text by the marks of its encoding; where it is not UTF-8, as Chinese and as western programs write it."""
    if content.startswith(b"{\\rtf"):
        yield RICH.sub(lambda sign: chr(int(sign[1]) % 65536), content.decode("cp1252", "ignore"))
        return
    if content.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        yield content.decode("utf-32", "replace")
        return
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield content.decode("utf-16", "replace")
        return
    head = content[:4096]
    if head.count(0) * 4 > len(head):
        places = [head[start::2].count(0) for start in (0, 1)]
        wide = content.decode("utf-16-be" if places[0] > places[1] else "utf-16-le", "replace")
        yield from (wide, wide.replace("\0", ""))  # two bytes a sign, or four
    if b"\0" in content:
        yield content.replace(b"\0", b"").decode("utf-8", "ignore")
    yield content.decode("utf-8", "replace")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        yield from dict.fromkeys(content.decode(encoding, "ignore") for encoding in LEGACY)


LEGACY = (  # of programs that do not write UTF-8: Chinese, Japanese, Korean, the alphabets of Europe and Turkey
    *("gb18030", "big5hkscs", "shift_jis", "euc_kr"),
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "mac_roman", "cp850"),
)
WIDE = re.compile(
    rb"(?:[\x20-\xff][\x00-\x02]|[\x00-\xff][\x4e-\x9f]){4,}"
)  # Latin and Chinese, two bytes a sign


def strings(content: bytes) -> str:
    """Readable runs of a binary file, in one byte a sign or two."""
    wide = (run.decode("utf-16-le", "ignore") for run in WIDE.findall(content))
    return "\n".join([*(run.decode("ascii") for run in re.findall(rb"[\x20-\x7e]{4,}", content)), *wide])


def _runs(content: bytes) -> Iterator[str]:
    yield strings(content)
    yield content.decode("utf-8", "ignore")


def _font(content: bytes) -> Iterator[str]:
    """What a font carries beside its outlines: names, tables of no known kind, metadata, what comes after its end.

    Outlines are compressed or are numbers: read as text, they would say anything. What is no font that can be read is
    looked through as it stands.
    """
    from fontTools.ttLib import TTFont

    try:
        with TTFont(io.BytesIO(content), lazy=True) as font:
            names = font["name"].names if "name" in font else []
            outlines = font["CFF "].cff if "CFF " in font else None
            inside = [*outlines.fontNames, *outlines.strings.strings] if outlines else []
            found = "\n".join([*(record.toUnicode(errors="replace") for record in names), *inside])
            others = [font.reader[tag] for tag in font.reader.tables if not OUTLINES.fullmatch(tag.strip())]
            extra = font.flavorData
            others += [part for part in (extra and (extra.metaData, extra.privData)) or () if part]
            end = _end_of_font(content, font)
    except Exception:  # of any of its parsers
        yield from _runs(content)
        return
    yield found
    for part in [*others, content[end:]]:
        yield from _runs(part)


def _end_of_font(content: bytes, font: Any) -> int:
    """Where a font ends, as its head says."""
    if content.startswith(WOFF):
        return struct.unpack(">I", content[8:12])[0]
    return max(entry.offset + entry.length for entry in font.reader.tables.values())


def _png(image: bytes) -> Iterator[str]:
    """What a PNG carries beside its pixels: texts, chunks of no known kind, what comes after its end."""
    at = len(PNG)
    while at + 8 <= len(image):
        length, kind = struct.unpack(">I4s", image[at : at + 8])
        body = image[at + 8 : at + 8 + length]
        at += 12 + length
        if kind not in OF_PIXELS:
            yield from _decoded(body)
            start = next((place for mark in ZLIB if (place := body.find(mark, body.find(b"\0"))) >= 0), None)
            if start is not None:
                yield from _decoded(inflated(body[start:]))
        if kind == b"IEND":
            yield from _decoded(image[at:])
            return


def can_read_pdf() -> bool:
    """Whether a program that takes the text out of a PDF is installed."""
    return shutil.which("pdftotext") is not None


def _pdf(content: bytes) -> Iterator[str]:
    """What a PDF shows, says of itself and has attached."""
    program = shutil.which("pdftotext")
    if program is None:
        raise UserError(
            "a PDF can only be looked through with pdftotext (poppler-utils); install it, or leave pdf out"
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.pdf"
        file.write_bytes(content)
        laid_out, as_drawn = (
            children.run([program, way, file, "-"], limit=LIMIT_SECONDS, memory=0).stdout
            for way in ("-layout", "-raw")
        )
    yield from without_mark(laid_out, as_drawn)
    objects = PLACES.sub(b" ", STREAM.sub(b" ", content))
    yield strings(HEXADECIMAL.sub(b" ", objects))
    yield from _pdf_strings(objects)
    for stream in STREAM.findall(content):
        inner = inflated(stream) or stream
        if b"/ActualText" in inner or b"/Alt" in inner:
            yield from _pdf_strings(inner)
        yield from _drawn(inner)
        if inner.startswith((b"\xff\xfe", b"\xfe\xff")) or (not DRAWING.search(inner) and _is_text(inner)):
            yield from _decoded(inner)
            yield from _pdf_strings(inner)


_FIRST_LETTERS = re.compile(r"(?:[^\W\d_]\n){3,12}")
_FRAGMENT = re.compile(r"(?:^|(?<=\s\s))([^\W\d_]{1,4})(?=\s\s|$)", re.MULTILINE)


def without_mark(laid_out: str, as_drawn: str) -> tuple[str, str]:
    r"""The text of a PDF, both ways, without the mark across its pages: its letters stand beside any number of them.

    The mark is drawn first on every page, letter by letter; as the text is laid out, pieces of it stand between the
    lines, from its end to its beginning. Nothing else is taken out.

    Examples
    --------
    >>> without_mark("Deaths   FT\n         RA\n 18     9\n  D  \n\f", "D\nR\nA\nF\nT\nDeaths\n18 9\n\f")[0].split()
    ['Deaths', '18', '9']
    >>> without_mark("RA   18\n\f", "RA\n18\n\f")
    ('RA   18\n\x0c', 'RA\n18\n\x0c')
    """
    pages = as_drawn.removesuffix("\f").split("\f")
    letters = _FIRST_LETTERS.match(pages[0])
    if letters is None or not all(page.startswith(letters[0]) for page in pages):
        return laid_out, as_drawn
    mark = letters[0].replace("\n", "")
    drawn = "\f".join(page.removeprefix(letters[0]) for page in pages)
    return "\f".join(_without_pieces(page, mark) for page in laid_out.split("\f")), drawn


def _without_pieces(page: str, mark: str) -> str:
    """A page without the pieces of a mark; as it is where they do not make up the whole of it."""
    left, found = mark, []
    for piece in _FRAGMENT.finditer(page):
        if left and left.endswith(piece[1]):
            left = left.removesuffix(piece[1])
            found.append(piece.span())
    for start, end in reversed(found if not left else ()):
        page = f"{page[:start]}{' ' * (end - start)}{page[end:]}"
    return page


def _drawn(stream: bytes) -> Iterator[str]:
    """What a stream writes in letters of ASCII, also on a page that is no longer shown; numbers of letters are none."""
    for block in WRITTEN.findall(stream):
        said = "".join(_pdf_strings(block, in_order=True))
        if said.isprintable() and sum(map(str.isascii, said)) > 0.8 * len(said):
            yield said


def _is_text(content: bytes) -> bool:
    """Whether a stream is text rather than a font or a picture."""
    head = content[:4096]
    seen = sum(byte in b"\t\n\r" or 32 <= byte < 127 for byte in head)
    with contextlib.suppress(UnicodeDecodeError):
        return len(content.decode("utf-8")) > 0 and b"\0" not in head
    return seen > 0.95 * len(head)


def _pdf_strings(content: bytes, *, in_order: bool = False) -> Iterator[str]:
    """The strings of PDF objects, their escapes and hexadecimal digits read, in either of their encodings."""
    found = [(match.start(), ESCAPE.sub(_unescaped, match[1])) for match in LITERAL.finditer(content)]
    for match in HEXADECIMAL.finditer(content):
        digits = re.sub(rb"\s", b"", match[1])
        found.append((match.start(), bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())))
    for _, text in sorted(found) if in_order else found:
        yield (
            text.decode("utf-16", "ignore")
            if text.startswith((b"\xfe\xff", b"\xff\xfe"))
            else text.decode("latin-1")
        )


def _unescaped(match: re.Match) -> bytes:
    sign = match[1]
    if sign[:1] in b"01234567":
        return bytes([int(sign, 8) % 256])
    return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"", b"f": b"", b"\n": b"", b"\r\n": b""}.get(
        sign, sign
    )
