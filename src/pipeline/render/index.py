"""The page that lists every published report, in the look of the reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from string import Template

from pipeline.render import page
from pipeline.render.style import asset

FORMATS = {
    "index.html": "Read",
    "supplement.html": "Supplement",
    "summary.pdf": "One page",
    "report.docx": "Word",
    "report.pdf": "PDF",
    "results.csv": "Results (CSV)",
    "manifest.json": "Manifest",
}
HEAD = ("Report", "State", "Files", "Data cut", "Rendered")


def render_index(reports: Iterable[Mapping], *, handbook: str | None = None) -> str:
    """An HTML page with one section per study and one row per report.

    Parameters
    ----------
    reports : iterable of mapping
        Per report, as in its manifest: ``study`` (title), ``registry``, ``report``, ``state``, ``data_cut``,
        ``rendered_at``, ``synthetic``, ``finding``, ``progress``; and ``folder`` (its address, relative to this page)
        and ``files`` (the
        names in that folder). Keys that are absent show as a dash.
    handbook : str, optional
        Address of the handbook, relative to this page, when it has been rendered.

    Returns
    -------
    str
        The page: self-contained, with the same content policy as the reports.
    """
    grouped: dict[tuple[str, str], list[Mapping]] = {}
    for report in reports:
        key = (str(report.get("study") or "Study"), str(report.get("registry") or ""))
        grouped.setdefault(key, []).append(report)
    html = Template(asset("index.html")).substitute(
        style=asset("report.css"),
        script=asset("report.js"),
        summary=_summary(sum(map(len, grouped.values())), len(grouped)),
        handbook=_handbook(handbook),
        studies="\n".join(_study(place, *key, rows) for place, (key, rows) in enumerate(grouped.items(), 1)),
    )
    return page.finish(html)


def _summary(reports: int, studies: int) -> str:
    if not reports:
        return "No report has been rendered yet."
    kind, group = "report" if reports == 1 else "reports", "study" if studies == 1 else "studies"
    return f"{reports} {kind} of {studies} {group}"


def _handbook(address: str | None) -> str:
    if address is None:
        return ""
    text = "How these reports are made, what every score and statistic is, and how they are verified"
    return f'<p><a href="{escape(address, quote=True)}">Handbook</a>: {text}.</p>'


def _study(place: int, title: str, registry: str, reports: list[Mapping]) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in HEAD)
    rows = "\n".join(_row(report) for report in reports)
    synthetic = any(report.get("synthetic") for report in reports)
    told = "".join(_finding(report) for report in reports if report.get("finding"))
    since = told + "".join(_since(report) for report in reports if report.get("since_last"))
    note = (
        '<p class="banner banner-synthetic">Synthetic data: no real patient is described.</p>'
        if synthetic
        else ""
    )
    identity = f'<p class="study-id">{escape(registry)}</p>' if registry else ""
    return f"""<section aria-labelledby="study-{place}">
<h2 id="study-{place}">{escape(title)}</h2>
{identity}{note}{since}
<div class="table-scroll" role="group" tabindex="0" aria-label="Reports of {escape(title)}">
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
</section>"""


def _finding(report: Mapping) -> str:
    """What a report found, how far the study has come, and how old that is."""
    name, folder = str(report.get("report") or "report"), str(report.get("folder") or ".").rstrip("/")
    link = _link(folder, "index.html", f"{escape(name.capitalize())} report")
    steps = _progress(report.get("progress") or {})
    made = escape(str(report.get("rendered_at") or ""), quote=True)
    age = f'<span class="age" data-made="{made}"></span>' if made else ""
    return (
        f'<p class="finding">{link}: {escape(str(report["finding"]))}</p>'
        f'<p class="progress">{escape(steps)}{age}</p>'
    )


def _progress(counts: Mapping) -> str:
    """Who was screened and enrolled, and the visits that were due and done.

    Examples
    --------
    >>> _progress({"screened": 24, "enrolled": 19, "planned": 20, "due": 82, "done": 76})
    '24 screened, 19 enrolled of 20 planned; 76 of 82 visits due were attended. '
    """
    parts = []
    if "enrolled" in counts:
        screened = f"{counts['screened']} screened, " if "screened" in counts else ""
        parts.append(f"{screened}{counts['enrolled']} enrolled of {counts.get('planned', '?')} planned")
    if counts.get("due"):
        parts.append(f"{counts.get('done', 0)} of {counts['due']} visits due were attended")
    return "; ".join(parts) + ". " if parts else ""


def _since(report: Mapping) -> str:
    """What changed since the run before, in a line."""
    name, told = escape(str(report["report"])), escape(str(report["since_last"]))
    return f'<p class="since">Since the last {name} report: {told}.</p>'


def _row(report: Mapping) -> str:
    name = escape(str(report.get("report") or "report").capitalize())
    folder = str(report.get("folder") or ".").rstrip("/")
    rendered = str(report.get("rendered_at") or "–").replace("T", " ").replace("+00:00", " UTC")
    cells = (
        escape(str(report.get("state") or "–")),
        _files(folder, report),
        escape(str(report.get("data_cut") or "–")),
        escape(rendered),
    )
    body = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{_link(folder, "index.html", name)}</th>{body}</tr>'


def _files(folder: str, report: Mapping) -> str:
    there = {*(report.get("files") or ()), "manifest.json"}
    links = [
        _link(folder, file, text, report)
        for file, text in FORMATS.items()
        if file in there and file != "index.html"
    ]
    return '<ul class="files">' + "".join(f"<li>{link}</li>" for link in links) + "</ul>"


def _link(folder: str, file: str, text: str, report: Mapping | None = None) -> str:
    spoken = f' aria-label="{text}, {escape(str(report.get("report") or "report"))} report"' if report else ""
    return f'<a href="{escape(folder, quote=True)}/{file}"{spoken}>{text}</a>'
