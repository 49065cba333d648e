"""Adverse events: what can happen, how often, how grave. Own wording; no licensed dictionary is used."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from generate.draws import choose


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: words, organ class, rate per person-year, weights of grades 1-4, special interest."""

    terms: tuple[str, ...]
    pt: str
    soc: str
    rate: float
    grades: tuple[float, ...]
    aesi: int = 0
    drugs: tuple[str, ...] = ()
    factor: float = 1.0


MILD, MEDIUM, GRAVE = (7, 3, 0.15, 0), (3, 6, 1, 0.05), (0, 2, 7, 1)
INFECTIONS, TESTED = "Infections and infestations", "Investigations"
BLOOD, GUT = "Blood and lymphatic system disorders", "Gastrointestinal disorders"
SKIN, GENERAL = (
    "Skin and subcutaneous tissue disorders",
    "General disorders and administration site conditions",
)
KINDS = (
    Kind(("cold", "runny nose and sore throat", "上呼吸道感染"), "Upper respiratory tract infection", INFECTIONS,
         0.28, MILD),
    Kind(("bronchitis", "支气管炎"), "Bronchitis", INFECTIONS, 0.06, MEDIUM),
    Kind(("pneumonia", "lung infection", "肺炎"), "Pneumonia", INFECTIONS, 0.03, GRAVE, 1),
    Kind(("burning on urination", "urinary infection", "尿路感染"), "Urinary tract infection", INFECTIONS, 0.08,
         MEDIUM),
    Kind(("shingles", "带状疱疹"), "Herpes zoster", INFECTIONS, 0.02, MEDIUM, 4, ("JAKi",), 3.5),
    Kind(("tuberculosis of the lung",), "Pulmonary tuberculosis", INFECTIONS, 0.002, GRAVE, 2, ("TNFi",), 3.0),
    Kind(("HBV DNA rising", "乙肝再激活"), "Hepatitis B reactivation", INFECTIONS, 0.006, MEDIUM, 3),
    Kind(("liver enzymes up", "转氨酶升高"), "Hepatic enzyme increased", TESTED, 0.09, MILD),
    Kind(("low white cells", "白细胞减少"), "Leukopenia", BLOOD, 0.045, MEDIUM, 8, ("IL6i",), 2.5),
    Kind(("anaemia", "贫血"), "Anaemia", BLOOD, 0.03, MEDIUM),
    Kind(("nausea", "恶心"), "Nausea", GUT, 0.09, MILD),
    Kind(("stomach pain", "上腹痛"), "Abdominal pain upper", GUT, 0.05, MILD),
    Kind(("diarrhoea", "腹泻"), "Diarrhoea", GUT, 0.05, MILD),
    Kind(("mouth ulcer", "口腔溃疡"), "Stomatitis", GUT, 0.035, MILD),
    Kind(("rash", "皮疹"), "Rash", SKIN, 0.05, MILD),
    Kind(("hair loss", "脱发"), "Alopecia", SKIN, 0.03, MILD),
    Kind(("redness at injection site", "注射部位红肿"), "Injection site reaction", GENERAL, 0.04, MILD, 7, ("TNFi",),
         2.0),
    Kind(("tiredness",), "Fatigue", GENERAL, 0.03, MILD),
    Kind(("fever", "发热"), "Pyrexia", GENERAL, 0.035, MILD),
    Kind(("headache", "头痛"), "Headache", "Nervous system disorders", 0.04, MILD),
    Kind(("raised lipids", "血脂升高"), "Hyperlipidaemia", "Metabolism and nutrition disorders", 0.05, MILD, 0,
         ("IL6i", "JAKi"), 2.5),
    Kind(("raised glucose", "血糖升高"), "Hyperglycaemia", "Metabolism and nutrition disorders", 0.03, MEDIUM),
    Kind(("high blood pressure", "血压升高"), "Hypertension", "Vascular disorders", 0.03, MEDIUM),
    Kind(("clot in the leg", "下肢静脉血栓"), "Deep vein thrombosis", "Vascular disorders", 0.004, GRAVE, 10,
         ("JAKi",), 3.0),
    Kind(("heart attack", "心肌梗死"), "Myocardial infarction", "Cardiac disorders", 0.004, GRAVE, 9),
    Kind(("worse lung fibrosis",), "Interstitial lung disease", "Respiratory, thoracic and mediastinal disorders",
         0.008, GRAVE, 6),
    Kind(("vertebral fracture", "椎体骨折"), "Spinal compression fracture",
         "Injury, poisoning and procedural complications", 0.01, GRAVE),
    Kind(("breast cancer",), "Breast cancer", "Neoplasms benign, malignant and unspecified", 0.003, GRAVE, 5),
)  # fmt: skip
CRITERION_HOSPITAL, CRITERION_MEDICAL, CRITERION_LIFE, CRITERION_DEATH = "3", "6", "2", "1"


