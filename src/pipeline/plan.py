"""The plan: which tasks make a report, and what each depends on.

For one report: *datasets* reads the exports and derives what is analysed; each *notebook* answers its question from
them; *report* renders and publishes. The datasets of a site are cut from those of the report of all; *ranges* holds the
results of all sites against one another. An index page follows over everything that is published. What a task depends
on is complete and no more (contract 5): its notebook, its resolved parameters, the datasets it read, the code it can
reach and the lock file, each as it stands in the snapshot that the run reads, so that nothing stale can look fresh.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import lock, planned, publish, sites, work
from pipeline.gather import Asked, Gathered
from pipeline.kernels.needs import of_call, of_notebook
from pipeline.nodes import DatasetsRead, Known, Made, Prepared, Published
from pipeline.project import Project, UserError, as_json, sha256
from pipeline.published import published_folders
from pipeline.reach import digest_of, notebook_names
from pipeline.request import Request
from pipeline.texts import in_language

__all__ = ["Plan", "Request", "tasks"]

DATASETS = ("pipeline.prepare",)
CUT = ("pipeline.cut",)
RANGES = ("pipeline.others",)
NOTEBOOK = ("pipeline.notebooks", "pipeline.kernels.kernel", "analysis.read.report_data")
REPORT = ("pipeline.publish", "pipeline.render")
OTHERS = "others.json"  # of a site: what it is shown of the others


@dataclass(slots=True)
class Plan:
    """The tasks of a request.

    Attributes
    ----------
    tasks : list
        For pytask.
    imports : list of str
        Modules that the kernels of the notebooks need, in the order of their first use.
    warnings : list of str
        What the user should know though it holds nothing up.
    results : dict
        The results of each site, by the study and the report of all that it belongs to.
    """

    tasks: list = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    results: dict[tuple[str, str], dict[str, list]] = field(default_factory=dict)


def tasks(gathered: Gathered) -> Plan:
    """The tasks of a request, from the snapshot gathered for it; nothing is written but in the run's own folder."""
    plan = Plan()
    request, project = gathered.request, gathered.project
    pages, refused = [], set()
    for asked in gathered.reports:
        if (asked.study, asked.of_all) in refused:  # told of the report of all
            continue
        try:
            plan.tasks += _report_tasks(gathered, asked, plan)
        except lock.LockError as error:
            plan.tasks.append(_refusal(f"{asked.study}/{asked.place}", str(error)))
            refused.add((asked.study, asked.of_all))
            continue
        if asked.shown:
            pages.append(f"{asked.study}/{asked.place}")
    for of_all, results in plan.results.items():
        plan.tasks.append(_ranges_task(gathered, *of_all, results))
    if not plan.tasks:
        raise UserError(f"none of {', '.join(request.studies)} defines {' or '.join(request.reports)}")
    plan.tasks.append(_index_task(project, gathered, pages))
    return plan


def _index_task(project: Project, gathered: Gathered, pages: Sequence[str]):
    there = {folder.relative_to(project.site).as_posix() for folder in published_folders(project)}
    published = [_published(gathered, name) for name in sorted({*there, *pages})]
    if project.handbook.is_file():
        published.append(_made(gathered, project.handbook, name="reports/_site/handbook/index.html"))  # type: ignore[arg-type]
    return _task(
        "index",
        work.render_index,
        depends={
            "published": published,
            "code": _code(gathered, "index", REPORT),
            "brand": Known(name="_brand.yml", digest=gathered.snapshot.hashes.get("_brand.yml", "none")),
        },
        fixed={"root": project.root.as_posix(), "group": gathered.operation.site_group},
        produces={"index": _made(gathered, project.site / "index.html")},
    )


