"""What a run is asked for and what it will read, gathered before anything is done: the snapshot, and the files
resolved.

Everything later comes from here: a parameter edited, an export replaced or a module saved while the run goes on
belongs to the next one.
"""

import contextlib
import platform
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline import lock
from pipeline.commit import as_read, code_version
from pipeline.files import remove_tree
from pipeline.inputs import OUTSIDE, Snapshot, Store, checkout_files
from pipeline.marks import Hashes, mark
from pipeline.operating import Operation
from pipeline.project import REPORTS, Project, as_json
from pipeline.reach import Code, source_files
from pipeline.resolve import Resolved, resolve
from pipeline.sites import of_sites, place_of_site
from pipeline.texts import in_language

LIVE = "rows.pickle"


@dataclass(slots=True)
class Asked:
    """One report that was asked for.

    Attributes
    ----------
    study, report : str
    found : Resolved
        Its files as resolved.
    data : dict of str to str
        What each source is read from, by name in the snapshot; data sets of packages by their own name.
    sources : list of str
        What the page is written from.
    language : str
        In which it is written.
    refusal : str or None
        Why it cannot be made.
    site : str or None
        The site that it is of; None for that of all.
    shown : bool
        Whether its page was asked for; a site's numbers are needed for the range of the others, too.
    """

    study: str
    report: str
    found: Resolved
    data: dict[str, str]
    sources: list[str]
    language: str = "en"
    refusal: str | None = None
    site: str | None = None
    shown: bool = True

    @property
    def place(self) -> str:
        """The folder of the report in build, runs and site: its name, with the language if it is not the study's."""
        return place_of_site(self.of_all, self.site) if self.site else self.of_all

    @property
    def of_all(self) -> str:
        """The folder of the report of all sites."""
        own = self.found.study["lang"]
        return self.report if self.language == own else f"{self.report}-{self.language}"

    @property
    def files(self) -> list[str]:
        """All that the datasets are made from."""
        return [*self.found.assurance, *self.data.values()]


GENERAL = ("_quarto.yml", "requirements.lock", "pyproject.toml")


@dataclass(slots=True)
class Gathered:
    """Everything a run reads.

    Attributes
    ----------
    project : Project
    request : Request
    operation : Operation
    folder : Path
        The run's own folder, for what is asked of its tasks.
    snapshot : Snapshot
    code : Code
    hashes : Hashes
        Hashes of what tasks make.
    code_version : str
        The commit of the checkout, and whether what was read differs from it.
    python : str
        The version of Python.
    started : float
        When the snapshot was begun, in seconds since 1970.
    reports : list of Asked
    """

    project: Project
    request: Any
    operation: Operation
    folder: Path
    snapshot: Snapshot
    code: Code
    hashes: Hashes
    code_version: str = ""
    python: str = field(default_factory=platform.python_version)
    started: float = field(default_factory=time.time)
    reports: list[Asked] = field(default_factory=list)

    def facts(self, asked: Asked, *, formats: list[str], code: dict[str, str]) -> dict:
        """What the publication of a report has to know, as plain data."""
        hashes = self.snapshot.hashes
        notebooks = [f"notebooks/{name}.ipynb" for name in asked.found.notebooks]
        general = [name for name in GENERAL if name in hashes]
        inputs = [*general, *notebooks, *asked.files, *asked.sources]
        wanted = {
            **self.snapshot.below(f"params/{asked.study}", "src"),
            **{name: hashes[name] for name in inputs},
        }
        watched = {name: mark(self.project.root / name) for name in code}
        return {
            "study": asked.study,
            "report": asked.report,
            "place": asked.place,
            "site": asked.site,
            "scratch": self.folder.as_posix(),
            "site_of": asked.site and self._site_of(asked),
            "formats": list(formats),
            "snapshot": self.snapshot.root.as_posix(),
            "inputs": dict(sorted(wanted.items())),
            "modules": dict(sorted(lock.modules_of(self, asked).items())),
            "watched": watched,
            "code_version": self.code_version,
            "guard": self.request.guard,
            "document": asked.found.analysis["document"],
            "readers": self.operation.readers,
            "read_limit": self.operation.read_limit,
            "memory": self.operation.memory,
            "group": self.operation.site_group,
            "keep": self.operation.keep,
            **next_due(self.operation, [asked.study], datetime.fromtimestamp(self.started, UTC)),
        }

    def _site_of(self, asked: Asked) -> dict[str, Any]:
        """What the look through the report of a site must know: who the others are, and where the patients of all."""
        named = asked.found.study["sites"]["named"]
        public = ("title", "institution", "investigators", "contact", "registry", "ethics", "funding")
        own = self.snapshot.root / "params" / asked.study / f"{asked.language}.po"
        told = in_language(named, asked.language, own)
        words = {site: [site, entry["label"], told[site]["label"]] for site, entry in named.items()}
        return {
            "own": words[asked.site],
            "others": [word for site in words.keys() - {asked.site} for word in words[site]],
            "of_all": (self.project.build / asked.study / asked.of_all).as_posix(),
            "known": as_json([asked.found.study[key] for key in public]),
        }


def next_due(operation: Operation, studies: Sequence[str], now: datetime) -> dict[str, str | None]:
    """When the next version of any of these studies is due, and from when its page calls itself out of date; nothing
    without a schedule.
    """
    times = [text for study in studies if (text := operation.every_of(study))]
    if not times:
        return {"next_expected": None, "stale_after": None}
    from pipeline.schedule.times import Every

    due = min(Every.parse(text).after(now) for text in times)
    stale = due + timedelta(seconds=operation.grace)
    return {
        "next_expected": due.astimezone(UTC).isoformat(timespec="minutes"),
        "stale_after": stale.astimezone(UTC).isoformat(timespec="seconds"),
    }


