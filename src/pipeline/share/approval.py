"""Request, review and approval: what another named person has seen is what is released, byte by byte.

Where the study file asks for it (``share: {approval: true}``), the first `study share` lays the files out for review
and records who asks. `study approve` records who approves these files. The next `study share` releases what was
reviewed.
"""

import hashlib
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.files import read_json
from pipeline.project import Project, UserError, as_json, sha256
from pipeline.share import record
from pipeline.share.profiles import NAMES, Profile
from pipeline.sites import flat, words_of

ASKED = "STUDY_APPROVAL"


def is_asked(settings: Any, profile: Profile) -> bool:
    """Whether a release under a profile needs another person: the study asks for it, or STUDY_APPROVAL is 1."""
    asked = bool(settings and settings.approval) or os.environ.get(ASKED) == "1"
    return asked and profile.name != "local"


def review_folder(project: Project, study: str, report: str, profile: str) -> Path:
    """Where the files lie that are to be reviewed."""
    return project.build / "share" / "review" / f"{study}-{flat(report)}-{profile}"


def _file(project: Project, study: str, report: str, profile: str, what: str) -> Path:
    return record.folder_of(project, study) / f"{what}-{flat(report)}-{profile}.json"


def reviewed(
    project: Project,
    study: str,
    report: str,
    profile: Profile,
    made: Mapping[str, Path],
    *,
    by: str,
    page: str,
) -> tuple[dict[str, Path], dict]:
    """The files that were approved, in place of those just made, and the approval.

    Parameters
    ----------
    made : mapping of str to Path
        Files by format, made and searched now.
    by : str
        Who asks for the release.
    page : str
        Manifest of the published report.

    Raises
    ------
    UserError
        Where nobody has approved these files of this page: they are laid out for review.
    """
    folder = review_folder(project, study, report, profile.name)
    approved = read_json(_file(project, study, report, profile.name, "approval")) or {}
    asked = _request(project, study, made, page)
    files = {to: folder / file.name for to, file in made.items()}
    if approved and record.is_confirmed(project, study, approved):
        same = all(approved.get(key) == asked[key] for key in ("page", "previous"))
        whole = all(
            file.is_file() and sha256(file) == approved["files"].get(file.name) for file in files.values()
        )
        if same and whole:
            return files, approved
    if not by.strip():
        raise UserError(f"{study}/{report} is released after approval; say who asks for it: --by NAME")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for to, file in made.items():
        shutil.copyfile(file, files[to])
    request = _file(project, study, report, profile.name, "request")
    request.parent.mkdir(parents=True, exist_ok=True)
    content = {**asked, "report": report, "profile": profile.name, "requested_by": by.strip(), "at": _now()}
    request.write_text(as_json(content), encoding="utf-8")
    raise UserError(
        f"a release of {study}/{report} needs the approval of another person. The files to be reviewed are in "
        f"{folder.relative_to(project.root)}; then: study approve {study} {words_of(report)} --policy {profile.name} "
        "--by NAME, and this command again"
    )


def _request(project: Project, study: str, made: Mapping[str, Path], page: str) -> dict:
    """What an approval is for: these files, of this page, after this last release."""
    before = record.files_of(project, study)
    return {
        "page": hashlib.sha256(page.encode()).hexdigest(),
        "files": {file.name: sha256(file) for file in made.values()},
        "previous": sha256(before[-1]) if before else None,
    }


def asked_under(project: Project, study: str, report: str) -> str:
    """The profile that a release of a report is asked for under; empty where none is.

    Raises
    ------
    UserError
        If it is asked for under several.
    """
    start = f"request-{flat(report)}-"
    files = sorted(record.folder_of(project, study).glob(f"{start}*.json"))
    names = [name for file in files if (name := file.stem.removeprefix(start)) in NAMES]
    if len(names) > 1:
        raise UserError(f"{study}/{report} is asked for under {', '.join(names)}; say which: --policy NAME")
    return names[0] if names else ""


def approve(project: Project, study: str, report: str, *, profile: str, by: str) -> Path:
    """Record that a named person has reviewed the files of a request and approves their release.

    Raises
    ------
    UserError
        If nothing was asked for, the files are not those of the request, or it is the person who asks.
    """
    asked = read_json(_file(project, study, report, profile, "request"))
    if asked is None:
        raise UserError(
            f"nobody has asked for a release of {study}/{report} under {profile}: "
            f"study share {study} {words_of(report)} --policy {profile} --by NAME"
        )
    if not by.strip():
        raise UserError("an approval needs a name: --by NAME")
    if _folded(by) == _folded(asked["requested_by"]):
        raise UserError(f"{by.strip()} asks for the release; another person must approve it")
    folder = review_folder(project, study, report, profile)
    for name, digest in asked["files"].items():
        if not (folder / name).is_file() or sha256(folder / name) != digest:
            raise UserError(
                f"{folder.relative_to(project.root) / name} is not the file of the request; ask again"
            )
    content = {**asked, "by": by.strip(), "approved_at": _now()}
    file = _file(project, study, report, profile, "approval")
    file.write_text(as_json(record.signed(project, study, content)), encoding="utf-8")
    return file


def _folded(name: str) -> str:
    from analysis.escape import plain

    return " ".join(plain(name).casefold().split())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
