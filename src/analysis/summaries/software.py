"""What a report was computed with: packages, input files, choices of method."""

import platform
from importlib import metadata

import pandas as pd

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


def software_versions(packages=PACKAGES) -> pd.DataFrame:
    """Python, the operating system and each package with its version: `component`, `version`.

    Examples
    --------
    >>> software_versions(["numpy"])["component"].tolist()
    ['Python', 'Operating system', 'numpy']
    """
    found = [(name, metadata.version(name)) for name in packages]
    system = f"{platform.system()} ({platform.machine()})"
    rows = [("Python", platform.python_version()), ("Operating system", system), *found]
    return pd.DataFrame(rows, columns=["component", "version"])


def method_choices(study) -> pd.DataFrame:
    """The statistical choices of a study file, and the settings of each response: `choice`, `value`."""
    plain = study.statistics.model_dump()  # the hierarchy and the looks have tables of their own
    choices = [
        (name, value) for name, value in plain.items() if value is not None and not isinstance(value, dict)
    ]
    rules = [
        (entry.label, ", ".join([entry.rule, *(f"{key} {value}" for key, value in entry.settings.items())]))
        for entry in study.responses
    ]
    rows = [(name.replace("_", " "), str(value)) for name, value in [*choices, *rules]]
    return pd.DataFrame(rows, columns=["choice", "value"])
