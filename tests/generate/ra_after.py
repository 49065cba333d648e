"""What the RA cohort records beside the visits: imaging, drug sheet, events, leaving."""

from datetime import timedelta

import numpy as np

from generate import safety
from generate.draws import stream, text
from generate.ra_course import WEEKS
from generate.ra_drugs import DRUGS, MECHANISM, medication_row
from generate.ra_export import identity

XRAY_WEEKS, ULTRASOUND_WEEKS = (0, 48, 96), (0, 24, 48, 96)


def imaging_rows(seed, person, story) -> list[dict]:
    """Radiographs read by two readers, and ultrasound of 28 joints."""
    rng, rows = stream(seed, "imaging", person.number), []
    erosion = person.traits["svdh"] * float(rng.uniform(0.45, 0.65))
    narrowing = person.traits["svdh"] - erosion
    pace, before = float(rng.gamma(0.5, 1.1)), person.index
    for visit in story.visits:
        if not visit.done or visit.week is None:
            continue
        years = (visit.day - before).days / 365.25
        growth = pace * years * float(np.exp(0.5 * (visit.level - 2.2)))
        erosion, narrowing, before = erosion + 0.6 * growth, narrowing + 0.4 * growth, visit.day
        row = _radiograph(rng, visit, erosion, narrowing) | _ultrasound(rng, person, visit)
        if row:
            rows.append(_keys(person, visit.event) | row | {"imaging_complete": "2"})
    return rows


def _keys(person, event, instrument="", instance="") -> dict:
    return {"record_id": person.id, "redcap_event_name": event, "redcap_repeat_instrument": instrument,
            "redcap_repeat_instance": instance}  # fmt: skip


def _half(value, high) -> str:
    """Readers score in halves at most."""
    return f"{min(max(round(value * 2) / 2, 0), high):g}"


def _radiograph(rng, visit, erosion, narrowing) -> dict:
    if visit.week not in XRAY_WEEKS or rng.random() < 0.08:
        return {}
    taken = visit.day - timedelta(int(rng.integers(0, 15)) if visit.week else 0)
    row = {"xray_date": text(taken)}
    for reader, bias in ((1, 0.0), (2, 0.4)):
        row[f"svdh_erosion_r{reader}"] = _half(erosion + bias + 0.5 * rng.normal(), 280)
        row[f"svdh_jsn_r{reader}"] = _half(narrowing + bias / 2 + 0.4 * rng.normal(), 168)
    return row


def _ultrasound(rng, person, visit) -> dict:
    if visit.week not in ULTRASOUND_WEEKS:
        return {}
    if rng.random() < 0.25:
        return {"us_done": "0"}
    swollen = visit.state["sjc28"]
    grey = int(min(28, rng.poisson(1.1 * swollen + (0.4 if person.phenotype == 2 else 1.8))))
    doppler = int(rng.binomial(grey, 0.18 if person.phenotype == 2 else 0.55))
    return {"us_done": "1", "us_date": text(visit.day), "us_gs_n": str(grey), "us_pd_n": str(doppler)}


def medication_rows(seed, person, story) -> list[dict]:
    """The pharmacy sheet of one person; a drug keeps the name under which it was first written mostly."""
    rng, who, names, rows = stream(seed, "sheet", person.number), identity(person), {}, []
    for number, course in enumerate(sorted(story.courses, key=lambda c: (c.start, c.generic)), start=1):
        options = DRUGS[course.generic][1]
        weights = np.array([4.0] + [1.0] * (len(options) - 1))
        fresh = str(rng.choice(options, p=weights / weights.sum()))
        written = course.written or (names.get(course.generic, fresh) if rng.random() < 0.8 else fresh)
        names.setdefault(course.generic, written)
        rows.append(medication_row(course, number, person.id, who["name"], who["hospital"], written))
    return rows


