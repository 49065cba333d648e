"""Reference-based imputation against a second implementation in R, and what each assumption must do."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import mmrm

OF_R = json.loads((Path(__file__).parent / "r" / "reference.json").read_text(encoding="utf-8"))
COURSE = pd.DataFrame(OF_R["course"], columns=["w00", "w12", "w24"], dtype=float)
ARM = pd.Series(OF_R["arm"])


def difference(course=COURSE, arm=ARM, **options):
    given = {"reference": "placebo", "assumption": "missing_at_random", "confidence_level": 0.95} | options
    return mmrm.reference_based_difference(course, arm, **given)


@pytest.mark.parametrize("name", OF_R["results"])
def test_equals_r(name):
    options = {"delta": 1.5} if name == "delta" else {"assumption": name}
    found, expected = difference(**options), OF_R["results"][name]
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-5)
    assert found.se == pytest.approx(expected["se"], rel=1e-4)
    assert (found.n, found.n_imputed, found.n_missing) == (24, 6, 0)


def test_complete_courses_do_not_depend_on_the_assumption():
    whole = COURSE.apply(lambda column: column.fillna(column.mean()))
    found = [difference(whole, assumption=one).estimate for one in OF_R["results"] if one != "delta"]
    assert np.ptp(found) < 1e-9


def test_unit_swap_and_wrong_input():
    plain, scaled = difference(), difference(1000 * COURSE)
    assert (scaled.estimate, scaled.se) == pytest.approx((1000 * plain.estimate, 1000 * plain.se), rel=1e-6)
    swapped = difference(reference="drug")
    assert swapped.estimate == pytest.approx(-plain.estimate, rel=1e-6)
    with pytest.raises(ValueError, match="share one index"):
        difference(arm=ARM.iloc[::-1])
    with pytest.raises(ValueError, match="two groups"):
        difference(reference="none")
    with pytest.raises(ValueError, match="assumption: expected one of"):
        difference(assumption="J2R")
