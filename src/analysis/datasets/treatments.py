"""Drug courses coded, and glucocorticoids as prednisone equivalent per day."""

import pandas as pd

DOSES_A_DAY = {
    "once daily": 1,
    "twice daily": 2,
    "three times daily": 3,
    "every other day": 1 / 2,
    "twice weekly": 2 / 7,
    "weekly": 1 / 7,
    "every 2 weeks": 1 / 14,
    "every 4 weeks": 1 / 28,
    "every 8 weeks": 1 / 56,
}
MG = {"mg": 1.0, "g": 1000.0}


def code_treatments(treatments: pd.DataFrame) -> pd.DataFrame:
    """Code the drug names and add the daily glucocorticoid dose.

    Parameters
    ----------
    treatments : DataFrame
        One row per drug course, with `drug_raw` as written in the export.

    Returns
    -------
    DataFrame
        With `drug`, `class`, `moa`, `atc`, `coding` (unknown drugs stay, to be coded) and `prednisone_mg_day`:
        prednisone equivalent of a glucocorticoid course, NaN for other drugs, for a dose per kg and for a frequency
        without a daily dose (``once``: a pulse).
    """
    from analysis import drugs

    if "drug_raw" not in treatments:
        return treatments
    found = drugs.match(treatments["drug_raw"])
    kept = treatments.drop(columns=[name for name in found.columns if name in treatments])
    coded = kept.join(found)
    return coded.assign(prednisone_mg_day=_prednisone(coded))


def _prednisone(coded: pd.DataFrame) -> pd.Series:
    from analysis import scoring

    per_day = coded["dose"].astype(float) * coded["dose_unit"].map(MG) * coded["frequency"].map(DOSES_A_DAY)
    equivalent = pd.Series(float("nan"), index=coded.index)
    for name in coded.loc[coded["class"].eq("GC"), "drug"].dropna().unique():
        if name in scoring.PREDNISONE_5MG_EQUIVALENTS:
            of_drug = coded["drug"].eq(name)
            equivalent[of_drug] = scoring.prednisone_equivalent(per_day[of_drug], name)
    return equivalent
