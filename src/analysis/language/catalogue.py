"""What catalogues say: gettext's files of a language, a study's own before that of the project."""

import gettext
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


TERM = "term of the data"  # the context of such words in a study's own catalogue


def looked_up(text: str, context: str, language: str, own: tuple[Path, ...]) -> str:
    """A text in a language; blanks around it are kept, and what no catalogue has is given back."""
    core = text if context else text.strip()
    if not core:
        return text
    for catalogue in _catalogues(language, own):
        found = catalogue.pgettext(context, core) if context else catalogue.gettext(core)
        if found != core:
            return found if context else text.replace(core, found, 1)
    return looked_up(text, "", language, own) if context else text


def looked_up_own(text: str, language: str, own: tuple[Path, ...]) -> str:
    """A term of the data in a language by the study's own catalogues alone; what they do not have is given back."""
    files = tuple(file for file in own if file.stem == language)
    found = (_compiled(file, file.stat().st_mtime_ns).pgettext(TERM, text) for file in files if text)
    return next((word for word in found if word != text), text)


def plural(one: str, many: str, n: Any, language: str, own: tuple[Path, ...]) -> str:
    """The form of a text that a number asks for in a language."""
    for catalogue in _catalogues(language, own):
        found = catalogue.ngettext(one, many, n)
        if found not in (one, many):
            return found
    return one if n == 1 else many


@lru_cache
def all_in(language: str, own: tuple[Path, ...]) -> frozenset[str]:
    """The texts of the project in a language."""
    return frozenset(looked_up(text, "", language, own) for text in messages())


@lru_cache
def _catalogues(language: str, own: tuple[Path, ...]) -> tuple[gettext.GNUTranslations, ...]:
    files = [*own, FOLDER / f"{language}.po"]
    return tuple(_compiled(file, file.stat().st_mtime_ns) for file in files if file.is_file())


def messages() -> frozenset[str]:
    """The texts of the project, in English; of one with forms for one and many, both.

    Examples
    --------
    >>> "Group" in messages()
    True
    """
    from analysis.language.known import MESSAGES

    return MESSAGES


@lru_cache
def _compiled(file: Path, _written: int) -> gettext.GNUTranslations:
    """A catalogue ready to be asked."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    made = BytesIO()
    with file.open("rb") as stream:
        write_mo(made, read_po(stream, locale=file.stem))
    made.seek(0)
    return gettext.GNUTranslations(made)
