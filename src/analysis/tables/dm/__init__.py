"""Layout of the tables of a single-arm study of myositis."""

from analysis.tables.dm.change import change_grid
from analysis.tables.dm.choices import comparison_grid, known_grid, subgroup_grid, variant_grid
from analysis.tables.dm.grid import footnote, grid
from analysis.tables.dm.patients import (
    event_listing,
    numbers_grid,
    points_listing,
    profile_listing,
)
from analysis.tables.dm.responses import agreement_grid, moments_grid, observed_grid, response_grid

__all__ = [
    "agreement_grid",
    "change_grid",
    "comparison_grid",
    "event_listing",
    "footnote",
    "grid",
    "known_grid",
    "moments_grid",
    "numbers_grid",
    "observed_grid",
    "points_listing",
    "profile_listing",
    "response_grid",
    "subgroup_grid",
    "variant_grid",
]
