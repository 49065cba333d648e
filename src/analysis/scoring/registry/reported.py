"""What patients report: function, quality of life, fatigue, pain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.language import mark
from analysis.scoring.eq5d import DIMENSIONS, VALUE_SETS_3L, VALUE_SETS_5L, eq5d_3l, eq5d_5l
from analysis.scoring.haq import HAQ_AIDS, HAQ_ITEMS, haq_band, haq_di
from analysis.scoring.patient_reported import (
    FACIT_ITEMS,
    MDHAQ_ITEMS,
    SF36_DOMAINS,
    SF36_MEAN,
    SF36_MENTAL,
    SF36_PHYSICAL,
    SF36_SD,
    facit_fatigue,
    rapid3,
    rapid3_state,
    sf36_summary,
)
from analysis.scoring.ranges import Limits
from analysis.scoring.registry.instrument import MEMORY, Instrument, as_recorded, of_columns

_HAQ_RULE = mark("at least 6 of 8 categories with one answered item each")
_FORMS = (("5L", eq5d_5l, VALUE_SETS_5L), ("3L", eq5d_3l, VALUE_SETS_3L))


def _haq(visits: pd.DataFrame) -> pd.Series:
    ticks = [c for c in HAQ_AIDS if c in visits.columns]
    return haq_di(visits[list(HAQ_ITEMS)], visits[ticks] if ticks else None)


def _haq_alternative(visits: pd.DataFrame) -> pd.Series:
    return haq_di(visits[list(HAQ_ITEMS)])


def _rapid3(visits: pd.DataFrame) -> pd.Series:
    return rapid3(visits[list(MDHAQ_ITEMS)], visits["pain_mm"], visits["ptga_mm"])


def _sf36_extreme(weights: np.ndarray, *, highest: bool) -> float:
    """Lowest or highest summary score that domain scores from 0 to 100 can give."""
    ends = np.stack([weights * (x - SF36_MEAN) / SF36_SD for x in (0.0, 100.0)])
    return float(50 + 10 * (ends.max(axis=0) if highest else ends.min(axis=0)).sum())


REPORTED = [
    Instrument(
        name="haq_di",
        title="HAQ-DI",
        score=_haq,
        needs=HAQ_ITEMS,
        uses=HAQ_AIDS,
        low=0,
        high=3,
        decimals=3,
        higher_is_better=False,
        category=haq_band,
        missing_rule=_HAQ_RULE,
        conventions=mark("6 of 8 categories suffice; an empty box for an aid or help is not ticked"),
        citation="Fries JF, et al. Arthritis Rheum 1980;23:137-45",
        version=mark("standard, with aids and help"),
    ),
    Instrument(
        name="haq_di_alternative",
        title="HAQ-DI, alternative",
        score=_haq_alternative,
        needs=HAQ_ITEMS,
        low=0,
        high=3,
        decimals=3,
        higher_is_better=False,
        category=haq_band,
        missing_rule=_HAQ_RULE,
        conventions=mark("6 of 8 categories suffice"),
        citation="Bruce B, Fries JF. Health Qual Life Outcomes 2003;1:20",
        version=mark("alternative, without aids and help"),
    ),
    Instrument(
        name="rapid3",
        title="RAPID3",
        score=_rapid3,
        needs=(*MDHAQ_ITEMS, "pain_mm", "ptga_mm"),
        low=0,
        high=30,
        decimals=1,
        higher_is_better=False,
        category=rapid3_state,
        conventions=mark("function not rounded as on the form"),
        citation="Pincus T, et al. J Rheumatol 2008;35:2136-47",
    ),
    *(
        Instrument(
            name=f"eq5d_{form.lower()}_{key.lower()}",
            title=f"EQ-5D-{form} index, value set {key}",
            score=of_columns(function, *DIMENSIONS, value_set=key),
            needs=DIMENSIONS,
            low=values.lowest,
            high=1,
            decimals=3,
            higher_is_better=True,
            citation=values.citation,
            version=f"{form}, {key}",
            only_where=("eq5d_version", form),
            limits=dict.fromkeys(DIMENSIONS, Limits(1, int(form[0]), whole=True)),
        )
        for form, function, value_sets in _FORMS
        for key, values in value_sets.items()
    ),
    Instrument(
        name="eq_vas",
        title="EQ-VAS",
        score=as_recorded("eq_vas"),
        needs=("eq_vas",),
        low=0,
        high=100,
        decimals=0,
        higher_is_better=True,
        citation="Luo N, et al. Value Health 2017;20:662-9",
    ),
    *(
        Instrument(
            name=f"sf36_{part}",
            title=f"SF-36 {part.upper()}",
            score=lambda visits, part=part: sf36_summary(visits)[part],  # type: ignore[misc]
            needs=SF36_DOMAINS,
            low=_sf36_extreme(weights, highest=False),
            high=_sf36_extreme(weights, highest=True),
            decimals=1,
            higher_is_better=True,
            missing_rule=mark("missing if any of the eight domains is"),
            citation="Ware JE, Kosinski M, Dewey JE. How to Score Version 2 of the SF-36 Health Survey. 2000",
            version=mark("version 2, United States 1998 norms"),
        )
        for part, weights in (("pcs", SF36_PHYSICAL), ("mcs", SF36_MENTAL))
    ),
    Instrument(
        name="facit_fatigue",
        title="FACIT-Fatigue",
        score=facit_fatigue,
        needs=FACIT_ITEMS,
        low=0,
        high=52,
        decimals=0,
        higher_is_better=True,
        missing_rule=mark("pro-rated from at least 7 of 13 items"),
        certainty=MEMORY,
        citation="Cella D, et al. J Rheumatol 2005;32:811-9",
    ),
    Instrument(
        name="pain_mm",
        title="Pain",
        score=as_recorded("pain_mm"),
        needs=("pain_mm",),
        low=0,
        high=100,
        decimals=0,
        unit="mm",
        higher_is_better=False,
        citation="Ward MM, et al. Ann Rheum Dis 2015;74:1691-6",
    ),
]
