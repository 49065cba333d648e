"""The six IMACS core set measures of myositis: columns, pairing of baseline and follow-up, most abnormal enzyme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.scoring.ranges import RANGES, Limits
from analysis.scoring.vectors import SHOWN, check, choose, nearest, to_floats

ENZYMES = ("CK", "ALD", "LDH", "AST", "ALT")
ENZYME_ALIASES = {
    **{e: e for e in ENZYMES},
    "ALDOLASE": "ALD",
    "CPK": "CK",
    "CREATINE KINASE": "CK",
    "SGOT": "AST",
    "SGPT": "ALT",
}
CORE_SET_COLUMNS = (
    "phga_mm",
    "ptga_mm",
    "mmt8",
    "haq_di",
    "enzyme_name",
    "enzyme_u_l",
    "enzyme_uln",
    "extramuscular_mm",
)
MEASURES = ("phga", "ptga", "mmt8", "haq_di", "enzyme", "extramuscular")
MMT_MAXIMA = (80, 150)
ENZYME_RULES = ("baseline", "each_visit")


@dataclass(frozen=True, slots=True)
class CoreSetPairs:
    """Core set measures of the same patients before and after, as float arrays in one order."""

    index: pd.Index
    baseline: dict[str, np.ndarray]
    followup: dict[str, np.ndarray]
    enzyme: np.ndarray  # position in ENZYMES, -1 where not known
    followup_enzyme: np.ndarray


def pair_core_set(
    baseline: pd.DataFrame, followup: pd.DataFrame, *, mmt_max: int, enzyme_rule: str = "baseline"
) -> CoreSetPairs:
    """Check and pair two frames of core set measures; the enzyme becomes a multiple of its upper limit of normal.

    Raises
    ------
    KeyError
        A column is absent.
    ValueError
        Different rows, a value out of range, an unknown enzyme, or another enzyme at follow-up than at baseline.
    """
    if mmt_max not in MMT_MAXIMA:
        raise ValueError(f"mmt_max is 80 (one side) or 150 (both sides), not {mmt_max!r}")
    choose(enzyme_rule, dict.fromkeys(ENZYME_RULES), "enzyme_rule")
    before, after = _same_rows(baseline, followup)
    names, later_names = _enzymes(before), _enzymes(after)
    if enzyme_rule == "baseline":
        _refuse_other_enzyme(names, later_names, before.index)
    return CoreSetPairs(
        before.index,
        _measures(before, names, mmt_max),
        _measures(after, later_names, mmt_max),
        names,
        later_names,
    )


def _same_rows(baseline: pd.DataFrame, followup: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    for name, frame in (("baseline", baseline), ("followup", followup)):
        if absent := [c for c in CORE_SET_COLUMNS if c not in frame.columns]:
            raise KeyError(
                f"{name}: column(s) absent: {', '.join(absent)}; expected {', '.join(CORE_SET_COLUMNS)}"
            )
    if baseline.index.equals(followup.index):
        return baseline, followup
    unique = baseline.index.is_unique and followup.index.is_unique
    if not unique or len(baseline) != len(followup) or not followup.index.isin(baseline.index).all():
        raise ValueError(
            f"baseline ({len(baseline)} rows) and follow-up ({len(followup)} rows) do not hold the same patients once "
            "each; reindex the follow-up to the baseline first"
        )
    return baseline, followup.reindex(baseline.index)


def _measures(frame: pd.DataFrame, enzyme: np.ndarray, mmt_max: int) -> dict[str, np.ndarray]:
    """Measures on their own scales (globals in mm, enzyme in multiples of its upper limit)."""
    limits = RANGES | {"mmt8": Limits(0, mmt_max, "points")}
    numbers = {}
    for column in (c for c in CORE_SET_COLUMNS if c != "enzyme_name"):
        values = to_floats(frame[column], column).astype(np.float64, copy=False)
        check(column, values, frame.index, limits=limits[column])
        numbers[column] = values
    multiple = numbers["enzyme_u_l"] / numbers["enzyme_uln"]
    return {
        "phga": numbers["phga_mm"],
        "ptga": numbers["ptga_mm"],
        "mmt8": numbers["mmt8"],
        "haq_di": numbers["haq_di"],
        "enzyme": np.where(enzyme < 0, np.nan, multiple),
        "extramuscular": numbers["extramuscular_mm"],
    }


def _enzymes(frame: pd.DataFrame) -> np.ndarray:
    """The position of each row's enzyme in ENZYMES, -1 where none is named."""
    codes, names = pd.factorize(frame["enzyme_name"], use_na_sentinel=True)
    places = np.array([ENZYMES.index(enzyme_key(n)) for n in names] + [-1], dtype=np.int64)
    return places[codes]


def enzyme_key(name: str) -> str:
    """CK, ALD, LDH, AST or ALT, from any case and the usual other names."""
    key = str(name).strip().upper()
    if key not in ENZYME_ALIASES:
        raise ValueError(f"unknown muscle enzyme{nearest(key, ENZYMES)}")
    return ENZYME_ALIASES[key]


def _refuse_other_enzyme(names: np.ndarray, later: np.ndarray, index: pd.Index) -> None:
    """The enzyme chosen at baseline is followed; another one at follow-up is an error."""
    other = np.flatnonzero((names >= 0) & (later >= 0) & (names != later))
    if other.size:
        rows = ", ".join(map(str, index[other[:SHOWN]])) + (", ..." if other.size > SHOWN else "")
        raise ValueError(
            f"{other.size} row(s) with another enzyme at follow-up than at baseline: {rows}; give the enzyme that was "
            'most abnormal at baseline at both visits, or choose enzyme_rule="each_visit"'
        )
