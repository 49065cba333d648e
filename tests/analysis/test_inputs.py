"""The one check of inputs: what is wrong, where, what to do."""

import numpy as np
import pandas as pd
import pytest

from analysis import inputs


@pytest.mark.parametrize("level", [95, 0, 1, -0.1, float("nan"), "0.95", None, True])
def test_level_that_is_none_is_refused(level):
    with pytest.raises(ValueError, match="confidence_level: expected a number between 0 and 1"):
        inputs.check_level(level)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0, 1, 2], "1 values are neither"),
        (["yes", "no"], "expected True or False"),
        ([0.0, np.inf], "1 values are infinite"),
    ],
)
def test_answers_other_than_yes_and_no_are_refused(values, said):
    with pytest.raises(ValueError, match=said):
        inputs.yes_no(values, "event")


def test_column_that_is_not_there_gets_the_nearest_name():
    with pytest.raises(KeyError, match="did you mean 'time'"):
        inputs.check_columns(pd.DataFrame({"time": [1]}), ["tiem"])


def test_same_spread_is_judged_in_every_unit():
    values = np.array([0.1 + 0.2, 0.3, 0.3])
    for unit in 10.0 ** np.arange(-6, 7):
        assert not inputs.varies(unit * values)
        assert inputs.varies(unit * np.array([1.0, 2.0]))


def test_reason_is_an_error_of_the_data_that_callers_may_catch():
    assert issubclass(inputs.NotEstimable, ValueError)
