"""A study of several sites: enough patients at five, one at the sixth, none at the seventh, one patient without a site.

Names are Chinese, have blanks and brackets; the age of every patient is told by the order of the list.
"""

from collections.abc import Iterable
from pathlib import Path

from checkout import Checkout
from tiny_study import PEOPLE, counting, study_file, write_study

PATIENTS = {"北京大学第三医院": 6, "north": 7, "south clinic": 5, "east (old)": 8, "west": 9, "single": 1}
NAMED = {
    "北京大学第三医院": "北京大学第三医院",
    "north": "Hospital North",
    "south clinic": "Southern Clinic",
    "east (old)": "Eastern House",
    "west": "Westernmost Hospital",
    "single": "House of One",
    "empty": "House of None",
}
SITES = """\
sites:
  fewest_sites: 3
  fewest_patients: 5
  named:
"""
TEXT = """\
---
title: A tiny study
bibliography: references.bib
---

# Summary {#sec-summary}

There were {{< var tiny.all.people.all.all.n >}} subjects,
on average {{< var tiny.all.people.all.all.mean >}} years old.
"""


def people(named: Iterable[str] = NAMED) -> list[tuple[str, str, int]]:
    """Every patient of these sites: id, site as written, age; the last has no site."""
    sites = [site for site, n in PATIENTS.items() if site in named for _ in range(n)]
    return [(f"TS-{number:04d}", site, 30 + 2 * number) for number, site in enumerate([*sites, ""], 1)]


def of_sites(folder: Path, *names: str) -> Checkout:
    """The study with these sites, or with all, laid out as a checkout."""
    chosen = {key: NAMED[key] for key in names or NAMED}
    rows = "".join(f"{ident},{site},{age}\n" for ident, site, age in people(chosen))
    named = "".join(f"    {key}: {label}\n" for key, label in chosen.items())
    own = PEOPLE.format(more=", site: centre, age: years") + SITES + named
    cells = counting(mean='data.tables["subjects"]["age"].mean()')
    return write_study(
        folder, study=study_file(own), data={"people.csv": f"id,centre,years\n{rows}"}, cells=cells, text=TEXT
    )
