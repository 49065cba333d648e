"""Writes patients with dermatomyositis as two programs would, and the study file that says what their columns are."""

import random
from pathlib import Path

from raw_exports.arthritis_export import HEAD
from raw_exports.joints_and_answers import CATEGORIES
from raw_exports.myositis import LIMITS, NAMES, RESPONSES, Patient
from raw_exports.plain import written_rows
from raw_exports.writing import FREQUENCIES, REASONS, columns, write

LABELS = {"W00": "V0", "W12": "V3", "W24": "V6"}


def export(patients: dict[str, Patient], folder: Path, dialect: dict, rng: random.Random) -> Path:
    """Write the files and the study file; give the study file."""
    people = [person_row(who, one) for who, one in patients.items()]
    visits = [
        visit_row(who, label, seen, dialect)
        for who, one in patients.items()
        for label, seen in one.visits.items()
    ]
    labs = [row for who, one in patients.items() for row in lab_rows(who, one)]
    drugs = [row for who, one in patients.items() for row in drug_rows(who, one, dialect, rng)]
    rng.shuffle(drugs)  # the order of rows says nothing
    for name, rows in {"people": people, "visits": visits, "labs": labs, "drugs": drugs}.items():
        write(folder, name, rows, dialect)
    chinese = dialect["cm"]
    head = HEAD.format(
        missing="", stop_dates="last_day_taken" if dialect["last_day"] else "first_day_without"
    )
    reasons = ", codes: {" + ", ".join(f"{REASONS[key] if chinese else key}: {key}" for key in REASONS) + "}"
    often = (
        ", codes: {"
        + ", ".join(f"{FREQUENCIES[key] if chinese else key}: {key}" for key in FREQUENCIES)
        + "}"
    )
    unit = f", unit: {'cm' if chinese else 'mm'}"
    coded = ", codes: {V0: W00, V3: W12, V6: W24}"
    of_visits = columns(
        [{key: value for key, value in row.items() if key != "visit"} for row in visits],
        dialect,
        dict.fromkeys(("ptga_mm", "phga_mm", "extramuscular_mm"), unit)
        | {"prednisone_mg_day": ", unit: mg/day"},
    )
    blocks = {
        "subjects": ("people", "", columns(people, dialect, {})),
        "visits": (
            "visits",
            f"      rows: {{event_column: {dialect['head']('visit')}, events: {{V0: W00, V3: W12, V6: W24}}}}\n",
            of_visits + "\n      constant_columns: {mmt_max: 150}",
        ),
        "labs": ("labs", "", columns(labs, dialect, {"visit_id": coded})),
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
        "visit": LABELS[label],
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
                    "visit_id": LABELS[label],
                    "sample_date": seen["date"],
                    "analyte": name.upper(),
                    "value_raw": str(seen[name]),
                    "unit_raw": "U/L",
                    "uln": limit,
                    "seq": f"{who}{label}{name}",
                }


def drug_rows(who: str, one: Patient, dialect: dict, rng: random.Random):
    """The drug history, co-medication among it."""
    written = [
        row
        for course in one.courses
        for row in written_rows(course, rng, NAMES, last_day=dialect["last_day"], index=one.baseline)
    ]
    nothing = {"reason": None, "dose": None, "unit": "mg", "frequency": None, "stop": None, "ongoing": True}
    written += [nothing | {"drug": name, "start": begun} for name, begun in one.beside]
    for row in written:
        often, reason = row["frequency"], row["reason"]
        yield {
            "subject_id": who,
            "course_id": f"{who}-{rng.randrange(10**9)}",
            "drug_raw": row["drug"],
            "dose": row["dose"],
            "dose_unit": row["unit"],
            "frequency": FREQUENCIES.get(often, often) if dialect["cm"] else often,
            "start_date": row["start"],
            "stop_date": row["stop"],
            "ongoing": row["ongoing"],
            "stop_reason": REASONS.get(reason, reason) if dialect["cm"] else reason,
        }
