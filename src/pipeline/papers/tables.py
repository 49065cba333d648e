"""Tables that say what the study file fixes: visits, populations, endpoints, criteria, hierarchy, scores.

Each is Markdown in the current language, with a label to refer to; what the file leaves out has no row.
"""

from collections.abc import Iterable, Iterator, Sequence

from analysis.escape import markdown
from analysis.language import Texts, commas, mark, paragraph, semicolons, tr, with_unit

ROLES = Texts({"primary": "primary", "secondary": "secondary", "exploratory": "exploratory"})
RULES = Texts(
    {
        "screened": "Everybody assessed for eligibility.",
        "enrolled": "Everybody enrolled.",
        "treated": "Everybody with at least one dose of the study drug.",
        "has_baseline": "Everybody with a value at the baseline visit.",
        "has_followup": "Everybody with a value at a visit after baseline.",
        "completed": "Everybody who completed the study.",
        "per_protocol": "Everybody without a protocol deviation of the kinds that the study file names.",
        "eligible": "Everybody found eligible by the criteria.",
    }
)
FAMILIES = Texts(
    {
        "fixed_sequence": "tested in the order given, each only after the one before was rejected",
        "holm": "adjusted by the method of Holm",
        "hochberg": "adjusted by the method of Hochberg",
        "estimation": "estimated with interval, not tested",
    }
)


def table(
    label: str, caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]
) -> list[str]:
    r"""A table of text cells; nothing where there is no row.

    Examples
    --------
    >>> print(*table("tbl-a", "Sets", ["Set", "n"], [("All", "20")], [10, 5]), sep="\n")
    | Set | n |
    |:----------|:-----|
    | All | 20 |
    <BLANKLINE>
    : Sets {#tbl-a}
    <BLANKLINE>
    """
    lines = [_row(row) for row in rows]
    if not lines:
        return []
    rule = "|" + "|".join(":" + "-" * width for width in widths) + "|"
    return [_row(head), rule, *lines, "", f": {caption} {{#{label}}}", ""]


def _row(cells: Sequence[str]) -> str:
    shown = (" ".join(str(cell).split()).replace("|", "\\|") or "&nbsp;" for cell in cells)
    return f"| {' | '.join(shown)} |"


def said(value: object) -> str:
    """A text of the study file as Markdown shows it."""
    return markdown(str(value)) if value not in (None, "") else "–"


def visit_names(study: dict) -> dict[str, str]:
    """Labels of the visits by id."""
    return {entry["id"]: entry["label"] for entry in study["visits"]}


def visits(study: dict) -> list[str]:
    """Planned visits with target day and window."""
    rows = [
        (
            said(entry["label"]),
            _number(entry.get("week")),
            _number(entry.get("target_day")),
            _window(entry.get("window")),
        )
        for entry in study["visits"]
    ]
    head = [tr("Visit"), tr("Week"), tr("Target day"), tr("Window, study days")]
    return table("tbl-plan-visits", tr("Planned visits and their windows"), head, rows, (22, 12, 14, 26))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}".replace("-", "−")


def _window(window: Sequence | None) -> str:
    return (
        tr("{first} to {last}", first=f"{window[0]:g}".replace("-", "−"), last=f"{window[1]:g}")
        if window
        else "–"
    )


def populations(study: dict) -> list[str]:
    """Analysis sets and who belongs to them; the primary one is marked."""
    rows = []
    for name, entry in study["populations"].items():
        label = said(entry["label"])
        shown = tr("**{label}** (primary)", label=label) if name == study["primary_population"] else label
        rows.append((shown, said(entry["description"]) if entry["description"] else RULES[entry["rule"]]))
    head = [tr("Analysis set"), tr("Who belongs to it")]
    return table("tbl-plan-sets", tr("Analysis sets"), head, rows, (24, 60))


def criteria(listed: dict) -> list[str]:
    """Criteria of entry in the order of the registration, with their places there."""
    rows = [
        (said(entry["id"]), tr(entry["kind"]), said(entry["text"]), said(entry.get("section")))
        for entry in listed.get("criteria", [])
    ]
    head = [tr("No."), tr("Kind"), tr("Wording"), tr("Source")]
    return table("tbl-plan-criteria", tr("Criteria of entry"), head, rows, (8, 14, 50, 22))


def endpoints(study: dict) -> list[str]:
    """Responses and endpoints: role, direction, visits, important difference with its source."""
    names = visit_names(study)
    rows = [
        (
            said(with_unit(entry["label"], entry.get("unit"))),
            ROLES[entry["role"]],
            _direction(entry),
            commas(names[visit] for visit in entry["visits"]) or "–",
            _difference(entry),
        )
        for entry in sorted(
            (*study["responses"], *study["endpoints"]), key=lambda e: list(ROLES).index(e["role"])
        )
    ]
    head = [
        tr("Outcome"),
        tr("Role"),
        tr("Kind and direction"),
        tr("Visits"),
        tr("Important difference, source"),
    ]
    return table("tbl-plan-outcomes", tr("Outcomes with their roles"), head, rows, (26, 12, 22, 24, 22))


