"""The Quarto renderer: one private copy of the stage per run, and Quarto's own words when it fails."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from analysis import fonts
from pipeline import children
from pipeline.render.brand import faces
from pipeline.render.errors import Problem, RenderError

MINIMUM = (1, 9)
LIMIT_SECONDS = 600
VERSION_SECONDS = 60
QUARTO_TO = {"html": "html", "docx": "docx", "pdf": "typst"}
OUTPUT = {"html": "index.html", "docx": "index.docx", "pdf": "index.pdf"}
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@lru_cache(maxsize=1)
def version() -> tuple[int, ...] | None:
    """Quarto's version, or None where there is no working quarto command."""
    program = shutil.which("quarto")
    if not program:
        return None
    answer = children.run([program, "--version"], limit=VERSION_SECONDS, memory=0)
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", answer.stdout)
    return tuple(int(part) for part in match.groups()) if match and not answer.returncode else None


def available() -> bool:
    """Is there a Quarto new enough to render the reports?"""
    found = version()
    return found is not None and found[:2] >= MINIMUM


def _messages(text: str) -> list[str]:
    lines = [COLOUR.sub("", line).strip() for line in text.splitlines()]
    return [line for line in lines if line]


def _run(folder: Path, to: str, memory: int) -> tuple[int, str]:
    """Exit code and everything said. Quarto starts programs of its own: all are stopped when time is up."""
    command = [shutil.which("quarto") or "quarto", "render", "index.qmd", "--to", QUARTO_TO[to]]
    env = os.environ | {"NO_COLOR": "1"}
    limits = {"limit": LIMIT_SECONDS, "memory": memory}
    process = children.run(command, cwd=folder, env=env, stderr=subprocess.STDOUT, **limits)
    return process.returncode, process.stdout


def render(stage: Path, *, to: str, work: Path, memory: int = 0) -> tuple[Path, tuple[str, ...]]:
    """Render a stage with Quarto; the raw output inside `work`, and warnings. Each program may hold `memory` bytes.

    Quarto writes beside its source, so it works on a copy.
    """
    copy = work / "stage"
    shutil.copytree(stage, copy)
    if to == "pdf":
        target, not_fonts = copy / "_style" / "fonts", shutil.ignore_patterns("*.py", "__pycache__")
        shutil.copytree(fonts.FOLDER, target, ignore=not_fonts)
        for face in faces(stage):
            shutil.copyfile(face.file, target / face.file.name)
    if to == "docx":
        _pixels_only(copy)
    code, said = _run(copy, to, memory)
    messages, output = _messages(said), copy / OUTPUT[to]
    if code or not output.is_file():
        faults = tuple(Problem("", 0, line) for line in messages[-25:])
        raise RenderError(f"quarto failed (exit {code})", faults)
    return output, tuple(line for line in messages if _is_warning(line))


def _pixels_only(stage: Path) -> None:
    """Figures of a Word file are pictures: not every version of Word shows vectors."""
    for file in (stage / "notebooks").glob("*.ipynb"):
        content = json.loads(file.read_text(encoding="utf-8"))
        for cell in content["cells"]:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                if "image/png" in data:
                    data.pop("image/svg+xml", None)
        file.unlink()  # a copy of a stage may share its files with it
        file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _is_warning(line: str) -> bool:
    """Warnings that matter; the template names more fonts than any one machine has."""
    return line.upper().startswith(("WARN", "[WARN")) and "unknown font family" not in line
