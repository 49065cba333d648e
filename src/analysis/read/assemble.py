"""Tidy tables put together from the blocks of a study file, no row lost on the way."""

from dataclasses import dataclass, field, replace

import pandas as pd

from analysis.columns import DTYPES
from analysis.read import labs, rules
from analysis.read.cells import read_column
from analysis.read.mapping import choose_rows, raw_columns, visit_of_event
from analysis.read.sources import ROW
from analysis.read.text import normalise

ORIGIN = ["source", "source_row"]


@dataclass(frozen=True, slots=True)
class Table:
    """A tidy table under way. Its index names the rows; findings and fates refer to these names.

    `links` holds one line per source row that reached the table: which row it went into, from which block.
    `fates` says why a row was set aside. `blocks` counts, per block, rows read and rows set aside before.
    """

    name: str
    rows: pd.DataFrame
    findings: pd.DataFrame
    links: pd.DataFrame
    blocks: pd.DataFrame
    fates: pd.Series = field(default_factory=lambda: pd.Series(dtype="string"))

    def set_aside(self, rows: pd.Index, reason: str, findings: pd.DataFrame | None = None) -> "Table":
        """The table without these rows, their fate recorded."""
        fates = pd.concat([self.fates, pd.Series(reason, index=rows, dtype="string")])
        return replace(self, rows=self.rows.drop(index=rows), fates=fates).with_findings(findings)

    def with_findings(self, *more: pd.DataFrame | None) -> "Table":
        """The table with further findings, each indexed by the rows it concerns."""
        found = [frame for frame in more if frame is not None and len(frame)]
        return replace(self, findings=pd.concat([self.findings, *found])) if found else self


def no_findings() -> pd.DataFrame:
    """An empty list of findings."""
    names = ("variable", "rule_id", "raw", "new", "message")
    return pd.DataFrame({name: pd.Series(dtype="string") for name in names})


def build_table(study, name: str, frames: dict[str, pd.DataFrame]) -> Table:
    """One tidy table from all its blocks: rows stacked, then the blocks that join by their keys."""
    blocks = [(n, block) for n, block in enumerate(study.tables[name]) if not block.join]
    parts = [build_block(study, name, n, block, frames[block.from_]) for n, block in blocks]
    table = _stack(name, parts)
    if name == "subjects":
        table = _one_row_per_subject(table)
    for n, block in enumerate(study.tables[name]):
        if block.join:
            table = join(table, build_block(study, name, n, block, frames[block.from_]))
    return table


def build_block(study, name: str, number: int, block, frame: pd.DataFrame) -> Table:
    """The rows one block gives, typed, with findings."""
    chosen = choose_rows(frame, block)
    source = chosen.rows
    raw = raw_columns(source, block)
    visit = visit_of_event(source, block)
    raw = raw if visit is None else {**raw, "visit_id": visit}
    uid = pd.Index((f"{name}.{number}.{block.from_}." + source[ROW].astype(str)).astype(object))
    raw = {column: cells.set_axis(uid) for column, cells in raw.items()}
    if block.results:
        raw, repeats = labs.melt(raw, source.set_axis(uid), block.results)
        chosen = replace(
            chosen, read=chosen.read * repeats, aside={k: v * repeats for k, v in chosen.aside.items()}
        )
    rows, findings = _typed(study, name, block, raw)
    origin = pd.Series(rows.index, index=rows.index).str.extract(r"\.(\d+)(?:\.\w+)?$")[0]
    rows = rows.assign(
        source=pd.array([block.from_] * len(rows), dtype="string"), source_row=origin.astype(float)
    )
    links = pd.DataFrame({"into": rows.index, "block": number}, index=rows.index)
    counts = [{"block": number, "source": block.from_, "kind": "read", "reason": "", "n": chosen.read}]
    aside = [{**counts[0], "kind": "aside", "reason": reason, "n": n} for reason, n in chosen.aside.items()]
    table = Table(name, rows, findings, links, pd.DataFrame(counts + aside))
    table = _repeated_rows_agree(table, block, frame)
    table = _set_aside_doubles(table, raw)
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
    from analysis.columns import Column

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
        if mapping.column and mapping.column != once:
            differ = frame.groupby(once)[mapping.column].nunique().loc[lambda n: n > 1].index
            hit = table.rows.index[table.rows["subject_id"].isin(differ.map(normalise))]
            found.append(rules.finding(hit, name, "K8", "") if len(hit) else None)
    return table.with_findings(*found)


def _set_aside_doubles(table: Table, raw: dict[str, pd.Series]) -> Table:
    """Rows that say exactly what an earlier row of the same source says."""
    cells = pd.DataFrame({name: column.astype("string").fillna("") for name, column in raw.items()})
    double = cells.index[cells.duplicated()].intersection(table.rows.index)
    if not len(double):
        return table
    return table.set_aside(double, "exact duplicate", rules.finding(double, "", "K1", ""))


def _set_aside_empty(study, table: Table, block) -> Table:
    """Rows in which no mapped column but the keys holds anything."""
    fixed = {name for name, mapping in block.mapped().items() if mapping.value is not None}
    keys = {name for name, column in study.columns(table.name).items() if column.key}
    skip = {*fixed, *keys, "visit_id", *ORIGIN}
    entries = [name for name in table.rows.columns if name not in skip]
    if not entries:
        return table
    empty = table.rows.index[table.rows[entries].isna().all(axis=1)]
    return table.set_aside(empty, "no entry") if len(empty) else table


