"""Difficult-to-treat rheumatoid arthritis agrees with a second, plain implementation, patient by patient."""

from datetime import timedelta
from fractions import Fraction

import numpy as np
import pandas as pd
from second_opinion import entry
from second_opinion.courses import DRUGS, INDEX, as_treatments, boolean, course
from second_opinion.draws import YES_NO, N, assert_same, draw, patients

from analysis import eligibility

REASONS = ("primary_inefficacy", "secondary_inefficacy", "adverse_event", "intolerance")
OTHER_REASONS = ("remission", "access_cost", "patient_choice", "pregnancy", "surgery", None)
LENGTHS = (20, 60, 83, 84, 85, 150, 200, 300)


def history(rng):
    """One patient's drugs: each taken once, some continued as a biosimilar, some going on past the index date."""
    courses = []
    for drug in rng.sample(tuple(DRUGS), k=rng.choice((1, 2, 3, 3, 4, 5))):
        start = INDEX - timedelta(
            days=rng.choice((83, 84, 85, 400, 700, 1100, 1500)) + rng.choice((0, 0, 30))
        )
        stop = start + timedelta(days=rng.choice(LENGTHS))
        if rng.random() < 0.15:
            courses.append(course(drug, start, stop, "other"))
            start, stop = stop, stop + timedelta(days=rng.choice(LENGTHS))
        stop = None if rng.random() < 0.15 else stop
        reason = rng.choice(REASONS if rng.random() < 0.7 else OTHER_REASONS)
        courses.append(course(drug, start, stop, None if stop is None else reason))
    return courses


FLAGS = {
    "d2t_c2b": (0, 0, 0, 1),
    "d2t_c2c": YES_NO,
    "d2t_c2d": (0, 0, 0, 1),
    "d2t_c2e": (0, 0, 0, 1),
    "d2t_c3_doc": (0, 1, 1),
    "d2t_c3_pt": (0, 1, 1),
    "access_restricted": (0, 0, 1),
    "cs_contraindicated": (0, 0, 0, 1),
}
SCORES = {"das28_esr": "3.2", "das28_crp": "3.2", "cdai": "10", "sdai": "11"}


def index_scores(rng):
    """Composite scores on the index date, most of them at a limit or a hundredth beside it."""
    cases = {}
    for name, limit in SCORES.items():
        near = tuple(Fraction(limit) + Fraction(k, 100) for k in (-1, 0, 0, 1))
        cases[name] = draw(rng, near, (Fraction(1), Fraction(9)), missing=0.4, share=0.2)
    return cases


def steroids(rng):
    """Dose of a course up to the index date, and its days; nobody without a course."""
    return {
        "mg_day": draw(rng, ("2.5", "5", "7.4", "7.5", "10"), ("7.5",), missing=0),
        "gc_days": draw(rng, (30, 83, 84, 85, 200), missing=0),
    }


def steroid_courses(cases):
    """The steroid course of every patient."""
    for mg, days in zip(cases["mg_day"], cases["gc_days"], strict=True):
        start = INDEX - timedelta(days=days)
        yield [{"drug": "prednisone", "start": start, "stop": None, "reason": None, "mg_day": float(mg)}]


def films(rng):
    """Total score at an earlier visit and on the index date, and the days between them."""
    return {
        "film": draw(rng, (10, 20), missing=0.3),
        "progress": draw(rng, ("0", "1", "2", "2.5", "3", "4.5", "5", "5.5"), missing=0.1),
        "film_days": draw(rng, (149, 150, 151, 182, 300, 365, 366), missing=0),
    }


def visits_and_scores(cases):
    """The visits with films, and the scores, as the package reads them."""
    visits, scores = [], []
    for row in range(N):
        subject = f"P{row:06d}"
        first, change = cases["film"][row], cases["progress"][row]
        earlier = INDEX - timedelta(days=cases["film_days"][row])
        second = np.nan if first is None or change is None else first + float(change)
        visits.append((subject, "V-1", earlier, np.nan if first is None else first))
        visits.append((subject, "V0", INDEX, second))
        scores += [
            (subject, "V0", name, float(cases[name][row])) for name in SCORES if cases[name][row] is not None
        ]
    visits = pd.DataFrame(visits, columns=["subject_id", "visit_id", "visit_date", "svdh_total"])
    visits = visits.assign(visit_date=pd.to_datetime(visits["visit_date"]))
    return visits, pd.DataFrame(scores, columns=["subject_id", "visit_id", "score", "value"])


def signs_of(cases, row):
    """Criteria 2a to 2e and 3 of one patient; films that do not decide leave 2d to the clinician."""
    value = {name: values[row] for name, values in cases.items()}
    flag = {name: None if value[name] is None else bool(value[name]) for name in FLAGS}
    progress = None if value["film"] is None else value["progress"]
    decided = entry.radiographic_2d(progress, value["film_days"])
    active = entry.active_disease_2a(*(value[name] for name in ("das28_esr", "das28_crp", "cdai", "sdai")))
    return flag, {
        "2a": active,
        "2b": flag["d2t_c2b"],
        "2c": entry.glucocorticoid_2c(value["mg_day"], value["gc_days"], flag["d2t_c2c"]),
        "2d": flag["d2t_c2d"] if decided is None else decided,
        "2e": entry.symptoms_despite_control_2e(flag["d2t_c2e"], active, flag["d2t_c2b"]),
        "symptoms": flag["d2t_c2e"],
        "c3_doc": flag["d2t_c3_doc"],
        "c3_pt": flag["d2t_c3_pt"],
    }


def test_difficult_to_treat_disease_agrees():
    rng = patients("d2t")
    histories = [history(rng) for _ in range(N)]
    cases = index_scores(rng) | steroids(rng) | films(rng)
    cases |= {name: draw(rng, pool, missing=0.12) for name, pool in FLAGS.items()}
    visits, scores = visits_and_scores(cases)
    given = [a + b for a, b in zip(histories, steroid_courses(cases), strict=True)]
    subjects = pd.DataFrame({"subject_id": [f"P{row:06d}" for row in range(N)]})
    subjects = subjects.assign(
        baseline_date=pd.Timestamp(INDEX), **{name: boolean(cases[name]) for name in FLAGS}
    )
    tables = {"subjects": subjects, "treatments": as_treatments(given), "visits": visits, "scores": scores}
    got = eligibility.d2t(tables, "baseline_date", settings={"svdh_columns": ["svdh_total"]})
    got = got.loc[subjects["subject_id"]]
    signs = [signs_of(cases, row) for row in range(N)]
    cases |= {
        "courses": [[f"{c['drug']} {c['start']} {c['stop']} {c['reason']}" for c in h] for h in histories]
    }
    for name in ("2a", "2b", "2c", "2d", "2e"):
        assert_same(name, [sign[name] for _, sign in signs], got[f"c{name}"], cases)
    answers = [
        entry.d2t(
            courses,
            INDEX,
            sign,
            contraindicated=flag["cs_contraindicated"],
            access_restricted=flag["access_restricted"],
        )
        for courses, (flag, sign) in zip(histories, signs, strict=True)
    ]
    assert_same(
        "csdmard_failed", [entry.csdmard_failed(h, INDEX) for h in histories], got["csdmard_failed"], cases
    )
    for name in ("n_moa", "n_moa_max", "c2", "c3", "result"):
        expected = [Fraction(a[name]) if name.startswith("n_") else a[name] for a in answers]
        assert_same(name, expected, got[name], cases)
