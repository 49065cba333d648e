"""Values that do not go together (clinical reference F.2 rule 8)."""

import pandas as pd

from analysis.columns import JOINTS_28, MUSCLES, SIDES
from analysis.read import rules
from analysis.thresholds import settle

GLOBALS = ("ptga_mm", "phga_mm", "pain_mm", "extramuscular_mm")


def visit_values(visits: pd.DataFrame) -> list[pd.DataFrame]:
    """All checks within one visit."""
    return [*_joints(visits), *_haq_and_pain(visits), *_totals(visits)]


def _needs(visits: pd.DataFrame, *names: str) -> bool:
    """Whether the visits have these columns."""
    return set(names) <= set(visits.columns)


def _joints(visits: pd.DataFrame) -> list[pd.DataFrame]:
    """Swollen joints against tender joints and against the physician's global."""
    found = []
    if _needs(visits, "tjc28", "sjc28"):
        hit = visits.index[visits["sjc28"] > visits["tjc28"] + 10]
        raw = (
            rules.shown(visits.loc[hit, "sjc28"])
            + " swollen, "
            + rules.shown(visits.loc[hit, "tjc28"])
            + " tender"
        )
        found.append(rules.finding(hit, "sjc28", "S1", raw))
    if _needs(visits, "phga_mm", "sjc28"):
        hit = visits.index[visits["phga_mm"].eq(0) & visits["sjc28"].gt(4)]
        found.append(rules.finding(hit, "phga_mm", "S2", rules.shown(visits.loc[hit, "sjc28"])))
    return found


def _haq_and_pain(visits: pd.DataFrame) -> list[pd.DataFrame]:
    """No difficulty in any HAQ item with severe pain."""
    items = [f"haq_{n}" for n in range(1, 21) if f"haq_{n}" in visits]
    if not items or "pain_mm" not in visits:
        return []
    hit = visits.index[visits[items].eq(0).all(axis=1) & visits["pain_mm"].gt(70)]
    return [rules.finding(hit, "pain_mm", "S3", rules.shown(visits.loc[hit, "pain_mm"]))]


def _totals(visits: pd.DataFrame) -> list[pd.DataFrame]:
    """Recorded totals against the sum of their parts, where every part is known."""
    muscles = [f"mmt_{muscle}" for muscle in MUSCLES]
    joints = {
        kind: [f"{kind}_{joint}_{side}" for joint in JOINTS_28 for side in SIDES] for kind in ("tj", "sj")
    }
    pairs = [("mmt8_total", muscles), ("tjc28", joints["tj"]), ("sjc28", joints["sj"])]
    found = []
    for total, parts in pairs:
        if _needs(visits, total, *parts):
            whole = visits[parts].astype("Float64").sum(axis=1, skipna=False).astype("float64")
            hit = visits.index[visits[total].notna() & whole.notna() & visits[total].ne(whole)]
            found.append(
                rules.finding(hit, total, "S4", rules.shown(visits.loc[hit, total]), rules.shown(whole[hit]))
            )
    return found


def pregnancy(subjects: pd.DataFrame) -> list[pd.DataFrame]:
    """Pregnancy in a man."""
    if not _needs(subjects, "sex", "pregnant"):
        return []
    hit = subjects.index[subjects["sex"].eq("M").fillna(False) & subjects["pregnant"].fillna(False)]
    return [rules.finding(hit, "pregnant", "S5", "yes")]


def weight_jumps(visits: pd.DataFrame) -> list[pd.DataFrame]:
    """Weight that changed by more than 15 % from one visit to the next."""
    if "weight_kg" not in visits:
        return []
    rows = visits.dropna(subset="weight_kg").sort_values(["subject_id", "day"], kind="stable")
    before = rows.groupby("subject_id")["weight_kg"].shift()
    hit = rows.index[settle((rows["weight_kg"] - before).abs() / before).gt(0.15)]
    raw = rules.shown(before[hit]) + " to " + rules.shown(rows.loc[hit, "weight_kg"])
    return [rules.finding(hit, "weight_kg", "S6", raw)]


def carried_forward(visits: pd.DataFrame) -> list[pd.DataFrame]:
    """The same global assessments, all of them, at three or more visits in a row.

    At least two scales must be filled in, and not all be 0: a patient in remission may well stay at 0.
    """
    scales = [name for name in GLOBALS if name in visits]
    if len(scales) < 2:
        return []
    filled = visits[visits[scales].notna().sum(axis=1).ge(2) & visits[scales].fillna(0).ne(0).any(axis=1)]
    if filled.empty:
        return []
    subject = pd.Series(pd.factorize(filled["subject_id"])[0], index=filled.index)
    rows = filled.assign(subject=subject).sort_values(["subject", "day"], kind="stable")
    values = rows[scales].fillna(-1)  # a scale left out is as it was when it is left out again
    follows = rows["subject"].eq(rows["subject"].shift())
    same = values.eq(values.shift()).all(axis=1) & follows
    run = (~same).cumsum()
    again = rows.index[run.groupby(run).transform("size").ge(3) & same]
    return [rules.finding(again, "+".join(scales), "S7", rules.joined(rows.loc[again, scales], "|"))]
