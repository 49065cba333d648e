"""What a journal asks of a manuscript, as far as the draft can heed it: style of references, heads of the abstract.

The styles (``csl/``) are this project's own, written after papers that the journals published. Limits and forms
change: the journal's instructions rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from analysis.language import mark
from pipeline.project import UserError


@dataclass(frozen=True, slots=True)
class Journal:
    """One journal.

    Attributes
    ----------
    name : str
    style : str
        The file of its style of references.
    aims : str
        The first head of its abstract.
    box : tuple of str
        Heads of the box of key messages, which authors write; nothing where the journal has none.
    """

    name: str
    style: str
    aims: str
    box: tuple[str, ...]


JOURNALS: Mapping[str, Journal] = {
    "ard": Journal(
        "Annals of the Rheumatic Diseases",
        "ard.csl",
        mark("Objectives"),
        (
            mark("What is already known on this topic"),
            mark("What this study adds"),
            mark("How this study might affect research, practice or policy"),
        ),
    ),
    "ar": Journal("Arthritis & Rheumatology", "ar.csl", mark("Objective"), ()),
    "rheumatology": Journal(
        "Rheumatology (Oxford)",
        "rheumatology.csl",
        mark("Objectives"),
        (mark("First key message"), mark("Second key message"), mark("Third key message")),
    ),
}


def journal_of(name: str) -> Journal:
    """The journal of that name.

    Raises
    ------
    UserError
        With the names that there are.
    """
    from difflib import get_close_matches

    if name not in JOURNALS:
        near = get_close_matches(name, JOURNALS, n=1)
        hint = f"Did you mean {near[0]}?" if near else ""
        known = "; ".join(f"{key}: {one.name}" for key, one in JOURNALS.items())
        raise UserError(f"there is no journal {name!r}. {hint} Known are {known}".replace("  ", " "))
    return JOURNALS[name]


def style_of(journal: Journal) -> str:
    """The style of references of a journal."""
    return (resources.files("pipeline.papers") / "csl" / journal.style).read_text(encoding="utf-8")
