"""How a kernel is started and reached: over Unix sockets, forked from the warm server when there is one."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Mapping
from queue import Empty
from typing import Any, ClassVar

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import DottedObjectName, Type, default

from pipeline.ending import LimitReached
from pipeline.kernels.server import ask, current_address

ANSWERS, CONNECTS = 1.0, 0.1  # seconds for a reply, and for what was published once it has come
LOOKS = 0.01  # seconds between two looks at whether a kernel has ended


class ForkedProcess:
    """A kernel forked by the server, with the part of `subprocess.Popen` that Jupyter asks for."""

    stdin = stdout = stderr = None

    def __init__(self, address: str, pid: int):
        self.address, self.pid = address, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Exit code, or None while it runs; a server that has gone has taken its kernels along."""
        if self.returncode is None:
            answer = ask(self.address, do="poll", pid=self.pid)
            self.returncode = answer["code"] if answer else -1
        return self.returncode

    def wait(self) -> int:
        """Wait for the end and return the exit code."""
        while (code := self.poll()) is None:
            time.sleep(0.02)
        return code

    def send_signal(self, number: int) -> None:
        """Signal the kernel if it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(9)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(15)


class ForkedProvisioner(LocalProvisioner):
    """Forks the kernel from the warm server; starts it the ordinary way where there is none."""

    async def launch_kernel(self, cmd, **kwargs):
        """Start the kernel and return how to reach it."""
        address = current_address()
        if address is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.cwd = str(kwargs.get("cwd") or os.getcwd())  # noqa: PTH109
        imports = getattr(self.parent, "imports", ())
        started = ask(
            address,
            do="launch",
            argv=cmd[cmd.index("-f") :],
            imports=list(imports),
            cwd=self.cwd,
            env={**os.environ, **(kwargs.get("env") or {})},
        )
        if started is None:
            raise LimitReached("the server of kernels was ended from outside: most often memory was short")
        self.process = ForkedProcess(address, started["pid"])
        self.pid = self.pgid = started["pid"]
        return self.connection_info


class PromptClient(AsyncKernelClient):
    """A client that is ready when the kernel's answer and all that it published before have come.

    Jupyter's own waits a fifth of a second for what may still be published, before every notebook.
    """

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """Ask for the kernel's description until the reply and, over the other channel, the end of it have come."""
        until, asked = time.monotonic() + (timeout or float("inf")), set()
        while True:
            asked.add(self.kernel_info())
            if await self._is_described(asked):
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > until:
                raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")

    wait_for_ready = _async_wait_for_ready

    async def _is_described(self, asked: Collection[str]) -> bool:
        """Whether a reply to these requests came, and after it word that the kernel is idle: both channels stand."""
        try:
            self._handle_kernel_info_reply(await self.get_shell_msg(timeout=ANSWERS))
            while not _ends(await self.get_iopub_msg(timeout=CONNECTS), asked):
                continue
        except Empty:
            return False
        return True


def _ends(message: Mapping[str, Any], asked: Collection[str]) -> bool:
    """Whether a message says that one of these requests has been dealt with."""
    is_idle = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
    return is_idle and message["parent_header"].get("msg_id") in asked


class PrivateKernelManager(AsyncKernelManager):
    """A kernel of this very Python on Unix sockets in a folder only its owner can enter.

    `more` is added to the environment of the kernel, and `imports` are the modules that it will import; see `such`.
    """

    client_class = DottedObjectName(f"{__name__}.{PromptClient.__name__}")
    client_factory = Type(PromptClient)
    more: ClassVar[dict[str, str]] = {}
    imports: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def such(cls, more: Mapping[str, str], *, imports: Iterable[str] = ()) -> type["PrivateKernelManager"]:
        """Such a manager whose kernels have these variables, too, and are forked with these modules imported."""
        return type(cls.__name__, (cls,), {"more": dict(more), "imports": tuple(imports)})

    async def _async_pre_start_kernel(self, **given):
        given["env"] = {**os.environ, **(given.get("env") or {}), **self.more}
        return await super()._async_pre_start_kernel(**given)

    pre_start_kernel = _async_pre_start_kernel

    @default("transport")
    def _sockets(self):
        return "tcp" if sys.platform == "win32" else "ipc"

    @default("transport_encryption")
    def _encryption(self):
        return "auto" if sys.platform == "win32" else "disabled"

    @default("ip")
    def _address(self):
        if sys.platform == "win32":
            return "127.0.0.1"
        self._folder = tempfile.mkdtemp(prefix="study-k-")
        return f"{self._folder}/k"

    @property
    def kernel_spec(self) -> KernelSpec:
        """The current interpreter, whatever kernels are installed or missing on this machine."""
        return KernelSpec(
            argv=[sys.executable, "-m", "pipeline.kernels.kernel", "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
            metadata={
                "kernel_provisioner": {"provisioner_name": "study-fork"},
                "supported_encryption": "curve",
            },
        )

    async def _async_wait(self, pollinterval: float = LOOKS) -> None:
        await super()._async_wait(min(pollinterval, LOOKS))

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart=restart)
        if not restart and hasattr(self, "_folder"):
            shutil.rmtree(self._folder, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources
