"""Rapid radiographic progression exists once: entry and follow-up judge by one function and one window."""

import inspect

import pytest
from ruamel.yaml import YAML

from analysis import progression, scoring
from analysis.eligibility import D2TSettings


@pytest.mark.parametrize(
    ("change", "days", "eular", "annualised", "raw"),
    [
        (5, 365, 1, 1, 1),
        (5, 366, 1, 0, 1),  # 4.99 a year
        (3, 182, 1, 1, 0),  # 6.02 a year
        (2.5, 168, 1, 1, 0),
        (5, 430, 1, 0, 1),
        (5, 431, 0, 0, 0),
        (5, 300, 1, 1, 1),
        (5, 299, 1, 1, 0),
        (4.99, 364, 1, 1, 0),
        (4.9, 366, 0, 0, 0),
    ],
)
def test_five_points_at_one_year(change, days, eular, annualised, raw):
    found = [progression.rapid([change], [days], rule=rule).item() for rule in progression.RULES]

    assert found == [eular, annualised, raw]
    assert bool(scoring.sharp_progression(10, 10 + change, days)["rapid"].item()) == bool(eular)


def test_a_study_has_one_window(root):
    study = YAML(typ="safe").load((root / "params/ra_cohort/study.yml").read_text(encoding="utf-8"))
    protocol = YAML(typ="safe").load((root / "params/ra_cohort/eligibility.yml").read_text(encoding="utf-8"))
    (judged,) = (c["settings"] for c in protocol["criteria"] if c["rule"] == "d2t_eular")

    assert study["settings"]["films"]["window"] == judged["rrp_raw_window_days"] == list(progression.WINDOW)
    assert D2TSettings().rrp_raw_window_days == progression.WINDOW
    signature = inspect.signature(scoring.sharp_progression)
    assert signature.parameters["rapid_window_days"].default == progression.WINDOW
