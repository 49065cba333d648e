"""Which encoding a text is in: the evidence of the whole file decides, doubt is told."""

import codecs
import re
from collections import Counter
from typing import NamedTuple

CHINESE, WESTERN = "gb18030", "cp1252"
_WESTERN_SIGNS = "°²³·×±–—‘’‚“”„…€£§«» "  # what stands in units, quotes and sums
WIDE = (((b"\xff\xfe\0\0", b"\0\0\xfe\xff"), "utf-32"), ((b"\xff\xfe", b"\xfe\xff"), "utf-16"))
# No Western word has these inside: text of a Macintosh, or of DOS.
_AMIDST = re.compile("[A-Za-z][ŠŽŸŒ„“”‚ˆ‡†…‰‹›•™˜][a-z]")
_HIGH = re.compile(rb"[\x80-\xff]+")
_RUNS = re.compile(rb"([^\x80-\xff]?)([\x80-\xff]+)(?=(.?))", re.DOTALL)  # with what stands beside them


class Decoded(NamedTuple):
    """The text of a file, the encoding it was read in, and what is doubtful about that."""

    text: str
    encoding: str
    doubt: str = ""


class Evidence(NamedTuple):
    """How the bytes above 127 lie: pairs of the 3755 common Chinese characters, other pairs, and lone letters."""

    common: int
    other: int
    lone: int


def known_encoding(name: str) -> str:
    """The encoding by that name.

    Raises
    ------
    ValueError
        If Python knows no encoding of that name.
    """
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(f"encoding '{name}' is not known; usual ones are utf-8, gb18030, cp1252") from None


def decode(content: bytes, encoding: str = "auto") -> Decoded:
    r"""Text of a file, by its encoding key or by the evidence of all its bytes.

    UTF-8 (with or without mark), UTF-16 and UTF-32 are known by their form. What is left may be Chinese (GB18030) or
    Western (Windows-1252): in Chinese the bytes above 127 come in pairs, nearly all of common characters; in Western
    text they stand alone between ASCII letters.

    Raises
    ------
    ValueError
        If no encoding fits; the message names the key `encoding`.

    Examples
    --------
    >>> decode("姓名".encode("gb18030")).text, decode(b"\xef\xbb\xbfid").text, decode("Müdigkeit".encode("cp1252")).text
    ('姓名', 'id', 'Müdigkeit')
    """
    if encoding != "auto":
        name = known_encoding(encoding)
        return Decoded(content.decode("utf-8-sig" if name == "utf-8" else name), name)
    for marks, name in WIDE:
        if content.startswith(marks):
            return _wide(content, name)
    if unmarked := _unmarked(content[:1000]):
        return _wide(content, unmarked)
    try:
        return Decoded(content.decode("utf-8-sig"), "utf-8")
    except UnicodeDecodeError:
        return _by_evidence(content)


def _unmarked(head: bytes) -> str | None:
    r"""UTF-16 without its mark: of Latin text every second byte is null, and no other one.

    Examples
    --------
    >>> _unmarked("id,v".encode("utf-16-le")), _unmarked("id,v".encode("utf-16-be")), _unmarked(b"id,v\0")
    ('utf-16-le', 'utf-16-be', None)
    """
    first, second = head[::2].count(0), head[1::2].count(0)
    if first + second < len(head) / 3 or (first and second):
        return None
    return "utf-16-be" if first else "utf-16-le"


def _wide(content: bytes, name: str) -> Decoded:
    """Text of two or four bytes a sign.

    Raises
    ------
    ValueError
        If it ends within a sign.
    """
    try:
        return Decoded(content.decode(name), name)
    except UnicodeDecodeError as error:
        raise ValueError(f"it is {name.upper()} and breaks at byte {error.start}; fetch it again") from None


def _by_evidence(content: bytes) -> Decoded:
    """Chinese or Western, whichever the bytes speak for; doubtful where they speak for neither alone."""
    found = evidence(content)
    total = found.common + found.other + found.lone
    chinese = found.common / total if total else 0
    fits = {name: _fits(content, name) for name in (CHINESE, WESTERN)}
    if fits[CHINESE] and chinese >= 0.5:
        clear = chinese >= 0.8 and (found.common >= 2 or not fits[WESTERN]) and not _may_be_korean(content)
        doubt = "" if clear else _doubt(CHINESE)
        return Decoded(content.decode(CHINESE), CHINESE, doubt)
    if fits[WESTERN] and found.lone > 0.5 * total and _mostly_letters(content):
        text = content.decode(WESTERN)
        clear = found.lone >= 0.8 * total and not _AMIDST.search(text)
        return Decoded(text, WESTERN, "" if clear else _doubt(WESTERN))
    raise ValueError(
        "its text is neither UTF-8 nor GB18030 nor clearly Western; name the encoding by `encoding:`"
    )


def _may_be_korean(content: bytes) -> bool:
    """Whether all pairs lie where EUC-KR keeps its syllables; Chinese has half of its common characters elsewhere."""
    leads = {byte for match in _HIGH.finditer(content) for byte in match[0][::2] if byte >= 0xB0}
    return bool(leads) and max(leads) <= 0xC8


def _mostly_letters(content: bytes) -> bool:
    """Whether bytes above 127 are, in Western text, letters or the signs of units and quotes, nearly all of them."""
    signs = [sign for sign in content.decode(WESTERN) if ord(sign) > 127]
    return sum(sign.isalpha() or sign in _WESTERN_SIGNS for sign in signs) >= 0.8 * len(signs)


def _doubt(encoding: str) -> str:
    """What is told where the bytes do not speak clearly."""
    return f"text taken for {encoding}, but its letters fit others too; name it by `encoding:`"


def evidence(content: bytes) -> Evidence:
    r"""Count what the bytes above 127 look like.

    Examples
    --------
    >>> evidence("头痛".encode("gb18030")), evidence("Müdigkeit, Größe".encode("cp1252"))
    (Evidence(common=2, other=0, lone=0), Evidence(common=0, other=0, lone=2))
    """
    common = other = lone = 0
    for (before, run, after), times in Counter(
        _RUNS.findall(content)
    ).items():  # most runs stand there many times
        pairs, rest = divmod(len(run), 2)
        fits = sum(0xA1 <= lead <= 0xD7 for lead in run[: 2 * pairs : 2])
        if len(run) == 2 and not fits and (before + after).isalpha():
            pairs, rest = 0, 1  # two letters within a Western word, as in Größe
        common, other, lone = common + times * fits, other + times * (pairs - fits), lone + times * rest
    return Evidence(common, other, lone)


def _fits(content: bytes, encoding: str) -> bool:
    """Whether the bytes can be text of this encoding, without control characters."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return not re.search("[\x00-\x08\x0e-\x1f\ue000-\uf8ff]", text)
