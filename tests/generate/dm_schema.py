"""The exports of the dermatomyositis study, file by file and column by column."""

from generate.schema import (
    MISSING_REASON,
    MUSCLES,
    Column,
    Source,
    complete,
    flag,
    haq,
    keys,
    scale,
    sf36,
)
from generate.shared_files import adverse_events, disposition, laboratory, medication, study_events

WEEKS = (0, 4, 12, 24, 48)
EVENTS = "|".join(f"week_{week}_arm_1=W{week:02d}" for week in WEEKS) + "|unscheduled_arm_1=UNS"
VISITS_CN = "|".join(["基线=W00", *(f"第{week}周=W{week:02d}" for week in WEEKS[1:]), "临时=UNS"])
FAIL_REASONS = (
    "1=not_dm_or_cadm|2=age_below_18|3=not_refractory|4=gc_dose_1_mg_kg_or_more|5=is_not_stable|"
    "6=washout_incomplete|7=no_consent|8=other_ctd|9=other_myopathy"
)
MSA = ["Mi-2", "TIF1g", "NXP2", "SAE", "MDA5", "Jo-1", "other_ARS", "SRP", "HMGCR", "Ro52"]
ANALYTES = {
    "肌酸激酶": "CK",
    "醛缩酶": "ALD",
    "乳酸脱氢酶": "LDH",
    "天门冬氨酸氨基转移酶": "AST",
    "丙氨酸氨基转移酶": "ALT",
    "γ-谷氨酰转移酶": "GGT",
    "C反应蛋白": "CRP",
    "血沉": "ESR",
    "白细胞计数": "WBC",
    "中性粒细胞计数": "NEUT",
    "淋巴细胞计数": "LYM",
    "血红蛋白": "HB",
    "血小板计数": "PLT",
    "肌酐": "CREA",
    "铁蛋白": "FERR",
    "涎液化糖链抗原6": "KL6",
}
ORGANS = ["constitutional", "cutaneous", "skeletal", "gastrointestinal", "pulmonary", "cardiovascular"]


