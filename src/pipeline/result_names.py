"""What results are called that no table names: what the data held, what was planned, who left, what was tested."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from analysis.language import Texts, tr

# analysis, variable and statistic of a result's id
NAMES = Texts(
    {
        "data_quality.cells.rows_read": "Rows read for the tables of the study",
        "data_quality.cells.rows_used": "Rows used",
        "data_quality.cells.queries": "Entries of the query log",
        "data_quality.cells.repaired": "Entries of the query log: repaired",
        "data_quality.cells.rejected": "Entries of the query log: rejected",
        "data_quality.cells.doubt": "Entries of the query log: in doubt",
        "deaths.related.*": "Deaths at least possibly of a drug, as the site judged",
        "deaths.study_day.*": "Study day of a death",
        "deaths.since_dose.*": "Days from the last dose to a death",
        "eligibility.assurance.n": "Answers of patients drawn by hand for the criteria",
        "eligibility.assurance.count": "Answers of patients drawn by hand that the criteria gave",
        "eligibility.enrolled_otherwise.*": "Enrolled although a criterion is not met or open",
        "follow_up.cohort.deviations": "Protocol deviations",
        "follow_up.cohort.deviators": "Patients with a protocol deviation",
        "follow_up.cohort.died": "Patients who died",
        "follow_up.cohort.eligible": "Enrolled and found eligible by the criteria",
        "follow_up.cohort.not_found_eligible": "Enrolled, but not found eligible by the criteria",
        "follow_up.years.total": "Person-years of follow-up",
        "follow_up.years.*": "Years of follow-up of a patient",
        "hierarchy.hypotheses.alpha": "Two-sided level of all hypotheses together",
        "hierarchy.hypotheses.planned": "Hypotheses planned",
        "hierarchy.hypotheses.tested": "Hypotheses tested",
        "hierarchy.hypotheses.not_tested": "Hypotheses not tested, as one before them was not rejected",
        "hierarchy.hypotheses.rejected": "Hypotheses rejected",
    }
)

# what of it is told, where that is no count and no estimate
STATISTICS = Texts(
    {
        "mean": "mean",
        "median": "median",
        "sd": "standard deviation",
        "min": "smallest value",
        "max": "largest value",
        "sum": "sum",
        "p_value": "p-value",
        "n_missing": "missing",
        "n_pairs": "with both values",
        "mean_baseline": "mean at baseline",
        "mean_followup": "mean at the visit",
    }
)


def name_of(row: Mapping, own: Mapping[str, str] | None = None) -> str | None:
    """What a result is called by its kind; None where its kind has no name.

    Parameters
    ----------
    row : mapping
        Its row of the results table.
    own : mapping of pattern to str, optional
        What a study's package calls results of its own kinds.

    Examples
    --------
    >>> name_of({"analysis": "hierarchy", "variable": "hypotheses", "statistic": "planned"})
    'Hypotheses planned'
    """
    if row.get("analysis") == "flow" and row.get("note"):
        return tr(str(row["note"]))  # the words of a box
    ident = ".".join(str(row.get(part) or "").lower() for part in ("analysis", "variable", "statistic"))
    for names in (own or {}, NAMES):
        for pattern, name in names.items():
            if fnmatchcase(ident, pattern):
                return name
    return None
