"""Columns of the table of laboratory results, and the analytes known by name."""

from analysis.columns.declare import Column, choice, date, number, text, yes

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
        ("CRP", "C-reactive protein", "mg/L", 0, 400, False),
        ("ESR", "Erythrocyte sedimentation rate", "mm/h", 0, 150, False),
        ("CK", "Creatine kinase", "U/L", 0, 100000, False),
        ("ALD", "Aldolase", "U/L", 0, 1000, False),
        ("LDH", "Lactate dehydrogenase", "U/L", 0, 20000, False),
        ("AST", "Aspartate aminotransferase", "U/L", 0, 20000, False),
        ("ALT", "Alanine aminotransferase", "U/L", 0, 20000, False),
        ("GGT", "Gamma-glutamyl transferase", "U/L", 0, 20000, None),
        ("WBC", "Leucocytes", "10^9/L", 0, 500, None),
        ("NEUT", "Neutrophils", "10^9/L", 0, 500, None),
        ("LYM", "Lymphocytes", "10^9/L", 0, 500, None),
        ("HB", "Haemoglobin", "g/L", 20, 250, None),
        ("PLT", "Platelets", "10^9/L", 0, 3000, None),
        ("CREA", "Creatinine", "umol/L", 0, 3000, None),
        ("RF", "Rheumatoid factor", "IU/mL", 0, 100000, None),
        ("ACPA", "Anti-citrullinated protein antibodies", "U/mL", 0, 100000, None),
        ("FERR", "Ferritin", "ug/L", 0, 200000, None),
        ("KL6", "Krebs von den Lungen-6", "U/mL", 0, 100000, None),
        ("CD3", "CD3+ T cells", "%", 0, 100, None),
        ("CD4", "CD4+ T cells", "%", 0, 100, None),
        ("CD8", "CD8+ T cells", "%", 0, 100, None),
        ("CD19", "CD19+ B cells", "%", 0, 100, None),
        ("NK", "Natural killer cells", "%", 0, 100, None),
        ("TREG", "Regulatory T cells", "%", 0, 100, None),
        ("IL6", "Interleukin 6", "pg/mL", 0, 100000, None),
        ("TNFA", "Tumour necrosis factor alpha", "pg/mL", 0, 100000, None),
        ("IL10", "Interleukin 10", "pg/mL", 0, 100000, None),
        ("IL17A", "Interleukin 17A", "pg/mL", 0, 100000, None),
        ("TH17", "Th17 cells", "%", 0, 100, None),
        ("IL1B", "Interleukin 1 beta", "pg/mL", 0, 100000, None),
        ("IFNG", "Interferon gamma", "pg/mL", 0, 100000, None),
    )
}
