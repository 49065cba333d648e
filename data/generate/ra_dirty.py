"""The faults planted into the exports of the RA cohort."""

from datetime import date, timedelta

from generate.dirty import Planter, ambiguous, swapped_day
from generate.dirty_common import (
    DOUBT,
    REJECTED,
    REPAIRED,
    drug_sheet,
    later,
    plain_number,
    result_of,
    strays,
    widen,
    written_dates,
    written_numbers,
)

BATCH = ("2024-03-11", "2024-03-24")


def soil(seed, tables, spared) -> Planter:
    """Plant everything; the tables are changed, the planter holds the list."""
    dirt = Planter(seed, tables, spared)
    _units(dirt)
    written_numbers(dirt, "lab_inflammation.csv", ("C反应蛋白", "血沉"))
    _limits(dirt)
    written_dates(dirt, "clinical.csv", "visit_date")
    _dates(dirt)
    drug_sheet(dirt)
    _ranges(dirt)
    _consistency(dirt)
    _copy_forward(dirt)
    _events(dirt)
    _persons(dirt)
    strays(dirt, "lab_inflammation.csv", "RA")
    _doubles(dirt)
    return dirt


def _units(dirt) -> None:
    """A batch of CRP in mg/dL printed as mg/L; honest other units; unknown units; VAS in cm."""
    lab = "lab_inflammation.csv"

    def batch(row):
        return row["项目"] == "C反应蛋白" and BATCH[0] <= row["采样日期"] <= BATCH[1] and plain_number(row)

    n = sum(batch(row) for row in dirt.tables[lab])
    dirt.cell(
        lab,
        "结果",
        lambda old: f"{float(old) / 10:.2f}",
        ("F2.3", "U3", DOUBT),
        "batch of CRP in mg/dL, printed as mg/L",
        where=batch,
        n=n,
        read="planted",
    )
    dirt.several(
        lab,
        lambda row: {"结果": f"{float(row['结果']) / 10:.2f}", "单位": "mg/dL"},
        ("F2.3", "N5", REPAIRED),
        "CRP in mg/dL, unit given",
        where=result_of("C反应蛋白"),
        key="结果",
        n=2,
        read=lambda old, new: old["结果"],
    )
    dirt.cell(
        lab,
        "结果",
        lambda old: f"{float(old) / 10:.2f}mg/dl",
        ("F2.3", "N5", REPAIRED),
        "unit written into the result",
        where=result_of("C反应蛋白"),
        read="clean",
    )
    dirt.cell(
        lab,
        "结果",
        lambda old: f" {old} mm/h",
        ("F2.1", "", REPAIRED),
        "unit written into the result",
        where=result_of("血沉"),
        read="clean",
    )
    dirt.several(
        "lab_safety.csv",
        lambda row: {
            "结果": f"{float(row['结果']) / 10:.1f}",
            "单位": "g/dL",
            "参考下限": "",
            "参考上限": "",
        },
        ("F2.3", "N5", REPAIRED),
        "haemoglobin in g/dL, unit given",
        where=result_of("血红蛋白"),
        key="结果",
        n=2,
        read=lambda old, new: old["结果"],
    )
    dirt.several(
        "lab_safety.csv",
        lambda row: {
            "结果": f"{float(row['结果']) / 88.4:.2f}",
            "单位": "mg/dL",
            "参考下限": "",
            "参考上限": "",
        },
        ("F2.3", "N5", REPAIRED),
        "creatinine in mg/dL, unit given",
        where=result_of("肌酐"),
        key="结果",
        read=lambda old, new: f"{float(new['结果']) * 88.4:.4f}",
    )
    dirt.cell(
        "lab_safety.csv",
        "单位",
        "g/次",
        ("F2.3", "U1", REJECTED),
        "unit that cannot be converted",
        where=result_of("血红蛋白"),
    )

    def full(row):
        return (
            later(row) and row.get("das28_esr_entered", "") and all(row[k] for k in ("ptga", "phga", "pain"))
        )

    dirt.several("clinical.csv", lambda row: {k: f"{float(row[k]) / 10:.1f}" for k in ("ptga", "phga", "pain")},
                 ("F2.3", "S4", DOUBT), "globals and pain in cm; the DAS28 on the form does not fit",
                 where=lambda row: full(row) and float(row["ptga"]) > 30, key="das28_esr_entered", n=3)  # fmt: skip


