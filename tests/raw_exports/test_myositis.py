"""Patients with dermatomyositis written as raw exports; every answer is that of the definitions."""

import random

import pytest

from analysis import datasets, read
from raw_exports import myositis as dm
from raw_exports.myositis_export import export
from raw_exports.plain import DAY, opposite
from raw_exports.test_arthritis import DIALECTS, SEED, N, plain, told

CRITERIA = ["I1", "I2", "I3", "I4", "I5", "I6", "I7", "E1", "E2"]


def drawn(n, seed):
    rng = random.Random(seed)
    people = {}
    for number in range(n):
        one = dm.patient(rng)
        for label, week, better in (("W00", 0, 1.0), ("W12", 12, 0.8), ("W24", 24, 0.6)):
            one.visits[label] = dm.visit(rng, better) | {"date": one.baseline + 7 * week * DAY}
        one.visits["W00"]["prednisone"] = one.prednisone
        people[f"M{number:05d}"] = one
    return people


@pytest.fixture(scope="module", params=list(DIALECTS))
def derived(request, tmp_path_factory):
    number = list(DIALECTS).index(request.param)
    patients = drawn(N // 2, SEED + number)
    folder = tmp_path_factory.mktemp(request.param)
    file = export(patients, folder, DIALECTS[request.param], random.Random(SEED))
    study = read.study(file)
    outcome = read.tables(study, root=folder)
    criteria = read.criteria(request.config.rootpath / "params/dm_abatacept/eligibility.yml", study=study)
    analysis = type("Analysis", (), {"data_cut": None, "through_visit": None})()
    return patients, datasets.derive(outcome.tables, study=study, analysis=analysis, criteria=criteria)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_each_criterion_is_judged_as_the_definitions_say(derived, criterion):
    patients, found = derived
    passes = found["eligibility"].set_index("subject_id")[f"passes_{criterion}"]
    differing = []
    for who, one in patients.items():
        want = dm.expected(one)[criterion]
        want = want if criterion[0] == "I" else opposite(want)
        if want is not plain(passes[who]):
            differing.append((who, criterion, want, plain(passes[who])))
    assert not differing, told(differing, len(patients), found["evidence"])


@pytest.mark.parametrize("endpoint", list(dm.RESPONSES))
def test_each_response_is_that_of_the_definitions(derived, endpoint):
    patients, found = derived
    mine = found["responses"].query("endpoint == @endpoint").set_index(["subject_id", "visit_id"])
    differing = []
    for who, one in patients.items():
        for label in ("W12", "W24"):
            row = mine.loc[(who, label)]
            wanted = dm.RESPONSES[endpoint][1](one.visits["W00"], one.visits[label])
            for what, want in zip(("value", "known"), wanted):
                if want is not plain(row[what]):
                    differing.append((f"{who} {label}", what, want, plain(row[what])))
    assert not differing, told(differing, 4 * len(patients))


def test_the_answers_are_of_every_kind():
    answers = [dm.expected(one) for one in drawn(N, SEED).values()]

    for criterion in CRITERIA:
        assert {True, False} <= {one[criterion] for one in answers}
