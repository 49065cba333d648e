"""The dermatomyositis study as its clinic exports it: rows of text, form by form."""

import numpy as np

from generate import instruments
from generate.dm_schema import MSA, ORGANS
from generate.draws import heavy, partial, stream, text, tick
from generate.schema import MUSCLES

REASONS = ["not_dm_or_cadm", "age_below_18", "not_refractory", "gc_dose_1_mg_kg_or_more", "is_not_stable",
           "washout_incomplete", "no_consent", "other_ctd", "other_myopathy"]  # fmt: skip
LETTERS = "ABCDEFGHJKLMNPQRSTWXYZ"


def identity(patient) -> dict:
    """Identifiers, evidently made up, for the importer to drop."""
    pick = stream(8, "initials", patient.number).integers(0, len(LETTERS), 2)
    return {
        "name": f"测试病例{patient.number:02d}",
        "hospital": f"TEST-{900000 + patient.number}",
        "initials": "".join(LETTERS[i] for i in pick),
    }


def keys(patient, event, instrument="", instance="") -> dict:
    return {"record_id": patient.id, "redcap_event_name": event, "redcap_repeat_instrument": instrument,
            "redcap_repeat_instance": instance}  # fmt: skip


def screening_row(rng, patient) -> dict:
    """The screening form of one person."""
    who, fate = identity(patient), patient.fate
    start = text(patient.index) if patient.treated else ""
    second = patient.twist if patient.twist in REASONS else ""
    row = keys(patient, "screening_arm_1") | {
        "patient_name": who["name"], "hospital_no": who["hospital"], "initials": who["initials"],
        "screening_date": text(patient.screened), "birth_date": text(patient.birth), "sex": str(patient.sex),
        "consent_date": "" if fate == "no_consent" else text(patient.screened),
        "height_cm": text(patient.height), "weight_kg": text(patient.weight, 1),
        "smoking": str(int(rng.choice([0, 1, 2], p=[0.75, 0.12, 0.13]))),
        "disease_onset_date": partial(rng, patient.onset, 0.3, 0.0),
        "dx_date": partial(rng, patient.diagnosis, 0.1, 0.0),
        "screen_status": tick(patient.treated), "enrol_date": start, "baseline_date": start,
        "screen_fail_reason": str(REASONS.index(fate) + 1) if fate in REASONS else "",
        "screen_fail_reason_2": str(REASONS.index(second) + 1) if second else "",
        "screening_complete": "2",
    }  # fmt: skip
    return row | _classification(rng, patient) | _refractory(rng, patient) | _background(rng, patient)


def _classification(rng, patient) -> dict:
    """Bohan and Peter, CADM and the 2017 items, all from the same findings."""
    classic = patient.disease in ("definite", "probable")
    definite = patient.disease == "definite"
    biopsy = definite and rng.random() < 0.7
    found = {"weakness": classic, "enzymes": classic or patient.disease == "HDM",
             "emg": (True if definite else False if classic else None),
             "biopsy": True if biopsy else None, "rash": True}  # fmt: skip
    count = sum(value is True for name, value in found.items() if name != "rash")
    row = {f"bp_{name}": tick(value) for name, value in found.items()}
    row["bp_class_entered"] = str(min(count, 3))
    months = {"ADM": 9, "HDM": 8, "premyopathic": 5}.get(patient.disease)
    row |= {
        "skin_biopsy_dm": tick(not classic), "clinical_weakness": tick(classic),
        "rash_months": "" if months is None else str(months + int(rng.integers(0, 20)) * (months > 5)),
        "muscle_lab_abnormal": tick(classic or patient.disease == "HDM"), "cadm_is_first_6_months": "0",
        "cadm_type_entered": {"ADM": "1", "HDM": "2", "premyopathic": "3"}.get(patient.disease, "0"),
    }  # fmt: skip
    return row | _iim(rng, patient, classic, biopsy, found["enzymes"])


