"""The tables of adverse events."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers
from analysis.language import as_the_study_says, commas, inside, mark, tr
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study


def overview_table(
    rows: pd.DataFrame,
    *,
    study: "Study",
    stub: str = mark("Adverse events"),
    explained: bool = True,
    notes: Sequence[str] = (),
) -> Table:
    """Lay out the overview: subjects, events and both exposure-adjusted rates, a block per group.

    A row whose events are all of unknown kind, because it was not recorded, shows dashes and not zeros. Notes explain
    the rates unless a table before this one does (`explained` is then False).
    """
    stub = tr(stub)
    per = study.needed_safety().rate_per_person_years
    interval = numbers.level(study.statistics.confidence_level)
    columns = [
        *(
            tr("Subjects, n (%)"),
            tr("Events"),
            tr("All events ({interval})", interval=interval),
            tr("First events ({interval})", interval=interval),
        ),
        tr("PY to first"),
    ]
    several = len(set(rows["group"])) > 1
    body = pd.DataFrame(
        [_overview_cells(row) for row in rows.itertuples()], columns=columns, index=list(rows["label"])
    )
    return Table(
        body.rename_axis(stub),
        spanners={tr("Rate per {per:g} person-years", per=per): columns[2:4]},
        groups=[tr("{label} (n = {n})", label=row.group, n=row.n) for row in rows.itertuples()]
        if several
        else None,
        notes=[*notes, *(_overview_notes(rows) if explained or rows.empty else [])],
    )


def _overview_cells(row) -> list[str]:
    if row.events_unknown and not row.events:
        return [numbers.MISSING] * 5
    return [
        numbers.count_percent(int(row.n_subjects), int(row.n)),
        numbers.whole(row.events),
        numbers.estimate_interval(row.event_rate, row.event_rate_low, row.event_rate_high, 1),
        numbers.estimate_interval(row.first_rate, row.first_rate_low, row.first_rate_high, 1),
        numbers.fixed(row.first_person_years, 1),
    ]


def _overview_notes(rows: pd.DataFrame) -> list[str]:
    if rows.empty:
        return [tr("Not collected in this study.")]
    totals = rows.groupby("group", sort=False)["person_years"].first()
    years = commas(
        numbers.fixed(value, 1) if len(totals) == 1 else f"{group} {numbers.fixed(value, 1)}"
        for group, value in totals.items()
    )
    unknown = rows[rows["events_unknown"].gt(0)]
    said = commas(f"{inside(row.label)} {row.events_unknown}" for row in unknown.itertuples())
    return [
        tr("Person-years at risk: {years}. Intervals are exact Poisson (Garwood).", years=years),
        tr(
            "All events: events of one subject are not independent, so that the interval is too narrow. "
            "First events: subjects with an event over the person-years to the first one or to the end of "
            "risk (PY to first)."
        ),
        *(
            [tr("Related: to a drug, in the judgement of the site.")]
            if "related_event" in set(rows["flag"])
            else []
        ),
        *([tr("Events for which it is not known, not counted: {said}.", said=said)] if said else []),
    ]


def term_table(rows: pd.DataFrame, *, minimum_percent: float = 0, notes: Sequence[str] = ()) -> Table:
    """Lay out `analysis.safety.count_terms`: classes with their terms, n (%) and events, a column pair per group."""
    groups = list(rows["group"].dropna().unique()) or ["all"]
    kept = rows[rows.groupby(["soc", "pt"], dropna=False)["share"].transform("max") * 100 >= minimum_percent]
    names = kept[["soc", "pt"]].drop_duplicates()
    lines, blocks = [], []
    for name in names.itertuples():
        same = kept["soc"].fillna("").eq(_text(name.soc)) & kept["pt"].fillna("").eq(_text(name.pt))
        found = kept[same].set_index(kept.loc[same, "group"].fillna("all"))
        cells = []
        for group in groups:
            row = found.loc[group] if group in found.index else None
            cells.append(
                numbers.count_percent(int(row["n_subjects"]), int(row["n"])) if row is not None else "0"
            )
            cells.append(numbers.whole(row["events"]) if row is not None else "0")
        lines.append(
            (_shown(name.pt) or (tr("Any") if not _text(name.soc) else tr("any term of the class")), cells)
        )
        blocks.append(_shown(name.soc) or tr("All classes"))
    columns = [f"{part}{' ' * number}" for number, _ in enumerate(groups) for part in ("n (%)", tr("Events"))]
    sizes = kept.assign(group=kept["group"].fillna("all")).groupby("group")["n"].max()
    spanners = {
        f"{'All' if g == 'all' else g} (n = {int(sizes.get(g, 0))})": columns[2 * k : 2 * k + 2]
        for k, g in enumerate(groups)
    }
    body = pd.DataFrame([cells for _, cells in lines], columns=columns, index=[label for label, _ in lines])
    return Table(
        body.rename_axis(tr("Term")),
        verbatim=True,
        spanners=spanners,
        groups=blocks,
        notes=[*notes, tr("A subject counts once per line.")],
    )


def _text(value) -> str:
    return value if isinstance(value, str) else ""


def _shown(value) -> str:
    return as_the_study_says(_text(value))


def grade_table(rows: pd.DataFrame, *, notes: Sequence[str] = ()) -> Table:
    """Lay out the worst grade per subject: a line per class, a column per grade."""
    grades = ["1", "2", "3", "4", "5", "missing"]
    wide = rows.pivot_table(index="term", columns="grade", values="count", aggfunc="sum", fill_value=0)
    body = wide.reindex(columns=grades, fill_value=0).map(numbers.whole)
    shown = body.rename(
        columns={grade: tr("Grade {grade}", grade=grade) for grade in grades[:5]}
        | {"missing": tr("No grade")},
        index={name: tr("Any") if name == "any" else _shown(name) for name in body.index},
    )
    shown = shown.rename_axis(tr("Class"), axis="index").rename_axis(None, axis="columns")
    return Table(shown, notes=notes, verbatim=True)


def shift_tables(shifts: pd.DataFrame, *, labels: dict[str, str], notes: Sequence[str] = ()) -> Table:
    """Lay out laboratory shifts: baseline grade by rows, worst grade afterwards by columns, a block per test."""
    grades = ["0", "1", "2", "3", "4", "missing"]
    lines, blocks = [], []
    for analyte, found in shifts.groupby("analyte", sort=False):
        wide = found.pivot(index="baseline_grade", columns="worst_grade", values="n").reindex(
            grades, columns=grades
        )
        for grade in grades:
            cells = wide.loc[grade].fillna(0)
            if cells.sum():
                lines.append(
                    (
                        tr("grade {grade}", grade=grade) if grade != "missing" else tr("not graded"),
                        [numbers.whole(n) for n in cells],
                    )
                )
                blocks.append(labels.get(analyte, analyte))
    columns = [tr("Grade {grade}", grade=grade) for grade in grades[:5]] + [tr("Not graded")]
    body = pd.DataFrame([cells for _, cells in lines], columns=columns, index=[label for label, _ in lines])
    return Table(
        body.rename_axis(tr("Baseline")),
        spanners={mark("Worst grade afterwards"): columns},
        groups=blocks,
        notes=notes,
    )
