"""For whom a release is made, and what follows: the profiles by name, and those a study file sets for itself."""

import math
from dataclasses import dataclass
from typing import Any

from analysis.language import mark
from pipeline.project import UserError


@dataclass(frozen=True, slots=True)
class Profile:
    """Rules for one circle of readers.

    Attributes
    ----------
    name, readers : str
        How it is called, and whom it is for.
    smallest : int
        The smallest count of people or events that is told; 0 where nothing is protected.
    zero : bool
        Whether a count of zero, and all of a group, may be told.
    multiple : int
        What counts are rounded to.
    watermark : str
        What is written across every page.
    allowed : frozenset of str
        Kinds of the leak scan that may pass.
    """

    name: str
    readers: str
    smallest: int = 0
    zero: bool = True
    multiple: int = 1
    watermark: str = ""
    allowed: frozenset[str] = frozenset()

    @property
    def protects(self) -> bool:
        """Whether numbers are suppressed at all."""
        return self.smallest > 0

    @property
    def small(self) -> tuple[int, int]:
        """The least and the largest count that is suppressed for being small.

        What the profile promises: whoever reckons with everything that was released, and knows the method, cannot
        rule out any of these for a count that is suppressed for being small.
        """
        return (1 if self.zero else 0, (self.smallest or 1) - 1)

    def is_small(self, count: float) -> bool:
        """Whether a count is too small to be told."""
        return 0 < count < self.smallest or (count == 0 and not self.zero)

    def rounded(self, count: float) -> int:
        """A count as it is told: the nearest multiple, half up.

        Examples
        --------
        >>> PROFILES["opensafely-7-5"].rounded(12), PROFILES["opensafely-7-5"].rounded(13)
        (10, 15)
        """
        return math.floor(count / self.multiple + 0.5) * self.multiple


PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            "local",
            mark("people in this house who may see the data"),
            allowed=frozenset({"subject id", "date", "birth date", "free text", "absolute path", "host"}),
        ),
        Profile(
            "team",
            mark("the study team, under a data agreement"),
            watermark="STUDY TEAM ONLY",
            allowed=frozenset({"subject id", "date", "free text"}),
        ),
        Profile("opensafely-7-5", "the public (7 or fewer suppressed)", smallest=8, multiple=5),
        Profile("strict-10", "the public (below 10 suppressed)", smallest=10, zero=False, multiple=10),
    )
}


NAMES = (*PROFILES, "custom")


def profile_of(name: str, settings: Any = None) -> Profile:
    """The profile of a name; ``custom`` has the numbers of the study file.

    Parameters
    ----------
    name : str
        Empty for the one that the study file names, ``team`` where it names none.
    settings : analysis.study.sections.Share, optional
        `share` of the study file.

    Raises
    ------
    UserError
        If there is none of this name, with the nearest.
    """
    from difflib import get_close_matches

    name = name or (settings.profile if settings else "team")
    if name in PROFILES:
        return PROFILES[name]
    if name != "custom":
        near = get_close_matches(name, NAMES, n=1, cutoff=0.4)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise UserError(f"policy {name!r} is none of {', '.join(NAMES)}{hint}")
    custom = settings.custom if settings else None
    if custom is None:
        raise UserError(
            "policy 'custom' needs its numbers in the study file: share: {custom: {smallest: 8, multiple: 5}}"
        )
    return Profile(
        "custom", custom.readers, smallest=custom.smallest, multiple=custom.multiple, zero=custom.zero
    )
