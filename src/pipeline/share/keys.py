"""JSON read key by key: what stands under a name that says whose it is, tables in parts, and tables within texts."""

import base64
import html
import json
import re
import struct
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from pipeline.share.columns import meaning_of, said_of, told_by_columns

_SCRIPT = re.compile(r"<script\b[^<>]*json[^<>]*>(.*?)</script", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r"=\s*(?:\"\s*([\[{][^\"]*)\"|'\s*([\[{][^']*)')")
_DEPTH = 40
_PERSON = re.compile(r"(?:^|[\W_]|by|per)(?:subject|patient|participant|proband|volunteer)s?$", re.IGNORECASE)
_SAID_BESIDE = frozenset(
    ["value", "val", "label", "text", "name", "level", "content", "rows", "data", "values", "key"]
)
_ALSO_BESIDE = frozenset(["min", "max", "first", "last", "top", "default", "example", "selected"])
_SHOWN = re.compile(r"([^\W\d_][\w ]{0,24}?)\s?[=:]?\s?%\{(\w+)(?:\[(\d+)\])?")  # subject=%{customdata[0]}
_NUMBERS = {"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "f4": "f", "f8": "d"}


def told_by_keys(text: str) -> Iterator[tuple[int, str]]:
    r"""What JSON says, where it begins: a file of it, each of its lines, a script or an attribute of a page.

    Examples
    --------
    >>> list(told_by_keys('{"rows": [{"subject_id": 62}], "n": 200}'))
    [(0, 'subject id: 62')]
    >>> list(told_by_keys('{"text": ["subject_id  crp\\n", "62  4.1\\n"]}'))
    [(0, 'subject id: 62')]
    """
    for start, content in _documents(text):
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            continue
        if said := "\n".join(dict.fromkeys(_walk(value, _DEPTH))):
            yield start, said


def _documents(text: str) -> Iterator[tuple[int, str]]:
    head = text.lstrip("\ufeff\r\n\t ")[:1]
    if head in ("{", "["):
        yield 0, text.lstrip("\ufeff")
        yield from (
            (0, line) for line in text.splitlines() if line[:1] == "{" and line.strip() != text.strip()
        )
    for match in _SCRIPT.finditer(text):
        yield match.start(), match[1]
    for match in _ATTRIBUTE.finditer(text):
        yield match.start(), html.unescape(match[1] or match[2])


def _walk(value: Any, depth: int) -> Iterator[str]:
    """What a value says, and all within it."""
    if not depth:
        return
    if isinstance(value, str):
        yield from (said for _, said in told_by_columns(value, is_plain=True) if "\n" in value)
    elif isinstance(value, dict):
        value = {name: _numbers(own) for name, own in value.items()}
        yield from _of_names(value)
        yield from _of_parts(value)
        yield from _of_a_person(value)
        for name, inner in value.items():
            yield from _walk(_with_name(name, inner), depth - 1)
    elif isinstance(value, list):
        if value and all(isinstance(line, str) for line in value) and "\n" in "".join(value[:-1]):
            value = ["".join(value)]
        yield from _of_a_path(value)
        for inner in value:
            yield from _walk(inner, depth - 1)


def _with_name(name: str, inner: Any) -> Any:
    """What stands under a name, with the name before those of its own that say only that they are numbers."""
    if isinstance(inner, list):
        return [_with_name(name, one) if isinstance(one, dict) else one for one in inner]
    if isinstance(inner, dict) and _PERSON.search(name):
        return {f"patient {own}" if not meaning_of(own) else own: value for own, value in inner.items()}
    return inner


def _of_a_person(value: dict) -> Iterator[str]:
    """Numbers as names below a person's, values below the name of an id, and what an object calls by it."""
    for name, own in value.items():
        if isinstance(own, dict) and own and _PERSON.search(name) and all(key.isdigit() for key in own):
            yield from (f"subject id: {key}" for key in own)
        if isinstance(own, dict) and meaning_of(name) == "id":
            yield from said_of([[name], *([str(one)] for one in _single(own.values()))])
    called = [name for name, own in value.items() if meaning_of(_title(own)) == "id"]
    if called:
        others = [
            own
            for name, own in value.items()
            if name not in called and (name in _SAID_BESIDE | _ALSO_BESIDE or _are_labels(own))
        ]
        yield from _ids(_single(others))
    if value.get("resourceType") == "Patient":
        named = value.get("identifier")
        yield from _ids(
            [value.get("id"), *(one.get("value") for one in named or () if isinstance(one, dict))]
        )
    for template in (own for own in value.values() if isinstance(own, str) and "%{" in own):
        for word, name, column in _SHOWN.findall(template):
            if meaning_of(word) == "id" and isinstance(own := value.get(name), list):
                at = int(column or 0)
                yield from _ids(one[at] if isinstance(one, list) and at < len(one) else one for one in own)


def _ids(values: Iterable[Any]) -> Iterator[str]:
    """Texts and numbers said to be ids."""
    yield from said_of(
        [["subject_id"], *([str(one)] for one in values if isinstance(one, str | int | float))]
    )


def _title(value: Any) -> str:
    """A text, or the one that an object has."""
    text = value.get("text") if isinstance(value, dict) else value
    return text if isinstance(text, str) and len(text) <= 40 else ""


def _are_labels(value: Any) -> bool:
    """Whether a list is of numbers written as texts: names of something, and no counts."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, str) and one.isdigit() for one in value)
    )


def _numbers(value: Any) -> Any:
    """The numbers that figures keep as bytes; anything else as it is."""
    if not (isinstance(value, dict) and isinstance(value.get("bdata"), str)):
        return value
    try:
        raw = base64.b64decode(value["bdata"])
        return [one for (one,) in struct.iter_unpack("<" + _NUMBERS[str(value.get("dtype"))], raw)]
    except (KeyError, ValueError, struct.error):
        return value


def _single(values: Any) -> Iterator[Any]:
    """Texts and numbers, also those in lists."""
    for one in values:
        if isinstance(one, list):
            yield from (inner for inner in one if isinstance(inner, str | int | float))
        elif isinstance(one, str | int | float):
            yield one


def _of_a_path(value: list) -> Iterator[str]:
    """A number that follows the word for a person."""
    for before, after in pairwise(value):
        if isinstance(before, str) and _PERSON.search(before) and str(after).isdigit():
            yield f"subject id: {after}"


def _of_names(value: dict) -> Iterator[str]:
    """An object as a row below its names; a list under a name as a column below it."""
    single = {name: str(own) for name, own in value.items() if isinstance(own, str | int | float)}
    yield from said_of([list(single), list(single.values())])
    for name, own in value.items():
        if isinstance(own, list) and all(isinstance(one, str | int | float) for one in own):
            yield from said_of([[name], *([str(one)] for one in own)])


def _of_parts(value: dict) -> Iterator[str]:
    """A table whose heads and rows stand apart."""
    if isinstance(index := value.get("index"), list) and isinstance(names := value.get("index_names"), list):
        rows = [one if isinstance(one, list) else [one] for one in index]
        yield from said_of([list(map(str, row)) for row in [names, *rows]])
    lists = [own for own in value.values() if isinstance(own, list) and own]
    heads = [[name for one in own if (name := _name(one))] for own in lists]
    rows_of = [own for own in lists if all(isinstance(row, list) for row in own)]
    for head in filter(None, heads):
        for rows in rows_of:
            if len(rows[0]) == len(head):
                yield from said_of([head, *(list(map(str, row)) for row in rows)])


def _name(value: Any) -> str:
    """The name of a column: a text, or what an object says is its name."""
    if isinstance(value, dict):
        value = next((value[name] for name in ("name", "field", "title", "id") if name in value), None)
    return value if isinstance(value, str) else ""
