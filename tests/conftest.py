"""Fixtures shared by all tests."""

import json
import os
from pathlib import Path

import hypothesis
import pytest
import warm
from browsing import browser, open_page, violations

from analysis import language
from pipeline.render import quarto

__all__ = ["browser", "open_page", "violations"]

# A shared machine is slow at times; a test is not wrong for that.
hypothesis.settings.register_profile(
    "project", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("project")

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("STUDY_SHARED", ROOT.parent / "shared"))
PROGRAMS = {"browser", "pdf_pages", "postgres_url"}  # fixtures that start a program of the system


LONGEST = (  # modules whose tests take minutes: they begin first, so that no worker is left alone with one at the end
    *("site/test_published", "lab/test_jupyterlab", "pipeline/test_publish"),
    *(
        "faults/test_faults",
        "faults/test_state",
        "faults/test_together",
        "analysis/test_growth",
        "pipeline/test_planted_secrets",
    ),
    *("pipeline/test_scheduler", "test_misspelt_names", "studies/test_interim_dates", "faults/test_watch"),
    *(
        "pipeline/draft/test_rendered",
        "pipeline/draft/test_reported",
        "pipeline/test_lock",
        "pipeline/test_share_release",
    ),
)


def _length(item) -> int:
    """Place of a test's module among the longest; all others come after them, in their order."""
    module = item.nodeid.partition("::")[0].removeprefix("tests/").removesuffix(".py")
    return LONGEST.index(module) if module in LONGEST else len(LONGEST)


def pytest_collection_modifyitems(items):
    items.sort(key=_length)
    for item in items:
        if PROGRAMS & set(item.fixturenames) or item.get_closest_marker("quarto"):
            item.add_marker("programs")


@pytest.fixture(autouse=True)
def english():
    """Texts are English and of no confidence level when a test begins, whatever another has read."""
    language.use(language.ENGLISH)


def pytest_testnodedown(node):
    os.environ[warm.RUN] = node.workerinput["testrunuid"]


def pytest_unconfigure(config):
    """When all workers have ended: what they shared goes."""
    if not hasattr(config, "workerinput"):
        warm.end()


def pytest_runtest_setup(item):
    if item.get_closest_marker("quarto") and not quarto.available():
        pytest.skip("the quarto command (1.9 or newer) is not on PATH")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real public data beside the checkout; skipped where it is absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the public data folder (../shared/data) is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def r_reference() -> dict:
    """What R computes (samples and results); skipped where the reference file is absent."""
    file = SHARED / "reference" / "statistics_r.json"
    if not file.is_file():
        pytest.skip("the R reference values (../shared/reference) are not beside this checkout")
    return json.loads(file.read_text(encoding="utf-8"))
