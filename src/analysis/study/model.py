"""The model of study.yml and of interim.yml and final.yml."""

# ruff: noqa: RUF012 - pydantic copies a default for every model

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, Field, PrivateAttr
from pydantic_core import PydanticCustomError

from analysis.columns import ANALYTES, TABLES, Column, nearest
from analysis.columns.units import unit_slug
from analysis.language import languages
from analysis.references import InstrumentId, NotebookName, PopulationId, TableName, VisitId
from analysis.study.base import Day, Free, Section, Words, YesNo
from analysis.study.document import Document, Problem
from analysis.study.hypotheses import Multiplicity
from analysis.study.mapping import Block, Source
from analysis.study.package import settings_model
from analysis.study.planning import Objectives, PlanChange
from analysis.study.sections import (
    Analyte,
    Baseline,
    ComputedScore,
    Contact,
    Drug,
    Endpoint,
    Groups,
    Name,
    Period,
    Population,
    Registry,
    Response,
    Safety,
    Share,
    Statistics,
    Variable,
    Visit,
)
from analysis.study.sites import Sites

Settings = TypeVar("Settings", bound=Section)


def _regex(value: str) -> str:
    """A regular expression that can be compiled."""
    import re

    try:
        re.compile(value)
    except re.error as error:
        raise PydanticCustomError("regex", f"is no regular expression: {error}") from None
    return value


