"""Patients of the second generator in dermatomyositis, on the path of production."""

import os
import random

import numpy as np
import pandas as pd
import pytest

from analysis import datasets, eligibility, read
from second_generator import dm

N = 2000 if os.environ.get("STUDY_LONG") == "1" else 400
SEED = 20261130
INDEX = pd.Timestamp(dm.INDEX)
COLUMNS = {
    "bp_rash": "rash",
    "bp_weakness": "weakness",
    "bp_enzymes": "enzymes",
    "bp_emg": "emg",
    "bp_biopsy": "biopsy",
    "clinical_weakness": "weak",
    "cadm_is_first_6_months": "early",
    "prior_failure": "attested",
    "prior_intolerance": "intolerance",
}


@pytest.fixture(scope="module")
def patients():
    rng = random.Random(SEED)
    return {f"P{n:05d}": dm.patient(rng) for n in range(N)}


def flag(values):
    return pd.array([pd.NA if value is None else value for value in values], dtype="boolean")


def subjects_of(patients):
    forms = [one["form"] for one in patients.values()]
    columns = {name: flag(form[key] for form in forms) for name, key in COLUMNS.items()}
    columns |= {
        name: pd.array([form[key] for form in forms], dtype="Int64")
        for name, key in (
            ("prior_improved_n", "improved"),
            ("prior_worse_n", "worse"),
            ("rash_months", "months"),
        )
    }
    columns |= {
        name: pd.Series([form[key] for form in forms], dtype="str")
        for name, key in (("bp_class", "class"), ("cadm_type", "type"))
    }
    dates = dict.fromkeys(("consent_date", "screen_date", "baseline_date"), INDEX)
    rest = {
        "birth_date": pd.Timestamp("1970-01-01"),
        "birth_precision": "D",
        "other_ctd": False,
        "other_myopathy": False,
    }
    return pd.DataFrame({"subject_id": list(patients)} | columns | dates | rest)


def treatments_of(patients):
    lines = []
    for who, one in patients.items():
        lines += [{"subject_id": who} | row for row in one["rows"]]
        lines += [
            {"subject_id": who, "drug_raw": name, "start": begun, "stop": None, "reason": None}
            for name, begun in one["beside"]
        ]
    table = pd.DataFrame(lines)
    return pd.DataFrame(
        {
            "subject_id": table["subject_id"],
            "course_id": [str(n) for n in range(len(table))],
            "drug_raw": table["drug_raw"].astype("str"),
            "dose": table["dose"].astype(float),
            "dose_unit": table["unit"].astype("str"),
            "frequency": table["words"].astype("str"),
            "start_date": pd.to_datetime(table["start"]),
            "stop_date": pd.to_datetime(table["stop"]),
            "ongoing": flag(pd.isna(stop) for stop in table["stop"]),
            "stop_reason": table["reason"].astype("str"),
        }
    ).sample(frac=1, random_state=1)


@pytest.fixture(scope="module")
def found(patients, request):
    forms = [one["form"] for one in patients.values()]
    measured = {
        name: [np.nan if form[key] is None else form[key] for form in forms]
        for name, key in (("prednisone_mg_day", "mg"), ("weight_kg", "kg"))
    }
    visits = pd.DataFrame({"subject_id": list(patients), "visit_id": "W00", "visit_date": INDEX} | measured)
    treatments = datasets.code_treatments(treatments_of(patients)).drop(columns="prednisone_mg_day")
    tables = {"subjects": subjects_of(patients), "treatments": treatments, "visits": visits}
    return eligibility.assess(
        tables, read.criteria(request.config.rootpath / "params/dm_abatacept/eligibility.yml")
    )


@pytest.mark.parametrize("criterion", ["I1", "I3", "I4", "I5", "I6"])
def test_every_patient_is_judged_as_the_definitions_say(patients, found, criterion):
    expected = {who: one["expected"][criterion] for who, one in patients.items()}
    got = {who: None if pd.isna(value) else bool(value) for who, value in found.flags[criterion].items()}
    differing = [who for who in patients if expected[who] is not got[who]]
    words = found.evidence(differing[:4]).set_index(["subject_id", "criterion"])["evidence"]

    shown = "\n".join(
        f"{who}: expected {expected[who]}, got {got[who]}: {words[who, criterion]}" for who in differing[:4]
    )
    assert not differing, f"{len(differing)} of {len(patients)} differ\n{shown}"
    assert {True, False} <= set(expected.values())
