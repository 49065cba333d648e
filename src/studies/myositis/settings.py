"""What the notebooks of the dermatomyositis study are told by the study file, under `settings`."""

from collections.abc import Iterator
from string import Formatter
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from analysis.columns import nearest
from analysis.references import Names, ResponseId, VariableName, VisitId
from analysis.study.base import Section
from analysis.study.package import StudySettings, role_findings

EventKind = Annotated[str, Names("intercurrent_events.event|subjects.discontinuation_reason")]
if TYPE_CHECKING:
    from analysis.study import Study

RULE = "total_improvement_score"  # of the responses that the primary one is chosen from
Handling = Literal["composite", "hypothetical"]
Correlation = Annotated[float, Field(gt=-1, lt=1)]


PLACES = (
    "limit",
    "degree",
    "visit",
)  # in the words of an estimand: points, their name and visit of the primary response


class Primary(Section):
    """The response whose share is the main result."""

    response: ResponseId  # id of the response
    visit: VisitId  # id of the visit


class Estimand(Section):
    """One attribute of the estimands in words; {limit}, {degree} and {visit} are those of the primary response."""

    attribute: str  # treatment, population, variable, intercurrent events, summary
    primary: str  # of the primary estimand
    second: str  # of the second


class BeforeSelection(Section):
    """A score in patients like these before they were selected by it."""

    mean: float  # mean
    sd: Annotated[float, Field(gt=0)]  # standard deviation
    correlation: Correlation  # of two measurements without treatment
    correlations: list[Correlation]  # others that are shown beside
    cutoff: float  # patients enter from this value on


class Settings(StudySettings):
    """Choices of the study's own notebooks."""

    primary: Primary  # the response whose share is the main result
    normal_enzyme_gains: Literal["nothing", "to_zero"]  # what it adds to the highest attainable score
    dose_deviation: Annotated[
        str, Names("deviations.category")
    ]  # category of the protocol deviations that are about a dose
    intercurrent: dict[EventKind, Handling]  # how each kind of event is handled by the primary estimand
    estimands: list[Estimand]  # attribute by attribute
    regression_to_mean: dict[VariableName, BeforeSelection]  # assumptions by variable

    def findings(self, study: "Study") -> Iterator[tuple[tuple, str]]:
        """What contradicts the rest of the study file: place and message."""
        rules = {entry.id: entry.rule for entry in study.responses}
        if rules.get(self.primary.response, RULE) != RULE:
            yield (
                ("primary", "response"),
                f"'{self.primary.response}' is no level of the Total Improvement Score",
            )
        yield from role_findings(study, self.primary.response)
        for number, entry in enumerate(self.estimands):
            for name, text in entry.model_dump().items():
                asked = {place for _, place, *_ in Formatter().parse(text) if place is not None}
                for place in sorted(asked - set(PLACES)):
                    found = f"no place {{{place}}}{nearest(place, PLACES)}; there are {', '.join(PLACES)}"
                    yield ("estimands", number, name), found
