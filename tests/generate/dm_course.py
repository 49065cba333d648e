"""The course of each treated person: measures by visit, steroid, doses, leaving."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from generate.draws import heavy, stream
from generate.ra_drugs import Course

WEEKS = (0, 4, 12, 24, 48)
# Who leaves, by place in the order of treatment: week after which, reason code.
LEAVE = {4: (8, 2), 9: (14, 3), 13: (26, 4), 16: (17, 5), 18: (30, 6)}
RESCUE = {6: 16, 9: 10, 12: 20}
PROHIBITED = {12: 21}
MISSED = {(2, 12): 3, (7, 4): 5, (10, 48): 2, (14, 24): 3}
OUT_OF_WINDOW = {(11, 24): 199}


@dataclass
class Visit:
    """One planned visit; `benefit` is the share of the disease treatment has removed by then."""

    week: int
    day: date
    done: bool = True
    reason: str = ""
    benefit: float = 0.0
    gc: float = 0.0
    rescue: bool = False
    strength: int = 150

    @property
    def event(self) -> str:
        return f"week_{self.week}_arm_1"


@dataclass
class Story:
    """All that happens to a treated person from day 1."""

    visits: list[Visit]
    courses: list[Course]
    doses: list[dict]
    end: date
    reason: int
    rescue: date | None = None
    prohibited: date | None = None


def follow(seed: int, patient, place: int) -> Story:
    """The story of the treated person in that place of the order of treatment."""
    rng = stream(seed, "course", patient.number)
    last = patient.index + timedelta(375)
    leaving = LEAVE.get(place)
    end = patient.index + timedelta(7 * leaving[0] + int(rng.integers(0, 6))) if leaving else last
    story = Story([], list(patient.courses), [], end, leaving[1] if leaving else 1)
    if place in RESCUE:
        story.rescue = patient.index + timedelta(7 * RESCUE[place])
    if place in PROHIBITED:
        story.prohibited = patient.index + timedelta(7 * PROHIBITED[place])
        story.courses.append(Course("cyclophosphamide", story.prohibited, None, role="补救用药"))
    _walk(rng, patient, story, place)
    story.doses = _doses(rng, patient, story)
    if not leaving:
        story.end = max(visit.day for visit in story.visits)
    return story


def _walk(rng, patient, story, place) -> None:
    gc, error, rescued = patient.gc_dose, 0.0, False
    response = min(patient.traits["response"], 0.05) if place in RESCUE or story.reason in (3, 5) else None
    response = patient.traits["response"] if response is None else response
    for week in WEEKS:
        day = _day(rng, patient, week, place)
        if day > story.end and week:
            return
        error = 0.6 * error + 0.07 * heavy(rng)
        benefit = float(np.clip(response * (1 - np.exp(-week / 9)) + (error if week else 0), -0.35, 0.92))
        raised = story.rescue is not None and not rescued and story.rescue <= day
        gc = _raise(story, patient) if raised else gc
        rescued = rescued or raised
        reason = str(MISSED.get((place, week), ""))
        story.visits.append(Visit(week, day, not reason, reason, benefit, gc, raised))
        gc = _taper(rng, story, day, gc, benefit, week) if not rescued else gc


def _day(rng, patient, week, place) -> date:
    target = OUT_OF_WINDOW.get((place, week), 7 * week + 1)
    jitter = 0 if not week or (place, week) in OUT_OF_WINDOW else int(np.clip(round(2.5 * heavy(rng)), -6, 7))
    return patient.index + timedelta(target - 1 + jitter)


def _raise(story, patient) -> float:
    """Rescue: half as much again as at baseline, from the day of rescue."""
    dose = float(round(patient.gc_dose * 1.5 / 5) * 5)
    _change(story, story.rescue, dose, "补救用药")
    return dose


def _taper(rng, story, day, gc, benefit, week) -> float:
    """Lower the dose when the disease allows, in steps of 2.5 mg, from the day after the visit."""
    share = np.clip(0.12 + 0.75 * max(benefit, 0) + 0.06 * rng.normal(), 0, 0.6) * (0.5 if week == 0 else 1)
    dose = float(round(gc * (1 - share) / 2.5) * 2.5)
    if dose != gc:
        _change(story, day + timedelta(1), dose, "合并用药")
    return dose


def _change(story, day, dose, role) -> None:
    for i, course in enumerate(story.courses):
        if course.mechanism == "gc" and course.stop is None:
            story.courses[i] = replace(course, stop=day, reason="其他" if dose else "缓解")
    if dose:
        story.courses.append(Course("prednisone", day, None, role=role, dose=dose))


def _planned(patient) -> float:
    """10 mg/kg by the usual weight bands."""
    return 500.0 if patient.weight < 60 else 750.0 if patient.weight <= 100 else 1000.0


def _doses(rng, patient, story) -> list[dict]:
    """Infusions in weeks 0, 2, 4 and every fourth; some change to weekly injections after week 24."""
    weeks = [0, 2, *range(4, 48, 4)]
    injections = patient.number % 5 == 0
    plan = [(week, _planned(patient), "1") for week in weeks if not (injections and week > 24)]
    plan += [(week, 125.0, "2") for week in range(28, 48)] if injections else []
    rows = []
    for week, amount, route in plan:
        day = patient.index + timedelta(
            7 * week + (int(np.clip(round(1.6 * heavy(rng)), -4, 5)) if week else 0)
        )
        if day > story.end:
            break
        missed = week > 0 and rng.random() < 0.045
        reason = str(rng.choice(["1", "2", "3", "4"])) if missed else ""
        rows.append({"day": day, "given": not missed, "mg": 0.0 if missed else amount, "planned": amount,
                     "route": route, "why": reason})  # fmt: skip
    return rows
