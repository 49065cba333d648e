"""The tipping point: imputed values made worse until nothing is left of the conclusion."""

import numpy as np
import pandas as pd
import pytest
from small_study import CDAI, small_study

from analysis import summaries, tables
from analysis.tables.rows import pick

IDS = pd.Index([f"S{number:02d}" for number in range(40)])


def measured(missing=8) -> pd.DataFrame:
    """Forty subjects, CDAI about five points lower at week 24; the last eight lack that visit, one has no baseline."""
    draw = np.random.default_rng(3)
    before = draw.normal(25, 6, 40).round(1)
    values = {
        "W00": before,
        "W12": before - 3 + draw.normal(0, 3, 40),
        "W24": before - 5 + draw.normal(0, 4, 40),
    }
    wide = pd.DataFrame(values, index=IDS).round(1)
    wide.loc[IDS[40 - missing :], "W24"] = np.nan
    wide.loc["S00", "W00"] = np.nan
    long = wide.rename_axis(index="subject_id", columns="visit_id").stack().rename("value").reset_index()  # noqa: PD013
    return long.assign(variable="cdai")


def tipped(measures=None, shifts=(0, 10, 20, 40, 80), **endpoint):
    study = small_study(endpoints=[{**CDAI, **endpoint}])
    return summaries.summarise_tipping(
        measured() if measures is None else measures,
        IDS,
        study=study,
        endpoint=study.endpoints[0],
        visit="W24",
        shifts=shifts,
        population="FAS",
    )


def test_each_shift_moves_the_mean_by_the_share_that_was_imputed():
    found = tipped()
    estimates = [pick(found, group=shift)["estimate"] for shift in ("0", "10", "20")]
    assert np.diff(estimates) == pytest.approx([10 * 8 / 39, 10 * 8 / 39])
    assert pick(found, group="point")["count"] == 8
    assert pick(found, group="point")["n"] == 39  # without the subject who has no baseline


def test_the_point_is_the_first_shift_at_which_the_interval_reaches_no_change():
    found = tipped()
    holds = [(shift, pick(found, group=f"{shift}")["holds"]) for shift in (0, 10, 20, 40, 80)]
    first = next(shift for shift, kept in holds if not kept)
    assert pick(found, group="point")["shift"] == first
    assert pick(found, group=f"{first}")["conf_high"] >= 0
    before = [shift for shift, _ in holds if shift < first][-1]
    assert pick(found, group=f"{before}")["conf_high"] < 0


def test_worse_is_lower_where_higher_is_better():
    rising = measured().assign(value=lambda rows: -rows["value"])
    found = tipped(rising, higher_is_better=True)
    assert pick(found, group="0")["estimate"] > pick(found, group="10")["estimate"]


def test_without_a_missing_value_nothing_moves():
    complete = measured(missing=0)
    found = tipped(complete, shifts=(0, 40))
    assert pick(found, group="0")["estimate"] == pick(found, group="40")["estimate"]
    assert np.isnan(pick(found, group="point").get("shift", np.nan))


def test_the_table_has_a_line_per_shift():
    study = small_study()
    table = tables.tipping_table(tipped(), study=study, endpoint=study.endpoints[0], digits=1)
    assert list(table.body.index) == ["0", "10", "20", "40", "80"]
    assert table.body["Holds"].tolist()[0] == "yes"
    assert table.notes[0].startswith("8 of 39 values imputed. Rubin's rules")
