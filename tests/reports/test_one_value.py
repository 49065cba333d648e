"""One quantity, one value: over all tables of a report, the same estimand has one estimate, or the rows say why not.

Every analysis with an estimate of a change or of the primary share is sorted here by what it estimates and by whose
method; one that is sorted nowhere fails, so that a new table cannot bring a second value unseen.
"""

import csv
import io
import re
from collections import Counter

import pytest
from reports.pages import published

REPORTS = [(study, report) for study in ("ra_cohort", "dm_abatacept") for report in ("final", "interim")]
EVERY = [*REPORTS, ("ra_auranofin", "final"), ("ra_auranofin", "interim")]
# Mean change of an endpoint from baseline to a visit, by method. The same method has the same value in every table.
MEAN_CHANGE = {
    "mixed model": ["change_model", "missing_mmrm", "hierarchy"],
    "complete pairs": ["change_mean", "missing_observed", "compare_mean", "pro_change"],
    "multiple imputation": ["missing_mi"],  # and the first line of the tipping point, see below
    "last value carried forward": ["missing_locf"],
    "baseline carried forward": ["missing_bocf"],
    "Hodges-Lehmann": ["change_shift", "compare_shift"],
    "Hodges-Lehmann without zeros": ["compare_wilcoxon"],
    "median": ["compare_median"],
}
# Share of responders of those due, by method.
SHARE = {
    "missing is non-response": ["response_nri", "response_composite", "due_or_seen"],
    "window closed": ["due_closed"],
    "as observed": ["response_observed"],
    "imputed": ["response_imputed"],
}
# Lines of the table of sensitivity analyses that repeat a number of another table: (label, analysis that has it).
REPEATED = {
    "primary_missing_is_non_response": "response_nri",
    "as_observed": "response_observed",
    "window_closed_only_not_those_seen_in_a_window_still_open": "due_closed",
}
REPEATED_CHANGES = {
    "primary_mixed_model_for_repeated_measures_mmrm": "change_model",
    "observed_pairs": "change_mean",
    "multiple_imputation_of_the_components": "missing_mi",
    "last_value_carried_forward_discouraged": "missing_locf",
}
PRIMARY = {
    "ra_cohort": ("cdai", "cdai_low", "W48"),
    "dm_abatacept": ("cdasi_activity", "tis_moderate", "W24"),
}
LIMITS = ("estimate", "conf_low", "conf_high")


def results_of(study, report):
    rows = csv.DictReader(io.StringIO(published(study, report, "results.csv")))
    return [row for row in rows if row["value"] not in ("", "nan")]


def estimates(rows, names):
    """(analysis, id of the row) and value by what is estimated: variable, visit, group and statistic."""
    found = {}
    for row in rows:
        if row["analysis"] in names and row["statistic"] in LIMITS:
            key = (row["variable"], row["visit"], row["group"] or "all", row["statistic"])
            found.setdefault(key, {})[row["result_id"]] = float(row["value"])
    return found


def differing(rows, names):
    """Estimands with more than one value, whatever the rows say."""
    return {
        key: values
        for key, values in estimates(rows, names).items()
        if max(values.values()) - min(values.values()) > 1e-9 * max(map(abs, values.values()))
    }


def doubled(rows):
    """Ids that stand more than once."""
    counted = Counter(row["result_id"] for row in rows)
    return sorted(name for name, times in counted.items() if times > 1)


def clashing(rows):
    """Quantities to which two analyses, whatever they are called, give two estimates by one method and note."""
    found = {}
    for row in rows:
        if row["statistic"] == "estimate":
            quantity = (
                row["variable"],
                row["visit"],
                row["group"] or "all",
                row["kind"],
                row["method"],
                row["note"],
            )
            found.setdefault(quantity, {}).setdefault(row["analysis"], float(row["value"]))
    return sorted(
        (*quantity, *values)
        for quantity, values in found.items()
        if max(values.values()) - min(values.values()) > 1e-9 * max(map(abs, values.values()))
    )


@pytest.mark.parametrize(("study", "report"), EVERY)
def test_the_same_id_has_one_value(study, report):
    rows = results_of(study, report)
    assert len(rows) > 100
    assert doubled(rows) == []


@pytest.mark.parametrize(("study", "report"), EVERY)
def test_two_analyses_of_one_quantity_agree_or_say_their_methods(study, report):
    assert clashing(results_of(study, report)) == []


