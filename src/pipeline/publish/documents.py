"""The documents of a report, made from one text: the main report, its supplement, and a page that sums up.

A heading or a division of the text with the class ``supplement`` goes to the supplement, with all below it; with
``both`` into the two; everything else is the main report. A reference to what stands in the other document becomes a
link there, by the number that it has there: Table S3.
"""

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from analysis.language import mark, semicolons, tr
from pipeline.files import link
from pipeline.publish.staging import write_yaml
from pipeline.render.checks.lint import ATTRIBUTES, IDENTIFIER
from pipeline.render.checks.stage import CLOSE, OPEN, visible_lines
from pipeline.render.source import SHORTCODE, Line, include_lines, metadata, plain, split_front_matter

MAIN, SUPPLEMENT, SUMMARY = "main", "supplement", "summary"
FILES = {
    MAIN: {"html": "index.html", "docx": "report.docx", "pdf": "report.pdf"},
    SUPPLEMENT: {"html": "supplement.html", "docx": "supplement.docx", "pdf": "supplement.pdf"},
    SUMMARY: {"html": "summary.html", "pdf": "summary.pdf"},
}
PREFIX = {MAIN: "", SUPPLEMENT: "S", SUMMARY: ""}
KINDS = {"fig": mark("Figure {n}"), "tbl": mark("Table {n}"), "sec": mark("Section {n}")}
ABOUT = {
    "title": "study-title",
    **{name: name for name in ("registration", "institution", "design", "planned")},
}
FIRST = (".finding", ".first-screen")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*(\{[^{}]*\})?\s*$")
REFERENCE = re.compile(r"\[?@((?:fig|tbl|sec)-[\w-]*\w)\]?", re.ASCII)  # a Chinese sign ends it
DOWNLOADS = ("::: {.downloads}", ":::")
OWN_FILES = ("index.qmd", "_metadata.yml", "_style")


@dataclass(frozen=True, slots=True)
class Document:
    """One document in one format, laid out for a renderer."""

    to: str
    file: str
    stage: Path


@dataclass(slots=True)
class Heading:
    """A heading of the text: its line, its level, the documents it belongs to, and those that it stands in already."""

    line: Line
    level: int
    goes: frozenset[str]
    stands: set[str] = field(default_factory=set)


def documents(stage: Path, *, formats: list[str], work: Path) -> list[Document]:
    """Lay out every document of a staged report, in every format asked for; the page that sums up also for paper.

    Parameters
    ----------
    stage : Path
        The report as a whole.
    formats : list of str
        html, docx, pdf.
    work : Path
        An empty folder; each document gets a stage of its own in it.
    """
    made = [one for to in formats for one in _in_format(stage, to, formats, work, [MAIN, SUPPLEMENT])]
    if "html" in formats:
        made += [one for to in FILES[SUMMARY] for one in _in_format(stage, to, formats, work, [SUMMARY])]
    return made


def _in_format(stage: Path, to: str, formats: list[str], work: Path, wanted: list[str]) -> Iterator[Document]:
    details = metadata(stage, to)
    parts = divided(visible_lines(include_lines(stage), details, to))
    numbers = {name: numbers_of(lines, PREFIX[name]) for name, lines in parts.items()}
    there = [name for name in (MAIN, SUPPLEMENT, SUMMARY) if any(line.text.strip() for line in parts[name])]
    for name in wanted:
        if name not in there:
            continue
        elsewhere = {
            label: (FILES[other][to], number)
            for other in (MAIN, SUPPLEMENT)
            for label, number in numbers[other].items()
            if label not in numbers[name]
        }
        lines = [line.text for line in linked(parts[name], elsewhere)]
        if to == "html" and name == MAIN:
            lines = _with_downloads(lines, [*_downloads(there, formats), _citation(details)])
        folder = work / f"{name}-{to}"
        _lay_out(stage, folder, [*_opening(name, to), *lines, *_ending(name)], name)
        yield Document(to, FILES[name][to], folder)


