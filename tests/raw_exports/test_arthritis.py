"""Patients written as raw exports are read, coded, derived and judged; every answer is that of the definitions."""

import pytest

from raw_exports import arthritis as ra
from raw_exports import judging
from raw_exports.arthritis_export import export
from raw_exports.joints_and_answers import RESPONSES, indices, known, visit
from raw_exports.judging import DIALECTS, SEED, N, differences, plain, told


def drawn(n, seed):
    people = judging.drawn(n, seed, "P", ra.patient, visit, lambda one: one.consent)
    for one in people.values():
        one.visits["W00"]["indices"] = indices(one.visits["W00"])
        one.visits["W00"]["prednisone"] = prednisone(one)
    return people


def prednisone(one):
    """The dose on the form of entry: what the patient takes."""
    taken = [course for course in one.courses if course.kind == "GC"]
    return sum(course.dose * (1.25 if course.drug == "methylprednisolone" else 1) for course in taken)


@pytest.fixture(scope="module", params=list(DIALECTS))
def derived(request, tmp_path_factory):
    patients, judged = judging.judged_export(
        request, tmp_path_factory, drawn=drawn, export=export, study="ra_cohort"
    )
    return patients, judged.outcome, judged.found


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

    differing = differences(found, {who: ra.expected(one) for who, one in patients.items()}, criterion)

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
