"""The engine: status, evidence, criteria as data, near misses, and a flow that adds up."""

import inspect

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import eligibility
from analysis.eligibility.rules import RULES

DAY = pd.Timestamp("2024-01-01")


def criterion(name, kind="inclusion", **more):
    given = {
        "id": name,
        "label": f"label {name}",
        "kind": kind,
        "rule": "is_true",
        "text": "text",
        "settings": {"column": name},
    }
    return given | more


SECTION = {
    "index_date": "day",
    "criteria": [criterion("I1"), criterion("I2", on_na="adjudicate"), criterion("E1", "exclusion")],
}


def judged(rows, section=SECTION):
    subjects = pd.DataFrame(rows, columns=["subject_id", "I1", "I2", "E1"]).astype(
        dict.fromkeys(["I1", "I2", "E1"], "boolean")
    )
    return eligibility.assess({"subjects": subjects.assign(day=DAY)}, section)


FOUR = [
    ("a", True, True, False),  # in
    ("b", False, None, True),  # out for two reasons, whatever the third
    ("c", True, None, False),  # a decision
    ("d", None, None, False),  # data first
    ("e", True, True, True),  # out by the exclusion
    ("f", None, True, False),
]


def test_status_follows_from_the_flags():
    found = judged(FOUR)

    assert found.status.tolist() == ["eligible", "ineligible", "adjudicate", "query", "ineligible", "query"]
    assert found.first_failing.dropna().to_dict() == {"b": "I1", "e": "E1"}
    assert found.subjects["failed"].tolist() == ["", "I1, E1", "", "", "E1", ""]
    assert found.subjects["undecided"].tolist() == ["", "I2", "I2", "I1, I2", "", "I1"]


def test_an_exclusion_that_is_met_lets_nobody_in():
    found = judged(FOUR)

    assert found.flags["E1"].tolist() == [False, True, False, False, True, False]
    assert found.passes["E1"].tolist() == [True, False, True, True, False, True]


def test_evidence_is_written_for_those_asked():
    found = judged(FOUR)

    rows = found.evidence(["e", "c"])

    assert rows[["subject_id", "criterion"]].to_numpy().tolist() == [
        ["c", "I1"], ["c", "I2"], ["c", "E1"], ["e", "I1"], ["e", "I2"], ["e", "E1"],
    ]  # fmt: skip
    assert rows["evidence"].tolist()[:3] == ["I1: yes", "I2: not recorded", "E1: no"]
    assert rows["values"].tolist()[1] == "I2=not recorded"
    assert len(found.evidence()) == 18


TRUTH = st.sampled_from([True, False, None])
ROWS = st.lists(st.tuples(TRUTH, TRUTH, TRUTH), min_size=1, max_size=8)


@settings(max_examples=15, deadline=None)
@given(ROWS)
def test_the_flow_adds_up_for_any_flags(rows):
    found = judged([(f"S{i}", *row) for i, row in enumerate(rows)])

    boxes = eligibility.flow(found).set_index("box")["n"]

    assert boxes["screened"] == len(rows)
    assert boxes["ineligible"] + boxes["query"] + boxes["adjudicate"] + boxes["eligible"] == len(rows)
    assert (
        boxes["ineligible_first_I1"] + boxes["ineligible_first_I2"] + boxes["ineligible_first_E1"]
        == boxes["ineligible"]
    )


@settings(max_examples=15, deadline=None)
@given(ROWS, st.randoms())
def test_order_of_subjects_does_not_matter(rows, random):
    named = [(f"S{i}", *row) for i, row in enumerate(rows)]

    one, other = judged(named), judged(random.sample(named, len(named)))

    pd.testing.assert_frame_equal(one.subjects, other.subjects.loc[one.subjects.index])


@settings(max_examples=15, deadline=None)
@given(ROWS)
def test_status_agrees_with_a_plain_reading(rows):
    found = judged([(f"S{i}", *row) for i, row in enumerate(rows)])

    for status, (first, second, excluded) in zip(found.status, rows):
        passes = [first, second, None if excluded is None else not excluded]
        if False in passes:
            assert status == "ineligible"
        elif passes[0] is None or passes[2] is None:
            assert status == "query"
        else:
            assert status == ("adjudicate" if passes[1] is None else "eligible")


