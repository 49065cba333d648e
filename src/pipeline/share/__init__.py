"""`study share`: one file that is safe to send, or a list of what keeps it from being so.

A gate, not a censor: nothing is removed or rounded. The published page is looked through for the study's own values
and for paths, addresses and tokens; for readers outside the team also for small counts and single patients. Only when
nothing is found is it written. What pixels show is not read: figures are judged by the cell that drew them.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from pipeline.project import Project, UserError, sha256
from pipeline.share.disclosure import POLICIES, Policy, single_patients, small_counts
from pipeline.share.page import pieces
from pipeline.share.scan import Finding, leaks, listed
from pipeline.share.values import own_values

__all__ = ["POLICIES", "Finding", "Shared", "listed", "share"]


@dataclass(frozen=True, slots=True)
class Shared:
    """What became of a request to share.

    Attributes
    ----------
    findings : list of Finding
        What keeps the page from being shared; empty where it was written.
    skipped : dict of str to int
        By kind, how many of the study's values are too short to be looked for.
    file : Path or None
        The written file.
    """

    findings: list[Finding]
    skipped: dict[str, int]
    file: Path | None


def share(project: Project, study: str, report: str, *, policy: Policy, out: Path | None) -> Shared:
    """Write the published page of a report to a file of its own, if the policy allows.

    Parameters
    ----------
    project : Project
    study, report : str
        A published report.
    policy : Policy
        One of `POLICIES`.
    out : Path, optional
        The file to write; ``build/share/<study>-<report>-<policy>.html`` if not given.

    Raises
    ------
    UserError
        If the report is not published, or its files are not those that were published.
    """
    folder = project.site / study / report
    manifest = _as_published(folder, f"{study}/{report}")
    page = (folder / "index.html").read_bytes()
    values = own_values(project, study, said=manifest)
    declared = (project.root / "params" / study / "study.yml").read_text(encoding="utf-8")
    found = leaks(pieces(page), values, allowed=policy.allowed, declared=declared)
    if policy.smallest is not None:
        found += single_patients(page.decode("utf-8"), _notebooks(project, study, report), values.subjects)
        found += small_counts(folder / "results.csv", policy)
    if found:
        return Shared(found, values.skipped, None)
    file = out or project.build / "share" / f"{study}-{report}-{policy.name}.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(file.name + ".partial")
    partial.write_bytes(page)
    partial.replace(file)
    return Shared([], values.skipped, file)


def _as_published(folder: Path, name: str) -> str:
    """The manifest of a report whose files are as they were published."""
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise UserError(f"{name} is not published; run `study render {name.split('/')[0]}` first")
    text = manifest.read_text(encoding="utf-8")
    outputs = json.loads(text)["outputs"]
    for part in ("index.html", "results.csv"):
        if not (folder / part).is_file() or sha256(folder / part) != outputs[part]:
            raise UserError(f"{name}: {part} is not the file that was published; render it again")
    return text


def _notebooks(project: Project, study: str, report: str) -> list[Path]:
    """The notebooks of a report, as they are in the project."""
    from analysis import read

    params = project.root / "params" / study
    analysis = read.analysis(params / f"{report}.yml", read.study(params / "study.yml"))
    return [project.root / "notebooks" / f"{entry.name}.ipynb" for entry in analysis.notebooks]
