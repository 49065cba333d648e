"""The sections of a study file that describe the study itself."""

# ruff: noqa: RUF012 - pydantic copies a default for every model

import math
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from analysis.study.base import Day, Free, Section, Words, YesNo
from analysis.study.hypotheses import Looks, Multiplicity

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


class Discrepancy(Section):
    """A point where registry, protocol and conduct do not agree; reported, not smoothed over."""

    item: str
    registry: str
    protocol: str | None = None
    handling: str


class Registry(Section):
    """Where and when the study was registered."""

    id: str
    name: str
    url: str | None = None
    registered: Day | None = None
    retrospective: YesNo = False
    discrepancies: list[Discrepancy] = []


class Period(Section):
    """Planned start and end of the study."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _in_order(self):
        if self.end < self.start:
            raise PydanticCustomError("period", "ends before it starts")
        return self


class Visit(Section):
    """A planned visit. `window` and `target_day` are study days: day 1 is baseline, there is no day 0."""

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
    label: str
    week: float | None = None
    target_day: int | None = None
    window: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None

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

    table: Name = "visits"
    type: Literal["str", "category", "int", "float", "date", "boolean"]
    label: str
    unit: str | None = None
    range: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    allowed: Words = []
    labels: dict[str, str] = {}  # what each value means, for ordinal scales
    resolution: Annotated[float, Field(gt=0)] | None = None
    higher_is_better: YesNo | None = None
    cdisc: str | None = None

    @field_validator("range")
    @classmethod
    def _rising(cls, value):
        if value and (not all(map(math.isfinite, value)) or value[0] >= value[1]):
            raise PydanticCustomError("range", "must be two numbers, the smaller first")
        return value


class Analyte(Section):
    """An analyte this study adds to (or changes in) the known list."""

    label: str
    unit: str
    range: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    higher_is_better: YesNo | None = None


class Groups(Section):
    """The grouping of subjects, in the order of display."""

    variable: Name
    label: str
    order: list[str]
    labels: dict[str, str] = {}


PopulationRule = Literal[
    "screened", "enrolled", "treated", "has_baseline", "has_followup", "completed", "per_protocol", "eligible"
]
DeviationClass = Literal["minor", "major", "unclassified"]  # unclassified: no severity recorded


class Population(Section):
    """An analysis set: a rule the helper knows, and its words."""

    label: str
    rule: PopulationRule
    description: str | None = None
    deviations: list[DeviationClass] = [
        "major",
        "unclassified",
    ]  # per_protocol leaves out who has one of these


class BaselineRow(Section):
    """One line of the baseline table."""

    variable: Name
    label: str | None = None
    digits: Annotated[int, Field(ge=0, le=6)] | None = None


def _short_row(value):
    """`age` is short for `{variable: age}`."""
    return {"variable": value} if isinstance(value, str) else value


class MinimalDifference(Section):
    """A published minimal important difference, as an amount of improvement."""

    value: Annotated[float, Field(gt=0)]
    source: str


Role = Literal["primary", "secondary", "exploratory"]


class Endpoint(Section):
    """A variable compared with baseline."""

    id: Name
    variable: Name
    table: Literal["visits", "scores"] = "visits"
    label: str
    unit: str | None = None
    role: Role
    scale: Literal["continuous", "ordinal", "binary"] = "continuous"
    higher_is_better: YesNo
    visits: list[str]
    resolution: Annotated[float, Field(gt=0)] | None = None
    minimal_difference: MinimalDifference | None = None
    zeros: Literal["wilcoxon", "pratt"] | None = None
    digits: Annotated[int, Field(ge=0, le=6)] | None = None


class Response(Section):
    """A responder definition: a rule of the helper with its settings."""

    id: Name
    label: str
    rule: str
    settings: Free = {}
    visits: list[str]
    role: Role = "secondary"


class Safety(Section):
    """How adverse events are counted."""

    treatment_emergent: YesNo = True
    residual_days: Annotated[int, Field(ge=0)] | None = None
    rate_per_person_years: Annotated[float, Field(gt=0)] = 100
    dictionary: str | None = None
    special_interest: Words = []
    minimum_percent: Annotated[float, Field(ge=0, le=100)] = 0
    note: str | None = None


class Statistics(Section):
    """Choices of method that the analysis plan fixes."""

    confidence_level: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    exact_max: Annotated[int, Field(ge=0)] = 1000  # pairs up to which the exact distribution is used
    zeros: Literal["wilcoxon", "pratt"] = "pratt"
    continuity: YesNo = False
    lod_substitution: Literal["half", "lod", "sqrt2", "zero"] = "half"
    seed: int = 20240101
    multiplicity: Multiplicity | None = None  # hierarchy; without one every p is exploratory
    looks: Looks | None = None  # interim looks; without this section none is planned


class Contact(Section):
    """Whom to ask."""

    name: str
    email: str | None = None


Baseline = Annotated[BaselineRow, BeforeValidator(_short_row)]
