"""The exports of the RA cohort, file by file and column by column."""

from generate.schema import (
    EQ5D,
    MISSING_REASON,
    Column,
    Source,
    complete,
    flag,
    haq,
    joint_boxes,
    keys,
    scale,
    sf36,
)
from generate.shared_files import adverse_events, disposition, laboratory, medication, study_events

WEEKS = (0, 4, 12, 24, 48, 72, 96)
EVENTS = "|".join(f"week_{week}_arm_1=W{week:02d}" for week in WEEKS) + "|unscheduled_arm_1=UNS"
VISITS_CN = "|".join(["基线=W00", *(f"第{week}周=W{week:02d}" for week in WEEKS[1:]), "临时=UNS"])
FAIL_REASONS = (
    "1=not_classified_ra|2=age_below_18|3=age_exactly_18|4=csdmard_under_365_days|5=d2t_criteria_not_met|"
    "6=no_valid_consent|7=unwilling|8=dmard_under_365_days|9=d2t_indeterminate"
)
COMORBIDITIES = [
    "hypertension",
    "diabetes",
    "cardiovascular",
    "chronic_lung",
    "osteoporosis",
    "fibromyalgia",
    "malignancy",
    "depression",
    "chronic_kidney",
    "latent_tb",
]
NONPHARM = ["exercise", "psychological", "educational", "self_management"]
INFLAMMATION = {
    "C反应蛋白": "CRP",
    "血沉": "ESR",
    "类风湿因子": "RF",
    "抗CCP抗体": "ACPA",
}
SAFETY = {
    "丙氨酸氨基转移酶": "ALT",
    "天门冬氨酸氨基转移酶": "AST",
    "白细胞计数": "WBC",
    "中性粒细胞计数": "NEUT",
    "血红蛋白": "HB",
    "血小板计数": "PLT",
    "肌酐": "CREA",
}
IMMUNE = {
    "CD3+T细胞": "CD3",
    "CD4+T细胞": "CD4",
    "CD8+T细胞": "CD8",
    "CD19+B细胞": "CD19",
    "NK细胞": "NK",
    "调节性T细胞": "TREG",
    "白介素6": "IL6",
    "白介素10": "IL10",
    "白介素17A": "IL17A",
    "肿瘤坏死因子α": "TNFA",
    "干扰素γ": "IFNG",
}


