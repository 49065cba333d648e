"""The target kept over months, and difficult-to-treat disease by objective inflammation."""

from types import SimpleNamespace

import pandas as pd
import pytest

from studies.arthritis import d2t, t2t

WEEKS = {"W00": 0, "W12": 12, "W24": 24, "W48": 48}
STUDY = SimpleNamespace(
    visits=[SimpleNamespace(id=name, week=week) for name, week in WEEKS.items()],
    baseline_visit="W00",
    statistics=SimpleNamespace(confidence_level=0.95),
)


def kept(states, due):
    """Rows of the summary; one letter a visit from W00 on: l low, m moderate, ? not known, . not seen."""
    lines = [
        {
            "subject_id": who,
            "visit_id": visit,
            "visit_date": pd.Timestamp("2024-01-01") + pd.Timedelta(weeks=WEEKS[visit]),
            "cdai_category": {"l": "low", "m": "moderate", "?": None}[letter],
        }
        for who, text in states.items()
        for visit, letter in zip(WEEKS, text)
        if letter != "."
    ]
    wide = pd.DataFrame(lines).astype({"cdai_category": "string"})
    until = pd.DataFrame(
        [[week <= due[who] for week in WEEKS.values()] for who in states],
        index=list(states),
        columns=list(WEEKS),
    )
    found = t2t.summarise_sustained(wide, until, study=STUDY, setting=SimpleNamespace(instrument="cdai"))
    return found.set_index("variable")[["n", "count", "n_missing"]].to_numpy().tolist()


def test_six_months_are_longer_than_two_visits():
    everybody = {"a": "mlll", "b": "mllm", "c": "mlml", "d": "lmmm"}

    found = kept(everybody, dict.fromkeys(everybody, 48))

    # a kept it from week 12 to week 48, b from week 12 to week 24 only; entry plays no part
    assert found == [[4, 3, 0], [4, 2, 0], [4, 1, 0]]


def test_who_cannot_yet_have_kept_it_is_not_counted_and_who_left_has_not():
    states = {"a": "ml..", "b": "ml..", "c": "ml?l"}

    found = kept(states, {"a": 12, "b": 48, "c": 48})

    # a is due until week 12 only; b left; c: the visit between is not known
    assert found == [[3, 3, 0], [2, 0, 1], [2, 0, 1]]


def test_groups_by_inflammation_with_their_target():
    subjects = pd.DataFrame(
        {"inflammation_objective": ["yes", "yes", "no", None], "cdai": [30.0, 20.0, 12.0, None]},
        index=list("abcd"),
    )
    responses = pd.DataFrame(
        {
            "subject_id": list("abc"),
            "visit_id": "W48",
            "endpoint": "cdai_low",
            "value": pd.array([True, False, True], dtype="boolean"),
            "observed": [True, True, False],
        }
    )
    cohort = SimpleNamespace(subjects=subjects, ids=subjects.index, tables={"responses": responses})

    found = d2t.summarise_inflammation(cohort, response="cdai_low", visit="W48")
    shown = d2t.inflammation_table(found, target="At the target at week 48")

    assert list(shown.body.columns) == ["Objective inflammation", "None", "Not recorded"]
    assert shown.body.loc["Participants"].tolist() == ["2", "1", "1"]
    assert shown.body.loc["CDAI", "Objective inflammation"].startswith("25.0")
    assert shown.body.loc["At the target at week 48"].tolist() == ["1/2", "0/0", "0/0"]


def test_a_visit_without_a_week_is_asked_for_it():
    study = SimpleNamespace(
        visits=[*STUDY.visits, SimpleNamespace(id="W96", week=None)], baseline_visit="W00"
    )
    with pytest.raises(ValueError, match="W96 lie; give it"):
        t2t.summarise_sustained(pd.DataFrame(), pd.DataFrame(), study=study, setting=None)


def test_criteria_that_do_not_ask_for_difficult_disease_name_no_limits_of_it():
    with pytest.raises(ValueError, match="the rule d2t_eular"):
        d2t.item_labels({"criteria": []})
