"""Nobody who has the released results, and knows how they were made, can tell a suppressed count.

A thousand studies and the reports themselves are attacked by `benchmarks/attack.py`; here are a few.
"""

import pytest
from share_studies import bounds, random_study, truth

from analysis import results
from pipeline.share.cells import readings
from pipeline.share.profiles import PROFILES, Profile
from pipeline.share.protect import SMALL, protect

CUSTOM = Profile("custom", "readers", smallest=5, multiple=1)
PUBLIC = [*(profile for profile in PROFILES.values() if profile.protects), CUSTOM]


@pytest.mark.parametrize("profile", PUBLIC, ids=lambda profile: profile.name)
@pytest.mark.parametrize("seed", range(8))
def test_every_small_count_stays_possible_for_a_suppressed_one(seed, profile):
    rows = random_study(seed)
    released = protect(rows, profile)
    real = truth(rows)
    told = {name: value for name, value in released.told().items() if name in real}
    small = {name for name, why in released.why.items() if why == SMALL and name in real}
    for name, (low, high) in bounds(rows, told, small, profile).items():
        assert low <= real[name] <= high
        assert low <= profile.small[0] and high >= profile.small[1], (name, real[name], low, high)


def stacked(*frames) -> list[dict]:
    """Results as a release gets them."""
    table = results.stack(frames)
    return table.astype(object).where(table.notna(), None).to_dict("records")


def of_visit(analysis: str, visit: str, variable: str = "target", **counts: int) -> dict:
    """Counts of a variable at a visit."""
    keys = {"analysis": analysis, "population": "FAS", "variable": variable, "visit": visit}
    return results.rows_of(counts, **keys)


def wholes(*frames) -> set[tuple[str, str]]:
    """Of the sums of the reader who knows fewer: the whole, and the first part."""
    return {(one.whole, one.parts[0]) for one in readings(stacked(*frames))[1]}


def test_that_nobody_is_missing_follows_from_no_sums_of_the_reader_who_knows_fewer():
    every, w24, w48 = (f"reached.fas.target.{visit}.all.n" for visit in ("all", "w24", "w48"))
    none_missing = (
        of_visit("reached", "w24", n=184, n_missing=0),
        of_visit("reached", "w48", n=184, n_missing=0),
    )
    assert wholes(*none_missing) == set()  # each would be the whole of the other
    assert (
        wholes(*none_missing, of_visit("again", "w24", n=184, n_missing=0)) == set()
    )  # one number, told twice
    # what counts all of them without values missing is the whole of both
    assert wholes(*none_missing, of_visit("reached", "", n=184)) == {(every, w24), (every, w48)}
    # fewer are known at week 24: those of week 48 are the whole, if nothing else is
    fewer = (of_visit("reached", "w24", n=181, n_missing=3), of_visit("reached", "w48", n=184, n_missing=0))
    assert wholes(*fewer) == {(w48, w24)}


def test_an_outcome_that_nobody_has_is_a_part_of_the_sum_of_the_reader_who_knows_fewer():
    every, fewer = readings(stacked(of_visit("improved", "w24", n=121, count=95, unchanged=0, worse=26)))
    assert len(every) == 2
    (one,) = fewer
    assert {part.rpartition(".")[2] for part in one.parts} == {"count", "unchanged", "worse"}


def test_where_nobody_is_due_that_is_not_told_beside_outcomes_that_are_not():
    strict = PROFILES["strict-10"]
    due = [
        of_visit("attendance", "w24", name, n=0, count=0, n_missing=0) for name in ("visit", "mmt8", "fvc")
    ]
    set_of_all = of_visit("attendance", "w00", "visit", n=40, count=39, n_missing=1)
    released = protect(stacked(*due, set_of_all), strict)
    told = released.told()
    assert released.why["attendance.fas.visit.w24.all.count"] == SMALL
    assert not [name for name in told if ".w24." in name]
