"""The RA cohort as its clinic exports it: rows of text, file by file."""

from datetime import timedelta

import numpy as np

from generate import instruments
from generate.draws import partial, stream, text, tick
from generate.ra_boundary import das28_esr
from generate.ra_course import cdai
from generate.ra_people import QUIET

REASON_CODES = {
    name: str(code)
    for code, name in enumerate(
        ["not_classified_ra", "age_below_18", "age_exactly_18", "csdmard_under_365_days", "d2t_criteria_not_met",
         "no_valid_consent", "unwilling", "dmard_under_365_days", "d2t_indeterminate"], start=1)
}  # fmt: skip
LETTERS = "ABCDEFGHJKLMNPQRSTWXYZ"


def identity(person) -> dict:
    """Identifiers, evidently made up, for the importer to drop."""
    pick = stream(7, "initials", person.number).integers(0, len(LETTERS), 2)
    return {
        "name": f"测试患者{person.number:03d}",
        "hospital": f"TEST-{person.number:06d}",
        "initials": "".join(LETTERS[i] for i in pick),
    }


def visit_keys(person, visit, instance="") -> dict:
    return {"record_id": person.id, "redcap_event_name": visit.event, "redcap_repeat_instance": instance}


def screening_row(rng, person, state) -> dict:
    """The screening form of one person."""
    who = identity(person)
    row = {
        "record_id": person.id, "redcap_event_name": "screening_arm_1", "redcap_data_access_group": "site_a",
        "patient_name": who["name"], "hospital_no": who["hospital"], "initials": who["initials"],
        "screening_date": text(person.index), "birth_date": text(person.birth), "sex": str(person.sex),
        "smoking": str(person.traits["smoking"]), "screening_complete": "2",
        "disease_onset_date": partial(rng, person.onset, 0.3, 0.02),
        "dx_date": partial(rng, person.diagnosis, 0.15, 0.0),
    }  # fmt: skip
    return row | _decision(person) | _body(rng, person) | _classification(rng, person, state) | _difficult(
        rng, person, state
    ) | _workup(rng, person, state)  # fmt: skip


def _decision(person) -> dict:
    """Consent, willingness and what the site decided."""
    day, fate = person.index, person.fate
    consent = {"missing": None, "late": day + timedelta(9)}.get(person.twist, day)
    consent = None if fate == "unwilling" else consent
    status = "1" if person.enrolled else "2" if fate in ("age_exactly_18", "d2t_indeterminate") else "0"
    start = text(day) if person.enrolled else ""
    return {
        "consent_date": text(consent), "willing": tick(fate != "unwilling"), "screen_status": status,
        "screen_fail_reason": REASON_CODES.get(fate, ""), "enrol_date": start, "baseline_date": start,
    }  # fmt: skip


def _body(rng, person) -> dict:
    height = float(np.clip(rng.normal(170 if person.sex == 1 else 159, 6), 142, 192))
    person.traits["weight"] = person.traits["bmi"] * (height / 100) ** 2
    return {"height_cm": text(height), "weight_kg": text(person.traits["weight"], 1)}


