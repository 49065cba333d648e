"""The smallest study, rendered once; each test strikes a copy of it."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from checkout import made_once
from harness import RENDER, Victim, copy_of, make_victim

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes and mounts are Linux's")


@pytest.fixture(scope="session")
def rendered_once(tmp_path_factory) -> Iterator[Victim]:
    """The study with three patients, rendered once for all workers; it is copied, never struck."""
    with made_once(tmp_path_factory, "faults") as (place, fresh):
        folder = place.with_name("made")
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
            process = make_victim(folder).start(*RENDER)
            said = process.communicate()[0]
            assert process.returncode == 0, said
    made = Victim(folder / "checkout")
    made.write_data(3, place=tmp_path_factory.mktemp("of-three") / "people.csv")  # to know its hash
    yield made
    shutil.rmtree(made.temp, ignore_errors=True)


@pytest.fixture
def victim(rendered_once, tmp_path) -> Iterator[Victim]:
    """A rendered study that a test may strike."""
    made = copy_of(rendered_once, tmp_path / "v")
    yield made
    shutil.rmtree(made.temp, ignore_errors=True)
