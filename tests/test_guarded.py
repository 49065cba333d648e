"""What holds for every public function and class: it says what it does, and which types go in and out."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src"
FILES = sorted(file for top in ("analysis", "studies", "pipeline") for file in (SRC / top).rglob("*.py"))


def public(file: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef, bool]]:
    """Name, definition, and whether it is a method, of everything public in a module."""
    yield from _within(
        ast.parse(file.read_text(encoding="utf-8")), f"{file.relative_to(SRC).as_posix()}:", False
    )


def _within(node: ast.Module | ast.ClassDef, name: str, in_class: bool) -> Iterator:
    for child in node.body:
        if isinstance(child, ast.FunctionDef | ast.ClassDef) and not child.name.startswith("_"):
            yield f"{name}{child.name}", child, in_class
            if isinstance(child, ast.ClassDef):
                yield from _within(child, f"{name}{child.name}.", True)


def untyped(function: ast.FunctionDef, *, method: bool) -> list[str]:
    """The parameters without a type, and `return` where that has none."""
    given = function.args
    listed = [*given.posonlyargs, *given.args]
    static = any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in function.decorator_list)
    named = [*(listed[1:] if method and not static else listed), *given.kwonlyargs]
    named += [each for each in (given.vararg, given.kwarg) if each]
    return [each.arg for each in named if each.annotation is None] + ([] if function.returns else ["return"])


def test_a_missing_type_is_seen():
    one, two = ast.parse("def f(a: int, *, b=1): ...\nclass C:\n    def g(self) -> None: ...").body
    assert untyped(one, method=False) == ["b", "return"]
    assert untyped(two.body[0], method=True) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(SRC).as_posix())
def test_public_functions_are_typed(file):
    found = {
        name: lacking
        for name, node, method in public(file)
        if isinstance(node, ast.FunctionDef) and (lacking := untyped(node, method=method))
    }
    assert found == {}


def test_public_names_say_what_they_are():
    told = {name: ast.get_docstring(node) is not None for file in FILES for name, node, _ in public(file)}
    assert len(told) > 1000
    assert [name for name, said in told.items() if not said] == []
