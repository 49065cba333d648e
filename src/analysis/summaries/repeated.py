"""Yes/no responses that are judged again at each visit: paired comparison of visits, and all visits in one model."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import paired, results
from analysis.inputs import NotEstimable
from analysis.language import tr

if TYPE_CHECKING:
    from analysis.study import Study

ODDS = ("estimate", "conf_low", "conf_high", "p_value")


def summarise_repeated(
    responses: pd.DataFrame,
    ids: pd.Index,
    *,
    study: "Study",
    chosen: Sequence[Any],
    visits: Collection[str],
    population: str,
) -> pd.DataFrame:
    """Compare each visit with the first one at which a response is judged.

    Parameters
    ----------
    responses : DataFrame
        Long responses: `subject_id`, `visit_id`, `endpoint`, `value` (boolean, missing as NA).
    ids : Index
        Subjects of the analysis set.
    study : analysis.study.Study
        Its confidence level.
    chosen : sequence of Response
        Responses to compare.
    visits : collection of str
        Visits the report may see.
    population : str
        Name of the analysis set, for the results.

    Returns
    -------
    DataFrame
        Rows of the results table per response and later visit: ``repeated_difference`` (difference of the shares in
        subjects known at both visits, Tango interval, McNemar's exact test), ``repeated_odds`` (odds ratio against
        the first visit by generalised estimating equations, exchangeable, robust errors, every known answer) and
        per response ``repeated_q`` (Cochran's Q over the visits, subjects known at all of them). A visit at which
        everybody or nobody has the response has no finite odds ratio: it is left out of the model, which the others
        keep, and its row says why.
    """
    frames = []
    for entry in chosen:
        seen = [visit for visit in entry.visits if visit in visits]
        if len(seen) < 2:
            continue
        wide = _answers(responses, entry.id, ids, seen)
        keys = {"variable": entry.id, "population": population}
        level = study.statistics.confidence_level
        for visit in seen[1:]:
            change = paired.compare_proportions(wide[seen[0]], wide[visit], confidence_level=level)
            frames.append(
                results.rows_of(
                    change, analysis="repeated_difference", visit=visit, unit="proportion", **keys
                )
            )
        frames += _over_visits(wide, level, keys)
    return results.stack(frames)


def _answers(responses: pd.DataFrame, endpoint: str, ids: pd.Index, visits: list[str]) -> pd.DataFrame:
    """Subjects by visits, boolean with NA."""
    rows = responses[responses["endpoint"].eq(endpoint)]
    wide = rows.pivot(index="subject_id", columns="visit_id", values="value")
    return wide.reindex(index=ids, columns=visits).astype("boolean")


def _over_visits(wide: pd.DataFrame, level: float, keys: dict) -> list[pd.DataFrame]:
    """The model of all answers and the test over complete ones."""
    from analysis import categories

    test = categories.cochran_q(wide)
    return [*_odds_rows(wide, level, keys), results.rows_of(test, analysis="repeated_q", **keys)]


def _odds_rows(wide: pd.DataFrame, level: float, keys: dict) -> list[pd.DataFrame]:
    """Odds ratio of each later visit against the first; a visit without variation, or without a model, says why."""
    from analysis import longitudinal

    first, *later = wide.columns
    constant = [visit for visit in wide if wide[visit].dropna().nunique() < 2]
    kept = [visit for visit in wide if visit not in constant]
    reasons = {visit: _all_alike(wide[visit]) for visit in constant}
    known = wide[kept].melt(ignore_index=False, var_name="visit", value_name="answer").dropna()
    try:
        if first in constant or len(kept) < 2:
            raise NotEstimable(
                "no reference: {reason}", reason=reasons.get(first) or tr("no other visit varies")
            )
        model = longitudinal.gee(
            known.reset_index(names="subject_id").assign(answer=lambda rows: rows["answer"].astype(float)),
            outcome="answer",
            covariates=["visit"],
            family="binomial",
            correlation="exchangeable",
            confidence_level=level,
            references={"visit": first},
        )
    except NotEstimable as reason:
        reasons = {visit: reasons.get(visit) or str(reason) for visit in later}
    rows = []
    for visit in later:
        named = {"analysis": "repeated_odds", "visit": visit, **keys}
        if visit in reasons:
            rows.append(results.not_estimated(reasons[visit], ODDS, **named))
            continue
        by_term = model.coefficients.set_index("term")
        counts = {"n": model.n, "n_subjects": model.n_subjects, "method": model.method}
        rows.append(
            results.rows_of({**_odds(by_term, visit), **counts}, kind={"n": "events"}, **named)
        )  # visits
    return rows


def _all_alike(answers: pd.Series) -> str:
    """Why a visit has no finite odds."""
    known = answers.dropna()
    if not len(known):
        return tr("nobody was judged at this visit: no odds ratio")
    if known.all():
        return tr("everybody has the response at this visit: no finite odds ratio")
    return tr("nobody has the response at this visit: no finite odds ratio")


def _odds(by_term: pd.DataFrame, visit: str) -> dict:
    """Estimate, interval and p of one visit against the first."""
    return by_term.loc[f"visit={visit}", list(ODDS)].to_dict()


def summarise_transitions(
    states: pd.DataFrame, *, order: Sequence[str], variable: str, visits: tuple[str, str], population: str
) -> pd.DataFrame:
    """From which state to which between two visits, with the Stuart-Maxwell test of equal frequencies.

    Parameters
    ----------
    states : DataFrame
        Subjects by visits: the state, missing as NA.
    order : sequence of str
        All states, the best first.
    variable : str
        The instrument, for the results.
    visits : (str, str)
        The two visits.
    population : str
        Name of the analysis set.

    Returns
    -------
    DataFrame
        Rows ``transition`` (one per pair of states, `group` "from to") and ``transition_test``.
    """
    from analysis import categories

    first, second = visits
    table = categories.transitions(states[[first, second]], categories=order)
    keys = {"variable": variable, "population": population, "visit": second}
    cells = [
        results.rows_of(
            {"count": int(table.loc[before, after])},
            analysis="transition",
            group=f"{before} to {after}",
            unit="count",
            patients=int(table.to_numpy().sum()),
            **keys,
        )
        for before in order
        for after in order
    ]
    test = categories.stuart_maxwell(table)
    return results.stack([*cells, results.rows_of(test, analysis="transition_test", **keys)])
