"""A cohort: one analysis set of a report, with what was measured in it and who was due when; one for all studies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from analysis.datasets.responses import at_visit, with_scores
from analysis.due import describe_due, flag_closed, flag_due, last_day
from analysis.language import tr
from analysis.membership import among
from analysis.summaries.shared import by_visit, group_members

if TYPE_CHECKING:
    from analysis.read.report_data import Prepared
    from analysis.study import Study


@dataclass(frozen=True, eq=False)
class Cohort:
    """One analysis set of a report.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The datasets of the report, see `analysis.datasets.derive`.
    study : analysis.study.Study
        The study file.
    population : str
        Name of the analysis set.
    data_cut : str or None
        Last day of which the report knows; without one, the last day on which anybody was heard of ends observation.
    visits : sequence of str
        Planned visits the report may show.
    some : Index, optional
        Subjects of the set who are looked at; all by default.
    last : Timestamp, optional
        Last day of observation of all sites, where the report is of one.
    """

    tables: Mapping[str, pd.DataFrame]
    study: "Study"
    population: str
    data_cut: str | None = None
    visits: Sequence[str] = ()
    some: pd.Index | None = None
    last: pd.Timestamp | None = None

    @classmethod
    def of(cls, data: "Prepared", population: str = "") -> "Cohort":
        """The analysis set of a report as the pipeline prepared it, the primary one by default."""
        name = population or data.study.primary_population
        return cls(
            data.tables,
            data.study,
            name,
            data_cut=data.data_cut,
            visits=data.visits_seen,
            last=data.observed_until,
        )

    def among(self, ids: pd.Index) -> "Cohort":
        """The same cohort with some of its subjects only."""
        return replace(self, some=self.ids[among(self.ids, ids)])

    @cached_property
    def ids(self) -> pd.Index:
        """Ids of the subjects."""
        if self.some is not None:
            return self.some
        (ids,) = self._members(pooled=True).values()
        return pd.Index(ids, name="subject_id")

    def members(self, *, pooled: bool = False) -> dict[str, pd.Index]:
        """Ids by group in the order of display; one group ``all`` without grouping or where it is not to be seen."""
        return {name: ids[among(ids, self.ids)] for name, ids in self._members(pooled=pooled).items()}

    def _members(self, *, pooled: bool) -> dict[str, pd.Index]:
        return group_members(
            self.tables["subjects"],
            self.tables["populations"],
            study=self.study,
            population=self.population,
            pooled=pooled,
        )

    @cached_property
    def subjects(self) -> pd.DataFrame:
        """What is known of each subject at baseline, by id, and `observed_until`: the end of what is known of them."""
        known = self.tables["characteristics"].set_index("subject_id").reindex(self.ids)
        return known.join(self._observed_until(known).rename("observed_until"))

    def _observed_until(self, known: pd.DataFrame) -> pd.Series:
        """Last contact; for who is still followed the data cut, or the last visit where all data are in."""
        visits = self.tables["assessments"]
        if "last_contact_date" not in known or "visit_date" not in visits:
            return pd.Series(pd.NaT, index=self.ids)
        last = visits.groupby("subject_id")["visit_date"].max().reindex(self.ids)
        still = pd.Series(pd.Timestamp(self.data_cut), index=self.ids) if self.data_cut else last
        return pd.to_datetime(known["last_contact_date"].fillna(still))

    @cached_property
    def wide(self) -> pd.DataFrame:
        """Visits of the subjects, one row each, with scores as columns."""
        visits = self.tables["assessments"]
        return with_scores(visits[among(visits["subject_id"], self.ids)], self.tables["scores"])

    def values(self, variable: str, visits: Sequence[str] | None = None) -> pd.DataFrame:
        """One variable or score as a frame of subjects by visits, in its own type; nothing where there is no value."""
        return by_visit(self.wide, variable, self.ids, list(self.visits if visits is None else visits))

    def numbers(self, variable: str, visits: Sequence[str] | None = None) -> pd.DataFrame:
        """`values` as floats."""
        return self.values(variable, visits).astype(float)

    def visits_until(self, last: str) -> list[str]:
        """Planned visits after baseline up to the last one to be shown."""
        planned = [visit.id for visit in self.study.visits]
        if last not in planned:
            raise ValueError(f"there is no visit {last!r}; the study has {', '.join(planned)}")
        return planned[planned.index(self.study.baseline_visit) + 1 : planned.index(last) + 1]

    @cached_property
    def start(self) -> pd.Series:
        """Day 1 (baseline) by subject."""
        subjects = self.tables["subjects"].set_index("subject_id")
        dates = subjects.get("baseline_date", pd.Series(pd.NaT, index=subjects.index))
        return pd.to_datetime(dates.reindex(self.ids))

    @cached_property
    def until(self) -> pd.Timestamp | None:
        """Last day of observation; None where the data carry no dates."""
        if self.last is not None:
            return self.last
        return last_day(self.tables["subjects"], self.tables["assessments"], data_cut=self.data_cut)

    @cached_property
    def due(self) -> pd.DataFrame:
        """Whether each visit is due, by subject: its window had closed by then, or it took place."""
        return flag_due(self.start, self.tables["assessments"], study=self.study, until=self.until)

    @cached_property
    def closed(self) -> pd.DataFrame:
        """Whether the window of each visit had closed by then, by subject."""
        return flag_closed(self.start, study=self.study, until=self.until)

    def due_at(self, visit: str) -> pd.Index:
        """Ids of the subjects due at a visit."""
        return self.ids[self.due[visit]]

    @cached_property
    def dates(self) -> pd.DataFrame:
        """Day of each visit by subject; its target day where it did not take place."""
        days = {}
        for visit in self.study.visits:
            planned = self.start + pd.to_timedelta((visit.target_day or 1) - 1, unit="D")
            came = at_visit(self.wide, visit.id).reindex(index=self.ids, columns=["visit_date"])["visit_date"]
            days[visit.id] = pd.to_datetime(came).fillna(planned)
        return pd.DataFrame(days)

    @property
    def label(self) -> str:
        """What the analysis set is called."""
        return self.study.populations[self.population].label

    def note(self, *sentences: str, who: str = "") -> list[str]:
        """Footnotes: who the table is of where that is not the whole primary set, then what the table adds.

        Parameters
        ----------
        *sentences : str
            What is particular to the table.
        who : str
            Who of the analysis set this is, in words.
        """
        if self.some is None and self.population == self.study.primary_population:
            return list(sentences)
        label, n = self.label, len(self.ids)
        said = (
            tr("Analysis set: {label}, {subgroup}, n = {n}.", label=label, subgroup=tr(who), n=n)
            if who
            else tr("Analysis set: {label}, n = {n}.", label=label, n=n)
        )
        return [said, *sentences]

    def due_note(self, visits: Sequence[str] | None = None) -> str:
        """Footnote on the denominator: who is due, and how many were seen in a window still open."""
        if self.until is None:
            return tr("Every visit is due: the data carry no dates.")
        shown = self.visits if visits is None else visits
        return describe_due(self.due, self.closed, study=self.study, visits=shown)
