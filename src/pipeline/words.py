"""Words and parts of ids that a study's settings decide, for the text of its reports.

A study names its package (`package:` in study.yml); the module ``words`` of that package may give `in_prose`, words for
``{{< meta primary-score >}}``, and `in_ids`, parts of result ids that stand for what the settings chose:
``{{< var response_nri.cohort.primary_response.primary_visit.all.with_ci >}}``.
"""

import importlib
import importlib.util
from typing import Any


def words_of(content: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Words for the text, and parts of ids, of a study as its settings file holds it; none without a package."""
    from analysis.study import as_study

    package = content.get("package")
    if not package or importlib.util.find_spec(f"{package}.words") is None:
        return {}, {}
    words, study = importlib.import_module(f"{package}.words"), as_study(content)
    return words.in_prose(study), words.in_ids(study)


def chosen_id(name: str, parts: dict[str, str]) -> str:
    """The id of a result that the text names by what the settings choose.

    Examples
    --------
    >>> chosen_id("activity.cohort.primary_score.w00.all.mean", {"primary_score": "cdai"})
    'activity.cohort.cdai.w00.all.mean'
    """
    return ".".join(parts.get(part, part) for part in name.split("."))
