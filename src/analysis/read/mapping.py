"""From a source's rows of text to the rows and raw columns of a tidy table, as the study file maps them."""

import fnmatch
from dataclasses import dataclass, field, replace

import pandas as pd

from analysis.columns import nearest
from analysis.read.sources import ROW
from analysis.read.text import same_code

UID = "__uid__"  # names a row of a source in findings and in the row accounting


@dataclass(slots=True)
class Chosen:
    """The rows of a block, and how many rows were set aside for which reason."""

    rows: pd.DataFrame
    read: int
    aside: dict[str, int] = field(default_factory=dict)

    def keep(self, keep: pd.Series, reason: str) -> "Chosen":
        """Set the other rows aside for a reason."""
        dropped = int((~keep).sum())
        aside = {**self.aside, reason: self.aside.get(reason, 0) + dropped} if dropped else self.aside
        return replace(self, rows=self.rows[keep], aside=aside)


def codes(cells: pd.Series) -> pd.Series:
    """Cells as they are looked up; each distinct text is brought into form once."""
    places, texts = pd.factorize(cells.astype("string").fillna(""))
    return pd.Series(
        pd.array([same_code(text) for text in texts], dtype="string").take(places), index=cells.index
    )


def mapping_findings(study, frames: dict[str, pd.DataFrame]) -> list:
    """Source columns that the study file names and the source does not have."""
    problems = []
    for table, blocks in study.tables.items():
        for n, block in enumerate(blocks):
            if block.from_ in frames:
                known = [name for name in frames[block.from_].columns if name != ROW]
                place = ("tables", table, n)
                problems += [
                    study.problem((*place, *key), text) for key, text in _unknown(block, study, known)
                ]
    return problems


def _unknown(block, study, known: list[str]):
    """Each column a block asks for that its source lacks."""
    wanted: list[tuple[tuple, str]] = []
    for name, mapping in block.mapped().items():
        wanted += [(("columns", name), column) for column in mapping.source_columns()]
        for pattern in (mapping.count, mapping.unless_ticked):
            if pattern and not fnmatch.filter(known, pattern):
                yield ("columns", name), f"no column of source '{block.from_}' matches '{pattern}'"
    for analyte, result in block.results.items():
        columns = (
            result.column,
            result.unit_column,
            result.lln_column,
            result.uln_column,
            result.date_column,
        )
        wanted += [(("results", analyte), column) for column in columns if column]
    rows = block.rows
    wanted += [(("rows", "events"), rows.event_column)] if rows.events else []
    wanted += [(("rows", "once_per"), column) for column in rows.once_per or []]
    wanted += [(("rows", "instance_column"), rows.instance_column)] if rows.instance_column else []
    wanted += [(("rows", "leave_out"), condition.column) for condition in rows.leave_out]
    if rows.instrument is not None:
        wanted.append((("rows", "instrument"), "redcap_repeat_instrument"))
    for key, column in wanted:
        if column not in known:
            yield key, f"source '{block.from_}' has no column '{column}'{nearest(column, known)}"


def choose_rows(frame: pd.DataFrame, block) -> Chosen:
    """The source rows that make rows of the table, the others counted with their reason."""
    chosen, rows = Chosen(frame, len(frame)), block.rows
    if rows.instrument is not None:
        there = frame["redcap_repeat_instrument"].fillna("").eq(rows.instrument)
        chosen = chosen.keep(there, "belongs to another form")
    for condition in rows.leave_out:
        values = codes(chosen.rows[condition.column])
        inside = values.isin([same_code(v) for v in (condition.in_ or condition.not_in)])
        chosen = chosen.keep(~inside if condition.in_ else inside, condition.reason)
    if rows.events:
        events = {same_code(event) for event in rows.events}
        known = codes(chosen.rows[rows.event_column]).isin(events)
        chosen = chosen.keep(known, "belongs to another event")
    if rows.once_per:
        first = ~chosen.rows.duplicated(rows.once_per)
        chosen = chosen.keep(first, "repeats what another row of the subject gives")
    return chosen


def raw_columns(chosen: pd.DataFrame, block) -> dict[str, pd.Series]:
    """The raw cells of every mapped tidy column."""
    return {name: _raw(chosen, mapping) for name, mapping in block.mapped().items()}


def _raw(frame: pd.DataFrame, mapping) -> pd.Series:
    """The raw cells of one tidy column."""
    if mapping.value is not None:
        cells = pd.Series(mapping.value, index=frame.index, dtype="string")
    elif mapping.column is not None:
        cells = frame[mapping.column].astype("string").fillna("")
    elif mapping.all_of is not None:
        parts = frame[mapping.all_of].astype("string").fillna("")
        joined = parts.iloc[:, 0].str.cat([parts[name] for name in mapping.all_of[1:]], sep="-")
        cells = joined.where(parts.ne("").all(axis=1), "")
    elif mapping.row_number:
        cells = frame[ROW].astype("string")
    elif mapping.first_of is not None:
        cells = (
            frame[mapping.first_of].astype("string").replace("", pd.NA).bfill(axis=1).iloc[:, 0].fillna("")
        )
    else:
        cells = _ticked(frame, mapping.count)
        if mapping.unless_ticked is not None:
            cells = cells.where(_ticked(frame, mapping.unless_ticked).eq("0"), "")
    if mapping.answered_if is not None:
        answered = codes(frame[mapping.answered_if.column])
        cells = cells.where(answered.isin([same_code(v) for v in mapping.answered_if.in_]), "")
    return cells


def _ticked(frame: pd.DataFrame, pattern: str) -> pd.Series:
    """How many boxes of a group are ticked; empty where any box is neither ticked nor unticked."""
    boxes = frame[fnmatch.filter(frame.columns, pattern)]
    cells = codes(pd.Series(boxes.to_numpy(dtype=object).ravel()))
    ticked, unticked = (
        cells.isin(words).to_numpy().reshape(boxes.shape) for words in (["1", "checked"], ["0", "unchecked"])
    )
    number = pd.Series(ticked.sum(axis=1), index=frame.index).astype("string")
    return number.where((ticked | unticked).all(axis=1), "")


def visit_of_event(chosen: pd.DataFrame, block) -> pd.Series | None:
    """The visit each row belongs to by its event; unscheduled visits numbered by their instance."""
    rows = block.rows
    if not rows.events:
        return None
    visits = {same_code(event): visit for event, visit in rows.events.items()}
    visit = codes(chosen[rows.event_column]).map(visits).astype("string")
    if rows.instance_column:
        number = chosen[rows.instance_column].astype("string").fillna("")
        visit = visit.where(visit.ne("UNS") | number.eq(""), visit + "-" + number)
    return visit
