"""The final bytes of a page, taken apart as a reader's browser would: text, attributes, scripts, what is embedded."""

import base64
import binascii
import contextlib
import html
import quopri
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from pipeline.share.carriers import PDF, PNG, ZIP, bare, is_binary, members, strings, texts_in
from pipeline.share.codes import in_letters, is_row, told_by_numbers
from pipeline.share.columns import told_by_columns
from pipeline.share.drawing import without_drawing
from pipeline.share.keys import told_by_keys

ANCHOR = re.compile(r'<[^<>]*\bid="([^"<>]+)"[^<>]*>')
CAPTION = re.compile(r"-caption-[0-9a-f-]{36}$|^cell-(?=tbl-|fig-)")  # what Quarto adds to a label
DATA_URI = re.compile(
    r"data:[\w.+/-]*(?:;[\w.=-]+)*?(?:;base64,(?P<base64>[\w+/=%\s]*)|,(?P<text>[^\s\"'<>)]*))"
)
BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{8,}={0,2}")
IN_LINES = re.compile(r"(?:[A-Za-z0-9+/_-]{16,}[ \t]*\r?\n\s*)+[A-Za-z0-9+/_-]+={0,2}")
DIGEST = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{64}(?![0-9A-Za-z])")  # of a file, as a manifest lists them
FRACTION = re.compile(r"(?<=[,;\t])-?\d{1,3}\.\d{6,}(?:e-\d{1,3})?(?=[,;\t\r\n])")  # of a table: an estimate
PROSE = re.compile(r'"[^"\n]{30,}"')  # in a cell of a table
SURE = 40  # signs of base64 that are hardly anything else
ATTRIBUTE = re.compile(r"\b(?:alt|title|content|value|summary|aria-label|data-[\w-]+)=(\"[^\"]*\"|'[^']*')")
CELLS = re.compile(r"<t[dh]\b[^>]*>|<w:tc\b[^>]*>")
PLACES = re.compile(  # what stands in a place of its own
    r"</?(?:br|p|div|li|su[bp]|t(?:d|h|r|able|body|head|foot)|caption|h\d|hr|img|title|head|body|html|section|article|header|footer"
    r"|main|aside|nav|figure|figcaption|[uo]l|d[ltd]|pre|blockquote|svg|text|desc|metadata|option|select|button|label|script"
    r"|style|template|link|meta|details|summary)\b[^>]*>",
    re.IGNORECASE,
)
CODE = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
REMARK = re.compile(r"<!--\s*([^<>]*?)\s*-->")
RUBY = re.compile(r"<r[tp]\b[^>]*>.*?</r[tp]>", re.DOTALL | re.IGNORECASE)  # how a sign is read, above it
STYLED = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")  # escapes of a style sheet
ESCAPED = re.compile(r"(?:\\+|%)u([0-9a-fA-F]{4})|\\+x([0-9a-fA-F]{2})|\\+u\{([0-9a-fA-F]{1,5})\}")
OCTAL = re.compile(r"\\([0-3][0-7]{2})")
UNSEEN = (  # signs that take no room: marks of direction, joiners, fillers
    *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0),
    *range(0x180B, 0x1810),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0x1D173, 0x1D17B),
)
DASHES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
    | dict.fromkeys("\u2044\u2215\u29f8", "/")
    | dict.fromkeys(map(chr, (*UNSEEN, *range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000))))
    | {sign: str(unicodedata.decimal(chr(sign))) for sign in range(128, 0x1FBFA) if chr(sign).isdecimal()}
)
VARIANT = re.compile(f"[{''.join(chr(sign) for sign in DASHES if sign < 0x10000)}\U00010000-\U0010ffff]+")
_RAISED = "".join(
    chr(sign)
    for sign in range(0xA0, 0x2200)
    if unicodedata.decomposition(chr(sign)).startswith(("<super>", "<sub>"))
)
NOTE = re.compile(  # M-0419 and the sign of a note: no part of the number
    rf"(?<=[0-9A-Za-z])(?=[{_RAISED}])|(?<=[{_RAISED}])(?=[0-9A-Za-z])"
)
RAISED = re.compile(
    r"<w:r\b(?:(?!</w:r>).)*<w:vertAlign\b(?:(?!</w:r>).)*</w:r>", re.DOTALL
)  # the same in Word
SPACED = re.compile(r"(?<!\w)\w(?: {1,2}[^\s|]){4,}(?!\w)")  # letters set apart
_HIGH = "".join(bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xC0)) + "\u0080-\u00bf"
MISREAD = re.compile(rf"[\u00c2-\u00f4][{_HIGH}]{{1,3}}")  # UTF-8 that was read as western text
HEXADECIMAL = re.compile(r"(?<![0-9A-Za-z])(?:(?:0x|\\x)?[0-9A-Fa-f]{2}[\s:]?){5,}(?![0-9A-Za-z])")
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
        """The text with its lines joined, and what percent signs, hexadecimal digits and ``=`` codes hide."""
        return list(_views(self.words if seen else self.everything))


