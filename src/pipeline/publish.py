"""From executed notebooks and a report's source to the published page: stage, render, check, put in place.

A report appears under its address only when everything asked for was rendered and checked; until then the last
good one stays. `manifest.json` is written last and lists what the page was made from.
"""

import csv
import json
import platform
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from io import StringIO
from pathlib import Path

from pipeline import changes
from pipeline.awaited import awaited_rows
from pipeline.ending import BlockedByData, StillChanging
from pipeline.files import leave_to, put_in_place, read_json, remove_tree, sync_tree, write_whole
from pipeline.marks import mark
from pipeline.project import Project, code_digest, sha256, write_if_changed

PAGES = {"html": "index.html", "docx": "report.docx", "pdf": "report.pdf"}
DESIGNS = {
    "cohort": "prospective cohort",
    "single_arm": "single arm, before/after",
    "randomised": "randomised",
}
NOT_LOCKED = "Draft of the final report: the data are not locked. Not to be cited or passed on."
SHOWN_VERSIONS = ("numpy", "pandas", "scipy", "statsmodels", "matplotlib", "papermill")


def page(to: str) -> str:
    """The file name of a report in one format."""
    return PAGES[to]


def describe_renderer(engine: str | None) -> str:
    """Name and version of the renderer that would be used."""
    from pipeline.render import choose_engine, engine_version

    return engine_version(choose_engine(engine))


def report(*, project: Project, run: dict, asked: Path, renderer: str | None) -> None:
    """Stage, render, check, keep and publish one report in every format asked for.

    Parameters
    ----------
    project : Project
    run : dict
        What the run is made from; see `pipeline.gather.Gathered.facts`.
    asked : Path
        The settings that this run resolved.
    renderer : str or None

    Raises
    ------
    StillChanging
        If the code was written to during the run.
    BlockedByData
        If a source has fewer rows than in the last run and that blocks.
    """
    from pipeline.runs import keep

    study, name = run["study"], run["report"]
    folder = project.build / study / name
    content = prepared_settings(folder, asked)
    guard_rows(folder / "data" / "index.json", before=rows_before(project, study, name), guard=run["guard"])
    now = datetime.now(UTC)
    stage = fresh(folder / "stage")
    rows = collected_results(
        [folder / "results" / f"{entry['name']}.json" for entry in content["analysis"]["notebooks"]]
    )
    rows += awaited_rows(Path(run["snapshot"]), content, rows)
    ident = keep.next_id(project, study, name, now)
    cover = {
        **cover_block(project, content, renderer),
        "run": ident,
        "rendered_at": now.isoformat(timespec="seconds"),
    }
    cover |= {key: run[key] for key in ("next_expected", "stale_after")}
    known = manifest(project, content, folder, cover, run)
    since = changes.since_last(project, rows, folder, known) if name == "interim" else None
    section = since and since.section
    fill_stage(
        stage,
        source=Path(run["snapshot"]),
        folder=folder,
        content=content,
        rows=rows,
        cover=cover,
        since=section,  # type: ignore[arg-type]
    )
    made = fresh(folder / "rendered")
    for to in run["formats"]:
        render_stage(stage, made / page(to), to=to, renderer=renderer, source=f"reports/{study}/{name}.qmd")
    (made / "results.csv").write_text(as_csv(rows), encoding="utf-8")
    require_same_code(project, run)
    described = {
        **known,
        "since_last": since and since.line,
        "outputs": {file.name: sha256(file) for file in sorted(made.iterdir())},
    }
    kept = keep.keep_run(project, run, described, folder, made)
    place(kept, project.site / study / name, project.site / f".{study}-{name}.partial", group=run["group"])
    keep.prune(project, study, name, most=run["keep"])


def prepared_settings(folder: Path, asked: Path) -> dict:
    """The settings that the datasets were prepared with, which must be those of this run.

    Raises
    ------
    RuntimeError
        If cut, parameters and datasets do not belong together.
    """
    kept, index = folder / "settings.json", read_json(folder / "data" / "index.json") or {}
    if not kept.is_file() or not sha256(kept) == index.get("settings") == sha256(asked):
        raise RuntimeError(
            f"the datasets of {folder.parent.name}/{folder.name} were prepared with other settings; render again"
        )
    return json.loads(kept.read_text(encoding="utf-8"))


