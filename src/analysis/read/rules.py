"""The rules of the query log: what each means, how grave it is, and what was done."""

from typing import Any, NamedTuple

import pandas as pd

from analysis.language import mark

COLUMNS = [
    *("query_id", "subject_id", "visit_id", "table", "variable", "raw", "new", "rule_id"),
    *("severity", "status", "source", "source_row", "message"),
]


class Rule(NamedTuple):
    """A rule of reading or checking."""

    severity: str  # info, warning, error
    status: str  # repaired, rejected, doubt
    meaning: str


RULES: dict[str, Rule] = {
    # how cells are written
    "N1": Rule("info", "repaired", mark("full-width or unusual characters read as plain ones")),
    "N2": Rule("info", "repaired", mark("the laboratory's flag taken off the number")),
    "N3": Rule("info", "repaired", mark("thousands separator taken out")),
    "N4": Rule("info", "repaired", mark("beyond the detection limit; kept with its side")),
    "N5": Rule("info", "repaired", mark("converted from the unit given with the value")),
    "N6": Rule("info", "repaired", mark("a word or sign for a missing value")),
    "N7": Rule("info", "repaired", mark("a code the study file declares as missing")),
    "N10": Rule(
        "warning", "repaired", mark("control, direction or invisible characters taken out of a text")
    ),
    "N8": Rule("error", "rejected", mark("cannot be read as a number")),
    "N9": Rule(
        "warning", "rejected", mark("a qualitative result where a number is expected; kept as text in labs")
    ),
    "N13": Rule("info", "repaired", mark("numbers with a decimal comma")),
    "N11": Rule("error", "rejected", mark("comma or point may be a decimal sign or part thousands off")),
    "N12": Rule("error", "rejected", mark("beyond a limit; only laboratory results keep its side")),
    "X1": Rule("error", "rejected", mark("a formula without a stored value")),
    "X2": Rule("info", "doubt", mark("hidden sheets are not read")),
    "X3": Rule("warning", "doubt", mark("the encoding of the text is doubtful")),
    "X5": Rule("info", "doubt", mark("hidden rows are read")),
    "X4": Rule("warning", "rejected", mark("no row of data")),
    "U1": Rule("error", "rejected", mark("the unit cannot be converted")),
    "U2": Rule("warning", "doubt", mark("no unit given; taken to be in the standard unit")),
    "U3": Rule("warning", "doubt", mark("the unit may be mixed up; not corrected")),
    "U4": Rule("error", "rejected", mark("no known analyte")),
    "R1": Rule("error", "rejected", mark("outside the possible range")),
    "R2": Rule("error", "rejected", mark("not a whole number")),
    "C1": Rule("error", "rejected", mark("not among the declared codes")),
    "C2": Rule("warning", "doubt", mark("a doubt about the whole column, declared in the study file")),
    "C3": Rule("warning", "doubt", mark("a column says which records count, and nobody looks at it")),
    "D1": Rule("info", "repaired", mark("date written in another form")),
    "D2": Rule("info", "repaired", mark("date exported as a number")),
    "D3": Rule("info", "doubt", mark("day or month unknown")),
    "D4": Rule("error", "rejected", mark("day and month cannot be told apart")),
    "D5": Rule("error", "rejected", mark("year of two digits")),
    "D6": Rule("error", "rejected", mark("not a date")),
    "D10": Rule("error", "rejected", mark("day and month change places in the column")),
    "D11": Rule("error", "rejected", mark("a number whose day 0 nobody names")),
    "D12": Rule("error", "rejected", mark("a time with an offset, and no time zone of the study")),
    "D7": Rule("error", "doubt", mark("dates contradict their order")),
    "D8": Rule(
        "error", "doubt", mark("start after stop, and swapping them would fit; proposed, not applied")
    ),
    "D9": Rule("error", "doubt", mark("swapping day and month would fit; proposed, not applied")),
    "K1": Rule("info", "repaired", mark("exact duplicate of another row")),
    "K2": Rule("warning", "doubt", mark("two different entries for one thing; the later entered is kept")),
    "K3": Rule("error", "doubt", mark("two ids share birth date, sex and initials")),
    "K4": Rule("error", "rejected", mark("row of an unknown subject")),
    "K5": Rule("error", "rejected", mark("row without a subject")),
    "K6": Rule("warning", "doubt", mark("the same event seems entered twice; both are kept")),
    "K7": Rule("warning", "repaired", mark("subject id written in another form")),
    "K8": Rule("warning", "doubt", mark("rows of one subject disagree; the first is kept")),
    "K9": Rule("info", "doubt", mark("a block of subjects sees rows of several events")),
    "K11": Rule("warning", "doubt", mark("no site: counted in the report of all sites only")),
    "K10": Rule("error", "rejected", mark("the id is none of this study")),
    "V1": Rule("warning", "doubt", mark("visit lies outside the window of its label")),
    "V2": Rule(
        "error", "doubt", mark("day-1 value without a statement that it was taken before the first dose")
    ),
    "V3": Rule("error", "doubt", mark("visits are not in the order of their labels")),
    "V4": Rule("info", "doubt", mark("two visits in one window; the one nearer to the planned day is used")),
    "V5": Rule("warning", "doubt", mark("visit without a date")),
    "V6": Rule(
        "info", "repaired", mark("baseline value from another visit up to day 1, as the study file asks")
    ),
    "S1": Rule("warning", "doubt", mark("swollen joints exceed tender joints by more than 10")),
    "S2": Rule("warning", "doubt", mark("physician global 0 with more than 4 swollen joints")),
    "S3": Rule("warning", "doubt", mark("all HAQ items 0 with pain above 70 mm")),
    "S4": Rule("warning", "doubt", mark("the recorded total differs from its parts")),
    "S5": Rule("error", "doubt", mark("pregnancy recorded in a man")),
    "S6": Rule("warning", "doubt", mark("weight changed by more than 15 % between visits")),
    "S7": Rule("warning", "doubt", mark("the same values entered at three or more visits in a row")),
    "S8": Rule("warning", "doubt", mark("CRP of 3 mg/L or less with ESR above 60 mm/h")),
    "S9": Rule("error", "doubt", mark("event dated after the subject's death")),
    "T1": Rule("error", "doubt", mark("drug not coded: of unknown class until it is")),
    "T2": Rule(
        "warning",
        "doubt",
        mark("the site coded the drug otherwise than the dictionary; the site's coding rules"),
    ),
    "T3": Rule(
        "warning", "doubt", mark("stop dates seem to follow another convention than the source declares")
    ),
    "M1": Rule("error", "doubt", mark("a medically important event marked not serious")),
}


