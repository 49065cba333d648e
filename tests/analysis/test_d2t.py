"""Difficult-to-treat arthritis: how the definition behaves, beyond the worked cases of tests/assurance."""

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis import eligibility
from analysis.eligibility.d2t.settings import CHOICES

DAY = pd.Timestamp("2024-01-01")
DRUGS = [
    "methotrexate",
    "adalimumab",
    "etanercept",
    "tocilizumab",
    "tofacitinib",
    "baricitinib",
    "rituximab",
    "XYZ-123",
]
REASONS = ["primary_inefficacy", "adverse_event", "access_cost", "other", None]


def history(courses):
    """Draw courses (drug, days before the index date it began, days it lasted, reason) of one patient."""
    return pd.DataFrame(
        [
            ("a", drug, DAY - pd.Timedelta(began, "D"), DAY - pd.Timedelta(began - lasted, "D"), reason)
            for drug, began, lasted, reason in courses
        ],
        columns=["subject_id", "drug_raw", "start_date", "stop_date", "stop_reason"],
    ).astype(
        {"start_date": "datetime64[s]", "stop_date": "datetime64[s]", "subject_id": "str", "drug_raw": "str"}
    )


def patient(courses, cdai=18.0, doctor=True, patient=False, **answers):
    fields = {
        "d2t_c2b": False,
        "d2t_c2c": False,
        "d2t_c2d": False,
        "d2t_c2e": False,
        "access_restricted": False,
    } | answers
    subject = {"subject_id": "a", "baseline_date": DAY, "d2t_c3_doc": doctor, "d2t_c3_pt": patient} | fields
    return {
        "subjects": pd.DataFrame([subject]),
        "treatments": history(courses),
        "visits": pd.DataFrame({"subject_id": ["a"], "visit_id": ["W00"], "visit_date": [DAY]}),
        "scores": pd.DataFrame(
            {"subject_id": ["a"], "visit_id": ["W00"], "score": ["cdai"], "value": [cdai]}
        ),
    }


def result(tables, **choices):
    return eligibility.d2t(tables, settings=choices).loc["a", "result"]


def crowd(seed, n=400):
    """Draw patients with up to six courses each, answers and scores missing here and there."""
    rng = np.random.default_rng(seed)
    ids = np.array([f"P{i}" for i in range(n)])
    answers = {name: pd.array(rng.choice([True, False, None], n), dtype="boolean") for name in ANSWERED}
    subjects = pd.DataFrame(
        {"subject_id": ids, "baseline_date": DAY, "d2t_c2b": False, "d2t_c2c": False, "d2t_c2d": False}
        | answers
    )
    owner = np.repeat(ids, rng.integers(0, 7, n))
    began = rng.integers(1, 2000, len(owner))
    start = np.datetime64(DAY, "s") - began.astype("timedelta64[D]")
    treatments = pd.DataFrame(
        {
            "subject_id": owner,
            "drug_raw": rng.choice(DRUGS, len(owner)),
            "start_date": start,
            "stop_date": start + rng.integers(0, 900, len(owner)).astype("timedelta64[D]"),
            "stop_reason": rng.choice(np.array(REASONS, dtype=object), len(owner)),
        }
    )
    visits = pd.DataFrame({"subject_id": ids, "visit_id": "W00", "visit_date": DAY})
    scores = pd.DataFrame(
        {"subject_id": ids, "visit_id": "W00", "score": "cdai", "value": rng.choice([5.0, 18.0, np.nan], n)}
    )
    return {"subjects": subjects, "treatments": treatments, "visits": visits, "scores": scores}


@pytest.mark.parametrize(
    ("cdai", "signs", "controlled_2e", "expected"),
    [
        (10.0, False, ("c2a", "c2b"), True),
        (10.1, False, ("c2a", "c2b"), False),
        (10.0, True, ("c2a", "c2b"), False),
        (10.0, True, ("c2a",), True),
        (10.0, None, ("c2a", "c2b"), pd.NA),
        (10.1, None, ("c2a", "c2b"), False),
        (float("nan"), False, ("c2a", "c2b"), pd.NA),
        (30.0, True, (), True),
    ],
)
def test_symptoms_are_2e_only_where_the_disease_is_controlled(cdai, signs, controlled_2e, expected):
    tables = patient([], cdai=cdai, d2t_c2e=True, d2t_c2b=signs)
    found = eligibility.d2t(tables, settings={"controlled_2e": list(controlled_2e)}).loc["a"]
    assert found["c2e"] is pd.NA if expected is pd.NA else found["c2e"] == expected
    assert found["c2"]  # with or without control, criterion 2 is met


