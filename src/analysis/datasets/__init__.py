"""From tidy tables to the datasets that notebooks read: one row per assessment, score, response, flag.

This is where the parts of the helper meet: eligibility, scoring and the study's own settings. Nothing is read from
or written to a file here.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.datasets.assessments import assess_visits
from analysis.datasets.characteristics import characterise
from analysis.datasets.classification import classification_findings, with_points_2010
from analysis.datasets.conventions import convention_findings
from analysis.datasets.core_set import improvement_scores, with_followed_enzyme
from analysis.datasets.flow import count_flow
from analysis.datasets.joints import count_28_joints
from analysis.datasets.measures import measure, scores_without_pairs
from analysis.datasets.muscle_scale import muscle_scale_findings
from analysis.datasets.populations import flag_populations
from analysis.datasets.recorded import recorded_differences
from analysis.datasets.responses import derive_responses, with_scores
from analysis.datasets.scores import derive_scores
from analysis.datasets.screening import assure, screen
from analysis.datasets.subjects import average_readers, complete_subjects
from analysis.datasets.treatments import code_treatments, coding_findings
from analysis.due import flag_due, last_day
from analysis.sites import without_site

if TYPE_CHECKING:
    from analysis.study import Study

__all__ = [
    "assess_visits",
    "assure",
    "characterise",
    "classification_findings",
    "code_treatments",
    "coding_findings",
    "complete_subjects",
    "count_flow",
    "derive",
    "derive_responses",
    "derive_scores",
    "findings",
    "flag_populations",
    "measure",
    "muscle_scale_findings",
    "pairless_scores",
    "recorded_differences",
    "scores_without_pairs",
    "screen",
    "with_points_2010",
]


def derive(
    tables: Mapping[str, pd.DataFrame],
    *,
    study: "Study",
    analysis: Any,
    criteria: Mapping[str, Any],
    until: pd.Timestamp | None = None,
) -> dict:
    """Every analysis dataset of a study.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tidy tables `analysis.read.tables` returns.
    study, analysis : analysis.study.Study, analysis.study.Analysis
        The study file and the file of the report.
    criteria : mapping
        The study's eligibility criteria as its list states them; empty where the study has none.
    until : Timestamp, optional
        The last day of observation where the tables are of one site: that of all, from `analysis.due.last_day`.

    Returns
    -------
    dict of str to DataFrame
        ``subjects`` (completed), ``treatments`` (coded), ``assessments`` (wide, one row per subject and planned
        visit), ``scores`` (long), ``measures`` (long, one row per subject, visit and variable), ``responses`` (long),
        ``improvement`` (myositis: TIS and its parts per visit), ``characteristics`` (one row per subject, at
        baseline), ``populations`` (one boolean per analysis set), ``flow`` (boxes of the flow diagram) and, where the
        study has criteria, what screening found (see `screen`).
    """
    subjects, tidy, assessments, scores, measures = _measured(tables, study)
    screening = screen(tidy, assessments, scores, criteria=criteria)
    populations = flag_populations(
        subjects,
        measures,
        study=study,
        status=screening.status,
        doses=_study_doses(tables, study),
        deviations=tables.get("deviations"),
    )
    scored = with_scores(assessments, scores)
    responses = derive_responses(scored, None, tidy, study=study)
    return {
        "subjects": subjects,
        "treatments": tidy["treatments"],
        "assessments": assessments,
        "scores": scores,
        "measures": measures,
        "improvement": improvement_scores(scored, study=study),
        "responses": responses,
        "characteristics": characterise(
            _with_difficult(subjects, screening.frames), assessments, scores, study=study
        ),
        "populations": populations,
        "flow": count_flow(
            subjects,
            measures,
            populations,
            study=study,
            visits=tables.get("visits"),
            responses=responses,
            due=_due(subjects, tables["visits"], study=study, data_cut=analysis.data_cut, until=until),
            reasons=screening.reasons,
            through_visit=analysis.through_visit,
        ),
        **screening.frames,
    }


def _measured(tables: Mapping[str, pd.DataFrame], study: "Study"):
    """Completed subjects, tables with coded drugs, assessments, scores and measures."""
    subjects = with_points_2010(complete_subjects(tables["subjects"], tables.get("doses")))
    own = [drug.model_dump(exclude_none=True) for drug in study.drugs]
    tidy = {**tables, "subjects": subjects, "treatments": code_treatments(tables["treatments"], own)}
    assessments = count_28_joints(average_readers(assess_visits(tidy, study=study)))
    assessments = with_followed_enzyme(assessments, study=study)
    scores = derive_scores(assessments, computed=study.scores)
    return subjects, tidy, assessments, scores, measure(assessments, study=study, scores=scores)


def pairless_scores(tables: Mapping[str, pd.DataFrame], *, study: "Study") -> list[tuple[tuple, str]]:
    """Scores that are endpoints and that nobody has at baseline and later: `scores_without_pairs` of what was read.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tidy tables `analysis.read.tables` returns.
    study : analysis.study.Study
        The study file.

    Returns
    -------
    list of (place, text)
        The place in the study file and what to tell; nothing where no endpoint is a score.
    """
    if not any(entry.table == "scores" for entry in study.endpoints):
        return []
    measures = _measured(tables, study)[-1]
    return scores_without_pairs(measures, tables.get("visits"), study=study)


def findings(
    tables: Mapping[str, pd.DataFrame], derived: Mapping[str, pd.DataFrame], *, study: "Study"
) -> pd.DataFrame:
    """What deriving the datasets found that a site must answer, for the query log.

    Parameters
    ----------
    tables, derived : mapping of str to DataFrame
        The tidy tables, and what `derive` made of them.
    study : analysis.study.Study
        The study file.

    Returns
    -------
    DataFrame
        As `analysis.read.with_queries` takes them: recorded scores that differ from recomputed ones, drugs that are not
        coded or coded otherwise by the site, classes and totals at entry that their items contradict,
        sources whose stop dates seem to follow another convention than they declare.
    """
    own = [drug.model_dump(exclude_none=True) for drug in study.drugs]
    parts = [
        recorded_differences(derived["assessments"], derived["scores"]),
        coding_findings(tables["treatments"], own),
        classification_findings(tables["subjects"]),
        convention_findings(derived["treatments"]),
        muscle_scale_findings(derived["assessments"]),
        without_site(tables["subjects"], study=study) if study.sites else pd.DataFrame(),
    ]
    return pd.concat([part for part in parts if len(part)] or [pd.DataFrame()], ignore_index=True)


def _with_difficult(subjects: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The subjects with the mechanisms that failed and the years of difficult-to-treat RA, where it was judged."""
    if "difficult" not in frames:
        return subjects
    return subjects.merge(
        frames["difficult"][["subject_id", "n_moa", "d2t_years"]], on="subject_id", how="left"
    )


def _due(subjects: pd.DataFrame, visits: pd.DataFrame, *, study, data_cut, until) -> pd.DataFrame:
    """Whether each visit is due for each subject on record."""
    start = subjects.set_index("subject_id").reindex(columns=["baseline_date"])["baseline_date"]
    last = until if until is not None else last_day(subjects, visits, data_cut=data_cut)
    return flag_due(start, visits, study=study, until=last)


def _study_doses(tables, study):
    """Doses where the design has a study drug; nobody is 'treated' by an observational study."""
    return tables["doses"] if study.design == "single_arm" else None
