"""A clean export has an empty query log."""

import pandas as pd

from analysis.read import rules


def test_a_log_without_findings_is_empty_and_has_its_columns():
    nothing = pd.DataFrame(
        {name: pd.Series([], dtype="object") for name in rules.COLUMNS if name != "query_id"}
    )
    log = rules.query_log(nothing)
    assert log.empty
    assert list(log.columns) == list(rules.COLUMNS)
