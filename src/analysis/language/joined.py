"""Parts joined to lists and sentences, and labels as they stand inside one, as the current language has it."""

from collections.abc import Iterable
from typing import Any

from analysis.language.chosen import ENGLISH, SPACELESS, current, names_of_ids, tr


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


def named(*ids: Any) -> str:
    """What columns, visits and groups are called in the study whose texts are made; an id that nobody named as it is.

    Reasons and methods tell them so, for a table's reader knows no ids. A term of a model (``arm=arm_2``) is told by
    its column, where that has a name, and its level.

    Examples
    --------
    >>> from analysis.language import speaking
    >>> with speaking("en", names={"W12": "Week 12", "crp_mg_l": "CRP", "arm_2": "Arm 2"}):
    ...     named("W12"), named("crp_mg_l", "age"), named("group=arm_2")
    ('Week 12', 'CRP, age', 'Arm 2')
    """
    return commas(_named(str(ident)) for ident in ids)


def _named(ident: str) -> str:
    names = names_of_ids()
    head, _, level = ident.partition("=")
    if ident in names or level not in names:
        return names.get(ident, ident)
    return tr("{label}: {group}", label=names[head], group=names[level]) if head in names else names[level]
