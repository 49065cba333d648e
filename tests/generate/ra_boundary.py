"""States on the day of screening that a definition must place exactly: 3.2, 10.0 and around them."""

from math import log, sqrt

from generate.ra_people import QUIET

# CDAI exactly 10.0 and DAS28-ESR just below 3.2 (3.2 itself cannot be reached with whole ESR and globals).
EDGE = {"tjc28": 1, "sjc28": 2, "ptga": 32.0, "phga": 38.0, "pain": 35.0, "esr": 13, "crp": 5.0}


def das28_esr(state) -> float:
    joints = 0.56 * sqrt(state["tjc28"]) + 0.28 * sqrt(state["sjc28"])
    return joints + 0.70 * log(state["esr"]) + 0.014 * state["ptga"]


def das28_crp(state) -> float:
    joints = 0.56 * sqrt(state["tjc28"]) + 0.28 * sqrt(state["sjc28"])
    return joints + 0.36 * log(state["crp"] + 1) + 0.014 * state["ptga"] + 0.96


def is_active(state) -> bool:
    """At least moderate disease activity by any composite that counts joints (D2T item 2a)."""
    cdai = state["tjc28"] + state["sjc28"] + (state["ptga"] + state["phga"]) / 10
    sdai = cdai + state["crp"] / 10
    return round(cdai, 8) > 10 or round(sdai, 8) > 11 or das28_esr(state) > 3.2 or das28_crp(state) > 3.2


def fits(person, state) -> bool:
    """Whether a drawn state suits what the person was screened for."""
    quiet = person.twist in QUIET
    clear = state["tjc28"] + state["sjc28"] + (state["ptga"] + state["phga"]) / 10 > 10.5
    return not is_active(state) if quiet else clear
