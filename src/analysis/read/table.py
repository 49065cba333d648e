"""A tidy table under way: its rows, what was found in them, and where every source row went."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from analysis.columns import DTYPES

if TYPE_CHECKING:
    from analysis.study import Study

ORIGIN = ["source", "source_row"]
PLACE = ["subject_id", "visit_id", *ORIGIN]
PLACES = 1 << 30  # what the name of a row is, modulo this, is its place in its source


@dataclass(frozen=True, slots=True)
class Table:
    """A tidy table under way. Its index names the rows; findings and fates refer to these names.

    `links` holds one line per source row that reached the table: which row it went into, from which block. `fates`
    says why a row was set aside, `gone` keeps the keys of such rows. `blocks` counts, per block, rows read and rows set
    aside before they became rows of the table. `weak` marks boxes that only repeat an untouched 0 (1) or
    are declared missing (2). `counts` says of each column of each block how many cells are filled in, known, rejected.
    """

    name: str
    rows: pd.DataFrame
    findings: pd.DataFrame
    links: pd.DataFrame
    blocks: pd.DataFrame
    fates: pd.Series = field(default_factory=lambda: pd.Series(dtype="string"))
    gone: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=PLACE))
    weak: pd.DataFrame = field(default_factory=pd.DataFrame)
    counts: pd.DataFrame = field(default_factory=pd.DataFrame)

    def set_aside(self, rows: pd.Index, reason: str, findings: pd.DataFrame | None = None) -> "Table":
        """The table without these rows, their fate recorded."""
        if not len(rows):
            return self
        fates = pd.concat([self.fates, pd.Series(reason, index=rows, dtype="string")])
        gone = self.rows.loc[rows].reindex(columns=PLACE)
        gone = pd.concat([self.gone, gone]) if len(self.gone) else gone
        kept = self.rows.drop(index=rows)
        return replace(self, rows=kept, fates=fates, gone=gone).with_findings(findings)

    def with_findings(self, *more: pd.DataFrame | None) -> "Table":
        """The table with further findings, each indexed by the rows it concerns."""
        found = [frame for frame in more if frame is not None and len(frame)]
        return replace(self, findings=pd.concat([self.findings, *found])) if found else self


def no_findings() -> pd.DataFrame:
    """An empty list of findings."""
    names = ("variable", "rule_id", "raw", "new", "message")
    return pd.DataFrame({name: pd.Series(dtype="string") for name in names})


def stack(parts: list[Table]) -> Table:
    """The rows of several blocks, one after the other."""
    return replace(
        parts[0],
        rows=pd.concat([part.rows for part in parts]),
        **together(parts),
    )


def together(parts: list[Table]) -> dict:
    """Findings, links, counts, fates and set-aside rows of several blocks."""
    return {
        "findings": pd.concat([part.findings for part in parts]),
        "links": pd.concat([part.links for part in parts]),
        "blocks": pd.concat([part.blocks for part in parts], ignore_index=True),
        "fates": pd.concat([part.fates for part in parts]),
        "gone": pd.concat([part.gone for part in parts]),
        "weak": pd.concat([part.weak for part in parts]),
        "counts": pd.concat([part.counts for part in parts], ignore_index=True),
    }


def finish(study: "Study", table: Table) -> pd.DataFrame:
    """The tidy table: declared columns in declared order, declared types; rows without a number get one."""
    declared = study.columns(table.name)
    rows = table.rows
    own = rows["source"] + "-" + rows["source_row"].astype("Int64").astype("string")
    keys = [name for name, column in declared.items() if column.key and name != "subject_id"]
    rows = rows.assign(**{name: rows[name].fillna(own) if name in rows else own for name in keys})
    names = [name for name in declared if name in rows]
    types = {name: pd.api.types.pandas_dtype(DTYPES[declared[name].type]) for name in names}
    changed = {name: kind for name, kind in types.items() if rows[name].dtype != kind}
    return rows[[*names, *ORIGIN]].astype(changed)


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


def fates_of_rows(table: Table) -> pd.DataFrame:
    """Every source row that reached the table: whose it is, and why it was set aside.

    Returns
    -------
    DataFrame
        `table`, `source`, `block`, `place` (of the row in its source), `subject_id` (missing where nobody's is known)
        and `reason` (missing where the row is used). Rows that a block leaves out before are nobody's.
    """
    fates = table.fates[~table.fates.index.duplicated()]
    own = pd.Series(table.links.index, index=table.links.index)
    owners = pd.concat([part["subject_id"] for part in (table.rows, table.gone) if len(part)] or [own[:0]])
    owners = owners[~owners.index.duplicated()].astype("string")
    read = table.blocks[table.blocks["kind"].eq("read")].set_index("block")["source"]
    block = table.links["block"]
    lines = {
        "table": table.name,
        "source": block.map(read).astype("string"),
        "block": block + 1,
        "place": own % PLACES,
        "subject_id": table.links["into"].map(owners).fillna(own.map(owners)),
        "reason": own.map(fates).fillna(table.links["into"].map(fates)),
    }
    return pd.DataFrame(lines).astype({"subject_id": "string", "reason": "string"}).reset_index(drop=True)
