"""The Total Improvement Score: responses, the score of each patient, and where its points come from."""

from collections.abc import Sequence

import pandas as pd

from analysis import missing, numbers, results, scoring
from analysis.cohort import Cohort
from analysis.datasets.responses import at_visit
from analysis.language import Texts, mark, tr
from analysis.responses import core_set_pair
from analysis.summaries.shared import moments
from analysis.tables.grid import grid
from analysis.tables.table import Table
from studies.myositis.disease import is_cadm
from studies.myositis.listing import score_or_least, text, yes_no
from studies.myositis.response import TIS_LEVELS, certainly, failed_at, improvement_at, reached

# What an enzyme within normal limits at baseline can gain in the attainable score; one above them can fall to 0 U/L.
ATTAINABLE = Texts(
    {"nothing": "an enzyme normal at baseline earns nothing", "to_zero": "any enzyme falls to 0 U/L"}
)


def waterfall_scores(group: Cohort, visit: str) -> pd.DataFrame:
    """Scores of everybody due at a visit, as the waterfall reads them: who was not seen has none.

    Parameters
    ----------
    group : Cohort
        The patients.
    visit : str
        The visit.

    Notes
    -----
    ``settings.normal_enzyme_gains`` of the study chooses the attainable score, see `attainable`.
    """
    seen = improvement_at(group, visit)
    chosen = attainable(group)[group.study.settings.normal_enzyme_gains]
    return pd.DataFrame(
        {
            "tis": seen["tis"].astype(float),
            "tis_category": seen["tis_category"],
            "tis_max_attainable": chosen.reindex(seen.index),
            "cadm": is_cadm(group.subjects).reindex(seen.index),
            "event": failed_at(group, visit),
        }
    ).reset_index()


def attainable(group: Cohort) -> pd.DataFrame:
    """The highest score each patient's baseline values leave room for, by what a normal enzyme can gain.

    Parameters
    ----------
    group : Cohort
        The patients.

    Returns
    -------
    DataFrame
        By subject id a column per key of `ATTAINABLE`: ``nothing``, an enzyme within normal limits at baseline earns
        no points (the reading of the criteria taken here: amyopathic disease with normal enzymes can reach 50); or
        ``to_zero``. In the score itself a normal enzyme may still fall and earn points.
    """
    baseline = at_visit(group.wide, group.study.baseline_visit).reindex(group.ids)
    before, _ = core_set_pair(baseline, baseline)
    return pd.DataFrame(
        {
            name: scoring.total_improvement_score(
                before, before, normal_enzyme_can_improve=name == "to_zero"
            )["tis_max_attainable"]
            for name in ATTAINABLE
        }
    )


def points_by_patient(group: Cohort, visit: str) -> pd.DataFrame:
    """Points of each measure, the score and both responses of everybody due at a visit, best score first.

    Returns
    -------
    DataFrame
        `subject_id`, `cadm`, `enzyme_name`, ``points_*``, `tis`, `tis_min` (of the known points alone),
        `tis_category`, ``attainable_nothing`` and
        ``attainable_to_zero`` (see `attainable`), `imacs`, `event` (an event that counts as non-response came before).
    """
    seen = improvement_at(group, visit)
    points = [name for name in seen if name.startswith("points_")]
    listed = seen[["enzyme_name", *points, "tis", "tis_min", "tis_category", "imacs"]]
    room = attainable(group).add_prefix("attainable_").reindex(seen.index)
    listed = listed.assign(
        cadm=is_cadm(group.subjects).reindex(seen.index), event=failed_at(group, visit)
    ).join(room)
    ordered = listed.sort_values("tis", ascending=False, kind="stable", na_position="last")
    return ordered.rename_axis("subject_id").reset_index()


def cadm_point_rows(listed: pd.DataFrame, *, visit: str, population: str) -> pd.DataFrame:
    """Where the points of clinically amyopathic patients with a score come from: rows of the analysis ``tis_points``.

    Parameters
    ----------
    listed : DataFrame
        From `points_by_patient`.

    Returns
    -------
    DataFrame
        `n` patients, and `proportion`: the share of their points that the global and extramuscular scales gave.
    """
    scored = listed[listed["cadm"].astype("boolean").fillna(False) & listed["tis"].notna()]
    scales = float(scored[["points_phga", "points_ptga", "points_extramuscular"]].sum().sum())
    total = float(scored["tis"].sum())
    found = {"n": len(scored), "proportion": scales / total if total else float("nan")}
    keys = {"visit": visit, "population": population, "unit": "proportion"}
    return results.rows_of(found, analysis="tis_points", variable="cadm", **keys)


