"""The table of ways of handling missing values: a column each."""

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from analysis import numbers
from analysis.columns.decimals import mean_digits
from analysis.language import Texts, commas, mark, semicolons, tr
from analysis.tables.rows import methods, pick
from analysis.tables.table import Table

NUMBER = re.compile(r"(?<![\d.])\d+(?![\d.])")  # no word of Chinese ends where a number begins
STRATEGIES = Texts(
    {
        "observed": "Complete pairs",
        "mmrm": "MMRM",
        "mi": "Multiple imputation",
        "locf": "LOCF",
        "bocf": "BOCF",
    }
)


def strategies_table(
    rows: pd.DataFrame, lines: Iterable[tuple[str, str, int]], *, notes: Sequence[str] = ()
) -> Table:
    """Lay out `summaries.summarise_strategies`: a line per variable, a column per way.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analyses ``missing_...``.
    lines : iterable of (str, str, int)
        Variable, its label with unit, and the decimals of its own values.
    notes : sequence of str
        Footnotes before the generated ones.
    """
    made = {}
    for variable, label, digits in lines:
        found = {name: pick(rows, analysis=f"missing_{name}", variable=variable) for name in STRATEGIES}
        cells = [
            numbers.estimate_interval(
                one["estimate"], one["conf_low"], one["conf_high"], mean_digits(variable, digits)
            )
            for one in found.values()
        ]
        made[label] = [numbers.whole(found["observed"]["n_pairs"]), *cells]
    body = pd.DataFrame.from_dict(made, orient="index", columns=[tr("Pairs"), *STRATEGIES.values()])
    said = [
        tr(
            "MMRM: visits up to this one; {removeprefix}.",
            removeprefix=_at_once(methods(rows, "missing_mmrm")).removeprefix("MMRM").lstrip(",， "),
        ),
        tr(
            "Multiple imputation: visits up to this one, predictive mean matching; {rows}.",
            rows=_at_once(methods(rows, "missing_mi")),
        ),
        tr("LOCF and BOCF are discouraged and shown for comparison only."),
    ]
    return Table(body.rename_axis(tr("Change from baseline")), notes=[*notes, *said])


APART = 0.5  # standard errors of the model from which a difference of the ways is pointed out


def difference_table(
    rows: pd.DataFrame, lines: Iterable[tuple[str, str, int]], *, notes: Sequence[str] = ()
) -> Table:
    """Lay out why imputation and the mixed model differ: a line per variable.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analyses ``missing_why``.
    lines : iterable of (str, str, int)
        As in `strategies_table`.
    notes : sequence of str
        Footnotes before the generated ones.
    """
    made, apart = {}, []
    for variable, label, digits in lines:
        found, more = pick(rows, analysis="missing_why", variable=variable), mean_digits(variable, digits)
        means = [
            numbers.fixed(found.get(name), more) for name in ("change_seen", "change_model", "change_imputed")
        ]
        made[label] = [
            numbers.whole(found.get("n_seen")),
            numbers.whole(found.get("n_imputed")),
            *means,
            numbers.fixed(found.get("skewness"), 1),
            numbers.fixed(found.get("difference"), more),
            numbers.fixed(found.get("difference_se"), 2),
        ]
        if abs(found.get("difference_se") or 0) > APART:
            apart.append(label)
    heads = [
        tr("Seen"),
        tr("Imputed"),
        tr("Seen "),
        tr("By MMRM"),
        tr("By imputation"),
        tr("Skewness"),
        tr("Difference"),
        tr("Of the SE"),
    ]
    body = pd.DataFrame.from_dict(made, orient="index", columns=heads)
    said = [
        tr(
            "The mean change of those not seen is what each way implies: both take the observed ones as "
            "they are. Skewness of the changes seen; beyond 1 in size a mean depends on single subjects. "
            "Difference: imputation minus MMRM, and in standard errors of the MMRM."
        ),
        tr(
            "More than {apart:g} standard errors apart: {part}.",
            apart=APART,
            part=commas(apart) or tr("none"),
        ),
    ]
    spanners = {mark("Subjects"): heads[:2], mark("Mean change of those"): heads[2:5]}
    return Table(body.rename_axis(tr("Change from baseline")), spanners=spanners, notes=[*notes, *said])


def _at_once(sentences: list[str]) -> str:
    """Methods that differ in one number only, said once with the range of that number.

    Examples
    --------
    >>> _at_once(["Rubin's rules over 37 imputations", "Rubin's rules over 41 imputations"])
    "Rubin's rules over 37 to 41 imputations"
    >>> _at_once(["40次填补", "45次填补"])
    '40 to 45次填补'
    """
    numbers_in = [NUMBER.findall(text) for text in sentences]
    if len(sentences) < 2 or any(len(found) != 1 for found in numbers_in):
        return semicolons(sentences)
    if len({NUMBER.sub("#", text) for text in sentences}) > 1:
        return semicolons(sentences)
    values = sorted(int(found[0]) for found in numbers_in)
    return NUMBER.sub(tr("{low} to {high}", low=values[0], high=values[-1]), sentences[0])
