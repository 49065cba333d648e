"""All exports of the RA cohort, clean: file name to rows."""

from generate.draws import stream
from generate.lab import Printer
from generate.ra_after import (
    adverse_event_rows,
    disposition_row,
    event_rows,
    imaging_rows,
    medication_rows,
)
from generate.ra_course import follow
from generate.ra_export import Assessments, screening_row, visit_keys
from generate.ra_lab import Laboratory
from generate.ra_people import PHENOTYPES, draw_people
from generate.ra_schema import SOURCES

SEED = 7126431


def build() -> tuple[dict[str, list[dict]], set[str]]:
    """Every file of the cohort before any dirt, and the subjects on whom definitions are tested."""
    files = {source.file: [] for source in SOURCES}
    printers = {name: Printer(name[4].upper()) for name in files if name.startswith("lab_")}
    people = draw_people(SEED)
    for person in people:
        story = follow(SEED, person)
        files["screening.csv"].append(
            screening_row(stream(SEED, "screen", person.number), person, _state(story))
        )
        files["medication.xlsx"] += medication_rows(SEED, person, story)
        if person.fate != "unwilling":
            _visits(files, printers, person, story)
        if person.enrolled:
            _after(files, person, story)
    return files, {person.id for person in people if person.twist not in ("plain", "short")}


def _state(story) -> dict:
    return story.visits[0].state


def _visits(files, printers, person, story) -> None:
    forms, laboratory, unscheduled = Assessments(SEED, person), Laboratory(SEED, person), 0
    for visit in sorted(story.visits, key=lambda v: v.day):
        unscheduled += visit.week is None
        keys = visit_keys(person, visit, str(unscheduled) if visit.week is None else "")
        files["clinical.csv"].append(forms.clinical(visit, keys))
        if not visit.done:
            continue
        files["joints.csv"].append(forms.joints(visit, keys))
        files["lab_inflammation.csv"] += laboratory.inflammation(printers["lab_inflammation.csv"], visit)
        if visit.week is not None:
            files["function.csv"].append(forms.function(visit, keys))
            files["quality_of_life.csv"].append(forms.quality_of_life(visit, keys))
            files["lab_safety.csv"] += laboratory.safety(printers["lab_safety.csv"], visit)
            files["lab_immune.csv"] += laboratory.immune(printers["lab_immune.csv"], visit)


def _after(files, person, story) -> None:
    story.visits.sort(key=lambda visit: visit.day)
    files["imaging.csv"] += imaging_rows(SEED, person, story)
    files["adverse_events.csv"] += adverse_event_rows(SEED, person, story)
    files["disposition.csv"].append(disposition_row(person, story))
    files["events.csv"] += event_rows(SEED, person, story)


TRUTH = ["record_id", "fate", "feature", "phenotype", "age", "n_mechanisms_failed", "start", "response"]


def truth() -> list[list]:
    """What was drawn for each person and no export shows: fate, the feature it stands for, latent phenotype."""
    rows = [
        [p.id, p.fate, p.twist, PHENOTYPES[p.phenotype], p.age, p.traits["n_moa"]]
        + [f"{p.traits[name]:.3f}" for name in ("start", "response")]
        for p in draw_people(SEED)
    ]
    return [TRUTH, *rows]
