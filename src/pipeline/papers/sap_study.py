"""The first chapters of a plan of analysis: the study, its objectives and design, and what is estimated."""

from collections.abc import Iterator

from analysis.language import Texts, commas, tr
from pipeline.papers import tables
from pipeline.papers.plan_text import ESTIMAND, Plan, embedded, heading, paragraphs, under
from pipeline.publish.cover import DESIGNS, planned_size, study_facts

BACKGROUND = ("sec-background",)
SETTING = ("sec-setting",)
INTERVENTION = ("sec-intervention",)
SIZE = ("sec-size",)
ESTIMANDS = ("sec-estimands", "sec-estimand")
LOOKS = Texts(
    {
        "none": "No interim test is made.",
        "obrien_fleming": "Interim looks spend the level by the function of Lan and DeMets that resembles O'Brien and "
        "Fleming's boundaries.",
        "pocock": "Interim looks spend the level by the function of Lan and DeMets that resembles Pocock's boundaries.",
    }
)


def administration(plan: Plan) -> list[str]:
    """The study, the version of the plan, and empty signatures."""
    study, facts = plan.study, study_facts(plan.study)
    known = [
        (tr("Study"), study["title"]),
        (tr("Registration"), facts["registration"] or tr("not registered")),
        (tr("Institution"), study["institution"]),
        (tr("Principal investigators"), facts["investigators"] or ""),
        (tr("Design"), DESIGNS[study["design"]]),
        (tr("Planned size"), planned_size(study)),
        (tr("Period"), facts["period"] or ""),
        (tr("Ethics"), facts["ethics"] or ""),
        (tr("Funding"), facts["study-funding"] or ""),
        (tr("Version"), plan.version),
    ]
    rows = [(f"**{name}**", tables.markdown(value)) for name, value in known]
    signed = [
        (role, "", "")
        for role in (
            tr("Written by"),
            tr("Reviewed by (statistician)"),
            tr("Approved by (principal investigator)"),
        )
    ]
    return [
        *heading(1, tr("Administrative information"), "administration"),
        *plan.standing,
        *tables.table(
            "tbl-plan-study",
            tr("The study and this document"),
            [tr("Item"), tr("What is known")],
            rows,
            (22, 60),
        ),
        *tables.table(
            "tbl-plan-signatures",
            tr("Signatures"),
            [tr("Role"), tr("Name"), tr("Date and signature")],
            signed,
            (30, 30, 30),
        ),
    ]


def introduction(plan: Plan) -> list[str]:
    """Background and objectives."""
    return [
        *heading(1, tr("Introduction"), "introduction"),
        *under(2, tr("Background"), "background", plan.own(*BACKGROUND)),
        *heading(2, tr("Objectives"), "objectives"),
        *_objectives(plan.study),
    ]


def _objectives(study: dict) -> Iterator[str]:
    """The objectives that the study file gives, else those that its outcomes ask for."""
    given = study.get("objectives")
    if given:
        yield f"- {tr('**Primary.** {text}', text=tables.said(given['primary']))}"
        for text in given["secondary"]:
            yield f"- {tr('**Secondary.** {text}', text=tables.sentence(tables.said(text)))}"
        for text in given["exploratory"]:
            yield f"- {tr('**Exploratory.** {text}', text=tables.sentence(tables.said(text)))}"
        yield ""
        return
    yield tr("The study file names no objectives; these follow from the roles of its outcomes.")
    yield ""
    for role, words in tables.ROLES.items():
        labels = [
            tables.said(e["label"]) for e in (*study["responses"], *study["endpoints"]) if e["role"] == role
        ]
        if labels:
            yield tr("- To estimate, as {role}: {outcomes}.", role=words, outcomes=commas(labels))
    yield ""


