"""The datasets of one site, cut from those of the report of all: nothing is read a second time.

What tells of single patients is cut, so that the sites add up to the whole; what counts them is counted again, as of
the last day of observation of all.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.files import put_in_place, read_json, remove_tree, write_whole
from pipeline.laps import Laps
from pipeline.prepare import AS_READ, FATES, described, rows_read
from pipeline.project import as_json

if TYPE_CHECKING:
    import pandas as pd

    from analysis.study import Analysis, Study

Frames = dict[str, "pd.DataFrame"]
KEPT = ("assurance",)  # of no patient of the study
COUNTED = ("accounting", "sources")  # rows of the exports


def cut(*, settings: Path | str, root: Path | str, index: Path | str, of_all: Path | str) -> None:
    """Cut and store the datasets of one site.

    Parameters
    ----------
    settings : Path
        The resolved settings of the site's report. They are stored beside the datasets.
    root : Path
        The snapshot of the checkout, for the study's own words.
    index : Path
        The list of the site's datasets, with how many patients it has.
    of_all : Path
        The list of the datasets of the report of all sites.
    """
    settings, root, index, of_all, laps = Path(settings), Path(root), Path(index), Path(of_all), Laps()
    asked = settings.read_bytes()
    content, folder = json.loads(asked), index.parent
    fresh = folder.with_name(f".{folder.name}.partial")
    folder.parent.mkdir(parents=True, exist_ok=True)
    remove_tree(fresh)
    fresh.mkdir()
    told = _store(content, root, fresh, of_all)
    told |= {"settings": hashlib.sha256(asked).hexdigest()}
    (fresh / index.name).write_text(as_json(told), encoding="utf-8")
    (folder.parent / "settings.json").unlink(missing_ok=True)
    put_in_place(fresh, folder)
    write_whole(folder.parent / "settings.json", asked)
    laps.done("cutting")
    laps.keep(folder.parent, "datasets")


def _store(content: Mapping, root: Path, fresh: Path, of_all: Path) -> dict[str, Any]:
    """The datasets of the site in a folder; what the index says of them."""
    import pandas as pd

    from analysis.due import last_day
    from analysis.language import use
    from analysis.sites import accounting_of, of_site, site_of_each, sources_of
    from analysis.study import Analysis, as_study

    language = content["study"]["lang"]
    use(language, root / "params" / content["study"]["id"] / f"{language}.po")
    study, analysis = as_study(content["study"]), Analysis.model_validate(content["analysis"])
    made = read_json(of_all) or {}
    whole = {name: pd.read_parquet(of_all.with_name(f"{name}.parquet")) for name in made["datasets"]}
    sites = site_of_each(whole["subjects"], study=study)
    ids = sites.index[sites.eq(content["site"]["key"]).fillna(False)]
    until = None if content["data_cut"] else last_day(whole["subjects"], whole.get("visits"), data_cut=None)
    fates = whole.pop(FATES)
    frames = {
        **of_site({name: frame for name, frame in whole.items() if "subject_id" in frame}, ids),
        "accounting": accounting_of(fates, whole["accounting"], ids),
        "sources": sources_of(fates, whole["sources"], ids),
        **{name: whole[name] for name in KEPT if name in whole},
    }
    counts = _counts(frames, study, fewest=study.sites.fewest_reported)  # type: ignore[union-attr]
    again = _counted_again(frames, study, analysis, content["criteria"], until) if counts["reported"] else {}
    for name in whole.keys() - frames.keys():  # nothing of the others where nothing is counted again
        frames[name] = again.get(name, whole[name][:0])
    for name in AS_READ:
        del frames[AS_READ[name]]
    read = set(frames["sources"]["source"])
    return {
        "datasets": described(frames, fresh),
        "files": [file for file in made["files"] if file["source"] in read],
        "read": made["files"],  # for the look through the page: whatever may not be in it
        "rows": rows_read(frames["accounting"]),
        "site": {**content["site"], **counts},
        "observed_until": until.date().isoformat() if until is not None else None,
    }


def _counts(frames: Frames, study: "Study", *, fewest: int) -> dict[str, Any]:
    """How many patients a site has, and whether they are enough for a report with numbers."""
    subjects, populations = frames["subjects"], frames["populations"]
    enrolled = subjects.get("enrolled")
    analysed = populations[study.primary_population].astype("boolean").fillna(False)
    counted = {
        "on_record": len(subjects),
        "enrolled": len(subjects)
        if enrolled is None
        else int(enrolled.astype("boolean").fillna(False).sum()),
        "analysed": int(analysed.sum()),
    }
    return {**counted, "reported": counted["analysed"] >= fewest}


def _counted_again(
    frames: Frames, study: "Study", analysis: "Analysis", criteria: Mapping, until: "pd.Timestamp | None"
) -> Frames:
    """What counts patients, counted among those of the site."""
    from analysis import datasets

    tidy = {**frames, **{name: frames[kept] for name, kept in AS_READ.items()}}
    return datasets.derive(tidy, study=study, analysis=analysis, criteria=criteria, until=until)
