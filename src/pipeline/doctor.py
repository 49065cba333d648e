"""A look over this machine: what the reports need, what is there, which combinations are known to fail."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from itertools import starmap
from pathlib import Path

from rich.markup import escape

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
        return f"{sign} {escape(self.text)}"


def examine(project: Project) -> list[Finding]:
    """Everything worth knowing before a report is sent."""
    return [
        _python(),
        *_packages(),
        *_known_bad(),
        _lock(project),
        _quarto(),
        _pandoc(),
        _kernel(),
        _fonts(),
        _browser(),
        _disk(project),
    ]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        "ok" if sys.version_info >= (3, 11) else "error", f"Python {version} (3.11 or newer is needed)"
    )


def _version(name: str) -> str | None:
    """The installed version of a package, or None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _packages() -> list[Finding]:
    versions = {name: _version(name) for name in PACKAGES}
    if absent := [name for name, version in versions.items() if version is None]:
        return [Finding("error", f"not installed: {', '.join(absent)}; run `make .venv/ready`")]
    return [Finding("ok", ", ".join(starmap("{} {}".format, versions.items())))]


def _known_bad() -> list[Finding]:
    """Versions that are known to give wrong or broken reports."""

    def at_least(name: str, *wanted: int) -> bool:
        parts = (_version(name) or "0").split(".")[: len(wanted)]
        return tuple(int(part) for part in parts if part.isdigit()) >= wanted

    findings = []
    if at_least("matplotlib", 3, 13):
        findings.append(Finding("note", "matplotlib 3.13 removes an argument that seaborn 0.13.2 still uses"))
    if _version("pingouin") and not at_least("pingouin", 0, 6, 1):
        text = "pingouin before 0.6.1 names its columns otherwise and fails on NumPy 2"
        findings.append(Finding("error", text))
    if _version("pandas") and not at_least("pandas", 3):
        text = "pandas before 3 is not supported (lifelines may have pulled it down)"
        findings.append(Finding("error", text))
    return findings


def _lock(project: Project) -> Finding:
    locked = locked_versions((project.root / "requirements.lock").read_text(encoding="utf-8"))
    other = []
    for name in PACKAGES:
        wanted, found = locked.get(name) or locked.get(name.replace("_", "-")), _version(name)
        if wanted and found and found != wanted:
            other.append(f"{name} {found} (locked {wanted})")
    if other:
        return Finding(
            "note", f"not as in requirements.lock: {', '.join(other)}; `make .venv/ready` puts it right"
        )
    return Finding("ok", "packages are the versions of requirements.lock")


def locked_versions(text: str, environment: dict[str, str] | None = None) -> dict[str, str]:
    r"""The version of each package that a lock file names for this machine; one package may have several lines.

    Parameters
    ----------
    text : str
        Content of a lock file with environment markers.
    environment : dict, optional
        Values of markers other than this machine's, such as ``python_version``.

    Examples
    --------
    >>> locked_versions("six==1.0 ; python_version < '3.12'\nsix==2.0\n", {"python_version": "3.13"})
    {'six': '2.0'}
    """
    import re

    from packaging.markers import Marker

    found = {}
    for name, version, marker in re.findall(r"^([\w.-]+)==([^\s;\\]+)(?:\s*;\s*([^\\\n]+))?", text, re.M):
        if not marker.strip() or Marker(marker.strip()).evaluate(environment):
            found[name] = version
    return found


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
    try:
        import pypandoc

        return Finding("ok", f"pandoc {pypandoc.get_pandoc_version()} in the embedded renderer")
    except (ImportError, OSError):
        return Finding("error", "the embedded renderer has no pandoc: run `make .venv/ready`")


def _kernel() -> Finding:
    """Which Python the notebooks run on when they are opened in JupyterLab."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Finding("error", "JupyterLab has no kernel python3: run `make .venv/ready`")
    command = spec.argv[0]
    if not Path(command).is_absolute() or Path(command) == Path(sys.executable):
        return Finding("ok", "notebooks in JupyterLab run on the Python of this environment")
    return Finding(
        "error",
        f"notebooks in JupyterLab run on another Python ({command}): a kernel of the name python3 is "
        f"installed at {spec.resource_dir} and goes before; remove it",
    )


def _fonts() -> Finding:
    """The font for Chinese text comes with the environment; what matplotlib's cache of fonts says plays no part."""
    from analysis import fonts

    if not fonts.FILE.is_file():
        return Finding(
            "error", f"the font for Chinese text is gone ({fonts.FILE}); restore it from the repository"
        )
    return Finding("ok", f"font for Chinese text: {fonts.CHINESE}, with the environment")


def _browser() -> Finding:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    if found := next(filter(None, map(shutil.which, names)), None):
        return Finding("ok", f"browser for the page tests: {found}")
    return Finding("note", "no Chromium: the tests of the rendered pages skip")


def _disk(project: Project) -> Finding:
    free = shutil.disk_usage(project.root).free / 1e9
    return Finding("ok" if free > 1 else "error", f"{free:.0f} GB free (a full render writes about 0.2 GB)")
