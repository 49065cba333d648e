"""Response and change of skin disease in subgroups, descriptive."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis import numbers, results
from analysis.cohort import Cohort
from analysis.language import mark, tr
from analysis.tables.cells import count_of, mean_of, share_of
from analysis.tables.grid import grid
from analysis.tables.rows import pick
from analysis.tables.table import Table
from studies.myositis.disease import is_cadm
from studies.myositis.response import TIS_LEVELS, certainly, count_responders, failed_at, improvement_at, rate
from studies.myositis.sensitivity import RESPONSE_VARIANTS


def subgroup_members(subjects: pd.DataFrame) -> dict[tuple[str, str], pd.Index]:
    """Subject ids of each subgroup: clinically amyopathic or classic, antibody, interstitial lung disease.

    Parameters
    ----------
    subjects : DataFrame
        From `describe_disease`.
    """
    cadm, mda5 = is_cadm(subjects), subjects["antibody"].str.contains("MDA5").fillna(False)
    tested, lung = (
        subjects["antibody"].ne(mark("not tested")),
        subjects["ild_baseline"].eq("yes").fillna(False),
    )
    flags = {
        (mark("Disease"), mark("clinically amyopathic")): cadm,
        (mark("Disease"), mark("classic")): ~cadm,
        (mark("Antibody"), "anti-MDA5"): mda5 & tested,
        (mark("Antibody"), mark("other or none found")): ~mda5 & tested,
        (mark("Antibody"), mark("not tested")): ~tested,
        ("Interstitial lung disease", "yes"): lung,
        ("Interstitial lung disease", "no"): ~lung,
    }
    return {key: subjects.index[flag.astype(bool).to_numpy()] for key, flag in flags.items()}


def subgroup_rows(group: Cohort, members: Mapping, *, visit: str, response: str) -> pd.DataFrame:
    """Response and change in each subgroup, descriptive: rows of the analyses ``subgroup_*``."""
    level, frames = group.study.statistics.confidence_level, []
    for (of, name), ids in members.items():
        part = group.among(ids)
        scores = improvement_at(part, visit)
        seen = scores["tis"].astype(float)
        count, total = count_responders(certainly(scores, TIS_LEVELS[response]), failed_at(part, visit))
        wide = part.numbers("cdasi_activity", [group.study.baseline_visit, visit]).loc[part.due_at(visit)]
        change = (wide[visit] - wide[group.study.baseline_visit]).dropna()
        keys = {"visit": visit, "group": f"{of} {name}", "population": group.population}
        numbers = {"median": seen.median(), "n": int(seen.notna().sum()), "n_missing": int(seen.isna().sum())}
        skin = {"mean": change.mean(), "sd": change.std(ddof=1), "n": len(change)}
        share = rate(count, total, level=level, method=RESPONSE_VARIANTS["primary"])
        frames += [
            results.rows_of(
                share, analysis="subgroup_response", variable=response, unit="proportion", **keys
            ),
            results.rows_of(numbers, analysis="subgroup_tis", variable="tis", unit="points", **keys),
            results.rows_of(skin, analysis="subgroup_cdasi", variable="cdasi_activity", **keys),
        ]
    return results.stack(frames)


def subgroup_grid(
    rows: pd.DataFrame,
    members: Mapping[tuple[str, str], object],
    *,
    minimum: float,
    notes: Sequence[str] = (),
) -> Table:
    """Response and change in each subgroup: a block per grouping, a line per subgroup."""
    lines = []
    for of, name in members:
        response, tis, skin = (
            pick(rows, analysis=f"subgroup_{what}", group=f"{of} {name}")
            for what in ("response", "tis", "cdasi")
        )
        median = f"{numbers.fixed(tis.get('median'), 1)} (n = {numbers.whole(tis['n'])})"
        change = f"{mean_of(skin, 1)}, n = {numbers.whole(skin['n'])}" if skin.get("n") else numbers.MISSING
        lines.append((of, name, [count_of(response), share_of(response), median, change]))
    columns = [
        tr("TIS {minimum:g} or more, n/N", minimum=minimum),
        mark("% ({CI})"),
        mark("TIS, median"),
        mark("CDASI change, mean (SD)"),
    ]
    return grid(lines, stub=mark("Subgroup"), columns=columns, notes=notes)
