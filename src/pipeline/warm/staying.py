"""A process that stays after a render, for the next ones: everything is imported, kernels have their server.

It is a copy of the one that rendered, listens on a socket that only its owner can reach, and makes a copy of itself for
each render that `pipeline.handed` hands it. It goes when nobody asked for the time that ``keep_warm`` in
``operation.toml`` sets, when another one took its place, and when the folder is gone.
"""

import contextlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from pipeline import handed, runner
from pipeline.children import die_with_parent
from pipeline.files import write_whole
from pipeline.kernels.server import ForkServer
from pipeline.operating import Operation, operation_of
from pipeline.project import Project, UserError
from pipeline.scratch import owned_folder

LOOK = 1.0  # seconds between two looks at whether to go on
PATIENCE = 5.0  # for what one who asks has to say
WORKING = 0.02  # the same while a render is running, whose end is told
FOR = "STUDY_KEEP_WARM"  # seconds, for one shell instead of the folder


def stay(project: Project, operation: Operation) -> None:
    """Leave a process behind that stays for the next renders, if the user allows it; this one goes on to its end."""
    seconds = _seconds(operation)
    if sys.platform != "linux" or not seconds or runner.warm or os.environ.get(handed.ELSEWHERE):
        return
    if (
        handed.command is None or threading.active_count() > 1
    ):  # a copy has no threads, and whatever they held
        return
    sys.stdout.flush()
    sys.stderr.flush()
    marks = {"mark": handed.mark(project.root), "alike": handed.alike(project.root)}
    if (child := os.fork()) != 0:
        os.waitpid(child, 0)
        return
    try:
        os.setsid()
        if os.fork() == 0:
            _stay(project, seconds, marks)
    finally:
        os._exit(0)


def _seconds(operation: Operation) -> float:
    text = os.environ.get(FOR, "")
    if text and not text.isdigit():
        raise UserError(f"{FOR}={text} is no number of seconds")
    return float(text or operation.keep_warm)


def _stay(project: Project, seconds: float, marks: dict[str, str]) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    os.chdir("/")
    folder, owner = owned_folder(tempfile.gettempdir())
    pointer = project.root / handed.POINTER
    own = json.dumps({"door": str(folder / "door"), "process": os.getpid(), **marks})
    with owner, socket.socket(socket.AF_UNIX) as door:
        door.bind(str(folder / "door"))
        door.listen(16)
        write_whole(pointer, own)
        with runner.warm_server(project, operation_of(project.root), stays=True) as server:
            if server:
                _Staying(door, server, pointer, own).serve(seconds)
        with contextlib.suppress(OSError):
            if pointer.read_text(encoding="utf-8") == own:
                pointer.unlink()
            (folder / "door").unlink()


class _Staying:
    """The loop of the process that stays."""

    def __init__(self, door: socket.socket, server: ForkServer, pointer: Path, own: str):
        self.door, self.server, self.pointer, self.own = door, server, pointer, own
        self.running: dict[int, socket.socket] = {}

    def serve(self, seconds: float) -> None:
        """Take on renders until nobody has asked for so many seconds."""
        last = time.monotonic()
        while self.running or (time.monotonic() - last < seconds and self._is_wanted()):
            ready = select.select(
                [self.door, *self.running.values()], [], [], WORKING if self.running else LOOK
            )[0]
            for pid, line in self.running.items():
                if line in ready:  # who asked is gone, for nothing more is said on this line
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGTERM)
                    time.sleep(WORKING)
            if self.door in ready:
                line, _ = self.door.accept()
                self._take_on(line)
            self._tell_ends()
            if self.running:
                last = time.monotonic()

    def _is_wanted(self) -> bool:
        try:
            return self.pointer.read_text(encoding="utf-8") == self.own
        except OSError:
            return False

    def _take_on(self, line: socket.socket) -> None:
        line.settimeout(PATIENCE)
        try:
            text, streams, _, _ = socket.recv_fds(line, handed.MOST, 3)
            while not text.endswith(b"\n"):
                more = line.recv(handed.MOST)
                if not more:
                    raise ConnectionError("the one who asked is gone")
                text += more
            asked = json.loads(text)
        except (OSError, ValueError):
            line.close()
            return
        self.server.renew()
        if (pid := os.fork()) == 0:
            _become(asked, streams, self.server, [self.door, line, *self.running.values()])
        for stream in streams:
            os.close(stream)
        self.running[pid] = line
        with contextlib.suppress(OSError):
            line.sendall(json.dumps({"pid": pid}).encode() + b"\n")

    def _tell_ends(self) -> None:
        for pid in list(self.running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                line = self.running.pop(pid)
                code = os.waitstatus_to_exitcode(status)
                with line, contextlib.suppress(OSError):
                    line.sendall(json.dumps({"code": code if code >= 0 else 128 - code}).encode() + b"\n")


def _become(
    asked: dict[str, Any], streams: list[int], server: ForkServer, lines: list[socket.socket]
) -> None:
    """Turn the copy into the command that was asked for; never returns."""
    code: Any = 1
    try:
        die_with_parent()
        for line in lines:
            line.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.environ.clear()
        os.environ.update(asked["env"])
        tempfile.tempdir = None  # where that environment has it
        os.chdir(asked["cwd"])
        sys.argv = ["study", *asked["words"]]
        runner.warm = server
        assert handed.command  # none stays without
        handed.command()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