def _iim(rng, patient, classic, biopsy, enzymes) -> dict:
    gottron = rng.random() < 0.85
    items = {
        "upper": classic, "lower": classic, "neck": classic and rng.random() < 0.6,
        "legs": classic and rng.random() < 0.7, "heliotrope": rng.random() < 0.7 or not gottron,
        "gottron_papules": gottron and rng.random() < 0.6, "gottron_sign": gottron,
        "dysphagia": classic and rng.random() < 0.35, "jo1": patient.antibody == "Jo-1", "enzymes": enzymes,
        "biopsy_done": biopsy, "biopsy_endomysial": biopsy and rng.random() < 0.3,
        "biopsy_perimysial": biopsy and rng.random() < 0.8, "biopsy_perifascicular": biopsy and rng.random() < 0.6,
        "biopsy_rimmed_vacuoles": False, "finger_flexors": False,
    }  # fmt: skip
    row = {f"iim_{name}": tick(value) for name, value in items.items()}
    age = (patient.onset - patient.birth).days / 365.25
    tested = patient.antibody != "ND"
    boxes = {f"msa___{k}": str(int(name == patient.antibody)) for k, name in enumerate(MSA, start=1)}
    boxes["msa___10"] = str(
        int(tested and rng.random() < (0.6 if patient.antibody in ("MDA5", "Jo-1") else 0.2))
    )
    return (
        row
        | boxes
        | {"age_first_symptom": text(age, 1), "msa_tested": tick(tested), "msa_main": patient.antibody}
    )


def _refractory(rng, patient) -> dict:
    intolerant = patient.twist == "intolerance_only"
    never = patient.fate == "not_refractory"
    unknown = not never and not intolerant and rng.random() < 0.2
    improved = 4 if never or intolerant else int(rng.integers(0, 3))
    worse = 0 if never or intolerant else int(rng.choice([0, 1, 2, 3], p=[0.3, 0.35, 0.2, 0.15]))
    side = intolerant or (not never and any(c.reason in ("不良反应", "不耐受") for c in patient.courses))
    reason = "0" if never else "2" if intolerant else "3" if side else "1"
    return {
        "refractory_reason": reason, "intolerance": tick(side),
        "prior_csm_improved_n": "" if unknown else str(improved), "prior_csm_worse_n": "" if unknown else str(worse),
        "failure_attested": tick(not never and not intolerant), "gc_screen_mg_day": f"{patient.gc_dose:g}",
    }  # fmt: skip


def _background(rng, patient) -> dict:
    return {
        "ild": "1" if patient.ild else "0",
        "ild_pattern": str(int(rng.choice([1, 2, 3, 4], p=[0.55, 0.2, 0.2, 0.05]))) if patient.ild else "",
        "other_ctd": tick(patient.twist == "other_ctd"), "other_myopathy": tick(patient.twist == "other_myopathy"),
        "hbsag": tick(rng.random() < 0.06), "tb_screen_positive": tick(rng.random() < 0.08),
        "malignancy_history": tick(patient.antibody == "TIF1g" and rng.random() < 0.2),
    }  # fmt: skip


