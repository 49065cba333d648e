"""Which code a task can reach: the imports of its notebook, or of the function it runs, followed through the project.

A module counts by what it does: a comment, a docstring or the layout of its lines is no part of it. What lies beside a
module and is no code (a dictionary as CSV, a template) counts with every module of that folder. Where code names a
module of the project in a text, as for an import on demand, it is taken to reach it.
"""

import ast
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from pipeline.files import files_below, read_json, write_whole
from pipeline.project import as_json, sha256

PACKAGES = ("analysis", "studies", "pipeline")
MODULE = re.compile(r"(?:analysis|studies)(?:\.\w+)+(?::\w+)?")
VERSION = 4  # of what is kept of a module
PARTS = ("body", "orelse", "finalbody", "handlers", "cases")  # where a statement holds others
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
COUNTS = (  # what a compiled function is, beside its instructions and constants
    *("co_name", "co_flags", "co_argcount", "co_posonlyargcount", "co_kwonlyargcount"),
    *("co_names", "co_varnames", "co_freevars", "co_cellvars"),
)


@dataclass(frozen=True, slots=True)
class Module:
    """What is known of one source file: a digest of what it does, the names of this project that it may import, and
    the libraries.
    """

    digest: str
    names: tuple[str, ...]
    libraries: tuple[str, ...] = ()


class Code:
    """The source files of the project's packages below one `src` folder; each is taken apart when it is first reached.

    Parameters
    ----------
    source : Path
        The folder that holds the packages.
    kept : Path, optional
        Where what is known of each file is kept, by the hash of its content, for the next look.
    hashes : mapping of str to str, optional
        SHA-256 of the files as far as they are known, by name (``src/analysis/rates.py``).
    """

    def __init__(self, source: Path, kept: Path | None = None, *, hashes: Mapping[str, str] | None = None):
        self.files: dict[str, Path] = {}
        self._beside: dict[str, dict[str, str]] = {}
        self._source, self._kept, self._hashes = source, kept, hashes or {}
        self._modules: dict[str, Module] = {}
        self._reached: dict[tuple[str, ...], dict[str, str]] = {}
        self._next: dict[str, set[str]] = {}
        content = (read_json(kept) or {}) if kept else {}
        files = content.get("files") if content.get("version") == VERSION else None
        self._before = files if isinstance(files, dict) else {}
        self._now: dict[str, dict] = {}
        for file in source_files(source):
            path = file.relative_to(source)
            if file.suffix == ".py":
                self.files[_module_name(path)] = file
            else:
                shown = f"src/{path.as_posix()}"
                self._beside.setdefault(_package_of(source, path), {})[shown] = self._hash(path)

    def _hash(self, path: Path) -> str:
        return self._hashes.get(f"src/{path.as_posix()}") or sha256(self._source / path)

    def reach(self, names: Iterable[str]) -> dict[str, str]:
        """Digest by path (``src/analysis/rates.py``) of all that `names` lead to."""
        key = tuple(sorted(set(names)))
        if key not in self._reached:
            self._reached[key] = self._digests(self._closure(key))
        return self._reached[key]

    def libraries(self, names: Iterable[str]) -> set[str]:
        """The libraries (``scipy``) that code which `names` lead to imports somewhere."""
        modules = self._closure(sorted(set(names)))
        return {library for module in modules for library in self.module(module).libraries}

    def save(self) -> None:
        """Keep what is known of the files that were reached."""
        if self._kept and not self._now.items() <= self._before.items():
            write_whole(self._kept, json.dumps({"version": VERSION, "files": {**self._before, **self._now}}))

    def module(self, name: str) -> Module:
        """What is known of one module."""
        if name not in self._modules:
            path = self.files[name].relative_to(self._source)
            package = _package_name(path)
            key = f"{package} {self._hash(path)}"
            entry = self._now[key] = _entry(self.files[name], package, self._before.get(key))
            self._modules[name] = Module(entry["digest"], tuple(entry["names"]), tuple(entry["libraries"]))
        return self._modules[name]

    def _closure(self, names: Iterable[str]) -> set[str]:
        found: set[str] = set()
        waiting = [module for name in names for module in self._loaded_by(name)]
        while waiting:
            module = waiting.pop()
            if module not in found:
                found.add(module)
                waiting += self._imports(module) - found
        return found

    def _imports(self, module: str) -> set[str]:
        """The modules that a module's own imports run."""
        if module not in self._next:
            self._next[module] = {m for name in self.module(module).names for m in self._loaded_by(name)}
        return self._next[module]

    def _loaded_by(self, name: str) -> list[str]:
        """The modules that an import of `name` runs: itself, if it is one, and the packages above it."""
        parts = name.partition(":")[0].split(".")
        dotted = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
        return [module for module in dotted if module in self.files]

    def _digests(self, modules: Iterable[str]) -> dict[str, str]:
        found = {}
        for module in sorted(modules):
            path = "src/" + self.files[module].relative_to(self._source).as_posix()
            is_package = self.files[module].name == "__init__.py"
            found[path] = self.module(module).digest
            found |= self._beside.get(module if is_package else module.rpartition(".")[0], {})
        return found


