"""Constructs that only one renderer understands, or that do not reach every format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.render.errors import Problem, nearest
from pipeline.render.source import SHORTCODE, Line, include_lines

SHORTCODES = {"include", "embed", "var", "meta"}
FORMATS = {"html", "docx", "typst"}
CALLOUTS = {f"callout-{kind}" for kind in ("note", "tip", "important", "warning", "caution")}
ATTRIBUTES = re.compile(r"\{([^{}]*)\}")
CLASS = re.compile(r"(?:^|\s)\.([\w-]+)")
IDENTIFIER = re.compile(r"(?:^|\s)#([\w.:-]+)")
CONDITION = re.compile(r'\b(when|unless)-(\w+)="([^"]*)"')
DIV = re.compile(r"^\s*:{3,}\s*(\{.*\}|[\w.-]+)\s*:*\s*$")
CODE_SPAN = re.compile(r"`[^`]*`")

# Quarto gives these a meaning that the embedded renderer does not know.
QUARTO_ONLY_CLASS = re.compile(
    r"^(panel-(?!tabset$).*|column-margin|aside|incremental|fragment|notes|quarto-.*|cell|cell-.*|ojs-.*|kbd|lightbox"
    r"|grid|g-col-.*|columns|column|r-stack|hidden|visible|proof|remark|solution)$"
)
QUARTO_ONLY_ID = re.compile(
    r"^(eq|lst|thm|lem|cor|prp|cnj|def|exm|exr|sol|rem|alg|nte|wrn|cau|tip|imp|vid|dia)-"
)
QUARTO_ONLY_ATTRIBUTE = re.compile(
    r"\b(layout-ncol|layout-nrow|layout|group|fig-subcap|tbl-subcap|code-line-numbers|when-profile|unless-profile)\s*="
)


def lint_source(stage: Path) -> list[Problem]:
    """Problems of `index.qmd` and its parts that both renderers would not show alike; each with file and line."""
    problems: list[Problem] = []
    for line in include_lines(Path(stage)):
        problems += [line.problem(text) for text in _faults(line)]
    return problems


def _faults(line: Line) -> Iterator[str]:
    if line.code:
        yield from _code_faults(line.text)
        return
    yield from _shortcode_faults(line)
    if re.search(r"`\{(python|r|julia|ojs)\}", line.text):
        yield "a report does not compute: publish the number in a notebook and use {{< var ... >}}"
    text = CODE_SPAN.sub("", SHORTCODE.sub("", line.text))
    if re.match(r"^\s*<table\b", text):
        yield "put the HTML table into a ```{=html} block, so that Word and PDF get it too"
    elif re.search(r"<(script|iframe|style|img|link|object|embed|video|audio)\b", text, re.IGNORECASE):
        yield "raw HTML does not reach Word and PDF; use Markdown"
    if "$$" in text and "#eq-" in text:
        yield "numbered equations are not supported; write the equation without a label"
    for match in ATTRIBUTES.finditer(text):
        yield from _attribute_faults(match[1])
    yield from _div_faults(text)


def _code_faults(text: str) -> Iterator[str]:
    match = re.match(r"^\s*(?:`{3,}|~{3,})\s*\{(?!=)([\w.-]+)", text)
    if match and not match[1].startswith("."):
        yield f"a report does not compute: move the {match[1]} cell into a notebook and embed it"
    if re.match(r"^\s*(?:`{3,}|~{3,})\s*\{=(?!html\})", text):
        yield "raw blocks of one format do not reach the others"


def _shortcode_faults(line: Line) -> Iterator[str]:
    for match in SHORTCODE.finditer(line.text):
        name, argument = match[1], match[2]
        if name not in SHORTCODES:
            yield f"unknown shortcode {name!r}{nearest(name, SHORTCODES)}"
        elif not argument or (" " in argument.strip()):
            yield f"{name} takes one argument, not {argument!r}"
        if name in ("include", "embed") and line.text.strip() != match[0]:
            yield f"{name} stands alone on its line, at the left margin"
        if name == "include" and line.file != "index.qmd":
            yield "a shared part includes no further part"


def _attribute_faults(attributes: str) -> Iterator[str]:
    for name in CLASS.findall(attributes):
        if QUARTO_ONLY_CLASS.match(name):
            yield f"class .{name} works in one renderer only"
        elif name.startswith("callout-") and name not in CALLOUTS:
            yield f"unknown callout .{name}{nearest(name, CALLOUTS)}"
    for name in IDENTIFIER.findall(attributes):
        if QUARTO_ONLY_ID.match(name):
            yield f"#{name}: only figures, tables and sections (fig-, tbl-, sec-) are numbered"
    if match := QUARTO_ONLY_ATTRIBUTE.search(attributes):
        yield f"attribute {match[1]} works in one renderer only"
    for _, kind, value in CONDITION.findall(attributes):
        if kind == "format" and value not in FORMATS:
            yield f"format {value!r} is not one of {sorted(FORMATS)} (PDF is made by typst)"


def _div_faults(text: str) -> Iterator[str]:
    match = DIV.match(text)
    if match and not match[1].startswith("{") and match[1] not in ("refs",):
        name = match[1]
        if QUARTO_ONLY_CLASS.match(name) or (name.startswith("callout-") and name not in CALLOUTS):
            yield f"class .{name} works in one renderer only"