class Assessments:
    """The visit forms of one treated person; habits of answering are drawn once."""

    def __init__(self, seed, patient):
        self.patient = patient
        self.rng = rng = stream(seed, "forms", patient.number)
        self.muscle = instruments.muscle_person(rng)
        self.items = {"haq": rng.normal(0, 0.4, 20), "sf36": rng.normal(0, 0.4, 8)}
        self.lean = {
            name: float(rng.normal(1, 0.22)) for name in ("phga", "ptga", "extra", "skin", "muscle", "haq")
        }
        self.damage = int(rng.integers(0, 8))
        self.organs = rng.uniform(0.1, 1.0, len(ORGANS))

    def remaining(self, visit, part) -> float:
        """The share of a part of the disease that is left, each part following the whole more or less."""
        left = 1 - visit.benefit * self.lean[part] + (0.07 * heavy(self.rng) if visit.week else 0)
        return float(np.clip(left, 0.02, 1.6))

    def _cm(self, mean) -> str:
        return f"{min(max(mean + 3.0 * heavy(self.rng), 0), 100) / 10:.1f}"

    def core_set(self, visit) -> dict:
        patient, rng = self.patient, self.rng
        row = keys(patient, visit.event) | {"visit_done": tick(visit.done), "core_set_complete": "2"}
        if not visit.done:
            return row | {"missing_reason": visit.reason, "core_set_complete": "0"}
        traits = patient.traits
        extra = 0.45 * traits["global"] + 0.55 * traits["skin"] + 8 * patient.ild
        row |= {
            "visit_date": text(visit.day), "predose": "1" if visit.week == 0 else "",
            "assessor": f"R{1 + patient.number % 2}",
            "phga_cm": self._cm(traits["global"] * self.remaining(visit, "phga")),
            "ptga_cm": self._cm((traits["global"] + 5) * self.remaining(visit, "ptga")),
            "extramuscular_cm": self._cm(extra * self.remaining(visit, "extra")),
            "pain_cm": self._cm(38 * self.remaining(visit, "ptga")),
            "weight_kg": text(patient.weight * (1 + 0.01 * rng.normal()), 1), "gc_mg_day": f"{visit.gc:g}",
            "gc_rescue": tick(visit.rescue),
        }  # fmt: skip
        return row | self._organs(visit, extra) | self._muscles(visit) | self._skin(visit)

    def _organs(self, visit, extra) -> dict:
        shares = dict(zip(ORGANS, self.organs, strict=True))
        shares["cutaneous"] = 1.05
        shares["pulmonary"] *= 0.9 if self.patient.ild else 0.05
        shares["cardiovascular"] *= 0.1
        return {f"mdaat_{organ}_cm": self._cm(share * extra * self.remaining(visit, "extra") - 4)
                for organ, share in shares.items()}  # fmt: skip

    def _muscles(self, visit) -> dict:
        if self.patient.cadm:
            strength = [10] * 15
        else:
            deficit = self.patient.traits["deficit"] * self.remaining(visit, "muscle")
            strength = instruments.muscles(self.rng, min(deficit, 110), self.muscle)
        row = {f"mmt_{name}": str(value) for name, value in zip(MUSCLES, strength, strict=True)}
        visit.strength = sum(strength)
        return row | {"mmt8_total_entered": str(sum(strength))}

    def _skin(self, visit) -> dict:
        activity = self.patient.traits["skin"] * self.remaining(visit, "skin") + 1.2 * self.rng.normal()
        self.damage = min(32, self.damage + int(self.rng.random() < 0.12))
        return {
            "cdasi_activity": str(int(np.clip(round(activity), 0, 100))),
            "cdasi_damage": str(self.damage),
        }

    def function(self, visit) -> dict:
        """HAQ and SF-36; a form was left out now and then after baseline."""
        base = keys(self.patient, visit.event)
        if visit.week and self.rng.random() < 0.03:
            return base | {"function_complete": "0"}
        classic = not self.patient.cadm
        level = 1.05 * (150 - visit.strength) / 22 * self.lean["haq"] - 1.1 if classic else -4.5
        disability = float(np.clip(level + 0.2 * self.rng.normal(), -5, 3))
        answers = instruments.haq(self.rng, disability, self.items["haq"])
        if not classic:
            answers = {name: 0 if "___" in name else value for name, value in answers.items()}
        pain = 38 * (1 - visit.benefit)
        domains = instruments.sf36(
            self.rng, max(disability, -2.6), pain, self.patient.traits["mood"], self.items["sf36"]
        )
        return (base | {name: str(value) for name, value in answers.items()}
                | {name: f"{value:g}" for name, value in domains.items()}
                | {"haq_di_entered": text(instruments.haq_index(answers), 3), "function_complete": "2"})  # fmt: skip

    def lung(self, visit) -> dict:
        """Lung function at baseline and weeks 24 and 48; litres agree with percent of predicted."""
        if visit.week not in (0, 24, 48) or (visit.week and self.rng.random() < 0.08):
            return {}
        patient, gain = self.patient, (6 if self.patient.ild else 1) * visit.benefit
        fvc = float(np.clip(patient.traits["fvc"] + gain + 2.2 * heavy(self.rng), 35, 130))
        dlco = float(np.clip(patient.traits["dlco"] + 1.2 * gain + 3.2 * heavy(self.rng), 25, 120))
        predicted = (0.052 if patient.sex == 1 else 0.041) * patient.height - 0.022 * patient.age - 2.9
        return keys(patient, visit.event) | {
            "pft_date": text(visit.day), "fvc_l": text(predicted * fvc / 100, 2), "fvc_pct": text(fvc, 1),
            "dlco_pct": text(dlco, 1), "pft_equation": "1", "lung_complete": "2",
        }  # fmt: skip
