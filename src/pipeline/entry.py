"""Where the command `study` begins: a process that stayed warm answers, else this one does the work itself.

Nothing but Python's own library is imported before that is decided.
"""

import contextlib
import hashlib
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

POINTER = Path("build", "state", "warm.json")  # where the process that stayed is
OF_THE_PROGRAM = ("operation.toml", "requirements.lock", "pyproject.toml")
PASSING = {"PWD", "OLDPWD", "SHLVL", "_", "PYTEST_CURRENT_TEST"}  # no program acts on them
MOST = 1 << 16  # bytes at a time


def main() -> None:
    """The command line, answered where that is fastest."""
    code = answered(sys.argv[1:])
    if code is not None:
        sys.exit(code)
    from pipeline.cli import main as cold

    cold()


def answered(words: Sequence[str]) -> int | None:
    """The exit code of a process that stayed warm and did this; None where there is none that may.

    It may where nothing changed that it has loaded: the program, the settings of the folder, the environment, and what
    it speaks to. Renders for machines and those on other machines begin cold.
    """
    if sys.platform != "linux" or list(words[:1]) != ["render"] or any("--schedul" in word for word in words):
        return None
    try:
        root = _root()
        if root is None:
            return None
        pointer = json.loads((root / POINTER).read_text(encoding="utf-8"))
        if pointer["mark"] != mark(root):
            return None
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(pointer["door"])
            asked = {"words": list(words), "cwd": str(Path.cwd()), "env": dict(os.environ)}
            _send(line, json.dumps(asked).encode() + b"\n")
            return _wait(line)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def mark(root: Path) -> str:
    """What a process that stays has loaded, or would have by now: other when any of it is."""
    own = Path(__file__).resolve().parents[1]
    files = [*(root / name for name in OF_THE_PROGRAM), *sorted(own.rglob("*.py"))]
    stamps = []
    for file in files:
        with contextlib.suppress(FileNotFoundError):
            found = file.stat()
            stamps.append((str(file), found.st_mtime_ns, found.st_size, found.st_ino))
    told = {name: value for name, value in os.environ.items() if name not in PASSING}
    shown = [os.isatty(number) for number in range(3)]
    content = [str(root), stamps, sorted(told.items()), shown, sys.executable, sys.version, os.getuid()]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _root() -> Path | None:
    """The project of this folder, as `pipeline.project.Project.find` has it, if a process stayed in it."""
    here = Path.cwd().resolve()
    return next((folder for folder in (here, *here.parents) if (folder / POINTER).is_file()), None)


def _send(line: socket.socket, text: bytes) -> None:
    sent = socket.send_fds(line, [text[:MOST]], [0, 1, 2])
    line.sendall(text[sent:])


def _wait(line: socket.socket) -> int | None:
    """Hand on signals and wait; None when nobody took it on, a failure when who did so is gone."""
    with line.makefile() as answers:
        begun = json.loads(answers.readline() or "null")
        if begun is None:
            return None
        with _handed_on(begun["pid"]):
            ended = json.loads(answers.readline() or "null")
    return int(ended["code"]) if ended else 1


@contextlib.contextmanager
def _handed_on(pid: int) -> Iterator[None]:
    def hand_on(number: int, _frame: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, hand_on)
    yield


if __name__ == "__main__":
    main()