def test_flow_counts_enrolment_and_visits():
    found = judged(FOUR)
    enrolled = pd.Series({"a": True, "c": True})
    visits = pd.DataFrame({"subject_id": ["a", "a", "c"], "visit_label": ["W00", "W12", "W00"]})

    boxes = eligibility.flow(
        found, visits=visits, visit_labels=["W00", "W12", "W24"], enrolled=enrolled
    ).set_index("box")

    assert boxes.loc[["eligible", "not_enrolled", "enrolled", "enrolled_otherwise"], "n"].tolist() == [
        1,
        0,
        1,
        1,
    ]
    assert boxes.loc[["visit_W00", "visit_W12", "visit_W24"], "n"].tolist() == [1, 1, 0]
    assert boxes.loc["ineligible_any_I1", "n"] == 1
    assert boxes.loc["query_I1", "n"] == 2


def test_somebody_enrolled_without_screening_stops_the_run():
    with pytest.raises(ValueError, match="1 enrolled subjects were never screened, first \\['z'\\]"):
        eligibility.flow(judged(FOUR), enrolled=pd.Series({"z": True}))


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ("ineligible_first_I1", "ineligible: 2 is not the sum of its parts, 8"),
        ("query_I1", "query_I1: 7 is more than query, 2"),
    ],
)
def test_boxes_that_do_not_add_up_stop_the_run(box, message):
    boxes = eligibility.flow(judged(FOUR))
    wrong = boxes.assign(n=boxes["n"].mask(boxes["box"] == box, boxes["n"] + 6 - (box == "query_I1")))

    with pytest.raises(ValueError, match=message):
        eligibility.check_flow(wrong)


def test_criteria_table_counts_each_criterion():
    table = eligibility.criteria_table(judged(FOUR)).set_index("criterion")

    assert table[["n_pass", "n_fail", "n_undecided", "n_first", "n_only"]].to_numpy().tolist() == [
        [3, 1, 2, 1, 0],
        [3, 0, 3, 0, 0],
        [4, 2, 0, 1, 1],
    ]


def test_near_misses_failed_one_criterion_and_nothing_is_open():
    section = {
        "index_date": "day",
        "criteria": [
            criterion("I1"),
            criterion("I3", rule="csdmard_days", settings={"minimum_days": 365, "include_cn_dmards": True}),
        ],
    }
    subjects = pd.DataFrame(
        {"subject_id": ["far", "near", "two", "open"], "day": DAY, "I1": [True, True, False, None]}
    )
    treatments = pd.DataFrame(
        {
            "subject_id": ["far", "near", "two", "open"],
            "drug_raw": "MTX",
            "start_date": ["2023-12-01", "2023-01-02", "2023-01-02", "2023-01-02"],
            "stop_date": None,
            "ongoing": True,
        }
    )

    near = eligibility.near_misses(
        eligibility.assess({"subjects": subjects, "treatments": treatments}, section)
    )

    assert near[["subject_id", "criterion", "distance", "unit"]].to_numpy().tolist() == [
        ["near", "I3", -1.0, "days"],
        ["far", "I3", -334.0, "days"],
    ]
    assert near["evidence"].tolist()[0] == (
        "364 days on csDMARD up to 2024-01-01 (365 asked for): methotrexate 2023-01-02 to 2024-01-01"
    )


def test_no_near_miss_is_an_empty_table():
    assert eligibility.near_misses(judged([("a", True, True, False)])).empty


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rule": "ages"}, "criterion I1: rule 'ages' is not known; did you mean 'age'"),
        ({"kind": "inclusive"}, "criterion I1: kind 'inclusive' is not known; did you mean 'inclusion'"),
        ({"on_na": "ask"}, "criterion I1: on_na 'ask' is not known; expected one of query, adjudicate"),
        (
            {"settings": {"colum": "I1"}},
            "criterion I1: setting of is_true 'colum' is not known; did you mean 'column'",
        ),
        ({"lable": "x"}, "criterion I1: key 'lable' is not known; did you mean 'label'"),
    ],
)
def test_a_misspelt_criterion_is_refused_with_the_nearest(change, message):
    with pytest.raises(ValueError, match=message):
        eligibility.read_protocol({"index_date": "day", "criteria": [criterion("I1") | change]})


