"""From a long frame to a grid of subjects by visits and a design with named columns."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.inputs import (
    NotEstimable,
    check_columns,
    check_finite,
    check_once,
    check_roles,
    check_subjects,
    numbers,
    subject_keys,
)
from analysis.language import named


@dataclass(frozen=True, slots=True)
class Grid:
    """Responses (subjects, visits; NaN: not observed), design (subjects, visits, terms) and what it was built from."""

    responses: np.ndarray
    design: np.ndarray
    terms: tuple[str, ...]
    visits: tuple
    groups: tuple
    group_of: np.ndarray
    covariate_means: np.ndarray
    covariate_names: tuple[str, ...]
    by_visit: tuple[str, ...]
    common_baseline: bool
    n_missing_rows: int
    n_missing: int


def build(
    observations: pd.DataFrame,
    *,
    response: str,
    visits: Sequence[Hashable],
    subject: str | Sequence[str],
    visit: str,
    group: str | None,
    reference: str | None,
    covariates: Sequence[str],
    covariates_by_visit: Sequence[str],
    common_baseline: bool,
) -> Grid:
    """Check the frame and lay it out."""
    rows = _checked(
        observations, response, visits, subject, visit, group, [*covariates, *covariates_by_visit]
    )
    complete = rows.dropna(subset=[response, *covariates, *covariates_by_visit, *([group] if group else [])])
    keys = subject_keys(subject)
    codes = complete.groupby(keys, sort=False).ngroup().to_numpy()
    columns = pd.Index(visits).get_indexer(complete[visit])
    shape = (codes.max() + 1 if len(codes) else 0, len(visits))
    responses = np.full(shape, np.nan)
    responses[codes, columns] = complete[response].to_numpy(float)
    numbers, names = _numbers(complete, list(covariates) + list(covariates_by_visit))
    groups = _groups(complete, group, reference)
    group_of = np.zeros(shape[0], dtype=int)
    if group:
        group_of[codes] = pd.Index(groups).get_indexer(complete[group])
    by_visit = tuple(n for n in names if n.split("=")[0] in covariates_by_visit)
    values = np.zeros((*shape, len(names)))
    values[codes, columns] = numbers
    terms = _terms(visits, groups, names, by_visit, common_baseline)
    design = np.stack(
        [
            rows_for(v, group_of, values[:, v], visits, groups, names, by_visit, common_baseline)
            for v in range(len(visits))
        ],
        axis=1,
    )
    return Grid(
        responses=responses,
        design=design,
        terms=terms,
        visits=tuple(visits),
        groups=groups,
        group_of=group_of,
        covariate_means=numbers.mean(axis=0) if len(names) else np.zeros(0),
        covariate_names=names,
        by_visit=by_visit,
        common_baseline=common_baseline,
        n_missing_rows=shape[0] * shape[1] - len(complete),
        n_missing=int(rows.groupby(keys, sort=False).ngroups - shape[0]),
    )


def rows_for(
    position: int,
    group_of: np.ndarray,
    values: np.ndarray,
    visits: Sequence[Hashable],
    groups: Sequence[Hashable],
    names: Sequence[str],
    by_visit: Sequence[str],
    common_baseline: bool,
) -> np.ndarray:
    """Design rows at one visit for subjects with given groups and covariate values (subjects by terms)."""
    n = len(group_of)
    at_visit = np.tile(np.eye(len(visits))[position, 1:], (n, 1))
    blocks = [np.ones((n, 1)), at_visit]
    if len(groups) > 1:
        member = np.eye(len(groups))[group_of, 1:]
        main = [] if common_baseline else [member]
        blocks += [*main, *[member * at_visit[:, [v]] for v in range(len(visits) - 1)]]
    blocks.append(values)
    selected = [i for i, name in enumerate(names) if name in by_visit]
    blocks += [values[:, [i]] * at_visit for i in selected]
    return np.hstack(blocks)


def _terms(visits, groups, names, by_visit, common_baseline):
    """Names of the design columns, in the order of `rows_for`."""
    later = [f"visit={v}" for v in visits[1:]]
    others = [f"group={g}" for g in groups[1:]]
    crossed = [f"{g}:{v}" for v in later for g in others]
    main = [] if common_baseline else others
    return ("(intercept)", *later, *main, *crossed, *names, *[f"{n}:{v}" for n in by_visit for v in later])


def _checked(observations, response, visits, subject, visit, group, covariates):
    """Refuse rows without subject or visit, unknown visits, doubled rows, empty visits and subjects in two groups."""
    keys = subject_keys(subject)
    columns = list(dict.fromkeys([*keys, visit, response, *covariates, *([group] if group else [])]))
    check_roles(visit=visit, response=response, group=group, covariates=covariates)
    check_columns(observations, columns, "observations")
    check_subjects(observations, keys)
    _check_visits(observations, visits, visit, keys)
    numbers(observations[response], response)
    check_finite(observations, dict.fromkeys(covariates))
    empty = set(visits) - set(observations.loc[observations[response].notna(), visit])
    if empty:
        raise NotEstimable(
            "visits without any value of {name}: {visits}; leave them out of visits",
            name=named(response),
            visits=named(*sorted(empty, key=str)),
        )
    if group and observations[[*keys, group]].dropna().drop_duplicates().duplicated(keys).any():
        raise ValueError(f"some subjects have more than one {group!r}")
    return observations[columns]


def _check_visits(observations, visits, visit, keys):
    """Every row at one of the planned visits, once."""
    if not visits or len(set(visits)) < len(visits):
        raise ValueError(f"visits: expected different visits in their order, got {visits}")
    if nowhere := int(observations[visit].isna().sum()):
        raise ValueError(f"{nowhere} rows have no visit ({visit!r}): give it or leave them out first")
    unknown = sorted(set(observations[visit]) - set(visits), key=str)
    if unknown:
        raise ValueError(f"observations hold visits that are not planned: {unknown}; leave them out first")
    check_once(observations, keys, visit)


def _groups(complete, group, reference):
    """Groups in order, the reference first."""
    if not group:
        return ("all",)
    groups = sorted(complete[group].unique(), key=str)
    if reference is not None and reference not in groups:
        raise ValueError(f"reference group {reference!r} is not among {groups}")
    first = groups[0] if reference is None else reference
    return (first, *[g for g in groups if g != first])


def _numbers(complete, covariates):
    """Covariates as numbers: categories as indicators named column=level."""
    if not covariates:
        return np.zeros((len(complete), 0)), ()
    numbers = pd.get_dummies(complete[covariates], drop_first=True, dtype=float, prefix_sep="=")
    return numbers.to_numpy(float), tuple(numbers.columns)
