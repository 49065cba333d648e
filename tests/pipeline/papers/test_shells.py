"""Shells of tables: heads and rows that the plan may name, and nothing of what was recorded."""

import html
import re

import pytest

from pipeline.papers.shells import Known, known_words, masked, shell, table_shell, without_counts

OWN = {"study": {"endpoints": [{"label": "Skin activity"}], "criteria": ["Age of 18 years or more"]}}


def words(table: str) -> list[str]:
    return [text for text in re.sub(r"<[^>]*>", "\n", table).split("\n") if text.strip()]


def drawn(*rows: str) -> str:
    return f'<table><thead><tr><th scope="col">All (n = 20)</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'


def row(name: str, *cells: str) -> str:
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def group(name: str) -> str:
    return f'<tr><th scope="rowgroup" colspan="2">{name}</th></tr>'


def test_rows_of_the_study_stay_and_rows_of_the_data_are_one_row_of_dots():
    made = table_shell(
        drawn(row("Skin activity", "7"), row("Dengue fever", "1"), row("Snake bite", "2")), known_words(OWN)
    )
    assert words(made) == ["All (n = …)", "Skin activity", "xx", "…", "xx"]


def test_classes_of_the_data_become_one_with_the_rows_they_share():
    rows = [group("Infections unheard of"), row("Any", "3"), row("Dengue fever", "1")]
    rows += [group("Bites"), row("Any", "2"), row("Snake bite", "2")]
    made = table_shell(drawn(*rows), Known(frozenset({"any"}), frozenset()))
    assert words(made) == ["All (n = …)", "…", "Any", "xx", "…", "xx"]


def test_a_count_in_the_name_of_a_row_is_dots():
    made = table_shell(
        drawn(group("Infusions, patients: 20"), row("x", "1")), known_words(["Infusions", "patients", "x"])
    )
    assert "Infusions, patients: …" in made


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        *(
            ("20.0 (8.1 to 41.6)", "xx.x (xx.x to xx.x)"),
            ("4/20", "xx/xx"),
            ("&lt;0.001", "xx.xxx"),
            ("−0.25", "xx.xx"),
        ),
        *(("rejected", "…"), ("yes", "…"), ("–", "…"), ("", ""), ("2021-05-10", "…"), ("DM-25", "…")),
    ],
)
def test_a_cell_tells_its_form_and_not_its_number(cell, shown):
    made = masked(html.unescape(cell))
    assert made == shown and not re.search(r"\d", made)


def test_a_criterion_is_told_in_its_words():
    assert "Age of 18 years or more" in table_shell(
        drawn(row("I1", "Age of 18 years or more")), known_words(OWN, "I1")
    )


def cell(source: str, **output) -> dict:
    return {
        "cell_type": "code",
        "source": source,
        "outputs": [{"output_type": "display_data", **output}],
        "metadata": {},
    }


def test_notes_captions_and_figures_tell_no_number():
    table = {
        "text/markdown": f"```{{=html}}\n{drawn(row('Skin activity', '7'))}\n```\n\n[7 of 20 fell.]{{.table-note}}"
    }
    notebook = {
        "cells": [
            cell(
                "#| label: tbl-x\n#| shows: skin",
                data=table,
                metadata={"tbl-cap": "Skin. It fell in 7 of 20."},
            ),
            cell("#| label: fig-x", data={"image/png": "QUJD"}, metadata={"fig-alt": "7 of 20 fell"}),
            cell("#| label: tbl-y\n#| shows: none", data={"text/markdown": "Planned: 20"}, metadata={}),
        ]
    }
    table, figure, fixed = shell(notebook, known_words(OWN))["cells"]
    said = str(table["outputs"])
    assert "fell" not in said and not re.search(r"\d", re.sub(r"<[^>]*>", "", said))
    assert table["outputs"][0]["metadata"]["tbl-cap"] == "Skin."
    assert (
        figure["outputs"][0]["data"]["image/png"] != "QUJD"
        and "7" not in figure["outputs"][0]["metadata"]["fig-alt"]
    )
    assert fixed["outputs"][0]["data"]["text/markdown"] == "Planned: 20"


def test_a_caption_of_nothing_but_numbers_keeps_its_words():
    assert without_counts("Of 20 patients") == "Of … patients"