ANSWERED = ["d2t_c2e", "d2t_c3_doc", "d2t_c3_pt", "access_restricted", "cs_contraindicated"]
SEEDS = pytest.mark.parametrize("seed", [1, 2, 3])


@SEEDS
def test_a_further_failure_never_turns_yes_to_no(seed):
    tables = crowd(seed)
    more = tables["subjects"][["subject_id"]].assign(
        drug_raw="sarilumab", start_date=DAY - pd.Timedelta(2000, "D"), stop_date=DAY - pd.Timedelta(1700, "D"),
        stop_reason="primary_inefficacy",
    )  # fmt: skip

    before = eligibility.d2t(tables)["result"]
    after = eligibility.d2t(
        tables | {"treatments": pd.concat([tables["treatments"], more], ignore_index=True)}
    )["result"]

    assert {"yes", "no", "indeterminate", "yes_access_exception"} == set(
        before
    )  # the draw reaches all of them
    assert set(after[before == "yes"]) == {"yes"}
    assert "no" not in set(after[before == "yes_access_exception"])


@SEEDS
def test_order_of_rows_does_not_matter(seed):
    tables = crowd(seed)
    shuffled = {name: table.sample(frac=1, random_state=seed) for name, table in tables.items()}

    one, other = (eligibility.d2t(given) for given in (tables, shuffled))

    pd.testing.assert_frame_equal(one, other.loc[one.index])


@SEEDS
@pytest.mark.parametrize("name", ANSWERED)
@pytest.mark.parametrize("answer", [True, False])
def test_filling_in_a_missing_answer_never_contradicts_a_decision(seed, name, answer):
    tables = crowd(seed)
    subjects = tables["subjects"]

    before = eligibility.d2t(tables)["result"]
    filled = eligibility.d2t(tables | {"subjects": subjects.assign(**{name: subjects[name].fillna(answer)})})[
        "result"
    ]

    decided = before.isin(["yes", "no"])
    assert (filled[decided] == before[decided]).all()


@SEEDS
def test_nothing_after_the_index_date_is_looked_at(seed):
    tables = crowd(seed)
    future = tables["treatments"]["stop_date"] > DAY
    assert future.any()
    blind = tables["treatments"].assign(
        stop_date=tables["treatments"]["stop_date"].mask(future, pd.NaT),
        stop_reason=tables["treatments"]["stop_reason"].mask(future, None),
        ongoing=future,
    )

    one, other = (eligibility.d2t(tables | {"treatments": rows}) for rows in (tables["treatments"], blind))

    pd.testing.assert_frame_equal(one, other)


@SEEDS
def test_counting_mechanisms_agrees_with_a_plain_loop(seed):
    tables = crowd(seed)
    group = {"adalimumab": "TNFi", "etanercept": "TNFi", "tocilizumab": "IL6i", "tofacitinib": "JAKi",
             "baricitinib": "JAKi", "rituximab": "CD20"}  # fmt: skip
    failed = {who: set() for who in tables["subjects"]["subject_id"]}
    for row in tables["treatments"].itertuples():
        if row.drug_raw in group and row.stop_date <= DAY and row.stop_reason == "adverse_event":
            failed[row.subject_id].add(group[row.drug_raw])

    counted = eligibility.d2t(
        tables, settings={"failure_reasons": ["adverse_event"], "ongoing_counts": "never"}
    )

    assert counted["n_moa"].tolist() == [len(failed[who]) for who in counted.index]


MTX = ("methotrexate", 2500, 400, "primary_inefficacy")
TNF = ("adalimumab", 2000, 200, "primary_inefficacy")
IL6 = ("tocilizumab", 1500, 200, "primary_inefficacy")


