"""The hierarchy of hypotheses, the cost of interim looks, and the note that names exploratory p values."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers
from analysis.columns.decimals import mean_digits
from analysis.language import Texts, inside, listed, paragraph, semicolons, tr, with_unit
from analysis.tables.rows import pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study

METHODS = Texts(
    {
        "fixed_sequence": "fixed sequence",
        "holm": "Holm",
        "hochberg": "Hochberg",
        "estimation": "estimated, not tested",
    }
)
DECISIONS = Texts(
    {
        "rejected": "rejected",
        "not rejected": "not rejected",
        "not tested": "not tested",
        "estimated": "none, estimated",
    }
)
SPENDING = Texts({"obrien_fleming": "O'Brien-Fleming type", "pocock": "Pocock type"})


def hierarchy_table(
    judged: pd.DataFrame, *, study: "Study", digits: dict[str, int], level: float, notes: Sequence[str] = ()
) -> Table:
    """Lay out `summaries.judge_hierarchy`: one block per family in the order of testing, one line per hypothesis.

    Parameters
    ----------
    judged : DataFrame
        The decisions.
    study : analysis.study.Study
        Its hierarchy.
    digits : dict
        Decimals of each variable's own values.
    level : float
        Level at which the final analysis tests.
    notes : sequence of str
        Footnotes before the generated ones (how it was tested, who fixed the hierarchy).
    """
    variables = {entry.id: entry.variable for entry in study.endpoints}
    lines = []
    for row in judged.to_dict("records"):
        name = variables.get(row["endpoint"], "")
        lines.append(_decided(row, mean_digits(name, digits.get(name, 1))))
    interval = numbers.level(study.statistics.confidence_level)
    by_model = study.needed_hierarchy().test == "mixed_model"
    columns = [
        tr("Pairs (missing)"),
        tr("Mean change ({interval})", interval=interval),
        "p",
        tr("Adjusted p"),
        tr("Null hypothesis"),
    ]
    if by_model:
        columns.append(tr("Signed rank p"))
        lines = [[*cells, exact] for cells, exact in zip(lines, _exact(judged), strict=True)]
    index = pd.Index([_named_line(row, study) for row in judged.itertuples()], name=tr("Change or response"))
    said = [*notes, *_rules(judged, study, level)]
    return Table(
        pd.DataFrame(lines, columns=columns, index=index), groups=_family_headings(judged), notes=said
    )


def _named_line(row, study) -> str:
    units = {entry.id: entry.unit for entry in study.endpoints}
    named = with_unit(row.label, units.get(row.endpoint))
    return tr("{label}, {visit}", label=named, visit=inside(row.visit_label))


def _family_headings(judged: pd.DataFrame) -> list[str]:
    """The heading of each line's family; how it is adjusted is said where there is something to adjust."""
    sizes = judged["step"].map(judged["step"].value_counts())
    return [
        tr("{step}. {label} ({method})", step=step, label=label, method=METHODS[method])
        if size > 1 or method == "estimation"
        else tr("{step}. {label}", step=step, label=label)
        for step, label, method, size in zip(
            judged["step"], judged["family_label"], judged["method"], sizes, strict=True
        )
    ]


def _decided(row: dict, digits: int) -> list[str]:
    decision = DECISIONS[row["status"]]
    if row["status"] == "estimated":
        return [*[numbers.MISSING] * 4, decision]
    return [
        f"{numbers.whole(row['n_pairs'])} ({numbers.whole(row['n_missing'])})",
        numbers.estimate_interval(row["estimate"], row["conf_low"], row["conf_high"], digits),
        numbers.p_value(row["p_value"]),
        numbers.p_value(row["p_adjusted"]),
        decision,
    ]


def _exact(judged: pd.DataFrame) -> list[str]:
    return [
        numbers.MISSING if row["status"] == "estimated" else numbers.p_value(row["p_exact"])
        for row in judged.to_dict("records")
    ]


TESTS = Texts(
    {
        "mixed_model": "Mean change and p: mixed model of everybody with a value at any visit. Pairs and signed rank p:"
        " complete pairs, the sensitivity analysis, which decides nothing.",
        "signed_rank": "Mean change: of complete pairs, t interval. p: exact signed-rank test of complete pairs.",
    }
)


def _rules(judged: pd.DataFrame, study, level: float) -> list[str]:
    plan = study.statistics.multiplicity
    whole = (
        tr("Two-sided level of all families together: {alpha:g}.", alpha=plan.alpha)
        if level == plan.alpha
        else tr(
            "Two-sided level of all families together: {alpha:g}, tested at {level:.4f} after interim looks.",
            alpha=plan.alpha,
            level=level,
        )
    )
    return [
        TESTS[plan.test],
        paragraph(
            [
                whole,
                tr(
                    "A family is opened when everything tested before it is rejected; an adjusted p is "
                    "compared with the level. Intervals are not adjusted."
                ),
            ]
        ),
        *(
            [tr("The p value of a hypothesis that was not tested is exploratory.")]
            if judged["status"].eq("not tested").any()
            else []
        ),
        tr("Order of testing: {basis}", basis=plan.basis),
    ]


