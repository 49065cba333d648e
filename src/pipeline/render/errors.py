"""What can go wrong while rendering, said with file and line."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a report's source or output.

    Attributes
    ----------
    file : str
        The file, relative to the stage; empty where the fault has no place.
    line : int
        Line in that file, from 1; 0 where unknown.
    message : str
        What is wrong, and what to do.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        return place + self.message


class RenderError(Exception):
    """A report that cannot be rendered; `problems` lists every reason found."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([message, *(f"  {problem}" for problem in self.problems)]))


def nearest(name: str, known: list[str] | set[str]) -> str:
    """A hint naming the closest known name, or how many there are."""
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    if close:
        return f"; nearest is {close[0]!r}"
    return f"; {len(known)} are known" if known else "; none is known"
