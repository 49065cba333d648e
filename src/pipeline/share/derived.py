"""What is told of one number: a count is rounded, everything else is made from released counts or is not told.

Proportions, rates and their intervals are computed again from the rounded counts; what cannot be made from released
numbers is not released. Means and estimates need enough people behind them, quantiles enough on each side; extremes
are single people and are never told. A number without a kind is not told.
"""

import math
from collections.abc import Mapping

from analysis.kinds import (
    ESTIMATE,
    EVENTS,
    EXTREME,
    LIMIT,
    MEAN,
    PERSONS,
    PROPORTION,
    QUANTILE,
    RATE,
    SETTING,
    SUM,
)
from pipeline.share.cells import WHOLE
from pipeline.share.profiles import Profile

SMALL = "small count"
COUNTS = (PERSONS, EVENTS)
COUNT_NAMES = ("count", "k", "events", "n_responders", "progression")


def told_of(
    row: Mapping, by_id: Mapping, why: Mapping, profile: Profile, level: float
) -> tuple[float | None, str]:
    """The value that is told of a result, or None and why it is not.

    Parameters
    ----------
    row : dict
        A result.
    by_id : mapping of str to dict
        All results of the report.
    why : mapping of str to str
        Reasons by id of the counts that are suppressed.
    profile : Profile
    level : float
        Confidence level of the intervals that are computed again.
    """
    kind, value = row.get("kind"), row["value"]
    if value is None:
        return None, ""
    if row["result_id"] in why:
        return None, why[row["result_id"]]
    if kind == SETTING:
        return value, ""
    if kind in COUNTS:
        return (0 if value == 0 else profile.rounded(value)), ""
    if kind == EXTREME:
        return None, "value of one person"
    prefix = row["result_id"].rpartition(".")[0]
    people = row.get("patients")
    if people is None:
        return None, "people behind it unknown"
    if people < profile.smallest or (row.get("n") is not None and row["n"] < profile.smallest):
        return None, "few people"
    if kind == QUANTILE:
        enough = 2 if row["statistic"].startswith("median") or row["statistic"] in ("q50", "median") else 4
        return (value, "") if people >= enough * profile.smallest else (None, "few people on one side")
    if kind in (PROPORTION, LIMIT) and row["unit"] == "proportion":
        return _share(row, prefix, by_id, why, profile, level)
    if kind == PROPORTION or (kind == LIMIT and _is_share_limit(row, by_id)):
        return None, "not made from released counts"
    if kind == RATE or (kind == LIMIT and "person-years" in row["unit"]) or _has_time(prefix, by_id, kind):
        return _rate(row, prefix, by_id, why, profile, level)
    if kind == SUM:
        return float(f"{value:.2g}"), ""
    if kind == MEAN and _is_binary(prefix, by_id):
        return None, "mean of yes and no"
    if kind in (MEAN, ESTIMATE, LIMIT):
        if row["unit"] == "proportion" or _counts_decide(row):
            return None, "made from exact counts"
        return float(f"{value:.3g}") if kind == ESTIMATE else value, ""
    return None, "kind unknown"


def _is_share_limit(row: Mapping, by_id: Mapping) -> bool:
    """Limits named after a count, as ``rapid_low`` is after ``rapid``."""
    stem = row["statistic"].rpartition("_")[0]
    return f"{row['result_id'].rpartition('.')[0]}.{stem}_share" in by_id


def _is_binary(prefix: str, by_id: Mapping) -> bool:
    """Whether mean and spread are those of a variable that is 0 or 1."""
    mean, spread = (by_id.get(f"{prefix}.{name}") for name in ("mean", "sd"))
    if mean is None or spread is None or mean["value"] is None or spread["value"] is None:
        return False
    p, n = mean["value"], mean.get("n") or 0
    return (
        0 <= p <= 1
        and n > 1
        and math.isclose(spread["value"] ** 2, p * (1 - p) * n / (n - 1), rel_tol=1e-6, abs_tol=1e-9)
    )


EXACT = (
    "McNemar",
    "Fisher",
    "binomial",
    "sign test",
    "signed-rank",
    "Clopper",
    "Bowker",
    "Cochran",
    "Stuart",
    "chi-squared",
    *("二项", "符号检验", "符号秩", "卡方"),
)


