"""The reports of a study's sites: where they are, which are asked for, and what each is given of the study file."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.columns import nearest
from analysis.language import tr

if TYPE_CHECKING:
    from pipeline.gather import Asked
    from pipeline.request import Request

FOLDER = "sites"


def place_of_site(place: str, site: str) -> str:
    """Where the report of a site is, in build, runs and site: below that of all.

    Examples
    --------
    >>> place_of_site("final", "北京大学第三医院")
    'final/sites/北京大学第三医院'
    """
    return f"{place}/{FOLDER}/{site}"


def flat(place: str) -> str:
    """A place as a part of the name of a file.

    Examples
    --------
    >>> flat("final/sites/north")
    'final-sites-north'
    """
    return place.replace("/", "-")


def site_in(place: str) -> str:
    """The site of a place; empty for that of all.

    Examples
    --------
    >>> site_in("final/sites/north"), site_in("final")
    ('north', '')
    """
    return place.partition(f"/{FOLDER}/")[2]


def words_of(place: str) -> str:
    """A place as the options of a command that name it.

    Examples
    --------
    >>> words_of("final/sites/north"), words_of("interim")
    ('--report final --site north', '--report interim')
    """
    report, _, site = place.partition(f"/{FOLDER}/")
    return f"--report {report} --site {shlex.quote(site)}" if site else f"--report {report}"


def places_below(folder: Path) -> list[Path]:
    """The folders of reports below the folder of all: that of every study's report, and those of its sites.

    Parameters
    ----------
    folder : Path
        The site, the runs, or another folder that is laid out as these.
    """
    return sorted(
        place for pattern in ("*/*", f"*/*/{FOLDER}/*") for place in folder.glob(pattern) if place.is_dir()
    )


def of_sites(asked: "Asked", request: "Request") -> Iterator["Asked"]:
    """The reports of the sites of a study that are made with the report of all, which is left out where it need not be.

    Raises
    ------
    UserError
        If a site is asked for that the study file does not name.
    """
    from pipeline.project import UserError

    named = (asked.found.study.get("sites") or {}).get("named", {})
    if request.sites is not None and not request.sites:
        return
    for site in request.sites or ():
        if site not in named:
            known = (
                f"{nearest(site, named)}; there are {', '.join(named)}" if named else "; it names none at all"
            )
            raise UserError(f"study {asked.study} names no site {site!r} under sites{known}")
    asked.shown = request.sites is None
    for site in named:
        yield replace(asked, site=site, shown=request.sites is None or site in request.sites)


def for_site(study: Mapping[str, Any], site: str) -> dict[str, Any]:
    """The settings of a study as the report of one site has them: no other site stands in them."""
    own = study["sites"]["named"][site]
    planned = own["planned_n"] or study["planned_n"]
    return {**study, "planned_n": planned, "sites": {**study["sites"], "named": {site: own}}}


def described(study: Mapping[str, Any], site: str) -> dict[str, Any]:
    """What the settings of a site's report say of it: its key, what it is called, whether a size is planned for it."""
    own = study["sites"]["named"][site]
    return {"key": site, "label": own["label"], "planned": own["planned_n"] is not None}


def titled(title: str, site: Mapping[str, Any] | None) -> str:
    """A title with the site that it is of.

    Examples
    --------
    >>> titled("A cohort", {"label": "Our clinic"}), titled("A cohort", None)
    ('A cohort – Our clinic', 'A cohort')
    """
    return tr("{title} – {site}", title=title, site=site["label"]) if site else title