def _direction(entry: dict) -> str:
    if "rule" in entry:
        return tr("response, yes or no")
    kind = tr("change from baseline") if entry["scale"] != "binary" else tr("yes or no")
    better = entry["higher_is_better"]
    if better is None:
        return kind
    return semicolons([kind, tr("higher is better") if better else tr("lower is better")])


def _difference(entry: dict) -> str:
    found = entry.get("minimal_difference")
    return (
        tr("{value} ({source})", value=f"{found['value']:g}", source=said(found["source"])) if found else "–"
    )


def hierarchy(study: dict) -> list[str]:
    """Families of hypotheses in the order in which they are tested."""
    plan = study["statistics"]["multiplicity"]
    if not plan:
        return []
    names = visit_names(study)
    labels = {entry["id"]: entry["label"] for entry in (*study["responses"], *study["endpoints"])}
    rows = [
        (
            str(place),
            said(family["label"]),
            semicolons(
                tr("{what}, {visit}", what=said(labels[one["endpoint"]]), visit=names[one["visit"]])
                for one in family["hypotheses"]
            ),
            FAMILIES[family["method"]],
        )
        for place, family in enumerate(plan["families"], start=1)
    ]
    head = [tr("Order"), tr("Family"), tr("Hypotheses: no change from baseline"), tr("How it is judged")]
    return table("tbl-plan-hierarchy", tr("Hierarchy of hypotheses"), head, rows, (8, 22, 40, 28))


def scores(study: dict, used: Iterable[str]) -> list[str]:
    """Scores that the analysis uses, with range, rule for missing items and source."""
    from analysis import scoring

    known = scoring.instrument_table()
    wanted = [name for name in known.index if name in set(used)]
    rows = [
        (
            said(tr(row["title"])),
            _range(row),
            said(paragraph(sentence(tr(part)) for part in (row["missing_rule"], row["conventions"]) if part)),
            said(tr("{citation} ({certainty})", citation=row["citation"], certainty=row["certainty"])),
        )
        for row in known.loc[wanted].to_dict("records")
    ]
    head = [tr("Score"), tr("Range"), tr("Missing items and conventions"), tr("Source (how sure it is)")]
    return table("tbl-plan-scores", tr("Derived scores and their sources"), head, rows, (22, 14, 38, 34))


def sentence(text: str) -> str:
    """A text as a sentence that ends with its full stop."""
    return text if text.endswith((".", "。")) else text + tr(".", context="full stop")


def _range(row: dict) -> str:
    ends = [f"{row[end]:.{row['decimals']}f}" if row[end] == row[end] else "" for end in ("low", "high")]
    if not all(ends):
        return "–"
    return tr("{first} to {last}", first=ends[0].replace("-", "−"), last=ends[1].replace("-", "−"))


def discrepancies(study: dict, listed: dict) -> list[str]:
    """Open points of the registration and how they are handled."""
    registry = study["registry"] or {}
    rows = [
        (said(entry["item"]), said(entry["registry"]), said(entry["handling"]))
        for entry in registry.get("discrepancies", [])
    ]
    rows += [
        (tr("Criteria of entry"), said(entry["text"]), said(entry["resolution"]))
        for entry in listed.get("discrepancies", [])
    ]
    head = [tr("Point"), tr("What the registration says"), tr("How it is handled")]
    return table("tbl-plan-open", tr("Points that the registration leaves open"), head, rows, (18, 46, 40))


SETTINGS = {  # statistics of the study file, in words
    "confidence_level": mark("Confidence level of every interval"),
    "exact_max": mark("Pairs up to which the exact distribution is used"),
    "zeros": mark("Zero changes in the signed-rank test"),
    "continuity": mark("Continuity correction of the asymptotic signed-rank test"),
    "lod_substitution": mark("Value for results below the limit of detection"),
    "seed": mark("Seed of every random number"),
}
VALUES = Texts(
    {
        "wilcoxon": "dropped (Wilcoxon)",
        "pratt": "ranked, then dropped (Pratt)",
        "half": "half of the limit",
        "lod": "the limit itself",
        "sqrt2": "the limit divided by the square root of two",
        "zero": "zero",
    }
)


def choices(study: dict) -> list[str]:
    """Choices of method that hold for the whole study."""
    given = study["statistics"]
    rows = [(tr(words), _choice(given[name])) for name, words in SETTINGS.items()]
    rows += list(_imputation(given["imputation"]))
    head = [tr("Choice"), tr("Value")]
    return table("tbl-plan-choices", tr("Statistical choices fixed in the study file"), head, rows, (56, 30))


def _choice(value: object) -> str:
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    return VALUES.get(value, str(value)) if isinstance(value, str) else f"{value:.10g}"


def _imputation(given: dict) -> Iterator[tuple[str, str]]:
    yield tr("Multiple imputation: subjects of whom one lends the value"), str(given["donors"])
    yield tr("Multiple imputation: rounds of the chain"), str(given["iterations"])
