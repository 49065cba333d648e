"""The walls of the house: what may import what, read from every import statement of the sources and the notebooks."""

import ast
import json
import re
from graphlib import TopologicalSorter
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
SHARED = {  # modules of a study that several rooms need, and that bear no notebook's name
    "arthritis": {"settings", "words", "courses"},
    "myositis": {
        *("settings", "words", "measures", "events", "response", "change"),
        *("imputation", "descriptions", "listing"),
    },
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


def imports_between_modules() -> dict[str, set[str]]:
    """What each module imports of the others, at the top or inside a function; what only type checkers see left out."""
    source = ROOT / "src"
    names = {
        ".".join(file.relative_to(source).with_suffix("").parts).removesuffix(".__init__"): file
        for file in sorted(source.rglob("*.py"))
    }
    found = {}
    for name, file in names.items():
        code = re.sub(r"(?m)^if TYPE_CHECKING:\n(?:(?: .*)?\n)+", "", file.read_text(encoding="utf-8"))
        asked = {full for full in imported(code, package_of(file)) if full in names} - {name}
        # a package that only passes a name on is not asked, where the module itself is
        found[name] = {full for full in asked if not any(within(other, full) for other in asked - {full})}
    return found


def test_no_modules_import_each_other_in_a_circle():
    graph = imports_between_modules()
    assert len(graph) > 300
    list(TopologicalSorter(graph).static_order())  # names a circle, if there is one


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


# ---------------------------------------------------------------- rooms
@pytest.mark.parametrize(("start", "package"), OWN_NOTEBOOKS.items())
def test_every_module_of_a_study_is_a_notebooks_room_or_shared_by_rooms(start, package):
    study = package.rpartition(".")[2]
    found = {path.stem for path in (ROOT / "src" / "studies" / study).iterdir() if path.name[0] != "_"}
    rooms = {file.stem.removeprefix(start) for file in ROOT.glob(f"notebooks/{start}*.ipynb")}
    assert found - rooms == SHARED[study]
    assert len(found & rooms) >= 12


@pytest.mark.parametrize(
    "file",
    [f for start in OWN_NOTEBOOKS for f in sorted(ROOT.glob(f"notebooks/{start}*.ipynb"))],
    ids=lambda f: f.stem,
)
def test_a_notebook_opens_its_own_room_under_one_name(file):
    start, package = next((s, p) for s, p in OWN_NOTEBOOKS.items() if file.name.startswith(s))
    text = "".join("".join(cell["source"]) for cell in json.loads(file.read_text("utf-8"))["cells"])
    own = file.stem.removeprefix(start)
    opened = re.findall(rf"from {package} import (\w+) as room", text)
    has_room = any(
        (ROOT / "src" / Path(*package.split("."), own)).with_suffix(end).exists() for end in (".py", "")
    )
    assert opened == ([own] if has_room else [])


# ---------------------------------------------------------------- the drawing
def floors() -> tuple[dict[str, int], list[set[str]]]:
    """Floor of each package of `analysis` in the drawing of the handbook, and the packages that know each other."""
    drawing = (ROOT / "docs" / "house.qmd").read_text(encoding="utf-8").split("+- src/analysis")[1]
    floor, found, pairs = 0, {}, []
    for line in drawing.splitlines()[1:]:
        if not line.startswith("|"):
            break
        number, names = line[1:3].strip(), line[26:].strip(" |")
        floor = int(number) if number else floor
        for name in filter(None, (part.strip() for part in names.split(","))):
            together = name.split(" + ")
            found |= dict.fromkeys(together, floor)
            pairs += [set(together)] if len(together) > 1 else []
    return found, pairs


def parts_of_analysis() -> set[str]:
    found = (ROOT / "src" / "analysis").iterdir()
    return {path.stem for path in found if path.suffix == ".py" or path.is_dir()} - {
        "__init__",
        "__pycache__",
    }


def needed_at_run_time(code: str) -> str:
    """The code without what only a type checker reads."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        for name, body in ast.iter_fields(node):
            if isinstance(body, list):
                kept = [
                    x for x in body if not (isinstance(x, ast.If) and "TYPE_CHECKING" in ast.dump(x.test))
                ]
                setattr(node, name, kept or ([ast.Pass()] if name == "body" and body else kept))
    return ast.unparse(tree)


def test_every_package_of_analysis_stands_on_one_floor_of_the_drawing():
    assert set(floors()[0]) == parts_of_analysis()


def test_every_import_of_analysis_goes_to_a_floor_below():
    floor, pairs = floors()
    upwards = set()
    for file in (ROOT / "src" / "analysis").rglob("*.py"):
        here = package_of(file).split(".")[1] if package_of(file) != "analysis" else file.stem
        for name in imported(needed_at_run_time(file.read_text(encoding="utf-8")), package_of(file)):
            there = name.split(".")[1] if name.startswith("analysis.") else here
            if there != here and {here, there} not in pairs and here in floor and there in floor:
                upwards |= {(here, there)} if floor[there] >= floor[here] else set()
    assert upwards == set()


def test_subjects_are_looked_up_at_once():
    """`isin` makes an object of every id it is given: with 100,000 patients that is most of a look-up."""
    slow = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "src").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"""["']subject_id["']\]\.isin\(""", line)
    ]
    assert not slow, f"write analysis.membership.among(column, ids) at {', '.join(slow)}"