def _report_tasks(gathered: Gathered, asked: Asked, plan: Plan) -> list:
    """Datasets, notebooks and report of one study's interim or final report, of all sites or of one."""
    name = f"{asked.study}/{asked.place}"
    if asked.refusal:
        raise lock.LockError(asked.refusal)
    settings, standing = _settings(gathered, asked)
    if not asked.site:
        plan.warnings += [f"{name}: {line}" for line in standing.told]
    folder = gathered.project.build / asked.study / asked.place
    index = _prepared(gathered, asked.study, asked.place)
    common = {"settings": settings, **_environment(gathered)}
    soon: list[str] = []  # what the kernels and the look through the page need, filled below
    made = [_datasets_task(gathered, asked, common, index, soon)]
    if not (asked.shown or asked.site):
        return made
    results: list = []
    for entry in asked.found.analysis["notebooks"]:
        task, products, needs = _notebook_task(gathered, asked, entry, common, folder)
        made.append(task)
        results += products
        soon += (module for module in needs if module not in soon)
    soon += (module for module in of_call("pipeline.publish.disclosure") if module not in soon)
    plan.imports += (module for module in soon if module not in plan.imports)
    if asked.site:
        plan.results.setdefault((asked.study, asked.of_all), {})[asked.site] = [index, *results]
        results = [*results, _made(gathered, folder / OTHERS)]
    if asked.shown:
        made.append(_report_task(gathered, asked, common, folder, [index, *results]))
    return made


def _prepared(gathered: Gathered, study: str, place: str) -> Prepared:
    """The list of the datasets of a report."""
    file = gathered.project.build / study / place / "data" / "index.json"
    name = file.relative_to(gathered.project.root).as_posix()
    return Prepared(name=name, file=file, hashes=gathered.hashes)


def _datasets_task(gathered: Gathered, asked: Asked, common: Mapping, index: Prepared, soon: list[str]):
    """Read and derive the datasets of a report; those of a site are cut from those of all."""
    project, snapshot = gathered.project, gathered.snapshot
    name = f"{asked.study}/{asked.place}: datasets"
    code = _code(gathered, name, CUT if asked.site else DATASETS)
    fixed = {
        "root": snapshot.root.as_posix(),
        "limit": gathered.operation.read_limit,
        "rows": publish.rows_before(project, asked.study, asked.place),
        "guard": gathered.request.guard,
        "soon": soon,
    }
    kept = _made(gathered, project.build / asked.study / asked.place / "settings.json")
    produces = {"index": index, "kept": kept}
    if asked.site:
        of_all = _prepared(gathered, asked.study, asked.of_all)
        depends = {**common, "code": code, "of_all": of_all}
        return _task(name, work.cut_datasets, depends=depends, fixed=fixed, produces=produces)
    sources = [Known(name=shown, digest=snapshot.hashes[shown]) for shown in asked.files]
    environment = _environment(gathered).values()
    beside = {"code": code.digest, **{node.name: node.digest for node in (*sources, *environment)}}
    return _task(
        name,
        work.prepare_datasets,
        depends={**common, "code": code, "sources": sources},
        fixed={**fixed, "rests_on": digest_of(beside)},
        produces=produces,
    )


def _ranges_task(gathered: Gathered, study: str, place: str, results: Mapping[str, list]):
    """Hold the results of all sites against one another: what each is shown of the others, in a file of its own."""
    folders = {site: gathered.project.build / study / sites.place_of_site(place, site) for site in results}
    name = f"{study}/{place}: ranges"
    hashes = gathered.snapshot.hashes
    texts = {shown: digest for shown, digest in hashes.items() if shown.startswith("reports/")}
    return _task(
        name,
        work.range_sites,
        depends={
            "results": list(results.values()),
            "code": _code(gathered, name, RANGES),
            "texts": Known(name=f"texts of {study}/{place}", digest=digest_of(texts), parts=texts),
            **_environment(gathered),
        },
        fixed={
            "root": gathered.snapshot.root.as_posix(),
            "folders": {site: folder.as_posix() for site, folder in folders.items()},
            "limit": gathered.operation.read_limit,
        },
        produces={site: _made(gathered, folder / OTHERS) for site, folder in folders.items()},
    )


