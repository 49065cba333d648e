"""The files of a drafted study: study.yml with its comments, the reports' files, text that embeds everything."""

import json
import re

from analysis.escape import markdown
from pipeline.draft.model import Plan
from pipeline.draft.names import counted
from pipeline.draft.plan import weeks
from pipeline.draft.yaml import Said, write
from pipeline.project import Project

HEAD = """\
# {title}: drafted by `study draft` from {files}.
# It renders as it is. What the draft was not sure of stands as a comment at its line; put it right there, then
# `study check {name}` and `study render {name}`. Every key is explained in the handbook (Parameters).
"""
# notebook -> (heading, anchor, text, when it has something to show)
CHAPTERS = {
    "flow": ("Participants", "sec-flow", "Who is in the data, and at which visits.", lambda plan: True),
    "baseline": (
        "Baseline",
        "sec-baseline",
        "What is known of the participants at the first visit, by group where there are groups.",
        lambda plan: bool(_baseline(plan)),
    ),
    "change": (
        "Change from baseline",
        "sec-change",
        "Each visit against baseline, in those who have both values. A change within a group is no effect of a "
        "treatment.",
        lambda plan: any(v.kind == "number" for v in plan.endpoints),
    ),
    "categories": (
        "Categories and yes/no values by visit",
        "sec-categories",
        "How many are in each category at each visit, of those with a value.",
        lambda plan: bool(plan.of_kind("visits", "category", "yes_no")),
    ),
    "comparison": (
        "Comparison of the groups",
        "sec-comparison",
        "Differences between the groups at each visit, with their intervals. Only where the groups were made by lot "
        "is a difference the effect of a treatment.",
        lambda plan: plan.groups is not None and bool(plan.endpoints),
    ),
    "mixed_model": (
        "All visits in one model",
        "sec-model",
        "Means over the visits from a mixed model that uses every value that is known.",
        lambda plan: any(v.kind == "number" for v in plan.endpoints),
    ),
    "time_to_event": (
        "Time to event",
        "sec-times",
        "How long until the event, with the number of those still at risk.",
        lambda plan: bool(plan.times),
    ),
    "missing_values": (
        "Missing values and drop-out",
        "sec-missing",
        "How much is known at each visit, and who was not seen again.",
        lambda plan: bool(plan.endpoints),
    ),
    "laboratory_change": (
        "Laboratory",
        "sec-laboratory",
        "How laboratory values changed from the baseline visit, and who went beyond the limits of normal.",
        lambda plan: any("visit_id" in block["columns"] for block in plan.blocks.get("labs", [])),
    ),
    "correlations": (
        "Correlations",
        "sec-correlations",
        "How the measurements go together at baseline, by ranks.",
        lambda plan: len(_numbers(plan)) > 1,
    ),
    "adverse_events": (
        "Adverse events",
        "sec-safety",
        "Adverse events as recorded.",
        lambda plan: "adverse_events" in plan.blocks,
    ),
}


def _numbers(plan: Plan) -> list[str]:
    """Measurements known at baseline: numbers with more values than codes have."""
    at_visits = [
        v
        for v in plan.of_kind("visits", "number")
        if plan.baseline in v.visits and v.name not in plan.moments
    ]
    found = [*at_visits, *plan.of_kind("subjects", "number")]
    times = {time for time, _, _ in plan.times}
    return [
        v.name for v in found if v.name not in times and (not v.seen.whole or v.seen.high - v.seen.low > 10)
    ]


def _baseline(plan: Plan) -> list:
    """The lines of the baseline table: of the subject, then of the first visit."""
    times = {name for time, event, _ in plan.times for name in (time, event)}
    kinds = ("number", "yes_no", "category")
    people = [v for v in plan.of_kind("subjects", *kinds) if v.name not in times]
    visits = [
        v for v in plan.of_kind("visits", *kinds) if plan.baseline in v.visits and v.name not in plan.moments
    ]
    return [
        v.name if v.seen.digits is None else {"variable": v.name, "digits": v.seen.digits}
        for v in [*people[:30], *visits[:15]]
    ]


