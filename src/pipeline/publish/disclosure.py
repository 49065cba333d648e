"""What a page may not show even in the house: names, numbers of identity, addresses and tokens.

The look through a page is that of a release (`pipeline.share.scan`), under the profile of those who may read the
published reports (`readers` in operation.toml). Small counts are no matter here: who may read them may see the data.
"""

import json
from pathlib import Path

from pipeline.ending import BlockedByDisclosure
from pipeline.files import write_whole
from pipeline.project import Project, as_json

FOUND = "disclosure.json"
SHOWN = 3  # of each kind and place


def guard_disclosure(run: dict, folder: Path, made: Path, *, said: dict) -> list[str]:
    """Look through what was rendered, in a process of its own; what was found, for the user.

    Parameters
    ----------
    run : dict
        See `pipeline.gather.Gathered.facts`: snapshot, study, profile of the readers, and whether a finding blocks.
    folder : Path
        Datasets and settings of the report.
    made : Path
        The rendered report.
    said : dict
        What the manifest says: days in it are no secret.

    Raises
    ------
    BlockedByDisclosure
        If something was found and that blocks.
    """
    from pipeline.kernels import call

    kept = folder / FOUND
    call(
        "pipeline.publish.disclosure:look_through",
        limit=run["read_limit"],
        snapshot=run["snapshot"],
        study=run["study"],
        readers=run["readers"],
        folder=folder.as_posix(),
        made=made.as_posix(),
        said=as_json(said),
        found=kept.as_posix(),
    )
    lines = json.loads(kept.read_text(encoding="utf-8"))
    if not lines:
        return []
    text = "\n  ".join([f"the page shows what its readers ({run['readers']}) may not see:", *lines])
    if run["guard"] == "block":
        raise BlockedByDisclosure(
            f"{text}\nTake it out of the notebook or the text; the last published report stays"
        )
    return [f"{text}\n  A scheduled render would stop here"]


def look_through(
    *, snapshot: str, study: str, readers: str, folder: str, made: str, said: str, found: str
) -> None:
    """Write what stands in the files of a report that its readers may not see, values masked, as lines for the user.

    A PDF is looked through where a program for it is there; what it shows stands in the page, too.
    """
    from pipeline.share.carriers import can_read_pdf
    from pipeline.share.page import pieces_of
    from pipeline.share.profiles import profile_of
    from pipeline.share.scan import leaks, listed
    from pipeline.share.values import declared_by, own_values

    root = Path(snapshot)
    values = own_values(Project(root), Path(folder), said=said)
    declared = declared_by(root, study)
    files = [file for file in sorted(Path(made).iterdir()) if file.suffix != ".pdf" or can_read_pdf()]
    parts = [part for file in files for part in pieces_of(file.read_bytes(), file.name)]
    leaking = leaks(parts, values, allowed=profile_of(readers).allowed, declared=declared)
    write_whole(Path(found), as_json(list(listed(leaking, most=SHOWN))))
