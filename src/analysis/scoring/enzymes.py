"""The most abnormal muscle enzyme of the IMACS core set."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.scoring.core_set import ENZYMES, enzyme_key
from analysis.scoring.ranges import RANGES
from analysis.scoring.vectors import check, to_floats
from analysis.thresholds import settle


def most_abnormal_enzyme(enzymes: pd.DataFrame) -> pd.DataFrame:
    """Choose the enzyme with the highest multiple of its upper limit of normal.

    Parameters
    ----------
    enzymes : DataFrame
        One row per patient at baseline, with ``<enzyme>_u_l`` and ``<enzyme>_uln`` (U/L) for any of ck, ald, ldh,
        ast, alt. The upper limit is that of the laboratory, the sex and the date of the sample; an enzyme without it
        is not looked at.

    Returns
    -------
    DataFrame
        ``enzyme_name`` (CK, ALD, LDH, AST, ALT; ties in that order), ``enzyme_u_l``, ``enzyme_uln``,
        ``enzyme_xuln`` and ``enzyme_normal`` (the highest multiple is 1 or less; the enzyme is still named).
        Follow the chosen enzyme at all later visits.

    Raises
    ------
    KeyError
        No enzyme has both its columns.
    ValueError
        A value outside its range.

    References
    ----------
    Miller FW, Rider LG, Chung YL, et al. Rheumatology 2001;40:1262-73. doi:10.1093/rheumatology/40.11.1262

    Examples
    --------
    >>> enzymes = pd.DataFrame({"ck_u_l": [150], "ck_uln": [200], "ldh_u_l": [330], "ldh_uln": [250]})
    >>> most_abnormal_enzyme(enzymes)
      enzyme_name  enzyme_u_l  enzyme_uln  enzyme_xuln  enzyme_normal
    0         LDH       330.0       250.0         1.32          False
    """
    names = [e for e in ENZYMES if {f"{e.lower()}_u_l", f"{e.lower()}_uln"} <= set(enzymes.columns)]
    if not names:
        raise KeyError("no enzyme found; expected columns such as ck_u_l and ck_uln")
    values = np.stack([_checked(enzymes, e, "u_l") for e in names])
    limits = np.stack([_checked(enzymes, e, "uln") for e in names])
    multiples = settle(values / limits)
    missing = np.isnan(multiples).all(axis=0)
    place = np.argmax(np.where(np.isnan(multiples), -np.inf, multiples), axis=0)
    rows = np.arange(len(enzymes))
    picked = {"enzyme_u_l": values, "enzyme_uln": limits, "enzyme_xuln": multiples}
    columns = {k: np.where(missing, np.nan, v[place, rows]) for k, v in picked.items()}
    chosen = pd.Series(np.array(names, dtype=object)[place], index=enzymes.index, dtype="str").mask(missing)
    normal = pd.arrays.BooleanArray(columns["enzyme_xuln"] <= 1, missing)
    return pd.DataFrame({"enzyme_name": chosen} | columns | {"enzyme_normal": normal}, index=enzymes.index)


def followed_enzyme(visits: pd.DataFrame, enzyme_name: pd.Series) -> pd.DataFrame:
    """The enzyme chosen at baseline, looked up at another visit.

    Parameters
    ----------
    visits : DataFrame
        One row per patient, columns as for `most_abnormal_enzyme`.
    enzyme_name : Series
        Enzyme by patient, as `most_abnormal_enzyme` gives it; the same index as `visits`.

    Returns
    -------
    DataFrame
        ``enzyme_name``, ``enzyme_u_l`` and ``enzyme_uln``; the numbers are missing where the enzyme was not measured.

    Raises
    ------
    ValueError
        Different patients, an unknown enzyme, or a value outside its range.

    Examples
    --------
    >>> week_24 = pd.DataFrame({"ck_u_l": [600], "ck_uln": [200], "ldh_u_l": [900], "ldh_uln": [250]})
    >>> followed_enzyme(week_24, pd.Series(["CK"]))
      enzyme_name  enzyme_u_l  enzyme_uln
    0          CK       600.0       200.0
    """
    if not enzyme_name.index.equals(visits.index):
        raise ValueError(
            "enzyme_name and visits do not have the same index; align both to the same patients first"
        )
    names = enzyme_name.map({name: enzyme_key(name) for name in enzyme_name.dropna().unique()})
    columns = {"enzyme_name": names}
    for what in ("u_l", "uln"):
        picked = np.full(len(visits), np.nan)
        for enzyme in names.dropna().unique():
            if f"{enzyme.lower()}_{what}" in visits.columns:
                picked = np.where((names == enzyme).fillna(False), _checked(visits, enzyme, what), picked)
        columns[f"enzyme_{what}"] = picked
    return pd.DataFrame(columns, index=visits.index)


def _checked(enzymes: pd.DataFrame, enzyme: str, what: str) -> np.ndarray:
    column = f"{enzyme.lower()}_{what}"
    values = to_floats(enzymes[column], column).astype(np.float64)
    check(column, values, enzymes.index, limits=RANGES[f"enzyme_{what}"])
    return values