def test_a_protocol_lacking_something_is_refused():
    whole = criterion("I1")
    with pytest.raises(ValueError, match="criterion I1 lacks text"):
        eligibility.read_protocol(
            {"index_date": "day", "criteria": [{k: v for k, v in whole.items() if k != "text"}]}
        )
    with pytest.raises(ValueError, match="needs criteria with different ids, got \\['I1', 'I1'\\]"):
        eligibility.read_protocol({"index_date": "day", "criteria": [whole, whole]})
    with pytest.raises(ValueError, match="eligibility needs index_date"):
        eligibility.read_protocol({"criteria": [whole]})
    with pytest.raises(
        ValueError, match="eligibility: key 'criterions' is not known; did you mean 'criteria'"
    ):
        eligibility.read_protocol({"index_date": "day", "criterions": [whole]})


@pytest.mark.parametrize("study", ["ra_cohort", "dm_abatacept"])
def test_a_registered_study_names_every_setting_of_its_rules(root, study):
    section = yaml.safe_load((root / "params" / study / "eligibility.yml").read_text(encoding="utf-8"))

    protocol = eligibility.read_protocol(section)

    for item in protocol.criteria:
        assert list(item.settings) == eligibility.setting_names(item.rule), item.id


def test_the_default_settings_of_the_definition_are_those_of_the_study(root):
    section = yaml.safe_load((root / "params" / "ra_cohort" / "eligibility.yml").read_text(encoding="utf-8"))
    given = next(item["settings"] for item in section["criteria"] if item["rule"] == "d2t_eular")

    defaults = eligibility.D2TSettings()

    for name in set(given) - {"svdh_columns"}:
        default = getattr(defaults, name)
        assert given[name] == (list(default) if isinstance(default, tuple) else default), name


def test_every_rule_says_what_its_settings_mean():
    for name, rule in RULES.items():
        for parameter in list(inspect.signature(rule).parameters)[1:]:
            inherited = name in ("dmard_days_below", "under_age", "d2t_eular", "is_true", "any_true")
            assert inherited or f"{parameter}" in rule.__doc__, (name, parameter)


def test_a_subject_twice_is_refused():
    with pytest.raises(ValueError, match="1 rows of subjects repeat or lack subject_id, first \\['a'\\]"):
        judged([("a", True, True, False)] * 2)


def test_rows_of_a_stranger_are_refused():
    subjects = pd.DataFrame({"subject_id": ["a"], "day": [DAY], "I1": [True]})
    visits = pd.DataFrame({"subject_id": ["b"], "visit_id": ["W00"], "visit_date": [DAY]})

    with pytest.raises(ValueError, match="1 subjects are not in the subjects table, first \\['b'\\]"):
        eligibility.assess(
            {"subjects": subjects, "visits": visits}, {"index_date": "day", "criteria": [criterion("I1")]}
        )


def test_a_missing_column_is_refused_with_the_nearest():
    section = {"index_date": "day", "criteria": [criterion("X", settings={"column": "enroled"})]}
    subjects = pd.DataFrame({"subject_id": ["a"], "day": [DAY], "enrolled": [True]})

    with pytest.raises(KeyError, match="table 'subjects' has no column 'enroled'; did you mean 'enrolled'"):
        eligibility.assess({"subjects": subjects}, section)


def test_discrepancies_are_counted_by_their_mark():
    section = {
        "index_date": "day",
        "criteria": [
            criterion(
                "I2", rule="age", settings={"minimum": 18, "at_minimum": "adjudicate", "at_column": "day"}
            )
        ],
        "discrepancies": [
            {"id": "age", "text": "t", "resolution": "r", "counted_by": "I2.age_is_minimum"},
            {"id": "other", "text": "t", "resolution": "r"},
        ],
    }
    subjects = pd.DataFrame(
        {"subject_id": ["a", "b"], "day": DAY, "birth_date": ["2005-06-01", "1970-01-01"]}
    )
    found = eligibility.assess({"subjects": subjects}, section)

    assert eligibility.discrepancies(found)["n"].tolist() == [1, pd.NA]
    assert eligibility.marks_table(found).to_numpy().tolist() == [["I2", "age is minimum", 1, "a"]]

    section["discrepancies"][0]["counted_by"] = "I2.age"
    with pytest.raises(KeyError, match=r"discrepancy age: no mark 'I2\.age'; there are I2\.age_is_minimum"):
        eligibility.discrepancies(eligibility.assess({"subjects": subjects}, section))


