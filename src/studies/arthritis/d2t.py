"""Difficult-to-treat RA at entry: criteria, sub-items, mechanisms failed, and what had been looked into."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis import numbers
from analysis.cohort import Cohort
from analysis.datasets.difficult import difficult_rule
from analysis.eligibility.d2t import settings_from
from analysis.language import Texts, mark, tr
from analysis.tables.cells import of_total, quartiles
from analysis.tables.table import Table
from analysis.thresholds import settle

ITEMS = Texts(
    {  # what an item asks for; where the study chooses a limit, its name stands in braces
        "c1": "1 Failure of treatment",
        "c2": "2 Active or symptomatic disease",
        "c2a": "2a At least moderate disease activity",
        "c2b": "2b Signs or symptoms of active disease",
        "c2c": "2c Glucocorticoids cannot be tapered below {gc_min_mg_day:g} mg/day",
        "c2d": "2d Rapid radiographic progression",
        "c2e": "2e Quality of life reduced by symptoms despite control",
        "c3": "3 Management perceived as problematic",
        "c3_doc": "by the rheumatologist",
        "c3_pt": "by the patient",
        "csdmard_failed": "csDMARD failed before",
        "contraindicated": "csDMARD contraindicated",
        "access_restricted": "Access to treatment restricted",
    }
)


SUB_ITEMS = ("c2a", "c2b", "c2c", "c2d", "c2e")


def item_labels(criteria: dict) -> dict[str, str]:
    """The criteria and sub-items in words, with the limits that the study's criteria set."""
    chosen = settings_from(difficult_rule(criteria)["settings"])
    return {name: label.format(gc_min_mg_day=chosen.gc_min_mg_day) for name, label in ITEMS.items()}


def count_items(found: pd.DataFrame, ids: pd.Index, *, labels: dict[str, str]) -> pd.DataFrame:
    """How many meet, do not meet, or cannot be judged by each criterion and sub-item.

    Returns
    -------
    DataFrame
        `variable`, `label`, `n` (of the analysis set), `count` (met), `not_met`, `n_missing` (not decided),
        `proportion` of all `n`, `decided_share` of those decided.
    """
    lines = []
    for item, label in labels.items():
        flags = found[item].reindex(ids).astype("boolean")
        met = int(flags.fillna(False).sum())
        lines.append(
            {
                "variable": item,
                "label": label,
                "n": len(ids),
                "count": met,
                "not_met": int((~flags).fillna(False).sum()),
                "n_missing": int(flags.isna().sum()),
                "proportion": met / len(ids) if len(ids) else float("nan"),
                "decided_share": met / flags.notna().sum() if flags.notna().any() else float("nan"),
            }
        )
    return pd.DataFrame(lines)


