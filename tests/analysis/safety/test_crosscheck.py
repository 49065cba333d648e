"""Events that the laboratory should show, beside its results."""

import pytest
from small_study import drawn, rows

from analysis import safety

EVENTS = """
subject_id pt           ctcae_grade_max onset_date  stop_date
S1         Leukopenia   3               2024-05-10  .           # goes on: every later result is of its time
S2         Anaemia      1               2024-05-10  2024-05-20
S3         Headache     1               2024-05-10  2024-05-20  # nothing a laboratory shows
S4         LEUKOPENIA   2               2024-05-10  2024-05-20
"""
LABS = """
subject_id analyte value_std lln uln sample_date
S1         WBC     8.8       3.5 9.5 2024-07-25
S1         HB      60        115 150 2024-05-10   # of another term
S1         NEUT    .         1.8 6.3 2024-05-10   # without a value
S4         WBC     3.4       3.5 9.5 2024-04-25   # fifteen days before
S9         HB      60        115 150 2024-05-10   # of somebody else
"""


def compared(*more: str, days=14):
    return safety.compare_with_laboratory(drawn(EVENTS), drawn("\n".join([LABS.strip(), *more])), days=days)


def test_only_terms_of_the_laboratory_are_compared_and_each_gets_an_answer():
    assert rows(compared(), "subject_id", "n_results", "n_abnormal", "answer") == [
        ["S1", 1, 0, "contradicts"],
        ["S2", 0, 0, "no_result"],
        ["S4", 0, 0, "no_result"],
    ]


@pytest.mark.parametrize(
    ("value", "day", "answer"),
    [
        (114.9, "2024-05-10", "agrees"),
        (115, "2024-05-10", "contradicts"),  # at the limit is normal
        (100, "2024-04-26", "agrees"),  # fourteen days before
        (100, "2024-04-25", "no_result"),
        (100, "2024-06-03", "agrees"),  # fourteen days after the stop
        (100, "2024-06-04", "no_result"),
    ],
)
def test_a_result_counts_within_the_days_around_the_event(value, day, answer):
    found = compared(f"S2 HB {value} 115 150 {day}")
    assert found.set_index("subject_id").loc["S2", "answer"] == answer


def test_raised_enzymes_are_looked_for_above_their_limit():
    events = drawn(EVENTS).assign(pt="Hepatic enzyme increased").head(1)
    labs = drawn(LABS).head(1).assign(analyte="GGT", uln=8.7)
    assert safety.compare_with_laboratory(events, labs, days=14)["answer"].tolist() == ["agrees"]
    normal = safety.compare_with_laboratory(events, labs.assign(uln=8.8), days=14)
    assert normal["answer"].tolist() == ["contradicts"]


def test_nothing_to_compare_is_an_empty_answer():
    found = safety.compare_with_laboratory(drawn(EVENTS)[2:3], drawn(LABS), days=14)
    assert found.empty
    assert "answer" in found
