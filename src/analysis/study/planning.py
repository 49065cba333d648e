"""The sections of a study file that say what the study asks, and what was done otherwise than its locked plan."""

# ruff: noqa: RUF012 - pydantic copies a default for every model
from analysis.study.base import Section, Words


class Objectives(Section):
    """What the study asks, in sentences, for the plan of analysis and the manuscript."""

    primary: str  # the question that the primary outcome answers
    secondary: Words = []  # further questions that are tested or estimated
    exploratory: Words = []  # questions whose answers are only described


class PlanChange(Section):
    """Something done otherwise than the locked plan of analysis says, and why."""

    what: str  # the entry that differs, as the report names it, or what it begins with: endpoints.cdai
    reason: str  # why it was done otherwise
