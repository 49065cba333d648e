"""The published reports: those of this checkout, or of the study that the tests render."""

from pathlib import Path

import pytest
from checkout import auranofin

__all__ = ["auranofin"]

SITE = Path(__file__).resolve().parents[2] / "reports" / "_site"
FALLBACK = ["index.html", "ra_auranofin/interim/index.html", "ra_auranofin/final/index.html"]


def published() -> list[str]:
    """The pages of this checkout's own site, if it has been rendered."""
    found = sorted(file.relative_to(SITE).as_posix() for file in SITE.glob("**/*.html"))
    return found if len(found) > 1 else []


@pytest.fixture(params=published() or FALLBACK)
def page(request) -> Path:
    """One published page after the other."""
    if published():
        return SITE / request.param
    return request.getfixturevalue("auranofin").file("reports", "_site", request.param)
