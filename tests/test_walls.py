"""The walls of the house: what may import what, read from every import statement of the sources and the notebooks."""

import ast
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STUDIES = sorted(
    path.name for path in (ROOT / "src" / "studies").iterdir() if (path / "__init__.py").is_file()
)
FORBIDDEN = {
    "analysis": ["studies", "pipeline"],
    "pipeline": ["studies"],
    "studies": ["pipeline"],
    **{f"studies.{one}": [f"studies.{other}" for other in STUDIES if other != one] for one in STUDIES},
}
OWN_NOTEBOOKS = {"ra_": "studies.arthritis", "dm_": "studies.myositis"}


def imported(code: str, package: str = "") -> set[str]:
    """Every module, and every name taken from one, that the code imports; relative ones made absolute."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def broken(package: str, code: str) -> set[str]:
    """What code of a package imports through a wall."""
    walls = [wall for inside, walls in FORBIDDEN.items() if within(package, inside) for wall in walls]
    return {name for name in imported(code, package) for wall in walls if within(name, wall)}


def package_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT / "src").parent.parts)


def test_there_are_two_walled_studies():
    assert STUDIES == ["arthritis", "myositis"]


def test_no_module_imports_through_a_wall():
    files = sorted((ROOT / "src").rglob("*.py"))
    found = {file: broken(package_of(file), file.read_text(encoding="utf-8")) for file in files}
    assert len(files) > 300
    assert {file.name: names for file, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("package", "code"),
    [
        ("analysis.read", "import studies.arthritis"),
        ("analysis", "from studies import myositis"),
        ("analysis", "def late():\n    from pipeline import plan"),
        ("pipeline.render", "from studies.arthritis import settings"),
        ("studies.myositis", "from studies.arthritis.cohort import Cohort"),
        ("studies.myositis", "from studies import arthritis"),
        ("studies.arthritis.rooms", "from ...myositis import cohort"),
    ],
)
def test_a_hole_in_a_wall_is_seen(package, code):
    assert broken(package, code)


@pytest.mark.parametrize("file", sorted(ROOT.glob("notebooks/*.ipynb")), ids=lambda file: file.stem)
def test_a_notebook_imports_its_own_study_or_none(file):
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    taken = {name for name in imported(code) if within(name, "studies") and name != "studies"}
    own = next((package for start, package in OWN_NOTEBOOKS.items() if file.name.startswith(start)), None)
    assert all(own and within(name, own) for name in taken)
    assert not any(within(name, "pipeline") for name in imported(code))
