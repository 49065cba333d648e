"""Responses from visit to visit: pairs, the model of all visits, and states at two visits."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from small_study import drawn, small_study

from analysis import summaries, tables
from analysis.tables.rows import pick

RESPONSE = {"id": "low", "label": "Low", "rule": "cdai_low", "visits": ["W12", "W24"], "role": "primary"}
IDS = pd.Index([f"S{number}" for number in range(60)])


def answers(seed=1, missing=0.15) -> pd.DataFrame:
    """Sixty subjects at two visits, more of them responders at the second, some unknown."""
    draw = np.random.default_rng(seed)
    frames = [
        pd.DataFrame(
            {"subject_id": IDS, "visit_id": visit, "endpoint": "low", "value": draw.random(60) < share}
        )
        for visit, share in (("W12", 0.3), ("W24", 0.55))
    ]
    long = pd.concat(frames, ignore_index=True).astype({"value": "boolean"})
    long.loc[draw.random(len(long)) < missing, "value"] = pd.NA
    return long


def repeated(responses, visits=("W12", "W24"), ids=IDS):
    study = small_study(responses=[RESPONSE])
    return summaries.summarise_repeated(
        responses, ids, study=study, chosen=study.responses, visits=visits, population="FAS"
    )


def test_visits_are_compared_in_those_known_at_both():
    given = answers()
    found = pick(repeated(given), analysis="repeated_difference", visit="W24")
    wide = given.pivot(index="subject_id", columns="visit_id", values="value").dropna().astype(bool)
    gained, lost = int((wide["W24"] & ~wide["W12"]).sum()), int((wide["W12"] & ~wide["W24"]).sum())
    assert found["n_pairs"] == len(wide)
    assert found["estimate"] == pytest.approx((gained - lost) / len(wide))
    assert found["p_value"] == pytest.approx(stats.binomtest(gained, gained + lost).pvalue)


def test_the_model_is_that_of_statsmodels_on_every_known_answer():
    given = answers()
    found = pick(repeated(given), analysis="repeated_odds", visit="W24")
    known = given.dropna().sort_values(["subject_id", "visit_id"], kind="stable")
    design = sm.add_constant(known["visit_id"].eq("W24").astype(float).to_numpy())
    fitted = sm.GEE(
        known["value"].astype(float).to_numpy(),
        design,
        groups=known["subject_id"].to_numpy(),
        family=sm.families.Binomial(),
        cov_struct=sm.cov_struct.Exchangeable(),
    ).fit()
    assert found["estimate"] == pytest.approx(np.exp(fitted.params[1]), rel=1e-6)
    assert found["conf_low"] == pytest.approx(np.exp(fitted.conf_int()[1][0]), rel=1e-6)


def test_a_response_that_does_not_vary_has_pairs_and_a_reason_instead_of_a_model():
    nobody = answers().assign(value=pd.array([False] * 120, "boolean"))
    found = repeated(nobody)
    assert set(found["analysis"]) == {"repeated_difference", "repeated_odds", "repeated_q"}
    odds = found[found["analysis"].eq("repeated_odds")]
    assert odds["value"].isna().all()
    assert set(odds["status"]) == {"not estimated"}
    assert odds["note"].str.contains("nobody has the response").all()


def test_visit_without_a_responder_leaves_the_models_of_the_others():
    # nobody responds at W24; W12 keeps its odds ratio against W00
    seen = answers()
    first = answers(seed=2)[seen["visit_id"].eq("W12")].assign(visit_id="W00")
    study = small_study(responses=[{**RESPONSE, "visits": ["W00", "W12", "W24"]}])
    given = {"study": study, "chosen": study.responses, "population": "FAS"}
    whole = pd.concat([first, seen], ignore_index=True)
    empty = whole.assign(value=whole["value"].mask(whole["visit_id"].eq("W24"), False))
    found = summaries.summarise_repeated(empty, IDS, visits=("W00", "W12", "W24"), **given)
    without = summaries.summarise_repeated(empty, IDS, visits=("W00", "W12"), **given)
    assert pick(found, analysis="repeated_odds", visit="W12") == pytest.approx(
        pick(without, analysis="repeated_odds", visit="W12")
    )
    lost = found[found["analysis"].eq("repeated_odds") & found["visit"].eq("W24")]
    assert set(lost["status"]) == {"not estimated"}
    assert lost["note"].str.contains("no finite odds ratio").all()
    assert pick(found, analysis="repeated_difference", visit="W24")["p_value"] <= 1
    shown = tables.repeated_table(found, study=study, chosen=study.responses)
    assert any("no finite odds ratio" in note for note in shown.notes)


def test_visits_the_report_may_not_see_are_left_out():
    given = answers()
    assert repeated(given, visits=("W12",)).empty


def test_the_table_has_a_line_per_later_visit_and_says_what_is_exploratory():
    study = small_study(responses=[RESPONSE])
    table = tables.repeated_table(repeated(answers()), study=study, chosen=study.responses)
    assert list(table.body.index) == ["Week 24"]
    assert table.groups == ["Low, compared with week 12"]
    assert any("Cochran's Q" in note for note in table.notes)
    assert table.notes[-1].startswith("All p values are exploratory")


STATES = """
subject_id W00  W24
S1         high low
S2         high high
S3         low  low
S4         high .
"""


def moved():
    states = drawn(STATES).set_index("subject_id")
    return summaries.summarise_transitions(
        states, order=["low", "high"], variable="cdai", visits=("W00", "W24"), population="FAS"
    )


def test_states_are_counted_from_which_to_which():
    found = moved()
    count = found[found["analysis"].eq("transition")].set_index("group")["value"].to_dict()
    assert count == {"low to low": 1, "low to high": 0, "high to low": 1, "high to high": 1}


def test_the_table_of_states_adds_up():
    labels = {"low": "Low", "high": "High"}
    table = tables.transition_table(
        moved(), order=["low", "high"], labels=labels, first="Baseline", second="Week 24"
    )
    assert table.body.to_numpy().tolist() == [["1", "0", "1"], ["1", "1", "2"], ["2", "1", "3"]]
    assert table.body.index.name == "Baseline (rows), week 24 (columns)"
    assert "Stuart-Maxwell" in table.notes[-1]
