"""Every key and every name in the files of the three studies, misspelt one at a time: each must be refused.

The files are parsed once; each mutation changes the loaded tree and runs the checks in memory, on the columns of the
exports as read once. What is left alone is listed in `FREE` and `DECLARED`, each with its reason. What the texts of the
reports and their shared parts take in and name is misspelt as well: a kind at a time, for each fault has its own line.
"""

import re
import shutil
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from analysis import study as files
from analysis.read.mapping import mapping_findings
from analysis.read.outcome import read_sources
from analysis.study.catalogue import Catalogue
from analysis.study.checks import CODED
from analysis.study.document import Document, load, plain
from pipeline.checks import Notebooks, _missing_files, notebook_findings
from pipeline.project import Project
from pipeline.render.source import SHORTCODE
from pipeline.report_sources import source_findings

ROOT = Path(__file__).parents[1]
STUDIES = ("ra_cohort", "dm_abatacept", "ra_auranofin")
BOOKS = Notebooks(ROOT / "notebooks")

# Keys whose text is not the name of anything the project can know, and why.
FREE = {
    "words for readers": """title short_title label description note text section source item registry protocol handling
        resolution reason basis caveats ethics funding institution investigators attribute second doubt dictionary
        finding caution certainty figure_finding""",
    "a name outside the project": "url",
    "codes of the user's own data, which an early export need not hold": "in not_in missing",
    "the same text in every row, for the user's own use": "constant_columns",
}
FREE_KEYS = {key for words in FREE.values() for key in words.split()}
FREE_PLACES = {
    ("registry", "id"): "a name outside the project",
    ("registry", "name"): "a name outside the project",
    ("groups", "labels", "*"): "words for readers",
    ("variables", "*", "labels", "*"): "words for readers",
    ("estimands", "*", "primary"): "words for readers",
    ("objectives", "primary"): "words for readers",
    ("objectives", "secondary", "*"): "words for readers",
    ("objectives", "exploratory", "*"): "words for readers",
    ("covariates", "*", "unit"): "the step of the scale in words; the number before it comes from `per`",
}
# Where a name comes into being. Misspelt it is another name: refused where something refers to it.
DECLARED_BY_ID = {"visits", "sources", "endpoints", "responses", "criteria", "discrepancies"}
DECLARED_AS_KEY = {"populations", "variables", "analytes", "sensitivity"}


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
    study: files.Study
    exports: dict

    def refusals(self, changed: dict[str, Document]) -> Iterator[object]:
        """What the checks say of the files, some of them changed, one after the other."""
        documents = {**self.documents, **changed}
        listed = documents.get("eligibility.yml")
        study_file = documents["study.yml"]
        study, found = files.validate_study(study_file)
        yield from found
        if study is None:
            return
        catalogue = Catalogue(study, criteria=plain(listed.tree) if listed else {}, notebooks=BOOKS.names)
        yield from files.study_problems(study, study_file, catalogue)
        yield from mapping_findings(study, self.exports)
        yield from _missing_files(Project(ROOT), study)
        if study.eligibility and study.eligibility not in documents:
            yield "there is no such file"
        if listed:
            yield from files.criteria_problems(listed, catalogue)
        for report in ("interim.yml", "final.yml"):
            if report in documents and (report in changed or "study.yml" in changed):
                analysis, found = files.validate_analysis(documents[report])
                yield from found
                if analysis is not None:
                    yield from files.analysis_problems(analysis, documents[report], catalogue)
                    yield from notebook_findings(analysis, study, BOOKS, catalogue)


@cache
def loaded(name: str) -> Loaded:
    """The files of a study, parsed once."""
    folder = ROOT / "params" / name
    documents = {file.name: load(file) for file in sorted(folder.glob("*.yml"))}
    study = files.load_study(folder / "study.yml")
    return Loaded(documents, study, read_sources(study, ROOT))


