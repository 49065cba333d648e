"""Shells of a report's tables and figures: the same heads and rows, and no number.

A number becomes the places it will fill, as statisticians write them: ``xx (xx.x)``. A row whose name comes from the
data (a term of an adverse event, a drug, a patient) becomes one row of dots: what was recorded is not told before
it is analysed. A cell that says ``#| shows: none`` holds no number of patients and stays as it is.
"""

import base64
import html as entities
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from analysis.language import ENGLISH, FOLDER, current, tr
from analysis.tables.table import bodies
from pipeline.render.notebook import CAPTIONS, cell_options, source_text

TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
ROW = re.compile(r"<tr\b[^>]*>.*?</tr>", re.DOTALL)
CELL = re.compile(r"(<(t[dh])\b([^>]*)>)(.*?)(</t[dh]>)", re.DOTALL)
NUMBER = re.compile(r"\d+(?:\.(\d+))?")
SIZE = re.compile(r"(\bn\s*=\s*)\d+")
WORD = re.compile(r"[^\W\d_]+")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
BETWEEN = {"to", "of", "CI", "至", "n", "vs"}  # words inside a number that is made of several
SIGNS = re.compile(r"[-−+<>≤≥]\s?(?=\d)")
DOTS = "…"
COUNTED = re.compile(r"(?:n\s*=\s*)?\d+")
SPLIT = re.compile(r"\s*[,;:，；：、]\s*|\s+\(|[（()）]")


@dataclass(frozen=True, slots=True)
class Known:
    """Texts that are the project's or the study file's, and not of the data; `own` are those of the study file."""

    words: frozenset[str]
    own: frozenset[str]

    def label(self, text: str) -> str:
        """The name of a row as far as it is known: dots for a name of the data, and for numbers counted in it."""
        if _plain(text) in self.words:
            return text
        if numbered := re.match(r"\d+\. ", text):
            return numbered[0] + self.label(text[numbered.end() :])
        pieces = [piece for piece in SPLIT.split(text) if piece.strip()]
        if not pieces or not all(_plain(piece) in self.words or COUNTED.fullmatch(piece) for piece in pieces):
            return DOTS
        return re.sub(r"(?<=[:=：] )\d+|(?<=[:=：])\d+", DOTS, text)

    def wording(self, text: str) -> bool:
        """Whether a cell holds words of the study file, such as a criterion."""
        return len(text.split()) > 2 and _plain(text) in self.own


def known_words(*contents: object) -> Known:
    """What the names of rows and heads may be.

    Parameters
    ----------
    *contents : object
        What the study file, the list of criteria and the report's file hold.
    """
    own = {_plain(text) for content in contents for text in _strings(content)}
    words = own | {_plain(piece) for text in own for piece in SPLIT.split(text)}
    words |= {_plain(text) for text in _catalogued()}
    return Known(frozenset(words), frozenset(own))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _catalogued() -> Iterable[str]:
    """The texts of the project in the current language."""
    from pipeline.catalogue import read_catalogue, told

    for file in sorted(FOLDER.glob("*.po")):
        if current() in (ENGLISH, file.stem):
            for (english, _), forms in told(read_catalogue(file)).items():
                yield from (english,) if current() == ENGLISH else (english, *forms)


