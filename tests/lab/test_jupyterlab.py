"""A researcher at work: open a notebook by `study lab`, run it, change a parameter, save it, render with it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from checkout import COMMAND

from pipeline import notebooks
from pipeline.lab import lab_command
from pipeline.project import Project

TOKEN = "only-for-this-test"
STARTED_WITHIN, SHOWN_WITHIN = 180, 120_000  # seconds; milliseconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(address: str) -> dict:
    with urllib.request.urlopen(f"{address}&token={TOKEN}", timeout=5) as answer:
        return json.load(answer)


@pytest.fixture
def lab(browser, work, tmp_path):
    """`study lab` as typed in the checkout, and the address it answers at."""
    port = free_port()
    words = ["lab", "ra_auranofin", "--no-browser", "--port", str(port)]
    folders = {
        f"JUPYTER_{kind}_DIR": str(tmp_path / kind.lower())
        for kind in ("CONFIG", "RUNTIME", "DATA", "PREFER_ENV")
    }
    given = {**os.environ, **folders, "JUPYTER_TOKEN": TOKEN, "PYTHONPATH": str(work.root / "src")}
    given.pop("STUDY_BUILD", None)
    with (tmp_path / "lab.log").open("w") as log:
        running = subprocess.Popen([*COMMAND, *words], cwd=work.root, env=given, stdout=log, stderr=log)
        try:
            yield wait_for(running, f"http://127.0.0.1:{port}", tmp_path / "lab.log")
        finally:
            running.terminate()
            running.wait(60)


def wait_for(running: subprocess.Popen, address: str, log: Path) -> str:
    """The address once it answers."""
    for _ in range(STARTED_WITHIN * 2):
        try:
            ask(f"{address}/api/status?")
            return address
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if running.poll() is not None:
                break
            time.sleep(0.5)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


def run_all(tab) -> None:
    """The menu Run, Run All Cells; until no cell waits."""
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    prompts = tab.locator(".jp-CodeCell .jp-InputPrompt")
    tab.wait_for_function(
        """() => { const shown = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(p => p.innerText);
                   return shown.length > 3 && shown.every(text => /^\\[\\d+\\]:?$/.test(text.trim())); }""",
        timeout=SHOWN_WITHIN,
    )
    assert prompts.count() > 3


@pytest.mark.browser
@pytest.mark.slow
def test_a_researcher_runs_changes_saves_and_renders_a_notebook(browser, lab, work, tmp_path):
    spec = ask(f"{lab}/api/kernelspecs?")["kernelspecs"]["python3"]["spec"]
    assert not Path(spec["argv"][0]).is_absolute() or spec["argv"][0] == sys.executable, (
        "this environment's Python"
    )
    tab = browser.new_page(viewport={"width": 1280, "height": 1000})
    tab.goto(f"{lab}/lab/tree/notebooks/change.ipynb?token={TOKEN}")
    tab.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=SHOWN_WITHIN)
    tab.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=SHOWN_WITHIN)

    run_all(tab)
    table = tab.locator(".jp-OutputArea-output table").first
    table.wait_for(timeout=SHOWN_WITHIN)
    assert "Month 5" in table.inner_text()
    assert tab.locator(".jp-OutputArea-output img").count() >= 1, "the figure is shown"
    assert tab.locator(".jp-OutputArea-output[data-mime-type*='stderr']").count() == 0

    editor = tab.locator(".jp-CodeCell .cm-content", has_text="population: str").first
    text = editor.inner_text()
    editor.click()
    tab.keyboard.press("Control+A")
    tab.keyboard.insert_text(text.replace('population: str = ""', 'population: str = "ALL"'))
    run_all(tab)
    tab.keyboard.press("Control+S")
    file = work.file("notebooks", "change.ipynb")
    tab.wait_for_function("() => !document.querySelector('.jp-mod-dirty')", timeout=SHOWN_WITHIN)
    if folder := os.environ.get("STUDY_SCREENSHOTS"):
        tab.screenshot(path=Path(folder) / "jupyterlab.png")

    assert notebooks.declared_parameters(nbformat.read(file, as_version=4))["population"] == "str"
    notebooks.run(
        file,
        tmp_path / "change.ipynb",
        parameters={"study": "ra_auranofin", "report": "final"},
        folder=work.root,
    )
    rows = notebooks.published_results(tmp_path / "change.ipynb")
    assert {row["population"] for row in rows if row["analysis"] == "change_mean"} == {"ALL"}


def test_the_lab_opens_in_the_folder_of_the_notebooks_and_looks_for_no_news(root):
    command = lab_command(Project(root), port=8899, browser=False)
    pairs = dict(pairwise(command))
    assert pairs["--ServerApp.root_dir"] == str(root)
    assert pairs["--LabApp.default_url"] == "/lab/tree/notebooks"
    assert pairs["--LabApp.news_url"] == "None"
    assert pairs["--port"] == "8899"
    assert "--no-browser" in command
    assert "--no-browser" not in lab_command(Project(root), port=None, browser=True)
