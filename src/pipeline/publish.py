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

from pipeline.project import Project, as_json, code_digest, sha256, write_if_changed

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


def report(*, settings: Path, root: Path, formats: list[str], renderer: str | None) -> None:
    """Stage, render, check and publish one report in every format asked for."""
    folder, project = settings.parent, Project(root)
    content = json.loads(settings.read_text(encoding="utf-8"))
    study, name = content["study"]["id"], content["analysis"]["report"]
    stage = fresh(folder / "stage")
    rows = collected_results(
        [folder / "results" / f"{entry['name']}.json" for entry in content["analysis"]["notebooks"]]
    )
    cover = cover_block(project, content, renderer)
    fill_stage(stage, project=project, content=content, rows=rows, cover=cover)
    made = fresh(folder / "rendered")
    for to in formats:
        render_stage(stage, made / page(to), to=to, renderer=renderer, source=f"reports/{study}/{name}.qmd")
    (made / "results.csv").write_text(as_csv(rows), encoding="utf-8")
    write_if_changed(made / "manifest.json", as_json(manifest(project, content, folder, made, cover)))
    target = project.site / study / name
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted(made.iterdir(), key=lambda file: file.name == "manifest.json"):
        partial = target / (file.name + ".partial")
        shutil.copy2(file, partial)
        partial.replace(target / file.name)
    for stale in set(PAGES.values()) - {page(to) for to in formats}:
        (target / stale).unlink(missing_ok=True)


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
        "synthetic": bool(study.get("synthetic")),
        "code_version": code_version(project),
        "renderer": describe_renderer(renderer),
        "versions": {name: metadata.version(name) for name in SHOWN_VERSIONS},
        "python": platform.python_version(),
    }


def code_version(project: Project) -> str:
    """The git commit, or a digest of the code where there is no git."""
    try:
        asked = subprocess.run(
            ["git", "-C", project.root, "rev-parse", "--short=12", "HEAD"],
            capture_output=True,
            text=True,
            check=True,
        )
        return asked.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        from hashlib import sha256 as digest

        return "code " + digest(code_digest(project.root / "src").encode()).hexdigest()[:12]


def fill_stage(stage: Path, *, project: Project, content: dict, rows: list[dict], cover: dict) -> None:
    """Lay out what a renderer reads; ``quarto render index.qmd`` works in that folder by hand, too."""
    from pipeline.abbreviations import write_abbreviations
    from pipeline.render import stage_notebook
    from pipeline.variables import formatted, used_ids

    study, name = content["study"]["id"], content["analysis"]["report"]
    reports = project.root / "reports"
    shutil.copy2(project.root / "_quarto.yml", stage)
    shutil.copy2(reports / study / f"{name}.qmd", stage / "index.qmd")
    shutil.copy2(reports / "references.bib", stage)
    shutil.copytree(reports / "_parts", stage / "parts")
    if (reports / "_style").is_dir():
        shutil.copytree(reports / "_style", stage / "_style")
    built = project.build / study / name / "notebooks"
    wanted = [entry["name"] for entry in content["analysis"]["notebooks"]]
    for notebook in wanted:
        executed = json.loads((built / f"{notebook}.ipynb").read_text(encoding="utf-8"))
        staged = json.dumps(stage_notebook(executed), ensure_ascii=False)
        write_if_changed(stage / "notebooks" / f"{notebook}.ipynb", staged)
    write_abbreviations(stage)
    used = used_ids([file.read_text(encoding="utf-8") for file in sorted(stage.rglob("*.qmd"))])
    write_yaml(stage / "_variables.yml", formatted(rows, digits_of(project.build / study / name), used=used))
    write_yaml(stage / "_metadata.yml", cover_metadata(content["study"], cover))


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
    ]
    return {
        **{key: value or "not stated" for key, value in facts.items()},
        "study-title": study["title"],
        "registry": cover["registry"] or "",
        "report-label": f"{cover['report'].capitalize()} report",
        "state": cover["state"],
        **({"state-text": NOT_LOCKED} if (cover["report"], cover["state"]) == ("final", "draft") else {}),
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


def manifest(project: Project, content: dict, folder: Path, made: Path, cover: dict) -> dict:
    """What the report was made from and what was made."""
    data = json.loads((folder / "data" / "index.json").read_text(encoding="utf-8"))
    study = content["study"]["id"]
    params = sorted((project.root / "params" / study).glob("*.yml"))
    return {
        **cover,
        "study_id": study,
        "rendered_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": data["files"],
        "datasets": data["datasets"],
        "params": {file.name: sha256(file) for file in params},
        "code": {
            part: sha256(project.build / "state" / f"{part}.sha256")
            for part in ("analysis", "studies", "pipeline")
        },
        "environment": sha256(project.root / "requirements.lock"),
        "outputs": {file.name: sha256(file) for file in sorted(made.iterdir())},
    }


def index(project: Project, target: Path) -> None:
    """The page that lists every published report."""
    from pipeline.render import render_index

    reports = []
    for file in sorted(project.site.glob("*/*/manifest.json")):
        listed = json.loads(file.read_text(encoding="utf-8"))
        folder = file.parent.relative_to(project.site).as_posix()
        reports.append({**listed, "folder": folder, "files": sorted(listed["outputs"])})
    handbook = project.handbook.relative_to(project.site).as_posix() if project.handbook.is_file() else None
    write_if_changed(target, render_index(reports, handbook=handbook))
