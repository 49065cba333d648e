"""A YAML file as text with the place of every key, and the error that names all that is wrong in it.

Scalars stay text until the model that declares a key says what it must be: `NO` is not false, `1.10` is not 1.1,
`2024-03-05` is not yet a date, and a key written twice is an error instead of a silent choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.study.modest import compose

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a study file: where (line, key) and what, with the nearest valid name."""

    file: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class StudyFileError(ValueError):
    """All problems of a study file (or of the data it maps), each with file, line and key."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = list(problems)
        count = f"{len(self.problems)} problem{'s' if len(self.problems) != 1 else ''}"
        super().__init__("\n".join([f"{count}:", *(f"  {problem}" for problem in self.problems)]))


class Scalar(str):
    """A YAML scalar: its text, and the value plain YAML 1.2 would give it."""

    typed: Any = None


@dataclass(slots=True)
class Document:
    """A parsed file: nested dicts and lists of text, and the line of every key and item."""

    path: Path
    tree: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, place: Place) -> int | None:
        """The line of a place, or of the nearest enclosing one that is in the file."""
        known: Place = ()
        for step in place:
            if (*known, step) in self.lines:
                known = (*known, step)
        return self.lines.get(known)

    def problem(self, place: Place, message: str) -> Problem:
        """Put a message at a place of this file."""
        return Problem(self.path.as_posix(), self.line(place), dotted(place, self.lines), message)


def dotted(place: Place, known: dict[Place, int]) -> str:
    """Write a place as a person would: ``tables.visits[1].columns.ptga_mm``.

    Examples
    --------
    >>> dotted(("sources", 0, "path"), {("sources",): 1, ("sources", 0): 2})
    'sources[0].path'
    """
    shown = ""
    seen: Place = ()
    for n, step in enumerate(place):
        if known and (*seen, step) not in known and n < len(place) - 1 and not isinstance(step, int):
            continue  # a tag of the validator, not a key of the file
        seen = (*seen, step)
        shown += f"[{step}]" if isinstance(step, int) else f".{step}"
    return shown.lstrip(".")


def load(path: Path) -> Document:
    """Read a YAML file into a `Document`.

    Raises
    ------
    StudyFileError
        If the file is missing, empty, not a mapping or not YAML.
    """
    from ruamel.yaml import YAMLError

    document = Document(Path(path))
    try:
        root = compose(document.path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise StudyFileError([document.problem((), "there is no such file")]) from None
    except UnicodeDecodeError:
        raise StudyFileError([document.problem((), "is not UTF-8 text; save it as UTF-8")]) from None
    except YAMLError as error:
        raise StudyFileError([_syntax(document, error)]) from None
    if root is None or root.id != "mapping":
        raise StudyFileError([document.problem((), "must be a list of `key: value` lines")])
    document.tree = _walk(document, root, ())
    return document


def _syntax(document: Document, error) -> Problem:
    """The parser's complaint, with its line."""
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else None
    message = getattr(error, "problem", None) or str(error).splitlines()[0]
    quotes = " (a text with `: ` in it stands between quotes)" if "mapping values" in message else ""
    return Problem(document.path.as_posix(), line, "", f"is not valid YAML: {message}{quotes}")


def _walk(document: Document, node, place: Place):
    """Turn a YAML node into dicts, lists and text, noting lines and doubled keys."""
    if node.id == "sequence":
        for n, item in enumerate(node.value):
            document.lines[(*place, n)] = item.start_mark.line + 1
        return [_walk(document, item, (*place, n)) for n, item in enumerate(node.value)]
    if node.id == "mapping":
        return _walk_mapping(document, node, place)
    return _scalar(node)


def _walk_mapping(document: Document, node, place: Place) -> dict:
    """One mapping; keys are the text as written, so `01` and `1` are two keys."""
    tree = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in tree:
            first = document.lines[(*place, key)]
            line = key_node.start_mark.line + 1
            shown = dotted((*place, key), document.lines)
            message = f"is written twice (first in line {first})"
            document.problems.append(Problem(document.path.as_posix(), line, shown, message))
            continue
        document.lines[(*place, key)] = key_node.start_mark.line + 1
        tree[key] = _walk(document, value_node, (*place, key))
    return tree


def _scalar(node):
    """A scalar as text that remembers what YAML 1.2 takes it for; null is None."""
    tag = str(node.tag or "").rpartition(":")[2]
    if tag == "null":
        return None
    scalar = Scalar(node.value)
    scalar.typed = _typed(tag, str(node.value))
    return scalar


def _typed(tag: str, text: str):
    """The value of a scalar in a free section (settings, parameters); dates stay text."""
    if tag == "bool":
        return text.lower() == "true"
    if tag == "int":
        return int(text.replace("_", ""), 0) if text.lower().startswith(("0x", "0o")) else int(text)
    return float(text.replace(".inf", "inf").replace(".nan", "nan")) if tag == "float" else text


def plain(tree: Any) -> Any:
    """The free part of a document with numbers and booleans as YAML 1.2 reads them."""
    if isinstance(tree, dict):
        return {str(key): plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [plain(item) for item in tree]
    return tree.typed if isinstance(tree, Scalar) else tree
