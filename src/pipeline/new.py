"""A study of one's own, started from one that works."""

import re
import shutil
from pathlib import Path

from pipeline.project import Project, UserError

NOT_REGISTERED = "UNREGISTERED"
PART = re.compile(r"\{\{<\s*include\s+parts/(_\w+\.qmd)\s*>\}\}")
RESERVED = {"handbook"}  # an address of the site that is no study

REGISTRY = f"""registry: # replace by the registration of this study
  id: {NOT_REGISTERED}
  name: not registered yet
  discrepancies:
    - item: Registration
      registry: This study is not registered yet.
      handling: To be completed in the study file.
"""
HEADER = """# {title}. Started with `study new` from a study that works; what is not about this study yet
# must be made so: title, registry, institution, visits, sources, tables, endpoints.
"""
CAVEATS = """caveats: # replace by what a reader must know about the data
  - The data are still those of an example that this study was started from.
"""
REWRITE = """
::: {.callout-important}
## This text was written for another study
It was copied to start from. Rewrite it for this study, then delete this note.
:::
"""
DATA_README = """# Data of {name}

The files here are copies of example exports: synthetic, no real patient is described. Put your own export in their
place, and set `synthetic: false` in `params/{name}/study.yml` when you do.

Real data of patients do not belong under version control: add `data/{name}/` to `.gitignore` first.
"""


def new_study(project: Project, name: str, *, like: str) -> list[str]:
    """Copy parameters, reports and example data of a study under a new name; returns what to do next."""
    from analysis import read

    check_name(project, name)
    model = read.study(project.root / "params" / like / "study.yml")
    others = _words_of_others(model, name)
    parts = project.root / "reports" / "_parts"
    before = set(parts.iterdir())
    try:
        _copy_params(project, name, like, others)
        _copy_reports(project, name, like, others)
        _copy_data(project, name, like, files=read.source_files(model, project.root))
        read.study(project.root / "params" / name / "study.yml")
    except BaseException:
        for folder in places(project, name):
            shutil.rmtree(folder, ignore_errors=True)
        for part in set(parts.iterdir()) - before:
            part.unlink()
        raise
    return _next_steps(name, like)


def _words_of_others(model, name: str) -> dict[str, str]:
    """What says whose study it is, and what stands there until the new one says it."""
    words = {model.id: name, model.institution: "Your institution"}
    words |= {model.title: _spoken(name), model.short_title: _spoken(name)}
    words |= dict.fromkeys(model.investigators, "Name of the investigator")
    return words | ({model.registry.id: NOT_REGISTERED} if model.registry else {})


def places(project: Project, name: str) -> list[Path]:
    """The folders of a study."""
    return [project.root / part / name for part in ("params", "reports", "data")]


def check_name(project: Project, name: str) -> None:
    """Refuse what cannot name folders and results everywhere, or is taken."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        raise UserError(
            f"{name!r} cannot name a study: use lower-case letters, digits and _, a letter first, "
            "at most 40 in all; for example my_study"
        )
    if name in RESERVED:
        raise UserError(f"{name!r} is the address of another page of the site; choose another name")
    if taken := [place for place in places(project, name) if place.exists()]:
        raise UserError(f"{taken[0].relative_to(project.root)} is there already; choose another name")


def _spoken(name: str) -> str:
    """A name as a title: ``my_study`` is *My study*."""
    return name.replace("_", " ").capitalize()


def _copy_params(project: Project, name: str, like: str, others: dict[str, str]) -> None:
    """The study file and those beside it; what says whose study it is does not come along."""
    source, target = (project.root / "params" / study for study in (like, name))
    shutil.copytree(source, target)
    for file in sorted(target.rglob("*.yml")):
        text = _renamed(file.read_text(encoding="utf-8"), others)
        if file.name == "study.yml":
            text = _own_identity(text, name)
        elif file.stem in ("interim", "final"):
            text = re.sub(r"[ \t]+#[^\n]*$", "", text, flags=re.M)  # what was said of the other study's look
        file.write_text(text, encoding="utf-8")


def _renamed(text: str, others: dict[str, str]) -> str:
    """The text with the other study's words replaced wherever they stand."""
    for word, by in others.items():
        text = re.sub(rf"\b{re.escape(word)}\b", lambda _, by=by: by, text)  # type: ignore[misc]
    return text


