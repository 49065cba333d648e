"""Patients written as raw exports are read, coded, derived and judged; every answer is that of the definitions."""

import os
import random

import pandas as pd
import pytest

from analysis import datasets, read
from raw_exports import arthritis as ra
from raw_exports.arthritis_export import export
from raw_exports.joints_and_answers import RESPONSES, indices, known, visit
from raw_exports.plain import DAY, opposite
from raw_exports.writing import CHINESE, ENGLISH

N = int(os.environ.get("RAW_PATIENTS", "160"))  # 2000 before a release
SEED = 20261129
DIALECTS = {"english": ENGLISH, "chinese": CHINESE}


def drawn(n, seed):
    rng = random.Random(seed)
    people = {}
    for number in range(n):
        one = ra.patient(rng)
        for label, week, better in (("W00", 0, 1.0), ("W12", 12, 0.8), ("W24", 24, 0.6)):
            one.visits[label] = visit(rng, better) | {"date": one.consent + 7 * week * DAY}
        one.visits["W00"]["indices"] = indices(one.visits["W00"])
        one.visits["W00"]["prednisone"] = prednisone(one)
        people[f"P{number:05d}"] = one
    return people


def prednisone(one):
    """The dose on the form of entry: what the patient takes."""
    taken = [course for course in one.courses if course.kind == "GC"]
    return sum(course.dose * (1.25 if course.drug == "methylprednisolone" else 1) for course in taken)


@pytest.fixture(scope="module", params=list(DIALECTS))
def derived(request, tmp_path_factory):
    number = list(DIALECTS).index(request.param)
    patients = drawn(N // 2, SEED + number)
    folder = tmp_path_factory.mktemp(request.param)
    file = export(patients, folder, DIALECTS[request.param], random.Random(SEED))
    study = read.study(file)
    outcome = read.tables(study, root=folder)
    criteria = read.criteria(request.config.rootpath / "params/ra_cohort/eligibility.yml", study=study)
    analysis = type("Analysis", (), {"data_cut": None, "through_visit": None})()
    found = datasets.derive(outcome.tables, study=study, analysis=analysis, criteria=criteria)
    return patients, outcome, found


def plain(value):
    return None if pd.isna(value) else bool(value)


def told(differing, total, evidence=None):
    lines = [f"{who} {what}: expected {want}, got {got}" for who, what, want, got in differing[:6]]
    if evidence is not None:
        words = evidence.set_index(["subject_id", "criterion"])["evidence"]
        lines = [f"{line}: {words.get((who, what))}" for line, (who, what, *_) in zip(lines, differing)]
    return f"{len(differing)} of {total} differ\n" + "\n".join(lines)


def test_every_row_is_read_and_every_usual_name_coded(derived):
    _, outcome, found = derived
    names = found["treatments"]

    unknown = set(names.loc[names["class"] == "unknown", "drug_raw"])
    assert unknown <= {"KX-2391", "试验用药A", "双盲药 B组", "ZP-77 注射剂"}
    rejected = (
        outcome.queries[outcome.queries["rule"].str.startswith("N")] if "rule" in outcome.queries else []
    )
    assert not len(rejected), rejected


@pytest.mark.parametrize("criterion", ["I1", "I2", "I3", "I4", "I5", "E1", "E2", "E3"])
def test_each_criterion_is_judged_as_the_definitions_say(derived, criterion):
    patients, _, found = derived
    passes = found["eligibility"].set_index("subject_id")[f"passes_{criterion}"]
    differing = []
    for who, one in patients.items():
        want = ra.expected(one)[criterion]
        want = want if criterion[0] == "I" else opposite(want)
        got = plain(passes[who])
        if want is not got:
            differing.append((who, criterion, want, got))
    assert not differing, told(differing, len(patients), found["evidence"])


@pytest.mark.parametrize("endpoint", list(RESPONSES))
def test_each_response_is_that_of_the_definitions(derived, endpoint):
    patients, _, found = derived
    mine = found["responses"].query("endpoint == @endpoint").set_index(["subject_id", "visit_id"])
    answer = RESPONSES[endpoint][1]
    differing = []
    for who, one in patients.items():
        before = one.visits["W00"]
        for label in ("W12", "W24"):
            after = one.visits[label]
            row = mine.loc[(who, label)]
            for what, want, got in (
                ("value", answer(before, after), row["value"]),
                ("known", known(answer, before, after), row["known"]),
            ):
                if want != "not tried" and want is not plain(got):
                    differing.append((f"{who} {label}", what, want, plain(got)))
    assert not differing, told(differing, 4 * len(patients))


def test_the_answers_are_of_every_kind():
    answers = [ra.expected(one) for one in drawn(N, SEED).values()]

    for criterion in ("I1", "I2", "I3", "I4", "E1", "E2"):
        assert {True, False} <= {one[criterion] for one in answers}
    assert {None} <= {one["I4"] for one in answers}