def rows_before(project: Project, study: str, report: str) -> dict[str, int]:
    """The rows of each source in the last published run."""
    published = read_json(project.site / study / report / "manifest.json") or {}
    rows = published.get("rows")
    return rows if isinstance(rows, dict) else {}


def guard_rows(index: Path, *, before: dict[str, int], guard: str) -> None:
    """Stop where a source has fewer rows than in the last published run, if that is to block.

    Raises
    ------
    BlockedByData
        Which source, how many rows then and now, and how to confirm.
    """
    now = json.loads(index.read_text(encoding="utf-8"))["rows"]
    fewer = [
        f"{name}: {before[name]} rows before, {now.get(name, 0)} now"
        for name in before
        if now.get(name, 0) < before[name]
    ]
    if fewer and guard == "block":
        raise BlockedByData(
            "fewer rows than in the last published run; see whether the export is complete, and confirm with "
            "--accept-fewer-rows if it is:\n  " + "\n  ".join(fewer)
        )


def require_same_code(project: Project, run: dict) -> None:
    """Stop when a module that this process may have loaded was written to since the run began.

    Raises
    ------
    StillChanging
        Which.
    """
    changed = [name for name, was in run["watched"].items() if mark(project.root / name) != was]
    if changed:
        raise StillChanging(
            f"code was changed during the run ({', '.join(changed[:3])}{' and more' if len(changed) > 3 else ''}); "
            "nothing was replaced, render again"
        )


def place(kept: Path, target: Path, partial: Path, *, group: str | None) -> None:
    """Publish what a run made, in one step: copies, so that nothing done to the site touches the run."""
    remove_tree(partial)
    partial.mkdir(parents=True)
    for file in [*sorted((kept / "report").iterdir()), kept / "manifest.json"]:
        shutil.copyfile(file, partial / file.name)
    leave_to([partial, *partial.iterdir()], group)
    sync_tree(partial)
    put_in_place(partial, target)


def render_stage(stage: Path, output: Path, *, to: str, renderer: str | None, source: str) -> None:
    """Render one format; faults are told by the file that the author edits, not by its copy in the stage."""
    from pipeline.render import RenderError, render

    try:
        render(stage, to=to, output=output, engine=renderer)
    except RenderError as error:
        if not error.problems:
            raise
        origin = {"index.qmd": source} | {
            f"parts/{file.name}": f"reports/_parts/{file.name}" for file in (stage / "parts").iterdir()
        }
        problems = [replace(found, file=origin.get(found.file, found.file)) for found in error.problems]
        raise RenderError(str(error).splitlines()[0], tuple(problems)) from None


