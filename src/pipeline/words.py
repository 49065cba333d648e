"""Words and parts of ids that a study's settings decide, for the text of its reports.

A study names its package (`package:` in study.yml); the module ``words`` of that package may give `in_prose`, words for
``{{< meta primary-score >}}``, and `in_ids`, parts of result ids that stand for what the settings chose:
``{{< var response_nri.cohort.primary_response.primary_visit.all.with_ci >}}``. `labels` says what its measures are
called.
"""

import importlib
import importlib.util
import re
from collections.abc import Mapping
from typing import Any

META = re.compile(r"\{\{<\s*meta\s+([\w-]+)\s*>\}\}")


def words_of(content: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Words for the text, and parts of ids, of a study as its settings file holds it; none without a package."""
    from analysis.study import as_study

    words = _module(content)
    if words is None:
        return {}, {}
    study = as_study(content)
    return words.in_prose(study), words.in_ids(study)


def with_words(text: str, words: Mapping[str, str]) -> str:
    """A text with the words that settings choose in their places.

    Examples
    --------
    >>> with_words("{{< meta primary-score >}} at week 24", {"primary-score": "CDAI"})
    'CDAI at week 24'
    """
    return META.sub(lambda found: str(words.get(found[1], found[0])), text)


def measure_labels(content: dict[str, Any]) -> dict[str, str]:
    """What a study's package calls its measures, by id and column, in English; `labels` of its module ``words``."""
    return getattr(_module(content), "labels", dict)()


def names_of_results(content: dict[str, Any]) -> Mapping[str, str]:
    """What a study's package calls results of its own kinds, by a pattern of `pipeline.result_names`; `results` of its
    module ``words``.
    """
    return getattr(_module(content), "results", dict)()


def _module(content: dict[str, Any]) -> Any:
    package = content.get("package")
    if not package or importlib.util.find_spec(f"{package}.words") is None:
        return None
    return importlib.import_module(f"{package}.words")


def directions_of(study: dict) -> dict[str, bool]:
    """Whether more is better, by variable and endpoint, where the study says so."""
    own = {name: entry["higher_is_better"] for name, entry in study["variables"].items()}
    named = {entry["id"]: entry["higher_is_better"] for entry in study["endpoints"]}
    return {name.lower(): better for name, better in {**own, **named}.items() if better is not None}


def labels_of(study: dict) -> dict[str, dict[str, str]]:
    """Words for what results are keyed by, as the study file gives them."""
    groups = study.get("groups") or {}
    own = {name.lower(): entry["label"] for name, entry in study["variables"].items()}
    named = {entry["id"].lower(): entry["label"] for entry in (*study["endpoints"], *study["responses"])}
    return {
        "variable": {**own, **named},
        "visit": {entry["id"].lower(): entry["label"] for entry in study["visits"]},
        "group": {name.lower(): label for name, label in (groups.get("labels") or {}).items()},
        "population": {name.lower(): entry["label"] for name, entry in study["populations"].items()},
    }


def chosen_id(name: str, parts: dict[str, str]) -> str:
    """The id of a result that the text names by what the settings choose.

    Examples
    --------
    >>> chosen_id("activity.cohort.primary_score.w00.all.mean", {"primary_score": "cdai"})
    'activity.cohort.cdai.w00.all.mean'
    """
    return ".".join(parts.get(part, part) for part in name.split("."))
