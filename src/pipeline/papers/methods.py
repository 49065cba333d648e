"""The methods of a manuscript, written from the parameters: what was planned, and by which methods it was analysed.

A sentence on a method stands where results were made by it; it cites what the method comes from where the list of
references has it.
"""

import re
from collections.abc import Iterable, Iterator

from analysis.language import Texts, inside, listed, mark, paragraph, semicolons, tr
from pipeline.papers import tables
from pipeline.publish.cover import study_facts

DESIGNED = Texts(
    {
        "cohort": "This was a prospective cohort study at {institution}.",
        "single_arm": "This was a single-arm study at {institution} in which each patient was "
        "compared with the state before "
        "treatment.",
        "randomised": "This was a randomised trial ({institution}).",
    }
)
# What a method is told by in the results, and what is said of it.
STATISTICS = (
    (r"Wilson", mark("Shares are given with the interval of Wilson [@wilson1927].")),
    (
        r"MMRM|mixed model",
        mark(
            "Mean changes come from a mixed model for repeated measures with an unstructured "
            "covariance, restricted maximum "
            "likelihood, and the degrees of freedom of Kenward and Roger [@mallinckrodt2008; @kenward1997]."
        ),
    ),
    (r"paired t", mark("Mean changes in those with both values have intervals from the t distribution.")),
    (r"Hodges-Lehmann", mark("Shifts of ranks are Hodges-Lehmann estimates [@hodges1963].")),
    (
        r"signed-rank test",
        mark(
            "Changes were tested by the exact signed-rank test, zeros ranked by the method of Pratt "
            "[@pratt1959; @hothorn2008]."
        ),
    ),
    (r"Garwood|Poisson", mark("Rates of adverse events have exact Poisson intervals [@garwood1936].")),
    (r"Kaplan-Meier", mark("Times to an event are described by Kaplan-Meier curves with log-log intervals.")),
    (
        r"Aalen-Johansen",
        mark("Where reasons compete, the cumulative incidence is that of Aalen and Johansen."),
    ),
    (
        r"imput",
        mark(
            "Missing values were imputed by predictive mean matching in sensitivity analyses [@vanbuuren2018]."
        ),
    ),
    (r"ANCOVA|adjusted for baseline", mark("Groups were compared adjusted for the value at baseline.")),
)


def participants(study: dict, criteria: dict) -> list[str]:
    """Design, setting, registration and who could enter."""
    facts = study_facts(study)
    said = [
        DESIGNED[study["design"]].format(institution=tables.said(study["institution"])),
        tr("It was registered as {registration}.", registration=tables.said(facts["registration"]))
        if facts["registration"]
        else "",
        tr("It was planned from {period}.", period=facts["period"]) if facts["period"] else "",
    ]
    return [paragraph(said), "", *_criteria(criteria)]


def _criteria(criteria: dict) -> list[str]:
    kinds = {
        kind: semicolons(
            inside_first(tables.said(e["text"])) for e in criteria.get("criteria", []) if e["kind"] == kind
        )
        for kind in ("inclusion", "exclusion")
    }
    parts = [
        tr("Patients had to meet these criteria: {listed}.", listed=kinds["inclusion"])
        if kinds["inclusion"]
        else "",
        tr("Excluded were those with: {listed}.", listed=kinds["exclusion"]) if kinds["exclusion"] else "",
    ]
    return [paragraph(parts), ""] if any(parts) else []


def inside_first(text: str) -> str:
    """A text that opens a sentence as it stands inside one; abbreviations keep their capitals.

    Examples
    --------
    >>> inside_first("Informed consent."), inside_first("CADM by the criteria")
    ('informed consent', 'CADM by the criteria')
    """
    text = text.rstrip(".。")
    return text[:1].lower() + text[1:] if len(text) > 1 and text[1].islower() else text


MAIN_OUTCOME = mark("The primary outcome was: {outcome}, at {visits}.")
BESIDE_IT = mark("Followed beside it: {outcome}, at {visits}.")


