"""Tidy tables put together from the blocks of a study file, no row lost on the way."""

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.columns import Column
from analysis.read import absence, cut, doubles, labs, remarks, rules, totals
from analysis.read.cells import Export
from analysis.read.identifiers import PERSON
from analysis.read.joins import join
from analysis.read.mapping import Chosen, choose_rows, raw_columns
from analysis.read.parse import (
    AS_IS,
    NO_ROW,
    Item,
    emit,
    formula_items,
    joined_items,
    read_column,
    read_words,
)
from analysis.read.raw import Judge, Raw
from analysis.read.table import Table, no_findings, stack

if TYPE_CHECKING:
    from analysis.study import Study

BLOCK, MELTED = (
    1 << 40,
    1 << 30,
)  # names of rows: block, place among results that have columns of their own, row
NO_ID = "no id of this study"
LONGEST_ID = 64  # characters; what is longer is a text, or a cell that another program has broken
TOTALS = re.compile(  # what stands below a table where an id would stand
    r"(?:合计|总计|小计|共计|总[人例]?数|[人例]数|平均[值数]?|均[值数]|标准差|方差|中位[值数]|最[大小高低]值|百分比|缺失数?"
    r"|\w{0,4}签[名字章]|填表人|审核人?|制表人?|负责人|核对|填表日期|备注|注"
    r"|mean|average|median|(?:grand |sub ?)?total|overall|sum|count|std\.? ?dev|standard deviation|sd|sem|min|max"
    r"|minimum|maximum|range|iqr|q[13]|signature|signed(?: by)?|notes?|legend|source|printed|exported|page"
    r"|gesamt|summe|anzahl|mittelwert|durchschnitt|standardabweichung|unterschrift|moyenne|médiane|écart[- ]type|somme"
    r"|promedio|media|totale?)(?:$|[\s:：=±+/(（].*)",
    re.IGNORECASE,
)
COUNT = "N"  # where every id has digits
WORDS = r"[^\x00-\x7f]|[:：]|^\D+$"  # ids that may be words


def build_table(study: "Study", name: str, exports: dict[str, Export], as_of: date | None) -> Table:
    """One tidy table from all its blocks, as it stood at the data cut: stacked rows, then the blocks that join."""
    built = [
        build_block(study, name, n, b, exports[b.from_], as_of) for n, b in enumerate(study.tables[name])
    ]
    blocks = study.tables[name]
    table = doubles.two_entries(stack([part for part, block in zip(built, blocks) if not block.join]))
    for part, block in zip(built, blocks):
        table = join(table, part) if block.join else table
    return doubles.same_events(table)


def build_block(
    study: "Study", name: str, number: int, block: Any, export: Export, as_of: date | None
) -> Table:
    """The rows one block gives, typed, with findings."""
    judge = Judge(study, study.source(block.from_), export)
    chosen = choose_rows(export, block)
    raw = raw_columns(judge, block, chosen, study.columns(name))
    index = pd.Index(number * BLOCK + chosen.rows.astype(np.int64))
    numbers, times = export.rows[chosen.rows].astype(float), 1
    if block.results:
        raw, times = labs.melt(raw, judge, block.results, chosen.rows)
        index = pd.Index(np.concatenate([index.to_numpy() + n * MELTED for n in range(times)]))
        numbers = np.tile(numbers, times)
    rows, findings = _typed(study, name, block, raw, index)
    rows = rows.assign(source=_repeated(block.from_, len(rows)), source_row=numbers)
    if PERSON in export:
        person = export.columns[PERSON].as_text()[chosen.rows]
        rows = rows.assign(**{PERSON: np.tile(person, times)})
    table = Table(name, rows, findings, _links(index, number), _counts(block, number, chosen, times))
    counts = totals.count_columns(rows, findings, raw, {"source": block.from_, "block": number})
    table = replace(table, weak=absence.weak(raw, index), counts=counts)
    table = _with_noise(table, chosen, export, number, block)
    table = table.with_findings(*remarks.about_block(study, name, block, export, chosen, raw))
    table = _with_id(
        study, _repeated_rows_agree(table, block, judge, chosen), _below(export, index, chosen, times)
    )
    table = _without_analyte(study, _without_subject(table))
    table = doubles.exact(table, raw, index, doubles.context(export, chosen, times))
    table = cut.cut_block(table, as_of, joins=block.join)
    if block.rows.keep_empty or name == "labs":
        return table
    return absence.set_aside_empty(study, table, block, raw, index)


