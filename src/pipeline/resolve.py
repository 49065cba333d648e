"""The parameters of a report as resolved: study file, report file and criteria checked, defaults filled in.

Checking a study file takes a second; the outcome is kept in build/state/ and used again while neither the files nor
the code that checks them has changed. What is kept is read with suspicion: unreadable, it is made anew.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pipeline.files import read_json, write_whole
from pipeline.project import as_json
from pipeline.reach import Code, digest_of


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the plan needs to know of one report.

    Attributes
    ----------
    study, analysis, criteria : dict
        Contents of study.yml, of interim.yml or final.yml, and of the list of criteria, defaults filled in.
    assurance : list of str
        The worked cases that the criteria are tried on, relative to the project.
    """

    study: dict
    analysis: dict
    criteria: dict
    assurance: list[str]

    @property
    def live(self) -> list[dict]:
        """The sources that can change without any file changing: databases and REDCap's API."""
        return [source for source in self.study["sources"] if source["type"] in ("sql", "redcap_api")]

    @property
    def notebooks(self) -> list[str]:
        """The notebooks of the report, in their order."""
        return [entry["name"] for entry in self.analysis["notebooks"]]


def resolve(root: Path, study: str, report: str, *, code: Code, kept: Path | None) -> Resolved:
    """Read and check the files of one report.

    Parameters
    ----------
    root : Path
        A checkout, or the snapshot of one.
    study, report : str
        Folder in ``params/``; interim or final.
    code : Code
        The project's code: what was resolved by other code is resolved again.
    kept : Path, optional
        The folder of what is kept.

    Raises
    ------
    StudyFileError
        With every problem: file, line, what, the nearest valid name.
    """
    files = sorted((root / "params" / study).glob("*.yml"))
    key = sha256(
        digest_of(code.reach(["pipeline.resolve", "studies"])).encode()
        + b"".join(file.name.encode() + file.read_bytes() for file in files)
    ).hexdigest()
    file = kept and kept / f"resolved-{study}-{report}.json"
    content = (read_json(file) or {}) if file else {}
    if content.pop("key", None) == key and content.keys() == set(Resolved.__slots__):
        return Resolved(**content)
    found = _read(root, study, report)
    if file:
        write_whole(
            file, as_json({"key": key, **{name: getattr(found, name) for name in Resolved.__slots__}})
        )
    return found


def _read(root: Path, study: str, report: str) -> Resolved:
    from analysis import read

    folder = root / "params" / study
    content = read.study(folder / "study.yml")
    analysis = read.analysis(folder / f"{report}.yml", content)
    assurance = read.assurance_files(root) if content.eligibility else []
    return Resolved(
        study=content.model_dump(mode="json", by_alias=True),
        analysis=analysis.model_dump(mode="json", by_alias=True),
        criteria=read.criteria(folder / content.eligibility, study=content) if content.eligibility else {},
        assurance=[file.relative_to(root).as_posix() for file in assurance],
    )
