"""The whole way from sources to tidy tables, step by step."""

import os
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.columns import TABLES, empty
from analysis.membership import among
from analysis.read import assemble, baseline, cut, questions, remarks, rules, totals, visits
from analysis.read.cells import Export
from analysis.read.derived import with_derived
from analysis.read.identifiers import drop_identifiers
from analysis.read.locate import SourceError, source_file
from analysis.read.mapping import mapping_findings
from analysis.read.sources import read_source
from analysis.read.stop_dates import as_first_day_without
from analysis.read.table import Table, accounting, fates_of_rows, finish

if TYPE_CHECKING:
    from analysis.study import Study

Tables = dict[str, Table]


@dataclass(frozen=True, slots=True)
class ReadOutcome:
    """What reading a study gives.

    `tables` maps names to tidy tables; every project table is there, empty where the study has none. `queries` is the
    query log, `accounting` has one line per source, block and reason, `files` lists each input with its SHA-256.
    `sources` counts the rows of each source once, however many blocks use it, `columns` the cells of each column;
    `problems` are signs that the mapping itself is wrong. `fates` tells of every source row of a study with several
    sites whose it is, for the accounting of one of them.
    """

    tables: dict[str, pd.DataFrame]
    queries: pd.DataFrame
    accounting: pd.DataFrame
    files: pd.DataFrame
    sources: pd.DataFrame
    columns: pd.DataFrame
    problems: list
    fates: pd.DataFrame | None = None


def read_tables(study: "Study", *, root: Path, as_of: date | None, through_visit: str | None) -> ReadOutcome:
    """Read, assemble as of the cut, place visits, ask questions; see `analysis.read.tables`."""
    exports = read_sources(study, root)
    built = {name: assemble.build_table(study, name, exports, as_of) for name in study.tables}
    known = _known_subjects(study, built)
    placed = visits.place_all(study, known, as_of=as_of, through_visit=through_visit)
    asked = questions.ask_all(study, {**placed, "subjects": with_derived(placed["subjects"])})
    asked = baseline.by_variable(study, asked)
    finished = {name: finish(study, table) for name, table in asked.items()}
    if "treatments" in finished:
        finished["treatments"] = as_first_day_without(finished["treatments"], study.sources)
    rows = pd.concat([accounting(table) for table in asked.values()], ignore_index=True)
    whole = as_of is None and through_visit is None
    found = totals.problems(study, asked, finished, rows, whole=whole)
    return ReadOutcome(
        tables=_all_tables(study, finished),
        queries=query_log(asked, exports),
        accounting=rows,
        files=input_files(study, root),
        sources=totals.source_counts(exports, asked),
        columns=totals.column_counts(asked),
        problems=[study.problem(place, text) for place, text in found],
        fates=pd.concat(map(fates_of_rows, asked.values()), ignore_index=True) if study.sites else None,
    )


def read_sources(study: "Study", root: Path) -> dict[str, Export]:
    """Every source the tables use, without direct identifiers.

    Raises
    ------
    StudyFileError
        All sources that cannot be read and all columns that are not there, at once.
    """
    from analysis.study import StudyFileError

    used = {block.from_ for blocks in study.tables.values() for block in blocks}
    exports, problems, salt = {}, [], os.urandom(16)
    for n, source in enumerate(study.sources):
        if source.id in used:
            try:
                export = read_source(source, root)
                exports[source.id] = drop_identifiers(export, study.identifiers, salt=salt)
            except SourceError as error:
                problems.append(study.problem(("sources", n, "path"), str(error)))
    problems += mapping_findings(study, exports)
    if problems:
        raise StudyFileError(problems)
    return exports


def _known_subjects(study, built: Tables) -> Tables:
    """Set aside rows of subjects who are not there, telling those who entered after the cut from unknown ones."""
    subjects = built["subjects"]
    entries = {n for n, block in enumerate(study.tables["subjects"]) if not block.join}
    entered = subjects.links["block"].isin(entries).reindex(subjects.fates.index, fill_value=False)
    fates = subjects.fates.mask(subjects.fates.eq(cut.AFTER) & entered, cut.AFTER_SUBJECT)
    late = subjects.gone.loc[subjects.gone.index.isin(fates.index[fates.eq(cut.AFTER_SUBJECT)]), "subject_id"]
    there = subjects.rows["subject_id"]
    others = {name: _with_known(table, there, late) for name, table in built.items() if name != "subjects"}
    return {"subjects": replace(subjects, fates=fates), **others}


def _with_known(table: Table, there: pd.Series, late: pd.Series) -> Table:
    """The table without rows of subjects who are not there."""
    missing = ~among(table.rows["subject_id"], there)
    entered_later = missing & among(table.rows["subject_id"], late)
    unknown = table.rows.index[missing & ~entered_later]
    raw = table.rows.loc[unknown, "subject_id"]
    table = table.set_aside(table.rows.index[entered_later], cut.AFTER_SUBJECT)
    return table.set_aside(unknown, "unknown subject", rules.finding(unknown, "subject_id", "K4", raw))


def _all_tables(study, finished: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The finished tables and, for what the study does not collect, empty ones."""
    return {
        name: finished[name].reset_index(drop=True)
        if name in finished
        else empty(column for column in declared.values() if column.key)
        for name, declared in {**TABLES, **{name: study.columns(name) for name in finished}}.items()
    }


def query_log(tables: Tables, exports: dict[str, Export]) -> pd.DataFrame:
    """All findings as one query log, without those on rows after the cut."""
    parts = [*(_placed(table) for table in tables.values()), remarks.about_sources(exports)]
    return rules.query_log(pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True))


def _placed(table: Table) -> pd.DataFrame:
    """Findings of a table with subject, visit, source and row."""
    known = pd.concat([table.rows, table.gone]) if len(table.gone) else table.rows
    known = known.reindex(columns=["subject_id", "visit_id", "source", "source_row"])
    known = known[~known.index.duplicated()]
    hidden = table.fates.index[table.fates.isin([cut.AFTER, cut.AFTER_SUBJECT])]
    found = table.findings[~table.findings.index.isin(hidden)]
    return found.join(known, how="left").assign(table=table.name)


def input_files(study: "Study", root: Path) -> pd.DataFrame:
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
