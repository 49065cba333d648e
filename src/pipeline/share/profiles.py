"""For whom a release is made, and what follows: the profiles by name, and those a study file sets for itself."""

from dataclasses import dataclass, replace
from typing import Any

from pipeline.project import UserError


@dataclass(frozen=True, slots=True)
class Profile:
    """Rules for one circle of readers.

    Attributes
    ----------
    name, readers : str
        How it is called, and whom it is for.
    smallest : int or None
        The smallest count of people or events that is told; None where nothing is protected.
    zero : bool
        Whether a count of zero, and all of a group, may be told.
    multiple : int
        What counts are rounded to.
    width : int
        How many values beside each other must stay possible for a suppressed count, whoever reckons.
    watermark : str
        What is written across every page.
    allowed : frozenset of str
        Kinds of the leak scan that may pass.
    """

    name: str
    readers: str
    smallest: int | None = None
    zero: bool = True
    multiple: int = 1
    width: int = 0
    watermark: str = ""
    allowed: frozenset[str] = frozenset()

    @property
    def protects(self) -> bool:
        """Whether numbers are suppressed at all."""
        return self.smallest is not None


PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            "local",
            "people in this house who may see the data",
            allowed=frozenset({"subject id", "date", "birth date", "free text", "absolute path", "host"}),
        ),
        Profile(
            "team",
            "the study team, under a data agreement",
            watermark="STUDY TEAM ONLY",
            allowed=frozenset({"subject id", "date", "free text"}),
        ),
        Profile("opensafely-7-5", "the public (7 or fewer suppressed)", smallest=8, multiple=5, width=3),
        Profile(
            "strict-10", "the public (below 10 suppressed)", smallest=10, zero=False, multiple=10, width=4
        ),
    )
}


def profile_of(name: str, settings: Any = None) -> Profile:
    """The profile of a name; ``custom`` has the numbers of the study file.

    Parameters
    ----------
    name : str
    settings : object, optional
        `share` of the study file, with `smallest`, `multiple` and `zero`.

    Raises
    ------
    UserError
        If there is none of this name.
    """
    if name in PROFILES:
        return PROFILES[name]
    if name != "custom":
        raise UserError(f"policy {name!r} is none of {', '.join((*PROFILES, 'custom'))}")
    custom = getattr(settings, "custom", None)
    if custom is None:
        raise UserError(
            "policy 'custom' needs its numbers in the study file: share: {custom: {smallest: 8, multiple: 5}}"
        )
    return replace(
        PROFILES["opensafely-7-5"],
        name="custom",
        readers=custom.readers,
        smallest=custom.smallest,
        multiple=custom.multiple,
        zero=custom.zero,
        width=min(3, custom.smallest - 2),
    )
