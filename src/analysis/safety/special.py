"""Adverse events of special interest, by the kind the site marked them with."""

from collections.abc import Sequence

import pandas as pd

from analysis.columns.words import WORDS
from analysis.language import Texts

KINDS = Texts({kind: words for kind, words in WORDS["aesi"].english.items() if kind != "none"})


def derive_special_interest(adverse_events: pd.DataFrame, kinds: Sequence[str]) -> pd.DataFrame:
    """Add one boolean per kind of special interest, named ``special_<kind>``; NA where `aesi` is missing.

    Parameters
    ----------
    adverse_events : DataFrame
        With `aesi`, the site's mark: a kind or "none".
    kinds : sequence of str
        Kinds to have a column, whether or not there is such an event.

    Examples
    --------
    >>> events = pd.DataFrame({"aesi": ["TB", "none", None]})
    >>> derive_special_interest(events, ["TB", "malignancy"])["special_TB"].tolist()
    [True, False, <NA>]
    """
    marked = adverse_events["aesi"]
    flags = {f"special_{kind}": marked.eq(kind).astype("boolean").mask(marked.isna()) for kind in kinds}
    return adverse_events.assign(**flags)


def kinds_of_interest(adverse_events: pd.DataFrame, named: Sequence[str]) -> list[str]:
    """The kinds the study names, in its order, then every other kind a site marked: none is left out of a count.

    Examples
    --------
    >>> kinds_of_interest(pd.DataFrame({"aesi": ["VTE", "none", "TB"]}), ["TB", "malignancy"])
    ['TB', 'malignancy', 'VTE']
    """
    marked = sorted(set(adverse_events["aesi"].dropna()) - {"none", *named})
    return [*named, *marked]
