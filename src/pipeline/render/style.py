"""The look of the reports, as files a stage needs."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.render import brand, word
from pipeline.texts import marked

if TYPE_CHECKING:
    from analysis.study.brand import Brand

FOLDER = "_style"


def asset(name: str) -> str:
    """The text of one file of the look."""
    return (resources.files("pipeline.render") / "assets" / name).read_text(encoding="utf-8")


def report_css(house: Brand) -> str:
    """The style of pages that no renderer makes: the list of reports, what changed."""
    return brand.filled(asset("report.css"), house)


def write_style(stage: Path, pandoc: str) -> Path:
    """Put the look into `stage/_style`, its texts in the current language; the folder."""
    folder = Path(stage) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    house = brand.brand_of(stage)
    for entry in (resources.files("pipeline.render") / "assets").iterdir():
        if entry.is_file():
            text = brand.filled(marked(entry.read_text(encoding="utf-8")), house)
            (folder / entry.name).write_text(text, encoding="utf-8")
    (folder / "reference.docx").write_bytes(word.reference_document(pandoc, word.Face.of(house)))
    return folder
