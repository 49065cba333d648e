"""Columns of the table of visits: one row per subject and visit, down to single joints and items."""

from analysis.columns.declare import Column, choice, count, date, number, text, vas, yes

SIDES = ("left", "right")
_DIGITS = tuple(f"{joint}{digit}" for joint in ("mcp", "pip") for digit in range(1, 6))
JOINTS_28 = ("shoulder", "elbow", "wrist", *_DIGITS, "knee")
JOINTS_68 = (
    *("tmj", "sternoclavicular", "acromioclavicular", *JOINTS_28),
    *(f"dip{digit}" for digit in range(2, 6)),
    *("hip", "ankle", "tarsus", *(f"mtp{digit}" for digit in range(1, 6)), *(f"toe{n}" for n in range(1, 6))),
)
_LIMB_MUSCLES = (
    *("deltoid", "biceps", "wrist_extensors", "gluteus_maximus", "gluteus_medius"),
    *("quadriceps", "ankle_dorsiflexors"),
)
MUSCLES = (
    "neck_flexors",
    *(f"{muscle}_{side}" for muscle in _LIMB_MUSCLES for side in SIDES),
)
HAQ_AIDS = ["dressing", "arising", "eating", "walking", "hygiene", "reach", "grip", "activities"]

MDAAT_ORGANS = ("constitutional", "cutaneous", "skeletal", "gastrointestinal", "pulmonary", "cardiovascular")

