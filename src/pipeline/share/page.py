"""The final bytes of a page, taken apart as a reader's browser would: text, attributes, scripts, what is embedded."""

import base64
import binascii
import html
import re
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

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
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the page.

    `place` says where it is: the nearest label or heading above it. `words` is what a reader can see or have read out,
    `everything` holds markup and scripts, too; both without entities, escapes and typographic variants.
    """

    place: str
    words: str
    everything: str


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
