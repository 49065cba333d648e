"""What a report was computed with: packages, input files, choices of method."""

import platform
from importlib import metadata
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.columns import in_words
from analysis.columns.settings import spoken, value_in_words
from analysis.language import Texts, commas, tr

if TYPE_CHECKING:
    from analysis.study import Study

PACKAGES = (
    "numpy",
    "pandas",
    "scipy",
    "statsmodels",
    "pyarrow",
    "matplotlib",
    "seaborn",
    "papermill",
    "nbclient",
)


def software_versions(packages: Any = PACKAGES) -> pd.DataFrame:
    """Python, the operating system and each package with its version: `component`, `version`.

    Examples
    --------
    >>> software_versions(["numpy"])["component"].tolist()
    ['Python', 'Operating system', 'numpy']
    """
    found = [(name, metadata.version(name)) for name in packages]
    system = f"{platform.system()} ({platform.machine()})"
    rows = [("Python", platform.python_version()), (tr("Operating system"), system), *found]
    return pd.DataFrame(rows, columns=["component", "version"])


CHOICES = Texts(
    {
        "confidence_level": "Confidence level",
        "exact_max": "Largest sample with an exact signed-rank distribution",
        "zeros": "Zero differences in the signed-rank test",
        "continuity": "Continuity correction beyond that size",
        "lod_substitution": "Results below the detection limit enter as",
        "seed": "Seed of random numbers",
    }
)
RULES = Texts(
    {
        "total_improvement_score": "Total Improvement Score",
        "imacs_improvement": "IMACS definition of improvement",
        "acr_response": "ACR response",
        "eular_response": "EULAR response",
        "disease_state": "Disease state",
        "boolean_remission": "Boolean remission",
        "index_response": "Response by score",
        "minimum": "at least",
        "instrument": "score",
        "at_most": "at most",
        "version": "version",
        "level": "level",
        "joints": "joints",
        "response": "response",
    }
)


def method_choices(study: "Study") -> pd.DataFrame:
    """The statistical choices of a study file, and the settings of each response, in words: `choice`, `value`."""
    plain = study.statistics.model_dump()  # the hierarchy and the looks have tables of their own
    choices = [
        (CHOICES.get(name, name.replace("_", " ").capitalize()), value_in_words(in_words(name, value)))
        for name, value in plain.items()
        if value is not None and not isinstance(value, dict)
    ]
    rules = [(entry.label, _rule_in_words(entry.rule, entry.settings)) for entry in study.responses]
    return pd.DataFrame([*choices, *rules], columns=["choice", "value"])


def _rule_in_words(rule: str, settings: dict) -> str:
    """A rule of response with its settings."""
    said = [
        tr("{name} {value}", name=RULES.get(name, spoken(name)), value=value_in_words(value))
        for name, value in settings.items()
    ]
    return commas([RULES.get(rule, rule.replace("_", " ").capitalize()), *said])
