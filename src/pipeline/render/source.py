"""Reading a staged report: its lines with their places, metadata and variables."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ruamel.yaml.error import YAMLError

from analysis.study.modest import reader
from pipeline.render.errors import Problem, RenderError

SHORTCODE = re.compile(r"(?<!\{)\{\{<\s*([\w-]+)\s*(.*?)\s*>\}\}")
FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})(.*)$")
QUARTO_FORMAT = {"html": "html", "docx": "docx", "pdf": "typst"}
# Settings of the renderer, not facts about the report.
RENDERER_KEYS = {"project", "format", "execute", "filters", "template", "template-partials", "reference-doc"}


@dataclass(frozen=True, slots=True)
class Line:
    """One source line and where it stands."""

    text: str
    file: str
    number: int
    code: bool = False

    def problem(self, message: str) -> Problem:
        """A fault at this line."""
        return Problem(self.file, self.number, message)


def read_yaml(file: Path, *, as_text: bool = False) -> dict:
    """A YAML mapping; {} where the file is absent or empty. `as_text` keeps every scalar as written."""
    if not file.is_file():
        return {}
    return parse_yaml(file.read_text(encoding="utf-8"), file.name, as_text=as_text)


def parse_yaml(text: str, name: str, *, as_text: bool = False, above: int = 0) -> dict:
    """A YAML mapping from text that begins `above` lines down; a fault names the file and line."""
    if text.lstrip().startswith("{"):
        return _parse_json(text, name, as_text=as_text)
    try:
        value = reader("base" if as_text else "safe").load(text) or {}
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        fault = Problem(name, mark.line + 1 + above if mark else 0, str(getattr(error, "problem", error)))
        raise RenderError(f"{name} is not valid YAML", (fault,)) from error
    if not isinstance(value, dict):
        raise RenderError(f"{name} must hold a mapping of names to values")
    return value


def _parse_json(text: str, name: str, *, as_text: bool) -> dict:
    """JSON is YAML, and quicker read as what it is: a study has thousands of results."""
    numbers = {"parse_float": str, "parse_int": str} if as_text else {}
    try:
        return json.loads(text, **numbers)  # type: ignore[arg-type]
    except json.JSONDecodeError as error:
        raise RenderError(f"{name} is not valid JSON", (Problem(name, error.lineno, error.msg),)) from error


def split_front_matter(text: str, name: str) -> tuple[dict, int]:
    """The YAML header and the number of lines it takes."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        return {}, 0
    for end in range(1, len(lines)):
        if lines[end].strip() in ("---", "..."):
            return parse_yaml("\n".join(lines[1:end]), name, above=1), end + 1
    raise RenderError(f"{name}: the YAML header has no closing ---")


def mark_code(lines: list[Line]) -> list[Line]:
    """Lines with `code` set inside fenced code blocks, where nothing is expanded."""
    fence, out = "", []
    for line in lines:
        match = FENCE.match(line.text)
        if fence:
            closes = match and match[1].startswith(fence) and not match[2].strip()
            out.append(replace(line, code=True))
            fence = "" if closes else fence
        else:
            fence = match[1] if match else ""
            out.append(replace(line, code=bool(match)))
    return out


def read_lines(stage: Path, name: str) -> list[Line]:
    """A source file's lines without its YAML header."""
    text = (stage / name).read_text(encoding="utf-8")
    _, skip = split_front_matter(text, name)
    numbered = enumerate(text.splitlines()[skip:], start=skip + 1)
    return mark_code([Line(line, name, number) for number, line in numbered])


def shortcodes(line: Line) -> Iterator[tuple[str, str]]:
    """Name and argument of each shortcode on a line of prose."""
    if not line.code:
        for match in SHORTCODE.finditer(line.text):
            yield match[1], match[2]


def include_lines(stage: Path, name: str = "index.qmd") -> list[Line]:
    """The report's lines with its shared parts in place; a part includes no further part."""
    lines: list[Line] = []
    for line in read_lines(stage, name):
        wanted = [argument for code, argument in shortcodes(line) if code == "include"]
        first = SHORTCODE.search(line.text)
        if wanted and first and line.text.strip() == first[0]:
            lines.extend(_part(stage, wanted[0], line))
        else:
            lines.append(line)
    return lines


def _part(stage: Path, name: str, line: Line) -> list[Line]:
    if not (stage / name).is_file():
        raise RenderError("a shared part is missing", (line.problem(f"{name} does not exist"),))
    return [Line("", name, 0), *read_lines(stage, name), Line("", name, 0)]


def plain(value: Any) -> Any:
    """YAML values as JSON can hold them; dates as ISO text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return value


def merge(first: dict, second: dict) -> dict:
    """Two settings, the second winning; mappings merge, lists join."""
    out = dict(first)
    for key, value in second.items():
        old = out.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            out[key] = merge(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            out[key] = [*old, *(item for item in value if item not in old)]
        else:
            out[key] = value
    return out


def metadata(stage: Path, to: str) -> dict:
    """What the report says of itself for one format: project, folder and front matter, in this order."""
    front, _ = split_front_matter((stage / "index.qmd").read_text(encoding="utf-8"), "index.qmd")
    settings: dict = {}
    for layer in (read_yaml(stage / "_quarto.yml"), read_yaml(stage / "_metadata.yml"), front):
        formats = layer.get("format")
        own = formats.get(QUARTO_FORMAT[to]) if isinstance(formats, dict) else None
        settings = merge(settings, {k: v for k, v in layer.items() if k not in RENDERER_KEYS})
        if isinstance(own, dict):
            settings = merge(settings, {k: v for k, v in own.items() if k not in RENDERER_KEYS})
    return plain(settings)


def look_up(tree: dict, path: str) -> Any:
    """The value at a dotted path; KeyError where there is none."""
    value: Any = tree
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            raise KeyError(path)
        value = value[key]
    if isinstance(value, dict | list):
        raise KeyError(path)
    return value


def paths(tree: dict, prefix: str = "") -> set[str]:
    """Every dotted path that has a value."""
    found: set[str] = set()
    for key, value in tree.items():
        found |= paths(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}"}
    return found
