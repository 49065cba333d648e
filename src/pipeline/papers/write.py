"""`study sap` and `study manuscript`: from what was asked to files in ``papers/<study>/``."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from analysis.language import tr
from pipeline import planned
from pipeline.papers import make, manuscript, sap
from pipeline.papers.exhibits import exhibits_of, methods_of, run_exhibits
from pipeline.papers.fields import Filled, refill
from pipeline.papers.journals import journal_of, style_of
from pipeline.papers.origin import Origin, origin_of, planned_origin
from pipeline.papers.shells import known_words, shell
from pipeline.project import Project, sha256
from pipeline.publish import in_words_of
from pipeline.publish.cover import DESIGNS, plan_facts, planned_size
from pipeline.reach import Code
from pipeline.resolve import resolve

FOLDER = "papers"
SAP_FORMATS = ("html", "docx", "pdf")
MANUSCRIPT_FORMATS = ("docx", "pdf")


def write_sap(
    project: Project, study: str, *, language: str | None, formats: Sequence[str], engine: str | None
) -> list[Path]:
    """Write the plan of analysis of a study; the files.

    Raises
    ------
    UserError
        If the report whose shells it shows cannot be made.
    RenderError
        If the renderer stops.
    """
    origin = planned_origin(project, origin_of(project, study, report=None, language=language, engine=engine))
    with in_words_of(origin.settings, origin.inputs):
        stage = make.fresh_stage(project, study, named("sap", origin, project))
        source = make.begin(origin, stage)
        known = known_words(origin.settings)
        make.notebooks_into(stage, origin, lambda content: shell(content, known))
        exhibits = run_exhibits(exhibits_of(source.lines), origin.executed())
        plan = sap.Plan(
            origin=origin,
            parts=source.parts,
            exhibits=exhibits,
            methods=methods_of(exhibits, origin.executed(), origin.rows),
            standing=_standing(project, study),
            version=_version(project, study),
        )
        title = tr("Statistical analysis plan: {title}", title=origin.study["title"])
        said = _said(origin, tr("Statistical analysis plan"), title)
        make.text_into(stage, origin, sap.sap_text(plan), front={"title": title}, said=said)
        return make.rendered(
            project,
            stage,
            name=named("sap", origin, project),
            formats=formats,
            target=project.root / FOLDER / study,
            engine=engine,
        )


def write_manuscript(
    project: Project,
    study: str,
    *,
    report: str | None,
    journal: str,
    language: str | None,
    formats: Sequence[str],
    engine: str | None,
) -> list[Path]:
    """Write the draft of a manuscript; the files.

    Raises
    ------
    UserError
        If the journal is not known, or the report whose results it tells cannot be made.
    RenderError
        If the renderer stops.
    """
    asked = journal_of(journal)
    origin = origin_of(project, study, report=report, language=language, engine=engine)
    with in_words_of(origin.settings, origin.inputs):
        stage = make.fresh_stage(project, study, named("manuscript", origin, project))
        source = make.begin(origin, stage)
        make.notebooks_into(stage, origin)
        draft = manuscript.Draft(
            origin=origin,
            parts=source.main,
            english=source.english,
            exhibits=manuscript.chosen_exhibits(source.shown, []),
            journal=asked,
            references=make.reference_keys(stage),
            standing=_done_otherwise(origin.settings.get("plan")),
        )
        lines = make.elsewhere(manuscript.manuscript_text(draft), source.numbers)
        (stage / asked.style).write_text(style_of(asked), encoding="utf-8")
        title = source.details.get("title") or origin.study["title"]
        front = {"title": title, "csl": asked.style, "toc": False, "no-contents": True}
        said = _said(origin, tr("Manuscript draft"), title) | {"cover": []}
        told = make.text_into(stage, origin, lines, front=front, said=said)
        make.add_fields(stage, told)
        name = named("manuscript", origin, project)
        return make.rendered(
            project, stage, name=name, formats=formats, target=project.root / FOLDER / study, engine=engine
        )


def named(kind: str, origin: Origin, project: Project) -> str:
    """How the file of a paper is called: with its language where that is not the study's own."""
    from analysis import read

    own = read.study(project.root / "params" / origin.study["id"] / "study.yml").lang
    return kind if origin.language == own else f"{kind}-{origin.language}"


def refill_manuscript(
    project: Project, study: str, file: Path, *, report: str | None, language: str | None
) -> Filled:
    """Fill the numbers of a manuscript that authors have edited with those of the newest run.

    Raises
    ------
    UserError
        If the file is no manuscript of this project's, or the report cannot be made.
    """
    origin = origin_of(project, study, report=report, language=language, engine=None)
    with in_words_of(origin.settings, origin.inputs):
        return refill(file, lambda names: make.told_of(origin, names))


def _standing(project: Project, study: str) -> list[str]:
    """Whether the plan is locked, and what has changed in the files since."""
    if "final" not in project.reports(study):
        return [tr("This plan is not locked; what it says can still change."), ""]
    plan = planned.compared(
        project, study, resolve(project.root, study, "final", code=Code(project.root / "src"), kept=None)
    )
    if plan is None:
        return [tr("This plan is not locked; what it says can still change."), ""]
    return planned.said(plan)


def _done_otherwise(plan: dict | None) -> list[str]:
    if plan is None:
        return [tr("No plan of analysis was locked before the data were analysed."), ""]
    return planned.said(plan)


def _version(project: Project, study: str) -> str:
    """Date and hash of what the plan is written from."""
    file = project.root / "params" / study / "study.yml"
    return tr("{date}, study file {hash}", date=f"{datetime.now(UTC):%Y-%m-%d}", hash=sha256(file)[:12])


def _said(origin: Origin, label: str, title: str) -> dict:
    """What a paper says of itself: cover, banners, heads."""
    study = origin.study
    registry = study["registry"]["id"] if study["registry"] else ""
    rows = [
        (tr("Registry"), registry),
        (tr("Institution"), study["institution"]),
        (tr("Design"), DESIGNS[study["design"]]),
        (tr("Planned size"), planned_size(study)),
        (tr("Made from"), tr("run {run}", run=origin.folder.name)),
    ]
    banner = {"kind": "synthetic", "text": tr("Synthetic data: no real patient is described.")}
    return {
        **plan_facts(study),
        "study-title": study["title"],
        "registry": registry,
        "institution": study["institution"],
        "report-label": label,
        "synthetic": bool(study["synthetic"]),
        "state": "draft",
        "cover": [{"term": term, "value": value} for term, value in rows if value],
        "banners": [banner] if study["synthetic"] else [],
        "registration": registry or tr("not registered"),
    }
