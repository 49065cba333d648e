"""What the study file of a draft will say: decided from the files looked at, with a reason or doubt at each place."""

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from pipeline.draft import names
from pipeline.draft.fill import (
    SHOWN,
    common_label,
    declare,
    fill,
    mapping_of,
    merged,
    of_subjects,
    two_valued,
)
from pipeline.draft.ids import pattern_of
from pipeline.draft.laboratory import columns_of, fill_laboratory, visit_column, visits_of
from pipeline.draft.layout import File, baseline_of, wide_groups
from pipeline.draft.model import Plan
from pipeline.draft.moments import moment_of_visit, visit_moments
from pipeline.draft.names import Moment
from pipeline.draft.scattered import study_days
from pipeline.draft.yaml import Said

NOT_MAPPED = frozenset(
    {
        *(
            "redcap_event_name",
            "redcap_repeat_instrument",
            "redcap_repeat_instance",
            "redcap_survey_identifier",
        ),
        *(
            "STUDYID",
            "PARAM",
            "PARAMCD",
            "PARAMN",
            "DTYPE",
            "ABLFL",
            "ANL01FL",
            "ADY",
            "AVISIT",
            "AVISITN",
            "VISITNUM",
        ),
    }
)


def make_plan(name: str, files: list[File]) -> Plan:
    """Decide what the study file of a draft says."""
    plan = Plan(name, files)
    for file in files:
        if columns_of(file):
            file.visit, file.doubts = (
                visit_column(file),
                [d for d in file.doubts if "taken for the visit" not in d],
            )
            file.windows = []
    with_people = [file for file in files if file.once] or files
    people = max(with_people, key=lambda file: file.key().nunique())
    plan.subjects = people.key().nunique()
    if all(len(file.subject) == 1 for file in files):
        plan.id_pattern = pattern_of(text for file in files for text in file.key().unique())
    series = {file.id: wide_groups(file, _free(file)) if file.once else {} for file in files}
    for file in files:
        if file.windows and any(other is not file and (other.visit or series[other.id]) for other in files):
            file.visit, file.windows = None, []  # visits of another file have no windows beside these
    _name_visits(plan, series)
    for file in [people, *(file for file in files if file is not people)]:
        if columns_of(file):
            _fill_laboratory(plan, file)
        elif _is_adverse(file):
            _fill_adverse_events(plan, file)
        elif file.once:
            _fill_once(plan, file, series[file.id])
        elif file.windows:
            _fill_scattered(plan, file)
        elif file.visit:
            _fill_long(plan, file)
        else:
            _fill_records(plan, file)
    return plan


def _free(file: File) -> list[str]:
    """The columns that are neither keys nor of REDCap's own."""
    own = {*file.subject, file.visit, *NOT_MAPPED}
    return [
        name
        for name in file.seen
        if name not in own and not re.search(r"_complete$|_timestamp$|___ni$", name)
    ]


def _is_adverse(file: File) -> bool:
    terms = {"aeterm", "aedecod", "ae_term", "ae_name"}
    repeated = not file.once or file.where.get("instrument")
    return bool(terms & {names.plain(name) for name in file.seen}) and bool(repeated)


# ---------------------------------------------------------------------------------------------- visits
def _name_visits(plan: Plan, series: dict[str, dict]) -> None:
    """All moments of all files as visits with ids, in order of time."""
    shown: dict[str, Moment] = {}
    for file in plan.files:
        for window in file.windows:
            shown[window.shown] = Moment(float(window.target - 1), window.shown, True)
        moments = list(visit_moments(file).values())
        moments += [when for at in series[file.id].values() for when in at]
        if file.visit and not columns_of(file) and _with_baseline_column(file):
            moments.append(Moment(0.0, "Baseline", True))
        for when in moments:
            shown.setdefault(when.shown, when)
    ordered = sorted(shown.values(), key=lambda when: when.days) or [Moment(0.0, "Baseline", True)]
    for when in ordered:
        plan.visits[_visit_id(when.shown, plan.visits)] = when
    windows = {window.shown: window for file in plan.files for window in file.windows}
    plan.windows = {
        ident: windows[when.shown] for ident, when in plan.visits.items() if when.shown in windows
    }


def _visit_id(shown: str, taken: Iterable[str]) -> str:
    """A short id: ``Week 12`` is W12, ``Month 3`` M3, ``Baseline`` BL."""
    timed = re.fullmatch(r"(Week|Month|Day|Year|Hour|Minute|Visit|Time) (-?)(\d+)(?:\.(\d+))?", shown)
    if shown == "Baseline":
        made = "BL"
    elif timed:
        size = timed[3].zfill(2) if timed[1] == "Week" else timed[3]
        initial = {"Minute": "MIN", "Time": "T"}.get(timed[1], timed[1][0])
        made = f"{initial}{'M' if timed[2] else ''}{size}{f'_{timed[4]}' if timed[4] else ''}"
    else:
        made = names.slug(re.sub(r" -(?=\d)", " M", shown)).upper()[:20].strip("_") or "V"
    made = made if made[:1].isalpha() and made != "UNS" else f"V_{made}"
    number = 2
    unique = made
    while unique in taken:
        unique, number = f"{made}_{number}", number + 1
    return unique


