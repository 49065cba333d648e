"""A comparison told: in a terminal of 80 columns, as a page, and as a section of a report."""

from collections.abc import Iterator
from html import escape
from textwrap import shorten, wrap

from pipeline.compare import Difference
from pipeline.compare.comparison import Comparison
from pipeline.compare.headlines import shown

WIDTH = 80
LINES = 5  # of each table, before the rest is counted


def as_text(found: Comparison, *, every: bool = False) -> str:
    """Lines of at most 80 columns: headline numbers, changes by table, causes, patients.

    Parameters
    ----------
    found : Comparison
    every : bool
        Every changed result, not the first few of each table.
    """
    lines = [*wrap(f"{found.before.name} -> {found.after.name}", WIDTH), found.counted, ""]
    lines += ["HEADLINE NUMBERS", *_headlines(found), ""]
    if found.found:
        lines += ["WHAT CHANGED, BY TABLE", *_tables(found, every), ""]
    lines += ["CAUSES", *_wrapped(found.causes or ["none: both were made from the same"]), ""]
    if found.patients is not None:
        lines += ["PATIENTS (for local eyes only)", *_patients(found)]
    return "\n".join(lines).rstrip() + "\n"


def _headlines(found: Comparison) -> Iterator[str]:
    for entry in found.headlines:
        before, after = shown(entry.before, entry.after), shown(entry.after, entry.before)
        told = f"{after} (same)" if entry.same else f"{before} -> {after}"
        yield f"  {shorten_id(entry.result_id, WIDTH - len(told) - 5)}  {told}"


def shorten_id(name: str, room: int) -> str:
    """An id in the room there is, its end kept, for that tells the numbers apart."""
    return name if len(name) <= room else "…" + name[-(room - 1) :]


def _tables(found: Comparison, every: bool) -> Iterator[str]:
    for name, entries in found.tables.items():
        yield f"  {shorten(name, 40)}: {len(entries)} of {found.of_table(name)}"
        for entry in entries if every else entries[:LINES]:
            yield _difference(entry)
        if not every and len(entries) > LINES:
            yield f"    and {len(entries) - LINES} more (--all shows them)"


def _difference(entry: Difference) -> str:
    if entry.what == "changed":
        told = f"{shown(entry.before, entry.after)} -> {shown(entry.after, entry.before)}"
        if entry.before == entry.after and entry.n_before != entry.n_after:
            told = f"n {shown(entry.n_before)} -> {shown(entry.n_after)}"
        elif entry.before == entry.after:
            told = shorten(entry.note, 40)
    else:
        told = f"{entry.what} {shown(entry.after if entry.what == 'added' else entry.before)}"
    return f"    {shorten_id(entry.result_id, WIDTH - len(told) - 7)}  {told}"


def _wrapped(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield from wrap(line, WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False)


def _patients(found: Comparison) -> Iterator[str]:
    people = found.patients
    for word, ids in (("came", people.came), ("left", people.left), ("changed", tuple(people.changed))):
        listed = f": {', '.join(ids[:12])}{' …' if len(ids) > 12 else ''}" if ids else ""
        yield from _wrapped([f"{len(ids)} {word}{listed}"])


def as_html(found: Comparison) -> str:
    """A page of its own, for local eyes: it names patients."""
    from string import Template

    from pipeline.render import page
    from pipeline.render.style import asset

    heads = "".join(
        f"<tr><th scope='row'>{escape(entry.result_id)}</th><td>{shown(entry.before, entry.after)}</td>"
        f"<td>{shown(entry.after, entry.before)}</td></tr>"
        for entry in found.headlines
    )
    sections = [_section("Headline numbers", _table(heads, "Headline numbers"))]
    for name, entries in found.tables.items():
        rows = "".join(
            f"<tr><th scope='row'>{escape(entry.result_id)}</th><td>{shown(entry.before, entry.after)}</td>"
            f"<td>{shown(entry.after, entry.before)}</td><td>{escape(entry.what)} {escape(entry.note)}</td></tr>"
            for entry in entries
        )
        sections.append(
            _section(
                f"{name}: {len(entries)} of {found.of_table(name)}",
                _table(rows, f"Results of {name} that differ", "What"),
            )
        )
    listed = "".join(f"<li>{escape(line)}</li>" for line in found.causes or ["none"])
    sections.append(_section("Causes", f"<ul>{listed}</ul>"))
    if found.patients is not None:
        told = "".join(f"<li>{escape(line.strip())}</li>" for line in _patients(found))
        sections.append(_section("Patients (for local eyes only)", f"<ul>{told}</ul>"))
    html = Template(asset("index.html").replace("Study reports", "What changed")).substitute(
        style=asset("report.css"),
        script=asset("report.js"),
        summary=escape(f"{found.before.name} -> {found.after.name}: {found.counted}"),
        handbook="",
        studies="\n".join(sections),
    )
    return page.finish(html)


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>\n{body}\n</section>"


def _table(rows: str, caption: str, *more: str) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Result", "Before", "After", *more))
    named = f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
    return f'<div class="table-scroll"><table>{named}<tbody>{rows}</tbody></table></div>'


def as_section(found: Comparison) -> str:
    """The section of an interim report, in Markdown: counts of patients, never their ids."""
    since = f"run {found.before.manifest.get('run')}, data cut {found.before.manifest.get('data_cut')}"
    lines = [
        "",
        "",
        "# Since the last report {#sec-since-last}",
        "",
        f"Compared with {since}: {found.counted}.",
        "",
    ]
    moved = [entry for entry in found.headlines if not entry.same]
    for entry in moved:
        told = f"{shown(entry.before, entry.after)} before, {shown(entry.after, entry.before)} now"
        lines.append(f"- `{entry.result_id}`: {told}")
    lines += [""] if moved else []
    if found.found:
        tables = "; ".join(
            f"{name} {len(entries)} of {found.of_table(name)}" for name, entries in found.tables.items()
        )
        lines += [f"Results that differ, by table: {tables}.", ""]
    lines += [f"Causes: {_plain('; '.join(found.causes) or 'none')}.", ""]
    if found.patients is not None:
        lines += [f"Patients: {found.patients.counted}.", ""]
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
