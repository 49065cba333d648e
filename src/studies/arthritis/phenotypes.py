"""Phenotypes at entry: named variables, Gower distance, medoids; how many groups, how stable, what sets them apart."""

from typing import Any

import numpy as np
import pandas as pd

from analysis import phenotypes
from analysis.language import tr
from studies.arthritis.settings import Phenotypes


def phenotype_variables(subjects: pd.DataFrame, *, variables: Any) -> pd.DataFrame:
    """The variables that define phenotypes, by participant.

    Parameters
    ----------
    subjects : DataFrame
        What is known at baseline, by participant of the analysis set.
    variables : sequence of NamedVariable or PhenotypeVariable
        In the order of display; ``log``: the natural logarithm of the value plus one.

    Returns
    -------
    DataFrame
        Numbers as floats, yes/no as text, so that Gower's distance takes them as categories.
    """
    columns = {}
    for entry in variables:
        values = subjects[entry.variable]
        if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
            text = values.astype("string")
            columns[entry.variable] = text.replace({"True": "yes", "False": "no"}).astype("object")
        else:
            number = values.astype(float)
            columns[entry.variable] = np.log1p(number) if getattr(entry, "log", False) else number
    return pd.DataFrame(columns, index=subjects.index)


def find_phenotypes(variables: pd.DataFrame, *, setting: Phenotypes, seed: int) -> dict:
    """Choose the number of groups by the stated rule, divide, and say how stable the groups are.

    Parameters
    ----------
    variables : DataFrame
        From `phenotype_variables`.
    setting : Phenotypes
        Numbers of groups and how one is chosen.
    seed : int
        For the resamples.

    Returns
    -------
    dict
        `choice` (comparison of numbers of groups), `n_groups`, `labels` (phenotype by participant), `stability`.
    """
    distance = phenotypes.gower_distance(variables)
    choice = phenotypes.choose_number(
        distance, candidates=setting.candidates, smallest_share=setting.smallest_share
    )
    chosen = choice.loc[choice["chosen"], "n_groups"]
    n_groups = int(chosen.iloc[0]) if len(chosen) else int(setting.fallback)
    labels = phenotypes.divide(distance, n_groups=n_groups).labels
    stability = phenotypes.assess_stability(
        distance, n_groups=n_groups, n_resamples=setting.n_resamples, seed=seed
    )
    return {
        "choice": choice,
        "n_groups": n_groups,
        "labels": labels,
        "stability": stability,
    }


def heat_map_sizes(stability: pd.DataFrame) -> pd.DataFrame:
    """Size and stability of the phenotypes as `figures.cluster_profiles` reads them: `cluster`, `n`, `stability`."""
    named = stability.rename(columns={"jaccard": "stability"})
    return named.assign(cluster=_names(named["phenotype"]))


def _names(numbers: pd.Series) -> list[str]:
    """What phenotypes are called in figures, by their numbers."""
    return [tr("Phenotype {n}", n=n) for n in numbers]


def heat_map_rows(profiles: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """Profiles as `figures.cluster_profiles` reads them: distance from all in standard deviations.

    Parameters
    ----------
    profiles : DataFrame
        From `analysis.phenotypes.profile_groups`; of a category only the level yes (or women) is shown.
    labels : mapping
        What each variable is called.

    Returns
    -------
    DataFrame
        `measure`, `cluster`, `value`.
    """
    level = profiles["level"].fillna("")
    drawn = profiles[level.isin(["", "yes", "F"])]
    return pd.DataFrame(
        {
            "measure": drawn["variable"].map(labels).fillna(drawn["variable"]),
            "cluster": _names(drawn["phenotype"]),
            "value": drawn["standardised"].astype(float),
        }
    )
