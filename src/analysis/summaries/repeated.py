"""Yes/no responses that are judged again at each visit: paired comparison of visits, and all visits in one model."""

import pandas as pd

from analysis import paired, results


def summarise_repeated(
    responses: pd.DataFrame, ids: pd.Index, *, study, chosen, visits, population: str
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
        per response ``repeated_q`` (Cochran's Q over the visits, subjects known at all of them). Where a response
        does not vary there is no model and no row of it.
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
    from analysis import categories, longitudinal

    known = wide.melt(ignore_index=False, var_name="visit", value_name="answer").dropna()
    if known["answer"].nunique() < 2:
        return []
    model = longitudinal.gee(
        known.reset_index(names="subject_id").assign(answer=lambda rows: rows["answer"].astype(float)),
        outcome="answer",
        covariates=["visit"],
        family="binomial",
        correlation="exchangeable",
        confidence_level=level,
        references={"visit": wide.columns[0]},
    )
    by_term = model.coefficients.set_index("term")
    rows = [
        results.rows_of(
            {**_odds(by_term, visit), "n": model.n, "n_subjects": model.n_subjects, "method": model.method},
            analysis="repeated_odds",
            visit=visit,
            **keys,
        )
        for visit in wide.columns[1:]
    ]
    test = categories.cochran_q(wide)
    return [*rows, results.rows_of(test, analysis="repeated_q", **keys)]


def _odds(by_term: pd.DataFrame, visit: str) -> dict:
    """Estimate, interval and p of one visit against the first."""
    (term,) = [name for name in by_term.index if name.endswith(visit)]
    return by_term.loc[term, ["estimate", "conf_low", "conf_high", "p_value"]].to_dict()


def summarise_transitions(
    states: pd.DataFrame, *, order, variable: str, visits: tuple[str, str], population: str
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
            **keys,
        )
        for before in order
        for after in order
    ]
    test = categories.stuart_maxwell(table)
    return results.stack([*cells, results.rows_of(test, analysis="transition_test", **keys)])
