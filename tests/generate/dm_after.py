"""What the dermatomyositis study records beside the forms: laboratory, doses, drug sheet, events, leaving."""

from datetime import timedelta

import numpy as np

from generate import safety
from generate.dm_export import identity, keys
from generate.draws import heavy, stream, text
from generate.ra_drugs import DRUGS, medication_row

# log of the multiple of the upper limit: intercept, slope on muscle inflammation
_MUSCLE = {
    "CK": (-0.4, 1.25),
    "ALD": (-0.45, 0.75),
    "LDH": (-0.3, 0.55),
    "AST": (-0.55, 0.75),
    "ALT": (-0.65, 0.7),
}
_UPPER = {"CK": (310, 200), "ALD": (7.6, 7.6), "LDH": (250, 250), "AST": (40, 35), "ALT": (50, 40)}


def laboratory_rows(seed, patient, story, forms, printer) -> list[dict]:
    """All results of a treated person."""
    rng, who = stream(seed, "lab", patient.number), identity(patient)
    own = {
        name: rng.normal(0, 0.18)
        for name in (*_MUSCLE, "GGT", "WBC", "HB", "PLT", "CREA", "CRP", "ESR", "LYM")
    }
    rows = []
    for visit in story.visits:
        if not visit.done:
            continue
        results = _enzymes(rng, patient, visit, forms, own) | _blood(rng, patient, visit, own)
        if visit.week in (0, 24, 48):
            results |= _markers(rng, patient, visit)
        label = "基线" if visit.week == 0 else f"第{visit.week}周"
        rows += [
            printer.row(
                (patient.id, who["name"]), patient.sex, label, visit.day, name, _lost(rng, visit, value)
            )
            for name, value in results.items()
        ]
    return rows


def _lost(rng, visit, value):
    return "未做" if visit.week and rng.random() < 0.01 else float(value)


def _enzymes(rng, patient, visit, forms, own) -> dict:
    level = patient.traits["enzyme"]
    level = level * forms.remaining(visit, "muscle") if level > 0 else level
    return {
        name: _UPPER[name][patient.sex - 1] * np.exp(start + slope * level + own[name] + 0.12 * heavy(rng))
        for name, (start, slope) in _MUSCLE.items()
    }


def _blood(rng, patient, visit, own) -> dict:
    left, female = 1 - visit.benefit, patient.sex == 2
    white = np.exp(1.95 + own["WBC"] + 0.006 * visit.gc + 0.12 * heavy(rng))
    return {
        "GGT": np.exp(3.2 + 2 * own["GGT"] + 0.2 * heavy(rng)),
        "CRP": np.exp(0.9 + 0.9 * left + 2 * own["CRP"] + 0.6 * heavy(rng)),
        "ESR": np.clip(np.exp(2.4 + 0.5 * left + own["ESR"] + 0.3 * heavy(rng)), 1, 130),
        "WBC": white, "NEUT": white * np.clip(0.68 + 0.05 * rng.normal(), 0.3, 0.88),
        "LYM": np.exp(0.05 + own["LYM"] + 0.15 * heavy(rng)),
        "HB": np.clip((124 if female else 139) + 40 * own["HB"] + 4 * heavy(rng), 80, 172),
        "PLT": np.clip(235 + 250 * own["PLT"] + 20 * heavy(rng), 70, 520),
        "CREA": np.clip((52 if female else 64) + 30 * own["CREA"] + 4 * heavy(rng), 25, 130),
    }  # fmt: skip


def _markers(rng, patient, visit) -> dict:
    left = 1 - visit.benefit
    ferritin = 5.2 + 0.9 * (patient.antibody == "MDA5") * left + 0.3 * heavy(rng)
    return {
        "FERR": np.exp(ferritin),
        "KL6": np.exp(5.6 + 0.85 * patient.ild + 0.15 * left + 0.15 * heavy(rng)),
    }


def dosing_rows(patient, story) -> list[dict]:
    return [
        keys(patient, _event_at(story, dose["day"]), "dosing", str(number))
        | {"dose_drug": "阿巴西普", "dose_date": text(dose["day"]), "dose_given": str(int(dose["given"])),
           "dose_mg": f"{dose['mg']:g}", "dose_planned_mg": f"{dose['planned']:g}", "dose_route": dose["route"],
           "dose_not_given_reason": dose["why"], "dosing_complete": "2"}
        for number, dose in enumerate(story.doses, start=1)
    ]  # fmt: skip


def _event_at(story, day) -> str:
    past = [visit for visit in story.visits if visit.day <= day]
    return past[-1].event if past else "screening_arm_1"


def medication_rows(seed, patient, courses) -> list[dict]:
    rng, who, rows = stream(seed, "sheet", patient.number), identity(patient), []
    for number, course in enumerate(sorted(courses, key=lambda c: (c.start, c.generic)), start=1):
        written = str(rng.choice(DRUGS[course.generic][1]))
        rows.append(medication_row(course, number, patient.id, who["name"], who["hospital"], written))
    return rows


