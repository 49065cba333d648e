"""The locked plan of analysis: what it holds, and what a report says of doing otherwise."""

import pytest

from analysis.language import speaking
from pipeline import planned
from pipeline.planned import Difference, differences, idle_reasons

PLAN = {"endpoints.cdai.visits": '["W12", "W24"]', "statistics.seed": "1", "populations.ALL.rule": "enrolled"}
NOW = {"endpoints.cdai.visits": '["W24"]', "statistics.seed": "1", "endpoints.haq.role": "secondary"}
CHANGES = [
    {"what": "endpoints", "reason": "Outcomes were revised."},
    {"what": "endpoints.cdai", "reason": "Week 12 was dropped."},
    {"what": "statistics.sed", "reason": "No such entry."},
]
SETTINGS = {
    "name": "2026-01-02T030405Z",
    "locked_at": "2026-01-02T03:04:05+00:00",
    "sha256": "ab" * 32,
    "signed": False,
    "seen": {"runs": 0, "data_locked_at": None},
}


def test_every_difference_has_the_closest_reason_or_none():
    found = differences(PLAN, NOW, CHANGES)
    assert found == [
        Difference("endpoints.cdai.visits", '["W12", "W24"]', '["W24"]', "Week 12 was dropped."),
        Difference("populations.ALL.rule", "enrolled", None, None),
        Difference("endpoints.haq.role", None, "secondary", "Outcomes were revised."),
    ]


def test_a_reason_for_what_does_not_differ_is_told():
    found = differences({**PLAN, "statistics.seed": "2"}, NOW, CHANGES)
    ((place, line),) = idle_reasons(found, CHANGES)
    assert place == 2
    assert "'statistics.sed', which does not differ from the locked plan" in line
    assert "'statistics.seed'" in line


def test_a_name_that_merely_begins_alike_gets_no_reason():
    found = differences(
        {"endpoints.cdai_low.role": "primary"}, {}, [{"what": "endpoints.cdai", "reason": "x"}]
    )
    assert found[0].reason is None


def test_a_report_says_when_it_was_locked_what_differs_and_that_no_reason_is_given():
    told = [[one.what, one.planned, one.done, one.reason] for one in differences(PLAN, NOW, CHANGES)]
    text = planned.section({**SETTINGS, "differences": told})
    assert "The plan of analysis was locked on 2026-01-02" in text
    assert "No report had been made from the data before." in text
    assert "3 entries differ from the plan, 1 of them without a reason" in text
    assert "| populations.ALL.rule | enrolled | not there | **no reason is given** |" in text
    assert "Week 12 was dropped." in text


def test_without_a_locked_plan_a_report_says_nothing():
    assert planned.section(None) == ""


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ({"runs": 3, "data_locked_at": None}, "Reports had been made from data 3 times"),
        ({"runs": 3, "data_locked_at": "2025-12-31T00:00:00+00:00"}, "locked before the plan, on 2025-12-31"),
    ],
)
def test_what_was_known_of_the_data_is_said(seen, said):
    assert said in planned.section({**SETTINGS, "seen": seen, "differences": []})


def test_the_section_is_in_the_language_of_the_report():
    with speaking("zh"):
        text = planned.section({**SETTINGS, "differences": [["a.b", "1", "2", None]]})
    assert "分析计划于2026-01-02锁定" in text and "未说明理由" in text


def test_entries_of_lists_are_named_by_what_tells_them_apart():
    study = {"endpoints": [{"id": "cdai", "visits": ["W12"]}], "populations": {"ALL": {"rule": "enrolled"}}}
    found = planned.facts(study, {"notebooks": [{"name": "flow", "parameters": {"alpha": 0.05}}]}, {})
    assert found["endpoints.cdai.visits"] == '["W12"]'
    assert found["notebooks.flow.parameters.alpha"] == "0.05"
