"""Writes patients with dermatomyositis as two programs would, and the study file that says what their columns are."""

import random
from pathlib import Path

from raw_exports.joints_and_answers import CATEGORIES
from raw_exports.myositis import LIMITS, NAMES, RESPONSES, Patient
from raw_exports.study_file import VISITS, drug_rows, write_export


def export(patients: dict[str, Patient], folder: Path, dialect: dict, rng: random.Random) -> Path:
    """Write the files and the study file; give the study file."""
    seen = [(who, label, one.visits[label]) for who, one in patients.items() for label in one.visits]
    drugs = [
        row for who, one in patients.items() for row in drug_rows(who, one, NAMES, dialect, rng, one.baseline)
    ]
    rng.shuffle(drugs)  # the order of rows says nothing
    files = {
        "people": [person_row(who, one) for who, one in patients.items()],
        "visits": [visit_row(*visit, dialect) for visit in seen],
        "labs": [row for who, one in patients.items() for row in lab_rows(who, one)],
        "drugs": drugs,
    }
    scales = ("ptga_mm", "phga_mm", "extramuscular_mm")
    maximum = "\n      constant_columns: {mmt_max: 150}"
    return write_export(folder, files, dialect, scales=scales, responses=RESPONSES, constant=maximum)


def person_row(who: str, one: Patient) -> dict:
    """The screening form."""
    return {
        "subject_id": who,
        "sex": "F",
        "birth_date": one.born,
        "consent_date": one.signed,
        "screen_date": one.screened,
        "baseline_date": one.baseline,
        "enrolled": True,
        "weight_kg": one.weight,
        **{f"bp_{name}": value for name, value in one.items.items()},
        "bp_class": one.written_class,
        "cadm_type": one.written_cadm or "",
        "rash_months": one.skin_months,
        "clinical_weakness": one.clinical_weakness,
        "cadm_is_first_6_months": one.early_drug,
        "prior_improved_n": one.improved,
        "prior_worse_n": one.worse,
        "prior_failure": one.attested,
        "prior_intolerance": one.intolerant,
        "other_ctd": one.other_ctd,
        "other_myopathy": one.other_myopathy,
    }


def visit_row(who: str, label: str, seen: dict, dialect: dict) -> dict:
    """One assessment; HAQ as its items."""

    def scale(value):
        return None if value is None else value if dialect["cm"] else round(value * 10)

    items = dict.fromkeys(range(1, 21))
    if seen["haq"] is not None:
        left = round(seen["haq"] * 8)
        items = dict.fromkeys(range(1, 21), 0)
        for category in CATEGORIES:
            items[category[0]] = min(3, left)
            left -= min(3, left)
    return {
        "subject_id": who,
        "visit": VISITS[label],
        "visit_date": seen["date"],
        "phga_mm": scale(seen["phga"]),
        "ptga_mm": scale(seen["ptga"]),
        "extramuscular_mm": scale(seen["extramuscular"]),
        "mmt8_total": seen["mmt"],
        "cdasi_activity": seen["cdasi"],
        "prednisone_mg_day": seen["prednisone"],
        **{f"haq_{n}": value for n, value in items.items()},
    }


def lab_rows(who: str, one: Patient):
    """Enzymes with the limits of their laboratory."""
    for label, seen in one.visits.items():
        for name, limit in LIMITS.items():
            if seen[name] is not None:
                yield {
                    "subject_id": who,
                    "visit_id": VISITS[label],
                    "sample_date": seen["date"],
                    "analyte": name.upper(),
                    "value_raw": str(seen[name]),
                    "unit_raw": "U/L",
                    "uln": limit,
                    "seq": f"{who}{label}{name}",
                }
