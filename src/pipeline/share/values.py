"""The study's own values: what must not be found in a page that leaves the house."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.read.locate import kept_rows, source_file
from pipeline.project import Project, UserError, sha256
from pipeline.share.page import plain

if TYPE_CHECKING:
    from analysis.read.cells import Export

CJK = r"[\u3400-\u9fff]"
CODED = ("soc", "pt", "drug", "analyte")  # words of a dictionary, not of a person
VERSION = re.compile(r"(?<![\d.])\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.])")
SIMPLE = re.compile(r"[A-Za-z0-9 _./\n-]*")  # texts that are plain as they stand
ISO_DAY = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class OwnValues:
    """Values to look for, by kind, each with the column it comes from.

    `texts` maps a kind (identifier, subject id, free text, access) to values and their columns; `days` maps days to
    their kind (birth date, date); `skipped` counts values that are too short to tell from ordinary text.
    """

    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    days: dict[date, str] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)

    @property
    def subjects(self) -> set[str]:
        """Every subject id, those too short to look for in running text included."""
        return set(self.texts.get("every subject id", ()))


def own_values(project: Project, run: Path, *, said: str = "", shared: Path | None = None) -> OwnValues:
    """Collect the values of the run that a page was made from: its datasets, and its sources as it read them.

    Parameters
    ----------
    project : Project
    run : Path
        Folder of the run: ``settings.json`` and ``data/``.
    said : str
        What the report says of itself, such as its manifest: days in it are no secret, nor those that a version of a
        program in it could be read as.
    shared : Path, optional
        A folder of the running render for what stands in the sources, which are read once for the reports of all sites.

    Raises
    ------
    UserError
        If a source is no longer at hand as it was read: nobody can tell then what must not be in the page.
    """
    from analysis.read.sources import read_source
    from analysis.study import as_study

    settings = json.loads((run / "settings.json").read_text(encoding="utf-8"))
    study = as_study(settings["study"])
    index = json.loads((run / "data" / "index.json").read_text(encoding="utf-8"))
    names = [name for name in study.table_names() if name in index["datasets"]]
    tables = {name: _what_may_tell(run / "data" / f"{name}.parquet", study.columns(name)) for name in names}
    read = {entry["source"]: entry for entry in index.get("read") or index["files"]}

    def look() -> tuple[dict[str, str], dict[str, str]]:
        exports = {
            source.id: read_source(_as_read(project, source, read[source.id]), project.root)
            for source in study.sources
        }
        return _raw_values(study, exports)

    identifiers, subjects = _once(shared, study.id, look) if shared else look()
    tidy = _named(tables["subjects"]["subject_id"].dropna().unique().tolist(), "subject_id")
    subjects = {**tidy, **{raw: column for raw, column in subjects.items() if raw.upper() not in tidy}}
    raw = {"identifier": identifiers, "subject id": subjects, "free text": _free_texts(study, tables)}
    kept = {kind: {v: c for v, c in found.items() if can_be_told(v)} for kind, found in raw.items()}
    return OwnValues(
        texts={**kept, "access": _secrets(study), "every subject id": subjects},
        days=_days(tables, said={*_days_said(project, study.id), *days_in([said]), *_like_versions(said)}),
        skipped={kind: len(raw[kind]) - len(kept[kind]) for kind in raw if len(raw[kind]) > len(kept[kind])},
    )


def _what_may_tell(file: Path, declared: Mapping):
    """The columns of a dataset in which a patient may be told: ids, days, texts that are not of a list."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = pq.read_schema(file)
    days = {field.name for field in fields if pa.types.is_temporal(field.type)}
    texts = {name for name, column in declared.items() if _is_free(name, column)}
    return pd.read_parquet(file, columns=[n for n in fields.names if n in {"subject_id", *days, *texts}])


def _is_free(name: str, declared) -> bool:
    """Whether anything may be written in a column."""
    return declared.type == "str" and not (name in CODED or declared.key or declared.allowed)


def _once(folder: Path, study: str, look: Callable) -> tuple[dict[str, str], dict[str, str]]:
    """What `look` finds, found once for all who share a folder; it is their owner's alone and goes with the render."""
    from pipeline.files import read_json, write_whole

    file = folder / f"raw-values-{study}.json"
    with (folder / f"raw-values-{study}.lock").open("w") as stream:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX)
        if (found := read_json(file, kind=list)) is None:
            found = list(look())
            write_whole(file, json.dumps(found, ensure_ascii=False))
    return found[0], found[1]


def _as_read(project: Project, source, entry: dict):
    """The source with the file that the run read, wherever it still is."""
    if source.path is None:
        if kept_rows(source, project.root).is_file():
            return source
        if entry.get("sha256") and source.type != "package":
            raise UserError(_gone(source.id, "it is a live source, which may hold other rows by now"))
        return source
    for file in chain([source_file(source, project.root)], _copies(project, source.path)):
        if file is not None and file.is_file() and sha256(file) == entry["sha256"]:
            return source.model_copy(update={"path": file.resolve().as_posix()})
    raise UserError(_gone(source.id, "its file was changed or removed after the report was made"))