def draw_events(rng, start: date, end: date, exposure, frailty: float, scale: float = 1.0) -> list[dict]:
    """Events of one person under observation; `exposure(day)` names the drug and its mechanism that day."""
    years, events = max((end - start).days, 0) / 365.25, []
    for kind in KINDS:
        for _ in range(int(rng.poisson(kind.rate * scale * frailty * years * max(kind.factor, 1.0)))):
            day = start + timedelta(int(rng.integers(0, max((end - start).days, 1))))
            drug, mechanism = exposure(day)
            if kind.factor > 1 and mechanism not in kind.drugs and rng.random() > 1 / kind.factor:
                continue
            events.append(_event(rng, kind, day, end, drug))
    return sorted(events, key=lambda event: event["ae_start"])


def _event(rng, kind, day, end, drug) -> dict:
    grade = 1 + int(rng.choice(4, p=np.array(kind.grades) / sum(kind.grades)))
    serious = grade == 4 or (grade == 3 and rng.random() < 0.75)
    related = choose(rng, {"0": 2, "1": 3, "2": 4, "3": 1.5, "4": 0.2})
    action = choose(rng, {"0": 5, "1": 3, "3": 1 + grade / 2} if grade >= 2 else {"0": 12, "1": 1, "2": 0.6})
    stop = day + timedelta(int(4 + rng.gamma(1.5, 9.0 * grade)))
    ongoing = stop > end or rng.random() < 0.06
    aesi = kind.aesi or (1 if serious and kind.soc == INFECTIONS else 0)
    aesi = 0 if aesi == 1 and not serious else aesi
    life = grade == 4
    return {
        "ae_term": str(rng.choice(kind.terms)), "ae_pt": kind.pt, "ae_soc": kind.soc, "ae_start": day.isoformat(),
        "ae_stop": "" if ongoing else stop.isoformat(), "ae_ongoing": str(int(ongoing)),
        "ae_grade": str(grade) if rng.random() > 0.012 else "", "ae_serious": str(int(serious)),
        "ae_sae_criterion": (CRITERION_LIFE if life else CRITERION_HOSPITAL) if serious else "",
        "ae_related": related, "ae_drug": drug, "ae_action": action,
        "ae_outcome": "4" if ongoing and rng.random() < 0.5 else "2" if ongoing else choose(
            rng, {"1": 20, "3": 1 if grade >= 3 else 0.1}),
        "ae_aesi": str(aesi),
    }  # fmt: skip


def fatal(day: date, end: date, drug: str) -> dict:
    """The event a person died of."""
    return {
        "ae_term": "severe pneumonia", "ae_pt": "Pneumonia", "ae_soc": INFECTIONS, "ae_start": day.isoformat(),
        "ae_stop": end.isoformat(), "ae_ongoing": "0", "ae_grade": "5", "ae_serious": "1", "ae_sae_criterion": "1",
        "ae_related": "2", "ae_drug": drug, "ae_action": "3", "ae_outcome": "5", "ae_aesi": "1",
    }  # fmt: skip