def test_a_pause_within_the_gap_adds_up_to_one_course():
    close = [
        ("adalimumab", 2000, 50, "other"),
        ("adalimumab", 1922, 40, "primary_inefficacy"),
    ]  # 28 days between
    apart = [("adalimumab", 2000, 50, "other"), ("adalimumab", 1921, 40, "primary_inefficacy")]  # 29 days

    assert result(patient([MTX, *close, IL6])) == "yes"
    assert result(patient([MTX, *apart, IL6])) == "no"


def test_a_stop_without_reason_before_the_same_drug_again_is_a_pause():
    courses = [("adalimumab", 2000, 50, None), ("adalimumab", 1950, 50, "remission")]

    assert result(patient([MTX, *courses, IL6])) == "no"
    assert result(patient([MTX, courses[0], IL6])) == "indeterminate"
    assert result(patient([MTX, courses[0], IL6]), unknown_reason="no_failure") == "no"


BY_REASON = {"csdmard_failed": "reason"}


@pytest.mark.parametrize(
    ("order", "expected"), [("before_last", "no"), ("before_each", "no"), ("any_time", "yes")]
)
def test_a_csdmard_that_failed_after_the_biologics_did_not_fail_before_them(order, expected):
    late = [
        ("adalimumab", 1500, 200, "primary_inefficacy"),
        ("tocilizumab", 1200, 200, "primary_inefficacy"),
        ("methotrexate", 900, 200, "primary_inefficacy"),
    ]

    assert result(patient(late), csdmard_order=order) == expected
    assert eligibility.D2TSettings().csdmard_order == "before_last"


@pytest.mark.parametrize(("order", "expected"), [("before_last", "yes"), ("before_each", "no")])
def test_a_csdmard_that_failed_between_two_biologics_counts_for_the_second(order, expected):
    between = [
        ("adalimumab", 1500, 200, "primary_inefficacy"),
        ("methotrexate", 1250, 40, "intolerance"),
        ("tocilizumab", 1200, 200, "primary_inefficacy"),
    ]

    assert result(patient(between), csdmard_order=order) == expected


def test_drugs_not_approved_for_arthritis_count_by_choice():
    courses = [MTX, TNF, ("secukinumab", 1000, 200, "primary_inefficacy")]

    assert result(patient(courses)) == "yes"
    assert result(patient(courses), not_ra_drugs="ignore") == "no"


def test_a_change_of_dose_of_a_csdmard_is_not_a_stop_without_reason():
    courses = [("methotrexate", 500, 100, None), ("methotrexate", 400, 100, "remission")]

    def failed(rows):
        later = ("adalimumab", 200, 100, "other")
        return eligibility.d2t(patient([*rows, later]), settings=BY_REASON)["csdmard_failed"].tolist()

    assert failed(courses) == [False]
    assert failed(courses[:1]) == [pd.NA]
    assert failed([courses[0], ("methotrexate", 371, 100, "remission")]) == [pd.NA]  # 29 days between


def test_exposure_with_a_year_only_start_decides_only_where_both_extremes_agree():
    tables = patient([MTX, TNF, IL6])
    tables["treatments"] = tables["treatments"].astype({"start_date": "str", "stop_date": "str"})
    tables["treatments"].loc[1, ["start_date", "stop_date"]] = ["2019", "2020-02-01"]  # 32 to 396 days

    assert result(tables) == "indeterminate"
    assert result(tables, min_exposure_days_inefficacy=32) == "yes"
    assert result(tables, min_exposure_days_inefficacy=397) == "no"


def test_mechanisms_that_count_can_be_named():
    assert result(patient([MTX, TNF, ("secukinumab", 1000, 200, "primary_inefficacy")])) == "yes"
    assert (
        result(
            patient([MTX, TNF, ("secukinumab", 1000, 200, "primary_inefficacy")]), moa_groups=["TNFi", "IL6i"]
        )
        == "no"
    )


def test_csdmard_beside_the_first_biologic_counts_before_the_second_unless_the_first_is_asked_for():
    together = ("methotrexate", 2000, 1000, "remission")

    assert result(patient([together, TNF, IL6])) == "yes"
    assert result(patient([together, TNF, IL6]), csdmard_followed_by="first") == "no"