VISITS = [
    text("subject_id", "Subject", "USUBJID", key=True),
    text("visit_id", "Visit", "VISIT", key=True),
    date("visit_date", "Date of visit", "SVSTDTC"),
    Column("visit_day", "int", "Study day (day 1 = baseline; no day 0)", "day", -36500, 36500, cdisc="ADY"),
    text("visit_label", "Planned visit, or UNS", "AVISIT"),
    choice("window_status", "Place in the visit window", "in early late dup_not_used unscheduled undated"),
    yes("visit_done", "Visit took place"),
    yes("predose", "Assessed before the first dose"),
    count("tjc28", "Tender joints (28)", 28, better=False),
    count("sjc28", "Swollen joints (28)", 28, better=False),
    count("tjc68", "Tender joints (68)", 68, better=False),
    count("sjc66", "Swollen joints (66)", 66, better=False),
    *(
        yes(f"{kind}_{joint}_{side}", f"{word} joint: {joint}, {side}")
        for kind, word in (("tj", "Tender"), ("sj", "Swollen"))
        for joint in JOINTS_68
        for side in SIDES
        if not (kind == "sj" and joint == "hip")
    ),
    *(
        yes(f"jna_{joint}_{side}", f"Joint not assessable: {joint}, {side}")
        for joint in JOINTS_28
        for side in SIDES
    ),
    date("joint_date", "Date of the joint examination"),
    yes("joint_done", "Joints examined"),
    vas("ptga_mm", "Patient global assessment"),
    vas("phga_mm", "Physician global assessment"),
    vas("pain_mm", "Pain"),
    vas("gh_mm", "General health (where asked apart from the patient global)"),
    vas("extramuscular_mm", "Extramuscular global activity (MDAAT)"),
    *(vas(f"mdaat_{organ}_mm", f"MDAAT {organ}") for organ in MDAAT_ORGANS),
    number("morning_stiffness_min", "Morning stiffness", "min", 0, 1440, step=1, better=False),
    *(count(f"haq_{n}", f"HAQ item {n}", 3, better=False) for n in range(1, 21)),
    *(yes(f"haq_aid_{group}", f"HAQ aids or devices: {group}") for group in HAQ_AIDS[:-1]),
    *(yes(f"haq_help_{group}", f"HAQ help of another person: {group}") for group in HAQ_AIDS),
    *(count(f"mdhaq_{letter}", f"MDHAQ item {letter}", 3, better=False) for letter in "abcdefghij"),
    *(
        count(f"eq5d_{code}", f"EQ-5D {label}", 5, low=1, better=False)
        for code, label in zip(
            ["mo", "sc", "ua", "pd", "ad"],
            ("mobility", "self-care", "usual activities", "pain or discomfort", "anxiety or depression"),
        )
    ),
    choice("eq5d_version", "EQ-5D version", "3L 5L"),
    number("eq_vas", "EQ visual analogue scale", None, 0, 100, step=1, better=True),
    *(count(f"facit_{n}", f"FACIT-Fatigue item {n} (as answered)", 4) for n in range(1, 14)),
    *(
        number(f"sf36_{domain}", f"SF-36 {domain.upper()} (0-100)", None, 0, 100, better=True)
        for domain in ["pf", "rp", "bp", "gh", "vt", "sf", "re", "mh"]
    ),
    *(count(f"mmt_{muscle}", f"MMT {muscle.replace('_', ' ')}", 10, better=True) for muscle in MUSCLES),
    count("mmt8_total", "MMT-8 total as recorded", 150, better=True),
    count("mmt_max", "Maximum of the MMT-8 form", 150),
    count("cdasi_activity", "CDASI activity", 100, better=False),
    count("cdasi_damage", "CDASI damage", 32, better=False),
    number("fvc_l", "Forced vital capacity", "L", 0.2, 9, step=0.01, better=True),
    number("fvc_pp", "Forced vital capacity, percent predicted", "%", 10, 160, step=1, better=True),
    number("dlco_pp", "Diffusing capacity, percent predicted", "%", 10, 160, step=1, better=True),
    date("pft_date", "Date of lung function"),
    text("pft_equation", "Reference equation of lung function"),
    date("hrct_date", "Date of high-resolution CT of the chest"),
    choice("hrct_change", "High-resolution CT of the chest compared with baseline", "better same worse"),
    number("svdh_erosion", "Sharp/van der Heijde erosions", None, 0, 280, step=0.5, better=False),
    number("svdh_jsn", "Sharp/van der Heijde joint space narrowing", None, 0, 168, step=0.5, better=False),
    *(
        number(
            f"svdh_{part}_r{n}",
            f"Sharp/van der Heijde {word}, reader {n}",
            None,
            0,
            high,
            step=0.5,
            better=False,
        )
        for n in (1, 2)
        for part, word, high in (("erosion", "erosions", 280), ("jsn", "joint space narrowing", 168))
    ),
    date("xray_date", "Date of the radiograph"),
    date("us_date", "Date of the ultrasound"),
    yes("us_done", "Ultrasound done"),
    count("us_gs_n", "Joints with grey-scale synovitis (28)", 28, better=False),
    count("us_pd_n", "Joints with power Doppler synovitis (28)", 28, better=False),
    text("svdh_reader", "Reader of the radiographs"),
    number("prednisone_mg_day", "Prednisone equivalent", "mg/day", 0, 1000, step=0.5, better=False),
    yes("gc_rescue", "Glucocorticoid rescue since the last visit"),
    yes("gc_cannot_taper", "Glucocorticoid cannot be tapered (clinician)"),
    number("weight_kg", "Weight", "kg", 25, 200, step=0.1),
    number("das28_stored", "DAS28 as recorded by the site", None, 0, 10),
    number("haq_di_stored", "HAQ-DI as recorded by the site", None, 0, 3),
    number("cdai_stored", "CDAI as recorded by the site", None, 0, 76),
    number("eq5d_stored", "EQ-5D index as recorded by the site", None, -1, 1),
    yes("target_met", "Treatment target met, as judged at the visit"),
    yes("therapy_changed", "Therapy changed at the visit"),
    text("change_reason", "Reason for changing or not changing therapy"),
    text("assessor", "Assessor"),
    choice(
        "missing_reason",
        "Why the visit or its data are missing",
        "not_done refused missed_visit discontinued haemolysed other",
    ),
]
