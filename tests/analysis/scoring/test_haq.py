"""HAQ-DI: the published example, aids and help, missing items and categories."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis import scoring

NA = math.nan
#            dress arise eat     walk  hygiene  reach grip     activities
PUBLISHED = [2, 1, 0, 3, 1, 0, 2, 0, 1, 0, 1, 1, 3, 3, 1, 1, 3, 0, 0, 1]
SEVEN = [1, 0, 1, 1, 0, 1, 2, 0, 1, NA, NA, NA, 1, NA, 2, 1, 1, 1, 1, 0]
SIX = [NA, NA, *SEVEN[2:]]
FIVE = [NA, NA, NA, NA, *SEVEN[4:]]
PUBLISHED_TICKS = {
    "haq_aid_dressing": 1,
    "haq_aid_arising": 1,
    "haq_aid_hygiene": 1,
    "haq_help_dressing": 1,
    "haq_help_arising": 1,
    "haq_help_walking": 1,
    "haq_help_hygiene": 1,
}
EATING_WALKING = {"haq_aid_eating": 1, "haq_aid_walking": 1}


@pytest.mark.parametrize(
    ("items", "aids", "standard", "alternative"),
    [
        (PUBLISHED, PUBLISHED_TICKS, 2.25, 2.0),
        ([0] * 20, {}, 0, 0),
        ([0] * 20, {"haq_aid_walking": 1}, 0.25, 0),  # a cane
        ([3] * 20, {"haq_aid_walking": 1}, 3, 3),  # 3 is not lowered
        (SEVEN, EATING_WALKING, 10 / 7, 9 / 7),
        (SIX, EATING_WALKING, 1.5, 8 / 6),
        (FIVE, EATING_WALKING, NA, NA),
    ],
)
def test_worked_cases(items, aids, standard, alternative):
    assert scoring.haq_di(items, aids) == pytest.approx(standard, abs=1e-12, nan_ok=True)
    assert scoring.haq_di(items, aids, alternative=True) == pytest.approx(alternative, abs=1e-12, nan_ok=True)
    assert scoring.haq_di(items) == pytest.approx(alternative, abs=1e-12, nan_ok=True)


def test_frames_arrays_and_single_rows_agree():
    items = pd.DataFrame(
        [PUBLISHED, SEVEN, FIVE], columns=[f"haq_{i}" for i in range(1, 21)], index=list("abc")
    )
    expected = [2.0, 9 / 7, NA]
    frame = scoring.haq_di(items)
    assert frame.index.tolist() == ["a", "b", "c"]
    np.testing.assert_allclose(frame, expected)
    np.testing.assert_allclose(scoring.haq_di(items.to_numpy()), expected)
    np.testing.assert_allclose(scoring.haq_di(items.astype("Int64")), expected)
    assert scoring.haq_di(items.loc["a"]) == 2.0


def test_aids_are_matched_by_index_label():
    items = pd.DataFrame(np.zeros((2, 20)), columns=[f"haq_{i}" for i in range(1, 21)], index=["a", "b"])
    ticks = pd.DataFrame({"haq_aid_walking": [1, 0]}, index=["b", "a"])
    assert scoring.haq_di(items, ticks).tolist() == [0, 0.25]
    with pytest.raises(ValueError, match="rows of aids do not match"):
        scoring.haq_di(items, ticks.rename(index={"a": "c"}))


def test_ticks_do_not_create_a_category():
    assert math.isnan(scoring.haq_di(FIVE, {"arising": 1, "dressing": 1}))


def test_minimum_number_of_categories_is_a_parameter():
    assert math.isnan(scoring.haq_di(SIX, min_categories=7))
    assert not math.isnan(scoring.haq_di(SEVEN, min_categories=7))
    assert math.isnan(scoring.haq_di([NA] * 20, min_categories=0))


def test_all_items_can_be_required():
    assert math.isnan(scoring.haq_di(SIX, require_all_items=True))  # reach has one item of two
    assert scoring.haq_di(SEVEN, require_all_items=True) == pytest.approx(8 / 6)


def test_a_blank_tick_is_not_ticked_unless_told_otherwise():
    low, high = [0] * 20, [2] * 20
    assert scoring.haq_di(low, {"walking": NA}) == 0
    assert scoring.haq_di(low, {"walking": NA}, blank_aid="missing", min_categories=7) == 0
    assert math.isnan(scoring.haq_di(low, {"walking": NA}, blank_aid="missing", min_categories=8))
    assert scoring.haq_di(high, {"walking": NA}, blank_aid="missing", min_categories=8) == 2
    both = {"haq_aid_walking": NA, "haq_help_walking": 1}
    assert scoring.haq_di(low, both, blank_aid="missing", min_categories=8) == 0.25


@pytest.mark.parametrize("wrong", [4, -1, 1.5])
def test_impossible_answers_are_refused_without_showing_them(wrong):
    items = pd.DataFrame([[0] * 20], columns=[f"haq_{i}" for i in range(1, 21)], index=["S07"], dtype=float)
    with pytest.raises(
        ValueError, match=r"haq_3: 1 value\(s\) outside 0 to 3 \(whole numbers\), in row\(s\) S07;"
    ):
        scoring.haq_di(items.assign(haq_3=float(wrong)))


def test_wrong_columns_and_ticks_are_refused():
    items = pd.DataFrame([[0] * 20], columns=[f"haq_{i}" for i in range(1, 21)])
    with pytest.raises(KeyError, match="haq_9"):
        scoring.haq_di(items.drop(columns="haq_9"))
    with pytest.raises(ValueError, match=r"'haq_aid_wlking'; did you mean 'haq_aid_walking'"):
        scoring.haq_di(items, {"haq_aid_wlking": 1})
    with pytest.raises(ValueError, match="ticks are 0 or 1"):
        scoring.haq_di(items, {"walking": 2})
    with pytest.raises(ValueError, match="20 items"):
        scoring.haq_di([0] * 19)
    with pytest.raises(ValueError, match="unknown blank_aid"):
        scoring.haq_di(items, blank_aid="no")


def test_category_scores_are_the_highest_answer():
    scores = scoring.haq_categories(PUBLISHED)
    assert scores.iloc[0].tolist() == [2, 3, 2, 1, 1, 3, 3, 1]