def _limits(dirt) -> None:
    """Detection limits in other writings."""
    lab = "lab_immune.csv"
    rule = ("F2.2", "N4", REPAIRED)
    below = lambda row: later(row) and row["结果"].startswith("<")  # noqa: E731
    dirt.cell(lab, "结果", widen, rule, "full-width limit", where=below, n=2, read="clean")
    dirt.cell(lab, "结果", lambda old: "小于" + old[1:], rule, "limit in words", where=below, read="clean")
    dirt.cell(
        lab, "结果", ">1000", rule, "above the measuring range", where=result_of("白介素6"), read="planted"
    )


def _dates(dirt) -> None:
    file = "clinical.csv"
    dirt.cell(
        file,
        "visit_date",
        swapped_day,
        ("F2.5", "D9", DOUBT),
        "day and month exchanged",
        read="planted",
        where=lambda row: (
            later(row)
            and ambiguous(row["visit_date"])
            and abs(int(row["visit_date"][5:7]) - int(row["visit_date"][8:])) >= 5
        ),
    )
    dirt.cell(
        file,
        "visit_date",
        lambda old: f"{int(old[:4]) - 1}{old[4:]}",
        ("F2.5", "V3", DOUBT),
        "year of the visit one too low",
        where=lambda row: (
            row["redcap_event_name"] == "week_24_arm_1" and not row["visit_date"].endswith("02-29")
        ),
        read="planted",
    )
    dirt.cell(file, "visit_date", "", ("F2.5", "V5", DOUBT), "visit without a date", where=later)
    dirt.cell(
        "screening.csv",
        "dx_date",
        lambda old: f"{int(old[:4]) - 12}{old[4:]}",
        ("F2.5", "D7", DOUBT),
        "diagnosis long before the first symptom",
        read="planted",
        where=lambda row: row["enrol_date"] and len(row["dx_date"]) == 10,
    )
    dirt.cell("adverse_events.csv", "ae_stop", lambda old: f"{int(old[:4]) - 1}{old[4:]}", ("F2.5", "D7", DOUBT),
              "event ends before it starts", where=lambda row: len(row["ae_stop"]) == 10
              and len(row["ae_start"]) == 10 and not row["ae_stop"].endswith("02-29"), read="planted")  # fmt: skip


def _ranges(dirt) -> None:
    """Impossible values and sentinels nobody declared."""
    rule = ("F2.7", "R1", REJECTED)
    for file, column, bad, what in (
        ("clinical.csv", "ptga", "999", "undeclared sentinel"),
        ("clinical.csv", "pain", "-9", "undeclared sentinel"),
        ("clinical.csv", "pain", "101", "just outside the line"),
        ("clinical.csv", "weight_kg", "650", "point forgotten"),
        ("joints.csv", "tjc68", "72", "more joints than there are"),
        ("function.csv", "haq_7", "4", "no such answer"),
        ("function.csv", "mdhaq_c", "-1", "no such answer"),
        ("quality_of_life.csv", "eq5d_mo", "6", "no such level"),
        ("quality_of_life.csv", "eq5d_pd", "0", "no such level"),
        ("quality_of_life.csv", "facit_4", "5", "no such answer"),
        ("quality_of_life.csv", "sf36_bp", "120", "outside 0-100"),
        ("imaging.csv", "svdh_jsn_r1", "200", "more than the score allows"),
    ):
        dirt.cell(file, column, bad, rule, what, where=later)
    dirt.cell("function.csv", "haq_3", "1.5", ("F2.7", "R2", REJECTED), "not a whole number", where=later)
    dirt.cell(
        "clinical.csv", "phga", lambda old: old + ",5", ("F2.1", "N8", REJECTED), "decimal comma", where=later
    )
    dirt.cell("clinical.csv", "ptga", widen, ("F2.1", "N1", REPAIRED), "full-width digits", where=later, n=2,
              read="clean")  # fmt: skip
    dirt.cell(
        "clinical.csv", "pain", "未做", ("F2.1", "N6", REPAIRED), "a word for a missing value", where=later
    )
    dirt.cell("adverse_events.csv", "ae_grade", "II", ("F2.1", "N8", REJECTED), "Roman numeral")
    dirt.cell("adverse_events.csv", "ae_related", "8", ("F2.1", "C1", REJECTED), "code that is not declared")


