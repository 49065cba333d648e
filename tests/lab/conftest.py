"""The rendered study that these tests work on."""

from checkout import auranofin, work

__all__ = ["auranofin", "work"]
