"""Who is screened for the RA cohort: fate, history, and the latent traits that drive the course."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from generate.draws import stream, weekday, years_before
from generate.ra_drugs import Course, biologic_sequence, conventional, glucocorticoid

FIRST, LAST = date(2023, 1, 9), date(2025, 12, 5)
PHENOTYPES = ("myeloid", "lymphoid", "pauci_inflammatory")
# Enrolled persons with a feature worth a test; the others are plain.
ENROLLED_TWISTS = {
    "age_18": 1, "cs_365": 1, "boundary_2c": 1, "gc_7_5": 4, "rapid_progression": 4, "qol_only": 4, "signs_only": 3,
    "access_exception": 4, "cs_contraindicated": 3, "cn_only": 5, "biosimilar_switch": 3, "adverse_day_20": 2,
    "one_c3_missing": 5, "month_only_start": 6,
}  # fmt: skip
FAILED = {
    "not_classified_ra": {"plain": 5},
    "age_below_18": {"plain": 3},
    "age_exactly_18": {"plain": 2},
    "csdmard_under_365_days": {"cs_364": 1, "gap": 3, "cs_never": 2, "short": 9},
    "d2t_criteria_not_met": {"one_moa": 5, "jak_jak": 3, "cost_stop": 3, "boundary_2a": 1, "low_activity": 4,
                             "c3_no": 4},
    "no_valid_consent": {"missing": 2, "late": 1},
    "unwilling": {"plain": 7},
    "dmard_under_365_days": {"plain": 2},
    "d2t_indeterminate": {"plain": 3},
}  # fmt: skip
QUIET = {
    "boundary_2c",
    "gc_7_5",
    "rapid_progression",
    "qol_only",
    "signs_only",
    "boundary_2a",
    "low_activity",
}


@dataclass
class Person:
    """One screened person; `fate` is "enrolled" or the reason of the screen failure."""

    number: int
    fate: str
    twist: str
    index: date
    birth: date = None
    sex: int = 2
    phenotype: int = 0
    onset: date = None
    diagnosis: date = None
    courses: list[Course] = field(default_factory=list)
    gc_dose: float = 0.0
    traits: dict = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"RA-{self.number:03d}"

    @property
    def enrolled(self) -> bool:
        return self.fate == "enrolled"

    @property
    def age(self) -> int:
        before_birthday = (self.index.month, self.index.day) < (self.birth.month, self.birth.day)
        return self.index.year - self.birth.year - before_birthday


def draw_people(seed: int) -> list[Person]:
    """All 260, in the order of screening."""
    rng = stream(seed, "people")
    slots = [("enrolled", twist) for twist, n in ENROLLED_TWISTS.items() for _ in range(n)]
    slots += [("enrolled", "plain")] * (200 - len(slots))
    slots += [
        (fate, twist) for fate, twists in FAILED.items() for twist, n in twists.items() for _ in range(n)
    ]
    order = rng.permutation(len(slots))
    span = (LAST - FIRST).days
    days = np.sort(rng.beta(1.05, 1.15, len(slots)) * span).astype(int)
    return [
        _person(stream(seed, "person", number), number, *slots[slot], weekday(FIRST + timedelta(int(day))))
        for number, (slot, day) in enumerate(zip(order, days, strict=True), start=1)
    ]


def _person(rng, number, fate, twist, index) -> Person:
    person = Person(number, fate, twist, index)
    person.sex = int(rng.random() < 0.8) + 1
    person.phenotype = int(rng.choice(3, p=[0.4, 0.33, 0.27]))
    person.gc_dose = _gc_dose(rng, person)
    person.courses = _history(rng, person)
    _dates(rng, person)
    person.traits = _traits(rng, person)
    return person


def _gc_dose(rng, person) -> float:
    if person.twist in ("gc_7_5", "boundary_2c"):
        return 7.5
    if person.twist in QUIET:
        return 5.0 if person.twist == "boundary_2a" else float(rng.choice([0, 2.5, 5.0]))
    return float(rng.choice([0, 2.5, 5, 7.5, 10, 15], p=[0.3, 0.08, 0.24, 0.14, 0.19, 0.05]))


def _history(rng, person) -> list[Course]:
    """Every drug course up to the index date."""
    biologics = _biologics(rng, person)
    first_biologic = min((course.start for course in biologics), default=person.index)
    classical = _classical(rng, person, first_biologic)
    steroids = glucocorticoid(rng, person.index, person.gc_dose, int(rng.integers(95, 700)))
    return sorted(classical + biologics + steroids, key=lambda course: (course.start, course.generic))


def _biologics(rng, person) -> list[Course]:
    index, twist = person.index, person.twist
    fixed = {
        "one_moa": ("etanercept", "adalimumab"),
        "jak_jak": ("tofacitinib", "baricitinib"),
        "biosimilar_switch": ("adalimumab", "adalimumab", "tocilizumab"),
        "cost_stop": ("etanercept", "tocilizumab"),
        "access_exception": ("tofacitinib", "tocilizumab"),
    }
    if person.fate == "dmard_under_365_days":
        return [Course("etanercept", index - timedelta(150), index - timedelta(20), "原发无效")]
    if twist in fixed:
        return _fixed_sequence(rng, index, fixed[twist], twist)
    n_mechanisms = int(rng.choice([2, 3, 4], p=[0.62, 0.27, 0.11]))
    if person.fate.startswith("age") or twist in ("age_18", "short"):
        n_mechanisms = 3 if twist == "short" else 2  # the young had little time; the others enough to pass E2
    while True:
        courses = biologic_sequence(rng, index, n_mechanisms, int(rng.random() < 0.35))
        if len({course.mechanism for course in courses}) >= n_mechanisms and len(courses) < 7:
            break
    if twist == "adverse_day_20":
        last = courses[-1]
        courses[-1] = Course(last.generic, last.stop - timedelta(20), last.stop, "不良反应")
    return courses


def _fixed_sequence(rng, index, drugs, twist) -> list[Course]:
    """A sequence that a definition has to get right, ending shortly before the index date."""
    end, courses = index - timedelta(int(rng.integers(7, 40))), []
    for place, generic in enumerate(reversed(drugs)):
        start = end - timedelta(int(rng.integers(120, 320)))
        cost = twist in ("cost_stop", "access_exception") and place == 0
        switch = twist == "biosimilar_switch" and place == 2
        reason = "费用或医保" if cost else "其他" if switch else "继发无效"
        written = {2: "修美乐", 1: "格乐立"}.get(place) if twist == "biosimilar_switch" else None
        courses.append(Course(generic, start, end, reason, nonmedical=switch, written=written))
        end = start - timedelta(
            0 if twist == "biosimilar_switch" and place == 1 else int(rng.integers(15, 60))
        )
    return courses[::-1]


def _classical(rng, person, first_biologic) -> list[Course]:
    index, twist = person.index, person.twist
    start = first_biologic - timedelta(int(rng.integers(400, 1500)))
    if twist in ("cs_365", "cs_364"):
        recent = index - timedelta(165 if twist == "cs_365" else 164)
        early = Course("methotrexate", start, start + timedelta(200), "原发无效")
        return [early, Course("leflunomide", recent, None, role="合并用药", adherence=95)]
    if twist == "cs_never":
        return []
    if twist == "gap":
        return [Course("methotrexate", start, start + timedelta(151), "原发无效"),
                Course("leflunomide", start + timedelta(250), start + timedelta(401), "不耐受")]  # fmt: skip
    if twist == "short" or person.fate == "dmard_under_365_days":
        days = int(rng.integers(90, 340)) if twist == "short" else 140
        begin = start if twist == "short" else index - timedelta(300)
        return [Course("methotrexate", begin, begin + timedelta(days), "不良反应")]
    if twist == "cs_contraindicated":
        until = start + timedelta(int(rng.integers(380, 700)))
        return [Course("methotrexate", start, until, "禁忌")]
    if twist == "age_18":
        start = first_biologic - timedelta(420)
    courses = conventional(rng, start, first_biologic, index, only_cn=twist == "cn_only")
    if twist == "month_only_start":
        courses[0] = Course(**{**_fields(courses[0]), "month_only": True})
    return courses


def _fields(course) -> dict:
    return {name: getattr(course, name) for name in Course.__slots__}


def _dates(rng, person) -> None:
    """Diagnosis before the first drug, onset before that, birth long before; or the age the fate asks for."""
    first = min((course.start for course in person.courses), default=person.index - timedelta(400))
    person.diagnosis = first - timedelta(int(rng.integers(0, 60)))
    person.onset = person.diagnosis - timedelta(int(60 + rng.gamma(2.0, 130)))
    wanted = {"age_below_18": 17, "age_exactly_18": 18}.get(
        person.fate, 18 if person.twist == "age_18" else None
    )
    if wanted:
        person.birth = years_before(person.index, wanted, -int(rng.integers(1, 300)))
        return
    youngest = (person.index - person.onset).days / 365.25 + 15
    age = min(max(rng.normal(55, 12), 20.0, youngest), 84.0)
    person.birth = person.index - timedelta(int(age * 365.25) + int(rng.integers(0, 300)))


def _traits(rng, person) -> dict:
    """Latent traits: starting activity, responsiveness, disability, mood, serology, habits."""
    traits = {
        "fibromyalgia": rng.random() < (0.08, 0.08, 0.38)[person.phenotype],
        "smoking": int(rng.choice([0, 1, 2], p=[0.78, 0.1, 0.12] if person.sex == 2 else [0.3, 0.25, 0.45])),
        "bmi": float(np.clip(rng.normal(23.4, 3.3), 16, 38)),
        "adherence": float(np.clip(rng.normal(88, 10), 40, 100)),
        "mood": float(np.clip(rng.normal(0.45 + 0.3 * (person.phenotype == 2), 0.55), -0.8, 2.2)),
        "positive": rng.random() < (0.86, 0.86, 0.68)[person.phenotype],
        "duration": (person.index - person.onset).days / 365.25,
    }
    traits["n_moa"] = len({c.mechanism for c in person.courses if c.mechanism not in ("cs", "cn", "gc")})
    traits["disability"] = float(
        rng.normal(0, 0.85) + 0.03 * (traits["duration"] - 8) + 0.35 * traits["fibromyalgia"]
    )
    traits["start"] = _start(rng, person)
    traits["response"] = _response(rng, person, traits)
    return traits


def _start(rng, person) -> float:
    """Log activity at baseline: exp(start) - 1 is about the CDAI."""
    if person.twist in QUIET:
        return float(rng.normal(1.65, 0.15))
    return float(max(rng.normal(3.33 - 0.1 * (person.phenotype == 2), 0.33), 2.72))


def _response(rng, person, traits) -> float:
    """How far treatment lowers log activity; the predictors a model should find again."""
    score = (
        -0.35 * (traits["n_moa"] - 2.5)
        - 0.45 * traits["fibromyalgia"]
        - 0.35 * (traits["smoking"] == 2)
        - (0.0, -0.15, 0.35)[person.phenotype]
        + 0.25 * (traits["adherence"] - 88) / 10
        - 0.25 * traits["disability"]
        - 0.15 * (traits["bmi"] - 23.4) / 3.3
    )
    return float(0.46 + 0.34 * score + 0.5 * rng.normal())
