"""Which code a task can reach: the imports of its notebook, or of the function it runs, followed through the project.

A module counts by what it does: a comment, a docstring or the layout of its lines is no part of it. What lies beside a
module and is no code (a dictionary as CSV, a template) counts with every module of that folder. Where code names a
module of the project in a text, as for an import on demand, it is taken to reach it.
"""

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.files import read_json, write_whole
from pipeline.project import as_json, sha256

PACKAGES = ("analysis", "studies", "pipeline")
MODULE = re.compile(r"(?:analysis|studies)(?:\.\w+)+(?::\w+)?")
VERSION = 2  # of what is kept of a module


@dataclass(frozen=True, slots=True)
class Module:
    """What is known of one source file: a digest of what it does, and the names it may import."""

    digest: str
    names: tuple[str, ...]


@dataclass(slots=True)
class Code:
    """The source files of the project's packages below one `src` folder.

    Attributes
    ----------
    modules : mapping of str to Module
        By the full name of the module.
    beside : mapping of str to dict
        Digests of the files that are no code, by name, per package folder.
    files : mapping of str to Path
        The source file of each module.
    """

    modules: Mapping[str, Module]
    beside: Mapping[str, dict[str, str]]
    files: Mapping[str, Path]
    _known: dict = field(default_factory=dict)

    def reach(self, names: Iterable[str]) -> dict[str, str]:
        """Digest by path (``src/analysis/rates.py``) of all that `names` lead to."""
        key = tuple(sorted(set(names)))
        if key not in self._known:
            self._known[key] = self._digests(self._closure(key))
        return self._known[key]

    def _closure(self, names: Iterable[str]) -> set[str]:
        found: set[str] = set()
        waiting = [module for name in names for module in self._loaded_by(name)]
        while waiting:
            module = waiting.pop()
            if module not in found:
                found.add(module)
                waiting += [m for name in self.modules[module].names for m in self._loaded_by(name)]
        return found

    def _loaded_by(self, name: str) -> list[str]:
        """The modules that an import of `name` runs: itself, if it is one, and the packages above it."""
        parts = name.partition(":")[0].split(".")
        dotted = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
        return [module for module in dotted if module in self.modules]

    def _digests(self, modules: Iterable[str]) -> dict[str, str]:
        found = {}
        for module in sorted(modules):
            path = "src/" + module.replace(".", "/")
            is_package = self.files[module].name == "__init__.py"
            found[path + ("/__init__.py" if is_package else ".py")] = self.modules[module].digest
            found |= self.beside.get(module if is_package else module.rpartition(".")[0], {})
        return found


def read_code(source: Path, kept: Path | None = None, *, hashes: Mapping[str, str] | None = None) -> Code:
    """The code below a `src` folder.

    Parameters
    ----------
    source : Path
        The folder that holds the packages.
    kept : Path, optional
        Where what is known of each file is kept, by the hash of its content, for the next look.
    hashes : mapping of str to str, optional
        SHA-256 of the files as far as they are known, by name (``src/analysis/rates.py``).
    """
    before = (read_json(kept) or {}) if kept else {}
    before = before.get("files", {}) if before.get("version") == VERSION else {}
    modules, beside, files, now = {}, {}, {}, {}
    for file in source_files(source):
        path = file.relative_to(source)
        digest = (hashes or {}).get(f"src/{path.as_posix()}") or sha256(file)
        if file.suffix != ".py":
            beside.setdefault(_package_of(source, path), {})[f"src/{path.as_posix()}"] = digest
            continue
        package = _package_name(path)
        entry = now[f"{package} {digest}"] = _entry(file, package, before.get(f"{package} {digest}"))
        name = _module_name(path)
        modules[name] = Module(entry["digest"], tuple(entry["names"]))
        files[name] = file
    if kept and now != before:
        write_whole(kept, json.dumps({"version": VERSION, "files": now}))
    return Code(modules, beside, files)


def source_files(source: Path) -> list[Path]:
    """The files of the project's packages: modules and what lies beside them."""
    return [
        file
        for package in PACKAGES
        for file in sorted((source / package).rglob("*"))
        if "__pycache__" not in file.parts and not file.name.startswith(".") and file.is_file()
    ]


def _entry(file: Path, package: str, before: object) -> dict:
    if isinstance(before, dict) and before.keys() == {"digest", "names"}:
        return before
    module = described(file.read_bytes(), package)
    return {"digest": module.digest, "names": list(module.names)}


def _module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _package_name(path: Path) -> str:
    return ".".join(path.parts[:-1])


def _package_of(source: Path, path: Path) -> str:
    """The innermost package around a file that is no code."""
    folder = path.parent
    while folder.parts and not (source / folder / "__init__.py").is_file():
        folder = folder.parent
    return ".".join(folder.parts)


def described(content: bytes | str, package: str = "") -> Module:
    """What a source text does, as a digest, and what it may import; a text that is no Python counts as it stands."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        raw = content if isinstance(content, bytes) else content.encode()
        return Module(hashlib.sha256(raw).hexdigest(), ())
    names = sorted(_names(tree, package))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            _drop_docstring(node)
    return Module(hashlib.sha256(ast.dump(tree).encode()).hexdigest(), tuple(names))


def _drop_docstring(node) -> None:
    first = node.body[0] if node.body else None
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        node.body = node.body[1:]


def _names(tree: ast.AST, package: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and MODULE.fullmatch(node.value):
            found.add(node.value.partition(":")[0])
    return {name for name in found if name.partition(".")[0] in PACKAGES}


def _base(node: ast.ImportFrom, package: str) -> str:
    """The package that a relative import starts from."""
    if not node.level:
        return node.module or ""
    parts = package.split(".") if package else []
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, *([node.module] if node.module else [])])


def notebook_names(notebook: Mapping) -> tuple[str, ...]:
    """The modules of the project that the cells of a notebook import."""
    found: set[str] = set()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            found |= set(described(_python_only(source)).names)
    return tuple(sorted(found))


def _python_only(source: str) -> str:
    """The cell without the lines that only IPython understands."""
    return "\n".join(
        "" if line.lstrip().startswith(("%", "!", "?")) else line for line in source.splitlines()
    )


def digest_of(parts: Mapping[str, object]) -> str:
    """One digest for named parts."""
    return hashlib.sha256(as_json(dict(sorted(parts.items()))).encode()).hexdigest()
