"""Difficult-to-treat RA at entry: the definition, the work-up, and disease with and without objective inflammation."""

from studies.arthritis.d2t.definition import (
    ITEMS,
    RESULTS,
    SUB_ITEMS,
    count_items,
    count_levels,
    difficult_table,
    item_labels,
    mechanisms_failed,
    sub_item_flags,
    sub_item_labels,
)
from studies.arthritis.d2t.inflammation import inflammation_groups, inflammation_table, summarise_inflammation
from studies.arthritis.d2t.work_up import count_work_up

__all__ = [
    "ITEMS",
    "RESULTS",
    "SUB_ITEMS",
    "count_items",
    "count_levels",
    "count_work_up",
    "difficult_table",
    "inflammation_groups",
    "inflammation_table",
    "item_labels",
    "mechanisms_failed",
    "sub_item_flags",
    "sub_item_labels",
    "summarise_inflammation",
]
