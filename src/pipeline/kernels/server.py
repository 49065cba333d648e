"""The fork server: imports once, forks a kernel or a call on request, reports how each one ended.

Run as ``python -m pipeline.kernels.server DESCRIPTOR`` of a listening socket; it ends when its standard input
closes, that is when the process that started it has gone.
"""

import contextlib
import importlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from pipeline.kernels.functions import outcome

FOR_CALLS = (
    "pandas",
    "pyarrow.parquet",
    "analysis.datasets",
    "analysis.eligibility",
    "analysis.read.outcome",
    "analysis.scoring",
    "analysis.study.checks",
    "pipeline.prepare",
)
FOR_KERNELS = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "ipykernel.zmqshell",
    "pipeline.kernels.kernel",
    "IPython.core.completer",
    "matplotlib_inline.backend_inline",
    "matplotlib.pyplot",
    "scipy.stats",
    "scipy.optimize",
    "seaborn",
    "analysis.figures",
    "analysis.cohort",
    "analysis.missing",
    "analysis.mmrm",
    "analysis.phenotypes",
    "analysis.prediction",
    "analysis.summaries",
    "analysis.survival",
    "analysis.tables",
    "pyarrow.dataset",
)


class ForkServer:
    """The server process and its socket; started when the first kernel is asked for."""

    def __init__(self):
        self._folder = Path(tempfile.mkdtemp(prefix="study-"))
        self._process = None
        self._starting = threading.Lock()

    def address(self) -> str:
        """The socket, with the server running behind it."""
        with self._starting:
            if self._process is None:
                self._process = self._start()
        return str(self._folder / "fork")

    def _start(self) -> subprocess.Popen:
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(self._folder / "fork"))
            door.listen(64)  # callers queue here while the imports run
            single = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
            return subprocess.Popen(
                [sys.executable, "-m", "pipeline.kernels.server", str(door.fileno())],
                pass_fds=[door.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **single, "MPLBACKEND": "module://matplotlib_inline.backend_inline"},
                start_new_session=True,
            )

    def close(self) -> None:
        """End the server, and with it every kernel that is left."""
        if self._process is not None:
            self._process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=5)
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


_open: list[ForkServer] = []


@contextlib.contextmanager
def fork_server() -> Iterator[ForkServer | None]:
    """Fork kernels from a server for the time of the block; none where forking is not safe."""
    if sys.platform != "linux":
        yield None
        return
    server = ForkServer()
    _open.append(server)
    try:
        yield server
    finally:
        _open.remove(server)
        server.close()


def current_address() -> str | None:
    """The socket of the innermost open server, which is started by asking; None outside `fork_server`."""
    return _open[-1].address() if _open else None


def ask(address: str, *, within: float | None = 60, **request) -> dict | None:
    """Send one request to the server and return its answer; None if who was to answer has gone."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(within)
        line.connect(address)
        line.sendall(json.dumps(request).encode() + b"\n")
        with line.makefile() as answer:
            return json.loads(answer.readline() or "null")


def serve(door: socket.socket) -> None:
    """Answer requests until standard input closes, then end every process that is left."""
    for module in FOR_CALLS:
        importlib.import_module(module)
    cold = list(FOR_KERNELS)
    ended: dict[int, int] = {}
    running: set[int] = set()
    while sys.stdin not in (ready := select.select([door, sys.stdin], [], [], 0 if cold else None)[0]):
        if door in ready:
            line, _ = door.accept()
            with line, line.makefile("rw") as talk:
                request = json.loads(talk.readline())
                while cold and request["do"] == "launch":
                    importlib.import_module(cold.pop(0))
                if answer := _answer(request, door, talk, running, ended):
                    talk.write(json.dumps(answer) + "\n")
        elif cold:
            importlib.import_module(cold.pop(0))
    for pid in running:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _answer(request: dict, door, talk, running: set[int], ended: dict[int, int]) -> dict | None:
    """Fork a kernel, or a call, which answers itself when it has ended; or tell how a kernel ended."""
    if request["do"] in _WORK:
        pid = os.fork()
        if pid == 0:
            door.close()
            _become(request, talk)
        running.add(pid)
        return {"pid": pid} if request["do"] == "launch" else None
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            ended[found[0]] = os.waitstatus_to_exitcode(found[1])
            running.discard(found[0])
    return {"code": ended.get(request["pid"])}


def _become(request: dict, talk) -> None:
    """Turn the forked process into the kernel or call that was asked for; never returns."""
    code = 1
    try:
        os.setsid()
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
    talk.write(json.dumps(outcome(request["function"], request["arguments"])) + "\n")
    talk.flush()


_WORK = {"launch": _run_kernel, "call": _run_call}

if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
