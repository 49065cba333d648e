"""Tests over visits: identities, degenerate tables, and what is refused. R's values: test_r_statistics."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis import categories


def test_two_visits_of_cochran_q_are_mcnemar_without_correction():
    visits = pd.DataFrame({"w00": [0] * 9 + [1] * 2 + [1] * 4, "w24": [1] * 9 + [0] * 2 + [1] * 4})
    test = categories.cochran_q(visits)
    assert (test.statistic, test.df) == (pytest.approx(49 / 11), 1)
    assert test.p_value == pytest.approx(0.034808, abs=6e-7)  # domain reference, D.6


def test_two_categories_of_stuart_maxwell_and_bowker_are_mcnemar():
    for test in (categories.stuart_maxwell([[5, 2], [9, 4]]), categories.bowker([[5, 2], [9, 4]])):
        assert (test.statistic, test.df) == (pytest.approx(49 / 11), 1)


def test_a_category_nobody_used_takes_no_degree_of_freedom():
    table = [[20, 10, 6], [5, 15, 9], [1, 4, 12]]
    empty = [[20, 10, 6, 0], [5, 15, 9, 0], [1, 4, 12, 0], [0, 0, 0, 0]]
    for compute in (categories.stuart_maxwell, categories.bowker):
        with_empty, without = compute(empty), compute(table)
        assert (with_empty.df, with_empty.statistic) == (without.df, pytest.approx(without.statistic))


def test_friedman_without_ties_is_the_textbook_formula():
    values = np.array([[1.0, 2, 3], [2, 3, 1], [1, 3, 2], [1, 2, 3]])
    rank_sums = np.array([5, 10, 9])
    expected = 12 / (4 * 3 * 4) * (rank_sums**2).sum() - 3 * 4 * 4
    assert categories.friedman(pd.DataFrame(values)).statistic == pytest.approx(expected)


def test_subjects_with_a_missing_visit_are_left_out_and_counted():
    visits = pd.DataFrame({"a": [1, 0, 1, None], "b": [0, 1, 1, 1], "c": [1, 0, 0, 1]}, dtype="Float64")
    test = categories.cochran_q(visits)
    assert (test.n_complete, test.n_missing) == (3, 1)
    assert test.statistic == categories.cochran_q(visits.iloc[:3]).statistic


@pytest.mark.parametrize(
    "test",
    [
        categories.cochran_q(pd.DataFrame({"a": [1, 0], "b": [1, 0]})),
        categories.friedman(pd.DataFrame({"a": [1, 2], "b": [1, 2]})),
        categories.stuart_maxwell([[3, 0], [0, 2]]),
        categories.bowker([[3, 0], [0, 2]]),
    ],
)
def test_nothing_to_test_when_nobody_changed(test):
    assert math.isnan(test.statistic)
    assert (test.p_value, test.note) == (1.0, "no subject changed: p is 1")


def test_no_subject_is_missing_not_p_1():
    empty = pd.DataFrame({"a": [None], "b": [1.0]}, dtype="Float64")
    for test in (
        categories.cochran_q(empty),
        categories.friedman(empty),
        categories.bowker(np.zeros((2, 2))),
    ):
        assert math.isnan(test.p_value)


def test_transitions_count_every_subject_with_both_visits():
    visits = pd.DataFrame(
        {"w00": ["high", "high", "moderate", None], "w24": ["low", "high", "low", "low"]}, index=list("abcd")
    )
    table = categories.transitions(visits, categories=["low", "moderate", "high"])
    assert table.to_numpy().tolist() == [[0, 0, 0], [1, 0, 0], [1, 0, 1]]
    assert (table.index.name, table.columns.name) == ("w00", "w24")
    with pytest.raises(ValueError, match="1 answers are not among the categories"):
        categories.transitions(visits, categories=["low", "high"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: categories.cochran_q(pd.DataFrame({"a": [1, 2], "b": [0, 1]})), "expected yes/no"),
        (lambda: categories.cochran_q(pd.DataFrame({"a": [1]})), "at least two visit columns"),
        (
            lambda: categories.friedman(pd.DataFrame({"a": [1, 2], "b": [0, 1]}, index=["P", "P"])),
            r"more than once \(P\)",
        ),
        (lambda: categories.bowker([[1, 2, 3]]), "square table"),
        (lambda: categories.bowker([[1, -2], [3, 4]]), "whole numbers"),
        (
            lambda: categories.transitions(pd.DataFrame({"a": [1], "b": [1], "c": [1]}), categories=[1]),
            "two columns",
        ),
    ],
)
def test_data_of_another_shape_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
