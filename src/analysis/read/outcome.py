"""The whole way from sources to tidy tables, step by step."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.columns import TABLES, empty
from analysis.read import assemble, rules
from analysis.read.identifiers import drop_identifiers
from analysis.read.mapping import mapping_findings
from analysis.read.sources import SourceError, read_source, source_file


@dataclass(frozen=True, slots=True)
class ReadOutcome:
    """What reading a study gives.

    `tables` maps names to tidy tables; every project table is there, empty where the study has none. `queries` is the
    query log, `accounting` has one line per source, block and reason, `files` lists each input with its SHA-256.
    """

    tables: dict[str, pd.DataFrame]
    queries: pd.DataFrame
    accounting: pd.DataFrame
    files: pd.DataFrame


def read_tables(study, *, root: Path, as_of: date | None, through_visit: str | None) -> ReadOutcome:
    """Read, assemble, cut, check; see `analysis.read.tables`."""
    frames = read_sources(study, root)
    under_way = {name: assemble.build_table(study, name, frames) for name in study.tables}
    finished = {name: assemble.finish(study, table) for name, table in under_way.items()}
    return ReadOutcome(
        tables=_all_tables(study, finished),
        queries=query_log(under_way),
        accounting=pd.concat([assemble.accounting(t) for t in under_way.values()], ignore_index=True),
        files=input_files(study, root),
    )


def read_sources(study, root: Path) -> dict[str, pd.DataFrame]:
    """Every source the tables use, as text, without direct identifiers.

    Raises
    ------
    StudyFileError
        All sources that cannot be read and all columns that are not there, at once.
    """
    from analysis.study import StudyFileError

    used = {block.from_ for blocks in study.tables.values() for block in blocks}
    frames, problems = {}, []
    for n, source in enumerate(study.sources):
        if source.id in used:
            try:
                frames[source.id] = drop_identifiers(read_source(source, root), study.identifiers)
            except SourceError as error:
                problems.append(study.problem(("sources", n, "path"), str(error)))
    problems += mapping_findings(study, frames)
    if problems:
        raise StudyFileError(problems)
    return frames


def _all_tables(study, finished: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The finished tables and, for what the study does not collect, empty ones."""
    return {
        name: finished[name].reset_index(drop=True)
        if name in finished
        else empty(column for column in declared.values() if column.key)
        for name, declared in {**TABLES, **{name: study.columns(name) for name in finished}}.items()
    }


def query_log(under_way: dict[str, assemble.Table]) -> pd.DataFrame:
    """All findings as one query log."""
    return rules.query_log(pd.concat([_placed(table) for table in under_way.values()], ignore_index=True))


def _placed(table: assemble.Table) -> pd.DataFrame:
    """Findings of a table with subject, visit, source and row."""
    wanted = ["subject_id", "visit_id", "source", "source_row"]
    known = table.rows.reindex(columns=wanted)
    placed = (
        table.findings.join(known, how="left")
        if len(table.findings)
        else table.findings.reindex(columns=[*table.findings.columns, *wanted])
    )
    return placed.assign(table=table.name)


def input_files(study, root: Path) -> pd.DataFrame:
    """Every source with its file, size and SHA-256; live sources without."""
    import hashlib

    lines = []
    for source in study.sources:
        file = source_file(source, root)
        content = file.read_bytes() if file is not None else None
        lines.append(
            {
                "source": source.id,
                "type": source.type,
                "path": source.path or source.dataset or "",
                "bytes": len(content) if content is not None else pd.NA,
                "sha256": hashlib.sha256(content).hexdigest() if content is not None else "",
            }
        )
    return pd.DataFrame(lines)
