"""Whether a difference between groups is the same in subgroups: a model with an interaction, laid out for a forest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.inputs import NotEstimable, check_choice, check_columns, check_finite, check_level, check_roles
from analysis.language import named, tr


@dataclass(frozen=True, slots=True)
class SubgroupEffects:
    """`effects` has one row per subgroup and one for everybody; the test is that of the interaction."""

    effects: pd.DataFrame
    statistic: float
    df: int
    df_denominator: float
    p_value: float
    n: int
    n_missing: int
    method: str


def subgroup_effects(
    subjects: pd.DataFrame,
    *,
    response: str,
    group: str,
    reference: str,
    subgroup: str,
    covariates: Sequence[str] = (),
    family: str,
    confidence_level: float,
) -> SubgroupEffects:
    """Difference between two groups within each level of a subgroup, and the test that it is the same in all.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject; incomplete rows are left out and counted.
    response : str
        A number (gaussian: difference of means) or yes/no (binomial: odds ratio).
    group, reference : str
        Column with two groups, and the one that the other is compared with.
    subgroup : str
        Column whose values are levels.
    covariates : sequence of str
        Further columns, with the same effect in all subgroups.
    family : {"gaussian", "binomial"}
    confidence_level : float
        Between 0 and 1.

    Returns
    -------
    SubgroupEffects
        `effects`: subgroup (level; "all" for everybody, from the model without interaction), estimate, conf_low,
        conf_high, p_value, n, n_reference, status, note. A level without both groups has a row and no estimate. The
        test of interaction is an F test (gaussian) or a likelihood ratio test (binomial); a p value within one level is
        no evidence that levels differ.

    References
    ----------
    Wang R, et al. N Engl J Med 2007;357:2189-94. doi:10.1056/NEJMsr077003.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> trial = pd.DataFrame({"arm": ["a", "b"] * 30, "sex": ["f"] * 40 + ["m"] * 20, "y": rng.normal(size=60)})
    >>> found = subgroup_effects(trial, response="y", group="arm", reference="a", subgroup="sex",
    ...                          family="gaussian", confidence_level=0.95)
    >>> found.effects["subgroup"].tolist(), found.df
    (['all', 'f', 'm'], 1)
    """
    check_level(confidence_level)
    check_choice("family", family, ("gaussian", "binomial"))
    used = list(dict.fromkeys([response, group, subgroup, *covariates]))
    check_roles(response=response, group=group, subgroup=subgroup, covariates=covariates)
    check_columns(subjects, used, "subjects")
    check_finite(subjects, used)
    rows = subjects[used].dropna()
    names = sorted(rows[group].unique(), key=str)
    if len(names) != 2 or reference not in names:
        raise ValueError(f"two groups are compared, {reference!r} being one of them: found {names}")
    model = _Model(rows, response, group, reference, subgroup, tuple(covariates), family)
    levels, usable = model.levels()
    if len(usable) < 2:
        raise NotEstimable(
            "fewer than two levels of {name} have subjects of both groups", name=named(subgroup)
        )
    effects = [model.overall(confidence_level), *model.within(levels, usable, confidence_level)]
    statistic, df, df_denominator, p_value = model.interaction(usable)
    test = tr("F test") if family == "gaussian" else tr("likelihood ratio test")
    return SubgroupEffects(
        effects=pd.DataFrame(effects),
        statistic=statistic,
        df=df,
        df_denominator=df_denominator,
        p_value=p_value,
        n=len(rows),
        n_missing=len(subjects) - len(rows),
        method=tr(
            "{part} model with group by {subgroup}; {test} of it",
            part="Linear" if family == "gaussian" else "Logistic",
            subgroup=subgroup,
            test=test,
        ),
    )


class _Model:
    """The complete rows and the designs that are fitted to them."""

    def __init__(self, rows, response, group, reference, subgroup, covariates, family):
        self.rows, self.family, self.subgroup = rows, family, subgroup
        self.treated = rows[group].ne(reference).to_numpy(float)
        self.level_of = rows[subgroup].astype(str).to_numpy()
        self.values = _response(rows[response], response, family)
        self.others = _covariates(rows, covariates)

    def levels(self):
        """All levels in order, and those with subjects of both groups."""
        levels = sorted(set(self.level_of))
        both = [one for one in levels if 0 < self.treated[self.level_of == one].mean() < 1]
        return levels, both

    def overall(self, confidence_level):
        """The difference in everybody, from the model without interaction."""
        everybody = np.ones(len(self.rows), bool)
        base = [np.ones(len(self.rows)), self.treated, *self.others]
        levels = [self.level_of == one for one in sorted(set(self.level_of))[1:]]
        design = np.column_stack([*base, *levels]).astype(float)
        return self._effect("all", design, everybody, 1, confidence_level)

    def within(self, levels, usable, confidence_level):
        """The difference in each level, from the model with interaction."""
        kept = np.isin(self.level_of, usable)
        design = self._design(usable, kept, interaction=True)
        lines = []
        for level in levels:
            if level not in usable:
                n = int((self.level_of == level).sum())
                lines.append(_nothing(level, n, tr("only one of the groups is in this level")))
                continue
            column = usable.index(level)
            lines.append(self._effect(level, design, kept, column, confidence_level))
        return lines

    def interaction(self, usable):
        """Test that the difference is the same in all levels."""
        from scipy.stats import chi2, f

        kept = np.isin(self.level_of, usable)
        df = len(usable) - 1
        whole = self._design(usable, kept, interaction=True)
        same = np.column_stack([whole[:, : len(usable)].sum(axis=1), whole[:, len(usable) :]])
        values = self.values[kept]
        if self.family == "gaussian":
            rest = len(values) - whole.shape[1]
            squares = [_squares(design, values) for design in (same, whole)]
            if rest <= 0 or squares[1] <= 0:
                raise NotEstimable("too few rows to test the interaction")
            statistic = (squares[0] - squares[1]) / df / (squares[1] / rest)
            return float(statistic), df, float(rest), float(f.sf(statistic, df, rest))
        from analysis.identified import separated_terms

        if separated_terms(whole, values):
            raise NotEstimable("the outcomes are separated in a subgroup: the interaction cannot be tested")
        likelihoods = [_logistic(design, values)[2] for design in (same, whole)]
        statistic = 2 * (likelihoods[1] - likelihoods[0])
        return float(statistic), df, float("inf"), float(chi2.sf(statistic, df))

    def _design(self, usable, kept, *, interaction):
        """A column of treatment and one of level per usable level, then the covariates."""
        member = [(self.level_of == one)[kept].astype(float) for one in usable]
        treated = [self.treated[kept] * one for one in member]
        return np.column_stack([*treated, *member, *[column[kept] for column in self.others]])

    def _effect(self, name, design, kept, position, confidence_level):
        """One row of the forest."""
        own = kept if name == "all" else self.level_of == name
        counts = {
            "n": int(self.treated[own].sum()),
            "n_reference": int(own.sum() - self.treated[own].sum()),
        }
        try:
            estimate, low, high, p_value = _estimate(
                design, self.values[kept], position, self.family, confidence_level
            )
        except NotEstimable as reason:
            return {**_nothing(name, 0, str(reason)), **counts}
        found = {"estimate": estimate, "conf_low": low, "conf_high": high, "p_value": p_value}
        return {"subgroup": name, **found, **counts, "status": "estimated", "note": ""}


def _nothing(name, n, reason):
    empty = dict.fromkeys(("estimate", "conf_low", "conf_high", "p_value"), float("nan"))
    return {
        "subgroup": name,
        **empty,
        "n": n,
        "n_reference": 0,
        "status": "not estimated",
        "note": reason,
    }


def _response(values, name, family):
    from analysis.inputs import numbers, yes_no

    return numbers(values, name) if family == "gaussian" else yes_no(values, name)


def _covariates(rows, covariates):
    """Columns of numbers, standardised (the effect of the group stays); text as indicators."""
    if not covariates:
        return []
    columns = pd.get_dummies(rows[list(covariates)], drop_first=True, dtype=float).astype(float)
    spread = columns.std(ddof=0)
    return [((columns[name] - columns[name].mean()) / (spread[name] or 1.0)).to_numpy() for name in columns]


def _squares(design, values):
    fitted = np.linalg.lstsq(design, values, rcond=None)[0]
    return float(((values - design @ fitted) ** 2).sum())


def _estimate(design, values, position, family, confidence_level):
    """Coefficient with limits and test; an odds ratio for yes/no."""
    from scipy.stats import norm, t

    from analysis.identified import check_independent, separated_terms

    check_independent(design, [str(j) for j in range(design.shape[1])])
    if family == "gaussian":
        df = len(values) - design.shape[1]
        if df <= 0:
            raise NotEstimable("too few rows for the terms of the model")
        inverse = np.linalg.inv(design.T @ design)
        beta = inverse @ design.T @ values
        se = float(np.sqrt(_squares(design, values) / df * inverse[position, position]))
        if se == 0:
            raise NotEstimable("the response does not vary within groups")
        half = float(t.ppf(0.5 + confidence_level / 2, df)) * se
        b = float(beta[position])
        return b, b - half, b + half, float(2 * t.sf(abs(b / se), df))
    if position in separated_terms(design, values):
        raise NotEstimable("nobody or everybody responded in one of the groups: no finite odds ratio")
    beta, covariance, _ = _logistic(design, values)
    b, se = float(beta[position]), float(np.sqrt(covariance[position, position]))
    half = float(norm.ppf(0.5 + confidence_level / 2)) * se
    return (*(float(np.exp(x)) for x in (b, b - half, b + half)), float(2 * norm.sf(abs(b / se))))


def _logistic(design, values):
    """Coefficients, their covariance and the log-likelihood; the intercept is among the columns."""
    beta = np.zeros(design.shape[1])
    for _ in range(60):
        p = 0.5 * (1 + np.tanh(0.5 * (design @ beta)))
        information = (design.T * (p * (1 - p))) @ design
        step = np.linalg.lstsq(information, design.T @ (values - p), rcond=None)[0]
        step = np.clip(step, -3, 3)
        beta = beta + step
        if np.abs(step).max() < 1e-11:
            break
        if np.abs(design @ beta).max() > 40:
            break
    log_odds = design @ beta
    likelihood = float(values @ log_odds - np.logaddexp(0, log_odds).sum())
    return beta, np.linalg.pinv(information), likelihood
