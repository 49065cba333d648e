"""The final bytes of a page, taken apart as a reader's browser would: text, attributes, scripts, what is embedded."""

import base64
import binascii
import html
import io
import quopri
import re
import shutil
import struct
import subprocess
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote_to_bytes

from pipeline.project import UserError

ANCHOR = re.compile(r'<[^<>]*\bid="([^"<>]+)"[^<>]*>')
CAPTION = re.compile(r"-caption-[0-9a-f-]{36}$|^cell-(?=tbl-|fig-)")  # what Quarto adds to a label
DATA_URI = re.compile(
    r"data:[\w.+/-]*(?:;[\w.=-]+)*?(?:;base64,(?P<base64>[\w+/=%\s]*)|,(?P<text>[^\s\"'<>)]*))"
)
BASE64 = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
ATTRIBUTE = re.compile(r"\b(?:alt|title|content|value|summary|aria-label|data-[\w-]+)=(\"[^\"]*\"|'[^']*')")
CODE = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
DASHES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff")
)
HEXADECIMAL = re.compile(r"(?<![0-9A-Za-z])(?:(?:0x|\\x)?[0-9A-Fa-f]{2}[\s:]?){5,}(?![0-9A-Za-z])")
PNG = b"\x89PNG\r\n\x1a\n"
RELATION = re.compile(rb"(?<=[\"/])rId\d+(?=[\"./])")  # r:embed="rId9", media/rId9.png


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the page.

    `place` says where it is: the nearest label or heading above it. `words` is what a reader can see or have read out,
    `everything` holds markup and scripts, too; both without entities, escapes and typographic variants.
    """

    place: str
    words: str
    everything: str

    def views(self, *, seen: bool = False) -> list[str]:
        """The text as it stands, its lines joined, and what percent signs, hexadecimal digits and ``=`` codes hide."""
        return list(_views(self.words if seen else self.everything))


@lru_cache(maxsize=4096)
def _views(text: str) -> tuple[str, ...]:
    made = [text, re.sub(r"\s+", " ", text)]
    decoded = text
    for _ in range(3):
        if not re.search(r"%[0-9A-Fa-f]{2}", decoded):
            break
        decoded = unquote_to_bytes(decoded).decode("utf-8", "replace")
        made.append(plain(decoded.replace("+", " ")))
        made.append(plain(decoded))
    if re.search(r"=[0-9A-F]{2}", text):
        made.append(plain(quopri.decodestring(text.encode("utf-8", "replace")).decode("utf-8", "replace")))
    for match in HEXADECIMAL.finditer(text):
        raw = bytes.fromhex(re.sub(r"[\s:]|0x|\\x", "", match[0]))
        for encoding in ("utf-8", "utf-16-le"):
            try:
                made.append(plain(raw.decode(encoding)))
            except UnicodeDecodeError:
                continue
    if re.search(r"[a-z0-9]_x[0-9A-Fa-f]{4}_", text):
        made.append(plain(re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), text)))
    return tuple(dict.fromkeys(made))


def pieces_of(content: bytes, name: str) -> list[Piece]:
    """The parts of any file that may leave: HTML, Word and other archives, PDF, pictures, text."""
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [
                piece
                for member in archive.infolist()
                for piece in (
                    *pieces_of(_without_relations(archive.read(member)), f"{name}:{member.filename}"),
                    _piece(
                        f"{name}:{member.filename}",
                        html.escape(_without_relations(f"/{member.filename}".encode()).decode()),
                    ),
                )
            ]
    if content.startswith(b"%PDF"):
        return [_piece(name, html.escape(text)) for text in _pdf_texts(content)]
    if content.startswith(PNG):
        return [_piece(name, html.escape(text)) for text in _png_texts(content)]
    if content[:3] in (b"\xff\xd8\xff", b"GIF", b"OTT") or name.endswith(
        (".odttf", ".ttf", ".otf", ".woff2")
    ):
        return [_piece(name, html.escape(text)) for text in _strings(content)]
    return [replace(piece, place=_at(name, piece.place)) for piece in pieces(_text_of(content).encode())]


def _without_relations(content: bytes) -> bytes:
    """Markup or a path of an Office file without the numbers by which its parts refer to one another."""
    is_other = content.startswith((PNG, b"PK\x03\x04", b"%PDF"))
    return content if is_other else RELATION.sub(b"rId", content)


def _at(name: str, place: str) -> str:
    return place if name.endswith(".html") else name


def _text_of(content: bytes) -> str:
    """Text of a file, its encoding told by its first bytes; runs of Word joined to what a reader sees."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    text = content.decode("utf-8", "replace")
    if "</w:p>" in text or "</a:p>" in text:
        text = re.sub(r"</(?:w|a):p>|<w:(?:br|tab|cr)\b[^>]*/>", " <p> ", text)
    return text


