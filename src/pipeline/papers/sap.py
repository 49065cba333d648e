"""The text of a plan of analysis: what the study file fixes, what the report's methods say, and the shells.

What a study says in its own report (background, setting, intervention, estimands, scores, statistics) is taken from
there; where it says nothing, the plan says what follows from the study file. No result is told: a sentence that shows
one is left out.
"""

from analysis.language import tr
from pipeline.papers import tables
from pipeline.papers.plan_text import ESTIMAND, Plan, embedded, heading, paragraphs, under
from pipeline.papers.sap_analysis import analysed, statistics
from pipeline.papers.sap_study import administration, design, estimands, introduction


def sap_text(plan: Plan) -> list[str]:
    """The lines of a plan of analysis."""
    chapters = (
        administration,
        introduction,
        design,
        estimands,
        analysed,
        statistics,
        _open,
        _shells,
        _references,
    )
    return [line for chapter in chapters for line in chapter(plan)]


def _open(plan: Plan) -> list[str]:
    found = tables.discrepancies(plan.study, plan.origin.settings["criteria"])
    return under(1, tr("Points that the registration leaves open"), "open", found)


def _shells(plan: Plan) -> list[str]:
    lines = [
        *heading(1, tr("Shells of tables and figures"), "shells"),
        *paragraphs(
            tr(
                "These are the tables and figures of the {report}, in its order, with the heads and "
                "rows they will have and no "
                "number. Names that come from the data, such as terms of adverse events, are dots.",
                report=tr("final report") if plan.origin.report == "final" else tr("interim report"),
            )
        ),
    ]
    chapter = None
    for place, exhibit in enumerate(one for one in plan.exhibits if one.label != ESTIMAND):
        if exhibit.chapter != chapter:
            chapter = exhibit.chapter
            lines += heading(2, chapter, f"shells-{place}")
        lines += [embedded(exhibit), ""]
        methods = plan.methods.get(exhibit.label)
        if methods:
            lines += [f"[{tr('Methods: {methods}.', methods=tables.semicolons(methods))}]{{.table-note}}", ""]
    return lines


def _references(plan: Plan) -> list[str]:
    return [f"# {tr('References')} {{.unnumbered}}", "", "::: {#refs}", ":::", ""]
