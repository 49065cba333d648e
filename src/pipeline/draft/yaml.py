"""YAML as a person would write it: short things on one line, and doubts as comments at their line."""

import json
import re
from dataclasses import dataclass
from typing import Any

WIDTH = 110
PLAIN = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w ./()%+\u4e00-\u9fff-]*|-?\d+(?:\.\d+)?")
WORDS = frozenset(["y", "n", "yes", "no", "true", "false", "on", "off", "null", "~", "none"])


@dataclass(frozen=True, slots=True)
class Said:
    """A value and the comment that stands at its line."""

    value: Any
    comment: str


def text(value: Any) -> str:
    """A scalar.

    Examples
    --------
    >>> text("Week 12"), text(None), text("no"), text("a: b"), text(1.5), text(True)
    ('Week 12', 'null', '"no"', '"a: b"', '1.5', 'true')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, int | float):
        return f"{value:.12g}"
    written = str(value)
    safe = PLAIN.fullmatch(written) and written.lower() not in WORDS and written == written.strip()
    return written if safe else json.dumps(written, ensure_ascii=False)


def flow(value: Any) -> str | None:
    """A value on one line; None where a comment inside it needs a line of its own."""
    if isinstance(value, Said):
        return None
    if isinstance(value, dict):
        inner = {key: flow(entry) for key, entry in value.items()}
        if None in inner.values():
            return None
        return "{" + ", ".join(f"{text(key)}: {entry}" for key, entry in inner.items()) + "}"
    if isinstance(value, list):
        items = [item for entry in value if (item := flow(entry)) is not None]
        return "[" + ", ".join(items) + "]" if len(items) == len(value) else None
    return text(value)


def write(content: dict, *, indent: int = 0) -> str:
    """A mapping as lines of YAML."""
    return "".join(_entry(f"{' ' * indent}{text(key)}:", value, indent) for key, value in content.items())


def _entry(head: str, value: Any, indent: int) -> str:
    """One key or item: on its line if it fits, else below it."""
    comment = ""
    if isinstance(value, Said):
        value, comment = value.value, value.comment
    short = flow(value)
    block = isinstance(value, dict | list) and len(value) > 0
    if (
        short is not None
        and len(head) + len(short) + 1 <= WIDTH
        and not (block and indent == 0 and len(short) > 60)
    ):
        return _with_comment(f"{head} {short}", comment, head)
    if isinstance(value, dict):
        return _with_comment(head, comment, head) + write(value, indent=indent + 2)
    if isinstance(value, list):
        lines = "".join(_item(entry, indent + 2) for entry in value)
        return _with_comment(head, comment, head) + lines
    return _with_comment(f"{head} {short}", comment, head)


def _item(value: Any, indent: int) -> str:
    """One item of a list."""
    if isinstance(value, dict) and not isinstance(value, Said):
        short = flow(value)
        if short is None or indent + len(short) + 2 > WIDTH:
            body = write(value, indent=indent + 2)
            return (
                " " * indent + "- " + body[indent + 2 :]
                if not body.lstrip().startswith("#")
                else _commented(body, indent)
            )
    return _entry(" " * indent + "-", value, indent)


def _commented(body: str, indent: int) -> str:
    """An item whose first line is a comment: the dash goes to the first key."""
    lines = body.splitlines(keepends=True)
    first = next(n for n, line in enumerate(lines) if not line.lstrip().startswith("#"))
    lines[first] = " " * indent + "- " + lines[first][indent + 2 :]
    return "".join(lines)


def _with_comment(line: str, comment: str, head: str) -> str:
    """A line with its comment, which stands above it where the line would grow too long."""
    if not comment:
        return f"{line}\n"
    if len(line) + len(comment) + 3 <= WIDTH + 8:
        return f"{line} # {comment}\n"
    indent = len(head) - len(head.lstrip())
    return "".join(f"{' ' * indent}# {part}\n" for part in _wrapped(comment, WIDTH - indent)) + f"{line}\n"


def _wrapped(comment: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(comment, width)
