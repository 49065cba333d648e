"""The faults planted into the exports of the RA cohort."""

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
from generate.ra_contradict import contradict, double

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
    contradict(dirt)
    strays(dirt, "lab_inflammation.csv", "RA")
    double(dirt)
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
