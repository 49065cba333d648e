"""Myositis: classification, muscle strength, enzymes, skin, lung, glucocorticoids, responder rates."""

import itertools
import math

import pandas as pd
import pytest

from analysis import scoring

NAN = math.nan

UE, LE, NECK, LEGS = "weak_upper_limbs", "weak_lower_limbs", "weak_neck_flexors", "weak_proximal_legs"
HELIO, PAPULES, SIGN, ENZ = "heliotrope", "gottron_papules", "gottron_sign", "enzymes_elevated"


def patient(age, *items, biopsy=0, **others):
    row = dict.fromkeys(scoring.IIM_ITEMS, 0) | dict.fromkeys(items, 1)
    return pd.DataFrame([row | {"age_at_onset": age, "biopsy_done": biopsy} | others])


@pytest.mark.parametrize(
    ("frame", "score", "probability", "category", "required", "subgroup"),
    [
        (patient(45, UE, HELIO, "anti_jo1"), 9.8, 0.9887, "definite", False, "DM"),
        (patient(45, UE, LE, HELIO, SIGN, ENZ), 11.3, 0.9975, "definite", False, "DM"),
        (patient(45, PAPULES, ENZ), 5.5, 0.5424, "probable", False, "ADM"),
        (patient(30, SIGN, "dysphagia"), 5.3, 0.4925, "possible", False, None),
        (patient(45, SIGN), 5.4, 0.5175, "possible", False, None),
        (patient(45, HELIO), 5.2, 0.4675, "not_iim", False, None),
        (patient(45, UE, LE, NECK, ENZ), 7.0 - 0.2, 0.8131, "probable", True, None),
        (patient(45, UE, LE, ENZ, "biopsy_endomysial", biopsy=1), 6.5, 0.5025, "possible", False, None),
        (patient(45, UE, LE, NECK, ENZ, "biopsy_perimysial", biopsy=1), 7.6, 0.7521, "probable", False, "PM"),
        (patient(45, LE, LEGS, ENZ, "biopsy_rimmed_vacuoles", biopsy=1), 8.4, 0.8710, "probable", False, "IBM"),
        (
            patient(30, HELIO, PAPULES, SIGN, UE, LE, ENZ, "biopsy_perifascicular_atrophy", biopsy=1),
            15.6, 0.9999, "definite", False, "DM",
        ),
    ],
)  # fmt: skip
def test_iim_2017_worked_cases(frame, score, probability, category, required, subgroup):
    found = scoring.iim_2017(frame).iloc[0]
    assert found["score"] == pytest.approx(score, abs=1e-12)
    assert found["probability"] == pytest.approx(probability, abs=5e-5)
    assert found["category"] == category
    assert found["biopsy_required"] == required
    assert (None if pd.isna(found["subgroup"]) else found["subgroup"]) == subgroup


@pytest.mark.parametrize(("age", "points"), [(17.9, 0), (18, 1.3), (39.9, 1.3), (40, 2.1)])
def test_age_at_first_symptom(age, points):
    assert scoring.iim_2017(patient(age))["score"].item() == pytest.approx(points)


