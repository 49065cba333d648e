"""Which version of the checkout a run is made from: the git commit, and whether the work tree differs from it."""

import hashlib
import subprocess

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


def _git(project: Project, *words: str) -> str:
    there = [word for word in words if word not in WORK_TREE or (project.root / word).exists()]
    command = ["git", "-C", str(project.root), "--no-optional-locks", *there]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
