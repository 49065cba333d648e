"""Times to events, and the difference of mean times."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers
from analysis.language import tr
from analysis.tables.general.wording import groups_shown, sentences, with_interval
from analysis.tables.rows import pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study


def times_table(
    rows: pd.DataFrame, *, study: "Study", labels: Mapping[str, str], notes: Sequence[str] = ()
) -> Table:
    """Lay out `summarise_times`: a line per event and group."""
    interval = numbers.level(study.statistics.confidence_level)
    names = groups_shown(rows, study)
    lines, index = [], []
    for variable in dict.fromkeys(rows["variable"]):
        of_event = rows[rows["variable"].eq(variable)]
        test, within = (pick(of_event, analysis=name) for name in ("log_rank", "log_rank_stratified"))
        for group in dict.fromkeys(of_event.loc[of_event["analysis"].eq("survival"), "group"]):
            found = pick(of_event, analysis="survival", group=group)
            ratio = pick(of_event, analysis="hazard_ratio", group=group)
            held = pick(of_event, analysis="proportional_hazards", group=group)
            median = numbers.estimate_interval(
                found.get("median"), found.get("conf_low"), found.get("conf_high"), 1
            )
            lines.append(
                [
                    names[group],
                    numbers.whole(found.get("n")),
                    numbers.whole(found.get("n_events")),
                    median,
                    with_interval(ratio, 2),
                    numbers.p_value(held.get("p_value")),
                    numbers.p_value(test.get("p_value")),
                    numbers.p_value(within.get("p_value")),
                ]
            )
            index.append(labels.get(variable, variable))
    columns = [
        tr("Group"),
        "n",
        tr("Events"),
        tr("Median time ({interval})", interval=interval),
        tr("Hazard ratio ({interval})", interval=interval),
        tr("Proportional hazards p"),
        tr("Log-rank p"),
        tr("Log-rank p within strata"),
    ]
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name=tr("Event")))
    for analysis, name in (("proportional_hazards", columns[5]), ("log_rank_stratified", columns[7])):
        if not rows["analysis"].eq(analysis).any():
            body = body.drop(columns=name)
    return Table(body, notes=[*notes, *sentences(rows)])


def restricted_table(
    rows: pd.DataFrame, *, study: "Study", labels: Mapping[str, str], notes: Sequence[str] = ()
) -> Table:
    """Lay out the differences of mean times of `summarise_times`: a line per event and group."""
    interval = numbers.level(study.statistics.confidence_level)
    found = rows[rows["analysis"].eq("restricted_difference")]
    names = groups_shown(found, study)
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
        lines.append([names[group], *shown])
        index.append(labels.get(variable, variable))
    difference = tr("Difference of mean times ({interval})", interval=interval)
    columns = [tr("Group"), "n", tr("Up to"), difference, "p"]
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name=tr("Event")))
    said = tr(
        "Mean time without the event up to the last time that both groups reach, the group minus the reference."
    )
    none = [] if lines else [tr("There is no second group to compare with.")]
    return Table(body, notes=[*notes, said, *none, *sentences(found)])
