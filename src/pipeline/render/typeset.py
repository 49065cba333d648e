"""From typst source to PDF, by the typst wheel."""

from __future__ import annotations

from pathlib import Path

from pipeline.render.errors import Problem, RenderError


def compile_pdf(source: Path, output: Path) -> Path:
    """Compile a typst file; a fault names typst's message."""
    import typst

    from analysis import fonts

    try:
        typst.compile(
            source, output=output, root=source.parent, font_paths=[fonts.FOLDER, source.parent / "_style"]
        )
    except typst.TypstError as error:
        text = getattr(error, "diagnostic", None) or str(error)
        raise RenderError("typst failed", (Problem("", 0, str(text)),)) from error
    return output
