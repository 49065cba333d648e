"""Releases on record: what went to whom under which profile, what was held back, and the release before it.

``releases/<study>/NNNN.json`` is written once. Each record names the hash of the one before it, so that a record taken
away or changed is seen; records are not signed. What was told is kept by id and value, for a later release must not
give away by its difference what this one held back.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline.project import Project, UserError, as_json, sha256
from pipeline.share.profiles import Profile


def folder_of(project: Project, study: str) -> Path:
    """Where the records of a study are."""
    return project.root / "releases" / study


def of_study(project: Project, study: str) -> list[dict]:
    """The records of a study, oldest first."""
    files = sorted(folder_of(project, study).glob("[0-9]*.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def keep(
    project: Project,
    *,
    study: str,
    report: str,
    profile: Profile,
    files: Sequence[Path],
    told: Mapping[str, float],
    why: Mapping[str, str],
    recipient: str,
    by: str,
    manifest: str,
    encrypted: bool,
) -> Path:
    """Write the record of a release; its file."""
    folder = folder_of(project, study)
    folder.mkdir(parents=True, exist_ok=True)
    before = sorted(folder.glob("[0-9]*.json"))
    number = 1 + (int(before[-1].stem) if before else 0)
    content = {
        "number": number,
        "study": study,
        "report": report,
        "profile": profile.name,
        "smallest": profile.smallest,
        "multiple": profile.multiple,
        "released_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "to": recipient,
        "by": by,
        "approval": _approval_of(project, study, report, profile, manifest),
        "encrypted": encrypted,
        "page": hashlib.sha256(manifest.encode()).hexdigest(),
        "files": {file.name: sha256(file) for file in files},
        "told": dict(told),
        "suppressed": dict(why),
        "previous": sha256(before[-1]) if before else None,
    }
    file = folder / f"{number:04d}.json"
    with file.open("x", encoding="utf-8") as stream:
        stream.write(as_json(content))
    file.chmod(0o444)
    return file


def faults(project: Project, study: str, *, files: Path | None = None) -> Iterator[str]:
    """What does not fit in the records of a study: a gap, a changed record, a file that is not the one released."""
    previous = None
    for place, file in enumerate(sorted(folder_of(project, study).glob("[0-9]*.json")), start=1):
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["number"] != place or file.stem != f"{place:04d}":
            yield f"release {place:04d} is missing"
            return
        if content["previous"] != previous:
            yield f"release {place:04d}: the record before it was changed"
        for name, digest in content["files"].items():
            if files and (files / name).is_file() and sha256(files / name) != digest:
                yield f"release {place:04d}: {name} is not the file that was released"
        previous = sha256(file)


def differencing(rows: Sequence[Mapping], profile: Profile, earlier: Sequence[Mapping]) -> list[str]:
    """Counts that may not be told because an earlier release told another number so near that the difference is small.

    Parameters
    ----------
    rows : sequence of dict
        The results now.
    profile : Profile
    earlier : sequence of dict
        Records of earlier releases.
    """
    if not profile.protects:
        return []
    found = []
    for row in rows:
        if row.get("kind") not in ("persons", "events") or row["value"] is None:
            continue
        for entry in earlier:
            before, value = entry["told"].get(row["result_id"]), row["value"]
            hidden = entry["suppressed"].get(row["result_id"])
            blurred = profile.multiple > 1 and entry.get("multiple", 1) > 1
            if hidden in ("small count", "leaves a small count") and value >= profile.smallest:
                found.append(row["result_id"])  # what was held back would follow from what is added since
            elif before is not None and not blurred and 0 < abs(before - value) < profile.smallest:
                found.append(row["result_id"])
            elif before is not None and entry.get("multiple", 1) != profile.multiple:
                found.append(row["result_id"])  # two roundings of one number leave fewer numbers possible
    return list(dict.fromkeys(found))


def request_of(project: Project, study: str, report: str) -> Path:
    """The file of an approval."""
    return folder_of(project, study) / f"approval-{report}.json"


def approve(project: Project, study: str, report: str, *, profile: str, by: str, requested_by: str) -> Path:
    """Record that a named person has reviewed a report and approves its release.

    Raises
    ------
    UserError
        If it is the person who asks for the release, or somebody nameless.
    """
    if not by.strip() or not requested_by.strip():
        raise UserError("an approval needs two names: who asks (--requested-by) and who approves (--by)")
    if by.strip().casefold() == requested_by.strip().casefold():
        raise UserError(f"{by} asks for the release; another person must approve it")
    manifest = (project.site / study / report / "manifest.json").read_text(encoding="utf-8")
    content = {
        "report": report,
        "profile": profile,
        "by": by.strip(),
        "requested_by": requested_by.strip(),
        "approved_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "page": hashlib.sha256(manifest.encode()).hexdigest(),
    }
    file = request_of(project, study, report)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(as_json(content), encoding="utf-8")
    return file


def _approval_of(project: Project, study: str, report: str, profile: Profile, manifest: str) -> dict | None:
    """The approval of this very page for this profile, if there is one."""
    file = request_of(project, study, report)
    if not file.is_file():
        return None
    content = json.loads(file.read_text(encoding="utf-8"))
    same = (
        content["page"] == hashlib.sha256(manifest.encode()).hexdigest()
        and content["profile"] == profile.name
    )
    return content if same else None


def require_approval(project: Project, study: str, report: str, profile: Profile, manifest: str) -> None:
    """Stop where the study asks for another person's approval and there is none for this page and profile.

    Raises
    ------
    UserError
        How to get it.
    """
    asked = (project.root / "params" / study / "release.yml").is_file() or os.environ.get(
        "STUDY_APPROVAL"
    ) == "1"
    if asked and profile.protects and _approval_of(project, study, report, profile, manifest) is None:
        raise UserError(
            f"a release of {study}/{report} needs the approval of another person: "
            f"study approve {study} --report {report} --policy {profile.name} --by NAME --requested-by NAME"
        )
