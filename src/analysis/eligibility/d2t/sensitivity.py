"""How many patients change sides under each operational choice of the difficult-to-treat definition."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.eligibility.d2t.definition import RESULTS, classify
from analysis.eligibility.d2t.settings import settings_from
from analysis.eligibility.d2t.stratafit import d2t_stratafit
from analysis.eligibility.known import as_known
from analysis.eligibility.tables import index_dates, prepare
from analysis.language import mark


def d2t_sensitivity(
    tables: Mapping, variants: Mapping, index_date: str = "baseline_date", *, settings: Any = None
) -> pd.DataFrame:
    """Classify under each variant and compare with the main definition.

    Parameters
    ----------
    tables, index_date, settings
        As in `d2t`; `settings` is the main definition.
    variants : mapping of str to mapping
        Name of the variant to the settings that differ. ``{"definition": "stratafit", ...}`` asks for
        `d2t_stratafit` with the settings that follow.

    Returns
    -------
    DataFrame
        One row a variant, the main definition first: ``variant``, ``choice`` (what differs, in words), ``n_yes``,
        ``n_yes_access_exception``, ``n_no``, ``n_indeterminate``, ``became_yes``, ``no_longer_yes``,
        ``other_change``, ``changed``.

    Examples
    --------
    >>> tables = {"subjects": pd.DataFrame({"subject_id": ["a"], "baseline_date": pd.to_datetime(["2024-01-01"])})}
    >>> table = d2t_sensitivity(tables, {"any exposure": {"min_exposure_days_inefficacy": 0}}, "baseline_date")
    >>> table[["variant", "n_no", "changed"]].values.tolist()
    [['main', 1, 0], ['any exposure', 1, 0]]
    """
    tables = prepare(tables)  # type: ignore[assignment]
    dates = index_date if isinstance(index_date, pd.Series) else index_dates(tables.subjects, index_date)  # type: ignore[attr-defined]
    known = as_known(tables, dates)
    main = dict(settings or {})
    results = {"main": classify(known, settings_from(main))[0]["result"]}
    for name, choice in variants.items():
        results[name] = _variant(tables, dates, known, main, choice)
    rows = [_compare(name, results["main"], result) for name, result in results.items()]
    choices = [mark("as defined"), *(_in_words(choice) for choice in variants.values())]
    table = pd.DataFrame(rows)
    table.insert(1, "choice", choices)
    return table


def _variant(tables, dates, known, main, choice):
    """Classify under one variant."""
    if choice.get("definition") == "stratafit":
        given = {name: value for name, value in choice.items() if name != "definition"}
        return d2t_stratafit(tables, dates, **given)["result"]
    return classify(known, settings_from(main | dict(choice)))[0]["result"]


def _compare(name, main, result):
    """Count results, and changes against the main definition."""
    became, left = (result == "yes") & (main != "yes"), (result != "yes") & (main == "yes")
    changed = result != main
    return (
        {"variant": name}
        | {f"n_{value}": int((result == value).sum()) for value in RESULTS}
        | {
            "became_yes": int(became.sum()),
            "no_longer_yes": int(left.sum()),
            "other_change": int((changed & ~became & ~left).sum()),
            "changed": int(changed.sum()),
        }
    )


def _in_words(choice):
    """Write a choice as a reader can check it against the settings."""
    return "; ".join(
        f"{name} = {', '.join(map(str, value)) if isinstance(value, (list, tuple)) else value}"
        for name, value in choice.items()
    )
