"""Nobody who has the released results, and knows how they were made, can tell a suppressed count."""

import os

import pytest
from share_studies import bounds, random_study, truth

from pipeline.share.profiles import PROFILES
from pipeline.share.protect import protect

STUDIES = int(os.environ.get("STUDIES", "25"))  # 1,000 by hand: STUDIES=1000 pytest this file
PUBLIC = [profile for profile in PROFILES.values() if profile.protects]


@pytest.mark.parametrize("profile", PUBLIC, ids=lambda profile: profile.name)
@pytest.mark.parametrize("seed", range(STUDIES))
def test_no_suppressed_count_is_recovered(seed, profile):
    rows = random_study(seed)
    released = protect(rows, profile)
    told = {name: value for name, value in released.told().items() if name in truth(rows)}
    small = {i for i, why in released.why.items() if why == "small count" and i in truth(rows)}
    found = bounds(rows, told, small, profile)
    real = truth(rows)
    for name, (low, high) in found.items():
        assert low <= real[name] <= high
        assert high - low >= min(profile.width, profile.smallest - 2), (name, real[name], low, high)
