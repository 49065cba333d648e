"""Which version of the checkout a run is made from: the git commit, and whether the work tree differs from it."""

import hashlib
import re
import subprocess

from analysis.language import tr, trn
from pipeline.project import Project, code_digest

WORK_TREE = (
    "src",
    "notebooks",
    "params",
    "reports",
    "data",
    "_quarto.yml",
    "_brand.yml",
    "requirements.lock",
    "pyproject.toml",
)

VERSION = re.compile(r"(?:code )?(.*?)(?: with (\d+) files changed since)?(, changed while it was read)?")


def code_version(project: Project) -> str:
    """The git commit, and whether the work tree differs from it; a digest of the code where there is no git."""
    try:
        commit = _git(project, "rev-parse", "--short=12", "HEAD")
        changed = _git(project, "status", "--porcelain", "--", *WORK_TREE)
        return f"{commit} with {len(changed.splitlines())} files changed since" if changed else commit
    except (OSError, subprocess.SubprocessError):
        return "code " + hashlib.sha256(code_digest(project.root / "src").encode()).hexdigest()[:12]


def as_read(before: str, after: str) -> str:
    """The version of what was read between two looks; where they differ it is the one of neither.

    Examples
    --------
    >>> as_read("1a2b", "1a2b")
    '1a2b'
    >>> as_read("1a2b", "3c4d")
    '1a2b, changed while it was read'
    """
    return before if before == after else f"{before}, changed while it was read"


def told(version: str) -> str:
    """A version as the report's cover tells it, in its language.

    Examples
    --------
    >>> told("1a2b with 2 files changed since"), told("code 3c4d")
    ('code 1a2b with 2 files changed since', 'code 3c4d')
    """
    commit, changed, meanwhile = VERSION.fullmatch(version).groups()  # type: ignore[union-attr]
    text = tr("code {version}", version=commit)
    if changed:
        text = trn(
            "code {commit} with {n} file changed since",
            "code {commit} with {n} files changed since",
            int(changed),
            commit=commit,
        )
    return tr("{version}, changed while it was read", version=text) if meanwhile else text


def _git(project: Project, *words: str) -> str:
    there = [word for word in words if word not in WORK_TREE or (project.root / word).exists()]
    command = ["git", "-C", str(project.root), "--no-optional-locks", *there]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
