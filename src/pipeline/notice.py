"""Telling somebody when scheduled renders begin to fail and when they are well again: a command, or a web address.

What is told is how the render ended and where, never a message of a library nor anything of a patient.
"""

import json
import os
import shlex
import subprocess
import urllib.request

from pipeline.ending import MEANING, Code
from pipeline.files import read_json, write_whole
from pipeline.operating import Operation
from pipeline.project import Project, as_json

WELL = (Code.DONE, Code.UNCHANGED)
SECONDS = 20


def send(project: Project, operation: Operation, code: Code) -> str | None:
    """Tell of a change between well and failing; what was sent, or None when there was nothing to tell.

    The code is the gravest of the last renders of all requests.

    A hook that fails itself is tried again at the next render, and holds nothing up.
    """
    kept = project.build / "state" / "notice.json"
    failing, was_failing = code not in WELL, bool((read_json(kept) or {}).get("failing"))
    hook = operation.on_failure if failing else operation.on_recovery
    if failing == was_failing or (failing and code == Code.LOCKED):
        return None
    word = "failing" if failing else "well again"
    told = {"folder": project.root.name, "now": word, "ending": MEANING[code], "code": int(code)}
    if hook and not _tell(hook, told):
        return None
    write_whole(kept, as_json({"failing": failing}))
    return word if hook else None


def _tell(hook: str, told: dict) -> bool:
    try:
        if hook.startswith(("http://", "https://")):
            return _post(hook, told)
        return _run(hook, told)
    except (OSError, ValueError, subprocess.SubprocessError):
        return False


def _post(address: str, told: dict) -> bool:
    request = urllib.request.Request(
        address, data=json.dumps(told).encode(), headers={"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        return 200 <= answer.status < 300


def _run(command: str, told: dict) -> bool:
    """A command, told by its environment; its words are taken apart as a shell would, and no shell runs them."""
    more = {f"STUDY_{name.upper()}": str(value) for name, value in told.items()}
    ended = subprocess.run(
        shlex.split(command),
        env={**os.environ, **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=SECONDS,
        check=False,
    )
    return ended.returncode == 0
