"""The page that lists every published report, in the look and the language of the reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from string import Template

from analysis.language import ENGLISH, NAMES, Texts, current, speaking, tr, trn
from analysis.study.brand import Brand
from pipeline.render import page
from pipeline.render.style import asset, report_css
from pipeline.texts import marked

FORMATS = Texts(
    {
        "index.html": "Read",
        "supplement.html": "Supplement",
        "summary.pdf": "One page",
        "report.docx": "Word",
        "report.pdf": "PDF",
        "results.csv": "Results (CSV)",
        "manifest.json": "Manifest",
    }
)
HEAD = Texts(
    {
        "report": "Report",
        "state": "State",
        "files": "Files",
        "cut": "Data cut",
        "rendered": "Rendered",
    }
)
REPORTS = Texts({"interim": "Interim report", "final": "Final report"})
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
STATES = Texts(
    {"draft": "draft", "interim": "interim", "locked": "locked", "final": "final"}, context="in a sentence"
)


def render_index(
    reports: Iterable[Mapping], *, handbook: str | None = None, house: Brand | None = None
) -> str:
    """An HTML page with one section per study and one row per report.

    It speaks the language of the reports; English where they are in several.

    Parameters
    ----------
    reports : iterable of mapping
        Per report, as in its manifest: ``study`` (title), ``registry``, ``report``, ``state``, ``data_cut``,
        ``rendered_at``, ``synthetic``, ``finding``, ``progress``, ``language``; and ``folder`` (its address, relative
        to this page) and ``files`` (the names in that folder). Keys that are absent show as a dash.
    handbook : str, optional
        Address of the handbook, relative to this page, when it has been rendered.
    house : Brand
        The look of the house; the project's own when absent.

    Returns
    -------
    str
        The page: self-contained, with the same content policy as the reports.
    """
    listed = list(reports)
    with speaking(_common([str(report.get("language") or ENGLISH) for report in listed])):
        return _page(listed, handbook, house or Brand())


def _common(languages: list[str]) -> str:
    """The language that all share; English where there are several, or none.

    Examples
    --------
    >>> _common(["zh", "zh"]), _common(["zh", "en"])
    ('zh', 'en')
    """
    return languages[0] if len(set(languages)) == 1 else ENGLISH


def _page(reports: list[Mapping], handbook: str | None, house: Brand) -> str:
    grouped: dict[tuple[str, str], list[Mapping]] = {}
    for report in reports:
        # one study in two languages has two titles and one folder
        folder = str(report.get("folder") or "").partition("/")[0]
        study = str(report.get("study_id") or folder or report.get("study") or "")
        grouped.setdefault((study, str(report.get("registry") or "")), []).append(report)
    html = Template(marked(asset("index.html"))).substitute(
        language=current(),
        style=report_css(house),
        script=marked(asset("report.js")),
        summary=_summary(len(reports), len(grouped)),
        handbook=_handbook(handbook),
        studies="\n".join(
            _study(place, registry, rows) for place, ((_, registry), rows) in enumerate(grouped.items(), 1)
        ),
    )
    return page.finish(html)


def _summary(reports: int, studies: int) -> str:
    if not reports:
        return tr("No report has been rendered yet.")
    return tr(
        "{reports} of {studies}",
        reports=trn("{n} report", "{n} reports", reports),
        studies=trn("{n} study", "{n} studies", studies),
    )


def _handbook(address: str | None) -> str:
    if address is None:
        return ""
    text = tr("How these reports are made, what every score and statistic is, and how they are verified")
    link = f'<a href="{escape(address, quote=True)}">{escape(tr("Handbook"))}</a>'
    return f"<p>{tr('{link}: {text}.', link=link, text=escape(text))}</p>"


def _study(place: int, registry: str, reports: list[Mapping]) -> str:
    own = [report for report in reports if report.get("language", ENGLISH) == current()] or reports
    title = str(own[0].get("study") or tr("Study"))
    head = "".join(f'<th scope="col">{name}</th>' for name in HEAD.values())
    of_all = [report for report in reports if not report.get("site")]
    rows = "\n".join(_row(report) for report in of_all)
    told = "".join(_finding(report) for report in of_all if report.get("finding"))
    told += "".join(_since(report) for report in of_all if report.get("since_last"))
    synthetic = any(report.get("synthetic") for report in reports)
    said = escape(tr("Synthetic data: no real patient is described."))
    note = f'<p class="banner banner-synthetic">{said}</p>' if synthetic else ""
    identity = f'<p class="study-id">{escape(registry)}</p>' if registry else ""
    label = escape(tr("Reports of {study}", study=title), quote=True)
    lost = max((report["sites"].get("", 0) for report in of_all if report.get("sites")), default=0)
    below = _sites([report for report in reports if report.get("site")], without=lost)
    return f"""<section aria-labelledby="study-{place}">
