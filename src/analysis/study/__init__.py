"""The study file and the files of its reports: models, loading, and errors that name every problem at once."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from analysis.study import brand, checks, drug_list
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
    "load_brand",
    "load_criteria",
    "load_study",
]


Made = TypeVar("Made")


def load_study(path: Path) -> Study:
    """Read and check a study file, with the list of criteria beside it for the names that come from there.

    Raises
    ------
    StudyFileError
        Naming all problems found: file, line, key, what is wrong, the nearest valid name, what exists.
    """
    document = load(Path(path))
    study, problems = validate_study(document)
    if study is not None:
        study._document, study._criteria = document, _criteria_beside(document)
        problems += study_problems(study, document, Catalogue(study, criteria=study._criteria))
    return _sound(study, problems)


def load_criteria(path: Path, study: Study) -> dict[str, Any]:
    """Read and check a list of criteria against its study; it is given as plain numbers, texts and lists.

    Raises
    ------
    StudyFileError
        As `load_study`.
    """
    document = load(Path(path))
    listed = plain(document.tree)
    return _sound(listed, list(criteria_problems(document, Catalogue(study, criteria=listed))))


def load_analysis(path: Path, study: Study) -> Analysis:
    """Read and check the file of a report (interim.yml, final.yml) against its study.

    Raises
    ------
    StudyFileError
        As `load_study`.
    """
    document = load(Path(path))
    analysis, problems = validate_analysis(document)
    if analysis is not None:
        problems += analysis_problems(analysis, document, Catalogue(study, criteria=study._criteria))
    return _sound(analysis, problems)


def load_brand(root: Path) -> brand.Brand:
    """Read and check the look of the house at the top of a project; the project's own where there is no file of it.

    Raises
    ------
    StudyFileError
        As `load_study`.
    """
    file = root / brand.FILE
    if not file.is_file():
        return brand.Brand()
    document = load(file)
    document.path = Path(brand.FILE)
    found, problems = _validate(brand.Brand, document)
    if found is not None:
        problems += [document.problem(place, text) for place, text in brand.findings(found, root)]
    return _sound(found, problems)


def _sound(made: Made | None, problems: list[Problem]) -> Made:
    """What was made of a file, if nothing is wrong with it; else every problem in order."""
    if problems or made is None:
        raise StudyFileError(sorted(problems, key=lambda problem: (problem.line or 0, problem.key)))
    return made


def _criteria_beside(document: Document) -> dict[str, Any]:
    """The list of criteria that a study file names, as far as it can be read; its own check tells the rest."""
    name = document.tree.get("eligibility")
    try:
        return plain(load(document.path.parent / name).tree) if isinstance(name, str) else {}
    except (StudyFileError, OSError):
        return {}


def validate_study(document: Document) -> tuple[Study | None, list[Problem]]:
    """The study of a document, where one can be built, and what is wrong with single keys of it."""
    listed = drug_list.inline(document)
    settings, unknown = _settings(document)
    study, problems = _validate(Study[settings], document)  # type: ignore[valid-type]
    return study, [*problems, *unknown, *listed]


def study_problems(study: Study, document: Document, catalogue: Catalogue) -> Iterator[Problem]:
    """Names of nothing and contradictions in a study file."""
    for place, text in chain(checks.study_findings(study, catalogue), drug_list.findings(study)):
        yield document.problem(place, text)
    folder = document.path.resolve().parent  # a study in params/ bears the name of its folder
    if folder.parent.name == "params" and study.id != folder.name:
        yield document.problem(("id",), f"'{study.id}' is not the name of its folder, {folder.name}")


def criteria_problems(document: Document, catalogue: Catalogue) -> Iterator[Problem]:
    """All that is wrong with a list of criteria."""
    criteria, problems = _validate(Criteria, document)
    yield from problems
    if criteria is not None:
        for place, text in criteria_findings(criteria, catalogue):
            yield document.problem(place, text)


def validate_analysis(document: Document) -> tuple[Analysis | None, list[Problem]]:
    """The report of a document, where one can be built, and what is wrong with single keys of it."""
    return _validate(Analysis, document)


def analysis_problems(analysis: Analysis, document: Document, catalogue: Catalogue) -> Iterator[Problem]:
    """Names of nothing and contradictions in the file of a report."""
    for place, text in checks.analysis_findings(analysis, catalogue):
        yield document.problem(place, text)
    if document.path.stem in ("interim", "final") and analysis.report != document.path.stem:
        text = f"'{analysis.report}' is not the name of its file, {document.path.name}"
        yield document.problem(("report",), text)


def _settings(document: Document):
    """The model of the study's settings, and what is wrong with the name of its package."""
    try:
        return settings_model(document.tree.get("package")), []
    except LookupError as error:
        return UnknownSettings, [document.problem(("package",), str(error))]


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