def one(subject, rule, treatments=None, visits=None, **chosen):
    """Judge one subject by one rule."""
    section = {"index_date": "day", "criteria": [criterion("X", rule=rule, settings=chosen)]}
    tables = {"subjects": pd.DataFrame([{"subject_id": "a", "day": DAY} | subject])}
    for name, rows in (("treatments", treatments), ("visits", visits)):
        if rows is not None:
            tables[name] = pd.DataFrame(rows).assign(subject_id="a")
    flag = eligibility.assess(tables, section).flags.loc["a", "X"]
    return None if pd.isna(flag) else bool(flag)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([True] * 4 + [False] * 3, True),
        ([True] * 3 + [None] * 4, None),  # 3 true, 4 missing
        ([True] * 3 + [False] * 4, False),
        ([True] * 4 + [None] * 3, True),
        ([True] * 2 + [None] + [False] * 4, False),
    ],
)
def test_items_of_1987_decide_where_the_missing_ones_cannot(items, expected):
    names = [f"item_{i}" for i in range(7)]

    flag = one(
        dict(zip(names, items)), "ra_classification", count_1987=None, items_1987=names, score_2010=None
    )

    # without the 2010 criteria False or NA is NA
    assert flag == (True if expected else None)
    points = {"points": 0} | dict(zip(names, items))
    assert (
        one(points, "ra_classification", count_1987=None, items_1987=names, score_2010="points") == expected
    )


@pytest.mark.parametrize(
    ("domains", "expected"),
    [
        ((5, 0, 1, None), True),  # 6 at least
        ((3, 0, 1, 1), False),
        ((3, None, 1, 1), None),  # 5 to 8
        ((1, None, 0, 1), False),  # 5 at most
    ],
)
def test_domains_of_2010_decide_where_the_missing_ones_cannot(domains, expected):
    names = ["joints", "serology", "apr", "duration"]
    subject = dict(zip(names, domains)) | {"n": 0}

    assert one(subject, "ra_classification", count_1987="n", score_2010=None, domains_2010=names) == expected


def test_totals_that_a_study_does_not_collect_are_not_known():
    names = [f"item_{i}" for i in range(7)]
    asked = {"count_1987": "n", "items_1987": names, "score_2010": "points"}

    assert one(dict.fromkeys(names, True), "ra_classification", **asked) is True
    assert one(dict.fromkeys(names, False), "ra_classification", **asked) is None  # 2010 may still be met
    with pytest.raises(KeyError, match="has no column 'n'"):
        one({"weight": 60}, "ra_classification", **asked)


def test_typical_erosions_classify_without_points():
    subject = {"n": 0, "points": 2, "erosions": True}

    assert one(subject, "ra_classification", count_1987="n", score_2010="points", erosive="erosions") is True


def test_a_count_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="points holds values outside 0 to 10"):
        one({"n": 0, "points": 11}, "ra_classification", count_1987="n", score_2010="points")


def test_possible_dermatomyositis_is_enough_only_where_accepted():
    subject = {"bp_class": "possible", "cadm_type": "none"}

    assert one(subject, "dermatomyositis", accept_possible=True) is True
    assert one(subject, "dermatomyositis", accept_possible=False) is False


def test_a_class_that_does_not_exist_is_refused():
    with pytest.raises(
        ValueError, match="1 values of 'bp_class' are none of definite, probable, possible, none"
    ):
        one({"bp_class": "sure", "cadm_type": "none"}, "dermatomyositis", accept_possible=False)


