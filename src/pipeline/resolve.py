"""The parameters of a report as resolved: study file, report file and criteria checked, defaults filled in.

Checking a study file takes a second; the outcome is kept in build/state/ and used again while neither the files nor
the code that checks them has changed. What is kept is read with suspicion: unreadable, it is made anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

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


def resolve(
    root: Path,
    study: str,
    report: str,
    *,
    code: Code,
    kept: Path | None,
    hashes: Mapping[str, str] | None = None,
) -> Resolved:
    """Read and check the files of one report, every name that its notebooks are given included.

    Parameters
    ----------
    root : Path
        A checkout, or the snapshot of one.
    study, report : str
        Folder in ``params/``; interim or final.
    code : Code
        The project's code: what was resolved by other code is resolved again.
    hashes : mapping of str to str, optional
        SHA-256 of the notebooks, for what is kept, by name (``notebooks/change.ipynb``).
    kept : Path, optional
        The folder of what is kept.

    Raises
    ------
    StudyFileError
        With every problem: file as people know it, line, what, the nearest valid name.
    """
    files = sorted((root / "params" / study).glob("*.yml"))
    key = sha256(
        digest_of(code.reach(["pipeline.resolve", "studies"])).encode()
        + b"".join(file.name.encode() + file.read_bytes() for file in files)
    ).hexdigest()
    file = kept and kept / f"resolved-{study}-{report}.json"
    content = (read_json(file) or {}) if file else {}
    hashes = hashes or {}
    looked_up = content.pop("notebooks", None)
    if content.pop("key", None) == key and content.keys() == set(Resolved.__slots__):
        found = Resolved(**content)
        if looked_up == _hashes(found, hashes):
            return found
    from analysis.study import StudyFileError

    try:
        found = _read(root, study, report)
    except StudyFileError as error:
        problems = [replace(problem, file=_as_known(problem.file, root)) for problem in error.problems]
        raise StudyFileError(problems) from None
    if file:
        parts = {name: getattr(found, name) for name in Resolved.__slots__}
        write_whole(file, as_json({"key": key, "notebooks": _hashes(found, hashes), **parts}))
    return found


def _hashes(found: Resolved, hashes: Mapping[str, str]) -> dict[str, str]:
    """The notebooks of a report that are there, with their hashes."""
    names = [f"notebooks/{name}.ipynb" for name in found.notebooks]
    return {name: hashes[name] for name in names if name in hashes}


def _as_known(file: str, root: Path) -> str:
    """A file of a snapshot by the name that the checkout has for it."""
    return Path(file).relative_to(root).as_posix() if Path(file).is_relative_to(root) else file


def _read(root: Path, study: str, report: str) -> Resolved:
    from analysis import read

    folder = root / "params" / study
    content = read.study(folder / "study.yml")
    analysis = read.analysis(folder / f"{report}.yml", content)
    criteria = read.criteria(folder / content.eligibility, study=content) if content.eligibility else {}
    _look_up(root, folder / f"{report}.yml", analysis, content)
    assurance = read.assurance_files(root) if content.eligibility else []
    return Resolved(
        study=content.model_dump(mode="json", by_alias=True),
        analysis=analysis.model_dump(mode="json", by_alias=True),
        criteria=criteria,
        assurance=[file.relative_to(root).as_posix() for file in assurance],
    )


def _look_up(root: Path, file: Path, analysis: Any, study: Any) -> None:
    """Stop where a notebook is given a parameter that it does not have, or one that names what does not exist.

    A notebook that is not there holds up its own report only, and is told by the plan.
    """
    from analysis.study import StudyFileError
    from analysis.study.document import load
    from pipeline.checks import Notebooks, notebook_findings

    findings = list(notebook_findings(analysis, study, Notebooks(root / "notebooks")))
    document = load(file)
    if wrong := [document.problem(place, text) for place, text in findings if place[-1] != "name"]:
        raise StudyFileError(wrong)
