"""A look over this machine: what the reports need, what is there, which combinations are known to fail."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata

from pipeline.project import Project

PACKAGES = (
    *("numpy", "pandas", "scipy", "statsmodels", "matplotlib", "seaborn", "pingouin"),
    *("papermill", "nbclient", "ipykernel", "jupyterlab", "pytask", "pypandoc_binary", "typst"),
)
QUARTO_MINIMUM = (1, 9)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: level ok, note or error."""

    level: str
    text: str

    def line(self) -> str:
        """For the terminal."""
        sign = {"ok": "[green]ok[/]   ", "note": "[yellow]note[/] ", "error": "[red]error[/]"}[self.level]
        return f"{sign} {self.text}"


def examine(project: Project) -> list[Finding]:
    """Everything worth knowing before a report is sent."""
    return [
        _python(),
        *_packages(),
        *_known_bad(),
        _lock(project),
        _quarto(),
        _pandoc(),
        _browser(),
        _disk(project),
    ]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        "ok" if sys.version_info >= (3, 11) else "error", f"Python {version} (3.11 or newer is needed)"
    )


def _packages() -> list[Finding]:
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            return [Finding("error", f"{name} is not installed: run `make .venv/ready`")]
    return [Finding("ok", ", ".join(found))]


def _known_bad() -> list[Finding]:
    """Pairs of versions that are known to give wrong or broken reports."""

    def at_least(name: str, *wanted: int) -> bool:
        parts = metadata.version(name).split(".")[: len(wanted)]
        return tuple(int(part) for part in parts if part.isdigit()) >= wanted

    findings = []
    if at_least("matplotlib", 3, 13):
        findings.append(Finding("note", "matplotlib 3.13 removes an argument that seaborn 0.13.2 still uses"))
    if not at_least("pingouin", 0, 6, 1):
        findings.append(
            Finding("error", "pingouin before 0.6.1 names its columns otherwise and fails on NumPy 2")
        )
    if not at_least("pandas", 3):
        findings.append(
            Finding("error", "pandas before 3 is not supported (lifelines may have pulled it down)")
        )
    return findings


def _lock(project: Project) -> Finding:
    import re

    text = (project.root / "requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.M))
    other = []
    for name in PACKAGES:
        wanted = locked.get(name) or locked.get(name.replace("_", "-"))
        if wanted and metadata.version(name) != wanted:
            other.append(f"{name} {metadata.version(name)} (locked {wanted})")
    if other:
        return Finding(
            "note", f"not as in requirements.lock: {', '.join(other)}; `make .venv/ready` puts it right"
        )
    return Finding("ok", "packages are the versions of requirements.lock")


def _quarto() -> Finding:
    if not (command := shutil.which("quarto")):
        return Finding(
            "note", "Quarto is not installed; the embedded renderer is used (see the handbook, Renderers)"
        )
    asked = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)
    version = asked.stdout.strip()
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < QUARTO_MINIMUM:
        return Finding("note", f"Quarto {version} is too old (1.9 or newer); the embedded renderer is used")
    return Finding("ok", f"Quarto {version} renders the reports")


def _pandoc() -> Finding:
    import pypandoc

    return Finding("ok", f"pandoc {pypandoc.get_pandoc_version()} in the embedded renderer")


def _browser() -> Finding:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    if found := next(filter(None, map(shutil.which, names)), None):
        return Finding("ok", f"browser for the page tests: {found}")
    return Finding("note", "no Chromium: the tests of the rendered pages skip")


def _disk(project: Project) -> Finding:
    free = shutil.disk_usage(project.root).free / 1e9
    return Finding("ok" if free > 1 else "error", f"{free:.0f} GB free (a full render writes about 0.2 GB)")
