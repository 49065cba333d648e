"""Adverse events whose entries a physician should look at: marked not serious though medically important."""

import pandas as pd

from analysis.read import rules


def not_serious(events: pd.DataFrame) -> list[pd.DataFrame]:
    """Hepatitis B reactivation from grade 3, tuberculosis, and any event from grade 4, where marked not serious.

    ICH E2A counts medically important events as serious whether or not the patient was in hospital. Kinds are known by
    the site's mark (`aesi`) or by the words of the term. An event whose seriousness is not known is not asked about
    here: that is a missing value.
    """
    if not {"serious", "ctcae_grade_max"} <= set(events.columns):
        return []
    grade = events["ctcae_grade_max"].astype("Float64")
    hepatitis = _kind(events, "HBV", "hepatitis b") & grade.ge(3).fillna(False)
    important = hepatitis | _kind(events, "TB", "tubercul") | grade.ge(4).fillna(False)
    denied = events["serious"].astype("boolean").eq(False).fillna(False)
    hit = events.index[(important & denied).to_numpy(bool)]
    term = events.get("pt", pd.Series("event", index=events.index)).astype("string").fillna("event")
    said = grade[hit].map(lambda value: "no grade" if pd.isna(value) else f"grade {value:g}").astype("string")
    return [rules.finding(hit, "serious", "M1", "no: " + term[hit] + ", " + said)]


def _kind(events: pd.DataFrame, mark: str, words: str) -> pd.Series:
    """Whether an event is of a kind, by the site's mark or by the words of its term."""
    found = pd.Series(False, index=events.index)
    if "aesi" in events:
        found |= events["aesi"].eq(mark).fillna(False).astype(bool)
    if "pt" in events:
        found |= events["pt"].astype("string").str.contains(words, case=False).fillna(False).astype(bool)
    return found
