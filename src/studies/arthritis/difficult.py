"""Difficult-to-treat RA at entry: criteria, sub-items, mechanisms failed."""

import pandas as pd

ITEMS = {
    "c1": "1 Failure of treatment",
    "c2": "2 Active or symptomatic disease",
    "c2a": "2a At least moderate disease activity",
    "c2b": "2b Signs or symptoms of active disease",
    "c2c": "2c Glucocorticoids cannot be tapered below 7.5 mg/day",
    "c2d": "2d Rapid radiographic progression",
    "c2e": "2e Quality of life reduced by symptoms despite control",
    "c3": "3 Management perceived as problematic",
    "c3_doc": "by the rheumatologist",
    "c3_pt": "by the patient",
    "csdmard_failed": "csDMARD failed before",
    "contraindicated": "csDMARD contraindicated",
    "access_restricted": "Access to treatment restricted",
}
SUB_ITEMS = ("c2a", "c2b", "c2c", "c2d", "c2e")


def difficult_rule(criteria: dict) -> dict:
    """The criterion of the study's list that asks for difficult-to-treat RA, with its settings and index date.

    Raises
    ------
    KeyError
        When no criterion uses the rule ``d2t_eular``.
    """
    for criterion in criteria.get("criteria", []):
        if criterion["rule"] == "d2t_eular":
            return criterion
    raise KeyError("the study's criteria hold none with the rule 'd2t_eular'")


def classify_difficult(tables, criteria: dict) -> pd.DataFrame:
    """Every screened subject by `analysis.eligibility.d2t`, with the study's own settings, by subject id."""
    from analysis import eligibility
    from analysis.datasets.screening import tables_at_screening

    rule = difficult_rule(criteria)
    known = tables_at_screening(tables, tables["assessments"], tables["scores"])
    return eligibility.d2t(known, rule["index_date"], settings=rule["settings"])


def count_items(found: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """How many meet, do not meet, or cannot be judged by each criterion and sub-item.

    Returns
    -------
    DataFrame
        `variable`, `label`, `n` (of the analysis set), `count` (met), `not_met`, `n_missing` (not decided),
        `proportion` of all `n`, `decided_share` of those decided.
    """
    lines = []
    for item, label in ITEMS.items():
        flags = found[item].reindex(ids).astype("boolean")
        met = int(flags.fillna(False).sum())
        lines.append(
            {
                "variable": item,
                "label": label,
                "n": len(ids),
                "count": met,
                "not_met": int((~flags).fillna(False).sum()),
                "n_missing": int(flags.isna().sum()),
                "proportion": met / len(ids) if len(ids) else float("nan"),
                "decided_share": met / flags.notna().sum() if flags.notna().any() else float("nan"),
            }
        )
    return pd.DataFrame(lines)


def sub_item_flags(found: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """Sub-items of criterion 2 for the figure of combinations, with "not decided" as a set of its own where it occurs.

    A missing answer is not taken for a no: it shows as a set of its own, so that nobody drops out of the figure.

    Examples
    --------
    >>> found = pd.DataFrame({item: pd.array([True, None], dtype="boolean") for item in SUB_ITEMS})
    >>> sub_item_flags(found, found.index)["c2d_open"].tolist()
    [False, True]
    """
    flags = found.reindex(ids)[list(SUB_ITEMS)].astype("boolean")
    undecided = flags.isna().add_suffix("_open").astype("boolean")
    return flags.fillna(False).join(undecided.loc[:, undecided.any()])


def sub_item_labels(flags: pd.DataFrame) -> dict[str, str]:
    """What the sets of `sub_item_flags` are called, those not decided last."""
    return {
        name: ITEMS[name] if name in ITEMS else f"({ITEMS[name.removesuffix('_open')][:2]} not decided)"
        for name in flags
    }


def count_levels(values: pd.Series, ids: pd.Index, *, variable: str, levels) -> pd.DataFrame:
    """How many have each level of a category or count: `variable`, `visit` (the level), `n`, `count`, `proportion`."""
    of_set = values.reindex(ids)
    lines = [
        {
            "variable": variable,
            "visit": str(level),
            "n": len(ids),
            "count": int(of_set.eq(level).sum()),
            "proportion": float(of_set.eq(level).sum()) / len(ids) if len(ids) else float("nan"),
        }
        for level in levels
    ]
    return pd.DataFrame(lines)


def mechanisms_failed(found: pd.DataFrame, *, most: int) -> pd.Series:
    """Mechanisms of action failed for sure, as text, `most` and more together.

    Examples
    --------
    >>> mechanisms_failed(pd.DataFrame({"n_moa": [2.0, 5.0]}), most=4).tolist()
    ['2 mechanisms', '4 or more mechanisms']
    """
    n = found["n_moa"]
    text = n.astype("Int64").astype("string") + " mechanisms"
    return text.mask(n.ge(most), f"{most} or more mechanisms").replace("1 mechanisms", "1 mechanism")