def _primary(study: dict, outcomes: list[dict]) -> Iterator[str]:
    """The primary outcome at the visit that the settings name, where they do; beside it what else bears on it."""
    names, chosen = tables.visit_names(study), (study.get("settings") or {}).get("primary") or {}

    def told(text: str, entry: dict, visits: Iterable[str]) -> str:
        when = listed(inside(names[visit]) for visit in visits)
        return tr(text, outcome=tables.said(entry["label"]), visits=when)

    found = [entry for entry in outcomes if entry["role"] == "primary"]
    own = [entry for entry in found if entry["id"] == chosen.get("response")]
    for entry in own or found:
        yield told(MAIN_OUTCOME, entry, [chosen["visit"]] if own else entry["visits"])
    for entry in found if own else ():
        others = [visit for visit in entry["visits"] if entry not in own or visit != chosen["visit"]]
        if others:
            yield told(BESIDE_IT, entry, others)


def visits_and_outcomes(study: dict) -> list[str]:
    """Visits, the primary outcome and the others."""
    names = tables.visit_names(study)
    said = [
        tr("Visits were planned at {visits}.", visits=listed(inside(name) for name in names.values())),
        tr("A visit counted for the window that its date lies in.") if study["visit_by"] == "window" else "",
    ]
    lines = [paragraph(said), ""]
    outcomes = [*study["responses"], *study["endpoints"]]
    said = list(_primary(study, outcomes)) or [tr("No outcome was declared primary.")]
    for role, text in (
        ("secondary", mark("Secondary outcomes were {outcomes}.")),
        ("exploratory", mark("Exploratory outcomes were {outcomes}.")),
    ):
        labels = [tables.said(entry["label"]) for entry in outcomes if entry["role"] == role]
        said += [tr(text, outcomes=semicolons(labels))] if labels else []
    return [*lines, paragraph(said), ""]


def analysis(study: dict, rows: Iterable[dict], known: Iterable[str]) -> list[str]:
    """Analysis set, level, methods that results were made by, hierarchy, missing values, adverse events.

    Parameters
    ----------
    study : dict
    rows : iterable of dict
        The results.
    known : iterable of str
        Keys of the list of references.
    """
    chosen = study["populations"][study["primary_population"]]
    statistics, plan = study["statistics"], study["statistics"]["multiplicity"]
    methods = " ".join(sorted({row["method"] for row in rows if row["method"]}))
    said = [
        tr(
            "The main analysis set was: {label}. {description}",
            label=tables.said(chosen["label"]),
            description=tables.said(chosen["description"])
            if chosen["description"]
            else tables.RULES[chosen["rule"]],
        ),
        tr(
            "Estimates have intervals at a confidence level of {level:g} %.",
            level=100 * statistics["confidence_level"],
        ),
        *(cited(tr(text), known) for pattern, text in STATISTICS if re.search(pattern, methods)),
    ]
    lines = [paragraph(said), ""]
    return [*lines, paragraph([*_tests(plan), *_events(study)]), ""]


def _tests(plan: dict | None) -> list[str]:
    if not plan:
        return [tr("No hierarchy of hypotheses was fixed; all p values are exploratory.")]
    return [
        tr(
            "Hypotheses were tested in the order of families fixed in the study file, at a two-sided level of "
            "{alpha:g} for all together; every other p value is exploratory.",
            alpha=plan["alpha"],
        )
    ]


def _events(study: dict) -> list[str]:
    given = study["safety"]
    if not given:
        return []
    counted = (
        tr("Adverse events were counted from the first dose of the study drug on.")
        if given["treatment_emergent"]
        else tr("Adverse events were counted while patients were under observation.")
    )
    return [counted, tr("Rates are for {n:g} person-years.", n=given["rate_per_person_years"])]


def cited(text: str, known: Iterable[str]) -> str:
    """A sentence with those of its citations that the list of references has.

    Examples
    --------
    >>> cited("Shares [@a; @b].", ["a"]), cited("Shares [@b].", ["a"])
    ('Shares [@a].', 'Shares.')
    """

    def kept(match: re.Match) -> str:
        keys = [key for key in re.findall(r"@(\w+)", match[2]) if key in set(known)]
        return f"{match[1]}[{'; '.join(f'@{key}' for key in keys)}]" if keys else ""

    return re.sub(r"(\s?)\[((?:@\w+(?:; )?)+)\]", kept, text)
