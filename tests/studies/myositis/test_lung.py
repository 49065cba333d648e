"""Patients with antibodies to MDA5 over time, with rapid progression and HRCT where the site recorded them."""

import csv
import shutil

import pytest

from analysis import datasets, read
from analysis.cohort import Cohort
from studies.myositis.lung import anti_mda5, course_rows, course_table

VISITS = ["W00", "W24", "W48"]
# What the site might write of the five with the antibody: DM-08 on the day of week 24, DM-17, who did not come, later.
DATED = {"DM-08": "2021-12-14", "DM-17": "2022-05-01"}
READ = {
    ("DM-08", "week_24_arm_1"): "3",  # worse
    ("DM-10", "week_24_arm_1"): "2",  # same
    ("DM-10", "week_48_arm_1"): "3",
    ("DM-13", "week_48_arm_1"): "1",  # better
}


def add_column(file, name, value):
    """Put a column into an export: `value` gives the cell of a row."""
    with file.open(encoding="utf-8-sig", newline="") as content:
        rows = list(csv.DictReader(content))
    with file.open("w", encoding="utf-8-sig", newline="") as content:
        writer = csv.DictWriter(content, [*rows[0], name])
        writer.writeheader()
        writer.writerows({**row, name: value(row)} for row in rows)


@pytest.fixture
def exported(root, tmp_path):
    """Function: cells of the site by patient -> the cohort with antibodies to MDA5."""

    def cohort(rp_ild=None, hrct=None) -> Cohort:
        folder, data = tmp_path / "params" / "dm_abatacept", tmp_path / "data" / "dm_abatacept"
        for part in ("params", "data"):
            shutil.copytree(
                root / part / "dm_abatacept", tmp_path / part / "dm_abatacept", dirs_exist_ok=True
            )
        text = (folder / "study.yml").read_text(encoding="utf-8")
        if rp_ild is not None:
            add_column(data / "disposition.csv", "rp_ild_date", lambda row: rp_ild.get(row["record_id"], ""))
            text = text.replace(
                "last_contact_date, death_date]", "last_contact_date, death_date, rp_ild_date]"
            )
        if hrct is not None:
            where = ("record_id", "redcap_event_name")
            add_column(data / "lung.csv", "hrct", lambda row: hrct.get(tuple(row[n] for n in where), ""))
            block = "      same_names: [pft_date]"
            codes = "        hrct_change: {column: hrct, codes: {1: better, 2: same, 3: worse}}"
            text = text.replace(block, f"{codes}\n{block}")
        (folder / "study.yml").write_text(text, encoding="utf-8")
        study = read.study(folder / "study.yml")
        report = read.analysis(folder / "final.yml", study)
        criteria = read.criteria(folder / study.eligibility)
        tidy = read.tables(study, root=tmp_path).tables
        derived = datasets.derive(tidy, study=study, analysis=report, criteria=criteria)
        return anti_mda5(Cohort({**tidy, **derived}, study, "FAS"))

    return cohort


def counts(found, name):
    rows = found[found["variable"].eq(name)].set_index("visit")
    return {visit: (int(row["count"]), int(row["n"])) for visit, row in rows.iterrows()}


def test_what_nobody_recorded_has_no_line_and_is_named(exported):
    group = exported()
    assert group.ids.tolist() == ["DM-05", "DM-08", "DM-10", "DM-13", "DM-17"]
    found = course_rows(group, visits=VISITS)
    assert set(found["variable"]).isdisjoint({"rp_ild", "hrct_worse"})
    notes = course_table(found, study=group.study).notes
    assert notes == ["Not recorded in this study: rapid progression dated by the clinician, HRCT."]


def test_rapid_progression_by_then_is_of_all_due_and_hrct_of_those_read(exported):
    group = exported(rp_ild=DATED, hrct=READ)
    found = course_rows(group, visits=VISITS)
    assert counts(found, "rp_ild") == {"W24": (1, 5), "W48": (2, 5)}
    assert counts(found, "hrct_worse") == {"W24": (1, 2), "W48": (1, 2)}
    shown = course_table(found, study=group.study)
    assert shown.body.loc["HRCT worse than at baseline, of those with one"].tolist()[1:] == [
        "1/2",
        "1/2",
    ]
    assert not shown.notes
