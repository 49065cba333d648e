"""A command handed to the process that stayed warm (`pipeline.warm.staying`), where one may do it.

Nothing but Python's own library is imported before that is decided.
"""

import contextlib
import hashlib
import json
import os
import signal
import socket
import sys
import sysconfig
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

POINTER = Path("build", "state", "warm.json")  # where the process that stayed is
# the same of another folder, whose process may serve here if it runs the same program
ELSEWHERE = "STUDY_WARM"
OPERATION = "operation.toml"
OF_THE_PROGRAM = (OPERATION, "requirements.lock", "pyproject.toml")
# no work depends on them, or each render looks at its own
PASSING = {"PWD", "OLDPWD", "SHLVL", "_", "TMPDIR", "STUDY_KEEP_WARM", ELSEWHERE}
MOST = 1 << 16  # bytes at a time
GONE = "Error: the process that stayed is gone, and nothing is known of this render; begin it again"

command: Callable[[], None] | None = None  # what a copy of that process runs; `pipeline.entry` says


def answered(words: Sequence[str]) -> int | None:
    """The exit code of a process that stayed warm and did this; None where there is none that may.

    It may where nothing changed that it has loaded: the program, the settings of the folder, the environment, and what
    it speaks to. Renders on other machines begin cold, and so do those for machines, unless the process is named.
    """
    if (
        sys.platform != "linux"
        or list(words[:1]) != ["render"]
        or any(word.startswith(("--scheduler", "--cluster")) for word in words)
    ):
        return None
    named = os.environ.get(ELSEWHERE)
    if not named and any("--schedul" in word for word in words):
        return None
    try:
        if (root := _root()) is None:
            return None
        pointer = json.loads((Path(named) if named else root / POINTER).read_text(encoding="utf-8"))
        if (pointer["alike"] != alike(root)) if named else (pointer["mark"] != mark(root)):
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
    stamps = []
    for _, file in _files(root):
        found = file.stat()
        stamps.append((str(file), found.st_mtime_ns, found.st_size, found.st_ino))
    return _digest([str(root), stamps, sorted(_told().items())])


def alike(root: Path) -> str:
    """The same by content, wherever the folder is; its settings, but the memory of kernels, are read by each render."""
    files = [(name, file) for name, file in _files(root) if name != OPERATION]
    stamps = [(name, hashlib.sha256(file.read_bytes()).hexdigest()) for name, file in files]
    told = {name: value for name, value in _told().items() if name != "PYTHONPATH"}
    return _digest([stamps, sorted(told.items()), _memory_of(root / OPERATION)])


def _memory_of(operation: Path) -> str:
    try:
        return str(tomllib.loads(operation.read_text(encoding="utf-8")).get("memory_limit"))
    except (OSError, ValueError, RecursionError):
        return "None"


def _files(root: Path) -> list[tuple[str, Path]]:
    """The files of the program that runs, and those of a folder that say how it works, by name."""
    own = Path(__file__).resolve().parents[1]
    code = (
        (str(file.relative_to(own)), file)
        for package in sorted(entry for entry in own.iterdir() if (entry / "__init__.py").is_file())
        for file in sorted(package.rglob("*"))
        if file.suffix != ".pyc" and file.is_file()
    )
    return [*((name, root / name) for name in OF_THE_PROGRAM if (root / name).is_file()), *code]


def _told() -> dict[str, str]:
    """What else the work of a process depends on: its environment, its libraries, where its texts go, and who it is."""
    own = {name: value for name, value in os.environ.items() if name not in PASSING}
    shown = "".join(str(int(os.isatty(number))) for number in range(3))
    libraries = Path(sysconfig.get_path("purelib")).stat().st_mtime_ns  # another one when one comes or goes
    return own | {"=": f"{shown} {sys.executable} {sys.version} {libraries} {os.getuid()}"}


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _root() -> Path | None:
    """The project of this folder, as `pipeline.project.Project.find` has it."""
    here = Path.cwd().resolve()
    return next((folder for folder in (here, *here.parents) if (folder / "_quarto.yml").is_file()), None)


def _send(line: socket.socket, text: bytes) -> None:
    sent = socket.send_fds(line, [text[:MOST]], [0, 1, 2])
    line.sendall(text[sent:])


def _wait(line: socket.socket) -> int | None:
    """Hand on signals and wait; None when nobody took it on, a failure when who did so is gone."""
    with line.makefile() as answers:
        begun = json.loads(answers.readline() or "null")
        if begun is None:
            return None
        _hand_on_signals(begun["pid"])
        ended = json.loads(answers.readline() or "null")
    if ended is None:
        print(GONE, file=sys.stderr)
        return 1
    return int(ended["code"])


def _hand_on_signals(pid: int) -> None:
    def hand_on(number: int, _frame: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, hand_on)
