"""When the visits of a file were: the values of its visit column as moments, and times that only repeat them."""

import re

import pandas as pd

from analysis.read.text import normalise
from pipeline.draft import names
from pipeline.draft.layout import File
from pipeline.draft.look import Seen
from pipeline.draft.names import Moment, moment, plain


def visit_moments(file: File) -> dict[str, Moment]:
    """The values of the visit column in order of time, each with its moment; none where there is no such column."""
    name = file.visit
    if name is None or file.windows:
        return {}
    seen, word = file.seen[name], names.unit_word(name)
    cells = file.rows[name].fillna("").map(normalise)
    said = _words_beside(file, name, cells)
    found = {text: _moment_of(said.get(text, text), word, seen) for text in dict.fromkeys(cells) if text}
    ordered = sorted(found.items(), key=lambda pair: pair[1].days)
    return dict(ordered)


def moment_of_visit(file: File, name: str) -> bool:
    """Whether a column that is named like a time says when the visit was: it grows from one visit to the next."""
    seen = file.seen[name]
    if seen.kind != "number" or plain(name) not in (*names.VISIT, *names.TIME) or file.visit is None:
        return False
    when = {text: moment.days for text, moment in visit_moments(file).items()}
    rows = pd.DataFrame(
        {
            "key": file.key(),
            "when": file.rows[file.visit].fillna("").map(normalise).map(when),
            "time": pd.to_numeric(file.rows[name], errors="coerce"),
        }
    ).dropna()
    steps = rows.sort_values("when", kind="stable").groupby("key")["time"].diff().dropna()
    return bool(len(steps)) and float(steps.gt(0).mean()) >= 0.95


def _words_beside(file: File, visit: str, cells: pd.Series) -> dict[str, str]:
    """What another column calls the visits that one numbers (``AVISITN`` 8 is ``AVISIT`` Week 8)."""
    if file.seen[visit].kind != "number":
        return {}
    for name, seen in file.seen.items():
        if plain(name) in names.VISIT and seen.kind in ("category", "text") and name != visit:
            pairs = pd.DataFrame({"visit": cells, "words": file.rows[name].fillna("")}).drop_duplicates()
            if not pairs["visit"].duplicated().any():
                return dict(zip(pairs["visit"], pairs["words"]))
    return {}


def _moment_of(text: str, word: str, seen: Seen) -> Moment:
    """One value of the visit column; the name of the column gives a bare number its unit."""
    meaning = (seen.codes or {}).get(text, text)
    bare = re.sub(r"_arm_\d+[a-z]?$", "", meaning.lower())
    unit = re.sub(r"s$|^avisitn?$|^visit.*|^(?:study_?)?(?=day)|^ady$", "", word) or "visit"
    unit = {"wk": "week", "mo": "month", "visitdy": "day", "vsdy": "day"}.get(unit, unit)
    if re.fullmatch(r"-?\d+(\.\d+)?", bare):
        number = float(bare)
        timed = moment(f"{unit}{abs(number):g}")
        if timed and timed.exact and number >= 0:
            return timed
        shown = "Baseline" if number == 0 else f"{names.words(unit)} {number:g}"
        return Moment(number, shown, False)
    found = moment(bare.replace(" ", "").replace("_", ""))
    if found:
        return found._replace(shown=found.shown if found.exact else names.words(meaning))
    return Moment(1e7 + _order_seen(text, seen), names.words(meaning), False)


def _order_seen(text: str, seen: Seen) -> float:
    """Values that speak of no time stand in the order of the dictionary or of the alphabet."""
    listed = [*(seen.codes or seen.texts)]
    return float(listed.index(text)) if text in listed else float(len(listed))