def exposure_of(story):
    """The b/tsDMARD of a day (else the csDMARD), as written in the drug sheet's generic, and its mechanism."""

    def exposure(day):
        running = [c for c in story.courses if c.start <= day and (c.stop is None or day < c.stop)]
        running.sort(key=lambda c: (c.mechanism == "gc", c.mechanism in ("cs", "cn"), c.start))
        return (running[0].generic, MECHANISM[running[0].generic]) if running else ("", "")

    return exposure


def event_of(story, day) -> str:
    """The REDCap event a form about that day is filed under: the last planned visit before it."""
    planned = [visit for visit in story.visits if visit.week is not None and visit.day <= day]
    return planned[-1].event if planned else "screening_arm_1"


def adverse_event_rows(seed, person, story) -> list[dict]:
    rng = stream(seed, "adverse", person.number)
    frailty = float(rng.gamma(1.8, 1 / 1.8)) * (1 + 0.012 * (person.age - 55) + 0.02 * person.gc_dose)
    exposure = exposure_of(story)
    events = safety.draw_events(rng, person.index, story.end, exposure, max(frailty, 0.05))
    if story.death:
        day = story.death - timedelta(int(min(9, (story.death - person.index).days)))
        events.append(safety.fatal(day, story.death, exposure(day)[0]))
    rows = []
    for number, event in enumerate(sorted(events, key=lambda e: e["ae_start"]), start=1):
        day = person.index.fromisoformat(event["ae_start"])
        place = _keys(person, event_of(story, day), "adverse_event", str(number))
        rows.append(place | event | _vague(rng, event) | {"adverse_event_complete": "2"})
    return rows


def _vague(rng, event) -> dict:
    """Start dates a patient remembers only roughly."""
    u = rng.random()
    return {"ae_start": event["ae_start"][: 4 if u < 0.01 else 7]} if u < 0.06 else {}


def disposition_row(person, story) -> dict:
    ended = text(story.end)
    return _keys(person, "end_of_study_arm_1") | {
        "discontinuation_date": ended, "discontinuation_reason": str(story.reason), "last_contact_date": ended,
        "death_date": text(story.death), "disposition_complete": "2",
    }  # fmt: skip


def event_rows(seed, person, story) -> list[dict]:
    """Deviations and intercurrent events, in order of date."""
    rng = stream(seed, "events", person.number)
    found = [(day, "2", "11", "", "b/tsDMARD switched") for day in story.switches]
    found += [(day, "2", "12", "", "glucocorticoid raised") for day in story.rescues]
    found += [(v.day, "1", "1", "1", "visit outside its window") for v in story.visits if _late(v, person)]
    found += [(v.day, "1", "2", "1", "assessment missing") for v in story.visits if not v.done]
    if person.twist == "age_18":
        found.append((person.index, "1", "3", "2", "aged exactly 18: inclusion says over 18"))
    days = (story.end - person.index).days
    for share, code, kind, weight, words in (
        (0.06, "13", "2", "", "joint injection or surgery"),
        (0.03, "4", "1", "1", "consent form outdated"),
        (0.05, "5", "1", "2", "drug change not documented"),
    ):
        if rng.random() < share and days > 1:
            found.append((person.index + timedelta(int(rng.integers(1, days))), kind, code, weight, words))
    return [
        _keys(person, event_of(story, day), "study_event", str(number))
        | {"ev_kind": kind, "ev_type": code, "ev_date": text(day), "ev_severity": weight, "ev_text": words,
           "study_event_complete": "2"}
        for number, (day, kind, code, weight, words) in enumerate(sorted(found), start=1)
    ]  # fmt: skip


WINDOWS = {
    0: (-28, 1),
    4: (15, 56),
    12: (57, 126),
    24: (127, 252),
    48: (253, 420),
    72: (421, 588),
    96: (589, 756),
}


def _late(visit, person) -> bool:
    if visit.week not in WEEKS or not visit.done:
        return False
    low, high = WINDOWS[visit.week]
    return not low <= (visit.day - person.index).days + 1 <= high
