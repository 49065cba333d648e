"""What a column is, and short words to declare one."""

from dataclasses import dataclass
from typing import Any

DTYPES = {
    "str": "string",
    "category": "string",
    "int": "float64",
    "float": "float64",
    "date": "datetime64[us]",
    "boolean": "boolean",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a tidy table.

    `low` and `high` are hard limits (inclusive): a value outside them is rejected with a query, never clipped.
    `resolution` is the smallest step the instrument can show, to which differences are rounded before ranking.
    """

    name: str
    type: str
    label: str
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    cdisc: str | None = None
    resolution: float | None = None
    higher_is_better: bool | None = None
    key: bool = False

    def __post_init__(self) -> None:
        """Refuse a type that no table can hold."""
        if self.type not in DTYPES:
            raise ValueError(f"column {self.name}: no type '{self.type}'; there are {', '.join(DTYPES)}")

    @property
    def dtype(self) -> str:
        """The pandas dtype of this column in a tidy table."""
        return DTYPES[self.type]


def text(name: str, label: str, cdisc: str | None = None, *, key: bool = False) -> Column:
    """A column of texts, as recorded."""
    return Column(name, "str", label, cdisc=cdisc, key=key)


def choice(name: str, label: str, allowed: str, cdisc: str | None = None) -> Column:
    """A column with one of a few values, given as words between blanks."""
    return Column(name, "category", label, allowed=tuple(allowed.split()), cdisc=cdisc)


def date(name: str, label: str, cdisc: str | None = None) -> Column:
    """A column of days."""
    return Column(name, "date", label, cdisc=cdisc)


def partial(name: str, label: str, cdisc: str | None = None) -> list[Any]:
    """A date that may lack its day or month, and the column that says how much of it is known."""
    precision = f"{name.removesuffix('_date')}_precision"
    return [date(name, label, cdisc), choice(precision, f"{label}: known to day, month or year", "D M Y")]


def yes(name: str, label: str, cdisc: str | None = None) -> Column:
    """A column of yes, no, or missing."""
    return Column(name, "boolean", label, cdisc=cdisc)


def count(
    name: str,
    label: str,
    high: float | None,
    cdisc: str | None = None,
    *,
    better: bool | None = None,
    low: float | None = 0,
) -> Column:
    """A column of whole numbers up to a highest one; `better` says whether more is better."""
    return Column(name, "int", label, None, low, high, (), cdisc, 1, better)


def number(
    name: str,
    label: str,
    unit: str | None = None,
    low: float | None = None,
    high: float | None = None,
    cdisc: str | None = None,
    *,
    step: float | None = None,
    better: bool | None = None,
) -> Column:
    """A column of numbers in a unit, between limits; `step` is the smallest difference the instrument can show."""
    return Column(name, "float", label, unit, low, high, (), cdisc, step, better)


def vas(name: str, label: str, cdisc: str | None = None) -> Column:
    """A column of a visual analogue scale, 0 (best) to 100 mm."""
    return number(name, f"{label}, visual analogue scale", "mm", 0, 100, cdisc, step=1, better=False)
