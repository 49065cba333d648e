"""Bohan and Peter criteria and clinically amyopathic dermatomyositis."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.scoring.flags import (
    all_true,
    any_true,
    boolean,
    count_range,
    decided,
    flag_matrix,
    require_columns,
)
from analysis.scoring.ranges import Limits
from analysis.scoring.vectors import check, ordered, to_floats
from analysis.thresholds import settle

BOHAN_PETER_ITEMS = ("weakness", "enzymes", "emg", "biopsy")
CERTAINTY = ordered("none", "possible", "probable", "definite")
_DM_LEVEL = np.array([0, 1, 2, 3, 3])  # by number of items beside the rash
_PM_LEVEL = np.array([0, 0, 1, 2, 3])
CADM_TESTS = ("enzymes", "emg", "mri", "biopsy")
CADM_EXCLUSIONS = ("early_immunosuppression", "drug_induced")
CADM_TYPES = ("ADM", "HDM", "premyopathic", "classic", "excluded", "no_rash")
CADM_MONTHS = 6.0


def bohan_peter(patients: pd.DataFrame) -> pd.DataFrame:
    """Bohan and Peter criteria for dermatomyositis and polymyositis.

    With the rash: definite with three of the four other items, probable with two, possible with one. Without it
    (polymyositis): definite with four, probable with three, possible with two.

    Parameters
    ----------
    patients : DataFrame
        Yes (1), no (0) or missing in ``rash`` (heliotrope, Gottron), ``weakness`` (symmetric, proximal), ``enzymes``
        (elevated), ``emg`` (myopathic triad) and ``biopsy`` (compatible).

    Returns
    -------
    DataFrame
        ``n_met`` and ``n_possible`` of the four items; ``disease`` ("DM", "PM"; NA without a decision); ``certainty``
        ("none" < "possible" < "probable" < "definite"; NA where missing items leave more than one open) and
        ``definite_or_probable`` (True, False, NA), what trials accept.

    Raises
    ------
    KeyError, ValueError
        A column is absent; a value that is neither yes nor no.

    References
    ----------
    Bohan A, Peter JB. N Engl J Med 1975;292:344-7. doi:10.1056/NEJM197502132920706
    Bohan A, Peter JB. N Engl J Med 1975;292:403-7. doi:10.1056/NEJM197502202920807

    Examples
    --------
    >>> patients = pd.DataFrame([[1, 1, 1, 1, None]], columns=["rash", "weakness", "enzymes", "emg", "biopsy"])
    >>> bohan_peter(patients)
       n_met  n_possible disease certainty  definite_or_probable
    0      3           4      DM  definite                  True
    """
    met, possible, rash = _items_met(patients)
    lowest = np.where(rash == 1, _DM_LEVEL[met], _PM_LEVEL[met])
    highest = np.where(rash == 0, _PM_LEVEL[possible], _DM_LEVEL[possible])
    certainty = np.where(lowest == highest, lowest, -1)
    enough = np.where(lowest >= 2, 1.0, np.where(highest < 2, 0.0, np.nan))
    disease = np.select([(lowest == 0) | np.isnan(rash), rash == 1], [-1, 0], 1)
    columns = {
        "n_met": met,
        "n_possible": possible,
        "disease": pd.Categorical.from_codes(disease, categories=["DM", "PM"]),
        "certainty": pd.Categorical.from_codes(certainty, dtype=CERTAINTY),
        "definite_or_probable": boolean(enough),
    }
    return pd.DataFrame(columns, index=patients.index)


def _items_met(patients: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How many of the four items are met at least and at most, and the rash."""
    met, possible = count_range(flag_matrix(patients, BOHAN_PETER_ITEMS))
    return met, possible, flag_matrix(patients, ("rash",))[0]


def dermatomyositis_by_items(patients: pd.DataFrame, *, at_least: str) -> pd.Series:
    """Whether dermatomyositis (the rash among its signs) reaches a certainty of Bohan and Peter.

    Parameters
    ----------
    patients : DataFrame
        As for `bohan_peter`.
    at_least : {"possible", "probable", "definite"}
        The certainty asked for.

    Returns
    -------
    Series
        True, False, or NA where missing items leave it open.

    Examples
    --------
    >>> patients = pd.DataFrame([[1, 1, 1, 0, None]], columns=["rash", "weakness", "enzymes", "emg", "biopsy"])
    >>> [dermatomyositis_by_items(patients, at_least=level).tolist() for level in ("probable", "definite")]
    [[True], [<NA>]]
    """
    met, possible, rash = _items_met(patients)
    needed = list(CERTAINTY.categories).index(at_least)
    enough = decided(_DM_LEVEL[met], _DM_LEVEL[possible], needed)
    return boolean(all_true(np.stack([rash, enough])), patients.index)


