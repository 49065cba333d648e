"""Faults both studies get: how numbers and dates are written, drug sheet, laboratory rows."""

from generate.dirty import ambiguous, chinese, dots, month_last, serial, slashes, subject_of, widen

REPAIRED, REJECTED, DOUBT = "repaired", "rejected", "doubt"


def later(row) -> bool:
    """A planned visit after baseline."""
    event = row.get("redcap_event_name", row.get("访视", ""))
    return event not in ("week_0_arm_1", "screening_arm_1", "基线", "unscheduled_arm_1", "临时")


def plain_number(row) -> bool:
    """A laboratory result that is a plain number, after baseline."""
    return later(row) and row["结果"].replace(".", "", 1).isdigit()


def result_of(name, test=plain_number):
    return lambda row: row["项目"] == name and test(row)


def written_numbers(dirt, file, analytes, n=1) -> None:
    """Results written in unusual or unreadable ways."""
    first, second = analytes
    dirt.cell(
        file,
        "结果",
        widen,
        ("F2.1", "N1", REPAIRED),
        "full-width digits",
        where=result_of(first),
        n=2 * n,
        read="clean",
    )
    dirt.cell(
        file,
        "结果",
        lambda old: old + "↑",
        ("F2.1", "N2", REPAIRED),
        "flag inside the result",
        where=result_of(second),
        n=n,
        read="clean",
    )
    dirt.cell(
        file,
        "结果",
        lambda old: old + "*",
        ("F2.1", "N2", REPAIRED),
        "flag inside the result",
        where=result_of(first),
        read="clean",
    )
    for word, reason in (
        ("未查", "not_done"),
        ("标本溶血", "haemolysed"),
        ("—", "not_done"),
        ("#VALUE!", "not_done"),
    ):
        dirt.cell(
            file,
            "结果",
            word,
            ("F2.1", "N6", REPAIRED),
            f"a word or sign for a missing result ({reason})",
            where=result_of(first),
        )
    unread, beyond = "cannot be read as a number", "a thousand is outside the possible range"
    for bad in ("12,5", "24/8", "8 0", "l2", "1e3", "12.3.4"):
        rule, what = ("R1", beyond) if bad == "1e3" else ("N8", unread)
        dirt.cell(file, "结果", bad, ("F2.1", rule, REJECTED), what, where=result_of(second))
    dirt.cell(
        file,
        "结果",
        "阴性",
        ("F2.1", "N9", REJECTED),
        "word where a number is expected",
        where=result_of(first),
    )
    dirt.cell(file, "结果", "9999", ("F2.7", "R1", REJECTED), "undeclared sentinel", where=result_of(second))


def written_dates(dirt, file, column, where=later) -> None:
    """Dates in other forms, and dates that cannot be read."""
    rule = ("F2.5", "D1", REPAIRED)

    def whole(row):
        return where(row) and len(row[column]) == 10

    for how, what in ((slashes, "slashes"), (dots, "dots"), (chinese, "Chinese")):
        dirt.cell(file, column, how, rule, f"date with {what}", where=whole, read="clean")
    dirt.cell(
        file,
        column,
        serial,
        ("F2.5", "D2", REPAIRED),
        "day number of a spreadsheet",
        where=whole,
        read="clean",
    )
    dirt.cell(
        file,
        column,
        month_last,
        ("F2.5", "D4", REJECTED),
        "day and month cannot be told apart",
        where=lambda row: whole(row) and ambiguous(row[column]),
    )
    dirt.cell(
        file,
        column,
        lambda old: old[2:].replace("-", "/"),
        ("F2.5", "D5", REJECTED),
        "year of two digits",
        where=whole,
    )
    dirt.cell(file, column, lambda old: old[:4] + "-02-30", ("F2.5", "D6", REJECTED), "no day of the calendar",
              where=whole)  # fmt: skip


def drug_sheet(dirt) -> None:
    """Faults of the pharmacy sheet."""
    file = "medication.xlsx"

    def closed(row):
        return (
            len(row["停药日期"]) == 10 and len(row["开始日期"]) == 10 and subject_of(row) not in dirt.spared
        )

    def turned(row):
        return {"开始日期": row["停药日期"], "停药日期": row["开始日期"]}

    dirt.several(
        file, turned, ("F2.5", "D8", DOUBT), "start and stop swapped", where=closed, key="停药日期", n=2
    )
    dirt.cell(
        file,
        "开始日期",
        lambda old: int(serial(old)),
        ("F2.5", "D2", REPAIRED),
        "day number of a spreadsheet",
        where=closed,
        n=2,
        read="clean",
    )
    dirt.cell(
        file,
        "停药日期",
        slashes,
        ("F2.5", "D1", REPAIRED),
        "date with slashes",
        where=closed,
        n=2,
        read="clean",
    )
    dirt.cell(
        file,
        "药品名称",
        lambda old: f" {old}　",
        ("F2.1", "", REPAIRED),
        "spaces around the drug name",
        where=closed,
        n=2,
        read="clean",
    )
    dirt.cell(
        file,
        "药品名称",
        "ＭＴＸ",
        ("F2.1", "", REPAIRED),
        "full-width letters",
        read="MTX",
        where=lambda row: row["药品名称"] == "MTX" and closed(row),
    )
    dirt.cell(
        file,
        "药品名称",
        "XYZ-123",
        ("A.3", "", DOUBT),
        "unknown drug, to be coded by hand",
        where=lambda row: row["药品名称"] in ("羟氯喹", "柳氮磺吡啶", "CTX", "环磷酰胺") and closed(row),
        read="planted",
    )
    dirt.cell(file, "停药原因", "自行停药", ("F2.1", "C1", REJECTED), "reason that has no code", where=closed)
    dirt.insert(
        file, lambda row: row, ("F2.6", "K1", REPAIRED), "exact duplicate", where=closed, key="停药日期"
    )


def strays(dirt, file, prefix) -> None:
    """Rows of nobody, of somebody unknown, of somebody written differently, and rows given twice."""
    dirt.insert(
        file, lambda row: row, ("F2.6", "K1", REPAIRED), "exact duplicate", where=later, key="结果", n=3
    )
    dirt.cell(
        file,
        "研究编号",
        lambda old: f" {old.lower()} ",
        ("F2.1", "K7", REPAIRED),
        "id written differently",
        where=later,
        n=2,
        read="clean",
    )
    dirt.insert(
        file,
        lambda row: row | {"研究编号": f"{prefix}-999", "标本号": "X000001"},
        ("F2.6", "K4", REJECTED),
        "unknown subject",
        where=later,
        key="结果",
    )
    dirt.insert(
        file,
        lambda row: row | {"研究编号": "", "标本号": "X000002"},
        ("F2.6", "K5", REJECTED),
        "no subject",
        where=later,
        key="结果",
    )
    dirt.insert(file, lambda row: row | {"项目": "血清铁", "标本号": "X000003"}, ("F2.1", "U4", REJECTED),
                "analyte that is not declared", where=later, key="结果")  # fmt: skip
