"""Rules of the dermatomyositis study (NCT04946669): diagnosis and refractory disease."""

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd

from analysis import exposure
from analysis.eligibility.findings import Finding, any_of
from analysis.eligibility.known import Known
from analysis.eligibility.rules.evidence import COURSE_COLUMNS, courses_used
from analysis.exposure import at_least
from analysis.keys import keys
from analysis.language import ors, tr
from analysis.references import DrugName, StopReason, SubjectColumn
from analysis.scoring.dermatomyositis import BOHAN_PETER_ITEMS, dermatomyositis_by_items
from analysis.thresholds import settle

BOHAN_PETER = ("definite", "probable", "possible", "none")
CADM_TYPES = {"ADM": True, "HDM": True, "CADM": True, "premyopathic": False, "classic": False, "none": False}


CadmField = Literal["rash", "months", "weakness", "early_immunosuppression", "drug_rash"]


def dermatomyositis(
    known: Known,
    *,
    accept_possible: bool,
    bohan_peter_column: SubjectColumn | None = "bp_class",
    rash_column: SubjectColumn | None = None,
    item_columns: Sequence[SubjectColumn] = (),
    cadm_column: SubjectColumn | None = "cadm_type",
    cadm_fields: Mapping[CadmField, SubjectColumn] | None = None,
    cadm_min_months: float = 6,
) -> Finding:
    """Judge dermatomyositis by Bohan and Peter, or clinically amyopathic dermatomyositis by the revised Sontheimer
    criteria.

    Parameters
    ----------
    known : Known
    accept_possible : bool
        Whether "possible" dermatomyositis is enough; trials ask for definite or probable.
    bohan_peter_column : str, optional
        definite, probable, possible or none, of dermatomyositis (with rash), used where the items leave it open and do
        not rule it out.
    rash_column, item_columns : str, sequence of str
        The rash, and the four other items (weakness, enzymes, EMG, biopsy): rash and 3 items definite, 2 probable, 1
        possible. They decide where the missing ones cannot change it; without the rash it is no dermatomyositis,
        whatever the form says.
    cadm_column : str, optional
        ADM, HDM, premyopathic, classic or none, used where the fields leave it open. ADM and HDM together are CADM;
        premyopathic is not.
    cadm_fields : mapping, optional
        Columns from which CADM is judged: ``rash`` (hallmark lesions), ``months`` (since onset), ``weakness``, and
        where collected ``early_immunosuppression`` and ``drug_rash``, which exclude it. Enzymes are not needed: they
        part ADM from HDM only.
    cadm_min_months : float
        Months of skin disease.

    References
    ----------
    Bohan A, Peter JB. N Engl J Med 1975;292:344-7 and 403-7. Sontheimer RD. J Am Acad Dermatol 2002;46:626-36.
    """
    accepted = BOHAN_PETER[: 3 if accept_possible else 2]
    classic = _category(known, bohan_peter_column, {name: name in accepted for name in BOHAN_PETER})
    if rash_column is not None and bohan_peter_column is not None:
        classic = classic.mask(_contradicted(known, bohan_peter_column, rash_column, item_columns), pd.NA)
    by_items = _by_items(known, rash_column, item_columns, at_least=accepted[-1])
    amyopathic = _category(known, cadm_column, CADM_TYPES)
    by_fields = _cadm_from_fields(known, cadm_fields or {}, cadm_min_months)
    values = pd.DataFrame(
        {
            "bohan_peter": known.column(bohan_peter_column) if bohan_peter_column else None,
            "cadm": known.column(cadm_column) if cadm_column else None,
            "by_bohan_peter": by_items.where(by_items.notna(), classic),
            "by_cadm": by_fields.where(by_fields.notna(), amyopathic),
        },
        index=known.ids,
    )
    return Finding(
        flag=values["by_bohan_peter"] | values["by_cadm"],
        basis=values,
        text=tr(
            "Bohan and Peter: {{bohan_peter}} ({accepted} asked for; met: {{by_bohan_peter}}); "
            "clinically amyopathic: {{cadm}} (met: {{by_cadm}})",
            accepted=ors(accepted),
        ),
    )


