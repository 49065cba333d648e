"""The rendered study that these tests read."""

from checkout import auranofin

__all__ = ["auranofin"]
