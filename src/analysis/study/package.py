"""The package of a study's own notebooks: the model of its `settings` is looked up under the name the file gives."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable, Iterator
from typing import Any

from analysis.columns import nearest
from analysis.study.base import Section


class StudySettings(Section):
    """Settings of a study's own notebooks."""

    def findings(self, study: Any) -> Iterable[tuple[tuple, str]]:
        """What contradicts the rest of the study file: place below `settings`, and message."""
        return ()


def role_findings(study: Any, response: str) -> Iterator[tuple[tuple, str]]:
    """Responses whose `role` says otherwise than `settings`, which names the primary one: place and message."""
    for entry in study.responses:
        if entry.id == response and entry.role != "primary":
            text = f"'{response}' has the role {entry.role} under `responses`; give it the role primary"
            yield ("primary", "response"), text
        elif entry.id != response and entry.role == "primary":
            text = f"is '{response}', and '{entry.id}' has the role primary; give that one another role"
            yield ("primary", "response"), text


class NoSettings(StudySettings):
    """Settings of a study without a package: there are none."""


class UnknownSettings(StudySettings, extra="allow"):
    """Settings that cannot be checked, as their package is not there."""


def settings_model(package: str | None) -> type[StudySettings]:
    """The model of a study's settings.

    Parameters
    ----------
    package : str or None
        A package with a module ``settings`` that holds the model ``Settings``.

    Raises
    ------
    LookupError
        No such package; the message names the nearest one and all there are.
    """
    if package is None:
        return NoSettings
    try:
        found = importlib.import_module(f"{package}.settings")
    except ModuleNotFoundError as error:
        if error.name is None or not f"{package}.settings".startswith(error.name):
            raise
        known = _packages_beside(package)
        there = f"; there are {', '.join(known)}" if known else ""
        raise LookupError(f"no package '{package}'{nearest(package, known)}{there}") from None
    return found.Settings


def _packages_beside(package: str) -> list[str]:
    """The packages with settings in the same parent."""
    parent = package.rpartition(".")[0]
    try:
        within = importlib.import_module(parent) if parent else None
    except ModuleNotFoundError:
        return []
    names = [found.name for found in pkgutil.iter_modules(getattr(within, "__path__", []), f"{parent}.")]
    return [name for name in names if importlib.util.find_spec(f"{name}.settings")]
