"""Tables for reports: formatted cells in, one real table out that HTML, Word, PDF and screen readers read alike.

A value and its picture are two things: statistics stay unrounded in the results table, and become text here, in
the last step. A `Table` shows itself in a notebook as Markdown that holds an HTML table, which Quarto and the
embedded renderer both turn into a native table of every output format, and as plain HTML for JupyterLab.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis import media
from analysis.escape import html as escape
from analysis.language import tr


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to be shown.

    Parameters
    ----------
    body : DataFrame
        Text cells; the index holds the row headers and its name the header above them; columns are the headers.
    spanners : mapping of label to column names
        Headers over several neighbouring columns.
    groups : sequence of str or None, optional
        One label per row, None for rows before the first group; a row that opens a new group is preceded by a row with
        the label, or bears the label itself where its own name is empty.
    notes : sequence of str
        Footnotes, Markdown.
    per_patient : bool
        Whether a row is one patient: a listing, which a page sorts and narrows down, and which leaves the house with
        nobody but the team.
    verbatim : bool
        Whether names of rows and groups are data, which are never translated.
    """

    body: pd.DataFrame
    spanners: Mapping[str, Sequence[str]] = field(default_factory=dict)
    groups: Sequence[str | None] | None = None
    notes: Sequence[str] = ()
    per_patient: bool = False
    verbatim: bool = False

    def __post_init__(self):
        unknown = [
            name for names in self.spanners.values() for name in names if name not in self.body.columns
        ]
        if unknown:
            raise KeyError(f"spanners name columns that the table does not have: {unknown}")
        if self.groups is not None and len(self.groups) != len(self.body):
            raise ValueError(f"{len(self.groups)} group labels for {len(self.body)} rows; give one per row")

    def _repr_mimebundle_(self, include=None, exclude=None):
        marked = {media.MARKS: {"per_patient": True}} if self.per_patient else {}
        return {
            **marked,
            "text/markdown": self.markdown(),
            "text/html": self.html(),
            "text/plain": self.body.to_string(),
        }

    def markdown(self) -> str:
        """The table as a raw HTML block, its notes as Markdown below it."""
        notes = "".join(f"\n\n[{tr(note)}]{{.table-note}}" for note in self.notes)
        return f"```{{=html}}\n{self._html()}\n```{notes}\n"

    def html(self) -> str:
        """The table and its notes as a person sees them in JupyterLab; reports take the Markdown."""
        return self._html() + "".join(f"\n<p>{escape(tr(str(note)))}</p>" for note in self.notes)

    def _html(self) -> str:
        return "\n".join(
            [
                '<table class="listing">' if self.per_patient else "<table>",
                "<thead>",
                *self._head(),
                "</thead>",
                *bodies(self._rows()),
                "</table>",
            ]
        )

    def _named(self, name: object) -> str:
        """The name of a row or group as a reader sees it: words of the program in the language of the report."""
        return str(name) if self.verbatim else tr(str(name))

    def _head(self) -> list[str]:
        stub = escape(tr(str(self.body.index.name or "")))
        labels = "".join(f'<th scope="col">{escape(tr(str(name)))}</th>' for name in self.body.columns)
        if not self.spanners:
            return [f'<tr><th scope="col">{stub}</th>{labels}</tr>']
        over = {name: label for label, names in self.spanners.items() for name in names}
        cells, columns = [], list(self.body.columns)
        while columns:
            label, width = over.get(columns[0]), 1
            while label and width < len(columns) and over.get(columns[width]) == label:
                width += 1
            cells.append(f'<th scope="colgroup" colspan="{width}">{escape(tr(label or ""))}</th>')
            columns = columns[width:]
        return [f"<tr><td></td>{''.join(cells)}</tr>", f'<tr><th scope="col">{stub}</th>{labels}</tr>']

    def _rows(self) -> list[str]:
        lines, open_group = [], None
        for number, (header, cells) in enumerate(zip(self.body.index, self.body.to_numpy(), strict=True)):
            text = "".join(f"<td>{escape(_text(cell))}</td>" for cell in cells)
            if self.groups is not None and self.groups[number] != open_group:
                open_group = self.groups[number]
                wide, label = self.body.shape[1] + 1, escape(self._named(open_group))
                if header == "":
                    lines.append(f'<tr><th scope="rowgroup">{label}</th>{text}</tr>')
                    continue
                lines.append(f'<tr><th scope="rowgroup" colspan="{wide}">{label}</th></tr>')
            lines.append(f'<tr><th scope="row">{escape(self._named(header))}</th>{text}</tr>')
        return lines


def bodies(rows: Sequence[str]) -> list[str]:
    """Rows of HTML in bodies of a table: each group of rows is one.

    Examples
    --------
    >>> bodies(['<tr><th scope="rowgroup">A</th></tr>', "<tr><td>1</td></tr>"])
    ['<tbody>', '<tr><th scope="rowgroup">A</th></tr>', '<tr><td>1</td></tr>', '</tbody>']
    """
    lines = ["<tbody>"]
    for row in rows:
        if 'scope="rowgroup"' in row and len(lines) > 1:
            lines += ["</tbody>", "<tbody>"]
        lines.append(row)
    return [*lines, "</tbody>"]


def _text(cell) -> str:
    if isinstance(cell, str):
        return cell
    if cell is None or cell is pd.NA or cell != cell:
        return "–"
    return str(cell)
