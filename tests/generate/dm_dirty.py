"""The faults planted into the exports of the dermatomyositis study."""

from generate.dirty import Planter, serial, slashes
from generate.dirty_common import (
    DOUBT,
    REJECTED,
    REPAIRED,
    drug_sheet,
    later,
    result_of,
    strays,
    widen,
)


def soil(seed, tables, spared) -> Planter:
    """Plant everything; the tables are changed, the planter holds the list."""
    dirt = Planter(seed, tables, spared)
    _laboratory(dirt)
    _core_set(dirt)
    _dates(dirt)
    drug_sheet(dirt)
    strays(dirt, "lab.csv", "DM")
    _doubles(dirt)
    return dirt


def _laboratory(dirt) -> None:
    lab = "lab.csv"
    dirt.cell(
        lab,
        "结果",
        lambda old: f"{int(old):,}",
        ("F2.1", "N3", REPAIRED),
        "thousands separator",
        where=lambda row: row["项目"] == "肌酸激酶" and row["结果"].isdigit() and int(row["结果"]) >= 1000,
        n=2,
        read="clean",
    )
    dirt.cell(
        lab,
        "结果",
        widen,
        ("F2.1", "N1", REPAIRED),
        "full-width digits",
        where=result_of("乳酸脱氢酶"),
        n=2,
        read="clean",
    )
    dirt.cell(
        lab,
        "结果",
        lambda old: old + "↑",
        ("F2.1", "N2", REPAIRED),
        "flag inside the result",
        where=result_of("天门冬氨酸氨基转移酶"),
        n=2,
        read="clean",
    )
    dirt.cell(
        lab,
        "结果",
        "标本溶血",
        ("F2.1", "N6", REPAIRED),
        "haemolysed specimen",
        where=result_of("乳酸脱氢酶"),
    )
    dirt.cell(lab, "结果", "未查", ("F2.1", "N6", REPAIRED), "not done", where=result_of("醛缩酶"), n=2)
    dirt.cell(lab, "结果", "7,2", ("F2.1", "N8", REJECTED), "decimal comma", where=result_of("醛缩酶"))
    dirt.several(
        lab,
        lambda row: {
            "结果": f"{float(row['结果']) / 60:.2f}",
            "单位": "ukat/L",
            "参考下限": "",
            "参考上限": f"{float(row['参考上限']) / 60:.2f}",
        },
        ("F2.3", "N5", REPAIRED),
        "CK in ukat/L, unit given",
        where=result_of("肌酸激酶"),
        key="结果",
        read=lambda old, new: f"{float(new['结果']) * 60:.4f}",
    )
    dirt.cell(
        lab,
        "结果",
        lambda old: f"{float(old) / 10:.2f}",
        ("F2.3", "", DOUBT),
        "single CRP in mg/dL, printed as mg/L: no batch to compare with",
        where=result_of("C反应蛋白"),
        n=3,
        read="planted",
    )
    dirt.cell(lab, "参考上限", "", ("B.3", "", DOUBT), "enzyme without its upper limit: not usable in the core set",
              where=result_of("丙氨酸氨基转移酶"), n=2)  # fmt: skip