def _id_of(plan: Plan, when: Moment) -> str:
    return next(ident for ident, known in plan.visits.items() if known.shown == when.shown)


def weeks(plan: Plan) -> dict[str, float] | None:
    """Weeks of the visits for the axis of time; None where not every visit is a day or week."""
    if not all(
        when.exact and re.match(r"Baseline|Screening|Week|Day", when.shown) for when in plan.visits.values()
    ):
        return None
    return {ident: round(when.days / 7, 2) for ident, when in plan.visits.items()}


# ---------------------------------------------------------------------------------------------- blocks
def _subject(file: File) -> dict:
    if not file.subject:
        return {"row_number": True}
    return {"column": file.subject[0]} if len(file.subject) == 1 else {"all_of": file.subject}


def _block(file: File, columns: dict, *, rows: dict | None = None, visit: str | None = None) -> dict:
    """A block of the study file."""
    keys = {"subject_id": _subject(file)} | ({"visit_id": {"value": visit}} if visit else {})
    short = {name: _short(mapping) for name, mapping in {**keys, **columns}.items()}
    chosen = {**file.where, **(rows or {})}
    return {"from": _source(file)} | ({"rows": chosen} if chosen else {}) | {"columns": short}


def _source(file: File) -> str:
    return file.given["id"]


def _short(mapping):
    """``{column: x}`` is written as x."""
    if isinstance(mapping, Said):
        return Said(_short(mapping.value), mapping.comment)
    return mapping["column"] if set(mapping) == {"column"} else mapping


def _add(plan: Plan, table: str, block: dict) -> None:
    """Add a block; the further blocks of subjects join the first one."""
    known = plan.blocks.setdefault(table, [])
    if table == "subjects" and known:
        block = {"from": block.pop("from"), "join": True, **block}
    known.append(block)


def _fill_once(plan: Plan, file: File, series: dict[str, dict[Moment, str]]) -> None:
    """A file with one row per subject: series of columns are visits, the others belong to the subject."""
    used = {name for at in series.values() for name in at.values()}
    columns = of_subjects(plan, file, [name for name in _free(file) if name not in used])
    _add(plan, "subjects", _block(file, columns))
    by_visit: dict[str, dict] = {}
    for stem, at in series.items():
        first = file.seen[next(iter(at.values()))]
        together = merged([file.seen[name] for name in at.values()])
        variable = declare(
            plan, "visits", first, name=stem, seen=together, label=common_label(file, at, stem)
        )
        for when, column in at.items():
            visit = _id_of(plan, when)
            plan.variables["visits", variable].visits.append(visit)
            by_visit.setdefault(visit, {})[variable] = mapping_of(file.seen[column])
    for visit in [visit for visit in plan.visits if visit in by_visit]:
        _add(plan, "visits", _block(file, by_visit[visit], visit=visit))


def _fill_long(plan: Plan, file: File) -> None:
    """A file with one row per subject and visit."""
    free = _free(file)
    constant = [name for name in file.constant(free) if _at_first_row(file, name)]
    varying = [name for name in free if name not in constant and names.plain(name) not in names.DERIVED]
    base = baseline_of(file, constant, varying) if _with_baseline_column(file) else None
    constant = [
        name for name in constant if name not in (base or ()) and names.plain(name) not in names.DERIVED
    ]
    mapped = of_subjects(plan, file, constant)
    if mapped or not plan.blocks.get("subjects"):
        _add(plan, "subjects", _block(file, mapped, rows={"once_per": file.subject}))
    events, when = {}, {}
    for text, moment in visit_moments(file).items():
        events[text] = when[text] = _id_of(plan, moment)
    columns, from_base = {}, {}
    for name in varying:
        seen = file.seen[name]
        if seen.kind not in (*SHOWN, "date"):
            plan.left_out.append(f"{file.id}.{name}: free text")
            continue
        named, label = file.renamed.get(name, (None, None))
        if base and base[0] == name:
            seen = merged([seen, file.seen[base[1]]])
        if pair := two_valued(seen):
            seen, label = pair
        variable, mapping = fill(plan, "visits", seen, name=named, label=label)
        if moment_of_visit(file, name):
            plan.moments.add(variable)
            file.doubts.append(
                f"{name} grows from visit to visit: taken for its time, so that it is no endpoint"
            )
        there = file.rows.loc[file.rows[name].fillna("").ne(""), file.visit]
        plan.variables["visits", variable].visits += [
            when[text] for text in dict.fromkeys(there) if text in when
        ]
        columns[variable] = mapping
        if base and base[0] == name:
            plan.variables["visits", variable].visits.insert(0, plan.baseline)
            from_base[variable] = {"column": base[1]}
    if base and from_base:
        file.doubts.append(f"{base[1]} is taken for the baseline value of {base[0]}")
        _add(plan, "visits", _block(file, from_base, rows={"once_per": file.subject}, visit=plan.baseline))
    if columns:
        rows = {"event_column": file.visit, "events": events}
        block = _block(file, columns, rows=rows)
        known = [old for old in plan.blocks.get("visits", []) if "events" in old.get("rows", {})]
        _add(plan, "visits", {"from": block.pop("from"), "join": True, **block} if known else block)


