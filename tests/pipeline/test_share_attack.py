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


def followed(analysis: str, visit: str, missing: int) -> dict:
    keys = {"analysis": analysis, "population": "FAS", "variable": "target", "visit": visit}
    return results.rows_of({"n": 184, "n_missing": missing}, **keys)


def test_known_and_missing_are_of_a_number_that_another_result_counts():
    # "all" counts the same people again at week 24: it is the known number itself, and says nothing of the missing
    frames = [followed("reached", "w24", 0), followed("all", "w24", 0), followed("reached", "w48", 0)]
    stacked = results.stack(frames)
    found = sums(stacked.astype(object).where(stacked.notna(), None).to_dict("records"))
    assert found and all(one.whole not in one.parts for one in found)
    assert ("reached.fas.target.w48.all.n", "reached.fas.target.w24.all.n_missing") in {
        (one.whole, one.parts[1]) for one in found
    }
