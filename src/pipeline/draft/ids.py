"""The form that the ids of a study's subjects have, and rows below a table whose ids are of another form."""

import re
from collections.abc import Iterable

from pipeline.draft.layout import File

FEWEST = 3  # ids of one form below which nothing is said about them
MOST = 0.9  # of the ids: so many must be of one form for the others to be none


def form(text: str) -> str:
    """An id by the kinds of its signs: letters and digits each as one, other signs as they are.

    Examples
    --------
    >>> form("RA-012"), form("12"), form("Mean 3")
    ('A-9', '9', 'A 9')
    """
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "9", text))


def pattern_of(ids: Iterable[str]) -> str | None:
    r"""A regular expression that all ids fit; None where they have no form in common.

    Examples
    --------
    >>> pattern_of(["P01", "P02", "P10"]), pattern_of(["1", "20", "3"]), pattern_of(["A1", "7", "B"])
    ('P\\d{2}', '\\d+', None)
    >>> pattern_of(["01-RA-3", "02-SLE-14", "01-RA-5"])
    '\\d{2}-[A-Z]+-\\d+'
    """
    known = sorted({text.upper() for text in ids if text})
    if len(known) < FEWEST or len({form(text) for text in known}) != 1:
        return None
    parts = [re.findall(r"\d+|[^\W\d_]+|[\W_]", text) for text in known]
    return "".join(_part([*texts]) for texts in zip(*parts))


def _part(texts: list[str]) -> str:
    """What all these parts of ids are."""
    if texts[0].isdigit():
        lengths = {len(text) for text in texts}
        return rf"\d{{{lengths.pop()}}}" if len(lengths) == 1 and len(texts[0]) > 1 else r"\d+"
    if len(set(texts)) == 1:
        return texts[0] if re.fullmatch(r"[\w/-]+", texts[0]) else re.escape(texts[0])
    return "[A-Z]+" if all(text.isascii() for text in texts) else r"\w+"


def strange_rows(file: File) -> dict[int, str]:
    """Rows at the end of a file whose id is of another form than nearly all others: their place and id."""
    if len(file.subject) != 1:
        return {}
    ids = file.key()
    forms = ids[ids.ne("")].map(form)
    if len(forms) < FEWEST or forms.value_counts(normalize=True).iloc[0] < MOST:
        below = _remarks(file, ids)
        return below if len(below) < len(ids) - 1 else {}
    usual = forms.mode().iloc[0]
    last = int(forms.index[forms.eq(usual)][-1])
    return {int(row): ids[row] for row in forms.index if row > last and forms[row] != usual}


def _remarks(file: File, ids) -> dict[int, str]:
    """Rows below a short table that reading itself takes for totals or signatures."""
    from analysis.read.assemble import TOTALS

    return {int(row): text for row, text in ids.items() if TOTALS.fullmatch(text.upper())}


def strange_said(strange: dict[int, str]) -> str:
    """Their first words; what follows may name a person."""
    words = [re.split(r"[\s:：]", text.strip(), maxsplit=1)[0] for text in strange.values()]
    return ", ".join(dict.fromkeys(words))