def divided(lines: list[Line]) -> dict[str, list[Line]]:
    """The lines of each document, in the order of the text.

    A section of the supplement within one of the main report stands under a heading of the same words there.
    """
    made: dict[str, list[Line]] = {MAIN: [], SUPPLEMENT: [], SUMMARY: []}
    above: list[Heading] = []
    inside: list[str] = []
    for line in lines:
        opens = None if line.code else OPEN.match(line.text)
        closes = not opens and inside and not line.code and CLOSE.match(line.text)
        if opens:
            inside.append(_kind(opens[1]))
        heading = None if inside else _heading(line, above)
        fence = (opens or closes) and inside[-1] == "supplement"
        if fence:  # what stands in two divisions, one after the other, stays apart
            made[SUPPLEMENT].append(replace(line, text=""))
        for name in () if fence else _goes(above, inside):
            _write(made[name], line, above, name, heading is not None)
        if closes:
            inside.pop()
    return made


def _kind(attributes: str) -> str:
    """What a division means for the documents: it is the supplement's, of the first screen, or neither."""
    if ".supplement" in attributes:
        return "supplement"
    return "first" if any(name in attributes for name in FIRST) else "neither"


def _heading(line: Line, above: list[Heading]) -> Heading | None:
    """The heading that a line is, put in its place below those above it."""
    match = None if line.code else HEADING.match(line.text)
    if not match:
        return None
    level, attributes = len(match[1]), match[3] or ""
    while above and above[-1].level >= level:
        above.pop()
    goes = frozenset([MAIN])
    if ".both" in attributes:
        goes = frozenset([MAIN, SUPPLEMENT])
    elif ".supplement" in attributes or (above and above[-1].goes == {SUPPLEMENT}):
        goes = frozenset([SUPPLEMENT])
    above.append(Heading(line, level, goes))
    return above[-1]


def _goes(above: list[Heading], inside: list[str]) -> tuple[str, ...]:
    if "first" in inside:
        return MAIN, SUMMARY
    if "supplement" in inside:
        return (SUPPLEMENT,)
    return tuple(sorted(above[-1].goes)) if above else (MAIN,)


def _write(to: list[Line], line: Line, above: list[Heading], name: str, is_heading: bool) -> None:
    """A line, after the headings above it that do not yet stand in this document."""
    if not line.text.strip() and above and name not in above[-1].stands:
        return
    for heading in above if name != SUMMARY else []:
        if name not in heading.stands:
            heading.stands.add(name)
            text = heading.line.text if name in heading.goes else _bare(heading.line.text)
            blank = replace(line, text="")
            to += [blank, replace(heading.line, text=text), blank]
    if not is_heading:
        to.append(line)


def _bare(heading: str) -> str:
    """A heading without its label, which belongs to the other document."""
    match = HEADING.match(heading)
    return f"{match[1]} {match[2]}" if match else heading


def numbers_of(lines: list[Line], prefix: str) -> dict[str, str]:
    """The number of every labelled figure, table and section of a document, as its renderer will count.

    Examples
    --------
    >>> text = ["# Results {#sec-results}", "{{< embed notebooks/flow.ipynb#fig-flow >}}", "## Harm {#sec-harm}"]
    >>> numbers_of([Line(line, "index.qmd", n) for n, line in enumerate(text)], "S")
    {'sec-results': 'S1', 'fig-flow': 'S1', 'sec-harm': 'S1.1'}
    """
    counted, sections, found, depth = {"fig": 0, "tbl": 0}, [0] * 6, {}, 0
    for line in lines:
        if line.code:
            continue
        depth += bool(OPEN.match(line.text)) - bool(CLOSE.match(line.text))
        match = None if depth else HEADING.match(line.text)
        if match and ".unnumbered" not in (match[3] or ""):
            level = len(match[1])
            sections[level - 1] += 1
            sections[level:] = [0] * (6 - level)
            number = ".".join(map(str, sections[:level]))
            found |= dict.fromkeys(IDENTIFIER.findall((match[3] or "")[1:-1]), prefix + number)
        for label in _floats(line):
            counted[label[:3]] += 1
            found[label] = f"{prefix}{counted[label[:3]]}"
    return found


def _floats(line: Line) -> Iterator[str]:
    """Labels of the figures and tables that a line holds."""
    for match in SHORTCODE.finditer(line.text):
        label = match[2].partition("#")[2]
        if match[1] == "embed" and label.startswith(("fig-", "tbl-")):
            yield label
    for attributes in ATTRIBUTES.findall(SHORTCODE.sub("", line.text)):
        yield from (name for name in IDENTIFIER.findall(attributes) if name.startswith(("fig-", "tbl-")))


