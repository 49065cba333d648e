"""How coded values read in tables and figures."""

from typing import Any

from analysis.language import Texts

_KNOWN_TO = Texts({"D": "the day", "M": "the month", "Y": "the year"}, context="known to")
_LIMITS = Texts(
    {"none": "no limit", "left": "below the limit", "right": "above the limit"}, context="beyond a limit"
)

WORDS: dict[str, Texts] = {
    **dict.fromkeys(
        ["birth_precision", "disease_onset_precision", "dx_precision", "start_precision", "stop_precision"],
        _KNOWN_TO,
    ),
    "censor": _LIMITS,
    "hbv_dna_iu_ml_censor": _LIMITS,
    "bp_class": Texts(
        {"definite": "definite", "probable": "probable", "possible": "possible", "none": "none"},
        context="Bohan and Peter",
    ),
    "refractory_reason": Texts(
        {"failure": "failure", "intolerance": "intolerance", "both": "both", "neither": "neither"}
    ),
    "inflammation_objective": Texts({"no": "no", "yes": "yes", "uncertain": "uncertain"}),
    "window_status": Texts(
        {
            "in": "in the window",
            "early": "early",
            "late": "late",
            "dup_not_used": "doubled, not used",
            "unscheduled": "unscheduled",
            "undated": "undated",
        },
        context="visit window",
    ),
    "eq5d_version": Texts({"3L": "EQ-5D-3L", "5L": "EQ-5D-5L"}),
    "hrct_change": Texts(
        {"better": "better", "same": "unchanged", "worse": "worse"}, context="compared with baseline"
    ),
    "missing_reason": Texts(
        {
            "not_done": "not done",
            "refused": "refused",
            "missed_visit": "visit missed",
            "discontinued": "left the study",
            "haemolysed": "haemolysed",
            "other": "other reason",
        },
        context="why missing",
    ),
    "role": Texts(
        {
            "prior": "before the study",
            "background": "background treatment",
            "study_drug": "study drug",
            "rescue": "rescue",
        },
        context="role of a drug",
    ),
    "severity": Texts(
        {"mild": "mild", "moderate": "moderate", "severe": "severe", "minor": "minor", "major": "major"},
        context="severity",
    ),
    "aesi": Texts(
        {
            "infection_serious": "Serious infection",
            "TB": "Tuberculosis",
            "HBV": "Hepatitis B reactivation",
            "zoster": "Herpes zoster",
            "malignancy": "Malignancy",
            "ILD": "Interstitial lung disease",
            "injection": "Injection or infusion reaction",
            "cytopenia": "Cytopenia",
            "MACE": "Major cardiovascular event",
            "VTE": "Venous thromboembolism",
            "none": "None",
        }
    ),
    "sex": Texts({"F": "Female", "M": "Male"}),
    "smoking": Texts({"never": "Never", "ex": "Former", "current": "Current"}),
    "ild_baseline": Texts({"yes": "Yes", "no": "No", "ND": "Not done"}),
    "cadm_type": Texts(
        {
            "ADM": "Amyopathic",
            "HDM": "Hypomyopathic",
            "premyopathic": "Premyopathic",
            "classic": "Classic",
            "none": "None",
        }
    ),
    "screen_status": Texts(
        {"eligible": "Eligible", "ineligible": "Not eligible", "query": "To be clarified"}
    ),
    "status": Texts({"query": "To be clarified", "adjudicate": "For adjudication"}),
    "discontinuation_reason": Texts(
        {
            "completed": "Completed",
            "adverse_event": "Adverse event",
            "inefficacy": "Lack of efficacy",
            "lost": "Lost to follow-up",
            "death": "Death",
            "withdrew": "Withdrew",
            "protocol_violation": "Protocol violation",
            "physician": "Physician's decision",
            "sponsor": "Ended by the sponsor",
            "other": "Other reason",
        }
    ),
    "stop_reason": Texts(
        {
            "primary_inefficacy": "Primary inefficacy",
            "secondary_inefficacy": "Secondary inefficacy",
            "adverse_event": "Adverse event",
            "intolerance": "Intolerance",
            "contraindication": "Contraindication",
            "remission": "Remission",
            "access_cost": "Access or cost",
            "patient_choice": "Patient's choice",
            "pregnancy": "Pregnancy",
            "surgery": "Surgery",
            "other": "Other reason",
            "unknown": "Unknown",
        }
    ),
    "sae_criterion": Texts(
        {
            "death": "Death",
            "life_threat": "Life-threatening",
            "hosp": "Hospital stay",
            "disability": "Disability",
            "congenital": "Congenital anomaly",
            "medical": "Medically important",
        }
    ),
    "action": Texts(
        {
            "none": "None",
            "interrupted": "Interrupted",
            "reduced": "Dose reduced",
            "withdrawn": "Withdrawn",
        }
    ),
    "zeros": Texts(
        {
            "pratt": "ranked, then dropped (Pratt)",
            "wilcoxon": "dropped before ranking (Wilcoxon)",
        }
    ),
    "related": Texts(
        {
            "not": "not related",
            "unlikely": "unlikely",
            "possible": "possible",
            "probable": "probable",
            "definite": "definite",
        },
        context="relation to treatment",
    ),
    "table": Texts({"adverse_events": "adverse events", "intercurrent_events": "intercurrent events"}),
    "lod_substitution": Texts(
        {
            "half": "half of the detection limit",
            "lod": "the detection limit",
            "sqrt2": "the detection limit over the square root of two",
            "zero": "zero",
        }
    ),
    "outcome": Texts(
        {
            "recovered": "Recovered",
            "recovering": "Recovering",
            "sequelae": "Recovered with sequelae",
            "not_recovered": "Not recovered",
            "fatal": "Fatal",
            "unknown": "Unknown",
        }
    ),
}


def in_words(column: str, value: Any) -> Any:
    """A coded value as a reader sees it; a value without words of its own stays as it is.

    Examples
    --------
    >>> in_words("outcome", "not_recovered"), in_words("subject_id", "RA-001")
    ('Not recovered', 'RA-001')
    """
    words = WORDS.get(column)
    return words.get(value, value) if words is not None and isinstance(value, str) else value
