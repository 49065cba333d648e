"""The course of each enrolled person: activity, treatment, visits kept and missed, leaving the cohort."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from generate.draws import choose, heavy, stream
from generate.instruments import joint_count, vas
from generate.ra_boundary import EDGE, fits
from generate.ra_drugs import Course, pick_drug, stop_reason, stopped
from generate.ra_people import QUIET

WEEKS = (0, 4, 12, 24, 48, 72, 96)
CLOSE = date(2026, 12, 31)
STEROIDS = (0.0, 2.5, 5.0, 7.5, 10.0, 15.0)


@dataclass
class Visit:
    """One planned (or unscheduled) visit and the state of the person on that day."""

    week: int | None
    day: date
    done: bool = True
    reason: str = ""
    level: float = 0.0
    gc: float = 0.0
    drug: str = ""
    state: dict = field(default_factory=dict)

    @property
    def event(self) -> str:
        return "unscheduled_arm_1" if self.week is None else f"week_{self.week}_arm_1"


@dataclass
class Story:
    """All that happens to a person from the index date on."""

    visits: list[Visit]
    courses: list[Course]
    end: date
    reason: int
    death: date | None = None
    switches: list[date] = field(default_factory=list)
    rescues: list[date] = field(default_factory=list)


def follow(seed: int, person) -> Story:
    """The story of one person; those not enrolled have the one assessment of screening."""
    rng = stream(seed, "course", person.number)
    if not person.enrolled:
        visit = Visit(0, person.index, level=person.traits["start"], gc=person.gc_dose)
        visit.state = draw_state(rng, person, visit)
        return Story([visit], person.courses, person.index, 0)
    story = Story([], list(person.courses), CLOSE, 8)
    _walk(rng, person, story)
    _unscheduled(rng, person, story)
    return story


def _walk(rng, person, story) -> None:
    """Visit after visit: state, decision on therapy, leaving."""
    gain, error, gc = person.traits["response"], 0.12, person.gc_dose
    drug = _begin(rng, person, story)
    for week, following in zip(WEEKS, (*WEEKS[1:], 96), strict=True):
        day = _visit_day(rng, person, week)
        if day > CLOSE:
            return
        error = 0.55 * error + 0.25 * heavy(rng)
        level = person.traits["start"] - gain * (1 - np.exp(-week / 13)) + (error if week else 0)
        visit = Visit(week, day, level=float(np.clip(level, 0.15, 4.2)), gc=gc, drug=drug)
        visit.state = draw_state(rng, person, visit)
        visit.done = week == 0 or rng.random() > 0.055
        visit.reason = "" if visit.done else str(rng.choice([3, 3, 3, 2, 5]))
        story.visits.append(visit)
        story.end, story.reason = day, 1 if week == 96 else 8
        if visit.done and week < 96:
            drug, gc, gained = _decide(rng, story, visit, drug, gc)
            gain += gained
        if week >= 4 and _leaves(rng, visit, following - week):
            _leave(rng, story, visit, following - week)
            return


def _visit_day(rng, person, week) -> date:
    if week == 0:
        return person.index
    jitter = 0.9 * np.sqrt(week) * heavy(rng)
    return person.index + timedelta(7 * week + int(np.clip(round(jitter), -24, 40)))


def draw_state(rng, person, visit) -> dict:
    """The state of a day; at screening one that suits what the person was screened for."""
    if visit.week == 0 and person.twist.startswith("boundary"):
        return dict(EDGE)
    while True:
        state = _draw_state(rng, person, visit)
        if visit.week != 0 or fits(person, state):
            return state


def _draw_state(rng, person, visit) -> dict:
    """Joint counts, globals, pain and acute phase, all from the same latent activity."""
    activity = min(np.exp(visit.level) - 1, 70.0)
    pauci = person.phenotype == 2
    ptga = 100 * (1 - np.exp(-activity / 26))
    phga = 100 * (1 - np.exp(-activity / 30))
    joints = max(activity - (ptga + phga) / 10, 0.05)
    state = {
        "tjc28": joint_count(rng, joints * (0.72 if pauci else 0.6)),
        "sjc28": joint_count(rng, joints * (0.24 if pauci else 0.4)),
        "ptga": vas(rng, ptga + 7 * pauci + 4 * (person.traits["mood"] - 0.5)),
        "phga": vas(rng, phga - 4 * pauci, 6.5),
        "pain": vas(rng, 100 * (1 - np.exp(-activity / 23)) + 9 * pauci, 9),
    }
    return state | _acute_phase(rng, person, visit, pauci)


def _acute_phase(rng, person, visit, pauci) -> dict:
    own = (0.55, 0.1, -0.7)[person.phenotype]
    blocked = {"tocilizumab": 1.7, "tofacitinib": 0.4, "baricitinib": 0.4, "upadacitinib": 0.5}.get(
        visit.drug, 0.0
    )
    blocked *= visit.week != 0
    quiet = 0.9 if person.twist in QUIET and not visit.week else 0.0
    crp = np.exp(-0.75 + 0.95 * visit.level + own + 0.55 * heavy(rng) - blocked - quiet)
    esr = np.exp(1.7 + 0.55 * visit.level + 0.6 * own + 0.35 * heavy(rng) - 0.6 * blocked - 0.6 * quiet)
    return {"crp": float(min(crp, 210.0)), "esr": int(np.clip(round(esr), 1, 138))}


def cdai(state) -> float:
    """The index the rheumatologist reads at the visit."""
    return round(state["tjc28"] + state["sjc28"] + state["ptga"] / 10 + state["phga"] / 10, 1)


def _begin(rng, person, story) -> str:
    """Most begin a new b/tsDMARD at baseline; some change the csDMARD only."""
    tried = {course.mechanism for course in person.courses}
    fresh = [name for name in ("TNFi", "IL6i", "JAKi", "CTLA4Ig", "CD20", "BLyS_APRIL") if name not in tried]
    start = person.index + timedelta(int(rng.integers(0, 8)))
    generic = pick_drug(rng, fresh if rng.random() < 0.85 and fresh else ["TNFi", "IL6i", "JAKi"], start.year)
    story.courses.append(
        Course(generic, start, None, role="合并用药", adherence=round(person.traits["adherence"]))
    )
    return generic


def _decide(rng, story, visit, drug, gc) -> tuple[str, float, float]:
    """Treat to target: the next drug, the next steroid dose, and what a change of therapy gains."""
    missed = cdai(visit.state) > 10
    visit.state["target_met"] = missed != (rng.random() < 0.94)
    changed = rng.random() < ((0.62 if visit.week >= 12 else 0.3) if missed else 0.06)
    if visit.week == 0:
        visit.state |= {"changed": True, "why": 1}
        return drug, gc, 0.0
    visit.state |= {"changed": changed, "why": _why(rng, missed, changed)}
    next_gc = _taper(rng, story, visit, gc, missed)
    if missed and changed and visit.week >= 12 and rng.random() < 0.5:
        return _switch(rng, story, visit, drug), next_gc, float(max(rng.normal(0.16, 0.3), -0.2))
    return drug, next_gc, float(max(rng.normal(0.05, 0.1), 0)) if missed and changed else 0.0


def _why(rng, missed, changed) -> int:
    if changed:
        return choose(rng, {1: 8, 2: 1} if missed else {2: 2, 3: 5, 5: 1})
    return choose(rng, {4: 3, 5: 2, 6: 2, 7: 4}) if missed else 0


def _switch(rng, story, visit, drug) -> str:
    """Stop the running b/tsDMARD and start one of another mechanism."""
    day = visit.day + timedelta(int(rng.integers(0, 20)))
    position = max(
        i for i, course in enumerate(story.courses) if course.generic == drug and course.stop is None
    )
    running = story.courses[position]
    story.courses[position] = stopped(running, day, stop_reason(rng, (day - running.start).days))
    others = [name for name in ("TNFi", "IL6i", "JAKi", "CTLA4Ig", "CD20") if name != running.mechanism]
    new = pick_drug(rng, others, day.year, {course.generic for course in story.courses[-3:]})
    begin = day + timedelta(int(rng.integers(0, 15)))
    story.courses.append(Course(new, begin, None, role="合并用药", adherence=running.adherence))
    story.switches.append(begin)
    return new


def _taper(rng, story, visit, gc, missed) -> float:
    """Lower the steroid when the target is met; raise it in a flare as rescue."""
    place = STEROIDS.index(gc)
    if (not missed and gc and rng.random() < 0.7) or (missed and gc and rng.random() < 0.22):
        place -= 1
    elif missed and visit.level > 3.2 and visit.week >= 12 and rng.random() < 0.25:
        place = min(place + 2, len(STEROIDS) - 1)
        story.rescues.append(visit.day)
    dose = STEROIDS[place]
    if dose != gc:
        _change_steroid(story, visit.day, dose)
    return dose


def _change_steroid(story, day, dose) -> None:
    """End the running steroid course the day after the visit and start the new dose."""
    for i, course in enumerate(story.courses):
        if course.mechanism == "gc" and course.stop is None:
            story.courses[i] = replace(course, stop=day + timedelta(1), reason="其他" if dose else "缓解")
    if dose:
        role = "补救用药" if day in story.rescues else "合并用药"
        story.courses.append(Course("prednisone", day + timedelta(1), None, role=role, dose=dose))


def _leaves(rng, visit, weeks) -> bool:
    hazard = 0.036 * weeks / 24 * np.exp(0.7 * (visit.level - 2.5))
    return rng.random() < hazard


def _leave(rng, story, visit, weeks) -> None:
    """When and why a person leaves between this visit and the next."""
    story.end = min(visit.day + timedelta(int(rng.integers(5, max(7 * weeks, 6)))), CLOSE)
    active = visit.level > 2.7
    reasons = {3: 4, 4: 4, 6: 2, 2: 2.4, 5: 1.1} if active else {4: 5, 6: 3, 2: 2, 7: 1.5, 5: 0.8}
    story.reason = choose(rng, reasons)
    story.death = story.end if story.reason == 5 else None


def _unscheduled(rng, person, story) -> None:
    """A few visits between the planned ones, mostly for flares."""
    for _ in range(int(rng.choice([0, 1, 2], p=[0.93, 0.06, 0.01]))):
        after = story.visits[int(rng.integers(0, len(story.visits)))]
        day = after.day + timedelta(int(rng.integers(9, 20)))
        if after.week is None or day >= min(story.end, CLOSE):
            continue
        gc = _steroid_on(story, day)
        visit = Visit(None, day, level=min(after.level + 0.35, 4.2), gc=gc, drug=after.drug)
        visit.state = draw_state(rng, person, visit) | {"target_met": False, "changed": True, "why": 1}
        story.visits.append(visit)


def _steroid_on(story, day) -> float:
    """The prednisone equivalent of the course running before that day."""
    return sum(
        course.dose * (1.25 if course.generic == "methylprednisolone" else 1)
        for course in story.courses
        if course.mechanism == "gc" and course.start < day and (course.stop is None or course.stop >= day)
    )
