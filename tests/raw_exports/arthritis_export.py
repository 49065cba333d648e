"""Writes patients with arthritis as two programs would, and the study file that says what their columns are."""

import random
from pathlib import Path

from raw_exports.arthritis import Patient
from raw_exports.drug_names import BIOLOGIC, CSDMARD, GLUCOCORTICOID
from raw_exports.joints_and_answers import RESPONSES
from raw_exports.plain import DAY, written_rows
from raw_exports.writing import FREQUENCIES, REASONS, columns, write, written_date

NAMES = CSDMARD | BIOLOGIC | GLUCOCORTICOID
ITEMS = ("stiffness", "three_areas", "hand", "symmetric", "nodules", "rf", "erosions")
HEAD = """\
id: raw
title: Raw exports
short_title: Raw
institution: Nowhere
design: cohort
planned_n: 10
synthetic: true
visit_by: label
visits:
  - {{id: W00, label: Baseline, week: 0}}
  - {{id: W12, label: Week 12, week: 12}}
  - {{id: W24, label: Week 24, week: 24}}
baseline_visit: W00
populations: {{ALL: {{label: Everybody, rule: enrolled}}}}
primary_population: ALL
sources:
  - {{id: people, type: csv, path: people.csv{missing}}}
  - {{id: visits, type: csv, path: visits.csv{missing}}}
  - {{id: labs, type: csv, path: labs.csv}}
  - {{id: drugs, type: csv, path: drugs.csv, stop_dates: {stop_dates}}}
"""


def export(patients: dict[str, Patient], folder: Path, dialect: dict, rng: random.Random) -> Path:
    """Write the files and the study file; give the study file."""
    people = [person_row(who, one, dialect) for who, one in patients.items()]
    visits = [
        visit_row(who, label, seen, dialect)
        for who, one in patients.items()
        for label, seen in one.visits.items()
    ]
    labs = [row for who, one in patients.items() for row in lab_rows(who, one, dialect)]
    drugs = [row for who, one in patients.items() for row in drug_rows(who, one, dialect, rng)]
    rng.shuffle(drugs)  # the order of rows says nothing
    for name, rows in {"people": people, "visits": visits, "labs": labs, "drugs": drugs}.items():
        write(folder, name, rows, dialect)
    head = HEAD.format(
        missing=f", missing: [{dialect['blank']}]" if dialect["blank"] else "",
        stop_dates="last_day_taken" if dialect["last_day"] else "first_day_without",
    )
    reasons = (
        ", codes: {" + ", ".join(f"{REASONS[key] if dialect['cm'] else key}: {key}" for key in REASONS) + "}"
    )
    often = (
        ", codes: {"
        + ", ".join(f"{FREQUENCIES[key] if dialect['cm'] else key}: {key}" for key in FREQUENCIES)
        + "}"
    )
    mm = f", unit: {'cm' if dialect['cm'] else 'mm'}"
    blocks = {
        "subjects": ("people", "", columns(people, dialect, {})),
        "visits": (
            "visits",
            f"      rows: {{event_column: {dialect['head']('visit')}, events: {{V0: W00, V3: W12, V6: W24}}}}\n",
            columns(
                [{key: value for key, value in row.items() if key != "visit"} for row in visits],
                dialect,
                dict.fromkeys(("ptga_mm", "phga_mm", "pain_mm"), mm)
                | {"prednisone_mg_day": ", unit: mg/day"},
            ),
        ),
        "labs": ("labs", "", columns(labs, dialect, {"visit_id": ", codes: {V0: W00, V3: W12, V6: W24}"})),
        "treatments": ("drugs", "", columns(drugs, dialect, {"stop_reason": reasons, "frequency": often})),
    }
    body = "tables:\n" + "".join(
        f"  {table}:\n    - from: {source}\n{rows}      columns:\n{mapped}\n"
        for table, (source, rows, mapped) in blocks.items()
    )
    body += "responses:\n" + "".join(
        f"  - {{id: {name}, label: {name}, rule: {rule}, visits: [W12, W24]}}\n"
        for name, (rule, _) in RESPONSES.items()
    )
    file = folder / "study.yml"
    file.write_text(head + body, encoding="utf-8")
    return file


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
        "visit": label.replace("W00", "V0").replace("W12", "V3").replace("W24", "V6"),
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
        visit = label.replace("W00", "V0").replace("W12", "V3").replace("W24", "V6")
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


def drug_rows(who: str, one: Patient, dialect: dict, rng: random.Random):
    """The drug history, co-medication among it."""

    def row(written):
        reason = written["reason"]
        often = written["frequency"]
        return {
            "subject_id": who,
            "course_id": f"{who}-{rng.randrange(10**9)}",
            "drug_raw": written["drug"],
            "dose": written["dose"],
            "dose_unit": written["unit"],
            "frequency": FREQUENCIES.get(often, often) if dialect["cm"] else often,
            "start_date": written["start"],
            "stop_date": written["stop"],
            "ongoing": written["ongoing"],
            "stop_reason": REASONS.get(reason, reason) if dialect["cm"] else reason,
        }

    for course in one.courses:
        for written in written_rows(course, rng, NAMES, last_day=dialect["last_day"], index=one.consent):
            yield row(written)
    for name, begun in one.beside:
        yield row(
            {
                "drug": name,
                "reason": None,
                "dose": None,
                "unit": "mg",
                "frequency": None,
                "start": begun,
                "stop": None,
                "ongoing": True,
            }
        )
    if one.depot:
        yield row(
            {
                "drug": "得宝松 1ml",
                "reason": None,
                "dose": 7.0,
                "unit": "mg",
                "frequency": "once",
                "start": one.depot,
                "stop": one.depot,
                "ongoing": False,
            }
        )
