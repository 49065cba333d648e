"""What a rule finds: one flag per subject, the values it rests on, and how to say so in words when somebody asks."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analysis.keys import keys
from analysis.language import mark, tr

FIELD = re.compile(r"\{(\w+)(?:\.\.(\w+))?\}")
UNBOUNDED = 200_000  # days: longer than any life, so a bound that is not known
NOT_KNOWN = mark("not recorded")
READ, EXACT = 4, 8  # decimals for reading, and those to which values are compared with thresholds


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one rule for all subjects.

    Attributes
    ----------
    flag : Series of boolean
        By subject: the criterion as written is met, is not, or cannot be decided (NA).
    basis : DataFrame
        By subject: what the decision rests on.
    text : str
        Evidence in words; ``{column}`` stands for a column of `basis`, ``{a..b}`` for a range, ``{details}`` for
        the rows of `details` one after the other.
    details : DataFrame, optional
        Rows of evidence, such as courses: ``subject_id`` (categories) and further columns.
    detail_view : callable, optional
        What makes the columns that `detail_text` names from some rows of `details`; run only when words are asked for.
    detail_text : str
        One row of `details` in words.
    marks : DataFrame
        By subject: booleans worth reporting beside the decision, such as ``depends_on_cn_dmard``.
    undecided : Series of str, optional
        By subject: "query" or "adjudicate" where the reason of an NA is known to the rule.
    margin : Series of float, optional
        Value minus threshold, in `unit`.
    """

    flag: pd.Series
    basis: pd.DataFrame
    text: str
    details: pd.DataFrame | None = None
    detail_view: Callable[[pd.DataFrame], pd.DataFrame] | None = None
    detail_text: str = ""
    marks: pd.DataFrame = field(default_factory=pd.DataFrame)
    undecided: pd.Series | None = None
    margin: pd.Series | None = None
    unit: str = ""

    def words(self, subjects: pd.DataFrame) -> pd.Series:
        """Write the evidence for some subjects."""
        values = self.basis.reindex(subjects)
        if self.details is not None:
            values = values.assign(details=self._details_in_words(subjects))
        return fill(self.text, values, told=True)

    def basis_in_words(self, subjects: pd.DataFrame) -> pd.Series:
        """Write the values as ``name=value`` for some subjects."""
        names = [name for name in self.basis.columns if not name.startswith("_")]
        template = "; ".join(f"{name}={{{name}}}" for name in names)
        return fill(template, self.basis.reindex(subjects), decimals=EXACT)

    def _details_in_words(self, subjects):
        """Join the rows of details of each subject."""
        owner = pd.Index(subjects).get_indexer(self.details["subject_id"].cat.categories)
        place = owner[keys(self.details["subject_id"])]
        rows = self.details[place >= 0]
        shown = self.detail_view(rows) if self.detail_view else rows
        written = fill(self.detail_text, shown, told=True).to_numpy(dtype=object)
        return pd.Series(joined(place[place >= 0], written, len(subjects)), index=subjects, dtype="str")


def joined(group: np.ndarray, words: np.ndarray, n: int) -> np.ndarray:
    """Join the words of each of n groups with "; "; "none" where there are none.

    Examples
    --------
    >>> joined(np.array([1, 0, 1]), np.array(["b", "a", "c"], dtype=object), 3).tolist()
    ['a', 'b; c', 'none']
    """
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(np.bincount(group, minlength=n))
    listed = words[order].tolist()
    starts = np.append(0, ends[:-1])
    between, nothing = tr("; ", context="between parts"), tr("none")
    return np.array([between.join(listed[a:b]) or nothing for a, b in zip(starts, ends)], dtype=object)


def fill(template: str, values: pd.DataFrame, *, decimals: int = READ, told: bool = False) -> pd.Series:
    """Write a template for every row at once; `told`: its words in the language of the report.

    Examples
    --------
    >>> rows = pd.DataFrame({"days_min": [364, 300], "days_max": [364, 400],
    ...                      "on": pd.to_datetime(["2024-02-28", None])})
    >>> fill("{days_min..days_max} days up to {on}", rows).tolist()
    ['364 days up to 2024-02-28', '300 to 400 days up to not recorded']
    """
    parts, place = [], 0
    for found in FIELD.finditer(template):
        first, second = found.groups()
        parts.append([template[place : found.start()]] * len(values))
        low = _words(values[first], decimals, told)
        parts.append(_range(values[first], values[second], decimals, told) if second else low)  # type: ignore[arg-type]
        place = found.end()
    parts.append([template[place:]] * len(values))
    return pd.Series(["".join(row) for row in zip(*parts)], index=values.index, dtype="str")


def _range(low, high, decimals, told):
    """Write one number where both are the same, else both; an upper bound beyond all lives is no bound."""
    unbounded = tr("an unknown number of") if told else "an unknown number of"
    most = np.where((high < UNBOUNDED).fillna(False), _words(high, decimals, told), unbounded)
    least = _words(low, decimals, told)
    both = tr("{first} to {last}", first="{0}", last="{1}") if told else "{0} to {1}"
    ranges = [both.format(*ends) for ends in zip(least, most, strict=True)]
    return np.where((low == high).fillna(False), least, np.array(ranges, dtype=object))


def in_words(values: pd.Series) -> pd.Series:
    """Write values exactly: ISO dates, yes and no, numbers to eight decimals without trailing zeros."""
    return pd.Series(_words(values, EXACT, told=False), index=values.index, dtype="str")


def _words(values: pd.Series, decimals: int, told: bool) -> np.ndarray:
    """Write each distinct value once."""
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    written = [*(_word(value, decimals) for value in distinct), NOT_KNOWN]
    return np.array([tr(word) for word in written] if told else written, dtype=object)[codes]


def _word(value, decimals):
    """Write one value."""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (pd.Timestamp, np.datetime64)):
        return str(np.datetime64(value, "D"))
    if isinstance(value, (float, np.floating)):
        return f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return str(value)


def any_of(group: np.ndarray, flag: pd.Series, n: int) -> pd.arrays.BooleanArray:
    """Join the flags of each group with Kleene OR: True if one is, else NA if one is, else False.

    Examples
    --------
    >>> any_of(np.array([0, 0, 1, 2]), pd.Series([True, pd.NA, pd.NA, False], dtype="boolean"), 4)
    <BooleanArray>
    [True, <NA>, False, False]
    Length: 4, dtype: boolean
    """
    missing = flag.isna().to_numpy()
    true = flag.fillna(False).to_numpy(dtype=bool)
    some = np.bincount(group[true], minlength=n) > 0
    open_ = np.bincount(group[missing], minlength=n) > 0
    return pd.arrays.BooleanArray(some, open_ & ~some)


def between(low: float | None, high: float | None, threshold: Any, index: Any) -> pd.Series:
    """Compare a number known by its extremes with "at least threshold": NA where the extremes disagree."""
    low, high = np.asarray(low), np.asarray(high)
    sure, possible = low >= threshold, high >= threshold
    return pd.Series(pd.arrays.BooleanArray(sure, sure != possible), index=index)