def misspelt(text: str) -> str:
    """A text with a slip in it: two letters in the wrong order, or one too many where that changes nothing."""
    for n in range(len(text) // 2, len(text) - 1):
        if text[n] != text[n + 1] and text[n].isalpha() and text[n + 1].isalpha():
            return text[:n] + text[n + 1] + text[n] + text[n + 2 :]
    return f"{text[:-1]}x{text[-1:]}"


def mutations(name: str) -> Iterator[Mutation]:
    """Every key and every name of a study's files, one after the other."""
    of = loaded(name)
    for file, document in of.documents.items():
        yield from _within(document.tree, (), file, of)


def _within(tree, place: tuple, file: str, of: Loaded) -> Iterator[Mutation]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            if not _declares_key(place) and not _is_code(place, key, of):
                yield Mutation(file, (*place, key), True)
            yield from _within(value, (*place, key), file, of)
    elif isinstance(tree, list):
        for n, item in enumerate(tree):
            yield from _within(item, (*place, n), file, of)
    elif isinstance(tree, str) and _is_name(place, tree, of.study):
        yield Mutation(file, place, False)


def _is_code(place: tuple, key: str, of: Loaded) -> bool:
    """Whether a key is a code of the user's own data: of a column, a number, or an event the export does not hold."""
    if place[-1:] != ("events",):
        return place[-1:] == ("codes",)
    block = of.study.tables[place[1]][place[2]]
    return key.isdigit() or key not in of.exports[block.from_].columns[block.rows.event_column].texts


def _declares_key(place: tuple) -> bool:
    """Whether the keys here are names that come into being here."""
    return len(place) == 1 and place[0] in DECLARED_AS_KEY


def _is_name(place: tuple, text: str, study: object) -> bool:
    """Whether a value is the name of something: not a number, a date, a word for readers or a code."""
    if (text.typed is not None and not isinstance(text.typed, str)) or text[:4].isdigit():
        return False
    if set(place) & FREE_KEYS or any(_matches(place, pattern) for pattern in FREE_PLACES):
        return False
    if place[-1] == "id" and place[-3:-2] and place[-3] in DECLARED_BY_ID:
        return False
    return not _is_coded_text(place, study)


def _matches(place: tuple, pattern: tuple[str, ...]) -> bool:
    """Whether a place ends in a pattern."""
    tail = place[-len(pattern) :]
    return len(tail) == len(pattern) and all(p in ("*", step) for p, step in zip(pattern, tail))


def _is_coded_text(place: tuple, study) -> bool:
    """Whether a value is what a code means in a text column: words of the user's own, such as a reason for failing."""
    if len(place) < 7 or place[0] != "tables" or place[5] != "codes":
        return False
    column = study.columns(place[1])[place[4]]
    return column.type == "str" and (place[1], place[4]) not in CODED


def changed(mutation: Mutation, document: Document) -> Document:
    """The document with the slip in it."""
    tree = inner = copy(document.tree)
    *parents, last = mutation.place
    for step in parents:
        inner[step] = copy(inner[step])
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
    study = loaded(name)
    assert [str(found) for found in study.refusals(study.documents)] == []


@pytest.mark.parametrize("name", STUDIES)
def test_every_key_and_name_misspelt_is_refused(name):
    study, passed, tried = loaded(name), [], 0
    for mutation in mutations(name):
        tried += 1
        document = changed(mutation, study.documents[mutation.file])
        if next(study.refusals({mutation.file: document}), None) is None:
            passed.append(str(mutation))
    assert not passed, f"{len(passed)} of {tried} pass:\n" + "\n".join(passed)


# What the text of a report names: the shortcode, and the part of its argument that is misspelt.
NAMED = {
    "shared part": ("include", r"parts/_(?P<name>\w+)"),
    "notebook": ("embed", r"notebooks/(?P<name>\w+)"),
    "cell": ("embed", r"notebooks/\w+\.ipynb#(?P<name>[\w-]+)"),
    "result": ("var", r"(?P<name>\w+)\."),
    "statistic": ("var", r".*\.(?P<name>\w{4,})$"),  # a slip in a shorter one may be another word of the code
    "word": ("meta", r"(?P<name>[\w-]+)"),
}


def with_slips(text: str, code: str, pattern: str) -> tuple[str, list[tuple[int, str]]]:
    """A text with every name of a kind misspelt, and the line of each and what stands there now."""
    made: list[tuple[int, str]] = []

    def slip(found: re.Match) -> str:
        named = re.match(pattern, found[2])
        if found[1] != code or not named:
            return found[0]
        wrong = f"{found[2][: named.start('name')]}{misspelt(named['name'])}{found[2][named.end('name') :]}"
        made.append((text.count("\n", 0, found.start()) + 1, wrong))
        return found[0].replace(found[2], wrong)

    return SHORTCODE.sub(slip, text), made


@pytest.mark.parametrize("kind", NAMED)
def test_every_name_in_the_text_of_a_report_misspelt_is_refused_where_it_stands(kind, tmp_path):
    reports, slips = tmp_path / "reports", []
    for folder in ("_parts", *STUDIES):
        shutil.copytree(ROOT / "reports" / folder, reports / folder)
    taken_in = set(re.findall(r"include parts/(\S+)", "".join(map(Path.read_text, reports.glob("*/*.qmd")))))
    for file in sorted(reports.glob("*/*.qmd")):
        text, made = with_slips(file.read_text(encoding="utf-8"), *NAMED[kind])
        file.write_text(text, encoding="utf-8")
        if file.parent.name != "_parts" or file.name in taken_in:
            slips += [(f"reports/{file.relative_to(reports)}:{line}: ", wrong) for line, wrong in made]
    told = {text for name in STUDIES for text in _refusals_of_texts(reports, name)}
    passed = [slip for slip in slips if not any(_is_told(*slip, text) for text in told)]
    assert len(slips) > 20
    assert not passed, f"{len(passed)} of {len(slips)} pass:\n" + "\n".join(map(" ".join, passed))


def _refusals_of_texts(reports: Path, name: str) -> Iterator[str]:
    of = loaded(name)
    for report in ("interim", "final"):
        analysis, _ = files.validate_analysis(of.documents[f"{report}.yml"])
        yield from source_findings(reports, analysis, of.study, BOOKS)


def _is_told(place: str, wrong: str, text: str) -> bool:
    """Whether a message is of that place and names what is wrong there: the notebook, its cell, or the whole."""
    return text.startswith(place) and any(f"'{name}'" in text for name in (wrong, *wrong.split("#")))
