"""Writes patients with arthritis as two programs would, and the study file that says what their columns are."""

import random
from pathlib import Path

from raw_exports.arthritis import Patient
from raw_exports.drug_names import BIOLOGIC, CSDMARD, GLUCOCORTICOID
from raw_exports.joints_and_answers import RESPONSES
from raw_exports.plain import DAY
from raw_exports.study_file import VISITS, drug_row, drug_rows, write_export
from raw_exports.writing import written_date

NAMES = CSDMARD | BIOLOGIC | GLUCOCORTICOID
ITEMS = ("stiffness", "three_areas", "hand", "symmetric", "nodules", "rf", "erosions")


def export(patients: dict[str, Patient], folder: Path, dialect: dict, rng: random.Random) -> Path:
    """Write the files and the study file; give the study file."""
    seen = [(who, label, one.visits[label]) for who, one in patients.items() for label in one.visits]
    drugs = [row for who, one in patients.items() for row in taken(who, one, dialect, rng)]
    rng.shuffle(drugs)  # the order of rows says nothing
    files = {
        "people": [person_row(who, one, dialect) for who, one in patients.items()],
        "visits": [visit_row(*visit, dialect) for visit in seen],
        "labs": [row for who, one in patients.items() for row in lab_rows(who, one, dialect)],
        "drugs": drugs,
    }
    return write_export(folder, files, dialect, scales=("ptga_mm", "phga_mm", "pain_mm"), responses=RESPONSES)


def person_row(who: str, one: Patient, dialect: dict) -> dict:
    """The screening form."""
    large, small = one.joints or (None, None)
    days, change = one.films or (None, None)
    blank = dialect["blank"] or None
    return {
        "subject_id": who,
        "sex": "F",
        "birth_date": written_date(one.born, one.born_written, dialect),
        "consent_date": one.consent,
        "screen_date": one.screened,
        "baseline_date": one.consent,
        "enrolled": True,
        "willing": one.willing,
        **{f"acr1987_{name}": value for name, value in zip(ITEMS, one.items)},
        "ra_acr1987_n": one.count,
        "large_joints": blank if large is None else large,
        "small_joints": small,
        "rf_value": blank if one.rf is None else one.rf,
        "rf_uln": 20,
        "acpa_value": one.acpa,
        "acpa_uln": 20,
        "acr2010_apr_abnormal": one.apr,
        "symptom_weeks": one.weeks,
        "ra_2010_score": one.score,
        "d2t_c2b": one.c2b,
        "d2t_c2c": one.c2c,
        "d2t_c2d": None if one.films else False,
        "d2t_c2e": one.c2e,
        "d2t_c3_doc": one.c3[0],
        "d2t_c3_pt": one.c3[1],
        "access_restricted": one.restricted,
        "cs_contraindicated": one.contraindicated,
        "svdh_prior_date": one.consent - days * DAY if days else None,
        "svdh_prior_total": 10.0 if days else None,
        "svdh_screen_date": one.consent if days else None,
        "svdh_screen_total": 10.0 + change if days else None,
    }


def visit_row(who: str, label: str, seen: dict, dialect: dict) -> dict:
    """One assessment."""

    def scale(value):
        return dialect["blank"] or None if value is None else value / 10 if dialect["cm"] else value

    return {
        "subject_id": who,
        "visit": VISITS[label],
        "visit_date": seen["date"],
        "tjc28": seen["tjc"],
        "sjc28": seen["sjc"],
        "ptga_mm": scale(seen["ptga"]),
        "phga_mm": scale(seen["phga"]),
        "pain_mm": scale(seen["pain"]),
        "prednisone_mg_day": seen.get("prednisone"),
        **{f"haq_{n}": value for n, value in enumerate(seen["items"], 1)},
    }


def lab_rows(who: str, one: Patient, dialect: dict):
    """CRP and ESR as the laboratory writes them; what is below the limit of detection with its sign."""
    for label, seen in one.visits.items():
        visit = VISITS[label]
        for analyte, value, unit in (("CRP", seen["crp"], "mg/L"), ("ESR", seen["esr"], "mm/h")):
            if value is None:
                continue
            text = f"{value:g}"
            if analyte == "CRP":
                unit = "mg/dL" if dialect["mg_dl"] else unit
                shown = round(value / 10, 4) if dialect["mg_dl"] else value
                text = f"<{shown * 2:g}" if value == 0.25 else f"{shown:g}"
            yield {
                "subject_id": who,
                "visit_id": visit,
                "sample_date": seen["date"],
                "analyte": analyte,
                "value_raw": text,
                "unit_raw": unit,
                "seq": f"{who}{visit}{analyte}",
            }


def taken(who: str, one: Patient, dialect: dict, rng: random.Random):
    """The drug history, and a single depot injection."""
    yield from drug_rows(who, one, NAMES, dialect, rng, one.consent)
    if one.depot:
        injection = {"drug": "得宝松 1ml", "reason": None, "dose": 7.0, "unit": "mg", "frequency": "once"}
        yield drug_row(
            who, injection | {"start": one.depot, "stop": one.depot, "ongoing": False}, dialect, rng
        )