def fresh(folder: Path) -> Path:
    """An empty folder of that name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def collected_results(files: Iterable[Path]) -> list[dict]:
    """All rows of the results table of one report; an id that two notebooks share is an error."""
    rows, origin = [], {}
    for file in sorted(files):
        for row in json.loads(file.read_text(encoding="utf-8")):
            if other := origin.get(row["result_id"]):
                raise ValueError(f"result {row['result_id']} is published by {other} and by {file.stem}")
            origin[row["result_id"]] = file.stem
            rows.append({**row, "notebook": file.stem})
    return rows


def as_csv(rows: list[dict]) -> str:
    """The results table as CSV, numbers unrounded."""
    from analysis.escape import csv_cell
    from analysis.results import COLUMNS

    text, columns = StringIO(), [*COLUMNS, "notebook"]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([csv_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue()


def cover_block(project: Project, content: dict, renderer: str | None) -> dict:
    """What a reader must know before the first number: study, registration, data cut, state, versions."""
    study, analysis = content["study"], content["analysis"]
    return {
        "study": study["title"],
        "registry": study["registry"]["id"] if study.get("registry") else None,
        "report": analysis["report"],
        "data_cut": content["data_cut"] or "all data",
        "state": content["state"],
        "lock": content["lock"],
        "differs": content["differs"],
        "synthetic": bool(study.get("synthetic")),
        "code_version": code_version(project),
        "renderer": describe_renderer(renderer),
        "versions": {name: metadata.version(name) for name in SHOWN_VERSIONS},
        "python": platform.python_version(),
    }


WORK_TREE = (
    "src",
    "notebooks",
    "params",
    "reports",
    "data",
    "_quarto.yml",
    "requirements.lock",
    "pyproject.toml",
)


def code_version(project: Project) -> str:
    """The git commit, and whether the work tree differs from it; a digest of the code where there is no git."""
    try:
        commit = _git(project, "rev-parse", "--short=12", "HEAD")
        changed = _git(project, "status", "--porcelain", "--", *WORK_TREE)
        return f"{commit} with {len(changed.splitlines())} files changed since" if changed else commit
    except (OSError, subprocess.SubprocessError):
        from hashlib import sha256 as digest

        return "code " + digest(code_digest(project.root / "src").encode()).hexdigest()[:12]


def _git(project: Project, *words: str) -> str:
    there = [word for word in words if word not in WORK_TREE or (project.root / word).exists()]
    command = ["git", "-C", project.root, "--no-optional-locks", *there]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()  # type: ignore[arg-type]


def fill_stage(
    stage: Path,
    *,
    source: Path,
    folder: Path,
    content: dict,
    rows: list[dict],
    cover: dict,
    since: str | None,
) -> None:
    """Lay out what a renderer reads; ``quarto render index.qmd`` works in that folder by hand, too."""
    from pipeline.abbreviations import write_abbreviations
    from pipeline.render import stage_notebook
    from pipeline.variables import formatted, used_ids
    from pipeline.words import words_of

    study, name = content["study"]["id"], content["analysis"]["report"]
    reports = source / "reports"
    shutil.copyfile(source / "_quarto.yml", stage / "_quarto.yml")
    text = (reports / study / f"{name}.qmd").read_text(encoding="utf-8")
    (stage / "index.qmd").write_text(text + (since or ""), encoding="utf-8")
    shutil.copyfile(reports / "references.bib", stage / "references.bib")
    shutil.copytree(reports / "_parts", stage / "parts", copy_function=shutil.copyfile)
    if (reports / "_style").is_dir():
        shutil.copytree(reports / "_style", stage / "_style", copy_function=shutil.copyfile)
    built = folder / "notebooks"
    wanted = [entry["name"] for entry in content["analysis"]["notebooks"]]
    for notebook in wanted:
        executed = json.loads((built / f"{notebook}.ipynb").read_text(encoding="utf-8"))
        staged = json.dumps(stage_notebook(executed), ensure_ascii=False)
        write_if_changed(stage / "notebooks" / f"{notebook}.ipynb", staged)
    write_abbreviations(stage)
    said, chosen = words_of(content["study"])
    used = used_ids([file.read_text(encoding="utf-8") for file in sorted(stage.rglob("*.qmd"))])
    digits = digits_of(folder)
    write_yaml(stage / "_variables.yml", formatted(rows, digits, used=used, chosen=chosen))
    write_yaml(stage / "_metadata.yml", {**said, **cover_metadata(content["study"], cover)})


def cover_metadata(study: dict, cover: dict) -> dict:
    """The cover as the page templates read it."""
    versions = [f"{name} {version}" for name, version in cover["versions"].items()]
    facts = study_facts(study)
    extra = [
        ("Design", facts["design"]),
        ("Institution", study["institution"]),
        ("Planned size", f"{study['planned_n']} participants"),
        ("To be borne in mind", facts["caveats"]),
        ("Contact", facts["contact"]),
        ("Data lock", lock_text(cover)),
    ]
    return {
        **{key: value or "not stated" for key, value in facts.items()},
        "study-title": study["title"],
        "registry": cover["registry"] or "",
        "report-label": f"{cover['report'].capitalize()} report",
        "state": cover["state"],
        **(
            {"state-text": draft_text(cover)}
            if (cover["report"], cover["state"]) == ("final", "draft")
            else {}
        ),
        "provenance": provenance(cover),
        **({"stale-after": cover["stale_after"]} if cover["stale_after"] else {}),
        "data-cut": cover["data_cut"],
        "synthetic": cover["synthetic"],
        "versions": [
            f"code {cover['code_version']}",
            cover["renderer"],
            f"Python {cover['python']}",
            *versions,
        ],
        "is-interim": cover["report"] == "interim",
        "is-final": cover["report"] == "final",
        "cover-extra": [{"term": term, "value": value} for term, value in extra if value],
    }


def lock_text(cover: dict) -> str | None:
    """The lock that a report rests on, for its cover and foot."""
    lock = cover["lock"]
    if not lock:
        return None
    signed = ", signed" if lock["signed"] else ""
    return f"{lock['name']}, SHA-256 {lock['sha256'][:16]}{signed}"


def draft_text(cover: dict) -> str:
    """Why a final report is a draft."""
    from pipeline.lock import shortened

    if not cover["differs"]:
        return NOT_LOCKED
    listed = "; ".join(shortened(tuple(cover["differs"])))
    return f"Draft of the final report: it differs from what was locked ({listed}). Not to be cited or passed on."


def provenance(cover: dict) -> str:
    """Which run made the page, when, on which lock it rests, and when the next one is due."""
    parts = [f"run {cover['run']}", f"rendered {minute(cover['rendered_at'])}"]
    if lock := lock_text(cover):
        parts.append(f"data lock {lock}")
    if cover["next_expected"]:
        parts.append(f"next expected {minute(cover['next_expected'])}")
    return " · ".join(parts)


def minute(text: str) -> str:
    """A time in ISO form as people read it."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def study_facts(study: dict) -> dict[str, str | None]:
    """What the study file says about the study, for ``{{< meta registration >}}`` and the like in the prose."""
    registry, period = study.get("registry") or {}, study.get("period") or {}
    contact = study.get("contact") or {}
    when = registry.get("registered")
    registered = "registered retrospectively" if registry.get("retrospective") else None
    return {
        "design": DESIGNS[study["design"]],
        "institution": study["institution"],
        "investigators": joined(study["investigators"]),
        "registration": joined([registry.get("id"), registry.get("name"), when and f"{when}", registered]),
        "period": joined([period.get("start"), period.get("end")], " to "),
        "caveats": joined(study["caveats"], " "),
        "ethics": study.get("ethics"),
        "study-funding": study.get("funding"),  # Quarto takes `funding` for itself
        "contact": joined([contact.get("name"), contact.get("email")]),
    }


