"""From typst source to PDF by the typst wheel, in a process of its own: one that hangs or needs too much is ended."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline import children
from pipeline.render.errors import Problem, RenderError

PROGRAM = Path(__file__).with_name("typst_program.py")
LIMIT_SECONDS = 600


def compile_pdf(source: Path, output: Path, *, memory: int = 0) -> Path:
    """Compile a typst file.

    Parameters
    ----------
    source, output : Path
    memory : int
        Bytes that typst may hold; 0 is no limit.

    Raises
    ------
    RenderError
        With typst's message.
    LimitReached
        If it takes too long, needs too much memory, or is ended from outside.
    """
    from analysis import fonts

    root = source.parent
    command = [sys.executable, "-P", PROGRAM, source, output, root, fonts.FOLDER, root / "_style"]
    answer = children.run(command, limit=LIMIT_SECONDS, memory=memory)
    if answer.returncode:
        raise RenderError("typst failed", (Problem("", 0, answer.stderr.strip()),))
    return output
