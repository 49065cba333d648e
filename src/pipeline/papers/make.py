"""From a kept run to a paper: its text laid out beside what it names, and rendered in each format."""

import json
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from analysis.language import capital, mark, tr
from pipeline.operating import operation_of
from pipeline.papers.exhibits import exhibits_of
from pipeline.papers.fields import properties
from pipeline.papers.origin import Origin
from pipeline.papers.plan_text import Exhibit
from pipeline.papers.prose import Part, only, parts_of
from pipeline.project import Project
from pipeline.publish.documents import MAIN, PREFIX, SUPPLEMENT, divided, numbers_of
from pipeline.publish.staging import PLANNED, SINCE, digits_of, fresh, write_yaml
from pipeline.render import render, stage_notebook
from pipeline.render.checks.lint import ATTRIBUTES, IDENTIFIER
from pipeline.render.checks.stage import visible_lines
from pipeline.render.source import SHORTCODE, Line, include_lines, metadata
from pipeline.texts import captions, language_metadata, translated_pages
from pipeline.variables import formatted, used_ids
from pipeline.words import directions_of, labels_of, words_of

REFERENCE = re.compile(r"\[?@((?:fig|tbl|sec)-[\w-]*\w)\]?", re.ASCII)  # a Chinese sign ends it
BEGINS = re.compile(r"(?:^|[.!?:]\s+)$")
CALLED = {
    MAIN: {"fig": mark("Figure {n} of the report"), "tbl": mark("Table {n} of the report")},
    SUPPLEMENT: {"fig": mark("supplementary Figure {n}"), "tbl": mark("supplementary Table {n}")},
}
BRACKET = re.compile(r"\s?[(（]([^()（）]*@(?:fig|tbl|sec)-[^()（）]*)[)）]")


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a report, in the language of its run.

    Attributes
    ----------
    lines : list of Line
        All that it shows.
    parts, main, english : list of Part
        Its sections: all, those of the main report, and these before translation.
    details : dict
        What it says of itself.
    shown : list of Exhibit
        The tables and figures of the main report.
    numbers : dict
        By label, how an exhibit is called in the report and in its supplement.
    """

    lines: list[Line]
    parts: list[Part]
    details: dict
    main: list[Part]
    english: list[Part]
    shown: list[Exhibit]
    numbers: dict[str, str]


def begin(origin: Origin, stage: Path) -> Source:
    """Lay out the report's own text in a stage, for the paper to take from; the look comes with rendering."""
    inputs = origin.inputs
    reports = inputs / "reports"
    shutil.copyfile(inputs / "_quarto.yml", stage / "_quarto.yml")
    shutil.copyfile(reports / "references.bib", stage / "references.bib")
    shutil.copytree(reports / "_parts", stage / "parts", copy_function=shutil.copyfile)
    shutil.copyfile(reports / origin.study["id"] / f"{origin.report}.qmd", stage / "index.qmd")
    for name in (SINCE, PLANNED):
        (stage / "parts" / name).write_text("", encoding="utf-8")
    details = {"is-final": origin.report == "final", "is-interim": origin.report == "interim"}
    english = divided(visible_lines(include_lines(stage), details, "html"))
    translated_pages(stage)
    lines = visible_lines(include_lines(stage), details, "html")
    documents = divided(lines)
    main = documents[MAIN]
    return Source(
        lines=lines,
        parts=parts_of(lines),
        details=metadata(stage, "html") | details,
        main=parts_of(main),
        english=parts_of(english[MAIN]),
        shown=exhibits_of(main),
        numbers=_numbers(documents),
    )


def _numbers(documents: dict[str, list[Line]]) -> dict[str, str]:
    """How the exhibits of a report and its supplement are called from outside."""
    told = {}
    for name, words in CALLED.items():
        for label, number in numbers_of(documents[name], PREFIX[name]).items():
            if label[:3] in words:
                told.setdefault(label, tr(words[label[:3]], n=number))
    return told


def elsewhere(lines: list[str], numbers: dict[str, str]) -> list[str]:
    """Lines whose references to exhibits of the report alone say where these are.

    Examples
    --------
    >>> elsewhere(["Seen in @tbl-x [@tbl-y]."], {"tbl-x": "supplementary Table S2"})
    ['Seen in supplementary Table S2 [@tbl-y].']
    >>> elsewhere(["Seen. @tbl-x tells more."], {"tbl-x": "supplementary Table S2"})
    ['Seen. Supplementary Table S2 tells more.']
    """
    there = {name for line in lines for name in _labels(line)}

    def told(match: re.Match) -> str:
        name = match[0] if match[1] in there else numbers.get(match[1], match[0])
        return capital(name) if BEGINS.search(match.string[: match.start()]) else name

    return [REFERENCE.sub(told, line) for line in lines]


