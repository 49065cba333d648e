"""The study file and the files of its reports: models, loading, and errors that name every problem at once."""

from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from analysis.columns import nearest
from analysis.study import checks
from analysis.study.document import Document, Problem, StudyFileError, load
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
    problems += [document.problem(tuple(item["loc"]), _message(model, item)) for item in found]
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


def _message(model, item: dict) -> str:
    """What is wrong, in the words of the file's reader."""
    kind, given = item["type"], item.get("input")
    if kind == "extra_forbidden":
        return f"unknown key{nearest(item['loc'][-1], _keys(model, item['loc'][:-1]))}"
    if kind == "missing":
        return "is missing"
    if kind == "literal_error":
        allowed = [word.strip(" '") for word in item["ctx"]["expected"].replace(" or ", ", ").split(",")]
        return f"'{given}' is not one of {', '.join(allowed)}{nearest(given, allowed)}"
    if kind == "string_type" and given is None:
        return "is empty"
    return (
        item["msg"][0].lower() + item["msg"][1:] + (f" (given: '{given}')" if isinstance(given, str) else "")
    )


def _keys(model, place) -> list[str]:
    """The keys the model at a place knows."""
    for step in place:
        if isinstance(step, int):
            continue
        field = next((f for n, f in model.model_fields.items() if step in (n, f.alias)), None)
        inner = _model_in(field.annotation) if field else None
        model = inner or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation):
    """The section inside list[...], dict[...], Optional and Annotated, if there is one."""
    if hasattr(annotation, "model_fields"):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
