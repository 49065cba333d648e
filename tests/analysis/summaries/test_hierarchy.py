"""The hierarchy of hypotheses: judged by the tests of the table of change, in the order of the study file."""

import numpy as np
import pandas as pd
import pytest
from small_study import CDAI, drawn, long, rows, small_study

from analysis import mmrm, multiplicity, results, summaries
from analysis.tables import pick

PTGA = {**CDAI, "id": "ptga", "variable": "ptga_mm", "label": "Patient global", "role": "secondary"}
PAIN = {**CDAI, "id": "pain", "variable": "pain_mm", "label": "Pain", "role": "secondary"}
LOW = {"id": "low", "label": "CDAI low", "rule": "disease_state", "visits": ["W24"], "role": "primary"}


def family(method, *hypotheses, label="Family"):
    listed = [{"endpoint": name, "visit": visit} for name, visit in hypotheses]
    return {"label": label, "method": method, "hypotheses": listed}


FAMILIES = [
    family("estimation", ("low", "W24"), label="Target"),
    family("fixed_sequence", ("cdai", "W24"), label="Primary"),
    family("holm", ("ptga", "W24"), ("pain", "W24"), label="Reported"),
    family("hochberg", ("cdai", "W12"), label="Early"),
]


def study(*, families=FAMILIES, looks=None, alpha=0.05):
    plan = {"alpha": alpha, "basis": "the protocol.", "families": families}
    return small_study(
        endpoints=[CDAI, PTGA, PAIN], responses=[LOW], statistics={"multiplicity": plan, "looks": looks}
    )


def changes(**p_values) -> pd.DataFrame:
    """Rows of the table of change with these p values, by endpoint and visit (`cdai_W24`)."""
    frames = []
    for name, p in p_values.items():
        endpoint, visit = name.split("_")
        keys = {"variable": endpoint, "visit": visit, "population": "ALL", "group": "all"}
        mean = {"estimate": -5.0, "conf_low": -9.0, "conf_high": -1.0, "n_pairs": 20, "n_missing": 1}
        frames.append(results.rows_of({"p_value": p, "n_pairs": 20}, analysis="change_ranks", **keys))
        frames.append(results.rows_of({**mean, "p_value": 0.9}, analysis="change_mean", **keys))
        frames.append(results.rows_of({**mean, "p_value": p, "n": 21}, analysis="change_model", **keys))
    return results.stack(frames)


def judge(study, **p_values) -> pd.DataFrame:
    return summaries.judge_hierarchy(changes(**p_values), study=study, level=summaries.final_level(study))


def test_hypotheses_stand_in_the_order_of_the_file_and_only_tested_families_are_numbered():
    listed = summaries.list_hypotheses(study())
    assert rows(listed, "step", "family", "endpoint", "visit_label") == [
        [1, None, "low", "Week 24"],
        [2, 1, "cdai", "Week 24"],
        [3, 2, "ptga", "Week 24"],
        [3, 2, "pain", "Week 24"],
        [4, 3, "cdai", "Week 12"],
    ]


def test_a_study_without_a_hierarchy_lists_nothing_and_cannot_be_judged():
    assert summaries.list_hypotheses(small_study()).empty
    with pytest.raises(ValueError, match=r"declare statistics\.multiplicity"):
        summaries.judge_hierarchy(changes(cdai_W24=0.01), study=small_study(), level=0.05)


def test_the_last_family_is_reached_when_everything_before_it_is_rejected():
    judged = judge(study(), cdai_W24=0.03, ptga_W24=0.02, pain_W24=0.04, cdai_W12=0.01)
    assert judged["status"].tolist() == ["estimated", *["rejected"] * 4]
    # Holm within the family; the gate before carries the largest p so far
    assert judged["p_adjusted"].tolist() == pytest.approx([np.nan, 0.03, 0.04, 0.04, 0.04], nan_ok=True)


def test_one_hypothesis_that_is_not_rejected_closes_what_follows():
    judged = judge(study(), cdai_W24=0.03, ptga_W24=0.03, pain_W24=0.04, cdai_W12=0.0001)
    assert judged["status"].tolist() == [
        "estimated",
        "rejected",
        "not rejected",
        "not rejected",
        "not tested",
    ]
    assert judged["p_value"].iloc[-1] == 0.0001
    assert np.isnan(judged["p_adjusted"].iloc[-1])


