"""Which column is a variable the template knows: only where name, unit and range agree, and with the reason why."""

# ruff: noqa: SIM905 - lists of words read better as words

import math
import re
from dataclasses import dataclass

from analysis.columns import TABLES, Column
from analysis.columns.units import canonical, factor
from analysis.language import speaking, tr
from analysis.read.text import same_code
from pipeline.draft import names
from pipeline.draft.look import Seen

# named by the study's layout, or what the template itself derives or decides with
LEFT_OUT = frozenset(
    "subject_id study visit_id visit_day visit_label window_status predose enrolled screen_status consent_signed "
    "willing missing_reason entered assessor birth_year arm".split()
)
WORDS_OF_SEX = {
    "f": "F",
    "female": "F",
    "woman": "F",
    "女": "F",
    "m": "M",
    "male": "M",
    "man": "M",
    "男": "M",
}


@dataclass(frozen=True, slots=True)
class Match:
    """A variable of the template that a column fills, how, and why; or why it does not although the name is like it."""

    column: Column | None
    mapping: dict
    why: str


def match(seen: Seen, table: str) -> Match | None:
    """The template's variable for a column; None where no name is like it."""
    declared = TABLES[table]
    found = _by_name(seen.name, declared)
    if found is None or found.name in LEFT_OUT:
        return None
    if found.name == "sex":
        return _sex(seen, found)
    if found.name == "age":
        return _age(seen, found)
    against = _against(seen, found)
    if against:
        return Match(None, {}, f"named like {found.name}, but {against}")
    mapping = {"column": seen.name}
    if found.unit and seen.unit and canonical(seen.unit) != canonical(found.unit):
        mapping["unit"] = seen.unit
    if seen.date_order:
        mapping["date_order"] = seen.date_order
    return Match(found, mapping, f"name{', unit and range' if found.unit else ' and range'} agree")


def _by_name(name: str, declared: dict[str, Column]) -> Column | None:
    """A declared column of that name, with its unit or without, or of that CDISC name."""
    word = names.slug(name)
    if word in declared:
        return declared[word]
    if word in names.SEX or names.plain(name) in names.SEX:
        return declared.get("sex")
    if names.plain(name) in names.AGE:
        return declared.get("age")
    if names.plain(name) in names.CENTRE:
        return declared.get("site")
    if chinese := _in_chinese(names.plain(name), declared):
        return chinese
    for column in declared.values():
        if column.cdisc and name.upper() == column.cdisc:
            return column
        if column.unit and word and column.name.startswith(f"{word}_") and _bare(column) == word:
            return column
    return None


def _in_chinese(word: str, declared: dict[str, Column]) -> Column | None:
    """The declared column that the project's catalogue calls so in Chinese; None where two are called so."""
    if not re.search(r"[\u4e00-\u9fff]", word):
        return None
    with speaking("zh"):
        found = [column for column in declared.values() if names.plain(tr(column.label)) == word]
    return found[0] if len(found) == 1 else None


def _bare(column: Column) -> str:
    """A column's name without its unit: ``weight_kg`` is weight."""
    unit = "_".join(names.slug(part) for part in (column.unit or "").replace("/", " ").split())
    return column.name.removesuffix(f"_{unit}") if unit else column.name


def _against(seen: Seen, column: Column) -> str:
    """What speaks against a column being the variable it is named like; nothing where all agrees."""
    kinds = {
        "number": ("float", "int", "str") if column.name == "site" else ("float", "int"),
        "yes_no": ("boolean",),
        "date": ("date",),
        "text": ("str",),
        "category": ("category", "str"),
    }
    if column.type not in kinds.get(seen.kind, ()):
        return f"its values are not of that kind ({seen.kind})"
    if column.type == "category":
        strange = [value for value in seen.codes or seen.texts if value not in column.allowed]
        return f"{len(strange)} of its values are not known to the template" if strange else ""
    if seen.kind != "number" or column.type == "str":
        return ""
    named = names.slug(seen.name) == column.name
    if column.unit and not seen.unit and not (named and _bare(column) != column.name):
        return f"the export does not say its unit (the template has {column.unit})"
    scale = factor(seen.unit, column.unit) if column.unit and seen.unit else 1.0
    if scale is None:
        return f"its unit {seen.unit} cannot become {column.unit}"
    if column.type == "int" and not seen.whole:
        return "it holds fractions"
    low, high = seen.low * scale, seen.high * scale
    least = -math.inf if column.low is None else column.low
    most = math.inf if column.high is None else column.high
    if low < least or high > most:
        return f"its range {low:g} to {high:g} is not within {least:g} to {most:g}"
    return ""


def _sex(seen: Seen, column: Column) -> Match:
    """Sex, where words say it; codes without a meaning stay codes."""
    words = dict(seen.codes) if seen.codes else {value: value for value in seen.texts}
    codes = {code: WORDS_OF_SEX.get(same_code(word)) for code, word in words.items()}
    if not codes or None in codes.values():
        return Match(None, {}, "named like sex, but nothing says what its codes mean")
    plain = all(code == value for code, value in codes.items())
    return Match(column, {"column": seen.name, **({} if plain else {"codes": codes})}, "its words say it")


def _age(seen: Seen, column: Column) -> Match:
    """Age in years, where the values can be nothing else."""
    if (
        seen.kind != "number"
        or seen.unit not in (None, "years")
        or seen.low < 0
        or not 18 <= seen.high <= 110
    ):
        return Match(None, {}, "named like age, but unit or range do not agree with years")
    return Match(
        column, {"column": seen.name}, f"taken for years, as it runs from {seen.low:g} to {seen.high:g}"
    )
