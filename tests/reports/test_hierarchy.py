"""The registered studies judge their hypotheses in the final report only, with the numbers of the tables of change."""

import csv
import io
import math
import re

import pytest
from reports.pages import ROOT, published, source

from analysis import read

STUDIES = ("dm_abatacept", "ra_cohort")


def values_of(study: str, report: str) -> dict[str, float]:
    """The numbers of a rendered report by id."""
    lines = csv.DictReader(io.StringIO(published(study, report, "results.csv")))
    return {row["result_id"]: float(row["value"] or "nan") for row in lines}


@pytest.mark.parametrize("study", STUDIES)
def test_the_final_report_holds_the_hierarchy_and_the_interim_report_the_cost_of_the_look(study):
    final, interim = source(study, "final"), source(study, "interim")
    assert "hierarchy.ipynb#tbl-hierarchy" in final
    assert "looks.ipynb#tbl-looks" in interim
    assert "tbl-hierarchy" not in interim


@pytest.mark.parametrize("study", STUDIES)
def test_the_tests_are_those_of_the_endpoints_own_tables(study):
    values = values_of(study, "final")
    plan = read.study(ROOT / "params" / study / "study.yml")
    compared = 0
    for family in plan.statistics.multiplicity.families:
        for each in family.hypotheses if family.method != "estimation" else []:
            place = f"{plan.primary_population}.{each.endpoint}.{each.visit}.all".lower()
            for name, theirs in (("p_exact", "p_value"), ("n_pairs", "n_pairs"), ("n_missing", "n_missing")):
                assert values[f"hierarchy.{place}.{name}"] == values[f"change_ranks.{place}.{theirs}"]
            for analysis in ("missing_mmrm", "change_model", "model_change"):  # one estimand, one estimate
                model = f"{analysis}.{place}.estimate"
                assert model not in values or values[f"hierarchy.{place}.estimate"] == values[model]
            compared += 1
    assert compared == values["hierarchy.all.hypotheses.all.all.planned"] > 1


@pytest.mark.parametrize("study", STUDIES)
def test_no_adjusted_p_is_below_its_own_p(study):
    values = values_of(study, "final")
    adjusted = {
        name: value for name, value in values.items() if re.match(r"hierarchy\..*\.p_adjusted$", name)
    }
    assert adjusted
    for name, value in adjusted.items():
        assert math.isnan(value) or value >= values[name.replace("p_adjusted", "p_value")]


@pytest.mark.parametrize("study", STUDIES)
def test_an_interim_report_decides_nothing_and_spends_nothing(study):
    values = values_of(study, "interim")
    assert not [name for name in values if name.startswith("hierarchy.")]
    assert values["look.all.this.all.all.spent"] == 0
