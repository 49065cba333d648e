"""The sections of a study file that say what is tested, in which order, and what interim looks cost."""

# ruff: noqa: RUF012 - pydantic copies a default for every model
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from analysis.columns import nearest
from analysis.study.base import Section

if TYPE_CHECKING:
    from analysis.study import Study

Share = Annotated[float, Field(gt=0, lt=1)]


class Hypothesis(Section):
    """A change from baseline (or a response) at a visit, with a place in the hierarchy."""

    endpoint: str  # id of an endpoint; in a family that is only estimated also of a response
    visit: str  # visit at which it is judged, one of those of the endpoint


class Family(Section):
    """Hypotheses judged together. A family is opened when everything tested before it was rejected."""

    label: str  # heading in the table of the hierarchy
    method: Literal[
        "fixed_sequence", "holm", "hochberg", "estimation"
    ]  # estimation: no test, opens and closes nothing
    hypotheses: Annotated[list[Hypothesis], Field(min_length=1)]  # in order of testing for fixed_sequence


class Multiplicity(Section):
    """The hierarchy of hypotheses of the final analysis. What is not in it is exploratory."""

    alpha: Annotated[float, Field(gt=0, lt=0.5)]  # two-sided level of all families together
    test: Literal["mixed_model", "signed_rank"] = (
        "mixed_model"  # what judges: contrast of the mixed model, or complete pairs
    )
    basis: str  # who fixed the hierarchy and when; stands below the table
    families: Annotated[list[Family], Field(min_length=1)]  # in the order in which they are tested


class Looks(Section):
    """Interim looks at the data, and how they spend the alpha of the hierarchy."""

    spending: Literal["none", "obrien_fleming", "pocock"]  # Lan-DeMets function; none: no interim test
    reason: str | None = None  # why that choice; required with none
    information: Literal["pairs", "enrolled"] = "pairs"  # pairs of the first hypothesis, or subjects
    planned: Annotated[int, Field(ge=1)] | None = None  # that many at the end; planned_n when left out
    earlier: list[Share] = []  # information fractions of the looks held before this one

    @model_validator(mode="after")
    def _none_has_a_reason(self):
        if self.spending == "none" and not self.reason:
            raise PydanticCustomError("looks", "without a spending function a reason is needed")
        if self.spending == "none" and self.earlier:
            raise PydanticCustomError("looks", "earlier looks need the spending function they used")
        if any(later <= before for before, later in pairwise(self.earlier)):
            raise PydanticCustomError("looks", "the information of the earlier looks must rise")
        return self


def hypothesis_findings(study: "Study") -> Iterator[tuple[tuple, str]]:
    """Every contradiction between the hierarchy or the looks and the rest of the study file: place and message."""
    plan, looks = study.statistics.multiplicity, study.statistics.looks
    if looks and looks.spending != "none" and plan is None:
        yield ("statistics", "looks", "spending"), "there is no alpha to spend; declare it under multiplicity"
    if plan is None:
        return
    top = ("statistics", "multiplicity")
    if study.groups is not None:
        yield top, "tests changes within one group of subjects, and this study compares groups; leave it out"
    placed = [
        ((*top, "families", n, "hypotheses", m), family, entry)
        for n, family in enumerate(plan.families)
        for m, entry in enumerate(family.hypotheses)
    ]
    for place, family, entry in placed:
        yield from ((place, text) for text in _hypothesis(study, family, entry))
    yield from _order(study, placed)


def _hypothesis(study, family: Family, entry: Hypothesis) -> Iterator[str]:
    """What is wrong with one hypothesis by itself."""
    endpoints, responses = ({each.id: each for each in part} for part in (study.endpoints, study.responses))
    known = {**responses, **endpoints}
    if entry.endpoint not in known:
        yield f"no endpoint or response '{entry.endpoint}'{nearest(entry.endpoint, known)}"
        return
    if entry.endpoint in endpoints and entry.endpoint in responses:
        yield f"'{entry.endpoint}' is an endpoint and a response; give one of them another id"
    found = known[entry.endpoint]
    if entry.visit not in found.visits:
        yield f"'{entry.endpoint}' is not judged at '{entry.visit}'{nearest(entry.visit, found.visits)}"
    if found.role == "exploratory":
        yield f"'{entry.endpoint}' is declared exploratory; give it another role or leave it out"
    if family.method == "estimation":
        return
    if entry.endpoint not in endpoints:
        yield f"response '{entry.endpoint}' has no baseline to be tested against; its family can be of estimation"
    elif found.scale == "binary":
        yield f"'{entry.endpoint}' is binary, and the hierarchy tests by the signed-rank test"


def _order(study, placed) -> Iterator[tuple[tuple, str]]:
    """Hypotheses named twice, primary endpoints after others, and a hierarchy that tests nothing."""
    roles = {each.id: each.role for each in (*study.responses, *study.endpoints)}
    seen, secondary = set(), False
    for place, _, entry in placed:
        key = (entry.endpoint, entry.visit)
        if key in seen:
            yield place, f"'{entry.endpoint}' at {entry.visit} is in the hierarchy twice"
        if secondary and roles.get(entry.endpoint) == "primary":
            yield place, f"'{entry.endpoint}' is primary and comes after a secondary endpoint"
        secondary = secondary or roles.get(entry.endpoint) == "secondary"
        seen.add(key)
    if all(family.method == "estimation" for _, family, _ in placed):
        yield ("statistics", "multiplicity", "families"), "no family is tested; leave multiplicity out"