def _category(known, name, meaning):
    """Read a column of categories as True or False; what is not in the list is refused."""
    if name is None:
        return pd.Series(pd.NA, index=known.ids, dtype="boolean")
    given = known.column(name).astype("str")
    strange = given[given.notna() & ~given.isin(list(meaning))]
    if len(strange):
        raise ValueError(f"{len(strange)} values of {name!r} are none of {', '.join(meaning)}")
    return given.map(meaning).astype("boolean")


def _contradicted(known, class_column, rash_column, item_columns):
    """Tell whose written class the items rule out: such a class decides nothing."""
    written = known.column(class_column).astype("str")
    surely = {name: _by_items(known, rash_column, item_columns, at_least=name) for name in BOHAN_PETER[:3]}
    ruled_out = pd.Series(False, index=known.ids)
    for place, name in enumerate(BOHAN_PETER):
        too_high = surely[name].eq(False).fillna(False) if name in surely else False
        too_low = surely[BOHAN_PETER[place - 1]].fillna(False) if place else False
        ruled_out |= written.eq(name).fillna(False).astype(bool) & (too_high | too_low)
    return ruled_out.astype(bool)


def _by_items(known, rash_column, item_columns, *, at_least):
    """Judge by the rash and the four items of the score, the columns being in its order."""
    if rash_column is None or not known.collected((rash_column, *item_columns)):
        return pd.Series(pd.NA, index=known.ids, dtype="boolean")
    columns = dict(zip(("rash", *BOHAN_PETER_ITEMS), (rash_column, *item_columns), strict=True))
    items = pd.DataFrame({name: known.truth(column) for name, column in columns.items()}, index=known.ids)
    return dermatomyositis_by_items(items, at_least=at_least)


def _cadm_from_fields(known, fields, min_months):
    """Judge CADM from its parts: hallmark rash long enough, no weakness, no reason against."""
    if not known.collected(fields.values()):
        return pd.Series(pd.NA, index=known.ids, dtype="boolean")
    months = known.column(fields["months"])
    long_enough = (settle(months.astype(float)) >= min_months).astype("boolean").mask(months.isna(), pd.NA)
    met = known.truth(fields["rash"]) & long_enough & ~known.truth(fields["weakness"])
    for name in ("early_immunosuppression", "drug_rash"):
        if fields.get(name):
            met = met & ~known.truth(fields[name])
    return met