<h2 id="study-{place}">{escape(title)}</h2>
{identity}{note}{told}
<div class="table-scroll" role="group" tabindex="0" aria-label="{label}">
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>{below}
</section>"""


def _sites(reports: list[Mapping], *, without: int) -> str:
    """The reports of the sites of a study, folded up, and how many patients have none; nothing where it has none."""
    if not reports:
        return ""
    head = [tr("Site"), tr("Patients on record"), *HEAD.values()]
    lines = "\n".join(_site_row(report) for report in reports)
    cells = "".join(f'<th scope="col">{name}</th>' for name in head)
    said = escape(trn("{n} report of a site", "{n} reports of sites", len(reports)))
    said_lost = escape(trn("{n} patient without a site", "{n} patients without a site", without))
    lost = f"<p>{said_lost}</p>" if without else ""
    return (
        f'\n<details class="sites"><summary>{said}</summary>\n'
        f'<div class="table-scroll" role="group" tabindex="0" aria-label="{said}">\n'
        f"<table>\n<thead><tr>{cells}</tr></thead>\n<tbody>\n{lines}\n</tbody>\n</table>\n</div>\n{lost}</details>"
    )


def _site_row(report: Mapping) -> str:
    site = report["site"]
    cells = (escape(str(site.get("label") or "")), escape(str(site.get("on_record", "–"))))
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}{_row(report).removeprefix('<tr>')}"


def _named(report: Mapping) -> str:
    """What a report is called, with its language where the list is in another one."""
    kind = str(report.get("report") or "")
    name, language = REPORTS.get(kind, kind.capitalize() or tr("Report")), report.get("language", ENGLISH)
    return name if language == current() else f"{name} ({NAMES.get(language, language)})"


def _finding(report: Mapping) -> str:
    """What a report found, how far the study has come, and how old that is."""
    folder, language = str(report.get("folder") or ".").rstrip("/"), str(report.get("language") or ENGLISH)
    link = _link(folder, "index.html", escape(_named(report)))
    made = escape(str(report.get("rendered_at") or ""), quote=True)
    age = f'<span class="age" data-made="{made}"></span>' if made else ""
    found = DAY.sub(r'<span class="whole">\g<0></span>', escape(str(report["finding"])))
    found = found if language == current() else f'<span lang="{escape(language, quote=True)}">{found}</span>'
    return (
        f'<p class="finding">{tr("{link}: {text}", link=link, text=found)}</p>'
        f'<p class="progress">{escape(_progress(report.get("progress") or {}))}{age}</p>'
    )


def _progress(counts: Mapping) -> str:
    """Who was screened and enrolled, and the visits that were due and done.

    Examples
    --------
    >>> _progress({"screened": 24, "enrolled": 19, "planned": 20, "due": 82, "done": 76})
    '24 screened, 19 enrolled of 20 planned. 76 of 82 visits due were attended. '
    """
    text, given = "", {"done": 0, "planned": "?", **counts}
    if "screened" in counts and "enrolled" in counts:
        text += tr("{screened} screened, {enrolled} enrolled of {planned} planned. ", **given)
    elif "enrolled" in counts:
        text += tr("{enrolled} enrolled of {planned} planned. ", **given)
    if counts.get("due"):
        text += tr("{done} of {due} visits due were attended. ", **given)
    return text


def _since(report: Mapping) -> str:
    """What changed since the run before, in a line."""
    told = tr(
        "Since the last one, {report}: {changes}.", report=_named(report), changes=str(report["since_last"])
    )
    return f'<p class="since">{escape(told)}</p>'


def _row(report: Mapping) -> str:
    folder, state = str(report.get("folder") or ".").rstrip("/"), str(report.get("state") or "–")
    rendered = str(report.get("rendered_at") or "–").replace("T", " ").replace("+00:00", " UTC")
    cells = (
        escape(STATES.get(state, state)),
        _files(folder, report),
        escape(tr(str(report.get("data_cut") or "–"))),
        escape(rendered),
    )
    heads = [escape(head, quote=True) for head in HEAD.values()][1:]
    body = "".join(f'<td data-head="{head}">{cell}</td>' for head, cell in zip(heads, cells, strict=True))
    return f'<tr><th scope="row">{_link(folder, "index.html", escape(_named(report)))}</th>{body}</tr>'


def _files(folder: str, report: Mapping) -> str:
    there = {*(report.get("files") or ()), "manifest.json"}
    links = [
        _link(folder, file, text, report)
        for file, text in FORMATS.items()
        if file in there and file != "index.html"
    ]
    return '<ul class="files">' + "".join(f"<li>{link}</li>" for link in links) + "</ul>"


def _link(folder: str, file: str, text: str, report: Mapping | None = None) -> str:
    spoken = ""
    if report:
        label = tr("{file}, {report}", file=text, report=_named(report))
        spoken = f' aria-label="{escape(label, quote=True)}"'
    return f'<a href="{escape(folder, quote=True)}/{file}"{spoken}>{text}</a>'
