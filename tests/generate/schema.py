"""What a column of an export is, and the instruments both studies share, item by item.

The headers of the exports and the data dictionaries are both written from these declarations, so they cannot
disagree. `tidy` names the `table.column` of the tidy tables the column feeds; empty means it stays behind.
"""

from dataclasses import dataclass

YES_NO = "0=no|1=yes"
FORM_STATUS = "0=incomplete|1=unverified|2=complete"
JOINTS = (
    ["shoulder", "elbow", "wrist"]
    + [f"mcp{k}" for k in range(1, 6)]
    + [f"pip{k}" for k in range(1, 6)]
    + ["knee"]
)
SIDED_JOINTS = [f"{joint}_{side}" for side in ("right", "left") for joint in JOINTS]
MUSCLE_GROUPS = [
    "deltoid",
    "biceps",
    "wrist_extensors",
    "gluteus_maximus",
    "gluteus_medius",
    "quadriceps",
    "ankle_dorsiflexors",
]
MUSCLES = ["neck_flexors"] + [f"{group}_{side}" for group in MUSCLE_GROUPS for side in ("right", "left")]
HAQ_CATEGORIES = ["dressing", "arising", "eating", "walking", "hygiene", "reach", "grip", "activities"]
HAQ_ITEMS = {
    "dressing": (1, 2),
    "arising": (3, 4),
    "eating": (5, 6, 7),
    "walking": (8, 9),
    "hygiene": (10, 11, 12),
    "reach": (13, 14),
    "grip": (15, 16, 17),
    "activities": (18, 19, 20),
}
SF36_DOMAINS = ["pf", "rp", "bp", "gh", "vt", "sf", "re", "mh"]
EQ5D = {
    "mo": "mobility",
    "sc": "self-care",
    "ua": "usual activities",
    "pd": "pain or discomfort",
    "ad": "anxiety or depression",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export file."""

    name: str
    label: str
    type: str = "str"
    unit: str = ""
    low: float | None = None
    high: float | None = None
    codes: str = ""
    missing: str = ""
    cdisc: str = ""
    tidy: str = ""
    identifier: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One export file: its columns in order, how it is encoded, and what a row is."""

    file: str
    row_is: str
    columns: tuple[Column, ...]
    encoding: str = "utf-8-sig"

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]


def flag(name, label, cdisc="", tidy=""):
    """A yes/no column, coded 1/0, empty when unknown."""
    return Column(name, label, "bool", codes=YES_NO, cdisc=cdisc, tidy=tidy)


def keys(events, table="visits", instance=""):
    """The four REDCap key columns; `instance` is what the number of the repetition feeds."""
    visit = "visits.visit_id" if table == "visits" else ""
    return (
        Column("record_id", "pseudonym of the subject", cdisc="DM.SUBJID", tidy=f"{table}.subject_id"),
        Column("redcap_event_name", "visit of the export", "cat", codes=events, cdisc="SV.VISIT", tidy=visit),
        Column("redcap_repeat_instrument", "repeating form, empty if the form does not repeat"),
        Column(
            "redcap_repeat_instance", "number of the repetition within the file", "int", low=1, tidy=instance
        ),
    )


def complete(form):
    """The form-status column REDCap adds to each form."""
    return Column(f"{form}_complete", f"status of the form {form}", "cat", codes=FORM_STATUS)


def joint_boxes(prefix, stem, label, cdisc):
    """28 checkboxes, 1-14 the right side and 15-28 the left."""
    return tuple(
        Column(
            f"{prefix}___{number}",
            f"{joint.replace('_', ' ')} {label}",
            "bool",
            codes="0=unchecked|1=checked",
            cdisc=cdisc,
            tidy=f"visits.{stem}_{joint}",
        )
        for number, joint in enumerate(SIDED_JOINTS, start=1)
    )


def haq():
    """20 items, aids by category (activities has none), help by category, and the stored index."""
    category = {item: name for name, items in HAQ_ITEMS.items() for item in items}
    items = tuple(
        Column(
            f"haq_{k}",
            f"HAQ item {k} ({category[k]})",
            "int",
            low=0,
            high=3,
            cdisc="QS.QSSTRESN",
            tidy=f"visits.haq_{k}",
        )
        for k in range(1, 21)
    )
    aids = tuple(
        Column(
            f"haq_aids___{k}",
            f"aid or device used for {name}",
            "bool",
            codes="0=unchecked|1=checked",
            cdisc="QS.QSSTRESN",
            tidy=f"visits.haq_aid_{name}",
        )
        for k, name in enumerate(HAQ_CATEGORIES[:7], start=1)
    )
    helped = tuple(
        Column(
            f"haq_help___{k}",
            f"help of another person for {name}",
            "bool",
            codes="0=unchecked|1=checked",
            cdisc="QS.QSSTRESN",
            tidy=f"visits.haq_help_{name}",
        )
        for k, name in enumerate(HAQ_CATEGORIES, start=1)
    )
    stored = Column(
        "haq_di_entered",
        "HAQ-DI as written on the form (standard, with aids)",
        "float",
        low=0,
        high=3,
        cdisc="QS.QSSTRESN",
        tidy="visits.haq_di_stored",
    )
    return (*items, *aids, *helped, stored)


def sf36():
    """SF-36 v2 domain scores, 0-100, higher is better."""
    return tuple(
        Column(
            f"sf36_{domain}",
            f"SF-36 v2 {domain.upper()}, 0-100, higher is better",
            "float",
            low=0,
            high=100,
            cdisc="QS.QSSTRESN",
            tidy=f"visits.sf36_{domain}",
        )
        for domain in SF36_DOMAINS
    )


def scale(name, label, unit, high, tidy, cdisc="QS.QSSTRESN"):
    """A continuous measure from 0 to `high`."""
    return Column(name, label, "float", unit, 0, high, cdisc=cdisc, tidy=tidy)


MISSING_REASON = "1=not done|2=refused|3=missed visit|4=discontinued|5=other"
