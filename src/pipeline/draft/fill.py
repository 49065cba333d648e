"""Columns as variables of the template or of the study's own, with how each is read and why."""

import re
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.columns import TABLES
from pipeline.draft import names
from pipeline.draft.known import match
from pipeline.draft.layout import File
from pipeline.draft.look import Seen, rounded, unit_of
from pipeline.draft.model import Plan, Variable
from pipeline.draft.names import Moment
from pipeline.draft.times import is_code, pairs_of
from pipeline.draft.yaml import Said

CONTROL = re.compile(  # how a control group is called
    r"placebo|control|cont\b|sham|usual|untreated|no treatment|observation|vehicle|standard|kontrolle|对照|安慰剂|常规|"
    r"^(?:p|pbo|plc|tau|soc|ctrl|ctl|obs)$",
    re.IGNORECASE,
)
SHOWN = ("number", "yes_no", "category")
ABSENT = re.compile(  # how the lesser of two values is called
    r"\b(?:no|none|not|non|normal|negative|neg|absent|never|good|better|inactive|stable|healthy)\b|无|否|阴性|正常",
    re.IGNORECASE,
)


def of_subjects(plan: Plan, file: File, columns: list[str]) -> dict:
    """What belongs to the subject: arm, times to events, and every other column that tables can show."""
    found: dict = {}
    arm = _arm(plan, file, columns)
    if arm:
        found["arm"] = arm[1]
    times = _times(plan, file, columns)
    found |= times
    used = {arm[0] if arm else None, *(_column(mapping) for mapping in times.values())}
    same = _like_the_arm(plan, file, columns)
    for name in columns:
        seen = file.seen[name]
        if name in used or name in same or names.plain(name) in names.DERIVED:
            continue
        if seen.kind not in (*SHOWN, "date") and names.plain(name) not in names.CENTRE:
            plan.left_out.append(f"{file.id}.{name}: free text")
            continue
        if _is_known(plan, seen):
            continue  # another file has it
        if (variable := fill(plan, "subjects", seen))[0] not in found:
            found[variable[0]] = variable[1]
    return found


def _is_known(plan: Plan, seen: Seen) -> bool:
    """Whether a variable of the subjects has this name already."""
    found = match(seen, "subjects")
    wanted = {names.slug(seen.name), found.column.name if found and found.column else ""}
    return any(table == "subjects" and name in wanted for table, name in plan.variables)


def _like_the_arm(plan: Plan, file: File, columns: list[str]) -> set[str]:
    """Columns that say the arm again, by other codes or words."""
    if plan.arms is None or plan.groups is None:
        return set()
    arm = file.key().map(plan.arms)
    known = arm.notna() & arm.ne("")
    found = set()
    for name in columns:
        cells = file.rows[name].fillna("")[known]
        pairs = pd.DataFrame({"arm": arm[known], "cell": cells}).drop_duplicates()
        if len(pairs) == pairs["arm"].nunique() == pairs["cell"].nunique() == len(plan.groups["order"]):
            found.add(name)
    return found


def _column(mapping) -> str:
    return (mapping.value if isinstance(mapping, Said) else mapping)["column"]


def _arm(plan: Plan, file: File, columns: list[str]) -> tuple[str, dict] | None:
    """The column of the arms, if the file has one and no other file had: few values, nobody without."""
    if plan.groups is not None:
        return None
    for word in names.ARM:
        for name in columns:
            seen = file.seen[name]
            if names.plain(name) == word and 2 <= seen.distinct <= 6 and seen.kind not in ("date", "text"):
                key, filled = file.key(), file.rows[name].fillna("").ne("")
                if set(key) - set(key[filled]):
                    file.doubts.append(f"{name} is blank in some subjects, so the report is not split by it")
                    return None
                if word in names.WEAK_ARM:
                    file.doubts.append(f"{name} is taken for the arm by its name alone")
                plan.arms = dict(zip(key[filled], file.rows.loc[filled, name]))
                return name, _groups(plan, file, seen)
    return None


