"""What the parameters of a notebook name, and the search for names of nothing among their values.

A text parameter says in its comment, before a colon, what its value is: the kind of thing it names (`visit: last one
shown`), the choices there are (`one of low, high: ...`), or that it is `text: ...`. An empty text, or a list without
entries, names nothing.
"""

import ast
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.study.catalogue import Catalogue

GIVEN_BY_THE_RUN = ("study", "report")  # never written by a user
Finding = tuple[tuple[str | int, ...], str]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One line of a notebook's cell of parameters.

    Attributes
    ----------
    name, type : str
        As declared.
    default : object
        Its value in the notebook.
    kind : str
        The kind of thing it names, ``text`` for free text, empty where the comment does not say.
    choices : tuple of str
        What it is one of, where the comment lists that.
    meaning : str
        The rest of the comment.
    """

    name: str
    type: str
    default: Any
    kind: str
    choices: tuple[str, ...]
    meaning: str


def declared(notebook: Any) -> dict[str, Parameter]:
    """The parameters of an open notebook, by name.

    Raises
    ------
    KeyError
        No cell is tagged ``parameters``.
    """
    from papermill.inspection import _infer_parameters

    copied = deepcopy(notebook)
    for cell in copied.cells:
        cell.metadata.setdefault("tags", [])
    if not any("parameters" in cell.metadata.tags for cell in copied.cells):
        raise KeyError("no cell is tagged 'parameters'")
    found = _infer_parameters(copied, name="python3", language="python")
    return {each.name: _parameter(each) for each in found}


def _parameter(found: Any) -> Parameter:
    """One parameter as Papermill reads its line."""
    before, sign, after = str(found.help).strip().partition(":")
    said = before.strip() if sign and len(before.split()) <= 12 else ""
    choices = (
        tuple(part.strip() for part in said.removeprefix("one of ").split(","))
        if said[:7] == "one of "
        else ()
    )
    try:
        default = ast.literal_eval(found.default)
    except (ValueError, SyntaxError):
        default = None
    kind = "" if choices else said
    meaning = after.strip() if said else str(found.help).strip()
    return Parameter(found.name, found.inferred_type_name, default, kind, choices, meaning)


def is_text(parameter: Parameter) -> bool:
    """Whether a parameter takes text, and so must say what it names."""
    return parameter.type in ("str", "list[str]", "list") and parameter.name not in GIVEN_BY_THE_RUN


def parameter_findings(notebook: Any, given: Mapping[str, Any], catalogue: "Catalogue") -> Iterator[Finding]:
    """Names of nothing among the values that a notebook would run with: its defaults, and over them those given.

    Parameters
    ----------
    notebook : NotebookNode
        An open notebook.
    given : mapping
        Values of the report's file.
    catalogue : Catalogue
        What exists in the study.

    Yields
    ------
    tuple
        The place below ``parameters`` and what is wrong there.
    """
    for name, parameter in declared(notebook).items():
        if not is_text(parameter):
            continue
        value = given.get(name, parameter.default)
        origin = "" if name in given else f" (the default of the notebook; give {name} in this file)"
        for n, text in _texts(value):
            if said := _what_is_wrong(text, parameter, catalogue):
                yield (name,) if n is None or name not in given else (name, n), f"{name}: {said}{origin}"


def _texts(value: Any) -> list[tuple[int | None, str]]:
    """The texts of a value with their places; empty ones name nothing."""
    if isinstance(value, str):
        return [(None, value)] if value else []
    return [(n, str(text)) for n, text in enumerate(value)] if isinstance(value, list) else []


def _what_is_wrong(text: str, parameter: Parameter, catalogue: "Catalogue") -> str | None:
    """What keeps a text from being the name of something."""
    from analysis.references import no_such
    from analysis.study.catalogue import KINDS
    from analysis.study.lookup import in_words

    if parameter.kind == "text":
        return None
    if parameter.choices:
        return None if text in parameter.choices else no_such("choice", text, parameter.choices)
    if parameter.kind not in KINDS and "." not in parameter.kind:
        near = get_close_matches(parameter.kind, KINDS, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        said = f"'{parameter.kind}:' is no kind of name{hint}"
        if not parameter.kind:
            said = "begin its comment with the kind of name and a colon, such as `# variable: what is shown`"
        return f"the notebook does not say what it names: {said}"
    known = catalogue.known(parameter.kind)
    return no_such(in_words(parameter.kind), text, known) if known is not None and text not in known else None