def tis_responses() -> dict:
    """The three levels of the Total Improvement Score, as `response_rows` takes them."""

    def judge(minimum):
        def answer(group, visit):
            seen = improvement_at(group, visit)
            return pd.DataFrame(
                {"observed": reached(seen["tis"], minimum), "known": certainly(seen, minimum)}
            )

        return answer

    return {name: judge(minimum) for name, minimum in TIS_LEVELS.items()}


def composite_answers(group: Cohort, *, response: str, visits: Sequence[str]) -> dict[str, pd.Series]:
    """Whether each patient due has a response, events and missing scores as none; visits at which anybody is due."""
    answers = {}
    for visit in (visit for visit in visits if len(group.due_at(visit))):
        known = certainly(improvement_at(group, visit), TIS_LEVELS[response])
        answered = missing.flag_nonresponder_imputed(known, failed=failed_at(group, visit))
        answers[visit] = answered.fillna(False).astype(bool)
    return answers


def tis_rows(group: Cohort, *, visits: Sequence[str]) -> pd.DataFrame:
    """The score itself at each visit, as observed: rows of the analysis ``tis``."""
    return results.stack(
        results.rows_of(
            moments(improvement_at(group, visit)["tis"].astype(float)),
            analysis="tis",
            variable="tis",
            visit=visit,
            population=group.population,
            unit="points",
        )
        for visit in visits
        if len(group.due_at(visit))
    )


def certain_rows(group: Cohort, *, visits: Sequence[str]) -> pd.DataFrame:
    """Patients without a score whose known points alone reach a level: rows of the analysis ``tis_certain``.

    The score needs all six measures, but points only add: their answer is known, and the composite strategy counts
    them as responders ("at least"). As observed, and for the score itself, they are missing.
    """
    frames = []
    for visit in (visit for visit in visits if len(group.due_at(visit))):
        seen = improvement_at(group, visit)
        known = seen["tis_min"].where(seen["tis"].isna()).astype(float)
        for name, minimum in TIS_LEVELS.items():
            count = int(reached(known, minimum).fillna(False).sum())
            keys = {"variable": name, "visit": visit, "population": group.population, "unit": "count"}
            found = {"count": count, "n": int(seen["tis"].isna().sum())}
            frames.append(results.rows_of(found, analysis="tis_certain", **keys))
    return results.stack(frames)


def margin_rows(group: Cohort, *, visits: Sequence[str]) -> pd.DataFrame:
    """How many of those whose score reaches a level lie exactly on its limit: rows of the analysis ``tis_margin``.

    A point less of any measure, and they would not reach it: how fragile a count of responders is.
    """
    frames = []
    for visit in (visit for visit in visits if len(group.due_at(visit))):
        scores = improvement_at(group, visit)["tis"].astype(float).dropna().round(8)
        for name, minimum in TIS_LEVELS.items():
            keys = {"variable": name, "visit": visit, "population": group.population, "unit": "count"}
            found = {"count": int(scores.eq(minimum).sum()), "n": int(scores.ge(minimum).sum())}
            frames.append(results.rows_of(found, analysis="tis_margin", **keys))
    return results.stack(frames)


def points_listing(listed: pd.DataFrame, *, notes: Sequence[str] = ()) -> Table:
    """`points_by_patient` as a listing."""
    points = {
        "points_phga": mark("PhGA"),
        "points_ptga": mark("PtGA"),
        "points_mmt8": mark("MMT-8"),
        "points_haq_di": mark("HAQ-DI"),
        "points_enzyme": mark("Enzyme "),
        "points_extramuscular": mark("Extra-muscular"),
    }
    lines = []
    for row in listed.to_dict("records"):
        cells = [
            yes_no(row["cadm"]),
            text(row["enzyme_name"]),
            *(numbers.fixed(row[name], 1) for name in points),
            score_or_least(row["tis"], row["tis_min"]),
            tr(text(row["tis_category"])),
            numbers.fixed(row["attainable_nothing"], 1),
            numbers.fixed(row["attainable_to_zero"], 1),
            yes_no(row["imacs"]),
            yes_no(row["event"]),
        ]
        lines.append((None, row["subject_id"], cells))
    room = [mark("enzyme gains none"), mark("enzyme to 0")]
    columns = [
        "CADM",
        mark("Enzyme"),
        *points.values(),
        "TIS",
        mark("Category"),
        *room,
        "IMACS",
        mark("Event before"),
    ]
    spanners = {mark("Points"): list(points.values()), mark("Attainable"): room}
    return grid(lines, stub=mark("Patient"), columns=columns, spanners=spanners, notes=notes)
