"""Missing values by visit, and who was lost to follow-up by the drugs taken at entry."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis import proportions
from analysis.inputs import NotEstimable
from analysis.language import Texts, mark
from analysis.membership import among
from analysis.summaries.shared import by_visit
from studies.arthritis.courses import exposure_days

LOST = ("lost", "withdrew")


def missing_by_visit(
    wide: pd.DataFrame, due: pd.DataFrame, *, entries: Sequence[Mapping[str, Any]], visits: list[str]
) -> pd.DataFrame:
    """Values missing of those due at each visit.

    Parameters
    ----------
    wide : DataFrame
        One row per participant and visit, scores as columns.
    due : DataFrame
        Booleans by participant and visit: who is due.
    entries : sequence of mapping
        `variable` and `label`.
    visits : list of str
        Planned visits.

    Returns
    -------
    DataFrame
        `variable` (label), `name`, `visit`, `n_missing`, `n_expected`, `share` (NaN where nobody was due).
    """
    lines = []
    for entry in entries:
        values = by_visit(wide, entry["variable"], due.index, visits)
        for visit in visits:
            of_due = values.loc[due[visit], visit]
            n_missing, n_expected = int(of_due.isna().sum()), len(of_due)
            share = n_missing / n_expected if n_expected else float("nan")
            line = {"variable": entry["label"], "name": entry["variable"], "visit": visit}
            lines.append(line | {"n_missing": n_missing, "n_expected": n_expected, "share": share})
    return pd.DataFrame(lines)


def exposure_at_entry(treatments: pd.DataFrame, entry: pd.Series, *, within_days: int) -> pd.Series:
    """Which biological or targeted synthetic class each participant took so soon after entry, in words.

    Drugs begun in that time count: in a cohort of treatment failures the next drug starts at entry. [P]
    """
    chosen = treatments[treatments["class"].isin(["bDMARD", "tsDMARD"])]
    chosen = chosen[among(chosen["subject_id"], entry.index)]
    first = chosen["subject_id"].map(exposure_days(entry)).astype("float64")
    start = exposure_days(pd.to_datetime(chosen["start_date"])).to_numpy()
    stop = pd.to_datetime(chosen["stop_date"])
    ended = exposure_days(stop.fillna(pd.Timestamp.max.normalize())).to_numpy()
    on = (start <= first + within_days) & (ended >= first)
    taken = chosen[on.fillna(False)].groupby("subject_id")["class"].agg(lambda found: sorted(set(found))[-1])
    return taken.reindex(entry.index).fillna(mark("no b/tsDMARD")).rename("exposure")


def lost_by_exposure(
    subjects: pd.DataFrame, exposure: pd.Series, *, confidence_level: float, reasons: Sequence[str] = LOST
) -> Any:
    """Loss to follow-up by the drug taken at entry, with Fisher's or the chi-squared test.

    Parameters
    ----------
    subjects : DataFrame
        `discontinuation_reason` by subject.
    exposure : Series
        From `exposure_at_entry`.
    confidence_level : float
        Of Wilson's intervals.
    reasons : sequence of str
        Reasons that are a loss: lost to follow-up, consent withdrawn.

    Returns
    -------
    analysis.weighting.LossByExposure
    """
    from analysis import weighting

    reason = subjects.set_index("subject_id")["discontinuation_reason"].reindex(exposure.index)
    frame = pd.DataFrame({"lost": reason.isin(reasons).astype(bool), "exposure": exposure.astype("object")})
    try:
        return weighting.loss_by_exposure(
            frame,
            lost="lost",
            exposure="exposure",
            interval=proportions.wilson,
            confidence_level=confidence_level,
        )
    except NotEstimable:  # nobody has entered yet
        nobody = pd.DataFrame(columns=["exposure", "n", "lost", "estimate", "conf_low", "conf_high"])
        return weighting.LossByExposure(
            nobody, float("nan"), 0, float("nan"), len(frame), mark("No test: nobody yet")
        )


LEFT = Texts(
    {
        "lost": "Lost to follow-up",
        "withdrew": "Consent withdrawn",
        "inefficacy": "Inefficacy",
        "adverse_event": "Adverse event",
        "death": "Death",
    }
)


def left_by_exposure(subjects: pd.DataFrame, exposure: pd.Series) -> pd.DataFrame:
    """Who left before the end, for each reason, by the drug taken at entry.

    Returns
    -------
    DataFrame
        `exposure`, `n`, and a count per reason of `LEFT`; `left`: all of these, `left_share` of `n`.

    Examples
    --------
    >>> subjects = pd.DataFrame({"subject_id": ["1", "2"], "discontinuation_reason": ["inefficacy", "completed"]})
    >>> left_by_exposure(subjects, pd.Series(["bDMARD", "bDMARD"], index=["1", "2"]))[["n", "inefficacy", "left"]]
       n  inefficacy  left
    0  2           1     1
    """
    reason = subjects.set_index("subject_id")["discontinuation_reason"].reindex(exposure.index)
    lines = []
    for name in sorted(exposure.unique()):
        of_class = reason[exposure.eq(name)]
        counts = {key: int(of_class.eq(key).fillna(False).sum()) for key in LEFT}
        line = {"exposure": name, "n": len(of_class), **counts, "left": sum(counts.values())}
        lines.append(line | {"left_share": line["left"] / len(of_class)})
    return pd.DataFrame(lines, columns=["exposure", "n", *LEFT, "left", "left_share"])


STATUS = Texts(
    {
        "completed": "Completed",
        "sponsor": "The study ended before the last planned visit",
    }
)


def left_by_reason(subjects: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """Status at the end of follow-up, as recorded: `variable`, `visit` (status), `count`, `n`, `proportion`."""
    reason = subjects.set_index("subject_id")["discontinuation_reason"].reindex(ids)
    counts = reason.fillna(mark("still followed")).astype("string").value_counts()
    return pd.DataFrame(
        {
            "variable": "left",
            "visit": counts.index.astype(str),
            "count": counts.to_numpy(dtype=int),
            "n": len(ids),
            "proportion": counts.to_numpy(dtype=float) / len(ids),
        }
    )
