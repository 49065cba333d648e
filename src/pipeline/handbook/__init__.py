"""The handbook: chapters in docs/, rendered like the reports, with its tables made from the code as it is.

What a chapter says about parameters, scores, statistics and tests is not typed but generated when it is rendered:
each name in `PARTS` is a part that a chapter takes in by ``{{< include parts/_NAME.qmd >}}``.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline import publish
from pipeline.files import leave_to, put_in_place, remove_tree, sync_tree
from pipeline.handbook import evidence, licences, lists, parameters, scores, statistics
from pipeline.handbook.places import hidden, spots
from pipeline.operating import operation_of
from pipeline.project import Project, UserError, as_json
from pipeline.render.brand import stage_brand
from pipeline.site_lock import site_lock

PARTS: dict[str, Callable[[Path], str]] = {
    "study_keys": parameters.study_keys,
    "settings_keys": parameters.settings_keys,
    "report_keys": parameters.report_keys,
    "criteria_keys": parameters.criteria_keys,
    "kinds_of_names": parameters.kinds_of_names,
    "scores": scores.instruments,
    "differences": scores.important_differences,
    "criteria": scores.criteria,
    "d2t_settings": scores.d2t_settings,
    "query_rules": scores.query_rules,
    "score_functions": statistics.score_functions,
    "statistics": statistics.functions,
    "sources": lists.sources,
    "populations": lists.populations,
    "responses": lists.responses,
    "notebooks": lists.notebooks,
    "units": lists.units,
    "columns": lists.columns,
    "assurance": evidence.assurance,
    "tests": evidence.tests,
    "coverage": evidence.coverage,
    "strikes": evidence.strikes,
    "policies": evidence.policies,
    "licences": licences.licences,
    "copyleft": licences.copyleft,
    "programs": licences.programs,
}
INCLUDE = re.compile(r"\{\{<\s*include\s+parts/_(\w+)\.qmd\s*>\}\}")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter: its file in docs/, its place and its title."""

    file: Path
    order: int
    title: str

    @property
    def page(self) -> str:
        """The name of the rendered page."""
        return f"{self.file.stem}.html"


def chapters(root: Path) -> list[Chapter]:
    """The chapters in their order, the first being the way in."""
    from pipeline.render.source import split_front_matter

    found = []
    for file in (root / "docs").glob("*.qmd"):
        front, _ = split_front_matter(file.read_text(encoding="utf-8"), file.name)
        found.append(Chapter(file, int(front["order"]), str(front["title"])))
    if not found:
        raise UserError("docs/ holds no chapter (*.qmd)")
    return sorted(found, key=lambda chapter: chapter.order)


def render_handbook(project: Project, *, engine: str | None = None) -> list[Path]:
    """Render every chapter into reports/_site/handbook/; the pages appear only when all are rendered."""
    with site_lock(project, doing="rendering the handbook"):
        return _render(project, chapters(project.root), engine)


def _render(project: Project, listed: list[Chapter], engine: str | None) -> list[Path]:
    from pipeline.render import render

    texts = {chapter: complete(project.root, chapter) for chapter in listed}
    known = [spot for chapter, text in texts.items() for spot in spots(chapter.page, chapter.title, text)]
    made, operation = project.build / "handbook" / "rendered", operation_of(project.root)
    shutil.rmtree(made, ignore_errors=True)
    for chapter in listed:
        stage = stage_chapter(project, chapter, listed)
        others = [spot for spot in known if not spot.address.startswith(chapter.page)]
        with (stage / "index.qmd").open("a", encoding="utf-8") as stream:
            stream.write(hidden(others))
        render(stage, to="html", output=made / chapter.page, engine=engine, memory=operation.memory)
    target, group = project.handbook.parent, operation.site_group
    partial = target.with_name(f".{target.name}.partial")
    remove_tree(partial)
    shutil.copytree(made, partial)
    leave_to([partial, *partial.rglob("*")], group)
    sync_tree(partial)
    put_in_place(partial, target)
    publish.index(project, project.site / "index.html", group=group)
    return [target / chapter.page for chapter in listed]


def complete(root: Path, chapter: Chapter) -> str:
    """The text of a chapter with its parts in place."""

    def part(match: re.Match) -> str:
        return PARTS[match[1]](root) if match[1] in PARTS else match[0]

    return INCLUDE.sub(part, chapter.file.read_text(encoding="utf-8"))


def stage_chapter(project: Project, chapter: Chapter, listed: list[Chapter]) -> Path:
    """Lay out one chapter as the renderers read it, with the parts it takes in."""
    stage = project.build / "handbook" / chapter.file.stem
    shutil.rmtree(stage, ignore_errors=True)
    (stage / "parts").mkdir(parents=True)
    text = chapter.file.read_text(encoding="utf-8")
    for name in INCLUDE.findall(text):
        if name not in PARTS:
            raise UserError(f"docs/{chapter.file.name}: no part {name!r}; there are {', '.join(PARTS)}")
        (stage / "parts" / f"_{name}.qmd").write_text(PARTS[name](project.root), encoding="utf-8")
    (stage / "index.qmd").write_text(text + _onward(chapter, listed), encoding="utf-8")
    shutil.copy2(project.root / "_quarto.yml", stage)
    stage_brand(project.root, stage)
    (stage / "_metadata.yml").write_text(as_json({"study-title": "Handbook"}), encoding="utf-8")
    return stage


def _onward(chapter: Chapter, listed: list[Chapter]) -> str:
    """Links at the foot: the list of chapters on the first page, before and after on the others."""
    place = listed.index(chapter)
    home = "[List of reports](../index.html)"
    if place == 0:
        lines = [f"{n}. [{other.title}]({other.page})" for n, other in enumerate(listed[1:], 1)]
        return "\n# Chapters\n\n" + "\n".join(lines) + f"\n\n{home}\n"
    links = [home, f"[Contents of the handbook]({listed[0].page})"]
    links += [f"[Before: {listed[place - 1].title}]({listed[place - 1].page})"] if place > 1 else []
    links += [f"[Next: {other.title}]({other.page})" for other in listed[place + 1 : place + 2]]
    return "\n\n***\n\n" + " · ".join(links) + "\n"
