"""Numbers for the prose: each result by its id, formatted once, as Quarto's `_variables.yml` holds them.

``{{< var change_mean.fas.cdai.w24.all.estimate >}}`` prints the number; `with_ci` in place of `estimate` adds the
interval, `ci` prints the interval alone, `p` the p-value with its sign. Words follow the results: `moved` says whether
a change rose, fell or did not clearly change, `fared` whether it improved or worsened, `than` whether a group was
better than the other; clear is what the interval keeps on one side of zero. A number that the prose uses carries its
id, n, method and notebook for the page to show on request. Lists of results: `pipeline.lists`.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from analysis import numbers
from analysis.columns.decimals import mean_digits
from analysis.kinds import EVENTS, PERSONS
from analysis.language import is_message, mark, semicolons, tr
from pipeline.lists import LISTS, SUPPRESSED, names_several, of_several
from pipeline.result_names import STATISTICS, name_of
from pipeline.words import chosen_id

if TYPE_CHECKING:
    from pipeline.publish.shown import Place

WHOLE = {
    "n",
    "n_pairs",
    "n_missing",
    "n_zero",
    "events",
    "k",
    "subjects",
    "df",
    "count",
    "total",
    "known",
    "shift",
}
RATIOS = {"d_z", "g_z", "d_av", "d_rm", "rank_biserial", "probability_improved", "statistic", "t", "r"}
QUANTILES = {"median", "q1", "q3", "min", "max", "minimum", "maximum"}  # values of single patients
DIRECTIONS = ("moved", "fared", "than")
# what prose may ask for, and the row it is made from
SHORT = {"p": "p_value", "span": "min", **dict.fromkeys(("with_ci", "ci", *DIRECTIONS), "estimate"), **LISTS}
# the side of zero on which the interval is; none where there is no interval, which is no finding of no change
MOVED = {
    1: mark("rose"),
    -1: mark("fell"),
    0: mark("did not clearly change"),
    None: mark("cannot be said to have changed"),
}
FARED = {**MOVED, 1: mark("improved"), -1: mark("worsened")}
THAN = {
    1: mark("better than"),
    -1: mark("worse than"),
    0: mark("not clearly different from"),
    None: mark("not comparable with"),
}
NOT_YET, NONE_HERE = mark("not yet"), mark("none here")  # with what the note of such a row begins
OF_PEOPLE = {
    "n",
    "count",
    "proportion",
    "estimate",
    "conf_low",
    "conf_high",
}  # what a share of people is told by
KEPT = "\u00a0"  # a space at which no line ends
LONGEST_LABEL = 60  # signs; a longer note is a sentence
NAMED = ("variable", "visit", "group", "population")  # what a number is of, in words
USED = re.compile(r"\{\{<\s*var\s+(\S+)\s*>\}\}")


Placed = Callable[
    [Mapping, Mapping[str, str]], "Place | None"
]  # a result and what it is called -> its table and row


def nowhere(row: Mapping, named: Mapping[str, str]) -> None:
    """What is shown by no table."""


def used_ids(sources: Collection[str]) -> set[str]:
    """The ids that texts refer to.

    Examples
    --------
    >>> used_ids(["of {{< var flow.all.enrolled.all.all.n >}} patients"])
    {'flow.all.enrolled.all.all.n'}
    """
    return {name for text in sources for name in USED.findall(text)}


def formatted(
    rows: list[dict],
    digits: dict[str, int],
    *,
    used: Collection[str] = (),
    chosen: dict[str, str] | None = None,
    better: Mapping[str, bool] | None = None,
    labels: Mapping[str, Mapping[str, str]] | None = None,
    place: Placed = nowhere,
) -> dict:
    """Nested mapping of result ids to text.

    Parameters
    ----------
    rows : list of dict
        Rows of the results table.
    digits : dict
        Decimals of each variable's own values; means have those of `analysis.columns.decimals.mean_digits`.
    used : collection of str
        Ids that the prose refers to: their text also carries id, n, method and notebook.
    chosen : dict, optional
        Parts of ids that settings choose, see `pipeline.words`.
    better : mapping, optional
        Whether more is better, by variable and endpoint; without it nothing is said to improve.
    labels : mapping, optional
        Words for the variables, visits, populations and groups of results, by these names and by id.
    place : callable
        Where a table shows a result; see `pipeline.publish.shown`.
    """
    stand_ins = {name: chosen_id(name, chosen or {}) for name in used}
    used = {*used, *stand_ins.values()}
    tree: dict = {}
    by_id = {row["result_id"]: row for row in rows}
    for row in rows:
        prefix, _, leaf = row["result_id"].rpartition(".")
        texts = {leaf: _text(row, digits)}
        if word := _absent(row):
            texts |= {short: tr(word) for short, of in SHORT.items() if of == leaf}
        if leaf == "estimate" and f"{prefix}.conf_low" in by_id:
            texts |= _with_interval(row, by_id, prefix, digits)
            texts |= _in_words(row, by_id, prefix, better or {})
        if leaf == "min" and f"{prefix}.max" in by_id:
            texts["span"] = _span(row, by_id[f"{prefix}.max"], digits)
        if leaf == "p_value":
            texts["p"] = SUPPRESSED if _is_suppressed(row) else numbers.p_text(row["value"])
        branch = tree
        for part in prefix.split("."):
            branch = branch.setdefault(part, {})
        for name, text in texts.items():
            ident = f"{prefix}.{name}"
            branch[name] = _detailed(text, ident, row, by_id, labels or {}, place) if ident in used else text

    def told(ident: str) -> str:
        return _detailed(shown(by_id[ident], by_id, digits), ident, by_id[ident], by_id, labels or {}, place)

    for name in filter(names_several, used):
        _put(tree, name.split("."), of_several(name, by_id, told=told))
    for name, ident in stand_ins.items():
        if name != ident:
            _stand_in(tree, name.split("."), ident.split("."))
    return tree


def _is_suppressed(row: Mapping) -> bool:
    """Whether a number is not told to the readers of a release."""
    return row.get("status") == "suppressed"


def shown(row: dict, rows: Mapping[str, Mapping], digits: dict[str, int]) -> str:
    """One result as the prose prints it, an estimate with its interval.

    Parameters
    ----------
    row : dict
        Its row of the results table.
    rows : mapping
        All rows of that table by id.
    digits : dict
        Decimals of each variable's own values.
    """
    prefix, _, leaf = row["result_id"].rpartition(".")
    if leaf == "estimate" and {f"{prefix}.conf_low", f"{prefix}.conf_high"} <= rows.keys():
        return _with_interval(row, rows, prefix, digits)["with_ci"]
    return _text(row, digits)


def _absent(row: Mapping) -> str:
    """What stands for a number that nobody can have yet, or that a site has not; empty for all others."""
    note = str(row.get("note") or "") if row["value"] is None else ""
    return next((word for word in (NOT_YET, NONE_HERE) if note.startswith(word)), "")


def _stand_in(tree: dict, name: list[str], ident: list[str]) -> None:
    """Let a name that stands for an id hold its text, where there is one."""
    found = tree
    for part in ident:
        found = found.get(part, {}) if isinstance(found, dict) else {}
    if isinstance(found, str):
        _put(tree, name, found)


def _put(tree: dict, name: list[str], text: str) -> None:
    for part in name[:-1]:
        tree = tree.setdefault(part, {})
    tree[name[-1]] = text


def _detailed(
    text: str,
    ident: str,
    row: dict,
    by_id: Mapping[str, dict],
    labels: Mapping[str, Mapping[str, str]],
    place: Placed,
) -> str:
    """A number that tells on request what it is: patients where they are counted, else the values that went in."""
    from pipeline.render import number

    patients, n = row.get("patients"), row["n"]
    named = of_what(row, labels)
    found = place(row, {name: word for name, word in named.items() if word})
    own, shown = named.pop("variable") or name_of(row, labels.get("result")), found.words if found else ()
    rest = tuple(
        word for word in shown if word != named["visit"] and not (own and own.lower() in word.lower())
    )
    of_group = row.get("group") not in (None, "", "all") and not named["group"]
    told = (own, *(rest if of_group else ())) if own else rest
    words = (_counted(row, by_id), *told, STATISTICS.get(row["statistic"]), *named.values())
    return number(
        text,
        ident,
        label=semicolons([word for word in words if word]) or None,
        n=None if patients is None else numbers.whole(patients),
        values=None if n is None or n == patients else numbers.whole(n),
        missing=None if row["n_missing"] is None else numbers.whole(row["n_missing"]),
        method=row["method"],
        table=found and found.table,
        row=found and found.row,
        notebook=row["notebook"],
    )


def of_what(row: Mapping, labels: Mapping[str, Mapping[str, str]]) -> dict[str, str | None]:
    """What a number is of: variable, level or visit, group and population in words.

    A variable of one analysis is named by what its row in the table says, which is its note, or by itself where it is
    a name in words.
    """
    named = {name: labels.get(name, {}).get(str(row.get(name) or "").lower()) for name in NAMED}
    note, own = str(row.get("note") or ""), str(row.get("variable") or "")
    if named["variable"] is None:
        is_label = is_message(note) and len(note) <= LONGEST_LABEL
        named["variable"] = tr(note) if is_label else (tr(own) if own[:1].isupper() or " " in own else None)
    elif named["visit"] is None and note not in ("", "True") and note == row.get("visit"):
        named["visit"] = tr(note)  # a level of the variable
    return named


def _counted(row: dict, by_id: Mapping[str, dict]) -> str | None:
    """A share, or what bounds it, as people of people; nothing where it is none, not of people, or counts events."""
    if row.get("kind") == EVENTS or row["statistic"] not in OF_PEOPLE:
        return None
    count = by_id.get(f"{row['result_id'].rpartition('.')[0]}.count")
    if not count or count.get("kind") != "persons" or count.get("status") == "suppressed":
        return None
    if None in (count["value"], count.get("denominator")):
        return None
    given = {"count": numbers.whole(count["value"]), "n": numbers.whole(count["denominator"])}
    return tr("{count} of {n} patients", **given)


def _text(row: Mapping, digits: dict[str, int]) -> str:
    value, statistic = row["value"], row["statistic"]
    if _is_suppressed(row):
        return SUPPRESSED
    if word := _absent(row):
        return tr(word)
    if statistic in WHOLE or row["unit"] == "count" or row.get("kind") in (PERSONS, EVENTS):
        return numbers.whole(value) if value is None or float(value).is_integer() else numbers.fixed(value, 1)
    if statistic == "p_value":
        return numbers.p_value(value)
    if _of_shares(row):
        return _unbroken(tr("{value} percentage points", value=numbers.fixed(value, 1, scale=100)))
    if row["unit"] == "proportion":
        return numbers.percent(value).replace(" ", KEPT)
    return numbers.fixed(value, _digits(row, digits))


def _span(least: Mapping, most: Mapping, digits: dict[str, int]) -> str:
    """From the least to the most, one number where they are one."""
    if _is_suppressed(least) or _is_suppressed(most):
        return SUPPRESSED
    low, high = _text(least, digits), _text(most, digits)
    return low if low == high else _unbroken(tr("{low} to {high}", low=low, high=high))


def _of_shares(row: Mapping) -> bool:
    """Whether a known number is a difference of two shares, or the width of an interval of one: neither is a share."""
    between = "difference" in row["result_id"].partition(".")[0] or row["statistic"] == "width"
    return row["unit"] == "proportion" and between and row["value"] is not None


def _digits(row: Mapping, digits: dict[str, int]) -> int:
    own = digits.get(row["variable"], 1)
    plain = row.get("kind") == "setting" or (row.get("kind") == "extreme" and row["variable"] not in digits)
    if plain and float(row["value"] or 0).is_integer():
        return 0  # a choice, or a value of one patient whose decimals nobody says, such as a dose
    if row["statistic"] in RATIOS or row["unit"] == "odds ratio":
        return 2
    if row["statistic"] in QUANTILES or "person-years" in (row["unit"] or ""):
        return own
    return mean_digits(row["variable"], own)


def _with_interval(
    row: Mapping, by_id: Mapping[str, Mapping], prefix: str, digits: dict[str, int]
) -> dict[str, str]:
    """The estimate with its interval, and the interval alone; what belongs together is not broken over lines."""
    if _is_suppressed(row):
        return dict.fromkeys(("with_ci", "ci"), SUPPRESSED)
    if _is_suppressed(by_id[f"{prefix}.conf_low"]) or _is_suppressed(by_id[f"{prefix}.conf_high"]):
        return {"with_ci": _text(row, digits), "ci": SUPPRESSED}
    share = row["unit"] == "proportion"
    scale, places = (100, 1) if share else (1, _digits(row, digits))
    low, high = by_id[f"{prefix}.conf_low"]["value"], by_id[f"{prefix}.conf_high"]["value"]
    level = by_id.get(f"{prefix}.confidence_level", {"value": None})["value"]
    span = numbers.interval(low, high, places, scale=scale)
    value = numbers.fixed(row["value"], places, scale=scale)
    share, named = (
        share and not (low is None and high is None),
        {"value": value, "level": numbers.level(level) if level else tr("{CI}")},
    )
    if row["unit"] == "proportion" and not share:
        whole = tr("{value} % ({level} {span} %)", **named, span=span)
        return {
            "with_ci": _unbroken(whole),
            "ci": _unbroken(tr("{level} {span} %", level=named["level"], span=span)),
        }
    if not share:
        whole = tr("{value} ({level} {span})", **named, span=span)
        return {
            "with_ci": _unbroken(whole),
            "ci": _unbroken(tr("{level} {span}", level=named["level"], span=span)),
        }
    ends = {"low": numbers.fixed(low, places, scale=100), "high": numbers.fixed(high, places, scale=100)}
    if _of_shares(row):
        whole = tr("{value} percentage points ({level} {low} to {high})", **named, **ends)
        alone = tr("{level} {low} to {high} percentage points", level=named["level"], **ends)
        return {"with_ci": _unbroken(whole), "ci": _unbroken(alone)}
    whole = tr("{value} % ({level} {low} to {high} %)", **named, **ends)
    return {
        "with_ci": _unbroken(whole),
        "ci": _unbroken(tr("{level} {low} to {high} %", level=named["level"], **ends)),
    }


def _unbroken(text: str) -> str:
    """The text with its spaces kept together; between the value and its bracket a line may end."""
    return text.replace(" ", KEPT).replace(f"{KEPT}(", " (")


def _in_words(row: dict, by_id: dict, prefix: str, better: Mapping[str, bool]) -> dict[str, str]:
    """What a change or a difference did, in the words that its interval allows."""
    low, high = by_id[f"{prefix}.conf_low"]["value"], by_id[f"{prefix}.conf_high"]["value"]
    if any(map(_is_suppressed, (row, by_id[f"{prefix}.conf_low"], by_id[f"{prefix}.conf_high"]))):
        return dict.fromkeys(DIRECTIONS, SUPPRESSED)
    if word := _absent(row):
        return dict.fromkeys(DIRECTIONS, tr(word))
    known = row["value"] is not None and low is not None and high is not None
    side = (low > 0) - (high < 0) if known else None
    up = better.get(str(row["variable"]).lower())
    judged = {} if up is None else {"fared": FARED, "than": THAN}
    good = side if up or side is None else -side
    return {"moved": tr(MOVED[side]), **{name: tr(words[good]) for name, words in judged.items()}}