def _copies(project: Project, path: str) -> Iterator[Path]:
    """Where the file of a source may be as it was read: in place, with a kept run, with a lock."""
    yield project.root / path
    yield from project.root.glob(f"runs/*/*/*/inputs/{path}")
    yield from project.root.glob(f"build/**/inputs/{path}")
    yield from project.root.glob(f"locks/*/*/sources/{path}")


def _gone(source: str, why: str) -> str:
    return (
        f"source {source} is not at hand as the report read it: {why}. What must not be in the page cannot be looked "
        "for, so that nothing is cleared; render the report again"
    )


def _raw_values(study, exports: Mapping[str, "Export"]) -> tuple[dict[str, str], dict[str, str]]:
    """Identifiers and subject ids as they stand in the sources."""
    from analysis.read.identifiers import is_identifier

    identifiers, subjects = {}, {}
    for source, export in exports.items():
        for column, cells in export.columns.items():
            if is_identifier(column, study.identifiers):
                identifiers |= _named(cells.contents(), f"{source}.{column}")
    for block in (block for blocks in study.tables.values() for block in blocks):
        mapped = block.mapped().get("subject_id")
        if mapped is not None and mapped.column in exports[block.from_]:
            cells = exports[block.from_].columns[mapped.column]
            subjects |= _named(cells.contents(), f"{block.from_}.{mapped.column}")
    return identifiers, subjects


def _named(values: Iterable, name: str) -> dict[str, str]:
    """Values as plain texts, each with the column it comes from."""
    values = [str(value) for value in values]
    if not SIMPLE.fullmatch("\n".join(values)):
        values = [plain(value) for value in values]
    return dict.fromkeys(filter(None, map(str.strip, values)), name)


def _free_texts(study, tables: dict) -> dict[str, str]:
    """Long entries in columns without a list of allowed values that one subject alone has."""
    found = {}
    for name, table in tables.items():
        for column, declared in study.columns(name).items():
            if column not in table or not _is_free(column, declared):
                continue
            owners = table.groupby(column)["subject_id"].nunique() if "subject_id" in table else ()
            single = owners.index[owners == 1] if len(owners) else ()  # type: ignore[index]
            found |= {plain(v).strip(): f"{name}.{column}" for v in single if _is_prose(plain(v))}
    return found


def _is_prose(text: str) -> bool:
    return (len(text) >= 12 and text.count(" ") >= 2) or len(re.findall(CJK, text)) >= 6


def can_be_told(value: str) -> bool:
    """Whether a value, found in a page, is likely to be that value.

    Examples
    --------
    >>> [can_be_told(text) for text in ("张伟", "RA-001", "100234", "Smith", "HA", "302", "无")]
    [True, True, True, True, False, False, False]
    """
    if len(re.findall(CJK, value)) >= 2:
        return True
    return len(value) >= (5 if value.isdigit() else 4)


def _days(tables: dict, *, said: set[date]) -> dict[date, str]:
    """Every day in the tidy tables, birth dates told apart; those that the report's own text states are no secret."""
    import pandas as pd

    found: dict[date, str] = {}
    for table in tables.values():
        for column in table.columns:
            if pd.api.types.is_datetime64_any_dtype(table[column]):
                kind = "birth date" if column == "birth_date" else "date"
                days = {day.date() for day in table[column].dropna()}
                found |= {day: kind for day in days if found.get(day) != "birth date"}
    return {day: kind for day, kind in found.items() if day not in said or kind == "birth date"}


def _days_said(project: Project, name: str) -> set[date]:
    """Days written in the study's parameters and in the text of its reports."""
    folders = [
        project.root / "params" / name,
        project.root / "reports" / name,
        project.root / "reports" / "_parts",
    ]
    files = [file for folder in folders for file in folder.rglob("*") if file.suffix in (".yml", ".qmd")]
    return set(days_in(file.read_text(encoding="utf-8") for file in files))


def declared_by(root: Path, study: str) -> str:
    """What the study's own files and its bibliography say: no secret, wherever it stands."""
    files = [*sorted((root / "params" / study).glob("*.yml")), *(root / "reports").glob("*.bib")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def days_in(texts: Iterable[str]) -> Iterable[date]:
    """The days written as 2025-06-30."""
    for text in texts:
        for match in ISO_DAY.finditer(text):
            try:
                yield date(*map(int, match.groups()))
            except ValueError:
                continue


def _like_versions(said: str) -> set[date]:
    """Days that a version in a manifest could be taken for, such as quarto 1.10.18: they are no secret of this study.

    Examples
    --------
    >>> date(2018, 10, 1) in _like_versions('{"renderer": "quarto 1.10.18"}'), _like_versions('{"numpy": "2.4.6"}')
    (True, set())
    """
    from pipeline.share.days import dates_in

    return {day for version in VERSION.findall(said) for day in dates_in(version)}


def _secrets(study) -> dict[str, str]:
    """Addresses and tokens of live sources, where they are set on this machine; and where this machine's files lie."""
    names = {name for source in study.sources for name in (source.url_env, source.token_env) if name}
    held = {os.environ[name]: name for name in names if os.environ.get(name)}
    return {**held, str(Path.home()): "home folder"} if len(Path.home().parts) > 2 else held
