"""How coded values read in tables and figures."""

from typing import Any

WORDS: dict[str, dict[str, str]] = {
    "sex": {"F": "Female", "M": "Male"},
    "smoking": {"never": "Never", "ex": "Former", "current": "Current"},
    "ild_baseline": {"yes": "Yes", "no": "No", "ND": "Not done"},
    "cadm_type": {
        "ADM": "Amyopathic",
        "HDM": "Hypomyopathic",
        "premyopathic": "Premyopathic",
        "classic": "Classic",
        "none": "None",
    },
    "screen_status": {"eligible": "Eligible", "ineligible": "Not eligible", "query": "To be clarified"},
    "status": {"query": "To be clarified", "adjudicate": "For adjudication"},
    "discontinuation_reason": {
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
    },
    "stop_reason": {
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
    },
    "sae_criterion": {
        "death": "Death",
        "life_threat": "Life-threatening",
        "hosp": "Hospital stay",
        "disability": "Disability",
        "congenital": "Congenital anomaly",
        "medical": "Medically important",
    },
    "action": {
        "none": "None",
        "interrupted": "Interrupted",
        "reduced": "Dose reduced",
        "withdrawn": "Withdrawn",
    },
    "zeros": {
        "pratt": "ranked, then dropped (Pratt)",
        "wilcoxon": "dropped before ranking (Wilcoxon)",
    },
    "related": {"not": "not related"},
    "table": {"adverse_events": "adverse events", "intercurrent_events": "intercurrent events"},
    "lod_substitution": {
        "half": "half of the detection limit",
        "lod": "the detection limit",
        "sqrt2": "the detection limit over the square root of two",
        "zero": "zero",
    },
    "outcome": {
        "recovered": "Recovered",
        "recovering": "Recovering",
        "sequelae": "Recovered with sequelae",
        "not_recovered": "Not recovered",
        "fatal": "Fatal",
        "unknown": "Unknown",
    },
}


def in_words(column: str, value: Any) -> Any:
    """A coded value as a reader sees it; a value without words of its own stays as it is.

    Examples
    --------
    >>> in_words("outcome", "not_recovered"), in_words("subject_id", "RA-001")
    ('Not recovered', 'RA-001')
    """
    return WORDS.get(column, {}).get(value, value)


def listed(words: list[str]) -> str:
    """Words as a list in a sentence.

    Examples
    --------
    >>> listed(["CDAI"]), listed(["ACR20", "ACR50", "ACR70"])
    ('CDAI', 'ACR20, ACR50 and ACR70')
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