def _consistency(dirt) -> None:
    boxes = [f"{stem}___{k}" for stem in ("tender28", "swollen28") for k in range(1, 29)]

    def exchanged(row):
        return {name: row[boxes[(i + 28) % 56]] for i, name in enumerate(boxes)}

    def counts(row):
        return [sum(int(row[name]) for name in part) for part in (boxes[:28], boxes[28:])]

    dirt.several(
        "joints.csv",
        exchanged,
        ("F2.8", "S1", DOUBT),
        "tender and swollen joints exchanged",
        where=lambda row: later(row) and row["joint_done"] == "1" and counts(row)[0] > counts(row)[1] + 10,
        key="tender28___1",
        n=1,
    )
    dirt.several(
        "joints.csv",
        lambda row: (
            {"joint_done": "0", "joints_complete": "0"}
            | dict.fromkeys(boxes, "0")
            | {"tjc68": "", "sjc66": ""}
        ),
        ("F2.8", "", DOUBT),
        "form not filled in, boxes exported as 0: counts must be missing, not 0",
        read=lambda *_: "",
        where=lambda row: later(row) and row["joint_done"] == "1",
        key="tender28___1",
        n=2,
    )
    swollen = {
        (r["record_id"], r["redcap_event_name"]): counts(r)[1]
        for r in dirt.tables["joints.csv"]
        if r["joint_done"] == "1"
    }
    pain = {
        (r["record_id"], r["redcap_event_name"]): float(r["pain"])
        for r in dirt.tables["clinical.csv"]
        if r.get("pain", "").isdigit()
    }

    def key(row):
        return row["record_id"], row["redcap_event_name"]

    dirt.cell(
        "clinical.csv",
        "phga",
        "0",
        ("F2.8", "S2", DOUBT),
        "physician global 0 with swollen joints",
        where=lambda row: later(row) and swollen.get(key(row), 0) > 5 and not row.get("das28_esr_entered"),
        read="planted",
    )
    dirt.several(
        "function.csv",
        lambda row: {f"haq_{k}": "0" for k in range(1, 21)} | {"haq_di_entered": ""},
        ("F2.8", "S3", DOUBT),
        "no difficulty at all with much pain",
        key="haq_1",
        where=lambda row: (
            later(row) and pain.get(key(row), 0) > 75 and all(row.get(f"haq_{k}") for k in range(1, 21))
        ),
    )
    _recorded(dirt)


def _recorded(dirt) -> None:
    """Totals on the form that do not follow from their parts; weights that jump."""
    rule = ("F2.8", "S4", DOUBT)
    dirt.cell(
        "clinical.csv",
        "das28_esr_entered",
        lambda old: f"{float(old) + 0.5:.2f}",
        rule,
        "DAS28 on the form differs from its parts",
        where=later,
        n=2,
        read="planted",
    )
    dirt.cell(
        "clinical.csv",
        "cdai_entered",
        lambda old: f"{float(old) + 3:.1f}",
        rule,
        "CDAI on the form differs from its parts",
        where=later,
        read="planted",
    )
    dirt.cell(
        "quality_of_life.csv",
        "eq5d_index_entered",
        lambda old: f"{float(old) - 0.1:.3f}",
        rule,
        "EQ-5D index differs from its parts",
        where=lambda row: later(row) and all(row[f"eq5d_{k}"] for k in ("mo", "sc", "ua", "pd", "ad")),
        n=2,
        read="planted",
    )
    dirt.cell(
        "function.csv",
        "haq_di_entered",
        lambda old: f"{min(float(old) + 0.5, 3):.3f}",
        rule,
        "HAQ-DI differs from its parts",
        where=lambda row: later(row) and all(row[f"haq_{k}"] for k in range(1, 21)),
        read="planted",
    )
    dirt.cell(
        "clinical.csv",
        "weight_kg",
        lambda old: f"{float(old) * 1.25:.1f}",
        ("F2.8", "S6", DOUBT),
        "weight a quarter higher than before",
        where=later,
        read="planted",
    )
    rows = dirt.tables["lab_inflammation.csv"]
    high = {
        (r["研究编号"], r["访视"])
        for r in rows
        if r["项目"] == "血沉" and r["结果"].isdigit() and int(r["结果"]) > 65
    }
    dirt.cell("lab_inflammation.csv", "结果", "1.9", ("F2.3", "S8", DOUBT), "low CRP with a high ESR", read="planted",
              where=lambda row: row["项目"] == "C反应蛋白" and plain_number(row)
              and (row["研究编号"], row["访视"]) in high)  # fmt: skip