def _strings(content: object) -> Iterable[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for key, value in content.items():
            yield str(key)
            yield from _strings(value)
    elif isinstance(content, Iterable):
        for value in content:
            yield from _strings(value)


def shell(notebook: Mapping, known: Known) -> dict:
    """An executed notebook with the shells of its tables and figures; the notebook itself is not changed."""
    content = json.loads(json.dumps(notebook))
    for cell in content["cells"]:
        if cell["cell_type"] != "code":
            continue
        options = cell_options(source_text(cell["source"]))
        fixed = {key for key in CAPTIONS if key in options}
        if str(options.get("shows", "")).strip() == "none":
            continue
        cell["outputs"] = [_output(output, options, known) for output in cell["outputs"]]
        for output in cell["outputs"]:
            _uncaption(output, fixed)
    return content


def _uncaption(output: dict, fixed: set[str]) -> None:
    """Take out captions made from the data where the cell has one of its own, else what is counted in them."""
    details = output.get("metadata") or {}
    for key in [key for key in CAPTIONS if key in details and key != "fig-alt"]:
        if key in fixed:
            del details[key]
        else:
            details[key] = without_counts(str(details[key]))


def without_counts(text: str) -> str:
    """A caption without the sentences that tell a number, which may be of patients.

    Examples
    --------
    >>> without_counts("Change by visit. Of 20 patients 3 left.")
    'Change by visit.'
    """
    parts = re.split(r"(?<=[.;。；])\s*", text)
    kept = [part for part in parts if part and not re.search(r"\d|\{\{<", part)]
    return " ".join(kept) or NUMBER.sub(DOTS, text)


def _uncounted(text: str) -> str:
    return SIZE.sub(lambda found: found[1] + DOTS, text)


def _output(output: dict, options: Mapping, known: Known) -> dict:
    if output["output_type"] == "stream":
        return {**output, "text": ""}
    data = output.get("data", {})
    if any(kind.startswith("image/") for kind in data):
        return _frame(output, options)
    text = source_text(data.get("text/markdown") or data.get("text/html") or "")
    tables = [table_shell(match[0], known) for match in TABLE.finditer(text)]
    made = "\n\n".join(f"```{{=html}}\n{table}\n```" for table in tables)
    return (
        {**output, "data": {"text/markdown": made + "\n"}}
        if tables
        else {**output, "data": {"text/markdown": ""}}
    )


def table_shell(table: str, known: Known) -> str:
    """The shell of an HTML table.

    Examples
    --------
    >>> rows = "<tr><th>Mean</th><td>4.25</td></tr><tr><th>Headache</th><td>3</td></tr>"
    >>> table = f"<table><thead><tr><th>All (n = 20)</th></tr></thead><tbody>{rows}</tbody></table>"
    >>> print(table_shell(table, Known(frozenset({"mean"}), frozenset())))
    <table><thead><tr><th>All (n = …)</th></tr></thead>
    <tbody>
    <tr><th>Mean</th><td>xx.xx</td></tr>
    <tr><th>…</th><td>xx</td></tr>
    </tbody>
    </table>
    """
    head, _, body = table.partition("<tbody>")
    head = CELL.sub(lambda cell: f"{cell[1]}{_uncounted(cell[4])}{cell[5]}", head)
    groups = _merged(_grouped([_row(row, known) for row in ROW.findall(body)]))
    rows = [row for name, members in groups for row in ([name] if name else []) + _once(members)]
    return "\n".join([head.rstrip(), *bodies(rows), "</table>"])


Group = tuple[str, list[str]]


def _grouped(rows: list[str]) -> list[Group]:
    """The rows under the row that names their group; an empty name where none does."""
    found: list[Group] = [("", [])]
    for row in rows:
        if 'scope="rowgroup"' in row:
            found.append((row, []))
        else:
            found[-1][1].append(row)
    return [group for group in found if group[0] or group[1]]


def _merged(groups: list[Group]) -> list[Group]:
    """Neighbouring groups that the data name become one, with the rows that all of them have."""
    made: list[Group] = []
    for name, members in groupby(groups, key=lambda group: group[0] if DOTS in group[0] else ""):
        together = list(members)
        if not name:
            made += together
            continue
        common = [row for row in together[0][1] if all(row in rows for _, rows in together)]
        rest = next((row for _, rows in together for row in rows if _name(row) == DOTS), None)
        rows = [*(row for row in common if row != rest), *([rest] if rest else [])]
        made += [(name, rows)] if rows else together
    return made


def _once(rows: list[str]) -> list[str]:
    """Rows of one name, such as one for each patient, are shown by the first of them."""
    return [next(same) for _, same in groupby(rows, key=_name)]


def _name(row: str) -> str:
    cell = CELL.search(row)
    return cell[4] if cell and cell[2] == "th" else ""


def _row(row: str, known: Known) -> str:
    return CELL.sub(lambda cell: f"{cell[1]}{_cell(cell[2], cell[4], known)}{cell[5]}", row)


def _cell(tag: str, inner: str, known: Known) -> str:
    text = entities.unescape(re.sub(r"<[^>]*>", "", inner)).strip()
    shown = known.label(text) if tag == "th" else text if known.wording(text) else masked(text)
    return inner if shown == text else entities.escape(shown, quote=False)


def masked(text: str) -> str:
    """The places that the numbers of a cell will fill; dots where it holds words.

    Examples
    --------
    >>> masked("20.0 (8.1 to 41.6)"), masked("4/20"), masked("−0.25"), masked("rejected"), masked("")
    ('xx.x (xx.x to xx.x)', 'xx/xx', 'xx.xx', '…', '')
    """
    if not text:
        return ""
    words = set(WORD.findall(text))
    if not re.search(r"\d", text) or words - BETWEEN or DATE.search(text):
        return DOTS
    return NUMBER.sub(
        lambda found: "xx" + ("." + "x" * len(found[1]) if found[1] else ""), SIGNS.sub("", text)
    )


def _frame(output: dict, options: Mapping) -> dict:
    """An empty frame where a figure will stand."""
    said = tr("Figure to be drawn from the data; its place and caption are fixed here.")
    return {
        **output,
        "data": {"image/png": base64.b64encode(_empty_figure(said)).decode("ascii"), "text/plain": said},
        "metadata": {**(output.get("metadata") or {}), "fig-alt": said, "image/png": {"alt": said}},
    }


def _empty_figure(text: str) -> bytes:
    from analysis.figures import Drawn, style

    with style.sheet(height=1.6, mark=None) as figure:
        axes = figure.subplots()
        axes.set(xticks=[], yticks=[], xlim=(0, 1), ylim=(0, 1))
        axes.text(0.5, 0.5, text, ha="center", va="center", color=style.SOFT, size=9)
    return Drawn(figure, text).png()
