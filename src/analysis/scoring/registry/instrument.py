"""What is known of one score of a visit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.language import mark
from analysis.scoring.ranges import Limits

VERIFIED = mark("checked against a public source")
MEMORY = mark("from knowledge of the literature, to be confirmed")
ANY_MISSING = mark("missing if any component is")

Score = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One score of a visit: how it is computed, shown, cited, and how sure its definition is."""

    name: str
    title: str
    score: Score
    needs: tuple[str, ...]
    uses: tuple[str, ...] = ()  # optional columns
    low: float
    high: float
    decimals: int
    unit: str = ""
    higher_is_better: bool
    category: Callable[[pd.Series], Any] | None = None
    missing_rule: str = ANY_MISSING
    conventions: str = ""  # choices of this project, to be named in the methods text
    certainty: str = VERIFIED
    citation: str
    version: str = ""
    only_where: tuple[str, Any] | None = None  # column and value by which the visit used this form
    limits: Mapping[str, Limits] = field(default_factory=dict)  # where narrower than the usual ranges
    replaced: Score | None = None  # True where `replaced_text` applies
    replaced_text: str = ""


def of_columns(function: Callable[..., Any], *columns: str, **settings: Any) -> Score:
    """A score that takes its columns one by one."""
    return lambda visits: function(*(visits[c] for c in columns), **settings)


def as_recorded(column: str) -> Score:
    """A score that is entered as a total."""
    return lambda visits: visits[column]
