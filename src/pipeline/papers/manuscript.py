"""The text of a manuscript: title page, structured abstract, methods from the parameters, results by id, checklist.

What the report says of its results is said here too, in the same words and with the same ids: the numbers are filled
in whenever the draft is made. What only authors can write stands as a marked gap.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.language import commas, paragraph, tr
from pipeline.papers import methods, tables
from pipeline.papers.checklist import checklist
from pipeline.papers.journals import Journal
from pipeline.papers.origin import Origin
from pipeline.papers.plan_text import Exhibit, embedded
from pipeline.papers.prose import Part, is_prose, results_named, section, without_sections
from pipeline.publish.cover import study_facts
from pipeline.publish.first_screen import (
    Results,
    belonging,
    caution_of,
    finding_by_rule,
    primary_estimate,
    usual_numbers,
)
from pipeline.words import words_of

SUMMARY = ("sec-synopsis", "sec-summary")
BACKGROUND, INTERVENTION = ("sec-background",), ("sec-intervention",)
DISCUSSED, LIMITS, SIZE = ("sec-main-results",), ("sec-limitations",), ("sec-size",)
# Chapters of a report that are no results.
NO_RESULTS = {
    *SUMMARY,
    *(
        "sec-design",
        "sec-methods",
        "sec-interpretation",
        "sec-limitations",
        "sec-data-appendix",
        "sec-plan-changes",
        "",
    ),
}
LEAD = re.compile(r"^\*\*(.+?)\*\*\s*", re.DOTALL)
LEADS = {
    "Question": "aims",
    "Objective": "aims",
    "Objectives": "aims",
    "Study": "methods",
    "Methods": "methods",
}
LEADS |= dict.fromkeys(("Conclusion", "Conclusions"), "conclusions")
MOST = 5  # exhibits
WANTED = ("fig-flow", "tbl-baseline", "tbl-ae-overview")  # those of any manuscript, where the report has them


@dataclass(frozen=True, slots=True)
class Draft:
    """What the text of a manuscript is written from.

    Attributes
    ----------
    origin : Origin
    parts, english : list of Part
        The sections of the report's main text, and the same before translation.
    exhibits : list of Exhibit
        Those that the manuscript shows.
    journal : Journal
    references : set of str
        Keys of the list of references.
    standing : list of str
        What is to be said of the plan of analysis and of what was done otherwise.
    """

    origin: Origin
    parts: list[Part]
    english: list[Part]
    exhibits: list[Exhibit]
    journal: Journal
    references: set[str]
    standing: list[str]

    @property
    def study(self) -> dict:
        """The study as its settings hold it."""
        return self.origin.study

    def own(self, *labels: str) -> list[str]:
        """What the report says in a section."""
        return [
            line for block in section(self.parts, *labels) for line in (without_sections(block), "") if block
        ]


def chosen_exhibits(exhibits: list[Exhibit], asked: list[str]) -> list[Exhibit]:
    """At most five tables and figures: those asked for, else flow, baseline, harm and the first of the others.

    Parameters
    ----------
    exhibits : list of Exhibit
        Those of the report, in its order.
    asked : list of str
        As the report's file names them, notebook and label: ``flow#fig-flow``.
    """
    if asked:
        return [Exhibit(name.partition("#")[0], name.partition("#")[2], "") for name in asked]
    wanted = [one for one in exhibits if one.label in WANTED]
    others = [one for one in exhibits if one.label not in WANTED]
    kept = {one.label for one in [*wanted, *others][:MOST]}
    return [one for one in exhibits if one.label in kept]


def gap(text: str) -> str:
    """A place that the authors fill."""
    return f"[{tr('[To be written: {what}]', what=text)}]{{.gap}}"


def manuscript_text(draft: Draft) -> list[str]:
    """The lines of a manuscript."""
    body = [line for chapter in CHAPTERS for line in chapter(draft)]
    return [*body, *_references(), *_exhibits(draft), *_checklist(draft, body)]


def _heading(level: int, text: str, label: str) -> list[str]:
    return ["#" * level + f" {text} {{#sec-ms-{label}}}", ""]


def _title_page(draft: Draft) -> Iterator[str]:
    study, facts = draft.study, study_facts(draft.study)
    contact = facts["contact"]
    rows = [
        (tr("Running title"), tables.said(study["short_title"])),
        (tr("Authors"), gap(tr("names of all authors"))),
        *(
            [(tr("Principal investigators"), tables.said(facts["investigators"]))]
            if facts["investigators"]
            else []
        ),
        (tr("Institution"), tables.said(study["institution"])),
        (tr("Corresponding author"), tables.said(contact) if contact else gap(tr("name and address"))),
        (
            tr("Registration"),
            tables.said(facts["registration"]) if facts["registration"] else tr("not registered"),
        ),
        (tr("Key words"), gap(tr("three to ten key words"))),
        (tr("Journal"), draft.journal.name),
        (tr("Numbers from"), tr("run {run}", run=draft.origin.folder.name)),
    ]
    yield "::: {.title-page}"
    yield ""
    for name, value in rows:
        yield tr("**{name}.** {value}", name=name, value=value)
        yield ""
    yield ":::"
    yield ""


def _abstract(draft: Draft) -> Iterator[str]:
    yield from [f"# {tr('Abstract')} {{#sec-ms-abstract}}", ""]
    said = abstract(draft)
    heads = {
        "aims": tr(draft.journal.aims),
        "methods": tr("Methods"),
        "results": tr("Results"),
        "conclusions": tr("Conclusions"),
    }
    for name, head in heads.items():
        yield tr("**{name}.** {value}", name=head, value=paragraph(said[name]))
        yield ""
    if draft.journal.box:
        yield from _heading(1, tr("Key messages"), "messages")
        for head in draft.journal.box:
            yield f"- **{tr(head)}**: {gap(tr('one sentence'))}"
        yield ""


def abstract(draft: Draft) -> dict[str, list[str]]:
    """The parts of the abstract: from the report's synopsis where it has one, by rule where it has none."""
    study, found = draft.study, {"aims": [], "methods": [], "results": [], "conclusions": []}
    for block, english in zip(section(draft.parts, *SUMMARY), section(draft.english, *SUMMARY), strict=True):
        if not is_prose(block):
            continue
        lead = LEAD.match(english)
        text = _without_references(LEAD.sub("", block))
        if lead:
            found[LEADS.get(lead[1].rstrip(". "), "results")].append(text)
        else:
            found["results"] += [item for item in re.split(r"\n?[-*] ", text) if results_named(item)]
    results = Results({row["result_id"]: row for row in draft.origin.rows}, words_of(study)[1])
    content = {"study": study, "analysis": draft.origin.settings["analysis"]}
    return {
        "aims": found["aims"] or [_aims(study)],
        "methods": found["methods"]
        or [*methods.participants(study, {})[:1], methods.visits_and_outcomes(study)[2]],
        "results": found["results"] or list(_numbers(content, results)),
        "conclusions": found["conclusions"] or list(_conclusion(content, results)),
    }


