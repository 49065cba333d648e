"""The fork server: imports once what is asked for, forks a kernel or a call, reports how each one ended.

A request says what its process will import, and what later ones will: the first is imported before the fork, the rest
while nobody asks. So a run that makes one page imports what that page needs.

Run as a program with the descriptor of a listening socket; it ends when its standard input closes, that is when the
process that started it has gone (`pipeline.ahead` begins it).
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from pipeline import ahead
from pipeline.children import die_with_parent, limit_memory
from pipeline.kernels.functions import outcome
from pipeline.scratch import owned_folder

GONE = 0.5  # seconds between two looks at whether the parent is still there


@dataclass(frozen=True, slots=True)
class Code:
    """The folder of packages that a server runs, and the folder where they are kept compiled."""

    packages: Path
    compiled: Path


class ForkServer:
    """The server process and its socket; started when it is first asked for something.

    Attribute `imports`, set before that, names what is imported whether or not it is asked for.

    Parameters
    ----------
    memory : int
        Bytes that each kernel or call may hold; 0 is no limit.
    code : Code, optional
        The code that its kernels run; without it, what this process runs.
    """

    def __init__(self, memory: int = 0, code: Code | None = None):
        self.imports: Sequence[str] = ()
        self._memory, self._code = memory, code
        self._place = tempfile.gettempdir()  # of the process, not of the run that asks first
        self._folder: Path | None = None
        self._owner: TextIO | None = None
        self._begun: ahead.Ahead | None = None
        self._ended = False
        self._starting = threading.Lock()

    def address(self) -> str:
        """The socket, with the server running behind it."""
        with self._starting:
            if self._ended:
                raise ConnectionError("the server of kernels was ended")
            if self._folder is None:
                self._folder, self._owner = owned_folder(self._place)  # swept where this process is killed
                self._begun = self._start(str(self._folder / "fork"))
            return str(self._folder / "fork")

    def _start(self, address: str) -> ahead.Ahead:
        code = self._code
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(address)
            door.listen(64)  # callers queue here while the imports run
            packages, folders = (code.packages, [code.compiled, code.packages]) if code else (None, [])
            given = {"parent": os.getpid(), "imports": list(self.imports), "memory": self._memory}
            begun = ahead.take(packages)
            try:
                begun.become("pipeline.kernels.server", given, door, folders)
            except OSError:  # it was ended just now
                begun.end(0)
                begun = ahead.Ahead(packages)
                begun.become("pipeline.kernels.server", given, door, folders)
        return begun

    def close(self) -> None:
        """End the server, and with it every kernel that is left; nobody is given a new one before `reopen`."""
        with self._starting:
            self._ended = True
            folder, begun = self._folder, self._begun
            self._folder = self._begun = None
        if begun is not None:
            begun.end()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if self._owner is not None:
            self._owner.close()

    def renew(self) -> None:
        """Have the server running, begun anew where it was ended."""
        if self._begun is not None and self._begun.process.poll() is not None:
            self.close()
        self.reopen()
        self.address()

    def reopen(self) -> None:
        """After an end, start anew when the next kernel is asked for."""
        self._ended = False


_open: list[ForkServer] = []


@contextlib.contextmanager
def fork_server(memory: int = 0, code: Code | None = None) -> Iterator[ForkServer | None]:
    """Fork kernels from a server for the time of the block; none where forking is not safe."""
    if sys.platform != "linux":
        yield None
        return
    server = ForkServer(memory, code)
    _open.append(server)
    try:
        yield server
    finally:
        _open.remove(server)
        server.close()
        ahead.give_up()


def keep_server() -> None:
    """Have a server that stays with this process, where none is open: for a worker that does task after task."""
    if not _open and sys.platform == "linux":
        server = ForkServer()
        _open.append(server)
        atexit.register(server.close)


def current_address() -> str | None:
    """The socket of the innermost open server, which is started by asking; None outside `fork_server`."""
    return _open[-1].address() if _open else None


def ask(address: str, **request: Any) -> dict | None:
    """Send one request to the server and wait for its answer; None if who was to answer has gone.

    Imports from a slow disk, and other requests, may come first: what ends the wait is the end of the server, which the
    limit of the run brings about.
    """
    with contextlib.suppress(OSError, ValueError), socket.socket(socket.AF_UNIX) as line:
        line.connect(address)
        line.sendall(json.dumps(request).encode() + b"\n")
        with line.makefile() as answer:
            return json.loads(answer.readline() or "null")
    return None


def serve(door: socket.socket, *, parent: int, imports: Sequence[str], memory: int) -> None:
    """Answer requests until standard input closes or the parent is gone, then end every process that is left."""
    gc.disable()  # what is imported stays; a process that is forked looks after what it makes itself
    cold = list(imports)
    ended: dict[int, int] = {}
    running: set[int] = set()
    while os.getppid() == parent:
        ready = select.select([door, sys.stdin], [], [], 0 if cold else GONE)[0]
        if sys.stdin in ready:
            break
        if door in ready:
            line, _ = door.accept()
            with line, line.makefile("rw") as talk:
                request = json.loads(talk.readline())
                for module in request.get("imports", ()):
                    _import(module)
                cold += request.get("soon", ())
                if answer := _answer({**request, "memory": memory}, door, talk, running, ended):
                    talk.write(json.dumps(answer) + "\n")
        elif cold:
            _import(cold.pop(0))
    for pid in running:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _import(module: str) -> None:
    """Import what a process will; what cannot be imported is for that process to tell."""
    with contextlib.suppress(Exception):
        importlib.import_module(module)


def _answer(request: dict, door, talk, running: set[int], ended: dict[int, int]) -> dict | None:
    """Fork a kernel, or a call, which answers itself when it has ended; or tell how a kernel ended."""
    if request["do"] in _WORK:
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            door.close()
            _become(request, talk, server)
        running.add(pid)
        return {"pid": pid} if request["do"] == "launch" else None
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            ended[found[0]] = os.waitstatus_to_exitcode(found[1])
            running.discard(found[0])
    return {"code": ended.get(request["pid"])}


def _become(request: dict, talk, server: int) -> None:
    """Turn the forked process into the kernel or call that was asked for; never returns."""
    code = 1
    try:
        die_with_parent()
        gc.freeze()  # what was there before is nobody's garbage, and is not copied by being looked at
        gc.enable()
        if os.getppid() != server:  # it was gone before the system was asked
            os._exit(code)
        os.setsid()
        limit_memory(request["memory"])
        with Path(os.devnull).open() as nothing:
            os.dup2(nothing.fileno(), 0)
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])
        _WORK[request["do"]](request, talk)
        code = 0
    finally:
        os._exit(code)


def _run_kernel(request: dict, talk) -> None:
    from pipeline.kernels.kernel import launch

    launch(request["argv"])


def _run_call(request: dict, talk) -> None:
    if limit := request.get("limit"):
        signal.setitimer(signal.ITIMER_REAL, limit)  # nobody catches the alarm: the system ends the process
    told = outcome(request["function"], request["arguments"])
    talk.write(json.dumps(told, default=repr) + "\n")
    talk.flush()


_WORK = {"launch": _run_kernel, "call": _run_call}

if __name__ == "__main__":
    die_with_parent()
    given = json.loads(sys.argv[2])
    if os.getppid() == given["parent"]:  # else it was gone before the system was asked
        serve(socket.socket(fileno=int(sys.argv[1])), **given)
