"""What the EULAR points to consider ask for at entry: looked into, and found."""

import pandas as pd

from analysis.language import mark, tr
from analysis.thresholds import settle

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
