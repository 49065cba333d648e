"""The consoles of the program: what comes from data, files and errors is text on them, never a command."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.segment import Segment

from analysis.escape import terminal


class Terminal(Console):
    """A console on which no text takes hold of the terminal.

    Whatever is printed, also in a table or a status line, loses escape sequences, characters nobody sees and those that
    turn the direction of writing. Markup of rich is text unless a call asks for it (``markup=True``), and then escapes
    what it puts in. Long lines are left to the terminal to fold.
    """

    def __init__(self, **options: Any):
        super().__init__(
            **{"markup": False, "highlight": False, "emoji": False, "soft_wrap": True, **options}
        )

    def render(self, renderable: Any, options: Any = None) -> Iterable[Segment]:
        """Segments without anything that a terminal obeys; rich's own controls pass."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=terminal(segment.text))