def design(plan: Plan) -> list[str]:
    """Setting, criteria, intervention, size, visits and looks."""
    study = plan.study
    setting = plan.own(*SETTING) or paragraphs(
        tr(
            "Design: {design}, at {institution}; planned size: {size}.",
            design=DESIGNS[study["design"]],
            institution=tables.said(study["institution"]),
            size=planned_size(study),
        )
    )
    return [
        *heading(1, tr("Study methods"), "design"),
        *under(2, tr("Design and setting"), "setting", setting),
        *under(2, tr("Criteria of entry"), "criteria", tables.criteria(plan.origin.settings["criteria"])),
        *under(2, tr("Intervention"), "intervention", plan.own(*INTERVENTION)),
        *under(2, tr("Sample size"), "size", plan.own(*SIZE) or _size(study)),
        *under(2, tr("Visits and windows"), "visits", [*_windows(study), *tables.visits(study)]),
        *under(2, tr("Interim looks"), "looks", _looks(study)),
    ]


def _size(study: dict) -> list[str]:
    return paragraphs(
        tr(
            "Planned size: {size}. The study file gives no calculation of it.",
            size=planned_size(study),
        )
    )


def _windows(study: dict) -> list[str]:
    days = {
        "baseline_date": tr("Day 1 is the date of baseline."),
        "baseline_visit": tr("Day 1 is the day of the baseline visit."),
        "first_dose": tr("Day 1 is the day of the first dose."),
    }
    by = {
        "window": tr("A visit counts for the window that its date lies in, whatever it was entered as."),
        "label": tr("A visit counts for the label that it was entered under."),
    }
    return paragraphs(
        tables.paragraph(
            [
                by[study["visit_by"]],
                days[study["day_one"]] if study["visit_by"] == "window" else "",
                tr(
                    "Change is counted from {visit}.",
                    visit=tables.visit_names(study)[study["baseline_visit"]],
                ),
            ]
        )
    )


def _looks(study: dict) -> list[str]:
    looks = study["statistics"]["looks"]
    if not looks:
        return paragraphs(tr("The study file says nothing of interim looks: none is planned."))
    return paragraphs(tables.paragraph([LOOKS[looks["spending"]], looks["reason"] or ""]))


def estimands(plan: Plan) -> list[str]:
    """What is estimated: as the report says, else by the attributes of each primary outcome."""
    own = plan.own(*ESTIMANDS)
    for one in plan.exhibits:
        if own and one.label == ESTIMAND:
            own += [embedded(one), ""]
    return [*heading(1, tr("Estimands"), "estimands"), *(own or _estimand(plan.study))]


def _estimand(study: dict) -> list[str]:
    """The attributes of ICH E9(R1) as far as the study file gives them, for each primary outcome."""
    names = tables.visit_names(study)
    primary = [e for e in (*study["responses"], *study["endpoints"]) if e["role"] == "primary"]
    if not primary:
        return paragraphs(
            tr(
                "No outcome is declared primary in the study file; give one of them the role before "
                "this plan is locked."
            )
        )
    groups = study.get("groups") or {}
    arms = commas(groups.get("labels", {}).get(name, name) for name in groups.get("order", []))
    rows = []
    for outcome in primary:
        summary = (
            tr("Share with its interval")
            if "rule" in outcome
            else tr("Mean change from baseline with its interval")
        )
        rows += [
            (tr("**{outcome}**", outcome=tables.said(outcome["label"])), ""),
            (
                tr("Treatment"),
                tr("Compared: {groups}", groups=tables.said(arms))
                if arms
                else tr("As given in the study; no comparison"),
            ),
            (tr("Population"), tables.said(study["populations"][study["primary_population"]]["label"])),
            (
                tr("Variable"),
                tr(
                    "{what}, at {visits}",
                    what=tables.said(outcome["label"]),
                    visits=commas(names[v] for v in outcome["visits"]),
                ),
            ),
            (
                tr("Intercurrent events"),
                tr("Not named in the study file: values are used as observed (treatment policy)"),
            ),
            (tr("Summary"), tr("Difference between the groups with its interval") if arms else summary),
        ]
    head = [tr("Attribute"), tr("What is estimated")]
    return tables.table(
        "tbl-plan-estimand", tr("Estimands by their attributes (ICH E9(R1))"), head, rows, (26, 60)
    )
