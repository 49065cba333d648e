"""Figures drawn again from released numbers: the function that drew it, with what may be told of its frames.

Every number of a frame is looked up, exactly, among the results of its notebook; one that is no result, or a result
that is not told, is not drawn. What names a place on an axis (`AXES`) or is text stays.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.language import mark, tr
from pipeline.share.counted import AGAIN
from pipeline.share.profiles import Profile

if TYPE_CHECKING:
    from analysis.figures import Drawn

AXES = frozenset({"visit", "week", "month", "date", "planned", "threshold", "order"})
SCALES = (1.0, 100.0, 0.01)
HIDDEN = "[s]"
CURVE = mark("Kaplan-Meier curve")
SIZES = frozenset({"missing"})  # options that are a number of patients
ALTS = frozenset({"null"})  # options that may be a number of patients


class Exact:
    """What is told in place of an unrounded number of a notebook.

    Parameters
    ----------
    rows : sequence of dict
        The results that the notebook published.
    told : mapping of str to float
        Released values by id.
    """

    def __init__(self, rows: Sequence[Mapping], told: Mapping[str, float]):
        self.told = told
        self._ids: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            if row["value"] is not None:
                self._ids[_key(row["value"])].append(row["result_id"])

    def __call__(self, value: float, *, others: Iterable[float] = ()) -> float | None:
        """The released value, or None; `others` are the numbers of the same line, which tell results apart."""
        for scale in SCALES:
            ids = self._ids.get(_key(value / scale), [])
            if not ids:
                continue
            near = self._sharing(ids, others)
            if any(name not in self.told for name in near):
                return None
            found = {self.told[name] * scale for name in near}
            return found.pop() if len(found) == 1 else None
        return None

    def _sharing(self, ids: list[str], others: Iterable[float]) -> list[str]:
        """Of several results with one value, those whose result has most of the other numbers of the line, too."""
        if len(ids) == 1:
            return ids
        prefixes: dict[str, int] = defaultdict(int)
        for other in others:
            for prefix in {
                name.rpartition(".")[0] for scale in SCALES for name in self._ids.get(_key(other / scale), ())
            }:
                prefixes[prefix] += 1
        most = max((prefixes[name.rpartition(".")[0]] for name in ids), default=0)
        return [name for name in ids if prefixes[name.rpartition(".")[0]] == most]


def _key(value: float) -> str:
    return f"{value:.11e}"


def redrawn(
    made_from: Mapping[str, Any], exact: Exact, text: Callable[[str], str], profile: Profile
) -> tuple["Drawn | None", str]:
    """A figure from what may be told of its frames; or None, and why not.

    Parameters
    ----------
    made_from : mapping
        As `analysis.figures.drawn.of_summaries` keeps it.
    exact : Exact
    text : function
        What is told of a text with numbers in it.
    profile : Profile
    """
    import pandas as pd

    from analysis import figures
    from analysis.figures.wording import NOT_TOLD

    made = _counted(made_from, exact, profile) if made_from["function"] in AGAIN else []
    if made is None:
        return None, mark("its own numbers would give suppressed ones away")
    made = made or [_released(columns, exact, text) for columns in made_from["frames"]]
    frames = [frame for frame, _ in made]
    if not sum(kept for _, kept in made):
        return None, mark("every number of it is suppressed")
    for frame in frames:
        if "date" in frame:
            frame["date"] = pd.to_datetime(frame["date"])
    options = {name: value for name, value in made_from["options"].items() if name not in ALTS}
    for name in ALTS & made_from["options"].keys():
        value = made_from["options"][name]
        options[name] = value if value in (0, 1) else exact(value)
    for name in SIZES & options.keys():
        few = profile.is_small(options[name] or 0)
        options[name] = None if few else profile.rounded(options[name] or 0)
    if made_from["function"] == "kaplan_meier":
        options["curve"] = tr(
            "{curve} at the marked times, from rounded counts", curve=tr(options.get("curve", CURVE))
        )
    shown = NOT_TOLD.set(HIDDEN)
    try:
        drawn = getattr(figures, made_from["function"])(*frames, **options)
    except (ValueError, TypeError, KeyError, ZeroDivisionError):
        return None, mark("it cannot be drawn without its suppressed numbers")
    finally:
        NOT_TOLD.reset(shown)
    empty = tr("No data: {what}.", what="\0").partition("\0")[0]
    return (None, mark("every number of it is suppressed")) if drawn.alt.startswith(empty) else (drawn, "")


def _counted(made_from: Mapping[str, Any], exact: Exact, profile: Profile) -> list[tuple[Any, int]] | None:
    """The frames of a figure whose counts are no results, made again; None where that would tell too much."""
    import pandas as pd

    found = AGAIN[made_from["function"]](made_from["frames"], profile, exact)
    if found is None:
        return None
    made = []
    for columns in found:
        frame = pd.DataFrame(columns)
        numeric = [
            name for name in frame if name in ("time", "survival", "conf_low", "conf_high", "n_risk", "n")
        ]
        frame[numeric] = frame[numeric].astype(float)
        measured = [name for name in numeric if name != "time"]
        made.append((frame, int(frame[measured].notna().sum().sum())))
    return made


def _released(columns: Mapping[str, list], exact: Exact, text: Callable[[str], str]) -> tuple[Any, int]:
    """A frame with its released numbers, and how many there are."""
    import pandas as pd

    measured = [name for name in columns if name not in AXES and _is_numeric(columns[name])]
    told: dict[str, list] = {
        name: [text(v) if isinstance(v, str) and name not in AXES else v for v in values]
        for name, values in columns.items()
    }
    count = 0
    for place in range(len(next(iter(columns.values()), []))):
        line = {name: columns[name][place] for name in measured if columns[name][place] is not None}
        for name, value in line.items():
            others = [other for key, other in line.items() if key != name]
            told[name][place] = exact(float(value), others=others)
            count += told[name][place] is not None
    frame = pd.DataFrame(told)
    for name in measured:
        frame[name] = frame[name].astype(float)
    return frame, count


def _is_numeric(values: list) -> bool:
    there = [value for value in values if value is not None]
    return bool(there) and all(
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        for value in there
    )
