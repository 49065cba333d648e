"""Questions put to the tidy tables: clinical reference F.2 rules 3 and 5 to 8. No check changes a value."""

import numpy as np
import pandas as pd
import pytest

from analysis.columns import MUSCLES
from analysis.read.cells import Export, from_texts
from analysis.read.checks import chronology, medical, people, plausibility, units
from analysis.read.identifiers import PERSON, drop_identifiers
from analysis.study.sections import Visit

PLANNED = [
    Visit(id="W00", label="Baseline", target_day=1, window=[-14, 1]),
    Visit(id="W04", label="Week 4", target_day=29, window=[15, 42]),
    Visit(id="W12", label="Week 12", target_day=85, window=[57, 126]),
]


def asked(found) -> list[tuple]:
    """Rule and row of every finding."""
    return [(rule, row) for frame in found if frame is not None for row, rule in frame["rule_id"].items()]


def frame(**columns) -> pd.DataFrame:
    """Rows named r0, r1, ...; columns ending in _date are dates."""
    made = pd.DataFrame(columns)
    dates = {
        name: pd.to_datetime(made[name]).astype("datetime64[us]") for name in made if name.endswith("_date")
    }
    return made.assign(**dates).set_axis([f"r{n}" for n in range(len(made))], axis=0)


@pytest.mark.parametrize(
    ("sjc", "tjc", "questioned"),
    [(14, 3, True), (13, 3, False), (12, 3, False), (None, 3, False), (14, None, False)],
)
def test_swollen_joints_above_tender_by_more_than_ten(sjc, tjc, questioned):
    visits = frame(tjc28=[tjc], sjc28=[sjc]).astype(float)
    assert asked(plausibility.visit_values(visits)) == ([("S1", "r0")] if questioned else [])


@pytest.mark.parametrize(
    ("phga", "sjc", "questioned"), [(0, 5, True), (0, 4, False), (1, 5, False), (None, 5, False)]
)
def test_physician_global_zero_with_swollen_joints(phga, sjc, questioned):
    visits = frame(phga_mm=[phga], sjc28=[sjc]).astype(float)
    assert asked(plausibility.visit_values(visits)) == ([("S2", "r0")] if questioned else [])


@pytest.mark.parametrize(
    ("pain", "item", "questioned"), [(71, 0, True), (70, 0, False), (71, 1, False), (71, None, False)]
)
def test_no_difficulty_with_severe_pain(pain, item, questioned):
    items = {f"haq_{n}": [0.0] for n in range(1, 20)} | {"haq_20": [item]}
    visits = frame(pain_mm=[pain], **items).astype(float)
    assert asked(plausibility.visit_values(visits)) == ([("S3", "r0")] if questioned else [])


@pytest.mark.parametrize(("total", "questioned"), [(150, False), (149, True), (None, False)])
def test_muscle_total_differs_from_its_parts(total, questioned):
    visits = frame(mmt8_total=[total], **{f"mmt_{muscle}": [10.0] for muscle in MUSCLES}).astype(float)
    assert asked(plausibility.visit_values(visits)) == ([("S4", "r0")] if questioned else [])


def test_total_is_not_questioned_while_a_part_is_missing():
    parts = {f"mmt_{muscle}": [10.0] for muscle in MUSCLES} | {"mmt_deltoid_left": [None]}
    assert asked(plausibility.visit_values(frame(mmt8_total=[140], **parts).astype(float))) == []


@pytest.mark.parametrize(("weight", "questioned"), [(69.0, False), (69.1, True), (51.0, False), (50.9, True)])
def test_weight_change_above_fifteen_percent(weight, questioned):
    visits = frame(subject_id=["S1", "S1"], day=[1, 29], weight_kg=[60.0, weight])
    assert asked(plausibility.weight_jumps(visits)) == ([("S6", "r1")] if questioned else [])


def test_pregnancy_in_a_man():
    subjects = frame(sex=pd.array(["M", "F", None]), pregnant=pd.array([True, True, True], dtype="boolean"))
    assert asked(plausibility.pregnancy(subjects)) == [("S5", "r0")]


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        ([(43, 36), (43, 36), (43, 36)], ["r1", "r2"]),  # three in a row: the copies are questioned
        ([(43, 36), (43, 36), (43, 37)], []),  # only two
        ([(43, 36), (43, 37), (43, 36)], []),  # not in a row
        ([(0, 0), (0, 0), (0, 0)], []),  # remission may stay at 0
        ([(43, None), (43, None), (43, None)], []),  # one scale says little
    ],
)
def test_globals_copied_from_visit_to_visit(values, rows):
    visits = frame(
        subject_id=["S1"] * 3, day=[1, 29, 85], ptga_mm=[v[0] for v in values], phga_mm=[v[1] for v in values]
    ).astype({"ptga_mm": float, "phga_mm": float})
    assert asked(plausibility.carried_forward(visits)) == [("S7", row) for row in rows]