def source_files(source: Path) -> list[Path]:
    """The files of the project's packages: modules and what lies beside them."""
    return [
        file
        for package in PACKAGES
        for file in sorted(files_below(source / package, but=lambda name: name == "__pycache__"))
        if not file.name.startswith(".")
    ]


def _entry(file: Path, package: str, before: object) -> dict:
    if isinstance(before, dict) and before.keys() == {"digest", "names", "libraries"}:
        lists = [before["names"], before["libraries"]]
        whole = all(isinstance(one, list) and all(isinstance(name, str) for name in one) for one in lists)
        if whole and isinstance(before["digest"], str):
            return before
    module = described(file.read_bytes(), package)
    return {"digest": module.digest, "names": list(module.names), "libraries": list(module.libraries)}


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
        imports = {name for node in _statements(tree) for name in _imported(node, package)}
        code = compile(tree, "", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError):
        raw = content if isinstance(content, bytes) else content.encode()
        return Module(hashlib.sha256(raw).hexdigest(), ())
    texts: set[str] = set()
    digest = hashlib.sha256(repr(_constant(code, texts)).encode()).hexdigest()
    names = imports | {text.partition(":")[0] for text in texts if MODULE.fullmatch(text)}
    own = {name for name in names if name.partition(".")[0] in PACKAGES}
    others = {name.partition(".")[0] for name in imports - own}
    return Module(digest, tuple(sorted(own)), tuple(sorted(others - sys.stdlib_module_names - {""})))


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements below a node, its docstring taken out."""
    for part in PARTS:
        body = getattr(node, part, None)
        if not isinstance(body, list):  # an expression that is called body
            continue
        if part == "body" and isinstance(node, DOCUMENTED) and _is_text(body[0] if body else None):
            body[:1] = (
                [] if body[1:] or isinstance(node, ast.Module) else [ast.copy_location(ast.Pass(), body[0])]
            )
        for statement in body:
            yield statement
            yield from _statements(statement)


def _is_text(node: ast.AST | None) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _imported(node: ast.AST, package: str) -> list[str]:
    """The names that a statement imports, members of modules included."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = _base(node, package)
        return [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return []


def _constant(value: object, texts: set[str]) -> object:
    """A constant as it counts: code by what it does, without its lines. Adds the texts in it to `texts`."""
    if isinstance(value, CodeType):
        inside = [_constant(part, texts) for part in value.co_consts]
        return [value.co_code, value.co_exceptiontable, inside, *(getattr(value, name) for name in COUNTS)]
    if isinstance(value, str):
        texts.add(value)
    elif isinstance(value, tuple):
        return tuple(_constant(part, texts) for part in value)
    elif isinstance(value, frozenset):  # in no order that the next process would have again
        return sorted(repr(_constant(part, texts)) for part in value)
    return value


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