def cadm(
    patients: pd.DataFrame,
    *,
    min_months: float = CADM_MONTHS,
    required_tests: tuple[str, ...] = ("enzymes",),
    exclusions: tuple[str, ...] = CADM_EXCLUSIONS,
) -> pd.DataFrame:
    """Clinically amyopathic dermatomyositis (CADM) by the revised Sontheimer criteria.

    Amyopathic (ADM): hallmark rash for six months or more without clinical or laboratory evidence of muscle disease.
    Hypomyopathic (HDM): the same without weakness, but with evidence by enzymes, EMG, MRI or biopsy. CADM is either.

    Parameters
    ----------
    patients : DataFrame
        ``hallmark_rash``, ``weakness`` and the tests ``enzymes``, ``emg``, ``mri``, ``biopsy`` (1 abnormal, 0 normal,
        missing not done); ``rash_months`` since onset; the exclusions ``early_immunosuppression`` (systemic, two
        consecutive months or more within the first six months) and ``drug_induced`` (a drug that causes such a rash),
        where missing is not known, never "not excluded".
    min_months : float
        Duration from which CADM is diagnosed; below it the disease is premyopathic.
    required_tests : tuple of str
        Tests that must be normal, not only not done, to call the disease amyopathic. A choice of this project.
    exclusions : tuple of str
        Columns that exclude CADM (from secondary sources); a study that does not record them says so by leaving
        them out here.

    Returns
    -------
    DataFrame
        ``type``: "ADM", "HDM", "premyopathic", "classic" (with weakness: to be classified by Bohan and Peter),
        "excluded", "no_rash", or NA where missing findings leave it open; ``cadm``: True, False, NA.

    Raises
    ------
    KeyError, ValueError
        A column is absent; a duration outside 0 to 1200 months; a value that is neither yes nor no.

    References
    ----------
    Sontheimer RD. J Am Acad Dermatol 2002;46:626-36. doi:10.1067/mjd.2002.120621

    Examples
    --------
    >>> columns = ["hallmark_rash", "rash_months", "weakness", "enzymes", "emg", "mri", "biopsy"]
    >>> patients = pd.DataFrame([[1, 8, 0, 0, 0, 0, None], [1, 8, 0, 1, 0, 0, None]], columns=columns)
    >>> cadm(patients.assign(early_immunosuppression=0, drug_induced=0))["type"].tolist()
    ['ADM', 'HDM']
    """
    rash, weak = flag_matrix(patients, ("hallmark_rash", "weakness"))
    excluded = any_true(flag_matrix(patients, exclusions))
    long_enough = _duration(patients, min_months)
    evidence = _muscle_evidence(patients, required_tests)
    known_type = [
        (rash == 0, 5), (np.isnan(rash), -1), (excluded == 1, 4), (np.isnan(excluded), -1),
        (weak == 1, 3), (np.isnan(weak), -1), (long_enough == 0, 2), (np.isnan(long_enough), -1),
        (evidence == 1, 1), (evidence == 0, 0),
    ]  # fmt: skip
    codes = np.select([c for c, _ in known_type], [v for _, v in known_type], -1)
    no = (rash == 0) | (excluded == 1) | (weak == 1) | (long_enough == 0)
    open_question = np.isnan(rash) | np.isnan(excluded) | np.isnan(weak) | np.isnan(long_enough)
    answer = np.where(no, 0.0, np.where(open_question, np.nan, 1.0))
    types = pd.Categorical.from_codes(codes, categories=list(CADM_TYPES))
    return pd.DataFrame({"type": types, "cadm": boolean(answer)}, index=patients.index)


def _duration(patients: pd.DataFrame, min_months: float) -> np.ndarray:
    """Whether the rash has lasted long enough: 1, 0, NaN."""
    require_columns(patients, ["rash_months"])
    months = to_floats(patients["rash_months"], "rash_months").astype(np.float64)
    check("rash_months", months, patients.index, limits=Limits(0, 1200, "months"))
    return np.where(np.isnan(months), np.nan, settle(months) >= min_months)


def _muscle_evidence(patients: pd.DataFrame, required_tests: tuple[str, ...]) -> np.ndarray:
    """Subclinical muscle disease: yes with any abnormal test, no if the required ones are normal."""
    tests = flag_matrix(patients, CADM_TESTS, optional=CADM_TESTS)
    needed = [CADM_TESTS.index(t) for t in required_tests]
    normal = any_true(tests[needed]) if needed else np.zeros(len(patients))
    return np.where((tests == 1).any(axis=0), 1.0, np.where(np.isnan(normal), np.nan, 0.0))
