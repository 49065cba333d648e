"""Both rules of who is due, side by side."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import proportions, summaries, tables
from analysis.tables.rows import pick

STUDY = SimpleNamespace(
    visits=[SimpleNamespace(id=name, label=name) for name in ("W12", "W24", "W48")],
    statistics=SimpleNamespace(confidence_level=0.95),
)
# a, b: window closed; c came early in an open window and responded; d is not due by either rule at W24
ANSWERS = {
    "W12": pd.Series([True, False, True, False], index=list("abcd")),
    "W24": pd.Series([True, False, True], index=list("abc")),
    "W48": pd.Series([True], index=["c"]),
}
CLOSED = pd.DataFrame(
    {
        "W12": [True, True, True, True],
        "W24": [True, True, False, False],
        "W48": [False, False, False, False],
    },
    index=list("abcd"),
)


def rows():
    return summaries.compare_due_rules(ANSWERS, CLOSED, study=STUDY, variable="cdai_low", population="FAS")


def test_who_came_early_counts_by_one_rule_only():
    closed, seen = (pick(rows(), analysis=name, visit="W24") for name in ("due_closed", "due_or_seen"))
    assert (closed["count"], closed["n"]) == (1, 2)
    assert (seen["count"], seen["n"], seen["n_only"]) == (2, 3, 1)
    wilson = proportions.wilson(1, 2, confidence_level=0.95)
    assert [closed[name] for name in ("estimate", "conf_low", "conf_high")] == pytest.approx(
        [wilson.estimate, wilson.conf_low, wilson.conf_high]
    )


def test_the_rules_agree_where_every_window_has_closed():
    closed, seen = (pick(rows(), analysis=name, visit="W12") for name in ("due_closed", "due_or_seen"))
    assert closed == {name: value for name, value in seen.items() if name != "n_only"}


def test_a_window_closed_for_nobody_is_said():
    found = rows()
    of_visit = found[found["analysis"].eq("due_closed") & found["visit"].eq("W48")]
    assert pick(of_visit, analysis="due_closed")["n"] == 0
    assert of_visit.loc[of_visit["statistic"].eq("estimate"), "status"].tolist() == ["not estimated"]
    assert set(of_visit["note"]) == {"not yet: the window has closed for nobody"}


def test_the_rule_that_waits_stands_first():
    table = tables.due_table(rows(), study=STUDY)
    assert list(table.body.index) == ["W12", "W24", "W48"]
    assert table.body.loc["W24"].tolist()[0] == "1/2"
    assert table.body.loc["W24"].tolist()[2] == "2/3"
    assert table.body["Seen early"].tolist() == ["0", "1", "1"]
    assert next(iter(table.spanners)) == "Window has closed"
    assert np.all(table.body.loc["W48"].tolist()[0] == "0/0")