def _core_set(dirt) -> None:
    file, rule = "core_set.csv", ("F2.7", "R1", REJECTED)
    seen = lambda row: later(row) and row["visit_done"] == "1"  # noqa: E731
    dirt.cell(
        file,
        "phga_cm",
        lambda old: f"{float(old) * 10:.0f}",
        rule,
        "millimetres in a column of centimetres",
        where=lambda row: seen(row) and float(row["phga_cm"]) > 2,
    )
    dirt.cell(file, "ptga_cm", "999", rule, "undeclared sentinel", where=seen)
    dirt.cell(file, "mmt_deltoid_left", "11", rule, "no such strength", where=seen)
    dirt.cell(file, "cdasi_activity", "101", rule, "more than the score allows", where=seen)
    dirt.cell(
        file,
        "extramuscular_cm",
        lambda old: old.replace(".", ","),
        ("F2.1", "N8", REJECTED),
        "decimal comma",
        where=seen,
    )
    dirt.cell(file, "pain_cm", widen, ("F2.1", "N1", REPAIRED), "full-width digits", where=seen, read="clean")
    dirt.cell(
        file,
        "pain_cm",
        lambda old: f"{float(old):.1f}".replace(".", "。"),
        ("F2.1", "N1", REPAIRED),
        "Chinese full stop as decimal point",
        where=seen,
        read="clean",
    )
    dirt.cell(
        file,
        "mmt8_total_entered",
        lambda old: str(int(old) - 4),
        ("F2.8", "S4", DOUBT),
        "MMT-8 total differs from its muscles",
        where=seen,
        n=2,
        read="planted",
    )
    dirt.cell(
        file,
        "weight_kg",
        lambda old: f"{float(old) * 1.3:.1f}",
        ("F2.8", "S6", DOUBT),
        "weight jumps",
        where=seen,
        read="planted",
    )
    dirt.cell(
        file,
        "predose",
        "",
        ("F1", "V2", DOUBT),
        "assessed on the day of the first dose; before or after?",
        where=lambda row: row["redcap_event_name"] == "week_0_arm_1",
    )
    dirt.cell("lung.csv", "fvc_pct", "0.82", rule, "fraction instead of percent", where=later)
    dirt.cell("function.csv", "haq_12", "5", rule, "no such answer", where=later)
    dirt.cell("function.csv", "sf36_pf", "-99", rule, "undeclared sentinel", where=later)
    dirt.cell("screening.csv", "smoking", "3", ("F2.1", "C1", REJECTED), "code that is not declared",
              where=lambda row: row["enrol_date"])  # fmt: skip


def _dates(dirt) -> None:
    dirt.cell(
        "core_set.csv",
        "visit_date",
        serial,
        ("F2.5", "D2", REPAIRED),
        "day number of a spreadsheet",
        where=later,
        read="clean",
    )
    dirt.cell(
        "core_set.csv",
        "visit_date",
        slashes,
        ("F2.5", "D1", REPAIRED),
        "date with slashes",
        where=later,
        read="clean",
    )
    dirt.cell(
        "core_set.csv",
        "visit_date",
        lambda old: f"{int(old[:4]) - 1}{old[4:]}",
        ("F2.5", "V3", DOUBT),
        "year of the visit one too low",
        where=lambda row: row["redcap_event_name"] == "week_12_arm_1",
        read="planted",
    )
    dirt.cell(
        "dosing.csv",
        "dose_date",
        lambda old: old[2:].replace("-", "."),
        ("F2.5", "D5", REJECTED),
        "year of two digits",
        where=later,
    )
    dirt.cell("adverse_events.csv", "ae_stop", lambda old: f"{int(old[:4]) - 1}{old[4:]}", ("F2.5", "D7", DOUBT),
              "event ends before it starts", where=lambda row: later(row) and len(row["ae_start"]) == 10
              and len(row["ae_stop"]) == 10, read="planted")  # fmt: skip


def _doubles(dirt) -> None:
    dirt.insert(
        "core_set.csv",
        lambda row: row,
        ("F2.6", "K1", REPAIRED),
        "exact duplicate",
        where=lambda row: later(row) and row["visit_done"] == "1",
        key="visit_date",
    )
    dirt.insert(
        "core_set.csv",
        lambda row: row | {"phga_cm": f"{min(float(row['phga_cm']) + 1.5, 10):.1f}"},
        ("F2.6", "K2", DOUBT),
        "the visit again with another physician global; the later entry is kept",
        where=lambda row: later(row) and row["visit_done"] == "1",
        key="phga_cm",
    )
    dirt.insert("dosing.csv", lambda row: row, ("F2.6", "K1", REPAIRED), "exact duplicate", where=later,
                key="dose_date")  # fmt: skip
