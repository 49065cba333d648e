"""The IMACS definition of improvement, and how it agrees with the score."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers, results
from analysis.cohort import Cohort
from analysis.language import mark
from analysis.tables.grid import grid
from analysis.tables.rows import pick
from analysis.tables.table import Table
from studies.myositis.response import TIS_LEVELS, improvement_at, reached

if TYPE_CHECKING:
    from analysis.study import Study


def imacs_response(group: Cohort, visit: str) -> pd.Series:
    """IMACS definition of improvement of everybody due."""
    return improvement_at(group, visit)["imacs"].astype("boolean")


def agreement_rows(group: Cohort, *, visits: Sequence[str]) -> pd.DataFrame:
    """How the score and the IMACS definition agree: rows of the analysis ``tis_imacs``, one variable per level.

    Counts: `both`, `score_only`, `imacs_only`, `neither`, `undecided` (one of the two is not known).
    """
    frames = []
    for visit in (visit for visit in visits if len(group.due_at(visit))):
        imacs, scores = imacs_response(group, visit), improvement_at(group, visit)["tis"]
        for name in ("tis_minimal", "tis_moderate"):
            counts = cross(reached(scores, TIS_LEVELS[name]), imacs)
            keys = {"variable": name, "visit": visit, "population": group.population, "unit": "count"}
            frames.append(results.rows_of(counts, analysis="tis_imacs", **keys))
    return results.stack(frames)


def cross(score: pd.Series, imacs: pd.Series) -> dict[str, int]:
    """Count patients by two responses.

    Examples
    --------
    >>> yes_no = pd.Series([True, True, False, None], dtype="boolean")
    >>> cross(yes_no, pd.Series([True, False, False, True], dtype="boolean"))
    {'both': 1, 'score_only': 1, 'imacs_only': 0, 'neither': 1, 'undecided': 1, 'n': 4}
    """
    known = score.notna() & imacs.notna()
    first, second = score[known].astype(bool), imacs[known].astype(bool)
    return {
        "both": int((first & second).sum()),
        "score_only": int((first & ~second).sum()),
        "imacs_only": int((~first & second).sum()),
        "neither": int((~first & ~second).sum()),
        "undecided": int((~known).sum()),
        "n": len(score),
    }


def agreement_grid(
    rows: pd.DataFrame, labels: Mapping[str, str], *, study: "Study", notes: Sequence[str] = ()
) -> Table:
    """Lay out `agreement_rows`: a block per level of the score, a line per visit."""
    names = {
        "both": mark("Both"),
        "score_only": mark("TIS only"),
        "imacs_only": mark("IMACS only"),
        "neither": mark("Neither"),
        "undecided": mark("Not decided"),
        "n": mark("All"),
    }
    lines = []
    for name, label in labels.items():
        for visit in study.visits:
            found = pick(rows, analysis="tis_imacs", variable=name, visit=visit.id)
            if found:
                lines.append((label, visit.label, [numbers.whole(found[key]) for key in names]))
    return grid(lines, stub=mark("Visit"), columns=list(names.values()), notes=notes)
