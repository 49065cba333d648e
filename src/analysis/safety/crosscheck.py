"""Adverse events that a laboratory result should show, beside the results of that time."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from analysis.language import Texts
from analysis.thresholds import settle


class Expected(NamedTuple):
    """What a term says of the laboratory: analytes, any of which should be beyond its limit of normal on one side."""

    analytes: tuple[str, ...]
    side: str  # low, high


TERMS: Mapping[str, Expected] = MappingProxyType(
    {
        "leukopenia": Expected(("WBC", "NEUT"), "low"),
        "neutropenia": Expected(("NEUT",), "low"),
        "lymphopenia": Expected(("LYM",), "low"),
        "anaemia": Expected(("HB",), "low"),
        "thrombocytopenia": Expected(("PLT",), "low"),
        "hepatic enzyme increased": Expected(("ALT", "AST", "GGT"), "high"),
    }
)
ANSWERS = Texts({"agrees": "agrees", "contradicts": "contradicts", "no_result": "no result then"})


def compare_with_laboratory(
    adverse_events: pd.DataFrame, labs: pd.DataFrame, *, days: float, terms: Mapping[str, Expected] = TERMS
) -> pd.DataFrame:
    """Set events of low cell counts and raised liver enzymes beside the laboratory results of the same time.

    Parameters
    ----------
    adverse_events : DataFrame
        `subject_id`, `pt`, `ctcae_grade_max`, `onset_date`, `stop_date` (missing: going on).
    labs : DataFrame
        `subject_id`, `analyte`, `sample_date`, `value_std`, `lln`, `uln`.
    days : float
        A result counts from so many days before the onset to so many after the stop [P].
    terms : mapping of str to Expected
        Terms, in lower case, with what they say of the laboratory [P].

    Returns
    -------
    DataFrame
        One row per event of these terms: `subject_id`, `pt`, `ctcae_grade_max`, `onset_date`, `stop_date`,
        `n_results` (of that time, with the limit needed), `n_abnormal`, and `answer`: ``agrees`` where any result is
        beyond its limit, ``contradicts`` where there are results and none is, ``no_result``. A contradiction is a
        question to the site and decides nothing: the sample of the event itself may not be in the export.

    Examples
    --------
    >>> events = pd.DataFrame({"subject_id": ["1"], "pt": ["Leukopenia"], "ctcae_grade_max": [3],
    ...     "onset_date": [pd.Timestamp("2024-05-10")], "stop_date": [pd.NaT]})
    >>> labs = pd.DataFrame({"subject_id": ["1"], "analyte": ["WBC"], "value_std": [8.8], "lln": [3.5], "uln": [9.5],
    ...     "sample_date": [pd.Timestamp("2024-07-25")]})
    >>> compare_with_laboratory(events, labs, days=14)["answer"].tolist()
    ['contradicts']
    """
    words = adverse_events["pt"].astype("string").str.lower()
    chosen = adverse_events[words.isin(list(terms)).fillna(False).astype(bool)]
    known = ["subject_id", "pt", "ctcae_grade_max", "onset_date", "stop_date"]
    found = [_beyond(event, labs, terms[event.pt.lower()], days) for event in chosen[known].itertuples()]
    counts = pd.DataFrame(
        {"n_results": [len(beyond) for beyond in found], "n_abnormal": [int(b.sum()) for b in found]},
        index=chosen.index,
        dtype=int,
    )
    answer = pd.Series("agrees", index=chosen.index, dtype="string")
    answer = answer.mask(counts["n_abnormal"].eq(0), "contradicts").mask(
        counts["n_results"].eq(0), "no_result"
    )
    return chosen[known].assign(**{name: counts[name] for name in counts}, answer=answer)


def _beyond(event, labs: pd.DataFrame, expected: Expected, days: float) -> pd.Series:
    """Whether each result of the event's time is beyond its limit; results without value or limit take no part."""
    reach = pd.Timedelta(days=days)
    until = pd.Timestamp.max if pd.isna(event.stop_date) else event.stop_date + reach
    rows = labs[labs["subject_id"].eq(event.subject_id) & labs["analyte"].isin(expected.analytes)]
    rows = rows[rows["sample_date"].between(event.onset_date - reach, until)]
    value, limit = (
        rows[name].astype(float) for name in ("value_std", {"low": "lln", "high": "uln"}[expected.side])
    )
    beyond = settle(value) < settle(limit) if expected.side == "low" else settle(value) > settle(limit)
    return pd.Series(beyond, index=rows.index)[value.notna() & limit.notna()].astype(bool)
