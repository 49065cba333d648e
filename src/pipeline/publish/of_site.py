"""What the report of a site says that the report of all does not: which site it is, and the range of the others."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.escape import markdown
from analysis.language import mark, paragraph, tr, trn
from pipeline.ending import BlockedByDisclosure
from pipeline.files import read_json
from pipeline.others import (
    FEW_PATIENTS,
    FEW_SITES,
    LEAST,
    MOST,
    NO_RESULT,
    ON_RECORD,
    Range,
    end_of,
    ranges_of,
    sites_of,
)

PART = "_site.qmd"
WHY = {
    FEW_SITES: mark("too few sites"),
    FEW_PATIENTS: mark("too few patients"),
    NO_RESULT: mark("no such number"),
}


def is_reported(folder: Path, content: Mapping[str, Any]) -> bool:
    """Whether a report has the numbers of the analysis: a site with very few patients has none."""
    return not content.get("site") or bool(_counts(folder)["reported"])


def _counts(folder: Path) -> dict[str, Any]:
    return (read_json(folder / "data" / "index.json") or {})["site"]


def as_shown(content: dict, folder: Path) -> dict:
    """The settings of a report as its first screen has them: one of a site that has very few patients says so there."""
    if is_reported(folder, content):
        return content
    study, site = content["study"], content["site"]
    counts, fewest = _counts(folder), study["sites"]["fewest_reported"]
    headline = {
        **dict.fromkeys(content["analysis"]["headline"]),
        "finding": study["title"],
        "caution": stated(tr("Too few patients for a report with numbers: it begins with {n}.", n=fewest)),
        "numbers": [],
        "figure": None,
        "certainty": [patients_of(site, counts)],
    }
    empty = {"endpoints": [], "responses": []}
    return {**content, "study": {**study, **empty}, "analysis": {**content["analysis"], "headline": headline}}


def patients_of(site: Mapping[str, Any], counts: Mapping[str, int]) -> str:
    """How many patients a site has, in a sentence."""
    named = {"site": markdown(site["label"]), "count": f"{{{{< var {ON_RECORD} >}}}}"}
    n = counts["on_record"]
    if not n:
        return tr("{site} has no patients on record yet.", site=named["site"])
    return trn("{site} has {count} patient on record.", "{site} has {count} patients on record.", n, **named)


def stated(text: str) -> str:
    """A text whose numbers are of the study file, and no results."""
    return f"[{text}]{{.stated}}"


def told_of_all(folder: Path) -> list[str]:
    """What the user should know of the sites of a study: patients without one, sites without a patient."""
    counts = (read_json(folder / "data" / "index.json") or {}).get("sites") or {}
    lost, empty = counts.get("", 0), [site for site, n in counts.items() if site and not n]
    lines = [f"no patient on record yet at {', '.join(empty)}"] if empty else []
    who = "1 patient has" if lost == 1 else f"{lost} patients have"
    return [
        *lines,
        *([f"{who} no site and stand in the report of all only (query log, K11)"] if lost else []),
    ]


def sentence_of(content: Mapping[str, Any], folder: Path) -> str:
    """Whose report it is, for the beginning of its summary; nothing for that of all."""
    site = content.get("site")
    if not site:
        return ""
    said = tr(
        "This is the report of **{site}** alone; other sites appear only as a range, without names.",
        site=markdown(site["label"]),
    )
    return paragraph([said, patients_of(site, _counts(folder))])


def section_of(content: Mapping[str, Any], folder: Path, rows: Sequence[dict]) -> str:
    """The section on a site and the others as text of the report: its numbers, each beside the range of the others."""
    from pipeline.compare.named import Names

    site = content["site"]
    heading = tr("This site and the others")
    lines = [f"# {heading} {{#sec-site}}", "", sentence_of(content, folder), ""]
    if not is_reported(folder, content):
        return "\n".join(lines)
    rules, by_id = content["study"]["sites"], {row["result_id"]: row for row in rows}
    shown = ranges_of(folder)
    given = {"sites": rules["fewest_sites"], "patients": rules["fewest_patients"]}
    rule = stated(
        tr(
            "Beside each number stands the range of the other sites, from the lowest to the highest and without names. "
            "It is of the sites with at least {patients} patients behind the number, and is not shown for fewer than "
            "{sites} of these, nor where it would tell of a site that fewer than {patients} patients had something, or "
            "had it not. Sites differ in whom they see: a number outside the range is a question, not a finding.",
            **given,
        )
    )
    lines += [rule, ""]
    if not shown:
        return "\n".join(lines)
    head = [tr("Result"), site["label"], tr("Other sites"), tr("Number of sites")]
    names = Names(content, folder / "notebooks")
    table = ["| " + " | ".join(map(_cell, head)) + " |", "|:--|--:|--:|--:|"]
    table += [f"| {' | '.join(cells)} |" for cells in _lines(shown, by_id, names)]
    return "\n".join([*lines, *table, f"\n: {tr('This site and the range of the others')} {{#tbl-site}}", ""])


def _lines(shown: Sequence[Range], by_id: Mapping[str, dict], names: Any) -> Iterator[list[str]]:
    for one in shown:
        row = by_id.get(one.result_id)
        own = f"{{{{< var {one.result_id} >}}}}" if row and row["value"] is not None else tr("none")
        ends = [f"{{{{< var {end_of(one.result_id, which)} >}}}}" for which in (LEAST, MOST)]
        others = tr(WHY[one.why]) if one.why else tr("{low} to {high}", low=ends[0], high=ends[1])
        label = names.result(row or {**one.named, "result_id": one.result_id})
        count = "" if one.why else f"{{{{< var {sites_of(one.result_id)} >}}}}"
        yield [_cell(label), own, others, count]


def _cell(text: str) -> str:
    """A text as a cell of a table."""
    return markdown(" ".join(text.split()))


def require_alone(found: Sequence[str], site: str) -> None:
    """Stop where the report of a site tells of another.

    Raises
    ------
    BlockedByDisclosure
        What was found, and where.
    """
    if found:
        listed = "\n  ".join(found)
        raise BlockedByDisclosure(
            f"the report of {site} shows what is of another site; take it out of the notebook or the text, the last "
            f"published report stays:\n  {listed}"
        )
