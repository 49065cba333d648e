"""The locked plan of analysis, and what a report does otherwise.

`study lock STUDY --sap` writes ``locks/<study>/sap/<UTC date and time>/``, sealed and chained as locks of data are. Its
record holds every entry of the study file, the list of criteria and the report's file that the analysis rests on. The
final report is held against the newest one: each entry that differs is told, with the reason that the study file
gives (``plan_changes:``), or with the word that none is given.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.columns import nearest
from analysis.escape import markdown
from analysis.language import inside, paragraph, tr
from pipeline.lock import locks_of
from pipeline.lock_record import Lock, newest
from pipeline.project import Project

# Entries of the study file that the analysis rests on; where the data lie and who is asked are none.
OF_STUDY = (
    *(
        "design",
        "planned_n",
        "objectives",
        "visit_by",
        "day_one",
        "predose_on_day_one",
        "visits",
        "baseline_visit",
    ),
    *(
        "baseline_by",
        "variables",
        "analytes",
        "scores",
        "ranges",
        "groups",
        "populations",
        "primary_population",
    ),
    *("baseline_table", "endpoints", "responses", "safety", "statistics", "settings"),
)
NAMES = (
    "id",
    "name",
    "variable",
    "analyte",
    "label",
    "attribute",
    "endpoint",
)  # what tells entries of a list apart
SECTION = "sec-plan-changes"


@dataclass(frozen=True, slots=True)
class Difference:
    """An entry that is not as it was planned; what is absent on one side is None."""

    what: str
    planned: str | None
    done: str | None
    reason: str | None


def plans_of(project: Project, study: str) -> Path:
    """The folder of all locked plans of a study."""
    return locks_of(project, study) / "sap"


def current_plan(project: Project, study: str) -> Lock | None:
    """The newest locked plan, or None.

    Raises
    ------
    LockError
        If its record cannot be read, or is not the one that was sealed.
    """
    return newest(
        project,
        study,
        plans_of(project, study),
        is_whole=lambda record: isinstance(record.get("plan"), dict),
        remedy="take the lock of the plan away",
    )


def facts(study: Mapping, analysis: Mapping, criteria: Mapping) -> dict[str, str]:
    """Every planned entry by its name, as text.

    Parameters
    ----------
    study, analysis, criteria : mapping
        The study file, the report's file and the list of criteria as resolved, in English.
    """
    told = {name: study[name] for name in OF_STUDY if name in study}
    told |= {"criteria": criteria.get("criteria", []), "notebooks": analysis["notebooks"]}
    return dict(_flat(told, ""))


def _flat(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for number, inner in enumerate(value):
            name = next((str(inner[key]) for key in NAMES if inner.get(key)), str(number + 1))
            yield from _flat(inner, f"{place}.{name.replace('.', ' ')}")
    elif value not in (None, [], {}, ""):
        yield place, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def differences(
    planned: Mapping[str, str], now: Mapping[str, str], changes: Iterable[Mapping]
) -> list[Difference]:
    """Every entry that differs, in the order of the plan, each with the reason that is given for it.

    Examples
    --------
    >>> given = [{"what": "endpoints.cdai", "reason": "Visit dropped."}]
    >>> differences({"endpoints.cdai.visits": "W12, W24"}, {"endpoints.cdai.visits": "W24"}, given)
    [Difference(what='endpoints.cdai.visits', planned='W12, W24', done='W24', reason='Visit dropped.')]
    """
    names = [name for name in dict.fromkeys([*planned, *now]) if planned.get(name) != now.get(name)]
    return [Difference(name, planned.get(name), now.get(name), _reason(name, changes)) for name in names]


def _reason(name: str, changes: Iterable[Mapping]) -> str | None:
    """The reason given for an entry: of those that name it or what it begins with, the closest."""
    given = [one for one in changes if name == one["what"] or name.startswith(one["what"] + ".")]
    return max(given, key=lambda one: len(one["what"]))["reason"] if given else None


def idle_reasons(found: Iterable[Difference], changes: Iterable[Mapping]) -> Iterator[tuple[int, str]]:
    """The place of every reason that is given for no difference, and a line with the nearest name."""
    there = [one.what for one in found]
    for number, change in enumerate(changes):
        if not any(name == change["what"] or name.startswith(change["what"] + ".") for name in there):
            yield (
                number,
                f"plan_changes names '{change['what']}', which does not differ from the locked plan"
                f"{nearest(change['what'], there)}",
            )


def as_settings(project: Project, asked: Any) -> dict | None:
    """What the settings of a final report say of the locked plan; None where there is none.

    Parameters
    ----------
    project : Project
    asked : Asked
        The report, see `pipeline.gather`.
    """
    return compared(project, asked.study, asked.found) if asked.report == "final" else None


def compared(project: Project, study: str, found: Any) -> dict | None:
    """The newest locked plan held against the resolved files of the final report; None where none is locked."""
    plan = current_plan(project, study)
    if plan is None:
        return None
    told = differences(
        plan.record["plan"], facts(found.study, found.analysis, found.criteria), found.study["plan_changes"]
    )
    return {
        **plan.summary,
        "seen": plan.record["seen"],
        "differences": [[one.what, one.planned, one.done, one.reason] for one in told],
    }


def standing(plan: dict) -> str:
    """When a plan was locked, and what was known of the data then, in words."""
    seen = plan["seen"]
    parts = [
        tr(
            "The plan of analysis was locked on {day} (lock {name}, SHA-256 {hash}).",
            day=plan["locked_at"][:10],
            name=plan["name"],
            hash=plan["sha256"][:16],
        ),
        tr("The record is signed.") if plan["signed"] else tr("The record is sealed and not signed."),
        _seen(seen),
    ]
    return paragraph(parts)


def _seen(seen: Mapping) -> str:
    if seen["data_locked_at"]:
        return tr("The data had been locked before the plan, on {day}.", day=seen["data_locked_at"][:10])
    if seen["runs"]:
        return tr(
            "Reports had been made from data {n} times before the plan was locked; whoever read them knew results.",
            n=seen["runs"],
        )
    return tr("No report had been made from the data before.")


def section(plan: dict | None) -> str:
    """The section of a report that says what was done otherwise than planned; nothing without a locked plan."""
    if not plan:
        return ""
    heading = f"## {tr('What was done otherwise than planned')} {{#{SECTION}}}"
    return "\n".join(["", heading, "", *said(plan)])


def said(plan: dict) -> list[str]:
    """When the plan was locked, and every entry that differs from it, as lines of a text."""
    told = [Difference(*entry) for entry in plan["differences"]]
    if not told:
        return [standing(plan), "", tr("Every entry of the plan is as it was locked."), ""]
    without = sum(one.reason is None for one in told)
    counted = tr(
        "{n} entries differ from the plan, {without} of them without a reason ([@tbl-plan-changes]).",
        n=len(told),
        without=without,
    )
    return [standing(plan), "", counted, "", *_table(told)]


def _table(told: Iterable[Difference]) -> list[str]:
    head = [tr("Entry"), tr("Planned"), tr("Done"), tr("Why")]
    rows = [
        [
            markdown(one.what),
            _value(one.planned),
            _value(one.done),
            markdown(tr(one.reason)) if one.reason else f"**{tr('no reason is given')}**",
        ]
        for one in told
    ]
    shown = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in [head, *rows]]
    rule = "|" + "|".join(":" + "-" * width for width in (28, 24, 24, 30)) + "|"
    caption = tr("Entries that differ from the locked plan of analysis")
    return [shown[0], rule, *shown[1:], "", f": {caption} {{#tbl-plan-changes}}", ""]


def _value(text: str | None) -> str:
    return markdown(text) if text is not None else inside(tr("Not there"))