def test_going_on_with_the_same_drug_is_no_new_start_after_csdmard():
    beside = ("methotrexate", 1000, 1500, None)  # still taken; begun 20 days before adalimumab
    first = ("adalimumab", 980, 100, "other")  # stopped 880 days before the index date
    at_gap = ("adalimumab", 852, 300, "primary_inefficacy")  # 28 days later: the same course
    past_gap = ("adalimumab", 851, 300, "primary_inefficacy")
    other_drug = ("etanercept", 852, 300, "primary_inefficacy")
    failed = {
        again: eligibility.d2t(patient([beside, first, again]))["csdmard_failed"].item()
        for again in (at_gap, past_gap, other_drug)
    }

    assert list(failed.values()) == [False, True, True]
    longer = eligibility.d2t(patient([beside, first, past_gap]), settings={"same_drug_gap_days": 29})
    assert longer["csdmard_failed"].tolist() == [False]


def test_going_on_with_tofacitinib_beside_a_young_csdmard_is_no_csdmard_failure():
    day = pd.Timestamp("2024-06-03")
    rows = [
        ("etanercept", "2021-05-30", "2021-12-16", "intolerance"),
        ("tofacitinib", "2024-02-11", "2024-05-06", "other"),
        ("tofacitinib", "2024-05-06", "2024-10-03", "primary_inefficacy"),
        ("iguratimod", "2024-02-09", None, None),
    ]
    courses = pd.DataFrame(rows, columns=["drug_raw", "start_date", "stop_date", "stop_reason"])
    courses = courses.assign(subject_id="a", ongoing=courses["stop_date"].isna())
    tables = patient([]) | {"treatments": courses}
    tables["subjects"] = tables["subjects"].assign(baseline_date=day)
    tables["visits"] = tables["visits"].assign(visit_date=day)

    found = eligibility.d2t(tables).loc["a"]

    assert (found["csdmard_failed"], found["result"]) == (False, "no")


@pytest.mark.parametrize(
    ("again", "expected"),
    # by 28 days after the first course methotrexate has been taken for 88 days; before that course, for 31
    [
        ("2020-06-28", False),
        ("2020-06-29", True),
        ("2020-06", False),  # taken as its 15th
        ("2020-07", True),
        ("2020", None),  # may go on with it, or begin anew later in the year
        ("2021", True),
    ],
)
def test_a_year_only_date_leaves_open_whether_the_same_drug_began_anew(again, expected):
    rows = [
        ("methotrexate", "2020-04-01", None, None),
        ("adalimumab", "2020-05-02", "2020-05-31", "other"),
        ("adalimumab", again, "2022-06-01", "other"),
    ]
    courses = pd.DataFrame(rows, columns=["drug_raw", "start_date", "stop_date", "stop_reason"])
    courses = courses.assign(subject_id="a", ongoing=courses["stop_date"].isna())

    found = eligibility.d2t(patient([]) | {"treatments": courses})["csdmard_failed"].item()

    assert (None if pd.isna(found) else found) == expected


def test_two_csdmards_may_be_asked_for():
    second = ("leflunomide", 2400, 100, "adverse_event")

    assert result(patient([MTX, TNF, IL6]), csdmard_min_failed=2) == "no"
    assert result(patient([MTX, second, TNF, IL6]), csdmard_min_failed=2) == "yes"


def test_chinese_dmards_may_be_left_out():
    iguratimod = ("艾拉莫德片", 2500, 400, "primary_inefficacy")

    assert result(patient([iguratimod, TNF, IL6])) == "yes"
    assert result(patient([iguratimod, TNF, IL6]), include_cn_dmards=False) == "no"


def test_contraindication_waives_the_csdmard_unless_ignored():
    assert result(patient([TNF, IL6], cs_contraindicated=True)) == "yes"
    assert result(patient([TNF, IL6], cs_contraindicated=True), contraindication="ignored") == "no"
    assert result(patient([TNF, IL6], cs_contraindicated=None)) == "indeterminate"
    assert result(patient([TNF, IL6])) == "no"  # never asked about: not claimed


def test_treatment_by_recommendations_is_asked_for_where_the_study_records_it():
    assert (
        result(patient([MTX, TNF, IL6], guideline_treated=True), recommendations_column="guideline_treated")
        == "yes"
    )
    assert (
        result(patient([MTX, TNF, IL6], guideline_treated=False), recommendations_column="guideline_treated")
        == "no"
    )


