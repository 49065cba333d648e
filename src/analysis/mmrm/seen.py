"""Whether enough subjects were seen at a visit for an interval there.

A mean at a visit that few attended rests on how that visit follows from the others, estimated from those few. Kenward
and Roger's errors allow for part of this; by simulation (docs/coverage.md, 325 samples a row, standard error 1.2 to 1.6
points) a 95 % interval covers 51 % with one of twenty subjects seen at the last of three visits, 80 % with three, 88 %
with five and 93 % with eight. An interval is given where three quarters of the subjects were seen, or else at least
seven more than the model has visits and a third of all subjects, which need not be more than ten per visit beyond the
first: in the eighteen such rows of the simulation, from 3 of 4 subjects to 20 of 200, at two, three and five visits, it
covers 91 % to 97 %, 94 % on average. Below there is an estimate and no interval.
"""

import math

from analysis.language import tr

MOST, SHARE, BEYOND_VISITS, PER_VISIT = 3 / 4, 1 / 3, 7, 10


def fewest(n_subjects: int, n_visits: int) -> int:
    """The smallest number of subjects at a visit with which an interval is given.

    Examples
    --------
    >>> [fewest(n, 3) for n in (8, 20, 40, 200)], fewest(20, 5)
    ([6, 10, 14, 20], 12)
    """
    most = math.ceil(MOST * n_subjects)
    some = min(math.ceil(SHARE * n_subjects), PER_VISIT * (n_visits - 1))
    return min(most, max(n_visits + BEYOND_VISITS, some))


def too_few(seen: int, n_subjects: int, n_visits: int) -> str:
    """Why there is no interval; empty where there is one."""
    needed = fewest(n_subjects, n_visits)
    if seen >= needed:
        return ""
    return tr(
        "seen in {seen} of {n_subjects} subjects: no interval below {needed}",
        seen=seen,
        n_subjects=n_subjects,
        needed=needed,
    )
