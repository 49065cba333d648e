"""Patients of a second generator go the way of production, and every answer is that of the definitions."""

import os
import random

import numpy as np
import pandas as pd
import pytest

from analysis import datasets, eligibility, read
from second_generator import ra

N = 2000 if os.environ.get("STUDY_LONG") == "1" else 400
SEED = 20261129


@pytest.fixture(scope="module")
def patients():
    rng = random.Random(SEED)
    return {f"P{n:05d}": ra.patient(rng) | {"beside": ra.comedication(rng)} for n in range(N)}


def flag(values):
    return pd.array([pd.NA if value is None else value for value in values], dtype="boolean")


def subjects_of(patients):
    forms = [one["form"] for one in patients.values()]
    number = {
        "large_joints": "large",
        "small_joints": "small",
        "rf_value": "rf",
        "acpa_value": "acpa",
        "symptom_weeks": "weeks",
        "ra_2010_score": "total",
        "ra_acr1987_n": "n",
    }
    items = ("stiffness", "three_areas", "hand", "symmetric", "nodules", "rf", "erosions")
    columns = {name: pd.array([form[key] for form in forms], dtype="Int64") for name, key in number.items()}
    columns |= {f"acr1987_{name}": flag(form["items"][n] for form in forms) for n, name in enumerate(items)}
    columns |= {
        "d2t_c2b": flag(form["c2b"] for form in forms),
        "acr2010_apr_abnormal": flag(form["apr"] for form in forms),
    }
    columns |= {f"d2t_c3_{who}": flag(form["c3"][n] for form in forms) for n, who in enumerate(("doc", "pt"))}
    columns |= dict.fromkeys(
        ("d2t_c2c", "d2t_c2d", "d2t_c2e", "access_restricted", "cs_contraindicated"), False
    )
    born = pd.to_datetime(pd.Series([form["born"] for form in forms]))
    index = pd.Timestamp(ra.INDEX)
    return pd.DataFrame(
        {
            "subject_id": list(patients),
            "birth_date": born,
            "birth_precision": [form["precision"] for form in forms],
        }
        | columns
        | {
            "rf_uln": 20.0,
            "acpa_uln": 20.0,
            "willing": True,
            "consent_date": index,
            "screen_date": index,
            "baseline_date": index,
        }
    )


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
            "start_date": pd.to_datetime(table["start"]),
            "stop_date": pd.to_datetime(table["stop"]),
            "ongoing": flag(stop is None or pd.isna(stop) for stop in table["stop"]),
            "stop_reason": table["reason"].astype("str"),
            "route": "IV",
        }
    ).sample(frac=1, random_state=1)  # the order of rows says nothing


@pytest.fixture(scope="module")
def found(patients, request):
    subjects = datasets.with_points_2010(datasets.complete_subjects(subjects_of(patients)))
    visits = pd.DataFrame(
        {"subject_id": list(patients), "visit_id": "W00", "visit_date": pd.Timestamp(ra.INDEX)}
    )
    scores = visits[["subject_id", "visit_id"]].assign(
        score="cdai",
        value=[np.nan if one["form"]["cdai"] is None else one["form"]["cdai"] for one in patients.values()],
    )
    tables = {
        "subjects": subjects,
        "treatments": datasets.code_treatments(treatments_of(patients)),
        "visits": visits,
        "scores": scores,
    }
    protocol = read.criteria(request.config.rootpath / "params/ra_cohort/eligibility.yml")
    return eligibility.assess(tables, protocol)


@pytest.mark.parametrize("criterion", ["I1", "I2", "I3", "I4", "E1", "E2"])
def test_every_patient_is_judged_as_the_definitions_say(patients, found, criterion):
    expected = {who: one["expected"][criterion] for who, one in patients.items()}
    got = {who: None if pd.isna(value) else bool(value) for who, value in found.flags[criterion].items()}
    differing = [who for who in patients if expected[who] is not got[who]]
    words = found.evidence(differing[:4]).set_index(["subject_id", "criterion"])["evidence"]

    shown = "\n".join(
        f"{who}: expected {expected[who]}, got {got[who]}: {words[who, criterion]}" for who in differing[:4]
    )
    assert not differing, f"{len(differing)} of {len(patients)} differ\n{shown}"
    assert {True, False} <= set(expected.values())  # both answers occur


def test_co_medication_is_never_a_drug_of_unknown_class(patients):
    names = sorted({name for one in patients.values() for name, _ in one["beside"]})

    coded = datasets.code_treatments(pd.DataFrame({"subject_id": "a", "drug_raw": names}))

    assert set(coded["class"]) == {"other"}
