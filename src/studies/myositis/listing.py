"""Cells of listings."""

from typing import Any

import pandas as pd

from analysis import numbers


def text(value: Any) -> str:
    return numbers.MISSING if pd.isna(value) else str(value)


def yes_no(value: Any) -> str:
    return numbers.MISSING if pd.isna(value) else "yes" if value else "no"