def _groups(plan: Plan, file: File, seen: Seen) -> dict:
    """The grouping, controls first; the mapping of the arm."""
    meanings = dict(seen.codes) if seen.codes else {value: value for value in seen.texts}
    bare = all(re.fullmatch(r"\d+", meaning) for meaning in meanings.values())
    prefix = f"{seen.label or names.words(seen.name)} " if bare else ""
    ids: dict[str, str] = {}
    for meaning in dict.fromkeys(meanings.values()):
        wanted = names.slug(f"{prefix}{meaning}".replace("+", " plus ")) or f"arm_{len(ids) + 1}"
        taken = sum(other == wanted or other.startswith(f"{wanted}_") for other in ids.values())
        ids[meaning] = f"{wanted}_{taken + 1}" if wanted in ids.values() else wanted
    codes = {code: ids[meaning] for code, meaning in meanings.items()}
    labels = {codes[code]: f"{prefix}{meaning}" for code, meaning in meanings.items()}
    order = sorted(labels, key=lambda arm: not CONTROL.search(labels[arm].strip()))
    if not any(CONTROL.search(label.strip()) for label in labels.values()):
        file.doubts.append(
            f"{labels[order[0]]} is taken for the reference group, as it comes first: `groups: order`"
        )
    plan.groups = {
        "variable": "arm",
        "label": seen.label or names.words(seen.name),
        "order": order,
        "labels": {arm: labels[arm] for arm in order},
    }
    return {"column": seen.name, "codes": codes}


def _times(plan: Plan, file: File, columns: list[str]) -> dict:
    """The times to events, each with whether it happened, where names and codes say so."""
    found: dict = {}
    for pair in pairs_of(file, columns):
        seen, event = file.seen[pair.time], file.seen[pair.event]
        named, label = file.renamed.get(pair.time, (None, None))
        stem = named or names.slug(pair.event)
        what = label or event.label or names.words(pair.event)
        time_name = declare(plan, "subjects", seen, name=f"{stem}_time", label=f"{what}: time")
        event_name = declare(plan, "subjects", event, name=f"{stem}_event", kind="yes_no", label=what)
        plan.times.append((time_name, event_name, what))
        mapping = {"column": pair.event, "codes": pair.codes}
        if pair.doubt:
            file.doubts.append(f"{pair.event}: {pair.doubt}")
        found |= {
            time_name: mapping_of(seen),
            event_name: Said(mapping, pair.doubt) if pair.doubt else mapping,
        }
    return found


def _bare_code(seen: Seen) -> bool:
    """Whether numbers stand for something that nobody explains, sex or what happened, so that a mean says nothing."""
    word = names.plain(seen.name)
    numbers = (
        seen.kind in ("number", "yes_no")
        and seen.codes is None
        and all(text.isdigit() for text in seen.texts)
    )
    return numbers and is_code(seen) and (word in names.SEX or (word in names.EVENT and seen.distinct > 2))


def fill(
    plan: Plan, table: str, seen: Seen, *, name: str | None = None, label: str | None = None
) -> tuple[Any, Any]:
    """A column as a variable of the template or of the study: its name and its mapping with the reason."""
    found = match(seen, table) if table in TABLES and name is None else None
    if found and found.column is not None and (table, found.column.name) not in plan.variables:
        kind = "category" if found.column.type in ("category", "str") else seen.kind
        plan.variables[table, found.column.name] = Variable(
            found.column.name, table, kind, found.column.label, seen=seen
        )
        return found.column.name, Said(_with_missing(seen, found.mapping), f"the template's own: {found.why}")
    if _bare_code(seen):
        codes = {text: f"code {text}" for text in seen.texts}
        seen = replace(seen, kind="category", codes=codes, texts=tuple(codes.values()))
    variable = declare(plan, table, seen, name=name, label=label, why=found.why if found else "")
    return variable, mapping_of(seen)


