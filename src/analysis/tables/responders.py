"""The table of response rates."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import numbers
from analysis.language import listed, mark, semicolons, tr, trn
from analysis.tables.rows import pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study


def responder_table(
    rows: pd.DataFrame, *, study: "Study", responses: Sequence[Any] | None = None, notes: Sequence[str] = ()
) -> Table:
    """Lay out `summarise_responders`: one block per response (and group), one line per visit.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analyses ``response_nri`` and ``response_observed``.
    study : analysis.study.Study
        Labels of visits, groups and responses.
    responses : sequence, optional
        Responses to show; all by default.
    """
    visits = {visit.id: visit.label for visit in study.visits}
    labels = study.groups.labels if study.groups else {}
    lines, blocks = [], []
    for entry in responses or study.responses:
        of_response = rows[rows["variable"].eq(entry.id)]
        for group in of_response["group"].unique():
            label = labels.get(group, group) if group != "all" else ""
            name = tr("{label}: {group}", label=entry.label, group=label) if label else entry.label
            for visit in entry.visits:
                found = of_response[of_response["group"].eq(group) & of_response["visit"].eq(visit)]
                if len(found):
                    lines.append((visits[visit], _cells(found)))
                    blocks.append(name)
    interval = numbers.level(study.statistics.confidence_level)
    columns = ["n/N", f"% ({interval})", mark("Exact CI"), "n/N ", f"% ({interval}) "]
    body = pd.DataFrame([cells for _, cells in lines], columns=columns, index=[label for label, _ in lines])
    return Table(
        body.rename_axis(tr("Visit")),
        spanners={mark("Missing is non-response"): columns[:3], mark("As observed"): columns[3:]},
        groups=blocks,
        notes=notes,
    )


def response_notes(chosen: Sequence[Any], *, labels: Mapping[str, str]) -> list[str]:
    """Footnotes: who is counted, and which answers count as observed only with every component known.

    Parameters
    ----------
    chosen : sequence of Response
        Responses of the table.
    labels : mapping of str to str
        What variables are called (`Prepared.labels`).
    """
    needs = {}
    for entry in chosen:
        if entry.observed_needs:
            needs.setdefault(entry.observed_needs, []).append(entry.label)
    notes = [
        tr(
            "N: those due at the visit, seen or not; as observed, those of them with a complete answer. An answer that "
            "the known part decides counts in the first columns only."
        )
    ]
    for asked, names in needs.items():
        components = semicolons(labels.get(name, name) for name in asked.components)
        when = tr("at baseline and at the visit") if asked.baseline else tr("at the visit")
        notes.append(
            trn(
                "{named} counts as observed only where all of these are known {when}: {components}. "
                "With one missing the answer can be no, but never yes.",
                "{named} count as observed only where all of these are known {when}: {components}. "
                "With one missing the answer can be no, but never yes.",
                len(names),
                named=listed(names),
                when=when,
                components=components,
            )
        )
    return notes


def _cells(found: pd.DataFrame) -> list[str]:
    nri, observed = pick(found, analysis="response_nri"), pick(found, analysis="response_observed")
    return [
        f"{numbers.whole(nri['count'])}/{numbers.whole(nri['n'])}",
        _rate(nri),
        numbers.interval(nri["exact_low"], nri["exact_high"], 1, scale=100),
        f"{numbers.whole(observed['count'])}/{numbers.whole(observed['n'])}",
        _rate(observed),
    ]


def _rate(found: dict) -> str:
    return numbers.estimate_interval(found["estimate"], found["conf_low"], found["conf_high"], 1, scale=100)
