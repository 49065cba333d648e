"""Radiographic progression by the Sharp/van der Heijde score, with what the two readers can tell apart."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import numbers, proportions
from analysis.language import Texts, mark, tr
from analysis.summaries.shared import by_visit
from analysis.tables.cells import quartiles, share
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study

READERS = ("r1", "r2")


QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


PROGRESSION = Texts(
    {
        "progression": "Any progression (above 0)",
        "progression_above_half": "Progression above 0.5",
        "above_sdc": "Above the smallest detectable change",
        "rapid_annualised": "Rapid: 5 points a year or more",
        "rapid": "Rapid: that, or 5 points between yearly films",
    }
)


def totals(assessments: pd.DataFrame) -> pd.DataFrame:
    """Visits with `svdh_total` (mean of the readers) and each reader's own total."""
    parts = {
        f"svdh_{reader}": assessments[f"svdh_erosion_{reader}"].astype(float)
        + assessments[f"svdh_jsn_{reader}"].astype(float)
        for reader in READERS
    }
    both = pd.DataFrame(parts)
    return assessments[["subject_id", "visit_id", "visit_date", "xray_date"]].assign(
        **both, svdh_total=both.mean(axis=1, skipna=False)
    )


def smallest_detectable_change(first: pd.DataFrame, second: pd.DataFrame) -> float:
    """Change that is larger than what two readers disagree about (95 %), for the mean of both readers.

    Parameters
    ----------
    first, second : DataFrame
        Totals of each reader (columns) at both films, by participant.

    Returns
    -------
    float
        1.96 times the standard deviation of the difference between the readers' changes, divided by the square roots
        of 2 and of the number of readers; NaN with fewer than 3 participants.

    References
    ----------
    Bruynesteyn K, et al. Ann Rheum Dis 2005;64:179-82. doi:10.1136/ard.2003.019943.

    Examples
    --------
    >>> first = pd.DataFrame({"svdh_r1": [10.0, 20, 30], "svdh_r2": [10.0, 20, 30]})
    >>> second = pd.DataFrame({"svdh_r1": [12.0, 21, 30], "svdh_r2": [11.0, 23, 30]})
    >>> round(smallest_detectable_change(first, second), 4)
    1.497
    """
    change = (second - first).dropna()
    if len(change) < 3:
        return float("nan")
    apart = change["svdh_r1"] - change["svdh_r2"]
    return float(1.96 * apart.std(ddof=1) / (np.sqrt(2) * np.sqrt(len(READERS))))


def summarise_films(
    assessments: pd.DataFrame,
    due: pd.DataFrame,
    *,
    study: "Study",
    visits: list[str],
    window: tuple[float, float],
) -> pd.DataFrame:
    """Change of the total score from baseline and shares with progression, per visit with films.

    Parameters
    ----------
    assessments : DataFrame
        One row per participant and visit, both readers' scores, `xray_date`.
    due : DataFrame
        Booleans by participant and visit: who is due.
    study : analysis.study.Study
        Baseline visit, confidence level.
    visits : list of str
        Visits after baseline with films.
    window : tuple of float
        Days between films in which an increase of 5 points is rapid without annualising.

    Returns
    -------
    DataFrame
        Per visit: `n_pairs`, `n_missing` (of those due), `mean_baseline`, `mean`, `sd`, `estimate` with `conf_low`,
        `conf_high` (t interval of the mean change), quantiles of the change (`q05` ... `q95`),
        `per_year` (mean annual change), `sdc`, and for each kind of
        progression `<kind>`, `<kind>_share`, `<kind>_low`, `<kind>_high` (Wilson).
    """
    from analysis import paired, scoring

    films = totals(assessments)
    lines = []
    for visit in visits:
        pair = film_pair(films, due.index[due[visit]], study.baseline_visit, visit)
        sdc = smallest_detectable_change(*(pair[side] for side in ("readers_before", "readers_after")))
        known = pair["known"]
        found = scoring.sharp_progression(
            pair["before"][known],
            pair["after"][known],
            pair["days"][known],
            smallest_detectable_change=None if np.isnan(sdc) else sdc,
            rapid_window_days=(window[0], window[1]),
        )
        mean = paired.compare_means(
            pair["before"], pair["after"], confidence_level=study.statistics.confidence_level
        )
        lines.append({"variable": "svdh_total", "visit": visit, "sdc": sdc} | _line(mean, found, study))
    return pd.DataFrame(lines)