def _own_identity(text: str, name: str) -> str:
    """The study file under its own title, registration and institution."""
    for key, lines in {
        "id": f"id: {name}\n",
        "title": f"title: {_spoken(name)} (write its full title here)\n",
        "short_title": f"short_title: {_spoken(name)}\n",
        "registry": REGISTRY,
        "institution": "institution: Your institution\n",
        "planned_n": "planned_n: 100 # a placeholder: write how many participants are planned\n",
        "caveats": CAVEATS,
        "investigators": "",
        "contact": "",
        "ethics": "",
        "funding": "",
    }.items():
        text = replace_section(text, key, lines)
    text = re.sub(r"\A(#[^\n]*\n)+", "", text)
    return HEADER.format(title=_spoken(name)) + text


def replace_section(text: str, key: str, lines: str) -> str:
    r"""A YAML text with one top-level section replaced, everything else (comments too) as it is.

    Examples
    --------
    >>> print(replace_section("id: a\nregistry:\n  id: N1\n# visits\nvisits: []\n", "registry", ""), end="")
    id: a
    # visits
    visits: []
    """
    section = rf"^{re.escape(key)}:[^\n]*\n(?:[ \t-][^\n]*\n)*"
    return re.sub(section, lambda _: lines, text, count=1, flags=re.M)


def _copy_reports(project: Project, name: str, like: str, others: dict[str, str]) -> None:
    """The reports' text, under a neutral title and with a note that it must be rewritten."""
    source, target = (project.root / "reports" / study for study in (like, name))
    shutil.copytree(source, target)
    parts = _own_parts(project, name, like, others)
    for file in sorted(target.glob("*.qmd")):
        _, front, body = file.read_text(encoding="utf-8").split("---\n", 2)
        front = replace_section(_renamed(front, others), "title", f"title: {_spoken(name)}\n")
        body = _renamed(body, _in_prose(others))
        for old, new in parts.items():
            body = body.replace(f"parts/{old}", f"parts/{new}")
        file.write_text(f"---\n{front}---\n{REWRITE}{body}", encoding="utf-8")


def _in_prose(others: dict[str, str]) -> dict[str, str]:
    """In the text of a report the registration is taken from the study file."""
    return {word: "{{< meta registry >}}" if by == NOT_REGISTERED else by for word, by in others.items()}


def _own_parts(project: Project, name: str, like: str, others: dict[str, str]) -> dict[str, str]:
    """Copy the parts that only the other study takes in, or that speak of it; old name to new name."""
    folder = project.root / "reports" / "_parts"
    shared = {
        part for study in project.studies() if study not in (name, like) for part in _parts_of(project, study)
    }
    renamed = {}
    for part in sorted(_parts_of(project, like)):
        text = (folder / part).read_text(encoding="utf-8")
        own = _renamed(text, _in_prose(others))
        if part not in shared or own != text:
            renamed[part] = f"_{name}{part}"
            (folder / renamed[part]).write_text(own, encoding="utf-8")
    return renamed


def _parts_of(project: Project, study: str) -> set[str]:
    """The parts that a study's reports take in."""
    files = (project.root / "reports" / study).glob("*.qmd")
    return {part for file in files for part in PART.findall(file.read_text(encoding="utf-8"))}


def _copy_data(project: Project, name: str, like: str, *, files: list[Path]) -> None:
    """The exports that the study file names, and their data dictionary."""
    source, target = (project.root / "data" / study for study in (like, name))
    target.mkdir(parents=True)
    for file in [*files, source / "data_dictionary.csv"]:
        if file.is_file() and file.is_relative_to(source):
            copy = target / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)
    (target / "README.md").write_text(DATA_README.format(name=name), encoding="utf-8")


def _next_steps(name: str, like: str) -> list[str]:
    """What to tell the researcher."""
    return [
        f"Study {name} is there, with the example data and settings of {like}. It renders as it is:",
        f"  study render {name}",
        "Then make it yours:",
        f"  1. put your export into data/{name}/ in place of the example files",
        f"  2. describe it in params/{name}/study.yml (title, registry, visits, sources, tables)",
        f"  3. run `study check {name}` until it finds nothing wrong",
        f"  4. edit the text in reports/{name}/ and in reports/_parts/_{name}_*.qmd",
        f"  5. run `study lab {name}` to look into the notebooks, `study render {name}` for the reports",
        "The handbook has each step in detail: docs/bring_your_data.qmd.",
    ]
