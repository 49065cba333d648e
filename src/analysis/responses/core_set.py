"""The six IMACS core set measures of the same patients before and after, as the response criteria read them."""

import pandas as pd

PLAIN = ["phga_mm", "ptga_mm", "mmt8", "haq_di", "extramuscular_mm"]


def core_set_pair(
    baseline: pd.DataFrame, followup: pd.DataFrame, *, enzyme_rule: str = "baseline"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Core set frames of two visits, with the muscle enzyme that was most abnormal at baseline followed at both.

    Parameters
    ----------
    baseline, followup : DataFrame
        By subject, with the core set measures, the score ``haq_di`` and ``mmt8``, and enzymes (``ck_u_l``,
        ``ck_uln``, ...).
    enzyme_rule : {"baseline", "each_visit"}
        The enzyme of baseline throughout, or the most abnormal one at each visit.

    Returns
    -------
    tuple of DataFrame
        Columns `analysis.scoring.CORE_SET_COLUMNS`.
    """
    from analysis import scoring

    before = scoring.most_abnormal_enzyme(baseline)
    if enzyme_rule == "each_visit":
        after = scoring.most_abnormal_enzyme(followup)
    else:
        after = scoring.followed_enzyme(followup, before["enzyme_name"])
    columns = list(scoring.CORE_SET_COLUMNS)
    return baseline[PLAIN].join(before)[columns], followup[PLAIN].join(after)[columns]
