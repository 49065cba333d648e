"""One person under two ids."""

import pandas as pd

from analysis.read import rules
from analysis.read.identifiers import PERSON


def two_ids(subjects: pd.DataFrame) -> list[pd.DataFrame]:
    """Subjects that share birth date, sex and initials (compared as a salted hash that is never kept)."""
    on = [name for name in ("birth_date", "sex", PERSON) if name in subjects]
    if len(on) < 3:
        return []
    known = subjects[subjects[on].notna().all(axis=1) & subjects[PERSON].ne("")]
    same = known[known.duplicated(on, keep=False)]
    others = same.groupby(on)["subject_id"].transform(lambda ids: ", ".join(sorted(ids)))
    return [rules.finding(same.index, "subject_id", "K3", same["subject_id"], others)]