def _stack(name: str, parts: list[Table]) -> Table:
    """The rows of several blocks, one after the other."""
    rows = pd.concat([part.rows for part in parts])
    return Table(
        name,
        rows,
        pd.concat([part.findings for part in parts]),
        pd.concat([part.links for part in parts]),
        pd.concat([part.blocks for part in parts], ignore_index=True),
        pd.concat([part.fates for part in parts]),
    )


def _keyed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows' keys for joining: subject, visit where there is one, and a count of repeats."""
    keys = rows[[name for name in ("subject_id", "visit_id") if name in rows]]
    return keys.assign(again=keys.groupby(list(keys), dropna=False).cumcount(), uid=rows.index)


def join(table: Table, other: Table) -> Table:
    """Add the columns of another block to the rows with the same subject (and visit); nothing is overwritten.

    Rows without a partner become rows of their own where the table has visits, and are set aside where it has one
    row per subject.
    """
    left, right = _keyed(table.rows), _keyed(other.rows)
    on = [name for name in left.columns if name != "uid" and name in right.columns]
    pairs = right.merge(left, on=on, how="left", suffixes=("", "_left"))
    partner = pd.Series(pairs["uid_left"].to_numpy(), index=pd.Index(pairs["uid"], dtype=object))
    into = partner.where(partner.notna(), pd.Series(partner.index, index=partner.index))
    if table.name == "subjects":
        alone = partner.index[partner.isna()]
        other = other.set_aside(alone, "unknown subject", rules.finding(alone, "subject_id", "K4", ""))
        into = into.drop(index=alone)
    added = other.rows.set_axis(into.reindex(other.rows.index), axis=0)
    added.index = added.index.astype(object)
    new = added[~added.index.isin(table.rows.index)]
    columns = [name for name in added.columns if name not in (*on, *ORIGIN)]
    rows = pd.concat([table.rows, new[[c for c in new if c in table.rows]]])
    clash = [name for name in columns if name in table.rows]
    rows = rows.assign(**{name: added[name].reindex(rows.index) for name in columns if name not in clash})
    rows = rows.assign(**{name: rows[name].fillna(added[name].reindex(rows.index)) for name in clash})
    moved = other.findings.set_axis([into.get(uid, uid) for uid in other.findings.index], axis=0)
    links = other.links.assign(into=[into.get(uid, uid) for uid in other.links["into"]])
    return Table(
        table.name,
        rows,
        pd.concat([table.findings, moved]),
        pd.concat([table.links, links]),
        pd.concat([table.blocks, other.blocks], ignore_index=True),
        pd.concat([table.fates, other.fates]),
    )


def _one_row_per_subject(table: Table) -> Table:
    """Where two rows claim one subject, keep the later entered and say so."""
    has_id = table.rows["subject_id"].notna()
    earlier = table.rows.index[table.rows["subject_id"].duplicated(keep="last") & has_id]
    if not len(earlier):
        return table
    kept = table.rows.index[table.rows["subject_id"].isin(table.rows.loc[earlier, "subject_id"])].difference(
        earlier
    )
    findings = rules.finding(kept, "subject_id", "K2", table.rows.loc[kept, "subject_id"])
    return table.set_aside(earlier, "superseded by a later entry", findings)


def finish(study, table: Table) -> pd.DataFrame:
    """The tidy table: declared columns in declared order, declared types, rows in a stable order."""
    declared = study.columns(table.name)
    names = [name for name in declared if name in table.rows or declared[name].key or name == "visit_id"]
    names = [name for name in names if name in declared]
    columns = {
        name: table.rows[name].astype(DTYPES[declared[name].type])
        if name in table.rows
        else pd.Series(pd.NA, index=table.rows.index, dtype="string")
        for name in names
    }
    return pd.DataFrame(columns, index=table.rows.index).assign(**{name: table.rows[name] for name in ORIGIN})


def accounting(table: Table) -> pd.DataFrame:
    """Rows read, used and set aside (by reason) for every block; they add up, or this stops.

    Raises
    ------
    RuntimeError
        If rows read are not rows used plus rows set aside.
    """
    fate = table.links["into"].map(table.fates[~table.fates.index.duplicated()])
    own = pd.Series(table.links.index, index=table.links.index).map(
        table.fates[~table.fates.index.duplicated()]
    )
    reason = own.fillna(fate).to_numpy()
    links = table.links.assign(reason=reason)
    used = links[links["reason"].isna()].groupby("block").size()
    aside = links.dropna(subset="reason").groupby(["block", "reason"]).size()
    read = table.blocks[table.blocks["kind"] == "read"]
    lines = []
    for block, source, n in read[["block", "source", "n"]].itertuples(index=False):
        before = table.blocks[(table.blocks["block"] == block) & (table.blocks["kind"] == "aside")]
        lost = {
            **before.set_index("reason")["n"].to_dict(),
            **(aside[block].to_dict() if block in aside else {}),
        }
        kept = int(used.get(block, 0))
        if n != kept + sum(lost.values()):
            counts = f"{n} rows read, {kept} used, {sum(lost.values())} set aside"
            raise RuntimeError(f"{table.name} from {source}: {counts}")
        head = {"table": table.name, "source": source, "block": block + 1}
        lines += [
            {**head, "kind": "read", "reason": "", "n": n},
            {**head, "kind": "used", "reason": "", "n": kept},
        ]
        lines += [
            {**head, "kind": "set aside", "reason": why, "n": int(count)}
            for why, count in sorted(lost.items())
        ]
    return pd.DataFrame(lines)
