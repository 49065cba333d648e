"""A browser, and the published reports: those of this checkout, or of the study that the tests render."""

import importlib.util
from pathlib import Path

import pytest
from checkout import auranofin

__all__ = ["auranofin"]

SITE = Path(__file__).resolve().parents[2] / "reports" / "_site"
FALLBACK = ["index.html", "ra_auranofin/interim/index.html", "ra_auranofin/final/index.html"]


def published() -> list[str]:
    """The pages of this checkout's own site, if it has been rendered."""
    found = sorted(file.relative_to(SITE).as_posix() for file in SITE.glob("**/index.html"))
    return found if len(found) > 1 else []


@pytest.fixture(params=published() or FALLBACK)
def page(request) -> Path:
    """One published page after the other."""
    if published():
        return SITE / request.param
    return request.getfixturevalue("auranofin").file("reports", "_site", request.param)


@pytest.fixture
def open_page(browser):
    """A page in a fresh window, offline; what it logs and asks for is noted."""
    contexts = []

    def get(file: Path, *, width: int, **settings):
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True, **settings)
        contexts.append(context)
        tab = context.new_page()
        tab.said, tab.asked = [], []
        tab.on("console", lambda message: tab.said.append(message.text))
        tab.on("pageerror", lambda error: tab.said.append(str(error)))
        tab.on("request", lambda request: tab.asked.append(request.url))
        tab.goto(file.resolve().as_uri())
        return tab

    yield get
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The program of axe-core, where a package brings it."""
    found = importlib.util.find_spec("axe_playwright_python")
    if not found:
        pytest.skip("axe-core (package axe-playwright-python) is not installed")
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")
