"""Functions run in processes of their own: threads of one process share one interpreter lock.

On Linux the process is forked from the warm server, which has imported all that is needed; elsewhere, or when no server
runs, the function runs where it is called.
"""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.ending import LimitReached
from pipeline.kernels.functions import run
from pipeline.kernels.needs import of_call
from pipeline.kernels.server import ask, current_address

ABOUT = {
    "pipeline.prepare:prepare": "reading the data",
    "pipeline.cut:cut": "cutting the data of a site",
    "pipeline.others:write_ranges": "comparing the sites",
    "pipeline.live:read_rows": "reading a live source",
    "pipeline.publish.disclosure:look_through": "looking through the page",
    "pipeline.compare.patients:rows_of": "comparing with the last run",
}


class CallError(Exception):
    """What a function raised in its process: the message, and in `kind` the name of the exception's class."""

    def __init__(self, message: str, *, kind: str = ""):
        super().__init__(message)
        self.kind = kind


def call(function: str, *, limit: float = 0, soon: Iterable[str] = (), **arguments: str) -> Any:
    """Run a function, wait for its end and return what it returned.

    Parameters
    ----------
    function : str
        As ``package.module:name``; of what it returns, what JSON cannot hold comes as text.
    limit : float
        Seconds after which its process is ended; 0 is no limit. Where the function runs here, there is none.
    soon : iterable of str
        Modules that the processes after this one will import; the server imports them meanwhile.
    **arguments
        What JSON can hold.

    Raises
    ------
    CallError
        If the function raised, with the same message, or its process was ended from outside. Where the function runs
        here, its own exception.
    """
    address = current_address()
    if address is None:
        return run(function, arguments)
    here = {"cwd": Path.cwd().as_posix(), "env": dict(os.environ), "limit": limit}
    began = time.monotonic()
    imports = {"imports": of_call(function), "soon": list(soon)}
    answer = ask(address, do="call", function=function, arguments=arguments, **imports, **here)
    if answer is None and limit and time.monotonic() - began >= limit:
        raise LimitReached(f"{_about(function)} took longer than the limit of {limit:g} seconds")
    if answer is None:
        raise LimitReached(
            f"the process of {_about(function)} was ended from outside or gave up: most often memory was short, or a "
            "file holds far more cells than it shows"
        )
    if answer["kind"]:
        raise CallError(answer["message"], kind=answer["kind"])
    return answer["value"]


def _about(function: str) -> str:
    """The function in words."""
    return ABOUT.get(function, function)