def test_an_estimated_response_neither_opens_nor_closes_a_family():
    without = judge(study(families=FAMILIES[1:]), cdai_W24=0.01, ptga_W24=0.01, pain_W24=0.01, cdai_W12=0.01)
    beside = judge(study(), cdai_W24=0.01, ptga_W24=0.01, pain_W24=0.01, cdai_W12=0.01)
    assert beside["p_adjusted"].iloc[1:].tolist() == without["p_adjusted"].tolist()


def test_a_hypothesis_without_a_p_value_is_not_rejected():
    judged = judge(study(), ptga_W24=0.01, pain_W24=0.01, cdai_W12=0.01)  # no pair of CDAI at week 24
    assert judged["status"].tolist() == ["estimated", "not rejected", *["not tested"] * 3]
    assert judged["reason"].iloc[1] == "no p value"


def test_comparisons_of_several_groups_cannot_be_judged():
    two = pd.concat([changes(cdai_W24=0.01)] * 2)
    with pytest.raises(ValueError, match="one group of subjects"):
        summaries.judge_hierarchy(two, study=study(), level=0.05)


def test_the_exact_test_judges_where_the_study_file_says_so():
    plan = study()
    multiple = plan.statistics.multiplicity.model_copy(update={"test": "signed_rank"})
    plan = plan.model_copy(
        update={"statistics": plan.statistics.model_copy(update={"multiplicity": multiple})}
    )
    found = changes(cdai_W24=0.01, ptga_W24=0.01, pain_W24=0.01, cdai_W12=0.01)
    other = found["analysis"].eq("change_model") & found["statistic"].eq("p_value")
    found = found.assign(value=found["value"].mask(other, 0.9))
    judged = summaries.judge_hierarchy(found, study=plan, level=0.05)
    assert judged["status"].iloc[1] == "rejected"
    by_model = summaries.judge_hierarchy(found, study=study(), level=0.05)
    assert by_model["status"].iloc[1] == "not rejected"
    assert by_model["p_exact"].iloc[1] == 0.01


def test_test_and_estimate_are_those_of_the_mixed_model_and_the_exact_test_stands_beside():
    text = """
        subject_id W00 W12 W24
        S1          30  25  20
        S2          22  20  12
        S3          40  41  22
        S4          35  30   .
        S5          28  20  27
        S6          31  30  10
    """
    measures = pd.concat(long(text, variable) for variable in ("cdai", "ptga_mm", "pain_mm"))
    populations = drawn("subject_id ALL\n" + "\n".join(f"S{n} True" for n in range(1, 7)))
    plan = study()
    tables = {"measures": measures, "subjects": populations[["subject_id"]], "populations": populations}
    compared = summaries.compare_hypotheses(tables, study=plan, population="ALL")
    judged = summaries.judge_hierarchy(compared, study=plan, level=0.05).iloc[1:]
    whole = summaries.summarise_change(
        measures, {"all": pd.Index(populations["subject_id"])}, study=plan, population="ALL"
    )
    for row in judged.itertuples():
        keys = {"variable": row.endpoint, "visit": row.visit}
        assert row.p_exact == pick(whole, analysis="change_ranks", **keys)["p_value"]
        values = measures[measures["variable"].eq({"cdai": "cdai"}.get(row.endpoint, f"{row.endpoint}_mm"))]
        model = mmrm.fit(values.rename(columns={"value": "y"}), response="y", visits=["W00", "W12", "W24"])
        table = mmrm.change_from_baseline(model, confidence_level=0.95).set_index("visit")
        assert (row.estimate, row.p_value) == pytest.approx(
            tuple(table.loc[row.visit, ["estimate", "p_value"]]), rel=1e-6
        )
    assert judged["n_pairs"].tolist() == [5, 5, 5, 6]


def test_decisions_are_rows_of_the_results_table():
    plan = study()
    judged = judge(plan, cdai_W24=0.03, ptga_W24=0.03, pain_W24=0.04, cdai_W12=0.0001)
    made = summaries.hierarchy_rows(judged, study=plan, population="ALL", level=0.05)
    ptga = pick(made, variable="ptga", visit="W24")
    assert (ptga["order"], ptga["family"], ptga["p_adjusted"], ptga["rejected"]) == (3, 2, 0.06, 0)
    assert np.isnan(pick(made, variable="cdai", visit="W12")["rejected"])  # not tested is not "not rejected"
    counted = pick(made, variable="hypotheses")
    assert [counted[name] for name in ("planned", "tested", "rejected", "not_rejected", "not_tested")] == [
        4, 3, 1, 2, 1,
    ]  # fmt: skip
    assert made["note"].str.startswith("not tested: family 2").any()
    assert (counted["alpha"], counted["level"]) == (0.05, 0.05)


