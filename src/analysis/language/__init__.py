"""Texts in the language of the report.

English stands in the code as the key of its message, ``tr("Group")``; every other language is one file beside this
module (``zh.po``), in gettext's form, so that editors, reviewers and translators know it. A study may have a file of
its own for its words, ``params/<study>/zh.po``; what it says goes first. Nothing is built from pieces of English: a
message is whole, with named places for what changes, ``tr("{n} of {total} patients", n=9, total=20)``.
"""

import gettext
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

ENGLISH = "en"
NAMES = {"en": "English", "zh": "中文", "de": "Deutsch", "fr": "français", "ja": "日本語"}
SPACELESS = {"zh", "ja"}  # nothing stands between two sentences
# Those studied, in texts of the code. One patient alone is a word of instruments: "Patient global assessment".
SAID = re.compile(r"(?<!\{)\b(?:([Ss])ubject(s?)|([Pp])atient(s)|(?<=\} )(p)atient())\b")
SUBJECTS_ZH = re.compile("受试者(?!工作特征)")  # in the name of the ROC curve it is a word of that name
FOLDER = Path(__file__).parent

_chosen = threading.local()


def languages() -> list[str]:
    """Languages that reports can be in: English, and those that have a catalogue.

    Examples
    --------
    >>> languages()
    ['en', 'zh']
    """
    return [ENGLISH, *sorted(file.stem for file in FOLDER.glob("*.po"))]


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
    before = current(), getattr(_chosen, "own", ()), getattr(_chosen, "level", None), _names()
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
    shown = text if current() == ENGLISH else _looked_up(text, context)
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
        return SUBJECTS_ZH.sub(lambda _: _looked_up(people, ""), text)

    def word(found: re.Match) -> str:
        first, many = (part for part in found.groups() if part is not None)
        said = people if many else people.removesuffix("s")
        return said.capitalize() if first.isupper() else said

    return SAID.sub(word, text)


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
    return _called(_plural(one, many, n)).format(n=n, **_slots(slots))


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


def named(*ids: Any) -> str:
    """What columns, visits and groups are called in the study whose texts are made; an id that nobody named as it is.

    Reasons and methods tell them so, for a table's reader knows no ids. A term of a model (``arm=arm_2``) is told by
    its column, where that has a name, and its level.

    Examples
    --------
    >>> with speaking("en", names={"W12": "Week 12", "crp_mg_l": "CRP", "arm_2": "Arm 2"}):
    ...     named("W12"), named("crp_mg_l", "age"), named("group=arm_2")
    ('Week 12', 'CRP, age', 'Arm 2')
    """
    return commas(_named(str(ident)) for ident in ids)


def _named(ident: str) -> str:
    names = _names()
    head, _, level = ident.partition("=")
    if ident in names or level not in names:
        return names.get(ident, ident)
    return tr("{label}: {group}", label=names[head], group=names[level]) if head in names else names[level]


def _names() -> Mapping[str, str]:
    return getattr(_chosen, "names", {})


def listed(parts: Iterable[str], *, serial: bool = False) -> str:
    """Parts as a list inside a sentence; `serial` sets a comma before the last of three or more.

    Examples
    --------
    >>> listed(["ACR20", "ACR50", "ACR70"]), listed(["CDAI"])
    ('ACR20, ACR50 and ACR70', 'CDAI')
    """
    known = [tr(part) for part in parts]
    if len(known) < 2:
        return "".join(known)
    if serial and len(known) > 2:
        return tr("{before}, and {last}", before=commas(known[:-1]), last=known[-1])
    return tr("{before} and {last}", before=commas(known[:-1]), last=known[-1])


def commas(parts: Iterable[str]) -> str:
    """Parts side by side.

    Examples
    --------
    >>> commas(["CDAI", "SDAI"])
    'CDAI, SDAI'
    """
    return tr(", ", context="between parts").join(map(tr, parts))


