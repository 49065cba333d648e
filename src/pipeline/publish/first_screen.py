"""The answer on the first screen: finding, caution, four numbers, a figure, and how sure it is.

What stands there is named by the report's settings (``headline:``) or found by rule: the primary endpoint, who is in
the study, the adverse events. It is written as text of the report is: every number is a result by its id.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from analysis.language import PEOPLE, mark, semicolons, tr
from pipeline.publish.unknown import unknown_in
from pipeline.sites import titled
from pipeline.words import chosen_id

PART = "_first_screen.qmd"
MOST = 4
# Where an estimate of the primary endpoint is looked for, the first that is there.
ESTIMATES = (
    "difference_mmrm",
    "difference_ancova",
    "difference_share",
    "response_composite",
    "response_nri",
    "response_observed",
    "change_model",
    "change_mean",
    "improved",
)
CAUTION = {
    "cohort": mark("The cohort has no comparison group: a change in it is not the effect of any drug."),
    "single_arm": mark(
        "Without a control group this cannot be told from the course of the disease, a response to placebo, or "
        "regression to the mean."
    ),
    "randomised": mark(
        "The comparison between the arms is what the trial says of the drug; a change within an arm is not."
    ),
}
CAUTION_GROUPS = mark(
    "The groups were not made by lot: a difference between them is not the effect of any drug."
)
CAUTION_INTERIM = mark("An interim report describes: the data are not locked, and numbers may still change.")
DESIGN = {
    "cohort": mark(
        "Observational: nothing was allocated, and what is compared may differ in more than what is named."
    ),
    "single_arm": mark("One arm, open label: patients and assessors knew the treatment."),
    "randomised": mark("Randomised: arms differ by chance and by treatment."),
}


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a report by id, and the parts of ids that its settings choose."""

    rows: dict[str, dict]
    chosen: dict[str, str]

    def has(self, name: str) -> bool:
        """Whether a result is there and has a value."""
        row = self.rows.get(chosen_id(name, self.chosen))
        return row is not None and row["value"] is not None

    def unit(self, name: str) -> str:
        """The unit of a result; nothing where it is not there."""
        row = self.rows.get(chosen_id(name, self.chosen)) or {}
        return row.get("unit") or ""


def first_screen(content: dict, rows: Iterable[dict], chosen: dict[str, str]) -> str:
    """The first screen as a part of the report's text.

    Parameters
    ----------
    content : dict
        Settings of the report: study, analysis.
    rows : iterable of dict
        Its results.
    chosen : dict
        Parts of ids that the settings choose, see `pipeline.words`.
    """
    study, headline = content["study"], content["analysis"]["headline"]
    results = Results({row["result_id"]: row for row in rows}, chosen)
    primary = primary_estimate(content, results)
    numbers = key_numbers(content, results)
    found = headline["finding"] or finding_by_rule(study, primary, results)
    if missing := unknown_in(found, results.rows, chosen):
        what = _label(study, missing[0]["result_id"].rpartition(".")[0])
        found = tr("Not known: {what}", what=what)
    lines = [
        *_division("finding", titled(found, content.get("site"))),
        ":::::: {.first-screen}",
        "",
        *_division("caution", headline["caution"] or caution_of(content)),
        *_numbers(numbers, study, results),
        "::::: {.first-body}",
        "",
        *_figure(headline["figure"], headline["figure_finding"]),
        "",
        ":::: {.certainty}",
        f"**{tr('How sure is this?')}**",
        "",
        *[f"- {text}" for text in headline["certainty"] or _certainty(study, primary, results)],
        "",
        "::: {.downloads}",
        ":::",
        "::::",
        ":::::",
        "",
        "::::::",
        "",
    ]
    return "\n".join(lines)


def key_numbers(content: dict, results: Results) -> list[dict]:
    """The numbers of the first screen: `label`, `result` (its id as the text writes it) and `note`."""
    named = content["analysis"]["headline"]["numbers"]
    is_planned = not content.get("site") or content["site"]["planned"]
    primary = primary_estimate(content, results)
    return named or list(usual_numbers(content["study"], primary, results, is_planned=is_planned))


def primary_estimate(content: dict, results: Results) -> str | None:
    """The id of the estimate of the primary endpoint, at the last visit that has one; None where there is none."""
    study = content["study"]
    primary = [e for e in (*study["responses"], *study["endpoints"]) if e["role"] == "primary"]
    for endpoint in primary:
        for analysis in ESTIMATES:
            found = [
                name
                for name, row in results.rows.items()
                if (row["analysis"], row["statistic"]) == (analysis, "estimate")
                and str(row["variable"]).lower() == endpoint["id"].lower()
                and row["value"] is not None
            ]
            if found:
                return _last(found, study)
    return None


def _last(names: list[str], study: dict) -> str:
    """Of several ids the one of the latest visit; of all people before a group."""
    visits = [visit["id"].lower() for visit in study["visits"]]

    def place(name: str) -> tuple[int, bool]:
        *_, visit, group, _ = name.split(".")
        return visits.index(visit) if visit in visits else -1, group == "all"

    return max(names, key=place)


def _division(name: str, text: str) -> list[str]:
    return [f"::: {{.{name}}}", text, ":::", ""]


def var(prefix: str, statistic: str) -> str:
    """A result as the text names it.

    Examples
    --------
    >>> var("flow.all.enrolled.all.all", "n")
    '{{< var flow.all.enrolled.all.all.n >}}'
    """
    return f"{{{{< var {prefix}.{statistic} >}}}}"