@lru_cache(maxsize=4096)
def _views(text: str) -> tuple[str, ...]:
    made = [re.sub(r"\s+", " ", text)]  # whatever stands over lines and in tabs stands here, too
    decoded = made[0]
    for _ in range(3):
        if not re.search(r"%[0-9A-Fa-f]{2}", decoded):
            break
        raw = unquote_to_bytes(decoded)
        decoded = raw.decode("utf-8", "replace")
        if "\ufffd" in decoded:
            made.append(plain(raw.decode("gb18030", "ignore")))
        made.append(plain(decoded.replace("+", " ")))
        made.append(plain(decoded))
    if re.search(r"=[0-9A-F]{2}", text):
        made.append(plain(quopri.decodestring(text.encode("utf-8", "replace")).decode("utf-8", "replace")))
    if re.search(r"\\[0-9a-fA-F]{2}", text):
        made.append(plain(STYLED.sub(lambda m: chr(min(int(m[1], 16), 0x10FFFF)), text)))
    if OCTAL.search(text):
        made.append(plain(OCTAL.sub(lambda m: chr(int(m[1], 8)), text)))
    if re.search(r"[?&][\w-]+=[^\s\"'&]*\+", text):
        made.append(text.replace("+", " "))
    for match in HEXADECIMAL.finditer(text):
        raw = bytes.fromhex(re.sub(r"[\s:]|0x|\\x", "", match[0]))
        if is_row(raw):
            continue
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            try:
                made.append(plain(raw.decode(encoding)))
            except UnicodeDecodeError:
                continue
    if SPACED.search(text):
        made.append(SPACED.sub(_close_up, text))
    if re.search(r"[a-z0-9]_x[0-9A-Fa-f]{4}_", text):
        made.append(plain(re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), text)))
    return tuple(dict.fromkeys([*made, *told_by_numbers(text)]))


def _close_up(match: re.Match) -> str:
    """Letters that were set apart, as words; a row of single figures stays one."""
    if sum(sign.isalpha() for sign in match[0]) < 2:
        return match[0]
    return re.sub(r"(?<=\S) (?=\S)", "", match[0])


def pieces_of(content: bytes, name: str) -> list[Piece]:
    """The parts of any file that may leave: HTML, Word and other archives, PDF, pictures, text."""
    if content.startswith(ZIP):
        return [piece for member in members(content) for piece in _member(name, *member)]
    if is_binary(content):
        return [piece for text in texts_in(content) for piece in _printed(name, text)]
    if name.endswith((".odttf", ".ttf", ".otf", ".woff2")):
        return [_piece(name, html.escape(strings(content)))]
    texts = [_told_once(text) if name.endswith(".csv") else text for text in texts_in(content)]
    found = [piece for text in texts for piece in pieces(_in_paragraphs(text))]
    if not name.endswith((".html", ".xml")):
        found += [
            _piece(name, html.escape(said))
            for text in texts
            for _, said in told_by_columns(text, is_plain=True)
        ]
    return [replace(piece, place=_at(name, piece.place)) for piece in found]