def _counts_decide(row: Mapping) -> bool:
    """Whether a test statistic or p value can be turned back into the counts it was made from."""
    return row["statistic"] in ("p_value", "statistic", "achieved_level", "z", "p_adjusted") and any(
        word.casefold() in (row.get("method") or "").casefold() for word in EXACT
    )


def _count_behind(row: Mapping, prefix: str, by_id: Mapping) -> tuple[Mapping | None, float | None]:
    """The count that a proportion tells, as a result of its own where there is one, and its value."""
    statistic = row["statistic"]
    stems = [statistic.removesuffix("_share")] if statistic.endswith("_share") else []
    for name in (*stems, *COUNT_NAMES):
        if (sibling := by_id.get(f"{prefix}.{name}")) and sibling["kind"] == PERSONS:
            return sibling, sibling["value"]
    estimate = by_id.get(f"{prefix}.estimate") or by_id.get(f"{prefix}.proportion") or row
    of = row.get("denominator")
    if estimate["value"] is None or of is None:
        return None, None
    return None, estimate["value"] * of


def _share(
    row: Mapping, prefix: str, by_id: Mapping, why: Mapping, profile: Profile, level: float
) -> tuple[float | None, str]:
    """A proportion or its limit, computed again from the rounded counts."""
    sibling, count = _count_behind(row, prefix, by_id)
    of = row.get("denominator")
    if count is None or of is None or of < profile.smallest:
        return None, "few people"
    if sibling is not None and sibling["result_id"] in why:
        return None, why[sibling["result_id"]]
    if any(f"{prefix}.{name}" in why for name in WHOLE):
        return None, "of too few"
    if profile.is_small(count) or profile.is_small(of - count) or min(count, of - count) < -1e-9:
        return None, SMALL
    exact = abs(count - round(count)) < 1e-6
    k, n = profile.rounded(round(count)), profile.rounded(of)
    if row["statistic"] in ("estimate", "proportion") or row["statistic"].endswith("_share"):
        if sibling is not None and not math.isclose(row["value"] * of, count, abs_tol=1e-6):
            return None, "not made from released counts"
        return min(k / n, 1.0), ""
    if row["kind"] == LIMIT and exact and 0 <= k <= n:
        own = by_id.get(f"{prefix}.confidence_level")
        return _limit(row, min(k, n), n, own["value"] if own and own["value"] else level)
    return None, "not made from released counts"


def _limit(row: Mapping, k: int, n: int, level: float) -> tuple[float | None, str]:
    """A limit of the interval that the method's name says, from rounded counts."""
    from analysis import proportions

    method = (row.get("method") or "").casefold()
    if row["statistic"].startswith("exact") or "clopper" in method:
        found = proportions.clopper_pearson(k, n, confidence_level=level)
    elif "wilson" in method:
        found = proportions.wilson(k, n, confidence_level=level)
    else:
        return None, "not made from released counts"
    return (found.conf_low if row["statistic"].endswith("low") else found.conf_high), ""


def _has_time(prefix: str, by_id: Mapping, kind: str | None) -> bool:
    return kind in (ESTIMATE, LIMIT) and f"{prefix}.person_years" in by_id


def _rate(
    row: Mapping, prefix: str, by_id: Mapping, why: Mapping, profile: Profile, level: float
) -> tuple[float | None, str]:
    """A rate or its limit, computed again from rounded events and rounded time."""
    from analysis import rates

    rate, years = by_id.get(f"{prefix}.estimate"), by_id.get(f"{prefix}.person_years")
    if rate is None or years is None or not years["value"] or rate["value"] is None:
        return None, "not made from released counts"
    per = next((float(word) for word in row["unit"].split() if word.replace(".", "").isdigit()), 100.0)
    events = round(rate["value"] * years["value"] / per)
    told = by_id.get(f"{prefix}.events")
    if profile.is_small(events) or (told is not None and told["result_id"] in why):
        return None, SMALL
    time, k = float(f"{years['value']:.2g}"), profile.rounded(events)
    found = rates.poisson_exact(k, time, confidence_level=level)
    scale = per / getattr(found, "per", 1.0)
    name = {"estimate": "estimate", "conf_low": "conf_low", "conf_high": "conf_high"}.get(row["statistic"])
    return (getattr(found, name) * scale, "") if name else (None, "not made from released counts")