def test_cutoffs_with_and_without_biopsy():
    # 7.5 and 7.4 without biopsy; 8.7 and 8.6, 6.7 and 6.6, 6.4 with
    assert scoring.iim_2017(patient(10, HELIO, SIGN, UE, "dysphagia"))["category"].tolist() == [
        "definite"
    ]  # 7.8
    assert scoring.iim_2017(patient(45, SIGN, UE, ENZ))["category"].tolist() == ["probable"]  # 7.4
    assert scoring.iim_2017(patient(45, HELIO, PAPULES, biopsy=1))["score"].item() == pytest.approx(8.1)
    with_biopsy = {"biopsy": 1}
    assert scoring.iim_2017(patient(30, SIGN, ENZ, **with_biopsy))["category"].tolist() == ["possible"]  # 6.6
    assert scoring.iim_2017(patient(45, HELIO, LEGS, **with_biopsy))["category"].tolist() == [
        "possible"
    ]  # 6.6
    assert scoring.iim_2017(patient(45, SIGN, UE, **with_biopsy))["category"].tolist() == ["possible"]  # 6.6
    probable = patient(45, HELIO, UE, "dysphagia", **with_biopsy)
    assert scoring.iim_2017(probable)["score"].item() == pytest.approx(6.7)
    assert scoring.iim_2017(probable)["category"].tolist() == ["probable"]
    definite = patient(45, SIGN, ENZ, UE, LE, **with_biopsy)
    assert scoring.iim_2017(definite)["score"].item() == pytest.approx(8.5)
    definite = patient(45, SIGN, UE, LE, NECK, **with_biopsy)
    assert scoring.iim_2017(definite)["score"].item() == pytest.approx(8.7)
    assert scoring.iim_2017(definite)["category"].tolist() == ["definite"]


def test_subgroups_of_children_and_inclusion_body_myositis():
    assert scoring.iim_2017(patient(10, HELIO, SIGN))["subgroup"].tolist() == ["JDM"]
    young = patient(10, UE, LE, NECK, LEGS, ENZ, "anti_jo1", biopsy=1)
    assert scoring.iim_2017(young)["subgroup"].tolist() == ["juvenile_myositis_other"]
    adult = patient(45, UE, LE, NECK, LEGS, ENZ, biopsy=1, finger_flexor_weakness=1, no_treatment_response=1)
    assert scoring.iim_2017(adult)["subgroup"].tolist() == ["IBM"]
    assert scoring.iim_2017(adult.assign(no_treatment_response=0))["subgroup"].tolist() == ["PM"]


def test_biopsy_items_count_only_where_a_biopsy_was_done():
    assert scoring.iim_2017(patient(45, HELIO, "biopsy_rimmed_vacuoles"))["score"].item() == pytest.approx(
        5.2
    )


def test_items_not_examined_score_nothing_unless_told_otherwise():
    frame = patient(45, UE, HELIO, "anti_jo1", dysphagia=NAN)
    assert scoring.iim_2017(frame)[["score", "items_missing"]].iloc[0].tolist() == [pytest.approx(9.8), 1]
    assert scoring.iim_2017(frame, missing_items="unknown")["score"].isna().all()
    assert scoring.iim_2017(patient(NAN, HELIO))["category"].isna().all()
    with pytest.raises(ValueError, match="age_at_onset: 1 value"):
        scoring.iim_2017(patient(130))
    with pytest.raises(ValueError, match="unknown missing_items"):
        scoring.iim_2017(frame, missing_items="zero")


@pytest.mark.parametrize(
    ("rash", "weakness", "enzymes", "emg", "biopsy", "disease", "certainty", "accepted"),
    [
        (1, 1, 1, 1, 0, "DM", "definite", True),
        (1, 1, 1, 0, 0, "DM", "probable", True),
        (1, 0, 1, 0, 0, "DM", "possible", False),
        (1, 0, 0, 0, 0, None, "none", False),  # consider amyopathic disease
        (0, 1, 1, 1, 1, "PM", "definite", True),
        (0, 1, 1, 1, 0, "PM", "probable", True),
        (0, 1, 1, 0, 0, "PM", "possible", False),
        (0, 1, 0, 0, 0, None, "none", False),
        (1, 1, 1, 1, NAN, "DM", "definite", True),  # three are enough
        (1, 1, 1, 0, NAN, "DM", None, True),  # probable or definite
        (1, 1, 0, 0, NAN, "DM", None, pd.NA),  # possible or probable
        (NAN, 1, 1, 1, 1, None, "definite", True),  # DM or PM
        (0, 0, 0, 0, NAN, None, "none", False),
    ],
)
def test_bohan_peter(rash, weakness, enzymes, emg, biopsy, disease, certainty, accepted):
    columns = ["rash", "weakness", "enzymes", "emg", "biopsy"]
    found = scoring.bohan_peter(pd.DataFrame([[rash, weakness, enzymes, emg, biopsy]], columns=columns)).iloc[
        0
    ]
    assert (None if pd.isna(found["disease"]) else found["disease"]) == disease
    assert (None if pd.isna(found["certainty"]) else found["certainty"]) == certainty
    assert found["definite_or_probable"] is accepted or bool(found["definite_or_probable"]) == accepted


