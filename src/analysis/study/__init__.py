"""The study file and the files of its reports: models, loading, and errors that name every problem at once."""

from pathlib import Path

from pydantic import ValidationError

from analysis.study import checks
from analysis.study.document import Document, Problem, StudyFileError, load
from analysis.study.messages import message_of
from analysis.study.model import Analysis, Notebook, Study

__all__ = ["Analysis", "Notebook", "Problem", "Study", "StudyFileError", "load_analysis", "load_study"]


def load_study(path: Path) -> Study:
    """Read and check a study file.

    Raises
    ------
    StudyFileError
        Naming all problems found: file, line, key, what is wrong, the nearest valid name.
    """
    document = load(Path(path))
    study, problems = _validate(Study, document)
    if study is not None:
        study._document = document
        problems += [document.problem(place, text) for place, text in checks.study_findings(study)]
    if problems:
        raise StudyFileError(_in_order(problems))
    return study


def load_analysis(path: Path, study: Study) -> Analysis:
    """Read and check the file of a report (interim.yml, final.yml) against its study.

    Raises
    ------
    StudyFileError
        As `load_study`.
    """
    document = load(Path(path))
    analysis, problems = _validate(Analysis, document)
    if analysis is not None:
        found = checks.analysis_findings(analysis, study)
        problems += [document.problem(place, text) for place, text in found]
    if problems:
        raise StudyFileError(_in_order(problems))
    return analysis


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
    return model.model_validate(document.tree), problems


def _drop(tree, place) -> None:
    """Take an unknown key out, so that the rest can still be checked."""
    *parents, last = place
    for step in parents:
        tree = tree[step]
    del tree[last]
