"""What stands around the figures of a page: a drawing for narrow screens, the mark of the report, files of it; and
the intervals that are drawn beside the estimates of its tables.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from analysis import media
from analysis.escape import html as escape
from analysis.language import tr
from pipeline.render.dark import with_dark_colours
from pipeline.render.notebook import cell_options, source_text

FILE = "figures.json"
FLOAT = re.compile(r'<div id="((?:fig|tbl)-[\w-]+)"[^>]*>')
BODY_ROW = re.compile(r"<tr\b[^>]*>(?:(?!</tr>).)*<td\b.*?</tr>", re.DOTALL)
CELL_END = re.compile(r"</td>")
IMAGE = re.compile(r"<img\b[^>]*>")
VECTORS = re.compile(r"(data:image/svg\+xml;base64,)([A-Za-z0-9+/=]+)")
SCREEN = "screen and (max-width: 40rem)"
BESIDE = "screen and (max-width: 69.99rem)"  # of the first screen, whose figure stands beside text
FIRST = re.compile(r'<div class="first-figure">\s*(?:<div\b[^>]*>\s*)*$')  # Quarto wraps a figure further
WRAPPED = 1_000  # signs before a figure that its wrappers take at most


def stage_figures(stage: Path, notebooks: Iterable[Mapping]) -> None:
    """Keep what executed notebooks say of their figures beside a staged report, by the label of the figure."""
    found = {label: extras for content in notebooks for label, extras in _of_notebook(content)}
    (stage / FILE).write_text(json.dumps(found, ensure_ascii=False, sort_keys=True), encoding="utf-8")


def _of_notebook(content: Mapping) -> Iterable[tuple[str, Any]]:
    for cell in content["cells"]:
        for output in cell.get("outputs", []):
            data, label = output.get("data", {}), cell_options(source_text(cell["source"])).get("label")
            if media.FIGURE in data:
                yield str(label), data[media.FIGURE]
            elif media.INTERVALS in data:
                yield str(label), {"intervals": data[media.INTERVALS]}


def staged_figures(stage: Path) -> dict[str, dict[str, Any]]:
    """What `stage_figures` kept; nothing where a report was staged without it."""
    file = stage / FILE
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def with_extras(html: str, figures: Mapping[str, Mapping[str, Any]]) -> str:
    """A page whose figures have a second drawing for narrow screens, and under them their mark and their numbers; and
    whose tables have intervals beside their estimates.

    The page's script adds the picture itself as PNG and SVG, from the page: nothing stands in it twice.

    Parameters
    ----------
    html : str
        A rendered page; a figure or table stands in a division with its label as id.
    figures : mapping of str to mapping
        By label: ``mark``, and where there are such ``narrow`` (an address that holds the drawing) and ``csv``; of a
        table ``intervals`` (see `analysis.tables.Table.drawn`).
    """
    parts, at = [], 0
    for match in FLOAT.finditer(html):
        extras = figures.get(match[1])
        if extras and "intervals" in extras:
            end = html.find("</table>", match.end())
            parts += [html[at : match.end()], _with_intervals(html[match.end() : end], extras["intervals"])]
            at = end
            continue
        image = IMAGE.search(html, match.end())
        end = html.find("</figure>", image.end()) if image else -1
        if extras is None or image is None or end < 0:
            continue
        screen = BESIDE if FIRST.search(html, max(0, match.start() - WRAPPED), match.start()) else SCREEN
        picture = _picture(image[0], extras, screen)
        parts += [html[at : image.start()], picture, html[image.end() : end]]
        parts.append(_files(match[1], extras))
        at = end
    return "".join([*parts, html[at:]])


def _with_intervals(table: str, intervals: Iterable[Any]) -> str:
    """The rows of a table, an interval at the end of each cell that has one."""
    places: dict[int, dict[int, str]] = {}
    for row, column, *where in intervals:
        places.setdefault(int(row), {})[int(column)] = _interval(*where)
    head, opening, body = table.partition("<tbody")
    rows = iter(range(body.count("<tr")))

    def drawn(found: re.Match[str]) -> str:
        wanted, cells = places.get(next(rows), {}), iter(range(found[0].count("</td>")))
        return CELL_END.sub(lambda end: f"{wanted.get(next(cells), '')}{end[0]}", found[0])

    return f"{head}{opening}{BODY_ROW.sub(drawn, body)}"


def _interval(low: float, at: float, high: float, none: float) -> str:
    """What a screen shows of an interval, from its place on the axis in per cent; the cell says it in words."""
    where = f"--low:{low}%;--at:{at}%;--high:{high}%;--none:{none}%"
    return f'<span class="interval" aria-hidden="true" style="{where}"></span>'


def _picture(image: str, extras: Mapping[str, str], screen: str) -> str:
    shown, narrow = VECTORS.sub(_adapting, image), extras.get("narrow")
    adapts = "colours" if shown != image else "pixels"
    shown = shown.replace("<img", f'<img data-adapts="{adapts}"', 1)
    if not narrow:
        return shown
    return f'<picture><source media="{screen}" srcset="{VECTORS.sub(_adapting, narrow)}">{shown}</picture>'


def _adapting(found: re.Match[str]) -> str:
    """A drawing in vectors that has its colours for a dark page with it."""
    svg = with_dark_colours(base64.b64decode(found[2]).decode("utf-8"))
    return found[1] + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def _files(label: str, extras: Mapping[str, str]) -> str:
    mark = f'<span class="figure-mark">{escape(extras["mark"])}</span> ' if extras.get("mark") else ""
    csv = extras.get("csv")
    link = ""
    if csv:
        content = base64.b64encode(("\ufeff" + csv).encode("utf-8")).decode("ascii")
        said = escape(tr("Numbers shown (CSV)"))
        link = f'<a class="numbers" download="{label}.csv" href="data:text/csv;base64,{content}">{said}</a>'
    return f'<p class="figure-files">{mark}{link}</p>'
