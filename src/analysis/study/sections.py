"""The sections of a study file that describe the study itself."""

# ruff: noqa: RUF012 - pydantic copies a default for every model

import math
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from analysis.references import (
    CharacteristicName,
    CourseName,
    InstrumentWithStates,
    Names,
    SubjectColumn,
    VariableName,
    VisitColumn,
    VisitId,
)
from analysis.study.base import Day, Free, Section, Words, YesNo
from analysis.study.hypotheses import Looks, Multiplicity

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Number = TypeVar("Number", int, float)
Pair = Annotated[list[Number], Field(min_length=2, max_length=2)]


class Discrepancy(Section):
    """A point where registry, protocol and conduct do not agree; reported, not smoothed over."""

    item: str  # what it is about
    registry: str  # what the registration says
    protocol: str | None = None  # what the protocol says
    handling: str  # what was done here


class Registry(Section):
    """Where and when the study was registered."""

    id: str  # registration number
    name: str  # name of the registry
    url: str | None = None  # address of the record
    registered: Day | None = None  # date of registration
    retrospective: YesNo = False  # registered after the first participant was enrolled
    discrepancies: list[Discrepancy] = []  # points where registration, protocol and conduct do not agree


class Period(Section):
    """Planned start and end of the study."""

    start: Day  # first day
    end: Day  # last day

    @model_validator(mode="after")
    def _in_order(self):
        if self.end < self.start:
            raise PydanticCustomError("period", "ends before it starts")
        return self


class Visit(Section):
    """A planned visit. `window` and `target_day` are study days: day 1 is baseline, there is no day 0."""

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]  # short name, as in result ids
    label: str  # as tables show it
    week: float | None = None  # place on the axis of time
    target_day: int | None = None  # planned study day
    window: Pair[int] | None = None  # first and last study day that belong to the visit

    @model_validator(mode="after")
    def _window_holds_target(self):
        if self.window and self.window[0] > self.window[1]:
            raise PydanticCustomError("window", "the window's first day lies after its last")
        if (
            self.window
            and self.target_day is not None
            and not self.window[0] <= self.target_day <= self.window[1]
        ):
            raise PydanticCustomError("window", "the target day lies outside the window")
        return self


class Variable(Section):
    """A variable this study adds to a tidy table."""

    table: Name = "visits"  # tidy table it belongs to
    type: Literal["str", "category", "int", "float", "date", "boolean"]  # how its cells are read
    label: str  # as tables show it
    unit: str | None = None  # unit after reading
    range: Pair[float] | None = None  # hard limits; what lies outside is set aside and queried
    allowed: Words = []  # values of a category
    labels: dict[str, str] = {}  # what each value means, for ordinal scales
    resolution: Annotated[float, Field(gt=0)] | None = None  # smallest step of the instrument
    higher_is_better: YesNo | None = None  # direction of improvement
    cdisc: str | None = None  # its CDISC name, for the data dictionary

    @field_validator("range")
    @classmethod
    def _rising(cls, value):
        if value and (not all(map(math.isfinite, value)) or value[0] >= value[1]):
            raise PydanticCustomError("range", "must be two numbers, the smaller first")
        return value


class Analyte(Section):
    """An analyte this study adds to (or changes in) the known list."""

    label: str  # as tables show it
    unit: str  # unit after reading
    range: Pair[float] | None = None  # hard limits; what lies outside is set aside and queried
    higher_is_better: YesNo | None = None  # direction of improvement


class ComputedScore(Section):
    """A score that the export brings computed already: taken as it is, not computed from its components."""

    column: VisitColumn  # column of visits that holds it
    states: InstrumentWithStates | None = None  # instrument whose limits give its states


class Drug(Section):
    """One name of a drug as this study's exports write it; goes before the dictionary."""

    name: str  # as written in the export
    drug: str  # generic name
    class_: Literal["csDMARD", "csDMARD_CN", "bDMARD", "tsDMARD", "biologic", "IS", "GC", "other"] | None = (
        Field(None, alias="class")
    )  # of a drug the dictionary does not have, or to overrule it
    moa: str | None = None  # mechanism of action, as in the dictionary: TNFi, IL6i, JAKi
    atc: str | None = None  # its ATC code


class Groups(Section):
    """The grouping of subjects, in the order of display."""

    variable: SubjectColumn  # column of subjects that holds the group
    label: str  # heading of the groups
    order: list[str]  # groups in order of display
    labels: dict[Annotated[str, Names("group")], str] = {}  # group as shown, by its value


PopulationRule = Literal[
    "screened", "enrolled", "treated", "has_baseline", "has_followup", "completed", "per_protocol", "eligible"
]
DeviationClass = Literal["minor", "major", "unclassified"]  # unclassified: no severity recorded


class Population(Section):
    """An analysis set: a rule the helper knows, and its words."""

    label: str  # as tables show it
    rule: PopulationRule  # who belongs to it
    description: str | None = None  # for the methods text
    deviations: list[DeviationClass] = [
        "major",
        "unclassified",
    ]  # per_protocol leaves out who has one of these


class BaselineRow(Section):
    """One line of the baseline table."""

    variable: CharacteristicName  # variable or score at baseline
    label: str | None = None  # when not the variable's own
    digits: Annotated[int, Field(ge=0, le=6)] | None = None  # decimals of the mean


def _short_row(value):
    """`age` is short for `{variable: age}`."""
    return {"variable": value} if isinstance(value, str) else value