def _fill_scattered(plan: Plan, file: File) -> None:
    """A file with several rows per subject at times of their own, which fall into the windows proposed."""
    if file.visit is None:
        return
    free = _free(file)
    constant = [name for name in file.constant(free) if _at_first_row(file, name)]
    mapped = of_subjects(plan, file, constant)
    if mapped or not plan.blocks.get("subjects"):
        _add(plan, "subjects", _block(file, mapped, rows={"once_per": file.subject}))
    day = study_days(pd.to_numeric(file.rows[file.visit], errors="coerce"), file.time_unit)
    unit = {"unit": file.time_unit} if file.time_unit else {}
    columns: dict[str, Any] = {"visit_day": {"column": file.visit, **unit}}
    for name in (name for name in free if name not in constant and names.plain(name) not in names.DERIVED):
        if file.seen[name].kind not in (*SHOWN, "date"):
            plan.left_out.append(f"{file.id}.{name}: free text")
            continue
        variable, columns[variable] = fill(plan, "visits", file.seen[name])
        there = day[file.rows[name].fillna("").ne("")]
        plan.variables["visits", variable].visits += [
            ident for ident, window in plan.windows.items() if there.between(window.first, window.last).any()
        ]
    _add(plan, "visits", _block(file, columns))


def _with_baseline_column(file: File) -> bool:
    """Whether the file repeats a baseline value in every row and has no row for the baseline visit."""
    if any(when.days == 0 for when in visit_moments(file).values()):
        return False
    free = _free(file)
    constant = file.constant(free)
    return baseline_of(file, constant, [name for name in free if name not in constant]) is not None


def _at_first_row(file: File, name: str) -> bool:
    """Whether the first row of each subject holds the value, if any row does; else it belongs to a visit."""
    filled = file.rows[name].fillna("").ne("")
    key = file.key()
    first = ~key.duplicated()
    return not (set(key[filled]) - set(key[filled & first]))


def _fill_records(plan: Plan, file: File) -> None:
    """A file with several rows per subject that no column tells apart: a table of its own."""
    free = _free(file)
    constant = [name for name in file.constant(free) if _at_first_row(file, name)]
    mapped = of_subjects(plan, file, constant)
    if mapped or not plan.blocks.get("subjects"):
        _add(plan, "subjects", _block(file, mapped, rows={"once_per": file.subject}))
    columns = {}
    for name in (name for name in free if name not in constant):
        if file.seen[name].kind in (*SHOWN, "date"):
            variable, columns[variable] = fill(plan, file.id, file.seen[name])
    if columns:
        file.doubts.append(
            f"no column tells the rows of a subject apart: they are the table {file.id}, by no visit"
        )
        _add(plan, file.id, _block(file, columns))


def _fill_laboratory(plan: Plan, file: File) -> None:
    """Laboratory results, one row per subject, test and sample."""
    if not plan.blocks.get("subjects"):
        used = {*columns_of(file).values(), file.visit}
        constant = [
            name for name in file.constant(_free(file)) if name not in used and _at_first_row(file, name)
        ]
        _add(
            plan, "subjects", _block(file, of_subjects(plan, file, constant), rows={"once_per": file.subject})
        )
    visits = visits_of(file, lambda when: _id_of(plan, when))
    _add(plan, "labs", _block(file, fill_laboratory(plan, file, visits)))


def _fill_adverse_events(plan: Plan, file: File) -> None:
    """Adverse events under CDISC's names."""
    by_name = {names.plain(name): name for name in file.seen}
    columns = {tidy: {"column": by_name[word]} for word, tidy in names.ADVERSE.items() if word in by_name}
    if "aeser" in by_name and file.seen[by_name["aeser"]].kind == "yes_no":
        columns["serious"] = {"column": by_name["aeser"]}
    severity = {"mild", "moderate", "severe"}
    if "aesev" in by_name and {value.lower() for value in file.seen[by_name["aesev"]].texts} <= severity:
        codes = {value: value.lower() for value in file.seen[by_name["aesev"]].texts}
        columns["severity"] = {"column": by_name["aesev"], "codes": codes}  # type: ignore[dict-item]
    if "trtemfl" in by_name:
        columns["teae_recorded"] = {"column": by_name["trtemfl"]}
    if not plan.blocks.get("subjects"):
        constant = [name for name in file.constant(_free(file)) if _at_first_row(file, name)]
        _add(
            plan,
            "subjects",
            _block(file, of_subjects(plan, file, constant), rows={"once_per": file.subject}),
        )
    _add(plan, "adverse_events", _block(file, columns))