def _screening():
    s = "subjects."
    acr1987 = {
        "stiffness": "morning stiffness of an hour",
        "three_areas": "arthritis of three areas",
        "hand": "arthritis of hand joints",
        "symmetric": "symmetric arthritis",
        "nodules": "rheumatoid nodules",
        "rf": "rheumatoid factor",
        "erosions": "radiographic change",
    }
    return Source(
        "screening.csv",
        "one screened person",
        (
            *keys("screening_arm_1=SCR", "subjects"),
            Column("redcap_data_access_group", "site", cdisc="DM.SITEID", tidy=s + "site"),
            Column("patient_name", "name (dropped at import)", identifier=True),
            Column("hospital_no", "hospital number (dropped at import)", identifier=True),
            Column("initials", "initials (dropped at import; serves to find one person under two ids)",
                   identifier=True),
            Column("screening_date", "screening", "date", cdisc="DM.RFICDTC", tidy=s + "screen_date"),
            Column("consent_date", "consent signed", "date", cdisc="DM.RFICDTC", tidy=s + "consent_date"),
            flag("willing", "willing to take part", "IE.IEORRES", s + "willing"),
            Column("birth_date", "birth date, day may be unknown", "date", cdisc="DM.BRTHDTC", tidy=s + "birth_date"),
            Column("sex", "sex", "cat", codes="1=M|2=F", cdisc="DM.SEX", tidy=s + "sex"),
            Column("height_cm", "height", "float", "cm", 120, 210, cdisc="VS.VSSTRESN", tidy=s + "height_cm"),
            Column("weight_kg", "weight", "float", "kg", 25, 200, cdisc="VS.VSSTRESN", tidy=s + "weight_kg"),
            Column("smoking", "smoking", "cat", codes="0=never|1=ex|2=current", cdisc="SU.SUSCAT", tidy=s + "smoking"),
            Column("disease_onset_date", "first symptom, may be partial", "date", cdisc="MH.MHSTDTC",
                   tidy=s + "disease_onset_date"),
            Column("dx_date", "diagnosis, may be partial", "date", cdisc="MH.MHSTDTC", tidy=s + "dx_date"),
            *(flag(f"acr1987_{k}", f"1987 ACR item {k}: {text}", "MH.MHOCCUR", s + f"acr1987_{item}")
              for k, (item, text) in enumerate(acr1987.items(), start=1)),
            Column("acr2010_large", "large joints involved (2010)", "int", low=0, high=10, cdisc="MO.MOSTRESN",
                   tidy=s + "large_joints"),
            Column("acr2010_small", "small joints involved (2010)", "int", low=0, high=58, cdisc="MO.MOSTRESN",
                   tidy=s + "small_joints"),
            Column("rf_value", "rheumatoid factor at classification", "float", "IU/mL", 0, 10000,
                   cdisc="LB.LBSTRESN", tidy=s + "rf_value"),
            Column("rf_uln", "upper limit of normal, RF", "float", "IU/mL", 1, 100, cdisc="LB.LBSTNRHI",
                   tidy=s + "rf_uln"),
            Column("acpa_value", "anti-CCP at classification", "float", "U/mL", 0, 10000, cdisc="LB.LBSTRESN",
                   tidy=s + "acpa_value"),
            Column("acpa_uln", "upper limit of normal, anti-CCP", "float", "U/mL", 1, 100, cdisc="LB.LBSTNRHI",
                   tidy=s + "acpa_uln"),
            flag("acr2010_apr_abnormal", "CRP or ESR abnormal at classification", "LB.LBNRIND",
                 s + "acr2010_apr_abnormal"),
            Column("acr2010_synovitis_weeks", "duration of synovitis", "float", "weeks", 0, 3000, cdisc="MH.MHDUR",
                   tidy=s + "symptom_weeks"),
            Column("ra_2010_score_entered", "2010 score as written on the form", "int", low=0, high=10,
                   cdisc="QS.QSSTRESN", tidy=s + "ra_2010_score"),
            flag("guideline_treated", "D2T 1: treated according to EULAR recommendations", "QS.QSORRES",
                 s + "guideline_treated"),
            flag("access_restricted", "access to drugs restricted for socio-economic reasons", "SC.SCORRES",
                 s + "access_restricted"),
            flag("cs_contraindicated", "csDMARDs contraindicated", "MH.MHOCCUR", s + "cs_contraindicated"),
            flag("d2t_2b", "D2T 2b: signs or symptoms suggestive of active disease", "QS.QSORRES", s + "d2t_c2b"),
            flag("gc_cannot_taper", "D2T 2c: glucocorticoid cannot be tapered below 7.5 mg/day", "QS.QSORRES",
                 s + "d2t_c2c"),
            Column("svdh_prior_date", "D2T 2d: earlier radiograph", "date", cdisc="PR.PRSTDTC",
                   tidy=s + "svdh_prior_date"),
            Column("svdh_prior_total", "D2T 2d: Sharp/van der Heijde score then", "float", "", 0, 448,
                   cdisc="QS.QSSTRESN", tidy=s + "svdh_prior_total"),
            Column("svdh_screen_date", "D2T 2d: radiograph at screening", "date", cdisc="PR.PRSTDTC",
                   tidy=s + "svdh_screen_date"),
            Column("svdh_screen_total", "D2T 2d: Sharp/van der Heijde score at screening", "float", "", 0, 448,
                   cdisc="QS.QSSTRESN", tidy=s + "svdh_screen_total"),
            flag("d2t_2d", "D2T 2d: rapid radiographic progression, as the site judged", "QS.QSORRES", s + "d2t_c2d"),
            flag("d2t_2e", "D2T 2e: well controlled, yet symptoms reduce quality of life", "QS.QSORRES", s + "d2t_c2e"),
            flag("d2t_3_doctor", "D2T 3: management problematic for the rheumatologist", "QS.QSORRES",
                 s + "d2t_c3_doc"),
            flag("d2t_3_patient", "D2T 3: management problematic for the patient", "QS.QSORRES", s + "d2t_c3_pt"),
            *(Column(f"comorbidity___{k}", f"comorbidity: {name.replace('_', ' ')}", "bool",
                     codes="0=unchecked|1=checked", cdisc="MH.MHOCCUR", tidy=s + f"comorbidity_{name}")
              for k, name in enumerate(COMORBIDITIES, start=1)),
            flag("hbsag", "HBsAg positive", "LB.LBSTRESC", s + "comorbidity_hbsag"),
            flag("hbcab", "anti-HBc positive", "LB.LBSTRESC", s + "comorbidity_hbcab"),
            Column("hbv_dna", "HBV DNA as reported", "float", "IU/mL", 0, 1e10, cdisc="LB.LBORRES",
                   tidy=s + "hbv_dna_iu_ml"),
            flag("hcv_ab", "anti-HCV positive", "LB.LBSTRESC", s + "hcv_ab"),
            Column("inflammation_objective", "objective inflammation established", "cat",
                   codes="0=no|1=yes|2=uncertain", cdisc="QS.QSORRES", tidy=s + "inflammation_objective"),
            flag("mimic_reviewed", "misdiagnosis and mimics reviewed", "QS.QSORRES", s + "mimic_reviewed"),
            flag("adherence_discussed", "adherence discussed", "QS.QSORRES", s + "adherence_discussed"),
            Column("adherence_pct", "adherence by pill count or pharmacy record", "float", "%", 0, 100,
                   cdisc="EC.ECADJ", tidy=s + "adherence_pct"),
            *(Column(f"nonpharm___{k}", f"non-drug measure: {name.replace('_', ' ')}", "bool",
                     codes="0=unchecked|1=checked", cdisc="PR.PROCCUR", tidy=s + f"nonpharm_{name}")
              for k, name in enumerate(NONPHARM, start=1)),
            flag("education", "education given", "PR.PROCCUR", s + "education"),
            Column("self_efficacy", "self-efficacy", "float", "", 0, 10, cdisc="QS.QSSTRESN", tidy=s + "self_efficacy"),
            Column("screen_status", "decision of the site", "cat", codes="0=ineligible|1=eligible|2=query",
                   cdisc="DS.DSDECOD", tidy=s + "screen_status"),
            Column("screen_fail_reason", "reason written by the site", "cat", codes=FAIL_REASONS, cdisc="IE.IETESTCD",
                   tidy=s + "screen_fail_reason"),
            Column("enrol_date", "enrolment", "date", cdisc="DS.DSSTDTC", tidy=s + "enrol_date"),
            Column("baseline_date", "day 1 (assessment of week 0)", "date", cdisc="DM.RFSTDTC",
                   tidy=s + "baseline_date"),
            complete("screening"),
        ),
    )  # fmt: skip


