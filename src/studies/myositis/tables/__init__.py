"""Layout of the tables of a single-arm study of myositis."""

from studies.myositis.tables.change import change_grid
from studies.myositis.tables.choices import comparison_grid, known_grid, subgroup_grid, variant_grid
from studies.myositis.tables.grid import footnote, grid
from studies.myositis.tables.patients import (
    event_listing,
    numbers_grid,
    points_listing,
    profile_listing,
)
from studies.myositis.tables.responses import agreement_grid, moments_grid, observed_grid, response_grid

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
