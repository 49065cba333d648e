"""The snapshot a run reads: every input copied once while it is hashed, laid out as a checkout of its own.

What was hashed is what is read. A file that is replaced, truncated or half written meanwhile belongs to the next
run. Copies are kept by their hash in ``build/store`` and linked from there, so an input that did not change is
neither read nor stored a second time.
"""

import hashlib
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.ending import LimitReached, StillChanging
from pipeline.files import files_below, link
from pipeline.marks import Hashes, mark
from pipeline.operating import Operation
from pipeline.project import Project, UserError, sha256

BLOCK = 2**20
OUTSIDE = "outside"  # sources that lie elsewhere, each in a folder named by its id
STEP = 0.2
SURE = 600  # seconds: clocks of a machine and of a share differ by less


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The inputs of a run.

    Attributes
    ----------
    root : Path
        A folder laid out as the checkout; everything a run reads is read from here.
    hashes : dict
        SHA-256 of each file by the name the checkout has for it.
    """

    root: Path
    hashes: dict[str, str] = field(default_factory=dict)

    def below(self, *folders: str) -> dict[str, str]:
        """Hashes of the files below these folders, or of these files."""
        return {
            name: digest
            for name, digest in self.hashes.items()
            if any(name == folder or name.startswith(f"{folder}/") for folder in folders)
        }


class Store:
    """Copies of inputs by their hash, and the snapshot that is laid out from them.

    Parameters
    ----------
    project : Project
    operation : Operation
        How long a data file must have been left alone, and how long one that grows is waited for.
    looking : bool
        Only hash, and copy nothing: for telling what a run would do.
    """

    def __init__(self, project: Project, operation: Operation, *, looking: bool = False):
        self.looking = looking
        self.folder = project.build / "store"
        self.hashes = Hashes(project.build / "state" / "hashes.json")
        self.operation = operation
        self._seen: dict[Path, tuple[list[int] | None, float]] = {}
        self._until = time.monotonic() + operation.run_limit

    def path(self, digest: str) -> Path:
        """Where the copy of this hash lies."""
        return self.folder / digest[:2] / digest

    def lay_out(self, snapshot: Snapshot, files: Mapping[str, Path], *, data: bool = False) -> None:
        """Add files, by the names that the checkout has for them, to a snapshot.

        Raises
        ------
        StillChanging
            If a file is written to while it is copied, for longer than it is waited for.
        """
        for name, file in files.items():
            if name not in snapshot.hashes:
                snapshot.hashes[name] = digest = (
                    self.hashes.of(file) if self.looking else self.take(file, data=data)
                )
                if not self.looking:
                    link(self.path(digest), snapshot.root / name)

    def take(self, file: Path, *, data: bool = False) -> str:
        """Copy a file into the store, if it is not there yet, and return its hash."""
        if (digest := self.hashes.known(file)) and self._is_there(digest, file.stat().st_size):
            return digest
        patience = time.monotonic() + self.operation.patience
        while True:
            digest = None if data and not self._is_settled(file) else self._copy(file)
            if digest:
                return digest
            if time.monotonic() > patience:
                raise StillChanging(
                    f"{file.name} is still being written to ({self.operation.patience:g} seconds waited); nothing was "
                    "replaced, render again when it is complete"
                )
            time.sleep(STEP)

    def _is_there(self, digest: str, size: int) -> bool:
        """Whether the copy is there as it was put there: a write since then has changed its time."""
        held = mark(self.path(digest))
        return held is not None and held[0] == size and held[2] // 10**9 == _time_of(digest)

    def look(self, files: Iterable[Path]) -> None:
        """Begin to watch data files, all at once: they are read when they were left alone for a moment."""
        for file in files:
            self._seen.setdefault(file, (mark(file), time.monotonic()))

    def _is_settled(self, file: Path) -> bool:
        """Whether nobody has written to a file for a moment, as seen from here.

        Its times are those of another clock where it lies on a share, and whoever copies may set them: they say
        something only of a file that was left alone for long.
        """
        now = mark(file)
        if now and time.time() - max(now[2:]) / 10**9 > SURE:
            return True
        was, since = self._seen.get(file, (None, 0.0))
        if was != now:
            since = time.monotonic()
            self._seen[file] = now, since
        return time.monotonic() - since >= self.operation.settle

    def _copy(self, file: Path) -> str | None:
        """Copy and hash in one pass; None when the file changed meanwhile."""
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self.folder / f".{os.getpid()}.partial"
        before, digest = mark(file), hashlib.sha256()
        try:
            with file.open("rb") as source, partial.open("wb") as target:
                while block := source.read(BLOCK):
                    if time.monotonic() > self._until:
                        raise LimitReached(f"copying {file.name} took longer than a run may (run_limit)")
                    digest.update(block)
                    target.write(block)
            if before is None or mark(file) != before:
                return None
            name = digest.hexdigest()
            if not self._is_there(name, before[0]) or sha256(self.path(name)) != name:
                self.path(name).parent.mkdir(exist_ok=True)
                partial.chmod(0o400)
                # by the time of a source file Python knows whether what it compiled is still that of the source
                os.utime(partial, (_time_of(name), _time_of(name)))
                partial.replace(self.path(name))
        except FileNotFoundError:
            if file.exists():
                raise
            raise UserError(f"{file.name} was removed while it was being read") from None
        finally:
            partial.unlink(missing_ok=True)
        self.hashes.keep(file, before, name)
        return name

    def sweep(self) -> None:
        """Remove copies that no run uses any more, and what killed runs left half written."""
        for file in self.folder.glob("*/*"):
            if file.stat().st_nlink == 1:
                file.unlink()
        for file in self.folder.glob(".*.partial"):
            file.unlink(missing_ok=True)


def _time_of(digest: str) -> int:
    """The time of a copy, in seconds since 1970: any, as long as it is told by the content alone."""
    return int(digest[:7], 16)


def checkout_files(root: Path, study: str, notebooks: Iterable[str]) -> dict[str, Path]:
    """What a study's reports are made from, data and code apart, by name."""
    files = [root / "_quarto.yml", root / "_brand.yml", root / "requirements.lock", root / "pyproject.toml"]
    files += sorted(file for file in files_below(root / "params" / study) if file.suffix == ".yml")
    files += sorted((root / "params" / study).glob("*.po"))
    files += [root / "notebooks" / f"{name}.ipynb" for name in notebooks]
    files += sorted(file for file in files_below(root / "reports") if is_report_source(file, root, study))
    return {file.relative_to(root).as_posix(): file for file in files if file.is_file()}


def is_report_source(file: Path, root: Path, study: str) -> bool:
    """Whether a file under reports/ belongs to the sources of a study's report: its own, shared parts, references."""
    parts = file.relative_to(root / "reports").parts
    if parts[0] == "_site" or not file.is_file():
        return False
    return study in parts or any(part.startswith("_") for part in parts) or file.suffix == ".bib"