@contextlib.contextmanager
def gather(
    project: Project, request: Any, operation: Operation, *, folder: Path, looking: bool = False
) -> Iterator[Gathered]:
    """Take the snapshot of a request and resolve its files.

    Parameters
    ----------
    project : Project
    request : Request
    operation : Operation
    folder : Path
        The run's own folder.
    looking : bool
        Only look: nothing is copied, and nothing is written outside `folder`.
    """
    store = Store(project, operation, looking=looking)
    root = project.root if looking else project.build / "snapshot"
    state = None if looking else project.build / "state"
    if not looking:
        remove_tree(root)
        root.mkdir(parents=True)
    version = "" if looking else code_version(project)
    snapshot = Snapshot(root)
    store.lay_out(snapshot, {_name(project, file): file for file in source_files(project.root / "src")})
    worked = sorted((project.root / "tests" / "assurance").glob("*.yml"))
    store.lay_out(snapshot, {_name(project, file): file for file in worked})
    books = sorted((project.root / "notebooks").glob("*.ipynb"))
    store.lay_out(snapshot, {_name(project, file): file for file in books})
    code = Code(root / "src", state and state / "code.json", hashes=snapshot.hashes)
    gathered = Gathered(project, request, operation, folder, snapshot, code, store.hashes)
    resolved: list[tuple[str, str, Resolved]] = []
    for study in request.studies:
        store.lay_out(snapshot, checkout_files(project.root, study, ()))
        for report in request.reports:
            if f"params/{study}/{report}.yml" in snapshot.hashes:
                found = resolve(root, study, report, code=code, hashes=snapshot.hashes, kept=state)
                resolved.append((study, report, found))
                store.look(_data_files(project, found))
    for entry in resolved:
        of_all = _asked(gathered, store, *entry)
        gathered.reports += [of_all, *of_sites(of_all, request)]
    if not looking:
        gathered.code_version = as_read(version, code_version(project))
        store.hashes.save()
    try:
        yield gathered
    finally:
        if not looking:
            code.save()
            store.hashes.save()
            remove_tree(root)


def _data_files(project: Project, found: Resolved) -> list[Path]:
    """The files that a study is read from."""
    files = [lock.file_of(source, project.root) for source in found.study["sources"]]
    return [file for file in files if file is not None]


def _name(project: Project, file: Path) -> str:
    return file.relative_to(project.root).as_posix()


def _asked(gathered: Gathered, store: Store, study: str, report: str, found: Resolved) -> Asked:
    """Add what one report reads to the snapshot."""
    project, snapshot = gathered.project, gathered.snapshot
    own = [
        f"reports/{study}",
        *(name for name in snapshot.below("reports") if not name.startswith("reports/_site")),
    ]
    sources = [
        "_quarto.yml",
        "_brand.yml",
        *sorted(
            {name for name in snapshot.below(*own) if _is_shown(name, study)} - _of_others(study, report)
        ),
    ]
    language = gathered.request.language or found.study["lang"]
    asked = Asked(study, report, found, {}, [name for name in sources if name in snapshot.hashes], language)
    absent = []
    for number, source in enumerate(found.study["sources"]):
        file = lock.file_of(source, project.root)
        if file is None:
            asked.data[source["id"]] = _live(gathered, source, looking=store.looking)
        elif not file.is_file():
            absent.append((number, source))
        elif source["type"] == "package":
            name = f"package {source['package']}/{source['dataset']}"
            snapshot.hashes[name] = store.hashes.of(file)
            asked.data[source["id"]] = name
        else:
            name = source["path"] if _is_inside(source["path"]) else f"{OUTSIDE}/{source['id']}/{file.name}"
            store.lay_out(snapshot, {name: file}, data=True)
            from pipeline.workbooks import require_modest

            require_modest(
                file if store.looking else snapshot.root / name, gathered.operation, name=source["path"]
            )
            asked.data[source["id"]] = name
    if absent:
        asked.refusal = _absence(gathered, study, absent)
    return asked


def _is_shown(name: str, study: str) -> bool:
    """Whether a file of the snapshot is a source of this study's pages."""
    parts = name.split("/")
    return study in parts[1:] or any(part.startswith("_") for part in parts) or name.endswith(".bib")


def _of_others(study: str, report: str) -> set[str]:
    """The texts of the study's other reports."""
    return {f"reports/{study}/{name}.qmd" for name in REPORTS if name != report}


def _is_inside(path: str) -> bool:
    return not Path(path).is_absolute() and ".." not in Path(path).parts


def _absence(gathered: Gathered, study: str, absent: list[tuple[int, dict]]) -> str:
    """What to tell of data files that are not there, by their lines in the study file."""
    from dataclasses import replace
    from types import SimpleNamespace

    from analysis import read
    from analysis.read.locate import absence
    from analysis.study import StudyFileError

    root = gathered.project.root
    located = read.study(gathered.snapshot.root / "params" / study / "study.yml")
    problems = []
    for number, source in absent:
        text = f"source {source['id']}: {absence(SimpleNamespace(**source), root)}"
        problem = located.problem(("sources", number, "path"), text)
        problems.append(replace(problem, file=f"params/{study}/study.yml"))
    return str(StudyFileError(problems))


def _live(gathered: Gathered, source: dict, *, looking: bool) -> str:
    """Read a database or REDCap's API now, once, into the snapshot; its rows are the input."""
    from pipeline.live import store_rows

    name = f"{OUTSIDE}/{source['id']}/{LIVE}"
    folder = gathered.folder if looking else gathered.snapshot.root
    if name not in gathered.snapshot.hashes:
        gathered.snapshot.hashes[name] = store_rows(
            source, folder / name, limit=gathered.operation.read_limit
        )
    return name
