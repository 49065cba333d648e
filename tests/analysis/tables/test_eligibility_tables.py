"""Tables of eligibility: near misses in words, screening in groups that add up."""

import pandas as pd

from analysis import tables

SCREENING = pd.DataFrame(
    [
        ("screened", "Assessed for eligibility", 5, None),
        ("ineligible", "Not eligible", 2, None),
        ("ineligible_first_I1", "Disease", 2, "I1"),
        ("ineligible_first_I2", "Adult", 0, "I2"),  # nobody: left out
        ("ineligible_any_I1", "Disease", 2, "I1"),
        ("ineligible_any_I2", "Adult", 1, "I2"),  # failed as well, not first
        ("query", "Data queried", 1, None),
        ("query_I2", "Adult", 1, "I2"),
        ("eligible", "Eligible", 2, None),
    ],
    columns=["box", "label", "n", "reason"],
)


def near(distance, unit, evidence="as asked for"):
    """One near miss as a table."""
    row = {"subject_id": "a", "criterion": "I4", "distance": distance, "unit": unit, "evidence": evidence}
    return tables.near_miss_table(pd.DataFrame([row])).body.iloc[0]


def test_a_distance_says_its_unit_and_no_decimals_it_does_not_have():
    assert near(-365.0, "days")["Distance"] == "−365 days"
    assert near(-1.0, "mechanisms")["Distance"] == "−1 mechanism"
    assert near(0.0333, "mg/kg/day")["Distance"] == "0.03 mg/kg/day"
    assert near(float("nan"), "")["Distance"] == "–"


def test_evidence_is_written_without_codes():
    text = near(-1.0, "mechanisms", "no, 1 mechanisms failed; 122 d, secondary_inefficacy (das28_esr 5.4563)")
    assert text["Evidence"] == "no, 1 mechanism failed; 122 d, secondary inefficacy (DAS28-ESR 5.4563)"
    eleven = near(-1.0, "mechanisms", "no, 11 mechanisms failed")
    assert eleven["Evidence"] == "no, 11 mechanisms failed"


def test_screening_keeps_steps_and_criteria_apart():
    table = tables.screening_table(SCREENING)
    shown = list(zip(table.groups, table.body.index, table.body["n"], strict=True))
    assert shown[:4] == [
        ("Screening", "Assessed for eligibility", "5"),
        ("Screening", "Not eligible", "2"),
        ("Screening", "Data queried", "1"),
        ("Screening", "Eligible", "2"),
    ]
    assert [(group.split(",")[0], label, n) for group, label, n in shown[4:]] == [
        ("Not eligible", "Disease", "2"),
        ("Not eligible", "Disease", "2"),
        ("Not eligible", "Adult", "1"),
        ("Data queried", "Adult", "1"),
    ]


def test_rules_say_what_is_asked_for():
    rows = {"criterion": ["I2", "I3"], "text": ["Adult", "Consent"], "settings": ["at least, years: 18", ""]}
    table = tables.criteria_rules_table(pd.DataFrame(rows))
    assert table.body["What is asked for"].tolist() == ["at least, years: 18", "as recorded"]