def _told_once(table: str) -> str:
    r"""A table without estimates, which are nobody's; what many lines say in words stands in the first of them.

    Examples
    --------
    >>> print(_told_once('method,value\n"Wilson interval, 95 % as the protocol has it",0.1234567\n'
    ...                  '"Wilson interval, 95 % as the protocol has it",12.5'))
    method,value
    "Wilson interval, 95 % as the protocol has it",
    "",12.5
    """
    seen: set[str] = set()

    def first(cell: re.Match) -> str:
        if cell[0] in seen:
            return '""'
        seen.add(cell[0])
        return cell[0]

    return PROSE.sub(first, FRACTION.sub("", table))


def _printed(name: str, text: str) -> Iterator[Piece]:
    """Text without markup, and what its tables say."""
    yield _piece(name, html.escape(text))
    yield from (_piece(name, html.escape(said)) for _, said in told_by_columns(text, is_plain=True))


def _member(archive: str, name: str, content: bytes) -> Iterator[Piece]:
    """The parts of a member of an archive, and its name."""
    place = f"{archive}:{name}"
    yield from pieces_of(_without_relations(content), place)
    yield _piece(place, html.escape(_without_relations(f"/{name}".encode()).decode()))


def _without_relations(content: bytes) -> bytes:
    """Markup or a path of an Office file without the numbers by which its parts refer to one another."""
    is_other = content.startswith((PNG, ZIP, PDF))
    return content if is_other else RELATION.sub(b"rId", content)


def _at(name: str, place: str) -> str:
    return place if name.endswith(".html") else name


def _in_paragraphs(text: str) -> str:
    """Text of a file; runs of Word joined to what a reader sees."""
    if "</w:p>" in text or "</a:p>" in text:
        text = RAISED.sub(r" <p> \g<0> <p> ", text)
        return re.sub(r"</(?:w|a):p>|<w:(?:br|tab|cr)\b[^>]*/>", " <p> ", text)
    return text


def pieces(text: str) -> list[Piece]:
    """The parts of a page, and of whatever is embedded in it."""
    text = DIGEST.sub(_unless_text, text)
    starts = [
        (0, "the head of the page"),
        *((m.start(), label(m[1])) for m in ANCHOR.finditer(text)),
    ]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    found = []
    for (start, place), end in zip(starts, ends):
        part = text[start:end]
        for inner in _embedded(part):
            found.append(_piece(place, inner))
            found += [
                _piece(place, said) for _, said in told_by_columns(inner, is_plain="<" not in inner[:200])
            ]
        found.append(_piece(place, DATA_URI.sub(" ", part)))
    begins = [start for start, _ in starts]
    for at, said in (*told_by_columns(text), *told_by_keys(text)):
        found.append(_piece(starts[bisect_right(begins, at) - 1][1], said))
    return found