def sub_item_flags(found: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """Sub-items of criterion 2 for the figure of combinations, with "not decided" as a set of its own where it occurs.

    A missing answer is not taken for a no: it shows as a set of its own, so that nobody drops out of the figure.

    Examples
    --------
    >>> found = pd.DataFrame({item: pd.array([True, None], dtype="boolean") for item in SUB_ITEMS})
    >>> sub_item_flags(found, found.index)["c2d_open"].tolist()
    [False, True]
    """
    flags = found.reindex(ids)[list(SUB_ITEMS)].astype("boolean")
    undecided = flags.isna().add_suffix("_open").astype("boolean")
    return flags.fillna(False).join(undecided.loc[:, undecided.any()])


def sub_item_labels(flags: pd.DataFrame, *, labels: dict[str, str]) -> dict[str, str]:
    """What the sets of `sub_item_flags` are called, those not decided last."""
    return {
        name: labels[name]
        if name in labels
        else tr("({item} not decided)", item=labels[name.removesuffix("_open")][:2])
        for name in flags
    }


def count_levels(values: pd.Series, ids: pd.Index, *, variable: str, levels: Any) -> pd.DataFrame:
    """How many have each level of a category or count: `variable`, `visit` (the level), `n`, `count`, `proportion`."""
    of_set = values.reindex(ids)
    lines = [
        {
            "variable": variable,
            "visit": str(level),
            "n": len(ids),
            "count": int(of_set.eq(level).sum()),
            "proportion": float(of_set.eq(level).sum()) / len(ids) if len(ids) else float("nan"),
        }
        for level in levels
    ]
    return pd.DataFrame(lines)


def mechanisms_failed(found: pd.DataFrame, *, most: int) -> pd.Series:
    """Mechanisms of action failed for sure, as text, `most` and more together.

    Examples
    --------
    >>> mechanisms_failed(pd.DataFrame({"n_moa": [2.0, 5.0]}), most=4).tolist()
    ['2 mechanisms', '4 or more mechanisms']
    """
    n = found["n_moa"]
    text = n.astype("Int64").astype("string") + " mechanisms"
    return text.mask(n.ge(most), tr("{most} or more mechanisms", most=most)).replace(
        "1 mechanisms", "1 mechanism"
    )


COUNTS = (  # as `mechanisms_failed` writes them
    *(mark("0 mechanisms"), mark("1 mechanism"), mark("2 mechanisms"), mark("3 mechanisms")),
    mark("4 or more mechanisms"),
)
VIRUS = ("comorbidity_hbsag", "comorbidity_hbcab")


def count_work_up(
    person: pd.DataFrame, *, failed: pd.DataFrame, begun: pd.Series, obese_bmi: float
) -> pd.DataFrame:
    """What the EULAR points to consider ask for, done and found, as recorded at entry.

    Parameters
    ----------
    person : DataFrame
        What is known at baseline, by participant of the analysis set.
    failed : DataFrame
        `subject_id` and `moa` of every course that failed before entry (dataset ``failed_courses``).
    begun : Series
        Mechanism of the drug begun at entry, by subject id.
    obese_bmi : float
        Body mass index from which a participant is obese, kg/m² [P].

    Returns
    -------
    DataFrame
        `variable`, `point` (number of the point), `label`, `n` (whom the line is about), `count`, `n_missing`,
        `proportion` of `n`.

    References
    ----------
    Nagy G, et al. Ann Rheum Dis 2022;81:20-33. doi:10.1136/annrheumdis-2021-220973.
    """
    lines = [
        *_inflammation(person),
        *_context(person, obese_bmi),
        _next_target(person, failed, begun),
        *_comorbidity(person),
        *_support(person),
    ]
    return pd.DataFrame([_counted(*line) for line in lines])


def _inflammation(person: pd.DataFrame) -> list[tuple]:
    stated = person["inflammation_objective"].astype("string")
    seen = person["us_done"].astype("boolean").fillna(False)
    signal = settle(person["us_pd_n"].astype("Float64").astype(float))
    return [
        *(
            (
                f"inflammation_{answer}",
                "B",
                tr("Objective inflammation: {answer}", answer=answer),
                stated.eq(answer).mask(stated.isna()),
            )
            for answer in ("yes", "no", "uncertain")
        ),
        ("mimic", "1", mark("Misdiagnosis and mimics reviewed"), person["mimic_reviewed"]),
        ("ultrasound", "2", mark("Ultrasound of joints"), person["us_done"]),
        (
            "doppler",
            "2",
            mark("Doppler signal in a joint, of those with ultrasound"),
            pd.Series(signal > 0, index=person.index).astype("boolean").mask(person["us_pd_n"].isna())[seen],
        ),
    ]


def _context(person: pd.DataFrame, obese_bmi: float) -> list[tuple]:
    bmi = person["bmi"].astype("Float64").astype(float)
    obese = pd.Series(settle(bmi) >= obese_bmi, index=person.index).astype("boolean").mask(bmi.isna())
    return [
        (
            "obesity",
            "3",
            tr("Obesity (body mass index {obese_bmi:g} kg/m² or more)", obese_bmi=obese_bmi),
            obese,
        ),
        ("fibromyalgia", "3", mark("Fibromyalgia"), person["comorbidity_fibromyalgia"]),
        ("adherence", "4", mark("Adherence discussed"), person["adherence_discussed"]),
    ]


def _next_target(person: pd.DataFrame, failed: pd.DataFrame, begun: pd.Series) -> tuple:
    """Among those who began a drug: its mechanism had not failed before."""
    started = begun.reindex(person.index).dropna()
    pairs = set(zip(failed["subject_id"], failed["moa"], strict=True))
    new = [(subject, mechanism) not in pairs for subject, mechanism in started.items()]
    label = mark("Mechanism begun at entry had not failed before, of those who began one")
    return ("next_target", "5", label, pd.Series(new, index=started.index, dtype="boolean"))


def _comorbidity(person: pd.DataFrame) -> list[tuple]:
    named = [name for name in person if name.startswith("comorbidity_") and name not in VIRUS]
    surface, core = (person[name].astype("boolean") for name in VIRUS)
    exposed = (surface | core).fillna(False)
    return [
        ("comorbidity", "7", mark("Any comorbidity"), _any(person[named])),
        ("hbsag", "8", mark("HBsAg positive"), surface),
        ("past_hepatitis_b", "8", mark("Anti-HBc positive, HBsAg negative"), core & ~surface),
        (
            "hbv_dna",
            "8",
            mark("HBV DNA known, of those positive for either"),
            person["hbv_dna_iu_ml"].notna()[exposed],
        ),
        ("hepatitis_c", "8", mark("HCV antibodies positive"), person["hcv_ab"]),
    ]


def _support(person: pd.DataFrame) -> list[tuple]:
    return [
        (
            "nonpharm",
            "9",
            mark("Any non-pharmacological intervention"),
            _any(person.filter(like="nonpharm_")),
        ),
        ("education", "10", mark("Education about goals"), person["education"]),
        ("self_efficacy", "11", mark("Self-efficacy measured"), person["self_efficacy"].notna()),
    ]


def _any(flags: pd.DataFrame) -> pd.Series:
    """True where one is, missing where none is but one is not known."""
    held = flags.astype("boolean")
    return held.any(axis=1).astype("boolean").mask(held.isna().any(axis=1) & ~held.fillna(False).any(axis=1))


def _counted(variable: str, point: str, label: str, flags: pd.Series) -> dict:
    held = flags.astype("boolean")
    count, n = int(held.fillna(False).sum()), len(held)
    return {
        "variable": variable,
        "point": point,
        "label": label,
        "n": n,
        "count": count,
        "n_missing": int(held.isna().sum()),
        "proportion": count / n if n else float("nan"),
    }


GROUPS = Texts(
    {
        "c1": "Criterion 1",
        "csdmard_failed": "Criterion 1",
        "contraindicated": "Criterion 1",
        "access_restricted": "Criterion 1",
        "c2": "Criterion 2",
        "c2a": "Criterion 2",
        "c2b": "Criterion 2",
        "c2c": "Criterion 2",
        "c2d": "Criterion 2",
        "c2e": "Criterion 2",
        "c3": "Criterion 3",
        "c3_doc": "Criterion 3",
        "c3_pt": "Criterion 3",
    }
)


RESULTS = Texts(
    {
        "yes": "Difficult to treat",
        "yes_access_exception": "Difficult to treat by the access exception",
        "no": "Not difficult to treat",
        "indeterminate": "Not decided",
    }
)


def difficult_table(
    items: pd.DataFrame, mechanisms: pd.DataFrame, results: pd.DataFrame, *, notes: Sequence[str] = ()
) -> Table:
    """Lay out `count_items` and `count_levels`: criteria, mechanisms failed, and the result.

    Parameters
    ----------
    items : DataFrame
        From `count_items`.
    mechanisms, results : DataFrame
        From `count_levels`: number of mechanisms failed; result of the definition.
    notes : sequence of str
        Footnotes.
    """
    ordered = items.set_index("variable").loc[list(GROUPS)].reset_index()
    lines = [
        (
            row["label"],
            [
                numbers.count_percent(row["count"], row["n"]),
                numbers.whole(row["n_missing"]),
                numbers.fixed(100 * row["decided_share"], 1),
            ],
        )
        for row in ordered.to_dict("records")
    ]
    blocks = [GROUPS[name] for name in ordered["variable"]]
    for frame, block in (
        (mechanisms, mark("Mechanisms of action failed")),
        (results, mark("Result of the definition")),
    ):
        for row in frame.to_dict("records"):
            label = RESULTS.get(row["visit"]) or tr(row["visit"])
            lines.append((label, [numbers.count_percent(row["count"], row["n"]), *[numbers.MISSING] * 2]))
            blocks.append(block)
    body = pd.DataFrame(
        [cells for _, cells in lines],
        index=[label for label, _ in lines],
        columns=[mark("Met, n (% of all)"), mark("Not decided, n"), mark("Met, % of those decided")],
    )
    return Table(body.rename_axis(mark("Criterion")), groups=blocks, notes=notes)


INFLAMMATION = {"yes": "Objective", "no": "None", "uncertain": "Uncertain", "not_recorded": "Not recorded"}
BESIDE = {
    "cdai": ("CDAI", 1),
    "sjc28": ("Swollen joints (28)", 0),
    "tjc28": ("Tender joints (28)", 0),
    "crp_mg_l": ("CRP, mg/L", 1),
    "ptga_mm": ("Patient's global, mm", 0),
    "pain_mm": ("Pain, mm", 0),
    "haq_di": ("HAQ-DI", 2),
    "prednisone_mg_day": ("Prednisone equivalent, mg/day", 1),
}
ANSWERS = {"comorbidity_fibromyalgia": "Fibromyalgia", "seropositive": "RF or ACPA positive"}


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
    return Table(frame.rename_axis("At entry"), notes=list(notes))
