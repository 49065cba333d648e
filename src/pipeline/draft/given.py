"""What a draft is given: files and REDCap projects as sources, read within limits and laid out in parts."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from analysis.read.raw import Verdict
from pipeline.draft.dictionary import Entry, is_dictionary, of_file, of_redcap
from pipeline.draft.ids import strange_rows, strange_said
from pipeline.draft.layout import File, by_event, lay_out
from pipeline.draft.look import look
from pipeline.draft.names import counted, slug, words
from pipeline.project import Project, UserError

TYPES = {
    **dict.fromkeys((".csv", ".tsv", ".txt", ".dat"), "csv"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"), "excel"),
    **dict.fromkeys((".sas7bdat", ".xpt"), "sas"),
    **dict.fromkeys((".sav", ".zsav", ".por"), "spss"),
    ".dta": "stata",
    ".json": "json",
    ".jsonl": "json",
    ".parquet": "parquet",
}


def sources_of(project: Project, name: str, given: list[str]) -> tuple[list[dict], dict[str, Entry]]:
    """The sources of the study file, and what a dictionary among the files says of their columns."""
    folder = project.root / "data" / name
    folder.mkdir(parents=True)
    found: list[dict] = []
    dictionary: dict[str, Entry] = {}
    for item in given:
        if item.startswith("redcap:"):
            source = _of_redcap_api(item)
            dictionary |= _api_dictionary(source)
            found.append(source)
        elif item.startswith("package:"):
            found.append(
                {
                    "id": _id(item.rpartition("/")[2], found),
                    "type": "package",
                    "dataset": item.removeprefix("package:"),
                }
            )
        else:
            for source in _of_file(project, folder, Path(item), found):
                if entries := _as_dictionary(project, source):
                    dictionary |= entries
                else:
                    found.append(source)
    if not found:
        raise UserError("only a data dictionary was given; name the export, too")
    return found, dictionary


def _id(stem: str, taken: list[dict]) -> str:
    """An id for a source."""
    wanted, number = (slug(stem) or "data")[:30], 1
    ident = wanted
    while ident in {source["id"] for source in taken}:
        number += 1
        ident = f"{wanted}_{number}"
    return ident


def _of_redcap_api(item: str) -> dict:
    """``redcap:URL_VARIABLE:TOKEN_VARIABLE`` as a source."""
    parts = item.split(":")
    if len(parts) != 3 or not all(re.fullmatch(r"\w+", part) for part in parts[1:]):
        raise UserError(
            f"{item!r} names no REDCap project; write redcap:URL_VARIABLE:TOKEN_VARIABLE, the names of the two "
            "environment variables that hold its address and its token"
        )
    return {"id": "redcap", "type": "redcap_api", "url_env": parts[1], "token_env": parts[2], "redcap": True}


def _api_dictionary(source: dict) -> dict[str, Entry]:
    """The data dictionary of a REDCap project, by its API."""
    import os

    import redcap

    address, token = (os.environ.get(source[key], "") for key in ("url_env", "token_env"))
    if not (address and token):
        raise UserError(f"set the environment variables {source['url_env']} and {source['token_env']}")
    try:
        listed = redcap.Project(address, token).export_metadata(format_type="json")
    except Exception as error:  # the message may hold the address: say only what kind of failure it was
        raise UserError(f"REDCap's data dictionary could not be had ({type(error).__name__})") from None
    return of_redcap(pd.DataFrame(listed))


def _of_file(project: Project, folder: Path, file: Path, taken: list[dict]) -> list[dict]:
    """A file, copied into the data of the study; a workbook gives a source per visible sheet with data."""
    if not file.is_file():
        raise UserError(f"there is no file {file}")
    kind = TYPES.get(file.suffix.lower())
    if kind is None:
        raise UserError(
            f"{file.name}: files of the kind {file.suffix or 'without ending'} are not read; {_kinds()}"
        )
    target = folder / file.name
    if file.resolve() != target.resolve():
        shutil.copyfile(file, target)
    path = target.relative_to(project.root).as_posix()
    if kind != "excel":
        return [{"id": _id(file.stem, taken), "type": kind, "path": path}]
    sheets = _within_limits(project, file, lambda: _sheets(file))
    made: list[dict] = []
    for sheet in sheets:
        ident = _id(sheet if len(sheets) > 1 else file.stem, [*taken, *made])
        made.append({"id": ident, "type": kind, "path": path} | ({"sheet": sheet} if len(sheets) > 1 else {}))
    return made


def _kinds() -> str:
    return f"there are {', '.join(sorted(TYPES))}"


def _within_limits(project: Project, file: Path | None, work: Callable[[], Any]) -> Any:
    """Read in a process of its own, within the limits of time, memory and size of a render."""
    from pipeline.children import apart
    from pipeline.operating import operation_of
    from pipeline.workbooks import require_modest

    operation = operation_of(project.root)
    if file:
        require_modest(file, operation, name=file.name)
    return apart(work, about="reading the data", limit=operation.read_limit, memory=operation.memory)


def _sheets(file: Path) -> list[str]:
    """The visible sheets that hold rows below a header."""
    import python_calamine

    from analysis.read.sources.looked_at import look_at

    try:
        look_at(file, "excel")  # what opens a workbook does not come back where memory ends
    except ValueError as error:
        raise UserError(f"{file.name}: {error}") from error
    book = python_calamine.CalamineWorkbook.from_path(str(file))
    visible = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == python_calamine.SheetVisibleEnum.Visible
    ]
    filled = [name for name in visible if len(book.get_sheet_by_name(name).to_python()) > 1]
    if not filled:
        raise UserError(f"{file.name}: no visible sheet holds rows")
    return filled


class _Nobody(NamedTuple):
    """A study file that says nothing yet."""

    missing: tuple[str, ...] = ()
    time_zone: str | None = None


def _read(project: Project, source: dict) -> tuple[pd.DataFrame, dict[str, Verdict]]:
    """The rows of a source as the pipeline reads them, and what it decides for each column, read within limits."""
    file = project.root / source["path"] if "path" in source else None
    return _within_limits(project, file, lambda: _read_here(project, source))


def _read_here(project: Project, source: dict) -> tuple[pd.DataFrame, dict[str, Verdict]]:
    """The rows of a source as the pipeline reads them, and what it decides for each column; no direct identifiers.

    Rows that are no data (the head once more, a table further down) are left out, codes that the file itself declares
    missing are blank, and cells shown as per cent are what is seen.
    """
    import secrets

    from analysis.read.cells import Kind
    from analysis.read.identifiers import PERSON, drop_identifiers
    from analysis.read.locate import SourceError
    from analysis.read.raw import Judge
    from analysis.read.sources import read_source
    from analysis.study.mapping import Source

    described = Source.model_validate(source)
    try:
        export = drop_identifiers(read_source(described, project.root), [], salt=secrets.token_bytes(16))
    except SourceError as error:
        said = str(error).partition(": ")[2] or str(error)
        raise UserError(
            f"{said}. A draft has no keys yet: put the file right (text saved as UTF-8, one table a sheet), or "
            "start from `study new` and name the key"
        ) from error
    judge, rows, verdicts = Judge(_Nobody(), described, export), {}, {}
    for name, cells in export.columns.items():
        if name == PERSON:
            continue
        texts = cells.where(~cells.of(cells.kinds == Kind.MISSING)).shown()
        rows[name] = pd.Series(_as_seen(texts, cells.of(cells.kinds == Kind.PERCENT)), dtype="string")
        verdicts[name] = judge.verdict(cells, export.origin(name))
    frame = pd.DataFrame(rows)
    if export.noise is not None:
        frame = frame[export.noise == ""].reset_index(drop=True)
    return frame, verdicts


def _as_seen(texts, percent):
    """Texts of cells; of those shown as per cent, a hundred times the number."""
    if not percent.any():
        return texts
    return [f"{100 * float(text):.12g}%" if shown else text for text, shown in zip(texts, percent)]


def _as_dictionary(project: Project, source: dict) -> dict[str, Entry]:
    """What a file says if it is a REDCap data dictionary; nothing if it holds data."""
    if source["type"] not in ("csv", "excel"):
        return {}
    rows, _ = _read(project, source)
    return of_redcap(rows) if is_dictionary(rows.columns) else {}


def files_of(project: Project, source: dict, dictionary: dict[str, Entry]) -> list[File]:
    """A source as the parts that are laid out each in its own way."""
    rows, verdicts = _read(project, source)
    about = {name: entry for name, entry in dictionary.items() if name in rows}
    if "path" in source:
        about = {**of_file(project.root / source["path"]), **about}
    for name in [name for name, entry in about.items() if entry.identifier and name in rows]:
        rows = rows.drop(columns=name)
    found = []
    for ident, part, where, renamed in _parts(source, rows):
        file = _laid_out(File(ident, source, part, {}, about, where=where, renamed=renamed), verdicts)
        if strange := strange_rows(file):
            known = file.rows.drop(index=list(strange)).reset_index(drop=True)
            file = _laid_out(File(ident, source, known, {}, about, where=where, renamed=renamed), verdicts)
            said = f"below the table, {counted(len(strange), 'row')} taken for no subject, by the id"
            file.doubts.append(f"{said}: {strange_said(strange)}")
        found += [_laid_out(part, verdicts) for part in parts] if len(parts := by_event(file)) > 1 else [file]
    return found


def _laid_out(file: File, verdicts: dict[str, Verdict]) -> File:
    """The part with its columns looked at and its layout found out."""
    seen = {
        name: look(file.rows[name], **_said_of(file.about.get(name)), verdict=verdicts.get(name, Verdict()))
        for name in file.rows
    }
    file.seen = {name: column for name, column in seen.items() if column.kind != "empty"}
    file.doubts += [
        f"{name}: {doubt}"
        for name, column in seen.items()
        if column.kind == "text"
        for doubt in column.doubts
    ]
    lay_out(file)
    return file


def _said_of(entry: Entry | None) -> dict:
    return {"label": entry.label, "codes": entry.codes, "unit": entry.unit} if entry else {}


def _parts(source: dict, rows: pd.DataFrame):
    """The rows of a source by repeating instrument (REDCap) or by parameter (ADaM): id, rows, keys, names."""
    if "redcap_repeat_instrument" in rows:
        kinds = rows["redcap_repeat_instrument"].fillna("")
        for kind in dict.fromkeys(["", *kinds]):
            part = rows[kinds.eq(kind)].reset_index(drop=True)
            filled = [name for name in part if part[name].ne("").any()]
            if len(part):
                yield kind or source["id"], part[filled], {"instrument": kind}, {}
        return
    parameter = next((name for name in ("PARAMCD", "PARAM") if name in rows), None)
    if parameter is None or "AVAL" not in rows:
        yield source["id"], rows, _without_copies(rows), {}
        return
    named = rows["PARAM"] if "PARAM" in rows else rows[parameter]
    for code in dict.fromkeys(rows[parameter]):
        part = rows[rows[parameter].eq(code)].reset_index(drop=True)
        label = str(named[rows[parameter].eq(code)].iloc[0])
        where = _without_copies(part)
        if len(set(rows[parameter])) > 1:
            other = {"column": parameter, "not_in": [code], "reason": "another parameter"}
            where = {"leave_out": [*where.get("leave_out", []), other]}
        name = slug(str(code))[:30]
        yield name, part, where, {"AVAL": (name, label or words(str(code)))}


def _without_copies(rows: pd.DataFrame) -> dict:
    """ADaM marks rows that were imputed in DTYPE: they are no observations."""
    made = [value for value in dict.fromkeys(rows["DTYPE"]) if value] if "DTYPE" in rows else []
    return {"leave_out": [{"column": "DTYPE", "in": made, "reason": "imputed, not observed"}]} if made else {}
