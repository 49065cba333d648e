"""Functions run in processes of their own: threads of one process share one interpreter lock.

On Linux the process is forked from the warm server, which has imported all that is needed; elsewhere, or when no server
runs, the function runs where it is called.
"""

import os
from pathlib import Path

from pipeline.kernels.functions import run
from pipeline.kernels.server import ask, current_address


class CallError(Exception):
    """What a function raised in its process: the message, and in `kind` the name of the exception's class."""

    def __init__(self, message: str, *, kind: str = ""):
        super().__init__(message)
        self.kind = kind


def call(function: str, **arguments: str) -> None:
    """Run a function and wait for its end.

    Parameters
    ----------
    function : str
        As ``package.module:name``; what it returns is left.
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
        run(function, arguments)
        return
    here = {"cwd": Path.cwd().as_posix(), "env": dict(os.environ)}
    answer = ask(address, within=None, do="call", function=function, arguments=arguments, **here)
    if answer is None:
        raise CallError(f"the process of {function} was ended from outside; was memory short?")
    if answer["kind"]:
        raise CallError(answer["message"], kind=answer["kind"])