def _unless_text(digest: re.Match) -> str:
    """A digest is nobody's; 32 bytes of text that are written like one stay to be looked through."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            if bytes.fromhex(digest[0]).decode(encoding).isprintable():
                return digest[0]
    return " "


def label(anchor: str) -> str:
    """How an anchor of the page is shown: the label of a table or figure where it belongs to one.

    Examples
    --------
    >>> label("cell-fig-course"), label("tbl-sae-caption-0ceaefa1-69ba-4598-a22c-09a6ac19f8ca"), label("sec-flow")
    ('#fig-course', '#tbl-sae', '#sec-flow')
    """
    return "#" + CAPTION.sub("", anchor)


def _piece(place: str, markup: str) -> Piece:
    markup = without_drawing(markup)
    visible = RUBY.sub("", CODE.sub(" ", markup))
    attributes = " ; ".join(
        [*(match[1][1:-1] for match in ATTRIBUTE.finditer(visible)), *REMARK.findall(visible)]
    )
    text = re.sub(r"<[^<>]*>", "", PLACES.sub(" ", CELLS.sub(" | ", visible)))
    words = plain(f"{text} ; {attributes}" if attributes else text)
    marked = plain(markup)
    if words.strip() == marked.strip():  # no markup: the same text, looked through once
        return Piece(place, marked, marked)
    return Piece(place, words, marked if words.strip() in marked else f"{marked} {words}")


def plain(text: str) -> str:
    r"""Text without entities, escapes, invisible characters and typographic variants of dash, blank and width.

    Examples
    --------
    >>> plain("RA\u2011001 &amp; RA&#45;002 \\u0041")
    'RA-001 & RA-002 A'
    >>> plain("RA-\u0660\u0660\u0661 J\u00c3\u00bcrgen")
    'RA-001 Jürgen'
    """
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "\\" in text or "%u" in text:
        text = ESCAPED.sub(lambda match: chr(int(match[1] or match[2] or match[3], 16)), text).replace(
            "\\/", "/"
        )
    if text.isascii():
        return text
    text = VARIANT.sub(lambda match: match[0].translate(DASHES), MISREAD.sub(_read_again, text))
    text = NOTE.sub(" ", text)
    return unicodedata.normalize("NFKC", text)


def _read_again(match: re.Match) -> str:
    """Signs that are one sign of UTF-8, each byte of it read as western text; others as they are."""
    try:
        return bytes(ord(sign) if ord(sign) < 256 else sign.encode("cp1252")[0] for sign in match[0]).decode(
            "utf-8"
        )
    except UnicodeDecodeError:
        return match[0]


def _embedded(part: str, depth: int = 3) -> Iterator[str]:
    """The text inside data addresses and base64, also where one holds another."""
    for blob in _blobs(part):
        for text in _texts_of(blob):
            yield text
            if depth:
                yield from _embedded(text, depth - 1)


def _texts_of(blob: bytes) -> Iterator[str]:
    if blob.startswith(ZIP):
        for name, content in members(blob):
            yield name
            yield from _texts_of(content)
    else:
        yield from texts_in(blob)
        if not is_binary(blob) and (inner := bare(blob)):
            yield from texts_in(inner)


def _blobs(part: str) -> Iterator[bytes]:
    """What data addresses hold, and what reads as base64, also broken into lines; a short word only if it is text."""
    yield from filter(None, (_blob(match) for match in DATA_URI.finditer(part)))
    rest = DATA_URI.sub(" ", part)
    for match in IN_LINES.finditer(rest):
        yield _decoded(re.sub(r"\s", "", match[0]))
    yield from in_letters(html.unescape(rest))
    yield from filter(None, map(_of_a_word, dict.fromkeys(BASE64.findall(rest))))


@lru_cache(maxsize=1 << 15)  # words stand in many parts of a page
def _of_a_word(word: str) -> bytes:
    """What a word says if it is base64; nothing if that is neither long nor text nor known."""
    blob = _decoded(word)
    return blob if len(word) >= SURE or is_binary(blob) or _is_text(blob) else b""


def _is_text(blob: bytes) -> bool:
    """Whether a few bytes are text: UTF-8, or Chinese signs alone in their own encoding."""
    if len(blob) >= 8 and not (any(blob[::2]) and any(blob[1::2])):  # two bytes a sign
        return True
    try:
        return blob.decode("utf-8").isprintable()
    except UnicodeDecodeError:
        pass
    try:
        return all("\u4e00" <= sign <= "\u9fff" for sign in blob.decode("gb18030"))
    except UnicodeDecodeError:
        return False


def _blob(address: re.Match) -> bytes:
    """What a data address holds."""
    if (encoded := address["base64"]) is None:
        return unquote_to_bytes(html.unescape(address["text"]))
    return _decoded(re.sub(rb"\s", b"", unquote_to_bytes(encoded)).decode("ascii", "ignore"))


def _decoded(text: str) -> bytes:
    text = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text[: len(text) - (len(text) % 4 == 1)] + "=" * (-len(text) % 4))
    except binascii.Error:
        return b""