def film_pair(films: pd.DataFrame, ids: pd.Index, baseline: str, visit: str) -> dict:
    """Totals before and after, days between the films, and who has both, by participant."""
    wide = {
        name: by_visit(films, name, ids, [baseline, visit]) for name in ("svdh_total", "svdh_r1", "svdh_r2")
    }
    taken = films.assign(day=pd.to_datetime(films["xray_date"]).fillna(pd.to_datetime(films["visit_date"])))
    dates = by_visit(taken, "day", ids, [baseline, visit])
    days = (dates[visit] - dates[baseline]).dt.days.astype(float)
    total = wide["svdh_total"].astype(float)
    readers = {
        side: pd.DataFrame({name: wide[name][at].astype(float) for name in ("svdh_r1", "svdh_r2")})
        for side, at in (("readers_before", baseline), ("readers_after", visit))
    }
    known = total[baseline].notna() & total[visit].notna() & days.gt(0)
    return {"before": total[baseline], "after": total[visit], "days": days, "known": known, **readers}


def _line(mean, found: pd.DataFrame, study) -> dict:
    change = found["change"].to_numpy(dtype=float)
    quantiles = np.quantile(change, QUANTILES) if len(change) else np.full(len(QUANTILES), np.nan)
    shares = {}
    for kind in PROGRESSION:
        count, n = int(found[kind].fillna(False).sum()), int(found[kind].notna().sum())
        share = proportions.wilson(count, n, confidence_level=study.statistics.confidence_level)
        shares |= {kind: count, f"{kind}_share": share.estimate}
        shares |= {f"{kind}_low": share.conf_low, f"{kind}_high": share.conf_high}
    return {
        "n_pairs": mean.n_pairs,
        "n_missing": mean.n_missing,
        "mean_baseline": mean.mean_baseline,
        "mean": mean.mean_followup,
        "sd": mean.sd_change,
        "estimate": mean.estimate,
        "conf_low": mean.conf_low,
        "conf_high": mean.conf_high,
        "per_year": float(np.nanmean(found["change_per_year"])) if len(found) else np.nan,
        **{f"q{round(100 * q):02d}": float(v) for q, v in zip(QUANTILES, quantiles, strict=True)},
        **shares,
        "method": tr("{mean}; shares: {share}", mean=mean.method, share=share.method),
    }


def film_table(films: pd.DataFrame, *, study: "Study", notes: Sequence[str] = ()) -> Table:
    """Lay out `summarise_films`: a column per visit with films."""
    labels = {visit.id: visit.label for visit in study.visits}
    rows = films.to_dict("records")
    lines = [
        (
            mark("Pairs of films (missing)"),
            [f"{row['n_pairs']:.0f} ({row['n_missing']:.0f})" for row in rows],
        ),
        (mark("Score at baseline, mean"), [numbers.fixed(row["mean_baseline"], 1) for row in rows]),
        (
            mark("Change, mean ({CI})"),
            [
                numbers.estimate_interval(row["estimate"], row["conf_low"], row["conf_high"], 2)
                for row in rows
            ],
        ),
        (
            mark("Change, median [quartiles]"),
            [quartiles(row["q50"], row["q25"], row["q75"], 1) for row in rows],
        ),
        (
            mark("Change, 5th to 95th percentile"),
            [numbers.interval(row["q05"], row["q95"], 1) for row in rows],
        ),
        (mark("Change a year, mean"), [numbers.fixed(row["per_year"], 2) for row in rows]),
        (mark("Smallest detectable change"), [numbers.fixed(row["sdc"], 2) for row in rows]),
    ]
    for kind, label in PROGRESSION.items():
        cells = [
            f"{numbers.whole(row[kind])}; {share(row[f'{kind}_share'], row[f'{kind}_low'], row[f'{kind}_high'])}"
            for row in rows
        ]
        lines.append((tr("{label}, n; % ({CI})", label=label), cells))
    body = pd.DataFrame(
        [cells for _, cells in lines],
        index=[label for label, _ in lines],
        columns=[labels[visit] for visit in films["visit"]],
    )
    return Table(body.rename_axis(mark("Sharp/van der Heijde total (0-448)")), notes=notes)
