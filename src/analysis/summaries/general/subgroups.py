"""Whether the difference between groups is the same in subgroups, and what it is within strata."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import groups, numbers, results
from analysis.inputs import NotEstimable, check_choice, check_columns
from analysis.language import mark, tr
from analysis.summaries.general.comparison import ANCOVA, comparisons
from analysis.summaries.general.unadjusted import ODDS
from analysis.summaries.shared import visits_wide

if TYPE_CHECKING:
    from analysis.study import Study

WITHIN, INTERACTION = "difference_subgroup", "difference_interaction"
STRATIFIED, STRATIFIED_ODDS = "difference_stratified", "odds_stratified"
SHOWN = ("estimate", "conf_low", "conf_high", "p_value")
EVERYBODY = (ANCOVA, ODDS)
TESTED = ("statistic", "df", "p_value")
MOST_LEVELS = 12


def summarise_subgroups(
    measures: pd.DataFrame,
    characteristics: pd.DataFrame,
    members: dict,
    *,
    subgroups: Sequence[str],
    study: "Study",
    population: str,
    visits: Collection[str],
    endpoint: str = "",
    visit: str = "",
) -> pd.DataFrame:
    """Difference between the groups in each level of each subgroup, with the test of the interaction.

    Parameters
    ----------
    measures : DataFrame
        Long measurements.
    characteristics : DataFrame
        What is known of each subject at baseline, indexed by subject id.
    members : dict of str to Index
        Subject ids per group.
    subgroups : sequence of str
        Columns of `characteristics` with categories or yes/no. Numbers are refused: where they are cut is for the
        protocol to say.
    study : analysis.study.Study
        Groups (the first is the reference), endpoints, baseline visit, confidence level.
    population : str
        Name of the analysis set, for the results.
    visits : collection of str
        Visits the report may see.
    endpoint, visit : str
        What is compared, and when: the first endpoint of the study, at its last visit, where empty.

    Returns
    -------
    DataFrame
        By group against the reference: ``difference_subgroup`` (variable *endpoint column level*) and
        ``difference_interaction`` (variable *endpoint column*). Of a number, the difference is that of the change from
        baseline, adjusted for the value at baseline; of yes/no it is an odds ratio. A subject without a value of the
        subgroup is left out there and counted.
    """
    entry, at = _asked(study, endpoint, visit, visits)
    frames: list[pd.DataFrame] = []
    for reference, group in comparisons(study) if at else []:
        people, response, covariates = _people(measures, members, (reference, group), entry, at, study)
        for column in subgroups:
            levels = _levels(characteristics, column)
            rows = people.assign(subgroup=levels.reindex(people.index))
            keys = {"population": population, "visit": at, "group": group}
            frames += _subgroup(rows, response, covariates, entry, column, reference, study, keys)
    if not frames:
        reason = tr("nobody has reached the visit") if subgroups else tr("no subgroup is named")
        return results.not_estimated(reason, SHOWN[:1], analysis=WITHIN, **_of_all(population))
    return results.stack(frames)


def summarise_strata(
    measures: pd.DataFrame,
    characteristics: pd.DataFrame,
    members: dict,
    *,
    strata: Sequence[str],
    study: "Study",
    population: str,
    visits: Collection[str],
) -> pd.DataFrame:
    """Yes/no endpoints compared within strata, by Cochran, Mantel and Haenszel.

    Parameters
    ----------
    measures, characteristics, members, study, population, visits
        As `summarise_subgroups`.
    strata : sequence of str
        Columns that together make a stratum, usually those by which the lot was drawn.

    Returns
    -------
    DataFrame
        By yes/no endpoint, visit and group ``difference_stratified`` (common difference of shares with its interval,
        and the test) and ``odds_stratified`` (common odds ratio). A row with the reason where
        no column is named or there is no such endpoint.
    """
    known = [_levels(characteristics, column) for column in strata]
    frames: list[pd.DataFrame] = []
    for entry in study.endpoints if strata else []:
        for at in [one for one in entry.visits if entry.scale == "binary" and one in visits]:
            for reference, group in comparisons(study):
                people, *_ = _people(measures, members, (reference, group), entry, at, study)
                rows = people.assign(**{name: one.reindex(people.index) for name, one in zip(strata, known)})
                keys = {"population": population, "visit": at, "group": group, "variable": entry.id}
                frames += _stratified(rows, list(strata), reference, study, keys)
    if not frames:
        reason = tr("no yes/no endpoint has been seen") if strata else tr("no stratum is named")
        return results.not_estimated(reason, SHOWN[:1], analysis=STRATIFIED, **_of_all(population))
    return results.stack(frames)


def _of_all(population: str) -> dict[str, str]:
    """Keys of a row that says why there is none."""
    return {"variable": "all", "population": population}


def subgroups_drawn(
    rows: pd.DataFrame, everybody: pd.DataFrame, *, study: "Study", labels: Mapping
) -> pd.DataFrame:
    """The differences in subgroups as a forest reads them.

    Parameters
    ----------
    rows : DataFrame
        From `summarise_subgroups`.
    everybody : DataFrame
        Rows ``difference_ancova`` or ``difference_odds``: the one at the same visit stands above the subgroups.
    study : analysis.study.Study
        Labels of groups.
    labels : mapping
        What each column is called.

    Returns
    -------
    DataFrame
        `label` (level), `group` (subgroup with the test of interaction), `estimate`, `conf_low`, `conf_high`, `n`.
    """
    lines = []
    within = rows[rows["analysis"].eq(WITHIN) & rows["variable"].ne("all")]
    for (group, variable), found in within.groupby(["group", "variable"], sort=False):
        endpoint, column, level = variable.split(" ", 2)
        keys = {"group": group, "visit": found["visit"].iloc[0]}
        if group not in {line["of"] for line in lines}:
            whole = everybody[everybody["analysis"].isin(EVERYBODY)]
            whole = _values(whole, variable=endpoint, **keys)
            lines.append({"of": group, "label": tr("All"), "group": tr("Everybody"), **whole})
        test = _values(rows, analysis=INTERACTION, variable=f"{endpoint} {column}", **keys)
        heading = _heading(labels.get(column, column), test["p_value"])
        lines.append({"of": group, "label": level, "group": heading, **_values(found, **keys)})
    drawn = pd.DataFrame(lines, columns=["of", "label", "group", *SHOWN[:3], "n"])
    groups = study.needed_groups()
    if len(groups.order) > 2:
        names = drawn["of"].map(lambda name: groups.labels.get(name, name))
        drawn = drawn.assign(group=names + ": " + drawn["group"])
    return drawn.drop(columns="of")


def scale_of_subgroups(rows: pd.DataFrame) -> dict:
    """What the axis of the forest shows: a difference around 0, or an odds ratio around 1 on a logarithmic scale."""
    odds = bool((rows["analysis"].eq(WITHIN) & rows["unit"].eq("ratio")).any())
    label = tr("Odds ratio against the reference") if odds else tr("Difference from the reference")
    return {"label": label, "null": 1 if odds else 0, "log": odds}


def _values(rows: pd.DataFrame, **keys: str) -> dict[str, float]:
    """The statistics of one result."""
    found = rows[(rows[list(keys)] == pd.Series(keys)).all(axis=1)]
    return dict(zip(found["statistic"], found["value"], strict=True))


def _heading(name: str, p_value: float) -> str:
    """The name of a subgroup with the test of its interaction."""
    if p_value != p_value:
        return tr("{name} (interaction not tested)", name=name)
    return tr("{name} (interaction {p})", name=name, p=numbers.p_text(p_value))


def _asked(study: "Study", endpoint: str, visit: str, visits: Collection[str]) -> tuple[Any, str]:
    """The endpoint and the visit; no visit where none of it has come."""
    entries = {entry.id: entry for entry in study.endpoints}
    if not entries:
        raise ValueError("the study has no endpoint, so there is no difference to look for in subgroups")
    check_choice("endpoint", endpoint, ("", *entries))
    entry = entries[endpoint] if endpoint else study.endpoints[0]
    check_choice(f"visit of {entry.id}", visit, ("", *entry.visits))
    seen = [one for one in ([visit] if visit else entry.visits) if one in visits]
    return entry, seen[-1] if seen else ""


def _levels(characteristics: pd.DataFrame, column: str) -> pd.Series:
    """The levels of a subgroup as text."""
    check_columns(characteristics, [column], "characteristics")
    values = characteristics[column]
    if pd.api.types.is_bool_dtype(values):
        return values.map({True: mark("yes"), False: mark("no")}).astype("string")
    if pd.api.types.is_numeric_dtype(values) or values.nunique() > MOST_LEVELS:
        raise ValueError(
            f"subgroups are categories or yes/no: {column!r} has {values.nunique()} different values; "
            "declare a category in the study file that says where it is cut"
        )
    return values.astype("string")


def _people(measures, members: dict, pair: tuple[str, str], entry, visit: str, study):
    """One row per subject of two groups with what is compared, the name of that column, and of what it is adjusted."""
    wide = {
        name: visits_wide(measures, entry.variable, members[name], [study.baseline_visit, visit])
        for name in pair
    }
    people = pd.concat([values.assign(group=name) for name, values in wide.items()])
    if entry.scale == "binary":
        return people.assign(good=people[visit])[["group", "good"]], "good", []
    change = people[visit] - people[study.baseline_visit]
    people = people.assign(change=change, baseline=people[study.baseline_visit])
    return people[["group", "change", "baseline"]], "change", ["baseline"]


def _subgroup(rows, response, covariates, entry, column, reference, study, keys) -> Iterator[pd.DataFrame]:
    """Rows of one subgroup: everybody, each level, the interaction."""
    binary = entry.scale == "binary"
    named = {"unit": "ratio" if binary else entry.unit or "", **keys}
    test = {"analysis": INTERACTION, "variable": f"{entry.id} {column}", **keys}
    try:
        found = groups.subgroup_effects(
            rows,
            response=response,
            group="group",
            reference=reference,
            subgroup="subgroup",
            covariates=covariates,
            family="binomial" if binary else "gaussian",
            confidence_level=study.statistics.confidence_level,
        )
    except (NotEstimable, ValueError) as reason:
        yield results.not_estimated(reason, TESTED, **test)
        return
    counted = {"n_missing": found.n_missing, "method": _method(entry, study)}
    for line in found.effects.iloc[1:].to_dict("records"):  # the first is everybody, who have a row elsewhere
        row = {name: line[name] for name in SHOWN}
        row |= {"n": line["n"] + line["n_reference"], "note": line["note"], **counted}
        named |= {"variable": f"{entry.id} {column} {line['subgroup']}", "analysis": WITHIN}
        yield results.rows_of(row, status=line["status"], **named)
    tested = {name: getattr(found, name) for name in TESTED}
    yield results.rows_of(
        {**tested, "n": found.n, "n_missing": found.n_missing, "method": found.method}, **test
    )


def _method(entry, study) -> str:
    if entry.scale == "binary":
        return tr("odds ratio within the subgroup, from a logistic model of groups by subgroup")
    return tr("change adjusted for baseline within the subgroup, from a linear model of groups by subgroup")


def _stratified(rows, strata: list[str], reference: str, study, keys: dict) -> Iterator[pd.DataFrame]:
    """One comparison within strata: the common difference with the test, and the common odds ratio."""
    named = {"analysis": STRATIFIED, "unit": "proportion", **keys}
    odds = {"analysis": STRATIFIED_ODDS, "unit": "ratio", **keys}
    try:
        found = groups.cochran_mantel_haenszel(
            rows,
            response="good",
            group="group",
            reference=reference,
            strata=strata,
            confidence_level=study.statistics.confidence_level,
        )
    except (NotEstimable, ValueError) as reason:
        yield results.not_estimated(reason, SHOWN, **named)
        yield results.not_estimated(reason, SHOWN[:3], **odds)
        return
    counted = {name: getattr(found, name) for name in ("n", "n_missing", "n_strata", "n_empty", "method")}
    yield results.rows_of({name: getattr(found, name) for name in SHOWN} | counted, **named)
    ratio = (found.odds_ratio, found.odds_ratio_low, found.odds_ratio_high)
    yield results.rows_of(dict(zip(SHOWN, ratio)) | counted, **odds)
