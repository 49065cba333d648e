"""`study share`: a report made anew for its readers, looked through, and written; or why it cannot be.

A release is rendered again from results that may be told (`protect`), not from the page with things cut out. What is
written is then searched, byte by byte, for the values of the run it was made from (`scan`). Nothing is cleared when
the run, its data or its sources are no longer at hand.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.project import Project, UserError
from pipeline.share import approval, memory, record, release
from pipeline.share.page import pieces_of
from pipeline.share.profiles import PROFILES, Profile, profile_of
from pipeline.share.scan import Finding, leaks, listed
from pipeline.share.values import declared_by, own_values
from pipeline.sites import flat, site_in

__all__ = ["PROFILES", "Finding", "Profile", "Shared", "listed", "profile_of", "share"]

NAMES = {"html": "html", "docx": "docx", "pdf": "pdf"}


@dataclass(frozen=True, slots=True)
class Shared:
    """What became of a request to share.

    Attributes
    ----------
    findings : list of Finding
        What keeps the report from being released; empty where it was written.
    skipped : dict of str to int
        By kind, how many of the study's values are too short to be looked for.
    files : list of Path
        What was written.
    suppressed : dict of str to int
        How many results are not told, by reason.
    left_out : list of (str, str)
        Tables and figures that were left out, and why.
    passphrase : str or None
        What opens the files, where they are encrypted and nobody gave one.
    """

    findings: list[Finding]
    skipped: dict[str, int]
    files: list[Path] = field(default_factory=list)
    suppressed: dict[str, int] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    passphrase: str | None = None


def share(
    project: Project,
    study: str,
    report: str,
    *,
    profile: Profile,
    to: Path,
    formats: tuple[str, ...] = ("html",),
    passphrases: list[str] | None = None,
    recipient: str = "",
    by: str = "",
    settings: Any = None,
) -> Shared:
    """Release a published report under a profile.

    Parameters
    ----------
    project : Project
    study, report : str
        A published report.
    profile : Profile
    to : Path
        The folder to write to.
    formats : tuple of str
        html, docx, pdf.
    passphrases : list of str, optional
        Encrypt the page so that each of these opens it; an empty list asks for one to be made.
    recipient, by : str
        To whom it goes, and who releases it, for the record.
    settings : analysis.study.sections.Share, optional
        `share` of the study file.

    Raises
    ------
    UserError
        If the run is not at hand, the text states counts that are no results, an earlier release has told what this
        profile suppresses, the records of releases do not fit, or an approval is missing.
    """
    run = release.run_of(project, study, report)
    manifest = (project.site / study / report / "manifest.json").read_text(encoding="utf-8")
    values = own_values(project, run, said=manifest)
    rows = release.results_of(run)
    known = _remembered(project, study, rows, profile, site_in(report))
    declared = declared_by(project.root, study)
    with release.temporary() as folder:
        made = release.make(
            project,
            run,
            profile,
            formats=list(formats),
            subjects=values.subjects,
            known=known,
            folder=Path(folder),
        )
        found = []
        for file in made.files.values():
            parts = pieces_of(file.read_bytes(), file.name)
            found += leaks(parts, values, allowed=profile.allowed, declared=declared)
        outcome = {
            "skipped": values.skipped,
            "suppressed": made.suppressed(),
            "left_out": made.left_out,
        }
        if found:
            return Shared(found, **outcome)  # type: ignore[arg-type]
        approved = None
        if approval.is_asked(settings, profile):
            made.files, approved = approval.reviewed(
                project, study, report, profile, made.files, by=by, page=manifest
            )
        record.signed(project, study, {})  # who cannot sign is told before anything is written
        files, secret = _written(made.files, to, f"{study}-{flat(report)}-{profile.name}", passphrases)
    told = made.released.told() if profile.protects else {}
    record.keep(
        project,
        study=study,
        report=report,
        profile=profile,
        files=files,
        told=told,
        why=made.released.why,
        known=memory.known_by_readers(rows, made.released, profile),
        approval=approved,
        recipient=recipient,
        by=by,
        manifest=manifest,
        encrypted=passphrases is not None,
    )
    return Shared([], files=files, passphrase=secret, **outcome)  # type: ignore[arg-type]


def _remembered(project: Project, study: str, rows: list[dict], profile: Profile, site: str) -> memory.Memory:
    """What earlier releases mean for this one.

    Raises
    ------
    UserError
        If a record is missing or was changed, or an earlier release has told what this profile suppresses.
    """
    if wrong := list(record.faults(project, study)):
        raise UserError(
            "what was released before cannot be relied on, so that nothing is released now:\n  "
            + "\n  ".join(wrong)
        )
    known = memory.remembered(rows, profile, record.of_study(project, study), site=site)
    if known.contradicted:
        more = len(known.contradicted) - 5
        raise UserError(
            f"{len(known.contradicted)} counts cannot be held back any more, for with what was released before they "
            f"would say what they are; release under the profile of that release instead:\n  "
            + "\n  ".join(known.contradicted[:5])
            + (f"\n  and {more} more" if more > 0 else "")
        )
    return known


def _written(
    made: dict[str, Path], to: Path, stem: str, passphrases: list[str] | None
) -> tuple[list[Path], str | None]:
    """The files in their place, encrypted if that is asked for, and the passphrase that was made for them."""
    from pipeline.share import envelope

    to.mkdir(parents=True, exist_ok=True)
    secret = None
    if passphrases is not None and not passphrases:
        secret = envelope.new_passphrase()
    keys = passphrases or ([secret] if secret else None)
    files = []
    for kind, source in made.items():
        content = source.read_bytes()
        name = f"{stem}.{NAMES[kind]}"
        if keys:
            content, name = envelope.wrap(content, name, keys).encode("utf-8"), f"{name}.encrypted.html"
        partial = to / f".{name}.partial"
        partial.write_bytes(content)
        files.append(partial.replace(to / name))
    return files, secret
