"""What a report's text and its shared parts name, looked up before anything runs: parts, cells, results, words."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import awaited
from pipeline.publish.cover import COVER_NAMES, study_facts
from pipeline.render.checks.stage import visible_lines
from pipeline.render.errors import RenderError
from pipeline.render.source import Line, read_lines, shortcodes, split_front_matter
from pipeline.words import chosen_id, words_of

if TYPE_CHECKING:
    from analysis.study import Analysis, Study
    from pipeline.checks import Notebooks


class Sayable:
    """What the text of a report can name: results by words that the study or the code knows, and words of settings."""

    def __init__(self, study: "Study", analysis: "Analysis"):
        self.study = study.model_dump(mode="json", by_alias=True)
        of = analysis.model_dump(mode="json", by_alias=True, exclude={"headline"})
        self.content = {"study": self.study, "analysis": of, "criteria": study._criteria}
        self.said, self.chosen = words_of(self.study)
        self._told: dict[str, str] = {}

    @cached_property
    def words(self) -> set[str]:
        """Every word that an id of a result may be made of; reads all code once."""
        return awaited.words_known(self.content)

    def result_faults(self, name: str) -> Iterator[str]:
        """What no result of that id can have, for each unknown word of it."""
        for word in awaited.unknown_words(chosen_id(name, self.chosen), self.words):
            yield f"{name!r} can be no result: no word of an id {word!r}{self._nearest(word)}"

    def _nearest(self, word: str) -> str:
        """The word most like it; there are thousands, and a name is often written twice."""
        from analysis.columns import nearest

        if word not in self._told:
            self._told[word] = nearest(word, self.words)
        return self._told[word]

    def word_faults(self, name: str, own: set[str]) -> Iterator[str]:
        """What is wrong with a word of the settings; `own` are those of the text's own header."""
        from analysis.references import no_such

        known = {*self.said, *study_facts(self.study), *COVER_NAMES, *own}
        if name.partition(".")[0] not in known:
            yield no_such("word for the text", name, sorted(known))


def source_findings(reports: Path, analysis: "Analysis", study: "Study", books: "Notebooks") -> Iterator[str]:
    """What a report's text and the parts that it takes in name and what does not exist.

    Parameters
    ----------
    reports : Path
        The folder of the reports.
    analysis : Analysis
        The report; only notebooks that it runs may be embedded where its text shows them.
    study : Study
        Its study.
    books : Notebooks
        The notebooks there are.

    Yields
    ------
    str
        File, line and message, with the nearest name; one for each place.
    """
    source = f"{study.id}/{analysis.report}.qmd"
    if not (reports / source).is_file():
        yield f"reports/{source}: the report's source is not there"
        return
    try:
        lines = list(_with_parts(reports, source))
        header, _ = split_front_matter((reports / source).read_text(encoding="utf-8"), source)
    except RenderError as error:
        yield f"reports/{error.problems[0] if error.problems else error}"
        return
    of = {f"is-{report}": report == analysis.report for report in ("interim", "final")}
    shown, sayable = set(visible_lines(lines, of, "html")), Sayable(study, analysis)
    for line in dict.fromkeys(lines):
        for code, argument in shortcodes(line):
            place = f"reports/{line.file}:{line.number}"
            if code == "embed":
                yield from (f"{place}: {text}" for text in _embed_faults(argument, books))
                if line in shown:
                    yield from (f"{place}: {text}" for text in _not_run(argument, study, analysis, books))
            elif code == "include":
                yield from (f"{place}: {text}" for text in _part_faults(reports, argument))
            elif code == "var":
                yield from (f"{place}: {text}" for text in sayable.result_faults(argument))
            elif code == "meta":
                yield from (f"{place}: {text}" for text in sayable.word_faults(argument, {*header}))


def _with_parts(reports: Path, source: str) -> Iterator[Line]:
    """The lines of a report, each shared part after the line that takes it in."""
    for line in read_lines(reports, source):
        yield line
        for code, argument in shortcodes(line):
            name = argument.replace("parts/", "_parts/", 1)
            if code == "include" and (reports / name).is_file():
                yield replace(line, text="")
                yield from read_lines(reports, name)
                yield replace(line, text="")


def _part_faults(reports: Path, argument: str) -> Iterator[str]:
    from analysis.references import no_such

    known = [f"parts/{file.name}" for file in sorted((reports / "_parts").glob("*.qmd"))]
    if argument not in known:
        yield no_such("shared part", argument, known)


def _embed_faults(argument: str, books: "Notebooks") -> Iterator[str]:
    """A notebook or a cell of it that is not there."""
    from analysis.references import no_such

    file, _, label = argument.partition("#")
    notebook = _notebook_of(argument)
    if notebook not in books.names or file != f"notebooks/{notebook}.ipynb":
        yield no_such("notebook", file, [f"notebooks/{name}.ipynb" for name in books.names])
    elif not any(label in cell.names for cell in books.cells(notebook)):
        labels = [cell.label for cell in books.cells(notebook) if cell.label]
        yield no_such(f"cell of {notebook}", label, labels)


def _not_run(argument: str, study: "Study", analysis: "Analysis", books: "Notebooks") -> Iterator[str]:
    """A notebook that is there and that the report does not run."""
    name = _notebook_of(argument)
    if name in books.names and name not in {entry.name for entry in analysis.notebooks}:
        yield f"embeds {name}, which params/{study.id}/{analysis.report}.yml does not run"


def _notebook_of(argument: str) -> str:
    return argument.partition("#")[0].removeprefix("notebooks/").removesuffix(".ipynb")
