"""What all commands share: the application, its two consoles, and the reading of options."""

from typing import Annotated

import typer

from pipeline.console import Terminal
from pipeline.project import UserError

app = typer.Typer(
    help="Analyse studies of refractory rheumatic disease and render their reports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
out, err = Terminal(), Terminal(stderr=True)

Studies = Annotated[
    list[str] | None, typer.Argument(help="Folders in params/; every study when none is named.")
]


def one_of(value: str | None, allowed: tuple[str, ...], what: str) -> tuple[str, ...]:
    """The value as a one-entry tuple, all that is allowed when none is given; anything else is a mistake."""
    if value is None:
        return allowed
    if value not in allowed:
        raise UserError(f"{what} {value!r} is none of {', '.join(allowed)}")
    return (value,)


def formats_of(text: str) -> tuple[str, ...]:
    """The formats of a list with commas; HTML is always among them."""
    chosen = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for part in chosen:
        one_of(part, ("html", "docx", "pdf"), "format")
    return ("html", *(part for part in chosen if part != "html"))


def date_of(text: str | None) -> str | None:
    """A date of the command line in ISO form."""
    from datetime import date

    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UserError(f"--as-of {text!r} is not a date; write it as 2025-06-30") from None


def language_of(text: str | None) -> str | None:
    """A language that reports can be in."""
    from analysis.language import languages

    return text and one_of(text, tuple(languages()), "language")[0]
