"""A process of Python that imports libraries before anybody asks for them.

The server that kernels are forked from (`pipeline.kernels.server`) needs the libraries that this command imports, and
they take as long there: begun first, it has them by the time the plan stands. Until then it knows none of the
project's code, for the snapshot of that is still being taken. Nothing but Python's own library is imported here.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LIBRARIES = ("pandas", "pyarrow.dataset", "ipykernel.kernelapp", "ipykernel.zmqshell")
BECOME = """# pipeline.kernels.server, in time
import ctypes, importlib, json, select, signal, socket, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
line = socket.socket(fileno=0)
for module in sys.argv[1:]:
    if select.select([line], [], [], 0)[0]:
        break
    try:
        importlib.import_module(module)
    except Exception:
        pass
told, doors, _, _ = socket.recv_fds(line, 1 << 16, 1)
line.detach()
if told:
    import runpy
    from pathlib import Path
    module, code, *sys.argv[1:] = json.loads(told)
    sys.argv.insert(1, str(doors[0]))
    importlib.invalidate_caches()
    if code:
        from pipeline.bytecode import keep
        keep(*map(Path, code))
    runpy.run_module(module, run_name="__main__", alter_sys=True)
"""
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Ahead:
    """A process that imports until it is told what it is; it ends with the one that began it, or when told to.

    Parameters
    ----------
    packages : Path, optional
        The folder of the project's code that it will run; what this process runs, without it.
    libraries : sequence of str
        What it imports meanwhile.
    """

    def __init__(self, packages: Path | None = None, libraries: Sequence[str] = ()):
        self.packages = packages
        ours, theirs = socket.socketpair()
        before = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
        path = {"PYTHONPATH": os.pathsep.join([str(packages), *before])} if packages else {}
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", BECOME, *libraries],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={
                    **os.environ,
                    **ONE_THREAD,
                    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
                    **path,
                },
                start_new_session=True,
            )
        self._line = ours

    def become(
        self, module: str, given: Mapping[str, Any], door: socket.socket, code: Sequence[Path]
    ) -> None:
        """Let it run a module, which finds the number of a descriptor and what it is given among its arguments."""
        told = json.dumps([module, [str(folder) for folder in code], json.dumps(given)])
        socket.send_fds(self._line, [told.encode()], [door.fileno()])

    def end(self, seconds: float = 5) -> None:
        """Let it come to its end, and see to it that it does."""
        self._line.close()
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


_begun: Ahead | None = None


def begin(packages: Path) -> None:
    """Begin one for the server that this command will need."""
    global _begun
    if sys.platform == "linux" and _begun is None and "pipeline.runner" not in sys.modules:
        _begun = Ahead(packages, LIBRARIES)


def take(packages: Path | None) -> Ahead:
    """The one that was begun for this code, else a new one."""
    global _begun
    if _begun and _begun.packages == packages and _begun.process.poll() is None:
        found, _begun = _begun, None
        return found
    give_up()
    return Ahead(packages)


def give_up() -> None:
    """End the one that was begun and not taken."""
    global _begun
    found, _begun = _begun, None
    if found:
        found.end(0)
