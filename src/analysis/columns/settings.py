"""How the settings of an eligibility criterion read: thresholds and choices in words, without the names of columns."""

import re
from collections.abc import Mapping
from typing import Any

from analysis.language import Texts, commas, semicolons, tr

# Names that say where a value is read are left out: the data dictionary has them.
PLACES = re.compile(
    r"(^|_)columns?$|_fields$|^items_|^domains_|^count_1987$|^score_2010$|^(birth|precision|at)_column$"
)
NAMES = Texts(
    {
        "accept_possible": "possible disease accepted",
        "cadm_min_months": "amyopathic for at least, months",
        "minimum": "at least, years",
        "at_minimum": "exactly at the minimum",
        "below": "below, years",
        "minimum_days": "at least, days",
        "year": "1 year is",
        "more_than_days": "more than, days",
        "days": "wash-out, days",
        "default_days": "wash-out of other drugs, days",
        "min_improved": "measures that must improve",
        "max_worse": "measures that may be worse",
        "below_mg_kg_day": "below, mg/kg/day",
        "lookback_days": "not older than, days",
        "minimum_1987": "1987 criteria, at least",
        "minimum_2010": "2010 points, at least",
        "erosive": "typical erosions suffice",
        "include_cn_dmards": "iguratimod and plant DMARDs count",
        "failure_reasons": "reasons that are a failure",
        "inefficacy_reasons": "reasons that need a minimum exposure",
        "min_exposure_days_inefficacy": "that exposure, days",
        "unknown_reason": "stopped for an unknown reason",
        "ongoing_counts": "a drug still taken counts as failed",
        "ongoing_min_days": "a drug still taken, at least, days",
        "same_drug_gap_days": "courses of one drug are one within, days",
        "min_moa": "mechanisms failed, at least",
        "moa_groups": "mechanisms that count",
        "csdmard_failed": "csDMARD failed by",
        "csdmard_min_failed": "csDMARDs failed, at least",
        "csdmard_min_days_followed": "csDMARD before the next drug, at least, days",
        "csdmard_followed_by": "csDMARD followed by",
        "csdmard_order": "csDMARD stopped for failure",
        "not_ra_drugs": "drugs not approved for rheumatoid arthritis",
        "same_dose": "the dose is the same by",
        "contraindication": "contraindication to csDMARDs",
        "index_for_2a": "2a, above",
        "lookback_days_2a": "2a, score not older than, days",
        "rrp": "2d, progression",
        "rrp_min": "2d, at least, points",
        "rrp_min_interval_days": "2d, films apart at least, days",
        "rrp_raw_window_days": "2d, films of one year apart, days",
        "rrp_unknown": "2d, without films",
        "gc_2c": "2c, judged by",
        "gc_min_mg_day": "2c, at least, mg/day",
        "gc_min_days": "2c, at least, days",
        "controlled_2e": "2e, controlled means without",
        "access_exception": "access exception",
        "access_min_moa": "access exception, mechanisms failed at least",
        "immunosuppressants": "immunosuppressants",
        "others": "immunosuppressants not in the list",
        "intolerance_reasons": "reasons that are an intolerance",
    }
)
# Where a rule turns the sense of a setting round.
TURNED = Texts({("dmard_days_below", "minimum_days"): "shorter than, days"})
TERMS = Texts(
    {
        "das28_esr": "DAS28-ESR",
        "das28_crp": "DAS28-CRP",
        "cdai": "CDAI",
        "sdai": "SDAI",
        "c2a": "2a",
        "c2b": "2b",
        "adjudicate": "left to adjudication",
        "indeterminate": "not decided",
        "if_active": "while the disease is active",
        "reason_or_followed": "its reason or the drug that followed",
        "dose_and_flag": "the dose and the mark of the form",
        "before_last": "before the last of those drugs was begun",
        "before_each": "before each of those drugs was begun",
        "any_time": "at any time",
        "count": "count",
        "daily": "the amount a day",
        "each": "the amount each time and how often",
        "written": "the words on the form",
        "eular": "points a year, or points between films a year apart",
        "annualised": "points a year",
        "raw": "points between films a year apart",
        "fixed": "so many days",
        "calendar": "a calendar year",
        "waives": "stands for its failure",
        "separate": "kept apart",
        "any": "any later drug",
        "pass": "meets it",
        "das28_crp_own_cutoffs": "DAS28-CRP with its own cut-offs",
    }
)
TOKEN = re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+\b|\b(?:cdai|sdai)\b")


def setting_in_words(name: str, value: Any, *, rule: str = "") -> str:
    """One setting of a rule as a reader sees it.

    Examples
    --------
    >>> setting_in_words("index_for_2a", {"cdai": 10}), setting_in_words("include_cn_dmards", True)
    ('2a, above: CDAI 10', 'iguratimod and plant DMARDs count: yes')
    """
    label = TURNED.get((rule, name)) or NAMES.get(name) or spoken(name)
    return tr("{label}: {value}", label=label, value=value_in_words(value))


def settings_in_words(settings: Mapping, *, rule: str = "") -> str:
    """All settings of a rule that decide something; those without a value and the names of columns are left out.

    Examples
    --------
    >>> settings_in_words({"birth_column": "birth_date", "minimum": 18, "at_minimum": "adjudicate", "erosive": None})
    'at least, years: 18; exactly at the minimum: left to adjudication'
    """
    said = [
        setting_in_words(name, value, rule=rule)
        for name, value in settings.items()
        if not PLACES.search(name) and value is not None and value != [] and value != {}
    ]
    return semicolons(said)


def value_in_words(value: Any) -> str:
    """A value of a setting: yes and no, lists with commas, codes as words.

    Examples
    --------
    >>> value_in_words(["adverse_event", "intolerance"]), value_in_words({"TNFi": 90, "JAKi": 28})
    ('adverse event, intolerance', 'TNFi 90, JAKi 28')
    """
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, Mapping):
        return commas(f"{value_in_words(key)} {value_in_words(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return commas(value_in_words(item) for item in value)
    if isinstance(value, str) and re.fullmatch("[a-z]+", value) and value not in TERMS:
        return _word(value)
    return f"{value:g}" if isinstance(value, float) else TERMS.get(str(value)) or spoken(str(value))


def spoken(text: str) -> str:
    """Codes inside a sentence as words; everything else stays as it is.

    Examples
    --------
    >>> spoken("etanercept, 523 d, secondary_inefficacy (das28_esr 6.7655; cdai 45.5)")
    'etanercept, 523 d, secondary inefficacy (DAS28-ESR 6.7655; CDAI 45.5)'
    """
    return TOKEN.sub(lambda found: TERMS.get(found[0]) or _word(found[0]), text)


def _word(code: str) -> str:
    """A code as a word inside a sentence; in another language as the word that stands alone is called there."""
    text = code.replace("_", " ")
    alone = text[:1].upper() + text[1:]
    return tr(text) if tr(text) != text or tr(alone) == alone else tr(alone)
