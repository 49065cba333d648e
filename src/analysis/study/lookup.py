"""The search for names that do not exist, and the check of settings against the function that takes them."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import Any, get_type_hints

from pydantic import ValidationError, create_model

from analysis.references import find_references, no_such
from analysis.study.base import Section
from analysis.study.catalogue import Catalogue
from analysis.study.messages import message_of

Finding = tuple[tuple, str]


def unknown_names(value: Any, catalogue: Catalogue, *, annotation: Any = None) -> Iterator[Finding]:
    """Every name in a section (or in a value of an annotated type) that names nothing: place and message."""
    for reference in find_references(value, annotation):
        known = catalogue.known(reference.kind)
        if known is not None and reference.name not in known:
            yield reference.place, no_such(in_words(reference.kind), reference.name, known)


def in_words(kind: str) -> str:
    """A kind as a message says it.

    Examples
    --------
    >>> in_words("visit"), in_words("treatments.stop_reason")
    ('visit', 'value of treatments.stop_reason')
    """
    return f"value of {kind.replace('|', ' or ')}" if "." in kind else kind


def settings_findings(taker: Callable, given: Mapping, catalogue: Catalogue) -> Iterator[Finding]:
    """Everything wrong with the settings of a rule: unknown and missing keys, wrong types, names of nothing.

    Parameters
    ----------
    taker : function or dataclass
        What takes the settings: its keyword-only parameters (or its fields), with their types.
    given : mapping
        The settings as the file gives them.
    catalogue : Catalogue
        What exists.
    """
    yield from section_findings(settings_model(taker), given, catalogue)


def section_findings(model: type[Section], given: Mapping, catalogue: Catalogue) -> Iterator[Finding]:
    """What is wrong with a part of a file that a section describes, names included."""
    try:
        section = model.model_validate(given)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            yield tuple(item["loc"]), message_of(model, item)
        return
    yield from unknown_names(section, catalogue)


@cache
def settings_model(taker: Callable) -> type[Section]:
    """The section that describes the settings of a function or dataclass."""
    hints = get_type_hints(taker, include_extras=True)
    kinds: list[Any] = [inspect.Parameter.KEYWORD_ONLY]
    if is_dataclass(taker):
        kinds.append(inspect.Parameter.POSITIONAL_OR_KEYWORD)
    asked = [p for p in inspect.signature(taker).parameters.values() if p.kind in kinds]
    fields: dict[str, Any] = {
        p.name: (hints.get(p.name, Any), ... if p.default is p.empty else _default(p.default)) for p in asked
    }
    return create_model(f"Settings of {taker.__name__}", __base__=Section, **fields)


def _default(value: Any) -> Any:
    """A default; those made anew for each object stand as nothing."""
    return None if "factory" in type(value).__name__.lower() else value