def _zone(value: str) -> str:
    """A time zone by its name."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        raise PydanticCustomError(
            "zone", "is no time zone; write it as Asia/Shanghai or Europe/Berlin"
        ) from None
    return value


def _language(value: str) -> str:
    """A language that reports can be in."""
    known = languages()
    if value not in known:
        raise PydanticCustomError("language", f"is no language of reports; there are {', '.join(known)}")
    return value


Language = Annotated[str, AfterValidator(_language)]
Pattern = Annotated[str, AfterValidator(_regex)]
Zone = Annotated[str, AfterValidator(_zone)]


class Study(Section, Generic[Settings]):
    """A study as its file describes it: design, visits, sources, mapping, endpoints, methods."""

    id: Name  # name of the folder in params/ and of the results
    title: str  # official title, as registered
    short_title: str  # for headers and file names
    registry: Registry | None = None  # where the study is registered; nothing for a study that is not
    institution: str  # who is responsible for the study
    investigators: Words = []  # principal investigators, for cover and signatures
    design: Literal["cohort", "single_arm", "randomised"]  # decides the wording of flow, cover and methods
    planned_n: Annotated[int, Field(ge=1)] | None = None  # participants planned, where anybody says
    period: Period | None = None  # planned start and end
    objectives: Objectives | None = None  # what the study asks, for its plan of analysis and manuscript
    lang: Language = "en"  # language of the reports; `--lang` asks for another one
    synthetic: YesNo  # true puts a banner on every page that no real patient is described
    caveats: Words = []  # what a reader must know about the data
    visit_by: Literal["label", "window"]  # visits by the label entered or by the window of their date
    day_one: Literal["baseline_date", "baseline_visit", "first_dose"] = "baseline_visit"  # what day 1 is
    predose_on_day_one: YesNo | None = None  # day-1 values without a time: before the first dose or not
    visits: Annotated[list[Visit], Field(min_length=1)]  # planned visits in order
    baseline_visit: VisitId  # the visit that change is counted from
    baseline_by: Literal["visit", "variable"] = "visit"  # variable: the last value known up to day 1
    sources: Annotated[list[Source], Field(min_length=1)]  # where the data lie
    identifiers: Words = []  # further columns to drop at import; names, phones and addresses are known
    missing: Words = []  # codes that mean missing in every source
    id_pattern: Pattern | None = None  # form of subject ids, a regular expression; other rows are set aside
    time_zone: Zone | None = None  # times with an offset become days of this zone, Asia/Shanghai
    tables: dict[TableName, list[Block]]  # how each tidy table is filled, block by block
    variables: dict[Name, Variable] = {}  # variables this study adds, by name
    analytes: dict[str, Analyte] = {}  # laboratory analytes this study adds or changes, by name
    scores: dict[
        InstrumentId, ComputedScore
    ] = {}  # scores that the export brings computed already, by instrument
    ranges: dict[Name, list[float]] = {}  # narrower or wider hard limits of known columns
    drugs: list[Drug] = []  # names of drugs that go before the dictionary; or a CSV file of them
    groups: Groups | None = None  # arms or strata that tables are split by
    sites: Sites | None = None  # where patients were seen: one report for each site beside that of all
    populations: dict[str, Population]  # analysis sets by name
    primary_population: PopulationId  # the analysis set of the main tables
    baseline_table: list[Baseline] = []  # lines of the baseline table in order
    endpoints: list[Endpoint] = []  # variables compared with baseline
    responses: list[Response] = []  # responder definitions
    safety: Safety | None = None  # how adverse events are counted
    statistics: Statistics = Statistics()  # choices of method
    eligibility: str | None = None  # file with the list of criteria, beside study.yml
    package: str | None = None  # package of the study's own notebooks, where it has some
    settings: Settings = Field(default={}, validate_default=True)  # choices of the study's own notebooks
    contact: Contact | None = None  # whom to ask
    ethics: str | None = None  # approval: committee, number, date
    funding: str | None = None  # who paid
    plan_changes: list[PlanChange] = []  # what was done otherwise than the locked plan of analysis, and why
    share: Share | None = None  # what leaves the house, and who must agree

    _document: Document | None = PrivateAttr(None)
    _criteria: dict[str, Any] = PrivateAttr(default_factory=dict)

    def problem(self, place: tuple, message: str) -> Problem:
        """A problem at a place of the study file, with its line where the file is at hand."""
        document = self._document or Document(Path(f"{self.id}/study.yml"))
        return document.problem(place, message)

    def source(self, name: str) -> Source:
        """The source of that id."""
        return next(source for source in self.sources if source.id == name)

    def needed_groups(self) -> Groups:
        """The section `groups:`, for what compares groups.

        Raises
        ------
        ValueError
            When the study file has none.
        """
        if self.groups is None:
            raise ValueError(f"study {self.id} has no groups to compare; declare groups in its study file")
        return self.groups

    def needed_safety(self) -> Safety:
        """The section `safety:`, for what counts adverse events by its rules.

        Raises
        ------
        ValueError
            When the study file has none.
        """
        if self.safety is None:
            raise ValueError(
                "the study file has no section `safety:`, which says which adverse events count; write it, or show "
                "them as recorded by the notebook adverse_events"
            )
        return self.safety

    def needed_hierarchy(self) -> Multiplicity:
        """The hierarchy of hypotheses, for what tests by it.

        Raises
        ------
        ValueError
            When the study file has none.
        """
        plan = self.statistics.multiplicity
        if plan is None:
            raise ValueError(
                f"study {self.id} has no hierarchy; declare statistics.multiplicity in its study file"
            )
        return plan

    def columns(self, table: str) -> dict[str, Column]:
        """The columns of a tidy table as declared, with the variables this study adds and its own limits."""
        added = {name: _as_column(name, v) for name, v in self.variables.items() if v.table == table}
        known = {**(TABLES.get(table) or _keys_of_own_table()), **added}
        return {name: self._limited(column) for name, column in known.items()}

    def column(self, table: str, name: str) -> Column:
        """One column of a tidy table, declared by the project or by this study.

        Raises
        ------
        KeyError
            With the nearest known name.
        """
        known = self.columns(table)
        if name not in known:
            raise KeyError(f"table {table} has no column '{name}'{nearest(name, known)}")
        return known[name]

    def resolution(self, endpoint: Any) -> float | None:
        """The step to which changes of an endpoint are rounded: its own, else that of the variable it names.

        One rule for all statistics of a row: zeros, ranks, who improved and how many decimals are shown.
        """
        if endpoint.resolution is not None or endpoint.table != "visits":
            return endpoint.resolution
        known = self.columns("visits").get(endpoint.variable)
        return known.resolution if known is not None else None

    def analytes_collected(self) -> tuple[str, ...]:
        """Analytes that the study's laboratory results can hold."""
        every = (*ANALYTES, *self.analytes)
        found: list[str] = []
        for block in self.tables.get("labs", []):
            mapping = block.mapped().get("analyte")
            if mapping is not None and mapping.codes:
                found += [code for code in mapping.codes.values() if code in every]
            elif mapping is not None:
                found += [mapping.value] if mapping.value else every
            found += block.results
        return tuple(dict.fromkeys(found))

    def laboratory_columns(self) -> list[str]:
        """Columns of laboratory values at a visit, each analyte with its unit and limit: ``crp_mg_l``, ``crp_uln``."""
        units = {code: column.unit for code, column in ANALYTES.items()}
        units |= {code: analyte.unit for code, analyte in self.analytes.items()}
        known = [code for code in self.analytes_collected() if code in units]
        return [f"{code.lower()}_{end}" for code in known for end in (unit_slug(units[code] or ""), "uln")]

    def table_names(self) -> list[str]:
        """Every table this study knows: the project's and those its own variables open."""
        return [*dict.fromkeys([*TABLES, *(v.table for v in self.variables.values())])]

    def _limited(self, column: Column) -> Column:
        """The column with this study's limits, if it sets any."""
        limits = self.ranges.get(column.name)
        return replace(column, low=limits[0], high=limits[1]) if limits else column