def adverse_event_rows(seed, patient, story, place) -> list[dict]:
    """Events since consent, so that some precede the first dose."""
    rng = stream(seed, "adverse", patient.number)
    events = safety.draw_events(
        rng,
        patient.screened,
        story.end,
        lambda day: ("abatacept", "CTLA4Ig"),
        float(rng.gamma(3, 1 / 3)),
        3.0,
    )
    if story.reason == 5:
        events.append(safety.fatal(story.end - timedelta(11), story.end, "abatacept"))
    if story.reason == 2:
        events.append(_leading_to_leaving(story))
    events += _awkward(patient, place)
    events.sort(key=lambda event: event["ae_start"])
    return [
        keys(patient, _event_about(story, event), "adverse_event", str(number))
        | event
        | {"adverse_event_complete": "2"}
        for number, event in enumerate(events, start=1)
    ]


def _event_about(story, event) -> str:
    start = event["ae_start"]
    whole = len(start) == 10
    return _event_at(story, story.end.fromisoformat(start)) if whole else story.visits[0].event


def _leading_to_leaving(story) -> dict:
    kind = next(kind for kind in safety.KINDS if kind.pt == "Pneumonia")
    day = story.end - timedelta(8)
    return {"ae_term": kind.terms[0], "ae_pt": kind.pt, "ae_soc": kind.soc, "ae_start": text(day),
            "ae_stop": text(story.end), "ae_ongoing": "0", "ae_grade": "3", "ae_serious": "1",
            "ae_sae_criterion": "3", "ae_related": "2", "ae_drug": "abatacept", "ae_action": "3",
            "ae_outcome": "1", "ae_aesi": "1"}  # fmt: skip


def _awkward(patient, place) -> list[dict]:
    """Starts that the rule for treatment-emergent events must place: same day, day before, month only, unknown."""
    day = patient.index
    starts = {1: text(day), 2: text(day - timedelta(1)), 3: f"{day:%Y-%m}", 5: f"{day:%Y}", 8: ""}
    if place not in starts:
        return []
    return [{"ae_term": "头痛", "ae_pt": "Headache", "ae_soc": "Nervous system disorders", "ae_start": starts[place],
             "ae_stop": text(day + timedelta(9)), "ae_ongoing": "0", "ae_grade": "1", "ae_serious": "0",
             "ae_sae_criterion": "", "ae_related": "2", "ae_drug": "abatacept", "ae_action": "0",
             "ae_outcome": "1", "ae_aesi": "0"}]  # fmt: skip


def disposition_row(patient, story) -> dict:
    ended = text(story.end)
    return keys(patient, "end_of_study_arm_1") | {
        "discontinuation_date": ended, "discontinuation_reason": str(story.reason), "last_contact_date": ended,
        "death_date": ended if story.reason == 5 else "", "disposition_complete": "2",
    }  # fmt: skip


ROUTES = {"1": "infusion", "2": "injection"}


def event_rows(patient, story) -> list[dict]:
    """Deviations and intercurrent events, in order of date."""
    found = [(v.day, "1", "1", "1", "visit outside its window") for v in story.visits if _out(v, patient)]
    found += [(v.day, "1", "2", "1", "assessment missing") for v in story.visits if not v.done]
    if story.rescue and story.rescue <= story.end:
        found.append((story.rescue, "2", "11", "", "glucocorticoid raised above baseline"))
    if story.prohibited and story.prohibited <= story.end:
        found.append((story.prohibited, "2", "12", "", "cyclophosphamide started"))
        found.append((story.prohibited, "1", "5", "2", "immunosuppressant not allowed by the protocol"))
    if story.reason != 1:
        found.append((story.end, "2", "14" if story.reason == 5 else "13", "", "study drug ended early"))
    missed = [dose for dose in story.doses if dose["why"] == "2"]
    found += [
        (dose["day"], "1", "4", "1", f"{ROUTES[dose['route']]} left out because of an infection")
        for dose in missed
    ]
    return [
        keys(patient, _event_at(story, day), "study_event", str(number))
        | {"ev_kind": kind, "ev_type": code, "ev_date": text(day), "ev_severity": weight, "ev_text": words,
           "study_event_complete": "2"}
        for number, (day, kind, code, weight, words) in enumerate(sorted(found), start=1)
    ]  # fmt: skip


WINDOWS = {0: (-14, 1), 4: (22, 42), 12: (71, 112), 24: (141, 196), 48: (309, 365)}


def _out(visit, patient) -> bool:
    low, high = WINDOWS[visit.week]
    return visit.done and not low <= (visit.day - patient.index).days + 1 <= high
