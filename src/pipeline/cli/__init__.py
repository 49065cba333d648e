"""The command line ``study``: one module per group of commands; importing it registers them."""

import sys

from rich.markup import escape

from pipeline.cli import render, reports, studies, tools  # noqa: F401  (the order of the help)
from pipeline.cli.shared import app, err
from pipeline.project import UserError


def main() -> None:
    """Entry point: the user's mistakes are told in a line, without a traceback."""
    try:
        app()
    except Exception as error:
        if not isinstance(error, UserError) and type(error).__name__ not in (
            "StudyFileError",
            "NotebookError",
            "RenderError",
            "SourceError",
        ):
            raise
        err.print(f"[bold red]Error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(2)
