"""Lists in the prose: an id with `each` in it names several results, and becomes a list of them by their words.

``{{< var flow.all.not_enrolled.each.all.counted >}}`` says how many there are of each, the most first, `absent` of
which there is none. ``{{< var predictor.cohort.each.all.all.lowered >}}`` gives the ratios whose interval lies below 1,
`raised` those above it, `undecided` the names of the others. The word for a result is its note.
"""

import re
from collections.abc import Callable, Mapping

from analysis.language import as_the_study_says, commas, mark, semicolons, small, tr
from analysis.result_ids import EACH

COUNTED = ("count", "n", "events")  # what is counted, the first that a result has
SIDES = {"raised": 1, "lowered": -1, "undecided": 0}  # where the interval of a ratio lies
SUM = "interest"  # the overview's row of all kinds of special interest together is none of them
LISTS = {**dict.fromkeys(("counted", "absent"), "count"), **dict.fromkeys(SIDES, "estimate")}
NONE = mark("none")
SUPPRESSED = "[s]"  # what a released report prints where a number is not told


def names_several(name: str) -> bool:
    """Whether an id of the text stands for a list of results.

    Examples
    --------
    >>> names_several("ae_overview.safety.special_each.all.all.counted"), names_several("flow.all.screened.all.all.n")
    (True, False)
    """
    return name.rpartition(".")[2] in LISTS and EACH in re.split(r"[._]", name)


def of_several(name: str, rows: Mapping[str, dict], *, told: Callable[[str], str]) -> str:
    """The results that such an id names, as a list inside a sentence; "none" where there are none.

    Where intervals are not told, nobody can say on which side they lie: the list ends with ``[s]``; "none" is said only
    where everything is told.

    Parameters
    ----------
    name : str
        The id as the text writes it, what settings choose filled in.
    rows : mapping
        The results by id.
    told : callable
        The text of a result by its id: a number, or an estimate with its interval.

    Examples
    --------
    >>> one = {"note": "Herpes zoster", "value": 5.0}
    >>> rows = {"ae_overview.fas.special_zoster.all.all.count": one}
    >>> rows["ae_overview.fas.special_tb.all.all.count"] = {"note": "Tuberculosis", "value": 0.0}
    >>> rows["ae_overview.fas.special_interest.all.all.count"] = {"note": "Of special interest", "value": 5.0}
    >>> of_several("ae_overview.fas.special_each.all.all.counted", rows, told=lambda ident: "5")
    'herpes zoster (5)'
    >>> of_several("ae_overview.fas.special_each.all.all.absent", rows, told=str)
    'tuberculosis'
    >>> rows["ae_overview.fas.special_tb.all.all.count"] |= {"value": None, "status": "suppressed"}
    >>> of_several("ae_overview.fas.special_each.all.all.absent", rows, told=str)
    '[s]'
    """
    place, _, word = name.rpartition(".")
    if word in SIDES:
        return _by_side(_matching(place, ("estimate",), rows), SIDES[word], rows, told)
    found = _matching(place, COUNTED, rows)
    if word == "absent":
        listed = [_word(rows[ident]) for ident in found if rows[ident]["value"] == 0]
        return _with_untold(listed, [i for i in found if _is_untold(rows[i]) and not listed], commas)
    most = sorted((i for i in found if rows[i]["value"] != 0), key=lambda i: -(rows[i]["value"] or 0))
    return commas(tr("{what} ({n})", what=_word(rows[i]), n=told(i)) for i in most) or tr(NONE)


def _matching(place: str, statistics: tuple[str, ...], rows: Mapping[str, dict]) -> list[str]:
    """Ids of one statistic of every result at a place: for each the first of the statistics that it has."""
    parts = [re.escape(part).replace(EACH, rf"(?!(?:all|{SUM})\.)[^.]+") for part in place.split(".")]
    wanted = re.compile(r"\.".join(parts) + r"\.")
    prefixes = dict.fromkeys(
        ident.rpartition(".")[0] for ident in rows if wanted.fullmatch(ident.rpartition(".")[0] + ".")
    )
    having = (
        [f"{prefix}.{name}" for name in statistics if f"{prefix}.{name}" in rows] for prefix in prefixes
    )
    return [idents[0] for idents in having if idents and _is_there(rows[idents[0]])]


def _is_there(row: Mapping) -> bool:
    """Whether a result has a value, told or not."""
    return row["value"] is not None or _is_untold(row)


def _is_untold(row: Mapping) -> bool:
    return row.get("status") == "suppressed"


def _with_untold(listed: list[str], untold: list[str], join: Callable) -> str:
    """A list, and that it may lack some; "none" where it lacks none and is empty."""
    return join([*listed, *([SUPPRESSED] if untold else [])]) or tr(NONE)


def _by_side(found: list[str], side: int, rows: Mapping[str, dict], told: Callable[[str], str]) -> str:
    """Ratios by where their interval lies: with estimate and interval, or only named where it holds 1."""
    sides = {ident: _side(ident.rpartition(".")[0], rows) for ident in found}
    untold = [ident for ident, own in sides.items() if own is None]
    chosen = [ident for ident, own in sides.items() if own == side]
    if side == 0:
        return _with_untold([_word(rows[ident]) for ident in chosen], untold, semicolons)
    listed = [tr("{what}: {estimate}", what=_word(rows[i]), estimate=told(i)) for i in chosen]
    return _with_untold(listed, untold, semicolons)


def _side(prefix: str, rows: Mapping[str, dict]) -> int | None:
    """Above 1, below 1, or neither; an interval that is not known holds 1, and one that is not told is None."""
    limits = [rows.get(f"{prefix}.{name}", {}) for name in ("conf_low", "conf_high")]
    if any(map(_is_untold, limits)):
        return None
    low, high = (limit.get("value") for limit in limits)
    return 0 if low is None or high is None else (low > 1) - (high < 1)


def _word(row: Mapping) -> str:
    return small(tr(as_the_study_says(str(row.get("note") or row.get("variable")))))
