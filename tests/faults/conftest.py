"""The smallest study, rendered once; each test strikes a copy of it."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness import RENDER, Victim, copy_of, make_victim

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes and mounts are Linux's")


@pytest.fixture(scope="session")
def rendered_once(tmp_path_factory) -> Iterator[Victim]:
    """The study with three patients, rendered; it is copied, never struck."""
    victim = make_victim(tmp_path_factory.mktemp("faults"))
    process = victim.start(*RENDER)
    said = process.communicate()[0]
    assert process.returncode == 0, said
    yield victim
    shutil.rmtree(victim.temp, ignore_errors=True)


@pytest.fixture
def victim(rendered_once, tmp_path) -> Iterator[Victim]:
    """A rendered study that a test may strike."""
    made = copy_of(rendered_once, tmp_path / "v")
    yield made
    shutil.rmtree(made.temp, ignore_errors=True)
