"""The language that is chosen, and texts made in it."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analysis.language.catalogue import FOLDER, all_in, looked_up, looked_up_own, messages, plural

ENGLISH = "en"
NAMES = {"en": "English", "zh": "中文", "de": "Deutsch", "fr": "français", "ja": "日本語"}
SPACELESS = {"zh", "ja"}  # nothing stands between two sentences
# Those studied, in texts of the code. One patient alone is a word of instruments: "Patient global assessment".
SAID = re.compile(r"(?<!\{)\b(?:([Ss])ubject(s?)|([Pp])atient(s)|(?<=\} )(p)atient())\b")
SUBJECTS_ZH = re.compile("受试者(?!工作特征)")  # in the name of the ROC curve it is a word of that name

_chosen = threading.local()


def languages() -> list[str]:
    """Languages that reports can be in: English, and those that have a catalogue.

    Examples
    --------
    >>> languages()
    ['en', 'zh']
    """
    return [ENGLISH, *sorted(file.stem for file in FOLDER.glob("*.po"))]


def _source() -> tuple[str, tuple[Path, ...]]:
    """The language, and the catalogues that go first."""
    return current(), getattr(_chosen, "own", ())


def current() -> str:
    """The language in which texts are made now: English where nothing else is chosen."""
    return getattr(_chosen, "language", ENGLISH)


def use(
    language: str,
    *own: Path,
    level: float | None = None,
    names: Mapping[str, str] | None = None,
    people: str | None = None,
) -> None:
    """Make texts in this language from now on.

    Parameters
    ----------
    language : str
        One of `languages`.
    *own : Path
        Catalogues that go before the project's: the study's own.
    level : float, optional
        Confidence level of the study, which ``{CI}`` in a text tells: ``95 % CI``. Where it is not known, ``CI``.
    names : mapping of str to str, optional
        What columns, visits and groups of the study are called, by their id; see `named`.
    people : str, optional
        What the study calls those it studies, such as ``participants``; texts of the code say subjects or patients.

    Raises
    ------
    ValueError
        If there is no such language.
    """
    if language not in languages():
        raise ValueError(f"there is no language {language!r}; there are {', '.join(languages())}")
    _chosen.language, _chosen.own = language, tuple(file for file in own if file.is_file())
    _chosen.level = level
    _chosen.names = names or {}
    _chosen.people = people


@contextmanager
def speaking(
    language: str,
    *own: Path,
    level: float | None = None,
    names: Mapping[str, str] | None = None,
    people: str | None = None,
) -> Iterator[None]:
    """Texts in this language, of this confidence level and with these names of ids and people, inside the block.

    Examples
    --------
    >>> with speaking("zh"):
    ...     tr("Visit")
    '访视'
    """
    before = current(), getattr(_chosen, "own", ()), getattr(_chosen, "level", None), names_of_ids()
    called = getattr(_chosen, "people", None)
    use(language, *own, level=level, names=names, people=people)
    try:
        yield
    finally:
        use(before[0], *before[1], level=before[2], names=before[3], people=called)


def tr(text: str, /, context: str = "", **slots: Any) -> str:
    """A text in the current language, its named places filled.

    Parameters
    ----------
    text : str
        The English text. Blanks around it are kept and are no part of the key.
    context : str
        Tells apart what is one word in English: ``tr("Other", context="drug")``.
    **slots
        What the named places hold, formatted as `str.format` does; words are looked up themselves. ``{CI}`` is what
        an interval is called at the study's confidence level, and is never given.

    Examples
    --------
    >>> tr("{n} of {total}", n=9, total=20)
    '9 of 20'
    >>> with speaking("en", level=0.9):
    ...     tr("Change ({CI})")
    'Change (90 % CI)'
    """
    shown = text if current() == ENGLISH else looked_up(text, context, *_source())
    if isinstance(shown, str) and "{CI}" in shown:  # what a table holds need not be text
        shown = shown.replace("{CI}", interval_name(getattr(_chosen, "level", None)))
    if (
        getattr(_chosen, "people", None)
        and isinstance(text, str)
        and _says_people(shown)
        and text.strip() in messages()
    ):
        shown = _called(shown)  # not what the user wrote, or the data hold
    return shown.format(**_slots(slots)) if slots else shown


def _says_people(text: str) -> bool:
    return "受试者" in text if current() != ENGLISH else "ubject" in text or "atient" in text


def _called(text: str) -> str:
    """A text of the project that says subjects or patients, with the word of the study for them: it serves every study.

    Examples
    --------
    >>> with speaking("en", people="participants"):
    ...     tr("Subjects, n (%)"), trn("{n} patient", "{n} patients", 1), tr("Patients of Dr Wang")
    ('Participants, n (%)', '1 participant', 'Patients of Dr Wang')
    """
    people = getattr(_chosen, "people", None)
    if not people or not _says_people(text):
        return text
    if current() != ENGLISH:
        return SUBJECTS_ZH.sub(lambda _: looked_up(people, "", *_source()), text)

    def word(found: re.Match) -> str:
        first, many = (part for part in found.groups() if part is not None)
        said = people if many else people.removesuffix("s")
        return said.capitalize() if first.isupper() else said

    return SAID.sub(word, text)


def as_the_study_says(recorded: str) -> str:
    """A word of the data in the current language where the study's own catalogue has it; else as it was recorded.

    Examples
    --------
    >>> with speaking("zh"):
    ...     as_the_study_says("Visit")
    'Visit'
    """
    return (
        recorded if current() == ENGLISH else looked_up_own(recorded, current(), getattr(_chosen, "own", ()))
    )


def interval_name(level: float | None) -> str:
    """What an interval of a confidence level is called; of one that is not known, only that it is one.

    Examples
    --------
    >>> interval_name(0.95), interval_name(None)
    ('95 % CI', 'CI')
    """
    return tr("CI") if level is None else tr("{level:g} % CI", level=100 * level)


def trn(one: str, many: str, n: Any, /, **slots: Any) -> str:
    """A text with a count, in the form that the number asks for; the text names the count ``{n}``.

    Examples
    --------
    >>> trn("{n} patient", "{n} patients", 1), trn("{n} patient", "{n} patients", 0)
    ('1 patient', '0 patients')
    """
    if current() == ENGLISH:
        return _called(one if n == 1 else many).format(n=n, **slots)
    return _called(plural(one, many, n, *_source())).format(n=n, **_slots(slots))


def is_message(text: str) -> bool:
    """Whether a text is one of the project, in English or in the current language.

    Examples
    --------
    >>> is_message("Visit"), is_message("RA-001")
    (True, False)
    """
    return text in messages() or (current() != ENGLISH and text in all_in(*_source()))


def mark(text: str) -> str:
    """A text that is looked up later by `tr`, where a language is not yet chosen; the catalogue is told of it."""
    return text


# What those studied are called, in prose and tables alike, by the design of the study.
PEOPLE = {"cohort": mark("participants"), "single_arm": mark("patients"), "randomised": mark("patients")}


class Texts(Mapping[Any, str]):
    """A table of texts by code, each given in the current language when it is asked for.

    Examples
    --------
    >>> heads = Texts({"visit": "Visit"})
    >>> heads["visit"], heads.get("none", "-")
    ('Visit', '-')
    """

    def __init__(self, english: Mapping[Any, str], context: str = "") -> None:
        self.english, self.context = dict(english), context

    def __getitem__(self, key: Any) -> str:
        return tr(self.english[key], self.context)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.english)

    def __len__(self) -> int:
        return len(self.english)

    def __or__(self, other: Mapping[Any, str]) -> "Texts":
        return Texts({**self.english, **getattr(other, "english", other)}, self.context)


def names_of_ids() -> Mapping[str, str]:
    """What columns, visits and groups of the study are called, by their id."""
    return getattr(_chosen, "names", {})


def _slots(slots: Mapping[str, Any]) -> Mapping[str, Any]:
    if current() == ENGLISH:
        return slots
    return {name: tr(value) if isinstance(value, str) else value for name, value in slots.items()}
