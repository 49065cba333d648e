"""Every number in the text of a report says on request what it is, and in which row of its table it stands."""

import json
import re
from html import unescape

import pytest
from reports.pages import ROOT, published

from pipeline.words import labels_of

NUMBER = re.compile(r'<span class="result"([^>]*)>')
FIELD = re.compile(r'data-([\w-]+)="([^"]*)"')
PEOPLE = re.compile(r"\d[\d,]* of \d[\d,]* \w+|\D*\d+\D*\d+例\D*")
EVERYWHERE = [
    (study, report)
    for study in ("ra_cohort", "dm_abatacept", "ra_auranofin")
    for report in ("interim", "final", "interim-zh", "final-zh")
]


def numbers_of(study: str, report: str) -> list[dict[str, str]]:
    pages = [published(study, report, name) for name in ("index.html", "supplement.html", "summary.html")]
    return [
        {name: unescape(value) for name, value in FIELD.findall(found)}
        for page in pages
        for found in NUMBER.findall(page)
    ]


@pytest.mark.parametrize(("study", "report"), EVERYWHERE)
def test_every_number_says_of_what_it_is_beyond_visit_and_population(study, report):
    found = numbers_of(study, report)  # skips where it was not rendered
    settings = json.loads((ROOT / "build" / study / report / "settings.json").read_text(encoding="utf-8"))
    labels = labels_of(settings["study"])

    def bare(number: dict[str, str]) -> bool:
        _, population, _, visit, group, _ = number["id"].split(".")
        own = {"population": population, "visit": visit, "group": group}
        common = {labels[name].get(code, "") for name, code in own.items()} | {""}
        parts = re.split(r";\s*|；", number.get("label", ""))
        return all(part in common or PEOPLE.fullmatch(part) for part in parts)

    assert found and {number["id"] for number in found if bare(number)} == set()


@pytest.mark.parametrize(("study", "report"), EVERYWHERE)
def test_many_numbers_say_the_row_of_their_table(study, report):
    found = numbers_of(study, report)
    assert sum("row" in number for number in found) >= 0.4 * len(found)
