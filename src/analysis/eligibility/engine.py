"""Judging every subject by every criterion, and saying what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.eligibility.criteria import Criterion, Protocol, read_protocol
from analysis.eligibility.findings import Finding
from analysis.eligibility.known import as_known
from analysis.eligibility.rules import RULES
from analysis.eligibility.tables import index_dates, prepare


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was found for every subject and criterion.

    Attributes
    ----------
    protocol : Protocol
    flags : DataFrame of boolean
        By subject, one column a criterion id, in order: the criterion as written is met (True), is not (False), or
        cannot be decided (NA). An exclusion criterion that is True excludes.
    passes : DataFrame of boolean
        The same, turned so that True lets the subject in: exclusion criteria negated.
    subjects : DataFrame
        ``status`` (eligible, ineligible, query, adjudicate), ``first_failing``, ``failed`` and ``undecided`` (ids
        of criteria, in order, joined by ", ").
    findings : mapping of str to Finding
    """

    protocol: Protocol
    flags: pd.DataFrame
    passes: pd.DataFrame
    subjects: pd.DataFrame
    findings: Mapping[str, Finding]

    @property
    def status(self) -> pd.Series:
        """Status by subject."""
        return self.subjects["status"]

    @property
    def first_failing(self) -> pd.Series:
        """Id of the first criterion that keeps the subject out; missing where none does."""
        return self.subjects["first_failing"]

    @property
    def marks(self) -> pd.DataFrame:
        """What is worth reporting beside the decisions, one boolean column ``criterion.mark`` each."""
        parts = {
            f"{name}.{mark}": found.marks[mark]
            for name, found in self.findings.items()
            for mark in found.marks
        }
        return pd.DataFrame(parts, index=self.flags.index)

    def evidence(self, subjects: Sequence[str] | None = None) -> pd.DataFrame:
        """Write what each decision rests on.

        Parameters
        ----------
        subjects : sequence of str, optional
            Subject ids; all of them if not given.

        Returns
        -------
        DataFrame
            One row a subject and criterion, in that order: ``subject_id``, ``criterion``, ``label``, ``flag``,
            ``passes``, ``evidence`` (a sentence with dates, drugs, scores and thresholds), ``values``.
        """
        wanted = (
            self.flags.index if subjects is None else self.flags.index[self.flags.index.isin(list(subjects))]
        )
        parts = [self._evidence_of(criterion, wanted) for criterion in self.protocol.criteria]
        joined = pd.concat(parts, ignore_index=True)
        order = np.tile(np.arange(len(wanted)), len(parts))
        return joined.take(np.argsort(order, kind="stable")).reset_index(drop=True)

    def _evidence_of(self, criterion: Criterion, wanted):
        """Write the evidence of one criterion."""
        found = self.findings[criterion.id]
        return pd.DataFrame(
            {
                "subject_id": wanted.to_numpy(),
                "criterion": criterion.id,
                "label": criterion.label,
                "flag": self.flags.loc[wanted, criterion.id].array,
                "passes": self.passes.loc[wanted, criterion.id].array,
                "evidence": found.words(wanted).array,
                "values": found.basis_in_words(wanted).array,
            }
        )


def assess(tables: Mapping, protocol: Protocol | Mapping) -> Assessment:
    """Judge every subject by every criterion.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``subjects`` (with ``subject_id``), and as the rules need: ``treatments``, ``visits``, ``scores``.
    protocol : Protocol or mapping
        The criteria; a mapping is the eligibility section of a study file.

    Returns
    -------
    Assessment
        For every subject. Ineligible: some criterion surely fails, whatever is missing. Otherwise, some criterion
        cannot be decided: query, if any of those needs data; adjudicate, if they need a decision only. Else eligible.

    Notes
    -----
    Rules see the tables as known on the index date and nothing later.

    Examples
    --------
    >>> section = {"index_date": "consent_date", "criteria": [
    ...     {"id": "I2", "label": "Age", "kind": "inclusion", "rule": "age", "text": "Age > 18 years",
    ...      "settings": {"minimum": 18, "at_minimum": "adjudicate"}}]}
    >>> subjects = pd.DataFrame({"subject_id": ["a", "b", "c"], "birth_date": ["2006-05-10", "1970-01-01", None],
    ...                          "consent_date": pd.to_datetime(["2024-05-10"] * 3)})
    >>> found = assess({"subjects": subjects}, section)
    >>> found.status.to_dict()
    {'a': 'adjudicate', 'b': 'eligible', 'c': 'query'}
    >>> found.evidence(["a"])["evidence"].tolist()
    ['18 completed years on 2024-05-10; 18 asked for']
    """
    plan = protocol if isinstance(protocol, Protocol) else read_protocol(protocol)
    ready = prepare(tables)
    subjects = ready.subjects
    known = {}
    findings = {}
    for criterion in plan.criteria:
        columns = criterion.index_date or plan.index_date
        if columns not in known:
            known[columns] = as_known(
                ready,
                index_dates(subjects, columns),
                month_rule=plan.month_rule,
                missing_stop=plan.missing_stop,
                effect_days=plan.effect_days,
            )
        findings[criterion.id] = RULES[criterion.rule](known[columns], **criterion.settings)
    flags = pd.DataFrame({name: found.flag for name, found in findings.items()}, index=subjects.index)
    passes = flags.assign(**{c.id: ~flags[c.id] for c in plan.criteria if c.kind == "exclusion"})
    return Assessment(plan, flags, passes, _status(plan, passes, findings), findings)


def _status(plan, passes, findings):
    """Derive status, first failing criterion, and the lists of failed and undecided ones."""
    failed = {name: (~passes[name]).fillna(False).to_numpy(dtype=bool) for name in passes}
    undecided = {name: passes[name].isna().to_numpy() for name in passes}
    to_query = {c.id: undecided[c.id] & _asks_for_data(c, findings[c.id]) for c in plan.criteria}
    any_failed, any_query, any_open = (
        np.logical_or.reduce(list(each.values())) for each in (failed, to_query, undecided)
    )
    status = np.select([any_failed, any_query, any_open], ["ineligible", "query", "adjudicate"], "eligible")
    first = np.select(list(failed.values()), list(failed), "")
    return pd.DataFrame(
        {
            "status": pd.Series(status, dtype="str", index=passes.index),
            "first_failing": pd.Series(first, dtype="str", index=passes.index).replace("", None),
            "failed": _listed(failed, passes.index),
            "undecided": _listed(undecided, passes.index),
        }
    )


def _asks_for_data(criterion, found):
    """Tell whose undecided flag is a query: by the rule where it knows, else by the criterion."""
    if found.undecided is None:
        return criterion.on_na == "query"
    return (found.undecided == "query").to_numpy()


def _listed(which, index):
    """Join the ids of the criteria that hold for each subject."""
    pattern = np.zeros(len(index), dtype=np.int64)
    for place, flags in enumerate(which.values()):
        pattern |= flags.astype(np.int64) << place
    codes, distinct = pd.factorize(pattern)
    words = np.array(
        [", ".join(n for place, n in enumerate(which) if code >> place & 1) for code in distinct],
        dtype=object,
    )
    return pd.Series(words[codes], index=index, dtype="str")
