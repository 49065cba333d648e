"""The fork server: imports once, forks a kernel on request, reports how each one ended.

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

WARM = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "ipykernel.zmqshell",
    "pipeline.kernels.kernel",
    "IPython.core.completer",
    "matplotlib_inline.backend_inline",
    "matplotlib.pyplot",
    "pandas",
    "pyarrow.parquet",
    "scipy.stats",
    "scipy.optimize",
    "seaborn",
    "analysis.eligibility",
    "analysis.figures",
    "analysis.scoring",
    "analysis.study",
    "analysis.summaries",
    "analysis.tables",
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


def ask(address: str, **request) -> dict:
    """Send one request to the server and return its answer."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(60)
        line.connect(address)
        line.sendall(json.dumps(request).encode() + b"\n")
        with line.makefile() as answer:
            return json.loads(answer.readline())


def serve(door: socket.socket) -> None:
    """Answer requests until standard input closes, then end every kernel that is left."""
    for module in WARM:
        importlib.import_module(module)
    ended: dict[int, int] = {}
    running: set[int] = set()
    while sys.stdin not in (ready := select.select([door, sys.stdin], [], [])[0]):
        if door in ready:
            line, _ = door.accept()
            with line, line.makefile("rw") as talk:
                request = json.loads(talk.readline())
                talk.write(json.dumps(_answer(request, door, running, ended)) + "\n")
    for pid in running:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _answer(request: dict, door: socket.socket, running: set[int], ended: dict[int, int]) -> dict:
    """Fork a kernel, or tell how one ended."""
    if request["do"] == "launch":
        pid = os.fork()
        if pid == 0:
            door.close()
            _become_kernel(request)
        running.add(pid)
        return {"pid": pid}
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            ended[found[0]] = os.waitstatus_to_exitcode(found[1])
            running.discard(found[0])
    return {"code": ended.get(request["pid"])}


def _become_kernel(request: dict) -> None:
    """Turn the forked process into the kernel that was asked for; never returns."""
    code = 1
    try:
        os.setsid()
        with Path(os.devnull).open() as nothing:
            os.dup2(nothing.fileno(), 0)
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])
        from pipeline.kernels.kernel import launch

        launch(request["argv"])
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
