"""All exports of the dermatomyositis study, clean: file name to rows."""

from generate import dm_after
from generate.dm_course import follow
from generate.dm_export import Assessments, screening_row
from generate.dm_people import draw_patients
from generate.dm_schema import SOURCES
from generate.draws import stream
from generate.lab import Printer

SEED = 4946669


def build() -> tuple[dict[str, list[dict]], set[str]]:
    """Every file of the study before any dirt, and the subjects on whom definitions are tested."""
    files, printer, place = {source.file: [] for source in SOURCES}, Printer("D"), 0
    patients = draw_patients(SEED)
    for patient in patients:
        files["screening.csv"].append(screening_row(stream(SEED, "screen", patient.number), patient))
        if not patient.treated:
            files["medication.xlsx"] += dm_after.medication_rows(SEED, patient, patient.courses)
            continue
        place += 1
        _treated(files, printer, patient, place)
    return files, {patient.id for patient in patients if patient.twist != "plain" or not patient.treated}


def _treated(files, printer, patient, place) -> None:
    story, forms = follow(SEED, patient, place), Assessments(SEED, patient)
    files["medication.xlsx"] += dm_after.medication_rows(SEED, patient, story.courses)
    for visit in story.visits:
        files["core_set.csv"].append(forms.core_set(visit))
        if visit.done:
            files["function.csv"].append(forms.function(visit))
            files["lung.csv"] += [row for row in [forms.lung(visit)] if row]
    files["lab.csv"] += dm_after.laboratory_rows(SEED, patient, story, forms, printer)
    files["dosing.csv"] += dm_after.dosing_rows(patient, story)
    files["adverse_events.csv"] += dm_after.adverse_event_rows(SEED, patient, story, place)
    files["disposition.csv"].append(dm_after.disposition_row(patient, story))
    files["events.csv"] += dm_after.event_rows(patient, story)


TRUTH = ["record_id", "fate", "feature", "disease", "antibody", "ild", "age", "gc_mg_kg", "response"]


def truth() -> list[list]:
    """What was drawn for each person and no export shows: fate, the feature it stands for, disease."""
    rows = [
        [p.id, p.fate, p.twist, p.disease, p.antibody, int(p.ild), p.age]
        + [f"{value:.4f}" for value in (p.gc_dose / p.weight, p.traits["response"])]
        for p in draw_patients(SEED)
    ]
    return [TRUTH, *rows]
