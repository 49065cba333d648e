"""Every key of study.yml, interim.yml and final.yml, read off the models that check these files."""

import ast
import inspect
import types
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pipeline.handbook.markdown import code, plain, table

PLAIN = {
    **{str: "text", int: "whole number", float: "number", bool: "true or false"},
    **{date: "date, YYYY-MM-DD", Any: "anything"},
}
SIGNS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
LONGEST = 60  # characters of an example


def study_keys(root: Path) -> str:
    """The sections of study.yml: a table each, in the order in which they are met."""
    from analysis.study import Study

    return _sections(Study, root, top="study.yml")


def report_keys(root: Path) -> str:
    """The sections of interim.yml and final.yml."""
    from analysis.study import Analysis

    return _sections(Analysis, root, top="interim.yml and final.yml")


def criteria_keys(root: Path) -> str:
    """The sections of a list of criteria with every key."""
    from analysis.study.criteria import Criteria

    return _sections(Criteria, root, top="eligibility.yml")


def kinds_of_names(root: Path) -> str:
    """The kinds of names that a parameter of a notebook can be, with some that exist in a study of this project."""
    from analysis import read
    from analysis.study.catalogue import KINDS, Catalogue

    study = max(
        (read.study(file) for file in root.glob("params/*/study.yml")), key=lambda s: len(s.responses)
    )
    catalogue = Catalogue(study, criteria=study._criteria, notebooks=["baseline", "change", "response"])
    some = {kind: list(catalogue.known(kind) or ())[:4] for kind in KINDS}
    rows = [(code(f"{kind}:"), ", ".join(map(code, names)) or "-") for kind, names in some.items()]
    head = ("The comment begins with", f"Such as, in {study.id}")
    return table(head, rows, caption="Kinds of names", label="kinds-of-names", widths=(30, 70))


def settings_keys(root: Path) -> str:
    """The sections of `settings`, for each package that a study of this project names."""
    from analysis import read
    from analysis.study.package import settings_model

    studies = [read.study(file) for file in sorted(root.glob("params/*/study.yml"))]
    packages = dict.fromkeys(study.package for study in studies if study.package)
    return "\n".join(
        _sections(settings_model(name), root, top=f"Settings of {name}", ident=f"{name.rpartition('.')[2]}-")
        for name in packages
    )


def _sections(model, root: Path, *, top: str, ident: str = "") -> str:
    found = reachable(model)
    examples = _examples(root)
    return "\n".join(
        _section(each, examples, name=top if each is model else each.__name__, ident=ident, top=each is model)
        for each in found
    )


def reachable(model: Any) -> list:
    """A model and all sections inside it, each once."""
    found = [model]
    for field in (field for each in found for field in each.model_fields.values()):
        found += [inner for inner in sections_in(field.annotation) if inner not in found]
    return found


def sections_in(annotation: Any) -> list:
    """The sections that a type mentions."""
    if _is_section(annotation):
        return [annotation]
    return [inner for part in get_args(annotation) for inner in sections_in(part)]


def _is_section(entry) -> bool:
    return inspect.isclass(entry) and hasattr(entry, "model_fields")


def _section(model, examples: dict, *, name: str, ident: str = "", top: bool = False) -> str:
    comments, ident = field_comments(model), f"keys-{ident}{model.__name__.lower()}"
    rows = [
        (
            code(field.alias or key),
            plain(in_words(field.annotation, field.metadata)),
            _default(field),
            plain(field.description or comments.get(key, "")),
            code(examples.get((model, key), "")),
        )
        for key, field in model.model_fields.items()
    ]
    head = ("Key", "Value", "When left out", "Meaning", "Example")
    widths = (16, 24, 12, 28, 20)
    made = table(head, rows, caption=f"Keys of {plain(name)}", label=ident, widths=widths)
    level = "#" if top else "##"
    return f"{level} {plain(name)} {{#sec-{ident}}}\n\n{plain(inspect.getdoc(model) or '')}\n\n{made}\n"


def _default(field) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value in ([], {}, ""):
        return "nothing"
    return "as below" if _is_section(type(value)) else code(_short(value))


def _short(value) -> str:
    """A value as a study file would show it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list | tuple) else str(value)


def in_words(annotation: Any, constraints: Any = ()) -> str:
    """A type as a reader of a study file thinks of it.

    Examples
    --------
    >>> in_words(list[int])
    'list of whole number'
    >>> in_words(Literal["sooner", "later"] | None)
    'sooner or later'
    """
    limits = [
        f"{SIGNS[sign]} {getattr(rule, sign)}"
        for rule in constraints
        for sign in SIGNS
        if hasattr(rule, sign)
    ]
    patterns = [f"like {code(rule.pattern)}" for rule in constraints if getattr(rule, "pattern", None)]
    return ", ".join([_type_words(annotation), *limits, *patterns])


def _type_words(annotation) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        rules = [rule for entry in inner[1:] for rule in (getattr(entry, "metadata", None) or [entry])]
        return in_words(inner[0], rules)
    if origin is Literal:
        return " or ".join(map(str, inner))
    if origin in (Union, types.UnionType):
        return " or ".join(_type_words(part) for part in inner if part is not type(None))
    if origin is list:
        return f"list of {_type_words(inner[0])}"
    if origin is dict:
        return f"{_type_words(inner[1])} by name"
    if _is_section(annotation):
        return f"section {annotation.__name__}"
    if isinstance(annotation, TypeVar):
        return "section of the study's package"
    return PLAIN.get(annotation, getattr(annotation, "__name__", str(annotation)))


@cache
def field_comments(model: Any) -> dict[str, str]:
    """The comment on the lines that declare each key, in the model or in what it extends."""
    parent = model.__base__
    found = dict(field_comments(parent)) if getattr(parent, "model_fields", None) else {}
    source = inspect.getsource(model)
    lines = source.splitlines()
    for node in ast.parse(source).body[0].body:  # type: ignore[attr-defined]
        if isinstance(node, ast.AnnAssign):
            parts = [line.partition("  # ")[2] for line in lines[node.lineno - 1 : node.end_lineno]]
            found[node.target.id] = " ".join(part.strip() for part in parts if part)  # type: ignore[union-attr]
    return found


def _examples(root: Path) -> dict[tuple[type, str], str]:
    """The first value of each key in the study files of this project, where it is short."""
    from analysis import read

    found: dict[tuple[type, str], str] = {}
    for file in sorted(root.glob("params/*/study.yml")):
        study = read.study(file)
        _collect(study, found)
        for report in ("interim", "final"):
            if (path := file.with_name(f"{report}.yml")).is_file():
                _collect(read.analysis(path, study), found)
    return found


def _collect(section, found: dict) -> None:
    """Note the values of a section and of the sections inside it."""
    for key in type(section).model_fields:
        value = getattr(section, key)
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        sections = [entry for entry in inside if _is_section(type(entry))]
        for entry in sections:
            _collect(entry, found)
        given = key in section.model_fields_set and value not in (None, [], {}, "")
        if given and not sections and not isinstance(value, dict) and len(_short(value)) <= LONGEST:
            found.setdefault((_declared(type(section)), key), _short(value))


def _declared(model) -> type:
    """The model as it is declared, without the settings that were put in."""
    return model.__pydantic_generic_metadata__["origin"] or model
