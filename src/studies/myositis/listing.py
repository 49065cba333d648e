"""Cells of listings."""

import pandas as pd

from analysis import numbers


def text(value) -> str:
    return numbers.MISSING if pd.isna(value) else str(value)


def yes_no(value) -> str:
    return numbers.MISSING if pd.isna(value) else "yes" if value else "no"
