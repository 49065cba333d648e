"""What the whole of an export says: columns mostly rejected, blocks without rows, nobody with a baseline, no pairs.

Single cells are queries; these are signs that the mapping itself is wrong, and stop a report.
"""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.columns import nearest
from analysis.read import cut, rules
from analysis.read.raw import Raw
from analysis.read.table import PLACES, Table
from analysis.sites import unnamed_sites

if TYPE_CHECKING:
    from analysis.study import Study

COLUMNS = ["table", "source", "block", "column", "filled", "known", "rejected"]
HALF = 0.5
BLOCK = 1 << 40  # names of rows begin with the number of their block
UNPLANNED = ("UNS", "计划外")  # how a visit outside the plan is called
FEWEST = 2  # rejected values below which a column says nothing
REJECTED = frozenset(rule for rule, meant in rules.RULES.items() if meant.status == "rejected")
OWN_VARIABLE = "if they are right, they are another variable's: declare it under `variables:` and map to that"
LIKELY = {
    "N11": "say the sign by `decimal:`",
    "N8": "the column holds words, or numbers with the other decimal sign (`decimal:`)",
    "C1": f"give what the codes mean by `codes:`; {OWN_VARIABLE}",
    "R1": f"the unit may be another (`unit:`); {OWN_VARIABLE}",
    "R2": OWN_VARIABLE,
    "D4": "say by `date_order:` whether the day or the month comes first",
    "D10": "say by `date_order:` whether the day or the month comes first",
    "D11": "say by `epoch:` what the numbers count from",
    "D12": "name the study's time zone by `time_zone:`",
    "U1": "name the unit by `unit:`",
    "X1": "open the workbook, let it calculate, and save it",
}


def count_columns(
    rows: pd.DataFrame, findings: pd.DataFrame, raw: dict[str, Raw], head: dict
) -> pd.DataFrame:
    """For each mapped column of a block: cells filled in, values known, values rejected and the rules that did."""
    lost = findings[findings["rule_id"].isin(REJECTED)]
    lines = []
    for name, cells in raw.items():
        if name.startswith("__") or (name in ("unit_raw", "lln", "uln") and "value_raw" in raw):
            continue
        about = lost[lost["variable"].eq(name)]
        known = rows[name].notna() if name in rows else pd.Series(False, index=rows.index)
        if name == "value_raw":
            about = lost[~lost["variable"].isin(raw)]
            known = rows["value_std"].notna() | rows["value_text"].notna()
        reasons = tuple(about["rule_id"].value_counts().items())
        counts = {
            "filled": int((~cells.blank()).sum()),
            "known": int(known.sum()),
            "rejected": about.index.nunique(),
        }
        lines.append({**head, "column": name, **counts, "reasons": reasons})
    return pd.DataFrame(lines)


def column_counts(tables: dict[str, Table]) -> pd.DataFrame:
    """For each mapped column of each block: cells filled in, values known, values rejected."""
    parts = [_of_table(table) for table in tables.values()]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _of_table(table: Table) -> pd.DataFrame:
    """The counts of one table's columns."""
    return table.counts.assign(table=table.name)[COLUMNS] if len(table.counts) else pd.DataFrame()


def source_counts(exports: dict, tables: dict[str, Table]) -> pd.DataFrame:
    """For each source, once however many blocks use it: rows, rows used by any block, rows used by none."""
    used: dict[str, set] = {source: set() for source in exports}
    for table in tables.values():
        gone = table.fates.index
        links = table.links[~table.links["into"].isin(gone) & ~table.links.index.isin(gone)]
        blocks = table.blocks[table.blocks["kind"].eq("read")].set_index("block")["source"]
        for block, rows in links.groupby("block"):
            places = rows.index.to_numpy() % PLACES
            used[blocks[block]].update(places.tolist())
    lines = [
        {
            "source": source,
            "rows": len(export),
            "used": len(used[source]),
            "set_aside": len(export) - len(used[source]),
        }
        for source, export in exports.items()
    ]
    return pd.DataFrame(lines)


def problems(
    study: "Study",
    tables: Mapping[str, pd.DataFrame],
    finished: dict[str, pd.DataFrame],
    accounting: Any,
    *,
    whole: bool,
) -> list[tuple[tuple, str]]:
    """Signs of a wrong mapping: place in the study file and what is told; `whole` where no data cut hides rows."""
    found = [*_rejected_columns(study, tables), *_empty_blocks(study, accounting), *_keys(study)]
    found += _strange_labels(study, tables)
    found += unnamed_sites(finished["subjects"], study=study)
    if whole:
        found += [*_baseline(study, finished), *_pairs(study, finished)]
    return found


def _rejected_columns(study, tables):
    """Columns of which half the values or more were rejected."""
    for name, table in tables.items():
        for line in table.counts.to_dict("records"):
            values = line["known"] + line["rejected"]
            if line["rejected"] < FEWEST or line["rejected"] < HALF * values:
                continue
            reasons = Counter(dict(line["reasons"]))
            rule, _ = reasons.most_common(1)[0]
            text = (
                f"{line['rejected']} of {values} values of '{line['column']}' were rejected, most because: "
                f"{rules.RULES[rule].meaning}. {LIKELY.get(rule, '')}".rstrip(" .")
            )
            place = study.tables[name][line["block"]].place_of(line["column"])
            yield ("tables", name, line["block"], *place), text