def _label(study: dict, prefix: str) -> str:
    """Variable and visit of a result in words."""
    variable, visit = prefix.split(".")[2:4]
    labels = {e["id"].lower(): e["label"] for e in (*study["endpoints"], *study["responses"])}
    visits = {entry["id"].lower(): entry["label"] for entry in study["visits"]}
    what = labels.get(variable, variable)
    return tr("{what}, {visit}", what=what, visit=visits[visit]) if visit in visits else what


def finding_by_rule(study: dict, primary: str | None, results: Results) -> str:
    """The title by rule: a share by its count, a difference and a change by their direction."""
    from pipeline.words import directions_of

    if primary is None:
        return study["title"]
    prefix = primary.rpartition(".")[0]
    label, who = _label(study, prefix), tr(PEOPLE[study["design"]])
    if results.unit(primary) == "proportion" and not prefix.startswith("difference"):
        given = {"count": var(prefix, "count"), "n": var(prefix, "n"), "who": who, "what": label}
        return tr("{count} of {n} {who}: {what}", **given)
    if prefix.startswith("difference"):
        if prefix.split(".")[2] not in directions_of(study):
            return study["title"]  # none can be called better
        first, group = _arms(study, prefix)
        return tr(
            "{what}: {group} was {than} {other}",
            what=label,
            group=group,
            than=var(prefix, "than"),
            other=first,
        )
    return tr("{what} {moved}", what=label, moved=var(prefix, "moved"))


def _arms(study: dict, prefix: str) -> tuple[str, str]:
    """What a difference is from, and whose it is."""
    groups, name = study.get("groups") or {}, prefix.split(".")[4]
    labels, order = groups.get("labels") or {}, groups.get("order") or ["the comparison"]
    return labels.get(order[0], order[0]), {key.lower(): text for key, text in labels.items()}.get(name, name)


def caution_of(content: dict) -> str:
    """What a reader must not take the headline for, by the design of the study and the state of the report."""
    study = content["study"]
    if content["analysis"]["report"] == "interim":
        return tr(CAUTION_INTERIM)
    observed = study["design"] == "cohort" and study.get("groups")
    return tr(CAUTION_GROUPS if observed else CAUTION[study["design"]])


def usual_numbers(
    study: dict, primary: str | None, results: Results, *, is_planned: bool = True
) -> Iterator[dict[str, Any]]:
    """The numbers of any study: its primary endpoint, who is in it (of how many, where planned), adverse events."""
    offered = [
        (primary and tr("Primary: {what}", what=_label(study, primary.rpartition(".")[0])), primary),
        (tr("Enrolled"), "flow.all.enrolled.all.all.n"),
        (tr("With an adverse event"), "ae_overview.safety.any.all.all.count"),
        (tr("With a serious adverse event"), "ae_overview.safety.serious_event.all.all.count"),
        (tr("Died"), "ae_overview.safety.death.all.all.count"),
    ]
    kept = [(label, name) for label, name in offered if name and results.has(name)]
    for label, name in kept[:MOST]:
        is_flow = name.startswith("flow.") and is_planned and study["planned_n"]
        planned = tr("of {n} planned", n=study["planned_n"]) if is_flow else None
        yield {"label": label, "result": name, "note": planned}


def _numbers(numbers: list[dict], study: dict, results: Results) -> list[str]:
    if not numbers:
        return []
    lines = [":::: {.key-numbers}", ""]
    for number in numbers:
        note = number["note"] or belonging(number["result"], study, results)
        lines += ["::: {.key-number}", f"[{number['label']}]{{.key-label}}", ""]
        lines += [f"[{{{{< var {number['result']} >}}}}]{{.key-value}}", ""]
        lines += [f"[{note}]{{.key-note}}" if note else "", ":::", ""]
    return [*lines, "::::", ""]


def belonging(name: str, study: dict, results: Results) -> str:
    """Denominator and interval of a result, as far as they are there."""
    prefix, _, statistic = name.rpartition(".")
    who, parts = tr(PEOPLE[study["design"]]), []
    given = {"n": var(prefix, "n"), "who": who}
    if statistic != "count" and results.has(f"{prefix}.count"):
        parts.append(tr("{count} of {n} {who}", count=var(prefix, "count"), **given))
    elif results.has(f"{prefix}.n") and statistic != "n":
        parts.append(tr("of {n} {who}", **given) if statistic == "count" else tr("{n} {who}", **given))
    elif results.has(f"{prefix}.n_pairs"):
        parts.append(tr("{n} {who} with both values", n=var(prefix, "n_pairs"), who=who))
    if statistic == "estimate" and results.has(f"{prefix}.conf_low"):
        parts.append(var(prefix, "ci"))
    return semicolons(parts)


def _figure(figure: str | None, finding: str | None) -> list[str]:
    if not figure:
        return []
    notebook, _, label = figure.partition("#")
    shown = [f"{{{{< embed notebooks/{notebook}.ipynb#{label} >}}}}"]
    opened = ["::: {.finds}", finding, "", *shown, ":::"] if finding else shown
    return [":::: {.first-figure}", *opened, "::::"]


def _certainty(study: dict, primary: str | None, results: Results) -> Iterator[str]:
    """What limits the finding, by rule: values that are missing, the design, how many hypotheses there were."""
    prefix = primary.rpartition(".")[0] if primary else ""
    if results.has(f"{prefix}.n_missing"):
        yield tr("Missing for the primary endpoint: {n}.", n=var(prefix, "n_missing"))
    yield tr(DESIGN[study["design"]])
    planned = "hierarchy.all.hypotheses.all.all"
    if results.has(f"{planned}.planned"):
        given = {name: var(planned, name) for name in ("planned", "tested", "rejected")}
        yield tr(
            "Hypotheses in a fixed order: {planned} planned, {tested} tested, {rejected} rejected.", **given
        )
