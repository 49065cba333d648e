"""What is analysed beside the endpoints and responses of the study file."""

from typing import TYPE_CHECKING

from analysis.language import mark
from studies.myositis.measures import CORE_SET, LUNG, REPORTED, SF36_DOMAINS, SKIN, STEROIDS

if TYPE_CHECKING:
    from analysis.study import Study

FURTHER = (  # analysed beside the measures: outcome, unit
    (mark("Total Improvement Score, as a number"), "points"),
    (mark("CDASI activity lower by 4 or 5 points, by 40 % or 50 %"), ""),
    (mark("Prednisone reduced by 25 % or 50 %, to 7.5 or 5 mg/day, to none; increased"), ""),
    (mark("TIS at least moderate together with 7.5 mg/day of prednisone or less"), ""),
    (mark("Cumulative and mean daily dose of prednisone"), "mg"),
    (mark("Progression and improvement of lung function"), ""),
)


def exploratory_outcomes(study: "Study") -> list[tuple[str, str]]:
    """What is analysed without being an endpoint or a response of the study file: label and unit."""
    named = {entry.id for entry in study.endpoints}
    measured = (*CORE_SET, *SKIN, *LUNG, *STEROIDS, *REPORTED, *SF36_DOMAINS)
    more = {measure.id: (measure.label, measure.unit) for measure in measured if measure.id not in named}
    return [*FURTHER, *more.values()]