CADM_COLUMNS = ["hallmark_rash", "rash_months", "weakness", "enzymes", "emg", "mri", "biopsy"]


@pytest.mark.parametrize(
    ("row", "kind", "answer"),
    [
        ([1, 8, 0, 0, 0, 0, NAN], "ADM", True),
        ([1, 8, 0, 1, 0, 0, NAN], "HDM", True),  # CK 1.8 times its limit
        ([1, 6, 0, 0, 0, 0, NAN], "ADM", True),
        ([1, 5.9, 0, 0, 0, 0, NAN], "premyopathic", False),
        ([1, 5, 0, 0, NAN, NAN, NAN], "premyopathic", False),
        ([1, 8, 1, 0, 0, 0, 0], "classic", False),  # MMT-8 138
        ([1, 8, 0, NAN, NAN, NAN, NAN], None, True),  # amyopathic or hypomyopathic
        ([1, 8, 0, NAN, 1, NAN, NAN], "HDM", True),
        ([1, 8, NAN, 0, 0, 0, 0], None, pd.NA),
        ([1, NAN, 0, 0, 0, 0, 0], None, pd.NA),
        ([0, 8, 0, 1, 1, 1, 1], "no_rash", False),
        ([NAN, 8, 0, 0, 0, 0, 0], None, pd.NA),
        ([NAN, 8, 1, 0, 0, 0, 0], None, False),  # classic or no rash: no CADM in either case
        ([NAN, 5, 0, 0, 0, 0, 0], None, False),  # premyopathic or no rash
    ],
)
def test_cadm(row, kind, answer):
    assert_cadm(scoring.cadm(pd.DataFrame([row], columns=CADM_COLUMNS), exclusions=()), kind, answer)


def assert_cadm(found, kind, answer):
    """One patient's type, None where it is open, and whether it is CADM: True, False, NA."""
    (given_kind,), (given,) = found["type"], found["cadm"]
    assert (None if pd.isna(given_kind) else given_kind) == kind
    assert given is answer or bool(given) == answer


AMYOPATHIC = [1, 8, 0, 0, 0, 0, 0]
CLASSIC = [1, 8, 1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("row", "early", "drug", "kind", "answer"),
    [
        (AMYOPATHIC, 0, 0, "ADM", True),
        (AMYOPATHIC, 1, 0, "excluded", False),
        (AMYOPATHIC, 0, 1, "excluded", False),
        (AMYOPATHIC, 1, NAN, "excluded", False),  # one is enough
        (AMYOPATHIC, NAN, 0, None, pd.NA),  # not asked is not "no"
        (AMYOPATHIC, 0, NAN, None, pd.NA),
        (AMYOPATHIC, NAN, NAN, None, pd.NA),
        (CLASSIC, NAN, 0, None, False),  # classic or excluded: no CADM in either case
        ([0, *AMYOPATHIC[1:]], NAN, NAN, "no_rash", False),
        ([1, 5, *AMYOPATHIC[2:]], NAN, 0, None, False),  # premyopathic or excluded
    ],
)
def test_an_exclusion_that_is_not_known_leaves_cadm_open(row, early, drug, kind, answer):
    patients = pd.DataFrame([row], columns=CADM_COLUMNS)
    patients = patients.assign(early_immunosuppression=early, drug_induced=drug)
    assert_cadm(scoring.cadm(patients), kind, answer)


