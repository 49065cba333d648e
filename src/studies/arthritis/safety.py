"""Adverse events under observation, attributed to the class of drug taken when they began."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers
from analysis.language import Texts, mark, tr
from analysis.membership import among
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study

KINDS = Texts(
    {
        "all": "Any adverse event",
        "serious": "Serious adverse event",
        "infection": "Infection",
        "serious_infection": "Serious infection",
    }
)


CLASSES = Texts(
    {
        "csDMARD": "Conventional synthetic DMARD",
        "csDMARD_CN": "Plant DMARD used in China",
        "bDMARD": "Biological DMARD",
        "tsDMARD": "Targeted synthetic DMARD",
        "GC": "Glucocorticoid",
    }
)


def events_under_observation(events: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Events that began under observation, with `onset_date` and one boolean per kind of `KINDS`."""
    from analysis import safety

    judged = safety.derive_under_observation(events, subjects)
    held = judged[judged["under_observation"].astype("boolean").fillna(False)]
    serious = held["serious"].astype("boolean").fillna(False)
    infection = held["soc"].astype("string").str.contains("infection", case=False).fillna(False)
    return held.assign(
        all=True,
        serious=serious.astype(bool),
        infection=infection.astype(bool),
        serious_infection=(serious & infection).astype(bool),
    )


def rates_by_class(
    events: pd.DataFrame, treatments: pd.DataFrame, subjects: pd.DataFrame, *, study: "Study", lag_days: float
) -> pd.DataFrame:
    """Exposure-adjusted rate of each kind of event per class of drug, with exact limits.

    Parameters
    ----------
    events : DataFrame
        From `events_under_observation`.
    treatments : DataFrame
        Coded drug courses.
    subjects : DataFrame
        First and last day of observation (`enrol_date`, `last_contact_date`).
    study : analysis.study.Study
        Confidence level, and person-years the rate is given for.
    lag_days : float
        Days after the end of a course on which it still counts [P].

    Returns
    -------
    DataFrame
        `variable` (kind), `label`, `group` (class), `events`, `person_years`, `estimate`, `conf_low`, `conf_high`,
        `patients` (how many took it) and `method`. An event counts for every class taken when it began: rates of
        classes do not add up and are not compared.
    """
    from analysis import safety

    courses = treatments[
        treatments["class"].isin(list(CLASSES)) & among(treatments["subject_id"], subjects["subject_id"])
    ]
    windows = safety.derive_windows(courses, subjects, by="class", lag_days=lag_days)
    exposed = windows.groupby("class")["subject_id"].nunique()
    lines = []
    for kind, label in KINDS.items():
        attributed = safety.attribute_to_courses(events[events[kind]], windows, by="class")
        found = safety.summarise_attributed(
            attributed,
            windows,
            by="class",
            confidence_level=study.statistics.confidence_level,
            per=study.needed_safety().rate_per_person_years,
        )
        known = found[found["class"].isin(list(CLASSES))]
        lines.append(known.assign(variable=kind, label=label, group=known["class"]))
    columns = ["variable", "label", "group", "events", "person_years", "estimate", "conf_low", "conf_high"]
    found = pd.concat(lines, ignore_index=True)[columns]
    found = found.assign(patients=found["group"].map(exposed))
    return found.assign(method=tr("exact Poisson (Garwood), events attributed to courses"))


def rate_table(rates: pd.DataFrame, *, notes: Sequence[str] = ()) -> Table:
    """Lay out rates per class of drug: a block per kind of event, a line per class."""
    order = {name: number for number, name in enumerate(CLASSES)}
    sorted_rates = rates.sort_values("group", key=lambda names: names.map(order)).sort_values(
        "variable",
        key=lambda kinds: kinds.map({kind: n for n, kind in enumerate(rates["variable"].unique())}),
        kind="stable",
    )
    lines = [
        [
            numbers.whole(row["events"]),
            numbers.fixed(row["person_years"], 1),
            numbers.estimate_interval(row["estimate"], row["conf_low"], row["conf_high"], 1),
        ]
        for row in sorted_rates.to_dict("records")
    ]
    index = pd.Index([CLASSES[name] for name in sorted_rates["group"]], name=mark("Class"))
    body = pd.DataFrame(
        lines, columns=[mark("Events"), mark("Person-years"), mark("Rate ({CI})")], index=index
    )
    return Table(body, groups=list(sorted_rates["label"]), notes=notes)
