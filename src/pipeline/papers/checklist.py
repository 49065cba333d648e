"""Reporting guidelines: the items that a manuscript must answer, and where each stands in the draft.

STROBE for cohorts (von Elm 2007), TREND for single arms (Des Jarlais 2004), CONSORT for randomised trials
(Schulz 2010); items in short words of this project. An item whose place the draft does not have is said to be open.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from analysis.language import mark, tr
from pipeline.papers.tables import table

# Where items are answered: the places of the draft that will do, the first that is there.
ABSTRACT, INTRODUCTION, DESIGN = ("sec-ms-abstract",), ("sec-ms-introduction",), ("sec-ms-design",)
TREATMENT, OUTCOMES, STATISTICS = ("sec-ms-treatment",), ("sec-ms-outcomes",), ("sec-ms-statistics",)
SIZE = ("sec-ms-size",)
RESULTS, DISCUSSION, LIMITS = ("sec-ms-results",), ("sec-ms-discussion",), ("sec-ms-limitations",)
FLOW, BASELINE = ("fig-flow", "tbl-flow", "sec-ms-results"), ("tbl-baseline", "sec-ms-results")
HARMS = ("tbl-ae-overview", "tbl-events", "sec-ms-harms")
STATEMENTS = {
    name: (f"sec-ms-{name}",) for name in ("registration", "ethics", "funding", "sharing", "deviations")
}

Item = tuple[str, str, tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class Guideline:
    """A guideline: name, key of its reference, items: number, what is asked, places (None: not applicable)."""

    name: str
    source: str
    items: tuple[Item, ...]


STROBE = Guideline(
    "STROBE",
    "vonelm2007",
    (
        ("1", mark("Design in title or abstract; balanced summary"), ABSTRACT),
        ("2", mark("Background and rationale"), INTRODUCTION),
        ("3", mark("Objectives"), INTRODUCTION),
        ("4", mark("Study design"), DESIGN),
        ("5", mark("Setting, places, dates"), DESIGN),
        ("6", mark("Criteria of entry, sources, follow-up"), DESIGN),
        ("7", mark("Outcomes, exposures, predictors, definitions"), OUTCOMES),
        ("8", mark("Sources of data and measurement"), OUTCOMES),
        ("9", mark("Bias"), LIMITS),
        ("10", mark("Study size"), SIZE),
        ("11", mark("Handling of quantitative variables"), STATISTICS),
        ("12", mark("Statistical methods, missing data, sensitivity analyses"), STATISTICS),
        ("13", mark("Participants at each stage"), FLOW),
        ("14", mark("Descriptive data"), BASELINE),
        ("15", mark("Outcome data over time"), RESULTS),
        ("16", mark("Main results with precision"), RESULTS),
        ("17", mark("Other analyses"), RESULTS),
        ("18", mark("Key results"), DISCUSSION),
        ("19", mark("Limitations"), LIMITS),
        ("20", mark("Interpretation"), DISCUSSION),
        ("21", mark("Generalisability"), ("sec-ms-generalisability",)),
        ("22", mark("Funding"), STATEMENTS["funding"]),
    ),
)
TREND = Guideline(
    "TREND",
    "desjarlais2004",
    (
        ("1", mark("Title and structured abstract"), ABSTRACT),
        ("2", mark("Background and rationale"), INTRODUCTION),
        ("3", mark("Participants: criteria, recruitment, setting"), DESIGN),
        ("4", mark("Intervention: content, delivery, dose"), TREATMENT),
        ("5", mark("Objectives"), INTRODUCTION),
        ("6", mark("Outcomes and their measurement"), OUTCOMES),
        ("7", mark("Study size"), SIZE),
        ("8", mark("Method of assignment"), None),
        ("9", mark("Blinding"), DESIGN),
        ("10", mark("Unit of analysis"), STATISTICS),
        ("11", mark("Statistical methods, missing data, sensitivity analyses"), STATISTICS),
        ("12", mark("Participants at each stage"), FLOW),
        ("13", mark("Dates of recruitment and follow-up"), DESIGN),
        ("14", mark("Descriptive data"), BASELINE),
        ("15", mark("Equivalence of groups at baseline"), None),
        ("16", mark("Numbers analysed"), STATISTICS),
        ("17", mark("Main results with precision"), RESULTS),
        ("18", mark("Other analyses"), RESULTS),
        ("19", mark("Adverse events"), HARMS),
        ("20", mark("Interpretation"), DISCUSSION),
        ("21", mark("Generalisability"), ("sec-ms-generalisability",)),
        ("22", mark("Overall evidence"), DISCUSSION),
    ),
)
CONSORT = Guideline(
    "CONSORT",
    "schulz2010",
    (
        ("1", mark("Randomised in title; structured abstract"), ABSTRACT),
        ("2", mark("Background and objectives"), INTRODUCTION),
        ("3", mark("Trial design and changes to it"), DESIGN),
        ("4", mark("Criteria of entry and setting"), DESIGN),
        ("5", mark("Interventions for each group"), TREATMENT),
        ("6", mark("Outcomes and their measurement"), OUTCOMES),
        ("7", mark("Study size"), SIZE),
        ("8-10", mark("Sequence, concealment and implementation of the allocation"), ("sec-ms-allocation",)),
        ("11", mark("Blinding"), ("sec-ms-allocation",)),
        ("12", mark("Statistical methods, missing data, sensitivity analyses"), STATISTICS),
        ("13", mark("Participants at each stage"), FLOW),
        ("14", mark("Dates of recruitment and follow-up"), DESIGN),
        ("15", mark("Descriptive data"), BASELINE),
        ("16", mark("Numbers analysed"), STATISTICS),
        ("17", mark("Main results with precision"), RESULTS),
        ("18", mark("Other analyses"), RESULTS),
        ("19", mark("Adverse events"), HARMS),
        ("20", mark("Limitations"), LIMITS),
        ("21", mark("Generalisability"), ("sec-ms-generalisability",)),
        ("22", mark("Interpretation"), DISCUSSION),
        ("23", mark("Registration"), STATEMENTS["registration"]),
        ("24", mark("Where the protocol or plan can be read"), STATEMENTS["deviations"]),
        ("25", mark("Funding"), STATEMENTS["funding"]),
    ),
)
BY_DESIGN: Mapping[str, Guideline] = {"cohort": STROBE, "single_arm": TREND, "randomised": CONSORT}


def checklist(design: str, there: Collection[str], known: Collection[str]) -> list[str]:
    """The guideline's items with their places, as a table.

    Parameters
    ----------
    design : str
        Design of the study.
    there : collection of str
        Labels of the sections and exhibits that the draft has, and has filled.
    known : collection of str
        Keys of the list of references.
    """
    guideline = BY_DESIGN[design]
    rows = [(number, tr(text), _place(places, there)) for number, text, places in guideline.items]
    source = f" [@{guideline.source}]" if guideline.source in known else ""
    intro = tr(
        "Items of {name}{source} and where this draft answers them; open items are for the authors.",
        name=guideline.name,
        source=source,
    )
    head = [tr("No."), tr("Item"), tr("Where")]
    caption = tr("Checklist: {name}", name=guideline.name)
    return [intro, "", *table("tbl-ms-checklist", caption, head, rows, (8, 50, 30))]


def _place(places: tuple[str, ...] | None, there: Collection[str]) -> str:
    if places is None:
        return tr("not applicable to this design")
    found = next((name for name in places if name in there), None)
    return f"[@{found}]" if found else tr("**open**")