def looks_table(rows: pd.DataFrame, *, study: "Study") -> Table:
    """Lay out `summaries.look_rows`: one line per look, with what it may spend. No data are compared with it.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analysis ``look``.
    study : analysis.study.Study
        Its looks.
    """
    names = [name for name in dict.fromkeys(rows["variable"]) if name != "information"]
    lines = [_look(pick(rows, analysis="look", variable=name)) for name in names]
    columns = [tr("Information"), tr("Alpha spent"), tr("Nominal two-sided level"), "z"]
    index = pd.Index([_look_label(name) for name in names], name=tr("Look"))
    return Table(pd.DataFrame(lines, columns=columns, index=index), notes=_look_notes(rows, study))


def _look(found: dict) -> list[str]:
    return [
        numbers.percent(found.get("information"), 1),
        _level(found.get("spent")),
        _level(found.get("level")),
        numbers.fixed(found.get("z"), 3),
    ]


def _level(value: float | None) -> str:
    """A level to four decimals; only what is zero reads as zero."""
    if value == 0:
        return "0"
    return "<0.0001" if value and value < 0.0001 else numbers.fixed(value, 4)


def _look_label(name: str) -> str:
    known = {"this": tr("This report"), "final": tr("Final analysis")}
    return known.get(name) or tr("Look {removeprefix}", removeprefix=name.removeprefix("earlier_"))


def _look_notes(rows: pd.DataFrame, study) -> list[str]:
    looks = study.statistics.looks
    if looks is None or looks.spending == "none":
        return [
            paragraph(
                [
                    rows["method"].iloc[0],
                    looks.reason if looks else tr("The study file names no interim looks."),
                ]
            )
        ]
    found = pick(rows, analysis="look", variable="information")
    counted = {"pairs": tr("pairs of the first hypothesis"), "enrolled": tr("subjects enrolled")}[
        looks.information
    ]
    return [
        tr(
            "Design information: Lan-DeMets spending function, {spending}, two-sided. Information: {count} "
            "of {planned} {counted} (planned).",
            spending=SPENDING[looks.spending],
            count=numbers.whole(found["count"]),
            planned=numbers.whole(found["planned"]),
            counted=counted,
        ),
        tr(
            "This report compares no data with the boundary; that is for the committee that monitors the "
            "study."
        ),
        *([looks.reason] if looks.reason else []),
    ]


def exploratory_notes(study: "Study", *, shown: Iterable[tuple[str, str]] = ()) -> list[str]:
    """The footnote of a table with p values: which of them are exploratory. Interim reports show none.

    Nothing where a study has a hierarchy that holds none of the comparisons: its methods say that p values outside
    the hierarchy are exploratory.

    Parameters
    ----------
    study : analysis.study.Study
        Its hierarchy.
    shown : iterable of (endpoint, visit), optional
        The comparisons of the table that could be hypotheses; none by default.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> study = SimpleNamespace(statistics=SimpleNamespace(multiplicity=None))
    >>> exploratory_notes(study)
    ['All p values are exploratory: the study file has no hierarchy of hypotheses.']
    """
    plan = study.statistics.multiplicity
    if plan is None:
        return [tr("All p values are exploratory: the study file has no hierarchy of hypotheses.")]
    tested = _tested(plan)
    found = [key for key in dict.fromkeys(map(tuple, shown)) if key in tested]
    if not found:
        return []
    if plan.test == "mixed_model":
        return [
            tr(
                "{found}: the hierarchy of hypotheses decides by the mixed model, these p values are its sensitivity "
                "analysis; all others are exploratory.",
                found=_named(found, study),
            )
        ]
    return [
        tr(
            "Those of {found} enter the hierarchy of hypotheses, which decides; all others are exploratory.",
            found=_named(found, study),
        )
    ]


def _tested(plan) -> set[tuple[str, str]]:
    """What the hierarchy tests, by endpoint and visit."""
    families = [family for family in plan.families if family.method != "estimation"]
    return {(each.endpoint, each.visit) for family in families for each in family.hypotheses}


def _named(found: list[tuple[str, str]], study) -> str:
    """The hypotheses in words, those of one visit together."""
    labels = {entry.id: entry.label for entry in study.endpoints}
    visits = {visit.id: inside(visit.label) for visit in study.visits}
    by_visit = {visit: [labels[name] for name, at in found if at == visit] for _, visit in found}
    return semicolons(
        tr("{listed} at {visits}", listed=listed(names), visits=visits[visit])
        for visit, names in by_visit.items()
    )
