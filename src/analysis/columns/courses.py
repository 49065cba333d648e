"""Columns of drug courses, doses of the study drug, adverse events and protocol deviations."""

from analysis.columns.declare import choice, count, date, number, partial, text, yes

STOP_REASONS = (
    "primary_inefficacy secondary_inefficacy adverse_event intolerance contraindication remission access_cost "
    "patient_choice pregnancy surgery other unknown"
)

TREATMENTS = [
    text("subject_id", "Subject", "USUBJID", key=True),
    text("course_id", "Drug course", "CMSEQ", key=True),
    text("drug_raw", "Drug as recorded", "CMTRT"),
    text("drug", "Drug (generic name)", "CMDECOD"),
    text("brand", "Brand"),
    text("atc", "ATC code"),
    text("class", "Drug class", "CMCLAS"),
    text("moa", "Mechanism of action"),
    yes("is_biosimilar", "Biosimilar"),
    yes("switch_nonmedical", "Switched for other than medical reasons"),
    choice("role", "Role in the study", "prior background study_drug rescue", "CMCAT"),
    number("dose", "Dose", None, 0, 100000, "CMDOSE"),
    text("dose_unit", "Unit of the dose", "CMDOSU"),
    text("route", "Route", "CMROUTE"),
    text("frequency", "Frequency", "CMDOSFRQ"),
    *partial("start_date", "Start of the course", "CMSTDTC"),
    *partial("stop_date", "End of the course (first day without)", "CMENDTC"),
    yes("ongoing", "Ongoing", "CMENRF"),
    choice("stop_reason", "Reason for stopping", STOP_REASONS),
    number("adherence_pct", "Adherence", "%", 0, 100),
]

ADVERSE_EVENTS = [
    text("subject_id", "Subject", "USUBJID", key=True),
    text("ae_id", "Event", "AESEQ", key=True),
    text("term_verbatim", "Reported term", "AETERM"),
    text("pt", "Preferred term", "AEDECOD"),
    text("soc", "System organ class", "AEBODSYS"),
    text("meddra_version", "MedDRA version"),
    *partial("start_date", "Start of the event", "AESTDTC"),
    *partial("stop_date", "End of the event", "AEENDTC"),
    text("start_time", "Start time"),
    yes("ongoing", "Ongoing"),
    count("ctcae_grade_max", "Maximum CTCAE grade", 5, "AETOXGR", low=1),
    choice("severity", "Severity", "mild moderate severe", "AESEV"),
    yes("serious", "Serious", "AESER"),
    choice("sae_criterion", "Reason for seriousness", "death life_threat hosp disability congenital medical"),
    choice("related", "Relation to treatment", "not unlikely possible probable definite", "AEREL"),
    text("suspected_drug", "Suspected drug, as recorded"),
    choice("action", "Action taken with treatment", "none interrupted reduced withdrawn", "AEACN"),
    choice("outcome", "Outcome", "recovered recovering sequelae not_recovered fatal unknown", "AEOUT"),
    choice(
        "aesi",
        "Event of special interest",
        "infection_serious TB HBV zoster malignancy ILD injection cytopenia MACE VTE none",
    ),
    yes("teae_recorded", "Treatment emergent, as recorded", "TRTEMFL"),
    number("baseline_grade", "Grade before treatment of a pre-existing condition", None, 0, 5),
]

DOSES = [
    text("subject_id", "Subject", "USUBJID", key=True),
    text("dose_id", "Dose", "EXSEQ", key=True),
    text("visit_id", "Visit", "VISIT"),
    date("dose_date", "Date of dose", "EXSTDTC"),
    text("drug", "Drug", "EXTRT"),
    number("planned_mg", "Planned dose", "mg", 0, 10000),
    number("dose_mg", "Dose given", "mg", 0, 10000, "EXDOSE"),
    text("route", "Route", "EXROUTE"),
    yes("given", "Dose given"),
    text("not_given_reason", "Why the dose was not given or changed"),
]

DEVIATIONS = [
    text("subject_id", "Subject", "USUBJID", key=True),
    text("deviation_id", "Deviation", "DVSEQ", key=True),
    date("deviation_date", "Date of deviation", "DVSTDTC"),
    choice("severity", "Class of deviation", "minor major"),
    text("category", "Category", "DVCAT"),
    text("description", "Description", "DVTERM"),
    yes("affects_primary", "May affect the primary endpoint"),
]

INTERCURRENT_EVENTS = [
    text("subject_id", "Subject", "USUBJID", key=True),
    text("event_id", "Event", "CESEQ", key=True),
    text("visit_id", "Visit", "VISIT"),
    date("event_date", "Date of the event", "CESTDTC"),
    text("event", "Intercurrent event", "CETERM"),
    text("description", "Description"),
]
