"""Signs of mixed-up units. They are heuristics: each is a question to the site, no value is changed."""

import numpy as np
import pandas as pd

from analysis.membership import looked_up
from analysis.read import rules

SMALLEST_BATCH = 8  # results below which a median says little
FORTNIGHT = np.timedelta64(13, "D")
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
    raw = crp.loc[hit, "value_raw"] + " with ESR " + rules.shown(high[hit])
    return [rules.finding(hit, "CRP", "S8", raw)]


def crp_batches(labs: pd.DataFrame, subjects: pd.DataFrame) -> list[pd.DataFrame]:
    """Fortnights of a site whose median CRP is below a fifth of the median of its other results."""
    if not {"analyte", "sample_date", "value_std"} <= set(labs):
        return []
    crp = labs[labs["analyte"].eq("CRP") & labs["value_std"].notna() & labs["sample_date"].notna()]
    site = looked_up(crp["subject_id"], _site(subjects)).fillna("")
    return [found for _, results in crp.groupby(site) for found in _low_fortnights(results)]


def _low_fortnights(results: pd.DataFrame) -> list[pd.DataFrame]:
    """The lowest fortnight of one site, then the lowest of what is left, as long as they are too low."""
    found = []
    while (lowest := _lowest_fortnight(results)) is not None:
        ratio, first, rows, usual = lowest
        if ratio >= 1 / 5:
            break
        text = f"median CRP {ratio * usual:g} mg/L in the two weeks from {first:%Y-%m-%d}, {usual:g} mg/L otherwise"
        found.append(rules.finding(rows, "CRP", "U3", results.loc[rows, "value_raw"], "", text))
        results = results.drop(index=rows)
    return found


def _lowest_fortnight(results: pd.DataFrame):
    """The fortnight whose median is lowest against the others: ratio, first day, rows, the others' median."""
    values, when = results["value_std"].to_numpy(), results["sample_date"].to_numpy()
    best = None
    for first in np.unique(when):
        inside = (first <= when) & (when <= first + FORTNIGHT)
        if inside.sum() < SMALLEST_BATCH or (~inside).sum() < SMALLEST_BATCH:
            continue
        usual = np.median(values[~inside])
        ratio = np.median(values[inside]) / usual if usual > 0 else np.inf
        if best is None or ratio < best[0]:
            best = ratio, pd.Timestamp(first), results.index[inside], usual
    return best


def _site(subjects: pd.DataFrame) -> pd.Series:
    """The site of every subject."""
    keyed = subjects.drop_duplicates("subject_id").set_index("subject_id")
    return keyed["site"] if "site" in keyed else pd.Series("", index=keyed.index)


def scales_in_cm(visits: pd.DataFrame, subjects: pd.DataFrame) -> list[pd.DataFrame]:
    """Visual analogue scales of a site that never exceed 10 although read as millimetres."""
    site = looked_up(visits["subject_id"], _site(subjects)).fillna("")
    found = []
    for name in [column for column in visits if column.endswith("_mm")]:
        values = visits[name].dropna()
        of_site = values.groupby(site).agg(["size", "max"])
        for place, most in of_site.loc[of_site["size"].ge(SMALLEST_COLUMN), "max"].items():
            if 0 < most <= 10:
                text = f"no value above 10 mm at site {place or '(one)'}: centimetres?"
                first = values.index[site[values.index].eq(place)][:1]
                found.append(rules.finding(first, name, "U3", f"{most:g}", "", text))
    return found
