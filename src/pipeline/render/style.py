"""The look of the reports, as files a stage needs."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from pipeline.render import word
from pipeline.texts import marked

FOLDER = "_style"


def asset(name: str) -> str:
    """The text of one file of the look."""
    return (resources.files("pipeline.render") / "assets" / name).read_text(encoding="utf-8")


def write_style(stage: Path, pandoc: str) -> Path:
    """Put the look into `stage/_style`, its texts in the current language; the folder."""
    folder = Path(stage) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for entry in (resources.files("pipeline.render") / "assets").iterdir():
        if entry.is_file():
            (folder / entry.name).write_text(marked(entry.read_text(encoding="utf-8")), encoding="utf-8")
    (folder / "reference.docx").write_bytes(word.reference_document(pandoc))
    return folder
