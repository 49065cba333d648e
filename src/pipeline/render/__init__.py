"""From a staged report to pages: HTML, Word and PDF, by Quarto or by the embedded renderer.

A stage is a folder that stands for itself: ``index.qmd``, ``_quarto.yml``, ``_variables.yml``, ``parts/``,
``notebooks/`` (executed), ``references.bib``. `prepare` adds ``_style/``; after that ``quarto render index.qmd``
typed in that folder gives the same page as `render`, short of the finishing (content policy, checks).

What the page's cover reads from the report's metadata: ``study-title``, ``registry``, ``report-label``,
``state`` (draft, interim, locked, final), ``data-cut``, ``versions`` (text or list), ``synthetic`` (true or false),
``cover-extra`` (list of ``term``, ``value``), ``stale-after`` (ISO time), ``provenance`` (text for the foot).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pipeline.render import brand, checks, embedded, figures, page, quarto, typeface, word
from pipeline.render.errors import Problem, RenderError
from pipeline.render.figures import stage_figures
from pipeline.render.index import render_index
from pipeline.render.numbers import number
from pipeline.render.source import metadata
from pipeline.render.staging import stage_notebook
from pipeline.render.style import write_style

__all__ = [
    "FORMATS",
    "Problem",
    "RenderError",
    "Rendered",
    "choose_engine",
    "engine_version",
    "number",
    "prepare",
    "render",
    "render_index",
    "require_sound",
    "stage_figures",
    "stage_notebook",
]

FORMATS = ("html", "docx", "pdf")
ENGINES = {"quarto": quarto, "embedded": embedded}


@dataclass(frozen=True, slots=True)
class Rendered:
    """What came out.

    Attributes
    ----------
    path : Path
        The file written.
    to : str
        html, docx or pdf.
    engine : str
        quarto or embedded.
    version : str
        The renderer's version.
    warnings : tuple of str
        What the renderer said that is no fault.
    """

    path: Path
    to: str
    engine: str
    version: str
    warnings: tuple[str, ...]


def choose_engine(engine: str | None = None) -> str:
    """The renderer to use: the one asked for, else Quarto where it is new enough, else the embedded one."""
    if engine is None:
        return "quarto" if quarto.available() else "embedded"
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {sorted(ENGINES)} or None, not {engine!r}")
    if engine == "quarto" and not quarto.available():
        found = quarto.version()
        said = ".".join(map(str, found)) if found else "none"
        raise RenderError(f"Quarto 1.9 or newer is needed on PATH; found {said}")
    return engine


def engine_version(engine: str) -> str:
    """The renderer's name and version, for manifests."""
    if engine == "quarto":
        return "quarto " + ".".join(map(str, quarto.version() or ()))
    return embedded.version()


def prepare(stage: Path) -> None:
    """Put what the renderers need beside the report: the look."""
    write_style(Path(stage), embedded.pandoc_path())


def render(stage: Path, *, to: str, output: Path, engine: str | None = None, memory: int = 0) -> Rendered:
    """Render a staged report.

    Parameters
    ----------
    stage : Path
        Folder with ``index.qmd`` and all it needs (see the module's text).
    to : str
        html, docx or pdf.
    output : Path
        The file to write. It is replaced as a whole, and only if everything went well.
    engine : str, optional
        quarto or embedded; by default Quarto where it is on PATH and new enough.
    memory : int
        Bytes that each program that renders may hold; 0 is no limit.

    Raises
    ------
    ValueError
        Unknown format or engine.
    RenderError
        The report has faults (each with file and line where known), or the renderer failed.
    """
    if to not in FORMATS:
        raise ValueError(f"to must be one of {FORMATS}, not {to!r}")
    stage, output = Path(stage).resolve(), Path(output)
    engine = choose_engine(engine)
    prepare(stage)
    require_sound(stage, to)
    with tempfile.TemporaryDirectory(prefix="render-") as folder:
        made, warnings = ENGINES[engine].render(stage, to=to, work=Path(folder), memory=memory)
        _finish(made, to, metadata(stage, to), stage)
        _publish(made, output)
    return Rendered(output, to, engine, engine_version(engine), warnings)


def require_sound(stage: Path, to: str) -> None:
    """Stop at a stage that cannot be rendered in a format, with every reason."""
    _refuse(checks.check_stage(Path(stage), to), "the report cannot be rendered")


def _refuse(problems: list[Problem], message: str) -> None:
    if problems:
        raise RenderError(message, tuple(dict.fromkeys(problems)))


def _finish(made: Path, to: str, details: dict, stage: Path) -> None:
    if to == "html":
        html = typeface.with_faces(made.read_text(encoding="utf-8"), brand.faces(stage))
        html = figures.with_extras(html, figures.staged_figures(stage))
        html = page.finish(html, prefix=str(details.get("number-prefix") or ""))
        _refuse(checks.check_page(html), "the page is not fit to be sent")
        made.write_text(html, encoding="utf-8", newline="\n")
    elif to == "docx":
        word.finish(made, details)
        _refuse(checks.check_document(made), "the document is not fit to be sent")


def _publish(made: Path, output: Path) -> None:
    """Copy beside the goal, then rename over it: a reader sees the old file or the new one."""
    output.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=output.suffix, dir=output.parent)
    os.close(handle)
    try:
        shutil.copyfile(made, name)
        Path(name).replace(output)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