@pytest.mark.parametrize(
    ("crp", "esr", "questioned"), [(3.0, 61, True), (3.1, 61, False), (3.0, 60, False), (0.5, 120, True)]
)
def test_low_crp_with_high_esr(crp, esr, questioned):
    labs = frame(
        subject_id=["S1", "S1"],
        analyte=["CRP", "ESR"],
        sample_date=["2024-01-01"] * 2,
        value_std=[crp, esr],
        value_raw=pd.array([f"{crp}", f"{esr}"], dtype="string"),
    )
    assert asked(units.crp_against_esr(labs)) == ([("S8", "r0")] if questioned else [])


@pytest.mark.parametrize(("low", "questioned"), [(1.9, True), (2.0, False)])
def test_fortnight_of_low_crp_against_the_rest(low, questioned):
    days = [*pd.date_range("2024-01-01", periods=8), *pd.date_range("2024-03-01", periods=8, freq="20D")]
    labs = frame(
        subject_id=[f"S{n}" for n in range(16)],
        analyte=["CRP"] * 16,
        sample_date=days,
        value_std=[low] * 8 + [10.0] * 8,
        value_raw=pd.array(["x"] * 16, dtype="string"),
    )
    found = units.crp_batches(labs, frame(subject_id=[f"S{n}" for n in range(16)]))
    assert asked(found) == ([("U3", f"r{n}") for n in range(8)] if questioned else [])


@pytest.mark.parametrize(("largest", "questioned"), [(10.0, True), (11.0, False)])
def test_scale_that_never_exceeds_ten_may_be_in_centimetres(largest, questioned):
    visits = frame(subject_id=["S1"] * 10, ptga_mm=[1.0] * 9 + [largest])
    assert bool(asked(units.scales_in_cm(visits, frame(subject_id=["S1"])))) == questioned


@pytest.mark.parametrize(
    ("onset", "precision", "diagnosis", "questioned"),
    [
        ("2020-05-01", "D", "2020-04-30", True),
        ("2020-05-01", "D", "2020-05-01", False),
        ("2020-05-01", "M", "2020-05-20", False),  # some day in May: may precede the 20th
        ("2020-06-01", "M", "2020-05-20", True),  # no day in June does
        ("2020-01-01", "Y", "2020-01-01", False),
        ("2021-01-01", "Y", "2020-12-31", True),
    ],
)
def test_dates_of_a_subject_out_of_order(onset, precision, diagnosis, questioned):
    subjects = frame(disease_onset_date=[onset], disease_onset_precision=[precision], dx_date=[diagnosis])
    assert asked(chronology.subject_order(subjects)) == ([("D7", "r0")] if questioned else [])


def test_partial_date_may_lie_late_in_its_month_or_year():
    subjects = frame(dx_date=["2024-06-15", "2024-06-15"], consent_date=["2024-06-01"] * 2)
    late = subjects.assign(dx_precision=["D", "D"])
    assert asked(chronology.subject_order(late)) == [("D7", "r0"), ("D7", "r1")]
    first, last = chronology.span(
        frame(stop_date=["2024-02-01", "2024-01-01", "2024-02-03"], stop_precision=["M", "Y", "D"]),
        "stop_date",
    )
    assert last.dt.strftime("%Y-%m-%d").tolist() == ["2024-02-29", "2024-12-31", "2024-02-03"]
    assert first.dt.day.tolist() == [1, 1, 3]


@pytest.mark.parametrize(
    ("start", "stop", "birth", "rule"),
    [
        ("2024-05-01", "2024-03-01", "1980-01-01", "D8"),  # swapped, and swapping fits
        ("2024-05-01", "1970-03-01", "1980-01-01", "D7"),  # swapping would start before birth
        ("2024-03-01", "2024-03-01", "1980-01-01", None),
        ("2024-03-01", None, "1980-01-01", None),
    ],
)
def test_stop_before_start_proposes_a_swap_only_if_it_fits(start, stop, birth, rule):
    courses = frame(subject_id=["S1"], start_date=[start], stop_date=[stop])
    subjects = frame(subject_id=["S1"], birth_date=[birth])
    found = asked(chronology.start_stop(courses, subjects))
    assert found == ([(rule, "r0")] if rule else [])


def test_swap_beyond_death_is_not_proposed():
    courses = frame(subject_id=["S1"], start_date=["2024-05-01"], stop_date=["2024-03-01"])
    subjects = frame(subject_id=["S1"], death_date=["2024-04-01"])
    assert asked(chronology.start_stop(courses, subjects)) == [("D7", "r0")]


