"""What the notebooks of the rheumatoid arthritis cohort are told by the study file, under `settings`."""

# ruff: noqa: RUF012 - pydantic copies a default for every model

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from analysis.language import tr
from analysis.numbers import amount
from analysis.references import (
    AnalyteCode,
    CharacteristicName,
    DifferenceId,
    DrugClass,
    Names,
    ResponseId,
    StopReason,
    UnitName,
    VariableName,
    VariantName,
    VisitId,
)
from analysis.study.base import Day, Section, YesNo
from analysis.study.package import StudySettings, role_findings
from analysis.study.sections import Pair, Substitution

if TYPE_CHECKING:
    from analysis.study import Study

Instrument = Literal["cdai", "sdai", "das28_esr", "das28_crp"]
Share = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
Days = Annotated[int, Field(ge=0)]
Digits = Annotated[int, Field(ge=0, le=6)]
LeavingReason = Annotated[str, Names("subjects.discontinuation_reason")]


class Recruitment(Section):
    """The time in which participants are enrolled."""

    end: Day  # planned last day of recruitment


class Primary(Section):
    """The target whose share is the main result: low disease activity or remission by a score."""

    response: ResponseId  # id of the response
    visit: VisitId  # id of the visit
    instrument: Instrument  # the score the response is judged by


class Described(Section):
    """A variable described by visit."""

    variable: VariableName  # variable or score
    label: str  # as tables show it
    digits: Digits  # decimals of the values


class ReportedMeasure(Described):
    """A measure that participants report."""

    difference: DifferenceId | None = None  # published important difference whose share is shown, by its name


class Reported(Section):
    """What participants report."""

    visits: list[VisitId]  # visits compared with baseline
    measures: list[ReportedMeasure]  # in the order of display


class Target(Section):
    """Treating to target."""

    instrument: Instrument  # the target is low activity or remission by this score
    within_days: Days  # days after a missed target in which therapy is changed in time


class TimeToTarget(Section):
    """Time to the first visit at the target."""

    competing: list[LeavingReason] = [
        "inefficacy",
        "death",
    ]  # reasons for leaving that compete with reaching it


class DrugSurvival(Section):
    """How long drugs are kept."""

    classes: list[DrugClass]  # classes of drugs that count
    same_drug_gap_days: Days  # courses of one drug this close are one course
    not_failure: list[StopReason] = []  # stop reasons that censor; where there is none, reasons compete


class EntryTreatment(Section):
    """Treatment at entry."""

    within_days: Days  # a drug begun so soon after entry is the one of entry
    high_mg: Annotated[
        float, Field(gt=0)
    ]  # from this prednisone equivalent on the dose is called high, mg/day


class Attribution(Section):
    """Adverse events by drug."""

    lag_days: Days  # days after the end of a course on which an adverse event still counts for it


class Swimmer(Section):
    """The figure of courses by participant."""

    every: Count  # one participant in so many is drawn


class Marker(Section):
    """An immune marker."""

    analyte: AnalyteCode  # name in the laboratory table
    label: str  # as tables show it
    unit: UnitName  # unit of the results


class Markers(Section):
    """Immune markers by visit."""

    visits: list[VisitId]  # visits with results, baseline first
    other_rule: Substitution  # value below the limit of detection in the sensitivity analysis
    measures: list[Marker]  # in the order of display


class Films(Section):
    """Radiographs."""

    visits: list[VisitId]  # visits with films, compared with baseline
    window: Pair[int]  # days between films in which 5 points are rapid without annualising


class NamedVariable(Section):
    """A variable and its name."""

    variable: CharacteristicName  # variable at baseline
    label: str  # as tables show it


class PhenotypeVariable(NamedVariable):
    """A variable that defines phenotypes."""

    log: YesNo = False  # natural logarithm of the value plus one, for skewed measurements


class Phenotypes(Section):
    """Groups of participants at entry."""

    candidates: list[Annotated[int, Field(ge=2)]]  # numbers of groups that are compared
    smallest_share: Share  # of participants, in the smallest group of an eligible number
    fallback: Annotated[int, Field(ge=2)]  # number shown where none is eligible
    n_resamples: Count  # for the stability of the groups
    variables: list[PhenotypeVariable]  # they define the groups
    described_by: list[NamedVariable]  # shown beside, not used to divide