def test_exclusions_that_nobody_recorded_must_be_left_out_by_name():
    patients = pd.DataFrame([AMYOPATHIC], columns=CADM_COLUMNS)
    with pytest.raises(KeyError, match="absent: early_immunosuppression, drug_induced"):
        scoring.cadm(patients)
    found = scoring.cadm(patients.assign(drug_induced=0), exclusions=("drug_induced",))
    assert_cadm(found, "ADM", True)


def test_cadm_exclusions_and_parameters():
    row = pd.DataFrame([[1, 5, 0, 0, 0, NAN, NAN]], columns=CADM_COLUMNS)
    row = row.assign(early_immunosuppression=0, drug_induced=0)
    assert scoring.cadm(row.assign(rash_months=8, drug_induced=1))["type"].tolist() == ["excluded"]
    no_answer = scoring.cadm(row.assign(hallmark_rash=NAN, drug_induced=1))
    assert no_answer["type"].isna().all() and no_answer["cadm"].tolist() == [False]  # excluded or no rash
    assert scoring.cadm(row, min_months=3)["type"].tolist() == ["ADM"]
    assert scoring.cadm(row, min_months=3, required_tests=("enzymes", "mri"))["type"].isna().all()


def muscles(neck, others, **changed):
    row = dict(zip(scoring.MMT_COLUMNS, [neck] + [others] * 14))
    return pd.DataFrame([row | {f"mmt_{k}": v for k, v in changed.items()}])


@pytest.mark.parametrize(
    ("neck", "others", "both", "one"), [(10, 10, 150, 80), (8, 8, 120, 64), (6, 9, 132, 69)]
)
def test_mmt8_totals(neck, others, both, one):
    assert scoring.mmt8(muscles(neck, others))["mmt8"].item() == both
    for side in ("right", "left"):
        assert scoring.mmt8_one_side(muscles(neck, others), side)["mmt8"].item() == one


def test_one_missing_side_is_taken_from_the_other():
    found = scoring.mmt8(muscles(10, 10, deltoid_left=NAN, deltoid_right=7)).iloc[0]
    assert found.tolist() == [10 + 14 + 120, 1, 0]
    left = scoring.mmt8_one_side(muscles(10, 10, deltoid_left=NAN, deltoid_right=7), "left").iloc[0]
    assert left.tolist() == [77, 1, 0]


def test_two_incomplete_groups_or_one_missing_group_leave_no_total():
    two = muscles(10, 10, deltoid_left=NAN, biceps_right=NAN)
    assert scoring.mmt8(two)["mmt8"].isna().all()
    assert scoring.mmt8(two, max_substituted_groups=2)["mmt8"].item() == 150
    assert scoring.mmt8(muscles(10, 10, deltoid_left=NAN, deltoid_right=NAN))["mmt8"].isna().all()
    assert scoring.mmt8(muscles(NAN, 10))[["mmt8", "missing_groups"]].fillna(-1).iloc[0].tolist() == [-1, 1]


def test_one_side_needs_only_its_own_columns_and_scales_are_checked():
    right = muscles(10, 9)[[c for c in scoring.MMT_COLUMNS if not c.endswith("_left")]]
    assert scoring.mmt8_one_side(right, "right")["mmt8"].item() == 73
    with pytest.raises(KeyError, match="deltoid_left"):
        scoring.mmt8_one_side(right, "left")
    with pytest.raises(ValueError, match="mmt_biceps_left: 1 value"):
        scoring.mmt8(muscles(10, 10, biceps_left=11))
    with pytest.raises(ValueError, match="unknown side 'dominant'"):
        scoring.mmt8_one_side(right, "dominant")


def enzymes(**values):
    return pd.DataFrame([{f"{k}_{s}": x for k, pair in values.items() for s, x in zip(("u_l", "uln"), pair)}])


