"""Kernels for unattended runs: no TCP port, and warm where the system can fork.

Jupyter starts a kernel on five TCP ports of the loopback interface, which other users of a shared machine can
reach and which collide when several start at once. Here they talk over Unix sockets in a private folder. On
Linux a kernel is forked from a server that has the heavy libraries imported already, which saves most of the
start-up of each notebook; elsewhere, or when no server runs, it is started the ordinary way.
"""

from pipeline.kernels.calls import CallError, call
from pipeline.kernels.server import current_address, fork_server

__all__ = ["CallError", "call", "current_address", "fork_server"]
