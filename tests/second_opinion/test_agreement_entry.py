"""The entry rules of both studies agree with a second, plain implementation, patient by patient."""

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from second_opinion import entry
from second_opinion.courses import INDEX, as_treatments, boolean, course
from second_opinion.draws import N, assert_same, draw, patients

from analysis import eligibility


def one_criterion(rule, **settings):
    """A protocol of one inclusion criterion."""
    criterion = {
        "id": "I",
        "label": "I",
        "kind": "inclusion",
        "rule": rule,
        "text": "I",
        "settings": settings,
    }
    return {"index_date": "consent_date", "criteria": [criterion]}


def judged(rule, tables, **settings):
    """What the package finds for one criterion, in the order of the subjects."""
    found = eligibility.assess(tables, one_criterion(rule, **settings))
    return found, found.flags["I"].loc[tables["subjects"]["subject_id"]]


def subjects_with(**columns):
    """Subjects who consented on the index date."""
    ids = {"subject_id": [f"P{row:06d}" for row in range(N)]}
    return pd.DataFrame(ids | columns).assign(consent_date=pd.Timestamp(INDEX))


def test_age_agrees_at_and_around_the_birthday():
    rng = patients("age")
    born, consent = [], []
    for _ in range(N):
        consent.append(date(2024, 1, 1) + timedelta(days=rng.randrange(900)))
        years = rng.choice((16, 17, 18, 18, 18, 19, 19, 30, 70))
        month, day = rng.choice(
            ((consent[-1].month, min(consent[-1].day, 28)), (2, 29), (rng.randint(1, 12), rng.randint(1, 28)))
        )
        year = consent[-1].year - years
        month, day = (3, 1) if (month, day) == (2, 29) and year % 4 else (month, day)
        born.append(
            date(year, month, day) + timedelta(days=rng.choice((-1, 0, 0, 1))) if rng.random() > 0.1 else None
        )
    cases = {"born": born, "consent": consent}
    subjects = subjects_with(birth_date=pd.to_datetime(pd.Series(born)))
    subjects = subjects.assign(consent_date=pd.to_datetime(pd.Series(consent)))
    answers = [entry.ra_age(*pair) for pair in zip(born, consent, strict=True)]
    found, flags = judged("age", {"subjects": subjects}, minimum=18, at_minimum="adjudicate")
    decided = {"pass": True, "fail": False, "adjudicate": None, None: None}
    status = {"pass": "eligible", "fail": "ineligible", "adjudicate": "adjudicate", None: "query"}
    assert_same("age", [decided[answer] for answer in answers], flags, cases)
    assert_same("status", [status[a] for a in answers], found.status.loc[subjects["subject_id"]], cases)
    _, flags = judged("age", {"subjects": subjects}, minimum=18, at_minimum="pass")
    assert_same("18 passes", [entry.dm_age(*pair) for pair in zip(born, consent, strict=True)], flags, cases)


def periods(rng, names, wrong=0.02):
    """Courses whose union lies around one year; a share of them stops before it starts."""
    courses = []
    begin = INDEX - timedelta(days=rng.choice((363, 364, 365, 366, 500, 800)))
    for drug in rng.choices(names, k=rng.choice((0, 1, 1, 2, 3))):
        start = begin + timedelta(days=rng.choice((0, 0, 0, 60, 150, 364)))
        stop = rng.choice((None, start + timedelta(days=rng.choice((100, 151, 364, 365, 500)))))
        if stop is not None and rng.random() < wrong:
            stop = start - timedelta(days=10)
        courses.append(course(drug, start, stop, None if stop is None else "other"))
    return courses


@pytest.mark.parametrize("include_cn", [True, False])
def test_time_on_csdmards_agrees(include_cn):
    rng = patients(f"csdmard {include_cn}")
    histories = [periods(rng, ("methotrexate", "leflunomide", "iguratimod", "sinomenine")) for _ in range(N)]
    tables = {"subjects": subjects_with(), "treatments": as_treatments(histories)}
    found, flags = judged("csdmard_days", tables, minimum_days=365, include_cn_dmards=include_cn)
    expected = [entry.csdmard_year(courses, INDEX, include_cn) for courses in histories]
    cases = {
        "courses": [[f"{c['drug']} {c['start']} {c['stop']}" for c in h] for h in histories],
    }
    assert_same("csdmard_days", expected, flags, cases)
    if include_cn:
        without = [entry.csdmard_year(courses, INDEX, False) for courses in histories]
        depends = [a is True and b is not True for a, b in zip(expected, without, strict=True)]
        mark = found.findings["I"].marks["depends_on_cn_dmard"].loc[tables["subjects"]["subject_id"]]
        assert_same("depends_on_cn_dmard", depends, mark, cases)


def test_less_than_a_year_on_any_dmard_agrees():
    rng = patients("dmard")
    histories = [
        periods(rng, ("methotrexate", "sinomenine", "adalimumab", "tofacitinib"), wrong=0) for _ in range(N)
    ]
    tables = {"subjects": subjects_with(), "treatments": as_treatments(histories)}
    _, flags = judged("dmard_days_below", tables, minimum_days=365)
    expected = [entry.dmard_year_missing(courses, INDEX) for courses in histories]
    cases = {"courses": [[f"{c['drug']} {c['start']} {c['stop']}" for c in h] for h in histories]}
    assert_same("dmard_days_below", expected, flags, cases)


