"""Signs of mixed-up units. They are heuristics: each is a question to the site, no value is changed."""

import pandas as pd

from analysis.read import rules

SMALLEST_BATCH = 5  # results per batch below which a median says little
SMALLEST_COLUMN = 10


def crp_against_esr(labs: pd.DataFrame) -> list[pd.DataFrame]:
    """CRP of 3 mg/L or less with an ESR above 60 mm/h in the same subject on the same day (mg/dL taken for mg/L?)."""
    if not {"analyte", "sample_date", "value_std"} <= set(labs):
        return []
    on = ["subject_id", "sample_date"]
    crp = labs[labs["analyte"].eq("CRP") & labs["value_std"].le(3)]
    esr = (
        labs[labs["analyte"].eq("ESR") & labs["value_std"].gt(60)]
        .drop_duplicates(on)
        .set_index(on)["value_std"]
    )
    high = crp[on].join(esr.rename("esr"), on=on)["esr"]
    hit = crp.index[high.notna()]
    raw = crp.loc[hit, "value_raw"] + " with ESR " + high[hit].map("{:g}".format)
    return [rules.finding(hit, "CRP", "S8", raw)]


def crp_batches(labs: pd.DataFrame, subjects: pd.DataFrame) -> list[pd.DataFrame]:
    """Batches (site and quarter of the year) whose median CRP is below a fifth of the site's other batches'."""
    if not {"analyte", "sample_date", "value_std"} <= set(labs):
        return []
    crp = labs[labs["analyte"].eq("CRP") & labs["value_std"].notna() & labs["sample_date"].notna()]
    site = crp["subject_id"].map(_site(subjects)).fillna("")
    quarter = crp["sample_date"].dt.year.astype(str) + "Q" + crp["sample_date"].dt.quarter.astype(str)
    found = []
    for (place, batch), values in crp.groupby([site, quarter])["value_std"]:
        others = crp.loc[site.eq(place) & quarter.ne(batch), "value_std"]
        enough = len(values) >= SMALLEST_BATCH and len(others) >= SMALLEST_BATCH
        if enough and values.median() < others.median() / 5:
            text = (
                f"median CRP {values.median():g} mg/L in {batch} against {others.median():g} mg/L otherwise"
            )
            found.append(
                rules.finding(values.index, "CRP", "U3", crp.loc[values.index, "value_raw"], "", text)
            )
    return found


def _site(subjects: pd.DataFrame) -> pd.Series:
    """The site of every subject."""
    keyed = subjects.drop_duplicates("subject_id").set_index("subject_id")
    return keyed["site"] if "site" in keyed else pd.Series("", index=keyed.index)


def scales_in_cm(visits: pd.DataFrame, subjects: pd.DataFrame) -> list[pd.DataFrame]:
    """Visual analogue scales of a site that never exceed 10 although read as millimetres."""
    site = visits["subject_id"].map(_site(subjects)).fillna("")
    found = []
    for name in [column for column in visits if column.endswith("_mm")]:
        for place, values in visits[name].dropna().groupby(site):
            if len(values) >= SMALLEST_COLUMN and 0 < values.max() <= 10:
                text = f"no value above 10 mm at site {place or '(one)'}: centimetres?"
                found.append(rules.finding(values.index[:1], name, "U3", f"{values.max():g}", "", text))
    return found
