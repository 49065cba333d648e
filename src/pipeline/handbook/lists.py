"""Everything that may be written in a study's files, name by name: rules, columns, sources, notebooks."""

import inspect
import json
import re
from pathlib import Path
from typing import get_args

from pipeline.handbook.docstrings import summary
from pipeline.handbook.markdown import code, plain, table
from pipeline.handbook.parameters import in_words

PARAMETER = re.compile(r"^(\w+): ([\w\[\]]+) = (.+?)  # (.*)$")
DATASET = re.compile(r"data\.tables\[[\"'](\w+)[\"']\]")
POPULATIONS = {
    "screened": "everybody on record",
    "enrolled": "who was enrolled; everybody where the study does not record it",
    "treated": "enrolled, and given the study drug at least once",
    "has_baseline": "treated, with a baseline value of the leading endpoint",
    "has_followup": "has_baseline, and a later value of it",
    "completed": "enrolled, with `completed` as reason for the end of participation",
    "per_protocol": "has_followup, eligible, without a deviation of the classes the set names",
    "eligible": "fulfils the study's criteria",
}


def responses(root: Path) -> str:
    """The rules a response may name, with their settings."""
    from analysis.responses import RULES

    rows = []
    for name, rule in sorted(RULES.items()):
        asked = [p for p in inspect.signature(rule).parameters.values() if p.kind is p.KEYWORD_ONLY]
        said = "; ".join(
            f"{code(p.name)} {'required' if p.default is p.empty else f'default {code(p.default)}'}"
            for p in asked
        )
        rows.append([code(name), plain(summary(rule)), said or "none"])
    return table(
        ["Rule", "Who responds", "Settings"],
        rows,
        caption="Rules of responses",
        label="response-rules",
        widths=(3, 5, 5),
    )


def populations(root: Path) -> str:
    """The rules an analysis set may name."""
    from analysis.study.sections import PopulationRule

    named = get_args(PopulationRule)
    if lacking := set(named) ^ set(POPULATIONS):
        raise ValueError(
            f"the handbook does not explain the rules of analysis sets {', '.join(sorted(lacking))}"
        )
    rows = [[code(name), plain(POPULATIONS[name])] for name in named]
    return table(
        ["Rule", "Who belongs to it"],
        rows,
        caption="Rules of analysis sets",
        label="population-rules",
        widths=(2, 6),
    )


def columns(root: Path) -> str:
    """The columns of every tidy table."""
    from analysis.columns import TABLES

    parts = []
    for name, declared in TABLES.items():
        rows = [
            [
                code(c.name),
                plain(c.label),
                plain(c.type),
                plain(c.unit or ""),
                _range(c),
                plain(c.cdisc or ""),
            ]
            for c in declared.values()
        ]
        parts.append(f"## {name} {{#sec-table-{name.replace('_', '-')}}}\n")
        parts.append(
            table(
                ["Column", "What", "Type", "Unit", "Allowed", "CDISC"],
                rows,
                caption=f"Columns of the table {name}",
                label=f"columns-{name.replace('_', '-')}",
                widths=(4, 6, 2, 2, 3, 2),
            )
        )
    return "\n".join(parts)


def _range(column) -> str:
    if column.allowed:
        return ", ".join(map(code, column.allowed))
    if column.low is None and column.high is None:
        return ""
    low, high = ("" if end is None else f"{end:g}" for end in (column.low, column.high))
    return f"{low} to {high}".strip()


def units(root: Path) -> str:
    """The units that are read, and the analytes that are known with theirs."""
    from analysis.columns import ANALYTES
    from analysis.columns.units import known_units

    rows = [[code(name), plain(c.label), plain(c.unit or ""), _range(c)] for name, c in ANALYTES.items()]
    listed = ", ".join(map(code, known_units()))
    return f"Units in any of their usual spellings: {listed}.\n\n" + table(
        ["Analyte", "What", "Unit", "Allowed"],
        rows,
        caption="Analytes known by name",
        label="analytes",
        widths=(2, 5, 2, 2),
    )


def notebooks(root: Path) -> str:
    """Every notebook with its question, its parameters and the datasets it reads."""
    rows = []
    for file in sorted((root / "notebooks").glob("*.ipynb")):
        content = json.loads(file.read_text(encoding="utf-8"))
        title = "".join(content["cells"][0]["source"]).splitlines()[0].lstrip("# ")
        cells = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
        tagged = next(cell for cell in cells if "parameters" in cell["metadata"].get("tags", []))
        found = [PARAMETER.match(line) for line in "".join(tagged["source"]).splitlines()]
        own = [m for m in found if m and m[1] not in ("study", "report")]
        said = "; ".join(f"{code(m[1])} ({m[2]}, {code(m[3])}): {plain(m[4])}" for m in own)
        text = "\n".join("".join(cell["source"]) for cell in cells)
        package = re.search(r"from studies(?:\.| import )(\w+)", text)
        needs = [*dict.fromkeys(DATASET.findall(text))]
        of = f"package {code(package[1])}; " if package else ""
        rows.append([code(file.stem), plain(title), said or "none", of + ", ".join(map(code, needs))])
    return table(
        ["Notebook", "Question", "Parameters", "Needs"],
        rows,
        caption="Notebooks, beside `study` and `report`",
        label="notebooks",
        widths=(3, 5, 6, 4),
    )


def sources(root: Path) -> str:
    """The keys of each type of source."""
    from analysis.study.mapping import Source
    from pipeline.handbook.parameters import field_comments

    said = field_comments(Source)
    rows = [
        [code(name), in_words(field.annotation, field.metadata), plain(said.get(name, ""))]
        for name, field in Source.model_fields.items()
    ]
    return table(
        ["Key", "Value", "Meaning"], rows, caption="Keys of a source", label="source-keys", widths=(2, 3, 6)
    )