def _copy_forward(dirt) -> None:
    """One person whose globals and pain are the same at four visits running."""
    rows, columns = dirt.tables["clinical.csv"], ("ptga", "phga", "pain")
    later_weeks = ("week_24_arm_1", "week_48_arm_1", "week_72_arm_1", "week_96_arm_1")
    whole = {}
    for i, row in enumerate(rows):
        if (
            row["redcap_event_name"] in later_weeks
            and row["visit_done"] == "1"
            and dirt._free("clinical.csv", i, row)
        ):
            whole.setdefault(row["record_id"], []).append(i)
    person = next(name for name, places in whole.items() if len(places) == 4 and name not in dirt.spared)
    first = rows[whole[person][0]]
    for i in whole[person][1:]:
        new = {name: first[name] for name in columns}
        old = " ".join(rows[i][name] for name in columns)
        rows[i].update(new | {"das28_esr_entered": "", "cdai_entered": ""})
        dirt._log("clinical.csv", i, rows[i], "ptga phga pain", old, " ".join(new.values()), ("F2.8", "S7", DOUBT),
                  " ".join(new.values()), "copied from the visit before")  # fmt: skip


def _events(dirt) -> None:
    """An event after death, an event entered twice."""
    death = {
        row["record_id"]: row["death_date"] for row in dirt.tables["disposition.csv"] if row["death_date"]
    }
    person, day = sorted(death.items())[0]
    after = (date.fromisoformat(day) + timedelta(20)).isoformat()
    dirt.insert(
        "adverse_events.csv",
        lambda row: (
            row
            | {
                "ae_start": after,
                "ae_stop": "",
                "ae_ongoing": "1",
                "ae_term": "headache",
                "ae_pt": "Headache",
                "ae_soc": "Nervous system disorders",
                "ae_grade": "1",
                "ae_serious": "0",
                "ae_sae_criterion": "",
                "ae_outcome": "9",
                "ae_aesi": "0",
                "redcap_repeat_instance": "99",
            }
        ),
        ("F2.5", "S9", DOUBT),
        "event after death",
        where=lambda row: row["record_id"] == person,
        key="ae_term",
    )
    dirt.insert("adverse_events.csv", lambda row: row | {"redcap_repeat_instance": "98"},
                ("F2.6", "K6", DOUBT), "event entered twice", where=lambda row: len(row["ae_start"]) == 10,
                key="ae_term")  # fmt: skip


def _persons(dirt) -> None:
    """One person screened in vain and later enrolled under a second id; a code for sex that does not exist."""
    rows = dirt.tables["screening.csv"]
    reasons = ("4", "5")
    early = next(i for i, row in enumerate(rows) if row["screen_fail_reason"] in reasons
                 and row["record_id"] not in dirt.spared)  # fmt: skip
    first = rows[early]["screening_date"]
    late = next(
        row
        for row in rows
        if row["enrol_date"] > f"{int(first[:4]) + 1}{first[4:]}"
        and row["record_id"] not in dirt.spared
        and len(row["birth_date"]) == 10
    )
    new = {name: late[name] for name in ("birth_date", "sex", "initials", "patient_name")}
    old = {name: rows[early][name] for name in new}
    rows[early].update(new)
    dirt._log(
        "screening.csv",
        early,
        rows[early],
        " ".join(new),
        " ".join(old.values()),
        " ".join(new.values()),
        ("F2.6", "K3", DOUBT),
        " ".join(new.values()),
        f"the same person as {late['record_id']}",
    )
    dirt.cell(
        "screening.csv",
        "smoking",
        "5",
        ("F2.1", "C1", REJECTED),
        "code that is not declared",
        where=lambda row: row["enrol_date"],
    )
    dirt.cell("screening.csv", "height_cm", lambda old: f"{float(old) / 100:.2f}", ("F2.7", "R1", REJECTED),
              "height in metres", where=lambda row: row["enrol_date"])  # fmt: skip


def _doubles(dirt) -> None:
    """Visits given twice: exactly, and with another patient global."""
    dirt.insert(
        "clinical.csv",
        lambda row: row,
        ("F2.6", "K1", REPAIRED),
        "exact duplicate",
        where=lambda row: later(row) and row["visit_date"],
        key="visit_date",
        n=2,
    )
    dirt.insert(
        "clinical.csv",
        lambda row: (
            row | {"ptga": str(min(int(row["ptga"]) + 15, 100)), "das28_esr_entered": "", "cdai_entered": ""}
        ),
        ("F2.6", "K2", DOUBT),
        "the visit again with another patient global; the later entry is kept",
        where=lambda row: later(row) and row.get("ptga", "").isdigit(),
        key="ptga",
        n=2,
    )
    dirt.insert("quality_of_life.csv", lambda row: row, ("F2.6", "K1", REPAIRED), "exact duplicate",
                where=lambda row: later(row) and row["quality_of_life_complete"] == "2", key="eq_vas")  # fmt: skip