def test_steroid_dose_per_weight_agrees():
    rng = patients("steroid dose")
    weights = draw(rng, (50, 58, 60, "62.5", 70), missing=0.1)
    doses = [
        None
        if rng.random() < 0.1
        else Fraction(w or 60) + rng.choice((-1, 0, 0, Fraction("0.01"), Fraction("-0.01"), 5))
        for w in weights
    ]
    cases = {"mg_day": doses, "weight_kg": weights}
    visits = pd.DataFrame(
        {
            "subject_id": [f"P{row:06d}" for row in range(N)],
            "visit_id": "V0",
            "visit_date": pd.Timestamp(INDEX),
            "prednisone_mg_day": [np.nan if d is None else float(d) for d in doses],
            "weight_kg": [np.nan if w is None else float(w) for w in weights],
        }
    )
    _, flags = judged(
        "glucocorticoid_below", {"subjects": subjects_with(), "visits": visits}, below_mg_kg_day=1.0
    )
    assert_same(
        "dose", [entry.dm_steroid_dose(*pair) for pair in zip(doses, weights, strict=True)], flags, cases
    )


def past_courses(rng, drug, counts=(0, 1, 1, 2)):
    """Courses of one kind of drug that begin 60 to 200 days before the index date."""
    courses = []
    for _ in range(rng.choice(counts)):
        start = INDEX - timedelta(days=rng.choice((60, 89, 90, 91, 120, 200)))
        stop = rng.choice((None, None, start + timedelta(days=rng.choice((30, 45, 89, 90, 91)))))
        courses.append(
            {"drug": drug, "start": start, "stop": stop, "reason": None if stop is None else "other"}
        )
    return courses


def test_refractory_disease_agrees():
    rng = patients("refractory")
    steroid = [past_courses(rng, "prednisone") for _ in range(N)]
    others = [past_courses(rng, "azathioprine") for _ in range(N)]
    cases = {
        "improved": draw(rng, range(7), (2, 3), missing=0.15),
        "worse": draw(rng, range(5), (2, 3), missing=0.15),
        "intolerance": draw(rng, (0, 0, 1), missing=0.12),
        "overlap": [
            entry.overlap_days(*([(c["start"], c["stop"]) for c in part] for part in pair), INDEX)
            for pair in zip(steroid, others, strict=True)
        ],
    }
    subjects = subjects_with(
        prior_improved_n=pd.array(cases["improved"], dtype="Int64"),
        prior_worse_n=pd.array(cases["worse"], dtype="Int64"),
        prior_intolerance=boolean(cases["intolerance"]),
    )
    tables = {
        "subjects": subjects,
        "treatments": as_treatments([a + b for a, b in zip(steroid, others, strict=True)]),
    }
    settings = {
        "immunosuppressants": ["azathioprine"],
        "minimum_days": 90,
        "intolerance_column": "prior_intolerance",
    }
    columns = {"improved_column": "prior_improved_n", "worse_column": "prior_worse_n"}
    _, flags = judged("refractory", tables, **settings, **columns)
    expected = [entry.dm_refractory_from(*row) for row in zip(*cases.values(), strict=True)]
    assert_same("refractory", expected, flags, cases)


def test_unchanged_immunosuppressant_agrees():
    rng = patients("stable")
    days = draw(rng, (30, 60, 89, 90, 91, 92, 200), missing=0.1)
    histories = [
        []
        if d is None
        else [{"drug": "azathioprine", "start": INDEX - timedelta(days=d), "stop": None, "reason": None}]
        for d in days
    ]
    treatments = as_treatments(histories).assign(dose=50.0, dose_unit="mg", frequency="qd")
    settings = {"immunosuppressants": ["azathioprine"], "more_than_days": 90, "dose_columns": ["dose"]}
    _, flags = judged(
        "stable_immunosuppressant", {"subjects": subjects_with(), "treatments": treatments}, **settings
    )
    expected = [entry.dm_stable(d or 0) for d in days]
    assert_same("stable", expected, flags, {"days": days})


def test_washout_agrees():
    rng = patients("washout")
    drugs = {"rituximab": "rituximab", "abatacept": "abatacept", "adalimumab": "TNFi", "tofacitinib": "JAKi"}
    since = [
        {
            drug: rng.choice((27, 28, 29, 89, 90, 91, 179, 180, 181))
            for drug in rng.sample(tuple(drugs), k=rng.choice((0, 1, 2)))
        }
        for _ in range(N)
    ]
    histories = [
        [
            {
                "drug": d,
                "start": INDEX - timedelta(days=400),
                "stop": INDEX - timedelta(days=gap),
                "reason": "other",
            }
            for d, gap in each.items()
        ]
        for each in since
    ]
    tables = {"subjects": subjects_with(), "treatments": as_treatments(histories)}
    _, flags = judged("washout", tables, days={"rituximab": 180, "abatacept": 90, "TNFi": 90, "JAKi": 28})
    expected = [entry.dm_washout({drugs[drug]: gap for drug, gap in each.items()}) for each in since]
    assert_same("washout", expected, flags, {"since": since})


def test_diagnosis_agrees():
    rng = patients("diagnosis")
    cases = {
        "bp": draw(rng, ("definite", "probable", "possible", "none"), missing=0.15),
        "cadm": draw(rng, ("ADM", "HDM", "premyopathic", "classic", "none"), missing=0.15),
    }
    subjects = subjects_with(
        bp_class=pd.Series(cases["bp"], dtype="str"), cadm_type=pd.Series(cases["cadm"], dtype="str")
    )
    for accept in (False, True):
        _, flags = judged("dermatomyositis", {"subjects": subjects}, accept_possible=accept)
        expected = [
            entry.dm_diagnosis(b and ("DM", b), None if c is None else c in ("ADM", "HDM"), accept)
            for b, c in zip(*cases.values(), strict=True)
        ]
        assert_same(f"possible accepted: {accept}", expected, flags, cases)
