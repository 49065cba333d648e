"""Cells of listings."""

from typing import Any

import pandas as pd

from analysis import numbers
from analysis.language import tr


def text(value: Any) -> str:
    """A cell as recorded; a dash where nothing is."""
    return numbers.MISSING if pd.isna(value) else str(value)


def yes_no(value: Any) -> str:
    """A yes or no in the language of the report; a dash where it is missing."""
    return numbers.MISSING if pd.isna(value) else tr("yes") if value else tr("no")


def score_or_least(score: Any, least: Any, digits: int = 1) -> str:
    """Give a score; where a part of it is missing, what its known part alone gives, unless that is nothing.

    Examples
    --------
    >>> score_or_least(52.5, 52.5), score_or_least(None, 37.5), score_or_least(None, None)
    ('52.5', 'at least 37.5', '–')
    """
    if pd.isna(score) and not pd.isna(least) and least > 0:
        return tr("at least {least}", least=numbers.fixed(least, digits))
    return numbers.fixed(score, digits)
