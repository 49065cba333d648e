"""The rendered studies that these tests share."""

from checkout import auranofin, work

__all__ = ["auranofin", "work"]
