"""Both studies, from the drawn patients to the bytes of every file."""

from pathlib import Path

from generate import dm_build, dm_dirty, dm_schema, ra_build, ra_dirty, ra_schema
from generate.dictionary import dictionary_rows
from generate.write import csv_bytes, plain_csv_bytes, workbook_bytes, write_study

TITLES = {
    "ra_cohort": "难治性类风湿关节炎队列 用药记录（示例数据）",
    "dm_abatacept": "阿巴西普治疗难治性皮肌炎 用药记录（示例数据）",
}


def study_files(name, schema, build, soil) -> dict[str, bytes]:
    """Every generated file of a study, as bytes."""
    tables, spared = build.build()
    dirt = soil(build.SEED, tables, spared)
    files = {source.file: _export(name, source, tables[source.file]) for source in schema.SOURCES}
    listing = [["file", "row_is", "encoding", "rows", "columns"]] + [
        [source.file, source.row_is, source.encoding, len(tables[source.file]), len(source.columns)]
        for source in schema.SOURCES
    ]
    files["data_dictionary.csv"] = plain_csv_bytes(dictionary_rows(schema.SOURCES))
    files["files.csv"] = plain_csv_bytes(listing)
    files["truth_subjects.csv"] = plain_csv_bytes(build.truth())
    files["dirty_cells.csv"] = plain_csv_bytes(dirt.listing())
    return files


def _export(name, source, rows) -> bytes:
    if source.file.endswith(".xlsx"):
        return workbook_bytes(TITLES[name], source.header, rows)
    return csv_bytes(source.header, rows, source.encoding)


def all_files() -> dict[str, dict[str, bytes]]:
    """Study to file name to bytes."""
    return {
        "dm_abatacept": study_files("dm_abatacept", dm_schema, dm_build, dm_dirty.soil),
        "ra_cohort": study_files("ra_cohort", ra_schema, ra_build, ra_dirty.soil),
    }


def write_all(target: Path) -> None:
    """Write both studies below `target`."""
    for study, files in all_files().items():
        write_study(target / study, files)
