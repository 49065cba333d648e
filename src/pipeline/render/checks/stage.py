"""Everything a report names must be there before it is rendered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.render import notebook
from pipeline.render.checks.lint import ATTRIBUTES, CODE_SPAN, CONDITION, IDENTIFIER, lint_source
from pipeline.render.errors import Problem, RenderError, nearest
from pipeline.render.source import (
    SHORTCODE,
    Line,
    include_lines,
    look_up,
    metadata,
    paths,
    read_yaml,
    shortcodes,
)

NUMBERED = ("fig-", "tbl-", "sec-")
CITATION = re.compile(r"(?<![a-zA-Z0-9_.\\@/])-?@\{?([A-Za-z0-9_][\w:.#$%&+?<>~/-]*\w|[A-Za-z0-9_])")
OPEN = re.compile(r"^\s*:{3,}\s*(\{.*\}|[\w.-]+)\s*:*\s*$")
CLOSE = re.compile(r"^\s*:{3,}\s*$")
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)[^)]*\)(\{[^}]*\})?")
QUARTO_NAME = {"html": "html", "docx": "docx", "pdf": "typst"}


@dataclass
class Stage:
    """What one format of a staged report shows and names."""

    folder: Path
    to: str
    lines: list[Line] = field(default_factory=list)
    labels: dict[str, Line] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    cells: dict[str, list[notebook.Cell]] = field(default_factory=dict)

    def complain(self, line: Line, message: str) -> None:
        """Note a fault at a line."""
        self.problems.append(line.problem(message))


def check_stage(folder: Path, to: str) -> list[Problem]:
    """Every fault of a staged report that can be seen before rendering.

    Parameters
    ----------
    folder : Path
        The stage.
    to : str
        html, docx or pdf: decides which conditional content counts.

    Returns
    -------
    list of Problem
        Unknown values, missing notebooks, cells, labels, citations; labels given twice; figures without
        alternative text, tables and figures without caption; constructs that one renderer does not know.
    """
    stage = Stage(Path(folder), to)
    if not (stage.folder / "index.qmd").is_file():
        return [Problem("index.qmd", 0, "the stage has no index.qmd")]
    try:
        stage.problems += lint_source(stage.folder)
        details = metadata(stage.folder, to)
        stage.lines = visible_lines(include_lines(stage.folder), details, to)
    except RenderError as error:
        return [*stage.problems, *(error.problems or (Problem("", 0, str(error)),))]
    _check_values(stage, details)
    _check_embeds(stage)
    _collect_labels(stage)
    _check_references(stage, details)
    _check_images(stage)
    return stage.problems


def _truth(details: dict, path: str) -> bool:
    value: object = details
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value is True or str(value) == "true"


def condition_holds(attributes: str, details: dict, to: str) -> bool:
    """Is content under these attributes shown in this format?"""
    shown = True
    for word, kind, value in CONDITION.findall(attributes):
        met = value == QUARTO_NAME[to] if kind == "format" else _truth(details, value)
        shown = shown and (met if word == "when" else not met)
    return shown if ".content-visible" in attributes else not shown


def visible_lines(lines: list[Line], details: dict, to: str) -> list[Line]:
    """The lines that this format shows; conditional parts that do not apply are left out."""
    stack: list[bool] = []
    kept = []
    for line in lines:
        match = None if line.code else OPEN.match(line.text)
        if match:
            conditional = ".content-visible" in match[1] or ".content-hidden" in match[1]
            stack.append(condition_holds(match[1], details, to) if conditional else True)
        if all(stack):
            kept.append(line)
        if not match and not line.code and CLOSE.match(line.text) and stack:
            stack.pop()
    return kept


def _check_values(stage: Stage, details: dict) -> None:
    variables = read_yaml(stage.folder / "_variables.yml", as_text=True)
    sources = {"var": (variables, "result"), "meta": (details, "metadata")}
    for line in stage.lines:
        for name, argument in shortcodes(line):
            if name in sources and " " not in argument:
                tree, what = sources[name]
                try:
                    look_up(tree, argument)
                except KeyError:
                    stage.complain(line, f"{what} {argument} does not exist{nearest(argument, paths(tree))}")


def _check_embeds(stage: Stage) -> None:
    for line in stage.lines:
        for name, argument in shortcodes(line):
            if name == "embed":
                _check_embed(stage, line, *argument.partition("#")[::2])


def _check_embed(stage: Stage, line: Line, file: str, label: str) -> None:
    if not (stage.folder / file).is_file():
        known = {f"notebooks/{path.name}" for path in (stage.folder / "notebooks").glob("*.ipynb")}
        stage.complain(line, f"notebook {file} does not exist{nearest(file, known)}")
        return
    if file not in stage.cells:
        stage.cells[file] = notebook.read_cells(stage.folder / file, file)
    names = {name: cell for cell in reversed(stage.cells[file]) for name in cell.names}
    if label not in names:
        wanted = {cell.label for cell in stage.cells[file] if cell.label}
        stage.complain(line, f"{file} has no cell labelled {label!r}{nearest(label, wanted)}")
        return
    for message in _cell_faults(names[label]):
        stage.complain(line, f"{file}#{label}: {message}")
    _cell_labels(stage, line, names[label])


def _cell_faults(cell: notebook.Cell) -> list[str]:
    outputs = notebook.shown(cell)
    faults = [
        f"the cell ended with {output.get('ename')}"
        for output in cell.outputs
        if output["output_type"] == "error"
    ]
    if not outputs and not faults:
        faults.append("the cell shows nothing; execute the notebook first")
    kinds = [set(output.get("data", {"text/markdown": ""})) for output in outputs]
    pictures = sum(any(kind.startswith("image/") for kind in found) for found in kinds)
    tables = sum(
        "<table" in text or re.search(r"^\|", text, re.MULTILINE) is not None for text in _markdown(outputs)
    )
    label = cell.label
    if any("text/html" in found and "text/markdown" not in found for found in kinds):
        faults.append("shows HTML; show Markdown (display(Markdown(...))) so that Word and PDF get it too")
    if label.startswith(NUMBERED) and len(outputs) > 1:
        faults.append(f"shows {len(outputs)} outputs under one number; show one")
    if pictures and not label.startswith("fig-"):
        faults.append("a figure needs a label that begins with fig-")
    if tables and not label.startswith("tbl-") and not any("#tbl-" in text for text in _markdown(outputs)):
        faults.append("a table needs a label that begins with tbl-, and a caption")
    faults += [f"has no {key}" for key in _wanted_options(label) if not cell.options.get(key)]
    if any("{{<" in text for text in (*_markdown(outputs), *map(str, cell.options.values()))):
        faults.append("holds a shortcode, which one renderer only would expand")
    if cell.options.get("echo") is True:
        faults.append("echo: true shows code in one renderer only")
    return faults


def _wanted_options(label: str) -> tuple[str, ...]:
    return {"fig-": ("fig-cap", "fig-alt"), "tbl-": ("tbl-cap",)}.get(label[:4], ())


def _markdown(outputs: list[dict]) -> list[str]:
    found = [output.get("data", {}).get("text/markdown") or output.get("text") for output in outputs]
    return [notebook.source_text(text) for text in found if text]


def _cell_labels(stage: Stage, line: Line, cell: notebook.Cell) -> None:
    if cell.label.startswith(NUMBERED):
        _add_label(stage, line, cell.label)
    for text in _markdown(notebook.shown(cell)):
        for attributes in ATTRIBUTES.findall(text):
            for name in IDENTIFIER.findall(attributes):
                if name.startswith(NUMBERED):
                    _add_label(stage, line, name)


def _add_label(stage: Stage, line: Line, label: str) -> None:
    first = stage.labels.get(label)
    if first:
        stage.complain(line, f"label {label} is given twice; first at {first.file}:{first.number}")
    else:
        stage.labels[label] = line


def _prose(line: Line) -> str:
    return "" if line.code else CODE_SPAN.sub("", SHORTCODE.sub("", line.text))


def _collect_labels(stage: Stage) -> None:
    for line in stage.lines:
        for attributes in ATTRIBUTES.findall(_prose(line)):
            for name in IDENTIFIER.findall(attributes):
                if name.startswith(NUMBERED):
                    _add_label(stage, line, name)


def _bibliography_keys(stage: Stage, details: dict) -> set[str]:
    files = details.get("bibliography") or []
    keys: set[str] = set()
    for name in [files] if isinstance(files, str) else files:
        if (stage.folder / name).is_file():
            text = (stage.folder / name).read_text(encoding="utf-8")
            keys |= set(re.findall(r"^\s*@\w+\s*\{\s*([^,\s]+)\s*,", text, re.MULTILINE))
    return keys


def _check_references(stage: Stage, details: dict) -> None:
    keys = _bibliography_keys(stage, details)
    for line in stage.lines:
        text = re.sub(r"\]\([^)]*\)|<[^>]*>|https?://\S+", "", _prose(line))
        for name in CITATION.findall(text):
            known, what = (
                (_labels_like(stage, name), "label") if name.startswith(NUMBERED) else (keys, "reference")
            )
            if name not in known:
                stage.complain(line, f"@{name}: no such {what}{nearest(name, known)}")


def _labels_like(stage: Stage, name: str) -> set[str]:
    return {label for label in stage.labels if label[:4] == name[:4]}


def _check_images(stage: Stage) -> None:
    for line in stage.lines:
        for caption, file, attributes in IMAGE.findall(_prose(line)):
            if re.match(r"[a-z]+:", file):
                stage.complain(line, f"image {file} is fetched from elsewhere; put it beside the report")
            elif not (stage.folder / file).is_file():
                stage.complain(line, f"image {file} does not exist")
            if "#fig-" in attributes and "fig-alt=" not in attributes:
                stage.complain(line, f"image {file} has no fig-alt")
            elif not caption and "fig-alt=" not in attributes and "alt=" not in attributes:
                stage.complain(line, f"image {file} has neither caption nor alternative text")
