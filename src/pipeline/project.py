"""Where things are in a checkout, and which studies and reports it holds."""

import hashlib
import json
import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pipeline.files import write_whole

REPORTS = ("interim", "final")


class UserError(Exception):
    """A mistake that the user can put right; shown without a traceback."""


@dataclass(frozen=True, slots=True)
class Project:
    """A checkout of this template."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> "Project":
        """The project that holds `start` (the working directory by default)."""
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / "_quarto.yml").is_file() and (folder / "params").is_dir():
                return cls(folder)
        raise UserError(f"{start} is not inside a project: no folder above it holds _quarto.yml and params/")

    @property
    def build(self) -> Path:
        """Executed notebooks, datasets, results and state; safe to delete."""
        return self.root / "build"

    @property
    def site(self) -> Path:
        """The published reports."""
        return self.root / "reports" / "_site"

    @property
    def runs(self) -> Path:
        """The runs that are kept."""
        return self.root / "runs"

    @property
    def handbook(self) -> Path:
        """The first page of the handbook."""
        return self.site / "handbook" / "index.html"

    def studies(self) -> list[str]:
        """Every study that has a folder with a study file in params/."""
        return sorted(file.parent.name for file in self.root.glob("params/*/study.yml"))

    def choose(self, wanted: list[str]) -> list[str]:
        """The wanted studies, all of them when none is named; an unknown name is an error."""
        known = self.studies()
        for name in wanted:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"Did you mean {near[0]}?" if near else f"Studies here: {', '.join(known)}."
                raise UserError(f"there is no study {name!r} (params/{name}/study.yml). {hint}")
        return list(dict.fromkeys(wanted)) or known

    def reports(self, study: str) -> list[str]:
        """Which of interim and final a study defines."""
        return [name for name in REPORTS if (self.root / "params" / study / f"{name}.yml").is_file()]


def write_if_changed(file: Path, text: str) -> None:
    """Write a text file, leaving it alone (its time too) when it already holds just that, whatever it held before."""
    content = text.encode()
    if not (file.is_file() and file.read_bytes() == content):
        write_whole(file, content)


def as_json(content: Any) -> str:
    """JSON that is the same for the same content, and readable."""
    return json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n"


def as_state(content: Any) -> str:
    """JSON that only a later run reads; without an indent it is written many times faster."""
    return json.dumps(content, ensure_ascii=False, default=str)


def as_lines(rows: list) -> str:
    """JSON of a long list, a line per entry; with an indent it would take many times as long to write."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    return "[\n" + ",\n".join(map(encode, rows)) + "\n]\n"


def sha256(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def code_digest(folder: Path) -> str:
    """A line per source file of a package: what changes when any of its code does."""
    names = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        names += [Path(place, name).relative_to(folder).as_posix() for name in files]
    return "".join(f"{sha256(folder / name)}  {name}\n" for name in sorted(names))
