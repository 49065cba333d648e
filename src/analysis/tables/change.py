"""Change from baseline in one design: the estimate with its interval in one table, all else in a second."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from analysis import numbers
from analysis.columns.decimals import mean_digits
from analysis.language import tr, with_unit
from analysis.tables.cells import estimate_of, limits, mean_of, median_of, share_of, spread
from analysis.tables.hierarchy import exploratory_notes
from analysis.tables.rows import each
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study
    from analysis.study.sections import Endpoint

Parts = Mapping[str, Mapping[str, float]]


class Shown(NamedTuple):
    """A variable of a table of change: its id, its title with unit and direction, its visits, decimals of its means."""

    variable: str
    title: str
    visits: Sequence[str]
    digits: int


def endpoints_shown(
    study: "Study", digits: Mapping[str, int], endpoints: "Sequence[Endpoint] | None" = None
) -> list[Shown]:
    """The endpoints of a study as its tables of change show them, all of them by default."""
    return [
        Shown(
            entry.id,
            _title(entry),
            entry.visits,
            mean_digits(entry.variable, digits.get(entry.variable, 1)),
        )
        for entry in endpoints or study.endpoints
    ]


def change_table(
    rows: pd.DataFrame, shown: Sequence[Shown], *, study: "Study", notes: Sequence[str] = ()
) -> Table:
    """Lay out the change of each visit: one block per variable (and group), one line per visit, intervals drawn.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analyses ``change_mean`` and, where there are such, ``improved`` and ``improved_minimal``.
    shown : sequence of Shown
        Variables in the order of display.
    study : analysis.study.Study
        Labels of visits and groups, important differences.
    notes : sequence of str
        Footnotes before the generated ones.
    """
    found = [line for line in _lines(rows, shown, study) if line.parts["change_mean"]]
    columns, interval = list(_columns(study)), _columns(study)[1]
    lacking = {columns[-2]: "improved", columns[-1]: "improved_minimal"}
    absent = [name for name, analysis in lacking.items() if analysis not in set(rows["analysis"])]
    body = pd.DataFrame(
        [_cells(line.parts, line.digits) for line in found],
        columns=columns,
        index=pd.Index([line.visit for line in found], name=tr("Visit")),
    )
    return Table(
        body.drop(columns=absent),
        groups=[line.block for line in found],
        notes=[*notes, *_minimal(rows, shown, study)],
        intervals={interval: [limits(line.parts["change_mean"]) for line in found]},
    )


def rank_table(
    rows: pd.DataFrame, shown: Sequence[Shown], *, study: "Study", notes: Sequence[str] = ()
) -> Table:
    """Lay out what else is known of values and their change: moments and medians of everybody with a value, ranks,
    effect sizes.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analyses ``summary``, ``change_shift`` and, where there are such, ``change_ranks``, ``change_dz``.
    shown : sequence of Shown
        Variables in the order of display.
    study : analysis.study.Study
        Labels of visits and groups, its hierarchy.
    notes : sequence of str
        Footnotes before the generated ones.
    """
    found = [line for line in _lines(rows, shown, study, baseline=True) if line.parts["summary"]]
    level = numbers.level(study.statistics.confidence_level)
    columns = {
        tr("n (missing)"): "summary",
        tr("Mean (SD)"): "summary",
        tr("Median [quartiles]"): "summary",
        tr("Hodges-Lehmann ({interval})", interval=level): "change_shift",
        tr("Signed rank p"): "change_ranks",
        tr("dz ({interval})", interval=level): "change_dz",
    }
    body = pd.DataFrame(
        [_other_cells(line.parts, line.digits) for line in found],
        columns=list(columns),
        index=pd.Index([line.visit for line in found], name=tr("Visit")),
    )
    there = set(rows["analysis"]) - (set() if _tested(rows) else {"change_ranks"})
    absent = [name for name, analysis in columns.items() if analysis not in there]
    said = [*notes, *_exploratory(rows, shown, study)]
    return Table(body.drop(columns=absent), groups=[line.block for line in found], notes=said)


class _Line(NamedTuple):
    block: str
    visit: str
    digits: int
    parts: Parts


ANALYSES = (
    "summary",
    "change_mean",
    "change_shift",
    "change_ranks",
    "change_dz",
    "improved",
    "improved_minimal",
)


def _lines(rows: pd.DataFrame, shown: Sequence[Shown], study, *, baseline: bool = False) -> Iterator[_Line]:
    """A line per variable, group and visit with everything known of it."""
    labels = {visit.id: visit.label for visit in study.visits}
    found = each(rows, "variable", "group", "visit", "analysis")
    groups: dict[str, dict[str, None]] = {}  # of each variable, as they come
    for variable, group, *_ in found:
        groups.setdefault(variable, {})[group] = None
    for one in shown:
        visits = dict.fromkeys([study.baseline_visit, *one.visits] if baseline else one.visits)
        for group in groups.get(one.variable, ()):
            block = _block(one.title, group, study)
            for visit in visits:
                parts = {name: found.get((one.variable, group, visit, name), {}) for name in ANALYSES}
                yield _Line(block, labels[visit], one.digits, parts)


def _columns(study) -> tuple[str, ...]:
    level = numbers.level(study.statistics.confidence_level)
    return (
        tr("Pairs (missing)"),
        tr("Mean change ({interval})", interval=level),
        tr("Baseline, mean (SD)"),
        tr("Visit, mean (SD)"),
        tr("Improved, % ({interval})", interval=level),
        tr("Importantly improved, % ({interval})", interval=level),
    )


def _cells(parts: Parts, digits: int) -> list[str]:
    mean = parts["change_mean"]
    return [
        f"{numbers.whole(mean['n_pairs'])} ({numbers.whole(mean['n_missing'])})",
        estimate_of(mean, digits),
        spread(mean["mean_baseline"], mean["sd_baseline"], digits),
        spread(mean["mean_followup"], mean["sd_followup"], digits),
        share_of(parts["improved"]),
        share_of(parts["improved_minimal"]),
    ]


def _other_cells(parts: Parts, digits: int) -> list[str]:
    summary = parts["summary"]
    return [
        f"{numbers.whole(summary['n'])} ({numbers.whole(summary['n_missing'])})",
        mean_of(summary, digits),
        median_of(summary, digits),
        estimate_of(parts["change_shift"], digits),
        numbers.p_value(parts["change_ranks"].get("p_value")),
        estimate_of(parts["change_dz"], 2),
    ]


def _title(entry: "Endpoint") -> str:
    better = {True: tr("higher is better"), False: tr("lower is better"), None: tr("direction not stated")}[
        entry.higher_is_better
    ]
    return tr("{label} ({better})", label=with_unit(entry.label, entry.unit), better=better)


def _block(title: str, group: str, study) -> str:
    if group in {"all", ""}:
        return title
    return tr("{label}: {group}", label=title, group=study.groups.labels.get(group, group))


def _tested(rows: pd.DataFrame) -> bool:
    """Whether the rows hold a p value of ranks: a descriptive report has none."""
    return bool((rows["analysis"].eq("change_ranks") & rows["statistic"].eq("p_value")).any())


def _exploratory(rows: pd.DataFrame, shown: Sequence[Shown], study) -> list[str]:
    """Which of the p values shown are exploratory; nothing where none is shown."""
    if not _tested(rows):
        return []
    of_shown = rows["analysis"].eq("change_ranks") & rows["variable"].isin([one.variable for one in shown])
    return exploratory_notes(study, shown=rows.loc[of_shown, ["variable", "visit"]].itertuples(index=False))


def _minimal(rows: pd.DataFrame, shown: Sequence[Shown], study) -> list[str]:
    """What an important improvement is, for the endpoints of which its share is shown."""
    variables = set(rows.loc[rows["analysis"].eq("improved_minimal"), "variable"])
    return [
        tr(
            "Important improvement of {label}: at least {amount} ({source}); missing is not improved.",
            label=entry.label,
            amount=numbers.amount(f"{entry.minimal_difference.value:g}", entry.unit),
            source=entry.minimal_difference.source,
        )
        for entry in study.endpoints
        if entry.id in variables & {one.variable for one in shown} and entry.minimal_difference
    ]