def refractory(
    known: Known,
    *,
    immunosuppressants: Sequence[DrugName],
    minimum_days: float = 90,
    intolerance_reasons: Sequence[StopReason] = ("adverse_event", "intolerance", "contraindication"),
    intolerance_column: SubjectColumn | None = None,
    improved_column: SubjectColumn | None = None,
    worse_column: SubjectColumn | None = None,
    min_improved: int = 3,
    max_worse: int = 2,
    attestation_column: SubjectColumn | None = None,
    others: Literal["adjudicate", "no"] = "adjudicate",
) -> Finding:
    """Judge refractory disease: glucocorticoid and immunosuppressant together long enough, with failure or
    intolerance.

    Parameters
    ----------
    known : Known
    immunosuppressants : sequence of str
        Drugs that count (generic names).
    minimum_days : float
        Days on both, up to the index date; they need not be consecutive.
    intolerance_reasons : sequence of str
        Stop reasons of a glucocorticoid or immunosuppressant that are intolerance.
    intolerance_column : str, optional
        Yes/no column of subjects that says so as well.
    improved_column, worse_column : str, optional
        On prior therapy: core set measures (of 6) improved by at least 20 %, and worse by more than 25 %.
    min_improved, max_worse : int
        Failure is fewer than the former improved, or more than the latter worse.
    attestation_column : str, optional
        The investigator's statement of failure, used where the core set measures do not decide.
    others : {"adjudicate", "no"}
        An immunosuppressant that is not in the list (leflunomide): who is refractory with it, and not without it, is
        left to adjudication, for a list that ends in "etc."; or it is none.
    """
    glucocorticoids = known.of_class("GC")
    named = known.courses[known.courses["drug"].isin(list(immunosuppressants))]
    days = _overlap(known, glucocorticoids, named)
    failure = _failure(known, improved_column, worse_column, min_improved, max_worse)
    failure = failure.where(failure.notna(), known.truth(attestation_column, required=False))
    both = pd.concat([glucocorticoids, named])
    intolerance = (
        _stopped_for(known, both, intolerance_reasons)
        | _maybe_stopped_for(known, intolerance_reasons)
        | (
            known.truth(intolerance_column)
            if intolerance_column
            else pd.Series(False, index=known.ids, dtype="boolean")
        )
    )
    long_enough = at_least(days, minimum_days).mask(known.index_date.isna(), pd.NA)
    flag = long_enough & (failure | intolerance)
    unnamed = known.other_immunosuppressants(immunosuppressants)
    wider = _overlap(known, glucocorticoids, pd.concat([named, unnamed]))
    met_by_others = at_least(wider, minimum_days) & (failure | intolerance)
    left = (others == "adjudicate") & flag.eq(False).fillna(False) & met_by_others.ne(False).fillna(True)
    return Finding(
        flag=flag.mask(left, pd.NA),
        undecided=pd.Series("query", index=known.ids).mask(left & met_by_others.notna(), "adjudicate"),
        basis=days[["days_min", "days_max"]].assign(
            failure=failure, intolerance=intolerance, index_date=known.index_date
        ),
        text=(
            tr(
                "{{days_min..days_max}} days on glucocorticoid and immunosuppressant together up to "
                "{{index_date}} ({minimum_days:g} asked for); failure: {{failure}}; intolerance: "
                "{{intolerance}}: {{details}}",
                minimum_days=minimum_days,
            )
        ),
        details=pd.concat([both, unnamed, known.of_class("unknown")])[list(COURSE_COLUMNS)],
        detail_view=courses_used,
        detail_text=tr("{drug} {start} to {stop}{note}"),
        marks=days[["imputed"]].rename(columns={"imputed": "imputed_month"}),
        margin=(days["days_min"] - minimum_days).where(days["days_min"] == days["days_max"]),
        unit="days",
    )


def _overlap(known, first, second):
    """Count days on both; a drug that is not coded may be either, and counts in the upper bound."""
    days = exposure.overlap_days(first, second, known.ids)
    uncoded = known.of_class("unknown")
    possible = exposure.overlap_days(pd.concat([first, uncoded]), pd.concat([second, uncoded]), known.ids)
    return days.assign(days_max=possible["days_max"])


def _failure(known, improved_column, worse_column, min_improved, max_worse):
    """Judge failure from the core set measures; each half decides alone where it can."""
    missing = pd.Series(pd.NA, index=known.ids, dtype="Int64")
    improved = known.column(improved_column).astype("Int64") if improved_column else missing
    worse = known.column(worse_column).astype("Int64") if worse_column else missing
    return (improved < min_improved) | (worse > max_worse)


def _maybe_stopped_for(known, reasons):
    """Tell who stopped a drug that is not coded for one of the reasons: NA, for it may be one of those that count."""
    stopped = _stopped_for(known, known.of_class("unknown"), reasons)
    return stopped.mask(stopped.fillna(True), pd.NA)


def _stopped_for(known, courses, reasons):
    """Tell who stopped one of the courses for one of the reasons by the index date."""
    named = (
        courses["stop_reason"]
        .isin(list(reasons))
        .astype("boolean")
        .mask(courses["stop_reason"].isna() & ~courses["goes_on"], pd.NA)
    )
    stopped = named & courses["ended"]
    return pd.Series(any_of(keys(courses["subject_id"]), stopped, len(known.ids)), index=known.ids)