def test_ongoing_with_a_stop_date_is_questioned():
    courses = frame(subject_id=["S1"], start_date=["2024-01-01"], stop_date=["2024-03-01"], ongoing=[True])
    assert asked(chronology.start_stop(courses, frame(subject_id=["S1"]))) == [("D7", "r0")]


def visits_of_one(*rows) -> pd.DataFrame:
    """Visits (entered label, date, study day) of one subject."""
    return frame(
        subject_id=["S1"] * len(rows),
        entered=pd.array([row[0] for row in rows], dtype="string"),
        visit_date=[row[1] for row in rows],
        day=[row[2] for row in rows],
    )


def test_day_month_swap_is_proposed_where_it_brings_the_visit_home():
    # day 1 is 2024-03-01; week 4 on 2024-04-03 was entered as 2024-03-04
    day_one = pd.Series(pd.to_datetime(["2024-03-01"]), index=["S1"])
    visits = visits_of_one(("W04", "2024-03-04", 4), ("W12", "2024-05-24", 85))
    assert asked(chronology.day_month_swaps(visits, PLANNED, day_one)) == [("D9", "r0")]


def test_visits_out_of_order_are_questioned():
    visits = visits_of_one(("W00", "2024-03-01", 1), ("W12", "2024-03-20", 20), ("W04", "2024-03-30", 30))
    assert asked(chronology.visit_order(visits, PLANNED)) == [("V3", "r1")]


def test_events_after_death_and_visits_before_consent():
    subjects = frame(subject_id=["S1"], death_date=["2024-05-01"], consent_date=["2024-01-10"])
    events = frame(subject_id=["S1", "S1"], start_date=["2024-05-01", "2024-05-02"])
    assert asked(chronology.after_death(events, subjects, "start_date")) == [("S9", "r1")]
    visits = frame(subject_id=["S1", "S1"], visit_date=["2024-01-09", "2024-01-10"])
    assert asked(chronology.before_consent(visits, subjects)) == [("D7", "r0")]


def test_one_person_under_two_ids_is_found_by_a_hash_that_is_not_kept():
    columns = {
        "record_id": ["S1", "S2", "S3", "S4"],
        "initials": ["LW", "lw", "LW", ""],
        "姓名": ["甲", "乙", "丙", "丁"],
    }
    export = Export({name: from_texts(texts) for name, texts in columns.items()}, np.arange(2, 6))
    kept = drop_identifiers(export, [], salt=b"s")
    assert list(kept.columns) == ["record_id", PERSON]
    assert kept.dropped == ("initials", "姓名")
    persons = kept.columns[PERSON].as_text()
    assert "LW" not in set(persons)
    subjects = frame(
        subject_id=["S1", "S2", "S3", "S4"],
        birth_date=["1980-01-01", "1980-01-01", "1981-01-01", "1980-01-01"],
        sex=["F"] * 4,
    ).assign(**{PERSON: persons})
    assert asked(people.two_ids(subjects)) == [("K3", "r0"), ("K3", "r1")]


@pytest.mark.parametrize(
    ("pt", "mark", "grade", "serious", "questioned"),
    [
        ("Hepatitis B reactivation", "HBV", 3, False, True),
        ("Hepatitis B reactivation", "none", 3, False, True),  # known by its words
        ("HBV DNA rising", "HBV", 3, False, True),  # known by the site's mark
        ("Hepatitis B reactivation", "HBV", 2, False, False),
        ("Hepatitis B reactivation", "HBV", 3, True, False),
        ("Hepatitis B reactivation", "HBV", None, False, False),  # how grave is not known
        ("Hepatitis B reactivation", "HBV", 3, None, False),  # whether serious is not known: a missing value
        ("Pulmonary tuberculosis", "TB", 1, False, True),  # whatever its grade
        ("Headache", "none", 4, False, True),
        ("Headache", "none", 3, False, False),
        (None, None, None, None, False),
    ],
)
def test_medically_important_event_marked_not_serious(pt, mark, grade, serious, questioned):
    events = frame(
        pt=pd.array([pt], dtype="string"),
        aesi=pd.array([mark], dtype="string"),
        ctcae_grade_max=pd.array([grade], dtype="Float64"),
        serious=pd.array([serious], dtype="boolean"),
    )
    assert asked(medical.not_serious(events)) == ([("M1", "r0")] if questioned else [])


def test_events_without_seriousness_or_grade_are_not_questioned():
    assert asked(medical.not_serious(frame(pt=["Pulmonary tuberculosis"]))) == []