def _repeated(text: str, rows: int):
    """The same text in every row."""
    return pd.array([text], dtype="string").take(np.zeros(rows, dtype=np.intp))


def _links(index: pd.Index, number: int) -> pd.DataFrame:
    """Which row each source row went into."""
    return pd.DataFrame({"into": index, "block": number}, index=index)


def _counts(block, number: int, chosen: Chosen, times: int) -> pd.DataFrame:
    """Rows read, and rows set aside before they became rows of the table."""
    head = {"block": number, "source": block.from_}
    aside = [
        {**head, "kind": "aside", "reason": reason, "n": n * times} for reason, n in chosen.aside.items()
    ]
    return pd.DataFrame([{**head, "kind": "read", "reason": "", "n": chosen.read * times}, *aside])


def _with_noise(table: Table, chosen: Chosen, export: Export, number: int, block) -> Table:
    """Queries on rows that are no rows of data: the head once more, another table of the sheet."""
    for reason, places in chosen.noise.items():
        index = pd.Index(number * BLOCK + MELTED - 1 - places.astype(np.int64))
        place = {"source": block.from_, "source_row": export.rows[places].astype(float)}
        gone = pd.DataFrame({**place, "subject_id": pd.NA, "visit_id": pd.NA}, index=index)
        found = rules.finding(index, "", "X4", "", "", f"row {reason}; another is named by `header_row:`")
        table = replace(table, gone=pd.concat([table.gone, gone]) if len(table.gone) else gone)
        table = table.with_findings(found)
    return table


