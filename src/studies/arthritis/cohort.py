"""What every notebook of the cohort opens: analysis set, visits with scores, and who was due when."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.due import describe_due, flag_closed, flag_due, last_day
from analysis.summaries.shared import group_members
from studies.arthritis.settings import Settings


@dataclass(frozen=True)
class Cohort:
    """One report's datasets as the notebooks of the cohort read them.

    Parameters
    ----------
    data : analysis.read.report_data.Prepared
        The report.
    """

    data: object

    @property
    def population(self) -> str:
        """Name of the primary analysis set."""
        return self.data.study.primary_population

    @property
    def settings(self) -> Settings:
        """Choices of the study file that no published rule fixes."""
        return self.data.study.settings

    @property
    def visits(self) -> list[str]:
        """Planned visits the report may show."""
        return self.data.visits_seen

    @cached_property
    def ids(self) -> pd.Index:
        """Participants of the primary analysis set."""
        tables = self.data.tables
        members = group_members(
            tables["subjects"], tables["populations"], study=self.data.study, population=self.population
        )
        return pd.Index([id_ for ids in members.values() for id_ in ids])

    @cached_property
    def wide(self) -> pd.DataFrame:
        """Visits of everybody screened, one row each, with scores as columns; joint counts as the scores use them."""
        from analysis.datasets import with_scores
        from analysis.datasets.scores import with_joint_counts

        return with_scores(with_joint_counts(self.data.tables["assessments"]), self.data.tables["scores"])

    @cached_property
    def characteristics(self) -> pd.DataFrame:
        """One row per subject at baseline, joint counts as the scores use them."""
        counts = ["tjc28", "sjc28"]
        first = self.wide[self.wide["visit_id"].eq(self.data.study.baseline_visit)].set_index("subject_id")
        recorded = self.data.tables["characteristics"]
        return recorded.assign(**{name: recorded["subject_id"].map(first[name]) for name in counts})

    def joint_note(self, visits=None) -> str:
        """Footnote: how many joint counts are pro-rated, at these visits of the analysis set."""
        from analysis.scoring.joints import MAX_NOT_ASSESSED

        recorded = self.data.tables["assessments"]
        counted = recorded.merge(
            self.wide[["subject_id", "visit_id", "tjc28"]], on=["subject_id", "visit_id"]
        )
        shown = counted["subject_id"].isin(self.ids) & counted["visit_id"].isin(visits or self.visits)
        added = counted["tjc28_x"].isna() & counted["tjc28_y"].notna()
        return (
            f"Joint counts are pro-rated where up to {100 * MAX_NOT_ASSESSED:g} % of the 28 joints could not be "
            f"assessed: {int((shown & added).sum())} examinations."
        )

    @cached_property
    def until(self) -> pd.Timestamp:
        """Last day of observation."""
        return last_day(self.data.tables["subjects"], data_cut=self.data.data_cut)

    @cached_property
    def due(self) -> pd.DataFrame:
        """Whether each visit is due, by participant: its window had closed by then, or it took place."""
        return flag_due(self.entry, self.data.tables["assessments"], study=self.data.study, until=self.until)

    @cached_property
    def closed(self) -> pd.DataFrame:
        """Whether the window of each visit had closed by then, by participant."""
        return flag_closed(self.entry, study=self.data.study, until=self.until)

    def due_note(self, visits=None) -> str:
        """Footnote on the denominator: who is due, and how many were seen in a window still open."""
        return describe_due(self.due, self.closed, study=self.data.study, visits=visits or self.visits)

    @cached_property
    def entry(self) -> pd.Series:
        """Day of entry (baseline) by participant."""
        dates = self.data.tables["subjects"].set_index("subject_id")["baseline_date"]
        return pd.to_datetime(dates.reindex(self.ids))

    @cached_property
    def difficult(self) -> pd.DataFrame:
        """Every screened subject by the criteria of difficult-to-treat RA."""
        from studies.arthritis.difficult import classify_difficult

        return classify_difficult(self.data.tables, self.data.criteria)

    def note(self, *sentences: str) -> list[str]:
        """Footnotes: analysis set, size and cut-off, then what the table adds."""
        label = self.data.study.populations[self.population].label
        until = f"data up to {self.until.date().isoformat()}"
        return [f"Analysis set: {label}, n = {len(self.ids)}; {until}.", *sentences]
