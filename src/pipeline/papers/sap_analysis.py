"""The chapters of a plan of analysis that say what is analysed, and by which methods."""

from analysis.language import Texts, tr
from pipeline.papers import tables
from pipeline.papers.plan_text import Plan, heading, paragraphs, under

DERIVED = ("sec-scores", "sec-definitions")
STATISTICS = ("sec-statistics", "sec-paired-methods")
FURTHER = ("sec-sensitivity-note",)
MISSING = ("sec-missing-methods",)
EVENTS = Texts(
    {
        "True": "Adverse events are counted from the first dose of the study drug on.",
        "False": "Adverse events are counted from enrolment on, while patients are under observation.",
    }
)


def analysed(plan: Plan) -> list[str]:
    """Analysis sets, outcomes, and how what is analysed is derived."""
    study = plan.study
    used = {row["variable"] for row in plan.origin.rows} | {e["variable"] for e in study["endpoints"]}
    return [
        *heading(1, tr("What is analysed"), "analysed"),
        *under(2, tr("Analysis sets"), "sets", tables.populations(study)),
        *under(2, tr("Outcomes"), "outcomes", tables.endpoints(study)),
        *under(
            2,
            tr("Derivations and their sources"),
            "derivations",
            [*plan.own(*DERIVED), *tables.scores(study, used)],
        ),
    ]


def statistics(plan: Plan) -> list[str]:
    """Methods, fixed choices, hierarchy, missing data, safety."""
    study = plan.study
    return [
        *heading(1, tr("Statistical methods"), "statistics"),
        *under(
            2, tr("Methods"), "methods", [*(plan.own(*STATISTICS) or _methods(study)), *plan.own(*FURTHER)]
        ),
        *under(2, tr("Fixed choices"), "choices", tables.choices(study)),
        *under(2, tr("Hierarchy of hypotheses"), "hierarchy", _hierarchy(study)),
        *under(2, tr("Missing data"), "missing", plan.own(*MISSING) or _missing(study)),
        *under(2, tr("Safety"), "safety", _safety(study)),
    ]


def _methods(study: dict) -> list[str]:
    level = 100 * study["statistics"]["confidence_level"]
    return paragraphs(
        tr(
            "Estimates come with their {level:g} % intervals. Change is the value at the visit minus "
            "the value at baseline, in "
            "those who have both; shares have Wilson's interval.",
            level=level,
        ),
        tr("Groups are compared adjusted for the value at baseline.") if study.get("groups") else "",
    )


def _hierarchy(study: dict) -> list[str]:
    plan = study["statistics"]["multiplicity"]
    if not plan:
        return paragraphs(tr("No hierarchy of hypotheses is fixed: every p value is exploratory."))
    intro = tr(
        "All families together have a two-sided level of {alpha:g}. A family is opened when "
        "everything tested before it was "
        "rejected. Who fixed the order: {basis}",
        alpha=plan["alpha"],
        basis=tables.said(plan["basis"]),
    )
    return [*paragraphs(intro), *tables.hierarchy(study)]


def _missing(study: dict) -> list[str]:
    return paragraphs(
        tr(
            "Values are used as observed; nothing is imputed in the main analyses. How many values "
            "are known at each visit is "
            "told beside every estimate."
        )
    )


def _safety(study: dict) -> list[str]:
    given = study["safety"]
    if not given:
        return paragraphs(tr("The study file says nothing of adverse events."))
    return paragraphs(
        tables.paragraph(
            [
                EVENTS[str(given["treatment_emergent"])],
                tr("Those begun up to {n} days after the last dose count.", n=given["residual_days"])
                if given["residual_days"] is not None
                else "",
                tr("Rates are for {n:g} person-years.", n=given["rate_per_person_years"]),
                tr("Terms are coded by: {dictionary}.", dictionary=tables.said(given["dictionary"]))
                if given["dictionary"]
                else "",
            ]
        )
    )
