"""A study of one's own, started from one that works."""

import re
import shutil
from pathlib import Path

from pipeline.files import write_whole
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
# must be made so: title, registry, institution, period, visits, sources, tables, endpoints, criteria.
"""
CAVEATS = """caveats: # replace by what a reader must know about the data
  - The data are still those of an example that this study was started from.
"""
GENERAL = [  # parts of reports that speak of no study
    *("_paired_methods.qmd", "_hierarchy.qmd", "_hierarchy_methods.qmd", "_looks.qmd"),
    *("_eligibility_detail.qmd", "_data_quality.qmd", "_tables.qmd", "_abbreviations.qmd"),
]
EMBED = re.compile(r"\{\{<\s*embed\s+notebooks/(\w+)\.ipynb#([\w-]+)\s*>\}\}")
OPENING = """
# Summary {#sec-summary}

Write here what was asked and what was found. The tables and figures below are those of the study that this one was
started from, without its words; leave out what you do not need.
"""
LOOKS = "Not decided yet; write whether interim looks are planned."
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
    try:
        _copy_params(project, name, like, others)
        _write_reports(project, name, like)
        _copy_data(project, name, like, files=read.source_files(model, project.root))
        # last: a render that begins meanwhile finds a whole study or none
        study = project.root / "params" / name / "study.yml"
        write_whole(
            study, _own_identity(_told_anew(project.root / "params" / like / study.name, others), name)
        )
        read.study(project.root / "params" / name / "study.yml")
    except BaseException:
        for folder in places(project, name):
            shutil.rmtree(folder, ignore_errors=True)
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
    """The files beside the study file; what says whose study it is does not come along."""
    source, target = (project.root / "params" / study for study in (like, name))
    own = shutil.ignore_patterns("*.po", "study.yml")  # its words are its own
    shutil.copytree(source, target, ignore=own)
    for file in sorted(target.rglob("*.yml")):
        file.write_text(_told_anew(file, others), encoding="utf-8")


def _told_anew(file: Path, others: dict[str, str]) -> str:
    """A file of the other study without what is that study's own."""
    text = _without_remarks(_renamed(file.read_text(encoding="utf-8"), others))
    return re.sub(r"(?m)^headline:.*\n(?:[ \t].*\n|\n)*", "", text)  # its finding is the other study's


def _without_remarks(text: str) -> str:
    r"""A YAML text without what was said of the other study beside its lines; rules between sections stay.

    Examples
    --------
    >>> print(_without_remarks("# Trial A.\nid: a # ours\n# ---- visits\nlabel: 'No. #1' # first\n"), end="")
    id: a
    # ---- visits
    label: 'No. #1'
    """
    kept = []
    for line in text.splitlines():
        if line.lstrip().startswith("#") and not re.match(r"# -{3,}", line):
            continue
        places = [found.start() for found in re.finditer(r"[ \t]+# ", line)]
        outside = (n for n in places if all(line[:n].count(quote) % 2 == 0 for quote in "'\""))
        kept.append(line[: next(outside, len(line))])
    return "\n".join(kept) + "\n"


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
        "period": "",
        "caveats": CAVEATS,
        "objectives": "",
        "plan_changes": "",
        "investigators": "",
        "contact": "",
        "ethics": "",
        "funding": "",
    }.items():
        text = replace_section(text, key, lines)
    text = re.sub(r"(?<=reason: )(?:No interim|The public data set)[^\n]*", LOOKS, text)
    text = re.sub(
        r"(, description: [^,}\n]*|\n    description: (?:>-\n(?:      [^\n]*\n?)+|[^\n]*))", _gone, text
    )
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


def _gone(match: re.Match) -> str:
    """Nothing, and the end of the line where the match held it."""
    return "\n" if match[0].endswith("\n") else ""


def _write_reports(project: Project, name: str, like: str) -> None:
    """The reports' text anew: the tables and figures of the other study in its order, without its words."""
    target = project.root / "reports" / name
    target.mkdir(parents=True)
    for file in sorted((project.root / "reports" / like).glob("*.qmd")):
        front = [
            f"title: {_spoken(name)}",
            f"subtitle: {file.stem.capitalize()} report",
            "bibliography: references.bib",
        ]
        lines = ["---", *front, "---", OPENING, *_sections(project, file.read_text(encoding="utf-8"))]
        (target / file.name).write_text("\n".join([*lines, *_references(), ""]), encoding="utf-8")


def _references() -> list[str]:
    """Where the references stand."""
    return ["# References {.unnumbered}", "", "::: {#refs}", ":::"]


def _sections(project: Project, text: str) -> list[str]:
    """A section for each notebook that a text embeds, under the question it asks; general parts in their place."""
    sections: dict[str, list[str]] = {}
    for line in _expanded(project, text):
        if found := EMBED.search(line):
            sections.setdefault(found[1], [])
            if (shown := found[0]) not in sections[found[1]]:
                sections[found[1]] += [shown, ""]
        elif part := PART.search(line):
            last = next(reversed(sections), "")
            sections.setdefault(last, []).extend([part[0], ""])
    lines = []
    for notebook, inside in sections.items():
        head = (
            [f"# {_question(project, notebook)} {{#sec-{notebook.replace('_', '-')}}}", ""]
            if notebook
            else []
        )
        lines += [*head, *inside]
    return lines


def _expanded(project: Project, text: str) -> list[str]:
    """The lines of a text, parts that speak of the study taken in; general ones stay as they are named."""
    lines = []
    for line in text.splitlines():
        part = PART.search(line)
        if part and part[1] not in GENERAL:
            inside = (project.root / "reports" / "_parts" / part[1]).read_text(encoding="utf-8")
            lines += _expanded(project, inside)
        else:
            lines.append(line)
    return lines


def _question(project: Project, notebook: str) -> str:
    """What a notebook asks, as the heading of its section."""
    import json

    content = json.loads((project.root / "notebooks" / f"{notebook}.ipynb").read_text(encoding="utf-8"))
    first = "".join(content["cells"][0]["source"]).splitlines()[0]
    return first.removeprefix("# ").strip()


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
        f"  4. write the text in reports/{name}/: it holds the tables and figures, and no words yet",
        f"  5. run `study lab {name}` to look into the notebooks, `study render {name}` for the reports",
        "The handbook has each step in detail: docs/bring_your_data.qmd.",
    ]
