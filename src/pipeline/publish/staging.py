"""What a renderer reads, laid out in a folder of its own."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from pipeline.project import write_if_changed
from pipeline.publish import of_site
from pipeline.publish.cover import cover_metadata
from pipeline.publish.first_screen import PART as FIRST_SCREEN
from pipeline.publish.shown import shown_in
from pipeline.publish.unknown import say_what_is_unknown
from pipeline.render.errors import Problem
from pipeline.render.source import split_front_matter
from pipeline.words import directions_of, labels_of, names_of_results

SINCE, PLANNED = "_since.qmd", "_plan_changes.qmd"


def fill_stage(
    stage: Path,
    *,
    source: Path,
    folder: Path,
    content: dict,
    rows: list[dict],
    cover: dict,
    screen: str,
    since: str | None,
    planned: str = "",
) -> None:
    """Lay out what a renderer reads; ``quarto render index.qmd`` works in that folder by hand, too.

    The first screen goes before the text; what changed since the last run where the text takes it in, else at its end.
    """
    from pipeline.abbreviations import under_tables, write_abbreviations
    from pipeline.render import stage_figures, stage_notebook
    from pipeline.render.brand import stage_brand
    from pipeline.texts import captions, report_language_metadata, translated_pages
    from pipeline.variables import formatted, used_ids
    from pipeline.words import words_of

    ident, name = content["study"]["id"], content["analysis"]["report"]
    reports = source / "reports"
    shutil.copyfile(source / "_quarto.yml", stage / "_quarto.yml")
    text = (reports / ident / f"{name}.qmd").read_text(encoding="utf-8")
    if not of_site.is_reported(folder, content):
        _, skip = split_front_matter(text, "index.qmd")
        text = "\n".join([*text.splitlines()[:skip], ""])
    shutil.copyfile(reports / "references.bib", stage / "references.bib")
    shutil.copytree(reports / "_parts", stage / "parts", copy_function=shutil.copyfile)
    write_text(
        stage,
        text,
        screen=screen,
        since=since or "",
        planned=planned,
        site=of_site.sentence_of(content, folder),
    )
    if (reports / "_style").is_dir():
        shutil.copytree(reports / "_style", stage / "_style", copy_function=shutil.copyfile)
    stage_brand(source, stage)
    built = folder / "notebooks"
    wanted = [entry["name"] for entry in content["analysis"]["notebooks"]]
    wanted = wanted if of_site.is_reported(folder, content) else []
    read = []
    for notebook in wanted:
        executed = json.loads((built / f"{notebook}.ipynb").read_text(encoding="utf-8"))
        read.append((notebook, executed))
        staged = json.dumps(stage_notebook(captions(executed)), ensure_ascii=False)
        write_if_changed(stage / "notebooks" / f"{notebook}.ipynb", staged)
    stage_figures(stage, (executed for _, executed in read))
    translated_pages(stage)
    write_abbreviations(stage)
    said, chosen = words_of(content["study"])
    used = used_ids([file.read_text(encoding="utf-8") for file in sorted(stage.rglob("*.qmd"))])
    study = content["study"]
    labels = _names_of(folder, study)
    if name == "interim" or content.get("site"):
        say_what_is_unknown(stage, rows, labels=labels, chosen=chosen, yet=name == "interim")
    told = formatted(
        rows,
        digits_of(folder),
        used=used,
        chosen=chosen,
        better=directions_of(study),
        labels=labels,
        place=shown_in(read, rows),
    )
    write_yaml(stage / "_variables.yml", told)
    write_yaml(
        stage / "_metadata.yml",
        {
            **said,
            **cover_metadata(content["study"], cover, content.get("site")),
            **report_language_metadata(),
            **under_tables(stage),
        },
    )


def write_text(stage: Path, text: str, *, screen: str, since: str, planned: str = "", site: str = "") -> None:
    """The report's text with its first screen before it, and in their places what changed since the last run, what
    was done otherwise than planned, and at the head of its summary which site it is of.
    """
    _, skip = split_front_matter(text, "index.qmd")
    lines = text.splitlines()
    (stage / "parts" / FIRST_SCREEN).write_text(screen, encoding="utf-8")
    (stage / "parts" / SINCE).write_text(since, encoding="utf-8")
    (stage / "parts" / PLANNED).write_text(planned, encoding="utf-8")
    after = "".join(
        f"\n{{{{< include parts/{name} >}}}}\n" for name in (PLANNED, SINCE) if f"parts/{name}" not in text
    )
    before = ["", SCREEN, ""]
    body = lines[skip:]
    if site:
        (stage / "parts" / of_site.PART).write_text(site, encoding="utf-8")
        head = next((n for n, line in enumerate(body, 1) if SUMMARY.search(line)), 0)
        body = [*body[:head], *(["", SITE, ""] if head else []), *body[head:]]
    made = "\n".join([*lines[:skip], *before, *body, after])
    (stage / "index.qmd").write_text(made, encoding="utf-8")


SCREEN = f"{{{{< include parts/{FIRST_SCREEN} >}}}}"  # stands between two blank lines after the front matter
SITE = f"{{{{< include parts/{of_site.PART} >}}}}"  # likewise, after the heading of the summary
SUMMARY = re.compile(r"^#.*\{[^{}]*#sec-(?:summary|synopsis)\b")


def line_as_written(stage: Path, found: Problem) -> int:
    """The line of a fault in the file that the author edits: the staged text has the first screen before it."""
    if found.file != "index.qmd":
        return found.line
    lines = (stage / found.file).read_text(encoding="utf-8").splitlines()
    put_in = [lines.index(part) + 1 for part in (SCREEN, SITE) if part in lines]
    return found.line - 3 * sum(found.line > line for line in put_in)


def _names_of(folder: Path, study: dict) -> dict[str, Mapping[str, str]]:
    """The same with the template's own columns, and what the study's package calls its measures."""
    from analysis.read.report_data import Prepared
    from pipeline.words import measure_labels

    labels = labels_of(study)
    columns = {name.lower(): label for name, label in Prepared(folder).names.items()}
    named = {name.lower(): label for name, label in measure_labels(study).items()}
    variables = {**columns, **named, **labels["variable"]}
    return {**labels, "variable": variables, "result": names_of_results(study)}


def digits_of(folder: Path) -> dict[str, int]:
    """Decimals of each variable's own values; endpoints also by their id, which is what results are keyed by."""
    from analysis.read.report_data import Prepared

    prepared = Prepared(folder)
    return {**prepared.digits, **{e.id: prepared.digits.get(e.variable, 1) for e in prepared.study.endpoints}}


def write_yaml(file: Path, content: dict) -> None:
    """Store as JSON, which every YAML reader takes: no surprise with numbers, dates or yes/no."""
    write_if_changed(file, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def fresh(folder: Path) -> Path:
    """An empty folder of that name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
