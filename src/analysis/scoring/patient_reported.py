"""Patient-reported outcomes: RAPID3, FACIT-Fatigue, SF-36 summary scores, pain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.scoring.flags import boolean, known, require_columns
from analysis.scoring.ranges import RANGES, Limits
from analysis.scoring.vectors import align, as_numbers, category, check, evaluate, ordered, to_floats
from analysis.thresholds import settle

MDHAQ_ITEMS = tuple(f"mdhaq_{letter}" for letter in "abcdefghij")
FACIT_ITEMS = tuple(f"facit_{i}" for i in range(1, 14))
FACIT_POSITIVE_ITEMS = (7, 8)  # "I have energy", "I am able to do my usual activities"
FACIT_MIN_ANSWERED = 7
RAPID3_STATES = ordered("near_remission", "low", "moderate", "high")
RAPID3_CUTOFFS = (3.0, 6.0, 12.0)

SF36_DOMAINS = ("sf36_pf", "sf36_rp", "sf36_bp", "sf36_gh", "sf36_vt", "sf36_sf", "sf36_re", "sf36_mh")
# United States 1998 norms and factor weights of version 2, in the order of SF36_DOMAINS.
SF36_MEAN = np.array([83.29094, 82.50964, 71.32527, 70.84570, 58.31411, 84.30250, 87.39733, 74.98685])
SF36_SD = np.array([23.75883, 25.52028, 23.66224, 20.97821, 20.01923, 22.91921, 21.43778, 17.75604])
SF36_PHYSICAL = np.array([0.42402, 0.35119, 0.31754, 0.24954, 0.02877, -0.00753, -0.19206, -0.22069])
SF36_MENTAL = np.array([-0.22999, -0.12329, -0.09731, -0.01571, 0.23534, 0.26876, 0.43407, 0.48581])


def _columns(frame: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray:
    """Checked columns of a frame as rows of floats."""
    require_columns(frame, names)
    rows = np.empty((len(names), len(frame)))
    for row, name in zip(rows, names):
        row[:] = to_floats(frame[name], name)
        check(name, row, frame.index)
    return rows


def rapid3(
    items: pd.DataFrame, pain_mm: ArrayLike, ptga_mm: ArrayLike, *, form_rounding: bool = False
) -> pd.Series:
    """Routine Assessment of Patient Index Data 3: function, pain and patient's global, each 0 to 10.

    Parameters
    ----------
    items : DataFrame
        The ten function items of the MDHAQ, ``mdhaq_a`` to ``mdhaq_j``, whole numbers 0 to 3. The psychological
        items of the form are not part of it.
    pain_mm, ptga_mm : float, array or Series
        Pain and patient's global in mm, 0 to 100.
    form_rounding : bool
        Round function (item sum over 3) to one decimal, as the table printed on the form does.

    Returns
    -------
    Series
        0 to 30, unrounded; missing where any part is.

    Raises
    ------
    KeyError, ValueError
        A column is absent; a value outside its range; rows that do not match.

    References
    ----------
    Pincus T, Swearingen CJ, Bergman M, Yazici Y. J Rheumatol 2008;35:2136-47. doi:10.3899/jrheum.080182

    Examples
    --------
    >>> items = pd.DataFrame([[1, 1, 1, 1, 1, 0, 0, 0, 0, 0]], columns=MDHAQ_ITEMS)
    >>> rapid3(items, 20, 23).round(4).item(), rapid3(items, 20, 23, form_rounding=True).round(4).item()
    (5.9667, 6.0)
    """
    function = _columns(items, MDHAQ_ITEMS).sum(axis=0) / 3
    if form_rounding:
        function = np.floor(settle(function * 10) + 0.5) / 10
    inputs = {"function": pd.Series(function, index=items.index), "pain_mm": pain_mm, "ptga_mm": ptga_mm}
    limits = {"function": Limits(0, 10), "pain_mm": RANGES["pain_mm"], "ptga_mm": RANGES["ptga_mm"]}
    return as_numbers(*evaluate(lambda f, pain, ptga: f + pain / 10 + ptga / 10, inputs, limits=limits))


def rapid3_state(score: ArrayLike) -> Any:
    """RAPID3 severity: near remission up to 3, low up to 6, moderate up to 12, high above.

    Parameters
    ----------
    score : float, array or Series
        The unrounded RAPID3, 0 to 30.

    Returns
    -------
    str, Categorical or Series
        "near_remission" < "low" < "moderate" < "high"; NA where the score is missing.

    Examples
    --------
    >>> rapid3_state(3.0), rapid3_state(3.1), rapid3_state(12.1)
    ('near_remission', 'low', 'high')
    """

    def kernel(values: np.ndarray) -> np.ndarray:
        codes = np.searchsorted(RAPID3_CUTOFFS, settle(values), side="left").astype(np.int8)
        codes[np.isnan(values)] = -1
        return codes

    return category(kernel, RAPID3_STATES, rapid3=score)


def facit_fatigue(
    items: pd.DataFrame,
    *,
    min_answered: int = FACIT_MIN_ANSWERED,
    positive_items: tuple[int, ...] = FACIT_POSITIVE_ITEMS,
) -> pd.Series:
    """FACIT-Fatigue, pro-rated: higher means less fatigue.

    Parameters
    ----------
    items : DataFrame
        Raw answers ``facit_1`` to ``facit_13`` in the order of the form, whole numbers 0 (not at all) to 4.
    min_answered : int
        Items that must be answered: more than half, 7 of 13 (from memory of the scoring manual).
    positive_items : tuple of int
        Items scored as answered; all others are reversed.

    Returns
    -------
    Series
        0 to 52, unrounded; missing with fewer answers.

    Raises
    ------
    KeyError, ValueError
        A column is absent; an answer other than 0 to 4.

    References
    ----------
    Cella D, Yount S, Sorensen M, et al. J Rheumatol 2005;32:811-9.

    Examples
    --------
    >>> answers = pd.DataFrame([[0] * 6 + [4, 4] + [0] * 5], columns=FACIT_ITEMS)
    >>> facit_fatigue(answers).item()
    52.0
    """
    raw = _columns(items, FACIT_ITEMS)
    reverse = np.array([i not in positive_items for i in range(1, 14)])[:, None]
    scored = np.where(reverse, 4 - raw, raw)
    answered = (~np.isnan(scored)).sum(axis=0)
    enough = (answered >= min_answered) & (answered > 0)
    total = np.nansum(scored, axis=0) * len(FACIT_ITEMS)
    return pd.Series(
        np.divide(total, answered, out=np.full(len(items), np.nan), where=enough), index=items.index
    )


def sf36_summary(domains: pd.DataFrame) -> pd.DataFrame:
    """SF-36 version 2 physical and mental component summaries, and norm-based domain scores.

    Parameters
    ----------
    domains : DataFrame
        Domain scores 0 to 100 in ``sf36_pf, sf36_rp, sf36_bp, sf36_gh, sf36_vt, sf36_sf, sf36_re, sf36_mh``, scored
        from the items by the licence manual.

    Returns
    -------
    DataFrame
        ``pcs`` and ``mcs`` (mean 50, SD 10 in the United States 1998 population; missing unless all eight domains
        are there) and ``<domain>_norm`` (``50 + 10 z``).

    Raises
    ------
    KeyError, ValueError
        A column is absent; a score outside 0 to 100.

    References
    ----------
    Ware JE, Kosinski M, Dewey JE. How to Score Version 2 of the SF-36 Health Survey. Lincoln: QualityMetric; 2000.

    Examples
    --------
    >>> sf36_summary(pd.DataFrame([[100.0] * 8], columns=SF36_DOMAINS))[["pcs", "mcs"]].round(4)
           pcs      mcs
    0  59.0145  62.2767
    """
    z = (_columns(domains, SF36_DOMAINS).T - SF36_MEAN) / SF36_SD
    norms = {f"{name}_norm": 50 + 10 * z[:, i] for i, name in enumerate(SF36_DOMAINS)}
    summary = {
        "pcs": 50 + 10 * (z * SF36_PHYSICAL).sum(axis=1),
        "mcs": 50 + 10 * (z * SF36_MENTAL).sum(axis=1),
    }
    return pd.DataFrame(summary | norms, index=domains.index)


def pain_response(baseline: ArrayLike, followup: ArrayLike) -> pd.DataFrame:
    """Change of pain and the usual responder definitions.

    Parameters
    ----------
    baseline, followup : float, array or Series
        Pain in mm, 0 to 100.

    Returns
    -------
    DataFrame
        ``change_mm``; ``percent_improvement`` (missing from a baseline of 0); ``mcii`` (20 mm or more better),
        ``moderate`` (30 % or more) and ``substantial`` (50 % or more) as True, False, NA.

    References
    ----------
    Ward MM, Guthrie LC, Alba MI. Ann Rheum Dis 2015;74:1691-6. doi:10.1136/annrheumdis-2013-205079
    Dworkin RH, Turk DC, Wyrwich KW, et al. J Pain 2008;9:105-21. doi:10.1016/j.jpain.2007.09.005

    Examples
    --------
    >>> pain_response(60, 40).round(1)
       change_mm  percent_improvement  mcii  moderate  substantial
    0      -20.0                 33.3  True      True        False
    """
    aligned = align({"baseline": baseline, "followup": followup})
    before, after = (a.astype(np.float64) for a in aligned.arrays.values())
    for name, values in (("baseline", before), ("followup", after)):
        check(name, values, aligned.index, limits=RANGES["pain_mm"])
    improvement = settle(before - after)
    percent = settle(
        np.divide(improvement * 100, before, out=np.full(aligned.length, np.nan), where=before > 0)
    )
    columns = {
        "change_mm": after - before,
        "percent_improvement": percent,
        "mcii": boolean(known(improvement >= 20, improvement)),
        "moderate": boolean(known(percent >= 30, percent)),
        "substantial": boolean(known(percent >= 50, percent)),
    }
    return pd.DataFrame(columns, index=aligned.index)