def _classification(rng, person, state) -> dict:
    """1987 and 2010 criteria; those screened in vain for this reason meet neither."""
    poor = person.fate == "not_classified_ra"
    met = rng.random(7) < (
        [0.5, 0.3, 0.5, 0.3, 0.02, 0.1, 0.02] if poor else [0.7, 0.93, 0.97, 0.9, 0.15, 0.8, 0.7]
    )
    met = np.where(np.cumsum(met) > 3, False, met) if poor else met
    positive = person.traits["positive"] and not poor
    small = int(rng.integers(1, 3)) if poor else int(rng.integers(4, 22))
    rf = np.exp(rng.normal(4.9, 0.9)) if positive else rng.uniform(3, 19)
    acpa = np.exp(rng.normal(5.0, 1.0)) if positive else rng.uniform(0.5, 18)
    if not poor and not positive:
        met[[1, 2, 3]], met[0] = True, True
        small = int(rng.integers(11, 22))
    weeks = int(rng.integers(1, 5)) if poor else min((person.diagnosis - person.onset).days // 7, 300)
    row = {f"acr1987_{k}": tick(value) for k, value in enumerate(met, start=1)}
    large, abnormal = int(rng.integers(0, 6)), bool(rng.random() < (0.4 if poor else 0.93))
    abnormal = abnormal or not (poor or positive)
    row |= {"acr2010_large": str(large), "acr2010_small": str(small), "rf_value": text(rf, 1), "rf_uln": "20",
            "acpa_value": text(acpa, 1), "acpa_uln": "20", "acr2010_apr_abnormal": tick(abnormal),
            "acr2010_synovitis_weeks": str(weeks)}  # fmt: skip
    points = score_2010(large, small, round(rf, 1), round(acpa, 1), abnormal, weeks)
    person.traits |= {"rf": round(rf, 1), "acpa": round(acpa, 1)}
    return row | {"ra_2010_score_entered": str(points)}


def score_2010(large, small, rf, acpa, abnormal, weeks) -> int:
    """The 2010 score as the form's author adds it up (Aletaha 2010)."""
    joints = 5 if large + small > 10 and small else 3 if small > 3 else 2 if small else 1 if large > 1 else 0
    highest = max(rf, acpa) / 20
    serology = 3 if highest > 3 else 2 if highest > 1 else 0
    return joints + serology + int(abnormal) + int(weeks >= 6)


def _difficult(rng, person, state) -> dict:
    """The D2T items the rheumatologist answers."""
    twist = person.twist
    doctor, patient = [(1, 1), (1, 1), (1, 0), (0, 1)][int(rng.integers(0, 4))]
    if twist == "c3_no":
        doctor = patient = 0
    if person.fate == "d2t_indeterminate":
        doctor = patient = None
    if twist == "one_c3_missing":
        doctor, patient = 1, None
    inflamed = bool(state.get("crp", 0) > 10 or rng.random() < 0.55)
    signs = True if twist == "signs_only" else False if twist in QUIET else inflamed
    stuck = person.gc_dose >= 7.5 and (twist in ("gc_7_5", "boundary_2c") or rng.random() < 0.7)
    burden = True if twist == "qol_only" else False if twist in QUIET else rng.random() < 0.08
    return _radiographs(rng, person) | {
        "guideline_treated": "1",
        "access_restricted": tick(twist == "access_exception"),
        "cs_contraindicated": tick(twist in ("cs_contraindicated", "cs_never")),
        "d2t_2b": tick(signs), "gc_cannot_taper": tick(stuck), "d2t_2e": tick(burden),
        "d2t_3_doctor": tick(doctor), "d2t_3_patient": tick(patient),
    }  # fmt: skip


def _radiographs(rng, person) -> dict:
    """Two radiographs in a good half; rapid progression where the person is there to show it."""
    rapid = person.twist == "rapid_progression"
    person.traits["svdh"] = total = (
        round(float(rng.gamma(1.2, 2.6 * max(person.traits["duration"], 1))) * 2) / 2
    )
    if not rapid and (person.twist in QUIET or rng.random() > 0.6):
        return {}
    days = int(rng.integers(182, 420))
    change = float(rng.integers(13, 26)) / 2 if rapid else min(float(rng.exponential(1.6)), 9)
    change = round(max(change, 5.5 * days / 365.25 if rapid else 0) * 2) / 2
    earlier = max(total - change, 0.0)
    return {
        "svdh_prior_date": text(person.index - timedelta(days)), "svdh_prior_total": text(earlier, 1),
        "svdh_screen_date": text(person.index), "svdh_screen_total": text(earlier + change, 1),
        "d2t_2d": tick(change * 365.25 / days >= 5),
    }  # fmt: skip


def _workup(rng, person, state) -> dict:
    """Comorbidities, hepatitis serology and the points-to-consider checklist."""
    age = person.age
    risks = [0.012 * max(age - 30, 0), 0.12, 0.004 * max(age - 40, 0), 0.1, 0.28, 0, 0.04, 0.14, 0.05, 0.05]
    ticks = [int(rng.random() < risk) for risk in risks]
    ticks[5] = int(person.traits["fibromyalgia"])
    row = {f"comorbidity___{k}": str(value) for k, value in enumerate(ticks, start=1)}
    row |= {
        f"nonpharm___{k}": str(int(rng.random() < p)) for k, p in enumerate((0.5, 0.12, 0.45, 0.2), start=1)
    }
    surface, core = rng.random() < 0.05, rng.random() < 0.36
    return row | {
        "hbsag": tick(surface), "hbcab": tick(core or surface), "hcv_ab": tick(rng.random() < 0.01),
        "hbv_dna": ("<20" if rng.random() < 0.6 else text(np.exp(rng.normal(5, 1)))) if surface else "",
        "inflammation_objective": str(int(rng.choice([1, 1, 1, 0, 2]))), "mimic_reviewed": tick(rng.random() < 0.9),
        "adherence_discussed": tick(rng.random() < 0.8),
        "adherence_pct": text(person.traits["adherence"]) if rng.random() < 0.85 else "",
        "education": tick(rng.random() < 0.6), "self_efficacy": text(float(np.clip(rng.normal(5.6, 1.9), 0, 10)), 1),
    }  # fmt: skip


class Assessments:
    """The visit forms of one person, with the answers that persist from visit to visit drawn once."""

    def __init__(self, seed, person):
        self.rng = stream(seed, "forms", person.number)
        self.person = person
        rng = self.rng
        self.tender, self.swollen = instruments.joint_person(rng)
        self.items = {name: rng.normal(0, 0.45, n) for name, n in
                      {"haq": 20, "mdhaq": 10, "eq5d": 5, "facit": 13, "sf36": 8}.items()}  # fmt: skip
        self.prosthetic = int(rng.integers(0, 28)) if rng.random() < 0.06 else None
        self.skipped = set()

    def disability(self, visit) -> float:
        pain = visit.state["pain"]
        drift = 0.25 * self.rng.normal()
        return -1.15 + 0.55 * (visit.level - 2.6) + pain / 45 + self.person.traits["disability"] + drift

    def skips(self, form, share) -> bool:
        """Whether a form was left out at this visit; never at baseline for joints and globals."""
        return self.rng.random() < share

    def clinical(self, visit, keys) -> dict:
        row = keys | {"visit_date": text(visit.day), "visit_done": tick(visit.done), "clinical_complete": "2"}
        if not visit.done:
            return row | {"visit_date": "", "missing_reason": str(visit.reason), "clinical_complete": "0"}
        rng, state = self.rng, visit.state
        stiffness = max(0.0, np.exp(0.9 * visit.level + 0.9 + 0.5 * rng.normal()) - 6)
        weight = self.person.traits["weight"] * (1 + 0.012 * rng.normal())
        why = state.get("why", 0)
        row |= {
            "assessor": f"A{int(rng.integers(1, 5))}", "ptga": text(state["ptga"]), "phga": text(state["phga"]),
            "pain": text(state["pain"]), "morning_stiffness_min": text(min(round(stiffness / 5) * 5, 360)),
            "weight_kg": text(weight, 1), "gc_mg_day": f"{visit.gc:g}",
            "target_met": tick(state.get("target_met")), "therapy_changed": tick(state.get("changed")),
            "change_reason": str(why) if why else "",
        }  # fmt: skip
        return self._omit(visit, row, ("phga", "pain", "ptga")) | self._entered(visit)

    def _omit(self, visit, row, names) -> dict:
        """A mark or two left out, not at baseline."""
        if visit.week != 0:
            for name in names:
                if self.rng.random() < 0.015:
                    row[name] = ""
                    self.skipped.add((visit.week, name))
        return row

    def _entered(self, visit) -> dict:
        """Indices the rheumatologist wrote down, for some visits."""
        if any((visit.week, name) in self.skipped for name in ("ptga", "phga")) or self.rng.random() < 0.3:
            return {}
        return {
            "das28_esr_entered": text(das28_esr(visit.state), 2),
            "cdai_entered": text(cdai(visit.state), 1),
        }

    def joints(self, visit, keys) -> dict:
        if visit.week != 0 and self.skips("joints", 0.015):
            return keys | {"joint_done": "0", "joints_complete": "0"}
        state, rng = visit.state, self.rng
        tender = instruments.joint_boxes(rng, state["tjc28"], self.tender)
        swollen = instruments.joint_boxes(rng, state["sjc28"], self.swollen)
        missing = np.zeros(28, int)
        if self.prosthetic is not None and not (tender | swollen)[self.prosthetic]:
            missing[self.prosthetic] = 1
        row = keys | {"joint_date": text(visit.day), "joint_done": "1", "joints_complete": "2"}
        for stem, boxes in (("tender28", tender), ("swollen28", swollen), ("na28", missing)):
            row |= {f"{stem}___{k}": str(value) for k, value in enumerate(boxes, start=1)}
        more = rng.binomial(40, min(0.3 * state["tjc28"] / 28 + 0.01, 1))
        others = rng.binomial(38, min(0.2 * state["sjc28"] / 28 + 0.004, 1))
        return row | {"tjc68": str(state["tjc28"] + more), "sjc66": str(state["sjc28"] + others)}

    def function(self, visit, keys) -> dict:
        if self.skips("function", 0.04):
            return keys | {"function_complete": "0"}
        disability = self.disability(visit)
        answers = instruments.haq(self.rng, disability, self.items["haq"])
        row = answers | instruments.mdhaq(self.rng, disability, self.items["mdhaq"])
        entered = text(instruments.haq_index(answers), 3) if self.rng.random() < 0.7 else ""
        row = {name: str(value) for name, value in row.items()}
        return keys | self._blank(row, 0.004) | {"haq_di_entered": entered, "function_complete": "2"}

    def _blank(self, row, share) -> dict:
        """Single items left unanswered (checkboxes cannot be)."""
        return {k: "" if "___" not in k and self.rng.random() < share else v for k, v in row.items()}

    def quality_of_life(self, visit, keys) -> dict:
        if self.skips("quality_of_life", 0.05):
            return keys | {"quality_of_life_complete": "0"}
        rng, pain, mood = self.rng, visit.state["pain"], self.person.traits["mood"]
        disability = self.disability(visit)
        levels = instruments.eq5d(rng, disability, pain, mood, self.items["eq5d"])
        fatigue = 0.55 * (visit.level - 2.4) + pain / 90 - 0.5 + 0.5 * mood
        domains = instruments.sf36(rng, disability, pain, mood, self.items["sf36"])
        row = levels | instruments.facit(rng, fatigue, self.items["facit"])
        health = 84 - 8 * (disability + 1.5) - 0.14 * pain - 5 * mood
        return (
            keys
            | self._blank({name: str(value) for name, value in row.items()}, 0.006)
            | {name: f"{value:g}" for name, value in domains.items()}
            | {"eq5d_version": "5", "eq_vas": text(instruments.vas(rng, health, 9)), "quality_of_life_complete": "2",
               "eq5d_index_entered": text(instruments.eq5d_index(levels), 3)}
        )  # fmt: skip