def _aims(study: dict) -> str:
    """The objective that the study file gives, else what its primary outcomes ask for."""
    if objectives := study.get("objectives"):
        return tables.sentence(tables.said(objectives["primary"]))
    labels = [
        tables.said(e["label"]) for e in (*study["responses"], *study["endpoints"]) if e["role"] == "primary"
    ]
    if labels:
        return tr(
            "To estimate {outcomes} in: {title}.", outcomes=commas(labels), title=tables.said(study["title"])
        )
    return tr("To describe: {title}.", title=tables.said(study["title"]))


def _numbers(content: dict, results: Results) -> Iterator[str]:
    """The numbers of the first screen as sentences."""
    study, headline = content["study"], content["analysis"]["headline"]
    given = headline["numbers"] or list(usual_numbers(study, primary_estimate(content, results), results))
    for number in given:
        note = number["note"] or belonging(number["result"], study, results)
        named = {"label": number["label"], "value": f"{{{{< var {number['result']} >}}}}"}
        yield (
            tr("{label}: {value} ({note}).", **named, note=note) if note else tr("{label}: {value}.", **named)
        )


def _conclusion(content: dict, results: Results) -> Iterator[str]:
    headline, study = content["analysis"]["headline"], content["study"]
    primary = primary_estimate(content, results)
    if headline["finding"] or primary:
        yield tr(
            "{finding}.",
            finding=(headline["finding"] or finding_by_rule(study, primary, results)).rstrip(".。"),
        )
    yield headline["caution"] or caution_of(content)


def _without_references(text: str) -> str:
    """A text without references to exhibits, sections and literature, which an abstract does not have."""
    text = re.sub(r"\s?[(（][^()（）]*@(?:fig|tbl|sec)-[^()（）]*[)）]", "", without_sections(text))
    return " ".join(re.sub(r"\s?\[-?@[^\]]*\]", "", text).split())


def _introduction(draft: Draft) -> Iterator[str]:
    yield from _heading(1, tr("Introduction"), "introduction")
    own = draft.own(*BACKGROUND)
    yield from own or [gap(tr("what is known, what is not, and why this study was made")), ""]
    objectives = draft.study.get("objectives")
    if objectives:
        yield tr("Objective: {text}", text=tables.sentence(tables.said(objectives["primary"])))
        yield ""


