"""A checkout that holds one tiny study, written out from its parts: study file, data, the cells of a notebook, text."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from checkout import Checkout, lay_out

STUDY = """\
id: tiny
title: A tiny study
short_title: Tiny
institution: None
design: cohort
planned_n: 4
synthetic: true
visit_by: label
visits:
{visits}
baseline_visit: W00
{own}
populations:
  ALL: {{label: All subjects, rule: enrolled}}
primary_population: ALL
endpoints:{endpoints}
statistics: {{confidence_level: 0.95, exact_max: 1000, zeros: pratt, continuity: false, seed: 1}}
"""
PEOPLE = """\
sources:
  - {{id: people, type: csv, path: data/tiny/people.csv}}
tables:
  subjects:
    - from: people
      columns: {{subject_id: id{more}}}
      constant_columns: {{enrolled: 1}}
"""
BEGIN = [  # of the notebook of a study with these people
    'study: str = "tiny"  # folder\nreport: str = "interim"  # which',
    "from analysis import read, results\n\ndata = read.prepared(study, report)",
]
NUMBER = "tiny.all.people.all.all.n"
TEXT = """\
---
title: A tiny study
bibliography: references.bib
---

# People

There were {{< var tiny.all.people.all.all.n >}} subjects.
"""
REPORT = "report: {name}\nnotebooks:\n  - name: tiny\n"


def counting(**more: str) -> list[str]:
    """The cells of a notebook that publishes the number of people, and more statistics as expressions."""
    entries = ", ".join(
        f'"{name}": {value}' for name, value in {"n": 'len(data.tables["subjects"])', **more}.items()
    )
    return [
        *BEGIN,
        f"counted = {{{entries}}}\n"
        'rows = results.rows_of(counted, analysis="tiny", population="ALL", variable="people")\n'
        "results.publish(results.stack([rows]), study=study, report=report)",
    ]


def people_file(**columns: str) -> str:
    """The study file of `tiny` with people alone: further columns of theirs, by the names in their table."""
    return study_file(PEOPLE.format(more="".join(f", {name}: {source}" for name, source in columns.items())))


def study_file(own: str, *, later: Sequence[int] = (), endpoints: str = "") -> str:
    """The study file of `tiny`: its own sources, tables and the like, baseline and visits of later weeks, endpoints."""
    visits = ["  - {id: W00, label: Baseline, week: 0}"]
    visits += [f"  - {{id: W{week:02d}, label: Week {week}, week: {week}}}" for week in later]
    shown = f"\n  - {endpoints}" if endpoints else " []"
    return STUDY.format(visits="\n".join(visits), own=own.strip("\n"), endpoints=shown)


def write_study(
    folder: Path,
    *,
    study: str,
    data: Mapping[str, str],
    cells: Sequence[str],
    text: str,
    reports: Sequence[str] = ("interim", "final"),
) -> Checkout:
    """Parameters, report sources, data and notebook of the study `tiny`, laid out as a checkout."""
    params, sources = folder / "from" / "params", folder / "from" / "reports"
    for place in (params, sources):
        place.mkdir(parents=True)
    (params / "study.yml").write_text(study, encoding="utf-8")
    for name in reports:
        (params / f"{name}.yml").write_text(REPORT.format(name=name), encoding="utf-8")
        (sources / f"{name}.qmd").write_text(text, encoding="utf-8")
    made = lay_out(folder / "checkout", {"tiny": (params, sources)})
    made.file("data", "tiny").mkdir(parents=True)
    for name, content in data.items():
        made.file("data", "tiny", name).write_text(content, encoding="utf-8")
    write_notebook(made, cells)
    return made


def write_notebook(checkout: Checkout, cells: Sequence[str]) -> None:
    """The notebook of the study with these cells, the first one its parameters."""
    described = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{number}",
            "metadata": {"tags": ["parameters"]} if number == 0 else {},
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(cells)
    ]
    content = {"cells": described, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    checkout.file("notebooks", "tiny.ipynb").write_text(json.dumps(content), encoding="utf-8")