def _strings(content: bytes) -> Iterator[str]:
    """Readable runs of a binary file."""
    yield "\n".join(run.decode("latin-1") for run in re.findall(rb"[\x20-\x7e\xa0-\xff]{4,}", content))


def can_read_pdf() -> bool:
    """Whether a program that takes the text out of a PDF is installed."""
    return shutil.which("pdftotext") is not None


def _pdf_texts(content: bytes) -> Iterator[str]:
    """What a PDF shows and says of itself.

    Raises
    ------
    UserError
        Where no program can take its text out: what cannot be read is not cleared.
    """
    program = shutil.which("pdftotext")
    if program is None:
        raise UserError(
            "a PDF can only be looked through with pdftotext (poppler-utils); install it, or leave pdf out"
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.pdf"
        file.write_bytes(content)
        for layout in (["-layout"], ["-raw"]):
            yield subprocess.run(
                [program, *layout, file, "-"], capture_output=True, check=True
            ).stdout.decode("utf-8", "replace")
    yield from _strings(content)
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        yield _inflated(stream)


def pieces(page: bytes) -> list[Piece]:
    """The parts of a page, and of whatever is embedded in it."""
    text = page.decode("utf-8", errors="replace")
    starts = [
        (0, "the head of the page"),
        *((m.start(), label(m[1])) for m in ANCHOR.finditer(text)),
    ]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    found = []
    for (start, place), end in zip(starts, ends):
        part = text[start:end]
        found += [_piece(place, inner) for inner in _embedded(part)]
        found.append(_piece(place, DATA_URI.sub(" ", part)))
    return found


def label(anchor: str) -> str:
    """How an anchor of the page is shown: the label of a table or figure where it belongs to one.

    Examples
    --------
    >>> label("cell-fig-course"), label("tbl-sae-caption-0ceaefa1-69ba-4598-a22c-09a6ac19f8ca"), label("sec-flow")
    ('#fig-course', '#tbl-sae', '#sec-flow')
    """
    return "#" + CAPTION.sub("", anchor)


def _piece(place: str, markup: str) -> Piece:
    visible = CODE.sub(" ", markup)
    attributes = " ".join(match[1][1:-1] for match in ATTRIBUTE.finditer(visible))
    text = re.sub(r"<(?:br|p|div|li|t[dhr]|h\d)\b[^>]*>", " ", visible)  # what stands in a place of its own
    text = re.sub(r"<[^<>]*>", "", text)
    words = plain(f"{text} {attributes}")
    return Piece(place, words, f"{plain(markup)} {words}")


def plain(text: str) -> str:
    r"""Text without entities, escapes, invisible characters and typographic variants of dash, blank and width.

    Examples
    --------
    >>> plain("RA\u2011001 &amp; RA&#45;002 \\u0041")
    'RA-001 & RA-002 A'
    """
    text = ESCAPED.sub(lambda match: chr(int(match[1] or match[2], 16)), html.unescape(text))
    return unicodedata.normalize("NFKC", text.translate(DASHES))


def _embedded(part: str, depth: int = 3) -> Iterator[str]:
    """The text inside data addresses and base64, also where one holds another."""
    blobs = [_blob(match) for match in DATA_URI.finditer(part)]
    blobs += [_decoded(match[0]) for match in BASE64.finditer(DATA_URI.sub(" ", part))]
    for blob in filter(None, blobs):
        text = "\n".join(_png_texts(blob)) if blob.startswith(PNG) else blob.decode("utf-8", errors="ignore")
        yield text
        if depth:
            yield from _embedded(text, depth - 1)


def _blob(address: re.Match) -> bytes:
    """What a data address holds."""
    if (encoded := address["base64"]) is None:
        return unquote_to_bytes(html.unescape(address["text"]))
    return _decoded(re.sub(rb"\s", b"", unquote_to_bytes(encoded)).decode("ascii", "ignore"))


def _decoded(text: str) -> bytes:
    text = text.rstrip("=")
    try:
        return base64.b64decode(text[: len(text) - (len(text) % 4 == 1)] + "=" * (-len(text) % 4))
    except binascii.Error:
        return b""


def _png_texts(image: bytes) -> Iterator[str]:
    """The texts that a PNG carries beside its pixels."""
    at = len(PNG)
    while at + 8 <= len(image):
        length, kind = struct.unpack(">I4s", image[at : at + 8])
        body = image[at + 8 : at + 8 + length]
        at += 12 + length
        if kind in (b"tEXt", b"iTXt", b"eXIf"):
            yield body.decode("utf-8", errors="ignore")
        if kind in (b"zTXt", b"iTXt"):
            yield _inflated(body)


def _inflated(body: bytes) -> str:
    """The compressed part of a PNG text, which begins with zlib's first byte."""
    start = body.find(b"\x78", body.find(b"\0"))
    try:
        return (
            zlib.decompressobj().decompress(body[start:]).decode("utf-8", errors="ignore")
            if start > 0
            else ""
        )
    except zlib.error:
        return ""
