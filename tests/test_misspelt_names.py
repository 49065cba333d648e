"""Every key and every name in the files of the three studies, misspelt one at a time: each must be refused.

The files are parsed once; each mutation changes the loaded tree and runs the checks in memory, on the columns of the
exports as read once. What is left alone is listed in `FREE` and `DECLARED`, each with its reason.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from analysis import study as files
from analysis.read.mapping import mapping_findings
from analysis.read.outcome import read_sources
from analysis.study.catalogue import Catalogue
from analysis.study.document import Document, load, plain
from pipeline.checks import Notebooks, _missing_files, notebook_findings
from pipeline.project import Project

ROOT = Path(__file__).parents[1]
STUDIES = ("ra_cohort", "dm_abatacept", "ra_auranofin")
BOOKS = Notebooks(ROOT / "notebooks")

# Keys whose text is not the name of anything, and why.
FREE = {
    "words for readers": """title short_title label description note text section source item registry protocol handling
        resolution reason basis caveats ethics funding institution investigators attribute second doubt dictionary
        documented""",
    "a name outside the project": "url email retrieved",
    "codes of the user's own data, which an early export need not hold": "in not_in missing",
    "a step of the scale in words, printed as it stands": "unit_in_words",
}
FREE_KEYS = {key for words in FREE.values() for key in words.split()}
# Where a name comes into being. Misspelt it is another name: refused where something refers to it.
DECLARED_BY_ID = {"visits", "sources", "endpoints", "responses", "criteria", "discrepancies"}
DECLARED_AS_KEY = {"populations", "variables", "analytes", "sensitivity"}
CODES = {"codes", "events"}  # keys: codes of the user's own data


@dataclass(frozen=True)
class Mutation:
    """One misspelling: of a key, or of a value."""

    file: str
    place: tuple
    of_key: bool

    def __str__(self) -> str:
        return f"{self.file}: {'.'.join(map(str, self.place))} ({'key' if self.of_key else 'value'})"


@dataclass(frozen=True)
class Loaded:
    """The files of one study, and its exports."""

    documents: dict[str, Document]
    exports: dict

    def problems(self, changed: dict[str, Document]) -> list[str]:
        """What the checks say of the files, some of them changed; the first file that is refused ends the search."""
        documents = {**self.documents, **changed}
        listed = documents.get("eligibility.yml")
        study, found = files.examine_study(
            documents["study.yml"], criteria=plain(listed.tree) if listed else {}
        )
        if found or study is None:
            return [str(problem) for problem in found]
        found = [*mapping_findings(study, self.exports), *_missing_files(Project(ROOT), study)]
        name = study.eligibility
        if name and name not in documents:
            found.append("there is no such file")
        if listed and not found:
            found = files.examine_criteria(listed, study)
        for report in ("interim.yml", "final.yml"):
            if not found and report in documents:
                analysis, found = files.examine_analysis(
                    documents[report], Catalogue(study, criteria=study._criteria, notebooks=BOOKS.names)
                )
                found = found or list(notebook_findings(analysis, study, BOOKS))
        return [str(problem) for problem in found]


@cache
def loaded(name: str) -> Loaded:
    """The files of a study, parsed once."""
    folder = ROOT / "params" / name
    documents = {file.name: load(file) for file in sorted(folder.glob("*.yml"))}
    return Loaded(documents, read_sources(files.load_study(folder / "study.yml"), ROOT))


def misspelt(text: str) -> str:
    """A text with a slip in it: two letters in the wrong order, or one too many where that changes nothing."""
    for n in range(len(text) // 2, len(text) - 1):
        if text[n] != text[n + 1] and text[n].isalpha() and text[n + 1].isalpha():
            return text[:n] + text[n + 1] + text[n] + text[n + 2 :]
    return f"{text[:-1]}x{text[-1:]}"


def mutations(name: str) -> Iterator[Mutation]:
    """Every key and every name of a study's files, one after the other."""
    for file, document in loaded(name).documents.items():
        yield from _within(document.tree, (), file)


def _within(tree, place: tuple, file: str) -> Iterator[Mutation]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            if place[-1:] and place[-1] in CODES:
                yield from _within(value, (*place, key), file)
                continue
            if not _declares_key(place):
                yield Mutation(file, (*place, key), True)
            yield from _within(value, (*place, key), file)
    elif isinstance(tree, list):
        for n, item in enumerate(tree):
            yield from _within(item, (*place, n), file)
    elif isinstance(tree, str) and _is_name(place, tree):
        yield Mutation(file, place, False)


def _declares_key(place: tuple) -> bool:
    """Whether the keys here are names that come into being here."""
    return len(place) == 1 and place[0] in DECLARED_AS_KEY


def _is_name(place: tuple, text: str) -> bool:
    """Whether a value is the name of something: not a number, a date, a word for readers or a code."""
    keys = [step for step in place if isinstance(step, str)]
    if text.typed is not None and not isinstance(text.typed, str):
        return False
    if keys[-1] in FREE_KEYS or text[:4].isdigit():
        return False
    if keys[-1] == "id" and keys[-2:-1] and keys[-2] in DECLARED_BY_ID:
        return False
    return True


def changed(mutation: Mutation, document: Document) -> Document:
    """The document with the slip in it."""
    tree = deepcopy(document.tree)
    *parents, last = mutation.place
    inner = tree
    for step in parents:
        inner = inner[step]
    if mutation.of_key:
        renamed = {misspelt(key) if key == last else key: value for key, value in inner.items()}
        inner.clear()
        inner.update(renamed)
    else:
        slip = type(inner[last])(misspelt(inner[last]))
        slip.typed = str(slip)
        inner[last] = slip
    return Document(document.path, tree, document.lines, list(document.problems))


@pytest.mark.parametrize("name", STUDIES)
def test_the_files_as_they_stand_are_in_order(name):
    assert loaded(name).problems({}) == []


@pytest.mark.parametrize("name", STUDIES)
def test_every_key_and_name_misspelt_is_refused(name):
    study, passed, tried = loaded(name), [], 0
    for mutation in mutations(name):
        tried += 1
        document = changed(mutation, study.documents[mutation.file])
        if not study.problems({mutation.file: document}):
            passed.append(str(mutation))
    assert not passed, f"{len(passed)} of {tried} pass:\n" + "\n".join(passed)
