"""Criteria as data: an ordered list per study, each a named rule with its settings and its protocol text."""

import difflib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields

from analysis.eligibility.d2t import D2TSettings
from analysis.eligibility.rules import RULES

KINDS = ("inclusion", "exclusion")
UNDECIDED = ("query", "adjudicate")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One eligibility criterion.

    Attributes
    ----------
    id, label : str
        Short name, such as I3, and what it says in a few words.
    kind : {"inclusion", "exclusion"}
        An inclusion criterion must be met, an exclusion criterion must not.
    rule : str
        A name of `analysis.eligibility.RULES`.
    text : str
        The protocol's words.
    section, source : str
        Where they stand.
    settings : mapping
        The rule's settings.
    on_na : {"query", "adjudicate"}
        What a criterion that cannot be decided asks for, where the rule does not know better.
    index_date : tuple of str, optional
        Columns of subjects, the first that is there counts; the protocol's own where not given.
    """

    id: str
    label: str
    kind: str
    rule: str
    text: str
    section: str = ""
    source: str = ""
    settings: Mapping = field(default_factory=dict)
    on_na: str = "query"
    index_date: tuple[str, ...] | None = None

    def __post_init__(self):
        _one_of(self.kind, KINDS, f"criterion {self.id}: kind")
        _one_of(self.on_na, UNDECIDED, f"criterion {self.id}: on_na")
        _one_of(self.rule, RULES, f"criterion {self.id}: rule")
        known = setting_names(self.rule)
        for name in self.settings:
            _one_of(name, known, f"criterion {self.id}: setting of {self.rule}")


@dataclass(frozen=True, slots=True)
class Protocol:
    """The eligibility section of a study: its criteria in order, and how dates are read.

    Attributes
    ----------
    criteria : tuple of Criterion
    index_date : tuple of str
        Columns of subjects; the first that is there is the date up to which anything is known.
    month_rule, missing_stop, effect_days
        See `analysis.exposure.courses`.
    discrepancies : tuple of mapping
        Where the registration contradicts itself: ``id``, ``text``, ``resolution``, and ``counted_by`` (a mark of a
        criterion, such as ``I2.age_is_minimum``) where its participants can be counted.
    sensitivity : mapping
        Variants for `d2t_sensitivity`.
    """

    criteria: tuple[Criterion, ...]
    index_date: tuple[str, ...]
    month_rule: str = "mid"
    missing_stop: str = "unknown"
    effect_days: Mapping = field(default_factory=dict)
    discrepancies: tuple[Mapping, ...] = ()
    sensitivity: Mapping = field(default_factory=dict)


def setting_names(rule: str) -> list[str]:
    """Give the names of a rule's settings.

    Examples
    --------
    >>> setting_names("csdmard_days")
    ['minimum_days', 'year', 'include_cn_dmards']
    """
    parameters = list(inspect.signature(RULES[rule]).parameters.values())[1:]
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return [item.name for item in fields(D2TSettings)]
    return [parameter.name for parameter in parameters]


def settings_taker(rule: str) -> Callable:
    """What takes the settings of a rule: the function, or the settings of the definition it applies."""
    taken = inspect.signature(RULES[rule]).parameters.values()
    return D2TSettings if any(p.kind is p.VAR_KEYWORD for p in taken) else RULES[rule]


def read_protocol(section: Mapping) -> Protocol:
    """Check the eligibility section of a study file and give it as a `Protocol`.

    Parameters
    ----------
    section : mapping
        As parsed from YAML: ``index_date`` (a column of subjects, or several), ``criteria`` (list), and optionally
        ``month_rule``, ``missing_stop``, ``effect_days``, ``discrepancies``, ``sensitivity``.

    Raises
    ------
    ValueError
        An unknown key, rule, kind or setting (the nearest known one is named); an id used twice; nothing to judge.

    Examples
    --------
    >>> protocol = read_protocol({"index_date": "consent_date", "criteria": [
    ...     {"id": "I2", "label": "Age", "kind": "inclusion", "rule": "age", "text": "Age > 18",
    ...      "settings": {"minimum": 18, "at_minimum": "adjudicate"}}]})
    >>> protocol.criteria[0].rule
    'age'
    """
    _known_keys(section, Protocol, "eligibility")
    criteria = tuple(_criterion(given) for given in section.get("criteria", ()))
    ids = [criterion.id for criterion in criteria]
    if not ids or len(set(ids)) < len(ids):
        raise ValueError(f"eligibility needs criteria with different ids, got {ids}")
    if "index_date" not in section:
        raise ValueError(
            "eligibility needs index_date: a date column of subjects, or several in order of preference"
        )
    rest = {
        name: section[name]
        for name in ("month_rule", "missing_stop", "effect_days", "sensitivity")
        if name in section
    }
    return Protocol(
        criteria=criteria,
        index_date=_names(section["index_date"]),
        discrepancies=tuple(section.get("discrepancies", ())),
        **rest,
    )


def _criterion(given):
    """Check one criterion."""
    _known_keys(given, Criterion, f"criterion {given.get('id', '')}")
    lacking = [name for name in ("id", "label", "kind", "rule", "text") if name not in given]
    if lacking:
        raise ValueError(f"criterion {given.get('id', '?')} lacks {', '.join(lacking)}")
    index_date = given.get("index_date")
    return Criterion(**dict(given) | {"index_date": _names(index_date) if index_date else None})


def _names(value):
    """Give one name or several as a tuple."""
    return (value,) if isinstance(value, str) else tuple(value)


def _known_keys(given, model, where):
    """Refuse keys that the model does not have."""
    for name in given:
        _one_of(name, [item.name for item in fields(model)], f"{where}: key")


def _one_of(value, allowed, where):
    """Refuse a value that is not allowed, naming the nearest that is."""
    if value not in allowed:
        near = difflib.get_close_matches(str(value), list(allowed), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; expected one of {', '.join(allowed)}"
        raise ValueError(f"{where} {value!r} is not known{hint}")
