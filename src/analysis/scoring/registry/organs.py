"""Muscle, skin and lung in myositis."""

from __future__ import annotations

import pandas as pd

from analysis.language import mark
from analysis.scoring.muscle import MMT_COLUMNS, mmt8
from analysis.scoring.registry.instrument import MEMORY, Instrument, as_recorded
from analysis.scoring.skin import cdasi_severity


def _mmt8(visits: pd.DataFrame) -> pd.Series:
    """The total from single muscles, and as recorded where no muscle is."""
    if not set(MMT_COLUMNS) <= set(visits.columns):
        return visits["mmt8_total"]
    none_recorded = visits[list(MMT_COLUMNS)].isna().all(axis=1)
    return mmt8(visits)["mmt8"].mask(none_recorded, visits["mmt8_total"])


def _one_side_taken(visits: pd.DataFrame) -> pd.Series:
    if not set(MMT_COLUMNS) <= set(visits.columns):
        return pd.Series(False, index=visits.index)
    return mmt8(visits)["substituted_groups"] > 0


ORGANS = [
    Instrument(
        name="mmt8",
        title="MMT-8, both sides",
        score=_mmt8,
        needs=("mmt8_total",),
        uses=MMT_COLUMNS,
        low=0,
        high=150,
        decimals=0,
        higher_is_better=True,
        missing_rule=mark(
            "one missing side of one group is taken from the other side; no other group may be missing"
        ),
        conventions=mark("the total of the single muscles goes before a recorded total"),
        citation="Rider LG, et al. Arthritis Care Res 2010;62:465-72",
        version="0 to 150",
        only_where=("mmt_max", 150),
        replaced=_one_side_taken,
        replaced_text=mark("one side taken from the other"),
    ),
    Instrument(
        name="cdasi_activity",
        title="CDASI activity",
        score=as_recorded("cdasi_activity"),
        needs=("cdasi_activity",),
        low=0,
        high=100,
        decimals=0,
        higher_is_better=False,
        category=cdasi_severity,
        conventions=mark("mild up to 14"),
        citation="Yassaee M, et al. Br J Dermatol 2010;162:669-73; Anyanwu CO, et al. Br J Dermatol 2015;173:969-74",
    ),
    Instrument(
        name="cdasi_damage",
        title="CDASI damage",
        score=as_recorded("cdasi_damage"),
        needs=("cdasi_damage",),
        low=0,
        high=32,
        decimals=0,
        higher_is_better=False,
        citation="Yassaee M, et al. Br J Dermatol 2010;162:669-73",
    ),
    *(
        Instrument(
            name=column,
            title=f"{title}, per cent predicted",
            score=as_recorded(column),
            needs=(column,),
            low=10,
            high=160,
            decimals=0,
            unit="%",
            higher_is_better=True,
            certainty=MEMORY,
            citation="Khanna D, et al. J Rheumatol 2015;42:2168-71",
        )
        for column, title in (("fvc_pp", "FVC"), ("dlco_pp", "DLCO"))
    ),
]
