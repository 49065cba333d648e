"""The embedded renderer: pandoc with the small filters that stand in for Quarto."""

from __future__ import annotations

import json
import os
import shutil
from functools import lru_cache
from pathlib import Path

from pipeline import children
from pipeline.ending import LimitReached
from pipeline.render import notebook, typeset
from pipeline.render.errors import Problem, RenderError
from pipeline.render.source import (
    SHORTCODE,
    Line,
    include_lines,
    look_up,
    metadata,
    read_yaml,
)

WRITER = {"html": "html5", "docx": "docx", "pdf": "typst"}
SUFFIX = {"html": "index.html", "docx": "index.docx", "pdf": "index.typ"}
VERSION_SECONDS = 60
LIMIT_SECONDS = 600
FATAL = ("Could not fetch resource", "Citeproc: citation", "Duplicate identifier")


@lru_cache(maxsize=1)
def pandoc_path() -> str:
    """The pandoc program that comes with pypandoc_binary."""
    import pypandoc

    return pypandoc.get_pandoc_path()


@lru_cache(maxsize=1)
def version() -> str:
    """`pandoc X.Y`, for manifests."""
    command = [pandoc_path(), "--version"]
    try:
        answer = children.run(command, limit=VERSION_SECONDS, memory=0)
    except LimitReached:  # one that was ended from outside is asked once more
        answer = children.run(command, limit=VERSION_SECONDS, memory=0)
    if answer.returncode == 0 and answer.stdout:
        return answer.stdout.splitlines()[0]
    raise RenderError(f"pandoc does not tell its version (exit {answer.returncode})")


class Expander:
    """Replaces embed, var and meta shortcodes by what they stand for."""

    def __init__(self, stage: Path, to: str, work: Path) -> None:
        self.stage, self.to, self.work = stage, to, work
        self.variables = read_yaml(stage / "_variables.yml", as_text=True)
        self.metadata = metadata(stage, to)
        self.cells: dict[str, dict[str, notebook.Cell]] = {}

    def line(self, line: Line) -> str:
        """One source line, expanded."""
        if line.code or "{{" not in line.text:
            return line.text
        try:
            text = SHORTCODE.sub(lambda match: self._value(match[1], match[2]), line.text)
        except KeyError as error:
            message = f"{error.args[0]} does not exist"
            raise RenderError("a value is missing", (line.problem(message),)) from error
        return text.replace("{{{<", "{{<").replace(">}}}", ">}}")

    def _value(self, name: str, argument: str) -> str:
        if name == "var":
            return str(look_up(self.variables, argument))
        if name == "meta":
            return str(look_up(self.metadata, argument))
        if name == "embed":
            return self._embed(argument)
        raise KeyError(f"shortcode {name!r}")

    def _embed(self, argument: str) -> str:
        file, _, label = argument.partition("#")
        if file not in self.cells:
            cells = notebook.read_cells(self.stage / file, file)
            self.cells[file] = {name: cell for cell in reversed(cells) for name in cell.names}
        if label not in self.cells[file]:
            raise KeyError(f"cell {argument}")
        return notebook.to_markdown(self.cells[file][label], self.to, self.work)


def expand(stage: Path, to: str, work: Path) -> str:
    """The whole report as plain pandoc Markdown."""
    expander = Expander(stage, to, work)
    return "\n".join(expander.line(line) for line in include_lines(stage)) + "\n"


def _arguments(stage: Path, to: str, work: Path, settings: dict) -> list[str]:
    style = stage / "_style"
    arguments = [
        *("--from", "markdown", "--to", WRITER[to], "--standalone", "--wrap", "none"),
        *("--metadata-file", "metadata.json", "--resource-path", os.pathsep.join([str(stage), str(work)])),
        *("--lua-filter", str(style / "before.lua"), "--lua-filter", str(style / "embedded.lua")),
        *("--citeproc", "--lua-filter", str(style / "after.lua")),
        *("--output", SUFFIX[to], "index.md"),
    ]
    if settings.get("number-sections") and to != "docx":  # the filter numbers Word's headings as Quarto does
        arguments.append("--number-sections")
    if settings.get("toc"):
        arguments += ["--toc", "--toc-depth", str(settings.get("toc-depth", 3))]
    return arguments + _format_arguments(style, to)


def _format_arguments(style: Path, to: str) -> list[str]:
    if to == "html":
        return ["--template", str(style / "report.html"), "--embed-resources", "--mathml"]
    if to == "docx":
        return ["--reference-doc", str(style / "reference.docx")]
    return ["--template", str(style / "embedded.typ"), "--extract-media", "media"]


def run_pandoc(arguments: list[str], work: Path, *, memory: int = 0) -> tuple[str, ...]:
    """Run pandoc in `work`, with so many bytes; its warnings. A warning that means a hole in the report is an error."""
    answer = children.run([pandoc_path(), *arguments], cwd=work, limit=LIMIT_SECONDS, memory=memory)
    messages = tuple(line for line in answer.stderr.splitlines() if line.strip())
    if answer.returncode:
        raise RenderError(
            f"pandoc failed (exit {answer.returncode})", tuple(Problem("", 0, line) for line in messages)
        )
    holes = [line for line in messages if any(text in line for text in FATAL)]
    if holes:
        raise RenderError("the report has holes", tuple(Problem("index.qmd", 0, line) for line in holes))
    return messages


def render(stage: Path, *, to: str, work: Path, memory: int = 0) -> tuple[Path, tuple[str, ...]]:
    """Render a stage with pandoc; the raw output inside `work`, and warnings.

    Parameters
    ----------
    stage : Path
        A prepared stage; it is only read.
    to : str
        html, docx or pdf.
    work : Path
        An empty folder for everything written on the way.
    memory : int
        Bytes that pandoc may hold; 0 is no limit.
    """
    settings = metadata(stage, to)
    (work / "index.md").write_text(expand(stage, to, work), encoding="utf-8")
    (work / "metadata.json").write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")
    warnings = run_pandoc(_arguments(stage, to, work, settings), work, memory=memory)
    if to == "pdf":
        shutil.copytree(stage / "_style", work / "_style")
        return typeset.compile_pdf(work / SUFFIX[to], work / "index.pdf", memory=memory), warnings
    return work / SUFFIX[to], warnings