def semicolons(parts: Iterable[str]) -> str:
    """Longer parts side by side.

    Examples
    --------
    >>> semicolons(["n = 3", "n = 4"])
    'n = 3; n = 4'
    """
    return tr("; ", context="between parts").join(map(tr, parts))


def sentences(parts: Iterable[str]) -> str:
    """Texts without their full stops, as sentences.

    Examples
    --------
    >>> sentences(["Seen", "Not seen"]), sentences([])
    ('Seen. Not seen.', '')
    """
    known = [tr(part) for part in parts]
    return tr(". ", context="between sentences").join(known) + tr(".", context="full stop") if known else ""


def stops(parts: Iterable[str]) -> str:
    """Texts as sentences, without the last full stop.

    Examples
    --------
    >>> stops(["Seen", "Not seen"])
    'Seen. Not seen'
    """
    return tr(". ", context="between sentences").join(map(tr, parts))


def ands(parts: Iterable[str]) -> str:
    """Parts that all hold.

    Examples
    --------
    >>> ands(["2a", "2b", "2c"])
    '2a and 2b and 2c'
    """
    return tr(" and ", context="between parts").join(map(tr, parts))


def ors(parts: Iterable[str]) -> str:
    """Parts one of which holds.

    Examples
    --------
    >>> ors(["definite", "probable"])
    'definite or probable'
    """
    return tr(" or ", context="between parts").join(map(tr, parts))


def paragraph(parts: Iterable[str]) -> str:
    """Whole sentences one after the other.

    Examples
    --------
    >>> paragraph(["Seen.", "Not seen."])
    'Seen. Not seen.'
    """
    return ("" if current() in SPACELESS else " ").join(tr(part) for part in parts if part)


def sentence(text: str) -> str:
    """One text as a sentence: a capital where the language has them, and its full stop.

    Examples
    --------
    >>> sentence("exact test"), sentence("CDAI")
    ('Exact test.', 'CDAI.')
    """
    return sentences([capital(text)])


def capital(text: str) -> str:
    """A text with its first letter as a capital, where the language has them."""
    return text[:1].upper() + text[1:] if current() == ENGLISH else text


def inside(text: str) -> str:
    """A label as it stands inside a sentence: small letters where the language has them.

    Examples
    --------
    >>> inside("Week 24")
    'week 24'
    """
    return text.lower() if current() == ENGLISH else text


def small(text: str) -> str:
    """A label as it stands inside a sentence, its own capitals kept: abbreviations and names within it.

    Examples
    --------
    >>> small("Hepatitis B reactivation"), small("ACPA positive"), small("A cut-off")
    ('hepatitis B reactivation', 'ACPA positive', 'a cut-off')
    """
    return text if current() != ENGLISH or text[1:2].isupper() else text[:1].lower() + text[1:]


def with_unit(label: str, unit: str | None) -> str:
    """A label with its unit.

    Examples
    --------
    >>> with_unit("CRP", "mg/L"), with_unit("CDAI", None)
    ('CRP, mg/L', 'CDAI')
    """
    return tr("{label}, {unit}", label=label, unit=tr(unit)) if unit else label


def _slots(slots: Mapping[str, Any]) -> Mapping[str, Any]:
    if current() == ENGLISH:
        return slots
    return {name: tr(value) if isinstance(value, str) else value for name, value in slots.items()}


def _looked_up(text: str, context: str) -> str:
    core = text if context else text.strip()
    if not core:
        return text
    for catalogue in _catalogues(current(), getattr(_chosen, "own", ())):
        found = catalogue.pgettext(context, core) if context else catalogue.gettext(core)
        if found != core:
            return found if context else text.replace(core, found, 1)
    return _looked_up(text, "") if context else text


def _plural(one: str, many: str, n: Any) -> str:
    for catalogue in _catalogues(current(), getattr(_chosen, "own", ())):
        found = catalogue.ngettext(one, many, n)
        if found not in (one, many):
            return found
    return one if n == 1 else many


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
