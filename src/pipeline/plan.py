"""The plan: which tasks make a report, and what each depends on.

For one report: *prepare* reads the exports and derives the datasets; each *notebook* answers its question from
them; *report* renders and publishes. An index page follows over everything that is published. What a task depends
on is complete (contract 5): its notebook, its resolved parameters, the datasets, all code of the helper and the
lock file, so that nothing stale can look fresh.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import lock, notebooks, publish
from pipeline.project import Project, UserError, as_json, as_lines, code_digest, write_if_changed
from pipeline.resolve import Resolved, resolve


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for on the command line."""

    studies: Sequence[str]
    reports: Sequence[str]
    formats: Sequence[str] | None = None
    as_of: str | None = None
    renderer: str | None = None


def run_notebook(*, source: Path, parameters: Path, folder: Path, executed: Path, results: Path, **_) -> None:
    """Execute one notebook and store what it published for the results table."""
    import json

    given = json.loads(parameters.read_text(encoding="utf-8"))
    notebooks.run(source, executed, parameters=given, folder=folder)
    write_if_changed(results, as_lines(notebooks.published_results(executed)))


def prepare_datasets(*, settings: Path, root: Path, index: Path, **_) -> None:
    """Read the exports and derive the datasets, in a process of their own where that can be."""
    from pipeline.kernels import call

    files = {"settings": settings, "root": root, "index": index}
    call("pipeline.prepare:prepare", **{name: file.as_posix() for name, file in files.items()})
    lock.confirm(settings=settings, root=root, index=index)


def render_report(*, settings: Path, root: Path, formats: Sequence[str], renderer: str, **_) -> None:
    """Render and publish one report."""
    publish.report(settings=settings, root=root, formats=formats, renderer=renderer)


def render_index(*, root: Path, index: Path, **_) -> None:
    """Render the page over all published reports."""
    publish.index(Project(root), index)


def tasks(project: Project, request: Request) -> list:
    """The tasks of a request, for pytask."""
    state = project.build / "state"
    code = code_digest(project.root / "src" / "analysis")
    write_if_changed(state / "analysis.sha256", code)
    write_if_changed(state / "studies.sha256", code_digest(project.root / "src" / "studies"))
    write_if_changed(state / "pipeline.sha256", code_digest(project.root / "src" / "pipeline"))
    write_if_changed(state / "renderer.txt", publish.describe_renderer(request.renderer) + "\n")
    planned, manifests = [], []
    for study in request.studies:
        for report in request.reports:
            if report in project.reports(study):
                found = resolve(project, study, report, code=code)
                try:
                    planned += _report_tasks(project, request, found, study, report)
                except lock.LockError as error:
                    planned.append(_refusal(f"{study}/{report}", error))
                    continue
                manifests.append(project.site / study / report / "manifest.json")
    if not planned:
        raise UserError(f"none of {', '.join(request.studies)} defines {' or '.join(request.reports)}")
    published = sorted({*project.site.glob("*/*/manifest.json"), *manifests})
    if project.handbook.is_file():
        published.append(project.handbook)
    planned.append(
        _task(
            "index",
            render_index,
            depends={"published": published, "code": state / "pipeline.sha256"},
            fixed={"root": project.root},
            produces={"index": project.site / "index.html"},
        )
    )
    return planned