@pytest.mark.parametrize(
    ("visit_dose", "course_dose", "expected"),
    [
        (59.0, 70.0, True),  # the visit counts before the course
        (60.0, 10.0, False),
        (np.nan, 59.99, True),
        (np.nan, 60.0, False),
        (np.nan, np.nan, None),
    ],
)
def test_glucocorticoid_dose_comes_from_the_visit_or_else_from_the_course(visit_dose, course_dose, expected):
    course = [
        {
            "drug_raw": "prednisone",
            "start_date": "2023-01-01",
            "stop_date": None,
            "ongoing": True,
            "prednisone_mg_day": course_dose,
        }
    ]
    visit = [{"visit_id": "W00", "visit_date": DAY, "prednisone_mg_day": visit_dose}]

    assert one({"weight_kg": 60.0}, "glucocorticoid_below", course, visit) == expected


def test_a_dose_after_the_index_date_is_not_looked_at():
    visit = [{"visit_id": "W04", "visit_date": DAY + pd.Timedelta(1, "D"), "prednisone_mg_day": 10.0}]

    assert one({"weight_kg": 60.0}, "glucocorticoid_below", None, visit) is None


def test_nobody_treated_has_no_stable_immunosuppressant_and_nothing_to_wash_out():
    assert one({}, "stable_immunosuppressant", immunosuppressants=["methotrexate"]) is False
    assert one({}, "washout", days={"TNFi": 90}) is True


def test_a_drug_that_is_not_coded_leaves_its_wash_out_open():
    course = [
        {"drug_raw": "XYZ-123", "start_date": "2015-01-01", "stop_date": "2016-01-01", "stop_reason": "other"}
    ]

    assert one({}, "washout", course, days={"TNFi": 90}) is None
    assert one({}, "washout", course, days={"TNFi": 90}, default_days=90) is None


def test_wash_out_goes_by_name_before_mechanism_before_default():
    course = [
        {
            "drug_raw": "adalimumab",
            "start_date": "2023-01-01",
            "stop_date": "2023-10-23",
            "stop_reason": "other",
        }
    ]  # 70 days

    assert one({}, "washout", course, days={"TNFi": 90, "adalimumab": 70}) is True
    assert one({}, "washout", course, days={"TNFi": 90}) is False
    assert one({}, "washout", course, days={}, default_days=70) is True
    assert one({}, "washout", course, days={}, default_days=71) is False


def test_tables_stay_as_they_were():
    subjects = pd.DataFrame({"subject_id": ["a"], "day": [DAY], "I1": [True]})
    treatments = pd.DataFrame(
        {"subject_id": ["a"], "drug_raw": ["MTX"], "start_date": ["2023-01"], "stop_date": [None]}
    )
    before = subjects.copy(), treatments.copy()

    section = {"index_date": "day", "criteria": [criterion("I3", rule="csdmard_days", settings={})]}
    eligibility.assess({"subjects": subjects, "treatments": treatments}, section)

    pd.testing.assert_frame_equal(subjects, before[0])
    pd.testing.assert_frame_equal(treatments, before[1])


@pytest.mark.parametrize(
    ("other", "expected", "status"),
    [
        ([], None, "query"),
        ([("MTX", "2023-06-05", None)], None, "query"),  # 364 days: the wrong course decides
        ([("MTX", "2023-06-04", None)], True, "eligible"),  # 365 days without it
    ],
)
@pytest.mark.parametrize(("start", "stop"), [("2024-06-04", "2024-05-25"), ("2024-06-03", "2024-06-02")])
def test_a_course_that_stops_before_it_starts_is_a_query_even_after_consent(
    start, stop, other, expected, status
):
    rows = [("leflunomide", start, stop), *other]
    treatments = pd.DataFrame(rows, columns=["drug_raw", "start_date", "stop_date"]).assign(subject_id="a")
    treatments = treatments.assign(ongoing=treatments["stop_date"].isna())
    rule = criterion("I3", rule="csdmard_days", settings={"minimum_days": 365, "include_cn_dmards": True})
    subjects = pd.DataFrame({"subject_id": ["a"], "day": [pd.Timestamp("2024-06-03")]})

    found = eligibility.assess(
        {"subjects": subjects, "treatments": treatments}, {"index_date": "day", "criteria": [rule]}
    )

    flag = found.flags["I3"].item()
    assert (None if pd.isna(flag) else flag, found.status.item()) == (expected, status)
