"""How coded values read in tables and figures."""

from typing import Any

from analysis.language import Texts

WORDS: dict[str, Texts] = {
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
    "related": Texts({"not": "not related"}),
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
