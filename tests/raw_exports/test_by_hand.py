"""Patients made by hand at every boundary, on the way of production, against answers typed from the definitions."""

import random

import pytest

from raw_exports import by_hand_arthritis, by_hand_myositis, judging
from raw_exports.arthritis_export import export as of_arthritis
from raw_exports.judging import DIALECTS, plain
from raw_exports.myositis_export import export as of_myositis

STUDIES = {"ra_cohort": (by_hand_arthritis, of_arthritis), "dm_abatacept": (by_hand_myositis, of_myositis)}
SIGNS = {"-": False, "?": None}


@pytest.mark.parametrize("dialect", list(DIALECTS))
@pytest.mark.parametrize("study", list(STUDIES))
def test_each_patient_is_judged_as_was_typed(study, dialect, tmp_path, root):
    table, export = STUDIES[study]
    file = export(table.patients(), tmp_path, DIALECTS[dialect], random.Random(1))
    found = judging.derive(file, root / f"params/{study}/eligibility.yml").found
    passes = found["eligibility"].set_index("subject_id").filter(like="passes_")
    words = found["evidence"].set_index(["subject_id", "criterion"])["evidence"]

    differing = []
    for who, (what, _, typed) in zip(passes.index, table.PATIENTS, strict=True):
        parts = typed.split()
        otherwise = {name: SIGNS[sign] for name, sign in zip(parts[::2], parts[1::2], strict=True)}
        for name in passes:
            criterion = name.removeprefix("passes_")
            want, got = otherwise.get(criterion, True), plain(passes.loc[who, name])
            if want is not got:
                differing.append(
                    f"{what}: {criterion} typed {want}, got {got}: {words.get((who, criterion))}"
                )
    assert not differing, "\n".join(differing)


@pytest.mark.parametrize("study", list(STUDIES))
def test_there_are_sixty_of_each_study_and_every_criterion_fails_in_some(study):
    typed = [typed for _, _, typed in STUDIES[study][0].PATIENTS]
    criteria = {"ra_cohort": ["I1", "I2", "I3", "I4", "I5", "E1", "E3"],
                "dm_abatacept": ["I1", "I2", "I3", "I4", "I5", "I6", "I7", "E1", "E2"]}  # fmt: skip

    assert len(typed) >= 60
    assert all(any(f"{name} -" in one for one in typed) for name in criteria[study])
