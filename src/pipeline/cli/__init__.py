"""The command line ``study``: one module per group of commands; importing it registers them."""

import os
import sys

from rich.markup import escape

from pipeline.cli import languages, operation, papers, render, reports, runs, sharing, studies, tools  # noqa: F401  (the order of the help)
from pipeline.cli.shared import app, err
from pipeline.project import Project, UserError


def main() -> None:
    """Entry point: mistakes are told in a line, no message holds a secret, and what is written is its owner's alone."""
    os.umask(0o077)
    try:
        app()
    except SystemExit as ended:
        _leave_at_once(ended)
        raise
    except Exception as error:
        code = _code(error)
        if code is None:
            _raise_without_secrets(error)
        err.print(f"[bold red]Error:[/] {escape(_told(error))}", markup=True)
        sys.exit(code)


def _leave_at_once(ended: SystemExit) -> None:
    """Take along a task that hangs after the time of its run is over; Python would wait for its thread for ever."""
    import threading

    from pipeline.ending import THREADS

    if any(thread.name.startswith(THREADS) for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(ended.code or 0))


def _code(error: Exception) -> int | None:
    """The exit code of an error that its user can understand; None for a fault of this project."""
    from pipeline.ending import Code, Ending, code_of, is_told
    from pipeline.files import is_full

    if isinstance(error, Ending) or is_full(error):
        return int(code_of(error))
    if is_told(error):
        return int(Code.MISTAKE)
    return int(Code.FAILED) if isinstance(error, OSError) else None


def _told(error: Exception) -> str:
    """What is said of an error, without any secret."""
    from pipeline.files import is_full
    from pipeline.secrets import hide

    text = str(error)
    if is_full(error):
        place = getattr(error, "filename", None) or "this folder"
        text = f"no space is left on the disk of {place}; nothing was replaced"
    elif isinstance(error, OSError) and error.strerror:
        text = f"{error.filename or 'a file'} cannot be used ({error.strerror}); nothing was replaced"
    return hide(text, _root())


def _root():
    try:
        return Project.find().root
    except UserError:
        return None


def _raise_without_secrets(error: Exception) -> None:
    """Show a traceback, as for any fault of a program, without what must not be shown."""
    import traceback

    from analysis.escape import terminal
    from pipeline.secrets import hide

    sys.stderr.write(terminal(hide("".join(traceback.format_exception(error)), _root())))
    sys.exit(1)
