"""Tables of adverse events as they are read."""

import pandas as pd
from small_study import small_study

from analysis import tables

ROW = {
    "flag": "any",
    "label": "Any adverse event",
    "group": "all",
    "n": 4,
    "n_subjects": 2,
    "events": 3,
    "events_unknown": 0,
    "person_years": 2.5,
    "event_rate": 120.0,
    "event_rate_low": 24.7,
    "event_rate_high": 350.7,
    "first_person_years": 1.25,
    "first_rate": 160.0,
    "first_rate_low": 19.4,
    "first_rate_high": 578.0,
}
NONE = {**ROW, "n_subjects": 0, "events": 0, "event_rate": 0.0, "first_rate": 0.0}


def shown(*rows):
    return tables.overview_table(pd.DataFrame(rows), study=small_study(safety={"treatment_emergent": False}))


def test_overview_shows_person_years_beside_its_rates():
    table = shown(ROW)
    assert table.body.iloc[0].tolist() == [
        "2 (50.0)",
        "3",
        "120.0 (24.7 to 350.7)",
        "160.0 (19.4 to 578.0)",
        "1.3",
    ]
    assert table.notes[0].startswith("Person-years at risk: 2.5.")


def test_what_was_not_recorded_is_a_dash_and_no_zero():
    table = shown(ROW, {**NONE, "label": "Serious", "events_unknown": 3}, {**NONE, "label": "Death"})
    assert table.body.loc["Serious"].tolist() == ["–"] * 5
    assert table.body.loc["Death", "Events"] == "0"
    assert table.notes[-1] == "Events for which it is not known, not counted: serious 3."