def _joints():
    v = "visits."
    return Source(
        "joints.csv",
        "one visit",
        (
            *keys(EVENTS),
            Column("joint_date", "day of the examination", "date", cdisc="MO.MODTC", tidy=v + "joint_date"),
            flag("joint_done", "joints examined; boxes are empty where not", "MO.MOSTAT", v + "joint_done"),
            *joint_boxes("tender28", "tj", "tender", "MO.MOSTRESN"),
            *joint_boxes("swollen28", "sj", "swollen", "MO.MOSTRESN"),
            *joint_boxes("na28", "jna", "not assessable (its two boxes then mean nothing)", "MO.MOSTAT"),
            Column("tjc68", "tender joints of 68, as entered", "int", low=0, high=68, cdisc="MO.MOSTRESN",
                   tidy=v + "tjc68"),
            Column("sjc66", "swollen joints of 66, as entered", "int", low=0, high=66, cdisc="MO.MOSTRESN",
                   tidy=v + "sjc66"),
            complete("joints"),
        ),
    )  # fmt: skip


def _clinical():
    v = "visits."
    return Source(
        "clinical.csv",
        "one visit",
        (
            *keys(EVENTS),
            Column("visit_date", "day of the visit", "date", cdisc="SV.SVSTDTC", tidy=v + "visit_date"),
            flag("visit_done", "visit took place", "SV.SVPRESP", v + "visit_done"),
            Column("missing_reason", "why not", "cat", codes=MISSING_REASON, cdisc="SV.SVREASOC",
                   tidy=v + "missing_reason"),
            Column("assessor", "assessor code", cdisc="QS.QSEVAL", tidy=v + "assessor"),
            scale("ptga", "patient global assessment of disease activity (also GH of DAS28)", "mm", 100, v + "ptga_mm"),
            scale("phga", "physician global assessment", "mm", 100, v + "phga_mm"),
            scale("pain", "pain", "mm", 100, v + "pain_mm"),
            Column("morning_stiffness_min", "morning stiffness", "float", "min", 0, 1440, cdisc="QS.QSSTRESN",
                   tidy=v + "morning_stiffness_min"),
            Column("weight_kg", "weight", "float", "kg", 25, 200, cdisc="VS.VSSTRESN", tidy=v + "weight_kg"),
            Column("gc_mg_day", "glucocorticoid, prednisone equivalent", "float", "mg/day", 0, 1000,
                   cdisc="CM.CMDOSE", tidy=v + "prednisone_mg_day"),
            flag("target_met", "target met in the rheumatologist's judgement", "QS.QSORRES", v + "target_met"),
            flag("therapy_changed", "therapy changed within 28 days of this visit", "PR.PROCCUR",
                 v + "therapy_changed"),
            Column("change_reason", "reason for changing or for not changing", "cat",
                   codes="1=target missed|2=adverse event|3=taper|4=patient preference|5=cost|6=no option left|"
                   "7=not judged necessary", cdisc="CM.CMINDC", tidy=v + "change_reason"),
            Column("das28_esr_entered", "DAS28-ESR as written on the form", "float", "", 0, 10, cdisc="QS.QSSTRESN",
                   tidy=v + "das28_stored"),
            Column("cdai_entered", "CDAI as written on the form", "float", "", 0, 76, cdisc="QS.QSSTRESN",
                   tidy=v + "cdai_stored"),
            complete("clinical"),
        ),
    )  # fmt: skip


