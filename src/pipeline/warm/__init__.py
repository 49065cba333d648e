"""``study watch``: a house that stays warm.

The forked server, its imports and everything this process has loaded stay from one render to the next; a file that is
saved renders what it touches, and the page in the browser is the new one.
"""

from pipeline.warm.house import Asked, keep_warm

__all__ = ["Asked", "keep_warm"]