@pytest.mark.parametrize(
    ("row", "name", "multiple", "normal"),
    [
        (enzymes(ck=(900, 200), ldh=(500, 250), ast=(60, 40)), "CK", 4.5, False),
        (enzymes(ck=(150, 200), ldh=(330, 250), alt=(45, 50)), "LDH", 1.32, False),
        (enzymes(ck=(150, 200), ldh=(240, 250), alt=(45, 50)), "LDH", 0.96, True),  # still named
        (enzymes(ck=(NAN, 200), ldh=(500, 250), ast=(100, 40)), "AST", 2.5, False),
        (enzymes(ldh=(500, 250), ck=(400, 200)), "CK", 2.0, False),  # a tie: CK comes first
        (enzymes(ck=(900, NAN), ldh=(500, 250)), "LDH", 2.0, False),
        (enzymes(ck=(200, 200)), "CK", 1.0, True),
    ],
)
def test_most_abnormal_enzyme(row, name, multiple, normal):
    found = scoring.most_abnormal_enzyme(row).iloc[0]
    assert found[["enzyme_name", "enzyme_xuln", "enzyme_normal"]].tolist() == [
        name,
        pytest.approx(multiple),
        normal,
    ]


def test_no_enzyme_at_all():
    found = scoring.most_abnormal_enzyme(enzymes(ck=(NAN, 200))).iloc[0]
    assert found.isna().all()
    with pytest.raises(KeyError, match="ck_u_l"):
        scoring.most_abnormal_enzyme(pd.DataFrame({"ck_u_l": [1]}))


def test_the_enzyme_of_baseline_is_followed():
    baseline = pd.concat([enzymes(ck=(900, 200), ldh=(500, 250)), enzymes(ck=(100, 200), ldh=(500, 250))])
    baseline = baseline.set_axis(["P1", "P2"])
    chosen = scoring.most_abnormal_enzyme(baseline)["enzyme_name"]
    later = pd.DataFrame({"ck_u_l": [300, 999], "ck_uln": [200, 200]}, index=["P1", "P2"])
    found = scoring.followed_enzyme(later, chosen)
    assert found["enzyme_name"].tolist() == ["CK", "LDH"]
    assert found["enzyme_u_l"].fillna(-1).tolist() == [300, -1]  # LDH was not measured
    with pytest.raises(ValueError, match="same index"):
        scoring.followed_enzyme(later, chosen.iloc[:1])
    with pytest.raises(ValueError, match="unknown muscle enzyme"):
        scoring.followed_enzyme(later, pd.Series(["GGT", "CK"], index=["P1", "P2"]))
    nobody = pd.Series([None, "CK"], index=["P1", "P2"], dtype="string")
    assert scoring.followed_enzyme(later, nobody)["enzyme_u_l"].fillna(-1).tolist() == [-1, 999]


@pytest.mark.parametrize(
    ("baseline", "followup", "change", "percent", "points", "relative"),
    [
        (22, 12, -10, 45.4545, True, True),
        (18, 15, -3, 16.6667, False, False),
        (8, 4, -4, 50, False, True),
        (20, 15, -5, 25, True, False),
        (20, 12, -8, 40, True, True),
        (0, 0, 0, NAN, False, pd.NA),
        (NAN, 4, NAN, NAN, pd.NA, pd.NA),
    ],
)
def test_cdasi_response(baseline, followup, change, percent, points, relative):
    found = scoring.cdasi_response(baseline, followup).iloc[0]
    assert found["change"] == pytest.approx(change, nan_ok=True)
    assert found["percent_improvement"] == pytest.approx(percent, abs=5e-5, nan_ok=True)
    assert found[["responder_points", "responder_percent"]].tolist() == [points, relative]