def _function():
    letters = "abcdefghij"
    mdhaq = tuple(
        Column(f"mdhaq_{k}", f"MDHAQ function item {k}", "int", low=0, high=3, cdisc="QS.QSSTRESN",
               tidy=f"visits.mdhaq_{k}")
        for k in letters
    )  # fmt: skip
    return Source("function.csv", "one visit", (*keys(EVENTS), *haq(), *mdhaq, complete("function")))


def _quality_of_life():
    v = "visits."
    eq5d = tuple(
        Column(
            f"eq5d_{k}", f"EQ-5D-5L {name}", "int", low=1, high=5, cdisc="QS.QSSTRESN", tidy=f"{v}eq5d_{k}"
        )
        for k, name in EQ5D.items()
    )
    facit = tuple(
        Column(f"facit_{k}", f"FACIT-Fatigue item {k}, raw", "int", low=0, high=4, cdisc="QS.QSSTRESN",
               tidy=f"{v}facit_{k}")
        for k in range(1, 14)
    )  # fmt: skip
    return Source(
        "quality_of_life.csv",
        "one visit",
        (
            *keys(EVENTS),
            *eq5d,
            Column("eq5d_version", "version of EQ-5D", "cat", codes="5=5L|3=3L", tidy=v + "eq5d_version"),
            scale("eq_vas", "EQ-VAS", "", 100, v + "eq_vas"),
            Column("eq5d_index_entered", "EQ-5D-5L index (China) as entered", "float", "", -0.391, 1,
                   cdisc="QS.QSSTRESN", tidy=v + "eq5d_stored"),
            *facit,
            *sf36(),
            complete("quality_of_life"),
        ),
    )  # fmt: skip


def _imaging():
    v = "visits."
    svdh = tuple(
        Column(f"svdh_{part}_r{reader}", f"Sharp/van der Heijde {text}, reader {reader}", "float", "", 0, high,
               cdisc="QS.QSSTRESN", tidy=f"{v}svdh_{part}_r{reader}")
        for reader in (1, 2)
        for part, text, high in (("erosion", "erosions", 280), ("jsn", "joint space narrowing", 168))
    )  # fmt: skip
    return Source(
        "imaging.csv",
        "one visit",
        (
            *keys(EVENTS),
            Column("xray_date", "radiograph of hands and feet", "date", cdisc="PR.PRSTDTC", tidy=v + "xray_date"),
            *svdh,
            Column("us_date", "ultrasound", "date", cdisc="PR.PRSTDTC", tidy=v + "us_date"),
            flag("us_done", "ultrasound done", "PR.PROCCUR", v + "us_done"),
            Column("us_gs_n", "joints with grey-scale synovitis of 28", "int", low=0, high=28, cdisc="MO.MOSTRESN",
                   tidy=v + "us_gs_n"),
            Column("us_pd_n", "joints with power Doppler synovitis of 28", "int", low=0, high=28,
                   cdisc="MO.MOSTRESN", tidy=v + "us_pd_n"),
            complete("imaging"),
        ),
    )  # fmt: skip


EVENT_TYPES = (
    "1=visit outside its window|2=assessment missing|3=entry criterion not met|4=consent form outdated|"
    "5=drug change not documented|11=bDMARD or tsDMARD switch|12=rescue glucocorticoid|"
    "13=surgery or joint injection|14=pregnancy"
)
ANY_EVENT = "screening_arm_1=SCR|" + EVENTS + "|end_of_study_arm_1=EOS"
SOURCES = (
    _screening(),
    _clinical(),
    _joints(),
    _function(),
    _quality_of_life(),
    _imaging(),
    laboratory("lab_inflammation.csv", INFLAMMATION, VISITS_CN),
    laboratory("lab_safety.csv", SAFETY, VISITS_CN),
    laboratory("lab_immune.csv", IMMUNE, VISITS_CN),
    medication(),
    adverse_events(ANY_EVENT),
    disposition("end_of_study_arm_1=EOS"),
    study_events(ANY_EVENT, EVENT_TYPES),
)
