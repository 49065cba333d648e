"""Commands about what leaves the house: ``share``, ``approve``, ``releases``, ``open``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipeline.cli.shared import app, err, formats_of, one_of, out
from pipeline.project import REPORTS, Project, UserError, sha256
from pipeline.sites import place_of_site

Name = Annotated[str, typer.Argument(help="A folder in params/.")]
Report = Annotated[str, typer.Option(help="interim or final.")]
Site = Annotated[str, typer.Option(help="Of this site, by its key under sites; of all when left out.")]
Policy = Annotated[
    str,
    typer.Option(
        help="For whom: local, team, opensafely-7-5, strict-10 or custom; by default the study's own."
    ),
]


@app.command()
def share(
    study: Name,
    report: Report = "final",
    site: Site = "",
    policy: Policy = "",
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder to write to.")] = Path(
        "build/share"
    ),
    formats: Annotated[str, typer.Option(help="html, docx, pdf, with commas.")] = "html",
    passphrase: Annotated[
        bool,
        typer.Option(
            "--passphrase", help="Encrypt the file; a passphrase is made, or read from STUDY_PASSPHRASE."
        ),
    ] = False,
    slots: Annotated[
        int, typer.Option(help="How many recipients get a passphrase of their own.", min=1, max=20)
    ] = 1,
    recipient: Annotated[str, typer.Option(help="To whom it goes, for the record.")] = "",
    by: Annotated[str, typer.Option(help="Who releases it, for the record.")] = "",
    every: Annotated[bool, typer.Option("--all", help="List every finding, not the first few.")] = False,
) -> None:
    """Make a report anew so that it may go to its readers, or list what keeps it from being so."""
    from pipeline.share import listed, profile_of
    from pipeline.share import share as share_report
    from pipeline.site_lock import site_lock

    project = Project.find()
    (name,) = project.choose([study])
    one_of(report, REPORTS, "report")
    report = place_of_site(report, site) if site else report
    settings = _settings(project, name)
    rules = profile_of(policy, settings)
    secrets = _secrets(slots) if passphrase else None
    with site_lock(project, doing=f"releasing {name}/{report}"):  # a render would change what it is made from
        shared = share_report(
            project,
            name,
            report,
            profile=rules,
            to=to,
            formats=formats_of(formats),
            passphrases=secrets,
            recipient=recipient,
            by=by,
            settings=settings,
        )
    for line in listed(shared.findings, most=None if every else 10):
        err.print(line)
    for kind, n in shared.skipped.items():
        err.print(f"Not looked for, too short to tell from other text: {n} x {kind}.")
    if shared.findings:
        readers = escape(rules.readers)
        err.print(
            f"\n[bold red]{len(shared.findings)} findings[/] keep {name}/{report} from {readers}.",
            markup=True,
        )
        raise typer.Exit(1)
    _say(shared, secrets)


def _settings(project: Project, study: str):
    """What a study file says about sharing, if anything."""
    from analysis import read

    return getattr(read.study(project.root / "params" / study / "study.yml"), "share", None)


def _secrets(slots: int) -> list[str]:
    """The passphrases: the one of STUDY_PASSPHRASE, or as many as there are slots, made now."""
    import os

    from pipeline.share.envelope import new_passphrase

    given = os.environ.get("STUDY_PASSPHRASE")
    return [given] if given else [new_passphrase() for _ in range(slots)]


def _say(shared, secrets: list[str] | None) -> None:
    """What was written and held back, and what is left for a person to decide."""
    import os

    for file in shared.files:
        out.print(f"{file}  SHA-256 {sha256(file)}")
    for reason, n in shared.suppressed.items():
        out.print(f"  not told: {n} numbers ({reason})")
    for label, why in shared.left_out[:12]:
        out.print(f"  #{label}: {why}")
    if len(shared.left_out) > 12:
        out.print(f"  and {len(shared.left_out) - 12} more")
    for secret in secrets or []:
        if not os.environ.get("STUDY_PASSPHRASE"):
            out.print(f"passphrase {secret}  (send it by another way than the file)")
    out.print("For a person to decide: does the prose describe anybody who could be recognised?")


@app.command()
def approve(
    study: Name,
    report: Report = "final",
    site: Site = "",
    policy: Annotated[str, typer.Option(help="Where a release is asked for under several.")] = "",
    by: Annotated[str, typer.Option(help="Who has reviewed the files and approves.")] = "",
) -> None:
    """Approve the release that somebody else has asked for, after a look at its files."""
    from pipeline.share import approval, profile_of

    project = Project.find()
    (name,) = project.choose([study])
    one_of(report, REPORTS, "report")
    report = place_of_site(report, site) if site else report
    asked = policy or approval.asked_under(project, name, report)
    rules = profile_of(asked, _settings(project, name))
    file = approval.approve(project, name, report, profile=rules.name, by=by)
    out.print(f"Approved by {by}: {file.relative_to(project.root)}")


@app.command()
def releases(
    study: Annotated[
        str | None, typer.Argument(help="A folder in params/; every study when left out.")
    ] = None,
    files: Annotated[Path | None, typer.Option(help="A folder with released files, to be compared.")] = None,
) -> None:
    """List what was released to whom, and verify that no record was changed or taken away."""
    from pipeline.share import record

    project = Project.find()
    wrong = []
    for name in project.choose([study] if study else []):
        for entry in record.of_study(project, name):
            to = f" to {entry['to']}" if entry["to"] else ""
            out.print(
                f"{name} {entry['number']:04d}  {entry['released_at']}  {entry['report']}  {entry['profile']}{to}  "
                f"{len(entry['suppressed'])} not told  {', '.join(entry['files'])}",
            )
        wrong += [f"{name}: {fault}" for fault in record.faults(project, name, files=files)]
    for fault in wrong:
        err.print(fault)
    if wrong:
        raise typer.Exit(1)


@app.command(name="open")
def open_file(
    file: Annotated[Path, typer.Argument(help="A file that `study share --passphrase` made.")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Where its content goes.")] = Path(),
) -> None:
    """Open an encrypted report with its passphrase (STUDY_PASSPHRASE, or asked for)."""
    import os

    from pipeline.share.envelope import unwrap

    if not file.is_file():
        raise UserError(f"there is no file {file}")
    secret = os.environ.get("STUDY_PASSPHRASE") or typer.prompt("Passphrase", hide_input=True)
    name, content = unwrap(file.read_text(encoding="utf-8", errors="replace"), secret)
    to.mkdir(parents=True, exist_ok=True)
    target = to / Path(name).name
    target.write_bytes(content)
    out.print(str(target))
