"""environment.yml, pyproject.toml and the lock name the same packages and bounds."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
# conda-forge calls these otherwise than the Python index; conda brings what `dask[distributed]` adds as `distributed`
CONDA_NAMES = {"distributed": "dask"}
CONDA_ONLY = {"python", "quarto", "make", "pip"}


def parsed(text):
    requirement = Requirement(text)
    name = canonicalize_name(requirement.name)
    return CONDA_NAMES.get(name, name), requirement.specifier


@pytest.fixture(scope="module")
def project(root):
    content = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return dict(map(parsed, [*content["project"]["dependencies"], *content["dependency-groups"]["dev"]]))


def test_environment_yml_names_the_packages_and_bounds_of_pyproject(root, project):
    listed = YAML(typ="safe").load((root / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    pip = next(entry for entry in listed if isinstance(entry, dict))["pip"]
    plain = [entry for entry in listed if isinstance(entry, str)]
    conda = dict(map(parsed, [*plain, *(entry for entry in pip if not entry.startswith("-e"))]))
    assert {name: bounds for name, bounds in conda.items() if name not in CONDA_ONLY} == project


def test_every_package_is_locked_within_its_bounds(root, project):
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    locked = {
        canonicalize_name(name): version
        for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.M)
    }
    outside = {name: locked.get(name) for name, bounds in project.items() if locked.get(name) not in bounds}
    assert not outside


def test_the_lock_carries_hashes_and_names_no_index(root):
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    pinned = len(re.findall(r"^[\w.-]+==", text, re.M))
    assert pinned > 50
    assert len(re.findall(r"^[\w.-]+==[^\n]*\\\n\s+--hash=sha256:", text, re.M)) == pinned
    assert "://" not in text


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "benchmarks").glob("*.py")))
def test_a_benchmark_finds_what_it_imports(script):
    """One of them has the name of a package of the project, and stands first in the path of all."""
    start = "import runpy, sys; sys.path[0] = 'benchmarks'; runpy.run_path(sys.argv[1], run_name='looked at')"
    asked = subprocess.run(
        [sys.executable, "-c", start, f"benchmarks/{script}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
