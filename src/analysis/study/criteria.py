"""The file of the eligibility criteria: its sections, and the check of every name and setting in it."""

# ruff: noqa: RUF012 - pydantic copies a default for every model

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from analysis.references import Names, SubjectColumn, no_such
from analysis.study.base import Free, Section, one_or_more
from analysis.study.catalogue import Catalogue
from analysis.study.lookup import settings_findings, unknown_names

Columns = Annotated[list[SubjectColumn], BeforeValidator(one_or_more), Field(min_length=1)]
Finding = tuple[tuple, str]


class CriterionEntry(Section):
    """One eligibility criterion."""

    id: str  # short name, such as I3
    label: str  # what it says in a few words
    kind: Literal["inclusion", "exclusion"]  # must be met, or must not
    rule: Annotated[str, Names("rule of eligibility")]  # rule of the helper
    text: str  # the protocol's words
    section: str = ""  # where they stand
    source: str = ""  # in which document
    settings: Free = {}  # settings of the rule
    on_na: Literal["query", "adjudicate"] = "query"  # what an undecided criterion asks for
    index_date: Columns | None = None  # date up to which anything is known, when not that of all criteria


class DiscrepancyEntry(Section):
    """A point where the registration contradicts itself or leaves something open."""

    id: str  # short name
    text: str  # what does not agree
    resolution: str  # what was done
    counted_by: Annotated[str, Names("mark")] | None = (
        None  # mark of a criterion that counts whom it concerns
    )


class Criteria(Section):
    """The list of eligibility criteria of a study."""

    index_date: (
        Columns  # columns of subjects; the first that is filled is the date up to which anything is known
    )
    month_rule: Literal["mid", "interval"] = "mid"  # a date known to its month: the 15th, or the whole month
    missing_stop: Literal["unknown", "ongoing"] = "unknown"  # no stop date and not marked ongoing
    criteria: Annotated[list[CriterionEntry], Field(min_length=1)]  # in the order of the protocol
    discrepancies: list[DiscrepancyEntry] = []  # where the registration contradicts itself
    sensitivity: dict[str, Free] = {}  # variants of the definition of difficult-to-treat RA, by name


def criteria_findings(criteria: Criteria, catalogue: Catalogue) -> Iterator[Finding]:
    """Names of nothing, ids used twice, and settings that their rule does not take: place and message."""
    yield from unknown_names(criteria, catalogue)
    for section in ("criteria", "discrepancies"):
        ids = Counter(entry.id for entry in getattr(criteria, section))
        yield from (((section,), f"'{name}' is used twice") for name, n in ids.items() if n > 1)
    for n, criterion in enumerate(criteria.criteria):
        yield from _settings(criterion, catalogue, ("criteria", n, "settings"))
    for name, choice in criteria.sensitivity.items():
        yield from _variant(choice, catalogue, ("sensitivity", name))


def _settings(criterion: CriterionEntry, catalogue: Catalogue, place: tuple) -> Iterator[Finding]:
    """The settings of one criterion, by what its rule takes."""
    from analysis.eligibility.criteria import settings_taker

    if criterion.rule in (catalogue.known("rule of eligibility") or ()):
        found = settings_findings(settings_taker(criterion.rule), criterion.settings, catalogue)
        yield from (((*place, *within), text) for within, text in found)


def _variant(choice: dict[str, Any], catalogue: Catalogue, place: tuple) -> Iterator[Finding]:
    """One variant: settings of the definition that differ, or another definition with its own."""
    from analysis.eligibility.d2t.settings import D2TSettings
    from analysis.eligibility.d2t.stratafit import d2t_stratafit

    given = {name: value for name, value in choice.items() if name != "definition"}
    definitions: dict[str | None, Any] = {"stratafit": d2t_stratafit, None: D2TSettings}
    taker = definitions.get(choice.get("definition"))
    if taker is None:
        yield (*place, "definition"), no_such("definition", str(choice["definition"]), ["stratafit"])
    else:
        yield from (((*place, *within), text) for within, text in settings_findings(taker, given, catalogue))
