"""Tables of responses judged at several visits, and of states at two visits."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import numbers
from analysis.language import inside, semicolons, tr
from analysis.tables.hierarchy import exploratory_notes
from analysis.tables.rows import methods, pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study


def repeated_table(
    rows: pd.DataFrame, *, study: "Study", chosen: Sequence[Any], notes: Sequence[str] = ()
) -> Table:
    """Lay out `summaries.summarise_repeated`: a block per response, a line per visit after the first.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analyses ``repeated_difference``, ``repeated_odds`` and ``repeated_q``.
    study : analysis.study.Study
        Labels of the visits, confidence level.
    chosen : sequence of Response
        Responses in the order of display.
    notes : sequence of str
        Footnotes before the generated ones.
    """
    interval = numbers.level(study.statistics.confidence_level)
    labels = {visit.id: visit.label for visit in study.visits}
    lines, blocks = [], []
    for entry in chosen:
        of_response = rows[rows["variable"].eq(entry.id)]
        seen = [visit for visit in entry.visits if of_response["visit"].eq(visit).any()]
        for visit in seen:
            lines.append((labels[visit], _comparison(of_response[of_response["visit"].eq(visit)])))
            blocks.append(
                tr(
                    "{label}, compared with {labels}",
                    label=entry.label,
                    labels=inside(labels[entry.visits[0]]),
                )
            )
    columns = [
        tr("Pairs"),
        tr("First, %"),
        tr("Visit, %"),
        tr("Difference, points ({interval})", interval=interval),
        tr("McNemar p"),
        tr("Odds ratio, all visits ({interval})", interval=interval),
    ]
    body = pd.DataFrame([cells for _, cells in lines], columns=columns, index=[label for label, _ in lines])
    return Table(body.rename_axis(tr("Visit")), groups=blocks, notes=[*notes, *_said(rows, study, chosen)])


def _comparison(found: pd.DataFrame) -> list[str]:
    change, odds = pick(found, analysis="repeated_difference"), pick(found, analysis="repeated_odds")
    limits = (odds.get(name) for name in ("estimate", "conf_low", "conf_high"))
    return [
        numbers.whole(change["n_pairs"]),
        numbers.fixed(change["proportion_baseline"], 1, scale=100),
        numbers.fixed(change["proportion_followup"], 1, scale=100),
        numbers.estimate_interval(change["estimate"], change["conf_low"], change["conf_high"], 1, scale=100),
        numbers.p_value(change["p_value"]),
        numbers.estimate_interval(*limits, 2),  # type: ignore[arg-type, call-arg]
    ]


def _said(rows: pd.DataFrame, study, chosen) -> list[str]:
    """Methods, Cochran's Q of each response, and what the p values are."""
    tests = [(entry, pick(rows, analysis="repeated_q", variable=entry.id)) for entry in chosen]
    over = [
        f"{entry.label} {numbers.p_text(test['p_value'])} (n = {numbers.whole(test['n_complete'])})"
        for entry, test in tests
        if test
    ]
    return [
        tr("Pairs: {listed}.", listed=semicolons(methods(rows, "repeated_difference"))),
        tr("The exact test is conservative: p may be above 0.05 where the score interval leaves out 0."),
        tr("Odds ratio: {listed}.", listed=semicolons(methods(rows, "repeated_odds"))),
        *_unestimated(rows, study, chosen),
        tr("Over all visits, in those known at each (Cochran's Q): {listed}.", listed=semicolons(over))
        if over
        else "",
        *exploratory_notes(study),
    ]


def _unestimated(rows: pd.DataFrame, study, chosen) -> list[str]:
    """Why a response has no odds ratio at a visit."""
    from analysis.result_ids import NOT_ESTIMATED

    labels = {visit.id: visit.label for visit in study.visits}
    names = {entry.id: entry.label for entry in chosen}
    lost = rows[rows["analysis"].eq("repeated_odds") & rows["status"].eq(NOT_ESTIMATED)]
    lost = lost[lost["note"].ne("")].drop_duplicates(["variable", "visit"])
    return [
        tr(
            "{response}, {visit}: {note}.",
            response=names[row.variable],
            visit=inside(labels[row.visit]),
            note=row.note,
        )
        for row in lost.itertuples()
        if row.variable in names
    ]


def transition_table(
    rows: pd.DataFrame,
    *,
    order: Sequence[str],
    labels: dict[str, str],
    first: str,
    second: str,
    notes: Sequence[str] = (),
) -> Table:
    """Lay out `summaries.summarise_transitions`: state at the first visit by state at the second.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analyses ``transition`` and ``transition_test``.
    order : sequence of str
        States, the best first.
    labels : dict
        State as shown, by its name.
    first, second : str
        Labels of the visits.
    notes : sequence of str
        Footnotes before the generated ones.
    """
    count = rows[rows["analysis"].eq("transition")].set_index("group")["value"]
    cells = [[int(count[f"{before} to {after}"]) for after in order] for before in order]
    body = pd.DataFrame(
        cells, index=[labels[name] for name in order], columns=[labels[name] for name in order]
    )
    body = body.assign(**{tr("All"): body.sum(axis=1)})
    body.loc[tr("All")] = body.sum()
    test = pick(rows, analysis="transition_test")
    said = tr(
        "{listed}, {p_value}, exploratory.",
        listed=semicolons(methods(rows, "transition_test")),
        p_value=numbers.p_text(test["p_value"]),
    )
    shown = body.map(numbers.whole).rename_axis(
        tr("{first} (rows), {second} (columns)", first=first, second=inside(second))
    )
    return Table(shown, notes=[*notes, said])
