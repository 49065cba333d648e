"""The registered studies judge their hypotheses in the final report only, with the numbers of the tables of change."""

import csv
import math
import re
from pathlib import Path

import pytest

from analysis import read

ROOT = Path(__file__).resolve().parents[2]
STUDIES = ("dm_abatacept", "ra_cohort")


def source(study: str, report: str) -> str:
    """The report's source with its shared parts in place."""
    text = (ROOT / "reports" / study / f"{report}.qmd").read_text(encoding="utf-8")

    def part(match):
        return (ROOT / "reports" / "_parts" / match[1]).read_text(encoding="utf-8")

    return re.sub(r"\{\{< include parts/(\S+) >\}\}", part, text)


def published(study: str, report: str) -> dict[str, float]:
    """The numbers of a rendered report by id."""
    file = ROOT / "reports" / "_site" / study / report / "results.csv"
    if not file.is_file():
        pytest.skip(f"{study}/{report} was not rendered")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return {row["result_id"]: float(row["value"] or "nan") for row in csv.DictReader(lines)}


@pytest.mark.parametrize("study", STUDIES)
def test_the_final_report_holds_the_hierarchy_and_the_interim_report_the_cost_of_the_look(study):
    final, interim = source(study, "final"), source(study, "interim")
    assert "hierarchy.ipynb#tbl-hierarchy" in final
    assert "looks.ipynb#tbl-looks" in interim
    assert "tbl-hierarchy" not in interim


@pytest.mark.parametrize("study", STUDIES)
def test_the_tests_are_those_of_the_endpoints_own_tables(study):
    values = published(study, "final")
    plan = read.study(ROOT / "params" / study / "study.yml")
    compared = 0
    for family in plan.statistics.multiplicity.families:
        for each in family.hypotheses if family.method != "estimation" else []:
            place = f"{plan.primary_population}.{each.endpoint}.{each.visit}.all".lower()
            for name in ("p_value", "n_pairs", "n_missing"):
                assert values[f"hierarchy.{place}.{name}"] == values[f"change_ranks.{place}.{name}"]
            compared += 1
    assert compared == values["hierarchy.all.hypotheses.all.all.planned"] > 1


@pytest.mark.parametrize("study", STUDIES)
def test_no_adjusted_p_is_below_its_own_p(study):
    values = published(study, "final")
    adjusted = {
        name: value for name, value in values.items() if re.match(r"hierarchy\..*\.p_adjusted$", name)
    }
    assert adjusted
    for name, value in adjusted.items():
        assert math.isnan(value) or value >= values[name.replace("p_adjusted", "p_value")]


@pytest.mark.parametrize("study", STUDIES)
def test_an_interim_report_decides_nothing_and_spends_nothing(study):
    values = published(study, "interim")
    assert not [name for name in values if name.startswith("hierarchy.")]
    assert values["look.all.this.all.all.spent"] == 0
