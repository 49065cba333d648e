"""Numbers that the text of an interim report names and that nobody can have yet.

Early in a study a visit has not been reached, a category has nobody, a model cannot be fitted. The id of such a number
is right, the number is not there. Where others of its kind were counted it is 0: a level that nobody has, a visit at
which nobody was seen. Any other becomes a row without a value, shown as *not yet* with the reason. An id with a word
that neither the study nor the code knows is a mistake of writing, and stays one.
"""

import re
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

from analysis.kinds import ESTIMATE, UnknownKind, kind_of
from analysis.result_ids import COLUMNS, ESTIMATED, KEYS, NOT_ESTIMATED, result_id
from pipeline.lists import names_several
from pipeline.variables import SHORT, used_ids
from pipeline.words import chosen_id, words_of

NOTE = "not yet: the data up to the cut give no such number"
NOTE_OF_SITE = "none here: the data of this site give no such number"
NOBODY = "nobody up to the data cut"
PART = re.compile(r"\{\{<\s*include\s+parts/(_\w+\.qmd)\s*>\}\}")
QUOTED = re.compile(r"[\"']([A-Za-z][^\"'\\\n]{0,80})[\"']")


def awaited_rows(root: Path, content: dict, rows: list[dict], *, screen: str = "") -> list[dict]:
    """Rows for the numbers that the text of an interim report names and that are not there: counts of 0, or no value.

    Parameters
    ----------
    root : Path
        Where the report's text lies: the checkout, or the snapshot that a run reads.
    content : dict
        Settings of the report: study, analysis, criteria.
    rows : list of dict
        The results that were published.
    screen : str
        The first screen of the report, which names results, too.
    """
    study, report = content["study"]["id"], content["analysis"]["report"]
    return awaited_in([screen, *texts_of(root, study, report)], content, rows)


def awaited_in(texts: Collection[str], content: dict, rows: list[dict]) -> list[dict]:
    """The same for the texts of a report, wherever they lie."""
    study, report = content["study"]["id"], content["analysis"]["report"]
    if report != "interim" and not content.get("site"):
        return []
    note = NOTE if report == "interim" else NOTE_OF_SITE
    known = {row["result_id"] for row in rows}
    _, chosen = words_of(content["study"])
    asked = {_full(chosen_id(name, chosen)) for name in single_ids(texts)} - known
    if not asked:  # nearly always: what follows reads all code
        return []
    vocabulary = words_known(content)
    possible = [name for name in sorted(asked) if is_possible(name, vocabulary)]
    visits = {visit["id"].lower() for visit in content["study"]["visits"]}
    return [_row(name, study, report, note, nobody=is_of_nobody(name, rows, visits)) for name in possible]


def single_ids(texts: Collection[str]) -> set[str]:
    """The ids in texts that name one result each; a list of several says itself that it has none."""
    return {name for name in used_ids(texts) if not names_several(name)}


def is_of_nobody(name: str, rows: list[dict], visits: Collection[str]) -> bool:
    """Whether a count or share that is not there is 0, because others beside it were counted.

    Parameters
    ----------
    name : str
        The id of the number.
    rows : list of dict
        The results that were published.
    visits : collection of str
        The visits of the study as ids write them; what else stands in the place of a visit is a level.

    Examples
    --------
    >>> other = {"result_id": "baseline.fas.antibody.anti_jo_1.all.count"}
    >>> is_of_nobody("baseline.fas.antibody.anti_mda5.all.count", [other], ["w24"])
    True
    >>> is_of_nobody("flow.all.screened.all.all.n", [other], ["w24"])
    False
    """
    analysis, population, variable, place, group, statistic = name.split(".")
    ids = [row["result_id"].split(".") for row in rows]
    if place == "all" or statistic not in ("n", "count", "n_missing", "proportion"):
        return False
    if place not in visits:
        beside = [analysis, population, variable, group, statistic]
        return statistic != "n" and any([*one[:3], *one[4:]] == beside for one in ids if one[3] != "all")
    reached = any(one[0] == analysis and one[3] == place for one in ids)
    known = f"flow.all.visit_{place}.all.all.known"
    nobody = any(row["result_id"] == known and row["value"] == 0 for row in rows)
    return statistic != "proportion" and nobody and not reached