class Covariate(NamedVariable):
    """A predictor and the scale that its odds ratio is given for."""

    per: Annotated[float, Field(gt=0)] = 1  # so many units are one step of the odds ratio
    unit: str | None = None  # name of the unit, as it reads after the number; nothing for yes and no
    log2: YesNo = False  # the step is a doubling

    @model_validator(mode="after")
    def _one_scale(self):
        if self.log2 and (self.per != 1 or self.unit):
            raise PydanticCustomError("scale", "a doubling has no `per` and no `unit`")
        if self.per != 1 and not self.unit:
            raise PydanticCustomError("scale", "`per` needs the name of the unit")
        return self

    @property
    def name(self) -> str:
        """Label with the scale: "Age, per 10 years", "CRP, per doubling"."""
        if self.log2:
            return tr("{label}, per doubling", label=self.label)
        if not self.unit:
            return self.label
        step = tr(self.unit) if self.per == 1 else amount(f"{self.per:g}", self.unit)
        return tr("{label}, per {step}", label=self.label, step=step)


class Predictors(Section):
    """Predictors of the target."""

    n_resamples: Count  # for the correction of optimism
    groups: Annotated[int, Field(ge=2)]  # groups of the calibration plot
    thresholds: list[Share]  # probabilities of missing the target from which therapy is changed earlier
    covariates: list[Covariate]  # named before the outcome was looked at


class Sensitivity(Section):
    """The main result under other choices."""

    imputed_visits: list[VisitId]  # visits whose components enter the imputation
    auxiliary: list[CharacteristicName]  # variables that help the imputation
    weights: list[CharacteristicName]  # variables of the weights for being observed
    truncate: Pair[Annotated[float, Field(ge=0, le=1)]]  # quantiles at which weights are cut
    definitions: list[
        VariantName
    ]  # variants of difficult-to-treat RA, by their names in the file of criteria


class RegressionToMean(Section):
    """How much of the change is to be expected from selection alone."""

    cutoffs: dict[Instrument, float]  # scores by which participants enter, above these values
    pairs: list[
        Annotated[list[VisitId], Field(min_length=2, max_length=2)]
    ]  # pairs of visits whose correlation may stand for test and retest


class Settings(StudySettings):
    """Choices of the cohort's own notebooks."""

    recruitment: Recruitment  # the time of enrolment
    primary: Primary  # the target whose share is the main result
    described: list[Described]  # disease activity by visit, in the order of display
    remission: list[ResponseId]  # ids of the responses shown together as targets
    reported: Reported  # what participants report
    target: Target  # treating to target
    time_to_target: TimeToTarget = TimeToTarget()  # time to the first visit at the target
    drug_survival: DrugSurvival  # how long drugs are kept
    entry_treatment: EntryTreatment  # treatment at entry
    attribution: Attribution  # adverse events by drug
    obese_bmi: Annotated[float, Field(gt=0)]  # body mass index from which a participant is obese, kg/m2
    swimmer: Swimmer  # the figure of courses by participant
    markers: Markers  # immune markers by visit
    films: Films  # radiographs
    phenotypes: Phenotypes  # groups of participants at entry
    predictors: Predictors  # predictors of the target
    sensitivity: Sensitivity  # the main result under other choices
    regression_to_mean: RegressionToMean  # change to be expected from selection alone

    def findings(self, study: "Study") -> Iterator[tuple[tuple, str]]:
        """What contradicts the rest of the study file: place and message."""
        chosen = {
            "rule": "disease_state",
            "settings": {"instrument": self.primary.instrument, "at_most": "low"},
        }
        for entry in study.responses:
            said = {"rule": entry.rule, "settings": dict(entry.settings)}
            if entry.id == self.primary.response and said != chosen:
                text = f"is not low disease activity by {self.primary.instrument}, which `instrument` says"
                yield ("primary", "response"), f"'{entry.id}' {text}"
        yield from role_findings(study, self.primary.response)
        roles = {entry.variable: entry.role for entry in study.endpoints}
        if self.primary.instrument not in roles:
            yield ("primary", "instrument"), f"no endpoint has the variable '{self.primary.instrument}'"
        for variable, role in roles.items():
            if (role == "primary") != (
                variable == self.primary.instrument
            ) and self.primary.instrument in roles:
                text = f"is '{self.primary.instrument}', and the endpoint of '{variable}' has the role {role}"
                yield ("primary", "instrument"), text