def study_file(plan: Plan) -> str:
    """study.yml."""
    title = plan.name.replace("_", " ").capitalize()
    files = ", ".join(
        file.given.get("path") or file.given.get("dataset") or file.given["type"] for file in plan.files
    )
    places = weeks(plan)
    content: dict = {
        "id": plan.name,
        "title": Said(title, "write the full title"),
        "short_title": title,
        "institution": "Your institution",
        "design": Said("cohort", "or single_arm, randomised: decides the words of flow, cover and methods"),
        "planned_n": Said(plan.subjects, "subjects in the data; write how many were planned"),
        "synthetic": False,
        "id_pattern": plan.id_pattern
        and Said(
            plan.id_pattern, "all ids have this form; rows with another (totals, remarks) are set aside"
        ),
        "visit_by": Said(
            "window", "the study day decides; the windows are a proposal, put in those of the protocol"
        )
        if plan.windows
        else "label",
        "predose_on_day_one": plan.windows and Said(True, "values of day 1 were taken before treatment"),
        "visits": [_visit(plan, ident, places) for ident in plan.visits],
        "baseline_visit": Said(plan.baseline, "change is counted from it"),
        "sources": list({file.given["id"]: file.given for file in plan.files}.values()),
    }
    dropped = [name for file in plan.files for name, entry in file.about.items() if entry.identifier]
    if dropped:
        content["identifiers"] = Said(dropped, "marked as identifiers in the dictionary: dropped when read")
    content["variables"] = plan.declared
    content["analytes"] = plan.analytes
    content["tables"] = plan.blocks
    if plan.groups:
        content["groups"] = plan.groups
    content["populations"] = {"ALL": {"label": "All subjects", "rule": "enrolled"}}
    content["primary_population"] = "ALL"
    content["baseline_table"] = _baseline(plan)
    if plan.endpoints:
        content["endpoints"] = Said(
            [_endpoint(plan, variable) for variable in plan.endpoints],
            "say which is primary; `higher_is_better: true` or `false` adds who improved",
        )
    content["statistics"] = {"seed": 20240101}
    head = HEAD.format(title=title, name=plan.name, files=files)
    return head + write({key: value for key, value in content.items() if value or value is False})


def _visit(plan: Plan, ident: str, places: dict[str, float] | None) -> dict:
    visit = {"id": ident, "label": plan.visits[ident].shown} | ({"week": places[ident]} if places else {})
    window = plan.windows.get(ident)
    return visit | ({"target_day": window.target, "window": [window.first, window.last]} if window else {})


def _endpoint(plan: Plan, variable) -> dict:
    seen, steps = variable.seen, {"yes_no": "binary"}
    few = variable.kind == "number" and seen.whole and seen.high - seen.low <= 10
    after = [ident for ident in plan.visits if ident in variable.visits and ident != plan.baseline]
    entry = {"id": variable.name, "variable": variable.name, "label": variable.label, "role": "exploratory"}
    if variable.kind == "yes_no" or few:
        entry["scale"] = steps.get(variable.kind, "ordinal")
    if variable.kind == "number":
        entry |= {"unit": seen.unit} if seen.unit else {}
        entry["resolution"] = seen.step
        entry |= {} if seen.digits is None else {"digits": seen.digits}
    return {**entry, "visits": after}


def chapters(plan: Plan, project: Project) -> list[str]:
    """The notebooks that have something to show."""
    there = {file.stem for file in (project.root / "notebooks").glob("*.ipynb")}
    return [name for name, (*_, shows) in CHAPTERS.items() if name in there and shows(plan)]


LONGEST = ("change", "comparison", "mixed_model")  # of the notebooks, where there are many patients