def texts_of(root: Path, study: str, report: str) -> list[str]:
    """The text of a report and of the parts that it takes in."""
    reports, texts, seen = root / "reports", [], set()
    waiting = [reports / study / f"{report}.qmd"]
    while waiting:
        file = waiting.pop()
        if file not in seen and file.is_file():
            seen.add(file)
            texts.append(file.read_text(encoding="utf-8"))
            waiting += [reports / "_parts" / part for part in PART.findall(texts[-1])]
    return texts


def is_possible(name: str, vocabulary: Collection[str]) -> bool:
    """Whether an id has six parts of words that the study or the code knows.

    Examples
    --------
    >>> words = {"change", "mean", "fas", "cdai", "w24", "all", "estimate"}
    >>> is_possible("change_mean.fas.cdai.w24.all.estimate", words)
    True
    >>> is_possible("chnage_mean.fas.cdai.w24.all.estimate", words), is_possible("change_mean.fas", words)
    (False, False)
    """
    parts = name.split(".")
    return len(parts) == len(KEYS) + 1 and all(
        word in vocabulary for part in parts for word in part.split("_")
    )


def words_known(content: dict) -> set[str]:
    """Every word that an id of a report's results may be made of: of its settings, and of the code."""
    return _words(content) | code_words()


def unknown_words(name: str, vocabulary: Collection[str]) -> list[str]:
    """The words of an id that neither the study nor the code knows.

    Examples
    --------
    >>> unknown_words("chnage.fas.cdai.w24.all.with_ci", {"change", "fas", "cdai", "w24", "all", "estimate"})
    ['chnage']
    """
    return [word for part in _full(name).split(".") for word in part.split("_") if word not in vocabulary]


def _full(name: str) -> str:
    """The id of the row that a short form is made from: ``with_ci`` of the estimate."""
    before, _, leaf = name.rpartition(".")
    return f"{before}.{SHORT.get(leaf, leaf)}"


def _row(name: str, study: str, report: str, note: str, *, nobody: bool) -> dict:
    *keys, statistic = name.split(".")
    named = dict(zip(KEYS, keys, strict=True))
    given = {"result_id": name, "study": study, "report": report, "statistic": statistic, **named}
    kind = _kind(statistic)
    none = {"value": 0.0, "note": NOBODY, "status": ESTIMATED} if nobody else {}
    unit = {"unit": "proportion"} if statistic == "proportion" else {}
    return {
        **dict.fromkeys(COLUMNS),
        **dict.fromkeys(("unit", "method", "notebook"), ""),
        **given,
        "kind": kind,
        **{"note": note, "status": NOT_ESTIMATED, **none, **unit},
    }


def _kind(statistic: str) -> str:
    """The kind of a number that is not there; a statistic whose kind its own function says counts as an estimate."""
    try:
        return kind_of(statistic)
    except UnknownKind:
        return ESTIMATE


def _words(content) -> set[str]:
    """Every word of the settings, keys and values, as ids write them."""
    if isinstance(content, dict):
        return {word for pair in content.items() for entry in pair for word in _words(entry)}
    if isinstance(content, list | tuple):
        return {word for entry in content for word in _words(entry)}
    return set(_split(content)) if isinstance(content, str) and len(content) <= 80 else set()


@cache
def code_words() -> frozenset[str]:
    """Every word between quotes in the code and the notebooks, as ids write them, and names of fields."""
    code = Path(__file__).resolve().parents[1]
    files: Iterable[Path] = [
        *(code / "analysis").rglob("*.py"),
        *(code / "studies").rglob("*.py"),
        *(code.parent / "notebooks").glob("*.ipynb"),
    ]
    quoted, fields = {"all"}, set()
    for file in files:
        text = file.read_text(encoding="utf-8").replace('\\"', '"')
        quoted.update(QUOTED.findall(text))
        fields.update(re.findall(r"^\s+(\w+): (?:int|float)", text, re.M))
    return frozenset(word for name in fields for word in name.split("_")).union(*map(_split, quoted))


def _split(text: str) -> list[str]:
    return result_id(text).replace(".", "_").split("_")
