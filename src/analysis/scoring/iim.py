"""2017 EULAR/ACR classification criteria for idiopathic inflammatory myopathies."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.scoring.flags import boolean, flag_matrix, require_columns
from analysis.scoring.ranges import Limits
from analysis.scoring.vectors import check, nearest, ordered, to_floats

# Weights in tenths, without and with muscle biopsy.
IIM_WEIGHTS = {
    "weak_upper_limbs": (7, 7),
    "weak_lower_limbs": (8, 5),
    "weak_neck_flexors": (19, 16),
    "weak_proximal_legs": (9, 12),
    "heliotrope": (31, 32),
    "gottron_papules": (21, 27),
    "gottron_sign": (33, 37),
    "dysphagia": (7, 6),
    "anti_jo1": (39, 38),
    "enzymes_elevated": (13, 14),
    "biopsy_endomysial": (0, 17),
    "biopsy_perimysial": (0, 12),
    "biopsy_perifascicular_atrophy": (0, 19),
    "biopsy_rimmed_vacuoles": (0, 31),
}
IIM_ITEMS = tuple(IIM_WEIGHTS)
IIM_BIOPSY_ITEMS = IIM_ITEMS[10:]
IIM_SUBGROUP_ITEMS = ("finger_flexor_weakness", "no_treatment_response")
ADULT_AGE, LATE_AGE = 18.0, 40.0
AGE_WEIGHTS = {"adult": (13, 15), "late": (21, 22)}
CUTOFFS = np.array([[53, 65], [55, 67], [75, 87]])  # possible, probable, definite
PROBABILITY_OFFSET = (5.33, 6.49)
IIM_CATEGORIES = ordered("not_iim", "possible", "probable", "definite")
IIM_SUBGROUPS = ("DM", "ADM", "PM", "IBM", "JDM", "juvenile_myositis_other")


def iim_2017(patients: pd.DataFrame, *, missing_items: str = "absent") -> pd.DataFrame:
    """2017 EULAR/ACR criteria: score, probability, category, whether a biopsy is needed, and subgroup.

    Parameters
    ----------
    patients : DataFrame
        ``age_at_onset`` (years, first symptom), ``biopsy_done`` (1, 0) and yes (1), no (0) or missing for the items
        of `IIM_ITEMS`, present at any time and not better explained: ``weak_upper_limbs``, ``weak_lower_limbs``
        (objective, symmetric, proximal), ``weak_neck_flexors`` (weaker than extensors), ``weak_proximal_legs``
        (weaker than distal), ``heliotrope``, ``gottron_papules``, ``gottron_sign``, ``dysphagia``, ``anti_jo1``,
        ``enzymes_elevated`` (CK, LDH, AST or ALT above its limit) and, where a biopsy was done,
        ``biopsy_endomysial``, ``biopsy_perimysial``, ``biopsy_perifascicular_atrophy``, ``biopsy_rimmed_vacuoles``.
        Optional, for inclusion body myositis: ``finger_flexor_weakness``, ``no_treatment_response``.
    missing_items : {"absent", "unknown"}
        An item not examined scores 0, as the criteria's calculator does (from memory), or leaves no score.

    Returns
    -------
    DataFrame
        ``score``; ``probability`` (for display only: constants from memory, and not what decides); ``category`` by
        the score's cut-offs ("not_iim" < "possible" < "probable" < "definite": 5.3, 5.5, 7.5 without and 6.5, 6.7,
        8.7 with biopsy); ``biopsy_required`` (no typical rash and no biopsy: cannot be classified without one);
        ``subgroup`` for probable and definite cases that need no biopsy (tree from memory); ``items_missing`` items.

    Raises
    ------
    KeyError, ValueError
        A column is absent; an age outside 0 to 120; a value that is neither yes nor no.

    References
    ----------
    Lundberg IE, Tjarnlund A, Bottai M, et al. Ann Rheum Dis 2017;76:1955-64. doi:10.1136/annrheumdis-2017-211468

    Examples
    --------
    >>> patients = pd.DataFrame([dict.fromkeys(IIM_ITEMS, 0)]).assign(age_at_onset=45, biopsy_done=0,
    ...     weak_upper_limbs=1, heliotrope=1, anti_jo1=1)
    >>> iim_2017(patients)[["score", "category", "subgroup"]]
       score  category subgroup
    0    9.8  definite       DM
    """
    if missing_items not in ("absent", "unknown"):
        raise ValueError(
            f"unknown missing_items {missing_items!r}{nearest(missing_items, ('absent', 'unknown'))}"
        )
    require_columns(patients, ["age_at_onset"])
    age = to_floats(patients["age_at_onset"], "age_at_onset").astype(np.float64)
    check("age_at_onset", age, patients.index, limits=Limits(0, 120, "years"))
    biopsy = flag_matrix(patients, ("biopsy_done",))[0] == 1
    items = flag_matrix(patients, IIM_ITEMS, optional=IIM_BIOPSY_ITEMS)
    asked = np.array([i not in IIM_BIOPSY_ITEMS for i in IIM_ITEMS])[:, None] | biopsy
    items_missing = (np.isnan(items) & asked).sum(axis=0)
    tenths = _score(age, items, biopsy)
    if missing_items == "unknown":
        tenths = np.where(items_missing > 0, np.nan, tenths)
    return _classify(patients, tenths, biopsy, items_missing)


def _score(age: np.ndarray, items: np.ndarray, biopsy: np.ndarray) -> np.ndarray:
    """The sum of weights in tenths; missing without an age."""
    weights = np.array(list(IIM_WEIGHTS.values()))
    column = biopsy.astype(int)
    age_points = np.select(
        [np.isnan(age), age >= LATE_AGE, age >= ADULT_AGE],
        [np.nan, np.take(AGE_WEIGHTS["late"], column), np.take(AGE_WEIGHTS["adult"], column)],
        0.0,
    )
    return age_points + ((items == 1) * weights[:, column]).sum(axis=0)


def _classify(
    patients: pd.DataFrame, tenths: np.ndarray, biopsy: np.ndarray, items_missing: np.ndarray
) -> pd.DataFrame:
    column = biopsy.astype(int)
    level = (tenths >= CUTOFFS[:, column]).sum(axis=0)
    codes = np.where(np.isnan(tenths), -1, level).astype(np.int8)
    rash = (flag_matrix(patients, ("heliotrope", "gottron_papules", "gottron_sign")) == 1).any(axis=0)
    required = ~rash & ~biopsy
    columns = {
        "score": tenths / 10,
        "probability": 1 / (1 + np.exp(np.take(PROBABILITY_OFFSET, column) - tenths / 10)),
        "category": pd.Categorical.from_codes(codes, dtype=IIM_CATEGORIES),
        "biopsy_required": boolean(required.astype(np.float64)),
        "subgroup": _subgroup(patients, rash, classified=(codes >= 2) & ~required),
        "items_missing": items_missing,
    }
    return pd.DataFrame(columns, index=patients.index)


def _subgroup(patients: pd.DataFrame, rash: np.ndarray, *, classified: np.ndarray) -> pd.Categorical:
    """Dermatomyositis, amyopathic, polymyositis, inclusion body or juvenile myositis."""
    adult = to_floats(patients["age_at_onset"], "age_at_onset") >= ADULT_AGE
    weak = (flag_matrix(patients, IIM_ITEMS[:4]) == 1).any(axis=0)
    vacuoles = (
        flag_matrix(patients, ("biopsy_rimmed_vacuoles",), optional=("biopsy_rimmed_vacuoles",))[0] == 1
    )
    fingers = (flag_matrix(patients, IIM_SUBGROUP_ITEMS, optional=IIM_SUBGROUP_ITEMS) == 1).all(axis=0)
    codes = np.select(
        [~classified, adult & rash & weak, adult & rash, adult & (vacuoles | fingers), adult, rash],
        [-1, 0, 1, 3, 2, 4],
        5,
    )
    return pd.Categorical.from_codes(codes, categories=list(IIM_SUBGROUPS))
