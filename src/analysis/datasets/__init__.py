"""From tidy tables to the datasets that notebooks read: one row per assessment, score, response, flag.

This is where the parts of the helper meet: eligibility, scoring and the study's own settings. Nothing is read from
or written to a file here.
"""

from analysis.datasets.assessments import assess_visits
from analysis.datasets.characteristics import characterise
from analysis.datasets.flow import count_flow
from analysis.datasets.measures import measure
from analysis.datasets.populations import flag_populations

__all__ = ["assess_visits", "characterise", "count_flow", "derive", "flag_populations", "measure"]


def derive(tables, *, study, analysis, criteria) -> dict:
    """Every analysis dataset of a study.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tidy tables `analysis.read.tables` returns.
    study, analysis : analysis.study.Study, analysis.study.Analysis
        The study file and the file of the report.
    criteria : list of dict
        Eligibility criteria as the study's list states them; empty where the study has none.

    Returns
    -------
    dict of str to DataFrame
        ``assessments`` (wide, one row per subject and planned visit), ``measures`` (long, one row per subject,
        visit and variable), ``characteristics`` (one row per subject, at baseline), ``populations`` (one boolean
        per analysis set), ``flow`` (boxes of the flow diagram).
    """
    subjects = tables["subjects"]
    assessments = assess_visits(tables, study=study)
    measures = measure(assessments, study=study)
    populations = flag_populations(subjects, measures, study=study)
    return {
        "assessments": assessments,
        "characteristics": characterise(subjects, assessments, None, study=study),
        "measures": measures,
        "populations": populations,
        "flow": count_flow(subjects, measures, populations, study=study),
    }