class MinimalDifference(Section):
    """A published minimal important difference, as an amount of improvement."""

    value: Annotated[float, Field(gt=0)]  # amount of improvement, in the unit of the endpoint
    source: str  # publication it comes from


Zeros = Literal["wilcoxon", "pratt"]
Substitution = Literal["half", "lod", "sqrt2", "zero"]
Role = Literal["primary", "secondary", "exploratory"]


class Endpoint(Section):
    """A variable compared with baseline."""

    id: Name  # as in result ids
    variable: Name  # variable or score
    table: Literal["visits", "scores"] = "visits"  # where the variable lies
    label: str  # as tables show it
    unit: str | None = None  # of the change
    role: Role  # what the analysis plan makes of it
    scale: Literal["continuous", "ordinal", "binary"] = "continuous"  # decides which tests apply
    higher_is_better: YesNo | None = None  # direction of improvement; nobody counts as improved without it
    visits: list[VisitId]  # visits compared with baseline
    resolution: Annotated[float, Field(gt=0)] | None = None  # changes are rounded to this step before ranking
    minimal_difference: MinimalDifference | None = None  # adds who improved by at least as much
    zeros: Zeros | None = None  # zero changes in the signed-rank test, when not as for the study
    digits: Annotated[int, Field(ge=0, le=6)] | None = None  # decimals of the values

    @model_validator(mode="after")
    def _improvement_has_a_direction(self):
        if self.minimal_difference and self.higher_is_better is None:
            raise PydanticCustomError("direction", "a minimal difference needs higher_is_better")
        return self


class ObservedNeeds(Section):
    """What must be known for an answer to count as observed: some rules say "no" before every component is known."""

    components: tuple[VariableName, ...]  # variables and scores needed at the visit
    baseline: YesNo = False  # needed at baseline, too


class Response(Section):
    """A responder definition: a rule of the helper with its settings."""

    id: Name  # as in result ids
    label: str  # as tables show it
    rule: Annotated[str, Names("rule of response")]  # rule of the helper
    settings: Free = {}  # settings of the rule
    visits: list[VisitId]  # visits it is judged at
    role: Role = "secondary"  # what the analysis plan makes of it
    observed_needs: ObservedNeeds | None = None  # what must be known beside the answer itself


class Safety(Section):
    """How adverse events are counted."""

    treatment_emergent: YesNo = True  # count events from the first dose on only; else those under observation
    residual_days: Annotated[int, Field(ge=0)] | None = None  # days after the last dose that still count
    rate_per_person_years: Annotated[float, Field(gt=0)] = 100  # unit of the incidence rates
    dictionary: str | None = None  # name and version of the coding dictionary
    special_interest: Annotated[
        Words, Names("adverse_events.aesi")
    ] = []  # values of aesi listed on their own
    minimum_percent: Annotated[float, Field(ge=0, le=100)] = 0  # rarer terms are left out of their table
    note: str | None = None  # footnote of the safety tables


class Imputation(Section):
    """Multiple imputation by predictive mean matching: one model for each endpoint, wherever it is imputed."""

    donors: Annotated[int, Field(ge=1)] = (
        5  # subjects of whom one lends the value; few subjects support fewer
    )
    iterations: Annotated[int, Field(ge=1)] = 10  # rounds of the chain
    log_ratio: list[CourseName] = []  # variables imputed by the logarithm of their ratio to baseline


class Statistics(Section):
    """Choices of method that the analysis plan fixes."""

    confidence_level: Annotated[float, Field(gt=0.5, lt=1)] = 0.95  # of every interval
    exact_max: Annotated[int, Field(ge=0)] = 1000  # pairs up to which the exact distribution is used
    zeros: Zeros = "pratt"  # zero changes in the signed-rank test: dropped, or ranked and then dropped
    continuity: YesNo = False  # continuity correction of the asymptotic signed-rank test
    lod_substitution: Substitution = "half"  # value for results below the limit of detection
    seed: int = 20240101  # of every random number
    imputation: Imputation = Imputation()  # of missing values in sensitivity analyses
    multiplicity: Multiplicity | None = None  # hierarchy; without one every p is exploratory
    looks: Looks | None = None  # interim looks; without this section none is planned


class CustomProfile(Section):
    """The numbers of the profile `custom` (`study share --policy custom`)."""

    readers: str = "the readers that the study file means"  # whom releases of this profile are for
    smallest: Annotated[int, Field(ge=3, le=1000)]  # the smallest count of people or events that is told
    multiple: Annotated[int, Field(ge=1, le=1000)]  # what told counts are rounded to; 1 for no rounding
    zero: YesNo = True  # whether a count of zero may be told


class Share(Section):
    """What leaves the house, and who must agree."""

    profile: Literal["local", "team", "opensafely-7-5", "strict-10", "custom"] = "team"  # without --policy
    custom: CustomProfile | None = None  # the numbers of the profile custom
    approval: YesNo = False  # whether another named person must approve a release

    @model_validator(mode="after")
    def _has_its_numbers(self) -> "Share":
        if self.profile == "custom" and self.custom is None:
            raise ValueError("profile custom needs its numbers: custom: {smallest: 8, multiple: 5}")
        return self


class Contact(Section):
    """Whom to ask."""

    name: str  # person or office
    email: str | None = None  # shown on the cover


Baseline = Annotated[BaselineRow, BeforeValidator(_short_row)]