def _screening():
    s = "subjects."
    bohan_peter = {
        "weakness": "symmetric proximal weakness",
        "enzymes": "muscle enzymes raised",
        "emg": "myopathic EMG",
        "biopsy": "compatible muscle biopsy",
        "rash": "typical DM rash",
    }
    iim = {
        "upper": "weakness of the proximal upper extremities",
        "lower": "weakness of the proximal lower extremities",
        "neck": "neck flexors weaker than extensors",
        "legs": "legs: proximal weaker than distal",
        "heliotrope": "heliotrope rash",
        "gottron_papules": "Gottron's papules",
        "gottron_sign": "Gottron's sign",
        "dysphagia": "dysphagia or oesophageal dysmotility",
        "jo1": "anti-Jo-1",
        "enzymes": "CK, LDH, AST or ALT above normal",
        "biopsy_done": "muscle biopsy done",
        "biopsy_endomysial": "biopsy: endomysial cells surrounding fibres",
        "biopsy_perimysial": "biopsy: perimysial or perivascular cells",
        "biopsy_perifascicular": "biopsy: perifascicular atrophy",
        "biopsy_rimmed_vacuoles": "biopsy: rimmed vacuoles",
        "finger_flexors": "finger flexor weakness",
    }
    return Source(
        "screening.csv",
        "one screened person",
        (
            *keys("screening_arm_1=SCR", "subjects"),
            Column("patient_name", "name (dropped at import)", identifier=True),
            Column("hospital_no", "hospital number (dropped at import)", identifier=True),
            Column("initials", "initials (dropped at import)", identifier=True),
            Column("screening_date", "screening", "date", cdisc="DM.RFICDTC", tidy=s + "screen_date"),
            Column("consent_date", "consent signed (patient or guardian)", "date", cdisc="DM.RFICDTC",
                   tidy=s + "consent_date"),
            Column("birth_date", "birth date, day may be unknown", "date", cdisc="DM.BRTHDTC", tidy=s + "birth_date"),
            Column("sex", "sex", "cat", codes="1=M|2=F", cdisc="DM.SEX", tidy=s + "sex"),
            Column("height_cm", "height", "float", "cm", 120, 210, cdisc="VS.VSSTRESN", tidy=s + "height_cm"),
            Column("weight_kg", "weight", "float", "kg", 25, 200, cdisc="VS.VSSTRESN", tidy=s + "weight_kg"),
            Column("smoking", "smoking", "cat", codes="0=never|1=ex|2=current", cdisc="SU.SUSCAT", tidy=s + "smoking"),
            Column("disease_onset_date", "first symptom, may be partial", "date", cdisc="MH.MHSTDTC",
                   tidy=s + "disease_onset_date"),
            Column("dx_date", "diagnosis, may be partial", "date", cdisc="MH.MHSTDTC", tidy=s + "dx_date"),
            *(flag(f"bp_{k}", f"Bohan and Peter: {text}", "MH.MHOCCUR", s + f"bp_{k}")
              for k, text in bohan_peter.items()),
            Column("bp_class_entered", "Bohan and Peter class as written", "cat",
                   codes="0=none|1=possible|2=probable|3=definite", cdisc="QS.QSORRES", tidy=s + "bp_class"),
            flag("skin_biopsy_dm", "hallmark lesions confirmed by biopsy", "MI.MISTRESC", s + "skin_biopsy_dm"),
            Column("rash_months", "hallmark rash without weakness", "float", "months", 0, 600, cdisc="MH.MHDUR",
                   tidy=s + "rash_months"),
            flag("clinical_weakness", "clinical muscle weakness ever", "MH.MHOCCUR", s + "clinical_weakness"),
            flag("muscle_lab_abnormal", "enzymes, EMG, MRI or biopsy abnormal (empty: not measured)", "MH.MHOCCUR",
                 s + "muscle_lab_abnormal"),
            flag("cadm_is_first_6_months", "immunosuppressed for 2 months within 6 months of skin onset", "MH.MHOCCUR",
                 s + "cadm_is_first_6_months"),
            Column("cadm_type_entered", "CADM type as written", "cat",
                   codes="0=none|1=amyopathic|2=hypomyopathic|3=none",
                   cdisc="QS.QSORRES", tidy=s + "cadm_type"),
            Column("age_first_symptom", "age at first symptom", "float", "years", 0, 110, cdisc="MH.MHAGE",
                   tidy=s + "age_first_symptom"),
            *(flag(f"iim_{k}", f"2017 criteria: {text}", "QS.QSORRES", s + f"iim_{k}") for k, text in iim.items()),
            *(Column(f"msa___{k}", f"antibody: {name}", "bool", codes="0=unchecked|1=checked", cdisc="LB.LBSTRESC",
                     tidy=s + f"msa_{name.lower().replace('-', '')}") for k, name in enumerate(MSA, start=1)),
            Column("msa_main", "leading myositis-specific antibody", "cat", codes="|".join([*MSA[:-1], "neg", "ND"]),
                   cdisc="LB.LBSTRESC", tidy=s + "msa"),
            flag("msa_tested", "antibody panel done", "LB.LBSTAT", s + "msa_tested"),
            Column("ild", "interstitial lung disease", "cat", codes="0=no|1=yes|9=ND", cdisc="MH.MHOCCUR",
                   tidy=s + "ild_baseline"),
            Column("ild_pattern", "pattern on CT", "cat", codes="1=NSIP|2=OP|3=NSIP-OP|4=UIP|5=other",
                   cdisc="RE.RESTRESC", tidy=s + "ild_pattern"),
            Column("refractory_reason", "refractory by", "cat", codes="1=failure|2=intolerance|3=both|0=neither",
                   cdisc="QS.QSORRES", tidy=s + "refractory_reason"),
            Column("prior_csm_improved_n", "core measures improved by 20 % or more on earlier therapy", "int",
                   low=0, high=6, cdisc="QS.QSSTRESN", tidy=s + "prior_improved_n"),
            Column("prior_csm_worse_n", "core measures worse by more than 25 % on earlier therapy", "int", low=0,
                   high=6, cdisc="QS.QSSTRESN", tidy=s + "prior_worse_n"),
            flag("failure_attested", "failure attested by the investigator", "QS.QSORRES", s + "prior_failure"),
            flag("intolerance", "intolerance of earlier therapy", "QS.QSORRES", s + "prior_intolerance"),
            Column("gc_screen_mg_day", "glucocorticoid at screening, prednisone equivalent", "float", "mg/day", 0,
                   1000, cdisc="CM.CMDOSE", tidy=s + "prednisone_screen_mg_day"),
            flag("other_ctd", "other connective tissue disease", "MH.MHOCCUR", s + "other_ctd"),
            flag("other_myopathy", "other myopathy, myasthenia or neurological disease", "MH.MHOCCUR",
                 s + "other_myopathy"),
            flag("hbsag", "HBsAg positive", "LB.LBSTRESC", s + "comorbidity_hbsag"),
            flag("tb_screen_positive", "tuberculosis screening positive", "LB.LBSTRESC", s + "comorbidity_latent_tb"),
            flag("malignancy_history", "malignancy in the history", "MH.MHOCCUR", s + "comorbidity_malignancy"),
            Column("screen_status", "decision of the site", "cat", codes="0=ineligible|1=eligible|2=query",
                   cdisc="DS.DSDECOD", tidy=s + "screen_status"),
            Column("screen_fail_reason", "reason written by the site", "cat", codes=FAIL_REASONS, cdisc="IE.IETESTCD",
                   tidy=s + "screen_fail_reason"),
            Column("screen_fail_reason_2", "second reason written by the site", "cat", codes=FAIL_REASONS,
                   cdisc="IE.IETESTCD", tidy=s + "screen_fail_reason_2"),
            Column("enrol_date", "enrolment", "date", cdisc="DS.DSSTDTC", tidy=s + "enrol_date"),
            Column("baseline_date", "day 1 (first dose, after the assessment)", "date", cdisc="DM.RFSTDTC",
                   tidy=s + "baseline_date"),
            complete("screening"),
        ),
    )  # fmt: skip