def reference_keys(stage: Path) -> set[str]:
    """Keys of the list of references."""
    return set(re.findall(r"^@\w+\{([^,\s]+),", (stage / "references.bib").read_text(encoding="utf-8"), re.M))


def notebooks_into(stage: Path, origin: Origin, change: Callable[[dict], dict] = dict) -> None:
    """Put the executed notebooks into a stage, each changed first; captions in the language."""
    folder = stage / "notebooks"
    folder.mkdir()
    for name, content in origin.executed().items():
        made = json.dumps(stage_notebook(change(captions(content))), ensure_ascii=False)
        (folder / f"{name}.ipynb").write_text(made, encoding="utf-8")


def text_into(stage: Path, origin: Origin, lines: list[str], *, front: dict, said: dict) -> dict:
    """Write the paper's text and everything that it names: numbers, words, what it says of itself; the numbers."""
    shutil.rmtree(stage / "parts")
    lines = settled(lines)
    header = json.dumps({"bibliography": "references.bib", **front}, ensure_ascii=False)
    (stage / "index.qmd").write_text("\n".join(["---", header, "---", "", *lines, ""]), encoding="utf-8")
    told = told_of(origin, used_ids(["\n".join(lines)]))
    write_yaml(stage / "_variables.yml", told)
    write_yaml(stage / "_metadata.yml", {**words_of(origin.study)[0], **said, **language_metadata()})
    return told


def told_of(origin: Origin, used: set[str]) -> dict:
    """The results of a run as texts name them; those that are used carry their ids."""
    return formatted(
        origin.rows,
        digits_of(origin.folder),
        used=used,
        chosen=words_of(origin.study)[1],
        better=directions_of(origin.study),
        labels=labels_of(origin.study),
    )


def add_fields(stage: Path, told: dict) -> None:
    """Let a Word document hold the numbers that its text names as properties, which fields in the text show."""
    file = stage / "_metadata.yml"
    named = properties(told, used_ids([(stage / "index.qmd").read_text(encoding="utf-8")]))
    said = json.loads(file.read_text(encoding="utf-8"))
    write_yaml(file, said | {"number-fields": True, **named})


def settled(lines: list[str]) -> list[str]:
    r"""Lines whose references are to what the paper holds; others go, with the brackets that held nothing else.

    Examples
    --------
    >>> settled(["# A {#sec-a}", "Seen (@tbl-x, @sec-a). Not (@tbl-x)."])
    ['# A {#sec-a}', 'Seen (@sec-a). Not.']
    >>> settled(["# A {#sec-a}", "Seen\n(@sec-a)."])
    ['# A {#sec-a}', 'Seen (@sec-a).']
    """
    there = {name for line in lines for name in _labels(line)}

    def bracket(match: re.Match) -> str:
        kept = [part for part in re.split(r"[,;，、；]\s*", match[1]) if _stands(part, there)]
        lead = " " if match[0][:1].isspace() else ""
        return f"{lead}({', '.join(kept)})" if kept else ""

    return [_without_lost(BRACKET.sub(bracket, line), there) for line in lines]


def _labels(line: str) -> Iterable[str]:
    yield from (match[2].partition("#")[2] for match in SHORTCODE.finditer(line) if match[1] == "embed")
    for attributes in ATTRIBUTES.findall(SHORTCODE.sub("", line)):
        yield from IDENTIFIER.findall(attributes)


def _stands(text: str, there: set[str]) -> bool:
    return all(name in there for name in REFERENCE.findall(text))


def _without_lost(line: str, there: set[str]) -> str:
    """A line without the sentences that speak of an exhibit the paper does not hold."""
    if line.startswith(("|", ":::", "#", "{{< embed", "{{< include")) or _stands(line, there):
        return line
    return only(line, lambda sentence: _stands(sentence, there))


def rendered(
    project: Project, stage: Path, *, name: str, formats: Iterable[str], target: Path, engine: str | None
) -> list[Path]:
    """Render a stage in each format into a folder; the files."""
    made, memory = [], operation_of(project.root).memory
    for to in formats:
        file = target / f"{name}.{to}"
        render(stage, to=to, output=file, engine=engine, memory=memory)
        made.append(file)
    return made


def fresh_stage(project: Project, study: str, name: str) -> Path:
    """An empty folder in which a paper is laid out."""
    return fresh(project.build / study / "papers" / name)