def linked(lines: list[Line], elsewhere: Mapping[str, tuple[str, str]]) -> list[Line]:
    """The lines, with every reference to another document made a link to its file.

    Parameters
    ----------
    lines : list of Line
    elsewhere : mapping
        By label, the file and the number of what stands in another document.
    """

    def link(match: re.Match) -> str:
        if match[1] not in elsewhere:
            return match[0]
        file, number = elsewhere[match[1]]
        anchor = f"#{match[1]}" if file.endswith(".html") else ""
        said = tr(KINDS[match[1][:3]], n=number).replace(" ", "\N{NO-BREAK SPACE}")
        return f"[{said}]({file}{anchor}){{.other-document}}"

    return [line if line.code else replace(line, text=REFERENCE.sub(link, line.text)) for line in lines]


def _downloads(there: list[str], formats: list[str]) -> list[str]:
    """Links to the files that lie beside the page."""
    offered = [
        (SUMMARY in there, tr("One page (PDF)"), "summary.pdf"),
        (SUPPLEMENT in there, tr("Supplement"), "supplement.html"),
        ("pdf" in formats, tr("Full report (PDF)"), "report.pdf"),
        ("docx" in formats, tr("Word"), "report.docx"),
        (True, tr("All numbers (CSV)"), "results.csv"),
    ]
    return [f"[{text}]({file}){{.download}}" for is_there, text, file in offered if is_there]


def _citation(details: dict) -> str:
    """How the report is cited; the page makes a button of it."""
    named = [details.get(key) for key in ("institution", "study-title", "report-label", "registry")]
    parts = [*named, tr("Data cut: {date}", date=details.get("data-cut", "")), details.get("provenance")]
    return f"[{semicolons(str(part) for part in parts if part)}]{{.cite-as}}"


def _with_downloads(lines: list[str], entries: list[str]) -> list[str]:
    for place in range(len(lines) - 1):
        if (lines[place], lines[place + 1]) == DOWNLOADS:
            return [*lines[: place + 1], "", *(f"- {entry}" for entry in entries), "", *lines[place + 1 :]]
    return lines


def _opening(name: str, to: str) -> list[str]:
    if name != SUPPLEMENT:
        return []
    return [
        tr(
            "This supplement belongs to the [main report]({file}); both are made from one text.",
            file=FILES[MAIN][to],
        ),
        "",
    ]


def _ending(name: str) -> list[str]:
    """What the page that sums up says of the study itself."""
    if name != SUMMARY:
        return []
    return [
        "",
        "::: {.about-study}",
        tr(
            "**The study.** {title} ({registration}). {institution}. Design: {design}. Planned: {planned}.",
            **{slot: f"{{{{< meta {name} >}}}}" for slot, name in ABOUT.items()},
        ),
        "",
        "{{< meta provenance >}}",
        ":::",
    ]


def _lay_out(stage: Path, folder: Path, lines: list[str], name: str) -> None:
    """A stage of its own for one document; what the renderers only read is linked, not copied."""
    shutil.copytree(stage, folder, copy_function=link, ignore=shutil.ignore_patterns(*OWN_FILES))
    if (stage / "_style").is_dir():
        shutil.copytree(stage / "_style", folder / "_style", copy_function=shutil.copyfile)
    front, _ = split_front_matter((stage / "index.qmd").read_text(encoding="utf-8"), "index.qmd")
    said = json.loads((stage / "_metadata.yml").read_text(encoding="utf-8"))
    if name == SUPPLEMENT:
        front["title"] = tr("Supplement: {title}", title=front.get("title") or said["study-title"])
    if name == SUMMARY:
        front |= {"toc": False, "number-sections": False}
    header = json.dumps(plain(front), ensure_ascii=False)
    (folder / "index.qmd").write_text("\n".join(["---", header, "---", "", *lines, ""]), encoding="utf-8")
    write_yaml(folder / "_metadata.yml", said | {"document": name, "number-prefix": PREFIX[name]})
