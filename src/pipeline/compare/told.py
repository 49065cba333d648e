"""A comparison told in the words of the report: in a terminal of 80 columns, as a page, and as a section."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from analysis.language import mark, semicolons, tr
from pipeline.compare import Difference
from pipeline.compare.causes import causes
from pipeline.compare.comparison import Comparison, Headline
from pipeline.compare.headlines import shown
from pipeline.compare.patients import Patients

WIDTH = 80
LINES = 5  # of each table, before the rest is counted
TABLES = 6  # that a report names
WITH_ESTIMATE = ("conf_low", "conf_high")  # told with the estimate
FIRST = ("estimate",), ("count", "proportion", "mean", "median", "events", "p_value")
AMONG = mark("{before} before, {after} now")


@dataclass(frozen=True, slots=True)
class Line:
    """One result: its name, what it was and what it is; `note` says what else there is to say."""

    label: str
    before: str
    after: str
    note: str = ""


def headline(found: Comparison, entry: Headline) -> Line:
    """A headline number; nothing before where it did not change."""
    before, after = _values(found, entry.result_id)
    return Line(entry.label, "" if entry.same else before, after, "same" if entry.same else "")


def differences(found: Comparison, entries: Sequence[Difference]) -> list[Line]:
    """The results of a table that differ, estimates first; limits of an interval stand with their estimate."""
    there = {(entry.result_id, entry.what) for entry in entries}
    told = sorted((entry for entry in entries if not _is_told(entry, there)), key=_rank)
    return [_difference(found, entry) for entry in told]


def _rank(entry: Difference) -> int:
    statistic = entry.result_id.rpartition(".")[2]
    return next((rank for rank, names in enumerate(FIRST) if statistic in names), len(FIRST))


def _is_told(entry: Difference, there: set[tuple[str, str]]) -> bool:
    prefix, _, statistic = entry.result_id.rpartition(".")
    return statistic in WITH_ESTIMATE and (f"{prefix}.estimate", entry.what) in there


def _difference(found: Comparison, entry: Difference) -> Line:
    label = found.names.result(found.row_of(entry))
    before, after = _values(found, entry.result_id)
    if entry.what != "changed":
        return Line(label, "", after if entry.what == "added" else before, entry.what)
    if entry.before != entry.after:
        return Line(label, before, after, entry.note)
    if entry.n_before != entry.n_after:
        return Line(label, f"n {shown(entry.n_before)}", f"n {shown(entry.n_after)}", entry.note)
    return Line(label, "", after, entry.note)


def _values(found: Comparison, name: str) -> tuple[str, str]:
    """A result in both reports as these print it; with more digits where two that differ would look the same."""
    rows = found.before.rows.get(name), found.after.rows.get(name)
    told = [
        found.names.value(row, side.rows) for row, side in zip(rows, (found.before, found.after), strict=True)
    ]
    values = [None if row is None else row["value"] for row in rows]
    if told[0] == told[1] and values[0] != values[1]:
        return shown(values[0], values[1]), shown(values[1], values[0])
    return told[0], told[1]


def as_text(found: Comparison, *, every: bool = False) -> str:
    """Lines of at most 80 columns: headline numbers, changes by table, causes, patients.

    Parameters
    ----------
    found : Comparison
    every : bool
        Every changed result, not the first few of each table.
    """
    lines = [*_wrapped([f"{found.before.name} -> {found.after.name}"], ""), found.counted, ""]
    heads = [line for entry in found.headlines for line in _in_columns(headline(found, entry))]
    lines += ["HEADLINE NUMBERS", *heads, ""]
    if found.found:
        lines += ["WHAT CHANGED, BY TABLE OF THE REPORT", *_tables(found, every), ""]
    lines += ["CAUSES", *_wrapped(found.causes or ["none: both were made from the same"]), ""]
    if found.patients is not None:
        lines += ["PATIENTS (for local eyes only)", *_wrapped(_patients(found.patients))]
    return "\n".join(lines).rstrip() + "\n"


def _tables(found: Comparison, every: bool) -> Iterator[str]:
    for name, entries in found.tables.items():
        yield from _wrapped([f"{name}: {len(entries)} of {found.of_table(name)}"])
        told = differences(found, entries)
        for line in told if every else told[:LINES]:
            yield from _in_columns(line, "    ")
        if not every and len(told) > LINES:
            yield f"    and {len(told) - LINES} more (--all shows them)"


def _in_columns(line: Line, indent: str = "  ") -> Iterator[str]:
    """A name and its numbers on one line, or the numbers below the name."""
    from rich.cells import cell_len

    value = f"{line.before} -> {line.after}" if line.before else line.after
    value += f" ({line.note})" if line.note else ""
    if cell_len(indent + line.label) + 2 + cell_len(value) <= WIDTH:
        yield f"{indent}{line.label}  {value}"
        return
    yield from _wrapped([line.label], indent)
    yield from _wrapped([value], indent + "    ")


def _wrapped(lines: Iterable[str], indent: str = "  ") -> Iterator[str]:
    """Lines in the width of the terminal, in which a Chinese character takes two columns."""
    from rich.cells import cell_len

    for line in lines:
        wide = cell_len(line) / max(1, len(line))
        yield from wrap(
            line,
            int(WIDTH / wide),
            initial_indent=indent,
            subsequent_indent=indent + "  " if indent else "",
        )


def _patients(people: Patients) -> Iterator[str]:
    for word, ids in (("came", people.came), ("left", people.left), ("changed", tuple(people.changed))):
        listed = f": {', '.join(ids[:12])}{' …' if len(ids) > 12 else ''}" if ids else ""
        yield f"{len(ids)} {word}{listed}"


def as_html(found: Comparison) -> str:
    """A page of its own, for local eyes: it names patients."""
    from string import Template

    from analysis.study.brand import Brand
    from pipeline.render import page
    from pipeline.render.style import asset, report_css
    from pipeline.texts import marked

    heads = [headline(found, entry) for entry in found.headlines]
    sections = [_section("Headline numbers", _table(heads, "Headline numbers"))]
    for name, entries in found.tables.items():
        title = f"{name}: {len(entries)} of {found.of_table(name)}"
        sections.append(
            _section(title, _table(differences(found, entries), f"Results that differ in: {name}"))
        )
    listed = "".join(f"<li>{escape(line)}</li>" for line in found.causes or ["none"])
    sections.append(_section("Causes", f"<ul>{listed}</ul>"))
    if found.patients is not None:
        told = "".join(f"<li>{escape(line)}</li>" for line in _patients(found.patients))
        sections.append(_section("Patients (for local eyes only)", f"<ul>{told}</ul>"))
    html = Template(marked(asset("index.html").replace("Study reports", "What changed"))).substitute(
        language="en",
        style=report_css(Brand()),
        script=marked(asset("report.js")),
        summary=escape(f"{found.before.name} -> {found.after.name}: {found.counted}"),
        handbook="",
        studies="\n".join(sections),
    )
    return page.finish(html)


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>\n{body}\n</section>"


def _table(lines: Sequence[Line], caption: str) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Result", "Before", "Now", "Note"))
    named = f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
    rows = "".join(
        f"<tr><th scope='row'>{escape(line.label)}</th><td>{escape(line.before or line.after)}</td>"
        f"<td>{escape(line.after)}</td><td>{escape(line.note)}</td></tr>"
        for line in lines
    )
    return f'<div class="table-scroll"><table>{named}<tbody>{rows}</tbody></table></div>'


def as_section(found: Comparison) -> str:
    """The section of an interim report, in Markdown and its language: counts of patients, never their ids."""
    run = {key: found.before.manifest.get(key) for key in ("run", "data_cut")}
    lines = [
        "",
        "",
        f"# {tr('Since the last report')} {{#sec-since-last}}",
        "",
        tr(
            "Compared with run {run}, data cut {cut}: {counted}.",
            run=run["run"],
            cut=run["data_cut"],
            counted=found.counted,
        ),
        "",
    ]
    moved = [headline(found, entry) for entry in found.headlines if not entry.same]
    for line in moved:
        told = tr(AMONG, before=line.before, after=line.after)
        lines.append("- " + tr("{what}: {statistic}", what=_plain(line.label), statistic=_plain(told)))
    lines += [""] if moved else []
    if found.found:
        tables = semicolons(
            tr("{table}: {n} of {total}", table=_plain(name), n=len(entries), total=found.of_table(name))
            for name, entries in list(found.tables.items())[:TABLES]
        )
        if len(found.tables) > TABLES:
            tables = tr("{tables}; and {n} more", tables=tables, n=len(found.tables) - TABLES)
        lines += [tr("Results that differ, by table: {tables}.", tables=tables), ""]
    why = causes(found.before.manifest, found.after.manifest, named=False)
    lines += [tr("Changed since: {causes}.", causes=_plain(semicolons(why) if why else tr("nothing"))), ""]
    if found.patients is not None:
        lines += [tr("Patients: {counted}.", counted=found.patients.counted), ""]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Text without what Markdown would take for its own."""
    for sign in ("\\", "`", "*", "_", "@", "<", "[", "]", "#", "$"):
        text = text.replace(sign, "\\" + sign)
    return text


def as_line(found: Comparison) -> str:
    """One line for the index page."""
    parts = [found.counted]
    if found.patients is not None:
        parts.append(f"patients: {found.patients.counted}")
    return "; ".join(parts)
