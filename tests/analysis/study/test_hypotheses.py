"""The hierarchy of hypotheses and the interim looks of a study file, with the line of everything wrong in them."""

from pathlib import Path

import pytest

from analysis import read
from analysis.study import StudyFileError

STUDY = """\
id: small
title: A small study
short_title: Small
institution: Nowhere
design: single_arm
planned_n: 20
synthetic: true
visit_by: label
visits:
  - {id: W00, label: Baseline}
  - {id: W12, label: Week 12}
  - {id: W24, label: Week 24}
baseline_visit: W00
sources:
  - {id: export, type: csv, path: export.csv}
tables:
  subjects:
    - from: export
      columns: {subject_id: id, arm: arm}
  visits:
    - from: export
      columns: {subject_id: id, visit_id: visit, ptga_mm: ptga, phga_mm: phga, pain_mm: pain}
      same_names: [tjc28, sjc28]
populations:
  ALL: {label: Everybody, rule: enrolled}
primary_population: ALL
endpoints:
  - {id: cdai, variable: cdai, table: scores, label: CDAI, role: primary, higher_is_better: false, visits: [W12, W24]}
  - {id: ptga, variable: ptga_mm, label: Patient, role: secondary, higher_is_better: false, visits: [W12, W24]}
  - {id: pain, variable: pain_mm, label: Pain, role: exploratory, higher_is_better: false, visits: [W24]}
  - {id: work, variable: ptga_mm, label: Work, role: secondary, scale: binary, higher_is_better: false, visits: [W24]}
responses:
  - {id: low, label: CDAI low, rule: disease_state, visits: [W24], role: primary,
    settings: {instrument: cdai, at_most: low}}
statistics:
  multiplicity:
    alpha: 0.05
    basis: protocol
    families:
      - {label: Target, method: estimation, hypotheses: [{endpoint: low, visit: W24}]}
      - {label: First, method: fixed_sequence, hypotheses: [{endpoint: cdai, visit: W24}]}
      - label: Second
        method: holm
        hypotheses:
          - {endpoint: ptga, visit: W24}
  looks: {spending: none, reason: none registered}
"""
LINE = STUDY[: STUDY.index("          - {endpoint: ptga")].count("\n") + 1
SECOND = "{endpoint: ptga, visit: W24}"


def file(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = STUDY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "study.yml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(tmp_path, *changes) -> list:
    with pytest.raises(StudyFileError) as caught:
        read.study(file(tmp_path, *changes))
    return caught.value.problems


def test_a_hierarchy_that_fits_the_study_is_accepted(tmp_path):
    plan = read.study(file(tmp_path)).statistics.multiplicity
    assert [family.method for family in plan.families] == ["estimation", "fixed_sequence", "holm"]
    assert plan.families[2].hypotheses[0].endpoint == "ptga"


@pytest.mark.parametrize(
    ("hypothesis", "message"),
    [
        ("{endpoint: ptgaa, visit: W24}", "no endpoint or response 'ptgaa'; did you mean 'ptga'"),
        ("{endpoint: ptga, visit: W48}", "'ptga' is not judged at 'W48'"),
        ("{endpoint: ptga, visit: W2}", "did you mean 'W24'"),
        ("{endpoint: pain, visit: W24}", "'pain' is declared exploratory"),
        ("{endpoint: low, visit: W24}", "response 'low' has no baseline"),
        ("{endpoint: work, visit: W24}", "'work' is binary"),
        ("{endpoint: cdai, visit: W24}", "'cdai' at W24 is in the hierarchy twice"),
    ],
)
def test_a_hypothesis_that_does_not_fit_is_named_with_its_line(tmp_path, hypothesis, message):
    found = problems(tmp_path, (SECOND, hypothesis))
    assert message in " ".join(each.message for each in found)
    assert {each.line for each in found} == {LINE}
    assert found[0].key == "statistics.multiplicity.families[2].hypotheses[0]"


def test_an_id_that_is_endpoint_and_response_is_ambiguous(tmp_path):
    (found,) = problems(
        tmp_path, ("id: low,", "id: ptga,"), ("{endpoint: low, visit: W24}", "{endpoint: cdai, visit: W12}")
    )
    assert "'ptga' is an endpoint and a response" in found.message


def test_a_primary_endpoint_comes_before_the_secondary_ones(tmp_path):
    (found,) = problems(
        tmp_path, (SECOND, "{endpoint: cdai, visit: W24}"), ("{endpoint: cdai, visit: W24}", SECOND)
    )
    assert "'cdai' is primary and comes after a secondary endpoint" in found.message


def test_a_hierarchy_that_tests_nothing_is_none(tmp_path):
    found = problems(tmp_path, ("fixed_sequence", "estimation"), ("method: holm", "method: estimation"))
    assert [each.message for each in found] == ["no family is tested; leave multiplicity out"]


def test_a_study_that_compares_groups_has_no_hierarchy_of_changes_within_them(tmp_path):
    groups = "groups: {variable: arm, label: Arm, order: [old, new]}\npopulations:"
    (found,) = problems(tmp_path, ("populations:", groups))
    assert "this study compares groups" in found.message


@pytest.mark.parametrize(
    ("looks", "message"),
    [
        ("{spending: none}", "without a spending function a reason is needed"),
        ("{spending: none, reason: x, earlier: [0.5]}", "earlier looks need the spending function"),
        ("{spending: pocock, earlier: [0.5, 0.5]}", "must rise"),
        ("{spending: pocock, earlier: [1]}", "less than 1"),
        ("{spending: obrien}", "not one of none, obrien_fleming, pocock; did you mean 'obrien_fleming'"),
        ("{spending: pocock, informations: pairs}", "did you mean 'information'"),
    ],
)
def test_looks_that_cannot_be_are_refused(tmp_path, looks, message):
    (found,) = problems(tmp_path, ("{spending: none, reason: none registered}", looks))
    assert message in found.message
    assert found.line == STUDY.count("\n")


def test_alpha_can_only_be_spent_where_there_is_one(tmp_path):
    start, end = STUDY.index("  multiplicity:"), STUDY.index("  looks:")
    looks = ("{spending: none, reason: none registered}", "{spending: pocock}")
    (found,) = problems(tmp_path, (STUDY[start:end], ""), looks)
    assert "there is no alpha to spend" in found.message


@pytest.mark.parametrize("alpha", ["0", "0.5", "5"])
def test_alpha_is_a_share(tmp_path, alpha):
    (found,) = problems(tmp_path, ("alpha: 0.05", f"alpha: {alpha}"))
    assert found.key == "statistics.multiplicity.alpha"
