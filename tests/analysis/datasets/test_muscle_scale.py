"""Strength on the wrong scale is seen and asked about."""

import pandas as pd

from analysis import scoring
from analysis.datasets import muscle_scale_findings
from analysis.read.rules import query_log


def visits(*grades):
    """One visit a patient: the same grade in every muscle but the neck, whose grade comes first."""
    rows = [[neck, *[other] * (len(scoring.MMT_COLUMNS) - 1)] for neck, other in grades]
    table = pd.DataFrame(rows, columns=list(scoring.MMT_COLUMNS))
    return table.assign(subject_id=[f"S{n}" for n in range(len(rows))], visit_id="W00")


def test_full_strength_on_the_scale_of_five_is_asked_about():
    found = muscle_scale_findings(visits((5, 5), (10, 5), (4, 3), (6, 5), (None, None)))

    assert found["subject_id"].tolist() == ["S0", "S2"]
    assert scoring.mmt8(visits((5, 5)))["mmt8"].item() == 75
    log = query_log(found)
    assert log["rule_id"].tolist() == ["U3", "U3"]


def test_a_study_without_single_muscles_is_not_asked():
    assert muscle_scale_findings(pd.DataFrame({"subject_id": ["S1"], "visit_id": ["W00"]})).empty


def totals(*values, **more):
    """One visit a patient with the total alone."""
    table = pd.DataFrame({"mmt8_total": values}) if values else pd.DataFrame()
    return table.assign(subject_id=[f"S{n}" for n in range(len(values))], visit_id="W00", **more)


def test_a_total_of_half_is_asked_about_where_single_muscles_are_not_there():
    assert muscle_scale_findings(totals(75, 140, 76, None, mmt_max=150))["subject_id"].tolist() == ["S0"]
    assert muscle_scale_findings(totals(75, 140, mmt_max=80)).empty


def test_totals_are_asked_about_where_nobody_is_above_half():
    weak = totals(75, 70, 62, 74, 75, 71, 73, 40, None)

    found = muscle_scale_findings(weak)

    assert found["subject_id"].tolist() == [f"S{n}" for n in range(8)]
    assert query_log(found)["rule_id"].eq("U3").all()
    assert len(muscle_scale_findings(weak.head(7))) == 2  # too few to tell: the two of exactly half
