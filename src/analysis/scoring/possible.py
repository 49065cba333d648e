"""Which instruments can be scored from the columns at hand."""

from collections.abc import Iterable

import pandas as pd


def possible_scores(columns: Iterable[str]) -> list[str]:
    """The instruments whose components are among these columns.

    Examples
    --------
    >>> possible_scores(["pain_mm", "cdasi_activity", "ptga_mm"])
    ['pain_mm', 'cdasi_activity']
    """
    from analysis import scoring

    there = set(columns)
    muscles = set(scoring.MMT_COLUMNS) <= there
    return [
        name
        for name, found in scoring.INSTRUMENTS.items()
        if set(found.needs) <= there or (name == "mmt8" and muscles)
    ]


def with_general_health(assessments: pd.DataFrame) -> pd.DataFrame:
    """The patient global stands for general health (DAS28) in a study that does not ask for it apart."""
    if "gh_mm" in assessments or "ptga_mm" not in assessments:
        return assessments
    return assessments.assign(gh_mm=assessments["ptga_mm"])
