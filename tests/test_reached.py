"""Nothing in the sources is without a reader: a notebook, a command, a report, or the functions in the handbook."""

import ast
import importlib
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.handbook import statistics

ROOT = Path(__file__).parents[1]
WORD = re.compile(r"[A-Za-z_]\w*")
ASKED_FROM = (
    *("notebooks/*.ipynb", "reports/*/*.qmd", "reports/_parts/*.qmd", "params/*/*.yml"),
    *("docs/*.qmd", "benchmarks/*.py", "pyproject.toml", "Makefile", "_quarto.yml"),
)


@dataclass(frozen=True)
class Definition:
    """A function, class or constant at the top of a module, and every name that it says."""

    name: str
    place: str
    says: frozenset[str]
    registered: bool  # a decorator hands it to somebody: a command, a task, a rule


def names_in(node: ast.AST, *, but: str | None = None) -> set[str]:
    """The names that code says: as a name, an attribute, an import, or in a short text (a key of a register)."""
    found: set[str] = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            found.add(each.id)
        elif isinstance(each, ast.Attribute):
            found.add(each.attr)
        elif isinstance(each, ast.ImportFrom | ast.Import):
            found |= {alias.name.rpartition(".")[2] for alias in each.names}
        elif isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value != but:
            found |= set(WORD.findall(each.value)) if len(each.value) < 80 else set()
    return found


def read(file: Path, place: str) -> tuple[list[Definition], set[str]]:
    """The definitions of a module, and the names that it says when it is imported."""
    definitions, said = [], set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            says = names_in(node, but=ast.get_docstring(node, clean=False)) - {node.name}
            handed = [
                one
                for one in map(ast.dump, node.decorator_list)
                if "dataclass" not in one and "cache" not in one
            ]
            definitions.append(Definition(node.name, f"{place}:{node.name}", frozenset(says), bool(handed)))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named = [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]
            says = names_in(node) - set(named)
            listed = place.startswith("analysis/language/")  # the catalogue reads them as text
            definitions += [
                Definition(n, f"{place}:{n}", frozenset(says), listed) for n in named if n != "__all__"
            ]
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            said |= names_in(node)
    return definitions, said


def unreached(definitions: list[Definition], asked: set[str]) -> list[str]:
    """The definitions that no chain of names leads to."""
    by_name = defaultdict(list)
    for each in definitions:
        by_name[each.name].append(each)
    queue, seen = [*asked, *(each.name for each in definitions if each.registered)], set()
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            queue += [said for each in by_name[name] for said in each.says]
    return [each.place for each in definitions if each.name not in seen]


@pytest.fixture(scope="module")
def house() -> tuple[list[Definition], set[str]]:
    definitions, asked = [], set()
    for file in sorted((ROOT / "src").rglob("*.py")):
        found, said = read(file, file.relative_to(ROOT / "src").as_posix())
        definitions += found
        asked |= said
    for pattern in ASKED_FROM:
        files = list(ROOT.glob(pattern))
        assert files, pattern
        asked |= {name for file in files for name in WORD.findall(file.read_text(encoding="utf-8"))}
    for module in (*statistics.MODULES, "scoring"):
        asked |= set(statistics.public(importlib.import_module(f"analysis.{module}")))
    return definitions, asked


def test_an_unreached_definition_is_seen(tmp_path):
    (tmp_path / "m.py").write_text(
        'LIMIT = 3\n\ndef used():\n    """Not dead."""\n    return _helper(LIMIT)\n\n'
        "def _helper(x):\n    return x\n\ndef dead():\n    return _of_dead()\n\ndef _of_dead():\n    return 1\n"
    )
    definitions, _ = read(tmp_path / "m.py", "m.py")
    assert unreached(definitions, {"used"}) == ["m.py:dead", "m.py:_of_dead"]


def test_everything_is_reached(house):
    definitions, asked = house
    assert len(definitions) > 3000
    assert unreached(definitions, asked) == []
