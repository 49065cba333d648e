"""The course over the visits: mean with interval of everybody who has a value at the visit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.summaries.shared import visits_wide

if TYPE_CHECKING:
    from analysis.study import Study
    from analysis.study.sections import Endpoint


def course_by_visit(
    measures: pd.DataFrame,
    members: dict,
    *,
    study: "Study",
    endpoints: "Sequence[Endpoint] | None" = None,
    visits: Sequence[Any] | None = None,
) -> pd.DataFrame:
    """Mean and t interval of each endpoint at each visit, by group.

    Parameters
    ----------
    measures : DataFrame
        Long measurements.
    members : dict of str to Index
        Subject ids per group.
    study : analysis.study.Study
        Its visits, endpoints and confidence level.
    endpoints, visits : sequence, optional
        What to show; everything by default.

    Returns
    -------
    DataFrame
        `variable`, `visit` (the week where the study file gives weeks for all visits, else the visit's label),
        `n`, `estimate`, `conf_low`, `conf_high` and, with several groups, `group` (its label). One value alone has
        no interval.
    """
    planned = [visit for visit in study.visits if visits is None or visit.id in visits]
    weeks = all(visit.week is not None for visit in planned)
    where = [visit.week if weeks else visit.label for visit in planned]
    frames = []
    for entry in endpoints or [entry for entry in study.endpoints if entry.scale != "binary"]:
        for group, ids in members.items():
            wide = visits_wide(measures, entry.variable, ids, [visit.id for visit in planned])
            course = _means(wide, study.statistics.confidence_level).assign(
                variable=entry.variable, visit=where
            )
            frames.append(
                course if study.groups is None else course.assign(group=study.groups.labels.get(group, group))
            )
    return pd.concat(frames, ignore_index=True)


def _means(wide: pd.DataFrame, confidence_level: float) -> pd.DataFrame:
    from scipy.special import stdtrit

    n, mean, sd = wide.notna().sum(), wide.mean(), wide.std(ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = stdtrit(np.maximum(n - 1, 1), (1 + confidence_level) / 2) * sd / np.sqrt(n)
    limits = {"n": n, "estimate": mean, "conf_low": mean - half, "conf_high": mean + half}
    return pd.DataFrame(limits).reset_index(drop=True)