def _keys_of_own_table() -> dict[str, Column]:
    """What every table has that a study opens by its own variables: whose row it is, and of which visit."""
    return {
        name: replace(TABLES["visits"][name], key=name == "subject_id") for name in ("subject_id", "visit_id")
    }


def as_study(content: dict[str, Any]) -> Study:
    """A study from checked content, with the settings of its package."""
    return Study[settings_model(content.get("package"))].model_validate(content)  # type: ignore[misc]


def _as_column(name: str, variable: Variable) -> Column:
    """A study's own variable as a column of a tidy table."""
    low, high = variable.range or (None, None)
    return Column(
        name=name,
        type=variable.type,
        label=variable.label,
        unit=variable.unit,
        low=low,
        high=high,
        allowed=tuple(variable.allowed),
        cdisc=variable.cdisc,
        resolution=variable.resolution,
        higher_is_better=variable.higher_is_better,
    )


State = Literal["draft", "interim", "locked", "final"]
Format = Literal["html", "docx", "pdf"]


class Notebook(Section):
    """One notebook of a report, with the parameters it is run with."""

    name: NotebookName  # file in notebooks/ without .ipynb
    parameters: Free = {}  # values for its cell tagged parameters


class Shown(Section):
    """A number of the first screen, by the id of its result: what belongs to it is told beside it."""

    label: str  # what it is
    result: str  # id of the result, as the text of the report names it
    note: str | None = None  # in place of denominator and interval, in the words of the report's text


class Headline(Section):
    """The first screen of a report; what is left out comes from the primary endpoint and the adverse events.

    The texts are written as the report's own, with the shortcodes `var` for results and `meta` for words.
    """

    finding: str | None = None  # the title: what was found
    caution: str | None = None  # the one sentence that keeps a reader from taking it for more
    numbers: Annotated[list[Shown], Field(max_length=4)] = []  # the numbers that matter most
    figure: Annotated[str, Field(pattern=r"^\w+#fig-[\w-]+$")] | None = (
        None  # notebook and label: flow#fig-flow
    )
    figure_finding: str | None = None  # what the figure shows, as a sentence: its caption begins with it
    certainty: Annotated[list[str], Field(max_length=3)] = []  # how sure it is, in three lines


class DocumentControl(Section):
    """Who answers for the paper of a report; a name that is not given stays empty, to be filled in by hand."""

    version: str | None = None  # of the document; without it the run that made it stands there
    prepared: str | None = None  # name of who prepared it
    reviewed: str | None = None  # name of who reviewed it
    approved: str | None = None  # name of who approved it


class Analysis(Section):
    """A report of a study: interim (with a data cut) or final, its notebooks in order."""

    report: Literal["interim", "final"]  # the name of this file
    state: State | None = None  # draft forces a draft; else from data cut and lock, and checked against them
    data_cut: Day | None = None  # last day that the report may see
    through_visit: VisitId | None = None  # for data without dates: later visits are invisible
    notebooks: Annotated[list[Notebook], Field(min_length=1)]  # notebooks to run, in order
    headline: Headline = Headline()  # the first screen: finding, caution, numbers, figure, certainty
    document: DocumentControl = DocumentControl()  # version and signatures on PDF and Word
    formats: list[Format] = ["html"]  # what is rendered when the command line does not say
