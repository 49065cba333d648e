"""Tidy tables put together from the blocks of a study file, no row lost on the way."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from analysis.columns import Column
from analysis.read import cut, doubles, labs, rules
from analysis.read.cells import read_column
from analysis.read.identifiers import PERSON
from analysis.read.joins import join
from analysis.read.mapping import choose_rows, raw_columns, visit_of_event
from analysis.read.sources import ROW
from analysis.read.table import ORIGIN, Table, no_findings, stack
from analysis.read.text import normalise


def build_table(study, name: str, frames: dict[str, pd.DataFrame], as_of: date | None) -> Table:
    """One tidy table from all its blocks, as it stood at the data cut: stacked rows, then the blocks that join."""
    built = [build_block(study, name, n, b, frames[b.from_], as_of) for n, b in enumerate(study.tables[name])]
    blocks = study.tables[name]
    table = doubles.two_entries(stack([part for part, block in zip(built, blocks) if not block.join]))
    for part, block in zip(built, blocks):
        table = join(table, part) if block.join else table
    return doubles.same_events(table)


def build_block(study, name: str, number: int, block, frame: pd.DataFrame, as_of: date | None) -> Table:
    """The rows one block gives, typed, with findings."""
    chosen = choose_rows(frame, block)
    source = chosen.rows
    raw = raw_columns(source, block)
    visit = visit_of_event(source, block)
    raw = raw if visit is None else {**raw, "visit_id": visit}
    uid = pd.Index((f"{name}.{number}.{block.from_}." + source[ROW].astype(str)).astype(object))
    raw = {column: cells.set_axis(uid) for column, cells in raw.items()}
    numbers = source[ROW].to_numpy(dtype=float)
    if block.results:
        raw, repeats = labs.melt(raw, source.set_axis(uid), block.results)
        numbers = np.tile(numbers, repeats)
        chosen = replace(
            chosen, read=chosen.read * repeats, aside={k: v * repeats for k, v in chosen.aside.items()}
        )
    rows, findings = _typed(study, name, block, raw)
    rows = rows.assign(source=pd.array([block.from_] * len(rows), dtype="string"), source_row=numbers)
    links = pd.DataFrame({"into": rows.index, "block": number}, index=rows.index)
    counts = [{"block": number, "source": block.from_, "kind": "read", "reason": "", "n": chosen.read}]
    aside = [{**counts[0], "kind": "aside", "reason": reason, "n": n} for reason, n in chosen.aside.items()]
    if PERSON in source:
        rows = rows.assign(**{PERSON: source[PERSON].set_axis(uid)})
    table = Table(name, rows, findings, links, pd.DataFrame(counts + aside))
    table = _repeated_rows_agree(table, block, frame)
    table = doubles.exact(_without_analyte(study, _without_subject(table)), raw)
    table = cut.cut_block(table, as_of, joins=block.join)
    return table if block.rows.keep_empty or name == "labs" else _set_aside_empty(study, table, block)


def _typed(study, name: str, block, raw: dict[str, pd.Series]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every mapped column read as its declared type."""
    declared, missing = study.columns(name), frozenset(study.missing)
    mapped, found, columns = block.mapped(), [no_findings()], {}
    for column, cells in raw.items():
        if name == "labs" and column in labs.READ_TOGETHER:
            continue
        if column in ("subject_id", "visit_id"):
            columns[column], findings = _identifier(cells, column, mapped.get(column), missing)
        else:
            partial = f"{column.removesuffix('_date')}_precision" in declared
            read = read_column(cells, declared[column], mapped[column], missing, partial=partial)
            columns[column], findings = read.column, read.findings
            columns.update(read.beside)
        found += findings
    rows = pd.DataFrame(columns, index=next(iter(raw.values())).index)
    if name == "labs":
        rows, more = labs.read_results(study, rows, raw, mapped, missing)
        found += more
    return rows, pd.concat([*found, *_declared_doubts(rows, mapped)])


def _identifier(cells: pd.Series, column: str, mapping, missing) -> tuple[pd.Series, list[pd.DataFrame]]:
    """Subject and visit ids: one spelling, so that rows of one subject meet."""
    if mapping is not None and mapping.codes:
        read = read_column(cells, Column(column, "str", column), mapping, missing)
        return read.column, read.findings
    plain = cells.astype("string").map(normalise, na_action="ignore").str.upper()
    changed = plain.ne(cells.str.strip()) & plain.ne("")
    findings = [rules.finding(plain.index[changed], column, "K7", cells[changed], plain[changed])]
    return plain.replace("", pd.NA), findings if column == "subject_id" and changed.any() else []


def _declared_doubts(rows: pd.DataFrame, mapped) -> list[pd.DataFrame]:
    """One finding per column that the study file declares doubtful, on no row in particular."""
    doubts = [(name, mapping.doubt) for name, mapping in mapped.items() if mapping.doubt]
    return [rules.finding(pd.Index([""]), name, "C2", "", "", text) for name, text in doubts if len(rows)]


def _repeated_rows_agree(table: Table, block, frame: pd.DataFrame) -> Table:
    """Where rows repeat what belongs to the subject, note subjects whose rows disagree."""
    once = block.rows.once_per
    if not once:
        return table
    found = []
    for name, mapping in block.mapped().items():
        if mapping.column and mapping.column not in once:
            filled = frame[mapping.column].replace("", pd.NA)
            differ = filled.groupby([frame[name] for name in once]).transform("nunique").gt(1)
            hit = table.rows.index[table.rows["source_row"].isin(frame.loc[differ, ROW])]
            found.append(rules.finding(hit, name, "K8", ""))
    return table.with_findings(*found)


def _without_subject(table: Table) -> Table:
    """Set aside rows that name no subject."""
    nobody = table.rows.index[table.rows["subject_id"].isna()]
    return table.set_aside(nobody, "no subject id", rules.finding(nobody, "subject_id", "K5", ""))


def _without_analyte(study, table: Table) -> Table:
    """Set aside results of an analyte nobody declared."""
    if table.name != "labs":
        return table
    analyte = table.rows["analyte"]
    unknown = table.rows.index[~analyte.isin(list(labs.analytes(study)))]
    raw = analyte[unknown].fillna("")
    return table.set_aside(unknown, "unknown analyte", rules.finding(unknown, "analyte", "U4", raw))


def _set_aside_empty(study, table: Table, block) -> Table:
    """Rows in which no mapped column but the keys holds anything."""
    fixed = {name for name, mapping in block.mapped().items() if mapping.value is not None}
    keys = {name for name, column in study.columns(table.name).items() if column.key}
    skip = {*fixed, *keys, "visit_id", PERSON, *ORIGIN}
    entries = [name for name in table.rows.columns if name not in skip]
    if not entries:
        return table
    empty = table.rows.index[table.rows[entries].isna().all(axis=1)]
    return table.set_aside(empty, "no entry") if len(empty) else table