def _typed(study, name: str, block, raw: dict[str, Raw], index) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every mapped column read as its declared type."""
    declared, mapped, found, columns = study.columns(name), block.mapped(), [no_findings()], {}
    for column, cells in raw.items():
        if column.startswith("__") or (name == "labs" and column in labs.READ_TOGETHER):
            continue
        if column in ("subject_id", "visit_id"):
            columns[column], findings = _identifier(cells, index, column, mapped.get(column))
        else:
            partial = f"{column.removesuffix('_date')}_precision" in declared
            read = read_column(
                cells,
                index,
                declared[column],
                mapped.get(column, AS_IS),
                partial=partial,
                keeps_side=f"{column}_censor" in declared,
                unit=raw.get(f"__unit__{column}"),
            )
            columns[column], findings = read.column, read.findings
            columns.update(read.beside)
        found += findings
    rows = pd.DataFrame(columns, index=index)
    if name == "labs":
        rows, more = labs.read_results(study, rows, raw, mapped)
        found += more
    return rows, pd.concat([*found, *_declared_doubts(rows, mapped)])


def _identifier(raw: Raw, index, column: str, mapping) -> tuple[pd.Series, list[pd.DataFrame]]:
    """Subject and visit ids: one spelling, so that rows of one subject meet."""
    if mapping is not None and mapping.codes:
        read = read_column(raw, index, Column(column, "str", column), mapping)
        return read.column, read.findings
    words: list[str | None] = []
    found = []
    for part in raw.parts:
        spelt, reasons = read_words(part)
        words += [None if n in reasons else str(word).upper() for n, word in enumerate(spelt)]
        found.append(formula_items(part, reasons))
    places, texts = raw.places(), np.concatenate([part.cells.texts for part in raw.parts])
    values = pd.array(words, dtype="string")
    column_of_ids = pd.Series(values.take(places), index=index)
    items = joined_items(raw.parts, found)
    if column == "subject_id":
        pairs = enumerate(zip(words, texts))
        items += [Item(n, "K7", word) for n, (word, text) in pairs if word and word != str(text).strip()]
    return column_of_ids, emit(places, texts, index, column, items)


def _declared_doubts(rows: pd.DataFrame, mapped) -> list[pd.DataFrame]:
    """One finding per column that the study file declares doubtful, on no row in particular."""
    doubts = [(name, mapping.doubt) for name, mapping in mapped.items() if mapping.doubt]
    return [rules.finding(pd.Index([NO_ROW]), name, "C2", "", "", text) for name, text in doubts if len(rows)]


def _repeated_rows_agree(table: Table, block, judge: Judge, chosen: Chosen) -> Table:
    """Where rows repeat what belongs to the subject, note subjects whose rows disagree: value against value."""
    once = block.rows.once_per
    if not once:
        return table
    groups, found = judge.export.grouped(once), []
    for name, mapping in block.mapped().items():
        if mapping.column and mapping.column not in once:
            part = judge.mapped(mapping)
            places = pd.Series(np.where(part.held(), part.cells.places, np.nan))
            differ = places.groupby(groups).transform("nunique").to_numpy()[chosen.rows] > 1
            hit = table.rows.index[differ[: len(table.rows)]]
            found.append(rules.finding(hit, name, "K8", ""))
    return table.with_findings(*found)


def _without_subject(table: Table) -> Table:
    """Set aside rows that name no subject."""
    nobody = table.rows.index[table.rows["subject_id"].isna()]
    return table.set_aside(nobody, "no subject id", rules.finding(nobody, "subject_id", "K5", ""))


def _below(export: Export, index: pd.Index, chosen: Chosen, times: int) -> pd.Index:
    """The last rows of a source, in which one cell alone holds anything: a remark stands there, or an id."""
    filled = np.sum([~cells.blank() for cells in export.columns.values()], axis=0)
    more = np.flatnonzero(filled > 1)
    last = int(more[-1]) if len(more) else len(filled)
    return index[np.tile(chosen.rows > last, times)] if len(export.columns) > 1 else index[:0]


def _shape(text: str) -> str:
    """What an id looks like: letters and digits by their kind, signs and blanks as they are."""
    return re.sub(r"[^\W\d]+", "A", re.sub(r"\d+", "9", text))


def _unlike_the_others(ids: pd.Series, below: pd.Index) -> set[str]:
    """The ids of the last rows that look like none of those above."""
    last = ids.reindex(below).dropna()
    if last.empty:
        return set()
    shapes = set(map(_shape, ids.drop(index=below, errors="ignore").dropna().unique()))
    return {text for text in last if _shape(text) not in shapes}


def _with_id(study, table: Table, below: pd.Index) -> Table:
    """Set aside rows whose id is none of this study: too long, not of the pattern, or a total or a remark."""
    ids = table.rows["subject_id"]
    known = pd.Series(ids.unique()).dropna()
    long = known[known.str.len().gt(LONGEST_ID).to_numpy(dtype=bool)]
    table = _none_of_the_study(table, long, f"is longer than an id can be, which is {LONGEST_ID} characters")
    known = known[~known.isin(long)]
    if study.id_pattern:
        pattern = re.compile(study.id_pattern, re.IGNORECASE)
        strange = known[[pattern.fullmatch(text) is None for text in known.tolist()]]
        message = f"does not fit id_pattern: {study.id_pattern}"
    else:
        words = known[known.str.contains(WORDS, regex=True).to_numpy(dtype=bool)]
        remarks_below = _unlike_the_others(ids, below)
        found = [TOTALS.fullmatch(text) is not None for text in words.tolist()]
        strange = pd.concat([words[found], known[known.isin(remarks_below)]]).drop_duplicates()
        others = known[~known.isin([*strange, COUNT])]
        if len(others) and others.str.contains(r"\d").all():
            strange = pd.concat([strange, known[known.eq(COUNT)]])
        message = "looks like a total, a signature or a remark below the table; ids are told by `id_pattern:`"
    return _none_of_the_study(table, strange, message)


def _none_of_the_study(table: Table, strange: pd.Series, message: str) -> Table:
    """Set aside the rows of these ids; the log shows their beginnings."""
    if not len(strange):
        return table
    ids = table.rows["subject_id"]
    rows = table.rows.index[ids.isin(strange).to_numpy()]
    shown = ids[rows].str.replace(r"(?<=[:：]).*", "…", regex=True)  # a signature is a person's name
    shown = shown.str.replace(r"^(\w+ \w+) .*", r"\1 …", regex=True)  # and a remark may hold one
    shown = shown.str.replace(r"(?s)^(.{40}).{20,}$", r"\1 …", regex=True)
    about = table.findings.index.isin(rows) & table.findings["variable"].eq("subject_id")
    table = replace(
        table, rows=table.rows.assign(subject_id=ids.mask(ids.isin(strange))), findings=table.findings[~about]
    )
    return table.set_aside(rows, NO_ID, rules.finding(rows, "subject_id", "K10", shown.array, "", message))


def _without_analyte(study, table: Table) -> Table:
    """Set aside results of an analyte nobody declared."""
    if table.name != "labs":
        return table
    analyte = table.rows["analyte"]
    unknown = table.rows.index[~analyte.isin(list(labs.analytes(study)))]
    raw = analyte[unknown].fillna("")
    return table.set_aside(unknown, "unknown analyte", rules.finding(unknown, "analyte", "U4", raw))
