"""Faults of the RA cohort that only show when cells are held against one another."""

from datetime import date, timedelta

from generate.dirty_common import DOUBT, REJECTED, REPAIRED, later, plain_number


def contradict(dirt) -> None:
    """Contradictions within and between forms, copied values, doubled visits and persons."""
    _consistency(dirt)
    _copy_forward(dirt)
    _events(dirt)
    _persons(dirt)


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
            and dirt.free("clinical.csv", i, row)
        ):
            whole.setdefault(row["record_id"], []).append(i)
    person = next(name for name, places in whole.items() if len(places) == 4 and name not in dirt.spared)
    first = rows[whole[person][0]]
    for i in whole[person][1:]:
        new = {name: first[name] for name in columns}
        old = " ".join(rows[i][name] for name in columns)
        rows[i].update(new | {"das28_esr_entered": "", "cdai_entered": ""})
        dirt.note("clinical.csv", i, rows[i], "ptga phga pain", old, " ".join(new.values()), ("F2.8", "S7", DOUBT),
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
    dirt.note(
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


def double(dirt) -> None:
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
