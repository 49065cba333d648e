"""Disease activity of rheumatoid arthritis and its radiographic damage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from analysis.language import mark
from analysis.scoring.cdai import cdai, sdai
from analysis.scoring.das28 import ESR_FLOOR, das28_crp, das28_esr
from analysis.scoring.ranges import RANGES
from analysis.scoring.registry.instrument import MEMORY, Instrument, Score, of_columns
from analysis.scoring.sharp import svdh_total
from analysis.scoring.states import boolean_remission, disease_state

JOINTS = ("tjc28", "sjc28")
GLOBALS = ("ptga_mm", "phga_mm")
_ESR, _CRP = RANGES["esr_mm_h"].high, RANGES["crp_mg_l"].high
_PREVOO = "Prevoo MLL, et al. Arthritis Rheum 1995;38:44-8"
_WELLS = "Wells G, et al. Ann Rheum Dis 2009;68:954-60"


def _state(instrument: str, crp_cutoffs: str = "esr") -> Callable[[pd.Series], Any]:
    return lambda score: disease_state(score, instrument, crp_cutoffs=crp_cutoffs)


def _low_esr(visits: pd.DataFrame) -> pd.Series:
    return visits["esr_mm_h"] < ESR_FLOOR


def _remission(version: str) -> Score:
    score = of_columns(boolean_remission, *JOINTS, "crp_mg_l", "ptga_mm", version=version)
    return lambda visits: score(visits).astype("Float64")


def _remission_name(value: pd.Series) -> pd.Series:
    return value.map({1.0: "remission", 0.0: "no remission"})


ACTIVITY = [
    Instrument(
        name="das28_esr",
        title="DAS28-ESR",
        score=of_columns(das28_esr, *JOINTS, "esr_mm_h", "gh_mm"),
        needs=(*JOINTS, "esr_mm_h", "gh_mm"),
        low=0,
        high=das28_esr(28, 28, _ESR, 100),
        decimals=2,
        higher_is_better=False,
        category=_state("das28_esr"),
        conventions=mark("an ESR below 1 mm/h enters as 1"),
        citation=_PREVOO,
        version=mark("4 variables"),
        replaced=_low_esr,
        replaced_text=mark("ESR below 1 entered as 1"),
    ),
    Instrument(
        name="das28_crp",
        title="DAS28-CRP",
        score=of_columns(das28_crp, *JOINTS, "crp_mg_l", "gh_mm"),
        needs=(*JOINTS, "crp_mg_l", "gh_mm"),
        low=0.96,
        high=das28_crp(28, 28, _CRP, 100),
        decimals=2,
        higher_is_better=False,
        category=_state("das28_crp"),
        conventions=mark("states by the cut-offs of DAS28-ESR"),
        citation=_WELLS,
        version=mark("4 variables, cut-offs of DAS28-ESR"),
    ),
    Instrument(
        name="das28_crp_own_cutoffs",
        title="DAS28-CRP, states by its own cut-offs",
        score=of_columns(das28_crp, *JOINTS, "crp_mg_l", "gh_mm"),
        needs=(*JOINTS, "crp_mg_l", "gh_mm"),
        low=0.96,
        high=das28_crp(28, 28, _CRP, 100),
        decimals=2,
        higher_is_better=False,
        category=_state("das28_crp", "fleischmann2017"),
        citation=f"{_WELLS}; Fleischmann RM, et al. RMD Open 2017;3:e000382",
        version=mark("4 variables, cut-offs 2.4, 2.9, 4.6"),
    ),
    Instrument(
        name="das28_esr_3",
        title="DAS28-ESR, three variables",
        score=of_columns(das28_esr, *JOINTS, "esr_mm_h"),
        needs=(*JOINTS, "esr_mm_h"),
        low=0.16,
        high=das28_esr(28, 28, _ESR),
        decimals=2,
        higher_is_better=False,
        conventions=mark("an ESR below 1 mm/h enters as 1"),
        citation=_PREVOO,
        version=mark("3 variables"),
        replaced=_low_esr,
        replaced_text=mark("ESR below 1 entered as 1"),
    ),
    Instrument(
        name="das28_crp_3",
        title="DAS28-CRP, three variables",
        score=of_columns(das28_crp, *JOINTS, "crp_mg_l"),
        needs=(*JOINTS, "crp_mg_l"),
        low=1.15,
        high=das28_crp(28, 28, _CRP),
        decimals=2,
        higher_is_better=False,
        citation=_WELLS,
        version=mark("3 variables"),
    ),
    Instrument(
        name="cdai",
        title="CDAI",
        score=of_columns(cdai, *JOINTS, *GLOBALS),
        needs=(*JOINTS, *GLOBALS),
        low=0,
        high=76,
        decimals=1,
        higher_is_better=False,
        category=_state("cdai"),
        citation="Aletaha D, et al. Arthritis Res Ther 2005;7:R796-806",
    ),
    Instrument(
        name="sdai",
        title="SDAI",
        score=of_columns(sdai, *JOINTS, *GLOBALS, "crp_mg_l"),
        needs=(*JOINTS, *GLOBALS, "crp_mg_l"),
        low=0,
        high=76 + _CRP / 10,
        decimals=1,
        higher_is_better=False,
        category=_state("sdai"),
        citation="Smolen JS, et al. Rheumatology 2003;42:244-57",
    ),
    *(
        Instrument(
            name=f"boolean_remission_{version.replace('.', '_')}",
            title=f"ACR/EULAR Boolean remission {version}",
            score=_remission(version),
            needs=(*JOINTS, "crp_mg_l", "ptga_mm"),
            low=0,
            high=1,
            decimals=0,
            higher_is_better=True,
            category=_remission_name,
            missing_rule=mark("one failed item decides; otherwise missing if any item is"),
            citation=citation,
            version=version,
        )
        for version, citation in (
            ("1.0", "Felson DT, et al. Arthritis Rheum 2011;63:573-86"),
            ("2.0", "Studenic P, et al. Ann Rheum Dis 2023;82:74-80"),
        )
    ),
    Instrument(
        name="svdh_total",
        title="Sharp/van der Heijde total score",
        score=of_columns(svdh_total, "svdh_erosion", "svdh_jsn"),
        needs=("svdh_erosion", "svdh_jsn"),
        low=0,
        high=448,
        decimals=1,
        higher_is_better=False,
        certainty=MEMORY,
        citation="van der Heijde D. J Rheumatol 2000;27:261-3",
    ),
]
