"""What a paper is made from: the newest kept run of a report, whole and with all that it read."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.project import Project, UserError
from pipeline.publish.results import collected_results
from pipeline.reach import Code
from pipeline.resolve import resolve
from pipeline.runs.keep import manifest_of, runs_of
from pipeline.runs.verify import require_whole
from pipeline.texts import in_language


@dataclass(frozen=True, slots=True)
class Origin:
    """A kept run.

    Attributes
    ----------
    folder : Path
        The run: ``inputs/``, ``data/``, ``notebooks/`` (executed), ``results/``.
    report : str
        interim or final.
    settings : dict
        The settings that it was made with: study, analysis, criteria, state, lock.
    manifest : dict
    rows : list of dict
        Its results.
    inputs : Path
        Where parameters, texts and references lie: what the run read, or the checkout for a plan.
    """

    folder: Path
    report: str
    settings: dict
    manifest: dict
    rows: list[dict]
    inputs: Path

    @property
    def study(self) -> dict:
        """The study as its settings hold it, in the language of the run."""
        return self.settings["study"]

    @property
    def language(self) -> str:
        """The language of its notebooks and texts."""
        return self.study["lang"]

    @property
    def own_words(self) -> Path:
        """The study's own catalogue."""
        return self.inputs / "params" / self.study["id"] / f"{self.language}.po"

    def executed(self) -> dict[str, dict]:
        """The executed notebooks by name, in the order of the report."""
        names = [entry["name"] for entry in self.settings["analysis"]["notebooks"]]
        folder = self.folder / "notebooks"
        return {name: json.loads((folder / f"{name}.ipynb").read_text(encoding="utf-8")) for name in names}


def origin_of(
    project: Project, study: str, *, report: str | None, language: str | None, engine: str | None
) -> Origin:
    """The newest kept run of a report; one is made where there is none.

    Parameters
    ----------
    project : Project
    study : str
        Folder of the study in ``params/``.
    report : str, optional
        interim or final; the last that the study defines.
    language : str, optional
        As ``--lang`` of ``study render``; the study's own language when not given.
    engine : str, optional
        The renderer, where the report is to be made.

    Raises
    ------
    UserError
        If the study has no such report, the report cannot be made, or the run is not as it was kept.
    """
    defined = project.reports(study)
    if not defined:
        raise UserError(f"study {study} has no report: neither params/{study}/interim.yml nor final.yml")
    wanted = report or defined[-1]
    if wanted not in defined:
        raise UserError(f"study {study} has no {wanted} report (params/{study}/{wanted}.yml is not there)")
    place = place_of(project, study, wanted, language)
    if not runs_of(project, study, place):
        _make(project, study, wanted, language, engine)
    run = runs_of(project, study, place)[-1]
    require_whole(run)
    settings = _completed(json.loads((run / "settings.json").read_text(encoding="utf-8")), run)
    rows = collected_results(sorted((run / "results").glob("*.json")))
    return Origin(run, wanted, settings, manifest_of(run), rows, run / "inputs")


def planned_origin(project: Project, origin: Origin) -> Origin:
    """The same run with parameters and texts as they are in the checkout now: a plan says what the files say.

    Raises
    ------
    StudyFileError
        If the study file, the list of criteria or the report's file is wrong.
    """
    found = resolve(
        project.root, origin.study["id"], origin.report, code=Code(project.root / "src"), kept=None
    )
    own = project.root / "params" / origin.study["id"] / f"{origin.language}.po"
    settings = {
        **origin.settings,
        "study": {**in_language(found.study, origin.language, own), "lang": origin.language},
        "criteria": in_language(found.criteria, origin.language, own),
    }
    return replace(origin, settings=settings, inputs=project.root)


def _completed(settings: dict, run: Path) -> dict:
    """The settings of a run as the models of today read them, what was added since with its default."""
    from pydantic import ValidationError

    from analysis.study import Analysis, as_study

    try:
        study = as_study(settings["study"]).model_dump(mode="json", by_alias=True)
        analysis = Analysis.model_validate(settings["analysis"]).model_dump(mode="json", by_alias=True)
    except (ValidationError, KeyError):
        raise UserError(
            f"run {run.name} was made by another version of this project; render the report again"
        ) from None
    return {**settings, "study": study, "analysis": analysis}


def place_of(project: Project, study: str, report: str, language: str | None) -> str:
    """Where the runs of a report in a language lie."""
    from analysis import read

    own = read.study(project.root / "params" / study / "study.yml").lang
    return report if language in (None, own) else f"{report}-{language}"


def _make(project: Project, study: str, report: str, language: str | None, engine: str | None) -> None:
    """Render the report, whose run the paper is made from."""
    from pipeline import runner
    from pipeline.request import Request

    request = Request(studies=[study], reports=[report], language=language, renderer=engine, sites=())
    watch = runner.Watch(project, runner.operation_of(project.root))
    session: Any = runner.run(project, request, workers=2, watch=watch)
    if failed := runner.failures(project, session):
        told = "\n".join(message for _, message in failed)
        raise UserError(
            f"the {report} report of {study}, which the paper is made from, cannot be made:\n{told}"
        )
