"""Two programs that write the same truth: a case report form in English, and a hospital's system in Chinese."""

import csv
from datetime import date
from pathlib import Path

ENGLISH = {
    "encoding": "utf-8-sig", "day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y", "yes": "1", "no": "0", "blank": "",
    "last_day": False, "cm": False, "mg_dl": False, "head": lambda name: f"crf_{name}",
}  # fmt: skip
CHINESE = {
    "encoding": "gbk", "day": "%Y/%m/%d", "month": "%Y年%m月", "year": "%Y", "yes": "是", "no": "否", "blank": "未查",
    "last_day": True, "cm": True, "mg_dl": True, "head": lambda name: f"字段_{name}",
}  # fmt: skip
REASONS = {
    "primary_inefficacy": "原发无效", "secondary_inefficacy": "继发无效", "adverse_event": "不良反应",
    "intolerance": "不耐受", "remission": "缓解", "access_cost": "费用或医保",
    "patient_choice": "患者意愿", "pregnancy": "妊娠计划",
    "surgery": "手术", "contraindication": "禁忌",
}  # fmt: skip
FREQUENCIES = {
    "once daily": "每日1次", "twice daily": "bid", "weekly": "qw", "once": "单次", "three times daily": "tid",
}  # fmt: skip


def cell(value, dialect):
    """One value as the program writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return dialect["yes" if value else "no"]
    if isinstance(value, date):
        return value.strftime(dialect["day"])
    return f"{value:g}" if isinstance(value, float) else str(value)


def written_date(day: date, precision: str, dialect) -> str:
    """A date of which the day or the month is not known."""
    return day.strftime(dialect[precision])


def write(folder: Path, name: str, rows: list[dict], dialect) -> None:
    """A file of rows; the keys are names inside the project, the heads the program's own."""
    heads = list(dict.fromkeys(key for row in rows for key in row))
    with (folder / f"{name}.csv").open(
        "w", encoding=dialect["encoding"], newline="", errors="strict"
    ) as file:
        writer = csv.writer(file)
        writer.writerow([dialect["head"](key) for key in heads])
        writer.writerows([[cell(row.get(key), dialect) for key in heads] for row in rows])


def columns(rows: list[dict], dialect, special: dict) -> str:
    """The mapping of a block, as a study file writes it."""
    heads = dict.fromkeys(key for row in rows for key in row)
    yes_no = {key for key in heads if any(isinstance(row.get(key), bool) for row in rows)}
    lines = []
    for key in heads:
        more = special.get(key, "")
        if key in yes_no and dialect["yes"] != "1":
            more = f", codes: {{{dialect['yes']}: yes, {dialect['no']}: no}}"
        lines.append(f"        {key}: {{column: {dialect['head'](key)}{more}}}")
    return "\n".join(lines)
