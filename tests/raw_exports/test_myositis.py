"""Patients with dermatomyositis written as raw exports; every answer is that of the definitions."""

import pytest

from raw_exports import judging
from raw_exports import myositis as dm
from raw_exports.judging import DIALECTS, SEED, N, differences, plain, told
from raw_exports.myositis_export import export

CRITERIA = ["I1", "I2", "I3", "I4", "I5", "I6", "I7", "E1", "E2"]


def drawn(n, seed):
    people = judging.drawn(n, seed, "M", dm.patient, dm.visit, lambda one: one.baseline)
    for one in people.values():
        one.visits["W00"]["prednisone"] = one.prednisone
    return people


@pytest.fixture(scope="module", params=list(DIALECTS))
def derived(request, tmp_path_factory):
    patients, judged = judging.judged_export(
        request, tmp_path_factory, drawn=drawn, export=export, study="dm_abatacept"
    )
    return patients, judged.found


@pytest.mark.parametrize("criterion", CRITERIA)
def test_each_criterion_is_judged_as_the_definitions_say(derived, criterion):
    patients, found = derived

    differing = differences(found, {who: dm.expected(one) for who, one in patients.items()}, criterion)

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
