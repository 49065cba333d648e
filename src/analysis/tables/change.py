"""The table of change from baseline: a line per visit and group."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers
from analysis.columns.decimals import mean_digits
from analysis.language import semicolons, tr, with_unit
from analysis.tables.hierarchy import exploratory_note
from analysis.tables.rows import methods, pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study
    from analysis.study.sections import Endpoint


def change_table(
    rows: pd.DataFrame,
    *,
    study: "Study",
    endpoints: "Sequence[Endpoint] | None" = None,
    digits: dict[str, int],
    notes: Sequence[str] = (),
) -> Table:
    """Lay out `summarise_change`: one block per endpoint (and group), one line per visit.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analyses ``change_mean``, ``change_shift``, ``improved`` and, with tests, ``change_ranks``.
    study : analysis.study.Study
        Labels of visits, groups and endpoints.
    endpoints : sequence, optional
        Endpoints to show, in this order; all by default.
    digits : dict
        Decimals of each variable's own values.
    notes : sequence of str
        Footnotes before the generated ones (analysis set, tests).
    """
    visits = {visit.id: visit.label for visit in study.visits}
    lines, blocks = [], []
    for entry in endpoints or study.endpoints:
        of_endpoint = rows[rows["variable"].eq(entry.id)]
        for group in of_endpoint["group"].unique():
            for visit in entry.visits:
                found = of_endpoint[of_endpoint["group"].eq(group) & of_endpoint["visit"].eq(visit)]
                if len(found):
                    lines.append(
                        (
                            visits[visit],
                            _cells(found, mean_digits(entry.variable, digits.get(entry.variable, 1))),
                        )
                    )
                    blocks.append(_block(study, entry, group))
    there = set(rows["analysis"])
    columns = _columns(numbers.level(study.statistics.confidence_level))
    body = pd.DataFrame([cells for _, cells in lines], columns=columns, index=[label for label, _ in lines])
    absent = [column for column, analysis in zip(columns, ANALYSES, strict=True) if analysis not in there]
    said = [*notes, *_notes(rows), *_minimal(study, endpoints or study.endpoints), *_exploratory(rows, study)]
    return Table(body.drop(columns=absent).rename_axis(tr("Visit")), groups=blocks, notes=said)


ANALYSES = (*["change_mean"] * 4, "change_shift", "change_ranks", "improved", "improved_minimal")


def _columns(interval: str) -> list[str]:
    return [
        tr("Pairs (missing)"),
        tr("Baseline, mean (SD)"),
        tr("Visit, mean (SD)"),
        tr("Mean change ({interval})", interval=interval),
        tr("Hodges-Lehmann ({interval})", interval=interval),
        tr("Signed rank p"),
        tr("Improved, % ({interval})", interval=interval),
        tr("Importantly improved, % ({interval})", interval=interval),
    ]


def _block(study, entry, group: str) -> str:
    better = {True: tr("higher is better"), False: tr("lower is better"), None: tr("direction not stated")}[
        entry.higher_is_better
    ]
    name = tr("{label} ({better})", label=with_unit(entry.label, entry.unit), better=better)
    if group == "all":
        return name
    return tr("{label}: {group}", label=name, group=study.groups.labels.get(group, group))


def _cells(found: pd.DataFrame, more: int) -> list[str]:
    mean, shift = pick(found, analysis="change_mean"), pick(found, analysis="change_shift")
    ranks = pick(found, analysis="change_ranks")
    shares = [pick(found, analysis=name) for name in ("improved", "improved_minimal")]
    return [
        f"{numbers.whole(mean['n_pairs'])} ({numbers.whole(mean['n_missing'])})",
        f"{numbers.fixed(mean['mean_baseline'], more)} ({numbers.fixed(mean['sd_baseline'], more)})",
        f"{numbers.fixed(mean['mean_followup'], more)} ({numbers.fixed(mean['sd_followup'], more)})",
        numbers.estimate_interval(mean["estimate"], mean["conf_low"], mean["conf_high"], more),
        numbers.estimate_interval(
            shift["estimate"],
            shift["conf_low"],
            shift["conf_high"],
            more,
            nominal=shift.get("confidence_level"),
            reached=shift.get("achieved_level"),
        ),
        numbers.p_value(ranks.get("p_value")),
        *(_percent(share) for share in shares),
    ]


def _percent(share: dict[str, float]) -> str:
    limits = (share.get(name) for name in ("estimate", "conf_low", "conf_high"))
    return numbers.estimate_interval(*limits, 1, scale=100)  # type: ignore[arg-type, misc]


def _exploratory(rows: pd.DataFrame, study) -> list[str]:
    """Which of the p values shown are exploratory; nothing where none is shown."""
    tested = rows.loc[rows["analysis"].eq("change_ranks"), ["variable", "visit"]]
    return [exploratory_note(study, shown=tested.itertuples(index=False))] if len(tested) else []


def _minimal(study, endpoints) -> list[str]:
    """What an important improvement is, for the endpoints that have one."""
    named = [entry for entry in endpoints if entry.minimal_difference]
    return [
        tr(
            "Important improvement of {label}: at least {amount} ({source}); missing is not improved.",
            label=entry.label,
            amount=numbers.amount(f"{entry.minimal_difference.value:g}", entry.unit),
            source=entry.minimal_difference.source,
        )
        for entry in named
    ]


def _notes(rows: pd.DataFrame) -> list[str]:
    named = [
        (tr("Mean change"), "change_mean"),
        (tr("Hodges-Lehmann"), "change_shift"),
        (tr("Signed rank"), "change_ranks"),
        (tr("Improved"), "improved"),
    ]
    said = [
        tr("{name}: {listed}.", name=name, listed=semicolons(methods(rows, analysis)))
        for name, analysis in named
        if methods(rows, analysis)
    ]
    return [tr("Change is follow-up minus baseline, of complete pairs."), *said]
