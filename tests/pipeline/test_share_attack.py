"""Nobody who has the released results, and knows how they were made, can tell a suppressed count.

A thousand studies and the reports themselves are attacked by `benchmarks/attack.py`; here are a few.
"""

import pytest
from share_studies import bounds, random_study, truth

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