def test_cdasi_thresholds_are_parameters():
    assert scoring.cdasi_response(8, 4, points=4)["responder_points"].tolist() == [True]
    assert scoring.cdasi_response(22, 12, percent=50)["responder_percent"].tolist() == [False]
    assert [scoring.cdasi_severity(v) for v in (14, 14.1, 15)] == [
        "mild",
        "moderate_severe",
        "moderate_severe",
    ]
    assert scoring.cdasi_severity(19, mild_up_to=19) == "mild"
    with pytest.raises(ValueError, match="baseline: 1 value"):
        scoring.cdasi_response(101, 1)


def lung(fvc, dlco=(60, 60), **settings):
    frames = [pd.DataFrame({"fvc_pp": [f], "dlco_pp": [d]}) for f, d in zip(fvc, dlco)]
    signs = {k: settings.pop(k) for k in ("symptoms_worse", "radiology_worse") if k in settings}
    return scoring.lung_change(frames[0], frames[1].assign(**signs), **settings).iloc[0]


@pytest.mark.parametrize(
    ("fvc", "dlco", "points", "relative", "omeract"),
    [
        ((80, 75), (60, 60), -5, -6.25, False),
        ((80, 72), (60, 60), -8, -10.0, True),
        ((80, 72.1), (60, 60), -7.9, -9.875, False),
        ((60, 55), (50, 42), -5, -8.3333, True),
        ((60, 55), (50, 44), -5, -8.3333, False),
        ((60, 55), (60, 51), -5, -8.3333, True),  # DLCO lower by exactly 15 %
        ((62, 58.9), (60, 50), -3.1, -5.0, True),  # FVC lower by exactly 5 %
        ((62, 59), (60, 50), -3, -4.8387, False),
        ((60, 55), (50, NAN), -5, -8.3333, pd.NA),
        ((80, 72), (50, NAN), -8, -10, True),
        ((80, 79), (50, NAN), -1, -1.25, False),
        ((NAN, 72), (50, 40), NAN, NAN, pd.NA),
    ],
)
def test_lung_function(fvc, dlco, points, relative, omeract):
    found = lung(fvc, dlco)
    assert found["fvc_points"] == pytest.approx(points, nan_ok=True)
    assert found["fvc_relative"] == pytest.approx(relative, abs=5e-5, nan_ok=True)
    assert found["omeract_progression"] is omeract or bool(found["omeract_progression"]) == omeract


def test_improvement_of_lung_function_mirrors_progression():
    assert lung((80, 88))["omeract_improvement"] and not lung((80, 87.9))["omeract_improvement"]
    assert lung((60, 64), (40, 46))["omeract_improvement"]


def test_ppf_takes_absolute_points_and_two_of_three():
    assert lung((80, 75))["ppf_physiology"] and not lung((80, 75.1))["ppf_physiology"]
    assert lung((80, 80), (60, 50))["ppf_physiology"] and not lung((80, 80), (60, 50.1))["ppf_physiology"]
    assert lung((80, 75), symptoms_worse=1)["ppf_progression"]
    assert lung((80, 75))["ppf_progression"] is pd.NA  # symptoms and radiology not known
    assert not lung((80, 75), symptoms_worse=0, radiology_worse=0)["ppf_progression"]
    assert lung((80, 80), symptoms_worse=1, radiology_worse=1)["ppf_progression"]
    assert lung((80, 75), symptoms_worse=1, days=366)["ppf_progression"]
    assert lung((80, 75), symptoms_worse=1, days=367)["ppf_progression"] is pd.NA


def test_inbuild_takes_relative_change_and_signs():
    assert lung((80, 72))["inbuild_progression"]
    assert lung((80, 76), radiology_worse=1)["inbuild_progression"]
    assert not lung((80, 76.1), radiology_worse=1, symptoms_worse=1)["inbuild_progression"]
    assert not lung((80, 76), radiology_worse=0, symptoms_worse=0)["inbuild_progression"]
    assert lung((80, 72), days=732)["inbuild_progression"] is pd.NA
    assert lung((80, 72), days=400, window_days=(365, 399))["inbuild_progression"] is pd.NA