def _notebook_task(gathered: Gathered, asked: Asked, entry: Mapping, common: Mapping, folder: Path):
    """One notebook: what it depends on, what it makes, and the modules that its kernel needs."""
    name, root = entry["name"], gathered.snapshot.root
    task_name, source = f"{asked.study}/{asked.place}: {name}", f"notebooks/{name}.ipynb"
    given = {"study": asked.study, "report": asked.report, **entry["parameters"]}
    if source not in gathered.snapshot.hashes:
        return _refusal(task_name, f"there is no notebook {source}"), [], []
    content = json.loads((root / source).read_text(encoding="utf-8"))
    imports = notebook_names(content)
    needs = of_notebook(imports, gathered.code.libraries(imports))
    products = {
        "executed": _made(gathered, folder / "notebooks" / f"{name}.ipynb"),
        "results": _made(gathered, folder / "results" / f"{name}.json"),
    }
    reads = folder / "reads" / f"{name}.txt"
    parameters = f"params/{asked.study}/{asked.report}.yml: parameters of {name}"
    task = _task(
        task_name,
        work.run_notebook,
        depends={
            **common,
            "code": _code(gathered, task_name, (*NOTEBOOK, *imports)),
            "source": Known(
                name=source, digest=gathered.snapshot.hashes[source], value=(root / source).as_posix()
            ),
            "parameters": Known(name=parameters, digest=digest_of(given), value=given),
            "ready": _made(gathered, folder / "settings.json"),
            "data": DatasetsRead(
                name=f"datasets that {task_name} reads", index=folder / "data" / "index.json", reads=reads
            ),
        },
        fixed={
            "folder": root.as_posix(),
            "build": gathered.project.build.as_posix(),
            "reads": reads.as_posix(),
            "limit": gathered.operation.cell_limit,
            "imports": needs,
        },
        produces=products,
    )
    return task, list(products.values()), needs


def _report_task(gathered: Gathered, asked: Asked, common: Mapping, folder: Path, made: list):
    project, request = gathered.project, gathered.request
    name = f"{asked.study}/{asked.place}"
    formats = request.formats or ["html", *(to for to in asked.found.analysis["formats"] if to != "html")]
    hashes = gathered.snapshot.hashes
    sources = [Known(name=shown, digest=hashes[shown]) for shown in asked.sources]
    code = _code(gathered, f"{name}: report", REPORT)
    return _task(
        f"{name}: report",
        work.render_report,
        depends={
            **common,
            "made": made,
            "sources": sources,
            "code": code,
            "formats": Known(name="formats", digest=" ".join(formats)),
            "document": Known(
                name=f"params/{asked.study}/{asked.report}.yml: document",
                digest=digest_of(asked.found.analysis["document"]),
            ),
            "readers": Known(name="operation.toml: readers", digest=gathered.operation.readers),
            "renderer_state": Known(name="renderer", digest=publish.describe_renderer(request.renderer)),
        },
        fixed={
            "run": gathered.facts(asked, formats=formats, code=code.parts),
            "root": project.root.as_posix(),
            "renderer": request.renderer,
        },
        produces={"page": _published(gathered, name)},
    )


def _environment(gathered: Gathered) -> dict:
    """Python and the lock file of the libraries, on which everything rests."""
    hashes = gathered.snapshot.hashes
    return {
        "environment": Known(name="Python", digest=gathered.python),
        "libraries": Known(name="requirements.lock", digest=hashes.get("requirements.lock", "none")),
    }


