"""Text in other signs: codes of characters, pieces that a script joins, alphabets of 32 or 85 letters."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

CODES = re.compile(r"\d{1,6}(?:\s*,\s*\d{1,6}){3,}")
BINARY = re.compile(r"[01](?<![01][01])[01]{7}(?:\s?[01]{8}){4,}(?![01])")
DUMPED = re.compile(
    r"(?:^|>)\s*([0-9A-Fa-f]{6,8}):?\s+((?:[0-9A-Fa-f]{2,4}\s){0,15}[0-9A-Fa-f]{2,4})\b.*$", re.MULTILINE
)
JOINED = re.compile(r"""(["'`])\s*(?:\+|,|\.{1,2}|\|\||&|\)?\s*\.\s*concat\s*\(|\s)\s*(["'`])""")
FILLED = re.compile(r"""\$\{\s*["']([^"'{}]*)["']\s*\}""")
TURNED = re.compile(r"""\bdir=["']?rtl|<bdo\b|\u202e""")
OF_32 = re.compile(r"(?<![A-Z2-7])[A-Z2-7]{16,}={0,6}(?![A-Z2-7=])")
OF_85 = re.compile(r"<~(.*?)~>", re.DOTALL)
UNIX = re.compile(r"\bbegin \d{3} \S*\r?\n(.*?)^`?\r?\nend", re.DOTALL | re.MULTILINE)


def told_by_numbers(text: str) -> Iterator[str]:
    """What numbers, pieces and turned text in a page read as.

    Examples
    --------
    >>> list(told_by_numbers('String.fromCharCode(82,65,45,48,48,49)')), list(told_by_numbers('x="RA"+"-001"'))
    (['RA-001'], ['x="RA-001"'])
    """
    for match in CODES.finditer(text):
        yield from _of_codes([int(code) for code in match[0].split(",")])
    for match in BINARY.finditer(text):
        bits = re.sub(r"\s", "", match[0])
        yield from _of_codes([int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)])
    yield from _dumped(text)
    if JOINED.search(text):
        yield JOINED.sub("", text)
    if FILLED.search(text):
        yield FILLED.sub(r"\1", text)
    if TURNED.search(text.lower()):
        yield text[::-1]


def _dumped(text: str) -> Iterator[str]:
    """What lines of a hexadecimal dump say, each dump from its lowest place on."""
    digits, last = "", -1
    for match in DUMPED.finditer(text):
        if int(match[1], 16) <= last:
            yield bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("utf-8", "replace")
            digits = ""
        digits, last = digits + re.sub(r"\s", "", match[2]), int(match[1], 16)
    if digits:
        yield bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("utf-8", "replace")


def _of_codes(codes: list[int]) -> Iterator[str]:
    """Numbers as the codes of characters, and as bytes of text."""
    if is_row(codes):
        return
    if all(32 <= code < 0x110000 and not 0xD800 <= code < 0xE000 for code in codes):
        yield "".join(map(chr, codes))
    if all(code < 256 for code in codes) and max(codes) > 127:
        yield bytes(codes).decode("utf-8", "ignore")


def is_row(codes: Sequence[int]) -> bool:
    """Whether numbers are as far from one another each: ticks of an axis and numbers of pages spell nothing.

    Examples
    --------
    >>> is_row([52, 53, 54, 55, 56]), is_row(b"RA-007")
    (True, False)
    """
    return len({second - first for first, second in pairwise(codes)}) == 1


def in_letters(text: str) -> Iterator[bytes]:
    """Bytes that are written in alphabets of 32 or 85 letters, or as old mail programs do."""
    for match in OF_32.finditer(text):
        letters = match[0].rstrip("=")
        try:
            yield base64.b32decode(letters + "=" * (-len(letters) % 8))
        except binascii.Error:
            continue
    for match in OF_85.finditer(text):
        try:
            yield base64.a85decode(re.sub(r"\s", "", match[1]))
        except ValueError:
            continue
    for match in UNIX.finditer(text):
        yield b"".join(_line(line) for line in match[1].splitlines())


def _line(line: str) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        return b""
