"""Numbers for the prose: each result by its id, formatted once, as Quarto's `_variables.yml` holds them.

``{{< var change.fas.cdai.w24.all.estimate >}}`` prints the number; `with_ci` in place of `estimate` adds the
interval, `p` prints the p-value with its sign.
"""

from analysis import numbers

COUNTS = {"n", "n_pairs", "n_missing", "n_zero", "events", "k", "subjects", "df", "count", "total"}
RATIOS = {"d_z", "g_z", "d_av", "d_rm", "rank_biserial", "probability_improved", "statistic", "t", "r"}


def formatted(rows: list[dict], digits: dict[str, int]) -> dict:
    """Nested mapping of result ids to text.

    Parameters
    ----------
    rows : list of dict
        Rows of the results table.
    digits : dict
        Decimals of each variable's own values; estimates get one more.
    """
    tree: dict = {}
    by_id = {row["result_id"]: row for row in rows}
    for row in rows:
        *parents, leaf = row["result_id"].split(".")
        place = tree
        for part in parents:
            place = place.setdefault(part, {})
        place[leaf] = _text(row, digits)
        prefix = ".".join(parents)
        if leaf == "estimate" and f"{prefix}.conf_low" in by_id:
            place["with_ci"] = _with_interval(
                row, by_id[f"{prefix}.conf_low"], by_id[f"{prefix}.conf_high"], digits
            )
        if leaf == "p_value":
            place["p"] = _signed_p(row["value"])
    return tree


def _text(row: dict, digits: dict[str, int]) -> str:
    value, statistic = row["value"], row["statistic"]
    if statistic in COUNTS or row["unit"] == "count":
        return numbers.whole(value) if value is None or float(value).is_integer() else numbers.fixed(value, 1)
    if statistic == "p_value":
        return numbers.p_value(value)
    if row["unit"] == "proportion":
        return numbers.percent(value)
    return numbers.fixed(value, _digits(row, digits))


def _digits(row: dict, digits: dict[str, int]) -> int:
    return 2 if row["statistic"] in RATIOS else digits.get(row["variable"], 1) + 1


def _with_interval(row: dict, low: dict, high: dict, digits: dict[str, int]) -> str:
    share = row["unit"] == "proportion"
    scale, places = (100, 1) if share else (1, _digits(row, digits))
    sign = " %" if share else ""
    span = numbers.interval(low["value"], high["value"], places, scale=scale)
    value = numbers.fixed(row["value"] * scale if row["value"] is not None else None, places)
    return f"{value}{sign} (95 % CI {span}{sign})"


def _signed_p(value) -> str:
    text = numbers.p_value(value)
    return f"p {text.replace('<', '< ')}" if text.startswith("<") else f"p = {text}"
