"""From exports to tidy tables: the only part of `analysis` that touches files.

study = read.study("params/ra_cohort/study.yml")
outcome = read.tables(study, root=Path("."), as_of=date(2024, 6, 30))
outcome.tables["visits"], outcome.queries, outcome.accounting, outcome.files
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.read.criteria import assurance_cases, assurance_files, criteria
from analysis.read.report_data import prepared

if TYPE_CHECKING:
    import pandas as pd

    from analysis.read.outcome import ReadOutcome
    from analysis.study import Analysis, Study
    from analysis.study.brand import Brand

__all__ = [
    "analysis",
    "assurance_cases",
    "assurance_files",
    "brand",
    "criteria",
    "prepared",
    "source_files",
    "study",
    "tables",
]


def study(path: Path) -> "Study":
    """Read and check a study file (study.yml).

    Raises
    ------
    StudyFileError
        A ValueError that lists every problem: file, line, key, what is wrong, the nearest valid name.
    """
    from analysis.study import load_study

    return load_study(Path(path))


def analysis(path: Path, study: "Study") -> "Analysis":
    """Read and check the file of a report (interim.yml, final.yml) against its study.

    Raises
    ------
    StudyFileError
        As `study`.
    """
    from analysis.study import load_analysis

    return load_analysis(Path(path), study)


def brand(root: Path) -> "Brand":
    """Read and check the look of the house, ``_brand.yml`` at the top of a project; without it, the project's own.

    Raises
    ------
    StudyFileError
        As `study`.
    """
    from analysis.study import load_brand

    return load_brand(Path(root))


def source_files(study: "Study", root: Path) -> list[Path]:
    """The files a study is read from, without reading them; databases and REDCap's API have none."""
    from analysis.read.locate import source_file

    files = (source_file(source, Path(root)) for source in study.sources)
    return [file for file in files if file is not None]


def tables(
    study: "Study", *, root: Path, as_of: date | None = None, through_visit: str | None = None
) -> "ReadOutcome":
    """Read every source of a study into tidy tables.

    Parameters
    ----------
    study : Study
        As returned by `study`.
    root : Path
        The folder that the paths in the study file start from.
    as_of : date, optional
        The data cut: whatever happened after this day is invisible.
    through_visit : str, optional
        For data without dates: planned visits after this one are invisible.

    Returns
    -------
    ReadOutcome
        `tables` (name to DataFrame), `queries` (the query log), `accounting` (rows read, used, set aside) and
        `files` (what was read, with SHA-256).

    Raises
    ------
    StudyFileError
        If sources and mapping do not fit: all unknown columns at once, with line and nearest name.
    """
    from analysis.read.outcome import read_tables

    return read_tables(study, root=Path(root), as_of=as_of, through_visit=through_visit)


def rule_meanings() -> dict[str, str]:
    """What each rule of the query log means, by its id."""
    from analysis.read.rules import RULES

    return {name: rule.meaning for name, rule in RULES.items()}


def with_queries(log: "pd.DataFrame", findings: "pd.DataFrame") -> "pd.DataFrame":
    """The query log with further findings, such as stored scores that differ from recomputed ones (rule S4).

    Parameters
    ----------
    log : DataFrame
        `queries` of a `ReadOutcome`.
    findings : DataFrame
        `table`, `subject_id`, `visit_id`, `variable`, `rule_id`, `raw`, `new`, `source`, `source_row`, `message`.

    Returns
    -------
    DataFrame
        One log, with ids, severity and status, in its stable order.
    """
    import pandas as pd

    from analysis.read.rules import query_log

    return query_log(pd.concat([log, findings], ignore_index=True)) if len(findings) else log
