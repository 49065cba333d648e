"""The study file and the files of its reports: models, loading, and errors that name every problem at once."""

from pathlib import Path

from pydantic import ValidationError

from analysis.study import checks, drug_list
from analysis.study.catalogue import Catalogue
from analysis.study.criteria import Criteria, criteria_findings
from analysis.study.document import Document, Problem, StudyFileError, load, plain
from analysis.study.messages import message_of
from analysis.study.model import Analysis, Notebook, Study, as_study
from analysis.study.package import UnknownSettings, settings_model

__all__ = [
    "Analysis",
    "Notebook",
    "Problem",
    "Study",
    "StudyFileError",
    "as_study",
    "load_analysis",
    "load_criteria",
    "load_study",
]


def load_study(path: Path) -> Study:
    """Read and check a study file, with the list of criteria beside it for the names that come from there.

    Raises
    ------
    StudyFileError
        Naming all problems found: file, line, key, what is wrong, the nearest valid name, what exists.
    """
    path = Path(path)
    document = load(path)
    study, problems = examine_study(document, criteria=_criteria_beside(document))
    if problems:
        raise StudyFileError(problems)
    return study


def _criteria_beside(document: Document) -> dict:
    """The list of criteria that a study file names, as far as it can be read; its own check tells the rest."""
    name = document.tree.get("eligibility") if isinstance(document.tree, dict) else None
    try:
        return plain(load(document.path.parent / name).tree) if isinstance(name, str) else {}
    except (StudyFileError, OSError):
        return {}


def examine_study(document: Document, *, criteria: dict) -> tuple[Study | None, list[Problem]]:
    """The study of a document, where one can be built, and all that is wrong with it, by line."""
    listed = drug_list.inline(document)
    settings, unknown = _settings(document)
    study, problems = _validate(Study[settings], document)
    problems += unknown + listed
    if study is not None:
        study._document, study._criteria = document, criteria
        found = checks.study_findings(study, Catalogue(study, criteria=criteria))
        problems += [document.problem(place, text) for place, text in (*found, *_own_name(study, document))]
        problems += [document.problem(place, text) for place, text in drug_list.findings(study)]
    return study, _in_order(problems)


def _own_name(study: Study, document: Document) -> list[tuple[tuple, str]]:
    """A study in ``params/`` bears the name of its folder."""
    folder = document.path.resolve().parent
    if folder.parent.name == "params" and study.id != folder.name:
        return [(("id",), f"'{study.id}' is not the name of its folder, {folder.name}")]
    return []


def load_criteria(path: Path, study: Study) -> dict:
    """Read and check a list of criteria against its study; it is given as plain numbers, texts and lists.

    Raises
    ------
    StudyFileError
        As `load_study`.
    """
    document = load(Path(path))
    problems = examine_criteria(document, study)
    if problems:
        raise StudyFileError(problems)
    return plain(document.tree)


def examine_criteria(document: Document, study: Study) -> list[Problem]:
    """All that is wrong with a list of criteria, by line."""
    criteria, problems = _validate(Criteria, document)
    if criteria is not None:
        found = criteria_findings(criteria, Catalogue(study, criteria=plain(document.tree)))
        problems += [document.problem(place, text) for place, text in found]
    return _in_order(problems)


def load_analysis(path: Path, study: Study) -> Analysis:
    """Read and check the file of a report (interim.yml, final.yml) against its study.

    Raises
    ------
    StudyFileError
        As `load_study`.
    """
    analysis, problems = examine_analysis(load(Path(path)), Catalogue(study, criteria=study._criteria))
    if problems:
        raise StudyFileError(problems)
    return analysis


def examine_analysis(document: Document, catalogue: Catalogue) -> tuple[Analysis | None, list[Problem]]:
    """The report of a document, where one can be built, and all that is wrong with it, by line."""
    analysis, problems = _validate(Analysis, document)
    if analysis is not None:
        found = list(checks.analysis_findings(analysis, catalogue))
        if document.path.stem in ("interim", "final") and analysis.report != document.path.stem:
            found.append(
                (("report",), f"'{analysis.report}' is not the name of its file, {document.path.name}")
            )
        problems += [document.problem(place, text) for place, text in found]
    return analysis, _in_order(problems)


def _settings(document: Document):
    """The model of the study's settings, and what is wrong with the name of its package."""
    try:
        return settings_model(document.tree.get("package")), []
    except LookupError as error:
        return UnknownSettings, [document.problem(("package",), str(error))]


def _in_order(problems: list[Problem]) -> list[Problem]:
    """By line."""
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.key))


def _validate(model, document: Document):
    """The model where it can be built (without its unknown keys), and the problems so far."""
    problems = list(document.problems)
    try:
        return model.model_validate(document.tree), problems
    except ValidationError as error:
        found = error.errors(include_url=False)
    problems += [document.problem(tuple(item["loc"]), message_of(model, item)) for item in found]
    if any(item["type"] != "extra_forbidden" for item in found):
        return None, problems
    for item in found:
        _drop(document.tree, item["loc"])
    try:
        return model.model_validate(document.tree), problems
    except ValidationError:  # what is left does not fit together without the keys that are wrong
        return None, problems


def _drop(tree, place) -> None:
    """Take an unknown key out, so that the rest can still be checked."""
    *parents, last = place
    for step in parents:
        tree = tree[step]
    del tree[last]