def joined(parts: Iterable[str | None], by: str = ", ") -> str | None:
    """The parts that are there, in one text; None when there is none."""
    return by.join(part for part in parts if part) or None


def digits_of(folder: Path) -> dict[str, int]:
    """Decimals of each variable's own values; endpoints also by their id, which is what results are keyed by."""
    from analysis.read.report_data import Prepared

    prepared = Prepared(folder)
    return {**prepared.digits, **{e.id: prepared.digits.get(e.variable, 1) for e in prepared.study.endpoints}}


def write_yaml(file: Path, content: dict) -> None:
    """Store as JSON, which every YAML reader takes: no surprise with numbers, dates or yes/no."""
    write_if_changed(file, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def manifest(project: Project, content: dict, folder: Path, cover: dict, run: dict) -> dict:
    """What the report is made from."""
    from pipeline.lock import libraries

    data = json.loads((folder / "data" / "index.json").read_text(encoding="utf-8"))
    study, inputs = content["study"]["id"], run["inputs"]
    params = {name: digest for name, digest in inputs.items() if name.startswith(f"params/{study}/")}
    return {
        **cover,
        "study_id": study,
        "data": data["files"],
        "rows": data["rows"],
        "datasets": data["datasets"],
        "settings": data["settings"],
        "params": {name.rsplit("/", 1)[1]: digest for name, digest in params.items()},
        "notebooks": {name: digest for name, digest in inputs.items() if name.startswith("notebooks/")},
        "text": {name: digest for name, digest in inputs.items() if name.startswith(("reports/", "_quarto"))},
        "code": {part: code_of(inputs, part) for part in ("analysis", "studies", "pipeline")},
        "modules": run["modules"],
        "environment": inputs.get("requirements.lock"),
        "libraries": libraries(),
    }


def code_of(inputs: dict[str, str], part: str) -> str:
    """A digest over the source files of one package."""
    from hashlib import sha256 as digest

    lines = [
        f"{value}  {name}\n" for name, value in sorted(inputs.items()) if name.startswith(f"src/{part}/")
    ]
    return digest("".join(lines).encode()).hexdigest()


def index(project: Project, target: Path, *, group: str | None = None) -> None:
    """The page that lists every published report; one whose manifest cannot be read is left out."""
    from pipeline.render import render_index

    reports = []
    for file in sorted(project.site.glob("*/*/manifest.json")):
        listed = read_json(file)
        if listed and "outputs" in listed:
            folder = file.parent.relative_to(project.site).as_posix()
            reports.append({**listed, "folder": folder, "files": sorted(listed["outputs"])})
    handbook = project.handbook.relative_to(project.site).as_posix() if project.handbook.is_file() else None
    write_whole(target, render_index(reports, handbook=handbook))
    leave_to([target, target.parent], group)
