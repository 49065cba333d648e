"""Nobody who has the released results, and knows how they were made, can tell a suppressed count.

A thousand studies and the reports themselves are attacked by `benchmarks/attack.py`; here are a few.
"""

import pytest
from share_studies import bounds, random_study, truth

from analysis import results
from pipeline.share.cells import sums
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


def followed(analysis: str, visit: str, missing: int | None, known: int = 184) -> dict:
    keys = {"analysis": analysis, "population": "FAS", "variable": "target", "visit": visit}
    return results.rows_of({"n": known} | ({} if missing is None else {"n_missing": missing}), **keys)


def sums_of(*frames) -> set[tuple[str, str]]:
    """The sums of known and missing in results: the whole, and the result that is of it."""
    stacked = results.stack(frames)
    found = sums(stacked.astype(object).where(stacked.notna(), None).to_dict("records"))
    assert all(one.whole not in one.parts for one in found)
    return {(one.whole, one.parts[0]) for one in found}


def test_known_and_missing_are_of_a_number_that_another_result_counts():
    weeks, w24, w48 = (
        "reached.fas.target.all.all.n",
        "reached.fas.target.w24.all.n",
        "reached.fas.target.w48.all.n",
    )
    none_missing = (followed("reached", "w24", 0), followed("reached", "w48", 0))
    # nobody is missing at either visit: that each is the whole of the other would say so
    assert sums_of(*none_missing) == set()
    assert sums_of(*none_missing, followed("again", "w24", 0)) == set()  # the known number, told twice
    # what counts all of them without values missing is the whole of both
    assert sums_of(*none_missing, followed("reached", "", None)) == {(weeks, w24), (weeks, w48)}
    # fewer are known at week 24: those of week 48 are the whole, if nothing else is
    fewer = (followed("reached", "w24", 3, known=181), followed("reached", "w48", 0))
    assert sums_of(*fewer) == {(w48, w24)}


def test_an_outcome_that_nobody_has_is_a_part_of_the_sum():
    found = results.rows_of(
        {"n": 121, "count": 95, "unchanged": 0, "worse": 26},
        analysis="improved",
        population="FAS",
        variable="cdai",
    )
    stacked = results.stack([found])
    made = sums(stacked.astype(object).where(stacked.notna(), None).to_dict("records"))
    assert [{part.rpartition(".")[2] for part in one.parts} for one in made] == [
        {"count", "unchanged", "worse"}
    ]