def _empty_blocks(study, accounting: pd.DataFrame):
    """Blocks of which no row is used, though the source has some and the data cut hides none."""
    for (name, number), lines in accounting.groupby(["table", "block"]):
        block = study.tables[name][number - 1]
        read, used = (int(lines.loc[lines["kind"].eq(kind), "n"].sum()) for kind in ("read", "used"))
        aside = lines[lines["kind"].eq("set aside")]
        if (
            used
            or not read
            or block.may_be_empty
            or aside["reason"].isin([cut.AFTER, cut.AFTER_SUBJECT]).any()
        ):
            continue
        reason = aside.sort_values("n")["reason"].iloc[-1] if len(aside) else "nothing said"
        text = (
            f"none of the {read} rows of '{block.from_}' is used, most because: {reason}. Look at `rows:` and the "
            "mapping of the keys; where there is none yet, say `may_be_empty: true`"
        )
        yield ("tables", name, int(number) - 1), text


def _keys(study):
    """Visits and results whose rows nothing names."""
    for name, key in (("visits", "visit_id"), ("labs", "analyte")):
        for n, block in enumerate(study.tables.get(name, [])):
            mapped = block.mapped()
            given = key in mapped or block.rows.events or block.rows.baseline_flag or block.results
            dated = (
                name == "visits" and study.visit_by == "window" and {"visit_date", "visit_day"} & set(mapped)
            )
            if not given and not dated:
                hint = " or `rows: {events: ...}`" if name == "visits" else " or `results:`"
                yield (
                    ("tables", name, n),
                    f"needs a mapping of {key}{hint}; without it no row can be told apart",
                )


def _strange_labels(study, tables: Mapping[str, Any]):
    """Rows whose visit, as entered, is none of the study's and is not called unplanned: lost to every visit."""
    known = {visit.id for visit in study.visits}
    for name in ("visits", "labs"):
        rows = tables[name].rows if name in tables else pd.DataFrame()
        if rows.empty or "entered" not in rows:
            continue
        entered, label = rows["entered"], rows["visit_id"]
        planned = label.isin(known)
        strange = entered.notna() & ~entered.isin(known) & ~entered.str.startswith(UNPLANNED).fillna(False)
        day = rows["visit_day" if name == "visits" else "sample_day"]
        lost = strange & ~planned & (day.isna() | (study.visit_by == "label"))
        for number, part in rows[lost].groupby(rows.index[lost] // BLOCK):
            labels = part["entered"].value_counts()
            shown = ", ".join(f"'{text}' ({n} rows)" for text, n in labels.head(6).items())
            text = (
                f"{len(part)} rows are of visits that the study does not have: {shown}"
                f"{', ...' if len(labels) > 6 else ''}{nearest(str(labels.index[0]), known)}. Say by `codes:` of "
                "visit_id which visit each is (UNS: outside the plan), or list it under `visits:`"
            )
            place = study.tables[name][int(number)].place_of("visit_id")
            yield ("tables", name, int(number), *place), text


def _baseline(study, finished: dict[str, pd.DataFrame]):
    """Visits of which none is the baseline visit."""
    visits = finished.get("visits")
    if visits is None or visits.empty or "visit_id" not in visits:
        return
    if not visits["visit_id"].eq(study.baseline_visit).any():
        seen = ", ".join(sorted(visits["visit_id"].dropna().unique())[:6])
        text = (
            f"none of the {len(visits)} visits is the baseline visit {study.baseline_visit} (there are: {seen}). "
            "Look at `rows: {events: ...}` or the codes of visit_id, at day_one, and at the windows of the visits"
        )
        yield ("baseline_visit",), text


def _pairs(study, finished: dict[str, pd.DataFrame]):
    """Endpoints without one subject that has a value at baseline and at a later visit, though visits are there."""
    visits = finished.get("visits")
    if visits is None or visits.empty:
        return
    first = visits[visits["visit_id"].eq(study.baseline_visit)]
    for n, endpoint in enumerate(study.endpoints):
        if endpoint.table != "visits":
            continue
        later = visits[visits["visit_id"].isin(endpoint.visits)]
        both = set(first["subject_id"]) & set(later["subject_id"])
        if not both:
            continue
        name = endpoint.variable
        one, other = (_with_value(rows, name) for rows in (first, later))
        if not one & other:
            text = (
                f"no pair: {len(one)} subjects have {name} at {study.baseline_visit}, {len(other)} at a later visit, "
                f"nobody at both, though {len(both)} have both visits. Is {name} mapped, and read (see the query log)?"
            )
            yield ("endpoints", n, "variable"), text


def _with_value(rows: pd.DataFrame, name: str) -> set:
    """Subjects with a value."""
    return set(rows.loc[rows[name].notna(), "subject_id"]) if name in rows else set()