def _methods(draft: Draft) -> Iterator[str]:
    study, listed = draft.study, draft.origin.settings["criteria"]
    yield from _heading(1, tr("Methods"), "methods")
    yield from [*_heading(2, tr("Design and patients"), "design"), *methods.participants(study, listed)]
    if own := draft.own(*INTERVENTION):
        yield from [*_heading(2, tr("Treatment"), "treatment"), *own]
    yield from [*_heading(2, tr("Visits and outcomes"), "outcomes"), *methods.visits_and_outcomes(study)]
    if study["planned_n"] is not None:
        yield from [
            *_heading(2, tr("Sample size"), "size"),
            tr("{n} patients were planned.", n=study["planned_n"]),
            "",
        ]
    yield from _heading(2, tr("Statistical analysis"), "statistics")
    yield from methods.analysis(study, draft.origin.rows, draft.references)
    yield from _heading(2, tr("Plan of analysis and what was done otherwise"), "deviations")
    yield from draft.standing


def _results(draft: Draft) -> Iterator[str]:
    yield from _heading(1, tr("Results"), "results")
    said = list(_findings(draft))
    if not any(results_named(line) for line in said):
        results = Results({row["result_id"]: row for row in draft.origin.rows}, words_of(draft.study)[1])
        content = {"study": draft.study, "analysis": draft.origin.settings["analysis"]}
        yield from [paragraph(_numbers(content, results)), ""]
    yield from said


def _exhibits(draft: Draft) -> Iterator[str]:
    """Tables, then figures, at the end, as journals ask for them."""
    yield from [f"# {tr('Tables and figures')} {{.unnumbered}}", ""]
    for one in sorted(draft.exhibits, key=lambda one: one.label.startswith("fig-")):
        yield from (
            ("::: {.finds}", one.finding, "", embedded(one), ":::", "")
            if one.finding
            else (embedded(one), "")
        )


def _findings(draft: Draft) -> Iterator[str]:
    """The results of the report's main text, its chapters as sections."""
    chapter, place = None, 0
    for part in draft.parts:
        if part.level == 1:
            chapter = part
        if chapter is None or chapter.label in NO_RESULTS or chapter.label.startswith("sec-ms-"):
            continue
        body = [without_sections(block) for block in section([part], part.label) if is_prose(block)]
        if not body:
            continue
        place += 1
        label = "harms" if part.label == "sec-safety" else f"results-{place}"
        yield from _heading(2, part.title, label)
        for block in body:
            yield from (block, "")


def _discussion(draft: Draft) -> Iterator[str]:
    yield from _heading(1, tr("Discussion"), "discussion")
    yield from draft.own(*DISCUSSED) or [gap(tr("what was found, in one paragraph")), ""]
    yield from [gap(tr("how this compares with other studies, and what it means")), ""]
    yield from _heading(2, tr("Limitations"), "limitations")
    caveats = [tables.said(text) for text in draft.study["caveats"]]
    yield from draft.own(*LIMITS) or [paragraph(caveats) or gap(tr("what limits these results")), ""]


def _statements(draft: Draft) -> Iterator[str]:
    facts = study_facts(draft.study)
    yield from [f"# {tr('Statements')} {{#sec-ms-statements}}", ""]
    given = [
        ("registration", tr("Registration"), facts["registration"]),
        ("ethics", tr("Ethics"), facts["ethics"]),
        ("funding", tr("Funding"), facts["study-funding"]),
        ("interests", tr("Competing interests"), None),
        ("contributors", tr("Contributors"), None),
        ("sharing", tr("Data sharing"), None),
    ]
    for label, name, value in given:
        yield from _heading(2, name, label)
        yield from (tables.said(value) if value else gap(tr("not stated in the study file")), "")


def _checklist(draft: Draft, body: list[str]) -> list[str]:
    there = _answered(body) | {one.label for one in draft.exhibits}
    return [
        *[f"# {tr('Reporting checklist')} {{#sec-ms-checklist}}", ""],
        *checklist(draft.study["design"], there, draft.references),
    ]


def _answered(body: list[str]) -> set[str]:
    """Sections that hold more than gaps."""
    found, label = set(), ""
    for line in body:
        if match := re.match(r"^#+ .*\{#(sec-ms-[\w-]+)\}", line):
            label = match[1]
        elif line.strip() and "{.gap}" not in line and label:
            found.add(label)
    return found


def _references() -> list[str]:
    return [f"# {tr('References')} {{.unnumbered}}", "", "::: {#refs}", ":::", ""]


CHAPTERS = (_title_page, _abstract, _introduction, _methods, _results, _discussion, _statements)
