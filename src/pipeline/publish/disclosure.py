"""What a page may not show even in the house: names, numbers of identity, addresses and tokens.

The look through a page is that of a release (`pipeline.share.scan`), under the profile of those who may read the
published reports (`readers` in operation.toml). Small counts are no matter here: who may read them may see the data.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.ending import BlockedByDisclosure
from pipeline.files import write_whole
from pipeline.project import Project, as_json
from pipeline.publish.of_site import require_alone

if TYPE_CHECKING:
    from pipeline.share.page import Piece
    from pipeline.share.scan import Finding

FOUND = "disclosure.json"
SHOWN = 3  # of each kind and place
SAID_OF_SITE = (
    "study",
    "study_id",
    "site",
    "data",
    "rows",
    "differs",
    "document",
)  # in its manifest, of the data


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
    more = {"scratch": run["scratch"], "site": as_json(run["site_of"])} if run["site"] else {}
    call(
        "pipeline.publish.disclosure:look_through",
        limit=run["read_limit"],
        **more,
        snapshot=run["snapshot"],
        study=run["study"],
        readers=run["readers"],
        folder=folder.as_posix(),
        made=made.as_posix(),
        said=as_json(said),
        found=kept.as_posix(),
    )
    looked = json.loads(kept.read_text(encoding="utf-8"))
    require_alone(looked["others"], run["site"])
    lines = looked["lines"]
    if not lines:
        return []
    text = "\n  ".join([f"the page shows what its readers ({run['readers']}) may not see:", *lines])
    if run["guard"] == "block":
        raise BlockedByDisclosure(
            f"{text}\nTake it out of the notebook or the text; the last published report stays"
        )
    return [f"{text}\n  A scheduled render would stop here"]


def look_through(
    *,
    snapshot: str,
    study: str,
    readers: str,
    folder: str,
    made: str,
    said: str,
    found: str,
    scratch: str = "",
    site: str = "",
) -> None:
    """Write what stands in the files of a report that its readers may not see, values masked, as lines for the user.

    A PDF is looked through where a program for it is there; what it shows stands in the page, too. In the report of a
    site nobody may see what is of another: its name, the id of a patient.
    """
    from pipeline.share.carriers import can_read_pdf
    from pipeline.share.page import pieces_of
    from pipeline.share.profiles import profile_of
    from pipeline.share.scan import leaks, listed
    from pipeline.share.values import declared_by, own_values

    root = Path(snapshot)
    values = own_values(Project(root), Path(folder), said=said, shared=Path(scratch) if scratch else None)
    declared = declared_by(root, study)
    files = [file for file in sorted(Path(made).iterdir()) if file.suffix != ".pdf" or can_read_pdf()]
    parts = [part for file in files for part in pieces_of(file.read_bytes(), file.name)]
    leaking = leaks(parts, values, allowed=profile_of(readers).allowed, declared=declared)
    others = list(listed(of_others(parts, Path(folder), json.loads(site), said), most=SHOWN)) if site else []
    write_whole(Path(found), as_json({"lines": list(listed(leaking, most=SHOWN)), "others": others}))


def of_others(parts: Sequence["Piece"], folder: Path, site: dict, said: str) -> list["Finding"]:
    """What stands in the report of a site, or in its manifest, of another one: names, and ids of patients.

    Parameters
    ----------
    parts : sequence of Piece
        The files of the report.
    folder : Path
        Its datasets.
    site : dict
        `others`, the keys and labels of the other sites; `own`, those of this one; `of_all`, the folder of the datasets
        of all; `known`, what the study file says for everybody to read.
    said : str
        What the manifest says.
    """
    import pandas as pd

    from pipeline.share.page import pieces_of
    from pipeline.share.patterns import PATTERNS
    from pipeline.share.scan import leaks
    from pipeline.share.values import OwnValues, can_be_told

    every, own = (
        set(pd.read_parquet(place / "data" / "subjects.parquet", columns=["subject_id"])["subject_id"])
        for place in (Path(site["of_all"]), folder)
    )
    ids = {name: "a patient of another site" for name in every - own if can_be_told(name)}
    known = " ".join([*site["own"], site["known"]])
    names = {name: "another site" for name in site["others"] if can_be_told(name) and name not in known}
    values = OwnValues(texts={"subject id": ids, "site": names})
    told = {key: value for key, value in json.loads(said).items() if key in SAID_OF_SITE}
    shown = [part for part in parts if ".pdf" not in part.place]  # what a PDF shows stands in the page, too
    whole = [*shown, *pieces_of(as_json(told).encode(), "manifest.json")]
    return leaks(whole, values, allowed=frozenset(PATTERNS), declared="")
