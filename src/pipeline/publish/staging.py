"""What a renderer reads, laid out in a folder of its own."""

import json
import shutil
from pathlib import Path

from pipeline.project import write_if_changed
from pipeline.publish.cover import cover_metadata


def fill_stage(
    stage: Path,
    *,
    source: Path,
    folder: Path,
    content: dict,
    rows: list[dict],
    cover: dict,
    since: str | None,
) -> None:
    """Lay out what a renderer reads; ``quarto render index.qmd`` works in that folder by hand, too."""
    from pipeline.abbreviations import write_abbreviations
    from pipeline.render import stage_notebook
    from pipeline.texts import captions, language_metadata, translated_pages
    from pipeline.variables import formatted, used_ids
    from pipeline.words import words_of

    study, name = content["study"]["id"], content["analysis"]["report"]
    reports = source / "reports"
    shutil.copyfile(source / "_quarto.yml", stage / "_quarto.yml")
    text = (reports / study / f"{name}.qmd").read_text(encoding="utf-8")
    (stage / "index.qmd").write_text(text + (since or ""), encoding="utf-8")
    shutil.copyfile(reports / "references.bib", stage / "references.bib")
    shutil.copytree(reports / "_parts", stage / "parts", copy_function=shutil.copyfile)
    if (reports / "_style").is_dir():
        shutil.copytree(reports / "_style", stage / "_style", copy_function=shutil.copyfile)
    built = folder / "notebooks"
    wanted = [entry["name"] for entry in content["analysis"]["notebooks"]]
    for notebook in wanted:
        executed = json.loads((built / f"{notebook}.ipynb").read_text(encoding="utf-8"))
        staged = json.dumps(stage_notebook(captions(executed)), ensure_ascii=False)
        write_if_changed(stage / "notebooks" / f"{notebook}.ipynb", staged)
    translated_pages(stage)
    write_abbreviations(stage)
    said, chosen = words_of(content["study"])
    used = used_ids([file.read_text(encoding="utf-8") for file in sorted(stage.rglob("*.qmd"))])
    digits = digits_of(folder)
    write_yaml(stage / "_variables.yml", formatted(rows, digits, used=used, chosen=chosen))
    write_yaml(
        stage / "_metadata.yml", {**said, **cover_metadata(content["study"], cover), **language_metadata()}
    )


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
