"""Who is screened for the dermatomyositis study: fate, disease, history, latent traits."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from generate.draws import stream, weekday, years_before
from generate.ra_drugs import Course

FIRST, LAST = date(2021, 2, 1), date(2022, 4, 15)
# fate (or first reason of failure), feature, disease, antibody, lung disease
CAST = (
    ("treated", "plain", "definite", "TIF1g", False),
    ("treated", "gc_098", "definite", "NXP2", False),
    ("treated", "is_91", "definite", "Mi-2", False),
    ("treated", "overlap_90", "probable", "neg", False),
    ("treated", "age_18_cadm", "ADM", "MDA5", True),
    ("treated", "intolerance_only", "definite", "TIF1g", False),
    ("treated", "plain", "ADM", "MDA5", True),
    ("treated", "plain", "ADM", "TIF1g", False),
    ("treated", "plain", "HDM", "MDA5", True),
    ("treated", "plain", "HDM", "SAE", False),
    ("treated", "rituximab_washed_out", "definite", "MDA5", True),
    ("treated", "plain", "definite", "Mi-2", False),
    ("treated", "plain", "definite", "Jo-1", True),
    ("treated", "plain", "probable", "NXP2", False),
    ("treated", "plain", "definite", "neg", True),
    ("treated", "plain", "definite", "Mi-2", False),
    ("treated", "plain", "probable", "ND", False),
    ("treated", "plain", "definite", "NXP2", False),
    ("treated", "plain", "definite", "TIF1g", True),
    ("treated", "plain", "probable", "MDA5", True),
    ("not_dm_or_cadm", "other_myopathy", "premyopathic", "neg", False),
    ("age_below_18", "plain", "definite", "NXP2", False),
    ("not_refractory", "overlap_89", "definite", "Mi-2", False),
    ("gc_dose_1_mg_kg_or_more", "gc_100", "definite", "neg", False),
    ("is_not_stable", "is_90", "probable", "TIF1g", False),
    ("washout_incomplete", "other_ctd", "definite", "other_ARS", True),
    ("no_consent", "plain", "definite", "neg", False),
)
CADM = ("ADM", "HDM")


@dataclass
class Patient:
    """One screened person; `index` is day 1, or the screening day of those not treated."""

    number: int
    fate: str
    twist: str
    disease: str
    antibody: str
    ild: bool
    screened: date
    index: date
    birth: date = None
    sex: int = 2
    weight: float = 60.0
    height: float = 162.0
    onset: date = None
    diagnosis: date = None
    courses: list[Course] = field(default_factory=list)
    gc_dose: float = 20.0
    traits: dict = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"DM-{self.number:02d}"

    @property
    def treated(self) -> bool:
        return self.fate == "treated"

    @property
    def cadm(self) -> bool:
        return self.disease in CADM

    @property
    def age(self) -> int:
        before_birthday = (self.index.month, self.index.day) < (self.birth.month, self.birth.day)
        return self.index.year - self.birth.year - before_birthday


def draw_patients(seed: int) -> list[Patient]:
    """All 27, in the order of screening."""
    rng = stream(seed, "cast")
    days = np.sort(rng.uniform(0, (LAST - FIRST).days, len(CAST))).astype(int)
    order = rng.permutation(len(CAST))
    return [
        _patient(stream(seed, "patient", number), number, *CAST[slot], weekday(FIRST + timedelta(int(day))))
        for number, (slot, day) in enumerate(zip(order, days, strict=True), start=1)
    ]


def _patient(rng, number, fate, twist, disease, antibody, ild, screened) -> Patient:
    wait = int(rng.integers(3, 14)) if fate == "treated" and twist == "plain" else 0
    patient = Patient(
        number, fate, twist, disease, antibody, ild, screened, weekday(screened + timedelta(wait))
    )
    patient.sex = int(rng.random() < 0.68) + 1
    patient.height = round(float(rng.normal(171 if patient.sex == 1 else 160, 5)))
    patient.weight = round(float(np.clip(rng.normal(23, 2.6), 18, 31)) * (patient.height / 100) ** 2, 1)
    patient.gc_dose = float(
        rng.choice([10, 12.5, 15, 20, 25, 30, 40], p=[0.1, 0.1, 0.2, 0.25, 0.15, 0.12, 0.08])
    )
    if twist in ("gc_098", "gc_100"):
        patient.weight, patient.gc_dose = 60.0, 59.0 if twist == "gc_098" else 60.0
    patient.courses = sorted(_courses(rng, patient), key=lambda course: (course.start, course.generic))
    _dates(rng, patient)
    patient.traits = _traits(rng, patient)
    return patient


def _courses(rng, patient) -> list[Course]:
    """Earlier and running immunosuppressants, glucocorticoid, earlier biologics."""
    index, twist = patient.index, patient.twist
    stable = {"is_91": 91, "is_90": 90, "overlap_89": 120}.get(twist, int(rng.integers(105, 420)))
    current = str(rng.choice(["methotrexate", "mycophenolate", "tacrolimus", "azathioprine", "ciclosporin"]))
    if twist in ("is_91", "is_90"):
        current = "mycophenolate"
    if twist == "intolerance_only":
        current = "mycophenolate"
    changed = index - timedelta(stable)
    courses = [Course(current, changed, None, role="合并用药", dose={"mycophenolate": 0.75}.get(current))]
    if twist in ("is_91", "is_90"):
        courses.append(Course(current, changed - timedelta(150), changed, "其他", dose=0.5))
    return courses + _failed(rng, patient, changed, current) + _steroids(rng, patient) + _biologics(patient)


def _failed(rng, patient, before, current) -> list[Course]:
    """Immunosuppressants given up earlier."""
    end = before - timedelta(180 if patient.twist in ("is_91", "is_90") else int(rng.integers(0, 30)))
    if patient.twist == "intolerance_only":
        second = Course("azathioprine", end - timedelta(60), end, "不良反应")
        return [second, Course("methotrexate", second.start - timedelta(130), second.start, "不良反应")]
    if patient.twist.startswith("overlap") or patient.fate == "age_below_18":
        return []
    courses, options = [], [x for x in ("methotrexate", "azathioprine", "cyclophosphamide") if x != current]
    for generic in rng.permutation(options)[: int(rng.choice([1, 2], p=[0.6, 0.4]))]:
        start = end - timedelta(int(rng.integers(95, 300)))
        reason = str(rng.choice(["原发无效", "继发无效", "不良反应", "不耐受"], p=[0.45, 0.3, 0.15, 0.1]))
        courses.append(Course(str(generic), start, end, reason))
        end = start - timedelta(int(rng.integers(0, 40)))
    return courses


def _steroids(rng, patient) -> list[Course]:
    """From a high starting dose down to the dose of entry; 4 mg of methylprednisolone are 5 mg of prednisone."""
    index, since = patient.index, int(rng.integers(35, 80))
    overlap = {"overlap_90": 90, "overlap_89": 89}.get(patient.twist)
    if patient.twist == "gc_100":
        return [Course("methylprednisolone", index - timedelta(200), None, role="合并用药", dose=48)]
    if overlap:
        return [Course("prednisone", index - timedelta(overlap), None, role="合并用药", dose=patient.gc_dose)]
    middle = index - timedelta(since)
    first = middle - timedelta(int(rng.integers(120, 500)))
    return [
        Course("prednisone", index - timedelta(since), None, role="合并用药", dose=patient.gc_dose),
        Course("prednisone", first, middle, "其他", dose=min(patient.gc_dose + 20, 60.0)),
    ]


def _biologics(patient) -> list[Course]:
    index = patient.index
    return {
        "rituximab_washed_out": [
            Course("rituximab", index - timedelta(230), index - timedelta(215), "原发无效")
        ],
        "other_ctd": [Course("rituximab", index - timedelta(135), index - timedelta(120), "原发无效")],
        "gc_098": [Course("ivig", index - timedelta(160), index - timedelta(155), "继发无效")],
    }.get(patient.twist, [])


def _dates(rng, patient) -> None:
    first = min(course.start for course in patient.courses)
    patient.diagnosis = first - timedelta(int(rng.integers(0, 30)))
    patient.onset = patient.diagnosis - timedelta(int(190 + rng.gamma(1.5, 90)))
    wanted = 17 if patient.fate == "age_below_18" else 18 if patient.twist == "age_18_cadm" else None
    if wanted:
        patient.birth = years_before(patient.index, wanted, 0 if wanted == 18 else -120)
    else:
        age = float(np.clip(rng.normal(49, 12), 21, 76))
        patient.birth = patient.index - timedelta(int(age * 365.25) + int(rng.integers(0, 300)))


def _traits(rng, patient) -> dict:
    """Muscle and skin disease at entry, and how much of each treatment removes."""
    classic = patient.disease in ("definite", "probable")
    hypo = patient.disease == "HDM"
    return {
        "deficit": float(np.clip(rng.normal(29, 11), 12, 62)) if classic else 0.0,
        "enzyme": float(rng.normal(1.25, 0.65))
        if classic
        else 0.55
        if hypo
        else float(rng.normal(-0.8, 0.2)),
        "skin": float(np.clip(rng.gamma(7, 3.2 if not classic else 2.9), 6, 52)),
        "global": float(np.clip(rng.normal(58, 12), 28, 88)),
        "response": float(np.clip(rng.normal(0.36, 0.26), -0.3, 0.85)),
        "mood": float(np.clip(rng.normal(0.5, 0.5), -0.8, 2.0)),
        "fvc": float(rng.normal(76, 10)) if patient.ild else float(rng.normal(97, 9)),
        "dlco": float(rng.normal(60, 9)) if patient.ild else float(rng.normal(88, 8)),
    }
