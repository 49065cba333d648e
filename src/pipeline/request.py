"""What was asked for on the command line."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """What to render, and how.

    Attributes
    ----------
    studies, reports, formats : sequence of str
        What to render; formats as the report's file says when None.
    as_of, renderer, language : str or None
        Data cut, renderer and language, when they are given; a study says its own language.
    scheduled : bool
        Whether this is the machine's own render: fewer rows than the last time block it, and pages say when the
        next is due.
    fewer_rows : bool
        Whether fewer rows than the last time were confirmed.
    sites : sequence of str or None
        Sites whose reports are made instead of that of all; None makes all there are, nothing only that of all.
    """

    studies: Sequence[str]
    reports: Sequence[str]
    formats: Sequence[str] | None = None
    as_of: str | None = None
    renderer: str | None = None
    scheduled: bool = False
    fewer_rows: bool = False
    language: str | None = None
    sites: Sequence[str] | None = None

    @property
    def words(self) -> str:
        """What is done for it, for whoever is refused meanwhile, and for `status.json`."""
        more = {" as of ": self.as_of, " as ": ", ".join(self.formats or ()), " in ": self.language}
        more |= {" of ": ", ".join(self.sites or ())}
        told = "".join(f"{word}{value}" for word, value in more.items() if value)
        return f"rendering {', '.join(self.studies)}, {' and '.join(self.reports)}{told}"

    @property
    def guard(self) -> str:
        """What is done about fewer rows than in the last run: they block, are told, or were confirmed."""
        if self.fewer_rows:
            return "confirmed"
        return "block" if self.scheduled else "tell"