def _core_set():
    v = "visits."
    muscles = tuple(
        Column(f"mmt_{muscle}", f"strength, {muscle.replace('_', ' ')} (Kendall 0-10)", "int", low=0, high=10,
               cdisc="QS.QSSTRESN", tidy=f"{v}mmt_{muscle}")
        for muscle in MUSCLES
    )  # fmt: skip
    return Source(
        "core_set.csv",
        "one visit",
        (
            *keys(EVENTS),
            Column("visit_date", "day of the visit", "date", cdisc="SV.SVSTDTC", tidy=v + "visit_date"),
            flag("visit_done", "visit took place", "SV.SVPRESP", v + "visit_done"),
            Column("missing_reason", "why not", "cat", codes=MISSING_REASON, cdisc="SV.SVREASOC",
                   tidy=v + "missing_reason"),
            flag("predose", "assessed before the dose of that day", "EC.ECTPT", v + "predose"),
            Column("assessor", "assessor code", cdisc="QS.QSEVAL", tidy=v + "assessor"),
            scale("phga_cm", "physician global activity", "cm", 10, v + "phga_mm"),
            scale("ptga_cm", "patient global activity", "cm", 10, v + "ptga_mm"),
            scale("extramuscular_cm", "extramuscular global activity (MDAAT)", "cm", 10, v + "extramuscular_mm"),
            *(scale(f"mdaat_{organ}_cm", f"MDAAT {organ}", "cm", 10, f"{v}mdaat_{organ}_mm") for organ in ORGANS),
            *muscles,
            Column("mmt8_total_entered", "MMT-8 total as written on the form (15 muscles)", "int", low=0, high=150,
                   cdisc="QS.QSSTRESN", tidy=v + "mmt8_total"),
            Column("cdasi_activity", "CDASI activity", "int", low=0, high=100, cdisc="QS.QSSTRESN",
                   tidy=v + "cdasi_activity"),
            Column("cdasi_damage", "CDASI damage", "int", low=0, high=32, cdisc="QS.QSSTRESN",
                   tidy=v + "cdasi_damage"),
            scale("pain_cm", "pain", "cm", 10, v + "pain_mm"),
            Column("weight_kg", "weight", "float", "kg", 25, 200, cdisc="VS.VSSTRESN", tidy=v + "weight_kg"),
            Column("gc_mg_day", "glucocorticoid on the day before, prednisone equivalent", "float", "mg/day", 0, 1000,
                   cdisc="CM.CMDOSE", tidy=v + "prednisone_mg_day"),
            flag("gc_rescue", "glucocorticoid raised above baseline since the last visit", "CM.CMOCCUR",
                 v + "gc_rescue"),
            complete("core_set"),
        ),
    )  # fmt: skip


