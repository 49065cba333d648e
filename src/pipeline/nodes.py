"""What pytask's tasks depend on and make: inputs with the hash of the bytes that are read, and files made from them."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.files import read_json
from pipeline.marks import Hashes
from pipeline.published import manifest_at
from pipeline.reach import digest_of

INPUT_FILES = "input files"


@dataclass(kw_only=True)
class Known:
    """An input whose state was established before the run began; nothing that happens later changes it.

    Attributes
    ----------
    name : str
        What people know it by, such as its path in the checkout.
    digest : str
        Its state.
    value : object
        What the task is given.
    parts : dict of str to str
        State of each part, for telling what has changed.
    """

    name: str
    digest: str
    value: Any = None
    parts: dict[str, str] = field(default_factory=dict)
    attributes: dict[Any, Any] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """What tells this node from others."""
        return _signature("known", self.name, self.digest)

    def state(self) -> str:
        """The state, as it was established."""
        return self.digest

    def load(self, is_product: bool = False) -> Any:
        """What the task is given."""
        return self.value

    def save(self, value: Any) -> None:
        """Nothing is saved to an input."""
        raise TypeError(f"{self.name} is an input: nothing is saved to it")


@dataclass(kw_only=True)
class Made:
    """A file that a task makes; its state is the hash of its content."""

    name: str
    file: Path
    hashes: Hashes | None = field(default=None, repr=False, compare=False)
    attributes: dict[Any, Any] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """What tells this node from others."""
        return _signature("made", self.name)

    def state(self) -> str | None:
        """The hash of the file; None when it is not there."""
        try:
            return (self.hashes or Hashes(Path("/nonexistent"))).of(self.file)
        except OSError:
            return None

    def load(self, is_product: bool = False) -> Path:
        """The file's path."""
        return self.file

    def save(self, value: Any) -> None:
        """Tasks write their files themselves."""
        raise TypeError(f"{self.name} is written by its task: a task returns nothing to save")

    def __getstate__(self) -> dict:
        """Without the kept hashes, which belong to this process."""
        return {**self.__dict__, "hashes": None}


@dataclass(kw_only=True)
class Published(Made):
    """A published report, by its manifest: the run that made it, as long as every file is the one that was published.

    When the next version is due may change without the report being made again.
    """

    def state(self) -> str | None:
        """The id of the run; None when there is no report, or a file of it is not what was published."""
        manifest = manifest_at(self.file.parent) or {}
        hashes = self.hashes or Hashes(Path("/nonexistent"))
        try:
            whole = all(
                hashes.of(self.file.parent / name) == digest for name, digest in manifest["outputs"].items()
            )
        except (KeyError, AttributeError, OSError):
            return None
        return manifest.get("run") if whole else None

    @property
    def files(self) -> list[Path]:
        """The manifest and what lies beside it."""
        return sorted(file for file in self.file.parent.glob("*") if file.is_file())


@dataclass(kw_only=True)
class Prepared(Made):
    """The list of the datasets, which counts only while each of them is the one that it lists."""

    def state(self) -> str | None:
        """The hash of the list; None when it cannot be read, or a dataset is not what it says."""
        hashes = self.hashes or Hashes(Path("/nonexistent"))
        try:
            whole = all(
                hashes.of(self.file.with_name(f"{name}.parquet")) == digest
                for name, digest in listed(self.file).items()
            )
        except OSError:
            return None
        return super().state() if whole and listed(self.file) else None


@dataclass(kw_only=True)
class DatasetsRead:
    """The datasets that a notebook read when it last ran; all of them while that is not known.

    What a notebook reads follows from its code, its parameters and what it has read, all of which it depends on; while
    these are the same it reads the same again.
    """

    name: str
    index: Path
    reads: Path
    attributes: dict[Any, Any] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """What tells this node from others."""
        return _signature("datasets", self.name)

    @property
    def parts(self) -> dict[str, str]:
        """The hash of each dataset, by name; a dataset that was asked for and is not there counts as absent."""
        hashes = {**listed(self.index), INPUT_FILES: digest_of(_input_files(self.index))}
        read = datasets_read(self.reads)
        return hashes if read is None else {name: hashes.get(name, "absent") for name in read}

    def state(self) -> str | None:
        """One digest over these hashes; None while nothing is prepared."""
        return digest_of(self.parts) if self.index.is_file() else None

    def load(self, is_product: bool = False) -> Path:
        """The list of datasets."""
        return self.index

    def save(self, value: Any) -> None:
        """Tasks write their files themselves."""
        raise TypeError(f"{self.name} is written by its task: a task returns nothing to save")


def listed(index: Path) -> dict[str, str]:
    """The hash of each dataset by name, as the list of them says; nothing where it is not such a list."""
    try:
        return {name: str(entry["sha256"]) for name, entry in (read_json(index) or {})["datasets"].items()}
    except (KeyError, TypeError, AttributeError):
        return {}


def _input_files(index: Path) -> dict:
    try:
        return {entry["source"]: entry for entry in (read_json(index) or {})["files"]}
    except (KeyError, TypeError):
        return {}


def datasets_read(file: Path) -> list[str] | None:
    """What a notebook read, each name once; None when it is not known or it asked for all there is."""
    try:
        names = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return None if "*" in names or "end" not in names else sorted({*names} - {"end"})


def _signature(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
