"""Difficult-to-treat RA with and without objective inflammation, side by side."""

from collections.abc import Sequence

import pandas as pd

from analysis import numbers
from analysis.cohort import Cohort
from analysis.language import mark
from analysis.tables.cells import of_total, quartiles
from analysis.tables.table import Table

INFLAMMATION = {
    "yes": mark("Objective inflammation"),
    "no": mark("None"),
    "uncertain": mark("Uncertain"),
    "not_recorded": mark("Not recorded"),
}
BESIDE = {
    "cdai": (mark("CDAI"), 1),
    "sjc28": (mark("Swollen joints (28)"), 0),
    "tjc28": (mark("Tender joints (28)"), 0),
    "crp_mg_l": (mark("CRP, mg/L"), 1),
    "ptga_mm": (mark("Patient's global, mm"), 0),
    "pain_mm": (mark("Pain, mm"), 0),
    "haq_di": (mark("HAQ-DI"), 2),
    "prednisone_mg_day": (mark("Prednisone equivalent, mg/day"), 1),
}
ANSWERS = {"comorbidity_fibromyalgia": mark("Fibromyalgia"), "seropositive": mark("RF or ACPA positive")}


def inflammation_groups(subjects: pd.DataFrame) -> dict[str, pd.Index]:
    """Ids by what the rheumatologist recorded at entry about objective inflammation.

    Examples
    --------
    >>> subjects = pd.DataFrame({"inflammation_objective": ["yes", "no", None]}, index=["a", "b", "c"])
    >>> {name: list(ids) for name, ids in inflammation_groups(subjects).items()}
    {'yes': ['a'], 'no': ['b'], 'uncertain': [], 'not_recorded': ['c']}
    """
    stated = subjects["inflammation_objective"].astype("string").fillna("not_recorded")
    return {name: subjects.index[stated.eq(name)] for name in INFLAMMATION}


def summarise_inflammation(cohort: Cohort, *, response: str, visit: str) -> pd.DataFrame:
    """Each group at entry, and who of it was at the target later.

    Parameters
    ----------
    cohort : Cohort
        The analysis set; its characteristics at entry.
    response, visit : str
        The response of the study file that is the target, and when it is looked at; of those observed there.

    Returns
    -------
    DataFrame
        `variable`, `group`, and `n`, `median`, `q1`, `q3` of numbers, or `n` (known) and `count` of yes-or-no answers.
        The variable ``participants`` holds the size of the group as its `count`.
    """
    found = cohort.tables["responses"]
    of_visit = found[found["endpoint"].eq(response) & found["visit_id"].eq(visit)].set_index("subject_id")
    target = of_visit["value"].where(of_visit["observed"]).astype("boolean")
    lines = []
    for group, ids in inflammation_groups(cohort.subjects).items():
        at_entry = cohort.subjects.reindex(ids)
        lines.append({"variable": "participants", "group": group, "n": len(cohort.ids), "count": len(ids)})
        for name in (name for name in BESIDE if name in at_entry):
            values = at_entry[name].astype("Float64").astype(float).dropna()
            low, middle, high = values.quantile([0.25, 0.5, 0.75])
            lines.append(
                {"variable": name, "group": group, "n": len(values), "median": middle, "q1": low, "q3": high}
            )
        answers = {name: at_entry[name].astype("boolean") for name in ANSWERS if name in at_entry}
        for name, values in (answers | {"target": target.reindex(ids)}).items():
            known = values.dropna()
            lines.append({"variable": name, "group": group, "n": len(known), "count": int(known.sum())})
    return pd.DataFrame(lines)


def inflammation_table(found: pd.DataFrame, *, target: str, notes: Sequence[str] = ()) -> Table:
    """Lay out `summarise_inflammation`, a column per group; groups without anybody are left out."""
    cells = found.set_index(["variable", "group"]).to_dict("index")
    shown = [name for name in INFLAMMATION if cells["participants", name]["count"]]
    labels = {name: label for name, (label, _) in BESIDE.items()} | ANSWERS | {"target": target}
    body = {"Participants": [numbers.whole(cells["participants", group]["count"]) for group in shown]}
    for name in (name for name in labels if (name, "yes") in cells):
        rows = [cells[name, group] for group in shown]
        digits = BESIDE[name][1] if name in BESIDE else 0
        body[labels[name]] = [
            quartiles(row["median"], row["q1"], row["q3"], digits)
            if name in BESIDE
            else of_total(row["count"], row["n"])
            for row in rows
        ]
    frame = pd.DataFrame.from_dict(body, orient="index", columns=[INFLAMMATION[group] for group in shown])
    return Table(frame.rename_axis(mark("At entry")), notes=list(notes))
