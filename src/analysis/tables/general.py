"""Tables of the general notebooks: differences between groups, categories by visit, times to events, what is known."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import numbers
from analysis.columns.decimals import mean_digits
from analysis.language import ands, sentence, tr, with_unit
from analysis.tables.rows import methods, pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study

EMPTY = "–"
_INTERVAL = ("estimate", "conf_low", "conf_high")


def sentences(rows: pd.DataFrame) -> list[str]:
    """Method sentences and reasons for what is not there, each once."""
    found = [text for analysis in rows["analysis"].unique() for text in methods(rows, analysis)]
    none = rows[rows["status"].eq("not estimated") & rows["note"].ne("")]
    reasons = [tr("Not estimated: {note}.", note=note) for note in none["note"].unique()[:6]]
    return [*dict.fromkeys(sentence(text) for text in found), *reasons]


def with_interval(found: dict, digits: int, *, scale: float = 1) -> str:
    """An estimate with its limits, or a dash."""
    return numbers.estimate_interval(*(found.get(name) for name in _INTERVAL), digits, scale=scale)  # type: ignore[misc]


def comparison_table(
    rows: pd.DataFrame, *, study: "Study", digits: dict[str, int], notes: Sequence[str] = ()
) -> Table:
    """Lay out `summarise_comparison`: a line per visit and group, a block per endpoint.

    Parameters
    ----------
    rows : DataFrame
        Rows ``difference_ancova``, ``difference_mmrm``, ``difference_share``.
    study : analysis.study.Study
        Labels of visits, groups, endpoints.
    digits : dict
        Decimals of each variable's own values.
    notes : sequence of str
        Footnotes before the generated ones.
    """
    visits = {visit.id: visit.label for visit in study.visits}
    reference, labels = study.groups.order[0], study.groups.labels
    interval = numbers.level(study.statistics.confidence_level)
    lines, blocks, index = [], [], []
    for entry in study.endpoints:
        found = rows[rows["variable"].eq(entry.id)]
        more = mean_digits(entry.variable, digits.get(entry.variable, 1))
        for visit in entry.visits:
            for group in study.groups.order[1:]:
                here = found[found["visit"].eq(visit) & found["group"].eq(group)]
                if here.empty:
                    continue
                share, one, model = (
                    pick(here, analysis=f"difference_{name}") for name in ("share", "ancova", "mmrm")
                )
                first, places, scale = (share, 1, 100) if share else (one, more, 1)
                counted = here["n"].dropna()
                lines.append(
                    [
                        labels.get(group, group),
                        numbers.whole(counted.max() if len(counted) else None),
                        with_interval(first, places, scale=scale),
                        numbers.p_value(first.get("p_value")),
                        with_interval(model, more),
                        numbers.p_value(model.get("p_value")),
                    ]
                )
                index.append(visits[visit])
                points = tr("{label} (percentage points)", label=entry.label)
                named = points if share else with_unit(entry.label, entry.unit)
                other = labels.get(reference, reference)
                blocks.append(tr("{named}: difference from {other}", named=named, other=other))
    columns = [
        tr("Group"),
        "n",
        tr("At the visit ({interval})", interval=interval),
        "p",
        tr("Model of all visits ({interval})", interval=interval),
        tr("p (model)"),
    ]
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name=tr("Visit")))
    if not rows["analysis"].eq("difference_mmrm").any():
        body = body.drop(columns=columns[4:])
    said = [
        *notes,
        tr("A difference is the group minus the reference; p values are exploratory."),
        *sentences(rows),
    ]
    return Table(body, groups=blocks, notes=said)


def unadjusted_table(
    rows: pd.DataFrame, *, study: "Study", digits: dict[str, int], notes: Sequence[str] = ()
) -> Table:
    """Lay out `summarise_unadjusted`: a line per visit and group, a block per endpoint.

    Parameters
    ----------
    rows : DataFrame
        Rows ``difference_shift`` and ``difference_odds``.
    study, digits, notes
        As `comparison_table`.
    """
    visits = {visit.id: visit.label for visit in study.visits}
    reference, labels = study.groups.order[0], study.groups.labels
    interval = numbers.level(study.statistics.confidence_level)
    lines, blocks, index = [], [], []
    for entry in study.endpoints:
        odds = entry.scale == "binary"
        more = 2 if odds else mean_digits(entry.variable, digits.get(entry.variable, 1))
        of_endpoint = rows[rows["variable"].eq(entry.id)]
        for visit, group in dict.fromkeys(zip(of_endpoint["visit"], of_endpoint["group"])):
            found = pick(of_endpoint, visit=visit, group=group)
            shown = [
                numbers.whole(found.get("n")),
                with_interval(found, more),
                numbers.p_value(found.get("p_value")),
            ]
            lines.append([labels.get(group, group), *shown])
            index.append(visits[visit])
            what = tr("odds ratio") if odds else with_unit(tr("shift of the change"), entry.unit)
            against = labels.get(reference, reference)
            blocks.append(
                tr("{label}: {what} against {reference}", label=entry.label, what=what, reference=against)
            )
    columns = [tr("Group"), "n", tr("Estimate ({interval})", interval=interval), "p"]
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name=tr("Visit")))
    said = [*notes, tr("The group against the reference; p values are exploratory."), *sentences(rows)]
    return Table(body, groups=blocks, notes=said)


def restricted_table(
    rows: pd.DataFrame, *, study: "Study", labels: Mapping[str, str], notes: Sequence[str] = ()
) -> Table:
    """Lay out the differences of mean times of `summarise_times`: a line per event and group."""
    interval = numbers.level(study.statistics.confidence_level)
    names = study.groups.labels if study.groups else {}
    found = rows[rows["analysis"].eq("restricted_difference")]
    lines, index = [], []
    for variable, group in dict.fromkeys(zip(found["variable"], found["group"])):
        one = pick(found, variable=variable, group=group)
        limit = numbers.fixed(one.get("limit"), 1)
        shown = [
            numbers.whole(one.get("n")),
            limit,
            with_interval(one, 1),
            numbers.p_value(one.get("p_value")),
        ]
        lines.append([names.get(group, group), *shown])
        index.append(labels.get(variable, variable))
    difference = tr("Difference of mean times ({interval})", interval=interval)
    columns = [tr("Group"), "n", tr("Up to"), difference, "p"]
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name=tr("Event")))
    said = tr(
        "Mean time without the event up to the last time that both groups reach, the group minus the reference."
    )
    none = [] if lines else [tr("There is no second group to compare with.")]
    return Table(body, notes=[*notes, said, *none, *sentences(found)])


def events_table(rows: pd.DataFrame, *, study: "Study", stub: str, notes: Sequence[str] = ()) -> Table:
    """Lay out `summarise_events`: a line per kind of event or term, a column per group.

    Parameters
    ----------
    rows : DataFrame
        Rows of one analysis of it.
    study : analysis.study.Study
        Labels of the groups.
    stub : str
        What the lines are.
    notes : sequence of str
        Footnotes.
    """
    groups = list(dict.fromkeys(rows["group"]))
    names = {group: study.groups.labels.get(group, group) if study.groups else "All" for group in groups}
    names |= {"all": tr("All")}
    cells: dict[str, list[str]] = {names[group]: [] for group in groups}
    for variable in dict.fromkeys(rows["variable"]):
        for group in groups:
            found = pick(rows, variable=variable, group=group)
            share = numbers.count_percent(int(found["count"]), int(found["n"])) if found["n"] else "0"
            cells[names[group]].append(f"{share}, {numbers.whole(found['events'])}")
    kinds = {
        "any": tr("Any event"),
        "serious": tr("Serious events"),
        "mild": tr("Mild events"),
        "moderate": tr("Moderate events"),
        "severe": tr("Severe events"),
    }
    lines = [kinds.get(str(name), str(name)) for name in dict.fromkeys(rows["variable"])]
    body = pd.DataFrame(cells, index=pd.Index(lines, name=stub))
    said = tr(
        "Subjects with an event (%), and events, as recorded; nothing is asked of doses or time at risk."
    )
    return Table(body, notes=[*notes, said, *([] if lines else [tr("No event is recorded.")])])


def category_table(
    rows: pd.DataFrame,
    *,
    study: "Study",
    variables: dict[str, list[str]],
    labels: Mapping[str, Any],
    notes: Sequence[str] = (),
) -> Table:
    """Lay out `summarise_categories`: a line per level and visit, a column per group.

    Parameters
    ----------
    rows : DataFrame
        Rows ``category``.
    study : analysis.study.Study
        Labels of visits and groups.
    variables : dict of str to list of str
        The levels of each variable, in order.
    labels : mapping
        What each variable is called.
    notes : sequence of str
        Footnotes.
    """
    names = {visit.id: visit.label for visit in study.visits}
    groups = list(dict.fromkeys(rows["group"]))
    shown = {group: study.groups.labels.get(group, group) if study.groups else tr("All") for group in groups}
    lines, index, blocks = [], [], []
    for variable, levels in variables.items():
        for level in levels:
            for visit in dict.fromkeys(rows["visit"]):
                cells = []
                for group in groups:
                    found = pick(rows, variable=f"{variable} {level}", visit=visit, group=group)
                    count, total = found.get("count"), found.get("n", 0)
                    cells.append(
                        tr(
                            "{share} of {total}",
                            share=numbers.count_percent(int(count), int(total)),
                            total=int(total),
                        )
                        if total
                        else tr("not yet (0)")
                    )
                lines.append(cells)
                index.append(names.get(visit, visit))
                blocks.append(f"{labels.get(variable, variable)}: {level}")
    body = pd.DataFrame(
        lines, columns=[shown[group] for group in groups], index=pd.Index(index, name=tr("Visit"))
    )
    return Table(body, groups=blocks, notes=[*notes, tr("n (%) of those with a value at the visit.")])


def times_table(
    rows: pd.DataFrame, *, study: "Study", labels: Mapping[str, str], notes: Sequence[str] = ()
) -> Table:
    """Lay out `summarise_times`: a line per event and group."""
    interval = numbers.level(study.statistics.confidence_level)
    names = study.groups.labels if study.groups else {}
    lines, index = [], []
    for variable in dict.fromkeys(rows["variable"]):
        of_event = rows[rows["variable"].eq(variable)]
        test = pick(of_event, analysis="log_rank")
        for group in dict.fromkeys(of_event.loc[of_event["analysis"].eq("survival"), "group"]):
            found = pick(of_event, analysis="survival", group=group)
            ratio = pick(of_event, analysis="hazard_ratio", group=group)
            median = numbers.estimate_interval(
                found.get("median"), found.get("conf_low"), found.get("conf_high"), 1
            )
            lines.append(
                [
                    names.get(group, tr("All")),
                    numbers.whole(found.get("n")),
                    numbers.whole(found.get("n_events")),
                    median,
                    with_interval(ratio, 2),
                    numbers.p_value(test.get("p_value")),
                ]
            )
            index.append(labels.get(variable, variable))
    columns = [
        tr("Group"),
        "n",
        tr("Events"),
        tr("Median time ({interval})", interval=interval),
        tr("Hazard ratio ({interval})", interval=interval),
        tr("Log-rank p"),
    ]
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name=tr("Event")))
    return Table(body, notes=[*notes, *sentences(rows)])


def model_table(
    rows: pd.DataFrame, *, study: "Study", digits: dict[str, int], notes: Sequence[str] = ()
) -> Table:
    """Lay out `summarise_model`: a line per visit and group, a block per endpoint."""
    names = {visit.id: visit.label for visit in study.visits}
    interval = numbers.level(study.statistics.confidence_level)
    lines, index, blocks = [], [], []
    for entry in study.endpoints:
        found = rows[rows["variable"].eq(entry.id)]
        more = mean_digits(entry.variable, digits.get(entry.variable, 1))
        for group in dict.fromkeys(found["group"]):
            for visit in dict.fromkeys(found["visit"]):
                here = found[found["group"].eq(group) & found["visit"].eq(visit)]
                mean, change = pick(here, analysis="model_mean"), pick(here, analysis="model_change")
                counted = here.loc[here["analysis"].eq("model_mean"), "n"].dropna()
                lines.append(
                    [
                        numbers.whole(counted.max() if len(counted) else None),
                        with_interval(mean, more),
                        EMPTY if visit == study.baseline_visit else with_interval(change, more),
                    ]
                )
                index.append(names.get(visit, visit))
                of = (
                    ""
                    if group == "all" or study.groups is None
                    else f": {study.groups.labels.get(group, group)}"
                )
                blocks.append(f"{entry.label}{f', {entry.unit}' if entry.unit else ''}{of}")
    columns = [
        "n",
        tr("Adjusted mean ({interval})", interval=interval),
        tr("Change from baseline ({interval})", interval=interval),
    ]
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name=tr("Visit")))
    return Table(body, groups=blocks, notes=[*notes, *sentences(rows)])


def known_table(rows: pd.DataFrame, *, study: "Study", notes: Sequence[str] = ()) -> Table:
    """Lay out `known_by_visit`: a block per endpoint, a line per visit, a column per group."""
    names = {visit.id: visit.label for visit in study.visits}
    groups = list(dict.fromkeys(rows["group"]))
    shown = {group: study.groups.labels.get(group, group) if study.groups else tr("All") for group in groups}
    lines, index, blocks = [], [], []
    for entry in study.endpoints:
        of_endpoint = rows[rows["variable"].eq(entry.id)]
        for visit in dict.fromkeys(of_endpoint["visit"]):
            found = [pick(of_endpoint, visit=visit, group=group) for group in groups]
            lines.append(
                [
                    tr("{n} of {n_due}", n=int(one["n"]), n_due=int(one["n_due"]))
                    if one.get("n_due")
                    else tr("not yet (0 due)")
                    for one in found
                ]
            )
            index.append(names.get(visit, visit))
            blocks.append(entry.label)
    body = pd.DataFrame(
        lines, columns=[shown[group] for group in groups], index=pd.Index(index, name=tr("Visit"))
    )
    return Table(body, groups=blocks, notes=[*notes, tr("Values known, of those due at the visit.")])


def last_seen_table(rows: pd.DataFrame, *, study: "Study", notes: Sequence[str] = ()) -> Table:
    """Lay out `last_seen`: a line per visit, a column per group."""
    names = {visit.id: visit.label for visit in study.visits} | {"none": tr("No value at any visit")}
    groups = list(dict.fromkeys(rows["group"]))
    shown = {group: study.groups.labels.get(group, group) if study.groups else tr("All") for group in groups}
    visits = list(dict.fromkeys(rows["visit"]))
    cells = {
        shown[group]: [
            numbers.count_percent(int(found["count"]), int(found["n"])) if found.get("n") else "0"
            for found in (pick(rows, visit=visit, group=group) for visit in visits)
        ]
        for group in groups
    }
    body = pd.DataFrame(cells, index=pd.Index([names[visit] for visit in visits], name=tr("Last value at")))
    return Table(body, notes=list(notes))


def pairs_table(
    rows: pd.DataFrame,
    *,
    study: "Study",
    labels: Mapping[str, str],
    digits: int = 2,
    notes: Sequence[str] = (),
) -> Table:
    """Lay out `correlate` or `agreement`: a line per pair of variables."""
    interval = numbers.level(study.statistics.confidence_level)
    lines, index = [], []
    for variable in dict.fromkeys(rows["variable"]):
        found = pick(rows, variable=variable)
        line = [numbers.whole(found.get("n")), with_interval(found, digits)]
        if rows["analysis"].eq("agreement").any():
            line += [
                numbers.interval(found.get("lower"), found.get("upper"), digits),
                numbers.fixed(found.get("concordance"), 2),
            ]
        lines.append(line)
        index.append(ands(labels.get(name, name) for name in variable.split(", ")))
    agrees = rows["analysis"].eq("agreement").any()
    columns = ["n", f"{'Mean difference' if agrees else 'Correlation'} ({interval})"]
    columns += [tr("Limits of agreement"), tr("Concordance")] if agrees else []
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name=tr("Pair")))
    return Table(body, notes=[*notes, *sentences(rows)])
