"""Drug courses coded, and glucocorticoids as prednisone equivalent per day."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

SITE = ("drug", "class", "moa", "atc")


def code_treatments(treatments: pd.DataFrame, own: Sequence[Mapping[str, Any]] | None = None) -> pd.DataFrame:
    """Code the drug names and add the daily glucocorticoid dose.

    Parameters
    ----------
    treatments : DataFrame
        One row per drug course, with `drug_raw` as written in the export, and `drug`, `class`, `moa`, `atc` where the
        site has coded them.
    own : sequence of mapping, optional
        The study's own list of drugs: `name`, `drug`, `class`, `moa`, `atc`. It goes before the dictionary.

    Returns
    -------
    DataFrame
        With `drug`, `class`, `moa`, `atc`, `coding` (coded, site, unknown, several, missing; what is not coded stays,
        its class unknown) and `prednisone_mg_day`: prednisone equivalent of a glucocorticoid, NaN for other drugs,
        for a dose per kg and for a frequency without a daily dose (``once``: a pulse; as needed). What the site coded
        rules, row by row and cell by cell; differences from the dictionary are queries (`coding_findings`).
    """
    if "drug_raw" not in treatments:
        return treatments
    coded, _ = coded_twice(treatments, own)
    kept = treatments.drop(columns=[name for name in coded.columns if name in treatments])
    joined = kept.join(coded)
    return joined.assign(prednisone_mg_day=_prednisone(joined))


def coded_twice(treatments: pd.DataFrame, own: Any = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Code every course by the site where it did, else by its name; and by its name alone.

    Returns
    -------
    tuple of DataFrame
        Both with the columns of `analysis.drugs.match`.
    """
    from analysis import drugs

    named = drugs.match(treatments["drug_raw"], drugs.own_names(own or ()))
    by_code = drugs.match(_site(treatments, "atc"))
    named = named.where(named["coding"].eq("coded") | by_code["coding"].ne("coded"), by_code)
    site = pd.DataFrame({name: _site(treatments, name) for name in SITE}, index=treatments.index)
    group = site["class"].where(site["class"].isin(drugs.CLASSES))
    meant = drugs.match(site["drug"])
    drug = meant["drug"].fillna(site["drug"])
    entry = meant.where(
        meant["coding"].eq("coded"), named.where(site["drug"].isna() | drug.eq(named["drug"]))
    )
    ruled = site["drug"].notna() | group.notna()
    raw = treatments["drug_raw"].astype("str")
    coded = pd.DataFrame(
        {
            "drug": drug.fillna(named["drug"]).fillna(raw.where(group.notna())),
            "class": group.fillna(entry["class"]).fillna("unknown"),
            "moa": site["moa"].fillna(entry["moa"]),
            "atc": site["atc"].fillna(entry["atc"]),
            "matched_on": named["matched_on"].mask(ruled, "site"),
            "matched_term": named["matched_term"].mask(ruled, drug.fillna(group)),
            "is_biosimilar": _biosimilar(treatments, named),
            "coding": named["coding"].mask(ruled, "site"),
        },
        index=treatments.index,
    )
    return coded, named


def _site(treatments, name):
    """What the site wrote in one of its columns; blank is missing."""
    if name not in treatments:
        return pd.Series(pd.NA, index=treatments.index, dtype="str")
    return treatments[name].astype("str").str.strip().replace("", pd.NA)


def _biosimilar(treatments, named):
    """Whether a product is a biosimilar: as the site says, else as the name tells."""
    if "is_biosimilar" not in treatments:
        return named["is_biosimilar"]
    return treatments["is_biosimilar"].astype("boolean").fillna(named["is_biosimilar"])


def _prednisone(coded: pd.DataFrame) -> pd.Series:
    from analysis import drugs, scoring

    blank = pd.Series(pd.NA, index=coded.index, dtype="str")
    dose, unit, words = (coded.get(name, blank) for name in ("dose", "dose_unit", "frequency"))
    per_day = drugs.milligrams(dose, unit) * drugs.doses_a_day(words)
    equivalent = pd.Series(float("nan"), index=coded.index)
    for name in coded.loc[coded["class"].eq("GC"), "drug"].dropna().unique():
        if name in scoring.PREDNISONE_5MG_EQUIVALENTS:
            of_drug = coded["drug"].eq(name)
            equivalent[of_drug] = scoring.prednisone_equivalent(per_day[of_drug], name)
    return equivalent


def coding_findings(treatments: pd.DataFrame, own: Any = None) -> pd.DataFrame:
    """Names that are not coded, and courses that the site coded otherwise than the dictionary, for the query log.

    Parameters
    ----------
    treatments, own
        As for `code_treatments`, before coding.

    Returns
    -------
    DataFrame
        As `analysis.read.with_queries` takes them. The message of a name that is not coded is the row to be filled in
        and added to the study's `drugs`.
    """
    if "drug_raw" not in treatments or treatments.empty:
        return pd.DataFrame()
    coded, named = coded_twice(treatments, own)
    return pd.concat([_uncoded(treatments, coded), _differing(treatments, coded, named)], ignore_index=True)


def _uncoded(treatments, coded):
    """One finding a course whose drug is of unknown class."""
    from analysis import drugs

    raw = treatments["drug_raw"].astype("str").fillna("")
    open_ = raw[coded["class"].eq("unknown")]
    proposed = {name: "; ".join(drugs.candidates(name)) for name in open_.unique()}
    row = {
        name: f"not coded{f' ({near}?)' if near else ''}; to be filled in under drugs in the study file: "
        f'{{name: "{name}", drug: {near.split("; ")[0] if near else "?"}, class: ?, moa: ?}}'
        for name, near in proposed.items()
    }
    return _findings(
        treatments.loc[open_.index], "drug_raw", "T1", open_, pd.Series("", index=open_.index), open_.map(row)
    )


def _differing(treatments, coded, named):
    """One finding a course and cell that the site coded otherwise."""
    known = named["coding"].eq("coded") & coded["coding"].eq("site")
    parts = []
    for name in ("drug", "class", "moa"):
        hit = known & _site(treatments, name).notna() & coded[name].ne(named[name]).fillna(True)
        said = coded.loc[hit, name].astype("str")
        text = "the site's coding rules; the dictionary has " + named.loc[hit, name].astype("str").fillna(
            "nothing"
        )
        new = named.loc[hit, name].astype("str").fillna("")
        parts.append(_findings(treatments[hit], name, "T2", said, new, text))
    return pd.concat(parts, ignore_index=True)


def _findings(rows, variable, rule, raw, new, message):
    """Rows of findings with where they stand in the source."""
    return pd.DataFrame(
        {
            "table": "treatments",
            "subject_id": rows["subject_id"],
            "visit_id": pd.NA,
            "variable": variable,
            "rule_id": rule,
            "raw": raw,
            "new": new,
            "source": rows.get("source", pd.NA),
            "source_row": rows.get("source_row", float("nan")),
            "message": message,
        }
    )
