"""Tables of what two groups differ by without a model, within strata and in subgroups."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers
from analysis.columns.decimals import mean_digits
from analysis.language import mark, tr, with_unit
from analysis.tables.general.wording import sentences, visits_shown, with_interval
from analysis.tables.rows import pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study

# What a result of a group against the reference is called, and whether it is shown in percentage points.
OF_ANSWERS = {
    "difference_odds": (mark("odds ratio"), False),
    "ratio_share": (mark("ratio of shares"), False),
    "difference_score": (mark("difference of shares, percentage points"), True),
    "difference_improved": (mark("difference of the shares improved, percentage points"), True),
    "exact_unconditional": (mark("exact unconditional test"), False),
    "difference_stratified": (mark("common difference within strata, percentage points"), True),
    "odds_stratified": (mark("common odds ratio within strata"), False),
}
SHIFT = mark("shift of the change")


def unadjusted_table(
    rows: pd.DataFrame, *, study: "Study", digits: dict[str, int], notes: Sequence[str] = ()
) -> Table:
    """Lay out `summarise_unadjusted` or `summarise_strata`: a block per endpoint and measure, a line per visit.

    Parameters
    ----------
    rows : DataFrame
        Rows of both.
    study : analysis.study.Study
        Labels of visits, groups, endpoints.
    digits : dict
        Decimals of each variable's own values.
    notes : sequence of str
        Footnotes before the generated ones.
    """
    visits = visits_shown(study)
    groups = study.needed_groups()
    reference, labels = groups.order[0], groups.labels
    against = labels.get(reference, reference)
    lines, blocks, index = [], [], []
    for entry in study.endpoints:
        more = mean_digits(entry.variable, digits.get(entry.variable, 1))
        of_endpoint = rows[rows["variable"].eq(entry.id)]
        for analysis in dict.fromkeys(of_endpoint["analysis"]):
            of_measure = of_endpoint[of_endpoint["analysis"].eq(analysis)]
            shown = with_unit(tr(SHIFT), entry.unit), more, 1
            if analysis in OF_ANSWERS:
                name, points = OF_ANSWERS[analysis]
                shown = tr(name), 1 if points else 2, 100 if points else 1
            what, places, scale = shown
            for visit, group in dict.fromkeys(zip(of_measure["visit"], of_measure["group"])):
                found = pick(of_measure, visit=visit, group=group)
                estimate = (
                    with_interval(found, places, scale=scale) if "estimate" in found else numbers.MISSING
                )
                p_value = numbers.p_value(found["p_value"]) if "p_value" in found else numbers.MISSING
                lines.append([labels.get(group, group), numbers.whole(found.get("n")), estimate, p_value])
                index.append(visits[visit])
                blocks.append(
                    tr("{label}: {what} against {reference}", label=entry.label, what=what, reference=against)
                )
    body = pd.DataFrame(lines, columns=_columns(study), index=pd.Index(index, name=tr("Visit")))
    said = [*notes, tr("The group against the reference; p values are exploratory."), *sentences(rows)]
    return Table(body, groups=blocks, notes=said)


def _columns(study: "Study") -> list[str]:
    interval = numbers.level(study.statistics.confidence_level)
    return [tr("Group"), "n", tr("Estimate ({interval})", interval=interval), "p"]


def subgroup_table(
    drawn: pd.DataFrame,
    rows: pd.DataFrame,
    *,
    study: "Study",
    digits: dict[str, int],
    notes: Sequence[str] = (),
) -> Table:
    """Lay out `subgroups_drawn`: a block per subgroup with its test of interaction, a line per level.

    Parameters
    ----------
    drawn : DataFrame
        What the forest shows.
    rows : DataFrame
        From `summarise_subgroups`, for methods and reasons.
    study, digits, notes
        As `unadjusted_table`.
    """
    named = set(rows["variable"].str.split(" ").str[0])
    entry = next((one for one in study.endpoints if one.id in named), None)
    places = 2
    if entry is not None and entry.scale != "binary":
        places = mean_digits(entry.variable, digits.get(entry.variable, 1))
    lines = [[numbers.whole(line["n"]), with_interval(line, places)] for line in drawn.to_dict("records")]
    body = pd.DataFrame(
        lines, columns=_columns(study)[1:3], index=pd.Index(drawn["label"], name=tr("Subgroup"))
    )
    said = tr(
        "The test of interaction asks whether the difference is the same at all levels; an interval within one level "
        "does not say so."
    )
    return Table(
        body, groups=list(drawn["group"]), notes=[*notes, *([said] if lines else []), *sentences(rows)]
    )
