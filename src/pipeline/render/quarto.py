"""The Quarto renderer: one private copy of the stage per run, and Quarto's own words when it fails."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from pipeline.render.errors import Problem, RenderError

MINIMUM = (1, 9)
QUARTO_TO = {"html": "html", "docx": "docx", "pdf": "typst"}
OUTPUT = {"html": "index.html", "docx": "index.docx", "pdf": "index.pdf"}
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@lru_cache(maxsize=1)
def version() -> tuple[int, ...] | None:
    """Quarto's version, or None where there is no working quarto command."""
    program = shutil.which("quarto")
    if not program:
        return None
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", answer.stdout)
    return tuple(int(part) for part in match.groups()) if match and not answer.returncode else None


def available() -> bool:
    """Is there a Quarto new enough to render the reports?"""
    found = version()
    return found is not None and found[:2] >= MINIMUM


def _messages(text: str) -> list[str]:
    lines = [COLOUR.sub("", line).strip() for line in text.splitlines()]
    return [line for line in lines if line]


def render(stage: Path, *, to: str, work: Path) -> tuple[Path, tuple[str, ...]]:
    """Render a stage with Quarto; the raw output inside `work`, and warnings.

    Quarto writes beside its source, so it works on a copy.
    """
    copy = work / "stage"
    shutil.copytree(stage, copy)
    command = [shutil.which("quarto") or "quarto", "render", "index.qmd", "--to", QUARTO_TO[to]]
    environment = os.environ | {"NO_COLOR": "1"}
    answer = subprocess.run(
        command, cwd=copy, capture_output=True, text=True, encoding="utf-8", env=environment, check=False
    )
    messages = _messages(answer.stdout + "\n" + answer.stderr)
    output = copy / OUTPUT[to]
    if answer.returncode or not output.is_file():
        faults = tuple(Problem("", 0, line) for line in messages[-25:])
        raise RenderError(f"quarto failed (exit {answer.returncode})", faults)
    return output, tuple(
        line
        for line in messages
        if re.match(r"\[?WARN", line, re.IGNORECASE) and "unknown font family" not in line
    )