def _report_tasks(project: Project, request: Request, found: Resolved, study: str, report: str) -> list:
    """Prepare, notebooks and report of one study's interim or final report."""
    root, state, folder = project.root, project.build / "state", project.build / study / report
    formats = request.formats or ["html", *(to for to in found.analysis["formats"] if to != "html")]
    common = {
        "settings": _write_settings(project, request, found, folder),
        "code": [state / "analysis.sha256", state / "studies.sha256"],
        "lock": root / "requirements.lock",
    }
    index = folder / "data" / "index.json"
    # a missing file is not for pytask, which knows no more than its path, but for the reader to tell
    missing = [file for file in found.sources if not (root / file).is_file()]
    planned = [
        _task(
            f"{study}/{report}: datasets",
            prepare_datasets,
            depends={**common, "sources": [root / file for file in found.sources if file not in missing]},
            fixed={"root": root, "asked": time.time() if found.live else None, "missing": missing},
            produces={"index": index},
        )
    ]
    made = []
    for entry in found.analysis["notebooks"]:
        name = entry["name"]
        parameters = folder / "params" / f"{name}.json"
        write_if_changed(parameters, as_json({"study": study, "report": report, **entry["parameters"]}))
        executed, results = folder / "notebooks" / f"{name}.ipynb", folder / "results" / f"{name}.json"
        made += [executed, results]
        planned.append(
            _task(
                f"{study}/{report}: {name}",
                run_notebook,
                depends={
                    **common,
                    "source": root / "notebooks" / f"{name}.ipynb",
                    "parameters": parameters,
                    "data": index,
                },
                fixed={"folder": root},
                produces={"executed": executed, "results": results},
            )
        )
    planned.append(
        _task(
            f"{study}/{report}: report",
            render_report,
            depends={
                **common,
                "made": [index, *made],
                "sources": [root / "_quarto.yml", *_sources(root / "reports", study)],
                "renderer_state": state / "renderer.txt",
                "pipeline": state / "pipeline.sha256",
            },
            fixed={"root": root, "formats": list(formats), "renderer": request.renderer},
            produces={"pages": _pages(project.site / study / report, formats)},
        )
    )
    return planned


def _refusal(name: str, error: lock.LockError):
    """A task that fails with the reason why a report may not be rendered; the other reports are not held up."""
    fixed = {"message": str(error)}
    return _task(f"{name}: datasets", lock.refuse, depends={}, fixed=fixed, produces={})


def _pages(folder: Path, formats: Sequence[str]) -> list[Path]:
    return [*(folder / publish.page(to) for to in formats), folder / "manifest.json"]


def _sources(reports: Path, study: str) -> list[Path]:
    """The report sources of a study: its own, the shared parts, style and references."""
    return sorted(file for file in reports.rglob("*") if _is_source(file, study))


def _is_source(file: Path, study: str) -> bool:
    """Whether a file under reports/ belongs to the sources of a study's report."""
    return (
        file.is_file()
        and "_site" not in file.parts
        and (study in file.parts or any(part.startswith("_") for part in file.parts) or file.suffix == ".bib")
    )


def _write_settings(project: Project, request: Request, found: Resolved, folder: Path) -> Path:
    """The settings of a report, with its state and the data cut of the command line applied."""
    cut = request.as_of or found.analysis["data_cut"]
    settings = folder / "settings.json"
    # each notebook depends on its own parameters and the report on its formats; here they would make all run again
    names = [{"name": entry["name"]} for entry in found.analysis["notebooks"]]
    analysis = {key: value for key, value in found.analysis.items() if key != "formats"}
    content = {
        "study": found.study,
        "analysis": {**analysis, "notebooks": names, "data_cut": cut},
        "criteria": found.criteria,
        "data_cut": cut,
        **lock.state_of(project, found.study, found.analysis, as_of=request.as_of).as_settings(),
    }
    write_if_changed(settings, as_json(content))
    return settings


def _task(name: str, function, *, depends: dict, fixed: dict, produces: dict):
    """One pytask task from files and constants."""
    from pytask import PathNode, TaskWithoutPath

    def node(content):
        if isinstance(content, list | tuple):
            return [node(entry) for entry in content]
        return PathNode.from_path(Path(content))

    constants = {key: _constant(name, key, value) for key, value in fixed.items()}
    return TaskWithoutPath(
        name=name,
        function=function,
        depends_on={**{key: node(value) for key, value in depends.items()}, **constants},
        produces={key: node(value) for key, value in produces.items()},
    )


def _constant(task: str, key: str, value):
    """A value given to a task; a new time of asking makes it run again, and so does a file that has gone.

    The others need no watching: the renderer is among the dependencies, the formats are the products.
    """
    from pytask import NodeInfo, PythonNode

    # without this, pytask takes the constants of all tasks for one node and compares the first one only
    info = NodeInfo(arg_name=key, path=(), task_path=None, task_name=task, value=value)
    watched = as_json if key in ("asked", "missing") else False
    return PythonNode(name=f"{task}::{key}", value=value, hash=watched, node_info=info)
