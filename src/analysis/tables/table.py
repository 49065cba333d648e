"""Tables for reports: formatted cells in, one real table out that HTML, Word, PDF and screen readers read alike.

A value and its picture are two things: statistics stay unrounded in the results table, and become text here, in
the last step. A `Table` shows itself in a notebook as Markdown that holds an HTML table, which Quarto and the
embedded renderer both turn into a native table of every output format, and as plain HTML for JupyterLab.
"""

import math
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
        Footnotes, Markdown: what is particular to this table. What holds for several is said in the methods.
    intervals : mapping of column name to limits
        Lower limit, estimate and upper limit of each row, which a page draws beside the text of the cell; rows of one
        group share an axis, which reaches to zero.
    per_patient : bool
        Whether a row is one patient: a listing, which a page sorts and narrows down, and which leaves the house with
        nobody but the team.
    planned : sequence of str
        Columns whose numbers are of the plan and count nobody, such as the day of a visit: they may be told to anybody.
    verbatim : bool
        Whether names of rows and groups are data, which are never translated.
    """

    body: pd.DataFrame
    spanners: Mapping[str, Sequence[str]] = field(default_factory=dict)
    groups: Sequence[str | None] | None = None
    notes: Sequence[str] = ()
    intervals: Mapping[str, Sequence[tuple[float, float, float]]] = field(default_factory=dict)
    per_patient: bool = False
    planned: Sequence[str] = ()
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
        drawn = {media.INTERVALS: self.drawn()} if self.intervals else {}
        return {
            **marked,
            **drawn,
            "text/markdown": self.markdown(),
            "text/html": self.html(),
            "text/plain": self.body.to_string(),
        }

    def drawn(self) -> list[list[float]]:
        """Where intervals stand: row and column of the cell, then lower limit, estimate, upper limit and zero in per
        cent of the axis of the row's group. Rows without a known interval have none.
        """
        found = []
        for column, limits in self.intervals.items():
            place = list(self.body.columns).index(column)
            for rows in self._by_group():
                known = [row for row in rows if all(math.isfinite(value) for value in limits[row])]
                low = min((0.0, *(limits[row][0] for row in known)))
                span = max((0.0, *(limits[row][2] for row in known))) - low
                found += [
                    [row, place, *(round(100 * (value - low) / span, 1) for value in (*limits[row], 0.0))]
                    for row in known
                    if span > 0
                ]
        return found

    def _by_group(self) -> list[list[int]]:
        """Places of the rows, those of one group together."""
        groups: dict[str | None, list[int]] = {}
        for row in range(len(self.body)):
            groups.setdefault(self.groups[row] if self.groups is not None else None, []).append(row)
        return list(groups.values())

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
        """One line, or two with spanners above; what has no spanner stands over both."""
        stub = escape(tr(str(self.body.index.name or "")))
        labels = {name: escape(tr(str(name))) for name in self.body.columns}
        if not self.spanners:
            cells = "".join(f'<th scope="col">{label}</th>' for label in labels.values())
            return [f'<tr><th scope="col">{stub}</th>{cells}</tr>']
        over = {name: label for label, names in self.spanners.items() for name in names}
        lower: list[str] = []
        columns = list(self.body.columns)
        upper = [f'<th scope="col" rowspan="2">{stub}</th>']
        while columns:
            label, width = over.get(columns[0]), 1
            while label and width < len(columns) and over.get(columns[width]) == label:
                width += 1
            if label:
                upper.append(f'<th scope="colgroup" colspan="{width}">{escape(tr(label))}</th>')
                lower += [f'<th scope="col">{labels[name]}</th>' for name in columns[:width]]
            else:
                upper.append(f'<th scope="col" rowspan="2">{labels[columns[0]]}</th>')
            columns = columns[width:]
        return [f"<tr>{''.join(upper)}</tr>", f"<tr>{''.join(lower)}</tr>"]

    def _rows(self) -> list[str]:
        lines, open_group = [], None
        opened = [PLANNED if name in self.planned else "<td>" for name in self.body.columns]
        for number, (header, cells) in enumerate(zip(self.body.index, self.body.to_numpy(), strict=True)):
            text = "".join(f"{td}{escape(_text(cell))}</td>" for td, cell in zip(opened, cells, strict=True))
            if self.groups is not None and self.groups[number] != open_group:
                open_group = self.groups[number]
                wide, label = self.body.shape[1] + 1, escape(self._named(open_group))
                if header == "":
                    lines.append(f'<tr><th scope="rowgroup">{label}</th>{text}</tr>')
                    continue
                lines.append(f'<tr><th scope="rowgroup" colspan="{wide}">{label}</th></tr>')
            lines.append(f'<tr><th scope="row">{escape(self._named(header))}</th>{text}</tr>')
        return lines


PLANNED = '<td class="planned">'  # a cell that a release tells as it is


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
