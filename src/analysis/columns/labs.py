"""Columns of the table of laboratory results, and the analytes known by name."""

from analysis.columns.declare import Column, choice, date, number, text, yes
from analysis.language import mark

LABS = [
    text("subject_id", "Subject", "USUBJID", key=True),
    text("visit_id", "Planned visit the sample stands for", "VISIT"),
    date("sample_date", "Date of sample", "LBDTC"),
    Column("sample_day", "int", "Study day of sample", "day", -36500, 36500, cdisc="LBDY"),
    text("analyte", "Analyte", "LBTESTCD", key=True),
    text("seq", "Number of the result in the laboratory's system", "LBSEQ"),
    text("value_raw", "Result as recorded", "LBORRES"),
    number("value", "Result in its own unit", None, None, None),
    choice("censor", "Beyond the detection limit", "none left right"),
    number("lod", "Detection limit, standard unit", None, 0, None, "LBLLOQ"),
    text("unit_raw", "Unit as recorded", "LBORRESU"),
    text("unit_std", "Standard unit", "LBSTRESU"),
    number("value_std", "Result in the standard unit", None, None, None, "LBSTRESN"),
    number("lln", "Lower limit of normal, standard unit", None, 0, None, "LBSTNRLO"),
    number("uln", "Upper limit of normal, standard unit", None, 0, None, "LBSTNRHI"),
    text("lab_id", "Laboratory", "LBNAM"),
    text("method", "Method", "LBMETHOD"),
    text("value_text", "Qualitative result", "LBSTRESC"),
    text("specimen_flag", "Flag of the specimen or result"),
    text("missing_reason", "Why there is no result"),
    yes("predose", "Sampled before the first dose"),
    choice("window_status", "Place in the visit window", "in early late dup_not_used unscheduled undated"),
]

# Analyte -> label, standard unit, hard low and high in that unit (clinical reference F.2 rule 7, F.3).
ANALYTES: dict[str, Column] = {
    code: number(code, label, unit, low, high, code, better=better)
    for code, label, unit, low, high, better in (
        ("CRP", mark("C-reactive protein"), "mg/L", 0, 400, False),
        ("ESR", mark("Erythrocyte sedimentation rate"), "mm/h", 0, 150, False),
        ("CK", mark("Creatine kinase"), "U/L", 0, 100000, False),
        ("ALD", mark("Aldolase"), "U/L", 0, 1000, False),
        ("LDH", mark("Lactate dehydrogenase"), "U/L", 0, 20000, False),
        ("AST", mark("Aspartate aminotransferase"), "U/L", 0, 20000, False),
        ("ALT", mark("Alanine aminotransferase"), "U/L", 0, 20000, False),
        ("GGT", mark("Gamma-glutamyl transferase"), "U/L", 0, 20000, None),
        ("WBC", mark("Leucocytes"), "10^9/L", 0, 500, None),
        ("NEUT", mark("Neutrophils"), "10^9/L", 0, 500, None),
        ("LYM", mark("Lymphocytes"), "10^9/L", 0, 500, None),
        ("HB", mark("Haemoglobin"), "g/L", 20, 250, None),
        ("PLT", mark("Platelets"), "10^9/L", 0, 3000, None),
        ("CREA", mark("Creatinine"), "umol/L", 0, 3000, None),
        ("RF", mark("Rheumatoid factor"), mark("IU/mL"), 0, 100000, None),
        ("ACPA", mark("Anti-citrullinated protein antibodies"), mark("U/mL"), 0, 100000, None),
        ("FERR", mark("Ferritin"), "ug/L", 0, 200000, None),
        ("KL6", mark("Krebs von den Lungen-6"), mark("U/mL"), 0, 100000, None),
        ("CD3", mark("CD3+ T cells"), "%", 0, 100, None),
        ("CD4", mark("CD4+ T cells"), "%", 0, 100, None),
        ("CD8", mark("CD8+ T cells"), "%", 0, 100, None),
        ("CD19", mark("CD19+ B cells"), "%", 0, 100, None),
        ("NK", mark("Natural killer cells"), "%", 0, 100, None),
        ("TREG", mark("Regulatory T cells"), "%", 0, 100, None),
        ("IL6", mark("Interleukin 6"), "pg/mL", 0, 100000, None),
        ("TNFA", mark("Tumour necrosis factor alpha"), "pg/mL", 0, 100000, None),
        ("IL10", mark("Interleukin 10"), "pg/mL", 0, 100000, None),
        ("IL17A", mark("Interleukin 17A"), "pg/mL", 0, 100000, None),
        ("TH17", mark("Th17 cells"), "%", 0, 100, None),
        ("IL1B", mark("Interleukin 1 beta"), "pg/mL", 0, 100000, None),
        ("IFNG", mark("Interferon gamma"), "pg/mL", 0, 100000, None),
    )
}
