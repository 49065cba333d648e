"""The kernel process: ipykernel without the one TCP port that it opens whatever the transport.

ipykernel binds a port on 127.0.0.1 through which processes that a cell starts would send what they print. It carries
output of the notebook, so it is left out; what such processes print is lost, as a notebook's own printing is not.
"""

from ipykernel import kernelapp
from ipykernel.iostream import IOPubThread

from pipeline.children import die_with_parent


class QuietIOPubThread(IOPubThread):
    """ipykernel's publisher without the port for subprocesses."""

    def __init__(self, socket, pipe=False, **kwargs):
        super().__init__(socket, pipe=False, **kwargs)


def launch(argv: list[str] | None = None) -> None:
    """Run a kernel until it is shut down."""
    kernelapp.IOPubThread = QuietIOPubThread  # type: ignore[assignment, misc]
    kernelapp.IPKernelApp.launch_instance(argv=argv)


if __name__ == "__main__":
    die_with_parent()
    launch()
