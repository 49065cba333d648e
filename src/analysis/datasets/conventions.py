"""Which convention the stop dates of a source follow: the last day taken, or the first day without."""

import pandas as pd

RULE = "T3"
ENOUGH = 5  # rows of one drug that follow each other, from which they tell a convention


def convention_findings(treatments: pd.DataFrame) -> pd.DataFrame:
    """Ask about sources whose rows of one drug follow each other as if the other convention held.

    Parameters
    ----------
    treatments : DataFrame
        Coded courses (`drug`), stop dates already the first day without.

    Returns
    -------
    DataFrame
        As `analysis.read.with_queries` takes them: one finding a source, on no subject in particular.
    """
    if not {"subject_id", "drug", "start_date", "stop_date", "source"} <= set(treatments):
        return pd.DataFrame()
    rows = treatments.dropna(subset=["drug", "start_date", "stop_date"])
    rows = rows.sort_values(["source", "subject_id", "drug", "start_date"])
    same = [rows[name].eq(rows[name].shift(-1)).fillna(False) for name in ("source", "subject_id", "drug")]
    gap = (pd.to_datetime(rows["start_date"]).shift(-1) - pd.to_datetime(rows["stop_date"])).dt.days
    gap = gap[same[0] & same[1] & same[2]]
    found = []
    for source, days in gap.groupby(rows["source"]):
        touching, apart, within = (int(days.eq(n).sum()) for n in (0, 1, -1))
        for other, what in ((apart, "the day after the stop"), (within, "on the day before the stop")):
            if other >= ENOUGH and other > touching:
                found.append(_finding(source, other, touching, what))
    return pd.DataFrame(found)


def _finding(source, other, touching, what):
    """One question about a whole source."""
    text = (
        f"rows of one drug begin {what} {other} times, on it {touching} times: the stop seems to be "
        f"{'the last day taken' if 'after' in what else 'the first day without'}; say so by stop_dates"
    )
    nobody = {"subject_id": pd.NA, "visit_id": pd.NA, "source": source, "source_row": float("nan")}
    place = {"table": "treatments", "variable": "stop_date", "rule_id": RULE}
    return nobody | place | {"raw": f"{other} of {other + touching}", "new": "", "message": text}
