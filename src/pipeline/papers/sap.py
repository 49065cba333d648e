"""The text of a plan of analysis: what the study file fixes, what the report's methods say, and the shells.

What a study says in its own report (background, setting, intervention, estimands, scores, statistics) is taken from
there; where it says nothing, the plan says what follows from the study file. No result is told: a sentence that shows
one is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.language import Texts, commas, tr
from pipeline.papers import tables
from pipeline.papers.origin import Origin
from pipeline.papers.prose import Part, only, results_named, section, without_sections
from pipeline.publish.cover import DESIGNS, study_facts

BACKGROUND = ("sec-background",)
SETTING = ("sec-setting",)
INTERVENTION = ("sec-intervention",)
SIZE = ("sec-size",)
ESTIMANDS = ("sec-estimands", "sec-estimand")
ESTIMAND = "tbl-estimand"  # the table of a notebook that states them; it holds no number of patients
DERIVED = ("sec-scores", "sec-definitions")
STATISTICS = ("sec-statistics", "sec-paired-methods")
FURTHER = ("sec-sensitivity-note",)
MISSING = ("sec-missing-methods",)
FIXED_ANALYSES = ("design", "method")  # their results are settings of the study, told in numbers
FIXED = ("alpha", "planned", "confidence_level", "confidence_percent", "threshold", "cutoff", "every")
LOOKS = Texts(
    {
        "none": "No interim test is made.",
        "obrien_fleming": "Interim looks spend the level by the function of Lan and DeMets that resembles O'Brien and "
        "Fleming's boundaries.",
        "pocock": "Interim looks spend the level by the function of Lan and DeMets that resembles Pocock's boundaries.",
    }
)
EVENTS = Texts(
    {
        "True": "Adverse events are counted from the first dose of the study drug on.",
        "False": "Adverse events are counted from enrolment on, while a participant is under observation.",
    }
)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A table or figure of the report: its place among the notebooks, its label, the section it stands in."""

    notebook: str
    label: str
    chapter: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What the text of a plan is written from.

    Attributes
    ----------
    origin : Origin
    parts : list of Part
        The sections of the report's text.
    exhibits : list of Exhibit
    methods : dict
        By label, the methods of the results that an exhibit shows.
    standing : list of str
        Whether and when the plan was locked, and what has changed since.
    version : str
        What tells this version from others.
    """

    origin: Origin
    parts: list[Part]
    exhibits: list[Exhibit]
    methods: dict[str, list[str]]
    standing: list[str]
    version: str

    @property
    def study(self) -> dict:
        """The study as its settings hold it."""
        return self.origin.study

    def own(self, *labels: str) -> list[str]:
        """What the report says in a section, without what it found."""
        kept = [only(without_sections(block), self._tells_nothing) for block in section(self.parts, *labels)]
        return [line for block in kept if block for line in (block, "")]

    def _tells_nothing(self, text: str) -> bool:
        return all(_is_fixed(name) for name in results_named(text))


def embedded(exhibit: Exhibit) -> str:
    """An exhibit as a text takes it in."""
    return f"{{{{< embed notebooks/{exhibit.notebook}.ipynb#{exhibit.label} >}}}}"


def _is_fixed(name: str) -> bool:
    return name.split(".")[0] in FIXED_ANALYSES or name.rpartition(".")[2] in FIXED


def sap_text(plan: Plan) -> list[str]:
    """The lines of a plan of analysis."""
    return [line for chapter in CHAPTERS for line in chapter(plan)]


def _heading(level: int, text: str, label: str) -> list[str]:
    return ["#" * level + f" {text} {{#sec-plan-{label}}}", ""]


def _under(level: int, text: str, label: str, body: list[str]) -> list[str]:
    """A section; nothing where it has nothing to say."""
    return [*_heading(level, text, label), *body] if body else []


def _paragraphs(*texts: str) -> list[str]:
    return [line for text in texts if text for line in (text, "")]


def _administration(plan: Plan) -> list[str]:
    study, facts = plan.study, study_facts(plan.study)
    known = [
        (tr("Study"), study["title"]),
        (tr("Registration"), facts["registration"] or tr("not registered")),
        (tr("Institution"), study["institution"]),
        (tr("Principal investigators"), facts["investigators"] or ""),
        (tr("Design"), DESIGNS[study["design"]]),
        (tr("Planned size"), tr("{n} participants", n=study["planned_n"])),
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
        *_heading(1, tr("Administrative information"), "administration"),
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


def _introduction(plan: Plan) -> list[str]:
    return [
        *_heading(1, tr("Introduction"), "introduction"),
        *_under(2, tr("Background"), "background", plan.own(*BACKGROUND)),
        *_heading(2, tr("Objectives"), "objectives"),
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


def _design(plan: Plan) -> list[str]:
    study = plan.study
    setting = plan.own(*SETTING) or _paragraphs(
        tr(
            "Design: {design}, at {institution}; {n} participants are planned.",
            design=DESIGNS[study["design"]],
            institution=tables.said(study["institution"]),
            n=study["planned_n"],
        )
    )
    return [
        *_heading(1, tr("Study methods"), "design"),
        *_under(2, tr("Design and setting"), "setting", setting),
        *_under(2, tr("Criteria of entry"), "criteria", tables.criteria(plan.origin.settings["criteria"])),
        *_under(2, tr("Intervention"), "intervention", plan.own(*INTERVENTION)),
        *_under(2, tr("Sample size"), "size", plan.own(*SIZE) or _size(study)),
        *_under(2, tr("Visits and windows"), "visits", [*_windows(study), *tables.visits(study)]),
        *_under(2, tr("Interim looks"), "looks", _looks(study)),
    ]


def _size(study: dict) -> list[str]:
    return _paragraphs(
        tr(
            "{n} participants are planned. The study file gives no calculation of this number.",
            n=study["planned_n"],
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
    return _paragraphs(
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
        return _paragraphs(tr("The study file says nothing of interim looks: none is planned."))
    return _paragraphs(tables.paragraph([LOOKS[looks["spending"]], looks["reason"] or ""]))


def _estimands(plan: Plan) -> list[str]:
    own = plan.own(*ESTIMANDS)
    for one in plan.exhibits:
        if own and one.label == ESTIMAND:
            own += [embedded(one), ""]
    return [*_heading(1, tr("Estimands"), "estimands"), *(own or _estimand(plan.study))]


def _estimand(study: dict) -> list[str]:
    """The attributes of ICH E9(R1) as far as the study file gives them, for each primary outcome."""
    names = tables.visit_names(study)
    primary = [e for e in (*study["responses"], *study["endpoints"]) if e["role"] == "primary"]
    if not primary:
        return _paragraphs(
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


def _analysed(plan: Plan) -> list[str]:
    study = plan.study
    used = {row["variable"] for row in plan.origin.rows} | {e["variable"] for e in study["endpoints"]}
    return [
        *_heading(1, tr("What is analysed"), "analysed"),
        *_under(2, tr("Analysis sets"), "sets", tables.populations(study)),
        *_under(2, tr("Outcomes"), "outcomes", tables.endpoints(study)),
        *_under(
            2,
            tr("Derivations and their sources"),
            "derivations",
            [*plan.own(*DERIVED), *tables.scores(study, used)],
        ),
    ]


def _statistics(plan: Plan) -> list[str]:
    study = plan.study
    return [
        *_heading(1, tr("Statistical methods"), "statistics"),
        *_under(
            2, tr("Methods"), "methods", [*(plan.own(*STATISTICS) or _methods(study)), *plan.own(*FURTHER)]
        ),
        *_under(2, tr("Fixed choices"), "choices", tables.choices(study)),
        *_under(2, tr("Hierarchy of hypotheses"), "hierarchy", _hierarchy(study)),
        *_under(2, tr("Missing data"), "missing", plan.own(*MISSING) or _missing(study)),
        *_under(2, tr("Safety"), "safety", _safety(study)),
    ]


def _methods(study: dict) -> list[str]:
    level = 100 * study["statistics"]["confidence_level"]
    return _paragraphs(
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
        return _paragraphs(tr("No hierarchy of hypotheses is fixed: every p value is exploratory."))
    intro = tr(
        "All families together have a two-sided level of {alpha:g}. A family is opened when "
        "everything tested before it was "
        "rejected. Who fixed the order: {basis}",
        alpha=plan["alpha"],
        basis=tables.said(plan["basis"]),
    )
    return [*_paragraphs(intro), *tables.hierarchy(study)]


def _missing(study: dict) -> list[str]:
    return _paragraphs(
        tr(
            "Values are used as observed; nothing is imputed in the main analyses. How many values "
            "are known at each visit is "
            "told beside every estimate."
        )
    )


def _safety(study: dict) -> list[str]:
    given = study["safety"]
    if not given:
        return _paragraphs(tr("The study file says nothing of adverse events."))
    return _paragraphs(
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


def _open(plan: Plan) -> list[str]:
    found = tables.discrepancies(plan.study, plan.origin.settings["criteria"])
    return _under(1, tr("Points that the registration leaves open"), "open", found)


def _shells(plan: Plan) -> list[str]:
    lines = [
        *_heading(1, tr("Shells of tables and figures"), "shells"),
        *_paragraphs(
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
            lines += _heading(2, chapter, f"shells-{place}")
        lines += [embedded(exhibit), ""]
        methods = plan.methods.get(exhibit.label)
        if methods:
            lines += [f"[{tr('Methods: {methods}.', methods=tables.semicolons(methods))}]{{.table-note}}", ""]
    return lines


def _references(plan: Plan) -> list[str]:
    return [f"# {tr('References')} {{.unnumbered}}", "", "::: {#refs}", ":::", ""]


CHAPTERS = (
    *(
        _administration,
        _introduction,
        _design,
        _estimands,
        _analysed,
        _statistics,
        _open,
        _shells,
        _references,
    ),
)
