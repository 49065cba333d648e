"""Releases on record: what went to whom under which profile, what was held back, and the release before it.

``releases/<study>/NNNN.json`` is written once. Each record names the hash of the one before it, so that a record taken
away or changed is seen, and is signed as locks are where the study has a key (`pipeline.seal`). What was told is kept
by id, for a later release must not give away by its difference what this one held back (`pipeline.share.memory`).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline import seal
from pipeline.files import read_json
from pipeline.project import Project, as_json, sha256
from pipeline.share.profiles import Profile


def folder_of(project: Project, study: str) -> Path:
    """Where the records of a study are."""
    return project.root / "releases" / study


def files_of(project: Project, study: str) -> list[Path]:
    """The files of the records of a study, oldest first."""
    return sorted(folder_of(project, study).glob("[0-9][0-9][0-9][0-9].json"))


def of_study(project: Project, study: str) -> list[dict]:
    """The records of a study that can be read, oldest first; `faults` tells of the others."""
    return [content for file in files_of(project, study) if (content := read_json(file)) is not None]


def keep(
    project: Project,
    *,
    study: str,
    report: str,
    profile: Profile,
    files: Sequence[Path],
    told: Mapping[str, float],
    why: Mapping[str, str],
    known: Mapping,
    recipient: str,
    by: str,
    manifest: str,
    encrypted: bool,
    approval: Mapping | None,
) -> Path:
    """Write the record of a release, signed where the study has a key; its file."""
    folder = folder_of(project, study)
    folder.mkdir(parents=True, exist_ok=True)
    before = files_of(project, study)
    number = 1 + (int(before[-1].stem) if before else 0)
    content = {
        "number": number,
        "study": study,
        "report": report,
        "profile": profile.name,
        "smallest": profile.smallest if profile.protects else None,
        "multiple": profile.multiple,
        "released_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "to": recipient,
        "by": by,
        "approval": approval,
        "encrypted": encrypted,
        "page": hashlib.sha256(manifest.encode()).hexdigest(),
        "files": {file.name: sha256(file) for file in files},
        "told": dict(told),
        "suppressed": dict(why),
        **known,
        "previous": sha256(before[-1]) if before else None,
    }
    file = folder / f"{number:04d}.json"
    text = as_json(signed(project, study, content))
    with file.open("x", encoding="utf-8") as stream:
        stream.write(text)
    file.chmod(0o444)
    return file


def signed(project: Project, study: str, content: dict) -> dict:
    """A record with its signature, where the study signs."""
    if not seal.is_signing(project, study):
        return content
    return {**content, "signature": seal.sign(_message(content), study)}


def _message(content: Mapping) -> bytes:
    """What of a record is signed: all of it."""
    unsigned = {key: value for key, value in content.items() if key != "signature"}
    return b"release\n" + json.dumps(unsigned, sort_keys=True, ensure_ascii=False).encode()


def is_confirmed(project: Project, study: str, content: Mapping) -> bool:
    """Whether a record has the signature that the study asks for; none is asked for where it has no key."""
    public = project.root / "params" / study / seal.PUBLIC
    return not public.is_file() or seal.confirms(public, _message(content), content.get("signature"))


def faults(project: Project, study: str, *, files: Path | None = None) -> Iterator[str]:
    """What does not fit in the records of a study: a gap, a changed record, a file that is not the one released."""
    previous = None
    for place, file in enumerate(files_of(project, study), start=1):
        name = f"release {file.stem}"
        content = read_json(file)
        if content is None or not {"number", "previous", "files"} <= content.keys():
            yield f"{name} cannot be read"
        else:
            if content["number"] != place or file.stem != f"{place:04d}":
                yield f"release {place:04d} is missing"
                return
            if content["previous"] != previous:
                yield f"{name}: the record before it was changed"
            if not is_confirmed(project, study, content):
                yield f"{name}: its signature is not confirmed by params/{study}/{seal.PUBLIC}"
            yield from _changed_files(name, content, files)
        previous = sha256(file)


def _changed_files(name: str, content: Mapping, files: Path | None) -> Iterator[str]:
    for released, digest in content["files"].items():
        if files and (files / released).is_file() and sha256(files / released) != digest:
            yield f"{name}: {released} is not the file that was released"
