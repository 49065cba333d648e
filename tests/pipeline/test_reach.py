"""What a task depends on is the code it can reach: held against what importing really loads."""

import ast
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.reach import Code, described, notebook_names

LOADED = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps(sorted(n for n in sys.modules if n.split(".")[0] in ("analysis", "studies", "pipeline"))))
"""


@pytest.fixture(scope="module")
def code(root) -> Code:
    return Code(root / "src")


def notebooks(root) -> dict[str, tuple[str, ...]]:
    """The project's modules that each notebook imports."""
    found = {}
    for file in sorted((root / "notebooks").glob("*.ipynb")):
        found[file.stem] = notebook_names(json.loads(file.read_text(encoding="utf-8")))
    return found


def path_of(code: Code, module: str) -> str:
    return "src/" + code.files[module].relative_to(code.files["analysis"].parents[1]).as_posix()


# ---------------------------------------------------------------- a module counts by what it does

SOURCE = '"""Words."""\n\nimport json\n\n\ndef f(x):\n    """More words."""\n    return x + 1  # why\n'


@pytest.mark.parametrize(
    "same",
    [
        SOURCE.replace("  # why", ""),
        SOURCE.replace("More words.", "Other words."),
        SOURCE.replace('"""Words."""\n\n', ""),
        SOURCE.replace("\n\n\n", "\n\n"),
        "# a remark\n" + SOURCE,
        SOURCE.replace("x + 1", "(x\n        + 1)"),
    ],
)
def test_a_comment_a_docstring_and_the_layout_are_no_part_of_a_module(same):
    assert same != SOURCE
    assert described(same).digest == described(SOURCE).digest


@pytest.mark.parametrize("other", [SOURCE.replace("x + 1", "x + 2"), SOURCE.replace("import json\n", "")])
def test_what_a_module_does_is(other):
    assert described(other).digest != described(SOURCE).digest


def test_relative_imports_and_names_in_texts_are_followed():
    text = "from . import a\nfrom ..b import c\nHERE = 'studies.arthritis.target:build'\nimport os\n"
    assert set(described(text, "analysis.x").names) == {
        "analysis.x",
        "analysis.x.a",
        "analysis.b",
        "analysis.b.c",
        "studies.arthritis.target",
    }


def test_libraries_are_told_of_all_code_that_is_reached(code):
    assert "scipy" in code.libraries(["analysis.rates"])
    assert code.libraries(["analysis.figures"]) >= {"matplotlib", "pandas"}
    assert not code.libraries(["analysis.results", "analysis.read"]) & {"scipy", "matplotlib", "json"}


# ---------------------------------------------------------------- reach against what importing loads


def test_everything_that_importing_a_notebooks_modules_loads_is_in_its_reach(code, root):
    wanted = sorted({name for names in notebooks(root).values() for name in names if name in code.files})
    assert len(wanted) > 10
    for module in random.Random(1).sample(wanted, 6):
        asked = subprocess.run(
            [sys.executable, "-c", LOADED, json.dumps([module])],
            cwd=root / "src",
            capture_output=True,
            text=True,
            check=True,
        )
        reached = set(code.reach([module]))
        missing = [name for name in json.loads(asked.stdout) if path_of(code, name) not in reached]
        assert missing == [], module


def test_twenty_changed_modules_run_what_can_reach_them_and_nothing_else(code, root):
    """Each module in turn is another one; the plain closure over its importers says what must run."""
    importers = plain_importers(root)
    known = notebooks(root)
    drawn = random.Random(2)
    for module in drawn.sample(
        sorted(name for name in code.files if name.startswith(("analysis", "studies"))), 20
    ):
        path = path_of(code, module)
        runs = {name for name, names in known.items() if path in code.reach(names)}
        must = closure(importers, module)
        expected = {name for name, names in known.items() if any(set(loads(code, n)) & must for n in names)}
        assert runs == expected, module


def plain_importers(root) -> dict[str, set[str]]:
    """Module to the modules that name it in an import, read a second time and more plainly."""
    found: dict[str, set[str]] = {}
    files = {
        ".".join(file.relative_to(root / "src").with_suffix("").parts).removesuffix(".__init__"): file
        for package in ("analysis", "studies")
        for file in (root / "src" / package).rglob("*.py")
    }
    for name, file in files.items():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        named: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                above = name.split(".")[: len(name.split(".")) - node.level + (file.stem == "__init__")]
                base = ".".join([*(above if node.level else []), *([node.module] if node.module else [])])
                named |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                named |= {node.value.partition(":")[0]} & set(files)
        for target in named:
            parts = target.split(".")
            for length in range(1, len(parts) + 1):
                above = ".".join(parts[:length])
                if above in files:
                    found.setdefault(above, set()).add(name)
    return found


def closure(importers: dict[str, set[str]], module: str) -> set[str]:
    """The module and everything that leads to it."""
    found, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += importers.get(name, ())
    return found


def loads(code: Code, name: str) -> list[str]:
    """What an import of this name runs."""
    parts = name.split(".")
    return [m for n in range(1, len(parts) + 1) if (m := ".".join(parts[:n])) in code.files]


def test_a_module_of_one_disease_leaves_the_other_alone(code, root):
    known = notebooks(root)
    for own, other in (("studies.arthritis", "studies.myositis"), ("studies.myositis", "studies.arthritis")):
        for name, names in known.items():
            if any(n.startswith(own) for n in names):
                assert not [p for p in code.reach(names) if f"/{other.split('.')[1]}/" in p], name


def test_files_beside_a_module_count_with_it(code):
    assert "src/analysis/drugs/dictionary.csv" in code.reach(["analysis.drugs"])


def test_what_was_kept_is_used_and_what_cannot_be_read_is_not(root, tmp_path):
    kept = tmp_path / "code.json"
    first = Code(root / "src", kept)
    reached = first.reach(["analysis.rates"])
    first.save()
    assert Code(root / "src", kept).reach(["analysis.rates"]) == reached
    for content in ("", "{", "[]", '{"version": 2, "files": {"analysis x": 3}}', '{"version": 1}'):
        kept.write_text(content, encoding="utf-8")
        assert Code(root / "src", kept).reach(["analysis.rates"]) == reached


def test_the_path_of_a_module_is_that_of_its_file(code, root):
    assert Path(root, path_of(code, "analysis.rates")).is_file()