def report_file(plan: Plan, report: str, project: Project) -> str:
    """interim.yml or final.yml."""
    blind = report == "interim" and plan.groups
    lines = [
        f"report: {report}",
        "state: draft # take it out when the text is yours",
        "notebooks: # those that take longest first: they begin first",
    ]
    shown = ["data_quality", *_shown(plan, report, project)]
    for name in sorted(shown, key=lambda name: name not in LONGEST):
        lines.append(f"  - name: {name}")
        if given := _parameters(plan, name, pooled=bool(blind)):
            lines.append(f"    parameters: {json.dumps(given, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def _shown(plan: Plan, report: str, project: Project) -> list[str]:
    """The notebooks of a report: an interim look does not compare the groups."""
    every = chapters(plan, project)
    return [
        name
        for name in every
        if report == "final" or name not in ("comparison", "mixed_model", "time_to_event")
    ]


def _parameters(plan: Plan, name: str, *, pooled: bool) -> dict:
    if name == "change":
        return {"pooled": True} if pooled else {}
    if name in ("categories", "missing_values", "laboratory_change", "adverse_events") and pooled:
        return {"pooled": True}
    if name == "time_to_event":
        return {"times": [time for time, _, _ in plan.times], "events": [event for _, event, _ in plan.times]}
    if name == "correlations":
        return {"variables": _numbers(plan)[:12]}
    return {}


def report_text(plan: Plan, report: str, project: Project) -> str:
    """interim.qmd or final.qmd: every table and figure of its notebooks, and what the draft was not sure of."""
    title = plan.name.replace("_", " ").capitalize()
    lines = [
        "---",
        f"title: {title}",
        f"subtitle: {report.capitalize()} report",
        "bibliography: references.bib",
        "---",
        "",
    ]
    lines += ["# What this is {#sec-summary}", "", *_summary(plan), ""]
    for name in _shown(plan, report, project):
        heading, anchor, said, _ = CHAPTERS[name]
        lines += [f"# {heading} {{#{anchor}}}", "", said, ""]
        lines += _embeds(project, name, plan)
    parts = [
        line
        for name in ("_tables", "_data_quality")
        for line in (f"{{{{< include parts/{name}.qmd >}}}}", "")
    ]
    lines += ["# Methods and data {#sec-methods}", "", *parts]
    return "\n".join(lines)


def _summary(plan: Plan) -> list[str]:
    said = [
        f"A first report, drafted from the data files: {', '.join(size_of(plan))}. Nobody has looked at it yet. Read "
        f"the chapter on the data first, then put `params/{plan.name}/study.yml` right and write this text anew.",
        "",
    ]
    if plan.doubts:
        said += ["::: {.callout-important}", "## What the draft was not sure of", ""]
        said += [f"- {_with_code(doubt)}" for doubt in plan.doubts[:40]]
        said += (
            [f"- and {len(plan.doubts) - 40} more, at their lines of the study file"]
            if len(plan.doubts) > 40
            else []
        )
        said += [":::", ""]
    if plan.left_out:
        said += [f"Not taken in, as free text may name people: {counted(len(plan.left_out), 'column')}.", ""]
    return said


def size_of(plan: Plan) -> list[str]:
    """How many subjects, groups and visits a draft has; no visits where the data have none."""
    found = [counted(plan.subjects, "subject")]
    if plan.groups:
        found.append(counted(len(plan.groups["order"]), "group"))
    if plan.blocks.get("visits"):
        found.append(counted(len(plan.visits), "visit"))
    return found


def _with_code(text: str) -> str:
    """Text with names from data in it as Markdown; what stands between backticks is code."""
    pieces = text.split("`")
    return "".join(f"`{piece}`" if place % 2 else markdown(piece) for place, piece in enumerate(pieces))


def _embeds(project: Project, name: str, plan: Plan) -> list[str]:
    """Every labelled cell of a notebook that has something to show."""
    content = json.loads((project.root / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    sources = ("".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code")
    labels = [found[1] for source in sources if (found := re.search(r"^#\| label: (\S+)$", source, re.M))]
    empty = {
        "tbl-agreement",
        "tbl-strata",
        "tbl-subgroups",
        "fig-subgroups",
    }  # of what only a person can name
    if plan.groups is None:
        empty.add("tbl-restricted")
    if not plan.blocks.get("visits"):
        empty.add("tbl-attendance")
    labels = [label for label in labels if label not in empty]
    return [line for label in labels for line in (f"{{{{< embed notebooks/{name}.ipynb#{label} >}}}}", "")]
