"""What a site is shown of the others: the range of a result, of enough sites with enough patients, and no name.

The rules are those of a release (`pipeline.share`): a small count, a share of one, an extreme is told of no site, and
where one of the others has such a number none of them is told. A site with few patients behind a number is in no range.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis.kinds import EXTREME, LIMIT, PERSONS, SETTING
from analysis.result_ids import ESTIMATED, KEYS, result_id
from pipeline.files import read_json, write_whole
from pipeline.project import as_json

LEAST, MOST = "others_least", "others_most"  # before the name of the analysis: the ends of a range
COUNTED = "others_counted"  # likewise: how many sites it is of
ON_RECORD = "site.all.on_record.all.all.n"
NO_RESULT, FEW_SITES, FEW_PATIENTS = "no result", "few sites", "few patients"
TESTS = ("p_value", "p_adjusted", "statistic", "df", "z", "order", "achieved_level")
COUNTS = {"count", "n", "n_missing", "n_pairs"}
FEW = {"few people", "people behind it unknown", "few people on one side", "of too few"}
WHERE = ("unit", "notebook", *KEYS, "statistic")


@dataclass(frozen=True, slots=True)
class Range:
    """A result and its range at the other sites.

    Attributes
    ----------
    result_id : str
    least, most : float or None
        The lowest and the highest of the others; None where there is no range.
    sites : int
        How many other sites it is of.
    why : str
        Why there is none; empty where there is one.
    named : dict of str to str
        Keys, unit and notebook of the result.
    """

    result_id: str
    least: float | None
    most: float | None
    sites: int
    why: str
    named: dict[str, str]


def write_ranges(*, root: str, folders: str) -> None:
    """Write what each site is shown of the others.

    Parameters
    ----------
    root : str
        The snapshot, for the text of the report.
    folders : str
        The folder of each site as built, by its key, as JSON.
    """
    places = {site: Path(folder) for site, folder in json.loads(folders).items()}
    contents = {
        site: json.loads((place / "settings.json").read_text("utf-8")) for site, place in places.items()
    }
    results = {site: _results(place, contents[site]) for site, place in places.items()}
    names = list(
        dict.fromkeys(name for site in places for name in _asked(Path(root), contents[site], results[site]))
    )
    settings = next(iter(contents.values()))["study"]
    level, sites = settings["statistics"]["confidence_level"], settings["sites"]
    told = {site: told_of_site(results[site], names, sites["fewest_patients"], level) for site in places}
    for site, place in places.items():
        found = ranges(site, names, told, results, fewest=sites["fewest_sites"])
        write_whole(place / "others.json", as_json([asdict(one) for one in found]))


def _results(place: Path, content: Mapping) -> dict[str, dict]:
    from pipeline.publish.results import collected_results

    names = [entry["name"] for entry in content["analysis"]["notebooks"]]
    return {
        row["result_id"]: row
        for row in collected_results([place / "results" / f"{name}.json" for name in names])
    }


def _asked(root: Path, content: dict, results: Mapping[str, dict]) -> Iterable[str]:
    """The results that are compared: those of the study file, else those that the first screen and the text name."""
    from pipeline.awaited import texts_of
    from pipeline.lists import names_several
    from pipeline.publish.first_screen import first_screen
    from pipeline.variables import SHORT, USED
    from pipeline.words import chosen_id, words_of

    study = content["study"]
    chosen = words_of(study)[1]
    screen = first_screen(content, results.values(), chosen)
    texts = [screen, *texts_of(root, study["id"], content["analysis"]["report"])]
    compared = study["sites"]["compared"]
    named = [
        f"{prefix}.{SHORT.get(leaf, leaf)}"
        for name in compared or (name for text in texts for name in USED.findall(text))
        if not names_several(name)
        for prefix, _, leaf in [chosen_id(name, chosen).rpartition(".")]
    ]
    return named if compared else main_numbers(named)


def main_numbers(names: Sequence[str]) -> list[str]:
    """Of each result what it says, not what that is of: counts stand alone where nothing else is named beside them.

    Examples
    --------
    >>> main_numbers(["cure.all.x.w4.all.estimate", "cure.all.x.w4.all.count", "flow.all.seen.all.all.n"])
    ['cure.all.x.w4.all.estimate', 'flow.all.seen.all.all.n']
    """
    parts = [name.rpartition(".") for name in names]
    told = {prefix for prefix, _, leaf in parts if leaf not in COUNTS}
    return [f"{prefix}.{leaf}" for prefix, _, leaf in parts if leaf not in COUNTS or prefix not in told]


def told_of_site(
    results: Mapping[str, dict], names: Iterable[str], fewest: int, level: float
) -> dict[str, tuple[float | None, str]]:
    """What of one site may stand in a range, by id: its value, or None and why not.

    Parameters
    ----------
    results : mapping of str to dict
        The results of the site by id.
    names : iterable of str
        Ids of the results that are compared.
    fewest : int
        Patients that a number must be of; a count below it, or one that leaves fewer, is told of no site.
    level : float
        Confidence level of the study.
    """
    from pipeline.share.cells import WHOLE
    from pipeline.share.derived import told_of
    from pipeline.share.profiles import Profile
    from pipeline.share.protect import primary

    profile = Profile("sites", "the other sites of the study", smallest=fewest)
    why = {name: reason for name, row in results.items() if (reason := primary(row, profile))}
    told: dict[str, tuple[float | None, str]] = {}
    for name in names:
        row = results.get(name)
        if row is None or row["value"] is None:
            told[name] = None, NO_RESULT
        elif row.get("kind") == PERSONS and row["statistic"] in WHOLE:
            told[name] = (row["value"], "") if row["value"] >= fewest else (None, FEW_SITES)
        else:
            people = row.get("denominator") if row.get("patients") is None else row["patients"]
            _, reason = told_of({**row, "patients": people}, results, why, profile, level)
            few = people is None or people < fewest or reason in FEW
            told[name] = (None, FEW_SITES if few else FEW_PATIENTS) if few or reason else (row["value"], "")
    return told


def ranges(
    site: str,
    names: Sequence[str],
    told: Mapping[str, Mapping[str, tuple[float | None, str]]],
    results: Mapping[str, Mapping[str, dict]],
    *,
    fewest: int,
) -> list[Range]:
    """The range of each result at the sites but one.

    Parameters
    ----------
    site : str
        The site that they are shown to.
    names : sequence of str
        Ids of the results that are compared.
    told : mapping
        What of each site may be told, see `told_of_site`.
    results : mapping
        The results of each site by id.
    fewest : int
        How many other sites a range must be of.

    Examples
    --------
    >>> told = {name: {"m": (value, "")} for name, value in {"a": 1.0, "b": 2.0, "c": 4.0, "d": 3.0}.items()}
    >>> [(one.least, one.most, one.sites) for one in ranges("c", ["m"], told, {}, fewest=3)]
    [(1.0, 3.0, 3)]
    >>> [(one.least, one.why) for one in ranges("c", ["m"], told, {}, fewest=4)]
    [(None, 'few sites')]
    """
    found = []
    for name in names:
        row = next((rows[name] for rows in results.values() if name in rows), None)
        if row is not None and (row.get("kind") in (EXTREME, LIMIT, SETTING) or row["statistic"] in TESTS):
            continue
        others = [one[name] for key, one in told.items() if key != site]
        values = [value for value, _ in others if value is not None]
        hidden = any(why == FEW_PATIENTS for _, why in others)
        why = FEW_PATIENTS if hidden else FEW_SITES if len(values) < fewest else ""
        named = {key: str(row[key] or "") for key in WHERE} if row else {}
        if why:
            found.append(Range(name, None, None, 0, why, named))
        else:
            found.append(Range(name, min(values), max(values), len(values), "", named))
    return found


def ranges_of(folder: Path) -> list[Range]:
    """What a site is shown of the others, as it was written."""
    return [Range(**one) for one in read_json(folder / "others.json", kind=list) or []]


def rows_of_site(folder: Path, content: Mapping[str, Any]) -> list[dict]:
    """The rows of the results table that a site's report has beside those of its notebooks; none for that of all.

    Its patients, and the ends of each range.
    """
    if not content.get("site"):
        return []
    index = read_json(folder / "data" / "index.json") or {}
    given = {"study": content["study"]["id"], "report": content["analysis"]["report"], "notebook": ""}
    rows = []
    for name in ("on_record", "enrolled", "analysed"):
        keys = {"analysis": "site", "population": "", "variable": name, "visit": "", "group": ""}
        n = float(index["site"][name])
        rows.append({**_row(keys, "n", n, **given), "kind": PERSONS, "patients": n, "n": n})
    for one in ranges_of(folder) if index["site"]["reported"] else ():
        if not one.why:
            rows += _rows_of_range(one, given)
    return rows


def _rows_of_range(one: Range, given: Mapping[str, str]) -> Iterator[dict]:
    """The lowest and the highest of the other sites, and how many they are."""
    named = one.named
    more = {**given, "notebook": named["notebook"], "note": f"lowest and highest of {one.sites} other sites"}
    of_result = {key: named[key] for key in KEYS}
    for which, value in ((LEAST, one.least), (MOST, one.most)):
        keys = {**of_result, "analysis": f"{which}_{named['analysis']}"}
        yield {**_row(keys, named["statistic"], value, **more), "unit": named["unit"], "kind": EXTREME}
    keys = {**of_result, "analysis": f"{COUNTED}_{named['analysis']}_{named['statistic']}"}
    yield {**_row(keys, "n", float(one.sites), **more), "kind": SETTING}


def _row(keys: Mapping[str, str], statistic: str, value: float | None, **given: str) -> dict:
    from analysis.result_ids import COLUMNS

    blank = {**dict.fromkeys(COLUMNS), "unit": "", "method": "", "note": "", "status": ESTIMATED}
    name = result_id(*(keys[key] for key in KEYS), statistic)
    return {**blank, **keys, **given, "result_id": name, "statistic": statistic, "value": value}


def sites_of(name: str) -> str:
    """The id of the number of sites that a range is of.

    Examples
    --------
    >>> sites_of("change_mean.fas.cdai.w24.all.estimate")
    'others_counted_change_mean_estimate.fas.cdai.w24.all.n'
    """
    analysis, *keys, statistic = name.split(".")
    return ".".join([f"{COUNTED}_{analysis}_{statistic}", *keys, "n"])


def end_of(name: str, which: str) -> str:
    """The id of an end of the range of a result.

    Examples
    --------
    >>> end_of("change_mean.fas.cdai.w24.all.estimate", LEAST)
    'others_least_change_mean.fas.cdai.w24.all.estimate'
    """
    return f"{which}_{name}"
