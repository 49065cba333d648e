"""Who the patients are: classification, antibodies, lung disease, screening, earlier drugs."""

import pandas as pd

from analysis import scoring
from analysis.cohort import Cohort
from analysis.language import Texts, mark
from analysis.membership import among

ITEMS = {
    "weak_upper_limbs": "iim_upper",
    "weak_lower_limbs": "iim_lower",
    "weak_neck_flexors": "iim_neck",
    "weak_proximal_legs": "iim_legs",
    "heliotrope": "iim_heliotrope",
    "gottron_papules": "iim_gottron_papules",
    "gottron_sign": "iim_gottron_sign",
    "dysphagia": "iim_dysphagia",
    "anti_jo1": "iim_jo1",
    "enzymes_elevated": "iim_enzymes",
    "biopsy_done": "iim_biopsy_done",
    "biopsy_endomysial": "iim_biopsy_endomysial",
    "biopsy_perimysial": "iim_biopsy_perimysial",
    "biopsy_perifascicular_atrophy": "iim_biopsy_perifascicular",
    "biopsy_rimmed_vacuoles": "iim_biopsy_rimmed_vacuoles",
    "finger_flexor_weakness": "iim_finger_flexors",
}


ANTIBODIES = Texts(
    {
        "msa_mda5": "anti-MDA5",
        "msa_tif1g": "anti-TIF1-gamma",
        "msa_nxp2": "anti-NXP2",
        "msa_mi2": "anti-Mi-2",
        "msa_sae": "anti-SAE",
        "msa_jo1": "anti-Jo-1",
        "msa_other_ars": "other antisynthetase",
        "msa_srp": "anti-SRP",
        "msa_hmgcr": "anti-HMGCR",
    }
)


DISEASE = Texts(
    {
        "bp_class": "Bohan and Peter",
        "cadm_type": "Clinically amyopathic (revised Sontheimer)",
        "iim_category": "2017 EULAR/ACR criteria, from their items",
        "iim_subgroup": "2017 EULAR/ACR subgroup",
        "antibody": "Myositis-specific antibody",
        "msa_ro52": "Anti-Ro52",
        "dysphagia": "Dysphagia",
        "ild_baseline": "Interstitial lung disease",
        "ild_pattern": "Pattern of interstitial lung disease",
        "comorbidity_hbsag": "HBsAg positive",
        "comorbidity_latent_tb": "Screen for tuberculosis positive",
        "comorbidity_malignancy_history": "Earlier malignancy",
    }
)


# What stands in the first table of a report, with the other characteristics.
IN_TABLE_1 = ("cadm_type", "antibody", "ild_baseline")

LUNG_DISEASE = Texts(
    {
        "fvc_pp": "FVC, % predicted, of those with interstitial lung disease",
        "dlco_pp": "DLCO, % predicted, of those with interstitial lung disease",
    }
)


def is_cadm(subjects: pd.DataFrame) -> pd.Series:
    """Clinically amyopathic disease: amyopathic or hypomyopathic."""
    return subjects["cadm_type"].isin(["ADM", "HDM"]).rename("cadm")


def describe_disease(subjects: pd.DataFrame) -> pd.DataFrame:
    """Classification and serology of each patient, as columns of text.

    Parameters
    ----------
    subjects : DataFrame
        Baseline characteristics by subject id.

    Returns
    -------
    DataFrame
        `subjects` with ``iim_category`` and ``iim_subgroup`` (2017 EULAR/ACR criteria, from their items),
        ``iim_score``, ``antibody`` (the myositis-specific antibody found; none; not tested), ``dysphagia`` and
        ``ild_pattern`` (without lung disease there is none; missing where that is not known).
    """
    items = subjects[list(ITEMS.values())].set_axis(list(ITEMS), axis="columns")
    found = scoring.iim_2017(items.assign(age_at_onset=subjects["age_first_symptom"]))
    return subjects.assign(
        iim_score=found["score"],
        iim_category=found["category"].astype("string").replace({"not_iim": "not IIM"}).str.replace("_", " "),
        iim_subgroup=found["subgroup"].astype("string").fillna(mark("not classified")),
        antibody=antibody(subjects),
        dysphagia=subjects["iim_dysphagia"],
        ild_pattern=subjects["ild_pattern"]
        .astype("string")
        .mask(subjects["ild_baseline"].eq("no").fillna(False), mark("none, no lung disease")),
    )


def antibody(subjects: pd.DataFrame) -> pd.Series:
    """The myositis-specific antibody of each patient; several are joined by a plus sign.

    Examples
    --------
    >>> subjects = pd.DataFrame({"msa_tested": [True, True, False]}).assign(**dict.fromkeys(ANTIBODIES, False))
    >>> antibody(subjects.assign(msa_mda5=[True, False, None])).tolist()
    ['anti-MDA5', 'none found', 'not tested']
    """
    names = [
        " + ".join(
            label for column, label in ANTIBODIES.english.items() if row[column] is True or row[column] == 1
        )
        for row in subjects[list(ANTIBODIES)]
        .astype(object)
        .where(subjects[list(ANTIBODIES)].notna(), None)
        .to_dict("records")
    ]
    found = pd.Series(names, index=subjects.index, dtype="string").replace("", "none found")
    return found.mask(~subjects["msa_tested"].astype("boolean").fillna(False), mark("not tested"))


def prior_drugs(group: Cohort, treatments: pd.DataFrame) -> pd.DataFrame:
    """How many patients had each drug before baseline, and how many still take it: `drug`, `before`, `background`."""
    known = treatments[among(treatments["subject_id"], group.ids) & treatments["class"].ne("GC")]
    start = group.subjects["baseline_date"].reindex(known["subject_id"]).to_numpy()
    known = known[known["start_date"] < start].assign(drug=known["drug"].fillna(mark("not identified")))
    counts = {
        "before": known.groupby("drug")["subject_id"].nunique(),
        "background": known[known["role"].eq("background")].groupby("drug")["subject_id"].nunique(),
    }
    return (
        pd.DataFrame(counts)
        .fillna(0)
        .astype(int)
        .sort_values("before", ascending=False, kind="stable")
        .reset_index()
    )
