"""The list of eligibility criteria of a study, as its file states it."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.study import Study


def criteria(path: Path, *, study: "Study | None" = None) -> dict:
    """Read the list of criteria.

    Parameters
    ----------
    path : Path
        The file.
    study : Study, optional
        The study it belongs to: every rule, setting and name in it is then checked.

    Raises
    ------
    ValueError
        With file and line, when it is not valid YAML or not a mapping, or when something in it is wrong (then a
        StudyFileError that names all of it).
    """
    if study is not None:
        from analysis.study import load_criteria

        return load_criteria(Path(path), study)
    from ruamel.yaml import YAMLError

    from analysis.study.modest import compose, reader

    file = Path(path)
    text = file.read_text(encoding="utf-8")
    try:
        compose(text)
        content = reader().load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ValueError(
            f"{file}:{mark.line + 1 if mark else '?'}: {getattr(error, 'problem', error)}"
        ) from None
    if not isinstance(content, dict):
        raise ValueError(f"{file}: expected a mapping with `criteria`, found {type(content).__name__}")
    return content


def assurance_files(root: Path) -> list[Path]:
    """Files of patients with known answers, for all studies."""
    return sorted((Path(root) / "tests" / "assurance").glob("*.yml"))


def assurance_cases(root: Path, study: str) -> list[dict]:
    """Patients with known answers for one study's criteria, as `analysis.eligibility.assurance.check` takes them."""
    from analysis.study.modest import reader

    parsed = [reader().load(file.read_text(encoding="utf-8")) for file in assurance_files(root)]
    return [cases for cases in parsed if cases.get("study") == study]