def _lung():
    v = "visits."
    return Source(
        "lung.csv",
        "one visit",
        (
            *keys(EVENTS),
            Column("pft_date", "day of the test", "date", cdisc="RE.REDTC", tidy=v + "pft_date"),
            Column("fvc_l", "forced vital capacity", "float", "L", 0.3, 8, cdisc="RE.RESTRESN", tidy=v + "fvc_l"),
            Column("fvc_pct", "FVC, percent of predicted", "float", "%", 10, 160, cdisc="RE.RESTRESN",
                   tidy=v + "fvc_pp"),
            Column("dlco_pct", "DLCO, percent of predicted (Hb-corrected)", "float", "%", 10, 160,
                   cdisc="RE.RESTRESN", tidy=v + "dlco_pp"),
            Column("pft_equation", "reference equation", "cat", codes="1=GLI-2012|2=Chinese-2017", cdisc="RE.REMETHOD",
                   tidy=v + "pft_equation"),
            complete("lung"),
        ),
    )  # fmt: skip


def _dosing():
    t = "doses."
    return Source(
        "dosing.csv",
        "one planned administration of abatacept",
        (
            *keys(ANY_EVENT, "doses", t + "dose_id"),
            Column("dose_drug", "study drug", cdisc="EC.ECTRT", tidy=t + "drug"),
            Column("dose_date", "day given (or planned, when not given)", "date", cdisc="EC.ECSTDTC",
                   tidy=t + "dose_date"),
            flag("dose_given", "given", "EC.ECOCCUR", t + "given"),
            Column("dose_mg", "amount given", "float", "mg", 0, 1500, cdisc="EC.ECDOSE", tidy=t + "dose_mg"),
            Column("dose_planned_mg", "amount planned", "float", "mg", 0, 1500, cdisc="EC.ECDOSE",
                   tidy=t + "planned_mg"),
            Column("dose_route", "route", "cat", codes="1=IV|2=SC", cdisc="EC.ECROUTE", tidy=t + "route"),
            Column("dose_not_given_reason", "why not given or interrupted", "cat",
                   codes="1=adverse event|2=infection|3=patient absent|4=supply|5=discontinued", cdisc="EC.ECREASOC",
                   tidy=t + "not_given_reason"),
            complete("dosing"),
        ),
    )  # fmt: skip


EVENT_TYPES = (
    "1=visit outside its window|2=assessment missing|3=entry criterion not met|4=dose left out or outside its window|"
    "5=concomitant drug not allowed|11=rescue glucocorticoid|12=prohibited immunosuppressant|"
    "13=study drug discontinued|14=death"
)
ANY_EVENT = "screening_arm_1=SCR|" + EVENTS + "|end_of_study_arm_1=EOS"
SOURCES = (
    _screening(),
    _core_set(),
    Source("function.csv", "one visit", (*keys(EVENTS), *haq(), *sf36(), complete("function"))),
    _lung(),
    laboratory("lab.csv", ANALYTES, VISITS_CN),
    medication(),
    _dosing(),
    adverse_events(ANY_EVENT),
    disposition("end_of_study_arm_1=EOS"),
    study_events(ANY_EVENT, EVENT_TYPES),
)