def test_progression_without_films_or_answer_is_open_unless_the_plan_says_no():
    tables = patient([MTX, TNF, IL6], cdai=5.0, d2t_c2d=None)

    assert result(tables) == "indeterminate"
    assert result(tables, rrp_unknown="no") == "no"


def test_no_index_date_leaves_everything_open():
    tables = patient([MTX, TNF, IL6])
    tables["subjects"] = tables["subjects"].assign(baseline_date=pd.NaT)

    assert result(tables) == "indeterminate"


def test_bare_subjects_are_enough():
    tables = {"subjects": pd.DataFrame({"subject_id": ["a"], "baseline_date": [DAY]})}

    assert result(tables) == "no"  # no drug ever failed, whatever else is missing


def test_dose_of_a_glucocorticoid_course_is_needed():
    with pytest.raises(KeyError, match="table 'treatments' has no column 'prednisone_mg_day'"):
        eligibility.d2t(patient([MTX, ("prednisone", 400, 400, None)]))


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_a_choice_that_does_not_exist_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} is 'maybe'; expected one of"):
        eligibility.D2TSettings(**{name: "maybe"})


def test_a_misspelt_setting_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match="no d2t setting is called 'min_mao'; did you mean 'min_moa'"):
        eligibility.d2t(patient([]), settings={"min_mao": 2})


def test_sensitivity_counts_who_changes_sides():
    people = [[MTX, TNF, IL6], [MTX, TNF, ("tocilizumab", 1500, 20, "adverse_event")], [MTX, TNF]]
    tables = {
        name: pd.concat(
            [patient(courses)[name].assign(subject_id=f"P{i}") for i, courses in enumerate(people)],
            ignore_index=True,
        )
        for name in ("subjects", "treatments", "visits", "scores")
    }
    variants = {
        "inefficacy only": {"failure_reasons": ["primary_inefficacy"]},
        "STRATA-FIT": {"definition": "stratafit"},
    }

    table = eligibility.d2t_sensitivity(tables, variants).set_index("variant")

    assert table[["n_yes", "n_no", "n_indeterminate"]].to_numpy().tolist() == [
        [2, 1, 0],
        [1, 2, 0],
        [0, 1, 2],
    ]
    assert table["no_longer_yes"].tolist() == [0, 1, 2]
    assert table.loc["inefficacy only", "choice"] == "failure_reasons = primary_inefficacy"
    assert (table["changed"] == table["became_yes"] + table["no_longer_yes"] + table["other_change"]).all()


def test_a_course_that_stops_before_it_starts_leaves_both_definitions_open():
    tables = patient([MTX, TNF, IL6])
    tables["visits"] = tables["visits"].assign(ptga_mm=60.0, phga_mm=60.0)
    tables["scores"] = tables["scores"].assign(score="das28_esr", value=4.0)
    later = pd.Timedelta(
        20, "D"
    )  # begins after the index date: one of its dates is wrong, nobody knows which
    wrong = patient([("rituximab", -20, -40, "primary_inefficacy")])["treatments"]
    assert (wrong["start_date"] == DAY + later).all() and (wrong["stop_date"] < DAY).all()
    two, one = [MTX, TNF, IL6], [MTX, TNF]

    def results(courses, more):
        given = tables | {"treatments": pd.concat([history(courses), more], ignore_index=True)}
        return result(given), eligibility.d2t_stratafit(given)["result"].item()

    none = wrong.iloc[:0]
    assert [results(two, none), results(one, none)] == [("yes", "yes"), ("no", "no")]
    assert [results(two, wrong), results(one, wrong)] == [("yes", "indeterminate"), ("indeterminate",) * 2]


def test_every_variant_of_the_study_file_runs_and_keeps_everybody(root):
    section = yaml.safe_load((root / "params" / "ra_cohort" / "eligibility.yml").read_text(encoding="utf-8"))
    tables = crowd(4, n=120)
    tables["visits"] = tables["visits"].assign(ptga_mm=60.0, phga_mm=60.0)

    table = eligibility.d2t_sensitivity(tables, eligibility.read_protocol(section).sensitivity)

    assert table["variant"].tolist() == ["main", *section["sensitivity"]]
    assert (table.filter(like="n_").sum(axis=1) == 120).all()
