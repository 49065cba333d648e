"""What a column is, and short words to declare one."""

from dataclasses import dataclass

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

    @property
    def dtype(self) -> str:
        """The pandas dtype of this column in a tidy table."""
        return DTYPES[self.type]


def text(name, label, cdisc=None, *, key=False):
    return Column(name, "str", label, cdisc=cdisc, key=key)


def choice(name, label, allowed, cdisc=None):
    return Column(name, "category", label, allowed=tuple(allowed.split()), cdisc=cdisc)


def date(name, label, cdisc=None):
    return Column(name, "date", label, cdisc=cdisc)


def partial(name, label, cdisc=None):
    """A date that may lack its day or month, and the column that says how much of it is known."""
    precision = f"{name.removesuffix('_date')}_precision"
    return [date(name, label, cdisc), choice(precision, f"{label}: known to day, month or year", "D M Y")]


def yes(name, label, cdisc=None):
    return Column(name, "boolean", label, cdisc=cdisc)


def count(name, label, high, cdisc=None, *, better=None, low=0):
    return Column(name, "int", label, None, low, high, (), cdisc, 1, better)


def number(name, label, unit=None, low=None, high=None, cdisc=None, *, step=None, better=None):
    return Column(name, "float", label, unit, low, high, (), cdisc, step, better)


def vas(name, label, cdisc=None):
    return number(name, f"{label}, visual analogue scale", "mm", 0, 100, cdisc, step=1, better=False)
