"""Pages in a real browser, as a reader opens them: from a file, offline."""

import importlib.util
import shutil
from pathlib import Path

import pytest

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
QUIET = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="session")
def browser():
    """Chromium, once for all tests of a process: two sessions of Playwright in one process do not get on."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        own = {"executable_path": chromium} if chromium else {}
        try:
            started = playwright.chromium.launch(args=QUIET, **own)
        except sync_api.Error as error:
            pytest.skip(f"no Chromium can be started: {str(error).splitlines()[0]}")
        yield started
        started.close()


@pytest.fixture
def open_page(browser):
    """Function: a file -> its tab in a fresh window, offline; what the page logs and asks for is noted."""
    contexts = []

    def get(file: Path, *, viewport: dict = DESKTOP, **settings):
        context = browser.new_context(viewport=viewport, offline=True, **settings)
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
def violations():
    """Function: a tab -> what axe-core finds against the guidelines; the tab must be opened with `bypass_csp=True`."""
    found = importlib.util.find_spec("axe_playwright_python")
    if not found:
        pytest.skip("axe-core (package axe-playwright-python) is not installed")
    axe = (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")

    def get(tab) -> dict[str, list[str]]:
        tab.evaluate(axe)
        # what passes is not written down: two thirds of the time, the same violations
        answer = tab.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
        )
        return {one["id"]: [node["html"][:120] for node in one["nodes"][:3]] for one in answer["violations"]}

    return get
