"""Health Assessment Questionnaire, Disability Index (HAQ-DI)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.scoring import vectors
from analysis.scoring.vectors import Aligned, as_numbers, check, nearest, ordered, to_floats
from analysis.thresholds import settle

# Category: its items, in the order of the form.
HAQ_CATEGORIES = {
    "dressing": (1, 2),
    "arising": (3, 4),
    "eating": (5, 6, 7),
    "walking": (8, 9),
    "hygiene": (10, 11, 12),
    "reach": (13, 14),
    "grip": (15, 16, 17),
    "activities": (18, 19, 20),
}
HAQ_ITEMS = tuple(f"haq_{i}" for i in range(1, 21))
HAQ_AIDS = tuple(f"haq_{kind}_{category}" for kind in ("aid", "help") for category in HAQ_CATEGORIES)
MIN_CATEGORIES = 6
SCORE_WITH_AID = 2.0
HAQ_BANDS = (1.0, 2.0)
HAQ_BAND_NAMES = ordered("mild_moderate", "moderate_severe", "severe")


def haq_di(
    items: Any,
    aids: Any = None,
    *,
    alternative: bool = False,
    min_categories: int = MIN_CATEGORIES,
    require_all_items: bool = False,
    blank_aid: str = "not_ticked",
) -> Any:
    """HAQ Disability Index: the mean of the eight category scores.

    A category scores the highest of its answered items; where an aid, a device or the help of another person is
    ticked for it, a score of 0 or 1 is raised to 2. Ticks do not create a category without answered items.

    Parameters
    ----------
    items : DataFrame, mapping, Series or array
        Columns ``haq_1`` to ``haq_20`` in the order of the form, whole numbers 0 (without difficulty) to 3 (unable).
        An array has 20 columns; a Series labelled ``haq_1``... or 20 values are one person.
    aids : DataFrame, mapping or Series, optional
        Ticks (0/1 or booleans) in columns ``haq_aid_<category>`` and ``haq_help_<category>``, or ``<category>``
        for either, with the categories dressing, arising, eating, walking, hygiene, reach, grip, activities.
        Columns left out count as not ticked. "Other" aids have to be coded to a category first.
    alternative : bool
        Leave out the ticks (alternative Disability Index).
    min_categories : int
        Categories that must be answered, 6 of 8 by the Stanford rule (from memory, to be confirmed; 7 in CLINHAQ).
    require_all_items : bool
        Count a category as answered only if all its items are.
    blank_aid : {"not_ticked", "missing"}
        What an empty tick means. The form has no box for "no", so it is not ticked; "missing" makes a category with
        a score below 2 missing unless another of its ticks is set. A choice of this project, not a published rule.

    Returns
    -------
    float, array or Series
        0 to 3 in steps of 0.125 when all categories are there, unrounded; missing with too few categories.

    Raises
    ------
    KeyError
        An item column is absent.
    ValueError
        A value other than 0, 1, 2, 3; a tick other than 0 or 1; an unknown aid column.

    References
    ----------
    Fries JF, Spitz P, Kraines RG, Holman HR. Arthritis Rheum 1980;23:137-45. doi:10.1002/art.1780230202
    Bruce B, Fries JF. Health Qual Life Outcomes 2003;1:20. doi:10.1186/1477-7525-1-20

    Examples
    --------
    >>> answers = [2, 1, 0, 3, 1, 0, 2, 0, 1, 0, 1, 1, 3, 3, 1, 1, 3, 0, 0, 1]
    >>> ticks = {"dressing": 1, "arising": 1, "walking": 1, "hygiene": 1}
    >>> haq_di(answers, ticks), haq_di(answers)
    (2.25, 2.0)
    """
    if blank_aid not in ("not_ticked", "missing"):
        raise ValueError(f"unknown blank_aid {blank_aid!r}{nearest(blank_aid, ('not_ticked', 'missing'))}")
    answers, shape = _item_matrix(items)
    scores = _category_scores(answers, require_all_items=require_all_items)
    if aids is not None and not alternative:
        scores = _raise_for_aids(scores, _ticks(aids, shape), blank_is_missing=blank_aid == "missing")
    answered = (~np.isnan(scores)).sum(axis=0)
    total = np.nansum(scores, axis=0)
    enough = (answered >= min_categories) & (answered > 0)
    return as_numbers(np.divide(total, answered, out=np.full(shape.length, np.nan), where=enough), shape)


def haq_categories(items: Any, *, require_all_items: bool = False) -> pd.DataFrame:
    """The eight category scores before aids and help: the highest answered item of each.

    Parameters
    ----------
    items : DataFrame
        As for `haq_di`.
    require_all_items : bool
        Missing unless all items of the category are answered.

    Returns
    -------
    DataFrame
        One column per category, 0 to 3, missing where no item is answered; the index of `items`.

    Examples
    --------
    >>> haq_categories([0] * 4 + [1, 2, None] + [0] * 13).loc[0, "eating"].item()
    2.0
    """
    answers, shape = _item_matrix(items)
    scores = _category_scores(answers, require_all_items=require_all_items)
    return pd.DataFrame(dict(zip(HAQ_CATEGORIES, scores)), index=shape.index)


def haq_band(score: ArrayLike) -> Any:
    """Descriptive band of the HAQ-DI: up to 1 mild to moderate, up to 2 moderate to severe, above severe.

    Parameters
    ----------
    score : float, array or Series
        HAQ-DI, 0 to 3, unrounded.

    Returns
    -------
    str, Categorical or Series
        "mild_moderate" < "moderate_severe" < "severe"; NA where the score is missing.

    References
    ----------
    Bruce B, Fries JF. Health Qual Life Outcomes 2003;1:20. doi:10.1186/1477-7525-1-20

    Examples
    --------
    >>> haq_band(1.0), haq_band(1.125), haq_band(2.125)
    ('mild_moderate', 'moderate_severe', 'severe')
    """

    def kernel(values: np.ndarray) -> np.ndarray:
        codes = np.searchsorted(HAQ_BANDS, settle(values), side="left").astype(np.int8)
        codes[np.isnan(values)] = -1
        return codes

    return vectors.category(kernel, HAQ_BAND_NAMES, haq_di=score)


def _item_matrix(items: Any) -> tuple[np.ndarray, Aligned]:
    """Answers as 20 rows of floats, one column per person, and the shape to give back."""
    frame, one_person = _as_frame(items)
    if absent := [c for c in HAQ_ITEMS if c not in frame.columns]:
        raise KeyError(f"HAQ item column(s) absent: {', '.join(absent)}; expected haq_1 to haq_20")
    index = frame.index if isinstance(items, pd.DataFrame) else None
    answers = np.empty((len(HAQ_ITEMS), len(frame)))
    for row, name in zip(answers, HAQ_ITEMS):
        row[:] = to_floats(frame[name], name)
        check(name, row, index)
    return answers, Aligned({}, len(frame), index, one_person)


def _as_frame(items: Any) -> tuple[pd.DataFrame, bool]:
    """Any accepted form of the items as a frame, and whether it is one person."""
    if isinstance(items, pd.DataFrame):
        return items, False
    if isinstance(items, (pd.Series, Mapping)):
        scalar = all(np.ndim(v) == 0 for v in dict(items).values())
        return (pd.DataFrame([dict(items)]) if scalar else pd.DataFrame(dict(items))), scalar
    values = np.asarray(items, dtype=object)
    if values.shape[-1:] != (len(HAQ_ITEMS),) or values.ndim > 2:
        raise ValueError(f"20 items per person expected, found an array of shape {values.shape}")
    return pd.DataFrame(np.atleast_2d(values), columns=list(HAQ_ITEMS)), values.ndim == 1


def _category_scores(answers: np.ndarray, *, require_all_items: bool) -> np.ndarray:
    """Highest answered item per category, eight rows."""
    highest = np.maximum if require_all_items else np.fmax
    return np.stack([highest.reduce(answers[np.array(items) - 1]) for items in HAQ_CATEGORIES.values()])


def _ticks(aids: Any, shape: Aligned) -> np.ndarray:
    """Per category and person: 1 ticked, 0 not ticked, NaN blank; a tick of either kind counts."""
    columns = dict(aids)
    known = (*HAQ_AIDS, *HAQ_CATEGORIES)
    if unknown := [c for c in columns if c not in known]:
        raise ValueError(f"unknown aid column {unknown[0]!r}{nearest(unknown[0], known)}")
    if shape.index is not None and isinstance(aids, pd.DataFrame) and not aids.index.equals(shape.index):
        if len(aids) != shape.length or not aids.index.is_unique or not aids.index.isin(shape.index).all():
            raise ValueError(
                "the rows of aids do not match the rows of items; align both to the same index first"
            )
        columns = dict(aids.reindex(shape.index))
    ticks = np.zeros((len(HAQ_CATEGORIES), shape.length))
    for row, category in zip(ticks, HAQ_CATEGORIES):
        for name in (f"haq_aid_{category}", f"haq_help_{category}", category):
            if name in columns:
                row[:] = _either(row, _tick_column(columns[name], name))
    return ticks


def _tick_column(values: Any, name: str) -> np.ndarray:
    """One tick column as 0, 1 and NaN."""
    ticks = np.atleast_1d(to_floats(values, name)).astype(np.float64)
    if not (np.isnan(ticks) | (ticks == 0) | (ticks == 1)).all():
        raise ValueError(f"{name}: ticks are 0 or 1; recode the column")
    return ticks


def _either(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Kleene disjunction of 0, 1 and NaN."""
    return np.where((one == 1) | (other == 1), 1.0, one + other)


def _raise_for_aids(scores: np.ndarray, ticks: np.ndarray, *, blank_is_missing: bool) -> np.ndarray:
    """Raise ticked categories below 2 to 2; a category without answers stays missing."""
    raised = np.where((ticks == 1) & (scores < SCORE_WITH_AID), SCORE_WITH_AID, scores)
    if blank_is_missing:
        raised = np.where(np.isnan(ticks) & (scores < SCORE_WITH_AID), np.nan, raised)
    return raised