def finding(
    rows: pd.DataFrame, variable: str, rule: str, raw: Any, new: str = "", message: str | None = None
) -> pd.DataFrame | None:
    """Findings of one rule for one variable, indexed by row; `raw` and `new` may be one value or one per row.

    None where there are no rows.
    """
    if not len(rows):
        return None
    text = message or RULES[rule].meaning
    columns = {"variable": variable, "rule_id": rule, "raw": raw, "new": new, "message": text}
    return pd.DataFrame(columns, index=rows)


def joined(rows: pd.DataFrame, separator: str) -> pd.Series:
    """The cells of every row as one text, missing ones as nothing."""
    texts = [rows[name].astype("string").fillna("").tolist() for name in rows]
    return pd.Series([separator.join(cells) for cells in zip(*texts)], index=rows.index, dtype="string")


def shown(values: pd.Series) -> pd.Series:
    """Numbers as text for the query log."""
    return pd.Series([f"{value:g}" for value in values], index=values.index, dtype="string")


def shown_days(values: pd.Series) -> pd.Series:
    """Dates as text for the query log."""
    return values.dt.strftime("%Y-%m-%d").astype("string")


def query_ids(queries: pd.DataFrame) -> pd.Series:
    """A stable id per query: a hash of table, subject, visit, variable, rule and raw value."""
    import hashlib

    if queries.empty:
        return pd.Series([], index=queries.index, dtype="string")
    parts = ["table", "subject_id", "visit_id", "variable", "rule_id", "raw"]
    keys = joined(queries[parts], "\x1f")
    again = keys.groupby(keys).cumcount()
    keys = keys.where(again.eq(0), keys + "\x1f" + again.astype("string"))
    return keys.map(lambda key: "Q" + hashlib.sha256(key.encode()).hexdigest()[:11].upper()).astype("string")


def query_log(queries: pd.DataFrame) -> pd.DataFrame:
    """Findings with their subject, place and gravity as the query log, in a stable order."""
    rules = [RULES[rule] for rule in queries["rule_id"]]
    log = queries.assign(
        severity=[rule.severity for rule in rules],
        status=[rule.status for rule in rules],
    )
    text = [name for name in COLUMNS if name not in ("query_id", "source_row")]
    log = log.assign(**{name: log[name].astype("string").fillna("") for name in text})
    log = log.sort_values(["table", "subject_id", "visit_id", "variable", "rule_id", "raw", "source_row"])
    log = log.reset_index(drop=True)
    return log.assign(query_id=query_ids(log), source_row=log["source_row"].astype("float64"))[COLUMNS]