def test_lung_function_out_of_range_is_refused():
    with pytest.raises(ValueError, match="fvc_pp: 1 value"):
        lung((2.4, 80))
    with pytest.raises(ValueError, match="same rows"):
        scoring.lung_change(pd.DataFrame({"fvc_pp": [80]}), pd.DataFrame({"fvc_pp": [80]}, index=[1]))


@pytest.mark.parametrize(
    ("drug", "dose", "prednisone"),
    [
        ("methylprednisolone", 8, 10),
        ("methylprednisolone", 6, 7.5),
        ("methylprednisolone", 40, 50),
        ("dexamethasone", 1.5, 10),
        ("betamethasone", 0.5, 4.166667),
        ("hydrocortisone", 30, 7.5),
        ("prednisolone", 5, 5),
        ("triamcinolone", 4, 5),
        ("cortisone", 25, 5),
    ],
)
def test_prednisone_equivalents(drug, dose, prednisone):
    assert scoring.prednisone_equivalent(dose, drug) == pytest.approx(prednisone, abs=5e-7)


def test_equivalents_are_parameters_and_unknown_drugs_are_refused():
    deflazacort = dict(scoring.PREDNISONE_5MG_EQUIVALENTS) | {"deflazacort": 7.5}
    assert scoring.prednisone_equivalent(7.5, "deflazacort", equivalents=deflazacort) == 5
    with pytest.raises(ValueError, match="did you mean 'prednisone'"):
        scoring.prednisone_equivalent(5, "prednison")


def day(n):
    return pd.Timestamp("2024-01-01") + pd.Timedelta(days=n)


def courses(*rows):
    frame = pd.DataFrame(rows, columns=["subject_id", "from", "to", "prednisone_mg_day", "pulse"])
    dates = {"start_date": frame["from"], "stop_date": frame["to"]}
    return frame.assign(
        **{k: pd.to_datetime(v.map(lambda n: pd.NaT if pd.isna(n) else day(n))) for k, v in dates.items()}
    )


TAPER = [("A", 0, 28, 20, 0), ("A", 28, 56, 15, 0), ("A", 56, 84, 10, 0), ("A", 84, 168, 7.5, 0)]


def test_mean_and_cumulative_dose():
    found = scoring.steroid_exposure(courses(*TAPER), start=day(0), stop=day(168), include_pulses=True).loc[
        "A"
    ]
    assert found.tolist() == [168, 1890, 11.25]
    part = scoring.steroid_exposure(courses(*TAPER), start=day(14), stop=day(42), include_pulses=True).loc[
        "A"
    ]
    assert part.tolist() == [28, 14 * 20 + 14 * 15, 17.5]


def test_pulses_ongoing_courses_and_patients_without_any():
    rows = courses(("A", 0, 3, 625, 1), ("A", 3, NAN, 10, 0), ("B", -50, -10, 30, 0))
    window = {"start": day(0), "stop": day(10), "subjects": ["A", "B", "C"]}
    with_pulses = scoring.steroid_exposure(rows, include_pulses=True, **window)
    assert with_pulses["cumulative_mg"].tolist() == [3 * 625 + 70, 0, 0]
    assert scoring.steroid_exposure(rows, include_pulses=False, **window)["cumulative_mg"].tolist() == [
        70,
        0,
        0,
    ]


def test_unknown_doses_and_dates_leave_the_exposure_unknown_where_they_matter():
    window = {"start": day(0), "stop": day(10), "include_pulses": True}
    assert scoring.steroid_exposure(courses(("A", 0, 5, NAN, 0)), **window)["cumulative_mg"].isna().all()
    assert scoring.steroid_exposure(courses(("A", NAN, 5, 10, 0)), **window)["cumulative_mg"].isna().all()
    assert scoring.steroid_exposure(courses(("A", -9, -5, NAN, 0)), **window)["cumulative_mg"].tolist() == [0]
    assert scoring.steroid_exposure(courses(("A", NAN, -5, 10, 0)), **window)["cumulative_mg"].tolist() == [0]


