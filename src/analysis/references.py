"""Names in a study's files: which kind of thing each must be the name of, and the search for those that are not.

A field that holds a name says so in its type, ``visit: VisitId`` or ``measures: list[VariableName]``; keys of a mapping
likewise, ``dict[ScoreId, float]``. `find_references` walks a section and gives every name with its kind and its place;
what exists of each kind is known to `analysis.study.catalogue`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from analysis.columns import nearest

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Marks a type: its text is the name of something of this kind.

    A kind is a word of `analysis.study.catalogue.KINDS`, or ``table.column`` for the values that column may have.
    """

    kind: str


@dataclass(frozen=True, slots=True)
class Reference:
    """One name found in a section: where it stands, the kind of thing it names, and the name."""

    place: Place
    kind: str
    name: str


VisitId = Annotated[str, Names("visit")]
SourceId = Annotated[str, Names("source")]
ResponseId = Annotated[str, Names("response")]
PopulationId = Annotated[str, Names("population")]
VariantName = Annotated[
    str, Names("variant")
]  # a variant of the definition under `sensitivity` of the criteria
TableName = Annotated[str, Names("table")]
ScoreId = Annotated[str, Names("score")]
CourseName = Annotated[str, Names("variable over visits")]  # or the enzyme followed
VariableName = Annotated[str, Names("variable")]  # at a visit: recorded, of the laboratory, or a score
CharacteristicName = Annotated[str, Names("characteristic")]  # at baseline: of the subject or of the visit
SubjectColumn = Annotated[str, Names("column of subjects")]
VisitColumn = Annotated[str, Names("column of visits")]
TreatmentColumn = Annotated[str, Names("column of treatments")]
AnalyteCode = Annotated[str, Names("analyte")]
DrugName = Annotated[str, Names("drug")]
DrugClass = Annotated[str, Names("drug class")]
DrugOrMechanism = Annotated[str, Names("drug or mechanism")]
Mechanism = Annotated[str, Names("mechanism")]
UnitName = Annotated[str, Names("unit")]
DifferenceId = Annotated[str, Names("minimal difference")]
StopReason = Annotated[str, Names("treatments.stop_reason")]
InstrumentId = Annotated[str, Names("instrument")]
InstrumentWithStates = Annotated[str, Names("instrument with states")]
NotebookName = Annotated[str, Names("notebook")]


def find_references(value: Any, annotation: Any = None, place: Place = ()) -> Iterator[Reference]:
    """Every name that a section (or a value of an annotated type) holds.

    Parameters
    ----------
    value : object
        A section of a study file, or a part of one.
    annotation : type, optional
        Its declared type with the marks; a section knows its own.
    place : tuple
        Where it stands.

    Examples
    --------
    >>> found = find_references(["W04", "W12"], list[VisitId], ("visits",))
    >>> [(reference.place, reference.kind, reference.name) for reference in found]
    [(('visits', 0), 'visit', 'W04'), (('visits', 1), 'visit', 'W12')]
    """
    if isinstance(value, BaseModel):
        yield from _of_section(value, place)
        return
    kind, inner = _unwrapped(annotation)
    if kind is not None and isinstance(value, str):
        yield Reference(place, kind, str(value))
    elif isinstance(value, Mapping):
        key_type, value_type = (
            (*get_args(inner), Any, Any)[:2] if get_origin(inner) in (dict, Mapping) else (Any, Any)
        )
        for key, item in value.items():
            yield from find_references(key, key_type, (*place, key))
            yield from find_references(item, value_type, (*place, key))
    elif isinstance(value, list | tuple):
        for n, item in enumerate(value):
            yield from find_references(item, _item_type(inner, n, kind), (*place, n))


def _of_section(section: BaseModel, place: Place) -> Iterator[Reference]:
    """The names in the fields of a section."""
    for name, key, annotation in _naming_fields(type(section)):
        value = getattr(section, name)
        if value is not None:
            yield from find_references(value, annotation, (*place, key))


@cache
def _naming_fields(model: type[BaseModel]) -> list[tuple[str, str, Any]]:
    """The fields of a section that can hold names, each with its key in the file and its type with the marks."""
    hints = get_type_hints(model, include_extras=True)
    fields = [(name, field.alias or name, hints[name]) for name, field in model.model_fields.items()]
    return [(name, key, hint) for name, key, hint in fields if _can_name(hint)]


def _can_name(annotation: Any) -> bool:
    """Whether a name can stand somewhere in a value of this type; of a type variable anything can be expected."""
    if isinstance(annotation, TypeVar) or (
        isinstance(annotation, type) and issubclass(annotation, BaseModel)
    ):
        return True
    marks = annotation.__metadata__ if get_origin(annotation) is Annotated else ()
    if any(isinstance(mark, Names) for mark in marks):
        return True
    inner = (annotation.__origin__,) if marks else get_args(annotation)
    return any(_can_name(part) for part in inner if part is not Ellipsis)


def _unwrapped(annotation: Any) -> tuple[str | None, Any]:
    """The kind an annotation names, if any, and the type without marks and without None; worked out once for each."""
    found = _UNWRAPPED.get(id(annotation))
    if found is None:
        found = _UNWRAPPED[id(annotation)] = (
            annotation,
            *_unwrap(annotation),
        )  # held, so that its id stays its own
    return found[1:]


_UNWRAPPED: dict[int, tuple[Any, str | None, Any]] = {}


def _unwrap(annotation: Any) -> tuple[str | None, Any]:
    """Take marks and None off an annotation."""
    kind = None
    while True:
        if get_origin(annotation) is Annotated:
            kind = next((m.kind for m in annotation.__metadata__ if isinstance(m, Names)), kind)
            annotation = annotation.__origin__
            continue
        parts = [part for part in get_args(annotation) if part is not NoneType]
        if _is_union(annotation) and len(parts) == 1:
            annotation = parts[0]
            continue
        return kind, annotation


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, UnionType)


def _item_type(inner: Any, n: int, kind: str | None) -> Any:
    """The declared type of one item of a list or tuple; a mark on the list as a whole holds for its items."""
    if kind:
        return Annotated[str, Names(kind)]
    given = [part for part in get_args(inner) if part is not Ellipsis]
    if not given:
        return Any
    return given[n] if get_origin(inner) is tuple and n < len(given) else given[0]


def no_such(kind: str, name: str, known: Iterable[str], *, most: int = 24) -> str:
    """What is said of a name that does not exist: the nearest one, and the list of what does.

    Examples
    --------
    >>> no_such("visit", "W4", ["W00", "W04", "W12"])
    "no visit 'W4'; did you mean 'W04'? There are W00, W04, W12"
    """
    names = sorted(dict.fromkeys(known)) if most else list(known)
    hint = nearest(name, names)
    if not names:
        return f"no {kind} '{name}': there is none of that kind"
    shown = list(dict.fromkeys(known)) if len(names) <= most else _closest(name, names, most)
    rest = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return f"no {kind} '{name}'{hint or ';'} {'There' if hint else 'there'} are {', '.join(shown)}{rest}"


def _closest(name: str, names: list[str], most: int) -> list[str]:
    """The names most like a wrong one, in their own order."""
    import difflib

    near = difflib.get_close_matches(name, names, n=most, cutoff=0.0)
    return [known for known in names if known in near]