def _settings(gathered: Gathered, asked: Asked) -> tuple[Known, lock.Standing]:
    """The settings of a report, its state and the data cut of the command line applied, in the run's own folder."""
    found, request = asked.found, gathered.request
    cut = request.as_of or found.analysis["data_cut"]
    standing = lock.state_of(gathered, asked)
    # each notebook depends on its own parameters, the report on formats and signatures; here they would make all run
    names = [{"name": entry["name"]} for entry in found.analysis["notebooks"]]
    analysis = {key: value for key, value in found.analysis.items() if key not in ("formats", "document")}
    own = gathered.snapshot.root / "params" / asked.study / f"{asked.language}.po"
    analysis["headline"] = in_language(analysis["headline"], asked.language, own)
    study = {**in_language(found.study, asked.language, own), "lang": asked.language}
    content = {
        "study": sites.for_site(study, asked.site) if asked.site else study,
        **({"site": sites.described(study, asked.site)} if asked.site else {}),
        "analysis": {**analysis, "notebooks": names, "data_cut": cut},
        "criteria": in_language(found.criteria, asked.language, own, keep=("label",)),
        "data_cut": cut,
        "plan": planned.as_settings(gathered.project, asked),
        "look": look_of(gathered.snapshot.root),
        **standing.as_settings(),
    }
    file = gathered.folder / "asked" / asked.study / asked.place / "settings.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(as_json(content), encoding="utf-8")
    parts = _keys(asked, content)
    name = f"settings of {asked.study}/{asked.place}"
    return Known(name=name, digest=digest_of(parts), value=file.as_posix(), parts=parts), standing


def look_of(root: Path) -> dict:
    """What figures wear of the house's look; files with their bytes, so that another font draws them again."""
    from analysis import read

    brand = read.brand(root)
    family = brand.family("headings")
    own = [font for font in brand.typography.fonts if font.family == family]
    files = [file.path for font in own for file in font.files]
    said = {"primary": brand.colour("secondary"), "family": family, "files": files}
    if files:
        said["hashes"] = [sha256(root / name) for name in files]
    return {key: value for key, value in said.items() if value}


def _keys(asked: Asked, content: Mapping) -> dict[str, str]:
    """Every entry of the settings, by file and key."""
    params = f"params/{asked.study}"
    criteria = asked.found.study.get("eligibility") or "criteria"
    files = {
        "study": f"{params}/study.yml",
        "analysis": f"{params}/{asked.report}.yml",
        "criteria": f"{params}/{criteria}",
    }
    parts: dict[str, str] = {}
    for key, value in content.items():
        parts |= dict(_flat(value, f"{files.get(key, 'asked for')}: {'' if key in files else key}"))
    return parts


def _flat(value, place: str):
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{place}{'' if place.endswith(': ') else '.'}{key}")
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{place}[{inner.get('id', number)}]")
    else:
        yield place, json.dumps(value, ensure_ascii=False, default=str, sort_keys=True)


def _code(gathered: Gathered, task: str, names: Sequence[str]) -> Known:
    """The code that a task can reach."""
    parts = gathered.code.reach(names)
    return Known(name=f"code of {task}", digest=digest_of(parts), parts=parts)


def _made(gathered: Gathered, file: Path, *, name: str | None = None) -> Made:
    shown = name or file.relative_to(gathered.project.root).as_posix()
    return Made(name=shown, file=file, hashes=gathered.hashes)


def _published(gathered: Gathered, name: str) -> Published:
    """The published report of ``study/report``."""
    file = gathered.project.site / name / "manifest.json"
    return Published(name=f"reports/_site/{name}", file=file, hashes=gathered.hashes)


def _refusal(name: str, message: str):
    """A task that fails with the reason why a report may not be rendered; the other reports are not held up."""
    shown = name if ": " in name else f"{name}: datasets"
    return _task(shown, lock.refuse, depends={}, fixed={"message": message}, produces={})


def _task(name: str, function, *, depends: dict, fixed: dict, produces: dict):
    """One pytask task from nodes and constants."""
    from pytask import TaskWithoutPath

    constants = {
        key: Known(name=f"{name}: {key}", digest="fixed", value=value) for key, value in fixed.items()
    }
    return TaskWithoutPath(
        name=name, function=function, depends_on={**depends, **constants}, produces=produces
    )