def test_windows_by_subject_and_impossible_ones():
    rows = courses(("A", 0, 100, 10, 0), ("B", 0, 100, 5, 0))
    starts = pd.Series({"A": day(0), "B": day(10)})
    found = scoring.steroid_exposure(rows, start=starts, stop=day(20), include_pulses=True)
    assert found["cumulative_mg"].tolist() == [200, 50]
    with pytest.raises(ValueError, match="window stops"):
        scoring.steroid_exposure(rows, start=day(20), stop=day(20), include_pulses=True)
    with pytest.raises(ValueError, match="stop before they start"):
        scoring.steroid_exposure(courses(("A", 5, 0, 10, 0)), start=day(0), stop=day(20), include_pulses=True)


@pytest.mark.parametrize(
    ("baseline", "followup", "percent", "by_25", "by_50", "low", "very_low", "free", "increased"),
    [
        (20, 10, 50, True, True, False, False, False, False),
        (20, 15, 25, True, False, False, False, False, False),
        (20, 15.1, 24.5, False, False, False, False, False, False),
        (7.5, 7.5, 0, False, False, True, False, False, False),
        (10, 5, 50, True, True, True, True, False, False),
        (10, 0, 100, True, True, True, True, True, False),
        (0, 5, NAN, pd.NA, pd.NA, True, True, False, True),
        (10, NAN, NAN, pd.NA, pd.NA, pd.NA, pd.NA, pd.NA, pd.NA),
    ],
)
def test_steroid_sparing(baseline, followup, percent, by_25, by_50, low, very_low, free, increased):
    found = scoring.steroid_sparing(baseline, followup).iloc[0]
    assert found["percent_reduction"] == pytest.approx(percent, nan_ok=True)
    flags = found[
        ["reduced_25", "reduced_50", "low_dose", "very_low_dose", "steroid_free", "increased"]
    ].tolist()
    assert flags == [by_25, by_50, low, very_low, free, increased]


def test_response_at_low_dose_is_a_kleene_and():
    assert scoring.response_at_low_dose(40, 7.5) is True
    assert scoring.response_at_low_dose(39.9, 7.5) is False
    assert scoring.response_at_low_dose(40, 7.6) is False
    assert scoring.response_at_low_dose(NAN, 7.6) is False
    assert scoring.response_at_low_dose(NAN, 7.5) is pd.NA


def test_flags_that_are_neither_yes_nor_no_are_refused():
    with pytest.raises(ValueError, match=r"heliotrope: 1 value\(s\) that are neither yes"):
        scoring.iim_2017(patient(45, heliotrope=2))
    with pytest.raises(ValueError, match="found text"):
        scoring.iim_2017(patient(45, heliotrope="yes"))


def test_a_certainty_is_reached_where_the_classes_left_open_all_reach_it():
    """The answer by items agrees with the class wherever there is one, for every form that can be filled in."""
    forms = list(itertools.product([1, 0, None], repeat=5))
    patients = pd.DataFrame(forms, columns=["rash", "weakness", "enzymes", "emg", "biopsy"]).astype("Int64")
    classes = scoring.bohan_peter(patients)
    with_rash = patients["rash"].eq(1).fillna(False).astype(bool)
    order = {"none": 0, "possible": 1, "probable": 2, "definite": 3}
    for level in ("possible", "probable", "definite"):
        found = scoring.dermatomyositis_by_items(patients, at_least=level)
        decided = with_rash & classes["certainty"].notna()
        expected = classes.loc[decided, "certainty"].astype(str).map(order) >= order[level]
        assert found[decided].astype(bool).tolist() == expected.tolist()
        assert not found[patients["rash"].eq(0).fillna(False).astype(bool)].any()
