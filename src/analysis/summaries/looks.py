"""What an interim look costs: information so far, alpha spent, and the boundary at this look. No data are compared."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import results
from analysis.kinds import SETTING
from analysis.language import mark
from analysis.summaries.hierarchy import list_hypotheses
from analysis.summaries.shared import group_members, visits_wide

if TYPE_CHECKING:
    from analysis.study import Study
    from analysis.study.hypotheses import Looks

NONE = mark("No formal interim test is planned; alpha is not spent.")


def _spending(study: "Study") -> "Looks | None":
    """The interim looks of a study file that spend alpha; None where no interim test is planned."""
    looks = study.statistics.looks
    return looks if looks and looks.spending != "none" else None


def boundaries(study: "Study", shares: Sequence[float]) -> Any:
    """The boundaries of the looks held before and of those at these shares of the final information.

    Parameters
    ----------
    study : analysis.study.Study
        Its spending function, earlier looks and alpha.
    shares : sequence of float
        Rising, above that of the last earlier look; 1 is the final analysis.

    Returns
    -------
    analysis.design.Boundaries

    Raises
    ------
    ValueError
        When the study spends nothing, or the information has not grown since the last look.
    """
    from analysis import design

    looks = _spending(study)
    if looks is None:
        raise ValueError(f"study {study.id} plans no interim test")
    spend = {"obrien_fleming": design.lan_demets_obrien_fleming, "pocock": design.lan_demets_pocock}
    alpha = study.needed_hierarchy().alpha
    return spend[looks.spending]([*looks.earlier, *shares], alpha=alpha, sided=2)


def final_level(study: "Study") -> float:
    """Two-sided level at which the final analysis tests: alpha, or what interim looks have left of it."""
    looks = _spending(study)
    if looks and looks.earlier:
        return boundaries(study, [1.0]).nominal_p[-1]
    return study.needed_hierarchy().alpha


def count_information(
    tables: Mapping[str, pd.DataFrame], looks: "Looks", *, study: "Study", population: str
) -> tuple[int, int]:
    """What the study file counts as information: so far, and at the end.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The datasets of a report.
    looks : analysis.study.hypotheses.Looks
        Says what is counted: ``enrolled`` (subjects of the analysis set), or ``pairs`` (those with values at baseline
        and at the visit of the first tested hypothesis).
    study : analysis.study.Study
        Its hierarchy, endpoints, groups and planned size.
    population : str
        Name of the analysis set.
    """
    members = group_members(tables["subjects"], tables["populations"], study=study, population=population)
    ids = pd.Index([id_ for group in members.values() for id_ in group])
    planned = looks.planned or study.planned_n or len(ids)  # where nobody planned a number, all there are
    if looks.information == "enrolled":
        return len(ids), planned
    first = list_hypotheses(study).dropna(subset="family").iloc[0]
    variable = {entry.id: entry.variable for entry in study.endpoints}[first["endpoint"]]
    wide = visits_wide(tables["measures"], variable, ids, [study.baseline_visit, first["visit"]])
    return int(wide.notna().all(axis=1).sum()), planned


def look_rows(tables: Mapping[str, pd.DataFrame], *, study: "Study", population: str) -> pd.DataFrame:
    """The boundary at this look as rows of the results table, analysis ``look``.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The datasets of a report.
    study : analysis.study.Study
        Its looks and hierarchy.
    population : str
        Name of the analysis set.

    Returns
    -------
    DataFrame
        Variables ``earlier_1``, ... (looks held before), ``this`` (absent when there is no new information, or all of
        it) and ``final`` (were this look the last before it), each with `information`, `spent` (cumulative), `level`
        (nominal, two-sided) and `z`; ``information`` counts what it rests on. Where no interim test is planned,
        ``this`` has spent 0, and ``final`` has all of alpha if there is a hierarchy.
    """
    looks = _spending(study)
    if looks is None:
        return _unspent(study)
    count, planned = count_information(tables, looks, study=study, population=population)
    before = looks.earlier
    new = [count / planned] if (before or [0.0])[-1] < count / planned < 1 else []
    now = boundaries(study, [*new, 1.0])
    names = [*(f"earlier_{n + 1}" for n in range(len(before))), *(["this"] if new else []), "final"]
    columns = zip(now.information, now.spent, now.nominal_p, now.z, strict=True)
    keys = ("information", "spent", "level", "z")
    frames = [
        _row(name, dict(zip(keys, values, strict=True)), now.method, note, patients=count)
        for name, values, note in zip(names, columns, now.notes, strict=True)
    ]
    counted = {"count": count, "planned": planned}
    information = results.rows_of(
        counted, analysis="look", variable="information", unit="count", patients=count
    )
    return results.stack([*frames, information])


def _unspent(study) -> pd.DataFrame:
    """Nothing is spent before the final analysis."""
    from scipy.special import ndtri

    plan = study.statistics.multiplicity
    frames = [_row("this", {"spent": 0.0}, NONE, kind=SETTING)]
    if plan:
        z = float(-ndtri(plan.alpha / 2))
        final = {"information": 1.0, "spent": plan.alpha, "level": plan.alpha, "z": z}
        frames.append(_row("final", final, NONE, kind=SETTING))
    return results.stack(frames)


def _row(
    name: str, values: dict, method: str, note: str = "", *, kind: str = "", patients: int | None = None
) -> pd.DataFrame:
    """One look; what is spent of alpha and no information of patients is a setting."""
    told = {**values, "method": method}
    return results.rows_of(told, analysis="look", variable=name, note=note, kind=kind, patients=patients)
