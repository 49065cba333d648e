"""The parameters of a report as resolved: study file, report file and criteria checked, defaults filled in.

Checking a study file takes a second; the outcome is kept in build/state/ and used again while neither the files nor
the code that checks them has changed.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pipeline.project import Project, as_json, write_if_changed


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the plan needs to know of one report.

    Attributes
    ----------
    study, analysis, criteria : dict
        Contents of study.yml, of interim.yml or final.yml, and of the list of criteria, defaults filled in.
    sources : list of str
        Files the study is read from, relative to the project where they lie in it.
    live : bool
        Whether a source can change without any file changing.
    """

    study: dict
    analysis: dict
    criteria: dict
    sources: list[str]
    live: bool


def resolve(project: Project, study: str, report: str, *, code: str) -> Resolved:
    """Read and check the files of one report.

    Parameters
    ----------
    project : Project
    study, report : str
        Folder in ``params/``; interim or final.
    code : str
        Digest of the helper's code.

    Raises
    ------
    StudyFileError
        With every problem: file, line, what, the nearest valid name.
    """
    files = sorted((project.root / "params" / study).glob("*.yml"))
    key = sha256(
        code.encode() + b"".join(file.name.encode() + file.read_bytes() for file in files)
    ).hexdigest()
    kept = project.build / "state" / f"resolved-{study}-{report}.json"
    if kept.is_file():
        content = json.loads(kept.read_text(encoding="utf-8"))
        if content.pop("key") == key:
            return Resolved(**content)
    found = _read(project, study, report)
    write_if_changed(
        kept, as_json({"key": key, **{name: getattr(found, name) for name in Resolved.__slots__}})
    )
    return found


def _read(project: Project, study: str, report: str) -> Resolved:
    from analysis import read

    folder = project.root / "params" / study
    content = read.study(folder / "study.yml")
    analysis = read.analysis(folder / f"{report}.yml", content)
    files = [*read.source_files(content, project.root)]
    if content.eligibility:
        files += read.assurance_files(project.root)
    return Resolved(
        study=content.model_dump(mode="json", by_alias=True),
        analysis=analysis.model_dump(mode="json", by_alias=True),
        criteria=read.criteria(folder / content.eligibility, study=content) if content.eligibility else {},
        sources=[_relative(file, project.root) for file in files],
        live=bool(read.live_sources(content)),
    )


def _relative(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