def two_valued(seen: Seen) -> tuple[Seen, str] | None:
    """A category of two values as the yes or no of one of them, and what it is then called; None for any other."""
    if seen.kind != "category" or len(seen.texts) != 2:
        return None
    meanings = dict(seen.codes) if seen.codes else {text: text for text in seen.texts}
    less, more = sorted(meanings.values(), key=lambda text: not ABSENT.search(text))
    codes = {code: "yes" if meaning == more else "no" for code, meaning in meanings.items()}
    doubt = f"{more} counts as yes, {less} as no"
    label = f"{seen.label or names.words(seen.name)}: {more}"
    return replace(seen, kind="yes_no", codes=codes, texts=("no", "yes"), doubts=(*seen.doubts, doubt)), label


def mapping_of(seen: Seen) -> Any:
    """The mapping of a column to a variable of the study's own."""
    mapping: dict = {"column": seen.name}
    if seen.codes:
        mapping["codes"] = dict(seen.codes)
    if seen.date_order:
        mapping["date_order"] = seen.date_order
    mapping = _with_missing(seen, mapping)
    return Said(mapping, "; ".join(seen.doubts)) if seen.doubts else mapping


def _with_missing(seen: Seen, mapping: dict) -> dict:
    return {**mapping, "missing": list(seen.missing)} if seen.missing else mapping


def declare(
    plan: Plan,
    table: str,
    column: Seen,
    *,
    name: str | None = None,
    seen: Seen | None = None,
    kind: str | None = None,
    label: str | None = None,
    why: str = "",
) -> str:
    """Declare a variable of the study's own; its name."""
    seen = seen or column
    kind = kind or seen.kind
    wanted = names.slug(name or column.name) or f"column_{len(plan.declared) + 1}"
    variable, number = wanted, 1
    while (
        variable in plan.declared
        or variable in TABLES.get(table, {})
        or variable in ("subject_id", "visit_id")
    ):
        number += 1
        variable = f"{wanted}_{'recorded' if number == 2 else number}"
    label = label or seen.label or names.words(_without_unit(name or column.name))
    types = {"yes_no": "boolean", "category": "category", "date": "date", "text": "str"}
    said: dict = {"table": table, "type": types.get(kind, "int" if seen.whole else "float"), "label": label}
    comment = [why] if why else []
    if kind == "number":
        if seen.unit:
            said["unit"] = seen.unit
            comment.append(f"unit by the name or label of {column.name}")
        said["range"] = list(rounded(seen.low, seen.high, whole=seen.whole))
        said["resolution"] = seen.step
        comment.append(f"seen: {seen.low:g} to {seen.high:g}")
    elif kind == "category":
        said["allowed"] = list(dict.fromkeys(seen.codes.values() if seen.codes else seen.texts))
    plan.declared[variable] = Said(said, "; ".join(comment)) if comment else said  # type: ignore[assignment]
    plan.variables[table, variable] = Variable(variable, table, kind, label, seen=seen)
    return variable


def _without_unit(name: str) -> str:
    """A name without the unit that it ends with in brackets."""
    found = re.fullmatch(r"(.+?)\s*[(\[（]([^)\]）]+)[)\]）]", name)
    return found[1] if found and unit_of(f"({found[2]})") else name


def merged(seen: list[Seen]) -> Seen:
    """What several columns of one variable hold together."""
    known = [one for one in seen if one.kind != "empty"]
    first = known[0]
    if first.kind == "number":
        return replace(
            first,
            low=min(one.low for one in known),
            high=max(one.high for one in known),
            whole=all(one.whole for one in known),
            step=min(one.step for one in known),
        )
    return replace(first, texts=tuple(dict.fromkeys(value for one in known for value in one.texts)))


def common_label(file: File, at: dict[Moment, str], stem: str) -> str:
    """What the labels of the columns have in common, or the variable's name in words."""
    labels = {file.seen[name].label for name in at.values()}
    return labels.pop() if len(labels) == 1 and "" not in labels else names.words(stem)
