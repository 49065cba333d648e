"""The list of abbreviations: those a report uses, and no other."""

import csv
import json
import re

import pytest

from pipeline.abbreviations import used_abbreviations, write_abbreviations

KNOWN = ["CDAI", "RA", "csDMARD", "DMARD", "MMT-8", "HAQ-DI", "FACIT", "FACIT-F"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the CDAI fell", ["CDAI"]),
        ("two csDMARDs", ["csDMARD"]),
        ("MMT-8: 150", ["MMT-8"]),
        ("RANDOM and CDAIs", ["CDAI"]),
        ("in RA-001", ["RA"]),
        ("notebooks/RA/x", []),
        ("FACIT-F", ["FACIT", "FACIT-F"]),
    ],
)
def test_an_abbreviation_counts_as_a_word_of_its_own(text, expected):
    assert used_abbreviations([text], KNOWN) == expected


def test_text_tables_and_captions_are_looked_through(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "parts" / "_abbreviations.csv").write_text(
        "abbreviation,meaning\nCDAI,index\nRA,arthritis\nULN,limit\nTIS,score\n", encoding="utf-8"
    )
    (tmp_path / "parts" / "_my_study_abbreviations.qmd").write_text("to be filled", encoding="utf-8")
    (tmp_path / "index.qmd").write_text("{{< include parts/_ours.qmd >}}\n", encoding="utf-8")
    (tmp_path / "parts" / "_ours.qmd").write_text("About RA.\n", encoding="utf-8")
    (tmp_path / "parts" / "_of_another_study.qmd").write_text("TIS\n", encoding="utf-8")
    shown = {
        "cell_type": "code",
        "source": "#| label: tbl-x\n#| tbl-cap: CDAI by visit\nTIS",
        "outputs": [{"data": {"text/html": "<td>2 x ULN</td>"}}],
    }
    (tmp_path / "notebooks" / "n.ipynb").write_text(json.dumps({"cells": [shown]}), encoding="utf-8")
    write_abbreviations(tmp_path)
    made = (tmp_path / "parts" / "_my_study_abbreviations.qmd").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\w+) \|", made, re.MULTILINE)[1:] == ["CDAI", "RA", "ULN"]
    assert made.endswith(": Abbreviations {#tbl-abbreviations}\n")


def test_the_list_names_each_once_with_its_meaning(root):
    with (root / "reports" / "_parts" / "_abbreviations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [row["abbreviation"] for row in rows]
    assert len(set(names)) == len(names) > 50
    assert all(row["meaning"].strip() for row in rows)


def test_beside_chinese_signs_an_abbreviation_is_a_word_and_the_name_of_an_antibody_is_none():
    assert used_abbreviations(["按CDAI判定，抗SAE抗体阳性"], ["CDAI", "SAE"]) == ["CDAI"]
