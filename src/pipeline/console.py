"""The consoles of the program: what comes from data, files and errors is text on them, never a command."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.segment import Segment

from analysis.escape import terminal
from pipeline.project import Project, UserError
from pipeline.secrets import secrets_in_use, without


class Terminal(Console):
    """A console on which no text takes hold of the terminal.

    Whatever is printed, also in a table or a status line, loses escape sequences, characters nobody sees and those that
    turn the direction of writing. Markup of rich is text unless a call asks for it (``markup=True``), and then escapes
    what it puts in. Long lines are left to the terminal to fold. Secrets in use are hidden, whoever quotes them.
    """

    def __init__(self, **options: Any):
        super().__init__(
            **{"markup": False, "highlight": False, "emoji": False, "soft_wrap": True, **options}
        )

    def render(self, renderable: Any, options: Any = None) -> Iterable[Segment]:
        """Segments without anything that a terminal obeys; rich's own controls pass."""
        secrets = secrets_in_use(_root())
        for segment in super().render(renderable, options):
            text = segment.text if segment.control else without(terminal(segment.text), secrets)
            yield segment._replace(text=text)


def _root() -> Path | None:
    """The checkout that this process works in; None where it is none."""
    try:
        return Project.find().root
    except (UserError, OSError):
        return None
