"""Executed notebooks as a report sees them: labelled cells, their options and their Markdown."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ruamel.yaml.error import YAMLError

from analysis.study.modest import reader
from pipeline.render.errors import RenderError

OPTION = re.compile(r"^#\|\s?(.*)$")
CAPTIONS = ("tbl-cap", "fig-cap", "fig-alt")
IMAGES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}
PREFERENCE = {
    "html": ("image/svg+xml", "image/png", "image/jpeg"),
    "pdf": ("image/svg+xml", "image/png", "image/jpeg"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell: its `#|` options, names it can be embedded by, and outputs."""

    notebook: str
    options: dict
    names: tuple[str, ...]
    outputs: tuple[dict, ...]

    @property
    def label(self) -> str:
        """The label given in the cell's options; empty if none."""
        return str(self.options.get("label") or "")


def source_text(value: str | list[str]) -> str:
    """Notebook text, which is stored whole or as a list of lines."""
    return value if isinstance(value, str) else "".join(value)


def cell_options(source: str) -> dict:
    """The `#|` options at the top of a code cell."""
    rows = []
    for line in source.splitlines():
        match = OPTION.match(line)
        if not match:
            break
        rows.append(match[1])
    try:
        return dict(_parsed("\n".join(rows)) or {})
    except YAMLError as error:
        raise RenderError(f"cell options are not valid YAML: {rows[0]!r} ...") from error


@lru_cache(maxsize=4096)
def _parsed(text: str):
    """YAML; a report is checked before it is rendered, and asks for each cell twice."""
    return reader().load(text) if text else None


def read_cells(file: Path, name: str) -> list[Cell]:
    """The code cells of an executed notebook."""
    content = json.loads(file.read_text(encoding="utf-8"))
    return [_cell(cell, name) for cell in content["cells"] if cell["cell_type"] == "code"]


def _cell(cell: dict, name: str) -> Cell:
    options = cell_options(source_text(cell["source"]))
    tags = cell.get("metadata", {}).get("tags", [])
    names = [options.get("label"), cell.get("id"), *tags]
    return Cell(name, options, tuple(str(n) for n in names if n), tuple(cell.get("outputs", ())))


def shown(cell: Cell) -> list[dict]:
    """The outputs a reader sees: displayed data, and printed text that is Markdown."""
    asis = cell.options.get("output") == "asis"
    displayed = ("display_data", "execute_result")
    return [
        output
        for output in cell.outputs
        if output["output_type"] in displayed or (asis and output.get("name") == "stdout")
    ]


def _quoted(text: object) -> str:
    flat = " ".join(str(text).split())
    return '"' + flat.replace("\\", "\\\\").replace('"', '\\"') + '"'


def to_markdown(cell: Cell, to: str, work: Path) -> str:
    """A cell's outputs as Markdown; images are written to `media` below the folder `work`."""
    parts = [_output(cell, output, to, work, place) for place, output in enumerate(shown(cell), start=1)]
    body = "\n\n".join(parts)
    label = cell.label
    if not label.startswith(("fig-", "tbl-")):
        return body
    wanted = [key for key in CAPTIONS if cell.options.get(key)]
    attributes = " ".join(f"{key}={_quoted(cell.options[key])}" for key in wanted)
    return f"::::::: {{#{label} .cell {attributes}}}\n\n{body}\n\n:::::::"


def _output(cell: Cell, output: dict, to: str, work: Path, place: int) -> str:
    if output["output_type"] == "stream":
        return source_text(output["text"])
    data = output["data"]
    if "text/markdown" in data:
        return source_text(data["text/markdown"]).strip()
    for kind in PREFERENCE.get(to, ("image/png", "image/jpeg", "image/svg+xml")):
        if kind in data:
            file = f"media/{Path(cell.notebook).stem}-{cell.names[0]}-{place}.{IMAGES[kind]}"
            _write_image(work / file, data[kind])
            return f"![]({file})"
    return "```\n" + source_text(data.get("text/plain", "")) + "\n```"


def _write_image(file: Path, content: str | list[str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    text = source_text(content)
    if file.suffix == ".svg":
        file.write_text(text, encoding="utf-8")
    else:
        file.write_bytes(base64.b64decode(text))
