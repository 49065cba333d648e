"""Drug courses of made-up patients, and the tables the package reads them from."""

from datetime import date

import pandas as pd

INDEX = date(2024, 6, 3)
DRUGS = {
    "methotrexate": ("csDMARD", "antifolate"),
    "leflunomide": ("csDMARD", "DHODH"),
    "iguratimod": ("csDMARD_CN", "NF-kB/IL-17"),
    "sinomenine": ("csDMARD_CN", None),
    "adalimumab": ("bDMARD", "TNFi"),
    "etanercept": ("bDMARD", "TNFi"),
    "tocilizumab": ("bDMARD", "IL6i"),
    "abatacept": ("bDMARD", "CTLA4Ig"),
    "rituximab": ("bDMARD", "CD20"),
    "tofacitinib": ("tsDMARD", "JAKi"),
    "baricitinib": ("tsDMARD", "JAKi"),
}


def course(drug, start, stop, reason):
    """One course of a drug."""
    kind, mechanism = DRUGS[drug]
    return {
        "drug": drug,
        "kind": kind,
        "mechanism": mechanism,
        "start": start,
        "stop": stop,
        "reason": reason,
    }


def as_treatments(histories):
    """Courses of all patients as the table the package reads."""
    lines = [
        {
            "subject_id": f"P{row:06d}",
            "drug": each["drug"],
            "start_date": each["start"],
            "stop_date": each["stop"],
            "ongoing": each["stop"] is None,
            "stop_reason": each["reason"],
            "prednisone_mg_day": each.get("mg_day"),
        }
        for row, courses in enumerate(histories)
        for each in courses
    ]
    table = pd.DataFrame(lines).astype(
        {"ongoing": "boolean", "stop_reason": "str", "prednisone_mg_day": "float64"}
    )
    return table.assign(
        start_date=pd.to_datetime(table["start_date"]), stop_date=pd.to_datetime(table["stop_date"])
    )


def boolean(values):
    """Yes/no with empty cells."""
    return pd.array([pd.NA if value is None else bool(value) for value in values], dtype="boolean")