@pytest.mark.parametrize("name", ["holm", "hochberg"])
def test_the_adjustment_of_a_family_is_the_published_one(name):
    p = [0.01, 0.04, 0.03]
    named = [("cdai", "W24"), ("ptga", "W24"), ("pain", "W24")]
    judged = judge(study(families=[family(name, *named)]), cdai_W24=p[0], ptga_W24=p[1], pain_W24=p[2])
    assert judged["p_adjusted"].tolist() == pytest.approx(getattr(multiplicity, name)(p).tolist())


# ---------------------------------------------------------------- interim looks


LOOKS = {"spending": "obrien_fleming", "information": "enrolled"}


def people(n: int) -> dict:
    populations = pd.DataFrame({"subject_id": [f"S{i}" for i in range(n)], "ALL": True})
    return {"subjects": populations[["subject_id"]], "populations": populations}


def look(tables, **looks):
    plan = study(looks={**LOOKS, "planned": 4, **looks})
    made = summaries.look_rows(tables, study=plan, population="ALL")
    return {name: pick(made, variable=name) for name in dict.fromkeys(made["variable"])}


@pytest.mark.parametrize(
    ("spending", "this", "final"),
    [
        ("obrien_fleming", 0.003051, 0.048999),
        ("pocock", 0.031006, 0.027738),
    ],  # domain reference, D.15 (R rpact)
)
def test_halfway_the_boundary_is_the_published_one(spending, this, final):
    found = look(people(2), spending=spending)
    assert found["this"]["level"] == pytest.approx(this, abs=6e-7)
    assert found["final"]["level"] == pytest.approx(final, abs=6e-7)
    assert found["this"]["information"] == 0.5
    assert found["this"]["spent"] < found["final"]["spent"] == pytest.approx(0.05)


def test_earlier_looks_keep_what_they_spent():
    found = look(people(3), earlier=[0.5])
    assert list(found) == ["earlier_1", "this", "final", "information"]
    assert found["earlier_1"]["level"] == pytest.approx(0.003051, abs=6e-7)
    assert found["information"] == {"count": 3, "planned": 4}


@pytest.mark.parametrize(("n", "earlier"), [(0, []), (2, [0.5]), (4, [0.5])])
def test_without_new_information_or_with_all_of_it_there_is_no_interim_boundary(n, earlier):
    assert "this" not in look(people(n), earlier=earlier)


def test_pairs_of_the_first_hypothesis_are_the_information():
    text = "subject_id W00 W24\nS0 30 20\nS1 22 .\nS2 . 10\nS3 31 10"
    found = look({**people(4), "measures": long(text)}, information="pairs")
    assert found["information"] == {"count": 2, "planned": 4}


def test_where_no_interim_test_is_planned_nothing_is_spent():
    found = look(people(2), spending="none", reason="none registered")
    assert found["this"] == {"spent": 0}
    assert found["final"]["spent"] == found["final"]["level"] == 0.05
    assert found["final"]["z"] == pytest.approx(1.959964, abs=1e-6)
    bare = summaries.look_rows(people(2), study=small_study(), population="ALL")
    assert bare["method"].tolist() == ["No formal interim test is planned; alpha is not spent."]


def test_the_final_analysis_tests_at_what_interim_looks_have_left():
    assert summaries.final_level(study()) == 0.05
    assert summaries.final_level(study(looks=LOOKS)) == 0.05  # planned, none held
    level = summaries.final_level(study(looks={**LOOKS, "earlier": [0.5]}))
    assert level == pytest.approx(0.048999, abs=6e-7)
    p = {"cdai_W24": 0.0495, "ptga_W24": 0.01, "pain_W24": 0.01, "cdai_W12": 0.01}
    assert judge(study(looks={**LOOKS, "earlier": [0.5]}), **p)["status"].iloc[1] == "not rejected"
    assert judge(study(), **p)["status"].iloc[1] == "rejected"


def test_boundaries_need_a_spending_function():
    with pytest.raises(ValueError, match="plans no interim test"):
        summaries.boundaries(study(), [0.5])