@pytest.mark.parametrize(("study", "report"), REPORTS)
@pytest.mark.parametrize("method", [*MEAN_CHANGE, *SHARE])
def test_one_method_gives_one_value_of_an_estimand_in_every_table(study, report, method):
    """In an interim report some are not due yet: a value without them says so in its note."""
    by_note = {}
    for row in results_of(study, report):
        by_note.setdefault(row["note"] if report == "interim" else "", []).append(row)
    for rows in by_note.values():
        assert differing(rows, {**MEAN_CHANGE, **SHARE}[method]) == {}


@pytest.mark.parametrize(("study", "report"), REPORTS)
def test_two_values_of_one_estimand_have_two_methods(study, report):
    """Rows of one estimand that differ say by what method each is."""
    assert unexplained(results_of(study, report)) == []


def unexplained(rows):
    """Estimands with two values under one method and one note."""
    methods = {row["result_id"]: (row["method"], row["note"]) for row in rows}
    found = []
    for kinds in (MEAN_CHANGE, SHARE):
        of_kind = [name for names in kinds.values() for name in names]
        for estimand, values in differing(rows, of_kind).items():
            said = {}
            for ident, value in values.items():
                said.setdefault(methods[ident], set()).add(round(value, 9))
            found += [(*estimand, *method) for method, different in said.items() if len(different) > 1]
    return found


@pytest.mark.parametrize("study", PRIMARY)
def test_two_planted_values_are_caught(study):
    """A number changed in one of two tables that show it, and an id that stands twice."""
    endpoint, _, visit = PRIMARY[study]
    rows = results_of(study, "final")
    (place,) = [
        place
        for place, row in enumerate(rows)
        if (row["analysis"], row["variable"], row["visit"], row["statistic"])
        == ("missing_mmrm", endpoint, visit, "estimate")
    ]
    other = {**rows[place], "value": str(float(rows[place]["value"]) + 1e-4)}
    changed = [*rows[:place], other, *rows[place + 1 :]]
    (estimand,) = differing(changed, MEAN_CHANGE["mixed model"])
    assert estimand == (endpoint, visit, "all", "estimate")
    assert doubled([*rows, other]) == [other["result_id"]]
    same_method = {
        row["result_id"]: {**row, "method": "a", "note": ""} for row in changed if row["variable"] == endpoint
    }
    assert any(each[:4] == estimand for each in unexplained([*same_method.values()]))
    unheard = {**other, "analysis": "of_a_name_never_seen"}
    assert [each[:2] for each in clashing([*rows, unheard])] == [(endpoint, visit)]


@pytest.mark.parametrize(("study", "report"), REPORTS)
def test_every_change_and_share_is_sorted_by_what_it_estimates(study, report):
    sorted_ones = {name for kinds in (MEAN_CHANGE, SHARE) for names in kinds.values() for name in names}
    unsorted = {
        row["analysis"]
        for row in results_of(study, report)
        if re.match(r"(change|missing|compare|response|due)_|hierarchy$", row["analysis"])
        and row["statistic"] == "estimate"
    }
    assert unsorted - sorted_ones <= {"change_ranks", "change_dz"}  # effect sizes estimate something else


@pytest.mark.parametrize("study", PRIMARY)
def test_the_tipping_point_starts_where_imputation_ends(study):
    endpoint, _, visit = PRIMARY[study]
    rows = {row["result_id"]: float(row["value"]) for row in results_of(study, "final")}
    start = {
        key.split(".")[-1]: value
        for key, value in rows.items()
        if re.match(rf"tipping\.\w+\.{endpoint}\.{visit.lower()}\.0\.({'|'.join(LIMITS)})$", key)
    }
    imputed = {
        key.split(".")[-1]: value
        for key, value in rows.items()
        if re.match(rf"missing_mi\.\w+\.{endpoint}\.{visit.lower()}\.all\.({'|'.join(LIMITS)})$", key)
    }
    assert start == pytest.approx(imputed, rel=1e-12)
    assert set(start) == set(LIMITS)


def test_sensitivity_lines_repeat_the_numbers_of_their_tables():
    """Of the cohort: the line of a method that has a table of its own holds that table's number."""
    rows = {row["result_id"]: float(row["value"]) for row in results_of("ra_cohort", "final")}
    endpoint, response, visit = PRIMARY["ra_cohort"]
    pairs = [
        (f"sensitivity.cohort.{label}.all.all", f"{analysis}.cohort.{response}.{visit.lower()}.all")
        for label, analysis in REPEATED.items()
    ] + [
        (f"sensitivity_change.cohort.{label}.all.all", f"{analysis}.cohort.{endpoint}.{visit.lower()}.all")
        for label, analysis in REPEATED_CHANGES.items()
    ]
    for here, there in pairs:
        for name in LIMITS:
            assert rows[f"{here}.{name}"] == pytest.approx(rows[f"{there}.{name}"], rel=1e-9), (here, there)
